/* drawing.h - the drawing, the picture in its place, and what follows them: the journal and the earlier drawings. */
#ifndef DRAWING_H
#define DRAWING_H

#include "state.h"

void drawing_lift(app *self); /* ends the stroke that is being drawn, if any */
void drawing_drop(app *self); /* as if that stroke had never begun */

void drawing_begun(app *self); /* a stroke has, over what was undone */

/* It changed by `op`: the journal follows. */
void drawing_changed(app *self, journal_op op);

void drawing_clear(app *self); /* what was there goes to the earlier ones */
bool drawing_replace(app *self, const ink *with, nn_error *err);
/* Somebody else's in its place, to be looked at. again: so is the one before, which does not go to the earlier ones. */
bool drawing_lend(app *self, const ink *with, bool again, nn_error *err);
/* As a step of its own, which can be undone; takes over what it owns. The path is kept in the state's folder as long as
 * the picture is to be seen, so that the next start can offer it. */
void drawing_show_picture(app *self, app_picture *picture, const char *path);
/* One of the images (side, side) of a data set, ink = 255, as the network of the canvas gets it: it is read as it is, and
 * nobody offers it again. Those that are looked at one after the other are one step. */
bool drawing_show_image(app *self, const unsigned char *image, int side, nn_error *err);
void drawing_find_picture(app *self);          /* at the start: the one that the last run left */
void drawing_drop_pictures(app *self, int at); /* those with that place in the history, or a later one */

void drawing_recall(app *self, int index); /* of the earlier ones */
void drawing_dismiss_offer(app *self);     /* of what the last run left: it goes to the earlier ones */

/* Taking back, restoring, how the digit is made of it. False: the action is none of these. */
void drawing_tick(app *self);

bool drawing_do(app *self, action act);

#endif
