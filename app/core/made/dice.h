/* dice.h - random numbers for drawings: hashes of a counter that starts at a hash of the drawing's key, so a drawing
 * depends on its key alone. One roll a statement: the order inside an expression is the compiler's choice. */
#ifndef DICE_H
#define DICE_H

#include "nn/rng.h"
#include <stdbool.h>

static inline uint64_t dice_roll(uint64_t *dice)
{
    return nn_bits((*dice)++, 0);
}

static inline float dice_uniform(uint64_t *dice, float low, float high)
{
    return low + (high - low) * (float)(dice_roll(dice) >> 40) * 0x1p-24f;
}

static inline bool dice_chance(uint64_t *dice, float share)
{
    return dice_uniform(dice, 0, 1) < share;
}

/* Standard deviation 1, never beyond 2.45: a sum of four uniform numbers, so no drawing is ever wild. */
static inline float dice_normal(uint64_t *dice)
{
    float sum = 0;
    for (int i = 0; i < 4; i++)
        sum += dice_uniform(dice, -1, 1);
    return sum * 0.8660254f;
}

#endif
