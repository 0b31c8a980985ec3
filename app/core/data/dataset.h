/* dataset.h - labelled images in memory, wherever they come from (dataset_load.h, samples.h). */
#ifndef DATASET_H
#define DATASET_H

#include "nn/nn.h"
#include <stdint.h>

enum { DATASET_NOTE = 240 };

typedef struct dataset {
    int count, side, classes;
    unsigned char *images; /* (count, side, side), 0..255, ink = 255 */
    unsigned char *labels; /* (count), 0..classes-1 */
    char label[NN_MAX_CLASSES][NN_NAME];
    int first;               /* what the source calls class 0 where it has numbers: 1 where its labels begin at 1 */
    char note[DATASET_NOTE]; /* in what the images or labels are not as in the source, for people; "" */
} dataset;

typedef enum dataset_part { DATASET_TRAIN, DATASET_TEST } dataset_part;

void dataset_free(dataset *data);

/* Tells data from other data: of counts, images, labels and names. Below 2^53, so that JSON keeps it. */
uint64_t dataset_fingerprint(const dataset *data);

/* Image i as a network reads it: (side, side), 0..1. */
void dataset_image(const dataset *data, int i, float *image);

/* Sets `aside` images aside, the same share of every class: `index` (count) gets first the others, whose number is returned, then
 * those. */
int dataset_split(const dataset *data, int aside, uint64_t seed, int *index);

/* Room for `count` images like those of the data, to be filled; on failure nothing is kept. */
bool dataset_room(dataset *images, const dataset *like, int count, nn_error *err);

/* Image and label i of the one become number `at` of the other. */
void dataset_copy_image(dataset *to, int at, const dataset *from, int i);

/* A copy of the images of this index, the caller's to dataset_free. */
bool dataset_choose(dataset *part, const dataset *data, const int *index, int n, nn_error *err);

/* Adds a sentence to the note, or what there is room for. */
void dataset_remark(dataset *data, const char *sentence);

/* Whether all classes are called by a digit, as figure or word (label_digit). */
bool dataset_has_digits(const dataset *data);

/* Brings the classes into another order, that of n names; those that the data lack are added. False, and nothing is
 * changed, where the data have a class that is not among the names. */
bool dataset_order(dataset *data, const char (*names)[NN_NAME], int n);

#endif
