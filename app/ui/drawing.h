/* drawing.h - the drawing, the picture in its place, and what follows them: the journal and the earlier drawings. */
#ifndef DRAWING_H
#define DRAWING_H

#include "state.h"

void drawing_lift(app *self); /* ends the stroke that is being drawn, if any */
void drawing_drop(app *self); /* as if that stroke had never begun */

/* It changed by `op`: the journal follows. */
void drawing_changed(app *self, journal_op op);

void drawing_undo(app *self);
void drawing_redo(app *self);
void drawing_clear(app *self); /* what was there goes to the earlier ones */
bool drawing_replace(app *self, const ink *with, nn_error *err);
void drawing_show_picture(app *self, const app_picture *picture); /* in its place; takes over what it owns */
void drawing_drop_picture(app *self);

/* How the digit is made of it: ACTION_DISTORT, ACTION_PREPARE, ACTION_RESET. */
void drawing_prepare(app *self, action act);

void drawing_recall(app *self, int index); /* of the earlier ones */
void drawing_forget_earlier(app *self);

/* What the last run left: it is brought back, thrown away, or put to the earlier ones. */
void drawing_restore(app *self);
void drawing_discard(app *self);
void drawing_dismiss_offer(app *self);

#endif
