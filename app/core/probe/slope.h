/* slope.h - what a network answers to the picture of a digit, and by how much every pixel would change that.
 *
 * All memory is made in slope_new; what computes never allocates and never fails. One thread at a time. */
#ifndef SLOPE_H
#define SLOPE_H

#include "app/core/model/model_input.h"
#include "nn/nn.h"

typedef struct slope {
    nn_plan *plan;
    nn_work *work;
    int classes;
    float probability[NN_MAX_CLASSES]; /* of the last image */
    float logit[NN_MAX_CLASSES];
    float room[MODEL_MAX_INPUT];
} slope;

/* For models of the architecture of this one, which reads digits (model_input.h) and is not kept. */
bool slope_new(slope **slope, const nn_model *model, nn_error *err);
void slope_free(slope *slope);

/* Whether it was made for models like this: only those may be given to the functions below. */
bool slope_fits(const slope *slope, const nn_model *model);

/* Fills probability and logit; returns the most likely class. */
int slope_read(slope *slope, const nn_model *model, const float image[DIGIT_PIXELS]);

/* Of the image that was read last: by how much one class's logit, less the mean of what the others have in proportion to
 * their probability among themselves, grows with each pixel: the gradient of the log-odds of that class. */
void slope_of_odds(slope *slope, const nn_model *model, int class, float gradient[DIGIT_PIXELS]);
float slope_odds(const slope *slope, int class); /* the log-odds themselves, before the model's temperature */

/* Of the classes but one the most likely (rank 0), the next (1) ...; -1: there are not so many. */
int slope_other(const slope *slope, int but, int rank);

#endif
