/* add.c - the residual sum: y = x + x2, of two nodes of the same shape. */
#include "nn/kernels/kernels.h"
#include "nn/op.h"
#include <string.h>

static bool plan(nn_plan *plan, nn_node *node, nn_error *err)
{
    nn_shape b = node->in2;
    (void)plan;
    if (!nn_same_shape(b, node->in))
        return nn_fail(err, NN_FORMAT, 0, "cannot add %dx%dx%d and %dx%dx%d", node->in.h, node->in.w, node->in.c, b.h,
                       b.w, b.c);
    node->out = node->in;
    return true;
}

static void forward(const nn_slice *s)
{
    size_t n = (size_t)s->images * nn_shape_count(s->node->in);
    for (size_t i = 0; i < n; i++)
        s->y[i] = s->x[i] + s->x2[i];
}

static void backward(const nn_slice *s)
{
    size_t bytes = (size_t)s->images * nn_shape_count(s->node->in) * sizeof(float);
    if (s->dx)
        memcpy(s->dx, s->dy, bytes);
    if (s->dx2)
        memcpy(s->dx2, s->dy, bytes);
}

static const char *const examples[] = {
    "input 4 4 2\na: conv 2 3\nrelu\nconv 2 3\nadd a\nflatten\ndense 3\nsoftmax\n",
    "input 3 3 2\na: conv 2 1\nadd a\nflatten\ndense 2\nsoftmax\n",
    NULL,
};

extern const nn_op NN_VARIANT(nn_op_add);
const nn_op NN_VARIANT(nn_op_add) = {
    .name = "add",
    .kind = NN_SUM,
    .summary = "y = x + NODE, the residual sum",
    .inputs = 2,
    .plan = plan,
    .forward = forward,
    .backward = backward,
    .examples = examples,
};
