/* fool.h - the smallest change of a picture that turns a network's answer: DeepFool (Moosavi-Dezfooli et al. 2016).
 *
 * Move by move to the nearest of the straight borders that the slopes say there are, where another class is as likely as
 * all others together (between the answer and that class alone they lead where the network knows nothing); where it turned, the shortest part of the way that turns it is taken. Pixels stay within 0..1. A step
 * looks at one border, or at one part of the way, which takes about a millisecond, so the work is spread over frames.
 * Nothing allocates. */
#ifndef FOOL_H
#define FOOL_H

#include "slope.h"

typedef enum fool_state { FOOL_IDLE, FOOL_GOING, FOOL_FOUND, FOOL_FAILED } fool_state;

enum { FOOL_ANY = -1, FOOL_MOVES = 150 /* at most */, FOOL_BORDERS = 3 /* looked at for each */, FOOL_HALVINGS = 10 };

typedef struct fool {
    fool_state state;
    int answer;                 /* to the picture */
    int wanted;                 /* what it shall be taken for, or FOOL_ANY */
    int turned;                 /* what the changed picture is taken for */
    float probability;          /* of `turned` for the changed picture */
    float size;                 /* of the change: its length as a share of the picture's */
    float image[DIGIT_PIXELS];  /* the picture */
    float change[DIGIT_PIXELS]; /* what was added so far; negative: taken away */

    int moves, border;       /* that were made; the next one to be looked at */
    float nearest;           /* distance of those so far */
    float way[DIGIT_PIXELS]; /* to that one, of length 1 */
    int halvings;            /* still to be made; 0: the answer has not turned yet */
    float low, high;         /* the shares of the change between which it turns */
} fool;

/* IDLE where the picture is already what is wanted. */
void fool_begin(fool *self, slope *slope, const slope_nets *nets, const float image[DIGIT_PIXELS], int wanted);

/* While it is FOOL_GOING. */
void fool_step(fool *self, slope *slope, const slope_nets *nets);

/* The changed picture. */
void fool_image(const fool *self, float image[DIGIT_PIXELS]);

#endif
