/* digits.h - the page of a person's own digits: looked through by class and by guest, put in order, given to others; and who
 * draws now. */
#ifndef DIGITS_H
#define DIGITS_H

#include "state.h"

void digits_tick(app *self); /* takes in what the worker has done; part of every tick */
void digits_free(app *self);
bool digits_do(app *self, action act); /* false: it is none of its actions */

/* A key that no element of the page has used: true when it is one of its own. */
bool digits_key(app *self, int key, int mods);

/* The ending of a file of strokes, or none. */
void digits_name_as(char path[UI_FIELD], bool strokes);

void digits_accept(app *self);   /* what the dialogs over the page were given */
void digits_call_off(app *self); /* the file that is being read does not come to those that there are */
bool digits_close(app *self);    /* what is over the page; false: there is nothing */

#endif
