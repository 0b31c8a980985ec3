/* painting.h - pictures of strokes, for tests of what reads pictures. */
#ifndef PAINTING_H
#define PAINTING_H

#include "app/core/drawing/ink.h"
#include "app/core/image/pixmap.h"

typedef struct colour {
    unsigned char r, g, b, a;
} colour;

/* A picture all of one colour, for nn_free(p.rgba). Fails the test when out of memory. */
pixmap painting_new(int w, int h, colour paper);

/* Adds the strokes, canvas units times `scale` and moved to (x, y), `width` pixels wide, with smooth edges. */
void painting_strokes(pixmap *picture, const ink *strokes, float scale, float x, float y, float width, colour with);

/* The same with the longer side of the strokes' box, width included, `size` pixels long, its middle at (x, y). Returns
 * the box. */
pixel_box painting_fitted(pixmap *picture, const ink *strokes, float size, float x, float y, float width, colour with);

void painting_box(pixmap *picture, int x0, int y0, int x1, int y1, colour with);

/* Around a square picture, so far from its border. */
void painting_frame(pixmap *picture, int at, colour with);

/* The part inside of a box as a picture of its own; frees the other one. */
pixmap painting_cut(pixmap picture, pixel_box box);

#endif
