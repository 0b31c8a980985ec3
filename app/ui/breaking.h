/* breaking.h - the view "Break it" follows the drawing and the network that reads. */
#ifndef BREAKING_H
#define BREAKING_H

#include "state.h"

/* Brings it up to date, what takes long by a few milliseconds of work a call. True while there is more to do. */
bool breaking_tick(app *self);

/* Which page is shown, and what is done on it. False: the action is none of these. */
bool breaking_do(app *self, action act);

void breaking_free(app_breaking *breaking);

#endif
