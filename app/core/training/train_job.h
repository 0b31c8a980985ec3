/* train_job.h - a training beside the window: a job.h that reads the data, trains, and at last saves.
 *
 *     window: train_job_new -> train_job_look in every frame -> train_job_save, or train_job_free
 *     worker: data -> batch, batch, ... validate -> ... -> ended -> (asked to) save -> saved
 *
 * The worker publishes progress and the weights of that moment together, a dozen times a second, so that the window can
 * read with them while they learn. Architecture and data are read by the worker, as no file is by the window; what is
 * wrong with them is told in the news. All functions are for the window's thread. */
#ifndef TRAIN_JOB_H
#define TRAIN_JOB_H

#include "app/core/job.h"
#include "app/core/settings.h"
#include "training.h"
#include "weight_history.h"

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
    TRAIN_SAVED
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

typedef struct train_job train_job;

/* Starts it. */
bool train_job_new(train_job **job, const train_request *request, const paths *where, const job_host *host,
                   nn_error *err);

/* Stops it and waits for its thread: at most a batch, or the reading of the data. NULL is allowed. */
void train_job_free(train_job *job);

/* Takes the newest news in: true when there were any. */
bool train_job_look(train_job *job);
const train_news *train_job_news(const train_job *job); /* as of the last look */

/* The weights of the last look, for recogniser_set_weights; NULL when there were none, or none that are finite. */
const float *train_job_weights(const train_job *job);

/* The weights of one of news.moments, which stay until the next call, and the steps done until then. */
const float *train_job_moment(train_job *job, int moment);
int train_job_moment_step(const train_job *job, int moment);

/* A model with the weights of the last look, the caller's to nn_model_free. From TRAIN_RUNNING on. */
bool train_job_model(const train_job *job, nn_model **model, nn_error *err);

void train_job_pause(train_job *job, bool paused);
void train_job_batch(train_job *job);            /* a paused one learns one more batch */
void train_job_slow(train_job *job, bool slow);  /* so that every batch can be seen, or as fast as it can */
void train_job_stop(train_job *job);             /* it ends early, with the best weights so far */
void train_job_set_lr(train_job *job, float lr); /* from the next batch on */

/* After TRAIN_ENDED with a best epoch: writes the best weights to path, in the background. An existing file is not
 * replaced. Then comes TRAIN_SAVED, or TRAIN_ENDED with a problem. */
bool train_job_save(train_job *job, const char *path, nn_error *err);

const train_request *train_job_request(const train_job *job);

#endif
