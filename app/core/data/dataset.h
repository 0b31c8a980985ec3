/* dataset.h - labelled images: from a folder of IDX files (idx.h) or a CSV file (csv.h), gzip-compressed or not. */
#ifndef DATASET_H
#define DATASET_H

#include "nn/nn.h"

typedef struct dataset {
    int count, side, classes;
    unsigned char *images; /* (count, side, side), 0..255, ink = 255 */
    unsigned char *labels; /* (count), 0..classes-1 */
    char label[NN_MAX_CLASSES][NN_NAME];
} dataset;

typedef enum dataset_part { DATASET_TRAIN, DATASET_TEST } dataset_part;

/* Reads the two files of one part from a folder, under their usual names with or without .gz, and labels.txt if there
 * (one label a line). In place of a folder, a CSV file may be named: it has one part, which is all of it. Errors
 * name the file. */
bool dataset_load(dataset *data, const char *folder, dataset_part part, nn_error *err);
void dataset_free(dataset *data);

/* Tells data from other data: of counts, images, labels and names. Below 2^53, so that JSON keeps it. */
uint64_t dataset_fingerprint(const dataset *data);

/* Image i as a network reads it: (side, side), 0..1. */
void dataset_image(const dataset *data, int i, float *image);

/* Whether a name is that of a CSV file: it ends in .csv or .csv.gz. */
bool dataset_is_csv(const char *path);

/* Whether a folder has the two files of a part, without reading them. */
bool dataset_is_there(const char *folder, dataset_part part);

#endif
