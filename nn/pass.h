/* pass.h - a batch on its way through a plan: the memory for it, forward and backward. Internal to nn.
 *
 * A batch is cut into parts, each with sums of its own; threads walk their parts, and wait for each other only where a
 * layer looks at the whole batch. What comes out depends on the number of parts, not on that of the threads. */
#ifndef NN_PASS_H
#define NN_PASS_H

#include "walk.h"

typedef struct nn_pass {
    const nn_plan *plan;
    int capacity, parts, threads;
    nn_walk walk;
    float *block;            /* the one allocation behind all pointers below */
    float *input;            /* (capacity, input) as the network reads them */
    float *input_gradient;   /* the same; zeros before backward. NULL: it is not wanted */
    float *value, *gradient; /* (parts, walk.value_floats or gradient_floats) */
    float *spare;            /* (threads, spare_floats) gradients of a node's inputs, to be added to those there */
    size_t spare_floats;     /* per thread */
    float *scratch;          /* (threads, scratch_floats) */
    size_t scratch_floats;
    float *memory; /* (parts, memory_floats) */
    size_t memory_floats;
    size_t memory_at[NN_MAX_NODES]; /* of each node in its part's memory */
    bool beside;                    /* prepared is another pass's */
    float *prepared[NN_MAX_NODES];
    double *shared[NN_MAX_NODES]; /* (parts, node->shared) */
} nn_pass;

/* Of batches of at most `capacity` images in `parts` parts, on as many threads or fewer. beside: a pass of the same plan and
 * mode, whose prepared weights this one shares; or NULL. */
bool nn_pass_new(nn_pass **pass, const nn_plan *plan, int capacity, int parts, int threads, nn_mode mode,
                 const nn_pass *beside, nn_error *err);
void nn_pass_free(nn_pass *pass);

/* What all threads of one pass have in common. */
typedef struct nn_run {
    nn_pass *pass;
    nn_pool *pool; /* NULL: one thread */
    int batch;
    uint64_t key;
    const float *weights;
    const float *scale; /* of each node's input as whole numbers, or NULL */
    bool bfloat16;      /* as nn_train_config says */
    const nn_channel *silent;
    int n_silent;
} nn_run;

/* Part `index` of a batch: images [begin, end). gradients: its own block, in training; else NULL. */
typedef struct nn_part {
    int index, thread, begin, end;
    float *gradients;
} nn_part;

/* After the weights changed, before the next forward: all threads, with a barrier at its end. */
void nn_pass_prepare(const nn_run *run, int thread);

/* The n parts of one thread. */
void nn_pass_forward(const nn_run *run, const nn_part *part, int n);

/* After forward, from the gradient of the logits, which the caller has put into nn_pass_gradient of nn_logits_node. May be
 * called again with another one. */
void nn_pass_backward(const nn_run *run, const nn_part *part, int n);

/* The activations, and the gradient, of a part: (images, out). Only of nodes that are not local to a group. */
float *nn_pass_value(const nn_pass *pass, int node, int part);
float *nn_pass_gradient(const nn_pass *pass, int node, int part);

/* The node that the last softmax reads: its value are the logits. */
static inline int nn_logits_node(const nn_plan *plan)
{
    return plan->node[plan->n_nodes - 1].input[0];
}

#endif
