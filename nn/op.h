/* op.h - what a kind of layer is. To add one: write layers/NAME.c with its nn_op, add one line in layers/registry.c.
 * Its examples feed the gradient check, the round trip, the fuzz seeds and the documentation. */
#ifndef NN_OP_H
#define NN_OP_H

#include "nn.h"
#include <math.h>

/* One setting of a layer: `conv 32 kernel=3`. The first `positional` ones may be written without their name. */
typedef struct nn_attr {
    const char *name;
    const char *words; /* "same|valid": the value is the word's index; NULL: a number */
    double min, max;
    double fallback; /* NAN: must be given */
    bool whole;      /* integers only */
} nn_attr;

/* What one thread sees of one node during a pass: its share of the batch. x, y, dx, dy start at the share's first image;
 * weights and gradients are whole blocks (index them through nn_slice_weight / nn_slice_gradient). */
typedef struct nn_slice {
    const nn_node *node;
    const nn_plan *plan;
    int images; /* of this share; may be 0 */
    int batch;  /* of all shares */
    int first;  /* index in the batch of the share's first image */
    int thread, threads;
    bool training;
    uint64_t key; /* of this step, for dropout */
    const float *weights;
    float *gradients; /* this thread's own block, in the layout of the weights; backward adds to it */
    const float *x;   /* (images, in) */
    const float *x2;  /* second input of `add` */
    float *y;         /* (images, out) */
    const float *dy;  /* (images, out) gradient of the loss with respect to y */
    float *dx;        /* (images, in) to be written, not added to; NULL where nobody needs it */
    float *dx2;
    float *scratch; /* node->scratch floats of this thread's */
    double *shared; /* (threads, node->shared) sums */
} nn_slice;

/* Where a layer may leave its output. */
typedef enum nn_place {
    NN_OWN,      /* in memory of its own */
    NN_IN_PLACE, /* over its input: it works element by element and its backward does not need x */
    NN_VIEW      /* its output is its input, seen in another shape */
} nn_place;

typedef struct nn_op {
    const char *name;
    const char *summary; /* one line, with the formula */
    nn_attr attrs[NN_MAX_ATTRS];
    int positional;
    int inputs; /* 1, or 2 for add */
    nn_place place;
    bool keeps_output; /* backward reads y (or recomputes from it), so no later node may overwrite it */
    /* Derives node->out, parameters (nn_plan_add_param), scratch and shared from node->in and node->attr. */
    bool (*plan)(nn_plan *plan, nn_node *node, nn_error *err);
    void (*forward)(const nn_slice *s);
    void (*backward)(const nn_slice *s);
    /* For layers that look at the whole batch while training: runs in all threads before forward / backward, and all
     * threads wait for each other between the two. NULL elsewhere. */
    void (*forward_partial)(const nn_slice *s);
    void (*backward_partial)(const nn_slice *s);
    const char *const *examples; /* whole architectures of few weights, NULL-terminated */
} nn_op;

extern const nn_op *const nn_ops[]; /* NULL-terminated: layers/registry.c */

/* For plan functions: declares the node's next parameter. */
bool nn_plan_add_param(nn_plan *plan, nn_node *node, const char *name, nn_role role, int fan_in, int rank,
                       const int *dim, nn_error *err);

static inline const float *nn_slice_weight(const nn_slice *s, int i)
{
    return s->weights + s->plan->param[s->node->param[i]].offset;
}

static inline float *nn_slice_gradient(const nn_slice *s, int i)
{
    return s->gradients + s->plan->param[s->node->param[i]].offset;
}

static inline size_t nn_shape_count(nn_shape s)
{
    return (size_t)s.h * (size_t)s.w * (size_t)s.c;
}

#endif
