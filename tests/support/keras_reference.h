/* keras_reference.h - Keras's definitions of its layers, written down once more, and models of its files compared with
 * them. */
#ifndef KERAS_REFERENCE_H
#define KERAS_REFERENCE_H

#include "app/core/foreign/foreign.h"
#include "keras_files.h"

enum { KERAS_MOST = 4096, KERAS_IMAGES = 2, KERAS_CLASSES = 5 };

/* Values of one image, row by row, channels last. */
typedef struct keras_image {
    int h, w, c;
    double v[KERAS_MOST];
} keras_image;

typedef struct keras_window {
    bool same;
    int kh, kw, stride, dh, dw, groups;
} keras_window;

int keras_size(const keras_image *x);
double keras_at(const keras_image *x, int y, int col, int c); /* 0 outside */
double *keras_set(keras_image *x, int y, int col, int c);

/* ---- layers -------------------------------------------------------------------------------------------------------- */

/* kernel (kh, kw, in / groups, out); bias may be NULL. */
keras_image keras_convolve(const keras_image *x, const float *kernel, const float *bias, int out, keras_window o);
keras_image keras_pool(const keras_image *x, keras_window o, bool mean);
keras_image keras_dense(const keras_image *x, const float *kernel, const float *bias, int units);
keras_image keras_row(const keras_image *x);             /* flattened */
keras_image keras_channels_before(const keras_image *x); /* flattened as (channels, height, width) */
keras_image keras_map(const keras_image *x, double (*f)(double));

/* gain and bias by the index along an axis: 0 rows, 1 columns, 2 channels */
keras_image keras_along(const keras_image *x, int axis, const float *gain, const float *bias);

/* ---- a model ------------------------------------------------------------------------------------------------------- */

extern keras_image keras_inputs[KERAS_IMAGES];
extern float *keras_last_kernel, *keras_last_bias; /* of the layer that gives KERAS_CLASSES values */

void keras_make_inputs(int h, int w, int c);

/* Ends the file's layers with that one, on `in` values. */
void keras_last_layer(int in, const char *activation);

void keras_read_back(foreign *self, const char *what, keras_layout layout);
void keras_answers(const foreign *self, int k, double *out, int n); /* of candidate k, before its last softmax */
void keras_compare(const char *what, const double *found, const keras_image *wanted, int n);

/* The file, in the layouts from `first` to before `end`, gives what the last layer makes of what those before it give. */
void keras_is_right(const char *what, const keras_image *before, int first, int end);
void keras_is_right_everywhere(const char *what, const keras_image *before);
void keras_is_refused(const char *what, const char *reason);

#endif
