/* shrink.c - area averaging. */
#include "shrink.h"
#include <stdint.h>

static int side_of(int length, int longer, int side)
{
    int shrunk = (int)((int64_t)length * side / longer);
    return shrunk > 0 ? shrunk : 1;
}

void shrink_size(int *out_w, int *out_h, int w, int h, int side)
{
    int longer = w > h ? w : h, most = longer < side ? longer : side;
    *out_w = side_of(w, longer, most);
    *out_h = side_of(h, longer, most);
}

/* The mean of the pixels that one pixel of a smaller picture covers. */
static unsigned char mean_luma(const unsigned char *luma, int stride, int x0, int x1, int y0, int y1)
{
    unsigned long sum = 0;
    for (int y = y0; y < y1; y++)
        for (int x = x0; x < x1; x++)
            sum += luma[(size_t)y * (size_t)stride + (size_t)x];
    return (unsigned char)(sum / ((unsigned long)(x1 - x0) * (unsigned long)(y1 - y0)));
}

void shrink_luma(unsigned char *out, int out_w, int out_h, const unsigned char *luma, int w, int h)
{
    for (int y = 0; y < out_h; y++) {
        int y0 = (int)((int64_t)y * h / out_h), y1 = (int)((int64_t)(y + 1) * h / out_h);
        for (int x = 0; x < out_w; x++) {
            int x0 = (int)((int64_t)x * w / out_w), x1 = (int)((int64_t)(x + 1) * w / out_w);
            out[(size_t)y * (size_t)out_w + (size_t)x] = mean_luma(luma, w, x0, x1, y0, y1);
        }
    }
}
