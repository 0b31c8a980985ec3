/* train.h - a training in this window: what was chosen, the worker, and how its weights get to the canvas.
 *
 *     form -> (start) -> running -> ended -> keep or throw away -> form
 *
 * The settings hold what was chosen; the worker's news (train_job.h) say how far it is. */
#ifndef TRAIN_H
#define TRAIN_H

#include "app/core/data/fetch_job.h"
#include "app/core/model/models.h"
#include "app/core/model/recogniser.h"
#include "app/core/training/train_job.h"
#include "app/ui/kit/action.h"

struct app;

enum { TRAIN_RATE_MIN = -5, TRAIN_RATE_MAX = -1 }; /* powers of ten */

typedef struct app_training {
    train_job *job; /* NULL: the form is shown */
    bool paused, stopping, saving;
    bool leaving;         /* the program ends once it is saved */
    char path[PATHS_MAX]; /* of TRAIN_PATH */
    char name[NN_NAME];   /* under which it would be kept */
    char problem[240];    /* what the form has to say */

    recogniser *other; /* while watched the model in use before, else the one in training; may be NULL */
    bool watched;      /* app.reader reads with the weights of this moment */
    char other_name[NN_NAME];

    fetch_job *fetch; /* NULL: MNIST is not being fetched */

    model_entry *nets; /* for the list of architectures */
    int n_nets;
    int n_kept;     /* drawings in the person's own file */
    bool has_mnist; /* as of the last look */
} app_training;

void train_init(struct app *self);
void train_free(struct app *self);

/* Takes in what the worker has to tell; part of every tick. */
void train_tick(struct app *self);

/* An action of ACTION_TRAIN_... */
void train_do(struct app *self, action act);

/* Reads the canvas with the network in training, or again with the model in use. */
void train_watch(struct app *self, bool on);

/* Before the program ends: true when there is nothing that would be lost. */
bool train_may_leave(const struct app *self);
void train_keep_and_leave(struct app *self);

/* What the menu of data has, and dialogs accepted. */
void train_look_around(struct app *self); /* which data and nets there are */
bool train_set_path(struct app *self, const char *path, nn_error *err);
bool train_rename(struct app *self, const char *name, nn_error *err);
const char *train_net(const struct app *self);

/* The drawing on the canvas, with its right answer, to train with later. */
void train_keep_drawing(struct app *self, int class);

#endif
