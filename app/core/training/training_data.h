/* training_data.h - the images that a training in the window can choose from. */
#ifndef TRAINING_DATA_H
#define TRAINING_DATA_H

#include "app/core/data/dataset.h"
#include "app/core/paths.h"
#include "app/core/settings.h"

enum { TRAINING_MADE = 8000 /* digits that the program draws itself */ };

typedef struct training_data {
    train_choice choice;
    char path[PATHS_MAX]; /* of the data (dataset_load.h); not for TRAIN_SYNTHETIC */
    uint64_t seed;        /* of those that are made */
} training_data;

/* Reads or makes the part to learn from. */
bool training_data_load(dataset *data, const training_data *wanted, const paths *where, nn_error *err);

/* Reads the part to test on, where there is one that can be read. */
bool training_data_test(dataset *test, const training_data *wanted, const paths *where);

/* Makes the network fit the images (fit_net.h). said: that they got a margin, for people; "". */
bool training_data_fit(nn_plan **plan, const dataset *data, char said[DATASET_NOTE], nn_error *err);

#endif
