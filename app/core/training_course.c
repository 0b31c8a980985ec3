/* training_course.c - keeping count of epochs, and their rows as JSON. */
#include "training_course.h"
#include <math.h>

void training_course_begin(training_course *self)
{
    *self = (training_course){.best_loss = 1e300};
}

/* Where room ends, every second one goes. */
static void remember(training_course *self, const training_epoch *epoch)
{
    if (self->n_history == TRAINING_HISTORY) {
        self->n_history /= 2;
        for (int i = 0; i < self->n_history; i++)
            self->history[i] = self->history[2 * i + 1];
    }
    if (self->n_history == 0 || epoch->epoch % self->history[0].epoch == 0)
        self->history[self->n_history++] = *epoch;
}

void training_course_add(training_course *self, training_epoch *epoch, bool finite)
{
    self->epochs_done = epoch->epoch;
    self->seconds = epoch->seconds;
    epoch->best = finite && (epoch->val_accuracy > self->best_accuracy ||
                             (epoch->val_accuracy == self->best_accuracy && epoch->val_loss < self->best_loss));
    if (epoch->best) {
        self->best_epoch = epoch->epoch;
        self->best_accuracy = epoch->val_accuracy;
        self->best_loss = epoch->val_loss;
    }
    remember(self, epoch);
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

/* The loss of an epoch may have no finite value: null. */
static json_t *loss_json(double loss)
{
    return isfinite(loss) ? json_real(loss) : json_null();
}

json_t *training_course_history(const training_course *self)
{
    json_t *rows = json_array();
    for (int i = 0; rows && i < self->n_history; i++) {
        const training_epoch *e = &self->history[i];
        json_t *row = json_pack("[i,o,f,o,f,f]", e->epoch, loss_json(e->train_loss), e->train_accuracy,
                                loss_json(e->val_loss), e->val_accuracy, e->lr);
        if (json_array_append_new(rows, row) != 0) {
            json_decref(rows);
            return NULL;
        }
    }
    return rows;
}

json_t *training_course_json(const training_course *self)
{
    return json_pack("{s:i, s:i, s:f, s:f, s:f, s:o}", "epochs_done", self->epochs_done, "best_epoch", self->best_epoch,
                     "best_accuracy", self->best_accuracy, "best_loss", self->best_loss, "seconds", self->seconds,
                     "history", training_course_history(self));
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

static double read_loss(const json_t *loss)
{
    return json_is_real(loss) ? json_real_value(loss) : (double)NAN;
}

/* A row of the history, which comes after `before` rows. */
static bool read_epoch(training_course *self, const json_t *row, int before)
{
    training_epoch *e = &self->history[before];
    json_t *train_loss, *val_loss;
    *e = (training_epoch){0};
    if (json_unpack((json_t *)(uintptr_t)row, "[i,o,F,o,F,F!]", &e->epoch, &train_loss, &e->train_accuracy, &val_loss,
                    &e->val_accuracy, &e->lr) != 0)
        return false;
    e->train_loss = read_loss(train_loss);
    e->val_loss = read_loss(val_loss);
    int last = before > 0 ? e[-1].epoch : 0;
    return e->epoch > last && e->epoch <= self->epochs_done && e->epoch % self->history[0].epoch == 0;
}

static bool read_history(training_course *self, const json_t *rows)
{
    self->n_history = 0;
    if (!json_is_array(rows) || json_array_size(rows) > TRAINING_HISTORY)
        return false;
    for (size_t i = 0; i < json_array_size(rows); i++)
        if (!read_epoch(self, json_array_get(rows, i), self->n_history++))
            return false;
    return self->n_history > 0 || self->epochs_done == 0;
}

bool training_course_read(training_course *self, const json_t *note)
{
    json_t *history = NULL;
    return json_unpack((json_t *)(uintptr_t)note, "{s:i, s:i, s:F, s:F, s:F, s:o}", "epochs_done", &self->epochs_done,
                       "best_epoch", &self->best_epoch, "best_accuracy", &self->best_accuracy, "best_loss",
                       &self->best_loss, "seconds", &self->seconds, "history", &history) == 0 &&
           self->epochs_done >= 0 && self->best_epoch >= 0 && self->best_epoch <= self->epochs_done &&
           read_history(self, history);
}
