/* prelu.c - y = x > 0 ? x : slope x with a slope for each channel, which is learned (He et al. 2015). */
#include "nn/kernels/kernels.h"
#include "nn/op.h"

enum { SLOPE }; /* parameters */

static bool plan(nn_plan *plan, nn_node *node, nn_error *err)
{
    node->out = node->in;
    return nn_plan_add_param(plan, node, "slope", NN_SLOPE, 1, 1, (int[]){node->in.c}, err);
}

static void forward(const nn_slice *s)
{
    int c = s->node->in.c;
    const float *restrict slope = nn_slice_weight(s, SLOPE), *restrict x = s->x;
    float *restrict y = s->y;
    for (size_t p = 0; p < nn_slice_pixels(s); p++, x += c, y += c)
        for (int i = 0; i < c; i++)
            y[i] = x[i] > 0.0f ? x[i] : slope[i] * x[i];
}

/* Where x <= 0: dslope = sum dy x. */
static void sum_gradients(const nn_slice *s)
{
    int c = s->node->in.c;
    const float *restrict x = s->x, *restrict dy = s->dy;
    float *restrict d_slope = nn_slice_gradient(s, SLOPE);
    for (size_t p = 0; p < nn_slice_pixels(s); p++, x += c, dy += c)
        for (int i = 0; i < c; i++)
            d_slope[i] += x[i] > 0.0f ? 0.0f : dy[i] * x[i];
}

/* dx = dy, slope dy where x <= 0 */
static void backward(const nn_slice *s)
{
    int c = s->node->in.c;
    const float *restrict slope = nn_slice_weight(s, SLOPE), *restrict x = s->x, *restrict dy = s->dy;
    float *restrict dx = s->dx;
    if (s->gradients)
        sum_gradients(s);
    for (size_t p = 0, count = dx ? nn_slice_pixels(s) : 0; p < count; p++, x += c, dy += c, dx += c)
        for (int i = 0; i < c; i++)
            dx[i] = x[i] > 0.0f ? dy[i] : slope[i] * dy[i];
}

static const char *const examples[] = {
    "input 3 3 2\nconv 3 2\nprelu\nflatten\ndense 3\nsoftmax\n",
    "input 1 1 6\nprelu\ndense 2\nsoftmax\n",
    NULL,
};

extern const nn_op NN_VARIANT(nn_op_prelu);
const nn_op NN_VARIANT(nn_op_prelu) = {
    .name = "prelu",
    .summary = "y = x > 0 ? x : slope x, a slope per channel",
    .inputs = 1,
    .plan = plan,
    .forward = forward,
    .backward = backward,
    .examples = examples,
};
