/* training_scorer.h - accuracy and loss of a model on images of a data set, on all threads, as often as wanted. Internal
 * to training.c. */
#ifndef TRAINING_SCORER_H
#define TRAINING_SCORER_H

#include "training.h"

typedef struct training_scorer training_scorer;

/* For models of this plan and images of this side. Plan and config must outlive it. Free it in any case. */
bool training_scorer_new(training_scorer **scorer, const nn_plan *plan, int side, const training_config *config,
                         nn_error *err);
void training_scorer_free(training_scorer *scorer);

/* The share of right answers, -1 where it was stopped; *loss: mean cross-entropy in nats, NAN where answers are no
 * probabilities. probabilities: (count, classes), to be written; NULL: not wanted. stoppable: config.stopped makes it
 * end early. */
double training_scorer_run(training_scorer *scorer, const nn_model *model, const dataset *images, float *probabilities,
                           bool stoppable, double *loss);

#endif
