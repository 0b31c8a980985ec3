/* placing.h - the drawing's place on the map of known digits, in the view "Inside". */
#ifndef PLACING_H
#define PLACING_H

#include "state.h"

/* Makes the map of the network that reads, once for each, and places the drawing on it. */
void placing_tick(app *self);

/* Whether the map is shown, and what of it is looked at. False: the action is another one. */
bool placing_do(app *self, action act);

void placing_free(app *self);

#endif
