/* augment.h - random changes of training images that keep their meaning, each with a strength; 0 is off.
 * Strengths are greatest values: each image draws its own, uniformly. The result depends on (image, key) only.
 *
 * Changed images must look like unchanged ones: where they are blurred or dim, a network that also sees crisp images
 * learns to tell the two apart instead of the digits. So sampling is cubic and done once, and thinned strokes keep
 * their brightness. */
#ifndef NN_AUGMENT_H
#define NN_AUGMENT_H

#include "error.h"
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    NN_AUGMENT_MAX_SIDE = 64,
    NN_AUGMENT_TEXT = 256 /* bytes of the longest text of nn_augment_print */
};

/* In the order in which they are applied; rotate to elastic are one resampling. */
typedef struct nn_augment {
    float plain;   /* share of the images that stay as they are, 0..1 */
    float width;   /* pixels by which strokes get thicker or thinner, +-; at most 2 */
    float rotate;  /* degrees, +- */
    float scale;   /* share, +-; both axes */
    float aspect;  /* share, +-; x against y */
    float shift;   /* pixels, +- */
    float shear;   /* tangent of the slant, +- */
    float elastic; /* pixels, root mean square of a smooth random displacement (Simard et al. 2003: 1.4) */
    float blur;    /* pixels, standard deviation of a Gaussian */
    float noise;   /* standard deviation of Gaussian noise */
    float cutout;  /* pixels, edge of a square that is blanked (DeVries and Taylor 2017) */
} nn_augment;

/* Reads "none", "default" (what suits pen input, in augment_text.c), or a list like "rotate=10,shift=2" (names as
 * above), which may begin with "default" to change some of its strengths. err->pos is the byte. */
bool nn_augment_parse(nn_augment *augment, const char *text, nn_error *err);

/* The shortest such text that does not lean on "default"; of equal strengths the same text. Returns `text`. */
const char *nn_augment_print(const nn_augment *augment, char text[NN_AUGMENT_TEXT]);

/* image (side, side) in [0, 1] is changed in place; side <= NN_AUGMENT_MAX_SIDE. Never allocates; any thread. */
void nn_augment_image(const nn_augment *augment, float *image, int side, uint64_t key);

#ifdef __cplusplus
}
#endif

#endif
