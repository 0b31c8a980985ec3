/* morphology.h - the largest and the mean value around each pixel of a grey picture. */
#ifndef MORPHOLOGY_H
#define MORPHOLOGY_H

#include <stddef.h>

/* Bytes of `room` that the functions need for a picture of w x h and this reach. */
size_t morphology_room(int w, int h, int reach);

/* Every pixel becomes the largest of the square that reaches so many pixels to each side. */
void morphology_dilate(unsigned char *level, int w, int h, int reach, unsigned char *room);

/* Dilated, then the smallest of such squares: what is darker than all around it and narrower than the square is
 * filled. Edges of what is wider stay where they are. */
void morphology_close(unsigned char *level, int w, int h, int reach, unsigned char *room);

/* Every pixel becomes the mean of such a square, as far as it lies in the picture. */
void morphology_blur(unsigned char *level, int w, int h, int reach, unsigned char *room);

#endif
