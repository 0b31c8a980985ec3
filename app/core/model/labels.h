/* labels.h - classes of two lists that are called the same, whatever their order. */
#ifndef LABELS_H
#define LABELS_H

#include "nn/nn.h"

/* map[i]: the class among `to` that is called like class i of `from`; no two get the same one. Returns the first of
 * `from` that is called like none of `to`, -1 when there is no such class. */
int labels_map(int map[NN_MAX_CLASSES], const char (*from)[NN_NAME], int n_from, const char (*to)[NN_NAME], int n_to);

/* The same between the classes of two models that are asked together, which must have all in common. If not, the error
 * names a class that only one of them has. */
bool labels_map_models(int map[NN_MAX_CLASSES], const nn_model *from, const nn_model *to, nn_error *err);

#endif
