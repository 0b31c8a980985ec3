/* open.h - opening pictures, models and drawings, told apart by their content. */
#ifndef OPEN_H
#define OPEN_H

#include "state.h"

/* A model is opened beside the window, where its errors become notices; app_open_first is for the start and waits. */
bool app_open(app *self, const char *path, nn_error *err);
bool app_open_first(app *self, const char *path, nn_error *err);
bool app_open_text(app *self, const char *text, nn_error *err); /* strokes, or a path or file:// address */

#endif
