/* winograd.c - Winograd's minimal filtering F(4x4, 3x3) (Lavin and Gray 2016): a tile of 4x4 outputs of a 3x3
 * convolution from a patch of 6x6 inputs takes 36 products per pair of channels instead of 144.
 *
 *     y  = A^T [(G w G^T) * (B^T x B)] A      per tile, * element by element, summed over input channels
 *     dw = G^T [(B^T x B) * (A dy A^T)] G     summed over all tiles
 *
 * Here are the transforms between images and points; the sums over channels are 36 matrix products (layers/conv_winograd.c).
 * Points lie apart: value (point, tile, channel) is at points[point * stride + tile * channels + channel]. */
#include "winograd.h"
#include <string.h>

/* ---- one dimension: what the matrices do to a column of vectors ---- */

NN_INPUT_COLUMN(input_column, nn_vector)

static inline void gradient_column(const nn_vector *y, nn_vector *m, int step)
{
    nn_vector even = y[0] + y[2], odd = y[1] + y[3], even2 = y[0] + 4.0f * y[2], odd2 = 2.0f * y[1] + 8.0f * y[3];
    m[0] = y[0];
    m[step] = even + odd;
    m[2 * step] = even - odd;
    m[3 * step] = even2 + odd2;
    m[4 * step] = even2 - odd2;
    m[5 * step] = y[3];
}

/* ---- points ---- */

/* What the points of a tile are made from. */
typedef struct patch {
    const float *sheet;
    piece at;
    bool whole; /* it lies in one image */
} patch;

static const patch nothing = {.at.row = {OUTSIDE, OUTSIDE, OUTSIDE, OUTSIDE, OUTSIDE, OUTSIDE}};

/* From patches, one or two side by side (NN_TILE_PAIRS), to 6 x 6 vectors of points. */
typedef void points_function(const patch *from, int channel, int32_t *points, ptrdiff_t stride);

/* side, whole, column_transform and form are constants wherever this is inlined. */
static inline __attribute__((always_inline)) void to_points(
    int side, bool whole, void (*column_transform)(const nn_vector *, nn_vector *, int), nn_form form,
    const patch *from, int channel, int32_t *points, ptrdiff_t stride)
{
    nn_vector half[2][PATCH * PATCH], in[PATCH], out[2][PATCH];
    int patches = form == NN_TILE_PAIRS ? 2 : 1;
    for (int k = 0; k < patches; k++)
        for (int j = 0; j < side; j++) {
            const piece *at = &from[k].at;
            ptrdiff_t row = at->row[1] - at->row[0], column = at->column[1] - at->column[0];
            for (int i = 0; i < side; i++)
                if (whole)
                    in[i] = nn_load(from[k].sheet + (at->row[0] + i * row + at->column[0] + j * column + channel));
                else if (at->row[i] == OUTSIDE || at->column[j] == OUTSIDE)
                    in[i] = (nn_vector){0};
                else
                    in[i] = nn_load(from[k].sheet + (at->row[i] + at->column[j] + channel));
            column_transform(in, half[k] + j, side);
        }
    for (int i = 0; i < PATCH; i++) {
        for (int k = 0; k < patches; k++)
            column_transform(half[k] + i * side, out[k], 1);
        for (int j = 0; j < PATCH; j++) {
            int32_t *to = points + (i * PATCH + j) * stride;
            if (form == NN_FLOATS)
                nn_store((void *)to, out[0][j]);
            else if (form == NN_CHANNEL_PAIRS)
                nn_store_rounded(to, out[0][j]);
            else
                *(nn_ints_at *)to = nn_round_pairs(out[0][j], out[1][j]);
        }
    }
}

#define POINTS(name, side, column_transform, form)                                         \
    static void name(const patch *from, int channel, int32_t *points, ptrdiff_t stride)    \
    {                                                                                      \
        if (from[0].whole && (form != NN_TILE_PAIRS || from[1].whole))                     \
            to_points(side, true, column_transform, form, from, channel, points, stride);  \
        else                                                                               \
            to_points(side, false, column_transform, form, from, channel, points, stride); \
    }
POINTS(input_floats, PATCH, input_column, NN_FLOATS)
POINTS(input_channels, PATCH, input_column, NN_CHANNEL_PAIRS)
POINTS(input_tiles, PATCH, input_column, NN_TILE_PAIRS)
POINTS(gradient_floats, TILE, gradient_column, NN_FLOATS)
POINTS(gradient_tiles, TILE, gradient_column, NN_TILE_PAIRS)

/* What patches are cut out of: images of this size, patches of side x side, the first of them at (-top, -left). */
typedef struct source {
    const float *images;
    nn_shape size;
    int side, top, left;
} source;

static void cut_patch(const source *s, const nn_tiling *g, int tile, patch *p)
{
    place at = tile_place(g, tile);
    p->sheet = s->images + (size_t)at.sheet * sheet_floats(g, s->size);
    p->whole = lay_piece(g, s->size, at.y - s->top, at.x - s->left, s->side, &p->at);
}

static void transform(const source *s, const nn_tiling *g, int first, int tiles, nn_form form,
                      points_function *const functions[], int32_t *points, ptrdiff_t stride)
{
    int patches = form == NN_TILE_PAIRS ? 2 : 1, channels = form == NN_CHANNEL_PAIRS ? 2 : 1; /* of an int */
    for (int t = 0; t < tiles; t += patches, points += s->size.c / channels) {
        patch from[2];
        for (int k = 0; k < patches; k++)
            if (t + k < tiles)
                cut_patch(s, g, first + t + k, &from[k]);
            else
                from[k] = nothing;
        for (int channel = 0; channel < s->size.c; channel += NN_LANES)
            functions[form](from, channel, points + channel / channels, stride);
    }
}

void nn_winograd_input(const nn_tiling *g, const float *x, int first, int tiles, nn_form form, void *points,
                       ptrdiff_t stride)
{
    static points_function *const functions[] = {
        [NN_FLOATS] = input_floats, [NN_CHANNEL_PAIRS] = input_channels, [NN_TILE_PAIRS] = input_tiles};
    transform(&(source){x, g->in, PATCH, g->top, g->left}, g, first, tiles, form, functions, points, stride);
}

void nn_winograd_gradient(const nn_tiling *g, const float *dy, int first, int tiles, nn_form form, void *points,
                          ptrdiff_t stride)
{
    static points_function *const functions[] = {[NN_FLOATS] = gradient_floats, [NN_TILE_PAIRS] = gradient_tiles};
    transform(&(source){dy, g->out, TILE, 0, 0}, g, first, tiles, form, functions, points, stride);
}

/* ---- outputs ---- */

void nn_winograd_fetch(const nn_tiling *g, int first, int tiles, float *y)
{
    enum { LINE = 16 };
    for (int t = first; t < first + tiles; t++) {
        piece at;
        const float *sheet = y + lay_outputs(g, t, &at);
        for (int pixel = 0; pixel < TILE * TILE; pixel++) {
            ptrdiff_t row = at.row[pixel / TILE], column = at.column[pixel % TILE];
            int channels = row == OUTSIDE || column == OUTSIDE ? 0 : g->out.c;
            for (int channel = 0; channel < channels; channel += LINE)
                __builtin_prefetch(sheet + (row + column + channel), 1);
        }
    }
}

static void output_tile(const float *points, ptrdiff_t stride, nn_vector bias, bool relu, const piece *at, float *y)
{
    nn_vector half[TILE * PATCH], in[PATCH];
    for (int j = 0; j < PATCH; j++) {
        for (int i = 0; i < PATCH; i++)
            in[i] = nn_load(points + (i * PATCH + j) * stride);
        output_column(in, half + j, PATCH);
    }
    output_rows(half, bias, relu, at, y);
}

void nn_winograd_output(const nn_tiling *g, const float *points, ptrdiff_t stride, const float *bias, bool relu,
                        int first, int tiles, float *y)
{
    for (int t = 0; t < tiles; t++) {
        piece at;
        float *sheet = y + lay_outputs(g, first + t, &at);
        for (int channel = 0; channel < g->out.c; channel += NN_LANES)
            output_tile(points + (ptrdiff_t)t * g->out.c + channel, stride,
                        bias ? nn_load(bias + channel) : (nn_vector){0}, relu, &at, sheet + channel);
    }
}

/* ---- kernels ---- */

static inline void kernel_column(const float *g, ptrdiff_t step, float *u, ptrdiff_t to)
{
    float ends = g[0] + g[2 * step], far = g[0] + 4.0f * g[2 * step];
    u[0] = g[0] / 4.0f;
    u[to] = (ends + g[step]) / -6.0f;
    u[2 * to] = (ends - g[step]) / -6.0f;
    u[3 * to] = (far + 2.0f * g[step]) / 24.0f;
    u[4 * to] = (far - 2.0f * g[step]) / 24.0f;
    u[5 * to] = g[2 * step];
}

void nn_winograd_kernel(const float *w, int n, float *points)
{
    enum { BLOCK = 256 };
    float half[3 * PATCH * BLOCK];
    for (int from = 0; from < n; from += BLOCK) {
        int count = n - from < BLOCK ? n - from : BLOCK;
        for (int kx = 0; kx < 3; kx++)
            for (int i = 0; i < count; i++)
                kernel_column(w + kx * n + from + i, 3 * n, half + kx * BLOCK + i, 3 * BLOCK);
        for (int row = 0; row < PATCH; row++)
            for (int i = 0; i < count; i++)
                kernel_column(half + row * 3 * BLOCK + i, BLOCK, points + row * PATCH * n + from + i, n);
    }
}

static inline void weight_column(const float *u, ptrdiff_t step, float *g, ptrdiff_t to, bool add)
{
    float s = (u[step] + u[2 * step]) / -6.0f, d = (u[2 * step] - u[step]) / 6.0f;
    float s2 = (u[3 * step] + u[4 * step]) / 24.0f, d2 = (u[3 * step] - u[4 * step]) / 12.0f;
    float g0 = u[0] / 4.0f + s + s2, g1 = d + d2, g2 = s + 4.0f * s2 + u[5 * step];
    g[0] = g0 + (add ? g[0] : 0.0f);
    g[to] = g1 + (add ? g[to] : 0.0f);
    g[2 * to] = g2 + (add ? g[2 * to] : 0.0f);
}

void nn_winograd_weights(const float *points, int n, float *dw)
{
    enum { BLOCK = 256 };
    float half[3 * PATCH * BLOCK];
    for (int from = 0; from < n; from += BLOCK) {
        int count = n - from < BLOCK ? n - from : BLOCK;
        for (int row = 0; row < PATCH; row++)
            for (int i = 0; i < count; i++)
                weight_column(points + row * PATCH * n + from + i, n, half + row * BLOCK + i, PATCH * BLOCK, false);
        for (int kx = 0; kx < 3; kx++)
            for (int i = 0; i < count; i++)
                weight_column(half + kx * PATCH * BLOCK + i, BLOCK, dw + kx * n + from + i, 3 * n, true);
    }
}
