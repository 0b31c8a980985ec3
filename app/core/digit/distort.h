/* distort.h - spoiling the digit on purpose, after all that was done to make it easy to read: to show a class what a
 * network minds and what it does not. Nothing allocates; any thread. */
#ifndef DISTORT_H
#define DISTORT_H

#include "affine.h"
#include <stdbool.h>

/* All 0: nothing is changed. Pixels are those of the network's image. */
typedef struct distortion {
    float shift_x, shift_y; /* pixels to the right and down */
    float scale;            /* share: 0.5 is half as large again, -0.5 half as large */
    float rotate;           /* degrees, clockwise */
    float width;            /* pixels by which strokes get thicker; negative: thinner */
    float noise;            /* standard deviation of what is added to each pixel */
} distortion;

/* Its members, and how far it is worth going with each of them. */
typedef enum distort_kind {
    DISTORT_ACROSS,
    DISTORT_DOWN,
    DISTORT_SCALE,
    DISTORT_ROTATE,
    DISTORT_WIDTH,
    DISTORT_NOISE,
    DISTORT_KINDS
} distort_kind;

typedef struct distort_range {
    float min, max, step;
} distort_range;
extern const distort_range distort_ranges[DISTORT_KINDS];

float distort_get(const distortion *d, distort_kind kind);
void distort_set(distortion *d, distort_kind kind, float value);
bool distort_is_none(const distortion *d);

/* Shift, scale and rotate, about (middle, middle) of a frame that has `unit` samples a pixel. */
affine distort_map(const distortion *d, float middle, float unit);

/* to (side, side) = from (side, side) moved by `map`; what comes from outside is 0. */
void distort_warp(const float *from, float *to, int side, const affine *map);

/* Moves the edge of the ink outwards by `by` samples, inwards where negative, at most DISTORT_MAX_EDGE. */
enum { DISTORT_MAX_EDGE = 8 };
void distort_edge(const float *from, float *to, int side, float by);

/* Adds the same normal noise every time, within 0..1: what changes is what was drawn. */
void distort_noise(float *image, int count, float deviation);

#endif
