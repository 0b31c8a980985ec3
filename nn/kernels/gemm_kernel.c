/* gemm_kernel.c - the matrix product in the compiler's vector extensions. One source, compiled once per instruction set (see
 * CMakeLists.txt), which names the function through NN_KERNEL and sets the width of a vector through NN_VECTOR_BYTES.
 *
 * A tile of ROWS x (2 vectors) of c stays in registers while k runs. b is copied panel by panel, so that the inner loop reads it
 * in order from the L1 cache; a is read where it lies. Tiles at the right edge are computed in full and stored in part. */
#include "../gemm.h"
#include <stddef.h>
#include <string.h>

typedef float vector __attribute__((vector_size(NN_VECTOR_BYTES), aligned(4), may_alias));

enum {
    LANES = NN_VECTOR_BYTES / (int)sizeof(float),
    COLUMNS = 2 * LANES,
    ROWS = NN_VECTOR_BYTES == 64 ? 8 : (NN_VECTOR_BYTES == 32 ? 6 : 4), /* 2 ROWS sums leave registers for a and b */
    DEPTH = 384,                                                        /* rows of b copied at a time: up to 48 KiB */
};

/* Where element (row, p) of op(a) and row p of a panel of op(b) lie. */
typedef struct operands {
    const float *a;
    ptrdiff_t a_row, a_step;
    const float *b;
    ptrdiff_t b_step;
    int depth;
} operands;

/* c[rows x COLUMNS] = (add ? c : 0) + a b. rows is a constant wherever this is inlined, so the accumulators are registers. */
static inline __attribute__((always_inline)) void tile(int rows, const operands *o, float *c, ptrdiff_t ldc, bool add)
{
    vector sum[ROWS][2];
    for (int r = 0; r < rows; r++)
        sum[r][0] = sum[r][1] = (vector){0};
    const float *a = o->a, *b = o->b;
    for (int p = 0; p < o->depth; p++, a += o->a_step, b += o->b_step) {
        vector b0 = *(const vector *)(const void *)b, b1 = *(const vector *)(const void *)(b + LANES);
        for (int r = 0; r < rows; r++) {
            sum[r][0] += a[r * o->a_row] * b0;
            sum[r][1] += a[r * o->a_row] * b1;
        }
    }
    for (int r = 0; r < rows; r++) {
        vector *to = (vector *)(void *)(c + r * ldc);
        if (add) {
            sum[r][0] += to[0];
            sum[r][1] += to[1];
        }
        to[0] = sum[r][0];
        to[1] = sum[r][1];
    }
}

static void tile_of(int rows, const operands *o, float *c, ptrdiff_t ldc, bool add)
{
    switch (rows) {
    case 1: tile(1, o, c, ldc, add); break;
    case 2: tile(2, o, c, ldc, add); break;
    case 3: tile(3, o, c, ldc, add); break;
#if NN_VECTOR_BYTES >= 32
    case 4: tile(4, o, c, ldc, add); break;
    case 5: tile(5, o, c, ldc, add); break;
#endif
#if NN_VECTOR_BYTES >= 64
    case 6: tile(6, o, c, ldc, add); break;
    case 7: tile(7, o, c, ldc, add); break;
#endif
    default: tile(ROWS, o, c, ldc, add); break;
    }
}

/* A tile of which only `columns` lie in c. */
static void edge_tile(int rows, const operands *o, float *c, ptrdiff_t ldc, int columns, bool add)
{
    float whole[ROWS * COLUMNS];
    tile_of(rows, o, whole, COLUMNS, false);
    for (int r = 0; r < rows; r++)
        for (int j = 0; j < columns; j++)
            c[r * ldc + j] = whole[r * COLUMNS + j] + (add ? c[r * ldc + j] : 0.0f);
}

/* Copies depth x columns of op(b) into rows of COLUMNS, filled up with zeros. */
static void pack(float *panel, const float *b, ptrdiff_t row, ptrdiff_t column, int depth, int columns)
{
    for (int p = 0; p < depth; p++, panel += COLUMNS, b += row) {
        if (columns == COLUMNS && column == 1) {
            memcpy(panel, b, COLUMNS * sizeof(float));
            continue;
        }
        for (int j = 0; j < COLUMNS; j++)
            panel[j] = j < columns ? b[j * column] : 0.0f;
    }
}

static void panel_product(operands o, int m, float *c, ptrdiff_t ldc, int columns, bool add)
{
    for (int i = 0; i < m; i += ROWS) {
        int rows = m - i < ROWS ? m - i : ROWS;
        if (columns == COLUMNS)
            tile_of(rows, &o, c + i * ldc, ldc, add);
        else
            edge_tile(rows, &o, c + i * ldc, ldc, columns, add);
        o.a += ROWS * o.a_row;
    }
}

void NN_KERNEL(const nn_product *p)
{
    float panel[DEPTH * COLUMNS] __attribute__((aligned(64)));
    ptrdiff_t a_row = p->a.transposed ? 1 : p->a.stride, a_step = p->a.transposed ? p->a.stride : 1;
    ptrdiff_t b_row = p->b.transposed ? 1 : p->b.stride, b_column = p->b.transposed ? p->b.stride : 1;
    for (int j = 0; j < p->n; j += COLUMNS) {
        int columns = p->n - j < COLUMNS ? p->n - j : COLUMNS;
        bool in_place = columns == COLUMNS && !p->b.transposed && p->m <= ROWS; /* copying b would not pay */
        for (int k = 0; k < p->k; k += DEPTH) {
            int depth = p->k - k < DEPTH ? p->k - k : DEPTH;
            const float *a = p->a.data + k * a_step, *b = p->b.data + k * b_row + j * b_column;
            if (!in_place)
                pack(panel, b, b_row, b_column, depth, columns);
            operands o = {a, a_row, a_step, in_place ? b : panel, in_place ? b_row : COLUMNS, depth};
            panel_product(o, p->m, p->c + j, p->c_stride, columns, p->add || k > 0);
        }
    }
}
