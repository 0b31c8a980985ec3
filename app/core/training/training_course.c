/* training_course.c - keeping count of epochs, and their rows as JSON. */
#include "training_course.h"
#include "nn/json.h"
#include <limits.h>
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

json_t *training_course_history(const training_course *self)
{
    json_t *rows = json_array();
    for (int i = 0; rows && i < self->n_history; i++) {
        const training_epoch *e = &self->history[i];
        json_t *row = json_pack("[i,o,f,o,f,f]", e->epoch, nn_json_number(e->train_loss), e->train_accuracy,
                                nn_json_number(e->val_loss), e->val_accuracy, e->lr);
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

static bool is_share(double x)
{
    return x >= 0.0 && x <= 1.0;
}

/* A number, or null for what was not finite. */
static bool read_loss(double *loss, const json_t *value)
{
    *loss = json_is_real(value) ? json_real_value(value) : (double)NAN;
    return json_is_real(value) || json_is_null(value);
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
    int last = before > 0 ? e[-1].epoch : 0;
    return read_loss(&e->train_loss, train_loss) && read_loss(&e->val_loss, val_loss) && is_share(e->train_accuracy) &&
           is_share(e->val_accuracy) && e->epoch > last && e->epoch <= self->epochs_done &&
           e->epoch % self->history[0].epoch == 0;
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
    json_int_t done, best;
    if (json_unpack((json_t *)(uintptr_t)note, "{s:I, s:I, s:F, s:F, s:F, s:o}", "epochs_done", &done, "best_epoch",
                    &best, "best_accuracy", &self->best_accuracy, "best_loss", &self->best_loss, "seconds",
                    &self->seconds, "history", &history) != 0 ||
        done < 0 || done > INT_MAX || best < 0 || best > done || !is_share(self->best_accuracy) || self->seconds < 0.0)
        return false;
    self->epochs_done = (int)done;
    self->best_epoch = (int)best;
    return read_history(self, history);
}
