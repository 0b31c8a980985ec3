/* training_run.h - the loop over the epochs of a training: what `train`, `prune`, `search` and the window all run. */
#ifndef TRAINING_RUN_H
#define TRAINING_RUN_H

#include "training.h"

/* The step just done. */
typedef struct training_progress {
    int step, steps; /* steps done of the epoch in progress, and all of it */
    nn_step_result result;
    double seconds; /* that it took */
} training_progress;

/* Who watches a training. All are called by the thread that runs it. */
typedef struct training_watch {
    void *ctx;
    bool (*goes_on)(void *ctx);                                /* before every step: false stops the training */
    void (*step)(void *ctx, const training_progress *p);       /* after every step */
    bool (*epoch)(void *ctx, const training_epoch *validated); /* after every epoch: false stops the training */
} training_watch;

typedef enum training_end {
    TRAINING_DONE,    /* all epochs that were wanted, or patience ran out */
    TRAINING_STOPPED, /* by the watch, or by config.stopped */
    TRAINING_DIVERGED /* it cannot come back */
} training_end;

/* Goes on until so many epochs are done, those before included, or the training is finished. */
training_end training_run(training *t, int epochs, const training_watch *watch);

#endif
