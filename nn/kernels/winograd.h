/* winograd.h - what Winograd's transforms of floats and those of whole numbers share: those of one dimension, and where
 * tiles lie. */
#ifndef NN_WINOGRAD_H
#define NN_WINOGRAD_H

#include "kernels.h"

enum { TILE = NN_TILE, PATCH = NN_PATCH };

/* ---- one dimension ---- */

/* B^T times a column of vectors. Sums of whole numbers of up to b stay within 10 b. */
#define NN_INPUT_COLUMN(name, vector)                                                                        \
    static inline void name(const vector *d, vector *t, int step)                                            \
    {                                                                                                        \
        vector even = d[4] - 4 * d[2], odd = d[3] - 4 * d[1], half = d[4] - d[2], twice = 2 * (d[3] - d[1]); \
        t[0] = 4 * (d[0] - d[2]) + half;                                                                     \
        t[step] = even + odd;                                                                                \
        t[2 * step] = even - odd;                                                                            \
        t[3 * step] = half + twice;                                                                          \
        t[4 * step] = half - twice;                                                                          \
        t[5 * step] = 4 * (d[1] - d[3]) + (d[5] - d[3]);                                                     \
    }

/* A^T times a column of vectors. */
static inline void output_column(const nn_vector *m, nn_vector *y, int step)
{
    nn_vector s = m[1] + m[2], d = m[1] - m[2], s2 = m[3] + m[4], d2 = m[3] - m[4];
    y[0] = m[0] + s + s2;
    y[step] = d + 2.0f * d2;
    y[2 * step] = s + 4.0f * s2;
    y[3 * step] = d + 8.0f * d2 + m[5];
}

/* ---- where tiles lie ---- */

enum { OUTSIDE = -1 };

/* Where the pixels of a piece of a sheet lie: that of row i and column j at row[i] + column[j] behind the sheet's first
 * image, where neither is OUTSIDE. */
typedef struct piece {
    ptrdiff_t row[PATCH], column[PATCH];
} piece;

/* The sheet of a tile, and its first row and column there. */
typedef struct place {
    int sheet, y, x;
} place;

static inline place tile_place(const nn_tiling *g, int tile)
{
    int per_sheet = g->rows * g->columns, rest = tile % per_sheet;
    return (place){tile / per_sheet, rest / g->columns * TILE, rest % g->columns * TILE};
}

/* One direction: where n pixels from `pixel` on lie, of images of `size` pixels that begin every `period`. In memory it is
 * `step` from one pixel to the next and `image` from one image to the next; whether they are n of one image. */
static inline bool lay(const nn_tiling *g, int period, int pixel, int n, int size, ptrdiff_t step, ptrdiff_t image,
                       ptrdiff_t *at)
{
    bool inside = true;
    for (int i = 0, k = 0; i < n; i++, pixel++) {
        for (; pixel >= period; pixel -= period)
            k++;
        at[i] = pixel >= 0 && pixel < size && k < g->side ? k * image + pixel * step : OUTSIDE;
        inside &= at[i] != OUTSIDE;
    }
    return inside && at[n - 1] - at[0] == (n - 1) * step;
}

/* The piece of side x side pixels from row y and column x on, of images of this size; whether it lies in one of them. */
static inline bool lay_piece(const nn_tiling *g, nn_shape size, int y, int x, int side, piece *p)
{
    ptrdiff_t row = (ptrdiff_t)size.w * size.c, image = size.h * row;
    bool rows = lay(g, g->period_h, y, side, size.h, row, g->side * image, p->row);
    return lay(g, g->period_w, x, side, size.w, size.c, image, p->column) && rows;
}

static inline size_t sheet_floats(const nn_tiling *g, nn_shape size)
{
    return (size_t)(g->side * g->side) * nn_shape_count(size);
}

/* Where a tile's outputs lie behind its sheet's first image: that is behind y. */
static inline size_t lay_outputs(const nn_tiling *g, int tile, piece *at)
{
    place p = tile_place(g, tile);
    lay_piece(g, g->out, p.y, p.x, TILE, at);
    return (size_t)p.sheet * sheet_floats(g, g->out);
}

/* The second half of the outputs' transform; what lies in an image is written. */
static inline void output_rows(const nn_vector *half, nn_vector bias, bool relu, const piece *at, float *y)
{
    nn_vector out[TILE];
    for (int i = 0; i < TILE; i++) {
        if (at->row[i] == OUTSIDE)
            continue;
        output_column(half + i * PATCH, out, 1);
        for (int j = 0; j < TILE; j++) {
            nn_vector value = out[j] + bias;
            if (at->column[j] != OUTSIDE)
                nn_store(y + (at->row[i] + at->column[j]), relu ? nn_at_least(value, (nn_vector){0}) : value);
        }
    }
}

#endif
