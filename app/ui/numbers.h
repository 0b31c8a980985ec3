/* numbers.h - the drawing read as a number: which of its digits is looked at, what a person joins and splits. */
#ifndef NUMBERS_H
#define NUMBERS_H

#include "state.h"

/* Reads the drawing as a number if that is asked for; the digit looked at becomes the reading's. False where there is no
 * number, or with err->code not NN_OK when out of memory: then the drawing is one digit. */
bool numbers_read(app *self, nn_error *err);

/* An earlier drawing as a number, with the network that reads now, as far as a frame has time for: *out is partial while
 * the same call goes on with it. False when out of memory. */
bool numbers_read_earlier(app *self, const ink *drawing, number_answer *out, nn_error *err);

/* What was joined or split last, if nothing was drawn since: it is as before; and again. False: there is nothing. */
bool numbers_undo(app *self);
bool numbers_redo(app *self);

/* What was said of strokes that are undone is not said of those that take their places. */
void numbers_follow_undo(app *self);
void numbers_forget_undone(app *self); /* it was drawn over what could be redone */

/* A tap on the canvas, which is no ink: chooses the digit there. */
void numbers_tap(app *self, float x, float y);

bool numbers_do(app *self, action act);
void numbers_free(app *self);

#endif
