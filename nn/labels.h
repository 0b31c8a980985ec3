/* labels.h - the names of classes in files; nn.h says what a label may be. */
#ifndef NN_LABELS_H
#define NN_LABELS_H

#include "nn.h"
#include <jansson.h>

/* The names of classes, in their order. NULL when out of memory. */
json_t *nn_json_labels(const char (*label)[NN_NAME], int count);

/* The same back: false where it is no list of so many valid labels. */
bool nn_json_read_labels(const json_t *list, char (*label)[NN_NAME], int count);

#endif
