/* pixmap.c - area averaging. */
#include "pixmap.h"
#include "nn/alloc.h"
#include <stdint.h>
#include <string.h>

unsigned char pixmap_darkness(const unsigned char rgba[4])
{
    unsigned light = 299u * rgba[0] + 587u * rgba[1] + 114u * rgba[2] + 1000u * (255u - rgba[3]);
    return (unsigned char)(255u - (light + 500u) / 1000u);
}

static int side_of(int length, int longer, int side)
{
    int shrunk = (int)((int64_t)length * side / longer);
    return shrunk > 0 ? shrunk : 1;
}

void pixmap_shrunk_size(int *out_w, int *out_h, int w, int h, int side)
{
    int longer = w > h ? w : h, most = longer < side ? longer : side;
    *out_w = side_of(w, longer, most);
    *out_h = side_of(h, longer, most);
}

/* The first of the `size` pixels that pixel i of `shrunk` covers. */
static int first_of(int i, int size, int shrunk)
{
    return (int)((int64_t)i * size / shrunk);
}

enum { SHORT_ROWS = 257 }; /* whose sums fit into 16 bits */

/* Down the columns first: sums that do not depend on each other are what compilers turn into vector code, the more of
 * them at once the shorter they are. */
static void add_row(uint16_t *restrict sum, const unsigned char *restrict row, int n)
{
    for (int i = 0; i < n; i++)
        sum[i] = (uint16_t)(sum[i] + row[i]);
}

static void add_sums(uint32_t *restrict sum, uint16_t *restrict part, int n)
{
    for (int i = 0; i < n; i++)
        sum[i] += part[i];
    memset(part, 0, (size_t)n * sizeof *part);
}

/* Of `rows` rows of n numbers, `stride` bytes from one to the next; part: (n) zeros, before and after. */
static void sum_rows(uint32_t *sum, uint16_t *part, const unsigned char *row, size_t stride, int rows, int n)
{
    memset(sum, 0, (size_t)n * sizeof *sum);
    for (int k = 0; k < rows; k++, row += stride) {
        add_row(part, row, n);
        if (k % SHORT_ROWS == SHORT_ROWS - 1 || k == rows - 1)
            add_sums(sum, part, n);
    }
}

static void mean_row(unsigned char *out, int out_w, const uint32_t *sum, int w, int rows)
{
    for (int x = 0; x < out_w; x++) {
        int x0 = first_of(x, w, out_w), x1 = first_of(x + 1, w, out_w);
        uint64_t total[4] = {0};
        double share = 1 / ((double)(x1 - x0) * rows);
        for (int i = x0; i < x1; i++)
            for (int c = 0; c < 4; c++)
                total[c] += sum[4 * i + c];
        for (int c = 0; c < 4; c++)
            out[4 * x + c] = (unsigned char)((double)total[c] * share + 0.5);
    }
}

bool pixmap_shrink(pixmap *out, const pixmap *from, const pixel_box *part, int side, nn_error *err)
{
    int w = pixel_box_w(part), h = pixel_box_h(part);
    pixmap_shrunk_size(&out->w, &out->h, w, h, side);
    out->rgba = nn_alloc((size_t)out->w * (size_t)out->h, 4);
    uint32_t *sum = nn_alloc((size_t)w, 4 * sizeof *sum);
    uint16_t *part_sum = nn_alloc((size_t)w, 4 * sizeof *part_sum);
    bool ok = out->rgba && sum && part_sum;
    for (int y = 0; ok && y < out->h; y++) {
        int y0 = first_of(y, h, out->h), y1 = first_of(y + 1, h, out->h);
        sum_rows(sum, part_sum, from->rgba + 4 * ((size_t)(part->y0 + y0) * (size_t)from->w + (size_t)part->x0),
                 4 * (size_t)from->w, y1 - y0, 4 * w);
        mean_row(out->rgba + 4 * (size_t)y * (size_t)out->w, out->w, sum, w, y1 - y0);
    }
    nn_free(sum);
    nn_free(part_sum);
    if (ok)
        return true;
    nn_free(out->rgba);
    out->rgba = NULL;
    return nn_fail(err, NN_NOMEM, 0, "not enough memory for the picture");
}

bool pixmap_shrink_darkness(unsigned char **dark, int *w, int *h, const pixmap *from, int side, nn_error *err)
{
    pixmap small;
    const pixel_box whole = {0, 0, from->w, from->h};
    *dark = NULL;
    if (!pixmap_shrink(&small, from, &whole, side, err))
        return false;
    *w = small.w;
    *h = small.h;
    *dark = nn_alloc((size_t)small.w * (size_t)small.h, 1);
    for (int i = 0; *dark && i < small.w * small.h; i++)
        (*dark)[i] = pixmap_darkness(small.rgba + 4 * (ptrdiff_t)i);
    nn_free(small.rgba);
    return *dark || nn_fail(err, NN_NOMEM, 0, "not enough memory for the picture");
}
