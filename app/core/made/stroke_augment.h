/* stroke_augment.h - random changes of recorded pen strokes that keep their meaning: other hands, other pens, other
 * devices.
 *
 * What images cannot show: parts that the device missed, strokes joined or broken, the points of a slow mouse, a
 * slash, a cross or a foot that this writer did not draw. Same drawing, digit and key: same result, on any thread. */
#ifndef STROKE_AUGMENT_H
#define STROKE_AUGMENT_H

#include "sketch.h"
#include <stdint.h>

/* drawing: a recorded digit of pen strokes, read only. The changed one is left in out->ink. */
void stroke_augment(sketch *out, const ink *drawing, int label, uint64_t key);

/* A training image of it, through digit_from_ink: every fifth drawing as it was recorded, every second with the
 * window's pen. image: (28, 28), ink = 1. */
void stroke_augment_image(float image[DIGIT_PIXELS], const ink *drawing, int label, uint64_t key, sketch *out);

#endif
