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
    int lanes; /* of vectors that hold a pixel: its channels, or all lanes where what lies behind is of later windows */
} place;

/* Whether none of a row's windows reaches beyond the image. */
static bool rows_are_whole(const nn_window *w, nn_shape in)
{
    return w->left == 0 && (w->out_w - 1) * w->stride + w->kw <= in.w;
}

/* Where pixels are smaller than a vector, whole ones may be written over what comes later in the same row, which is
 * faster than a part. */
static int lanes_of(const nn_slice *s, const nn_window *w, int ox)
{
    int c = s->node->in.c;
    return c < NN_LANES && (w->out_w - ox) * c >= NN_LANES && rows_are_whole(w, s->node->in) ? NN_LANES : c;
}

/* Calls visit for every window; inlined, so that visit's loops over channels are what remains. */
static inline __attribute__((always_inline)) void each_window(const nn_slice *s,
                                                              void (*visit)(const nn_slice *s, const place *p))
{
    nn_window w = window_of(s->node);
    size_t in = nn_shape_count(s->node->in), out = nn_shape_count(s->node->out);
    for (size_t image = 0; image < (size_t)s->images; image++)
        for (int oy = 0; oy < w.out_h; oy++)
            for (int ox = 0; ox < w.out_w; ox++) {
                place p = {clip(&w, s->node->in, oy, ox), w.kh * w.kw, image * in,
                           image * out + offset(s->node->out, oy, ox), lanes_of(s, &w, ox)};
                visit(s, &p);
            }
}

/* Windows of 2x2 that lie inside, which are most: the four pixels at once. */
static inline bool is_square(const box *b)
{
    return b->y1 - b->y0 == 2 && b->x1 - b->x0 == 2;
}

/* The pixels of such a window, in x or dx. */
typedef struct four {
    ptrdiff_t at[4];
} four;

static inline four four_of(const nn_slice *s, const place *p)
{
    ptrdiff_t c = s->node->in.c, below = s->node->in.w * c;
    ptrdiff_t at = (ptrdiff_t)(p->image + offset(s->node->in, p->b.y0, p->b.x0));
    return (four){{at, at + c, at + below, at + below + c}};
}

static inline void max_of_four(const nn_slice *s, const place *p)
{
    four f = four_of(s, p);
    const float *x0 = s->x + f.at[0], *x1 = s->x + f.at[1], *x2 = s->x + f.at[2], *x3 = s->x + f.at[3];
    float *y = s->y + p->out;
    for (int c = p->lanes, i = 0; i < c; i += NN_LANES) {
        nn_vector upper = nn_at_least(nn_load_first(x0 + i, c - i), nn_load_first(x1 + i, c - i));
        nn_vector lower = nn_at_least(nn_load_first(x2 + i, c - i), nn_load_first(x3 + i, c - i));
        nn_store_first(y + i, nn_at_least(upper, lower), c - i);
    }
}

static inline void max_window(const nn_slice *s, const place *p)
{
    if (is_square(&p->b)) {
        max_of_four(s, p);
        return;
    }
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
    each_window(s, max_window);
}

/* The gradient goes to the first pixel of the window that holds the maximum. Windows that do not overlap write it,
 * others add. */
static inline void max_of_four_back(const nn_slice *s, const place *p)
{
    four f = four_of(s, p);
    const float *y = s->y + p->out, *dy = s->dy + p->out;
    for (int c = p->lanes, i = 0; i < c; i += NN_LANES) {
        nn_vector top = nn_load_first(y + i, c - i);
        nn_mask rest = (nn_mask)nn_load_first(dy + i, c - i);
        for (int k = 0; k < 4; k++) {
            nn_mask here = (nn_mask)(nn_load_first(s->x + f.at[k] + i, c - i) == top);
            nn_store_first(s->dx + f.at[k] + i, (nn_vector)(rest & here), c - i);
            rest &= ~here;
        }
    }
}

static inline void max_window_back(const nn_slice *s, const place *p)
{
    if (is_square(&p->b) && s->node->attr[SIZE] == 2 && stride(s->node) == 2) {
        max_of_four_back(s, p);
        return;
    }
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
    memset(s->dx, 0, (size_t)s->images * nn_shape_count(s->node->in) * sizeof(float));
    each_window(s, max_window_back);
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
    each_window(s, average_window);
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
    each_window(s, average_window_back);
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
