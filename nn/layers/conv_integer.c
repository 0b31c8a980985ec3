/* conv_integer.c - 3x3 convolution of quantized images by Winograd's minimal filtering: exact sums of 16-bit points,
 * twice as many at a time as floats. The kernel's points are rounded to as many bits as the sums leave room for,
 * with a scale for each point and filter. */
#include "conv.h"
#include "nn/kernels/integer.h"

enum { TILES = 32 }; /* transformed at a time */

bool conv_integer_fits(const nn_node *node, const conv_geometry *g)
{
    return conv_winograd_fits(node, g) && node->in.c % NN_SHORTS == 0;
}

static size_t panels_size(const conv_geometry *g)
{
    return nn_integers_size(g->in_c / 2, g->filters, false);
}

/* Numbers from one point to the next: the odd line keeps the 36 streams out of each other's cache sets. */
static ptrdiff_t stride_of(int channels)
{
    return (ptrdiff_t)TILES * channels + 32;
}

static size_t bordered_floats(const nn_tiling *t)
{
    size_t rows = (size_t)t->rows * NN_TILE + 2, columns = (size_t)t->columns * NN_TILE + 2;
    return nn_lines(rows * columns * (size_t)t->in.c / 2);
}

static size_t points_floats(const nn_tiling *t)
{
    return nn_lines(NN_POINTS * (size_t)stride_of(t->in.c) / 2);
}

static bool way_plan(nn_node *node, const conv_geometry *g)
{
    nn_tiling t = conv_tiling(node, g);
    size_t scratch = bordered_floats(&t) + points_floats(&t) + NN_POINTS * (size_t)stride_of(t.out.c);
    node->scratch = scratch > node->scratch ? scratch : node->scratch;
    node->quantized = NN_POINTS * ((size_t)g->filters + panels_size(g) / sizeof(float));
    return true;
}

/* How much the transform of the inputs can enlarge them in one dimension: the sums of the sizes in each row of its
 * matrix. */
static const int reach[NN_PATCH] = {10, 10, 10, 6, 6, 10};

static void way_prepare(const nn_slice *s, const conv_geometry *g, const float *kernel, float *prepared)
{
    int pairs = g->in_c * g->filters;
    float *points = s->scratch + 9 * (size_t)pairs; /* kernel may lie at the start of scratch */
    float *scale = prepared;
    char *panels = (char *)(prepared + NN_POINTS * (size_t)g->filters);
    nn_winograd_kernel(kernel, pairs, points);
    for (int p = 0; p < NN_POINTS; p++, points += pairs, scale += g->filters, panels += panels_size(g)) {
        int most = NN_QUANTUM * reach[p / NN_PATCH] * reach[p % NN_PATCH];
        nn_integer_factors(points, g->in_c, g->filters, INT16_MAX, most, scale);
        nn_pack_integers(points, scale, g->in_c, g->filters, false, panels);
        for (int j = 0; j < g->filters; j++)
            scale[j] = s->scale / scale[j];
    }
}

/* One image. */
static void convolve(const nn_slice *s, const nn_tiling *t, const float *bias, const float *prepared, const float *x,
                     float *y)
{
    int all = t->rows * t->columns;
    int16_t *bordered = (void *)s->scratch, *in = (void *)(s->scratch + bordered_floats(t));
    int32_t *out = (void *)(s->scratch + bordered_floats(t) + points_floats(t));
    ptrdiff_t in_stride = stride_of(t->in.c), out_stride = stride_of(t->out.c);
    const char *panels = (const char *)(prepared + (ptrdiff_t)NN_POINTS * t->out.c);
    nn_integer_product p = {.n = t->out.c, .pairs = t->in.c / 2, .a_row = t->in.c, .c_row = t->out.c};
    size_t panel = nn_integers_size(p.pairs, p.n, false);
    nn_border_integers(t, x, 1.0f / s->scale, bordered);
    for (int first = 0; first < all; first += TILES) {
        p.m = all - first < TILES ? all - first : TILES;
        nn_winograd_integer_input(t, bordered, first, p.m, in, in_stride);
        for (int point = 0; point < NN_POINTS; point++) {
            p.a = in + point * in_stride;
            p.panels = panels + (size_t)point * panel;
            p.c = out + point * out_stride;
            nn_integer_gemm(&p);
        }
        nn_winograd_integer_output(t, out, out_stride, prepared, bias, s->relu, first, p.m, y);
    }
}

static void way_forward(const nn_slice *s, const conv_geometry *g, const float *bias, const float *prepared)
{
    nn_tiling t = conv_tiling(s->node, g);
    size_t in = nn_shape_count(s->node->in), out = nn_shape_count(s->node->out);
    for (size_t i = 0; i < (size_t)s->images; i++)
        convolve(s, &t, bias, prepared, s->x + i * in, s->y + i * out);
}

const conv_way conv_integer = {.plan = way_plan, .prepare = way_prepare, .forward = way_forward};
