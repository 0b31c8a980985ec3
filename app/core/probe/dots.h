/* dots.h - dots of ink, and of an eraser, that turn the answer to a drawing: what fool.h does to the picture, but through
 * everything that makes a picture of ink.
 *
 * One dot after the other: of the places where the slopes promise most, some are tried for real, and the best one stays.
 * Dots lie within the box of the ink, so that it is fitted as before. A step tries one place and takes some milliseconds,
 * so the work is spread over frames. */
#ifndef DOTS_H
#define DOTS_H

#include "fool.h"

enum { DOTS_MAX = 24, DOTS_TRIED = 10 /* places for each dot */ };

typedef struct ink_dot {
    ink_kind kind; /* pen or eraser */
    float x, y;    /* canvas units */
    float width;
} ink_dot;

typedef struct dots {
    fool_state state;
    int answer, wanted, turned; /* as in fool */
    float probability;          /* of `turned`, with all dots */
    int count;
    ink_dot dot[DOTS_MAX];

    ink ink; /* the drawing with the dots so far */
    digit_options how;
    digit page;
    float value;               /* what the dots so far have won: log-odds */
    ink_dot place[DOTS_TRIED]; /* that are tried for the next dot */
    int n_places, tried, best;
    float best_value;
} dots;

/* Of a drawing, which is copied: IDLE where it is what is wanted already. dots_free in any case. */
bool dots_begin(dots *self, slope *slope, const slope_nets *nets, const ink *drawing, const digit_options *how,
                int wanted, nn_error *err);
void dots_free(dots *self);

/* While it is FOOL_GOING. False only when out of memory. */
bool dots_step(dots *self, slope *slope, const slope_nets *nets, nn_error *err);

#endif
