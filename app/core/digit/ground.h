/* ground.h - what a picture's ground is, paper or board, and how far each pixel is from it.
 *
 * Distances are those of colours, alpha included: neither what is darker nor how dark matters. */
#ifndef GROUND_H
#define GROUND_H

#include "app/core/image/pixmap.h"

typedef enum ground_kind {
    GROUND_EVEN,  /* one colour: the border's */
    GROUND_OTHER, /* the second colour of a small picture's border, of which bold ink cut to its box is the first */
    GROUND_LIT    /* in uneven light: what a closing leaves of the picture, or of its negative where ink is light */
} ground_kind;

typedef struct contrast {
    int w, h;
    unsigned char *level; /* w x h, 0 for the ground, for nn_free */
    int noise;            /* levels that the ground itself reaches */
    bool is_clean;        /* it has no noise at all */
    int full;             /* level of full ink; 0 where nothing stands out */
} contrast;

/* False only when out of memory; then level is NULL. Any thread. */
bool ground_contrast(contrast *out, const pixmap *picture, ground_kind kind, nn_error *err);

/* Finds `full` among the pixels of the levels above the noise, of which there are count[level]. */
int ground_full_level(const int count[256], int noise);

#endif
