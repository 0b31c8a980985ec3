/* reading.h - has the network read what is on the canvas. */
#ifndef READING_H
#define READING_H

#include "state.h"

/* Reads again if the drawing or what reads has changed. */
void reading_follow(app *self);

/* Reads one of the earlier drawings that have not been; true if there was one. */
bool reading_label_earlier(app *self);

/* Moves the bars on by `ms`. True while one is on its way. */
bool reading_ease(app *self, double ms);

#endif
