/* conv.c - y[p, o] = b[o] + sum over the window at p of x * W[.., .., i, o].
 *
 * Four ways lead there: conv_direct.c is the definition, for every geometry; conv_winograd.c needs a quarter of the
 * multiplications for the 3x3 windows that most networks are made of; conv_integer.c does the same on quantized
 * images; conv_depthwise.c is for filters of one channel each, of which a product has too few. */
#include "conv.h"
#include "period.h"
#include <math.h>
#include <string.h>

enum { FEW_TAPS = 16 }; /* of the image: so few products a value take less time than memory */

static nn_window window_of(const nn_node *node)
{
    const double *attr = node->attr;
    nn_window w = {
        .kh = (int)attr[CONV_SIZE],
        .kw = (int)(attr[CONV_WIDTH] > 0 ? attr[CONV_WIDTH] : attr[CONV_SIZE]),
        .stride = (int)attr[CONV_STRIDE],
        .dilation_h = (int)attr[CONV_DILATION],
        .dilation_w = (int)attr[CONV_DILATION + 1],
    };
    nn_window_slide(&w, node->in, attr + CONV_PADDING);
    return w;
}

conv_geometry conv_measure(const nn_node *node)
{
    int groups = (int)node->attr[CONV_GROUPS], filters = (int)node->attr[CONV_FILTERS];
    return (conv_geometry){window_of(node), groups, node->in.c / groups, filters / groups, filters};
}

static const conv_way *way_of(const nn_node *node, const conv_geometry *g)
{
    if (conv_depthwise_fits(g))
        return &conv_depthwise;
    return conv_winograd_fits(node, g) ? &conv_winograd : &conv_direct;
}

static const conv_way *way_here(const nn_slice *s, const conv_geometry *g)
{
    return s->scale > 0.0f && s->node->quantized ? &conv_integer : way_of(s->node, g);
}

/* ---- filters that share a kernel ---- */

static bool check_sharing(const nn_node *node, const conv_geometry *g, nn_error *err)
{
    bool alone = g->groups == node->in.c && g->groups == g->filters; /* each filter reads a channel of its own */
    if (!conv_shares(node))
        return true;
    if (g->window.kh != g->window.kw || (g->groups > 1 && !alone))
        return nn_fail(err, NN_FORMAT, 0,
                       "symmetry needs a square kernel, and as many groups as channels and filters, or one");
    return nn_symmetry_check(node, g->filters, err);
}

/* At the start of s->prepared: the bias, and the kernel if filters share it. */
static size_t kept_count(const nn_node *node, const conv_geometry *g)
{
    return nn_lines((size_t)g->filters) + (conv_shares(node) ? nn_lines(conv_kernel_count(g)) : 0);
}

static float *bias_gradient(const nn_slice *s, const conv_geometry *g)
{
    return conv_shares(s->node) ? conv_kernel_gradient(s, g) + conv_kernel_count(g)
                                : nn_slice_gradient(s, NN_LINEAR_BIAS);
}

/* The gradient of what is shared is the sum of those of all that share it. */
static void bring_together(const nn_slice *s, const conv_geometry *g)
{
    nn_symmetry symmetry = nn_symmetry_of(s->node);
    const float *kernel = conv_kernel_gradient(s, g), *bias = bias_gradient(s, g);
    size_t run = (size_t)(g->filters / symmetry.order); /* these lie side by side in both */
    for (size_t i = 0; i < conv_kernel_count(g); i += run) {
        float *stored = nn_slice_gradient(s, NN_LINEAR_KERNEL) + nn_symmetry_stored(&symmetry, i);
        for (size_t k = 0; k < run; k++)
            stored[k] += kernel[i + k];
    }
    for (int i = 0; i < g->filters; i++)
        nn_slice_gradient(s, NN_LINEAR_BIAS)[nn_symmetry_stored_channel(&symmetry, i)] += bias[i];
}

/* ---- the layer ---- */

/* Rows of all channels are filled by any. */
static int side_by_side(const nn_node *node)
{
    int groups = (int)node->attr[CONV_GROUPS], filters = (int)node->attr[CONV_FILTERS];
    return groups == filters ? NN_MAX_DIM : filters / groups;
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
    if (!nn_window_check(w, node->in, node->attr + CONV_PADDING, err) || !check_sharing(node, &g, err))
        return false;
    node->out = (nn_shape){w->out_h, w->out_w, filters};
    int fan_in = w->kh * w->kw * g.in_c, kernels = filters / (int)node->attr[CONV_SYMMETRY];
    node->recomputes = node->input[0] < 0 && fan_in <= FEW_TAPS;
    if (!nn_plan_add_param(plan, node, "kernel", NN_KERNEL, fan_in, 4, (int[]){w->kh, w->kw, g.in_c, kernels}, err) ||
        !nn_plan_add_param(plan, node, "bias", NN_BIAS, fan_in, 1, (int[]){kernels}, err))
        return false;
    if (!way_of(node, &g)->plan(node, &g) || node->scratch > NN_MAX_FLOATS || node->prepared > 4 * NN_MAX_FLOATS)
        return nn_fail(err, NN_LIMIT, 0, "a window of %dx%d over %dx%d with %d channels and %d filters is too large",
                       w->kh, w->kw, node->in.h, node->in.w, node->in.c, filters);
    if (conv_integer_fits(node, &g))
        conv_integer.plan(node, &g);
    if (conv_shares(node))
        node->memory += conv_kernel_count(&g) + (size_t)filters;
    size_t shift = kept_count(node, &g);
    node->prepared += shift;
    node->folded = node->prepared;
    node->quantized += node->quantized ? shift : 0;
    return true;
}

/* The kernel and, at the start of s->prepared, the bias, with the batchnorm behind folded in while not training:
 * gain (x W + b - mean) r + bias = x (W gain r) + ((b - mean) gain r + bias), r = 1 / sqrt(variance + epsilon) */
static const float *read_weights(const nn_slice *s, const conv_geometry *g)
{
    nn_symmetry symmetry = nn_symmetry_of(s->node);
    const float *kernel = nn_slice_weight(s, NN_LINEAR_KERNEL), *bias = nn_slice_weight(s, NN_LINEAR_BIAS);
    float *own = conv_shares(s->node) ? s->prepared + nn_lines((size_t)g->filters) : s->scratch;
    for (int i = 0; i < g->filters; i++)
        s->prepared[i] = bias[nn_symmetry_stored_channel(&symmetry, i)];
    if (conv_shares(s->node))
        for (size_t i = 0, run = (size_t)(g->filters / symmetry.order); i < conv_kernel_count(g); i += run)
            memcpy(own + i, kernel + nn_symmetry_stored(&symmetry, i), run * sizeof(float));
    else if (s->norm)
        memcpy(own, kernel, conv_kernel_count(g) * sizeof(float));
    else
        return kernel;
    if (s->norm)
        nn_norm_fold(s, s->norm, own, conv_kernel_count(g) / (size_t)g->filters, s->prepared);
    return own;
}

static void prepare(const nn_slice *s)
{
    conv_geometry g = conv_measure(s->node);
    way_here(s, &g)->prepare(s, &g, read_weights(s, &g), s->prepared + kept_count(s->node, &g));
}

static void forward(const nn_slice *s)
{
    conv_geometry g = conv_measure(s->node);
    way_here(s, &g)->forward(s, &g, s->prepared, s->prepared + kept_count(s->node, &g));
}

static void backward(const nn_slice *s)
{
    conv_geometry g = conv_measure(s->node);
    if (s->gradients)
        nn_sum_channels(s->dy, (size_t)s->images * nn_shape_count(s->node->out), g.filters, bias_gradient(s, &g));
    way_of(s->node, &g)->backward(s, &g, s->prepared + kept_count(s->node, &g));
}

static void backward_end(const nn_slice *s)
{
    conv_geometry g = conv_measure(s->node);
    if (!s->gradients)
        return;
    way_of(s->node, &g)->backward_end(s, &g);
    if (conv_shares(s->node))
        bring_together(s, &g);
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
    "input 5 6 3\nconv 3 3 groups=3\nconv 3 2 width=4 groups=3 padding=valid dilation=2,1\nflatten\ndense 2\nsoftmax\n",
    "input 6 6 1\nconv 4 4\nconv 2 3 padding=valid\nflatten\ndense 2\nsoftmax\n",
    "input 7 5 4\nconv 6 3 stride=2 groups=2\nconv 2 1\nflatten\ndense 3\nsoftmax\n",
    "input 6 5 2\nconv 3 2 width=3 stride=2 padding=valid\nflatten\ndense 2\nsoftmax\n",
    "input 6 5 1\nconv 16 3\nconv 16 3\nflatten\ndense 2\nsoftmax\n",
    "input 6 7 2\nconv 3 3 dilation=2\nconv 2 2 width=3 dilation=1,2 padding=1,0,0,3\nflatten\ndense 2\nsoftmax\n",
    "input 7 8 4\nconv 6 2 stride=2 dilation=3,2 groups=2 padding=2\nconv 2 1\nflatten\ndense 3\nsoftmax\n",
    "input 6 5 1\nconv 8 3 symmetry=8\nconv 8 3 groups=8 symmetry=8\nconv 16 1 symmetry=8\nflatten\ndense 2\nsoftmax\n",
    "input 5 7 2\nconv 4 2 symmetry=4\nconv 8 3 symmetry=4 stride=2\nflatten\ndense 2\nsoftmax\n",
    "input 5 6 1\nconv 16 1 symmetry=8\nconv 16 3 symmetry=8\nflatten\ndense 2\nsoftmax\n",
    "input 5 5 2\nconv 2 3\nconv 2 3 weights=conv1\nconv 2 3 weights=conv2\nflatten\ndense 2\nsoftmax\n",
    "input 6 5 1\nconv 16 3\nconv 16 3\nconv 16 3 weights=conv2\nflatten\ndense 2\nsoftmax\n",
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
            [CONV_SIZE] = {.name = "kernel", .min = 1, .max = NN_MAX_TAPS, .fallback = NAN, .whole = true},
            [CONV_WIDTH] =
                {.name = "width", .min = 0, .max = NN_MAX_TAPS, .fallback = 0, .whole = true}, /* 0: square */
            [CONV_STRIDE] = {.name = "stride", .min = 1, .max = NN_MAX_TAPS, .fallback = 1, .whole = true},
            [CONV_PADDING] = {.name = "padding",
                              .words = "same|valid",
                              .numbers = NN_SIDES,
                              .max = NN_MAX_PADDING,
                              .fallback = NN_SAME,
                              .whole = true},
            [CONV_GROUPS] = {.name = "groups", .min = 1, .max = NN_MAX_DIM, .fallback = 1, .whole = true},
            [CONV_DILATION] =
                {.name = "dilation", .numbers = 2, .min = 1, .max = NN_MAX_TAPS, .fallback = 1, .whole = true},
            [CONV_SYMMETRY] = {.name = "symmetry", .min = 1, .max = 8, .fallback = 1, .whole = true},
        },
    .positional = 2,
    .inputs = 1,
    .joins_relu = true,
    .folds_norm = true,
    .quantizes = true,
    .plan = plan,
    .side_by_side = side_by_side,
    .window = window_of,
    .prepare = prepare,
    .forward = forward,
    .backward = backward,
    .backward_end = backward_end,
    .examples = examples,
};
