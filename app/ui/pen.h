/* pen.h - mouse, finger, pen and arrow keys make strokes. */
#ifndef PEN_H
#define PEN_H

#include "state.h"

/* True when the event was for the canvas. */
bool pen_event(app *self, const event *e);

/* What was no tap by now is ink. How many ms are left until that is known; negative where nothing waits for it. */
double pen_tick(app *self);

/* The stroke being drawn, or what may become one, is this pointer's. */
bool pen_is_drawing(const app *self, const event *e);

#endif
