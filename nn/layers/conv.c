/* conv.c - y[p, o] = b[o] + sum over the window at p of x * W[.., .., i, o].
 *
 * Three ways lead there: conv_direct.c is the definition, for every geometry; conv_winograd.c needs a quarter of the
 * multiplications for the 3x3 windows that most networks are made of; conv_integer.c does the same on quantized
 * images. */
#include "conv.h"
#include <math.h>
#include <string.h>

conv_geometry conv_measure(const nn_node *node)
{
    const double *attr = node->attr;
    int kh = (int)attr[CONV_SIZE], kw = attr[CONV_WIDTH] > 0 ? (int)attr[CONV_WIDTH] : kh;
    conv_geometry g = {.groups = (int)attr[CONV_GROUPS], .filters = (int)attr[CONV_FILTERS]};
    g.in_c = node->in.c / g.groups;
    g.out_c = g.filters / g.groups;
    if (!nn_window_plan(&g.window, node->in, kh, kw, (int)attr[CONV_STRIDE], (nn_padding)attr[CONV_PADDING]))
        g.window.out_h = g.window.out_w = 0;
    return g;
}

static const conv_way *way_of(const nn_node *node, const conv_geometry *g)
{
    return conv_winograd_fits(node, g) ? &conv_winograd : &conv_direct;
}

static const conv_way *way_here(const nn_slice *s, const conv_geometry *g)
{
    return s->scale > 0.0f && s->node->quantized ? &conv_integer : way_of(s->node, g);
}

static bool plan(nn_plan *plan, nn_node *node, nn_error *err)
{
    int groups = (int)node->attr[CONV_GROUPS], filters = (int)node->attr[CONV_FILTERS];
    if (node->in.c % groups || filters % groups)
        return nn_fail(err, NN_FORMAT, 0, "%d groups must divide %d channels and %d filters", groups, node->in.c,
                       filters);
    if (node->in.c > NN_MAX_DIM)
        return nn_fail(err, NN_LIMIT, 0, "conv reads at most %d channels, not %d", NN_MAX_DIM, node->in.c);
    conv_geometry g = conv_measure(node);
    const nn_window *w = &g.window;
    if (w->out_h == 0)
        return nn_fail(err, NN_FORMAT, 0, "a window of %d does not fit into %dx%d", (int)node->attr[CONV_SIZE],
                       node->in.h, node->in.w);
    node->out = (nn_shape){w->out_h, w->out_w, filters};
    int fan_in = w->kh * w->kw * g.in_c;
    if (!nn_plan_add_param(plan, node, "kernel", NN_KERNEL, fan_in, 4, (int[]){w->kh, w->kw, g.in_c, filters}, err) ||
        !nn_plan_add_param(plan, node, "bias", NN_BIAS, fan_in, 1, (int[]){filters}, err))
        return false;
    if (!way_of(node, &g)->plan(node, &g) || node->scratch > NN_MAX_FLOATS || node->prepared > 4 * NN_MAX_FLOATS)
        return nn_fail(err, NN_LIMIT, 0, "a window of %dx%d over %dx%d with %d channels and %d filters is too large",
                       w->kh, w->kw, node->in.h, node->in.w, node->in.c, filters);
    if (conv_integer_fits(node, &g))
        conv_integer.plan(node, &g);
    size_t shift = nn_lines((size_t)filters);
    node->prepared += shift;
    node->folded = node->prepared;
    node->quantized += node->quantized ? shift : 0;
    return true;
}

/* The kernel, and the bias at the start of s->prepared; with the batchnorm behind folded in while not training:
 * gain (x W + b - mean) r + bias = x (W gain r) + ((b - mean) gain r + bias), r = 1 / sqrt(variance + epsilon) */
static const float *fold(const nn_slice *s, const conv_geometry *g)
{
    const float *kernel = nn_slice_weight(s, CONV_KERNEL), *bias = nn_slice_weight(s, CONV_BIAS);
    memcpy(s->prepared, bias, (size_t)g->filters * sizeof(float));
    if (!s->norm)
        return kernel;
    size_t count = s->plan->param[s->node->param[CONV_KERNEL]].count;
    memcpy(s->scratch, kernel, count * sizeof(float));
    nn_norm_fold(s, s->norm, s->scratch, count / (size_t)g->filters, s->prepared);
    return s->scratch;
}

static void prepare(const nn_slice *s)
{
    conv_geometry g = conv_measure(s->node);
    way_here(s, &g)->prepare(s, &g, fold(s, &g), s->prepared + nn_lines((size_t)g.filters));
}

static void forward(const nn_slice *s)
{
    conv_geometry g = conv_measure(s->node);
    way_here(s, &g)->forward(s, &g, s->prepared, s->prepared + nn_lines((size_t)g.filters));
}

static void bias_gradient(const nn_slice *s, int filters)
{
    float *restrict bias = nn_slice_gradient(s, CONV_BIAS);
    const float *restrict dy = s->dy;
    size_t pixels = (size_t)s->images * nn_shape_count(s->node->out) / (size_t)filters;
    for (size_t p = 0; p < pixels; p++, dy += filters)
        for (int j = 0; j < filters; j++)
            bias[j] += dy[j];
}

static void backward(const nn_slice *s)
{
    conv_geometry g = conv_measure(s->node);
    bias_gradient(s, g.filters);
    way_of(s->node, &g)->backward(s, &g, s->prepared + nn_lines((size_t)g.filters));
}

static void backward_end(const nn_slice *s)
{
    conv_geometry g = conv_measure(s->node);
    way_of(s->node, &g)->backward_end(s, &g);
}

void conv_turn(const conv_geometry *g, int group, const float *kernel, float *turned)
{
    int taps = g->window.kh * g->window.kw;
    for (int tap = 0; tap < taps; tap++)
        for (int o = 0; o < g->out_c; o++)
            for (int i = 0; i < g->in_c; i++)
                *turned++ = kernel[((size_t)(taps - 1 - tap) * (size_t)g->in_c + (size_t)i) * (size_t)g->filters +
                                   (size_t)(group * g->out_c + o)];
}

static const char *const examples[] = {
    "input 5 4 2\nconv 3 3\nflatten\ndense 2\nsoftmax\n",
    "input 6 6 1\nconv 4 4\nconv 2 3 padding=valid\nflatten\ndense 2\nsoftmax\n",
    "input 7 5 4\nconv 6 3 stride=2 groups=2\nconv 2 1\nflatten\ndense 3\nsoftmax\n",
    "input 6 5 2\nconv 3 2 width=3 stride=2 padding=valid\nflatten\ndense 2\nsoftmax\n",
    "input 6 5 1\nconv 16 3\nconv 16 3\nflatten\ndense 2\nsoftmax\n",
    NULL,
};

extern const nn_op NN_VARIANT(nn_op_conv);
const nn_op NN_VARIANT(nn_op_conv) = {
    .name = "conv",
    .kind = NN_LINEAR,
    .summary = "y[p, o] = b[o] + sum over the window at p of x W[.., o]",
    .attrs =
        {
            [CONV_FILTERS] = {.name = "filters", .min = 1, .max = NN_MAX_DIM, .fallback = NAN, .whole = true},
            [CONV_SIZE] = {.name = "kernel", .min = 1, .max = 64, .fallback = NAN, .whole = true},
            [CONV_WIDTH] = {.name = "width", .min = 0, .max = 64, .fallback = 0, .whole = true}, /* 0: square */
            [CONV_STRIDE] = {.name = "stride", .min = 1, .max = 64, .fallback = 1, .whole = true},
            [CONV_PADDING] = {.name = "padding", .words = "same|valid", .fallback = NN_SAME},
            [CONV_GROUPS] = {.name = "groups", .min = 1, .max = NN_MAX_DIM, .fallback = 1, .whole = true},
        },
    .positional = 2,
    .inputs = 1,
    .joins_relu = true,
    .folds_norm = true,
    .quantizes = true,
    .plan = plan,
    .prepare = prepare,
    .forward = forward,
    .backward = backward,
    .backward_end = backward_end,
    .examples = examples,
};
