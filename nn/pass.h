/* pass.h - a batch on its way through a plan: the memory for it, forward and backward. Internal to nn.
 *
 * Threads take fixed shares of the batch and walk all nodes on their own; they wait for each other only where a layer looks
 * at the whole batch. */
#ifndef NN_PASS_H
#define NN_PASS_H

#include "op.h"

typedef struct nn_pass {
    const nn_plan *plan;
    int capacity, threads;
    float *block;                  /* the one allocation behind all pointers below */
    float *input;                  /* (capacity, input) as the network reads them */
    float *value[NN_MAX_NODES];    /* (capacity, out) of each node */
    float *gradient[NN_MAX_NODES]; /* the same for the loss's gradient; NULL when not training */
    float *spare;                  /* (capacity, largest out of a node with several readers) */
    float *scratch;                /* (threads, scratch_floats) */
    size_t scratch_floats;
    double *shared[NN_MAX_NODES]; /* (threads, node->shared) */
} nn_pass;

bool nn_pass_new(nn_pass **pass, const nn_plan *plan, int capacity, int threads, bool training, nn_error *err);
void nn_pass_free(nn_pass *pass);

/* What all threads of one pass have in common. */
typedef struct nn_run {
    nn_pass *pass;
    nn_pool *pool; /* NULL: one thread */
    int batch;
    bool training;
    uint64_t key;
    const float *weights;
} nn_run;

/* Walks images [begin, end) of the batch, as thread `thread` of the team. gradients: this thread's block; forward uses it
 * only while training (running statistics). */
void nn_pass_forward(const nn_run *run, int thread, int begin, int end, float *gradients);

/* From the gradient of the logits, which the caller has put into gradient[input of the last node]. */
void nn_pass_backward(const nn_run *run, int thread, int begin, int end, float *gradients);

/* The node that the last softmax reads: its value are the logits. */
static inline int nn_logits_node(const nn_plan *plan)
{
    return plan->node[plan->n_nodes - 1].input[0];
}

#endif
