/* training_course.h - what the epochs of a training have brought: the best of them, and a history that a model and a
 * checkpoint remember. Internal to training.c. */
#ifndef TRAINING_COURSE_H
#define TRAINING_COURSE_H

#include "training.h"

typedef struct training_course {
    int epochs_done, best_epoch;              /* best_epoch 0: none yet */
    double best_accuracy, best_loss;          /* of the best epoch, on validation */
    double seconds;                           /* of the epochs done */
    training_epoch history[TRAINING_HISTORY]; /* the epochs that are a multiple of the first one kept */
    int n_history;
} training_course;

void training_course_begin(training_course *course);

/* The next epoch is done, ->epoch of them by now. Sets epoch->best; weights that are not finite are never that. */
void training_course_add(training_course *course, training_epoch *epoch, bool finite);

/* What training_history gives. */
json_t *training_course_history(const training_course *course);

/* The members of a checkpoint's note, to which training.c adds the settings; NULL when out of memory. */
json_t *training_course_json(const training_course *course);

/* Back again. False where the note cannot be true of any training; then the course is not to be used. */
bool training_course_read(training_course *course, const json_t *note);

#endif
