/* parts.h - the strokes of a drawing as parts that digits can be put together from.
 *
 * A part is what is to be seen of a stroke, or of what an eraser left of it. One that may span two digits can be cut
 * further, where its points before and behind share least of the x axis. Coordinates are canvas units. One thread at
 * a time. */
#ifndef PARTS_H
#define PARTS_H

#include "app/core/drawing/visible.h"
#include <stdint.h>

enum {
    PARTS_MAX = 64,
    PARTS_MAX_POINTS = 1 << 14, /* more than anybody's number has */
    PART_SAMPLES = 48           /* evenly along it, for measuring */
};

typedef struct stroke_part {
    int stroke;       /* the ink's position of its entry: stays while the drawing grows */
    int first, count; /* of parts.point */
    float width;      /* of the pen, in units */
    bool cut[2];      /* its beginning, its end is where a stroke was cut */
    float strain[2];  /* what these cuts cost: overlap of both sides in heights, more where it is smooth */
    ink_extent box;   /* of the centre line */
    uint64_t hash;    /* of its points */
    int samples;
    float sample[PART_SAMPLES][2];
} stroke_part;

/* Starts as {0}. */
typedef struct stroke_parts {
    ink_point *point;
    int n_points, max_points;
    int count;
    bool drawn; /* samples follow a pen; else they lie anywhere in the ink */
    stroke_part part[PARTS_MAX];
    float height; /* of tall strokes: what sizes and gaps are measured by */
} stroke_parts;

void parts_free(stroke_parts *parts);

/* The parts of what is to be seen, in order of time. False when out of memory. *fits: false where the drawing has more
 * than a number has; then there are no parts. */
bool parts_find(stroke_parts *parts, const ink *ink, bool *fits);

/* Puts the parts from left to right, by the middles of their boxes. */
void parts_sort(stroke_parts *parts);

/* Cuts part i where it may span two digits: it becomes several, in its place. `asked`: a person wants one cut, wherever
 * it is best. False when out of memory: it is as it was. */
bool parts_cut(stroke_parts *parts, int i, bool asked);

/* Whether b is the piece of a stroke that goes on where a was cut off. */
bool parts_follow(const stroke_part *a, const stroke_part *b);

/* The least distance of two parts' centre lines, in units, exact to half a sample. */
float parts_distance(const stroke_part *a, const stroke_part *b);

/* The same where two pieces of one stroke come near each other again, away from the cut between them: samples closer to a
 * cut than `apart` do not count. INFINITY where none are left. */
float parts_distance_off_cuts(const stroke_part *a, const stroke_part *b, float apart);

/* The share of a's samples that lie no farther from one of b's than `near`. */
float parts_along(const stroke_part *a, const stroke_part *b, float near);

/* Whether their centre lines cross. */
bool parts_cross(const stroke_part *a, const stroke_part *b);

/* What the centre lines of some of the parts span; `chosen` has a bit for each. */
ink_extent parts_box(const stroke_parts *parts, uint64_t chosen);

/* Some of the parts, as a drawing; `chosen` has a bit for each. False when out of memory; ink_free in any case. */
bool parts_ink(ink *out, const stroke_parts *parts, uint64_t chosen);

#endif
