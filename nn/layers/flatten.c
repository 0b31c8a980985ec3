/* flatten.c - y = x, seen as one row of h * w * c values (in that order: channels vary fastest). */
#include "nn/kernels/kernels.h"
#include "nn/op.h"
#include <string.h>

static bool plan(nn_plan *plan, nn_node *node, nn_error *err)
{
    (void)plan, (void)err;
    node->out = (nn_shape){1, 1, node->in.h * node->in.w * node->in.c};
    return true;
}

static void forward(const nn_slice *s)
{
    if (s->y != s->x)
        memcpy(s->y, s->x, (size_t)s->images * nn_shape_count(s->node->in) * sizeof(float));
}

static void backward(const nn_slice *s)
{
    if (s->dx && s->dx != s->dy)
        memcpy(s->dx, s->dy, (size_t)s->images * nn_shape_count(s->node->in) * sizeof(float));
}

static const char *const examples[] = {"input 2 3 2\nflatten\ndense 3\nsoftmax\n", NULL};

extern const nn_op NN_VARIANT(nn_op_flatten);
const nn_op NN_VARIANT(nn_op_flatten) = {
    .name = "flatten",
    .summary = "y = x as one row of h * w * c values",
    .inputs = 1,
    .place = NN_VIEW,
    .plan = plan,
    .forward = forward,
    .backward = backward,
    .examples = examples,
};
