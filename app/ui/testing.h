/* testing.h - the ticked models read images beside the window (test_job.h); then what they got wrong is looked at: cell by
 * cell, image by image. */
#ifndef TESTING_H
#define TESTING_H

#include "state.h"

void testing_init(app *self);
void testing_tick(app *self);
bool testing_do(app *self, action act); /* false: it is none of its actions */
void testing_free(app *self);

void testing_set_path(app *self, const char *path); /* a folder or file of images to test on is chosen */

/* The folder for a report, as a dialog gives it. */
bool testing_report(app *self, const char *folder, nn_error *err);

#endif
