/* arrays.h - files that hold several arrays (NumPy's .npz, Matlab's .mat), and a data set from those that fit together.
 * Internal to the room. */
#ifndef ARRAYS_H
#define ARRAYS_H

#include "array.h"
#include "dataset.h"
#include "nn/stream.h"

enum { ARRAYS_MAX = 64 };

typedef struct arrays {
    int count;
    array array[ARRAYS_MAX];
    bool (*wanted)(const void *ctx, const char *name); /* whose values are read; NULL: of all */
    const void *ctx;
} arrays;

void arrays_free(arrays *arrays);

/* Makes room for one more with this name; NULL with NN_LIMIT where there are too many. */
array *arrays_add(arrays *arrays, const char *name, nn_error *err);
bool arrays_want(const arrays *arrays, const char *name);

/* One array of NumPy's format; with header_only no values. */
bool npy_read(array *a, nn_stream *stream, bool header_only, nn_error *err);

/* A zip of such; the bytes of the file. */
bool npz_read(arrays *arrays, const unsigned char *file, size_t len, nn_error *err);

/* Matlab's level 5 (saved by -v6 or -v7): numeric arrays, also in structures, called "dataset.train.images". */
bool mat_read(arrays *arrays, const unsigned char *file, size_t len, nn_error *err);

/* Images and labels: those that fit by number and name, or arrays that are called by their class (train0 ... train9).
 * first: as for dataset_number. */
bool arrays_dataset(const arrays *arrays, dataset *data, int first, nn_error *err);

/* The same from two known ones; what begins an error are the names. */
bool arrays_pair(const array *images, const array *labels, dataset *data, int first, nn_error *err);

#endif
