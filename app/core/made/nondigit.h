/* nondigit.h - drawings that are no digit, made by the program: what a network must learn to leave unanswered.
 *
 * Trained on digits alone, a network gives any scribble to some class with nearly full confidence. Shown such
 * drawings with the wish for even probabilities (Hendrycks, Mazeika and Dietterich 2019, "Deep Anomaly Detection
 * with Outlier Exposure") it learns to doubt, also about kinds of drawings that were not among them. Letters and
 * signs that can pass for a digit (O, I, Z, S, b, g, q, ...) are left out. Same key, same drawing, on any thread. */
#ifndef NONDIGIT_H
#define NONDIGIT_H

#include "synth.h"

typedef enum nondigit_kind {
    NONDIGIT_LETTER,
    NONDIGIT_SIGN,    /* plus, star, heart, arrow, ... */
    NONDIGIT_FANTASY, /* smooth and angular strokes through random points, as writing that does not exist */
    NONDIGIT_SCRIBBLE,
    NONDIGIT_DOTS,   /* one or a few, or a speck */
    NONDIGIT_FILLED, /* an area painted over */
    NONDIGIT_TWO,    /* two digits, on top of each other or side by side */
    NONDIGIT_TURNED, /* a digit mirrored, upside down or lying, where that is no other digit */
    NONDIGIT_KINDS
} nondigit_kind;

void nondigit_draw(sketch *sketch, nondigit_kind kind, uint64_t key);

/* A training image of a random kind. image: (28, 28), ink = 1. */
void nondigit_image(float image[DIGIT_PIXELS], uint64_t key, sketch *sketch);

/* Letters and signs, as knots: nondigit_glyphs.c. What such a glyph shows is NONDIGIT_GLYPH + its kind. */
enum { NONDIGIT_GLYPH = 10 };
extern const synth_glyph nondigit_glyphs[];
extern const int nondigit_n_glyphs;

#endif
