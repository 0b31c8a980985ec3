/* conv.c - y[p, o] = b[o] + sum over the window at p of x * W[.., .., i, o], by im2col and a matrix product.
 *
 * A strip of output rows is unfolded at a time, so that its matrix stays in the L2 cache: col (pixels, kh * kw * channels of one
 * group). Backward unfolds it again instead of keeping it: memory traffic costs more than the copies. */
#include "../gemm.h"
#include "../op.h"
#include "../shape.h"
#include <string.h>

enum { FILTERS, SIZE, WIDTH, STRIDE, PADDING, GROUPS }; /* attributes */
enum { KERNEL, BIAS };                                  /* parameters */
enum { STRIP_FLOATS = 48 * 1024 };                      /* of col: 192 KiB */

typedef struct geometry {
    nn_window window;
    int groups, in_c, out_c; /* channels of one group */
    int k;                   /* length of a row of col */
    int strip;               /* output rows unfolded at a time */
} geometry;

static bool measure(geometry *g, const nn_node *node)
{
    const double *attr = node->attr;
    int kh = (int)attr[SIZE], kw = attr[WIDTH] > 0 ? (int)attr[WIDTH] : kh;
    g->groups = (int)attr[GROUPS];
    g->in_c = node->in.c / g->groups;
    g->out_c = (int)attr[FILTERS] / g->groups;
    g->k = kh * kw * g->in_c;
    if (!nn_window_plan(&g->window, node->in, kh, kw, (int)attr[STRIDE], (nn_padding)attr[PADDING]))
        return false;
    int rows = STRIP_FLOATS / g->k / g->window.out_w;
    g->strip = rows < 1 ? 1 : rows > g->window.out_h ? g->window.out_h : rows;
    return true;
}

static bool plan(nn_plan *plan, nn_node *node, nn_error *err)
{
    geometry g;
    int groups = (int)node->attr[GROUPS], filters = (int)node->attr[FILTERS];
    if (node->in.c % groups || filters % groups)
        return nn_fail(err, NN_FORMAT, 0, "%d groups must divide %d channels and %d filters", groups, node->in.c,
                       filters);
    if (node->in.c > NN_MAX_DIM)
        return nn_fail(err, NN_LIMIT, 0, "conv reads at most %d channels, not %d", NN_MAX_DIM, node->in.c);
    if (!measure(&g, node))
        return nn_fail(err, NN_FORMAT, 0, "a window of %d does not fit into %dx%d", (int)node->attr[SIZE], node->in.h,
                       node->in.w);
    node->out = (nn_shape){g.window.out_h, g.window.out_w, filters};
    if (!nn_size_mul((size_t)g.strip * (size_t)g.window.out_w, (size_t)g.k, &node->scratch) ||
        node->scratch > NN_MAX_FLOATS)
        return nn_fail(err, NN_LIMIT, 0, "its unfolded rows are too large");
    node->scratch = 2 * node->scratch + (size_t)g.k * (size_t)filters; /* col, its gradient, the transposed kernel */
    return nn_plan_add_param(plan, node, "kernel", NN_KERNEL, g.k, 4,
                             (int[]){g.window.kh, g.window.kw, g.in_c, filters}, err) &&
           nn_plan_add_param(plan, node, "bias", NN_BIAS, g.k, 1, (int[]){filters}, err);
}

/* Output rows [row, row + rows) of one image and one group as they lie between image and col. */
typedef struct strip {
    const geometry *g;
    nn_shape in;
    int group, row, rows;
} strip;

/* The part of the window at (oy, ox) in kernel row ky that lies inside the image: columns [from, to) of the kernel, and the
 * offset in the image of column `from`. False where the row lies outside. */
static inline bool window_row(const strip *s, int oy, int ox, int ky, int *from, int *to, ptrdiff_t *at)
{
    const nn_window *w = &s->g->window;
    int y = oy * w->stride + ky - w->top, x = ox * w->stride - w->left;
    if (y < 0 || y >= s->in.h)
        return false;
    *from = x < 0 ? -x : 0;
    *to = x + w->kw > s->in.w ? s->in.w - x : w->kw;
    *at = ((ptrdiff_t)y * s->in.w + x + *from) * s->in.c + (ptrdiff_t)s->group * s->g->in_c;
    return true;
}

static void unfold(const strip *s, const float *image, float *col)
{
    const geometry *g = s->g;
    size_t c = (size_t)g->in_c;
    bool whole = g->groups == 1; /* then a kernel row is one run of memory */
    for (int oy = s->row; oy < s->row + s->rows; oy++)
        for (int ox = 0; ox < g->window.out_w; ox++)
            for (int ky = 0; ky < g->window.kh; ky++, col += (size_t)g->window.kw * c) {
                int from, to;
                ptrdiff_t at;
                if (!window_row(s, oy, ox, ky, &from, &to, &at) || from >= to) {
                    memset(col, 0, (size_t)g->window.kw * c * sizeof(float));
                    continue;
                }
                memset(col, 0, (size_t)from * c * sizeof(float));
                memset(col + (size_t)to * c, 0, (size_t)(g->window.kw - to) * c * sizeof(float));
                if (whole)
                    memcpy(col + (size_t)from * c, image + at, (size_t)(to - from) * c * sizeof(float));
                else
                    for (int kx = from; kx < to; kx++, at += s->in.c)
                        memcpy(col + (size_t)kx * c, image + at, c * sizeof(float));
            }
}

/* The transpose of unfold: adds col back to where it came from. */
static void fold(const strip *s, const float *col, float *image)
{
    const geometry *g = s->g;
    int c = g->in_c;
    for (int oy = s->row; oy < s->row + s->rows; oy++)
        for (int ox = 0; ox < g->window.out_w; ox++)
            for (int ky = 0; ky < g->window.kh; ky++, col += g->window.kw * c) {
                int from, to;
                ptrdiff_t at;
                if (!window_row(s, oy, ox, ky, &from, &to, &at))
                    continue;
                for (int kx = from; kx < to; kx++, at += s->in.c)
                    for (int i = 0; i < c; i++)
                        image[at + i] += col[kx * c + i];
            }
}

static void fill_bias(const float *bias, int channels, size_t pixels, float *y)
{
    for (size_t p = 0; p < pixels; p++)
        memcpy(y + p * (size_t)channels, bias, (size_t)channels * sizeof(float));
}

static void forward(const nn_slice *s)
{
    const nn_node *node = s->node;
    geometry g;
    measure(&g, node);
    int filters = node->out.c;
    size_t in = nn_shape_count(node->in), out = nn_shape_count(node->out);
    const float *kernel = nn_slice_weight(s, KERNEL);
    fill_bias(nn_slice_weight(s, BIAS), filters, (size_t)s->images * out / (size_t)filters, s->y);
    strip part = {.g = &g, .in = node->in};
    for (int image = 0; image < s->images; image++)
        for (part.group = 0; part.group < g.groups; part.group++)
            for (part.row = 0; part.row < g.window.out_h; part.row += g.strip) {
                part.rows = g.window.out_h - part.row < g.strip ? g.window.out_h - part.row : g.strip;
                int pixels = part.rows * g.window.out_w;
                float *y = s->y + (size_t)image * out + (size_t)part.row * (size_t)(g.window.out_w * filters);
                unfold(&part, s->x + (size_t)image * in, s->scratch);
                nn_gemm(pixels, g.out_c, g.k, nn_plain(s->scratch, g.k),
                        nn_plain(kernel + part.group * g.out_c, filters), y + part.group * g.out_c, filters, true);
            }
}

/* W (k, filters) -> W^T (filters, k), once per pass instead of once per strip. */
static const float *transpose_kernel(const nn_slice *s, int k)
{
    int filters = s->node->out.c;
    const float *kernel = nn_slice_weight(s, KERNEL);
    float *transposed = s->scratch + s->node->scratch - (size_t)k * (size_t)filters;
    for (int o = 0; o < filters; o++)
        for (int i = 0; i < k; i++)
            transposed[(size_t)o * (size_t)k + (size_t)i] = kernel[(size_t)i * (size_t)filters + (size_t)o];
    return transposed;
}

/* One strip: dW += col^T dy, dcol = dy W^T, dx += fold(dcol). */
static void backward_strip(const nn_slice *s, const strip *part, const float *transposed, const float *x,
                           const float *dy, float *dx)
{
    const geometry *g = part->g;
    int filters = s->node->out.c, pixels = part->rows * g->window.out_w, first = part->group * g->out_c;
    float *col = s->scratch, *dcol = col + (size_t)g->strip * (size_t)g->window.out_w * (size_t)g->k;
    unfold(part, x, col);
    nn_gemm(g->k, g->out_c, pixels, nn_transposed(col, g->k), nn_plain(dy + first, filters),
            nn_slice_gradient(s, KERNEL) + first, filters, true);
    if (!dx)
        return;
    nn_gemm(pixels, g->k, g->out_c, nn_plain(dy + first, filters),
            nn_plain(transposed + (size_t)first * (size_t)g->k, g->k), dcol, g->k, false);
    fold(part, dcol, dx);
}

static void backward(const nn_slice *s)
{
    const nn_node *node = s->node;
    geometry g;
    measure(&g, node);
    int filters = node->out.c;
    size_t in = nn_shape_count(node->in), out = nn_shape_count(node->out);
    float *bias = nn_slice_gradient(s, BIAS);
    for (size_t p = 0; p < (size_t)s->images * out; p += (size_t)filters)
        for (int j = 0; j < filters; j++)
            bias[j] += s->dy[p + (size_t)j];
    if (s->dx)
        memset(s->dx, 0, (size_t)s->images * in * sizeof(float));
    const float *transposed = s->dx ? transpose_kernel(s, g.k) : NULL;
    strip part = {.g = &g, .in = node->in};
    for (int image = 0; image < s->images; image++)
        for (part.group = 0; part.group < g.groups; part.group++)
            for (part.row = 0; part.row < g.window.out_h; part.row += g.strip) {
                part.rows = g.window.out_h - part.row < g.strip ? g.window.out_h - part.row : g.strip;
                const float *dy = s->dy + (size_t)image * out + (size_t)part.row * (size_t)(g.window.out_w * filters);
                backward_strip(s, &part, transposed, s->x + (size_t)image * in, dy,
                               s->dx ? s->dx + (size_t)image * in : NULL);
            }
}

static const char *const examples[] = {
    "input 5 4 2\nconv 3 3\nflatten\ndense 2\nsoftmax\n",
    "input 6 6 1\nconv 4 4\nconv 2 3 padding=valid\nflatten\ndense 2\nsoftmax\n",
    "input 7 5 4\nconv 6 3 stride=2 groups=2\nconv 2 1\nflatten\ndense 3\nsoftmax\n",
    "input 6 5 2\nconv 3 2 width=3 stride=2 padding=valid\nflatten\ndense 2\nsoftmax\n",
    NULL,
};

extern const nn_op nn_op_conv;
const nn_op nn_op_conv = {
    .name = "conv",
    .summary = "y[p, o] = b[o] + sum over the window at p of x W[.., o]",
    .attrs =
        {
            [FILTERS] = {.name = "filters", .min = 1, .max = NN_MAX_DIM, .fallback = NAN, .whole = true},
            [SIZE] = {.name = "kernel", .min = 1, .max = 64, .fallback = NAN, .whole = true},
            [WIDTH] = {.name = "width", .min = 0, .max = 64, .fallback = 0, .whole = true}, /* 0: square */
            [STRIDE] = {.name = "stride", .min = 1, .max = 64, .fallback = 1, .whole = true},
            [PADDING] = {.name = "padding", .words = "same|valid", .fallback = NN_SAME},
            [GROUPS] = {.name = "groups", .min = 1, .max = NN_MAX_DIM, .fallback = 1, .whole = true},
        },
    .positional = 2,
    .inputs = 1,
    .plan = plan,
    .forward = forward,
    .backward = backward,
    .examples = examples,
};
