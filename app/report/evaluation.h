/* evaluation.h - one model, or the average of several, scored on a data set. */
#ifndef EVALUATION_H
#define EVALUATION_H

#include "app/core/data/dataset.h"
#include "app/core/training/metrics.h"
#include <jansson.h>

typedef struct evaluation {
    /* what is scored: set by the caller, who keeps it alive */
    const dataset *data;
    const char *folder;       /* of the data, for errors */
    nn_model *const *models;  /* with the same classes, in any order: the first one's counts */
    const char *const *names; /* of the models, for errors; NULL, all or one: not known */
    int n_models, threads;
    nn_purpose purpose; /* NN_ANSWERS or NN_QUANTIZED_ANSWERS */

    /* the result */
    int class_of[NN_MAX_CLASSES]; /* of the data's classes: which of the first model's that is */
    float *probabilities;         /* (data->count, confusion.classes): the mean over the models */
    confusion confusion;
    calibration calibration;
    int unsure;                 /* answers below the threshold, the mean of the models' */
    int unsure_errors;          /* wrong ones of these */
    double loss;                /* mean cross-entropy, nats */
    double auc[NN_MAX_CLASSES]; /* one class against the rest; NAN where there is only one of both */
    size_t parameters;          /* of all models together */
    double seconds;             /* that the networks took */
} evaluation;

/* Whether the models fit together and to the data. */
bool evaluation_check(evaluation *e, nn_error *err);

/* Checks, runs the networks over all images and scores the answers. The result does not depend on the number of threads.
 * A model whose numbers overflow is an error. Ends early, without scores, when the command is interrupted. */
bool evaluation_run(evaluation *e, nn_error *err);
void evaluation_free(evaluation *e); /* the result only */

int evaluation_truth(const evaluation *e, int image);           /* its class, of the first model's */
const float *evaluation_answer(const evaluation *e, int image); /* its (classes) probabilities */

/* The ROC curve of one class against the rest, as metrics_roc gives it; items is room for data->count. */
int evaluation_roc(const evaluation *e, int class, scored *items, roc_point points[ROC_POINTS]);

/* Of the answers that are not unsure; NAN where all are. */
double evaluation_accuracy_when_sure(const evaluation *e);

/* What `eval --json` prints; NULL when out of memory. */
json_t *evaluation_json(const evaluation *e);

#endif
