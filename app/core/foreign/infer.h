/* infer.h - an architecture for weights that come without one. */
#ifndef INFER_H
#define INFER_H

#include "foreign.h"
#include "state.h"

/* Fills the architecture that out->architecture names; where it names none, makes a candidate of each network that these
 * weights may belong to, the likeliest first. What decides is that sizes meet: padding, pooling and the size of the image are
 * such that the first dense layer gets as many values as it has weights for. What no size tells (the activation, whether it
 * stands before or behind a batch norm) is as it mostly is first. */
bool infer_network(foreign *out, const state_dict *weights, nn_error *err);

#endif
