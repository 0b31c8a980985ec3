/* touching.h - a person takes hold of the network that reads: switches maps off, turns weights, and lets go again. */
#ifndef TOUCHING_H
#define TOUCHING_H

#include "state.h"

/* Lets go where another network reads by now, or its weights have changed. */
void touching_follow(app *self);

bool touching_do(app *self, action act);
void touching_free(app *self);

#endif
