/* conv_direct.c - convolution as matrix products without unfolding: in an image with a border, the kernel rows of a
 * window are runs of memory, which nn_gemm reads where they lie. */
#include "slide.h"
#include <string.h>

/* Whether a kernel row reads a run of memory: all channels of pixels that are neighbours. */
static bool has_runs(const slide *s)
{
    return s->groups == 1 && s->dilation_w == 1;
}

/* One product covers a whole window, whose runs are the kernel's rows, or else one row, whose runs are pixels. */
static int pieces(const slide *s)
{
    return has_runs(s) ? 1 : s->kh;
}

static int piece_k(const slide *s)
{
    return s->kh * s->kw * s->in_c / pieces(s);
}

static size_t panels_count(const slide *s)
{
    return (size_t)(s->groups * pieces(s)) * nn_kernels_for(s->out_c)->panels_size(piece_k(s), s->out_c);
}

/* kernel (kh, kw, in_c, columns) of one group, from its first column on. */
static void pack_group(const slide *s, int group, const float *kernel, int columns, float *panels)
{
    const nn_kernels *kernels = nn_kernels_for(s->out_c);
    int k = piece_k(s);
    size_t size = kernels->panels_size(k, s->out_c);
    panels += (size_t)(group * pieces(s)) * size;
    for (int piece = 0; piece < pieces(s); piece++, panels += size, kernel += (size_t)k * (size_t)columns)
        kernels->pack_panels(panels, kernel, columns, 1, k, s->out_c);
}

/* Only the kernel's rows that lie on the image when a window begins at row y: those on the border are times 0. */
static void leave_out_border(const slide *s, int y, nn_product *p)
{
    int from = 0, to = s->kh;
    while (from < to - 1 && y + from * s->dilation_h < s->top)
        from++;
    while (to > from + 1 && y + (to - 1) * s->dilation_h >= s->top + s->h)
        to--;
    p->a += from * p->a_run;
    p->first_row = from * p->depth;
    p->runs = to - from;
}

/* Over one image; behind its y are so many floats that will be written later. */
static void slide_over(const slide *s, const float *bordered, const float *panels, const float *bias, bool relu,
                       float *y, size_t behind)
{
    const nn_kernels *kernels = nn_kernels_for(s->out_c);
    int c = s->groups * s->in_c, filters = s->groups * s->out_c, k = piece_k(s);
    ptrdiff_t row = (ptrdiff_t)bordered_w(s) * c;
    nn_product p = {
        .m = s->out_w,
        .n = s->out_c,
        .runs = has_runs(s) ? s->kh : s->kw,
        .depth = has_runs(s) ? s->kw * c : s->in_c,
        .a_row = (ptrdiff_t)s->stride * c,
        .a_step = 1,
        .a_run = has_runs(s) ? s->dilation_h * row : (ptrdiff_t)s->dilation_w * c,
        .panels = true,
        .panel_rows = k,
        .c_row = filters,
    };
    for (int group = 0; group < s->groups; group++)
        for (int piece = 0; piece < pieces(s); piece++, panels += kernels->panels_size(k, s->out_c)) {
            p.b = panels;
            p.add = piece > 0;
            p.bias = bias && piece == 0 ? bias + group * s->out_c : NULL;
            p.relu = relu && piece == pieces(s) - 1;
            for (int oy = 0; oy < s->out_h; oy++) {
                p.a = bordered + (oy * s->stride + piece * s->dilation_h) * row + (ptrdiff_t)group * s->in_c;
                p.c = y + (ptrdiff_t)oy * s->out_w * filters + (ptrdiff_t)group * s->out_c;
                p.overflows =
                    (size_t)(s->out_h - 1 - oy) * (size_t)(s->out_w * filters) + behind >= (size_t)kernels->lanes;
                if (has_runs(s))
                    leave_out_border(s, oy * s->stride, &p);
                kernels->gemm(&p);
            }
        }
}

/* ---- with a stride, the gradient of x is spread out tap by tap ---- */

static size_t spread_count(const slide *f)
{
    return (size_t)(f->groups * f->kh * f->kw) * nn_panels_size(f->out_c, f->in_c);
}

static void pack_spread(const slide *f, const float *kernel, float *panels)
{
    int filters = f->groups * f->out_c;
    for (int tap = 0; tap < f->kh * f->kw; tap++, kernel += (size_t)f->in_c * (size_t)filters)
        for (int group = 0; group < f->groups; group++, panels += nn_panels_size(f->out_c, f->in_c))
            nn_pack_panels(panels, kernel + group * f->out_c, 1, filters, f->out_c, f->in_c);
}

/* bordered gradient of x += dy W^T, for one image. */
static void spread(const slide *f, const float *dy, const float *panels, float *bordered)
{
    int c = f->groups * f->in_c, filters = f->groups * f->out_c;
    ptrdiff_t row = (ptrdiff_t)bordered_w(f) * c;
    nn_product p = {.m = f->out_w,
                    .n = f->in_c,
                    .runs = 1,
                    .depth = f->out_c,
                    .a_row = filters,
                    .a_step = 1,
                    .panels = true,
                    .c_row = (ptrdiff_t)f->stride * c,
                    .add = true};
    memset(bordered, 0, bordered_count(f) * sizeof(float));
    for (int tap = 0; tap < f->kh * f->kw; tap++)
        for (int group = 0; group < f->groups; group++, panels += nn_panels_size(f->out_c, f->in_c))
            for (int oy = 0; oy < f->out_h; oy++) {
                p.a = dy + (ptrdiff_t)oy * f->out_w * filters + (ptrdiff_t)group * f->out_c;
                p.b = panels;
                p.c = bordered + (oy * f->stride + tap / f->kw * f->dilation_h) * row +
                      (ptrdiff_t)(tap % f->kw * f->dilation_w) * c + (ptrdiff_t)group * f->in_c;
                nn_gemm(&p);
            }
}

/* ---- the gradient of the kernel ---- */

/* dy as the right factor of a product, for one image: where it lies, if its pixels fit into vectors that are all readable,
 * as they are where other images follow; else in panels. */
static void right_factor(const slide *f, const float *dy, int group, bool followed, float *panels, nn_product *p)
{
    int filters = f->groups * f->out_c;
    dy += group * f->out_c;
    p->roomy = followed;
    p->panels = f->out_c > NN_LANES || (f->out_c < NN_LANES && !followed);
    p->b = p->panels ? panels : dy;
    if (p->panels)
        nn_pack_panels(panels, dy, filters, 1, f->out_h * f->out_w, f->out_c);
}

/* dW += sum over pixels of x's windows times dy, for one image; dy_panels is room for dy of a group in panels. */
static void kernel_gradient(const slide *f, const float *bordered, const float *dy, bool followed, float *dy_panels,
                            float *gradient)
{
    int c = f->groups * f->in_c, filters = f->groups * f->out_c;
    int taps = has_runs(f) ? f->kh : f->kh * f->kw; /* of one product each */
    ptrdiff_t row = (ptrdiff_t)bordered_w(f) * c;
    nn_product p = {.m = has_runs(f) ? f->kw * c : f->in_c,
                    .n = f->out_c,
                    .runs = f->out_h,
                    .depth = f->out_w,
                    .a_row = 1,
                    .a_step = (ptrdiff_t)f->stride * c,
                    .a_run = f->stride * row,
                    .b_row = filters,
                    .b_column = 1,
                    .c_row = filters,
                    .add = true};
    for (int group = 0; group < f->groups; group++) {
        right_factor(f, dy, group, followed, dy_panels, &p);
        for (int tap = 0; tap < taps; tap++) {
            int ky = has_runs(f) ? tap : tap / f->kw, kx = has_runs(f) ? 0 : tap % f->kw;
            p.a =
                bordered + ky * f->dilation_h * row + (ptrdiff_t)(kx * f->dilation_w) * c + (ptrdiff_t)group * f->in_c;
            p.c = gradient + (ptrdiff_t)tap * p.m * filters + (ptrdiff_t)group * f->out_c;
            nn_gemm(&p);
        }
    }
}

/* ---- the way ---- */

static bool way_plan(nn_node *node, const conv_geometry *g)
{
    slide f = slide_forward(node, g), b = slide_backward(node, g);
    double floats = (double)bordered_h(&f) * bordered_w(&f) * node->in.c + 1.0 * node->out.h * node->out.w * 32 +
                    (double)bordered_h(&b) * bordered_w(&b) * g->filters;
    double weights = (double)f.kh * f.kw * (g->in_c + 16) * (g->filters + 16.0 * g->groups);
    if (floats > NN_MAX_FLOATS || weights > NN_MAX_FLOATS)
        return false;
    size_t back = f.stride == 1 ? bordered_count(&b) : 0, panels = nn_panels_size(f.out_h * f.out_w, f.out_c);
    size_t kernel = (size_t)(f.kh * f.kw * f.in_c) * (size_t)g->filters;
    size_t pass = nn_lines(bordered_count(&f)) + nn_lines(panels) + back;
    node->scratch = pass > 2 * kernel ? pass : 2 * kernel;
    node->backward = f.stride == 1 ? panels_count(&b) : spread_count(&f);
    node->prepared = nn_lines(panels_count(&f)) + node->backward;
    return true;
}

static void way_prepare(const nn_slice *s, const conv_geometry *g, const float *kernel, float *prepared)
{
    slide f = slide_forward(s->node, g), b = slide_backward(s->node, g);
    for (int group = 0; group < g->groups; group++)
        pack_group(&f, group, kernel + group * g->out_c, g->filters, prepared);
    if (!s->differentiates)
        return;
    float *back = prepared + nn_lines(panels_count(&f));
    if (f.stride > 1)
        pack_spread(&f, kernel, back);
    for (int group = 0; f.stride == 1 && group < g->groups; group++) {
        conv_turn(g, group, kernel, s->scratch);
        pack_group(&b, group, s->scratch, g->in_c, back);
    }
}

static void way_forward(const nn_slice *s, const conv_geometry *g, const float *bias, const float *prepared)
{
    slide f = slide_forward(s->node, g);
    size_t in = nn_shape_count(s->node->in), out = nn_shape_count(s->node->out);
    for (size_t image = 0; image < (size_t)s->images; image++) {
        slide_over(&f, with_border(&f, s->x + image * in, s->scratch), prepared, bias, s->relu, s->y + image * out,
                   ((size_t)s->images - image - 1) * out);
    }
}

static void way_backward(const nn_slice *s, const conv_geometry *g, const float *prepared)
{
    slide f = slide_forward(s->node, g), b = slide_backward(s->node, g);
    size_t in = nn_shape_count(s->node->in), out = nn_shape_count(s->node->out);
    float *bordered = s->scratch, *dy_panels = bordered + nn_lines(bordered_count(&f));
    float *dy_bordered = dy_panels + nn_lines(nn_panels_size(f.out_h * f.out_w, f.out_c));
    const float *back = prepared + nn_lines(panels_count(&f));
    for (size_t image = 0; image < (size_t)s->images; image++) {
        const float *dy = s->dy + image * out;
        if (s->gradients)
            kernel_gradient(&f, with_border(&f, s->x + image * in, bordered), dy,
                            ((size_t)s->images - image - 1) * out >= NN_LANES, dy_panels, conv_kernel_gradient(s, g));
        if (!s->dx)
            continue;
        float *dx = s->dx + image * in;
        if (f.stride == 1) {
            slide_over(&b, with_border(&b, dy, dy_bordered), back, NULL, false, dx,
                       ((size_t)s->images - image - 1) * in);
        } else {
            spread(&f, dy, back, bordered);
            leave_border(&f, bordered, dx);
        }
    }
}

static void way_backward_end(const nn_slice *s, const conv_geometry *g)
{
    (void)s, (void)g;
}

const conv_way conv_direct = {way_plan, way_prepare, way_forward, way_backward, way_backward_end};
