/* part_names.h - what people call the parts of a data set, in names of files, folders and arrays. Internal to the room. */
#ifndef PART_NAMES_H
#define PART_NAMES_H

#include <stdbool.h>

typedef enum part_name {
    PART_ANY,
    PART_TRAIN,
    PART_TEST,
    PART_VALIDATION, /* stands for the test where there is none */
    PART_OTHER
} part_name;

/* By the words in a name, small or capital: train, test, t10k, valid, extra, ... */
part_name part_named(const char *name);

/* Whether a word is in a name, small or capital, with no letter on either side of it: "y" is in "y_train". */
bool has_word(const char *name, const char *word);

bool names_labels(const char *name); /* y, labels, targets, ... */
bool names_images(const char *name); /* x, images, data, ... */

#endif
