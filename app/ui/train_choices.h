/* train_choices.h - what there is to train and to train with, and what a network may be called. */
#ifndef TRAIN_CHOICES_H
#define TRAIN_CHOICES_H

#include "state.h"

/* Which architectures and data there are. Beside the window drawings that were kept are counted, and it is found out whether
 * MNIST is there under other names than it is fetched by. */
void train_look_around(app *self);
void train_follow_count(app *self);
void train_stop_counting(app *self);

void train_images(const app *self, training_data *images); /* that are chosen */

void train_set_path(app *self, const char *path); /* a folder or file of images is chosen */

/* What dialogs accepted. */
bool train_check_letters(const char *name, nn_error *err);               /* of a name for a file */
bool train_check_name(const app *self, const char *name, nn_error *err); /* of a model, that nothing is called yet */
bool train_rename(app *self, const char *name, nn_error *err);

void train_propose_name(app *self); /* "quick-1", or the first number that is free */

/* The drawing on the canvas is kept with its right answer, in place of one that was given before, in the file of this
 * path; false: there is no place for it. */
void train_keep_drawing(app *self, int class);
void train_forget_drawing(app *self); /* takes the one out that was kept last */
bool train_kept_path(const app *self, char path[PATHS_MAX]);

#endif
