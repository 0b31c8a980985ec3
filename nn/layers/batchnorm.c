/* batchnorm.c - y = gain (x - mean) / sqrt(variance + epsilon) + bias per channel (Ioffe and Szegedy 2015).
 *
 * While training, mean and (biased) variance are those of the whole batch: each part sums its own in the partial
 * pass, then all read all sums. The running statistics follow as running += (1 - momentum) (batch - running); that
 * difference goes into their gradient slots, and the trainer subtracts it.
 *
 * Channels that are each other's images (nn/symmetry.h) lie one block of `order` behind the other: a pixel of them is as
 * many pixels with a channel for each kernel, and that is how all loops here see it. */
#include "nn/op.h"
#include "nn/symmetry.h"
#include "period.h"
#include <math.h>
#include <string.h>

enum { MOMENTUM, EPSILON, SYMMETRY }; /* attributes */

/* shared, per part and channel: sum x, sum x^2 of forward; sum dy, sum dy x of backward. */
enum { SUM_X, SUM_XX, SUM_DY, SUM_DYX, SUMS };

/* memory, per channel: y = scale x + shift, and dx = a dy + b x + d. */
enum { SCALE, SHIFT, A, B, D, FACTORS };

/* Those that have weights of their own. */
static int channels_of(const nn_node *node)
{
    return node->in.c / (int)node->attr[SYMMETRY];
}

static bool plan(nn_plan *plan, nn_node *node, nn_error *err)
{
    if (!nn_symmetry_check(node, node->in.c, err))
        return false;
    const int c[] = {channels_of(node)};
    node->out = node->in;
    node->recomputes = true;
    node->scratch = 3 * (size_t)nn_period(c[0]);
    node->memory = FACTORS * (size_t)c[0];
    node->shared = SUMS * (size_t)c[0];
    node->prepared = 2 * (size_t)node->in.c;
    return nn_plan_add_param(plan, node, "gain", NN_GAIN, 1, 1, c, err) &&
           nn_plan_add_param(plan, node, "bias", NN_BIAS, 1, 1, c, err) &&
           nn_plan_add_param(plan, node, "mean", NN_MEAN, 1, 1, c, err) &&
           nn_plan_add_param(plan, node, "variance", NN_VARIANCE, 1, 1, c, err);
}

/* *a += u, *b += u * v, of the vector at i of n values. */
static inline void sum_vector(const float *u, const float *v, size_t n, size_t i, nn_vector *a, nn_vector *b)
{
    int lanes = nn_lanes_left(n, i);
    nn_vector value = nn_load_first(u + i, lanes);
    *a += value;
    *b += value * nn_load_first(v + i, lanes);
}

/* a[i] += sum of u, b[i] += sum of u * v per channel, over n values: two vectors at a time, as sums wait for each
 * other. */
static void sum_block(const float *u, const float *v, size_t n, int c, double *a, double *b)
{
    size_t period = (size_t)nn_period(c);
    for (size_t at = 0; at < period; at += NN_LANES) {
        nn_vector even_a = {0}, even_b = {0}, odd_a = {0}, odd_b = {0};
        for (size_t i = at; i < n; i += 2 * period) {
            sum_vector(u, v, n, i, &even_a, &even_b);
            if (i + period < n)
                sum_vector(u, v, n, i + period, &odd_a, &odd_b);
        }
        for (int lane = 0, i = (int)at % c; lane < NN_LANES; lane++, i = nn_next_channel(i, c)) {
            a[i] += (double)(even_a + odd_a)[lane];
            b[i] += (double)(even_b + odd_b)[lane];
        }
    }
}

/* The same over the group: float sums over short blocks, collected in double. */
static void sum_products(const nn_slice *s, const float *u, const float *v, double *a, double *b)
{
    enum { BLOCK = 64 };
    int c = channels_of(s->node);
    size_t n = nn_slice_pixels(s) * (size_t)s->node->in.c, block = BLOCK * (size_t)nn_period(c);
    for (size_t i = 0; i < n; i += block)
        sum_block(u + i, v + i, n - i < block ? n - i : block, c, a, b);
}

static double *sums(const nn_slice *s, int part, int which)
{
    return s->shared + (size_t)part * s->node->shared + (size_t)which * (size_t)channels_of(s->node);
}

/* One sum of one channel over all parts, in their order. */
static double total(const nn_slice *s, int which, int channel)
{
    double sum = 0.0;
    for (int p = 0; p < s->parts; p++)
        sum += sums(s, p, which)[channel];
    return sum;
}

static double batch_pixels(const nn_slice *s)
{
    return (double)s->batch * s->node->in.h * s->node->in.w * s->node->attr[SYMMETRY];
}

static void batch_statistics(const nn_slice *s, int channel, double *mean, double *variance)
{
    double n = batch_pixels(s);
    *mean = total(s, SUM_X, channel) / n;
    *variance = fmax(total(s, SUM_XX, channel) / n - *mean * *mean, 0.0);
}

static void forward_partial(const nn_slice *s)
{
    sum_products(s, s->x, s->x, sums(s, s->part, SUM_X), sums(s, s->part, SUM_XX));
}

static void follow(const nn_slice *s, int channel, double mean, double variance)
{
    float pace = 1.0f - (float)s->node->attr[MOMENTUM];
    nn_slice_gradient(s, NN_NORM_MEAN)[channel] = pace * (nn_slice_weight(s, NN_NORM_MEAN)[channel] - (float)mean);
    nn_slice_gradient(s, NN_NORM_VARIANCE)[channel] =
        pace * (nn_slice_weight(s, NN_NORM_VARIANCE)[channel] - (float)variance);
}

static float *factor(const nn_slice *s, int which)
{
    return s->memory + which * channels_of(s->node);
}

static void forward_combine(const nn_slice *s)
{
    const float *gain = nn_slice_weight(s, NN_NORM_GAIN), *bias = nn_slice_weight(s, NN_NORM_BIAS);
    for (int i = 0; i < channels_of(s->node); i++) {
        double mean, variance;
        batch_statistics(s, i, &mean, &variance);
        if (s->part == 0)
            follow(s, i, mean, variance);
        float scale = (float)((double)gain[i] / sqrt(variance + s->node->attr[EPSILON]));
        factor(s, SCALE)[i] = scale;
        factor(s, SHIFT)[i] = (float)((double)bias[i] - mean * (double)scale);
    }
}

void nn_norm_fold(const nn_slice *s, const nn_node *norm, float *kernel, size_t rows, float *bias)
{
    int c = norm->in.c, own = channels_of(norm);
    const float *gain = nn_slice_weight_of(s, norm, NN_NORM_GAIN), *shift = nn_slice_weight_of(s, norm, NN_NORM_BIAS);
    const float *mean = nn_slice_weight_of(s, norm, NN_NORM_MEAN),
                *variance = nn_slice_weight_of(s, norm, NN_NORM_VARIANCE);
    for (int i = 0; i < c; i++) {
        int k = i % own;
        float scale = (float)((double)gain[k] / sqrt((double)variance[k] + norm->attr[EPSILON]));
        bias[i] = (bias[i] - mean[k]) * scale + shift[k];
        for (size_t row = 0; row < rows; row++)
            kernel[row * (size_t)c + (size_t)i] *= scale;
    }
}

/* While not training, batchnorm is folded into a layer of weight 1 and bias 0. */
static void prepare(const nn_slice *s)
{
    int c = s->node->in.c;
    if (s->training)
        return;
    for (int i = 0; i < c; i++)
        s->prepared[i] = 1.0f;
    memset(s->prepared + c, 0, (size_t)c * sizeof(float));
    nn_norm_fold(s, s->node, s->prepared, 1, s->prepared + c);
}

/* Of each channel, repeated over a period, as part k of scratch. */
static const float *repeat(const nn_slice *s, const float *channels, int k)
{
    float *repeated = s->scratch + k * nn_period(channels_of(s->node));
    nn_repeat(channels, channels_of(s->node), repeated);
    return repeated;
}

static void forward(const nn_slice *s)
{
    int c = s->node->in.c, period = nn_period(channels_of(s->node));
    const float *scale = repeat(s, s->training ? factor(s, SCALE) : s->prepared, 0);
    const float *shift = repeat(s, s->training ? factor(s, SHIFT) : s->prepared + c, 1);
    nn_vector least = (nn_vector){0} + (s->relu ? 0.0f : -INFINITY);
    size_t n = nn_slice_pixels(s) * (size_t)c;
    int at = 0;
    for (size_t i = 0; i < n; i += NN_LANES, at = nn_next_in_period(at, period)) {
        int lanes = nn_lanes_left(n, i);
        nn_vector y = nn_load(scale + at) * nn_load_first(s->x + i, lanes) + nn_load(shift + at);
        nn_store_first(s->y + i, nn_at_least(y, least), lanes);
    }
}

static void backward_partial(const nn_slice *s)
{
    sum_products(s, s->dy, s->x, sums(s, s->part, SUM_DY), sums(s, s->part, SUM_DYX));
}

/* With x^ = (x - mean) r, r = 1 / sqrt(variance + epsilon), n pixels in the batch:
 * dbias = sum dy, dgain = sum dy x^ = r (sum dy x - mean sum dy), dx = gain r (dy - dbias / n - x^ dgain / n). */
static void backward_combine(const nn_slice *s)
{
    double n = batch_pixels(s);
    for (int i = 0; i < channels_of(s->node); i++) {
        double mean, variance, dbias = total(s, SUM_DY, i);
        batch_statistics(s, i, &mean, &variance);
        double r = 1.0 / sqrt(variance + s->node->attr[EPSILON]);
        double dgain = r * (total(s, SUM_DYX, i) - mean * dbias), gain = (double)nn_slice_weight(s, NN_NORM_GAIN)[i];
        if (s->part == 0) {
            nn_slice_gradient(s, NN_NORM_GAIN)[i] += (float)dgain;
            nn_slice_gradient(s, NN_NORM_BIAS)[i] += (float)dbias;
        }
        factor(s, A)[i] = (float)(gain * r);
        factor(s, B)[i] = (float)(-gain * r * r * dgain / n);
        factor(s, D)[i] = (float)(-gain * r * dbias / n + gain * r * r * mean * dgain / n);
    }
}

/* dx = scale dy: the statistics are the running ones, which no image changes. */
static void backward_fixed(const nn_slice *s)
{
    int c = s->node->in.c, period = nn_period(channels_of(s->node));
    const float *scale = repeat(s, s->prepared, 0);
    size_t n = nn_slice_pixels(s) * (size_t)c;
    int at = 0;
    for (size_t i = 0; i < n; i += NN_LANES, at = nn_next_in_period(at, period)) {
        int lanes = nn_lanes_left(n, i);
        nn_store_first(s->dx + i, nn_load(scale + at) * nn_load_first(s->dy + i, lanes), lanes);
    }
}

static void backward_followed(const nn_slice *s)
{
    int c = s->node->in.c, period = nn_period(channels_of(s->node));
    const float *a = repeat(s, factor(s, A), 0), *b = repeat(s, factor(s, B), 1), *d = repeat(s, factor(s, D), 2);
    size_t n = nn_slice_pixels(s) * (size_t)c;
    int at = 0;
    for (size_t i = 0; i < n; i += NN_LANES, at = nn_next_in_period(at, period)) {
        int lanes = nn_lanes_left(n, i);
        nn_vector x = nn_load_first(s->x + i, lanes), dy = nn_load_first(s->dy + i, lanes);
        nn_store_first(s->dx + i, nn_load(a + at) * dy + nn_load(b + at) * x + nn_load(d + at), lanes);
    }
}

static void backward(const nn_slice *s)
{
    if (!s->dx)
        return;
    if (s->training)
        backward_followed(s);
    else
        backward_fixed(s);
}

static const char *const examples[] = {
    "input 3 3 2\nconv 3 2\nbatchnorm\nrelu\nflatten\ndense 3\nsoftmax\n",
    "input 1 1 6\ndense 4\nbatchnorm momentum=0.8 epsilon=0.01\ndense 2\nsoftmax\n",
    "input 4 4 1\nconv 3 3\nleakyrelu 0.1\nbatchnorm\nconv 3 2\nbatchnorm\nrelu\nflatten\ndense 3\nsoftmax\n",
    "input 4 4 1\na: conv 3 3\nn: batchnorm from=input\nleakyrelu 0.1 from=a\nconcat n\nflatten\ndense 3\nsoftmax\n",
    "input 3 3 1\nconv 3 3 padding=valid\nbatchnorm\nsoftmax\n",
    "input 4 3 1\nconv 16 3 symmetry=8\nbatchnorm symmetry=8\nrelu\nflatten\ndense 3\nsoftmax\n",
    NULL,
};

extern const nn_op NN_VARIANT(nn_op_batchnorm);
const nn_op NN_VARIANT(nn_op_batchnorm) = {
    .name = "batchnorm",
    .kind = NN_NORM,
    .summary = "y = gain (x - mean) / sqrt(variance + epsilon) + bias, per channel",
    .attrs = {[MOMENTUM] = {.name = "momentum", .min = 0.0, .max = 1.0, .fallback = 0.9},
              [EPSILON] = {.name = "epsilon", .min = 1e-8, .max = 1.0, .fallback = 1e-5},
              [SYMMETRY] = {.name = "symmetry", .min = 1, .max = 8, .fallback = 1, .whole = true}},
    .inputs = 1,
    .joins_relu = true,
    .plan = plan,
    .prepare = prepare,
    .forward = forward,
    .backward = backward,
    .forward_partial = forward_partial,
    .forward_combine = forward_combine,
    .backward_partial = backward_partial,
    .backward_combine = backward_combine,
    .examples = examples,
};
