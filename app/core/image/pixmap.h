/* pixmap.h - pictures in colours, and smaller copies of them. */
#ifndef PIXMAP_H
#define PIXMAP_H

#include "nn/error.h"

typedef struct pixmap {
    int w, h;
    unsigned char *rgba; /* w x h x 4, row by row: red, green and blue, each times alpha / 255, and alpha */
} pixmap;

/* The pixels from (x0, y0) on, up to but without (x1, y1). */
typedef struct pixel_box {
    int x0, y0, x1, y1;
} pixel_box;

static inline int pixel_box_w(const pixel_box *b)
{
    return b->x1 - b->x0;
}

static inline int pixel_box_h(const pixel_box *b)
{
    return b->y1 - b->y0;
}

static inline int pixel_box_side(const pixel_box *b)
{
    int w = pixel_box_w(b), h = pixel_box_h(b);
    return w > h ? w : h;
}

/* How dark one pixel is over white: 255 less its luma (ITU-R BT.601). */
unsigned char pixmap_darkness(const unsigned char rgba[4]);

/* The size of w x h pixels, at least 1 x 1, that shall be at most `side` pixels a side: never larger. */
void pixmap_shrunk_size(int *out_w, int *out_h, int w, int h, int side);

/* The largest number k so that the picture is made of squares of k x k pixels of one colour: it was enlarged by pixels. */
int pixmap_enlarged(const pixmap *picture);

/* A part of a picture, at least 1 x 1, at most `side` pixels a side; each pixel is the mean of those that it covers.
 * out->rgba is for nn_free, NULL on failure: out of memory. Any thread. */
bool pixmap_shrink(pixmap *out, const pixmap *from, const pixel_box *part, int side, nn_error *err);

/* The darkness of a whole picture, shrunk to at most `side` pixels a side: *dark has w x h bytes for nn_free, NULL on
 * failure. */
bool pixmap_shrink_darkness(unsigned char **dark, int *w, int *h, const pixmap *from, int side, nn_error *err);

#endif
