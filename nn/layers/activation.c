/* activation.c - the ReLU family. Each works in place and its backward needs only y, so they share everything but two lines. */
#include "../op.h"
#include <math.h>

static bool plan(nn_plan *plan, nn_node *node, nn_error *err)
{
    (void)plan, (void)err;
    node->out = node->in;
    return true;
}

static size_t count(const nn_slice *s)
{
    return (size_t)s->images * nn_shape_count(s->node->in);
}

/* relu: y = max(0, x) */

static void relu_forward(const nn_slice *s)
{
    for (size_t i = 0, n = count(s); i < n; i++)
        s->y[i] = s->x[i] > 0.0f ? s->x[i] : 0.0f;
}

static void relu_backward(const nn_slice *s)
{
    if (s->dx)
        for (size_t i = 0, n = count(s); i < n; i++)
            s->dx[i] = s->dy[i] * (s->y[i] > 0.0f ? 1.0f : 0.0f); /* a product, not a jump: this loop is hot */
}

/* leakyrelu: y = x > 0 ? x : slope x */

static void leakyrelu_forward(const nn_slice *s)
{
    float slope = (float)s->node->attr[0];
    for (size_t i = 0, n = count(s); i < n; i++)
        s->y[i] = s->x[i] > 0.0f ? s->x[i] : slope * s->x[i];
}

static void leakyrelu_backward(const nn_slice *s)
{
    float slope = (float)s->node->attr[0];
    if (s->dx)
        for (size_t i = 0, n = count(s); i < n; i++)
            s->dx[i] = s->y[i] > 0.0f ? s->dy[i] : slope * s->dy[i];
}

/* elu: y = x > 0 ? x : alpha (exp(x) - 1) */

static void elu_forward(const nn_slice *s)
{
    float alpha = (float)s->node->attr[0];
    for (size_t i = 0, n = count(s); i < n; i++)
        s->y[i] = s->x[i] > 0.0f ? s->x[i] : alpha * expm1f(s->x[i]);
}

static void elu_backward(const nn_slice *s)
{
    float alpha = (float)s->node->attr[0];
    if (s->dx)
        for (size_t i = 0, n = count(s); i < n; i++)
            s->dx[i] = s->y[i] > 0.0f ? s->dy[i] : (s->y[i] + alpha) * s->dy[i];
}

/* relu6: y = min(max(0, x), 6) */

static void relu6_forward(const nn_slice *s)
{
    for (size_t i = 0, n = count(s); i < n; i++)
        s->y[i] = fminf(fmaxf(s->x[i], 0.0f), 6.0f);
}

static void relu6_backward(const nn_slice *s)
{
    if (s->dx)
        for (size_t i = 0, n = count(s); i < n; i++)
            s->dx[i] = s->y[i] > 0.0f && s->y[i] < 6.0f ? s->dy[i] : 0.0f;
}

/* clang-format off */
#define EXAMPLES(kind) \
    (const char *const[]){"input 3 3 2\nconv 3 2\n" kind "\nflatten\ndense 3\nsoftmax\n", NULL}
#define ACTIVATION(kind) \
    .name = #kind, .inputs = 1, .place = NN_IN_PLACE, .keeps_output = true, .plan = plan, .forward = kind##_forward, \
    .backward = kind##_backward
/* clang-format on */

extern const nn_op nn_op_relu, nn_op_leakyrelu, nn_op_elu, nn_op_relu6;

const nn_op nn_op_relu = {
    ACTIVATION(relu),
    .summary = "y = max(0, x)",
    .examples = EXAMPLES("relu"),
};

const nn_op nn_op_leakyrelu = {
    ACTIVATION(leakyrelu),
    .summary = "y = x > 0 ? x : slope x",
    .attrs = {{.name = "slope", .min = 0.0, .max = 1.0, .fallback = 0.01}},
    .positional = 1,
    .examples = EXAMPLES("leakyrelu 0.1"),
};

const nn_op nn_op_elu = {
    ACTIVATION(elu),
    .summary = "y = x > 0 ? x : alpha (exp(x) - 1)",
    .attrs = {{.name = "alpha", .min = 0.0, .max = 10.0, .fallback = 1.0}},
    .positional = 1,
    .examples = EXAMPLES("elu"),
};

const nn_op nn_op_relu6 = {
    ACTIVATION(relu6),
    .summary = "y = min(max(0, x), 6)",
    .examples = EXAMPLES("relu6"),
};
