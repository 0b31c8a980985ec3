/* idx.h - the file format of MNIST. */
#ifndef IDX_H
#define IDX_H

#include "nn/error.h"

/* Reads `rank` 1 (labels) or 3 (images) of a file's bytes, unpacked. dims get the sizes, *values points into data. */
bool idx_parse(const unsigned char *data, size_t len, int rank, int dims[3], const unsigned char **values,
               nn_error *err);

#endif
