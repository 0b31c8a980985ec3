/* teaching.h - the network learns this person's hand: an answer by a key keeps the drawing, and a tuned copy of the model reads
 * when a worker has made one. */
#ifndef TEACHING_H
#define TEACHING_H

#include "state.h"

/* A key that no action has: keeps the drawing as one of the class that it names. False where it names none. */
bool teaching_answer(app *self, int key);

void teaching_tick(app *self); /* takes in what the worker has made; part of every tick, once the canvas is read */
void teaching_free(app *self);
/* A model has another name or path now. */
void teaching_renamed(app *self, const char *from, const char *to);

bool teaching_do(app *self, action act); /* false: it is none of teaching's */

#endif
