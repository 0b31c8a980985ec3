/* remember.h - the settings go to disk a moment after they change, beside the window: whatever ends the program, the next
 * start has them. */
#ifndef REMEMBER_H
#define REMEMBER_H

#include "state.h"

void remember_begin(app *self); /* what is in force is what is on disk */

/* In how many ms there is something to do; negative: nothing is. */
double remember_tick(app *self);

/* At the end: what is in force is on disk then. False with err where it could not be written. */
bool remember_end(app *self, nn_error *err);
void remember_free(app *self);

#endif
