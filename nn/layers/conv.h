/* conv.h - the four ways to compute a convolution, and what they share. conv.c chooses. */
#ifndef NN_CONV_H
#define NN_CONV_H

#include "nn/kernels/kernels.h"
#include "nn/op.h"
#include "nn/symmetry.h"

/* attributes */
enum {
    CONV_FILTERS,
    CONV_SIZE,
    CONV_WIDTH,
    CONV_STRIDE,
    CONV_PADDING,
    CONV_GROUPS = CONV_PADDING + NN_SIDES,
    CONV_DILATION,
    CONV_SYMMETRY = CONV_DILATION + 2
};

typedef struct conv_geometry {
    nn_window window;
    int groups, in_c, out_c; /* channels of one group */
    int filters;
} conv_geometry;

/* One way. Where kernel (kh, kw, in_c, filters) and bias come from: the weights, written out where filters share them,
 * with a batchnorm folded in or not; both may be kept at the start of s->prepared, the rest of which is the way's own,
 * as is the start of s->memory. */
typedef struct conv_way {
    bool (*plan)(nn_node *node, const conv_geometry *g); /* scratch, memory and prepared; false: too large */
    void (*prepare)(const nn_slice *s, const conv_geometry *g, const float *kernel, float *prepared);
    void (*forward)(const nn_slice *s, const conv_geometry *g, const float *bias, const float *prepared);
    void (*backward)(const nn_slice *s, const conv_geometry *g, const float *prepared); /* kernel gradient, s->dx */
    void (*backward_end)(const nn_slice *s, const conv_geometry *g);
} conv_way;

#define conv_direct         NN_VARIANT(nn_conv_direct)
#define conv_winograd       NN_VARIANT(nn_conv_winograd)
#define conv_depthwise      NN_VARIANT(nn_conv_depthwise)
#define conv_depthwise_fits NN_VARIANT(nn_conv_depthwise_fits)
#define conv_measure        NN_VARIANT(nn_conv_measure)
#define conv_integer        NN_VARIANT(nn_conv_integer)
#define conv_tiling         NN_VARIANT(nn_conv_tiling)
#define conv_integer_fits   NN_VARIANT(nn_conv_integer_fits)
#define conv_winograd_fits  NN_VARIANT(nn_conv_winograd_fits)
#define conv_turn           NN_VARIANT(nn_conv_turn)
extern const conv_way conv_direct, conv_winograd, conv_depthwise, conv_integer;

conv_geometry conv_measure(const nn_node *node);
bool conv_winograd_fits(const nn_node *node, const conv_geometry *g);
bool conv_depthwise_fits(const conv_geometry *g);
bool conv_integer_fits(const nn_node *node, const conv_geometry *g);
nn_tiling conv_tiling(const nn_node *node, const conv_geometry *g); /* by Winograd: from x to y */

static inline size_t conv_kernel_count(const conv_geometry *g)
{
    return (size_t)(g->window.kh * g->window.kw) * (size_t)g->in_c * (size_t)g->filters;
}

/* Whether filters share a kernel (nn/symmetry.h). */
static inline bool conv_shares(const nn_node *node)
{
    return node->attr[CONV_SYMMETRY] > 1.0;
}

/* Where the gradient of the kernel (kh, kw, in_c, filters) is summed up: where filters share one, with that of their
 * biases behind it at the end of s->memory, until backward_end. */
static inline float *conv_kernel_gradient(const nn_slice *s, const conv_geometry *g)
{
    if (!conv_shares(s->node))
        return nn_slice_gradient(s, NN_LINEAR_KERNEL);
    return s->memory + s->node->memory - conv_kernel_count(g) - (size_t)g->filters;
}

/* Turned by half a circle and transposed: what leads from the outputs' gradient to the inputs'. turned (kh, kw,
 * out_c of a group, in_c) from kernel (kh, kw, in_c, filters), of one group. */
void conv_turn(const conv_geometry *g, int group, const float *kernel, float *turned);

#endif
