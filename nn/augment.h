/* augment.h - random changes of training images that keep their meaning, each with a strength; 0 is off.
 * Distributions are uniform. The result depends on (image, key) only.
 *
 * Changed images must look like unchanged ones: where they are blurred or dim, a network that also sees crisp images learns to
 * tell the two apart instead of the digits. So sampling is cubic, and thinned strokes keep their brightness. */
#ifndef NN_AUGMENT_H
#define NN_AUGMENT_H

#include "error.h"
#include <stdint.h>

enum { NN_AUGMENT_MAX_SIDE = 64 };

typedef struct nn_augment {
    float plain;  /* share of the images that stay as they are, 0..1 */
    float rotate; /* degrees, +- */
    float scale;  /* share, +-; both axes */
    float aspect; /* share, +-; x against y */
    float shift;  /* pixels, +- */
    float shear;  /* tangent of the slant, +- */
    float width;  /* pixels by which strokes get thicker or thinner, +-; at most 2 */
} nn_augment;

/* Reads "rotate=10,shift=2" (names as above), "none", or "default" (what suits pen input, in augment.c). err->pos is the byte. */
bool nn_augment_parse(nn_augment *augment, const char *text, nn_error *err);

/* image (side, side) in [0, 1] is changed in place; side <= NN_AUGMENT_MAX_SIDE. Never allocates; any thread. */
void nn_augment_image(const nn_augment *augment, float *image, int side, uint64_t key);

#endif
