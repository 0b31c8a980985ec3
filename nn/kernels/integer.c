/* integer.c - the matrix product of whole numbers, and how floats become some.
 *
 * The processors' instructions multiply pairs of 16-bit numbers and add both products to a 32-bit sum. So b is
 * packed pair by pair, in panels of COLUMNS columns: b(2q, j) next to b(2q + 1, j). With bytes, the pair of column j
 * lies in the low halves of two 16-bit numbers and that of column j + LANES in their high halves: two shifts give
 * vectors of both. */
#include "integer.h"
#include <math.h>
#include <string.h>

enum { COLUMNS = 2 * NN_LANES, ROWS = NN_ROWS };

/* The pairs of vectors [0, vectors) of a step. With bytes, one vector holds both: the first in the bytes of its shorts
 * that come first in memory, which are the low ones on most processors. */
static inline __attribute__((always_inline)) void load_pairs(const void *panels, ptrdiff_t step, int vectors,
                                                             bool bytes, nn_shorts *pairs)
{
    if (bytes) {
        nn_shorts both = *(const nn_shorts_at *)((const int8_t *)panels + step * 2 * COLUMNS);
        bool low_first = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;
        pairs[!low_first] = both << 8 >> 8;
        pairs[low_first] = both >> 8;
        return;
    }
    NN_UNROLL
    for (int v = 0; v < vectors; v++)
        pairs[v] = *(const nn_shorts_at *)((const int16_t *)panels + step * 2 * COLUMNS + v * NN_SHORTS);
}

/* The same pair everywhere. */
static inline nn_shorts spread_pair(const int16_t *a)
{
    int32_t pair;
    memcpy(&pair, a, sizeof pair);
    return (nn_shorts)((nn_ints){0} + pair);
}

/* c[rows x vectors] = a b. rows, vectors and bytes are constants wherever this is inlined, so the sums are
 * registers. */
static inline __attribute__((always_inline)) void tile(int rows, int vectors, bool bytes, const nn_integer_product *p,
                                                       const int16_t *a, const void *panels, int32_t *c)
{
    nn_ints sum[ROWS * 2];
    NN_UNROLL
    for (int i = 0; i < rows * vectors; i++)
        sum[i] = (nn_ints){0};
    ptrdiff_t a_row = p->a_row, c_row = p->c_row;
    for (int q = 0; q < p->pairs; q++, a += 2) {
        nn_shorts right[2];
        load_pairs(panels, q, vectors, bytes, right);
        NN_UNROLL
        for (int r = 0; r < rows; r++) {
            nn_shorts left = spread_pair(a + r * a_row);
            NN_UNROLL
            for (int v = 0; v < vectors; v++)
                sum[r * vectors + v] = nn_add_pairs(sum[r * vectors + v], left, right[v]);
        }
    }
    NN_UNROLL
    for (int r = 0; r < rows; r++)
        NN_UNROLL
    for (int v = 0; v < vectors; v++)
        *(nn_ints_at *)(c + r * c_row + v * NN_LANES) = sum[r * vectors + v];
}

/* clang-format off */
#define TILE(rows, vectors) case rows: tile(rows, vectors, bytes, p, a, panels, c); break;
#define TILES_OF(name, bytes_, vectors)                                                                     \
    static void name(int rows, const nn_integer_product *p, const int16_t *a, const void *panels, int32_t *c) \
    {                                                                                                       \
        const bool bytes = bytes_;                                                                          \
        switch (rows) { NN_BELOW_ROWS(TILE, vectors) default: tile(ROWS, vectors, bytes, p, a, panels, c); } \
    }
/* clang-format on */
TILES_OF(wide_shorts, false, 2)
TILES_OF(narrow_shorts, false, 1)
TILES_OF(wide_bytes, true, 2)
TILES_OF(narrow_bytes, true, 1)

void nn_integer_gemm(const nn_integer_product *p)
{
    int bands = (p->m + ROWS - 1) / ROWS;
    size_t panel = nn_integers_size(p->pairs, COLUMNS, p->bytes);
    for (int band = 0, i = 0; band < bands; band++) {
        int rows = (p->m - i) / (bands - band);
        const char *panels = p->panels;
        for (int j = 0; j < p->n; j += COLUMNS, panels += panel) {
            const int16_t *a = p->a + i * p->a_row;
            int32_t *c = p->c + i * p->c_row + j;
            if (p->n - j >= COLUMNS)
                (p->bytes ? wide_bytes : wide_shorts)(rows, p, a, panels, c);
            else
                (p->bytes ? narrow_bytes : narrow_shorts)(rows, p, a, panels, c);
        }
        i += rows;
    }
}

/* ---- from floats ------------------------------------------------------------------------------------------------- */

/* LANES floats. Added to a number of this size, a float loses its fraction, and its lowest bits are those of the
 * whole number. */
static inline nn_half_shorts quantized(const float *x, float inverse)
{
    const nn_vector most = (nn_vector){0} + NN_QUANTUM, whole = (nn_vector){0} + 0x1.8p23f;
    nn_vector value = nn_at_least(nn_load(x) * inverse, -most);
    value = -nn_at_least(-value, -most);
    return __builtin_convertvector((nn_ints)(value + whole), nn_half_shorts);
}

void nn_quantize(const float *x, float inverse, int16_t *q, size_t n)
{
    size_t i = 0;
    for (; i + NN_LANES <= n; i += NN_LANES)
        *(nn_half_shorts_at *)(q + i) = quantized(x + i, inverse);
    if (i < n) {
        float rest[NN_LANES] = {0};
        memcpy(rest, x + i, (n - i) * sizeof *x);
        nn_half_shorts last = quantized(rest, inverse);
        memcpy(q + i, &last, (n - i) * sizeof *q);
    }
}

size_t nn_integers_size(int pairs, int n, bool bytes)
{
    return (size_t)pairs * 2 * (size_t)((n + COLUMNS - 1) / COLUMNS * COLUMNS) * (bytes ? 1 : 2);
}

void nn_pack_integers(const float *b, const float *factor, int k, int n, bool bytes, void *panels)
{
    int8_t *small = panels;
    int16_t *large = panels;
    for (int j = 0; j < n; j += COLUMNS)
        for (int pair = 0; pair < k; pair += 2)
            for (int i = 0; i < 2 * COLUMNS; i++) {
                int at = bytes ? i / 2 + i % 2 * COLUMNS : i;
                int row = pair + at % 2, column = j + at / 2;
                bool inside = row < k && column < n;
                long value = inside ? lrintf(b[(size_t)row * (size_t)n + (size_t)column] * factor[column]) : 0;
                if (bytes)
                    *small++ = (int8_t)value;
                else
                    *large++ = (int16_t)value;
            }
}

#define LEAST 1e-30 /* columns of smaller numbers become zeros, so that factors stay finite */

void nn_integer_factors(const float *b, int k, int n, int most, int reach, float *factor)
{
    double room = (double)INT32_MAX / reach - k; /* each number may be rounded up */
    for (int j = 0; j < n; j++) {
        double top = 0.0, sum = 0.0;
        for (int i = 0; i < k; i++) {
            double size = fabs((double)b[(size_t)i * (size_t)n + (size_t)j]);
            top = fmax(top, size);
            sum += size;
        }
        factor[j] = top > LEAST ? (float)fmin(most / top, room / sum) : 1.0f;
    }
}
