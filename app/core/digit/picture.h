/* picture.h - reading a digit from a picture instead of strokes.
 *
 * A picture is looked at in several ways, first as ink on a ground of one colour, then as ink on one in uneven light,
 * and on a sheet that is somewhere in it (sheet.h): each finds the writing (writing.h). Each writing becomes a digit as
 * ink does: its strokes brought to the pen's width (pen.h) or left as they are, its box fitted, then
 * digit_from_coverage. Which of them counts is for the network to say (recogniser_read_picture). */
#ifndef PICTURE_H
#define PICTURE_H

#include "digit.h"
#include "writing.h"

enum { PICTURE_LOOKS = 3 };

typedef struct picture_looks {
    int w, h;     /* of the picture, in pixels: what boxes and maps of digits are in */
    int enlarged; /* so many pixels, across and down, are what one was before the picture was enlarged by them */
    bool several; /* there are more digits than the one that is read */
    int count;    /* of looks that found something; 0: nothing to read */
    writing look[PICTURE_LOOKS];
} picture_looks;

/* False only when out of memory. Free in any case. Any thread. */
bool picture_find(picture_looks *out, const pixmap *from, nn_error *err);
bool picture_find_row(picture_looks *out, const pixmap *from, nn_error *err); /* of digits, all of them in each look */
void picture_free(picture_looks *picture);                                    /* and empties it */

/* The digit of one look; empty where count is 0. False only when out of memory. Any thread. */
bool picture_digit(digit *out, const picture_looks *picture, int look, const digit_options *options, nn_error *err);

/* An image that is in MNIST's form already, ink = 255: nothing is done to it but what distorts it on purpose. */
void picture_exact(digit *out, const unsigned char image[DIGIT_PIXELS], const distortion *distort);

/* A picture in that form, light on dark. NN_USAGE for another size. */
bool picture_as_is(digit *out, const pixmap *from, nn_error *err);

#endif
