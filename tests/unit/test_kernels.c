/* test_kernels.c - every vector kernel of this processor against plain sums, written out here as they are defined:
 * on small whole numbers, where float arithmetic is exact, and for Winograd also on random values with its
 * tolerance. Odd sizes; all that a kernel reads and writes lies between fences, with gaps between rows and without. */
#include "nn/kernel.h"
#include "nn/rng.h"
#include "support/fence.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void fill_whole(float *values, size_t n, uint64_t key)
{
    for (size_t i = 0; i < n; i++)
        values[i] = (float)(nn_bits(key, i) % 7) - 3.0f;
}

static void fill_normal(float *values, size_t n, uint64_t key)
{
    for (size_t i = 0; i < n; i++)
        values[i] = nn_normal(key, i);
}

/* ---- matrix products --------------------------------------------------------------------------------------------- */

/* PART: the first run of b in panels is left out, or what lies behind b may be read; and behind c anything may be
 * written. */
enum {
    A_TRANSPOSED = 1,
    B_TRANSPOSED = 2,
    PANELS = 4,
    ADD = 8,
    BIAS = 16,
    RELU = 32,
    GAPLESS = 64,
    PART = 128,
    FLAGS = 256,
    ROUNDED = FLAGS /* to 16 bits, which whole numbers this small already are */
};

/* One product with its operands, whose rows follow each other with gaps or without. Those of c hold a guard value. */
typedef struct operands {
    nn_product p;
    float *a, *b, *c, *bias, *panels;
    size_t c_count;
} operands;

static const float guard = 77777.0f;

static operands make_operands(const nn_kernels *kernels, int m, int n, int runs, int depth, unsigned flags)
{
    int k = runs * depth, gap = flags & GAPLESS ? 0 : 3;
    bool ta = flags & A_TRANSPOSED, tb = flags & B_TRANSPOSED;
    operands o = {.p = {.m = m, .n = n, .runs = runs, .depth = depth}};
    nn_product *p = &o.p;
    p->a_row = ta ? 1 : k + gap * runs, p->a_step = ta ? m + gap : 1, p->a_run = ta ? (m + gap) * depth : depth + gap;
    p->b_row = tb ? 1 : n + gap, p->b_column = tb ? k + gap : 1;
    p->c_row = n + gap;
    size_t a_count = (size_t)((m - 1) * p->a_row + (runs - 1) * p->a_run + (depth - 1) * p->a_step) + 1;
    size_t b_count = (size_t)((k - 1) * p->b_row + (n - 1) * p->b_column) + 1;
    o.c_count = (size_t)((m - 1) * p->c_row + n);
    p->roomy = (flags & PART) && !(flags & PANELS);
    p->overflows = flags & PART;
    o.a = fence_floats(a_count), o.b = fence_floats(b_count + (p->roomy ? (size_t)kernels->lanes : 0)),
    o.c = fence_floats(o.c_count + (p->overflows ? (size_t)kernels->lanes : 0));
    o.bias = fence_floats((size_t)n), o.panels = fence_floats(kernels->panels_size(k, n));
    fill_whole(o.a, a_count, 1), fill_whole(o.b, b_count, 2), fill_whole(o.bias, (size_t)n, 3);
    for (int i = 0; p->roomy && i < kernels->lanes; i++)
        o.b[b_count + (size_t)i] = NAN;
    p->a = o.a, p->b = o.b, p->c = o.c;
    p->add = flags & ADD;
    p->bias = flags & BIAS ? o.bias : NULL;
    p->relu = flags & RELU;
    return o;
}

static void free_operands(operands *o)
{
    fence_free(o->a), fence_free(o->b), fence_free(o->c), fence_free(o->bias), fence_free(o->panels);
}

/* The definition. */
static float product_at(const nn_product *p, int i, int j)
{
    double sum = p->add ? 2.0 : p->bias ? (double)p->bias[j] : 0.0;
    for (int q = 0; q < p->runs * p->depth; q++)
        sum += (double)p->a[i * p->a_row + q / p->depth * p->a_run + q % p->depth * p->a_step] *
               (double)p->b[q * p->b_row + j * p->b_column];
    return (float)(p->relu ? fmax(sum, 0.0) : sum);
}

/* The same product, and in panels, but for its first run. */
static void leave_out_first_run(nn_product *definition, nn_product *in_panels)
{
    in_panels->first_row = definition->depth;
    in_panels->panel_rows = definition->runs * definition->depth;
    in_panels->runs = --definition->runs;
    in_panels->a = definition->a += definition->a_run;
    definition->b += definition->depth * definition->b_row;
}

static bool product_agrees(const nn_kernels *kernels, int m, int n, int runs, int depth, unsigned flags)
{
    operands o = make_operands(kernels, m, n, runs, depth, flags);
    nn_product p = o.p;
    for (size_t i = 0; i < o.c_count; i++)
        p.c[i] = (ptrdiff_t)i % p.c_row < n ? 2.0f : guard;
    if (flags & PANELS) {
        kernels->pack_panels(o.panels, p.b, p.b_row, p.b_column, runs * depth, n);
        p.b = o.panels;
        p.panels = true;
        if (flags & PART && runs > 1)
            leave_out_first_run(&o.p, &p);
    }
    (flags & ROUNDED ? kernels->rounded_gemm : kernels->gemm)(&p);
    bool ok = true;
    for (size_t i = 0; i < o.c_count; i++) {
        int column = (int)((ptrdiff_t)i % p.c_row);
        ok &= p.c[i] == (column < n ? product_at(&o.p, (int)((ptrdiff_t)i / p.c_row), column) : guard);
    }
    free_operands(&o);
    return ok;
}

static void check_product(const nn_variant *v, int m, int n, int runs, int depth, unsigned flags)
{
    if ((flags & ADD) && (flags & BIAS)) /* not together */
        flags &= ~(unsigned)ADD;
    if (!product_agrees(v->kernels, m, n, runs, depth, flags))
        fail_msg("%s: m %d n %d runs %d depth %d flags %u", v->name, m, n, runs, depth, flags);
}

/* Every product of few rows and columns, without gaps, in two of the forms that there are. */
static int check_small_products(const nn_variant *v)
{
    enum { ROWS = 36, COLUMNS = 40 };
    static const int depths[][2] = {{1, 1}, {1, 2}, {2, 2}, {1, 5}, {3, 3}};
    int n_depths = sizeof depths / sizeof *depths, count = 0;
    for (int m = 1; m <= ROWS; m++)
        for (int n = 1; n <= COLUMNS; n++)
            for (int k = 0; k < n_depths; k++, count += 2) {
                unsigned form = (unsigned)nn_bits(5, (uint64_t)((m * COLUMNS + n) * n_depths + k));
                check_product(v, m, n, depths[k][0], depths[k][1], GAPLESS | PANELS | form % FLAGS);
                check_product(v, m, n, depths[k][0], depths[k][1], GAPLESS | form / FLAGS % FLAGS);
            }
    return count;
}

/* Some larger ones, in every form. */
static int check_products(const nn_variant *v)
{
    static const int rows[] = {1, 2, 3, 5, 6, 7, 8, 13, 17}, columns[] = {1, 5, 8, 9, 16, 17, 31, 32, 64, 129, 150};
    static const int depths[][2] = {{1, 1}, {1, 9}, {3, 5}, {1, 257}, {28, 28}, {3, 300}};
    int n = 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (size_t j = 0; j < sizeof columns / sizeof *columns; j++)
            for (size_t k = 0; k < sizeof depths / sizeof *depths; k++)
                for (unsigned flags = (unsigned)(i + j + k) % 9; flags < FLAGS; flags += 9, n++)
                    check_product(v, rows[i], columns[j], depths[k][0], depths[k][1], flags);
    return n;
}

/* Those of one row, column or step in every form, large enough for OpenBLAS. */
static int check_thin_products(const nn_variant *v)
{
    static const int shapes[][3] = {{100, 100, 1}, {9000, 1, 1}, {2, 4500, 1}, {3, 1, 3000}, {1, 90, 100}};
    int n_shapes = sizeof shapes / sizeof *shapes;
    for (int i = 0; i < n_shapes; i++)
        for (unsigned flags = 0; flags < FLAGS; flags++)
            check_product(v, shapes[i][0], shapes[i][1], 1, shapes[i][2], flags);
    return n_shapes * FLAGS;
}

static void test_products(void **state)
{
    (void)state;
    for (const nn_variant *v = nn_variants; v->name; v++)
        if (v->supported())
            printf("kernel %s: %d products agree\n", v->name,
                   check_small_products(v) + check_thin_products(v) + check_products(v));
        else
            printf("kernel %s: not on this processor\n", v->name);
}

/* What may be rounded to 16 bits has one run and no panels. */
static int check_rounded_products(const nn_variant *v)
{
    static const int sizes[] = {1, 2, 3, 8, 15, 16, 17, 31, 33, 64, 129, 260};
    int n_sizes = sizeof sizes / sizeof *sizes, count = 0;
    for (int m = 0; m < n_sizes; m++)
        for (int n = 0; n < n_sizes; n++)
            for (int k = 0; k < n_sizes; k++, count++) {
                unsigned form = (unsigned)nn_bits(6, (uint64_t)((m * n_sizes + n) * n_sizes + k));
                check_product(v, sizes[m], sizes[n], 1, sizes[k],
                              ROUNDED | (form & ~(unsigned)(PANELS | PART)) % FLAGS);
            }
    return count;
}

static void test_rounded_products(void **state)
{
    (void)state;
    for (const nn_variant *v = nn_variants; v->name; v++)
        if (v->supported())
            printf("kernel %s: %d products of 16 bits agree\n", v->name, check_rounded_products(v));
}

/* To the nearest, and of two that are as near to the even one. */
static void test_rounding(void **state)
{
    (void)state;
    static const float numbers[][2] = {{1, 1},
                                       {-3, -3},
                                       {0x1.01p0f, 1},
                                       {0x1.010002p0f, 0x1.02p0f},
                                       {0x1.03p0f, 0x1.04p0f},
                                       {-0x1.03p0f, -0x1.04p0f},
                                       {0x1.04fffep0f, 0x1.04p0f},
                                       {0x1.fffffep0f, 2},
                                       {0x1.fffffep127f, INFINITY},
                                       {-INFINITY, -INFINITY},
                                       {NAN, NAN},
                                       {0, 0}};
    enum { NUMBERS = sizeof numbers / sizeof *numbers, ROWS = 8 * NUMBERS };
    static const uint32_t loud = 0x7fffffff; /* the NaN that would be rounded to -0 */
    float a[ROWS], one = 1;
    for (const nn_variant *v = nn_variants; v->name; v++)
        for (int along = 0; v->supported() && along < 2; along++) { /* the numbers are columns of b, or rows of a */
            float c[ROWS], wanted[ROWS];
            for (int i = 0; i < ROWS; i++) {
                a[i] = numbers[i % NUMBERS][0];
                wanted[i] = numbers[i % NUMBERS][1];
                if (isnan(a[i]))
                    memcpy(&a[i], &loud, sizeof loud);
            }
            nn_product p = {.m = ROWS,
                            .n = 1,
                            .runs = 1,
                            .depth = 1,
                            .a = a,
                            .a_row = 1,
                            .a_step = 1,
                            .b = &one,
                            .b_row = 1,
                            .b_column = 1,
                            .c = c,
                            .c_row = 1};
            if (along)
                p.a = &one, p.b = a, p.m = 1, p.n = ROWS, p.b_row = ROWS, p.c_row = ROWS;
            v->kernels->rounded_gemm(&p);
            for (int i = 0; i < ROWS; i++)
                if (c[i] != wanted[i] && !(isnan(c[i]) && isnan(wanted[i])))
                    fail_msg("%s: %a becomes %a", v->name, (double)a[i], (double)c[i]);
        }
}

static const nn_kernels *real;

static void forgetful(const nn_product *p)
{
    nn_product less = *p;
    less.depth--;
    real->gemm(&less);
}

static void test_a_broken_product_is_noticed(void **state)
{
    (void)state;
    real = nn_kernels_here();
    nn_kernels broken = *real;
    broken.gemm = forgetful;
    assert_true(product_agrees(real, 7, 17, 1, 9, 0));
    assert_false(product_agrees(&broken, 7, 17, 1, 9, 0));
}

/* ---- Winograd ---------------------------------------------------------------------------------------------------- */

/* A 3x3 convolution of whole images, with everything that its three passes give. */
typedef struct convolution {
    nn_tiling t;
    int images, tiles;
    float *x, *w, *y, *dy, *dw, *in, *out, *points;
} convolution;

static size_t count_of(nn_shape g, int images)
{
    return (size_t)(g.h * g.w * g.c * images);
}

/* side: of the sheets on which the images lie. */
static convolution make_convolution(int h, int w, int in_c, int out_c, bool same, int images, int side,
                                    void (*fill)(float *, size_t, uint64_t))
{
    int out_h = same ? h : h - 2, out_w = same ? w : w - 2, period_h = h + same, period_w = w + same;
    int rows = ((side - 1) * period_h + out_h + 3) / 4, columns = ((side - 1) * period_w + out_w + 3) / 4;
    convolution c = {.t = {{h, w, in_c}, {out_h, out_w, out_c}, same, same, side, period_h, period_w, rows, columns}};
    c.images = images;
    c.tiles = images / (side * side) * rows * columns;
    size_t x = count_of(c.t.in, images), y = count_of(c.t.out, images), pairs = (size_t)(in_c * out_c);
    c.x = fence_floats(x), c.y = fence_floats(y), c.dy = fence_floats(y);
    c.w = fence_floats(9 * pairs), c.dw = fence_floats(9 * pairs), c.points = fence_floats(NN_POINTS * pairs);
    c.in = fence_floats((size_t)(NN_POINTS * c.tiles * in_c));
    c.out = fence_floats((size_t)(NN_POINTS * c.tiles * out_c));
    fill(c.x, x, 1), fill(c.dy, y, 2), fill(c.w, 9 * pairs, 3);
    return c;
}

static void free_convolution(convolution *c)
{
    float *all[] = {c->x, c->w, c->y, c->dy, c->dw, c->in, c->out, c->points};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        fence_free(all[i]);
}

static float x_at(const convolution *c, int image, int y, int x, int channel)
{
    nn_shape g = c->t.in;
    if (y < 0 || x < 0 || y >= g.h || x >= g.w)
        return 0.0f;
    return c->x[((image * g.h + y) * g.w + x) * g.c + channel];
}

/* y, and with its gradient that of w, by the transforms around sums over channels or tiles. */
static void by_points(const nn_kernels *k, convolution *c)
{
    const nn_tiling *t = &c->t;
    int pairs = t->in.c * t->out.c, half = c->tiles / 2;
    ptrdiff_t in = (ptrdiff_t)c->tiles * t->in.c, out = (ptrdiff_t)c->tiles * t->out.c;
    k->winograd_kernel(c->w, pairs, c->points);
    k->winograd_input(t, c->x, 0, half, NN_FLOATS, c->in, in);
    k->winograd_input(t, c->x, half, c->tiles - half, NN_FLOATS, c->in + half * t->in.c, in);
    for (int p = 0; p < NN_POINTS; p++)
        k->gemm(&(nn_product){.m = c->tiles,
                              .n = t->out.c,
                              .runs = 1,
                              .depth = t->in.c,
                              .a = c->in + p * in,
                              .a_row = t->in.c,
                              .a_step = 1,
                              .b = c->points + p * pairs,
                              .b_row = t->out.c,
                              .b_column = 1,
                              .c = c->out + p * out,
                              .c_row = t->out.c});
    k->winograd_output(t, c->out, out, NULL, false, 0, half, c->y);
    k->winograd_output(t, c->out + half * t->out.c, out, NULL, false, half, c->tiles - half, c->y);
    k->winograd_gradient(t, c->dy, 0, half, NN_FLOATS, c->out, out);
    k->winograd_gradient(t, c->dy, half, c->tiles - half, NN_FLOATS, c->out + half * t->out.c, out);
    for (int p = 0; p < NN_POINTS; p++)
        k->gemm(&(nn_product){.m = t->in.c,
                              .n = t->out.c,
                              .runs = 1,
                              .depth = c->tiles,
                              .a = c->in + p * in,
                              .a_row = 1,
                              .a_step = t->in.c,
                              .b = c->out + p * out,
                              .b_row = t->out.c,
                              .b_column = 1,
                              .c = c->points + p * pairs,
                              .c_row = t->out.c});
    memset(c->dw, 0, (size_t)(9 * pairs) * sizeof(float));
    k->winograd_weights(c->points, pairs, c->dw);
}

/* The largest difference to the definition, relative to the typical size of a result. */
static double worst_output(const convolution *c)
{
    nn_shape g = c->t.out;
    double worst = 0.0, squares = 0.0;
    for (size_t i = 0; i < count_of(g, c->images); i++) {
        int o = (int)i % g.c, x = (int)i / g.c % g.w, y = (int)i / g.c / g.w % g.h, image = (int)i / g.c / g.w / g.h;
        double sum = 0.0;
        for (int tap = 0; tap < 9; tap++)
            for (int channel = 0; channel < c->t.in.c; channel++)
                sum += (double)x_at(c, image, y + tap / 3 - c->t.top, x + tap % 3 - c->t.left, channel) *
                       (double)c->w[(tap * c->t.in.c + channel) * g.c + o];
        worst = fmax(worst, fabs(sum - (double)c->y[i]));
        squares += sum * sum;
    }
    return worst / sqrt(squares / (double)count_of(g, c->images));
}

static double worst_weight(const convolution *c)
{
    nn_shape g = c->t.out;
    double worst = 0.0, squares = 0.0;
    int count = 9 * c->t.in.c * g.c;
    for (int i = 0; i < count; i++) {
        int o = i % g.c, channel = i / g.c % c->t.in.c, tap = i / g.c / c->t.in.c;
        double sum = 0.0;
        for (int p = 0; p < c->images * g.h * g.w; p++)
            sum += (double)x_at(c, p / g.w / g.h, p / g.w % g.h + tap / 3 - c->t.top, p % g.w + tap % 3 - c->t.left,
                                channel) *
                   (double)c->dy[p * g.c + o];
        worst = fmax(worst, fabs(sum - (double)c->dw[i]));
        squares += sum * sum;
    }
    return worst / sqrt(squares / count);
}

/* On small whole numbers only the divisions by 6 and 24 round; on random ones the sums over channels do too. */
static void check_winograd(const char *name, const nn_kernels *kernels, const char *values,
                           void (*fill)(float *, size_t, uint64_t), double allowed)
{
    enum { SIDE = 9 };
    double output = 0.0, weights = 0.0;
    int lanes = kernels->lanes;
    for (int i = 0; i < 4 * SIDE * SIDE; i++) {
        int h = 1 + i / 4 % SIDE, w = 1 + i / 4 / SIDE, side = 1 + i / 2 % 2;
        bool same = i % 2 || h < 3 || w < 3, twice = (h + w) % 2;
        convolution c =
            make_convolution(h, w, twice ? 2 * lanes : lanes, twice ? lanes : 2 * lanes, same, 2 * side, side, fill);
        by_points(kernels, &c);
        output = fmax(output, worst_output(&c));
        weights = fmax(weights, worst_weight(&c));
        free_convolution(&c);
    }
    printf("{\"name\": \"winograd, %s, %s\", \"outputs\": %.2g, \"weights\": %.2g, \"limit\": %g}\n", name, values,
           output, weights, allowed);
    assert_true(output <= allowed && weights <= allowed);
}

static void test_winograd(void **state)
{
    (void)state;
    for (const nn_variant *v = nn_variants; v->name; v++)
        if (v->supported()) {
            check_winograd(v->name, v->kernels, "small whole numbers", fill_whole, 4e-5);
            check_winograd(v->name, v->kernels, "random values", fill_normal, 4e-5);
        }
}

/* One of the two numbers of a pair, and what a number becomes there. */
static float number_of(int32_t pair, bool odd)
{
    uint32_t bits = odd ? (uint32_t)pair & 0xffff0000 : (uint32_t)pair << 16;
    float number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

static float rounded(float number)
{
    uint32_t bits;
    memcpy(&bits, &number, sizeof bits);
    return number_of((int32_t)(bits + 0x7fff + (bits >> 16 & 1)), true);
}

/* The points of each form against those of floats: all tiles but the first, so that their number is odd and even. */
static bool forms_agree(const nn_kernels *k, const convolution *c, bool gradient, nn_form form)
{
    const nn_tiling *t = &c->t;
    int channels = gradient ? t->out.c : t->in.c, tiles = c->tiles - 1,
        rows = form == NN_TILE_PAIRS ? (tiles + 1) / 2 : tiles;
    ptrdiff_t stride = (ptrdiff_t)tiles * channels, width = form == NN_TILE_PAIRS ? channels : channels / 2;
    int32_t *pairs = (void *)fence_floats((size_t)(NN_POINTS * rows * width));
    float *points = gradient ? c->out : c->in;
    bool ok = true;
    (gradient ? k->winograd_gradient : k->winograd_input)(t, gradient ? c->dy : c->x, 1, tiles, NN_FLOATS, points,
                                                          stride);
    (gradient ? k->winograd_gradient : k->winograd_input)(t, gradient ? c->dy : c->x, 1, tiles, form, pairs,
                                                          rows * width);
    for (int p = 0; p < NN_POINTS; p++)
        for (int i = 0; i < 2 * rows * (int)width; i++) {
            int row = i / 2 / (int)width, column = i / 2 % (int)width;
            int tile = form == NN_TILE_PAIRS ? 2 * row + i % 2 : row;
            int channel = form == NN_TILE_PAIRS ? column : 2 * column + i % 2;
            float wanted = tile < tiles ? rounded(points[p * stride + tile * channels + channel]) : 0.0f;
            ok &= number_of(pairs[p * rows * (int)width + i / 2], i % 2) == wanted;
        }
    fence_free((void *)pairs);
    return ok;
}

static void test_points_of_16_bits(void **state)
{
    (void)state;
    for (const nn_variant *v = nn_variants; v->name; v++)
        for (int size = 5; v->supported() && size < 12; size++) {
            convolution c = make_convolution(size, size + 3, 2 * v->kernels->lanes, v->kernels->lanes, size % 2, 4,
                                             1 + size / 2 % 2, fill_normal);
            if (!forms_agree(v->kernels, &c, false, NN_CHANNEL_PAIRS) ||
                !forms_agree(v->kernels, &c, false, NN_TILE_PAIRS) || !forms_agree(v->kernels, &c, true, NN_TILE_PAIRS))
                fail_msg("%s: size %d", v->name, size);
            free_convolution(&c);
        }
}

/* Rows 2q and 2q + 1, which are of 16 bits, to pairs. */
static void join_rows(const float *numbers, int columns, int pairs, int32_t *to)
{
    for (int i = 0; i < pairs * columns; i++) {
        const float *even = numbers + i / columns * 2 * columns + i % columns;
        uint32_t bits[2];
        memcpy(&bits[0], even, sizeof *bits);
        memcpy(&bits[1], even + columns, sizeof *bits);
        to[i] = (int32_t)(bits[0] >> 16 | bits[1]);
    }
}

/* How pairs_agree has its product: a's rows each in one piece, as channels of tiles are, or its columns, as sums over tiles take
 * them; and what c begins with and ends as. */
enum { A_ROWS = 1, ADDED = 2, BIASED = 4, CUT = 8, MANNERS = 16 };

/* a b (+ c or a bias), of pairs of numbers up to 3 in size, in memory that ends with them, or with gaps that hold NaN. */
static bool pairs_agree(const nn_kernels *k, int m, int n, int pairs, int manner)
{
    bool rows = manner & A_ROWS, bias = (manner & BIASED) && !(manner & ADDED);
    int gap = m % 3, a_row = pairs + gap, lanes = k->lanes, b_row = (n + lanes - 1) / lanes * lanes, c_row = n + gap;
    float *a = fence_floats((size_t)(2 * pairs * m)), *b = fence_floats((size_t)(2 * pairs * b_row)),
          *c = fence_floats((size_t)((m - 1) * c_row + n)), *more = fence_floats((size_t)n);
    size_t room = (size_t)(rows ? (m - 1) * a_row + pairs : pairs * m);
    int32_t *a_pairs = (void *)fence_floats(room), *columns = (void *)fence_floats((size_t)(pairs * m)),
            *b_pairs = (void *)fence_floats((size_t)(pairs * b_row));
    bool ok = true;
    fill_whole(a, (size_t)(2 * pairs * m), 1), fill_whole(b, (size_t)(2 * pairs * b_row), 2);
    fill_whole(more, (size_t)n, 4);
    join_rows(a, m, pairs, columns);
    join_rows(b, b_row, pairs, b_pairs);
    memset(a_pairs, 0xff, room * sizeof *a_pairs);
    for (int i = 0; i < pairs * m; i++)
        a_pairs[rows ? i % m * a_row + i / m : i] = columns[i];
    for (int i = 0; i < (m - 1) * c_row + n; i++)
        c[i] = i % c_row < n ? 2.0f : guard;
    k->bfloat16_gemm(&(nn_bfloat16_product){.m = m,
                                            .n = n,
                                            .pairs = pairs,
                                            .a = a_pairs,
                                            .a_row = rows ? a_row : 1,
                                            .a_pair = rows ? 1 : m,
                                            .b = b_pairs,
                                            .b_pair = b_row,
                                            .b_panel = 2 * lanes,
                                            .c = c,
                                            .c_row = c_row,
                                            .add = manner & ADDED,
                                            .bias = bias ? more : NULL,
                                            .relu = manner & CUT});
    for (int i = 0; i < (m - 1) * c_row + n; i++) {
        int row = i / c_row, column = i % c_row;
        double sum = column >= n ? (double)guard : manner & ADDED ? 2.0 : bias ? (double)more[column] : 0.0;
        for (int q = 0; column < n && q < 2 * pairs; q++)
            sum += (double)a[q * m + row] * (double)b[q * b_row + column];
        ok &= (double)c[i] == (manner & CUT ? fmax(sum, 0.0) : sum);
    }
    fence_free(a), fence_free(b), fence_free(c), fence_free(more);
    fence_free((void *)a_pairs), fence_free((void *)columns), fence_free((void *)b_pairs);
    return ok;
}

static void test_products_of_pairs(void **state)
{
    (void)state;
    for (const nn_variant *v = nn_variants; v->name; v++)
        for (int i = 0; v->supported() && i < 40 * MANNERS; i++) {
            int m = 1 + 5 * i % 67, n = 1 + 11 * i % (5 * v->kernels->lanes), pairs = 1 + 7 * i % 40;
            if (i % 9 == 0)
                pairs = NN_MOST_PAIRS - i % 2;
            if (!pairs_agree(v->kernels, m, n, pairs, i % MANNERS))
                fail_msg("%s: m %d n %d pairs %d, manner %d", v->name, m, n, pairs, i % MANNERS);
        }
}

static void swapped(const float *w, int n, float *points)
{
    real->winograd_kernel(w, n, points);
    for (int i = 0; i < n; i++) {
        float keep = points[8 * n + i];
        points[8 * n + i] = points[9 * n + i];
        points[9 * n + i] = keep;
    }
}

static void test_a_broken_transform_is_noticed(void **state)
{
    (void)state;
    real = nn_kernels_here();
    nn_kernels broken = *real;
    broken.winograd_kernel = swapped;
    convolution c = make_convolution(6, 6, real->lanes, real->lanes, true, 1, 1, fill_normal);
    by_points(&broken, &c);
    assert_true(worst_output(&c) > 1e-2);
    free_convolution(&c);
}

/* ---- whole numbers ----------------------------------------------------------------------------------------------- */

static int whole_between(uint64_t key, size_t i, int most)
{
    return (int)(nn_bits(key, i) % (2u * (unsigned)most + 1)) - most;
}

static void check_quantizing(const nn_kernels *kernels, size_t n)
{
    static const float odd[] = {0.5f, 1.5f, -2.5f, 127.4f, 127.5f, -128.0f, 1e30f, -INFINITY};
    float *x = fence_floats(n);
    int16_t *q = fence_alloc(n, sizeof *q);
    for (size_t i = 0; i < n; i++)
        x[i] = i < 8 ? odd[i] / 2 : 40.0f * nn_normal(1, i);
    kernels->quantize(x, 2.0f, q, n);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(q[i], lrintf(fminf(fmaxf(2.0f * x[i], -127.0f), 127.0f)));
    fence_free(x), fence_free(q);
}

/* c = a b of whole numbers, b given as halves so that its factor is 2; a has a number more than b has rows where k
 * is odd. */
static bool whole_product_agrees(const nn_kernels *kernels, int m, int n, int k, int gap, bool bytes)
{
    int pairs = (k + 1) / 2, a_row = 2 * pairs + gap, c_row = n + gap, most = bytes ? 127 : 5000,
        reach = bytes ? 127 : 6350;
    float *b = fence_floats((size_t)(k * n)), *factor = fence_floats((size_t)n);
    int16_t *a = fence_alloc((size_t)((m - 1) * a_row + 2 * pairs), sizeof *a);
    int32_t *c = fence_alloc((size_t)((m - 1) * c_row + n), sizeof *c);
    void *panels = fence_alloc(kernels->integers_size(pairs, n, bytes), 1);
    nn_integer_product p = {.m = m,
                            .n = n,
                            .pairs = pairs,
                            .a = a,
                            .a_row = a_row,
                            .panels = panels,
                            .bytes = bytes,
                            .c = c,
                            .c_row = c_row};
    for (int i = 0; i < (m - 1) * a_row + 2 * pairs; i++)
        a[i] = (int16_t)whole_between(1, (size_t)i, reach);
    for (int i = 0; i < k * n; i++)
        b[i] = 0.5f * (float)whole_between(2, (size_t)i, most);
    for (int i = 0; i < (m - 1) * c_row + n; i++)
        c[i] = 77777;
    for (int j = 0; j < n; j++)
        factor[j] = 2.0f;
    kernels->pack_integers(b, factor, k, n, bytes, panels);
    kernels->integer_gemm(&p);
    bool ok = true;
    for (int i = 0; i < (m - 1) * c_row + n; i++) {
        int64_t sum = 0;
        for (int q = 0; q < k; q++)
            sum += i % c_row < n ? (int64_t)(2.0f * b[q * n + i % c_row]) * a[i / c_row * a_row + q] : 0;
        ok &= c[i] == (i % c_row < n ? sum : 77777);
    }
    fence_free(a), fence_free(c), fence_free(panels), fence_free(b), fence_free(factor);
    return ok;
}

static int check_whole_products(const nn_variant *v)
{
    enum { ROWS = 20, VECTORS = 5 };
    static const int depths[] = {1, 2, 3, 16, 33, 64};
    int n_depths = sizeof depths / sizeof *depths, count = 0, lanes = v->kernels->lanes;
    for (int m = 1; m <= ROWS; m++)
        for (int vectors = 1; vectors <= VECTORS; vectors++)
            for (int form = 0; form < 4 * n_depths; form++, count++) {
                int depth = depths[form / 4], gap = form / 2 % 2 ? 3 : 0;
                if (!whole_product_agrees(v->kernels, m, vectors * lanes, depth, gap, form % 2))
                    fail_msg("%s: m %d n %d k %d gap %d bytes %d", v->name, m, vectors * lanes, depth, gap, form % 2);
            }
    return count;
}

static void test_whole_numbers(void **state)
{
    (void)state;
    for (const nn_variant *v = nn_variants; v->name; v++)
        if (v->supported()) {
            for (size_t n = 1; n <= 40; n++)
                check_quantizing(v->kernels, n);
            printf("kernel %s: %d products of whole numbers agree\n", v->name, check_whole_products(v));
        }
}

static void forgetful_of_a_pair(const nn_integer_product *p)
{
    nn_integer_product less = *p;
    less.pairs--;
    real->integer_gemm(&less);
}

static void test_a_broken_whole_product_is_noticed(void **state)
{
    (void)state;
    real = nn_kernels_here();
    nn_kernels broken = *real;
    broken.integer_gemm = forgetful_of_a_pair;
    assert_true(whole_product_agrees(real, 7, 2 * real->lanes, 9, 0, true));
    assert_false(whole_product_agrees(&broken, 7, 2 * real->lanes, 9, 0, true));
}

/* B^T of Lavin and Gray. */
static const int input_matrix[NN_PATCH][NN_PATCH] = {{4, 0, -5, 0, 1, 0},  {0, -4, -4, 1, 1, 0}, {0, 4, -4, -1, 1, 0},
                                                     {0, -2, -1, 2, 1, 0}, {0, 2, -1, -2, 1, 0}, {0, 4, 0, -5, 0, 1}};

/* The points of one image, where exact. */
static bool points_agree(const convolution *c, const int16_t *points, ptrdiff_t stride)
{
    const nn_tiling *t = &c->t;
    bool ok = true;
    for (int i = 0; i < NN_POINTS * t->rows * t->columns * t->in.c; i++) {
        int channel = i % t->in.c, tile = i / t->in.c % (t->rows * t->columns),
            point = i / t->in.c / t->rows / t->columns;
        int y = tile / t->columns * NN_TILE - t->top, x = tile % t->columns * NN_TILE - t->left, sum = 0;
        for (int k = 0; k < NN_POINTS; k++)
            sum += input_matrix[point / NN_PATCH][k / NN_PATCH] * input_matrix[point % NN_PATCH][k % NN_PATCH] *
                   (int)x_at(c, 0, y + k / NN_PATCH, x + k % NN_PATCH, channel);
        ok &= points[point * stride + tile * t->in.c + channel] == sum;
    }
    return ok;
}

/* y of one image of whole numbers by kernels of whole points: those of the transform have denominators that divide
 * 576. */
static bool by_whole_points(const nn_kernels *k, convolution *c)
{
    enum { DENOMINATOR = 576 };
    const nn_tiling *t = &c->t;
    int pairs = t->in.c * t->out.c;
    ptrdiff_t in = (ptrdiff_t)c->tiles * t->in.c, out = (ptrdiff_t)c->tiles * t->out.c;
    float *factor = fence_floats((size_t)t->out.c), *bias = fence_floats((size_t)t->out.c);
    float *scale = fence_floats((size_t)(NN_POINTS * t->out.c));
    int16_t *bordered = fence_alloc((size_t)((4 * t->rows + 2) * (4 * t->columns + 2) * t->in.c), sizeof *bordered);
    int16_t *points = fence_alloc((size_t)(NN_POINTS * in), sizeof *points);
    int32_t *sums = fence_alloc((size_t)(NN_POINTS * out), sizeof *sums);
    void *panels = fence_alloc(k->integers_size(t->in.c / 2, t->out.c, false), 1);
    for (int i = 0; i < t->out.c; i++)
        factor[i] = DENOMINATOR, bias[i] = 0.0f;
    for (int i = 0; i < NN_POINTS * t->out.c; i++)
        scale[i] = 1.0f / DENOMINATOR;
    k->border_integers(t, c->x, 1.0f, bordered);
    k->winograd_integer_input(t, bordered, 0, c->tiles, points, in);
    k->winograd_kernel(c->w, pairs, c->points);
    for (int p = 0; p < NN_POINTS; p++) {
        k->pack_integers(c->points + p * pairs, factor, t->in.c, t->out.c, false, panels);
        k->integer_gemm(&(nn_integer_product){.m = c->tiles,
                                              .n = t->out.c,
                                              .pairs = t->in.c / 2,
                                              .a = points + p * in,
                                              .a_row = t->in.c,
                                              .panels = panels,
                                              .c = sums + p * out,
                                              .c_row = t->out.c});
    }
    k->winograd_integer_output(t, sums, out, scale, bias, false, 0, c->tiles, c->y);
    bool exact = points_agree(c, points, in);
    void *all[] = {bordered, points, sums, panels, factor, scale, bias};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        fence_free(all[i]);
    return exact;
}

static void fill_quantized(float *values, size_t n, uint64_t key)
{
    int most = key == 1 ? 127 : 3; /* images: 1 */
    for (size_t i = 0; i < n; i++)
        values[i] = (float)whole_between(key, i, most);
}

static void test_winograd_of_whole_numbers(void **state)
{
    (void)state;
    static const int sizes[][2] = {{4, 4}, {5, 7}, {6, 6}, {9, 4}, {14, 14}};
    for (const nn_variant *v = nn_variants; v->name; v++) {
        double worst = 0.0;
        if (!v->supported())
            continue;
        for (int i = 0; i < 10; i++) {
            int lanes = v->kernels->lanes, in_c = 2 * lanes * (1 + i % 2);
            convolution c =
                make_convolution(sizes[i / 2][0], sizes[i / 2][1], in_c, lanes, i % 2, 1, 1, fill_quantized);
            assert_true(by_whole_points(v->kernels, &c));
            worst = fmax(worst, worst_output(&c));
            free_convolution(&c);
        }
        printf("{\"name\": \"winograd, %s, quantized\", \"outputs\": %.2g, \"limit\": 2e-5}\n", v->name, worst);
        assert_true(worst <= 2e-5);
    }
}

/* ---- the end of a step ------------------------------------------------------------------------------------------- */

/* An update of n weights w by gradients g, with momentum or moments m and s, all from their start. */
typedef struct update {
    size_t n;
    float *w, *m, *s, *g;
} update;

static update make_update(size_t n)
{
    update u = {n, fence_floats(n), fence_floats(n), fence_floats(n), fence_floats(n)};
    fill_normal(u.w, n, 1), fill_normal(u.g, n, 2);
    memset(u.m, 0, n * sizeof(float)), memset(u.s, 0, n * sizeof(float));
    return u;
}

static void free_update(update *u)
{
    fence_free(u->w), fence_free(u->m), fence_free(u->s), fence_free(u->g);
}

static void check_adam(const nn_kernels *kernels, size_t n)
{
    const nn_adam_step step = {0.9f, 0.999f, 1e-8f, 0.01f, 2.0f, 0.001f};
    update u = make_update(n);
    kernels->adam(&step, u.w, u.m, u.s, u.g, n);
    for (size_t i = 0; i < n; i++) {
        double before = (double)nn_normal(1, i), gradient = (double)u.g[i], moment = 0.1 * gradient;
        double square = 0.001 * gradient * gradient;
        double after = before - 0.001 * before - 0.01 * moment / (sqrt(square) * 2.0 + 1e-8);
        assert_true(fabs(after - (double)u.w[i]) <= 1e-5);
    }
    free_update(&u);
}

static void check_momentum(const nn_kernels *kernels, size_t n)
{
    update u = make_update(n);
    for (int step = 0; step < 2; step++)
        kernels->momentum(0.1f, 0.5f, u.w, u.m, u.g, n);
    for (size_t i = 0; i < n; i++) { /* m: g, then 1.5 g; w: - 0.1 (1.5 g), then - 0.1 (1.75 g) */
        assert_true(fabsf(u.m[i] - 1.5f * u.g[i]) <= 1e-5f);
        assert_true(fabsf(u.w[i] - (nn_normal(1, i) - 0.325f * u.g[i])) <= 1e-5f);
    }
    free_update(&u);
}

static void check_sums(const nn_kernels *kernels, size_t n)
{
    update u = make_update(n);
    kernels->follow(u.w, u.g, 1.0f, n);
    kernels->accumulate(u.w, u.g, n);
    for (size_t i = 0; i < n; i++)
        assert_true(fabsf(u.w[i] - 2.0f * u.g[i]) <= 1e-5f);
    free_update(&u);
}

static void test_updates(void **state)
{
    (void)state;
    for (const nn_variant *v = nn_variants; v->name; v++)
        for (size_t n = 1; v->supported() && n <= 70; n++) {
            check_adam(v->kernels, n);
            check_momentum(v->kernels, n);
            check_sums(v->kernels, n);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_products),
        cmocka_unit_test(test_rounded_products),
        cmocka_unit_test(test_rounding),
        cmocka_unit_test(test_a_broken_product_is_noticed),
        cmocka_unit_test(test_winograd),
        cmocka_unit_test(test_points_of_16_bits),
        cmocka_unit_test(test_products_of_pairs),
        cmocka_unit_test(test_a_broken_transform_is_noticed),
        cmocka_unit_test(test_whole_numbers),
        cmocka_unit_test(test_a_broken_whole_product_is_noticed),
        cmocka_unit_test(test_winograd_of_whole_numbers),
        cmocka_unit_test(test_updates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
