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
#include "train_past.h"

typedef struct train_job train_job;

/* Starts it. */
bool train_job_new(train_job **job, const train_request *request, const paths *where, const job_host *host,
                   nn_error *err);

/* One of the past instead (train_past.h): reads it, and then there is TRAIN_RECALLED, or TRAIN_ENDED with a problem. */
bool train_job_recall(train_job **job, const char *path, const job_host *host, nn_error *err);

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

/* What its network reads of some images that are set aside: who was taken for whom, and the mean loss. */
double train_job_moment_check(const train_job *job, int moment, confusion *c);

/* What learns. From TRAIN_RUNNING on. */
const nn_plan *train_job_plan(const train_job *job);
const char *train_job_label(const train_job *job, int class);

/* A model with the weights of the last look, the caller's to nn_model_free. From TRAIN_RUNNING on. */
bool train_job_model(const train_job *job, nn_model **model, nn_error *err);

void train_job_pause(train_job *job, bool paused);
void train_job_batch(train_job *job);            /* a paused one learns one more batch */
void train_job_slow(train_job *job, bool slow);  /* so that every batch can be seen, or as fast as it can */
void train_job_stop(train_job *job);             /* it ends early, with the best weights so far */
void train_job_set_lr(train_job *job, float lr); /* from the next batch on */

/* After TRAIN_ENDED with a best epoch: writes the past to `history`, if that is not "", and the best weights to path, in
 * the background. An existing model is not replaced. Then comes TRAIN_SAVED, or TRAIN_ENDED with a problem. */
bool train_job_save(train_job *job, const char *path, const char *history, nn_error *err);

const train_request *train_job_request(const train_job *job);

#endif
