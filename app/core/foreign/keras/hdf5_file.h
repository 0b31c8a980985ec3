/* hdf5_file.h - what an HDF5 file holds, read at once: its arrays of numbers, its attributes of text, by their paths.
 *
 * libhdf5 reads it out of memory; links that leave the file, data that lie outside of it and sizes beyond the limits
 * are refused before anything is read. The library is not safe against hostile files: they are read in a process of
 * their own (one thread at a time). */
#ifndef HDF5_FILE_H
#define HDF5_FILE_H

#include "nn/error.h"
#include <stdbool.h>
#include <stddef.h>

enum { HDF5_RANK = 8, HDF5_NAME = 64 };

typedef struct hdf5_array {
    char *path; /* "model_weights/dense_1/kernel:0" */
    int rank, dim[HDF5_RANK];
    size_t count;
    float *values; /* row by row */
} hdf5_array;

/* An attribute that holds one text or several. */
typedef struct hdf5_texts {
    char *path; /* of the group or array that has it; "": the file itself */
    char name[HDF5_NAME];
    int n;
    char **text;
} hdf5_texts;

/* Starts as {0}. Both in the order of their paths. */
typedef struct hdf5_file {
    int n_arrays, room_arrays, n_texts, room_texts;
    hdf5_array *array;
    hdf5_texts *texts;
    size_t floats, bytes; /* so far, of all arrays and texts */
} hdf5_file;

/* Reads all groups but those whose name (the last part of the path) is in the list `skip`, which NULL ends. On failure
 * `file` is empty. */
bool hdf5_read(hdf5_file *file, const unsigned char *data, size_t len, const char *const *skip, nn_error *err);
void hdf5_free(hdf5_file *file);

/* NULL where there is none. */
const hdf5_array *hdf5_find(const hdf5_file *file, const char *path);
const hdf5_texts *hdf5_find_texts(const hdf5_file *file, const char *path, const char *name);
const char *hdf5_text(const hdf5_file *file, const char *path, const char *name); /* the first of them */

#endif
