/* net_blocks.h - a network as a person sees it: blocks of layers, each a layer that makes something new with those
 * behind it that only change its values. */
#ifndef NET_BLOCKS_H
#define NET_BLOCKS_H

#include "nn/nn.h"

enum { NET_BLOCK_TITLE = 128 };

typedef struct net_block {
    char title[NET_BLOCK_TITLE]; /* as in the architecture: "conv 32 3, batchnorm, relu"; cut where it is longer */
    nn_shape out;
    size_t weights;
} net_block;

/* Fills at most `max` of them, in their order; returns how many there are: at most NN_MAX_NODES. */
int net_blocks(const nn_plan *plan, net_block *blocks, int max);

#endif
