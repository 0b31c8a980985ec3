/* inside.h - the view "Inside" follows the drawing and the network that reads. */
#ifndef INSIDE_H
#define INSIDE_H

#include "state.h"

/* Brings it up to date, the importance of pixels by a few milliseconds of work a call. True while there is more to
 * do. */
bool inside_tick(app *self);

/* Layers of another network than the one that reads now, whose weights lie elsewhere, are gone until the next tick. */
void inside_forget_other(app *self);

/* Paints what mattered onto the ink where that is due: before panels draw, and after the paper. */
void inside_follow_canvas(app *self);

/* Which layer is large, what is shown on the ink. False: the action is none of these. */
bool inside_do(app *self, action act);

void inside_free(app_inside *inside);

#endif
