/* join.h - one network out of several that read the same images: an ensemble whose members answer in one pass. */
#ifndef NN_JOIN_H
#define NN_JOIN_H

#include "nn.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { NN_MAX_JOINED = 16 };

/* *out: a model that reads the image with each of the n parts (2 or more) and adds up their logits, each divided by n
 * and by the part's temperature: its answer is the (normalised) geometric mean of theirs. Labels and convention are
 * those of the first part, the threshold of doubt is the parts' mean, which calibration on data can better, and scales of
 * activations stay if all parts have them.
 *
 * NN_USAGE where parts differ in what they read or answer, or where something else than dense layers, convolutions and
 * sums of them gives the logits, so that no weights could be divided; NN_LIMIT where layers become too many. */
bool nn_join(nn_model **out, const nn_model *const *part, int n, nn_error *err);

/* The same, but each part has its softmax and the answer is the arithmetic mean of the probabilities, as that of several
 * models that are asked together: softmax(log(their sum)). */
bool nn_join_probabilities(nn_model **out, const nn_model *const *part, int n, nn_error *err);

#ifdef __cplusplus
}
#endif

#endif
