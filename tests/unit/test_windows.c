/* test_windows.c - convolution and pooling against their definitions in plain sums, for random windows: sizes, strides,
 * padding at each side, dilation, groups, on every variant of the kernels.
 *
 * The definition knows a window only as a list of taps that lie in the image or not; outputs and all gradients follow
 * from the same sums. */
#include "nn/kernel.h"
#include "nn/op.h"
#include "support/nets.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { IMAGES = 9, ROUNDS = 150 }; /* two sheets of Winograd's tiles and one image more */

/* ---- geometry ---------------------------------------------------------------------------------------------------- */

/* What a line says, and nothing that the library made of it. */
typedef struct geometry {
    int h, w, c;
    int kh, kw, stride, dilation[2], padding[4]; /* top, left, bottom, right */
    int filters, groups;
} geometry;

static uint64_t dice;

static int between(int low, int high)
{
    return low + (int)(random_bits(&dice) % (uint64_t)(high - low + 1));
}

static int span_h(const geometry *g)
{
    return (g->kh - 1) * g->dilation[0] + 1;
}

static int span_w(const geometry *g)
{
    return (g->kw - 1) * g->dilation[1] + 1;
}

static int out_h(const geometry *g)
{
    return (g->h + g->padding[0] + g->padding[2] - span_h(g)) / g->stride + 1;
}

static int out_w(const geometry *g)
{
    return (g->w + g->padding[1] + g->padding[3] - span_w(g)) / g->stride + 1;
}

/* Padding smaller than the window, and an image into which with it at least one fits. */
static void draw_image(geometry *g)
{
    for (int side = 0; side < 4; side++)
        g->padding[side] = between(0, (side % 2 == 0 ? span_h(g) : span_w(g)) - 1);
    int least_h = span_h(g) - g->padding[0] - g->padding[2], least_w = span_w(g) - g->padding[1] - g->padding[3];
    g->h = between(least_h > 1 ? least_h : 1, (least_h > 1 ? least_h : 1) + 6);
    g->w = between(least_w > 1 ? least_w : 1, (least_w > 1 ? least_w : 1) + 6);
}

/* Where the tap (i, j) of the window at (y, x) lies in the image; -1 in the padding. */
static int tap_pixel(const geometry *g, int y, int x, int i, int j)
{
    int row = y * g->stride - g->padding[0] + i * g->dilation[0];
    int column = x * g->stride - g->padding[1] + j * g->dilation[1];
    return row < 0 || row >= g->h || column < 0 || column >= g->w ? -1 : row * g->w + column;
}

/* ---- one layer ---------------------------------------------------------------------------------------------------- */

/* The first layer of a network, run alone, and room for what it should give. */
typedef struct bench {
    geometry g;
    nn_plan *plan;
    const nn_node *node;
    size_t in, out, kernel, bias; /* floats of all images, and of the parameters */
    float *weights, *gradients, *x, *y, *dy, *dx, *prepared, *scratch, *memory;
    double *want_y, *want_dx, *want_kernel, *want_bias;
} bench;

static void *room(size_t count, size_t size)
{
    void *block = nn_alloc(count, size);
    assert_non_null(block);
    return block;
}

static void bench_open(bench *b, const geometry *g, const char *line)
{
    char text[256];
    snprintf(text, sizeof text, "input %d %d %d\n%s\nflatten\ndense 2\nsoftmax\n", g->h, g->w, g->c, line);
    *b = (bench){.g = *g, .plan = net_parse(text)};
    const nn_node *node = b->node = &b->plan->node[0];
    b->in = IMAGES * nn_shape_count(node->in);
    b->out = IMAGES * nn_shape_count(node->out);
    b->kernel = node->n_params > 0 ? b->plan->param[node->param[0]].count : 0;
    b->bias = node->n_params > 0 ? b->plan->param[node->param[1]].count : 0;
    b->weights = net_weights(b->plan, random_bits(&dice));
    b->gradients = room(b->plan->floats, sizeof(float));
    b->x = room(b->in, sizeof(float)), b->dx = room(b->in, sizeof(float));
    b->y = room(b->out, sizeof(float)), b->dy = room(b->out, sizeof(float));
    b->prepared = room(node->prepared, sizeof(float));
    b->scratch = room(node->scratch, sizeof(float));
    b->memory = room(node->memory, sizeof(float));
    b->want_y = room(b->out, sizeof(double)), b->want_dx = room(b->in, sizeof(double));
    b->want_kernel = room(b->kernel, sizeof(double)), b->want_bias = room(b->bias, sizeof(double));
    random_fill(&dice, b->x, b->in, -1, 1);
    random_fill(&dice, b->dy, b->out, -1, 1);
}

static void bench_close(bench *b)
{
    void *all[] = {b->weights, b->gradients, b->x,      b->dx,      b->y,           b->dy,       b->prepared,
                   b->scratch, b->memory,    b->want_y, b->want_dx, b->want_kernel, b->want_bias};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        nn_free(all[i]);
    nn_plan_free(b->plan);
}

static void run(const bench *b)
{
    const nn_op *op = b->node->op;
    nn_slice s = {.node = b->node,
                  .plan = b->plan,
                  .images = IMAGES,
                  .batch = IMAGES,
                  .parts = 1,
                  .training = true,
                  .differentiates = true,
                  .weights = b->weights,
                  .prepared = b->prepared,
                  .gradients = b->gradients,
                  .memory = b->memory,
                  .x = b->x,
                  .y = b->y,
                  .dy = b->dy,
                  .dx = b->dx,
                  .scratch = b->scratch};
    if (op->prepare)
        op->prepare(&s);
    op->forward(&s);
    op->backward(&s);
    if (op->backward_end)
        op->backward_end(&s);
}

static void compare(const bench *b, const char *what, const float *got, const double *want, size_t count)
{
    double largest = 1e-30;
    for (size_t i = 0; i < count; i++)
        largest = fmax(largest, fabs(want[i]));
    for (size_t i = 0; i < count; i++)
        if (!(fabs((double)got[i] - want[i]) <= 2e-5 * largest))
            fail_msg("%s[%zu] is %g, not %g\n%s", what, i, (double)got[i], want[i], b->plan->text);
}

static void check(const bench *b)
{
    nn_shape out = b->node->out;
    assert_true(out.h == out_h(&b->g) && out.w == out_w(&b->g));
    run(b);
    compare(b, "y", b->y, b->want_y, b->out);
    compare(b, "dx", b->dx, b->want_dx, b->in);
    for (int i = 0; i < b->node->n_params; i++) {
        const float *gradient = b->gradients + b->plan->param[b->node->param[i]].offset;
        compare(b, i == 0 ? "kernel" : "bias", gradient, i == 0 ? b->want_kernel : b->want_bias,
                i == 0 ? b->kernel : b->bias);
    }
}

/* Calls visit for every output pixel: of an image, and of all. */
static void each_window(const bench *b, void (*visit)(const bench *b, int image, int y, int x, size_t pixel))
{
    size_t pixel = 0;
    for (int image = 0; image < IMAGES; image++)
        for (int y = 0; y < out_h(&b->g); y++)
            for (int x = 0; x < out_w(&b->g); x++)
                visit(b, image, y, x, pixel++);
}

static size_t input_at(const geometry *g, int image, int pixel)
{
    return ((size_t)image * (size_t)(g->h * g->w) + (size_t)pixel) * (size_t)g->c;
}

/* ---- convolution -------------------------------------------------------------------------------------------------- */

/* One tap of one filter, over the channels of its group. */
static void convolve_tap(const bench *b, size_t input, size_t output, int tap, int filter)
{
    const geometry *g = &b->g;
    int in_c = g->c / g->groups, first = filter / (g->filters / g->groups) * in_c;
    const float *kernel = b->weights + b->plan->param[b->node->param[0]].offset;
    double dy = (double)b->dy[output];
    for (int i = 0; i < in_c; i++) {
        size_t at = ((size_t)tap * (size_t)in_c + (size_t)i) * (size_t)g->filters + (size_t)filter;
        size_t from = input + (size_t)(first + i);
        b->want_y[output] += (double)b->x[from] * (double)kernel[at];
        b->want_dx[from] += dy * (double)kernel[at];
        b->want_kernel[at] += dy * (double)b->x[from];
    }
}

static void convolve(const bench *b, int image, int y, int x, size_t pixel)
{
    const geometry *g = &b->g;
    const float *bias = b->weights + b->plan->param[b->node->param[1]].offset;
    for (int filter = 0; filter < g->filters; filter++) {
        size_t output = pixel * (size_t)g->filters + (size_t)filter;
        b->want_y[output] = (double)bias[filter];
        b->want_bias[filter] += (double)b->dy[output];
        for (int tap = 0; tap < g->kh * g->kw; tap++) {
            int at = tap_pixel(g, y, x, tap / g->kw, tap % g->kw);
            if (at >= 0)
                convolve_tap(b, input_at(g, image, at), output, tap, filter);
        }
    }
}

static geometry draw_any(void)
{
    geometry g = {.kh = between(1, 4),
                  .kw = between(1, 4),
                  .stride = between(1, 3),
                  .dilation = {between(1, 3), between(1, 3)},
                  .groups = between(1, 3)};
    g.c = g.groups * between(1, 3);
    g.filters = g.groups * between(1, 3);
    return g;
}

static geometry draw_for_winograd(void)
{
    return (geometry){.kh = 3, .kw = 3, .stride = 1, .dilation = {1, 1}, .groups = 1, .c = 16, .filters = 16};
}

static geometry draw_depthwise(void)
{
    geometry g = {.kh = between(1, 4), .kw = between(1, 4), .stride = 1, .dilation = {between(1, 3), between(1, 3)}};
    g.c = g.filters = g.groups = between(2, 33);
    return g;
}

/* A third each of the kinds that have a way of their own. */
static geometry draw_convolution(void)
{
    static geometry (*const draw[])(void) = {draw_any, draw_for_winograd, draw_depthwise};
    geometry g = draw[between(0, 2)]();
    draw_image(&g);
    return g;
}

static void test_convolution(void **state)
{
    (void)state;
    dice = 1;
    for (int i = 0; i < ROUNDS; i++) {
        geometry g = draw_convolution();
        char line[160];
        bench b;
        snprintf(line, sizeof line, "conv %d %d width=%d stride=%d padding=%d,%d,%d,%d groups=%d dilation=%d,%d",
                 g.filters, g.kh, g.kw, g.stride, g.padding[0], g.padding[1], g.padding[2], g.padding[3], g.groups,
                 g.dilation[0], g.dilation[1]);
        bench_open(&b, &g, line);
        each_window(&b, convolve);
        check(&b);
        bench_close(&b);
    }
}

/* ---- pooling ------------------------------------------------------------------------------------------------------ */

/* The first of the largest values of a window gets the whole gradient. */
static void pool_max(const bench *b, int image, int y, int x, size_t pixel)
{
    const geometry *g = &b->g;
    for (int c = 0; c < g->c; c++) {
        size_t output = pixel * (size_t)g->c + (size_t)c, winner = SIZE_MAX;
        for (int tap = 0; tap < g->kh * g->kw; tap++) {
            int at = tap_pixel(g, y, x, tap / g->kw, tap % g->kw);
            size_t from = at < 0 ? SIZE_MAX : input_at(g, image, at) + (size_t)c;
            if (at >= 0 && (winner == SIZE_MAX || b->x[from] > b->x[winner]))
                winner = from;
        }
        b->want_y[output] = (double)b->x[winner];
        b->want_dx[winner] += (double)b->dy[output];
    }
}

static bool padding_counts;

static void pool_average(const bench *b, int image, int y, int x, size_t pixel)
{
    const geometry *g = &b->g;
    int count = 0;
    for (int tap = 0; tap < g->kh * g->kw; tap++)
        count += padding_counts || tap_pixel(g, y, x, tap / g->kw, tap % g->kw) >= 0;
    for (int tap = 0; tap < g->kh * g->kw; tap++) {
        int at = tap_pixel(g, y, x, tap / g->kw, tap % g->kw);
        for (int c = 0; at >= 0 && c < g->c; c++) {
            size_t output = pixel * (size_t)g->c + (size_t)c, from = input_at(g, image, at) + (size_t)c;
            b->want_y[output] += (double)b->x[from] / count;
            b->want_dx[from] += (double)b->dy[output] / count;
        }
    }
}

static void check_pooling(const char *kind, void (*visit)(const bench *b, int image, int y, int x, size_t pixel))
{
    dice = 1;
    for (int i = 0; i < ROUNDS; i++) {
        geometry g = {.c = between(1, 19), .kh = between(1, 4), .stride = between(1, 3), .dilation = {1, 1}};
        char line[160];
        bench b;
        g.kw = g.kh;
        draw_image(&g);
        snprintf(line, sizeof line, "%s %d %d padding=%d,%d,%d,%d%s", kind, g.kh, g.stride, g.padding[0], g.padding[1],
                 g.padding[2], g.padding[3], padding_counts ? " count_padding=1" : "");
        bench_open(&b, &g, line);
        each_window(&b, visit);
        check(&b);
        bench_close(&b);
    }
}

static void test_max_pooling(void **state)
{
    (void)state;
    check_pooling("maxpool", pool_max);
}

static void test_average_pooling(void **state)
{
    (void)state;
    for (int counts = 0; counts < 2; counts++) {
        padding_counts = counts;
        check_pooling("avgpool", pool_average);
    }
    padding_counts = false;
}

/* A window as large as the image, of any size. */
static void test_all_of_the_image(void **state)
{
    (void)state;
    dice = 1;
    for (int i = 0; i < 40; i++) {
        int h = between(1, 90), w = between(1, 9);
        geometry g = {.h = h, .w = w, .c = between(1, 19), .kh = h, .kw = w, .stride = 1, .dilation = {1, 1}};
        bench b;
        bench_open(&b, &g, i % 2 ? "maxpool all" : "avgpool all");
        each_window(&b, i % 2 ? pool_max : pool_average);
        check(&b);
        bench_close(&b);
    }
}

/* ---- whole numbers ------------------------------------------------------------------------------------------------ */

/* With padding of any kind, a convolution of whole numbers is near that of floats. */
static void test_whole_numbers(void **state)
{
    (void)state;
    static const char *const paddings[] = {"0", "1", "2", "2,0,1,2", "0,2,2,0", "1,0,0,1"};
    enum { SIDE = 9, CHANNELS = 64, PIXELS = SIDE * SIDE * CHANNELS };
    static float image[PIXELS];
    for (size_t i = 0; i < sizeof paddings / sizeof *paddings; i++) {
        char text[200];
        float floats[NN_MAX_CLASSES], whole[NN_MAX_CLASSES];
        snprintf(text, sizeof text, "input %d %d %d\nconv 64 3 padding=%s\navgpool 3\nflatten\ndense 4\nsoftmax\n",
                 SIDE, SIDE, CHANNELS, paddings[i]);
        nn_model *model = net_model(text, 1);
        nn_work *work;
        nn_error err = {0};
        random_fill(&dice, image, PIXELS, 0, 1);
        assert_true(model->plan->node[0].quantized > 0);
        assert_true(nn_model_calibrate(model, image, 1, &err));
        assert_true(nn_work_new(&work, model->plan, 1, NN_ANSWERS, &err));
        nn_predict(work, model, image, 1, floats);
        nn_work_free(work);
        assert_true(nn_work_new(&work, model->plan, 1, NN_QUANTIZED_ANSWERS, &err));
        nn_predict(work, model, image, 1, whole);
        nn_work_free(work);
        for (int c = 0; c < 4; c++)
            assert_true(fabsf(floats[c] - whole[c]) < 0.02f);
        nn_model_free(model);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_convolution),     cmocka_unit_test(test_max_pooling),
        cmocka_unit_test(test_average_pooling), cmocka_unit_test(test_all_of_the_image),
        cmocka_unit_test(test_whole_numbers),
    };
    int failed = 0;
    for (const nn_variant *variant = nn_variants; variant->name; variant++) {
        printf("kernels %s%s\n", variant->name, variant->supported() ? "" : ": not on this processor");
        if (!variant->supported())
            continue;
        nn_kernels_use(variant);
        failed += cmocka_run_group_tests(tests, NULL, NULL);
    }
    return failed;
}
