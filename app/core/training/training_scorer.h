/* training_scorer.h - accuracy and loss of a model on images of a data set, on all threads, as often as wanted. Internal
 * to training.c. */
#ifndef TRAINING_SCORER_H
#define TRAINING_SCORER_H

#include "training.h"

/* The images to score by. */
typedef struct scored_images {
    const dataset *data;
    const int *index; /* (count), NULL: all of them in order */
    int count;
    bool stoppable; /* config.stopped makes it end early */
} scored_images;

typedef struct training_scorer training_scorer;

/* For models of this plan and images of this side. Plan and config must outlive it. Free it in any case. */
bool training_scorer_new(training_scorer **scorer, const nn_plan *plan, int side, const training_config *config,
                         nn_error *err);
void training_scorer_free(training_scorer *scorer);

/* The share of right answers, -1 where it was stopped; *loss: mean cross-entropy in nats, NAN where answers are no
 * probabilities. probabilities: (count, classes), to be written; NULL: not wanted. */
double training_scorer_run(training_scorer *scorer, const nn_model *model, scored_images images, float *probabilities,
                           double *loss);

#endif
