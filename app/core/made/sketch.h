/* sketch.h - a drawing in the making, for training: strokes in fixed room, so that nothing allocates and nothing
 * fails. */
#ifndef SKETCH_H
#define SKETCH_H

#include "app/core/digit/digit.h"

enum {
    SKETCH_MAX_POINTS = 1024, /* what is longer is cut off */
    SKETCH_MAX_STROKES = 12
};

/* About 85 KB; one per thread. Whatever was in it is gone after sketch_begin. */
typedef struct sketch {
    ink ink; /* the strokes; its lists are the arrays below, so never ink_free or change it */
    ink_point point[SKETCH_MAX_POINTS];
    ink_entry entry[SKETCH_MAX_STROKES];
    bool lifted; /* the next point begins a stroke: none is without points */
    digit digit;
} sketch;

void sketch_begin(sketch *sketch);                /* an empty drawing */
void sketch_down(sketch *sketch);                 /* what follows is a new stroke */
void sketch_to(sketch *sketch, float x, float y); /* a point of the stroke, in canvas units */

/* How the network sees it, drawn with a pen of so many pixels. image: (28, 28), ink = 1. */
void sketch_image(sketch *sketch, float pen, float image[DIGIT_PIXELS]);

#endif
