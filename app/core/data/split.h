/* split.h - how many images are set aside to validate on, and which. */
#ifndef SPLIT_H
#define SPLIT_H

#include "dataset.h"

/* How many are set aside where nobody says. */
double dataset_sensible_part(const dataset *data);

/* Leaves of the data only what a training with this seed would validate on, where nobody says how many. */
bool dataset_keep_validation(dataset *data, uint64_t seed, nn_error *err);

#endif
