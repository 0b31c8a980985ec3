/* lighting.h - photos of paper: uneven light, and what lies beside the digit.
 *
 * The paper without what is written on it is found by a closing: the lightest pixel of a neighbourhood wider than
 * strokes are, then the darkest of such. A closing keeps the edges of shadows where they are. Every pixel is divided
 * by it. */
#ifndef LIGHTING_H
#define LIGHTING_H

#include "nn/error.h"

/* Whether a picture of dark ink on light paper has uneven light at its border; then *even is the picture evened out, at
 * most LIGHTING_SIDE pixels a side, for nn_free, else NULL. luma: w x h, at least 1 x 1. False only when out of memory.
 * Any thread. */
enum { LIGHTING_SIDE = 480 };
bool lighting_even_out(unsigned char **even, int *even_w, int *even_h, const unsigned char *luma, int w, int h,
                       nn_error *err);

/* Makes all ink white (255) that is no part of the writing: specks, and what touches the border while something else
 * does not, as a table or a shadow's rim does. amount: how much ink a level means, 0..1. False only when out of
 * memory. */
bool lighting_keep_writing(unsigned char *luma, int w, int h, const float amount[256], nn_error *err);

#endif
