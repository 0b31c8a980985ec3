/* sum.h - the sum that a value of a layer is made of: inputs x weights, channel by channel of what the layer reads. */
#ifndef SUM_H
#define SUM_H

#include "inspect.h"

enum { SUM_TERMS = 8 };

typedef struct sum_term {
    int channel; /* of what the layer reads */
    float value; /* all its inputs x weights under the window */
} sum_term;

/* A dense layer behind a flatten is seen as one window over all of the maps. */
typedef struct sum {
    const nn_node *node; /* the convolution or dense layer */
    int channel;         /* of its output */
    nn_shape in;         /* of the maps that it reads */
    int kh, kw;          /* of the window, in taps */
    int top, left;       /* the first tap's place in the maps; outside of them are zeros */
    int dilation_h, dilation_w;
    int first, channels; /* that this output reads */
    sum_term term[SUM_TERMS];
    int n_terms; /* the largest, in descending order of |value| */
    float bias;
    float total; /* of all channels and the bias */
} sum;

/* Of a value of a layer after inspect_read. False where the layer adds up no inputs x weights, as pooling does. */
bool sum_of(sum *out, const inspect *net, const nn_model *model, int layer, int channel, int x, int y);

/* An input under the window's tap at (row, column), and its weight's index in the weight block. `channel` is one of
 * those that are read. */
float sum_input(const sum *sum, const inspect *net, int channel, int row, int column);
size_t sum_weight(const sum *sum, const inspect *net, int channel, int row, int column);

#endif
