/* train.h - a training in this window: starting, following and keeping it.
 *
 * The settings hold what was chosen; the worker's news (train_job.h) say how far it is. */
#ifndef TRAIN_H
#define TRAIN_H

#include "state.h"

void train_init(app *self);
void train_free(app *self);

/* Takes in what the worker has to tell; part of every tick. */
void train_tick(app *self);

/* Shows the past of a training, of which this is the file (train_past.h). */
bool train_recall(app *self, const char *path, nn_error *err);

bool train_do(app *self, action act); /* false: it is none of ACTION_TRAIN_... */

/* Before the program ends: true when there is nothing that would be lost. */
bool train_may_leave(const app *self);
void train_keep_and_leave(app *self);

#endif
