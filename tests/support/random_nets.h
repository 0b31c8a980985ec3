/* random_nets.h - architectures at random, made of every kind of layer there is. */
#ifndef RANDOM_NETS_H
#define RANDOM_NETS_H

#include "nn/nn.h"

enum { RANDOM_NET_TEXT = 4096 };

/* An architecture of a few layers that nn_plan_parse takes: kinds and settings from what each kind says of itself
 * (nn_op.attrs), odd sizes, one channel often, branches. At most `flops` floating-point operations an image. */
void random_net(uint64_t *state, double flops, char text[RANDOM_NET_TEXT]);

#endif
