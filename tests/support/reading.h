/* reading.h - the shipped network, for tests of what it is shown. */
#ifndef SUPPORT_READING_H
#define SUPPORT_READING_H

#include "app/core/made/sketch.h"
#include "app/core/model/recogniser.h"

/* For recogniser_free; ends the test where that cannot be. */
recogniser *reading_open(void);

/* Made drawing number i, of digit i % 10; one that the network reads surely as ink, as *read and from *image. */
void reading_draw(recogniser *reader, int i, sketch *drawing, digit *image, answer *read);

/* Has the network read a picture, which is freed: *read, from *image, of that look. */
void reading_see(recogniser *reader, pixmap picture, const digit_options *options, digit *image, answer *read,
                 int *look);

/* The mean over their pixels of how far two images are apart. */
float reading_difference(const float *a, const float *b);

#endif
