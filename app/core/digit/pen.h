/* pen.h - strokes brought to another width, by the distance of each pixel from their edges. */
#ifndef PEN_H
#define PEN_H

#include "nn/error.h"

/* Distances from the edge of the ink in a map, positive inside, and what they tell. */
typedef struct pen_field {
    int w, h;
    float *depth;       /* w x h, in pixels of the map, for nn_free */
    int x0, y0, x1, y1; /* the box of the ink; x0 >= x1: there is none */
    float width;        /* of the usual stroke */
} pen_field;

/* ink: w x h, 0..255. False only when out of memory; then depth is NULL. Any thread. */
bool pen_measure(pen_field *out, const unsigned char *ink, int w, int h, nn_error *err);

/* The distance at a place between pixels, whose middles are at 0, 1 and so on; further and further out outside. */
float pen_depth(const pen_field *field, float x, float y);

#endif
