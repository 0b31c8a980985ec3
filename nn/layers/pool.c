/* pool.c - max and average pooling over windows of size x width, or over all of the image. */
#include "nn/kernels/kernels.h"
#include "nn/op.h"
#include <math.h>
#include <string.h>

enum { SIZE, STRIDE, WIDTH, PADDING, COUNT_PADDING = PADDING + NN_SIDES }; /* attributes */
enum { ALL = -1 };                                                         /* size: the whole image */

static int stride(const nn_node *node)
{
    double usual = node->attr[SIZE] == ALL ? 1.0 : node->attr[SIZE];
    return (int)(node->attr[STRIDE] > 0 ? node->attr[STRIDE] : usual);
}

static nn_window window_of(const nn_node *node)
{
    bool all = node->attr[SIZE] == ALL;
    int size = (int)node->attr[SIZE];
    nn_window w = {.kh = all ? node->in.h : size,
                   .kw = all                     ? node->in.w
                         : node->attr[WIDTH] > 0 ? (int)node->attr[WIDTH]
                                                 : size,
                   .stride = stride(node),
                   .dilation_h = 1,
                   .dilation_w = 1};
    nn_window_slide(&w, node->in, node->attr + PADDING);
    return w;
}

static int side_by_side(const nn_node *node)
{
    return node->in.c;
}

static bool plan(nn_plan *plan, nn_node *node, nn_error *err)
{
    (void)plan;
    nn_window w = window_of(node);
    if (!nn_window_check(&w, node->in, node->attr + PADDING, err))
        return false;
    node->out = (nn_shape){w.out_h, w.out_w, node->in.c};
    return true;
}

/* The part of one window that lies inside the image. */
typedef struct box {
    int y0, y1, x0, x1;
} box;

static box clip(const nn_window *w, nn_shape in, int oy, int ox)
{
    box b = {.y0 = oy * w->stride - w->top, .x0 = ox * w->stride - w->left};
    b.y1 = b.y0 + w->kh > in.h ? in.h : b.y0 + w->kh;
    b.x1 = b.x0 + w->kw > in.w ? in.w : b.x0 + w->kw;
    b.y0 = b.y0 < 0 ? 0 : b.y0;
    b.x0 = b.x0 < 0 ? 0 : b.x0;
    return b;
}

static size_t offset(nn_shape s, int y, int x)
{
    return ((size_t)y * (size_t)s.w + (size_t)x) * (size_t)s.c;
}

/* One window of the share. */
typedef struct place {
    box b;
    int taps;     /* of all of it, padding included */
    size_t image; /* offset of its image */
    size_t out;   /* offset of its output pixel */
} place;

typedef void visitor(const nn_slice *s, const place *p);

/* Windows of 2x2 that lie inside, which are most: n of a row, `apart` floats from one to the next in the image. */
typedef void row_visitor(const nn_slice *s, const place *p, int n, ptrdiff_t apart);

static inline bool is_square(const box *b)
{
    return b->y1 - b->y0 == 2 && b->x1 - b->x0 == 2;
}

/* Calls visit for every window, or visit_row, unless it is NULL, for those that it can take; inlined, so that their loops
 * over channels are what remains. */
static inline __attribute__((always_inline)) void each_window(const nn_slice *s, visitor *visit, row_visitor *visit_row)
{
    nn_window w = window_of(s->node);
    size_t in = nn_shape_count(s->node->in), out = nn_shape_count(s->node->out);
    for (size_t image = 0; image < (size_t)s->images; image++)
        for (int oy = 0; oy < w.out_h; oy++)
            for (int ox = 0, n; ox < w.out_w; ox += n) {
                place p = {clip(&w, s->node->in, oy, ox), w.kh * w.kw, image * in,
                           image * out + offset(s->node->out, oy, ox)};
                n = 1;
                if (visit_row && w.kw == 2 && is_square(&p.b)) {
                    int inside = (s->node->in.w - p.b.x1) / w.stride + 1;
                    n = inside < w.out_w - ox ? inside : w.out_w - ox;
                    visit_row(s, &p, n, (ptrdiff_t)w.stride * s->node->in.c);
                } else
                    visit(s, &p);
            }
}

/* Where pixels are smaller than a vector, whole ones may be written over what comes later in the same row, which is
 * faster than a part. */
static inline int lanes_of(int channels, int windows_left)
{
    return channels < NN_LANES && windows_left * channels >= NN_LANES ? NN_LANES : channels;
}

/* The first pixel of a window in x or dx. */
static inline size_t corner(const nn_slice *s, const place *p)
{
    return p->image + offset(s->node->in, p->b.y0, p->b.x0);
}

/* What is no number stays where it is the first pixel of a window, as in max_window; to look for it at the others costs 1 to
 * 5 % of a small network's time. */
static inline void max_row(const nn_slice *s, const place *p, int n, ptrdiff_t apart)
{
    int channels = s->node->in.c;
    const float *upper = s->x + corner(s, p), *lower = upper + (ptrdiff_t)s->node->in.w * channels;
    float *y = s->y + p->out;
    for (; n > 0; n--, upper += apart, lower += apart, y += channels)
        for (int left = lanes_of(channels, n), i = 0; left > 0; left -= NN_LANES, i += NN_LANES) {
            const float *x0 = upper + i, *x2 = lower + i, *x1 = x0 + channels, *x3 = x2 + channels;
            nn_vector above = nn_at_least(nn_load_first(x0, left), nn_load_first(x1, left));
            nn_vector below = nn_at_least(nn_load_first(x2, left), nn_load_first(x3, left));
            nn_store_first(y + i, nn_at_least(above, below), left);
        }
}

static inline void max_window(const nn_slice *s, const place *p)
{
    int c = s->node->in.c;
    float *restrict y = s->y + p->out;
    memcpy(y, s->x + p->image + offset(s->node->in, p->b.y0, p->b.x0), (size_t)c * sizeof(float));
    for (int iy = p->b.y0; iy < p->b.y1; iy++)
        for (int ix = p->b.x0; ix < p->b.x1; ix++) {
            const float *restrict x = s->x + p->image + offset(s->node->in, iy, ix);
            for (int i = 0; i < c; i++)
                y[i] = x[i] > y[i] ? x[i] : y[i];
        }
}

static void max_forward(const nn_slice *s)
{
    each_window(s, max_window, max_row);
}

/* The gradient goes to the first pixel of the window that holds the maximum. Windows that do not overlap write it,
 * others add. */
static inline void max_row_back(const nn_slice *s, const place *p, int n, ptrdiff_t apart)
{
    int channels = s->node->in.c;
    ptrdiff_t pixel[4] = {0, channels, (ptrdiff_t)s->node->in.w * channels, (s->node->in.w + 1) * (ptrdiff_t)channels};
    const float *x = s->x + corner(s, p), *y = s->y + p->out, *dy = s->dy + p->out;
    float *dx = s->dx + corner(s, p);
    for (; n > 0; n--, x += apart, dx += apart, y += channels, dy += channels)
        for (int left = lanes_of(channels, n), i = 0; left > 0; left -= NN_LANES, i += NN_LANES) {
            for (int k = 0; k < 4; k += 2)
                __builtin_prefetch(x + 4 * pixel[2] + pixel[k] + i);
            nn_vector top = nn_load_first(y + i, left);
            nn_mask rest = (nn_mask)nn_load_first(dy + i, left);
            NN_UNROLL
            for (int k = 0; k < 4; k++) {
                nn_mask here = (nn_mask)(nn_load_first(x + pixel[k] + i, left) == top);
                nn_store_first(dx + pixel[k] + i, (nn_vector)(rest & here), left);
                rest &= ~here;
            }
        }
}

static inline void max_window_back(const nn_slice *s, const place *p)
{
    int c = s->node->in.c;
    float *restrict rest = s->scratch; /* the gradient not yet handed on */
    const float *restrict y = s->y + p->out;
    memcpy(rest, s->dy + p->out, (size_t)c * sizeof(float));
    for (int iy = p->b.y0; iy < p->b.y1; iy++)
        for (int ix = p->b.x0; ix < p->b.x1; ix++) {
            size_t at = p->image + offset(s->node->in, iy, ix);
            const float *restrict x = s->x + at;
            float *restrict dx = s->dx + at;
            for (int i = 0; i < c; i++) {
                float give = x[i] == y[i] ? rest[i] : 0.0f;
                dx[i] += give;
                rest[i] -= give;
            }
        }
}

static void max_backward(const nn_slice *s)
{
    if (!s->dx)
        return;
    nn_window w = window_of(s->node);
    bool apart = w.kh == 2 && w.kw == 2 && w.stride == 2;
    if (!apart || w.top > 0 || w.left > 0 || 2 * w.out_h != s->node->in.h || 2 * w.out_w != s->node->in.w)
        memset(s->dx, 0, (size_t)s->images * nn_shape_count(s->node->in) * sizeof(float));
    if (apart)
        each_window(s, max_window_back, max_row_back);
    else
        each_window(s, max_window_back, NULL);
}

static bool max_plan(nn_plan *network, nn_node *node, nn_error *err)
{
    node->scratch = (size_t)node->in.c;
    return plan(network, node, err);
}

/* Of one pixel in its window's mean. Padding does not count, unless it is to. */
static inline float share_of(const nn_node *node, const place *p)
{
    const box *b = &p->b;
    return 1.0f / (float)(node->attr[COUNT_PADDING] > 0 ? p->taps : (b->y1 - b->y0) * (b->x1 - b->x0));
}

static inline void average_window(const nn_slice *s, const place *p)
{
    int c = s->node->in.c;
    float *restrict y = s->y + p->out, share = share_of(s->node, p);
    memset(y, 0, (size_t)c * sizeof(float));
    for (int iy = p->b.y0; iy < p->b.y1; iy++)
        for (int ix = p->b.x0; ix < p->b.x1; ix++) {
            const float *restrict x = s->x + p->image + offset(s->node->in, iy, ix);
            for (int i = 0; i < c; i++)
                y[i] += share * x[i];
        }
}

static void average_forward(const nn_slice *s)
{
    each_window(s, average_window, NULL);
}

static inline void average_window_back(const nn_slice *s, const place *p)
{
    int c = s->node->in.c;
    const float *restrict dy = s->dy + p->out;
    float share = share_of(s->node, p);
    for (int iy = p->b.y0; iy < p->b.y1; iy++)
        for (int ix = p->b.x0; ix < p->b.x1; ix++) {
            float *restrict dx = s->dx + p->image + offset(s->node->in, iy, ix);
            for (int i = 0; i < c; i++)
                dx[i] += share * dy[i];
        }
}

static void average_backward(const nn_slice *s)
{
    if (!s->dx)
        return;
    memset(s->dx, 0, (size_t)s->images * nn_shape_count(s->node->in) * sizeof(float));
    each_window(s, average_window_back, NULL);
}

/* clang-format off */
#define POOLING(...)                                                                                                  \
    .attrs = {[SIZE] = {.name = "size", .words = "all", .min = 1, .max = NN_MAX_TAPS, .fallback = NAN, .whole = true}, \
              [STRIDE] = {.name = "stride", .min = 0, .max = NN_MAX_TAPS, .fallback = 0, .whole = true},              \
              [WIDTH] = {.name = "width", .min = 0, .max = NN_MAX_TAPS, .fallback = 0, .whole = true},                \
              [PADDING] = {.name = "padding",                                                                         \
                           .words = "same|valid",                                                                     \
                           .numbers = NN_SIDES,                                                                       \
                           .max = NN_MAX_PADDING,                                                                     \
                           .fallback = NN_VALID,                                                                      \
                           .whole = true},                                                                            \
              __VA_ARGS__},                                                                                           \
    .positional = 2, .inputs = 1, .window = window_of, .side_by_side = side_by_side
#define EXAMPLES(kind, ...)                                                                                           \
    (const char *const[]){"input 4 4 2\nconv 3 3\n" kind " 2\nflatten\ndense 3\nsoftmax\n",                           \
                          "input 5 5 2\nconv 2 2\n" kind " 3 2 padding=same\nflatten\ndense 3\nsoftmax\n",            \
                          "input 4 5 2\nconv 2 2\n" kind " 3 2 padding=1,0,2,1\nflatten\ndense 3\nsoftmax\n",         \
                          "input 3 5 2\nconv 3 2\n" kind " all\nflatten\ndense 3\nsoftmax\n",                                    \
                          "input 3 7 2\nconv 3 2\n" kind " 2 1 width=4\nflatten\ndense 3\nsoftmax\n", __VA_ARGS__}
/* clang-format on */

extern const nn_op NN_VARIANT(nn_op_maxpool), NN_VARIANT(nn_op_avgpool);

const nn_op NN_VARIANT(nn_op_maxpool) = {
    POOLING(),
    .name = "maxpool",
    .summary = "y[p] = max of x over the window at p",
    .keeps_output = true,
    .plan = max_plan,
    .forward = max_forward,
    .backward = max_backward,
    .examples = EXAMPLES("maxpool", NULL),
};

const nn_op NN_VARIANT(nn_op_avgpool) = {
    POOLING([COUNT_PADDING] = {.name = "count_padding", .max = 1, .fallback = 0, .whole = true}),
    .name = "avgpool",
    .summary = "y[p] = mean of x over the window at p",
    .plan = plan,
    .forward = average_forward,
    .backward = average_backward,
    .examples = EXAMPLES(
        "avgpool", "input 4 5 2\nconv 2 2\navgpool 3 2 padding=1,0,2,1 count_padding=1\nflatten\ndense 3\nsoftmax\n",
        NULL),
};
