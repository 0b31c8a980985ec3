/* slope.c - forward and back through one network, for one image. */
#include "slope.h"
#include <string.h>

bool slope_new(slope **out, const nn_model *model, nn_error *err)
{
    slope *self = *out = nn_alloc(1, sizeof *self);
    if (!self)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    if (!nn_plan_copy(&self->plan, model->plan, err) ||
        !nn_work_new(&self->work, self->plan, 1, NN_GRADIENTS, err)) {
        slope_free(self);
        *out = NULL;
        return false;
    }
    self->classes = self->plan->classes;
    return true;
}

void slope_free(slope *self)
{
    if (!self)
        return;
    nn_work_free(self->work);
    nn_plan_free(self->plan);
    nn_free(self);
}

bool slope_fits(const slope *self, const nn_model *model)
{
    return nn_same_plan(self->plan, model->plan);
}

int slope_read(slope *self, const nn_model *model, const float image[DIGIT_PIXELS])
{
    nn_predict(self->work, model, model_input(self->room, self->plan, image, 1), 1, self->probability);
    memcpy(self->logit, nn_work_logits(self->work), (size_t)self->classes * sizeof *self->logit);
    return nn_argmax(self->logit, self->classes);
}

/* The logarithm of the sum of exp(logit) of all classes but one, and each one's share in it. */
static float others(const slope *self, int class, float share[NN_MAX_CLASSES])
{
    float most = -INFINITY, sum = 0;
    for (int i = 0; i < self->classes; i++)
        most = i != class ? fmaxf(most, self->logit[i]) : most;
    for (int i = 0; i < self->classes; i++)
        sum += share[i] = i != class ? expf(self->logit[i] - most) : 0;
    for (int i = 0; i < self->classes; i++)
        share[i] /= fmaxf(sum, 1e-30f);
    return sum > 0 ? most + logf(sum) : 0; /* of one class alone there are no others */
}

float slope_odds(const slope *self, int class)
{
    float share[NN_MAX_CLASSES];
    return self->logit[class] - others(self, class, share);
}

void slope_of_odds(slope *self, const nn_model *model, int class, float gradient[DIGIT_PIXELS])
{
    float weight[NN_MAX_CLASSES];
    others(self, class, weight);
    for (int i = 0; i < self->classes; i++)
        weight[i] = i == class ? 1 : -weight[i];
    nn_image_gradient(self->work, model, weight, 1, self->room);
    model_input_return(gradient, self->plan, self->room);
}

int slope_other(const slope *s, int but, int rank)
{
    bool listed[NN_MAX_CLASSES] = {false};
    int best = -1;
    listed[but] = true;
    for (int k = 0; k <= rank; k++) {
        best = -1;
        for (int i = 0; i < s->classes; i++)
            if (!listed[i] && (best < 0 || s->logit[i] > s->logit[best]))
                best = i;
        if (best < 0)
            return -1;
        listed[best] = true;
    }
    return best;
}
