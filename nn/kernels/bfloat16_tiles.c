/* bfloat16_tiles.c - the matrix product of pairs of 16-bit floats, by Intel's AMX: one instruction multiplies a tile of 16 rows of
 * 16 pairs with one of 16 pairs of 16 columns and adds it to one of 16 x 16 floats. Four of these are summed at a time. (Intel 64 and
 * IA-32 Architectures Software Developer's Manual, volume 1, chapter 18.) */
#include "kernels.h"
#include <math.h>

#if NN_MULTIPLIES_TILES
#include <string.h>

enum { SIDE = 16, COLUMNS = 2 * SIDE };

/* The eight tiles. A product's last pairs, fewer than SIDE, have two of their own, as each tile has one shape. */
#define UPPER_LEFT  0
#define UPPER_RIGHT 1
#define LOWER_LEFT  2
#define LOWER_RIGHT 3
#define A           4
#define B           5
#define LAST_A      6
#define LAST_B      7

/* As LDTILECFG reads it. */
typedef struct tile_shapes {
    uint8_t palette, start_row, reserved[14];
    uint16_t row_bytes[16];
    uint8_t rows[16];
} tile_shapes;

/* The compiler does not know that loading a tile, or all of the shapes, reads memory, and storing these writes it. */
static inline void settle_memory(void)
{
    __asm__ volatile("" ::: "memory");
}

/* Of products of so many rows a tile, whose last step has so many pairs. They stay when the product is done, as the next one's are
 * mostly the same, and setting them takes longer than a small product: 90 ns. Asking takes 7. */
static void set_shapes(int rows, int last_pairs)
{
    tile_shapes shapes = {.palette = 1}, old;
    for (int t = UPPER_LEFT; t <= LAST_B; t++) {
        shapes.rows[t] = (uint8_t)(t == B ? SIDE : t == LAST_B ? last_pairs : rows);
        shapes.row_bytes[t] = (uint16_t)(4 * (t == LAST_A ? last_pairs : SIDE));
    }
    _tile_storeconfig(&old);
    settle_memory();
    if (memcmp(&shapes, &old, sizeof shapes) != 0)
        _tile_loadconfig(&shapes);
}

/* Some rows of a: pair q of row i at at[i * row + q / SIDE * step + q % SIDE]. */
typedef struct rows_of_a {
    const int32_t *at;
    ptrdiff_t row, step;
    int lower; /* the first row of the lower tiles, 0: there are none */
} rows_of_a;

/* to (SIDE, SIDE) = the transpose of from (rows, columns), filled up with zeros. */
static void transpose(int32_t *to, const int32_t *from, ptrdiff_t from_row, int rows, int columns)
{
    __m512i in[SIDE], by_2[SIDE], by_4[SIDE];
    __mmask16 there = (__mmask16)((1u << columns) - 1);
    NN_UNROLL
    for (int i = 0; i < SIDE; i++)
        in[i] = i < rows ? _mm512_maskz_loadu_epi32(there, from + i * from_row) : _mm512_setzero_si512();
    NN_UNROLL
    for (int i = 0; i < SIDE; i += 2) {
        by_2[i] = _mm512_unpacklo_epi32(in[i], in[i + 1]);
        by_2[i + 1] = _mm512_unpackhi_epi32(in[i], in[i + 1]);
    }
    NN_UNROLL
    for (int i = 0; i < SIDE; i += 4) {
        by_4[i] = _mm512_unpacklo_epi64(by_2[i], by_2[i + 2]);
        by_4[i + 1] = _mm512_unpackhi_epi64(by_2[i], by_2[i + 2]);
        by_4[i + 2] = _mm512_unpacklo_epi64(by_2[i + 1], by_2[i + 3]);
        by_4[i + 3] = _mm512_unpackhi_epi64(by_2[i + 1], by_2[i + 3]);
    }
    /* by_4[4 g + c]: in its part p of four ints, column 4 p + c of rows 4 g .. */
    NN_UNROLL
    for (int c = 0; c < 4; c++) {
        __m512i even_1 = _mm512_shuffle_i32x4(by_4[c], by_4[4 + c], 0x88),
                even_2 = _mm512_shuffle_i32x4(by_4[8 + c], by_4[12 + c], 0x88),
                odd_1 = _mm512_shuffle_i32x4(by_4[c], by_4[4 + c], 0xdd),
                odd_2 = _mm512_shuffle_i32x4(by_4[8 + c], by_4[12 + c], 0xdd);
        _mm512_storeu_si512(to + c * SIDE, _mm512_shuffle_i32x4(even_1, even_2, 0x88));
        _mm512_storeu_si512(to + (4 + c) * SIDE, _mm512_shuffle_i32x4(odd_1, odd_2, 0x88));
        _mm512_storeu_si512(to + (8 + c) * SIDE, _mm512_shuffle_i32x4(even_1, even_2, 0xdd));
        _mm512_storeu_si512(to + (12 + c) * SIDE, _mm512_shuffle_i32x4(odd_1, odd_2, 0xdd));
    }
}

/* So many rows of a, where they lie; or, if its columns are what lies together, transposed into `turned`. */
static rows_of_a take_rows(const nn_bfloat16_product *p, int first, int rows, int lower, int32_t *turned)
{
    const int32_t *from = p->a + first * p->a_row;
    if (p->a_pair == 1)
        return (rows_of_a){from, p->a_row, SIDE, lower};
    for (int q = 0; q < p->pairs; q += SIDE)
        for (int i = 0; i < rows; i += SIDE)
            transpose(turned + (q * 2 + i) * SIDE, from + q * p->a_pair + i, p->a_pair,
                      p->pairs - q < SIDE ? p->pairs - q : SIDE, rows - i < SIDE ? rows - i : SIDE);
    return (rows_of_a){turned, SIDE, 2 * SIDE * SIDE, lower};
}

/* c (rows of one or two tiles, columns of one or two) = or += a b. tall and wide are constants wherever this is inlined. */
static inline __attribute__((always_inline)) void multiply(bool tall, bool wide, const nn_bfloat16_product *p,
                                                           const rows_of_a *a, const int32_t *b, float *c,
                                                           ptrdiff_t c_row)
{
    ptrdiff_t a_bytes = 4 * a->row, b_bytes = 4 * p->b_pair, c_bytes = 4 * c_row;
    const int32_t *upper = a->at, *lower = upper + a->lower * a->row;
    float *below = c + a->lower * c_row;
    int whole = p->pairs / SIDE;
    _tile_zero(UPPER_LEFT);
    _tile_zero(UPPER_RIGHT);
    _tile_zero(LOWER_LEFT);
    _tile_zero(LOWER_RIGHT);
/* Moves the sums from or to c. */
#define EACH_SUM(MOVE)                                \
    do {                                              \
        MOVE(UPPER_LEFT, c, c_bytes);                 \
        if (wide)                                     \
            MOVE(UPPER_RIGHT, c + SIDE, c_bytes);     \
        if (tall)                                     \
            MOVE(LOWER_LEFT, below, c_bytes);         \
        if (tall && wide)                             \
            MOVE(LOWER_RIGHT, below + SIDE, c_bytes); \
    } while (0)
    if (p->add)
        EACH_SUM(_tile_loadd);
/* A step of 16 pairs. Processors rename tiles: one for each factor is as fast as two. */
#define STEP(LEFT, RIGHT)                                 \
    do {                                                  \
        _tile_loadd(LEFT, upper, a_bytes);                \
        _tile_loadd(RIGHT, b, b_bytes);                   \
        _tile_dpbf16ps(UPPER_LEFT, LEFT, RIGHT);          \
        if (tall) {                                       \
            _tile_loadd(LEFT, lower, a_bytes);            \
            _tile_dpbf16ps(LOWER_LEFT, LEFT, RIGHT);      \
        }                                                 \
        if (wide) {                                       \
            _tile_loadd(RIGHT, b + SIDE, b_bytes);        \
            if (tall) {                                   \
                _tile_dpbf16ps(LOWER_RIGHT, LEFT, RIGHT); \
                _tile_loadd(LEFT, upper, a_bytes);        \
            }                                             \
            _tile_dpbf16ps(UPPER_RIGHT, LEFT, RIGHT);     \
        }                                                 \
    } while (0)
    for (int s = 0; s < whole; s++, upper += a->step, lower += a->step, b += SIDE * p->b_pair)
        STEP(A, B);
    if (p->pairs % SIDE)
        STEP(LAST_A, LAST_B);
    EACH_SUM(_tile_stored);
#undef STEP
#undef EACH_SUM
}

static void multiply_any(bool wide, const nn_bfloat16_product *p, const rows_of_a *a, const int32_t *b, float *c,
                         ptrdiff_t c_row)
{
    settle_memory();
    if (a->lower && wide)
        multiply(true, true, p, a, b, c, c_row);
    else if (a->lower)
        multiply(true, false, p, a, b, c, c_row);
    else if (wide)
        multiply(false, true, p, a, b, c, c_row);
    else
        multiply(false, false, p, a, b, c, c_row);
}

/* The same for fewer columns than fill their tiles. */
static void multiply_part(const nn_bfloat16_product *p, const rows_of_a *a, const int32_t *b, float *c, int rows,
                          int columns)
{
    float sums[2 * SIDE * COLUMNS] __attribute__((aligned(64)));
    for (int i = 0; p->add && i < rows; i++)
        for (int j = 0; j < columns; j += NN_LANES)
            nn_store(sums + i * COLUMNS + j, nn_load_first(c + i * p->c_row + j, columns - j));
    multiply_any(columns > SIDE, p, a, b, sums, COLUMNS);
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < columns; j += NN_LANES)
            nn_store_first(c + i * p->c_row + j, nn_load(sums + i * COLUMNS + j), columns - j);
}

/* + bias, and relu. */
static void finish(const nn_bfloat16_product *p, float *c, int rows)
{
    nn_vector least = (nn_vector){0} + (p->relu ? 0.0f : -INFINITY);
    for (int i = 0; i < rows; i++, c += p->c_row)
        for (int j = 0; j < p->n; j += NN_LANES) {
            int n = p->n - j;
            nn_vector bias = p->bias ? nn_load_first(p->bias + j, n) : (nn_vector){0};
            nn_store_first(c + j, nn_at_least(nn_load_first(c + j, n) + bias, least), n);
        }
}

/* All tiles have `height` rows, but the last may have fewer: shapes are set once or twice. */
void nn_bfloat16_gemm(const nn_bfloat16_product *p)
{
    int32_t turned[2 * SIDE * NN_MOST_PAIRS] __attribute__((aligned(64)));
    int tiles = (p->m + SIDE - 1) / SIDE, last_pairs = p->pairs % SIDE ? p->pairs % SIDE : SIDE,
        height = (p->m + tiles - 1) / tiles, rows;
    set_shapes(height, last_pairs);
    for (int i = 0; i < p->m; i += rows) {
        bool tall = p->m - i >= 2 * height;
        rows = tall ? 2 * height : p->m - i < height ? p->m - i : height;
        if (rows < height)
            set_shapes(rows, last_pairs);
        rows_of_a a = take_rows(p, i, rows, tall ? height : 0, turned);
        float *c = p->c + i * p->c_row;
        for (int j = 0; j < p->n; j += COLUMNS) {
            const int32_t *b = p->b + j / COLUMNS * p->b_panel;
            int columns = p->n - j < COLUMNS ? p->n - j : COLUMNS;
            if (columns % SIDE)
                multiply_part(p, &a, b, c + j, rows, columns);
            else
                multiply_any(columns > SIDE, p, &a, b, c + j, p->c_row);
        }
        if (p->bias || p->relu)
            finish(p, c, rows);
    }
}

#endif
