/* lattice_measure.h - geometry of parts and of groups of them: what a group's score is computed from, but for what the
 * recogniser says. Internal to the lattice. One thread at a time. */
#ifndef LATTICE_MEASURE_H
#define LATTICE_MEASURE_H

#include "lattice.h"

#define MOST_LOOSE 0.5f /* heights between the parts of a group, at most: boxes tell of what is further apart */

/* What pairs of parts have to do with each other, and where the line is that they stand on. */
typedef struct lattice_measures {
    const stroke_parts *parts;
    float distance[PARTS_MAX][PARTS_MAX]; /* in heights */
    float off_cuts[PARTS_MAX][PARTS_MAX]; /* of pieces of one stroke: the same, away from the cuts */
    uint64_t crossed[PARTS_MAX];          /* the parts that cross it, a bit for each */
    uint64_t again[PARTS_MAX];            /* it, and all that was drawn over it or that it was drawn over */
    int rank[PARTS_MAX];                  /* of its stroke, in order of time */
    int next[PARTS_MAX], last[PARTS_MAX]; /* the pieces of its stroke behind and before it; -1: none */
    float foot, climb;                    /* the line that is written on: y at x = 0, and how it falls */
} lattice_measures;

/* Of sorted parts, which must outlive them. */
void lattice_measure(lattice_measures *measures, const stroke_parts *parts);

/* Fills in the features and strokes of a group whose parts are known. */
void lattice_measure_group(const lattice_measures *measures, lattice_group *group);

/* Whether part i may be a blank, and its features then, which start as zeros. */
bool lattice_measure_blank(const lattice_measures *measures, int i, float feature[GROUP_FEATURES]);

/* The longest link of the shortest tree over the chosen parts, at most GROUP_REACH, in heights. */
float lattice_looseness(const lattice_measures *measures, uint64_t chosen);

/* The widest free part of the x axis between the chosen, which are in order of their middles, in heights. */
float lattice_inner_gap(const stroke_parts *parts, uint64_t chosen);

/* Free space between two boxes along the x axis; below 0 where they overlap. */
float lattice_gap(ink_extent a, ink_extent b);

/* Whether the stroke goes on from the beginning (end 0) or the end (1) of part i into what is not of the chosen. */
bool lattice_is_cut_off(const lattice_measures *measures, uint64_t chosen, int i, int end);

/* The rightmost of the chosen parts, of which there is one. */
int lattice_last_of(uint64_t chosen);

#endif
