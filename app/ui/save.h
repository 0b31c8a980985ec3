/* save.h - the drawing as a file: the ending of its name says which kind (save_kind.h). */
#ifndef SAVE_H
#define SAVE_H

#include "state.h"

bool app_save(app *self, const char *path, nn_error *err);

/* "folder/base.png", or where there is such a file "folder/base-2.png" and so on. */
void save_free_name(char *path, size_t size, const char *folder, const char *base, const char *ending);

/* A name in the folder of pictures that is free: for the drawing, and for one's own digits. */
void app_propose_path(const app *self, char *path, size_t size);
void app_propose_digits(const app *self, char *path, size_t size);

#endif
