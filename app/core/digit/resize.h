/* resize.h - square grey images of another side: for networks that read other than 28x28. */
#ifndef RESIZE_H
#define RESIZE_H

/* from: (side, side); to: (to_side, to_side). A pixel is the mean of what it covers; between pixels that lie further
 * apart than its own size it is interpolated. Of the same side it is a copy. */
void resize_image(float *to, int to_side, const float *from, int side);

/* From the gradient (to_side, to_side) of a resized image to that (side, side) of the image it was made from. */
void resize_return(float *to, int side, const float *gradient, int to_side);

#endif
