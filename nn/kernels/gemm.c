/* gemm.c - the matrix product, in the compiler's vector extensions.
 *
 * A tile of up to ROWS x 2 vectors of c stays in registers while k runs. b is read from panels of COLUMNS columns,
 * packed before or on the way in blocks that stay in the L2 cache; a is read where it lies, one broadcast per row
 * and step. Tiles at the right edge are computed in full and stored in part. */
#include "kernels.h"
#include <math.h>
#include <string.h>

enum {
    COLUMNS = 2 * NN_LANES,
    ROWS = NN_ROWS,
    FEW = 5,  /* sums that wait for each other: even and odd steps are summed apart */
    WIDE = 8, /* vectors of c when there are few rows */
    BLOCK_K = 256,
    BLOCK_N = 128, /* a packed block of b: up to 128 KiB */
    LONG = 128,    /* columns of a single row that are added to c where it lies */
    AT_ONCE = 4,   /* rows of b that are added to it */
    BUNDLE = 5,    /* rows of a behind one address */
    NEAR = 8 << 10, /* floats of b that stay in the L1 cache whatever their order */
};

/* What a product starts from in each row: nothing, the bias, or what is in c. Without branches in the tile. */
typedef struct start {
    const float *at;
    ptrdiff_t row;
} start;

static inline start start_of(const nn_product *p, const float *bias, const float *c)
{
    static const float nothing[WIDE * NN_LANES];
    return p->add ? (start){c, p->c_row} : (start){bias ? bias : nothing, 0};
}

/* Where each BUNDLE of rows of a begins. The compiler shall not know that they hang together: it would make an address for
 * each row, which are more than it has registers for. */
typedef struct bundles {
    const float *at[(2 * ROWS + BUNDLE - 1) / BUNDLE];
} bundles;

static inline __attribute__((always_inline)) bundles bundles_of(int rows, const float *a, ptrdiff_t a_row)
{
    bundles from;
    NN_UNROLL
    for (int i = 0; i * BUNDLE < rows; i++) {
        from.at[i] = a + i * BUNDLE * a_row;
        __asm__("" : "+r"(from.at[i]));
    }
    return from;
}

/* sum += the products of one step, and on to the next. */
static inline __attribute__((always_inline)) void add_step(int rows, int vectors, const nn_product *p, bundles *a,
                                                           const float *b, nn_vector *sum)
{
    nn_vector right[WIDE];
    NN_UNROLL
    for (int v = 0; v < vectors; v++)
        right[v] = nn_load(b + v * NN_LANES);
    NN_UNROLL
    for (int r = 0; r < rows; r++)
        NN_UNROLL
    for (int v = 0; v < vectors; v++)
        sum[r * vectors + v] += a->at[r / BUNDLE][r % BUNDLE * p->a_row] * right[v];
    NN_UNROLL
    for (int i = 0; i * BUNDLE < rows; i++)
        a->at[i] += p->a_step;
}

/* c[rows x vectors] = start + a b. rows and vectors are constants wherever this is inlined, so the sums are
 * registers. */
static inline __attribute__((always_inline)) void tile(int rows, int vectors, const nn_product *p, const float *a,
                                                       const float *b, const float *bias, float *c)
{
    nn_vector sum[ROWS * 2 > WIDE ? ROWS * 2 : WIDE], odd[FEW] = {0};
    NN_UNROLL
    for (int i = 0; i < rows * vectors; i++)
        sum[i] = (nn_vector){0};
    for (int run = 0; run < p->runs; run++) {
        bundles at = bundles_of(rows, a + run * p->a_run, p->a_row);
        int q = 0;
        for (; rows * vectors <= FEW && q + 1 < p->depth; q += 2, b += 2 * p->b_row) {
            add_step(rows, vectors, p, &at, b, sum);
            add_step(rows, vectors, p, &at, b + p->b_row, odd);
        }
        for (; q < p->depth; q++, b += p->b_row)
            add_step(rows, vectors, p, &at, b, sum);
    }
    if (rows * vectors <= FEW) {
        NN_UNROLL
        for (int i = 0; i < rows * vectors; i++)
            sum[i] += odd[i];
    }
    start from = start_of(p, bias, c);
    nn_vector least = (nn_vector){0} + (p->relu ? 0.0f : -INFINITY);
    NN_UNROLL
    for (int r = 0; r < rows; r++)
        NN_UNROLL
    for (int v = 0; v < vectors; v++) {
        nn_vector value = sum[r * vectors + v] + nn_load(from.at + r * from.row + v * NN_LANES);
        nn_store(c + r * p->c_row + v * NN_LANES, nn_at_least(value, least));
    }
}

/* clang-format off */
#define TILE(rows, vectors) case rows: tile(rows, vectors, p, a, b, bias, c); break;
/* clang-format on */

static void wide_tile(int rows, const nn_product *p, const float *a, const float *b, const float *bias, float *c)
{
    switch (rows) {
        NN_BELOW_ROWS(TILE, 2)
    default: tile(ROWS, 2, p, a, b, bias, c);
    }
}

static void narrow_tile(int rows, const nn_product *p, const float *a, const float *b, const float *bias, float *c)
{
    switch (rows) {
        NN_BELOW_TWICE_ROWS(TILE, 1)
    default: tile(2 * ROWS, 1, p, a, b, bias, c);
    }
}

static void tile_of(int rows, int columns, const nn_product *p, const float *a, const float *b, const float *bias,
                    float *c)
{
    if (columns > NN_LANES)
        wide_tile(rows, p, a, b, bias, c);
    else
        narrow_tile(rows, p, a, b, bias, c);
}

/* Masked moves instead of a call for a few floats. */
static inline void copy_columns(float *to, const float *from, int columns)
{
    for (int j = 0; j < COLUMNS; j++)
        if (j < columns)
            to[j] = from[j];
}

/* A tile of which only `columns` lie in c. */
static void edge_tile(int rows, int columns, const nn_product *p, const float *a, const float *b, const float *bias,
                      float *c)
{
    float whole[2 * ROWS * COLUMNS];
    nn_product inner = *p;
    inner.c_row = COLUMNS;
    for (int r = 0; p->add && r < rows; r++)
        copy_columns(whole + r * COLUMNS, c + r * p->c_row, columns);
    tile_of(rows, columns, &inner, a, b, bias, whole);
    for (int r = 0; r < rows; r++)
        copy_columns(c + r * p->c_row, whole + r * COLUMNS, columns);
}

/* All tiles, b in panels of COLUMNS columns that begin b_panel floats apart. Rows are dealt out evenly: 7 rows are 4
 * and 3. A product of one vector's width has room for twice the rows, which keeps the multipliers as busy. Where
 * rows of less than a vector follow each other without a gap, a tile may write past the end of its last one: the
 * tiles that come later cover that. So enough rows are left for them. */
static void tiles(const nn_product *p, ptrdiff_t b_panel)
{
    int rows_at_once = p->n <= NN_LANES ? 2 * ROWS : ROWS;
    int bands = (p->m + rows_at_once - 1) / rows_at_once, whole = p->n / COLUMNS * COLUMNS;
    bool gapless = p->n < NN_LANES && p->c_row == p->n && !p->add;
    int cover = gapless ? (NN_LANES - 1) / p->n : 0; /* rows that a vector reaches behind its own */
    float last_bias[COLUMNS] = {0};                  /* readable as a whole */
    if (p->bias)
        copy_columns(last_bias, p->bias + whole, p->n - whole);
    for (int band = 0, i = 0; band < bands; band++) {
        int left = p->m - i, rows = left / (bands - band);
        bool covered = gapless && (p->overflows || (left > cover && band + 1 < bands));
        if (covered && !p->overflows && rows > left - cover)
            rows = left - cover;
        const float *b = p->b;
        for (int j = 0; j < p->n; j += COLUMNS, b += b_panel) {
            const float *a = p->a + i * p->a_row, *bias = !p->bias ? NULL : j < whole ? p->bias + j : last_bias;
            float *c = p->c + i * p->c_row + j;
            int columns = p->n - j < COLUMNS ? p->n - j : COLUMNS;
            if (columns % NN_LANES == 0 || covered)
                tile_of(rows, columns, p, a, b, bias, c);
            else
                edge_tile(rows, columns, p, a, b, bias, c);
        }
        i += rows;
    }
}

/* The columns of a row that fill no vector. Loads reach into the next row of b, so its last rows are added float by
 * float. */
static void last_columns(const nn_product *p, int j)
{
    int columns = p->n - j, k = 0;
    ptrdiff_t there = (ptrdiff_t)(p->runs * p->depth - 1) * p->b_row + columns;
    const float *b = p->b + j;
    nn_vector sum = {0};
    float whole[NN_LANES], rest[NN_LANES] = {0};
    for (int run = 0; run < p->runs; run++)
        for (int q = 0; q < p->depth; q++, k++, b += p->b_row) {
            float a = p->a[run * p->a_run + q * p->a_step];
            if (k * p->b_row + NN_LANES <= there)
                sum += a * nn_load(b);
            else
                for (int i = 0; i < columns; i++)
                    rest[i] += a * b[i];
        }
    nn_store(whole, sum);
    for (int i = 0; i < columns; i++) {
        float value = whole[i] + rest[i] + (p->add ? p->c[j + i] : p->bias ? p->bias[j + i] : 0.0f);
        p->c[j + i] = p->relu && value < 0.0f ? 0.0f : value;
    }
}

/* Rows of b that count, and what they are multiplied by. */
typedef struct chosen_rows {
    int count;
    const float *row[BLOCK_K];
    float factor[BLOCK_K];
} chosen_rows;

/* The rows whose factor is not 0, filled up to a multiple of AT_ONCE. */
static void choose_rows(chosen_rows *rows, const nn_product *p, int from, int to)
{
    rows->count = 0;
    for (int q = from; q < to; q++) {
        float factor = p->a[q * p->a_step];
        rows->row[rows->count] = p->b + q * p->b_row;
        rows->factor[rows->count] = factor;
        rows->count += factor != 0.0f;
    }
    for (; rows->count % AT_ONCE; rows->count++) {
        rows->row[rows->count] = p->b;
        rows->factor[rows->count] = 0.0f;
    }
}

/* c += the product of some rows, n whole vectors of each, and asks for what comes next. */
static void add_rows(const chosen_rows *rows, int n, float *c)
{
    for (int i = 0; i < rows->count; i += AT_ONCE) {
        const float *const *row = rows->row + i, *factor = rows->factor + i;
        ptrdiff_t ahead = i + AT_ONCE < rows->count ? AT_ONCE : 0;
        for (int j = 0; j < n; j += NN_LANES) {
            nn_vector sum = nn_load(c + j);
            NN_UNROLL
            for (int r = 0; r < AT_ONCE; r++) {
                __builtin_prefetch(row[r + ahead] + j);
                sum += factor[r] * nn_load(row[r] + j);
            }
            nn_store(c + j, sum);
        }
    }
}

/* One row of many columns: b is larger than the caches next to the processor and is read once. So it is read as it
 * lies, and not at all where a is 0, as half of what relu gives is. */
static void long_row(const nn_product *p)
{
    chosen_rows rows;
    int n = p->n / NN_LANES * NN_LANES;
    if (p->bias)
        memcpy(p->c, p->bias, (size_t)n * sizeof(float));
    else if (!p->add)
        memset(p->c, 0, (size_t)n * sizeof(float));
    for (int q = 0; q < p->depth; q += BLOCK_K) {
        choose_rows(&rows, p, q, q + BLOCK_K < p->depth ? q + BLOCK_K : p->depth);
        add_rows(&rows, n, p->c);
    }
    for (int j = 0; p->relu && j < n; j++)
        p->c[j] = p->c[j] < 0.0f ? 0.0f : p->c[j];
    if (n < p->n)
        last_columns(p, n);
}

/* One row of few columns. */
static void short_row(const nn_product *p)
{
    int j = 0;
#define COLUMNS_OF(vectors)                                         \
    for (; j + (vectors)*NN_LANES <= p->n; j += (vectors)*NN_LANES) \
        tile(1, vectors, p, p->a, p->b + j, p->bias ? p->bias + j : NULL, p->c + j);
    COLUMNS_OF(WIDE)
    COLUMNS_OF(4)
    COLUMNS_OF(2)
    COLUMNS_OF(1)
#undef COLUMNS_OF
    if (j < p->n)
        last_columns(p, j);
}

size_t nn_panels_size(int k, int n)
{
    return (size_t)k * (size_t)((n + COLUMNS - 1) / COLUMNS * COLUMNS);
}

void nn_pack_panels(float *panels, const float *b, ptrdiff_t b_row, ptrdiff_t b_column, int k, int n)
{
    for (int j = 0; j < n; j += COLUMNS) {
        int columns = n - j < COLUMNS ? n - j : COLUMNS;
        const float *from = b + j * b_column;
        for (int q = 0; q < k; q++, panels += COLUMNS, from += b_row)
            if (columns == COLUMNS && b_column == 1)
                memcpy(panels, from, COLUMNS * sizeof(float));
            else
                for (int i = 0; i < COLUMNS; i++)
                    panels[i] = i < columns ? from[i * b_column] : 0.0f;
    }
}

/* Packs b block by block. Where a has several runs, a block of k is whole runs. */
static void packing_product(const nn_product *p)
{
    float panels[BLOCK_K * BLOCK_N] __attribute__((aligned(64)));
    int block_runs = p->runs == 1 ? 1 : BLOCK_K / p->depth, block_depth = p->runs == 1 ? BLOCK_K : p->depth;
    nn_product block = *p;
    block.panels = true;
    for (int run = 0; run < p->runs; run += block_runs)
        for (int q = 0; q < p->depth; q += block_depth)
            for (int j = 0; j < p->n; j += BLOCK_N) {
                bool first = run == 0 && q == 0, last = run + block_runs >= p->runs && q + block_depth >= p->depth;
                block.n = p->n - j < BLOCK_N ? p->n - j : BLOCK_N;
                block.runs = p->runs - run < block_runs ? p->runs - run : block_runs;
                block.depth = p->depth - q < block_depth ? p->depth - q : block_depth;
                block.a = p->a + run * p->a_run + q * p->a_step;
                block.b = panels;
                block.b_row = COLUMNS;
                block.c = p->c + j;
                block.add = p->add || !first;
                block.bias = p->bias && first ? p->bias + j : NULL;
                block.relu = p->relu && last;
                int k = block.runs * block.depth;
                nn_pack_panels(panels, p->b + (run * p->depth + q) * p->b_row + j * p->b_column, p->b_row, p->b_column,
                               k, block.n);
                tiles(&block, (ptrdiff_t)k * COLUMNS);
            }
}

/* Runs too long for a block: one product per run. */
static void run_by_run(const nn_product *p)
{
    nn_product one = *p;
    one.runs = 1;
    for (int run = 0; run < p->runs; run++) {
        one.a = p->a + run * p->a_run;
        one.b = p->b + (ptrdiff_t)run * p->depth * p->b_row;
        one.add = p->add || run > 0;
        one.bias = run == 0 ? p->bias : NULL;
        one.relu = p->relu && run == p->runs - 1;
        packing_product(&one);
    }
}

/* ---- OpenBLAS, where our own vectors are only those that every processor has ---- */

#if defined(DIGITSCOPE_BLAS) && NN_VECTOR_BYTES == 16
#include <cblas.h>

/* A matrix as it wants them: rows one after the other, or columns. */
typedef struct lines {
    bool columns;
    ptrdiff_t apart; /* floats from one to the next: at least their length; 0: it lies in neither way */
} lines;

static lines lines_of(ptrdiff_t row, ptrdiff_t column, int rows, int columns)
{
    if (column == 1 && row >= columns)
        return (lines){false, row};
    return (lines){true, row == 1 && column >= rows ? column : 0};
}

static lines lines_a(const nn_product *p)
{
    return lines_of(p->a_row, p->a_step, p->m, p->depth);
}

static lines lines_b(const nn_product *p)
{
    return lines_of(p->b_row, p->b_column, p->depth, p->n);
}

/* Its packing pays from a few thousand multiplications on. */
static bool is_for_blas(const nn_product *p)
{
    return p->runs == 1 && !p->panels && p->m > 1 && (double)p->m * p->n * p->depth > 8192.0 && lines_a(p).apart > 0 &&
           lines_b(p).apart > 0;
}

static void blas_product(const nn_product *p)
{
    lines a = lines_a(p), b = lines_b(p);
    for (int i = 0; p->bias && i < p->m; i++)
        memcpy(p->c + i * p->c_row, p->bias, (size_t)p->n * sizeof(float));
    cblas_sgemm(CblasRowMajor, a.columns ? CblasTrans : CblasNoTrans, b.columns ? CblasTrans : CblasNoTrans, p->m, p->n,
                p->depth, 1.0f, p->a, (int)a.apart, p->b, (int)b.apart, p->add || p->bias ? 1.0f : 0.0f, p->c,
                (int)p->c_row);
    for (int i = 0; p->relu && i < p->m; i++)
        for (int j = 0; j < p->n; j++)
            p->c[i * p->c_row + j] = p->c[i * p->c_row + j] < 0.0f ? 0.0f : p->c[i * p->c_row + j];
}

/* OpenBLAS takes its buffer now, later it would hang for ever when there is no memory, and uses one thread per
 * caller. */
void nn_gemm_warm(void)
{
    float a[4] = {1, 2, 3, 4}, c[4];
    openblas_set_num_threads(1);
    blas_product(&(nn_product){.m = 2,
                               .n = 2,
                               .runs = 1,
                               .depth = 2,
                               .a = a,
                               .a_row = 2,
                               .a_step = 1,
                               .b = a,
                               .b_row = 2,
                               .b_column = 1,
                               .c = c,
                               .c_row = 2});
}
#else
static bool is_for_blas(const nn_product *p)
{
    (void)p;
    return false;
}

static void blas_product(const nn_product *p)
{
    (void)p;
}

void nn_gemm_warm(void)
{
}
#endif

/* ---- the choice ---- */

/* Whether tiles can read b, whose rows are without gaps, where it lies, and copying it would not pay. */
static bool lies_well(const nn_product *p)
{
    if (p->n == NN_LANES || (p->roomy && p->n < NN_LANES))
        return true;
    return p->n % COLUMNS == 0 && (p->m <= ROWS || p->n == COLUMNS || p->runs * p->depth <= NEAR / p->n);
}

void nn_gemm(const nn_product *p)
{
    nn_product ready = *p;
    if (p->panels) {
        ready.b += (ptrdiff_t)p->first_row * COLUMNS;
        ready.b_row = COLUMNS;
        tiles(&ready, (ptrdiff_t)(p->panel_rows > 0 ? p->panel_rows : p->runs * p->depth) * COLUMNS);
    } else if (p->b_column == 1 && p->m == 1 && p->n >= LONG && p->runs == 1)
        long_row(p);
    else if (p->b_column == 1 && p->m == 1)
        short_row(p);
    else if (is_for_blas(p))
        blas_product(p);
    else if (p->b_column == 1 && lies_well(p))
        tiles(&ready, COLUMNS);
    else if (p->runs == 1 || p->depth <= BLOCK_K)
        packing_product(p);
    else
        run_by_run(p);
}
