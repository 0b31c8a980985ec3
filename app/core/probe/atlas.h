/* atlas.h - a map of known digits as a network sees them: those that its features (features.h) say are alike lie beside
 * each other.
 *
 *     digits --features_read--> features --principal components--> the plane --atlas_settle--> neighbours kept
 *
 * The digits are test images of MNIST, from which no network has learned, or else made by the program. The same network
 * and digits, the same map. */
#ifndef ATLAS_H
#define ATLAS_H

#include "app/core/data/dataset.h"
#include "features.h"

enum { ATLAS_DIGITS = 1000 /* as a rule */, ATLAS_NEAREST = 5, ATLAS_NEIGHBOURS = 12 };

typedef struct atlas {
    dataset known;     /* of 28 x 28 */
    bool made;         /* by the program */
    int count;         /* features of a digit */
    float *feature;    /* (known.count, count) */
    float (*place)[2]; /* of every digit, within 0..1 */
} atlas;

/* Asked between pieces of work: true ends it, and atlas_new fails. */
typedef bool atlas_stopped(void *ctx);

/* Of `count` digits, more than ATLAS_NEIGHBOURS. folder: of MNIST; "" or what has none of it: the program makes them.
 * Takes a second or so for ATLAS_DIGITS. */
bool atlas_new(atlas **atlas, const nn_model *model, const char *folder, int count, atlas_stopped *stopped, void *ctx,
               nn_error *err);
void atlas_free(atlas *atlas);

/* Where a digit with these features lies: amid its nearest ones, the nearer the more. Fills who they are, the nearest
 * first; returns how many. */
int atlas_place(const atlas *atlas, const float *feature, float place[2], int nearest[ATLAS_NEAREST]);

/* ---- the steps of the projection ---------------------------------------------------------------------------- */

/* rows (n, dims) -> coordinates (n, 2) along the two principal components. `room` is for 3 * dims + n floats. */
void atlas_project(const float *rows, int n, int dims, float (*to)[2], float *room);

/* The nearest of each row to it, in order: list (n, ATLAS_NEIGHBOURS) and their distances. n > ATLAS_NEIGHBOURS. */
void atlas_neighbours(const float *rows, int n, int dims, int *list, float *distance);

/* Moves places so that neighbours come to lie together and others apart: the optimisation of UMAP (McInnes, Healy and
 * Melville 2018), from where they are. `room` is for n floats. */
void atlas_settle(float (*place)[2], int n, const int *list, const float *distance, float *room);

/* Moves places that are closer than `least` apart, so that what is drawn there can be told apart. */
void atlas_separate(float (*place)[2], int n, float least);

#endif
