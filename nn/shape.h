/* shape.h - checked arithmetic on sizes, and the geometry of sliding windows. Nothing else in the library multiplies
 * numbers that came from a file. */
#ifndef NN_SHAPE_H
#define NN_SHAPE_H

#include "nn.h"

/* *out = a * b, or false on overflow of size_t. */
bool nn_size_mul(size_t a, size_t b, size_t *out);

/* A window of kh x kw that slides by stride over an image, as convolution and pooling do. */
typedef struct nn_window {
    int kh, kw, stride;
    int top, left; /* rows and columns of padding before the image */
    int out_h, out_w;
} nn_window;

typedef enum nn_padding { NN_SAME, NN_VALID } nn_padding; /* "same|valid" */

/* Same padding gives ceil(in / stride) outputs and puts the odd row of padding behind, as TensorFlow and ONNX's
 * SAME_UPPER do; valid pads nothing. False where no window fits. */
bool nn_window_plan(nn_window *window, nn_shape in, int kh, int kw, int stride, nn_padding padding);

#endif
