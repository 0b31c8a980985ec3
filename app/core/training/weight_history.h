/* weight_history.h - the weights of a network at some moments of its training, so that one can go back in time.
 *
 * Which moments is settled before the training begins: they are close together at first, when the network changes most,
 * and each is further from the one before it by the same ratio. The weights are kept with 16 bits, which changes an answer
 * in its fourth digit. One thread adds moments; another one may read those that it knows to be complete. */
#ifndef WEIGHT_HISTORY_H
#define WEIGHT_HISTORY_H

#include "nn/nn.h"

enum { WEIGHT_MOMENTS = 60, WEIGHT_HISTORY_BYTES = 128 << 20 /* large networks have fewer moments */ };

typedef struct weight_history {
    size_t floats; /* weights of a moment */
    int most;      /* moments that there is room for */
    int count;
    int step[WEIGHT_MOMENTS]; /* steps done until then: 0 at first */
    int last;                 /* steps of the whole training */
    double ratio;             /* from one step to the next that is kept */
    uint16_t *weights;        /* (most, floats): nn/half.h */
} weight_history;

/* For a training of so many steps. */
bool weight_history_new(weight_history *history, size_t floats, int steps, nn_error *err);

/* One that is complete, whose steps stand in it already: of `count` moments the weights as a file has them. */
bool weight_history_restore(weight_history *history, size_t floats, int count, const unsigned char *halves,
                            nn_error *err);
void weight_history_free(weight_history *history);

/* After a step, of which `step` are done by now, in their order from 0: keeps its weights if it is one of the moments.
 * Weights that are not finite, or too large for 16 bits, are left out. True when one was added. */
bool weight_history_add(weight_history *history, int step, const float *weights);

/* The weights of moment i, (floats). */
void weight_history_get(const weight_history *history, int i, float *weights);

#endif
