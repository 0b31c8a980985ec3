/* softmax.c - y_i = exp(x_i - max x) / sum_j exp(x_j - max x), over the channels of each pixel. */
#include "nn/kernels/kernels.h"
#include "nn/op.h"
#include <math.h>

static bool plan(nn_plan *plan, nn_node *node, nn_error *err)
{
    (void)plan, (void)err;
    node->out = node->in;
    return true;
}

static void softmax_row(const float *x, float *y, int n)
{
    float top = x[0], sum = 0.0f;
    for (int i = 1; i < n; i++)
        top = fmaxf(top, x[i]);
    for (int i = 0; i < n; i++)
        sum += y[i] = expf(x[i] - top);
    for (int i = 0; i < n; i++)
        y[i] /= sum;
}

static void forward(const nn_slice *s)
{
    int c = s->node->in.c;
    size_t n = (size_t)s->images * nn_shape_count(s->node->in);
    for (size_t at = 0; at < n; at += (size_t)c)
        softmax_row(s->x + at, s->y + at, c);
}

/* dx_i = y_i (dy_i - sum_j dy_j y_j) */
static void backward(const nn_slice *s)
{
    if (!s->dx)
        return;
    int c = s->node->in.c;
    size_t n = (size_t)s->images * nn_shape_count(s->node->in);
    for (size_t at = 0; at < n; at += (size_t)c) {
        const float *y = s->y + at, *dy = s->dy + at;
        float dot = 0.0f;
        for (int i = 0; i < c; i++)
            dot += dy[i] * y[i];
        for (int i = 0; i < c; i++)
            s->dx[at + (size_t)i] = y[i] * (dy[i] - dot);
    }
}

static const char *const examples[] = {
    "input 2 2 2\nflatten\ndense 4\nsoftmax\n",
    "input 2 2 3\nconv 3 1\nsoftmax\nflatten\ndense 2\nsoftmax\n",
    NULL,
};

extern const nn_op NN_VARIANT(nn_op_softmax);
const nn_op NN_VARIANT(nn_op_softmax) = {
    .name = "softmax",
    .kind = NN_SOFTMAX,
    .summary = "y_i = exp(x_i) / sum_j exp(x_j), over the channels",
    .inputs = 1,
    .keeps_output = true,
    .plan = plan,
    .forward = forward,
    .backward = backward,
    .examples = examples,
};
