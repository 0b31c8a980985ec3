/* shrink.c - sums down the columns, then along them. */
#include "shrink.h"
#include "nn/alloc.h"
#include <string.h>

enum { SHORT_ROWS = 257 }; /* whose sums fit into 16 bits */

bool shrink_begin(shrinker *s, int w, int h, int channels, int out_w, int out_h, nn_error *err)
{
    *s = (shrinker){.w = w, .h = h, .channels = channels, .out = {out_w, out_h, NULL}};
    s->out.rgba = nn_alloc((size_t)out_w * (size_t)out_h, 4);
    s->sum = nn_alloc((size_t)w * (size_t)channels, sizeof *s->sum);
    s->part = nn_alloc((size_t)w * (size_t)channels, sizeof *s->part);
    return (s->out.rgba && s->sum && s->part) || nn_fail(err, NN_NOMEM, 0, "not enough memory for the picture");
}

void shrink_end(shrinker *s)
{
    nn_free(s->sum);
    nn_free(s->part);
}

/* The first of the `size` pixels that pixel i of `shrunk` covers. */
static int first_of(int i, int size, int shrunk)
{
    return (int)((int64_t)i * size / shrunk);
}

/* Down the columns first: sums that do not depend on each other are what compilers turn into vector code, the more of
 * them at once the shorter they are. */
static void add_row(uint16_t *restrict sum, const unsigned char *restrict row, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sum[i] = (uint16_t)(sum[i] + row[i]);
}

static void add_sums(uint32_t *restrict sum, uint16_t *restrict part, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sum[i] += part[i];
    memset(part, 0, n * sizeof *part);
}

/* From a pixel of so many channels to one of four. */
static inline void spread(unsigned char *rgba, const unsigned char *pixel, int channels)
{
    for (int c = 0; c < 3; c++)
        rgba[c] = pixel[channels >= SHRINK_COLOURS ? c : 0];
    rgba[3] = channels % 2 == 0 ? pixel[channels - 1] : 255;
}

/* Inlined with each number of channels, so that its loops over them are unrolled. A pixel covers `least` or one more; both
 * are counted on, as first_of has them, without a division for each. */
static inline void mean_pixels(const shrinker *s, unsigned char *rgba, int channels)
{
    int least = s->w / s->out.w, rest = s->w % s->out.w, over = 0;
    const double share[2] = {1 / ((double)least * s->rows), 1 / ((least + 1.0) * s->rows)};
    const uint32_t *sum = s->sum;
    for (int x = 0; x < s->out.w; x++, rgba += 4) {
        over += rest;
        bool more = over >= s->out.w;
        over -= more ? s->out.w : 0;
        uint64_t total[4] = {0};
        for (int i = 0; i < least + more; i++, sum += channels)
            for (int c = 0; c < channels; c++)
                total[c] += sum[c];
        unsigned char pixel[4] = {0};
        for (int c = 0; c < channels; c++)
            pixel[c] = (unsigned char)((double)total[c] * share[more] + 0.5);
        spread(rgba, pixel, channels);
    }
}

static void copy_pixels(const shrinker *s, unsigned char *rgba, const unsigned char *row)
{
    for (int x = 0; x < s->w; x++)
        spread(rgba + 4 * (ptrdiff_t)x, row + (ptrdiff_t)s->channels * x, s->channels);
}

static void end_row(shrinker *s, unsigned char *rgba)
{
    switch (s->channels) {
    case SHRINK_GREY: mean_pixels(s, rgba, SHRINK_GREY); break;
    case SHRINK_GREY_ALPHA: mean_pixels(s, rgba, SHRINK_GREY_ALPHA); break;
    case SHRINK_COLOURS: mean_pixels(s, rgba, SHRINK_COLOURS); break;
    default: mean_pixels(s, rgba, SHRINK_COLOURS_ALPHA);
    }
    memset(s->sum, 0, (size_t)s->w * (size_t)s->channels * sizeof *s->sum);
}

void shrink_add(shrinker *s, const unsigned char *row)
{
    size_t n = (size_t)s->w * (size_t)s->channels;
    unsigned char *rgba = s->out.rgba + 4 * (size_t)s->done * (size_t)s->out.w;
    int rows = first_of(s->done + 1, s->h, s->out.h) - first_of(s->done, s->h, s->out.h);
    if (s->w == s->out.w && rows == 1) {
        copy_pixels(s, rgba, row);
        s->done++;
        return;
    }
    add_row(s->part, row, n);
    s->rows++;
    if (s->rows % SHORT_ROWS == 0 || s->rows == rows)
        add_sums(s->sum, s->part, n);
    if (s->rows < rows)
        return;
    end_row(s, rgba);
    s->rows = 0;
    s->done++;
}
