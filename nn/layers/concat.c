/* concat.c - the channels of two nodes side by side: at each pixel those of x, then those of x2. */
#include "nn/kernels/kernels.h"
#include "nn/op.h"
#include <string.h>

static bool plan(nn_plan *plan, nn_node *node, nn_error *err)
{
    nn_shape a = node->in, b = node->in2;
    (void)plan;
    if (a.h != b.h || a.w != b.w)
        return nn_fail(err, NN_FORMAT, 0, "cannot put %dx%dx%d beside %dx%dx%d", b.h, b.w, b.c, a.h, a.w, a.c);
    node->out = (nn_shape){a.h, a.w, a.c + b.c};
    return true;
}

/* Copies `channels` floats of each pixel; the pixels begin to_step and from_step floats apart. */
static void copy(const nn_slice *s, float *to, int to_step, const float *from, int from_step, int channels)
{
    for (size_t p = 0; p < nn_slice_pixels(s); p++, to += to_step, from += from_step)
        memcpy(to, from, (size_t)channels * sizeof(float));
}

static void forward(const nn_slice *s)
{
    int a = s->node->in.c, b = s->node->in2.c;
    copy(s, s->y, a + b, s->x, a, a);
    copy(s, s->y + a, a + b, s->x2, b, b);
}

static void backward(const nn_slice *s)
{
    int a = s->node->in.c, b = s->node->in2.c;
    if (s->dx)
        copy(s, s->dx, a, s->dy, a + b, a);
    if (s->dx2)
        copy(s, s->dx2, b, s->dy + a, a + b, b);
}

static const char *const examples[] = {
    "input 3 4 2\na: conv 3 3\nconv 2 2\nconcat a\nflatten\ndense 3\nsoftmax\n",
    "input 3 3 2\na: conv 2 1\nconcat a\nconcat input\nflatten\ndense 2\nsoftmax\n",
    NULL,
};

extern const nn_op NN_VARIANT(nn_op_concat);
const nn_op NN_VARIANT(nn_op_concat) = {
    .name = "concat",
    .summary = "y[p] = the channels of x[p], then those of NODE[p]",
    .inputs = 2,
    .plan = plan,
    .forward = forward,
    .backward = backward,
    .examples = examples,
};
