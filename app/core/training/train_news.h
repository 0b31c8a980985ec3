/* train_news.h - what is asked of a training in the window, and what it tells. */
#ifndef TRAIN_NEWS_H
#define TRAIN_NEWS_H

#include "app/core/paths.h"
#include "app/core/settings.h"
#include "training.h"

typedef struct train_request {
    char net[PATHS_MAX]; /* architecture: a name or a path */
    train_choice data;
    char path[PATHS_MAX]; /* of the data (dataset_load.h); not for TRAIN_SYNTHETIC */
    int epochs, threads;
    uint64_t seed;
    float lr;
    bool augment; /* by nn_augment's default */
} train_request;

typedef enum train_phase {
    TRAIN_PREPARING, /* reading or making the data */
    TRAIN_RUNNING,
    TRAIN_ENDED, /* best_epoch says whether there is something to keep */
    TRAIN_SAVED,
    TRAIN_RECALLED /* it is one of the past, from a file */
} train_phase;

enum { TRAIN_BATCH = 64, TRAIN_CURVE = 128, TRAIN_MAX_EPOCHS = 200 };

typedef struct train_point {
    float epochs; /* since the beginning, with fractions; 0: before the first step */
    float loss, accuracy;
} train_point;

/* What the worker tells, by value. */
typedef struct train_news {
    train_phase phase;
    char note[DATASET_NOTE]; /* what was done to the data on reading them; "" */
    nn_error problem;        /* what ended it before its time, or kept it from being saved; code NN_OK: nothing */
    int images;              /* to learn from, in all; 0 while preparing */
    int epoch, step, steps;  /* the epoch in progress, from 1; batches of it done, and in all */
    int batch, batch_right;  /* images of the last batch, and how many of them were right before it was learned */
    double batch_loss;
    int best_epoch; /* 0: none yet */
    double best_accuracy;
    double val_accuracy;  /* of the last epoch; NAN before the first has ended */
    double test_accuracy; /* of the best weights, once it has ended, on MNIST's test images, which people wrote; NAN: it
                           * reads something else, or they are not here */
    double images_per_second, seconds_left; /* 0 while unknown */
    int moments;                            /* whose weights are kept (weight_history.h) */
    float lr;
    int n_trained, n_validated;
    train_point trained[TRAIN_CURVE];            /* means over equal numbers of batches */
    train_point validated[TRAIN_MAX_EPOCHS + 1]; /* before the first step, and after each epoch */
} train_news;

#endif
