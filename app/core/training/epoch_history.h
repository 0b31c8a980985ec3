/* epoch_history.h - what the epochs of a training have brought: the best of them, and a history that a model and a
 * checkpoint remember. Internal to training.c. */
#ifndef EPOCH_HISTORY_H
#define EPOCH_HISTORY_H

#include "training.h"

typedef struct epoch_history {
    int epochs_done, best_epoch;          /* best_epoch 0: none yet */
    double best_accuracy, best_loss;      /* of the best epoch, on validation images */
    double best_pens;                     /* and on the drawings of writers who validate; NAN without any */
    double seconds;                       /* of the epochs done */
    training_epoch row[TRAINING_HISTORY]; /* the epochs that are a multiple of the first one kept */
    int n_rows;
} epoch_history;

void epoch_history_begin(epoch_history *history);

/* The next epoch is done, ->epoch of them by now. Sets epoch->best; weights that are not finite are never that. */
void epoch_history_add(epoch_history *history, training_epoch *epoch, bool finite);

/* What training_history gives. */
json_t *epoch_history_rows(const epoch_history *history);

/* The members of a checkpoint's note, to which training.c adds the settings; NULL when out of memory. */
json_t *epoch_history_json(const epoch_history *history);

/* Back again. False where the note cannot be true of any training; then the history is not to be used. */
bool epoch_history_read(epoch_history *history, const json_t *note);

#endif
