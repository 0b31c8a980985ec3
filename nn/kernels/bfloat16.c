/* bfloat16.c - floats to pairs of 16 bits, and the product of floats that are rounded on the way.
 *
 * A bfloat16 is the upper half of a float: its sign, its exponent and 8 bits of precision. The processors' instructions
 * multiply pairs of them and add both products to a float. So both factors lie pair by pair (nn/kernel.h). */
#include "kernels.h"
#include <string.h>

enum {
    COLUMNS = 2 * NN_LANES,
    BLOCK_M = 128,
    BLOCK_N = 128,
    BLOCK_PAIRS = NN_MOST_PAIRS /* both blocks 64 KiB */
};

/* to[j] = the pair even[j], odd[j]. odd: NULL where the rows end, which is zeros. */
static void join_rows(int32_t *to, const float *even, const float *odd, int n)
{
    static const float nothing[NN_LANES];
    int j = 0;
    for (; j + NN_LANES <= n; j += NN_LANES)
        *(nn_ints_at *)(to + j) = nn_round_pairs(nn_load(even + j), nn_load(odd ? odd + j : nothing));
    if (j < n) {
        nn_vector last = odd ? nn_load_first(odd + j, n - j) : nn_load(nothing);
        nn_ints pairs = nn_round_pairs(nn_load_first(even + j, n - j), last);
        memcpy(to + j, &pairs, (size_t)(n - j) * sizeof *to);
    }
}

/* to[q * step] = the pair from[2 q], from[2 q + 1]. */
static void join_neighbours(int32_t *to, ptrdiff_t step, const float *from, int k)
{
    int q = 0;
    for (; q + 2 * NN_LANES <= k; q += 2 * NN_LANES, to += NN_LANES * step) {
        nn_ints pairs = nn_round_neighbours(nn_load(from + q), nn_load(from + q + NN_LANES));
        if (step == 1)
            *(nn_ints_at *)to = pairs;
        else
            for (int i = 0; i < NN_LANES; i++)
                to[i * step] = pairs[i];
    }
    for (; q < k; q += 2, to += step)
        *to = nn_round_pair(from[q], q + 1 < k ? from[q + 1] : 0.0f);
}

void nn_bfloat16_pack(int32_t *panels, const float *b, ptrdiff_t b_row, ptrdiff_t b_column, int k, int n)
{
    for (int j = 0; j < n; j += COLUMNS, panels += (k + 1) / 2 * COLUMNS) {
        int columns = n - j < COLUMNS ? n - j : COLUMNS;
        for (int q = 0; b_column == 1 && q < k; q += 2) {
            const float *even = b + q * b_row + j;
            join_rows(panels + q / 2 * COLUMNS, even, q + 1 < k ? even + b_row : NULL, columns);
        }
        for (int i = 0; b_column != 1 && i < columns; i++)
            join_neighbours(panels + i, COLUMNS, b + (j + i) * b_column, k);
    }
}

/* Rows of a where they lie one after the other, and columns where these do. */
static void pack_a(nn_bfloat16_product *to, int32_t *packed, const float *a, ptrdiff_t a_row, ptrdiff_t a_step, int k)
{
    bool neighbours = a_step == 1;
    to->a = packed;
    to->a_row = neighbours ? to->pairs : 1;
    to->a_pair = neighbours ? 1 : to->m;
    for (int i = 0; neighbours && i < to->m; i++)
        join_neighbours(packed + i * to->pairs, 1, a + i * a_row, k);
    for (int q = 0; !neighbours && q < k; q += 2)
        join_rows(packed + q / 2 * to->m, a + q * a_step, q + 1 < k ? a + (q + 1) * a_step : NULL, to->m);
}

void nn_rounded_gemm(const nn_product *p)
{
    int32_t packed_a[BLOCK_M * BLOCK_PAIRS] __attribute__((aligned(64)));
    int32_t packed_b[BLOCK_PAIRS * BLOCK_N] __attribute__((aligned(64)));
    nn_bfloat16_product block = {.b = packed_b, .b_pair = COLUMNS, .c_row = p->c_row};
    for (int q = 0; q < p->depth; q += 2 * BLOCK_PAIRS) {
        int k = p->depth - q < 2 * BLOCK_PAIRS ? p->depth - q : 2 * BLOCK_PAIRS;
        block.pairs = (k + 1) / 2;
        block.b_panel = block.pairs * COLUMNS;
        block.add = p->add || q > 0;
        block.relu = p->relu && q + k == p->depth;
        for (int j = 0; j < p->n; j += BLOCK_N) {
            block.n = p->n - j < BLOCK_N ? p->n - j : BLOCK_N;
            block.bias = p->bias && !block.add ? p->bias + j : NULL;
            nn_bfloat16_pack(packed_b, p->b + q * p->b_row + j * p->b_column, p->b_row, p->b_column, k, block.n);
            for (int i = 0; i < p->m; i += BLOCK_M) {
                block.m = p->m - i < BLOCK_M ? p->m - i : BLOCK_M;
                block.c = p->c + i * p->c_row + j;
                pack_a(&block, packed_a, p->a + i * p->a_row + q * p->a_step, p->a_row, p->a_step, k);
                nn_bfloat16_gemm(&block);
            }
        }
    }
}
