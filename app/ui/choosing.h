/* choosing.h - a folder or file of images is chosen, for what it is wanted: once a worker has found a data set there. */
#ifndef CHOOSING_H
#define CHOOSING_H

#include "state.h"

/* A file is taken at once. False with err where there is nothing of that name. */
bool choosing_begin(app *self, const char *path, image_use use, nn_error *err);
void choosing_call_off(app *self);
void choosing_tick(app *self);

#endif
