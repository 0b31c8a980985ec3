/* slope.h - what a network answers to the picture of a digit, and by how much every pixel would change that; of several
 * that are asked together it is the mean of their probabilities that answers.
 *
 * All memory is made in slope_new; what computes never allocates and never fails. One thread at a time. */
#ifndef SLOPE_H
#define SLOPE_H

#include "app/core/model/model_input.h"
#include "app/core/model/recogniser.h"
#include "nn/nn.h"

/* Who is asked: 1..RECOGNISER_MAX_MODELS models with the same classes in the same order. */
typedef struct slope_nets {
    const nn_model *model[RECOGNISER_MAX_MODELS];
    int count;
} slope_nets;

typedef struct slope {
    int count, classes;
    nn_plan *plan[RECOGNISER_MAX_MODELS];
    nn_work *work[RECOGNISER_MAX_MODELS];
    float own[RECOGNISER_MAX_MODELS]
             [NN_MAX_CLASSES];         /* logits of each, as it is asked: over its temperature of several */
    float probability[NN_MAX_CLASSES]; /* of the last image */
    float logit[NN_MAX_CLASSES];       /* the model's own of one; of several the logarithm of the probability */
    float room[MODEL_MAX_INPUT];
} slope;

/* For models of the architectures of these, which read digits (model_input.h) and are not kept. */
bool slope_new(slope **slope, const slope_nets *nets, nn_error *err);
void slope_free(slope *slope);

/* Whether it was made for models like these: only those may be given to the functions below. */
bool slope_fits(const slope *slope, const slope_nets *nets);

/* Fills probability and logit; returns the most likely class. */
int slope_read(slope *slope, const slope_nets *nets, const float image[DIGIT_PIXELS]);

/* Of the image that was read last: by how much one class's logit, less the mean of what the others have in proportion to
 * their probability among themselves, grows with each pixel: the gradient of the log-odds of that class. */
void slope_of_odds(slope *slope, const slope_nets *nets, int class, float gradient[DIGIT_PIXELS]);
float slope_odds(const slope *slope, int class); /* the log-odds themselves */

/* Of the classes but one the most likely (rank 0), the next (1) ...; -1: there are not so many. */
int slope_other(const slope *slope, int but, int rank);

#endif
