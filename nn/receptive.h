/* receptive.h - what part of the image a value of the network can see. */
#ifndef NN_RECEPTIVE_H
#define NN_RECEPTIVE_H

#include "nn.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Columns [x0, x1) and rows [y0, y1) of the image. */
typedef struct nn_region {
    int x0, y0, x1, y1;
} nn_region;

/* All pixels of the image that can change the outputs of `node` at (x, y): kernels, strides and padding walked back to
 * the image. Layers that mix all places (flatten) see all of it. Any thread. */
nn_region nn_receptive_field(const nn_plan *plan, int node, int x, int y);

/* The point of the image that lies in the middle of what an output at (x, y) looks at, as if the image went on beyond its
 * border: in pixels from its corner. Of layers with several inputs the first one counts; what sees all of the image has its
 * middle. Any thread. */
void nn_receptive_centre(const nn_plan *plan, int node, float x, float y, float centre[2]);

#ifdef __cplusplus
}
#endif

#endif
