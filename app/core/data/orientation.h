/* orientation.h - the eight ways in which a square image can lie, and which polarity its ink has. */
#ifndef ORIENTATION_H
#define ORIENTATION_H

#include "dataset.h"

/* What was done, or is to be done, to make it upright. */
typedef enum orientation {
    UPRIGHT,
    TRANSPOSED, /* rows and columns exchanged, as EMNIST's are */
    TURNED_LEFT,
    TURNED_RIGHT,
    UPSIDE_DOWN,
    MIRRORED,       /* left and right exchanged */
    FLIPPED,        /* top and bottom exchanged */
    ANTITRANSPOSED, /* transposed and upside down */
    ORIENTATIONS
} orientation;

extern const char *const orientation_words[ORIENTATIONS];   /* as options name them */
extern const char *const orientation_phrases[ORIENTATIONS]; /* in "the images are ..." */

/* An image that lies so, put upright. to and from: (side, side), not the same. */
void orientation_undo(unsigned char *to, const unsigned char *from, int side, orientation lies);

/* All images of a set that lie so. False only when out of memory, which it takes for one image. */
bool dataset_put_upright(dataset *data, orientation lie, nn_error *err);

/* Whether ink is dark on light: the border of most images is light. */
bool dataset_is_dark_on_light(const dataset *data);
void dataset_invert(dataset *data);

/* How well the mean images of classes that are called by a letter or a digit look like printed ones when they are put
 * upright from each lie: mean correlation, -1..1. Returns how many such classes there are; 0: nothing is known. */
int orientation_by_shape(const dataset *data, double likeness[ORIENTATIONS]);

#endif
