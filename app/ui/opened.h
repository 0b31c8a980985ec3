/* opened.h - one map of the view "Inside", opened: what it is made of, and where it lies on the ink. */
#ifndef OPENED_H
#define OPENED_H

#include "state.h"

/* After the layers were read: brings the sum and the pictures up to date. */
void opened_follow(app *self);

/* Which map is open, and what of it is looked at. False: the action is none of these. */
bool opened_do(app *self, action act);

#endif
