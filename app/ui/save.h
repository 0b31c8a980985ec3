/* save.h - the drawing as a file: the ending of its name says which kind (save_kind.h). */
#ifndef SAVE_H
#define SAVE_H

#include "state.h"

bool app_save(app *self, const char *path, nn_error *err);

/* A name in the folder of pictures that is free. */
void app_propose_path(const app *self, char *path, size_t size);

#endif
