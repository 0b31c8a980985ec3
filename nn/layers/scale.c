/* scale.c - y = gain x + bias per channel: a batchnorm without statistics. */
#include "nn/kernels/kernels.h"
#include "nn/op.h"
#include "nn/symmetry.h"

enum { SYMMETRY }; /* attributes */

/* Those that have weights of their own; a pixel is as many pixels of these as batchnorm.c says. */
static int channels_of(const nn_node *node)
{
    return node->in.c / (int)node->attr[SYMMETRY];
}

static size_t pixels_of(const nn_slice *s)
{
    return nn_slice_pixels(s) * (size_t)s->node->attr[SYMMETRY];
}

static bool plan(nn_plan *plan, nn_node *node, nn_error *err)
{
    if (!nn_symmetry_check(node, node->in.c, err))
        return false;
    const int c[] = {channels_of(node)};
    node->out = node->in;
    return nn_plan_add_param(plan, node, "gain", NN_GAIN, 1, 1, c, err) &&
           nn_plan_add_param(plan, node, "bias", NN_BIAS, 1, 1, c, err);
}

static void forward(const nn_slice *s)
{
    int c = channels_of(s->node);
    const float *restrict gain = nn_slice_weight(s, NN_NORM_GAIN), *restrict bias = nn_slice_weight(s, NN_NORM_BIAS);
    const float *restrict x = s->x;
    float *restrict y = s->y;
    for (size_t p = 0; p < pixels_of(s); p++, x += c, y += c)
        for (int i = 0; i < c; i++)
            y[i] = gain[i] * x[i] + bias[i];
}

/* dgain = sum dy x, dbias = sum dy */
static void sum_gradients(const nn_slice *s)
{
    int c = channels_of(s->node);
    const float *restrict x = s->x, *restrict dy = s->dy;
    float *restrict d_gain = nn_slice_gradient(s, NN_NORM_GAIN), *restrict d_bias = nn_slice_gradient(s, NN_NORM_BIAS);
    for (size_t p = 0; p < pixels_of(s); p++, x += c, dy += c)
        for (int i = 0; i < c; i++) {
            d_gain[i] += dy[i] * x[i];
            d_bias[i] += dy[i];
        }
}

/* dx = gain dy */
static void backward(const nn_slice *s)
{
    int c = channels_of(s->node);
    const float *restrict gain = nn_slice_weight(s, NN_NORM_GAIN), *restrict dy = s->dy;
    float *restrict dx = s->dx;
    if (s->gradients)
        sum_gradients(s);
    for (size_t p = 0, count = dx ? pixels_of(s) : 0; p < count; p++, dy += c, dx += c)
        for (int i = 0; i < c; i++)
            dx[i] = gain[i] * dy[i];
}

static const char *const examples[] = {
    "input 3 3 2\nconv 3 2\nscale\nflatten\ndense 3\nsoftmax\n",
    "input 1 1 6\nscale\ndense 2\nsoftmax\n",
    "input 3 3 1\nconv 8 3 symmetry=4\nscale symmetry=4\nflatten\ndense 3\nsoftmax\n",
    NULL,
};

extern const nn_op NN_VARIANT(nn_op_scale);
const nn_op NN_VARIANT(nn_op_scale) = {
    .name = "scale",
    .kind = NN_SCALE,
    .summary = "y = gain x + bias, per channel",
    .attrs = {[SYMMETRY] = {.name = "symmetry", .min = 1, .max = 8, .fallback = 1, .whole = true}},
    .inputs = 1,
    .plan = plan,
    .forward = forward,
    .backward = backward,
    .examples = examples,
};
