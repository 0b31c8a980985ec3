/* shape.h - checked arithmetic on sizes, and the geometry of sliding windows. Nothing else in the library multiplies
 * numbers that came from a file. */
#ifndef NN_SHAPE_H
#define NN_SHAPE_H

#include "nn.h"

/* *out = a * b, or false on overflow of size_t. */
bool nn_size_mul(size_t a, size_t b, size_t *out);

/* A window of kh x kw taps that slides by stride over an image, as convolution and pooling do. */
typedef struct nn_window {
    int kh, kw, stride;
    int dilation_h, dilation_w; /* rows and columns from one tap to the next */
    int top, left;              /* rows and columns of padding before the image */
    int out_h, out_w;           /* 0 where no window fits */
} nn_window;

/* Rows and columns from the first tap to the last. */
static inline int nn_span_h(const nn_window *w)
{
    return (w->kh - 1) * w->dilation_h + 1;
}

static inline int nn_span_w(const nn_window *w)
{
    return (w->kw - 1) * w->dilation_w + 1;
}

/* Padding as a setting has it: rows or columns at each side, or one of the words "same|valid" at all of them. */
enum { NN_TOP, NN_LEFT, NN_BOTTOM, NN_RIGHT, NN_SIDES };
enum { NN_MAX_TAPS = 64, NN_MAX_PADDING = (NN_MAX_TAPS - 1) * NN_MAX_TAPS }; /* what the widest window can need */
enum { NN_SAME = -1, NN_VALID = -2 };

/* Fills in what follows from the rest: top, left and outputs. Same padding gives ceil(in / stride) outputs and puts the
 * odd row of padding behind, as TensorFlow and ONNX's SAME_UPPER do; valid pads nothing. */
void nn_window_slide(nn_window *w, nn_shape in, const double padding[NN_SIDES]);

/* After that: whether there are outputs, and none for which a whole window lies in the padding of one side. */
bool nn_window_check(const nn_window *w, nn_shape in, const double padding[NN_SIDES], nn_error *err);

#endif
