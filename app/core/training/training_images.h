/* training_images.h - what a training shows to the network: a source of images (nn_source) as training_config wants them.
 * Internal to training.c. */
#ifndef TRAINING_IMAGES_H
#define TRAINING_IMAGES_H

#include "training.h"

typedef struct training_images {
    const training_config *config;
    const dataset *data;
    const int *index; /* of the images to learn from: n_train */
    int n_train;
    int *pen; /* of the recorded drawings: those to learn from */
    int n_pens;
    float *partner;                    /* (threads, image), of mixup */
    nn_work *teacher[NN_MAX_THREADS];  /* NULL without one */
    int teacher_class[NN_MAX_CLASSES]; /* of the classes of the data: which of the teacher's that is */
} training_images;

/* All arguments must outlive it. Free it in any case. */
bool training_images_new(training_images *images, const training_config *config, const dataset *data, const int *index,
                         int n_train, nn_error *err);
void training_images_free(training_images *images);

/* nn_source.sample; ctx is the training_images. */
void training_images_sample(const void *ctx, int thread, uint64_t epoch, int index, float *image, float *target);

#endif
