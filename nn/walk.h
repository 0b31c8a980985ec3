/* walk.h - how a plan is walked: which layers are computed together, which follow each other while their images are
 * still in the cache, and which activations share memory. Internal to nn.
 *
 * A step is a node with what is computed on the way (the relu behind it; for answers also the batchnorm). A segment
 * is a run of steps that a thread takes group by group: a few images through all of them, then the next few. It ends
 * at a barrier of all threads (batchnorm in training) and around layers that want their whole share at once. */
#ifndef NN_WALK_H
#define NN_WALK_H

#include "op.h"

typedef enum nn_mode {
    NN_FOR_ANSWERS,
    NN_FOR_QUANTIZED_ANSWERS,
    NN_FOR_ACTIVATIONS,
    NN_FOR_GRADIENTS, /* of the images, while layers do what they do for answers */
    NN_FOR_TRAINING
} nn_mode;

static inline bool nn_goes_back(nn_mode mode)
{
    return mode == NN_FOR_GRADIENTS || mode == NN_FOR_TRAINING;
}

/* Segments first to last; none where last < first. */
typedef struct nn_span {
    int first, last;
} nn_span;

typedef struct nn_step {
    int node;
    int output; /* the node whose activations it writes: itself, or the last one computed on the way */
    bool relu;
    const nn_node *norm;
    nn_span again_forward, again_backward; /* where it is computed once more instead of being kept */
} nn_step;

typedef struct nn_segment {
    int first, end; /* steps of a forward segment; nodes of a backward one: first, first - 1, ... end + 1 */
    bool barrier;   /* the threads wait for each other before it and combine the sums of its first node */
    int group;      /* images at a time */
} nn_segment;

/* Where the activations or the gradient of one node are: (images, count) for each thread. */
typedef struct nn_location {
    size_t offset; /* floats */
    bool local;    /* of the images of one group, else of the thread's whole share */
    bool image;    /* nowhere else: they are the images themselves, seen in another shape */
} nn_location;

typedef struct nn_walk {
    const nn_plan *plan;
    nn_mode mode;
    int share; /* most images of a thread */
    int n_steps, n_forward, n_backward;
    nn_step step[NN_MAX_NODES];
    nn_segment forward[NN_MAX_NODES], backward[NN_MAX_NODES];
    nn_location value[NN_MAX_NODES], gradient[NN_MAX_NODES];
    nn_location recomputed[NN_MAX_NODES]; /* recomputed activations, among the gradients */
    size_t value_floats, gradient_floats; /* per thread */
    bool flows[NN_MAX_NODES]; /* backward: the gradient of what the node gives is of use to it or to one before it */
} nn_walk;

/* False if the sizes overflow. */
bool nn_walk_make(nn_walk *s, const nn_plan *plan, nn_mode mode, int share);

#endif
