/* exporting.h - the model that reads becomes a file for other programs, beside the window. */
#ifndef EXPORTING_H
#define EXPORTING_H

#include "state.h"

/* Begins to write it as what the ending of the path says; how it ends becomes a notice. The newest wish counts. */
bool exporting_begin(app *self, const char *path, nn_error *err);

/* A name in the person's folder of documents that is free. */
void exporting_propose(app *self, char *path, size_t size);

void exporting_tick(app *self);
void exporting_free(app *self);

#endif
