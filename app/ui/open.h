/* open.h - opening pictures, models and drawings, told apart by their content, beside the window. */
#ifndef OPEN_H
#define OPEN_H

#include "state.h"

/* Begins to read a file; what is wrong with its content becomes a notice later. The newest wish counts. */
bool app_open(app *self, const char *path, nn_error *err);
bool app_open_text(app *self, const char *text, nn_error *err); /* strokes, or a path or file:// address */

/* The model in use, an imported one, gets its images by another convention (convention.h) from now on. */
void open_with_convention(app *self, int convention);

/* What the command line names: a path, or the name of a model. What goes wrong is also a line on stderr. */
void open_first(app *self, const char *path);

void open_call_off(app *self); /* what is being read is not wanted any more */
void open_tick(app *self);

#endif
