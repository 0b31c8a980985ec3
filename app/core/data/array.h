/* array.h - numbers as scientific file formats keep them (IDX, NumPy, Matlab), and how they become images and labels. */
#ifndef ARRAY_H
#define ARRAY_H

#include "nn/error.h"

enum {
    ARRAY_MAX_RANK = 4,
    ARRAY_NAME = 64,
    ARRAY_MAX_BYTES = 1 << 30, /* EMNIST's largest part has 547 MB */
    DATASET_MAX_SIDE = 64
};

typedef enum array_type {
    ARRAY_U8,
    ARRAY_I8,
    ARRAY_U16,
    ARRAY_I16,
    ARRAY_U32,
    ARRAY_I32,
    ARRAY_U64,
    ARRAY_I64,
    ARRAY_F16,
    ARRAY_F32,
    ARRAY_F64
} array_type;

typedef struct array {
    char name[ARRAY_NAME]; /* "x_train.npy", "dataset.train.images" */
    array_type type;
    bool big_endian, columns_first; /* Matlab's order: the first index varies fastest */
    int rank, dim[ARRAY_MAX_RANK];
    unsigned char *values; /* NULL: only the header was read. nn_free it */
} array;

size_t array_type_bytes(array_type type);

/* How many numbers the dimensions promise; false where that is nothing, or more than ARRAY_MAX_BYTES. */
bool array_count(const array *a, size_t *count, nn_error *err);

/* The side of its images if it holds n of them along its first or last axis, which the others make square; 0 if not. */
int array_side(const array *a, int n);

/* Whether it can be the labels of n images: one number for each, a row of 0s and one 1 (2 to 64), or QMNIST's row of
 * eight. */
bool array_can_label(const array *a, int n);

/* (n, side, side), 0..255, the caller's to nn_free; numbers of another range are brought to it (pixel_range). */
bool array_images(const array *a, int n, unsigned char **images, nn_error *err);

/* (n) class numbers, the caller's to nn_free. */
bool array_labels(const array *a, int n, int **labels, nn_error *err);

/* The first two numbers of row i of a table; false where there is no such row. */
bool array_row(const array *a, int i, double *first, double *second);

/* What numbers mean no ink and full ink, or paper and dark: 0..1, -1..1, 0..16 (the 8x8 digits of UCI), 0..255 or
 * 0..65535, whichever holds them all. */
typedef struct pixel_range {
    double low, high;
} pixel_range;
bool pixel_range_of(pixel_range *range, double least, double greatest, int side, nn_error *err);
unsigned char pixel_of(pixel_range range, double value);

#endif
