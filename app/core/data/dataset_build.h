/* dataset_build.h - data sets put together from images and what these are called. Internal to the room. */
#ifndef DATASET_BUILD_H
#define DATASET_BUILD_H

#include "dataset.h"

/* Grows image by image. Starts as {.data = {.side = SIDE}}; dataset_free its data where it is not completed. */
typedef struct dataset_builder {
    dataset data;
    int room;
} dataset_builder;

/* image: (side, side). Every label of up to NN_NAME - 1 bytes of UTF-8 becomes a class, at most NN_MAX_CLASSES. */
bool dataset_add(dataset_builder *builder, const unsigned char *image, const char *label, nn_error *err);

/* Puts the classes in order: by their numbers, as dataset_number does, where all labels are whole numbers or
 * digits by name, which become figures, else by the
 * alphabet. Moves the data to *out; on failure they are freed. */
bool dataset_complete(dataset_builder *builder, dataset *out, nn_error *err);

/* Labels and classes from one number for each image: 0 to the largest, or from 1 (or more) where more than nine begin
 * there; `first` tells which, -1: to be found out. The numbers are the names. data->labels must be NULL. */
bool dataset_number(dataset *data, const int *numbers, int first, nn_error *err);

/* Says that pixels from low to high were brought to 0 to 255, unless something was said. */
void dataset_remark_range(dataset *data, double low, double high);

#endif
