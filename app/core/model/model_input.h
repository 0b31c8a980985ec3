/* model_input.h - a digit of 28x28 for networks that read images of another side, or colours. */
#ifndef MODEL_INPUT_H
#define MODEL_INPUT_H

#include "app/core/digit/digit.h"
#include "nn/nn.h"

enum {
    MODEL_MIN_SIDE = 8,
    MODEL_MAX_SIDE = 64,
    MODEL_COLOURS = 3,
    MODEL_MAX_INPUT = MODEL_MAX_SIDE * MODEL_MAX_SIDE * MODEL_COLOURS /* values */
};

/* NN_USAGE where the model does not read one square image, grey or of three colours, of a side that digits can be
 * brought to. */
bool model_reads_digits(const nn_plan *plan, nn_error *err);

/* n digits as the plan reads them: the images themselves where that is 28x28x1, else resized, and repeated for each
 * colour, into `room`, which is for n times MODEL_MAX_INPUT. */
const float *model_input(float *room, const nn_plan *plan, const float *images, int n);

/* From the gradient of one image as the plan reads it, in `room`, which is spoilt, to that of the digit. */
void model_input_return(float gradient[DIGIT_PIXELS], const nn_plan *plan, float *room);

#endif
