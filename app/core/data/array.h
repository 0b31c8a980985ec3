/* array.h - numbers as scientific file formats keep them (IDX, NumPy, Matlab), and how they become images and labels. */
#ifndef ARRAY_H
#define ARRAY_H

#include "nn/stream.h"

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
    ARRAY_F64,
    ARRAY_BYTES, /* texts: labels may be words */
    ARRAY_WIDE   /* of four bytes a letter */
} array_type;

typedef struct array {
    char name[ARRAY_NAME]; /* "x_train.npy", "dataset.train.images" */
    array_type type;
    bool big_endian, columns_first; /* Matlab's order: the first index varies fastest */
    int letters;                    /* of a text, the same for all: zeros fill up */
    int rank, dim[ARRAY_MAX_RANK];
    unsigned char *values; /* NULL: only the header was read. nn_free it */
} array;

/* Of one number or text. */
size_t array_item_bytes(const array *a);
bool array_is_text(const array *a);

/* How many numbers the dimensions promise; false where that is nothing, or more than ARRAY_MAX_BYTES. */
bool array_count(const array *a, size_t *count, nn_error *err);

/* Takes up to `bytes` of them from a stream as a->values, *got, unless nobody waits for them any more. False, and there
 * are none, where that fails. */
bool array_take(array *a, nn_stream *stream, size_t bytes, size_t *got, nn_error *err);

/* The side of its images if it holds n of them along its first or last axis, which the others make square; 0 if not. A
 * fourth axis may be colours (2 to 4: grey or red, green and blue, with transparency or without). */
int array_side(const array *a, int n);

/* Whether it can be the labels of n images: one number or text for each, a row of 0s and one 1 (2 to 64), or QMNIST's row of
 * eight. */
bool array_can_label(const array *a, int n);

/* What numbers mean no ink and full ink, or paper and dark: 0..1, -1..1, 0..16 (the 8x8 digits of UCI), 0..255 or
 * 0..65535, whichever holds them all; or their own least and greatest, where they were moved and scaled or are faint. */
typedef struct pixel_range {
    double low, high;
    bool own;
} pixel_range;
bool pixel_range_of(pixel_range *range, double least, double greatest, int side, nn_error *err);
unsigned char pixel_of(pixel_range range, double value);

/* Whether these ends are of pixels that were moved and scaled, by mean and deviation say: below 0, but not from -1. */
bool pixels_are_moved(double least, double greatest);

/* Whether these ends, of a whole set, are not those of 0 to 255, where its ink would hardly be seen: 0 to 15, 0 to 100. */
bool pixels_are_faint(double least, double greatest, int side);

/* (n, side, side), 0..255, the caller's to nn_free; numbers of another range, *range, are brought to it, and colours to
 * grey. */
bool array_images(const array *a, int n, unsigned char **images, pixel_range *range, nn_error *err);

/* The text that labels image i, in UTF-8, or as much of it as there is room for. */
void array_word(const array *a, int i, char *word, size_t room);

/* (n) class numbers, not of texts, the caller's to nn_free. */
bool array_labels(const array *a, int n, int **labels, nn_error *err);

/* The first two numbers of row i of a table; false where there is no such row. */
bool array_row(const array *a, int i, double *first, double *second);

#endif
