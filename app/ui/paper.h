/* paper.h - the drawing as pixels: a mask that follows the stroke list, stroke by stroke and sample by sample.
 *
 * Points are smoothed a little and joined by quadratic curves through the middles of their connecting lines, so a
 * hand's polygon becomes smooth. The end of a stroke that is still being drawn changes with the next samples: it is
 * painted over a copy of what lies under it. The network gets the points as they came (digit.h). */
#ifndef PAPER_H
#define PAPER_H

#include "app/core/drawing/ink.h"
#include "app/ui/kit/raster.h"

enum { PAPER_TILE = 128, PAPER_MAX_SIDE = 8192, PAPER_TILES = PAPER_MAX_SIDE / PAPER_TILE };

typedef struct paper {
    unsigned char *mask;  /* side x side */
    unsigned char *under; /* side x side; valid inside `tail` */
    int side;
    rect tail;        /* where the unsettled end of the stroke was painted */
    int entry, point; /* what is settled: entries before `entry`, and of that one the curve up to this point */
    float smoothing;  /* that the mask was painted with */
    unsigned taken_back, drawn; /* the drawing's counts when the mask was last painted from the start, and at all */
    unsigned version[PAPER_TILES * PAPER_TILES]; /* of each tile, row by row */
} paper;

void paper_init(paper *self);
void paper_free(paper *self);

/* Brings the mask up to date. smoothing: 0 only rounds the corners, 1 smooths most. False when out of memory for a new
 * side: the paper is then empty and has side 0. */
bool paper_update(paper *self, const ink *drawing, int side, float smoothing);

#endif
