/* warp.h - a random deformation of a whole drawing, as hands differ: a smooth bend, then an affine map. */
#ifndef WARP_H
#define WARP_H

#include <stdint.h>

/* From u, v in about -1..1 around the drawing's middle to canvas units. */
typedef struct warp {
    float taper, bow, wave, phase; /* width along v; bending sideways; a wave sideways */
    float waist, tilt, sag;        /* the waist up or down; one side higher; ends higher than the middle */
    float xx, xy, yx, yy;          /* the affine map */
} warp;

/* A random bend; 1 is as much as hands differ, 0 none. The affine map is still to be set. */
warp warp_roll(uint64_t *dice, float strength);

/* aspect: width against height; slant: its tangent, positive leans right; angle in radians; size: half the height in
 * units. */
void warp_place(warp *warp, float aspect, float slant, float angle, float size);

void warp_point(const warp *warp, float u, float v, float *x, float *y);

#endif
