/* onnx_lower.h - from operators to our layers: where the values of a tensor lie in what a layer gives.
 *
 * ONNX orders values as its file likes: channels first, flattened, transposed. Our layers keep channels last. So each
 * tensor that depends on the image is kept as a layer and a table: value i, counted row by row, is value at[i] of what
 * the layer gives for one image. Reshape, Transpose, Slice and their like change the table alone; only where a layer
 * needs its input in order is something moved, and dense layers take their rows in any order. The first axis, images,
 * has size 1. */
#ifndef ONNX_LOWER_H
#define ONNX_LOWER_H

#include "app/core/foreign/foreign.h"
#include "onnx_graph.h"

typedef struct onnx_live {
    char layer[NN_NAME]; /* "" : the tensor is no such one */
    nn_shape shape;      /* of what that layer gives */
    int rank, dim[ONNX_RANK];
    size_t count;
    int *at;     /* nn_alloc */
    bool shared; /* somebody else may read the layer */
} onnx_live;

/* How often a kind of layer stands in the text, for the names of the next. */
typedef struct onnx_kind {
    const char *name;
    int n;
} onnx_kind;

typedef struct onnx_lowering {
    const onnx_graph *graph;
    foreign_net *net;
    onnx_live *live; /* of each value of the graph */
    int batch;       /* images that the file asks for at once; 1: any number */
    double *work;
    char last[NN_NAME];   /* the layer that was written last */
    char linear[NN_NAME]; /* the last convolution or dense layer: its tensors are the last two, while it is `last` */
    onnx_kind kind[NN_MAX_NODES];
    int n_kinds;
    nn_error *err;
} onnx_lowering;

/* The only candidate of what is read: of several outputs the first that is an answer. What the others lack is said only
 * where none is. Constants of the graph are folded. */
bool onnx_lower_graph(foreign *out, onnx_graph *g, nn_error *err);

/* Which axes of a tensor are rows, columns and channels; -1: none, size 1. */
typedef struct onnx_roles {
    int axis[3];
} onnx_roles;

/* The axes as pictures have them in ONNX: images, channels, rows, columns; or a vector, or a signal. */
onnx_roles onnx_picture(int rank);

/* Those in which the axes that go are rows and columns, and the one that stays channels; false where there are more. */
bool onnx_roles_without(const onnx_live *y, const bool gone[ONNX_RANK], onnx_roles *roles);

void onnx_live_free(onnx_live *x);
bool onnx_live_copy(onnx_lowering *l, onnx_live *y, const onnx_live *x);

/* A tensor of these sizes whose values lie in a layer's output as the roles say. */
bool onnx_live_new(onnx_lowering *l, onnx_live *y, const char *layer, int rank, const int *dim, onnx_roles roles);

/* y's layer now gives a tensor of these sizes, in that order. */
bool onnx_become(onnx_lowering *l, onnx_live *y, int rank, const int *dim, onnx_roles roles);

/* Input i of a node, which depends on the image; refuses others. Constants: NULL where it is none. */
const onnx_live *onnx_live_input(onnx_lowering *l, const onnx_node *node, int i);
const onnx_tensor *onnx_constant_input(const onnx_lowering *l, const onnx_node *node, int i);

/* Makes y, which it takes over, the node's first result. */
bool onnx_give(onnx_lowering *l, const onnx_node *node, onnx_live *y);

/* The first input, to be changed; and at the end what became of it as the first result, or, if not ok, nothing. */
bool onnx_begin(onnx_lowering *l, const onnx_node *node, onnx_live *y);
bool onnx_finish(onnx_lowering *l, const onnx_node *node, onnx_live *y, bool ok);

/* Writes a layer that reads y's, and makes y that layer's output, with the same table and of this shape. */
#if defined(__GNUC__)
__attribute__((format(printf, 5, 6)))
#endif
void onnx_layer(onnx_lowering *l, onnx_live *y, nn_shape shape, const char *kind, const char *format, ...);

/* The layer's output in another shape; the table stays. */
void onnx_see_as(onnx_lowering *l, onnx_live *y, nn_shape shape);

/* Moves values where they must be for the roles, as far as our layers can. */
bool onnx_arrange(onnx_lowering *l, onnx_live *y, onnx_roles roles);

/* A parameter of the layer that was written last. */
float *onnx_parameter(onnx_lowering *l, const char *name, size_t count);

/* Constants for each value of y's layer, `usual` where it has none: n of them, one a channel if they agree on that, else
 * one a value; y's layer is flattened then. To be freed with nn_free. */
enum { ONNX_SPREAD = 4 };
bool onnx_spread(onnx_lowering *l, onnx_live *y, int n, const onnx_tensor *const *constant, const double *usual,
                 float *values[ONNX_SPREAD]);

/* y = gain y + bias; NULL: 1, 0. Goes into the weights of the layer before where that can be. */
bool onnx_scale(onnx_lowering *l, onnx_live *y, const onnx_tensor *gain, const onnx_tensor *bias);

/* The same with two numbers. */
bool onnx_scale_by(onnx_lowering *l, onnx_live *y, double gain, double bias);

/* ---- operators: each makes its node's results out of layers ------------------------------------------------------- */

#define ONNX_LOWER(name) bool onnx_lower_##name(onnx_lowering *l, const onnx_node *node)
ONNX_LOWER(relu);
ONNX_LOWER(leaky_relu);
ONNX_LOWER(elu);
ONNX_LOWER(selu);
ONNX_LOWER(gelu);
ONNX_LOWER(sigmoid);
ONNX_LOWER(hard_sigmoid);
ONNX_LOWER(hard_swish);
ONNX_LOWER(tanh);
ONNX_LOWER(softplus);
ONNX_LOWER(log);
ONNX_LOWER(neg);
ONNX_LOWER(same);
ONNX_LOWER(clip);
ONNX_LOWER(add);
ONNX_LOWER(sub);
ONNX_LOWER(mul);
ONNX_LOWER(div);
ONNX_LOWER(prelu);
ONNX_LOWER(min);
ONNX_LOWER(max);
ONNX_LOWER(quantize);
ONNX_LOWER(reshape);
ONNX_LOWER(flatten);
ONNX_LOWER(transpose);
ONNX_LOWER(squeeze);
ONNX_LOWER(unsqueeze);
ONNX_LOWER(slice);
ONNX_LOWER(split);
ONNX_LOWER(gather);
ONNX_LOWER(concat);
ONNX_LOWER(pad);
ONNX_LOWER(conv);
ONNX_LOWER(max_pool);
ONNX_LOWER(average_pool);
ONNX_LOWER(global_max_pool);
ONNX_LOWER(global_average_pool);
ONNX_LOWER(gemm);
ONNX_LOWER(matmul);
ONNX_LOWER(batch_normalization);
ONNX_LOWER(softmax);
ONNX_LOWER(log_softmax);
ONNX_LOWER(reduce_mean);
ONNX_LOWER(reduce_sum);

/* The same for an activation of several operators, of which the node is the last. */
bool onnx_lower_fused(onnx_lowering *l, const onnx_node *node, const onnx_live *x, const char *kind);

#endif
