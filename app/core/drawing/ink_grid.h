/* ink_grid.h - where the things of a growing sequence lie on the canvas: those near a place are found without a look at all
 * of them.
 *
 * Grids over the canvas, each with squares twice as large as those of the one before; the last is one square. A thing
 * is listed once: in the finest grid whose squares are as large as it is, in the square of its middle. What lies
 * outside the canvas counts to the squares at its edge. The lists are in order, the last thing first, so things can be
 * taken off the end again. One thread at a time. */
#ifndef INK_GRID_H
#define INK_GRID_H

#include "app/core/canvas.h"
#include <stdbool.h>

typedef struct ink_extent {
    float x0, y0, x1, y1;
} ink_extent;

ink_extent ink_extent_of(float x0, float y0, float x1, float y1, float margin); /* of two corners, whichever they are */

enum { GRID_FINEST = 8 /* units */, GRID_LEVELS = 8 };

typedef struct ink_grid_thing {
    ink_extent where;
    int square; /* -1: it was never put */
    int before; /* the one before it in the same square; -1: none */
} ink_grid_thing;

/* Starts as {0}. */
typedef struct ink_grid {
    ink_grid_thing *thing;
    int count, max;
    int *last; /* of each square of all grids; -1: none. NULL until something is put */
    int listed[GRID_LEVELS];
} ink_grid;

void ink_grid_free(ink_grid *self);

/* Room for things 0 .. n. False, and unchanged, when out of memory. */
bool ink_grid_reserve(ink_grid *self, int n);

/* Puts thing i, for which there is room, behind all that are there; those in between that were not put are nowhere. */
void ink_grid_put(ink_grid *self, int i, ink_extent where);

void ink_grid_cut(ink_grid *self, int n); /* takes off the things from n on */

/* Calls found for the things in from .. end that touch `near`, in no order, until it returns false. Returns how many
 * squares and things it looked at. */
typedef bool ink_grid_found(void *ctx, int i);
long ink_grid_search(const ink_grid *self, ink_extent near, int from, int end, ink_grid_found *found, void *ctx);

#endif
