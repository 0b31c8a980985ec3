/* epoch_history.c - keeping count of epochs, and their rows as JSON. */
#include "epoch_history.h"
#include "nn/json.h"
#include <limits.h>
#include <math.h>

void epoch_history_begin(epoch_history *self)
{
    *self = (epoch_history){.best_loss = 1e300, .best_pens = (double)NAN};
}

/* Where room ends, every second one goes. */
static void remember(epoch_history *self, const training_epoch *epoch)
{
    if (self->n_rows == TRAINING_HISTORY) {
        self->n_rows /= 2;
        for (int i = 0; i < self->n_rows; i++)
            self->row[i] = self->row[2 * i + 1];
    }
    if (self->n_rows == 0 || epoch->epoch % self->row[0].epoch == 0)
        self->row[self->n_rows++] = *epoch;
}

/* One score for both: what strangers draw counts as much as what the data hold. */
static double score(double accuracy, double strangers)
{
    return isnan(strangers) ? accuracy : 0.5 * (accuracy + strangers);
}

void epoch_history_add(epoch_history *self, training_epoch *epoch, bool finite)
{
    self->epochs_done = epoch->epoch;
    self->seconds = epoch->seconds;
    double now = score(epoch->val_accuracy, epoch->pens_accuracy), best = score(self->best_accuracy, self->best_pens);
    epoch->best = finite && (now > best || (now == best && epoch->val_loss < self->best_loss));
    if (epoch->best) {
        self->best_epoch = epoch->epoch;
        self->best_accuracy = epoch->val_accuracy;
        self->best_loss = epoch->val_loss;
        self->best_pens = epoch->pens_accuracy;
    }
    remember(self, epoch);
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

json_t *epoch_history_rows(const epoch_history *self)
{
    json_t *rows = json_array();
    for (int i = 0; rows && i < self->n_rows; i++) {
        const training_epoch *e = &self->row[i];
        json_t *row = json_pack("[i,o,f,o,f,f]", e->epoch, nn_json_number(e->train_loss), e->train_accuracy,
                                nn_json_number(e->val_loss), e->val_accuracy, e->lr);
        bool ok = row && (isnan(e->pens_accuracy) || json_array_append_new(row, json_real(e->pens_accuracy)) == 0);
        if (!ok)
            json_decref(row);
        if (!ok || json_array_append_new(rows, row) != 0) {
            json_decref(rows);
            return NULL;
        }
    }
    return rows;
}

json_t *epoch_history_json(const epoch_history *self)
{
    return json_pack("{s:i, s:i, s:f, s:f, s:o, s:f, s:o}", "epochs_done", self->epochs_done, "best_epoch",
                     self->best_epoch, "best_accuracy", self->best_accuracy, "best_loss", self->best_loss, "best_pens",
                     nn_json_number(self->best_pens), "seconds", self->seconds, "history", epoch_history_rows(self));
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
static bool read_epoch(epoch_history *self, const json_t *row, int before)
{
    training_epoch *e = &self->row[before];
    json_t *train_loss, *val_loss;
    *e = (training_epoch){0};
    e->pens_accuracy = (double)NAN;
    bool plain = json_array_size(row) == 6;
    if (json_unpack((json_t *)(uintptr_t)row, plain ? "[i,o,F,o,F,F!]" : "[i,o,F,o,F,F,F!]", &e->epoch, &train_loss,
                    &e->train_accuracy, &val_loss, &e->val_accuracy, &e->lr, &e->pens_accuracy) != 0)
        return false;
    int last = before > 0 ? e[-1].epoch : 0;
    return read_loss(&e->train_loss, train_loss) && read_loss(&e->val_loss, val_loss) && is_share(e->train_accuracy) &&
           is_share(e->val_accuracy) && (plain || is_share(e->pens_accuracy)) && e->epoch > last &&
           e->epoch <= self->epochs_done && e->epoch % self->row[0].epoch == 0;
}

static bool read_history(epoch_history *self, const json_t *rows)
{
    self->n_rows = 0;
    if (!json_is_array(rows) || json_array_size(rows) > TRAINING_HISTORY)
        return false;
    for (size_t i = 0; i < json_array_size(rows); i++)
        if (!read_epoch(self, json_array_get(rows, i), self->n_rows++))
            return false;
    return self->n_rows > 0 || self->epochs_done == 0;
}

bool epoch_history_read(epoch_history *self, const json_t *note)
{
    json_t *history = NULL, *strangers = NULL;
    json_int_t done, best;
    if (json_unpack((json_t *)(uintptr_t)note, "{s:I, s:I, s:F, s:F, s?o, s:F, s:o}", "epochs_done", &done,
                    "best_epoch", &best, "best_accuracy", &self->best_accuracy, "best_loss", &self->best_loss,
                    "best_pens", &strangers, "seconds", &self->seconds, "history", &history) != 0 ||
        (strangers && !read_loss(&self->best_pens, strangers)) || done < 0 || done > INT_MAX || best < 0 ||
        best > done || !is_share(self->best_accuracy) || self->seconds < 0.0)
        return false;
    self->epochs_done = (int)done;
    self->best_epoch = (int)best;
    return read_history(self, history);
}
