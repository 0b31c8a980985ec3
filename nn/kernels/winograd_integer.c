/* winograd_integer.c - Winograd's F(4x4, 3x3) of quantized images (kernels/winograd.c is that of floats).
 *
 * The matrix of the inputs' transform holds only whole numbers, whose sizes add up to at most 10 a row: points of
 * numbers of up to 127 are at most 12,700 and exact in 16 bits. */
#include "integer.h"
#include "winograd.h"
#include <string.h>

NN_INPUT_COLUMN(integer_column, nn_shorts)

static ptrdiff_t bordered_row(const nn_tiling *g)
{
    return (ptrdiff_t)(g->columns * TILE + PATCH - TILE) * g->in.c;
}

void nn_border_integers(const nn_tiling *g, const float *image, float inverse, int16_t *bordered)
{
    ptrdiff_t row = bordered_row(g), before = (ptrdiff_t)g->left * g->in.c, width = (ptrdiff_t)g->in.w * g->in.c;
    ptrdiff_t inside = width < row - before ? width : row - before, after = row - before - inside;
    int rows = g->rows * TILE + PATCH - TILE;
    for (int y = 0; y < rows; y++, bordered += row) {
        if (y < g->top || y >= g->top + g->in.h) {
            memset(bordered, 0, (size_t)row * sizeof *bordered);
            continue;
        }
        memset(bordered, 0, (size_t)before * sizeof *bordered);
        nn_quantize(image + (y - g->top) * width, inverse, bordered + before, (size_t)inside);
        memset(bordered + before + inside, 0, (size_t)after * sizeof *bordered);
    }
}

static void points_of(const int16_t *from, ptrdiff_t row, ptrdiff_t column, int16_t *points, ptrdiff_t stride)
{
    nn_shorts half[PATCH * PATCH], in[PATCH], out[PATCH];
    for (int j = 0; j < PATCH; j++) {
        for (int i = 0; i < PATCH; i++)
            in[i] = *(const nn_shorts_at *)(from + i * row + j * column);
        integer_column(in, half + j, PATCH);
    }
    for (int i = 0; i < PATCH; i++) {
        integer_column(half + i * PATCH, out, 1);
        for (int j = 0; j < PATCH; j++)
            *(nn_shorts_at *)(points + (i * PATCH + j) * stride) = out[j];
    }
}

void nn_winograd_integer_input(const nn_tiling *g, const int16_t *bordered, int first, int tiles, int16_t *points,
                               ptrdiff_t stride)
{
    ptrdiff_t row = bordered_row(g);
    for (int t = first; t < first + tiles; t++, points += g->in.c) {
        const int16_t *patch = bordered + t / g->columns * TILE * row + t % g->columns * TILE * g->in.c;
        for (int channel = 0; channel < g->in.c; channel += NN_SHORTS)
            points_of(patch + channel, row, g->in.c, points + channel, stride);
    }
}

static void output_tile(const nn_tiling *g, const int32_t *points, ptrdiff_t stride, const float *scale, nn_vector bias,
                        bool relu, const piece *at, float *y)
{
    nn_vector half[TILE * PATCH], in[PATCH];
    for (int j = 0; j < PATCH; j++) {
        for (int i = 0; i < PATCH; i++) {
            int point = i * PATCH + j;
            in[i] = __builtin_convertvector(*(const nn_ints_at *)(points + point * stride), nn_vector) *
                    nn_load(scale + (ptrdiff_t)point * g->out.c);
        }
        output_column(in, half + j, PATCH);
    }
    output_rows(half, bias, relu, at, y);
}

void nn_winograd_integer_output(const nn_tiling *g, const int32_t *points, ptrdiff_t stride, const float *scale,
                                const float *bias, bool relu, int first, int tiles, float *y)
{
    for (int t = first; t < first + tiles; t++, points += g->out.c) {
        piece at;
        float *sheet = y + lay_outputs(g, t, &at);
        for (int channel = 0; channel < g->out.c; channel += NN_LANES)
            output_tile(g, points + channel, stride, scale + channel, nn_load(bias + channel), relu, &at,
                        sheet + channel);
    }
}
