/* moment_check.c - the counts of all moments in one block. */
#include "moment_check.h"

static const double least_known = 69; /* of a network to which what is right has no probability at all */

bool moment_check_new(moment_check *self, int classes, nn_error *err)
{
    *self = (moment_check){.classes = classes};
    self->counts = nn_alloc((size_t)(WEIGHT_MOMENTS * classes), (size_t)classes * sizeof *self->counts);
    return self->counts || nn_fail(err, NN_NOMEM, 0, "out of memory for the training");
}

void moment_check_free(moment_check *self)
{
    nn_free(self->counts);
    *self = (moment_check){0};
}

static uint16_t *counts_at(const moment_check *self, int moment)
{
    return self->counts + (ptrdiff_t)moment * self->classes * self->classes;
}

void moment_check_set(moment_check *self, int moment, const dataset *images, const float *probabilities, double loss)
{
    uint16_t *counts = counts_at(self, moment);
    for (int i = 0; i < images->count; i++) {
        int read = nn_argmax(probabilities + (ptrdiff_t)i * self->classes, self->classes);
        counts[images->labels[i] * self->classes + read]++;
    }
    self->loss[moment] = (float)fmin(loss, least_known); /* also where it is no number */
}

void moment_check_get(const moment_check *self, int moment, confusion *c)
{
    const uint16_t *counts = counts_at(self, moment);
    *c = (confusion){.classes = self->classes};
    for (int i = 0; i < self->classes * self->classes; i++)
        c->n[i / self->classes][i % self->classes] = counts[i];
}
