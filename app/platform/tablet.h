/* tablet.h - pens of drawing tablets: their pressure and their eraser end, of which SDL 2 tells nothing. */
#ifndef TABLET_H
#define TABLET_H

#include <stdbool.h>

/* What a pen does is in SDL's queue as an event of a finger on one of these devices, which SDL has none of, in place
 * of the mouse event that SDL makes. x and y are window coordinates, fingerId is the mouse button it stands for. */
enum { TABLET_PEN = -2, TABLET_ERASER = -3 };

typedef struct tablet tablet;

/* Listens to pens, also to those plugged in later, until tablet_close. Between SDL_Init and the first window. NULL
 * where the window system has no way, or memory is out: pens then draw as a mouse does. */
tablet *tablet_open(void);
void tablet_close(tablet *self); /* NULL is allowed */

/* Which end of a pen a device is that measures pressure, by its name; false: neither, but another part of a tablet. */
bool tablet_end(int *end, const char *name);

/* A value of the pressure axis as 0..1. */
float tablet_pressure(double value, double min, double max);

#endif
