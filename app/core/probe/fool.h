/* fool.h - the smallest change of a picture that turns a network's answer: DeepFool (Moosavi-Dezfooli et al. 2016).
 *
 * A step goes to the nearest of the straight borders that the slopes of the logits say there are between the answer and
 * other classes; where an answer turned, the shortest part of the way that turns it is taken. Pixels stay within 0..1. A
 * step takes some milliseconds, so the work is spread over frames. Nothing allocates. */
#ifndef FOOL_H
#define FOOL_H

#include "slope.h"

typedef enum fool_state { FOOL_IDLE, FOOL_GOING, FOOL_FOUND, FOOL_FAILED } fool_state;

enum { FOOL_ANY = -1, FOOL_STEPS = 150 /* at most */, FOOL_CANDIDATES = 3 /* borders that a step looks at */ };

typedef struct fool {
    fool_state state;
    int answer; /* to the picture */
    int wanted; /* what it shall be taken for, or FOOL_ANY */
    int turned; /* what the changed picture is taken for */
    int steps;
    float probability;          /* of `turned` for the changed picture */
    float size;                 /* of the change: its length as a share of the picture's */
    float image[DIGIT_PIXELS];  /* the picture */
    float change[DIGIT_PIXELS]; /* what was added so far; negative: taken away */
} fool;

/* IDLE where the picture is already what is wanted. */
void fool_begin(fool *self, slope *slope, const nn_model *model, const float image[DIGIT_PIXELS], int wanted);

/* While it is FOOL_GOING. */
void fool_step(fool *self, slope *slope, const nn_model *model);

/* The changed picture. */
void fool_image(const fool *self, float image[DIGIT_PIXELS]);

#endif
