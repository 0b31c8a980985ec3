/* class_names.h - what the classes of a data set are called, where its files do not say. Internal to the room. */
#ifndef CLASS_NAMES_H
#define CLASS_NAMES_H

#include "array.h"
#include "data_source.h"

/* Names from labels.txt beside the images (one a line), else from EMNIST's SET-mapping.txt (a number and codes of
 * characters a line), else those that EMNIST's sets are known to have. Numbers stay where there is none of these. */
bool class_names_find(dataset *data, const data_source *source, nn_error *err);

/* The same from EMNIST's mapping as an array: rows of a number and codes of characters. False where it is none. */
bool class_names_from(dataset *data, const array *mapping);

#endif
