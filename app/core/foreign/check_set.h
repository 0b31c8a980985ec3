/* check_set.h - a small labelled set of digits that the program carries by making it, by which it finds out how a
 * foreign network wants its images. */
#ifndef CHECK_SET_H
#define CHECK_SET_H

#include "nn/error.h"
#include <stdbool.h>

enum { CHECK_IMAGES = 500, CHECK_DIGITS = 10 };

typedef struct check_set {
    bool mnist;                        /* every second ten are of MNIST's training images */
    float *images;                     /* (CHECK_IMAGES, 28, 28), ink = 1 */
    unsigned char digit[CHECK_IMAGES]; /* 0, 1, ... 9, 0, 1, ...: the first 10 n are n of each */
} check_set;

/* Always the same: digits that synth.h draws, every second ten with a pen as thin as on a tablet, the others as broad
 * and soft as MNIST's, for which MNIST's own stand in where the folder has them; "": there is none. */
bool check_set_make(check_set *set, const char *mnist_folder, nn_error *err);
void check_set_free(check_set *set);

#endif
