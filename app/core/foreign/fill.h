/* fill.h - the weights of a chain of layers as parameters of an architecture of ours. */
#ifndef FILL_H
#define FILL_H

#include "chain.h"
#include "foreign.h"

/* Adds a tensor for each parameter of net's text. A layer of the architecture gets the weights of that name; else
 * convolutions and dense layers get those of the chain in its order, norms and slopes those that stand behind these, or the
 * next. What the file leaves out is 0 for biases and means, 1 for gains and variances. */
bool fill_net(foreign_net *net, const chain *layers, nn_error *err);

#endif
