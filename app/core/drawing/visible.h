/* visible.h - what of a drawing's pen strokes is still there after erasing. */
#ifndef VISIBLE_H
#define VISIBLE_H

#include "ink.h"

/* Calls segment for every piece of pen centre line that no later eraser stroke covers, in order of drawing; a dot is a
 * segment of length 0. width is the pen's diameter there, pressure included. Never allocates. Points may have been
 * moved since they were added only where there are no erasers. Returns how many squares and pieces of the erasers' grid
 * it looked at: the cost, but for a fixed one per point. */
typedef void ink_segment(void *ctx, float x0, float y0, float x1, float y1, float width);
long ink_visit(const ink *ink, ink_segment *segment, void *ctx);

/* Whether an upright gap, however narrow, parts what is to be seen into two shapes of about the same height. */
bool ink_is_two(const ink *ink);

/* A place in a drawing: a piece of an entry. */
typedef struct ink_place {
    int entry, piece;
} ink_place;

/* The same from one place up to another, for those that follow a growing drawing. */
long ink_visit_between(const ink *ink, ink_place from, ink_place to, ink_segment *segment, void *ctx);

ink_place ink_begins(const ink *ink); /* of what is on the canvas */
ink_place ink_ends(const ink *ink);
ink_place ink_settled(const ink *ink); /* pieces before this one do not change while strokes grow */

#endif
