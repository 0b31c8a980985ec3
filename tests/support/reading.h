/* reading.h - the shipped network, for tests of what it is shown. */
#ifndef SUPPORT_READING_H
#define SUPPORT_READING_H

#include "app/core/made/sketch.h"
#include "app/core/model/recogniser.h"

/* The one that all tests of a file ask. For cmocka, around them all; ends them where it cannot be had. */
extern recogniser *network;
int reading_set_up(void **state);
int reading_tear_down(void **state);

/* Made drawing number i, of digit i % 10; one that the network reads surely as ink, as *read and from *image. */
void reading_draw(int i, sketch *drawing, digit *image, answer *read);

/* Has the network read a picture, which is freed: *read, from *image, of that look. */
void reading_see(pixmap picture, const digit_options *options, digit *image, answer *read, int *look);

/* The mean over their pixels of how far two images are apart. */
float reading_difference(const float *a, const float *b);

#endif
