/* train_progress.h - what people see of a training while it runs: a line that moves, and one for each epoch. */
#ifndef TRAIN_PROGRESS_H
#define TRAIN_PROGRESS_H

#include "app/core/training/training.h"

typedef struct train_progress {
    training *training;
    int epochs;
    int resumed_at; /* epochs that were done before */
    double began;
} train_progress;

train_progress train_progress_begin(training *t, int epochs);

/* All steps of one epoch, on a terminal with a bar and the time left. False when it was interrupted or diverged. */
bool train_progress_epoch(const train_progress *p);

/* The line of an epoch, as JSON (NULL when out of memory) or for people; false if it could not be written. */
json_t *train_epoch_json(const training_epoch *e);
bool train_print_epoch(const training_epoch *e);

/* What to say of a training that diverged; returns false. */
bool train_diverged(nn_error *err);

/* Says why a training of command `name` has no epoch to keep; returns the exit status. */
int train_nothing_kept(const char *name);

#endif
