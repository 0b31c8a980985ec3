/* number_picture.h - reads a picture of several digits as one number: the lattice of number.h, over ink that hangs
 * together instead of strokes, cut in columns with little ink where it may be two digits. */
#ifndef NUMBER_PICTURE_H
#define NUMBER_PICTURE_H

#include "app/core/image/pixmap.h"
#include "number.h"

/* Boxes are in the picture's pixels. With more pieces than a number has it is read as one digit, without a box; count is 0
 * where there is nothing. False only when out of memory. */
bool number_read_picture(recogniser *recogniser, const pixmap *picture, number_answer *out, nn_error *err);

#endif
