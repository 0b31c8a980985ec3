/* bfloat16_vectors.c - the matrix product of pairs of 16-bit floats, by an instruction for each vector of them. */
#include "kernels.h"
#include <math.h>

#if !NN_MULTIPLIES_TILES

enum { COLUMNS = 2 * NN_LANES, ROWS = NN_ROWS };

/* What one vector of c starts from. */
static inline nn_vector start_of(const nn_bfloat16_product *p, const float *bias, const float *c, int columns)
{
    const float *from = p->add ? c : bias;
    return from ? nn_load_first(from, columns) : (nn_vector){0};
}

/* c[rows x vectors], of which `columns` lie in c, = start + a b. rows and vectors are constants wherever this is inlined,
 * so the sums are registers. */
static inline __attribute__((always_inline)) void tile(int rows, int vectors, const nn_bfloat16_product *p,
                                                       const int32_t *a, const int32_t *b, const float *bias, float *c,
                                                       int columns)
{
    nn_vector sum[ROWS * 2], least = (nn_vector){0} + (p->relu ? 0.0f : -INFINITY);
    ptrdiff_t a_row = p->a_row, c_row = p->c_row;
    NN_UNROLL
    for (int i = 0; i < rows * vectors; i++)
        sum[i] = (nn_vector){0};
    for (int q = 0; q < p->pairs; q++, a += p->a_pair, b += p->b_pair) {
        nn_ints right[2];
        NN_UNROLL
        for (int v = 0; v < vectors; v++)
            right[v] = *(const nn_ints_at *)(b + v * NN_LANES);
        NN_UNROLL
        for (int r = 0; r < rows; r++) {
            nn_ints left = (nn_ints){0} + a[r * a_row];
            NN_UNROLL
            for (int v = 0; v < vectors; v++)
                sum[r * vectors + v] = nn_add_dots(sum[r * vectors + v], left, right[v]);
        }
    }
    bool whole = columns >= vectors * NN_LANES;
    NN_UNROLL
    for (int r = 0; r < rows; r++)
        NN_UNROLL
    for (int v = 0; v < vectors; v++) {
        int here = whole ? NN_LANES : columns - v * NN_LANES;
        float *to = c + r * c_row + v * NN_LANES;
        nn_vector value = sum[r * vectors + v] + start_of(p, bias ? bias + v * NN_LANES : NULL, to, here);
        nn_store_first(to, nn_at_least(value, least), here);
    }
}

/* clang-format off */
#define TILE(rows, vectors) case rows: tile(rows, vectors, p, a, b, bias, c, columns); break;
/* clang-format on */

static void wide_tile(int rows, const nn_bfloat16_product *p, const int32_t *a, const int32_t *b, const float *bias,
                      float *c, int columns)
{
    switch (rows) {
        NN_BELOW_ROWS(TILE, 2)
    default: tile(ROWS, 2, p, a, b, bias, c, columns);
    }
}

static void narrow_tile(int rows, const nn_bfloat16_product *p, const int32_t *a, const int32_t *b, const float *bias,
                        float *c, int columns)
{
    switch (rows) {
        NN_BELOW_ROWS(TILE, 1)
    default: tile(ROWS, 1, p, a, b, bias, c, columns);
    }
}

/* A panel of b stays in the L1 cache while the rows of a go by. */
void nn_bfloat16_gemm(const nn_bfloat16_product *p)
{
    int bands = (p->m + ROWS - 1) / ROWS;
    for (int j = 0; j < p->n; j += COLUMNS)
        for (int band = 0, i = 0, rows; band < bands; band++, i += rows) {
            rows = (p->m - i) / (bands - band);
            (p->n - j > NN_LANES ? wide_tile
                                 : narrow_tile)(rows, p, p->a + i * p->a_row, p->b + j / COLUMNS * p->b_panel,
                                                p->bias ? p->bias + j : NULL, p->c + i * p->c_row + j, p->n - j);
        }
}

#endif
