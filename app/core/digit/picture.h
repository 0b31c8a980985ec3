/* picture.h - reading a digit from a picture instead of strokes. */
#ifndef PICTURE_H
#define PICTURE_H

#include "digit.h"

/* luma: w x h, 0..255, row by row; dark ink on light paper or the reverse (told by the border). The ink's box is
 * resampled into the frame, strokes are brought to the pen's width by the distance field and their centre lines
 * fitted as those of ink are, then digit_from_coverage. An even picture is empty. out->box is the ink's box in the
 * picture's pixels. A picture of exactly 28x28 with a black border is taken as it is: it is in MNIST's form
 * already. A photo of paper in uneven light is evened out first, and only the writing in it is read (lighting.h). False
 * only when out of memory, which it takes little of, however large the picture. Any thread. */
bool picture_read(digit *out, const unsigned char *luma, int w, int h, const digit_options *options, nn_error *err);

#endif
