/* evaluation.h - one model, or the average of several, scored on a data set. */
#ifndef EVALUATION_H
#define EVALUATION_H

#include "app/core/data/dataset.h"
#include "metrics.h"

/* Who wants to know how far it is, or ends it before its time; functions may be NULL. */
typedef struct evaluation_watch {
    bool (*goes_on)(void *ctx);                   /* asked by all threads */
    void (*tell)(void *ctx, long done, long all); /* on one thread: images read, those of all models counted */
    void *ctx;
} evaluation_watch;

typedef struct evaluation {
    /* what is scored: set by the caller, who keeps it alive */
    const dataset *data;
    const char *folder;       /* of the data, for errors */
    nn_model *const *models;  /* with the same classes, in any order: the first one's counts */
    const char *const *names; /* of the models, for errors; NULL, all or one: not known */
    int n_models, threads;
    nn_purpose purpose; /* NN_ANSWERS or NN_QUANTIZED_ANSWERS */
    evaluation_watch watch;
    void (*on_thread_start)(void); /* in every thread that it makes; NULL: nothing */

    /* the result */
    int class_of[NN_MAX_CLASSES]; /* of the data's classes: which of the first model's that is */
    float *probabilities;         /* (data->count, confusion.classes): the mean over the models */
    unsigned char *read;          /* (data->count): the class that each image was read as; NULL where it ended early */
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
 * A model whose numbers overflow is an error. Ends early, without scores, when the watch says so. */
bool evaluation_run(evaluation *e, nn_error *err);

/* The same for all models of `n` evaluations of the same images, from their answers: what it is to score is set as for
 * evaluation_run, with the models of all of them. */
bool evaluation_mean(evaluation *mean, const evaluation *parts, int n, nn_error *err);
void evaluation_free(evaluation *e); /* the result only */

int evaluation_truth(const evaluation *e, int image);           /* its class, of the first model's */
int evaluation_read(const evaluation *e, int image);            /* the class that it was read as */
const float *evaluation_answer(const evaluation *e, int image); /* its (classes) probabilities */

/* The ROC curve of one class against the rest, as metrics_roc gives it; items is room for data->count. */
int evaluation_roc(const evaluation *e, int class, scored *items, roc_point points[ROC_POINTS]);

int evaluation_errors(const evaluation *e); /* images that were read wrong */

/* Of the answers that are not unsure; NAN where all are. */
double evaluation_accuracy_when_sure(const evaluation *e);

#endif
