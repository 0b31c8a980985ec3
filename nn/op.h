/* op.h - what a kind of layer is. To add one: write layers/NAME.c with its nn_op, add one line in layers/registry.c.
 * Its examples feed the gradient check, the round trip, the fuzz seeds and the documentation. */
#ifndef NN_OP_H
#define NN_OP_H

#include "nn.h"
#include "shape.h"
#include <math.h>
#include <string.h>

/* Whether images of the shape `in` can be read so: numbers that a model file may hold, and squares where transposed. */
bool nn_convention_fits(const nn_convention *convention, nn_shape in);

/* From the gradient (n, in) of what the network reads to that of the images that nn_convention_apply made it from, in
 * place. */
void nn_convention_return(const nn_convention *convention, nn_shape in, int n, float *gradient);

/* One setting of a layer: `conv 32 kernel=3`. The first `positional` ones may be written without their name. */
typedef struct nn_attr {
    const char *name;
    const char *words; /* "same|valid" may stand instead of numbers: then the value is -1, -2 ...; or NULL */
    int numbers;       /* "1,0,2,0": how many there are, or one for all; they fill as many places. 0: one */
    double min, max;
    double fallback; /* NAN: must be given */
    bool whole;      /* integers only */
} nn_attr;

enum { NN_SHEET = 4 }; /* images that a layer may take together (layers/conv_winograd.c): groups are of whole sheets */

/* What one thread sees of one node during a pass: a group of images of a part of the batch. x, y, dx, dy start at
 * the group's first image; weights and gradients are whole blocks (index them through nn_slice_weight /
 * nn_slice_gradient). */
typedef struct nn_slice {
    const nn_node *node;
    const nn_plan *plan;
    int images; /* of this group; may be 0 */
    int batch;  /* of all groups of all parts */
    int first;  /* index in the batch of the group's first image */
    int part, parts;
    bool training;
    bool differentiates; /* backward may follow, as in training: prepare what it needs */
    bool relu;           /* forward: the relu that follows is this node's to do (nn_op.joins_relu) */
    const nn_node
        *norm;   /* prepare, while not training: the batchnorm that follows is folded into the weights, or NULL */
    float scale; /* for answers: x / scale becomes whole numbers of up to 127, where the node can; 0: it stays floats */
    bool bfloat16; /* in training: products may be of numbers rounded to 16 bits */
    uint64_t key;  /* of this step, for dropout */
    const float *weights;
    float *prepared;  /* node->prepared floats: what prepare derived from the weights */
    float *gradients; /* this part's own block, in the layout of the weights; backward adds to it. NULL: only those
                       * of the inputs are wanted */
    float *memory;    /* node->memory floats of this part's, zero before a step of training, kept during it */
    const float *x;   /* (images, in) */
    const float *x2;  /* (images, in2) second input, where there is one */
    float *y;         /* (images, out) */
    const float *dy;  /* (images, out) gradient of the loss with respect to y */
    float *dx;        /* (images, in) to be written, not added to; NULL where nobody needs it */
    float *dx2;       /* the same, (images, in2); never the block of dx */
    float *scratch;   /* node->scratch floats of this thread's */
    double *shared;   /* (parts, node->shared) sums, zero before a pass */
} nn_slice;

/* Where a layer may leave its output. */
typedef enum nn_place {
    NN_OWN,      /* in memory of its own */
    NN_IN_PLACE, /* over its input: it works element by element and its backward does not need x */
    NN_VIEW      /* its output is its input, seen in another shape */
} nn_place;

/* What code outside of the layer may rely on. */
typedef enum nn_kind {
    NN_OTHER,
    NN_LINEAR, /* x W + b: its parameters are a kernel (.., inputs, outputs) and a bias, of which outputs may share some
                * (symmetry.h); its first setting, the outputs */
    NN_NORM,   /* gain, bias, mean, variance of each channel: nn_norm_fold brings it into the layer before it */
    NN_SCALE,  /* gain, bias of each channel: what becomes of a batchnorm that nothing can take in (fold.h) */
    NN_RELU,   /* max(0, x): layers that may do so compute it on the way (joins_relu) */
    NN_SUM,    /* x + x2 */
    NN_SOFTMAX,    /* probabilities: networks end with it */
    NN_DROPOUT,    /* x, but in training */
    NN_REARRANGING /* the values of x elsewhere: a channel of y may hold those of many channels of x */
} nn_kind;

/* The parameters of NN_LINEAR, and those of NN_NORM, of which NN_SCALE has the first two. */
enum { NN_LINEAR_KERNEL, NN_LINEAR_BIAS };
enum { NN_NORM_GAIN, NN_NORM_BIAS, NN_NORM_MEAN, NN_NORM_VARIANCE };

typedef struct nn_op {
    const char *name;
    const char *summary; /* one line, with the formula */
    nn_kind kind;
    nn_attr attrs[NN_MAX_ATTRS];
    int positional;
    int inputs; /* 1 or 2; the name of the second is the first word behind the layer's */
    nn_place place;
    bool keeps_output; /* backward reads y (or recomputes from it), so no later node may overwrite it */
    bool joins_relu;   /* does the relu after it on the way, where s->relu says so */
    bool folds_norm;   /* while not training, takes a batchnorm after it into its prepared weights */
    bool quantizes;    /* can compute with whole numbers, where s->scale says so */
    bool whole_share;  /* wants all images of a part at once and not group by group: its weights outweigh its images */
    /* Derives node->out, parameters (nn_plan_add_param), scratch, shared, prepared, memory and recomputes from node->in,
     * node->attr and whether it reads the image. Parameters of layers that are not NN_LINEAR hold a value for each channel of the input, or for
     * as many as share it. */
    bool (*plan)(nn_plan *plan, nn_node *node, nn_error *err);
    void (*forward)(const nn_slice *s);
    void (*backward)(const nn_slice *s);
    /* The rest may be NULL. How many channels of one place are side by side in a vector with nothing behind them. */
    int (*side_by_side)(const nn_node *node);
    /* What slides over the input, where that is what the layer does. */
    nn_window (*window)(const nn_node *node);
    /* Once per version of the weights, in one thread: fills s->prepared. */
    void (*prepare)(const nn_slice *s);
    /* After backward has seen all groups of the part. */
    void (*backward_end)(const nn_slice *s);
    /* For layers that look at the whole batch while training: partial sees every group before any forward /
     * backward, then all threads wait for each other, then combine runs once for each part. */
    void (*forward_partial)(const nn_slice *s);
    void (*forward_combine)(const nn_slice *s);
    void (*backward_partial)(const nn_slice *s);
    void (*backward_combine)(const nn_slice *s);
    const char *const *examples; /* whole architectures of few weights, NULL-terminated */
} nn_op;

/* Whether both are one kind of layer, of which every variant of the kernels has its own. */
static inline bool nn_same_op(const nn_op *a, const nn_op *b)
{
    return strcmp(a->name, b->name) == 0;
}

/* For plan functions: declares the node's next parameter, which is another node's where node->weights_of says so. */
bool nn_plan_add_param(nn_plan *plan, nn_node *node, const char *name, nn_role role, int fan_in, int rank,
                       const int *dim, nn_error *err);

/* Whether another node has the weights of this one, or this one has another's. */
bool nn_shares_weights(const nn_plan *plan, int node);

/* After the last layer: brings the parameters into the order of their names, which is that of the model file, and lays
 * them out. */
void nn_plan_sort_params(nn_plan *plan);

/* The settings of a kind: for (int i = 0; nn_has_attr(op, i); i = nn_next_attr(op, i)) */
static inline bool nn_has_attr(const nn_op *op, int i)
{
    return i < NN_MAX_ATTRS && op->attrs[i].name;
}

static inline int nn_attr_numbers(const nn_attr *attr)
{
    return attr->numbers > 0 ? attr->numbers : 1;
}

static inline int nn_next_attr(const nn_op *op, int i)
{
    return i + nn_attr_numbers(&op->attrs[i]);
}

/* A setting of a node by its name, 0 where its kind has none of that name. */
double nn_node_setting(const nn_node *node, const char *name);

static inline const float *nn_slice_weight(const nn_slice *s, int i)
{
    return s->weights + s->plan->param[s->node->param[i]].offset;
}

static inline float *nn_slice_gradient(const nn_slice *s, int i)
{
    return s->gradients + s->plan->param[s->node->param[i]].offset;
}

/* The weights of another node, in prepare. */
static inline const float *nn_slice_weight_of(const nn_slice *s, const nn_node *node, int i)
{
    return s->weights + s->plan->param[node->param[i]].offset;
}

static inline size_t nn_slice_pixels(const nn_slice *s)
{
    return (size_t)s->images * (size_t)s->node->in.h * (size_t)s->node->in.w;
}

/* count floats, rounded up to whole lines of the cache. */
static inline size_t nn_lines(size_t count)
{
    return (count + 15) / 16 * 16;
}

#endif
