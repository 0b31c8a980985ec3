/* conv_depthwise.c - convolution with one filter for each channel: pixels lie behind each other with all their channels,
 * so a row of the outputs is a sum over the taps of runs of the inputs, times the tap's weights repeated from pixel to
 * pixel. They are repeated until their period is one of whole vectors. */
#include "period.h"
#include "slide.h"

bool conv_depthwise_fits(const conv_geometry *g)
{
    return g->groups > 1 && g->in_c == 1 && g->out_c == 1 && g->window.stride == 1;
}

static int taps_of(const slide *s)
{
    return s->kh * s->kw;
}

static int period_of(const slide *s)
{
    return nn_period(s->groups);
}

static size_t repeated_count(const slide *s)
{
    return (size_t)taps_of(s) * (size_t)period_of(s);
}

/* Behind the image stand zeros, as vectors reach beyond its last row. */
static size_t padded_count(const slide *s)
{
    return nn_lines(bordered_count(s) + NN_LANES);
}

static void enter_padded(const slide *s, const float *image, float *bordered)
{
    enter_border(s, image, bordered);
    memset(bordered + bordered_count(s), 0, NN_LANES * sizeof(float));
}

/* Where the tap's inputs of output row oy begin. */
static inline const float *tap_inputs(const slide *s, const float *bordered, int oy, int ky, int kx)
{
    ptrdiff_t row = oy + ky * s->dilation_h;
    return bordered + (row * bordered_w(s) + kx * s->dilation_w) * s->groups;
}

/* Writes row oy of y; with kh and kw constant where it is inlined. */
static inline __attribute__((always_inline)) void slide_row(const slide *s, int kh, int kw, const float *bordered,
                                                            const float *repeated, const float *bias, bool relu, int oy,
                                                            float *y)
{
    int n = s->out_w * s->groups, period = period_of(s);
    const float *first = tap_inputs(s, bordered, oy, 0, 0);
    ptrdiff_t below = tap_inputs(s, bordered, oy, 1, 0) - first, beside = tap_inputs(s, bordered, oy, 0, 1) - first;
    for (int i = 0, at = 0; i < n; i += NN_LANES, at = nn_next_in_period(at, period)) {
        nn_vector sum = nn_load(bias + at);
        const float *weights = repeated + at;
        NN_UNROLL
        for (int ky = 0; ky < kh; ky++)
            NN_UNROLL
        for (int kx = 0; kx < kw; kx++, weights += period)
            sum += nn_load(first + ky * below + kx * beside + i) * nn_load(weights);
        if (relu)
            sum = nn_at_least(sum, (nn_vector){0});
        nn_store_first(y + i, sum, n - i);
    }
}

/* bias: a period. */
static void slide_over(const slide *s, const float *bordered, const float *repeated, const float *bias, bool relu,
                       float *y)
{
    for (int oy = 0; oy < s->out_h; oy++, y += s->out_w * s->groups)
        if (s->kh == 3 && s->kw == 3)
            slide_row(s, 3, 3, bordered, repeated, bias, relu, oy, y);
        else
            slide_row(s, s->kh, s->kw, bordered, repeated, bias, relu, oy, y);
}

/* ---- the gradient of the kernel ---- */

/* sums (kh, kw, period) += inputs times dy, of `taps` neighbours from (ky, kx) on, over all places of one image that
 * have the same place in the period. */
static inline __attribute__((always_inline)) void sum_taps(const slide *s, int taps, const float *bordered,
                                                           const float *dy, int ky, int kx, float *sums)
{
    enum { MOST = 3 };
    int n = s->out_w * s->groups, period = period_of(s), beside = s->dilation_w * s->groups;
    sums += (ky * s->kw + kx) * period;
    for (int at = 0; at < period && at < n; at += NN_LANES) {
        nn_vector sum[MOST];
        NN_UNROLL
        for (int k = 0; k < taps; k++)
            sum[k] = nn_load(sums + k * period + at);
        for (int oy = 0; oy < s->out_h; oy++) {
            const float *x = tap_inputs(s, bordered, oy, ky, kx);
            for (int i = at; i < n; i += period) {
                nn_vector gradient = nn_load_first(dy + oy * n + i, n - i);
                NN_UNROLL
                for (int k = 0; k < taps; k++)
                    sum[k] += nn_load(x + k * beside + i) * gradient;
            }
        }
        NN_UNROLL
        for (int k = 0; k < taps; k++)
            nn_store(sums + k * period + at, sum[k]);
    }
}

static void sum_kernel(const slide *s, const float *bordered, const float *dy, float *sums)
{
    for (int ky = 0; ky < s->kh; ky++)
        if (s->kw == 3)
            sum_taps(s, 3, bordered, dy, ky, 0, sums);
        else
            for (int kx = 0; kx < s->kw; kx++)
                sum_taps(s, 1, bordered, dy, ky, kx, sums);
}

/* ---- the way ---- */

static bool way_plan(nn_node *node, const conv_geometry *g)
{
    slide f = slide_forward(node, g), b = slide_backward(node, g);
    double floats = ((double)bordered_h(&f) * bordered_w(&f) + (double)bordered_h(&b) * bordered_w(&b)) * g->filters;
    if (floats > NN_MAX_FLOATS || (double)repeated_count(&f) > NN_MAX_FLOATS)
        return false;
    size_t images = padded_count(&f) > padded_count(&b) ? padded_count(&f) : padded_count(&b);
    size_t kernel = (size_t)taps_of(&f) * (size_t)g->filters, period = (size_t)period_of(&f);
    node->scratch = images + period > kernel ? images + period : kernel;
    node->memory = node->backward = repeated_count(&f);
    node->prepared = 2 * repeated_count(&f);
    return true;
}

static void way_prepare(const nn_slice *s, const conv_geometry *g, const float *kernel, float *prepared)
{
    slide f = slide_forward(s->node, g);
    int period = period_of(&f), taps = taps_of(&f);
    for (int tap = 0; tap < taps; tap++)
        nn_repeat(kernel + tap * f.groups, f.groups, prepared + tap * period);
    for (int tap = 0; s->differentiates && tap < taps; tap++) /* turned by half a circle */
        nn_repeat(kernel + (taps - 1 - tap) * f.groups, f.groups, prepared + (taps + tap) * period);
}

static void way_forward(const nn_slice *s, const conv_geometry *g, const float *bias, const float *prepared)
{
    slide f = slide_forward(s->node, g);
    size_t in = nn_shape_count(s->node->in), out = nn_shape_count(s->node->out);
    float *repeated_bias = s->scratch, *bordered = s->scratch + period_of(&f);
    nn_repeat(bias, f.groups, repeated_bias);
    for (size_t image = 0; image < (size_t)s->images; image++) {
        enter_padded(&f, s->x + image * in, bordered);
        slide_over(&f, bordered, prepared, repeated_bias, s->relu, s->y + image * out);
    }
}

static void way_backward(const nn_slice *s, const conv_geometry *g, const float *prepared)
{
    slide f = slide_forward(s->node, g), b = slide_backward(s->node, g);
    size_t in = nn_shape_count(s->node->in), out = nn_shape_count(s->node->out);
    float *no_bias = s->scratch, *bordered = s->scratch + period_of(&f);
    memset(no_bias, 0, (size_t)period_of(&f) * sizeof(float));
    for (size_t image = 0; image < (size_t)s->images; image++) {
        const float *dy = s->dy + image * out;
        if (s->gradients) {
            enter_padded(&f, s->x + image * in, bordered);
            sum_kernel(&f, bordered, dy, s->memory);
        }
        if (s->dx) {
            enter_padded(&b, dy, bordered);
            slide_over(&b, bordered, prepared + repeated_count(&f), no_bias, false, s->dx + image * in);
        }
    }
}

static void way_backward_end(const nn_slice *s, const conv_geometry *g)
{
    slide f = slide_forward(s->node, g);
    float *gradient = conv_kernel_gradient(s, g);
    const float *sums = s->memory;
    for (int tap = 0; tap < taps_of(&f); tap++, gradient += f.groups, sums += period_of(&f))
        for (int i = 0, channel = 0; i < period_of(&f); i++, channel = nn_next_channel(channel, f.groups))
            gradient[channel] += sums[i];
}

const conv_way conv_depthwise = {way_plan, way_prepare, way_forward, way_backward, way_backward_end};
