/* features.h - what the last layer of a network reads of digits: the network's own description of them.
 *
 * Of joined networks, and of networks whose last layer reads more than FEATURES_MAX values, the logits take their place.
 * All memory is made in features_new; what computes never allocates and never fails. One thread at a time. */
#ifndef FEATURES_H
#define FEATURES_H

#include "app/core/model/model_input.h"
#include "nn/nn.h"

enum { FEATURES_MAX = 4096 /* as many as classes at least */, FEATURES_BATCH = 8 };

typedef struct features {
    nn_plan *plan;
    nn_work *work;
    int node;  /* whose output they are */
    int count; /* of one digit */
    float room[FEATURES_BATCH * MODEL_MAX_INPUT];
} features;

/* For models of the architecture of this one, which reads digits (model_input.h) and is not kept. */
bool features_new(features **features, const nn_model *model, nn_error *err);
void features_free(features *features);

/* Whether it was made for models like this: only those may be given to features_read. */
bool features_fits(const features *features, const nn_model *model);

/* images (n, 28, 28), n <= FEATURES_BATCH -> (n, count). */
void features_read(features *features, const nn_model *model, const float *images, int n, float *out);

#endif
