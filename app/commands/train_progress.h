/* train_progress.h - what people see of a training while it runs: a line that moves, and one for each epoch. */
#ifndef TRAIN_PROGRESS_H
#define TRAIN_PROGRESS_H

#include "app/core/training/training_run.h"

/* training_run to the last of `epochs`, on a terminal with a bar and the time left, until it is interrupted. `epoch` is
 * called after each: false stops it as well. */
training_end train_progress_run(training *t, int epochs, bool (*epoch)(void *ctx, const training_epoch *e), void *ctx);

/* The line of an epoch, as JSON (NULL when out of memory) or for people; false if it could not be written. */
json_t *train_epoch_json(const training_epoch *e);
bool train_print_epoch(const training_epoch *e);

/* What to say of a training that diverged; returns false. */
bool train_diverged(nn_error *err);

/* What to say of a training that is no better than the same answer for all; returns false. kept: the checkpoint that goes on
 * with more epochs, NULL: there is none. */
bool train_learned_nothing(const training *t, double lr, const char *kept, nn_error *err);

/* Says why a training of command `name` has no epoch to keep; returns the exit status. */
int train_nothing_kept(const char *name);

#endif
