/* expand.h - the same network with weights of its own for every filter and layer, for what knows no shared ones. */
#ifndef NN_EXPAND_H
#define NN_EXPAND_H

#include "nn.h"

/* Whether some filters or layers of the plan share weights. */
bool nn_is_shared(const nn_plan *plan);

/* *out: a model that answers as this one does, in which no layer has a `symmetry` or the `weights` of another. Labels,
 * convention, calibration and scales stay; training facts do not. */
bool nn_expand(nn_model **out, const nn_model *model, nn_error *err);

#endif
