/* class_names.h - what the classes of a data set are called, where its files do not say. */
#ifndef CLASS_NAMES_H
#define CLASS_NAMES_H

#include "array.h"
#include "data_source.h"

/* Names from labels.txt beside the images (one a line), else from EMNIST's SET-mapping.txt (a number and codes of
 * characters a line), else those that EMNIST's sets are known to have. Numbers stay where there is none of these. */
bool class_names_find(dataset *data, const data_source *source, nn_error *err);

/* Reads a file of names, one a line: 1..NN_MAX_CLASSES. */
bool class_names_read(char name[NN_MAX_CLASSES][NN_NAME], int *count, const char *path, nn_error *err);

/* The names of the EMNIST set with digits and so many classes, a letter each; NULL: there is none. */
const char *class_names_emnist(int classes);

/* The same from EMNIST's mapping as an array: rows of a number and codes of characters. False where it is none. */
bool class_names_from(dataset *data, const array *mapping);

#endif
