/* training.h - one training, from a data set and an architecture to a model: what the `train` command and the
 * window's worker both run. Everything is allocated in training_new; after that nothing fails but saving. */
#ifndef TRAINING_H
#define TRAINING_H

#include "app/core/data/dataset.h"
#include "app/core/data/pens.h"
#include "nn/augment.h"
#include <jansson.h>

enum { TRAINING_MAX_MIXUP = 4 }; /* larger ones blend nearly everything by halves */

typedef struct training_config {
    nn_train_config train;
    const nn_model *start; /* its weights to begin with, and what it reads; for training_new only; NULL: fresh ones */
    nn_augment augment;
    double synthetic;  /* share of each batch that are digits which the program draws itself (synth.h), 0..1 */
    double negatives;  /* share of each batch that are made-up drawings of no digit (nondigit.h), 0..1 */
    double pens_share; /* share of each batch that are recorded drawings, changed at random (stroke_augment.h), 0..1 */
    const pens *pens;  /* these; must outlive the training. NULL: none */
    double mixup; /* blends images with others by shares from Beta(mixup, mixup); at most TRAINING_MAX_MIXUP; 0: not */
    const nn_model *teacher; /* its answers are a part of each digit's target; must outlive the training. NULL: none */
    double distill;          /* that part, 0..1 */
    int fold, folds;         /* writers of this fold are left out of the training; folds 0: none is */
    double val;   /* images set aside for validation, stratified: a count, or a share if < 1; 0: by their number */
    int patience; /* epochs without a new best after which the training is finished; 0: never before its last epoch */
    bool (*stopped)(void *ctx); /* asked by all threads while they validate: true makes that end early; NULL: never */
    void *ctx;
} training_config;

typedef struct training_epoch {
    int epoch; /* from 1 */
    double train_loss, train_accuracy, val_loss, val_accuracy, lr;
    double pens_accuracy;     /* of the writers who validate; NAN without any */
    double seconds;           /* since the training began, resumed parts included */
    double images_per_second; /* training images over time in training steps */
    double val_seconds;       /* that validation took */
    bool best;                /* the best on validation so far: the mean of both accuracies */
} training_epoch;

typedef struct training training;

/* data must outlive the training and fit the plan (side, classes); plan stays the caller's and must outlive it too. */
bool training_new(training **training, const nn_plan *plan, const dataset *data, const training_config *config,
                  nn_error *err);
void training_free(training *training);

int training_steps_per_epoch(const training *training);
int training_epochs_done(const training *training);

/* One batch; returns the seconds that it took. The loop over all of them is in training_run.h. */
double training_step(training *training, nn_step_result *result);

/* Sums over steps, for means. */
typedef struct training_sums {
    double loss; /* each step's times its images */
    long images, correct;
    double seconds;
} training_sums;

void training_sums_add(training_sums *sums, const nn_step_result *result, double seconds);

/* The share of right answers, and the loss, of the weights of this moment on the validation images, which changes
 * nothing. Negative when config.stopped made it end early. */
double training_validate(training *training, double *loss);

/* The same on other images, with what the weights say of them: probabilities (count, classes). */
double training_answer(training *training, const dataset *images, float *probabilities, double *loss);

/* After the last step of an epoch: validates and keeps the weights if they are the best so far. False when
 * config.stopped made it end early: then the epoch does not count. */
bool training_end_epoch(training *training, training_epoch *epoch);

/* True after the last epoch, or when patience ran out. */
bool training_finished(const training *training);

/* True when the loss has not been finite for three batches, or the weights or their answers after an epoch: the
 * training cannot come back. */
bool training_diverged(const training *training);

/* From the next step on this counts in place of config.train.lr. */
void training_set_lr(training *training, float lr);

/* The weights of this moment, as they would be validated, and those that were best on validation so far: plan->floats
 * of them. Not while a step runs. */
const float *training_weights(const training *training);
const float *training_best_weights(const training *training);

int training_best_epoch(const training *training); /* 0: none yet */
double training_best_accuracy(const training *training);
double training_best_loss(const training *training); /* of the same epoch, on validation */

/* The share of the validation images that the same answer for all would get right. */
double training_chance(const training *training);

/* False where the best weights are no better than that, and no teacher was to be believed instead of the labels. */
bool training_has_learned(const training *training);

/* How it went, for the training facts: [[epoch, train_loss, train_accuracy, val_loss, val_accuracy, lr], ...] of the
 * epochs done, with the accuracy of the writers who validate behind these, if any do, resumed ones included. At most TRAINING_HISTORY rows: of longer trainings every second, fourth, ...
 * epoch. NULL when out of memory. */
enum { TRAINING_HISTORY = 1000 };
json_t *training_history(const training *training);

/* What a model remembers of its making: the command, the settings, the best epoch, the history; the same run gives
 * the same facts, so no times and dates. The caller's; NULL when out of memory. */
json_t *training_facts(const training *training, const char *command);

/* A model with the best weights so far, its confidence calibrated on all that validates; the caller's to
 * nn_model_free. Its training facts are for the caller to add. */
bool training_model(training *training, nn_model **model, nn_error *err);

double training_seconds(const training *training); /* of the epochs done, resumed ones included */

/* A copy of the images set aside for validation; the caller's to dataset_free. */
bool training_validation(const training *training, dataset *part, nn_error *err);

/* The share of right answers, and mean cross-entropy in nats, of a model on a data set; on the training's own
 * threads. stoppable: config.stopped makes it end early, with -1. */
double training_score(training *training, const nn_model *model, const dataset *data, bool stoppable, double *loss);

/* For what goes on: parts and threads such that batches are cut as those settings tell, where the configuration leaves it
 * open. */
void training_go_on(training_config *config, const json_t *settings);

/* All that an exact resume needs, to a file. What has diverged is not written: the file keeps what one can go on from. */
bool training_save(const training *training, const char *path, nn_error *err);

/* A training made with the same arguments that goes on from such a file, with its parts (training_go_on). Where that fails
 * it may be made all the same, and is the caller's to training_free. */
bool training_resume(training **training, const nn_plan *plan, const dataset *data, training_config *config,
                     const char *path, nn_error *err);

#endif
