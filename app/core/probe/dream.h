/* dream.h - the picture that a network takes for one class more than for all others together: gradient ascent from noise
 * (Simonyan et al. 2014), kept smooth by a blur and steady by moving it a little at every step (Mordvintsev et al. 2015).
 *
 * A step takes about a millisecond, so the work is spread over frames, and the picture is shown as it develops. Nothing
 * allocates. The same seed, the same dream. */
#ifndef DREAM_H
#define DREAM_H

#include "slope.h"
#include <stdint.h>

enum { DREAM_STEPS = 200 };

typedef struct dream {
    int class;
    uint64_t seed;
    int step;                                       /* steps done, of DREAM_STEPS */
    float probability;                              /* of the class for the picture */
    float image[DIGIT_PIXELS];                      /* so far */
    float latent[DIGIT_PIXELS];                     /* the picture before its blur, as log-odds of ink */
    float mean[DIGIT_PIXELS], square[DIGIT_PIXELS]; /* of the gradient, for Adam */
} dream;

void dream_begin(dream *self, slope *slope, const slope_nets *nets, int class, uint64_t seed);

/* While step < DREAM_STEPS. */
void dream_step(dream *self, slope *slope, const slope_nets *nets);

#endif
