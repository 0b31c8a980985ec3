/* synth.h - handwritten digits that the program makes itself, as training data.
 *
 * MNIST lacks many ways in which people write with a pen on a tablet: a 1 with upstroke and foot, a crossed 7, a
 * slashed 0, an open 4. Each digit has a list of glyphs, written as knots of smooth curves; a 64-bit key chooses
 * one, moves its knots, bends, slants and stretches it, and takes the samples that a pen would give. Same key,
 * same drawing, on any thread. */
#ifndef SYNTH_H
#define SYNTH_H

#include "sketch.h"
#include <stdint.h>

/* A drawing of digit 0..9 in the middle of the canvas, in sketch->ink. */
void synth_digit(sketch *sketch, int digit, uint64_t key);

/* A training image of a random digit, through digit_from_ink with a pen of random width. image: (28, 28), ink = 1. */
void synth_image(float image[DIGIT_PIXELS], int *label, uint64_t key, sketch *sketch);

/* ---- the glyphs: synth_glyphs.c --------------------------------------------------------------------------------- */

typedef enum synth_kind {
    SYNTH_DOWN,   /* the pen touches down: a new stroke */
    SYNTH_MAYBE,  /* the same, but this stroke is left out half the time */
    SYNTH_SMOOTH, /* the curve passes through */
    SYNTH_CORNER, /* the curve turns sharply */
    SYNTH_END     /* behind the last knot */
} synth_kind;

typedef struct synth_knot {
    signed char x, y;   /* in a cell 60 wide and 100 high, y down; may leave it */
    signed char spread; /* standard deviation of its place, on top of what every knot gets */
    signed char kind;
} synth_knot;

typedef struct synth_glyph {
    int digit;              /* what it shows; nondigit.h has more kinds */
    int weight;             /* how often, relative to the other glyphs of the same digit */
    const synth_knot *knot; /* up to a SYNTH_END */
} synth_glyph;

enum { SYNTH_MAX_KNOTS = 32 }; /* of one glyph */

/* One of the glyphs of a digit, by weight; there must be one. */
const synth_glyph *synth_choose(const synth_glyph *glyphs, int count, int digit, uint64_t *dice);

/* Adds a drawing after the glyph to a sketch that has been begun. */
void synth_draw(sketch *sketch, const synth_glyph *glyph, uint64_t *dice);

extern const synth_glyph synth_glyphs[];
extern const int synth_n_glyphs;

#endif
