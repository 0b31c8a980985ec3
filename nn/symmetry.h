/* symmetry.h - filters that are each other's images: of each kernel that is stored there are as many filters as the
 * square has turns (4), or turns and mirror images (8), the groups p4 and p4m of Cohen and Welling, Group Equivariant
 * Convolutional Networks, 2016. An image that is turned gives the same maps, turned and in another order, with an
 * eighth of the weights, as long as nothing treats the sides of an image differently. Filter f of n is image f / (n / order) of kernel f % (n / order). Any thread. */
#ifndef NN_SYMMETRY_H
#define NN_SYMMETRY_H

#include "nn.h"

/* How the channels of a convolution or batchnorm share their weights. */
typedef struct nn_symmetry {
    int order;    /* how many share one kernel; 1: each has its own */
    int channels; /* of the outputs */
    int size;     /* of the kernel: rows and columns */
    int inputs;   /* channels that a filter reads; multiples of the order are such images, too */
} nn_symmetry;

nn_symmetry nn_symmetry_of(const nn_node *node);

/* For plan functions: whether `channels` can share so. */
bool nn_symmetry_check(const nn_node *node, int channels, nn_error *err);

/* Of value i of a kernel with all filters written out, (size, size, inputs, channels): where it is in the parameter,
 * (size, size, inputs, channels / order). */
size_t nn_symmetry_stored(const nn_symmetry *s, size_t i);

/* The same of value `channel` of a bias, or of what a batchnorm has for each channel. */
static inline int nn_symmetry_stored_channel(const nn_symmetry *s, int channel)
{
    return channel % (s->channels / s->order);
}

#endif
