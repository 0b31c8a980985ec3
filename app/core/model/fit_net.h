/* fit_net.h - architectures for other data than they were written for. */
#ifndef FIT_NET_H
#define FIT_NET_H

#include "nn/nn.h"

/* Makes the network read images of side x side and answer with so many classes: its input line and its last dense layer
 * are written anew where they say something else, and where the images are too small for its windows they get a margin of
 * zeros, of *margin rows and columns together. *plan is replaced then; on failure it stays. */
bool fit_net(nn_plan **plan, int side, int classes, int *margin, nn_error *err);

#endif
