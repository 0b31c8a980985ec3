/* digit.h - from ink to the 28x28 image that the network reads.
 *
 *     strokes --digit_from_ink--+
 *                               +--> coverage (DIGIT_FRAME^2) --digit_from_coverage--> image (28x28)
 *     picture --picture.h-------+
 *
 * Ink: the box of the centre lines is fitted to (20 - pen) pixels and drawn with a pen of `pen` pixels at
 * DIGIT_SUB x DIGIT_SUB samples a pixel. So size, place and brush on the canvas do not matter. Then, as in MNIST,
 * the centre of mass is moved to the middle of 28x28. Every step can be switched off, to show a class why it is
 * there, and the result can be distorted on purpose (distort.h). Nothing allocates. */
#ifndef DIGIT_H
#define DIGIT_H

#include "app/core/drawing/visible.h"
#include "distort.h"

enum {
    DIGIT_SIDE = 28,
    DIGIT_PIXELS = DIGIT_SIDE * DIGIT_SIDE,
    DIGIT_BOX = 20, /* pixels that the longer side of the ink fills, pen included */
    DIGIT_SUB = 4,  /* samples per pixel and direction */
    DIGIT_FRAME = DIGIT_SIDE * DIGIT_SUB
};
#define DIGIT_PEN 2.0f /* pixels: MNIST's stroke width */

typedef struct digit_options {
    bool scale;         /* fit the ink's box; off: the whole canvas is shrunk to 28x28, as most demos do */
    bool centre;        /* move the centre of mass to the middle */
    bool width;         /* draw with `pen`; off: with the brush's own width, shrunk with the ink */
    float pen;          /* pixels */
    distortion distort; /* the last step */
} digit_options;

extern const digit_options digit_defaults;

/* Whether a digit so made is harder to read than need be: a step is off, or it is distorted. */
bool digit_is_distorted(const digit_options *options);

typedef struct digit {
    bool empty;                                /* no ink: the image is all 0 and must not be read */
    float coverage[DIGIT_FRAME * DIGIT_FRAME]; /* 0..1, before centring */
    float image[DIGIT_PIXELS];                 /* 0..1, ink = 1: what the network gets */
    float box[4];                              /* the centre lines' box on the canvas: x, y, w, h in units */
    float mass[2];                             /* the centre of mass in the frame, in samples */
    float own_width;                           /* of a picture's strokes in the image, if left as they are; else 0 */
    affine to_frame;                           /* from the canvas, or the picture's pixels, to samples of the frame */
    affine to_image;                           /* and to pixels of the image; undefined where empty */
} digit;

/* An image in levels of 0..255, as data sets keep it. */
void digit_bytes(unsigned char bytes[DIGIT_PIXELS], const float image[DIGIT_PIXELS]);

void digit_from_ink(digit *digit, const ink *ink, const digit_options *options);

/* From canvas units to samples, and the pen: frame = canvas * scale + (x, y). */
typedef struct digit_nib {
    float scale, x, y;
    float radius; /* in samples; 0: half the width of each stroke */
} digit_nib;

/* What was made of a drawing, so that the same drawing, grown, costs only what is new while the box of its ink stays,
 * which is nearly always. Exactly the same digit. Starts as {0}; about 50 KB; follows one drawing. */
typedef struct digit_tracker {
    unsigned taken_back; /* the drawing's, then */
    bool begun;
    struct digit_bounds {
        float x0, y0, x1, y1; /* of the centre lines, in units; none where x0 > x1 */
        float width;          /* of the widest stroke */
    } bounds;                 /* of what is before `bounded` */
    ink_place bounded, drawn;
    digit_nib nib;
    struct digit_segment {
        float x0, y0, x1, y1, radius;          /* in samples */
    } pending;                                 /* may still grow; radius 0: none */
    float coverage[DIGIT_FRAME * DIGIT_FRAME]; /* of what is before `drawn`, less `pending` */
} digit_tracker;

void digit_track(digit_tracker *tracker, digit *digit, const ink *ink, const digit_options *options);

/* The second half: digit->coverage, to_frame -> mass, image, to_image. Pictures come in here. */
void digit_from_coverage(digit *digit, const digit_options *options);

#endif
