/* breaking.h - the view "Break it" follows the drawing and the network that reads. */
#ifndef BREAKING_H
#define BREAKING_H

#include "state.h"

/* Brings it up to date, the curves by a few milliseconds of work a call. True while there is more to do. */
bool breaking_tick(app *self);

void breaking_free(app_breaking *breaking);

#endif
