/* training_settings.h - everything that decides what comes out of a training, but for the data: what a model remembers
 * and what a resume must agree with. Internal to training.c. */
#ifndef TRAINING_SETTINGS_H
#define TRAINING_SETTINGS_H

#include "training.h"

/* What the configuration alone does not tell. */
typedef struct training_extent {
    int n_train, n_val, n_pens; /* images to learn from and to validate on; recorded drawings to learn from */
    /* fingerprints of all images and all recorded drawings, and of the teacher's weights; 0: there are none */
    json_int_t data, pens, teacher;
} training_extent;

/* "epochs" is there only where the learning rate depends on it. The caller's; NULL when out of memory. */
json_t *training_settings(const training_config *config, training_extent extent);

/* In how many parts each batch was cut, as settings tell; 0 where they do not. */
int training_settings_parts(const json_t *settings);

/* NN_USAGE, naming the option, where a checkpoint's settings differ from these. */
bool training_settings_agree(const json_t *settings, const json_t *checkpoint, nn_error *err);

#endif
