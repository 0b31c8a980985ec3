/* validation_set.h - what a training is judged by: images of the data and drawings of people, neither of which it learns
 * from. Internal to training.c. */
#ifndef VALIDATION_SET_H
#define VALIDATION_SET_H

#include "training.h"

typedef struct validation_set {
    dataset images;     /* those of the data, then those of the drawings */
    int n_data, n_pens; /* images of each */
} validation_set;

/* The n images of the data that `index` names, and the drawings of config->pens by writers who validate, unless these
 * belong to the fold that is left out: each as it was recorded, and as other hands and pens would have given it, with
 * forms that are rare among few writers. Copies all of them. Free it in any case. */
bool validation_set_new(validation_set *set, const dataset *data, const int *index, int n,
                        const training_config *config, nn_error *err);
void validation_set_free(validation_set *set);

/* Its parts, which stay the set's. */
dataset validation_set_data(const validation_set *set);
dataset validation_set_pens(const validation_set *set);

#endif
