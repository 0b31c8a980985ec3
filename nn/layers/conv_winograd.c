/* conv_winograd.c - 3x3 convolution by Winograd's minimal filtering: transforms (kernels/winograd.c) around 36
 * matrix products over the channels. The kernel's gradient is summed as points over all groups of a step and
 * transformed once at its end. */
#include "conv.h"
#include <string.h>

enum { TILES = 64 }; /* transformed at a time: enough to pay for reading the kernel's points, few enough to stay near */

/* From one image of a sheet to the next: no output sees two of them, and no pixel belongs to two. */
static int period_of(int in, int out, int before)
{
    int after = 2 - before, first = in + (before > 0 ? before : 0), last = out + (after > 0 ? after : 0);
    return first > last ? first : last;
}

/* From images of size `in` to such of size `out`, side x side of them on a sheet. */
static nn_tiling tiling_of(nn_shape in, nn_shape out, int top, int left, int side)
{
    int period_h = period_of(in.h, out.h, top), period_w = period_of(in.w, out.w, left);
    int h = (side - 1) * period_h + out.h, w = (side - 1) * period_w + out.w;
    return (nn_tiling){
        in, out, top, left, side, period_h, period_w, (h + NN_TILE - 1) / NN_TILE, (w + NN_TILE - 1) / NN_TILE};
}

static nn_tiling tiling_forward(const nn_node *node, const conv_geometry *g, int side)
{
    return tiling_of(node->in, node->out, g->window.top, g->window.left, side);
}

/* From the gradient of y to that of x: the same with the turned kernel. */
static nn_tiling tiling_backward(const nn_node *node, const conv_geometry *g, int side)
{
    return tiling_of(node->out, node->in, 2 - g->window.top, 2 - g->window.left, side);
}

nn_tiling conv_tiling(const nn_node *node, const conv_geometry *g)
{
    return tiling_forward(node, g, 1);
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

/* How a slice's images lie: the first on sheets, two beside and two below each other, where these take fewer tiles than
 * they take alone; the rest each alone. */
typedef struct layout {
    nn_tiling tiling[2];
    int images[2];
} layout;

static int tiles_of(const nn_tiling *t, int images)
{
    return images / (t->side * t->side) * t->rows * t->columns;
}

static layout lay_images(nn_tiling tiling(const nn_node *, const conv_geometry *, int), const nn_slice *s,
                         const conv_geometry *g)
{
    layout l = {{tiling(s->node, g, 2), tiling(s->node, g, 1)}, {s->images / NN_SHEET * NN_SHEET, 0}};
    if (tiles_of(&l.tiling[0], l.images[0]) >= tiles_of(&l.tiling[1], l.images[0]))
        l.images[0] = 0;
    l.images[1] = s->images - l.images[0];
    return l;
}

/* Tiles of a block: all are about equally large. */
static int block_tiles(int all)
{
    int blocks = (all + TILES - 1) / TILES;
    return blocks ? (all + blocks - 1) / blocks : 0;
}

static bool in_pairs(const nn_slice *s)
{
    return s->bfloat16 && NN_MULTIPLIES_PAIRS;
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
        if (in_pairs(s))
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
    if (in_pairs(s))
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

/* y = the convolution of x with the kernel in panels, of so many images. */
static void convolve(const nn_slice *s, const nn_tiling *t, int images, const float *panels, const float *bias,
                     bool relu, const float *x, float *y)
{
    int all = tiles_of(t, images), block = block_tiles(all);
    ptrdiff_t in_stride = stride_of(block, t->in.c), out_stride = stride_of(block, t->out.c);
    float *in = s->scratch, *out = in + NN_POINTS * in_stride;
    for (int first = 0; first < all; first += block) {
        int tiles = all - first < block ? all - first : block;
        nn_winograd_input(t, x, first, tiles, in_pairs(s) ? NN_CHANNEL_PAIRS : NN_FLOATS, in, in_stride);
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
    if (in_pairs(s))
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

/* s->memory += the gradient of the kernel's points, from so many images. */
static void sum_points(const nn_slice *s, const nn_tiling *t, int images, const float *x, const float *dy)
{
    int all = tiles_of(t, images), block = block_tiles(all);
    ptrdiff_t in_stride = stride_of(block, t->in.c), out_stride = stride_of(block, t->out.c);
    float *in = s->scratch, *out = in + NN_POINTS * in_stride;
    nn_form form = in_pairs(s) ? NN_TILE_PAIRS : NN_FLOATS;
    for (int first = 0; first < all; first += block) {
        int tiles = all - first < block ? all - first : block;
        nn_winograd_input(t, x, first, tiles, form, in, in_stride);
        nn_winograd_gradient(t, dy, first, tiles, form, out, out_stride);
        for (int p = 0; p < NN_POINTS; p++)
            add_products(s, t, tiles, in + p * in_stride, out + p * out_stride,
                         s->memory + (size_t)p * (size_t)t->in.c * (size_t)t->out.c);
    }
}

static void convolve_all(const nn_slice *s, const layout *l, const float *panels, const float *bias, bool relu,
                         const float *x, float *y)
{
    size_t n = (size_t)l->images[0], in = n * nn_shape_count(l->tiling[0].in),
           out = n * nn_shape_count(l->tiling[0].out);
    convolve(s, &l->tiling[0], l->images[0], panels, bias, relu, x, y);
    convolve(s, &l->tiling[1], l->images[1], panels, bias, relu, x + in, y + out);
}

static void sum_all(const nn_slice *s, const layout *l)
{
    size_t n = (size_t)l->images[0], in = n * nn_shape_count(l->tiling[0].in),
           out = n * nn_shape_count(l->tiling[0].out);
    sum_points(s, &l->tiling[0], l->images[0], s->x, s->dy);
    sum_points(s, &l->tiling[1], l->images[1], s->x + in, s->dy + out);
}

static void way_forward(const nn_slice *s, const conv_geometry *g, const float *bias, const float *prepared)
{
    layout l = lay_images(tiling_forward, s, g);
    convolve_all(s, &l, prepared, bias, s->relu, s->x, s->y);
}

static void way_backward(const nn_slice *s, const conv_geometry *g, const float *prepared)
{
    layout forward = lay_images(tiling_forward, s, g), backward = lay_images(tiling_backward, s, g);
    if (s->gradients)
        sum_all(s, &forward);
    if (s->dx)
        convolve_all(s, &backward, prepared + one_way(g->in_c, g->filters), NULL, false, s->dy, s->dx);
}

static void way_backward_end(const nn_slice *s, const conv_geometry *g)
{
    nn_winograd_weights(s->memory, g->in_c * g->filters, conv_kernel_gradient(s, g));
}

const conv_way conv_winograd = {way_plan, way_prepare, way_forward, way_backward, way_backward_end};
