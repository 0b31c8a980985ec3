/* winograd.c - Winograd's minimal filtering F(4x4, 3x3) (Lavin and Gray 2016): a tile of 4x4 outputs of a 3x3
 * convolution from a patch of 6x6 inputs takes 36 products per pair of channels instead of 144.
 *
 *     y  = A^T [(G w G^T) * (B^T x B)] A      per tile, * element by element, summed over input channels
 *     dw = G^T [(B^T x B) * (A dy A^T)] G     summed over all tiles
 *
 * Here are the transforms between images and points; the sums over channels are 36 matrix products (layers/conv.c).
 * Points lie apart: value (point, tile, channel) is at points[point * stride + tile * channels + channel]. */
#include "winograd.h"
#include <string.h>

enum { TILE = NN_TILE, PATCH = NN_PATCH };

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

/* ---- tiles ---- */

/* Where a tile lies: its image, and its first row and column there. */
typedef struct place {
    int image, y, x;
} place;

static place tile_place(const nn_tiling *g, int tile)
{
    int per_image = g->rows * g->columns, rest = tile % per_image;
    return (place){tile / per_image, rest / g->columns * TILE, rest % g->columns * TILE};
}

static inline int within(int at, int most)
{
    return at < 0 ? 0 : at < most ? at : most;
}

/* Where the outputs of a place begin: its first pixel in y. */
static size_t outputs_at(const nn_tiling *g, place p)
{
    return (((size_t)p.image * (size_t)g->out.h + (size_t)p.y) * (size_t)g->out.w + (size_t)p.x) * (size_t)g->out.c;
}

/* A side x side patch of an image, of which rows y0 to y1 - 1 and columns x0 to x1 - 1 lie in it; the rest is zeros. */
typedef struct patch {
    const float *image;
    ptrdiff_t corner, row, column; /* to its first pixel, which may lie outside, and from one to the next */
    int y0, y1, x0, x1;
} patch;

static patch patch_at(const float *image, nn_grid g, int y, int x, int side)
{
    ptrdiff_t row = (ptrdiff_t)g.w * g.c;
    return (patch){image,
                   y * row + (ptrdiff_t)x * g.c,
                   row,
                   g.c,
                   within(-y, side),
                   within(g.h - y, side),
                   within(-x, side),
                   within(g.w - x, side)};
}

static inline bool is_whole(const patch *p, int side)
{
    return p->y0 == 0 && p->x0 == 0 && p->y1 == side && p->x1 == side;
}

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
            const patch *p = &from[k];
            bool beside = !whole && (j < p->x0 || j >= p->x1);
            for (int i = 0; i < side; i++)
                in[i] = beside || (!whole && (i < p->y0 || i >= p->y1))
                            ? (nn_vector){0}
                            : nn_load(p->image + (p->corner + i * p->row + j * p->column + channel));
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
        if (is_whole(from, side) && (form != NN_TILE_PAIRS || is_whole(from + 1, side)))   \
            to_points(side, true, column_transform, form, from, channel, points, stride);  \
        else                                                                               \
            to_points(side, false, column_transform, form, from, channel, points, stride); \
    }
POINTS(input_floats, PATCH, input_column, NN_FLOATS)
POINTS(input_channels, PATCH, input_column, NN_CHANNEL_PAIRS)
POINTS(input_tiles, PATCH, input_column, NN_TILE_PAIRS)
POINTS(gradient_floats, TILE, gradient_column, NN_FLOATS)
POINTS(gradient_channels, TILE, gradient_column, NN_CHANNEL_PAIRS)
POINTS(gradient_tiles, TILE, gradient_column, NN_TILE_PAIRS)

/* What patches are cut out of: images of this size, patches of side x side, the first of them at (-top, -left). */
typedef struct source {
    const float *images;
    nn_grid grid;
    int side, top, left;
} source;

static void transform(const source *s, const nn_tiling *g, int first, int tiles, nn_form form,
                      points_function *const functions[], int32_t *points, ptrdiff_t stride)
{
    size_t pixels = (size_t)s->grid.h * (size_t)s->grid.w * (size_t)s->grid.c;
    int patches = form == NN_TILE_PAIRS ? 2 : 1, channels = form == NN_CHANNEL_PAIRS ? 2 : 1; /* of an int */
    for (int t = 0; t < tiles; t += patches, points += s->grid.c / channels) {
        patch from[2] = {{0}, {0}};
        for (int k = 0; k < patches && t + k < tiles; k++) {
            place at = tile_place(g, first + t + k);
            from[k] = patch_at(s->images + (size_t)at.image * pixels, s->grid, at.y - s->top, at.x - s->left, s->side);
        }
        for (int channel = 0; channel < s->grid.c; channel += NN_LANES)
            functions[form](from, channel, points + channel / channels, stride);
    }
}

void nn_winograd_input(const nn_tiling *g, const float *x, int first, int tiles, nn_form form, void *points,
                       ptrdiff_t stride)
{
    static points_function *const functions[] = {input_floats, input_channels, input_tiles};
    transform(&(source){x, g->in, PATCH, g->top, g->left}, g, first, tiles, form, functions, points, stride);
}

void nn_winograd_gradient(const nn_tiling *g, const float *dy, int first, int tiles, nn_form form, void *points,
                          ptrdiff_t stride)
{
    static points_function *const functions[] = {gradient_floats, gradient_channels, gradient_tiles};
    transform(&(source){dy, g->out, TILE, 0, 0}, g, first, tiles, form, functions, points, stride);
}

/* The tile's outputs from its points, cut at the image's edge. */
static void output_tile(const nn_tiling *g, const float *points, ptrdiff_t stride, nn_vector bias, bool relu, place p,
                        float *y)
{
    nn_vector half[TILE * PATCH], in[PATCH], out[TILE];
    int rows = within(g->out.h - p.y, TILE), columns = within(g->out.w - p.x, TILE);
    for (int j = 0; j < PATCH; j++) {
        for (int i = 0; i < PATCH; i++)
            in[i] = nn_load(points + (i * PATCH + j) * stride);
        output_column(in, half + j, PATCH);
    }
    for (int i = 0; i < rows; i++) {
        output_column(half + i * PATCH, out, 1);
        for (int j = 0; j < columns; j++) {
            nn_vector value = out[j] + bias;
            nn_store(y + ((ptrdiff_t)i * g->out.w + j) * g->out.c, relu ? nn_at_least(value, (nn_vector){0}) : value);
        }
    }
}

void nn_winograd_fetch(const nn_tiling *g, int first, int tiles, float *y)
{
    enum { LINE = 16 };
    for (int t = first; t < first + tiles; t++) {
        place p = tile_place(g, t);
        const float *row = y + outputs_at(g, p);
        int rows = within(g->out.h - p.y, TILE), floats = within(g->out.w - p.x, TILE) * g->out.c;
        for (int i = 0; i < rows; i++, row += (ptrdiff_t)g->out.w * g->out.c)
            for (int at = 0; at < floats; at += LINE)
                __builtin_prefetch(row + at, 1);
    }
}

void nn_winograd_output(const nn_tiling *g, const float *points, ptrdiff_t stride, const float *bias, bool relu,
                        int first, int tiles, float *y)
{
    for (int t = 0; t < tiles; t++) {
        place p = tile_place(g, first + t);
        float *to = y + outputs_at(g, p);
        for (int channel = 0; channel < g->out.c; channel += NN_LANES)
            output_tile(g, points + (ptrdiff_t)t * g->out.c + channel, stride,
                        bias ? nn_load(bias + channel) : (nn_vector){0}, relu, p, to + channel);
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
