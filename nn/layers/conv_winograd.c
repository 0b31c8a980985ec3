/* conv_winograd.c - 3x3 convolution by Winograd's minimal filtering: transforms (kernels/winograd.c) around 36
 * matrix products over the channels. The kernel's gradient is summed as points over all groups of a step and
 * transformed once at its end. */
#include "conv.h"
#include <string.h>

enum { TILES = 64 }; /* transformed at a time: enough to pay for reading the kernel's points, few enough to stay near */

nn_tiling conv_tiling(const nn_node *node, const conv_geometry *g)
{
    return (nn_tiling){
        {node->in.h, node->in.w, node->in.c},  {node->out.h, node->out.w, node->out.c}, g->window.top, g->window.left,
        (node->out.h + NN_TILE - 1) / NN_TILE, (node->out.w + NN_TILE - 1) / NN_TILE};
}

/* From the gradient of y to that of x: the same with the turned kernel. */
static nn_tiling tiling_backward(const nn_node *node, const conv_geometry *g)
{
    return (nn_tiling){{node->out.h, node->out.w, node->out.c},
                       {node->in.h, node->in.w, node->in.c},
                       2 - g->window.top,
                       2 - g->window.left,
                       (node->in.h + NN_TILE - 1) / NN_TILE,
                       (node->in.w + NN_TILE - 1) / NN_TILE};
}

/* Worth it where tiles are not mostly cut off. */
bool conv_winograd_fits(const nn_node *node, const conv_geometry *g)
{
    const nn_window *w = &g->window;
    int tiles = (w->out_h + NN_TILE - 1) / NN_TILE * ((w->out_w + NN_TILE - 1) / NN_TILE);
    return w->kh == 3 && w->kw == 3 && w->dilation_h == 1 && w->dilation_w == 1 && w->stride == 1 && g->groups == 1 &&
           node->in.c % NN_LANES == 0 && g->filters % NN_LANES == 0 &&
           10 * tiles * NN_POINTS <= 8 * 9 * w->out_h * w->out_w;
}

/* From one point to the next; the odd line keeps the 36 streams out of each other's cache sets. */
static ptrdiff_t stride_of(int tiles, int channels)
{
    return (ptrdiff_t)tiles * channels + 16;
}

/* Tiles of a block: all are about equally large. */
static int block_tiles(const nn_slice *s, const nn_tiling *t)
{
    int all = s->images * t->rows * t->columns, blocks = (all + TILES - 1) / TILES;
    return (all + blocks - 1) / blocks;
}

static size_t one_way(int in_c, int out_c)
{
    return NN_POINTS * nn_panels_size(in_c, out_c);
}

static bool way_plan(nn_node *node, const conv_geometry *g)
{
    size_t pairs = (size_t)g->in_c * (size_t)g->filters;
    size_t points = NN_POINTS * (size_t)(stride_of(TILES, g->in_c) + stride_of(TILES, g->filters));
    size_t making = (NN_POINTS + 2 * 9) * pairs; /* the kernel's points, the kernel turned and with its batchnorm */
    if (pairs > NN_MAX_FLOATS / (4 * NN_POINTS))
        return false;
    node->scratch = points > making ? points : making;
    node->memory = NN_POINTS * pairs;
    node->backward = one_way(g->filters, g->in_c);
    node->prepared = one_way(g->in_c, g->filters) + node->backward;
    return true;
}

/* kernel (3, 3, in_c, out_c) to panels of its points. */
static void pack_points(const nn_slice *s, const float *kernel, int in_c, int out_c, float *points, float *panels)
{
    int pairs = in_c * out_c;
    nn_winograd_kernel(kernel, pairs, points);
    for (int p = 0; p < NN_POINTS; p++, points += pairs, panels += nn_panels_size(in_c, out_c))
        if (s->bfloat16)
            nn_bfloat16_pack((void *)panels, points, out_c, 1, in_c, out_c);
        else
            nn_pack_panels(panels, points, out_c, 1, in_c, out_c);
}

static void way_prepare(const nn_slice *s, const conv_geometry *g, const float *kernel, float *prepared)
{
    size_t pairs = (size_t)g->in_c * (size_t)g->filters;
    float *turned = s->scratch + 9 * pairs, *points = turned + 9 * pairs; /* kernel may lie at the start of scratch */
    pack_points(s, kernel, g->in_c, g->filters, points, prepared);
    if (!s->differentiates)
        return;
    conv_turn(g, 0, kernel, turned);
    pack_points(s, turned, g->filters, g->in_c, points, prepared + one_way(g->in_c, g->filters));
}

/* Of some tiles: points of the outputs = points of the inputs times those of the kernel. */
static void multiply(const nn_slice *s, const nn_tiling *t, int tiles, const float *in, const float *panels, float *out)
{
    if (s->bfloat16)
        nn_bfloat16_gemm(&(nn_bfloat16_product){.m = tiles,
                                                .n = t->out.c,
                                                .pairs = t->in.c / 2,
                                                .a = (const void *)in,
                                                .a_row = t->in.c / 2,
                                                .a_pair = 1,
                                                .b = (const void *)panels,
                                                .b_pair = 2 * NN_LANES,
                                                .b_panel = t->in.c * NN_LANES,
                                                .c = out,
                                                .c_row = t->out.c});
    else
        nn_gemm(&(nn_product){.m = tiles,
                              .n = t->out.c,
                              .runs = 1,
                              .depth = t->in.c,
                              .a = in,
                              .a_row = t->in.c,
                              .a_step = 1,
                              .b = panels,
                              .panels = true,
                              .c = out,
                              .c_row = t->out.c});
}

/* y = the convolution of x with the kernel in panels. */
static void convolve(const nn_slice *s, const nn_tiling *t, const float *panels, const float *bias, bool relu,
                     const float *x, float *y)
{
    int block = block_tiles(s, t), all = s->images * t->rows * t->columns;
    ptrdiff_t in_stride = stride_of(block, t->in.c), out_stride = stride_of(block, t->out.c);
    float *in = s->scratch, *out = in + NN_POINTS * in_stride;
    for (int first = 0; first < all; first += block) {
        int tiles = all - first < block ? all - first : block;
        nn_winograd_input(t, x, first, tiles, s->bfloat16 ? NN_CHANNEL_PAIRS : NN_FLOATS, in, in_stride);
        for (int p = 0; p < NN_POINTS; p++) {
            int fetched = p * tiles / NN_POINTS;
            nn_winograd_fetch(t, first + fetched, (p + 1) * tiles / NN_POINTS - fetched, y);
            multiply(s, t, tiles, in + p * in_stride, panels + (size_t)p * nn_panels_size(t->in.c, t->out.c),
                     out + p * out_stride);
        }
        nn_winograd_output(t, out, out_stride, bias, relu, first, tiles, y);
    }
}

/* sum (in.c, out.c) += the products of some tiles' points. */
static void add_products(const nn_slice *s, const nn_tiling *t, int tiles, const float *in, const float *out,
                         float *sum)
{
    if (s->bfloat16)
        nn_bfloat16_gemm(&(nn_bfloat16_product){.m = t->in.c,
                                                .n = t->out.c,
                                                .pairs = (tiles + 1) / 2,
                                                .a = (const void *)in,
                                                .a_row = 1,
                                                .a_pair = t->in.c,
                                                .b = (const void *)out,
                                                .b_pair = t->out.c,
                                                .b_panel = 2 * NN_LANES,
                                                .c = sum,
                                                .c_row = t->out.c,
                                                .add = true});
    else
        nn_gemm(&(nn_product){.m = t->in.c,
                              .n = t->out.c,
                              .runs = 1,
                              .depth = tiles,
                              .a = in,
                              .a_row = 1,
                              .a_step = t->in.c,
                              .b = out,
                              .b_row = t->out.c,
                              .b_column = 1,
                              .c = sum,
                              .c_row = t->out.c,
                              .add = true});
}

/* s->memory += the gradient of the kernel's points. */
static void sum_points(const nn_slice *s, const nn_tiling *t)
{
    int block = block_tiles(s, t), all = s->images * t->rows * t->columns;
    ptrdiff_t in_stride = stride_of(block, t->in.c), out_stride = stride_of(block, t->out.c);
    float *in = s->scratch, *out = in + NN_POINTS * in_stride;
    nn_form form = s->bfloat16 ? NN_TILE_PAIRS : NN_FLOATS;
    for (int first = 0; first < all; first += block) {
        int tiles = all - first < block ? all - first : block;
        nn_winograd_input(t, s->x, first, tiles, form, in, in_stride);
        nn_winograd_gradient(t, s->dy, first, tiles, form, out, out_stride);
        for (int p = 0; p < NN_POINTS; p++)
            add_products(s, t, tiles, in + p * in_stride, out + p * out_stride,
                         s->memory + (size_t)p * (size_t)t->in.c * (size_t)t->out.c);
    }
}

static void way_forward(const nn_slice *s, const conv_geometry *g, const float *bias, const float *prepared)
{
    nn_tiling t = conv_tiling(s->node, g);
    convolve(s, &t, prepared, bias, s->relu, s->x, s->y);
}

static void way_backward(const nn_slice *s, const conv_geometry *g, const float *prepared)
{
    nn_tiling forward = conv_tiling(s->node, g), backward = tiling_backward(s->node, g);
    if (s->gradients)
        sum_points(s, &forward);
    if (s->dx)
        convolve(s, &backward, prepared + one_way(g->in_c, g->filters), NULL, false, s->dy, s->dx);
}

static void way_backward_end(const nn_slice *s, const conv_geometry *g)
{
    nn_winograd_weights(s->memory, g->in_c * g->filters, conv_kernel_gradient(s, g));
}

const conv_way conv_winograd = {way_plan, way_prepare, way_forward, way_backward, way_backward_end};
