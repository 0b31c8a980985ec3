/* pen.h - mouse, finger, pen and arrow keys make strokes. */
#ifndef PEN_H
#define PEN_H

#include "state.h"

/* True when the event was for the canvas. */
bool pen_event(app *self, const event *e);

/* The stroke being drawn is this pointer's. */
bool pen_is_drawing(const app *self, const event *e);

#endif
