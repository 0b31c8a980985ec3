/* fold.h - the same network with fewer layers: batch normalisations become a part of the layers before them. */
#ifndef NN_FOLD_H
#define NN_FOLD_H

#include "nn.h"

#ifdef __cplusplus
extern "C" {
#endif

/* *out: a model that answers as this one does, up to rounding, in which every batchnorm that alone reads a convolution
 * or dense layer is brought into its kernel and bias, if these are no other layer's, too. The others become a `scale`.
 * Labels, convention, calibration and scales of activations stay; training facts are the caller's to add. */
bool nn_fold(nn_model **out, const nn_model *model, nn_error *err);

/* Gain and bias, of each channel that has its own, of a scale that does what a batchnorm of the model does. */
void nn_fold_scale(const nn_model *model, const nn_node *norm, float *gain, float *bias);

#ifdef __cplusplus
}
#endif

#endif
