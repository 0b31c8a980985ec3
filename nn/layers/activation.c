/* activation.c - the ReLU family. Each works in place and its backward needs only y, so they share everything but
 * two lines. */
#include "nn/kernels/kernels.h"
#include "nn/op.h"
#include <math.h>
#include <string.h>

static bool plan(nn_plan *plan, nn_node *node, nn_error *err)
{
    (void)plan, (void)err;
    node->out = node->in;
    return true;
}

/* y, filled with x: then one pointer is enough, and the loops below are vectors. */
static float *values(const nn_slice *s, size_t *count)
{
    *count = (size_t)s->images * nn_shape_count(s->node->in);
    if (s->y != s->x)
        memcpy(s->y, s->x, *count * sizeof(float));
    return s->y;
}

/* dx, filled with dy; none where nobody needs it. */
static float *gradients(const nn_slice *s, size_t *count)
{
    *count = s->dx ? (size_t)s->images * nn_shape_count(s->node->in) : 0;
    if (s->dx && s->dx != s->dy)
        memcpy(s->dx, s->dy, *count * sizeof(float));
    return s->dx;
}

/* relu: y = max(0, x) */

static void relu_forward(const nn_slice *s)
{
    size_t n;
    float *restrict y = values(s, &n);
    for (size_t i = 0; i < n; i++)
        y[i] = y[i] > 0.0f ? y[i] : 0.0f;
}

static void relu_backward(const nn_slice *s)
{
    size_t n;
    float *restrict dx = gradients(s, &n);
    const float *restrict y = s->y;
    for (size_t i = 0; i < n; i++)
        dx[i] = y[i] > 0.0f ? dx[i] : 0.0f;
}

/* leakyrelu: y = x > 0 ? x : slope x */

static void leakyrelu_forward(const nn_slice *s)
{
    size_t n;
    float *restrict y = values(s, &n), slope = (float)s->node->attr[0];
    for (size_t i = 0; i < n; i++)
        y[i] = y[i] > 0.0f ? y[i] : slope * y[i];
}

static void leakyrelu_backward(const nn_slice *s)
{
    size_t n;
    float *restrict dx = gradients(s, &n), slope = (float)s->node->attr[0];
    const float *restrict y = s->y;
    for (size_t i = 0; i < n; i++)
        dx[i] = y[i] > 0.0f ? dx[i] : slope * dx[i];
}

/* elu: y = x > 0 ? x : alpha (exp(x) - 1) */

static void elu_forward(const nn_slice *s)
{
    size_t n;
    float *restrict y = values(s, &n), alpha = (float)s->node->attr[0];
    for (size_t i = 0; i < n; i++)
        y[i] = y[i] > 0.0f ? y[i] : alpha * expm1f(y[i]);
}

static void elu_backward(const nn_slice *s)
{
    size_t n;
    float *restrict dx = gradients(s, &n), alpha = (float)s->node->attr[0];
    const float *restrict y = s->y;
    for (size_t i = 0; i < n; i++)
        dx[i] = y[i] > 0.0f ? dx[i] : (y[i] + alpha) * dx[i];
}

/* relu6: y = min(max(0, x), 6) */

static void relu6_forward(const nn_slice *s)
{
    size_t n;
    float *restrict y = values(s, &n);
    for (size_t i = 0; i < n; i++)
        y[i] = fminf(fmaxf(y[i], 0.0f), 6.0f);
}

static void relu6_backward(const nn_slice *s)
{
    size_t n;
    float *restrict dx = gradients(s, &n);
    const float *restrict y = s->y;
    for (size_t i = 0; i < n; i++)
        dx[i] = y[i] > 0.0f && y[i] < 6.0f ? dx[i] : 0.0f;
}

/* clang-format off */
#define EXAMPLES(kind) \
    (const char *const[]){"input 3 3 2\nconv 3 2\n" kind "\nflatten\ndense 3\nsoftmax\n", NULL}
#define ACTIVATION(kind) \
    .name = #kind, .inputs = 1, .place = NN_IN_PLACE, .keeps_output = true, .plan = plan, .forward = kind##_forward, \
    .backward = kind##_backward
/* clang-format on */

extern const nn_op NN_VARIANT(nn_op_relu), NN_VARIANT(nn_op_leakyrelu), NN_VARIANT(nn_op_elu), NN_VARIANT(nn_op_relu6);

const nn_op NN_VARIANT(nn_op_relu) = {
    ACTIVATION(relu),
    .kind = NN_RELU,
    .summary = "y = max(0, x)",
    .examples = EXAMPLES("relu"),
};

const nn_op NN_VARIANT(nn_op_leakyrelu) = {
    ACTIVATION(leakyrelu),
    .summary = "y = x > 0 ? x : slope x",
    .attrs = {{.name = "slope", .min = 0.0, .max = 1.0, .fallback = 0.01}},
    .positional = 1,
    .examples = EXAMPLES("leakyrelu 0.1"),
};

const nn_op NN_VARIANT(nn_op_elu) = {
    ACTIVATION(elu),
    .summary = "y = x > 0 ? x : alpha (exp(x) - 1)",
    .attrs = {{.name = "alpha", .min = 0.0, .max = 10.0, .fallback = 1.0}},
    .positional = 1,
    .examples = EXAMPLES("elu"),
};

const nn_op NN_VARIANT(nn_op_relu6) = {
    ACTIVATION(relu6),
    .summary = "y = min(max(0, x), 6)",
    .examples = EXAMPLES("relu6"),
};
