/* shrink.h - smaller copies of grey pictures. */
#ifndef SHRINK_H
#define SHRINK_H

#include <stddef.h>

/* The size of a picture of w x h pixels, at least 1 x 1, that shall be at most `side` pixels a side: never larger. */
void shrink_size(int *out_w, int *out_h, int w, int h, int side);

/* The picture at out_w x out_h pixels, neither more than before nor 0; each the mean of those that it covers. */
void shrink_luma(unsigned char *out, int out_w, int out_h, const unsigned char *luma, int w, int h);

#endif
