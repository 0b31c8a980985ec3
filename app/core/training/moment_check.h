/* moment_check.h - how the network of each moment of a training (weight_history.h) reads some images that nobody learns
 * from. One thread adds moments; another one may read those that it knows to be complete. */
#ifndef MOMENT_CHECK_H
#define MOMENT_CHECK_H

#include "app/core/data/dataset.h"
#include "metrics.h"
#include "weight_history.h"

enum { MOMENT_IMAGES = 200 /* at most: a moment shall cost no more than a few batches */ };

typedef struct moment_check {
    int classes;
    uint16_t *counts;           /* (WEIGHT_MOMENTS, classes, classes): [true][predicted] */
    float loss[WEIGHT_MOMENTS]; /* mean cross-entropy, nats */
} moment_check;

bool moment_check_new(moment_check *check, int classes, nn_error *err);
void moment_check_free(moment_check *check);

/* What was read of the images at a moment: probabilities (count, classes), and their loss. */
void moment_check_set(moment_check *check, int moment, const dataset *images, const float *probabilities, double loss);

/* Who was taken for whom at that moment. */
void moment_check_get(const moment_check *check, int moment, confusion *c);

#endif
