/* prune.h - smaller networks out of trained ones, by taking out whole channels. */
#ifndef NN_PRUNE_H
#define NN_PRUNE_H

#include "nn.h"

#ifdef __cplusplus
extern "C" {
#endif

/* *out: a model with the same layers, in which every convolution and dense layer but the last keeps the share `keep`
 * (0..1, rounded up) of its channels, the most important ones, with the weights they had. Importance is the gain of the
 * batch normalisation behind the layer (Liu et al. 2017, "network slimming"), or without one the sum of a filter's
 * absolute weights (Li et al. 2017). Labels, convention and calibration stay, though the last was that of the whole
 * network; scales of activations go, as sums over fewer channels are smaller. It reads worse than before, until it is
 * trained on.
 *
 * For chains of layers only. NN_USAGE names the layer that cannot be pruned: one with a second input, one that does
 * not read the layer before it, a convolution in groups. */
bool nn_prune(nn_model **out, const nn_model *model, double keep, nn_error *err);

#ifdef __cplusplus
}
#endif

#endif
