/* dense.c - y = x W + b, with W stored (inputs, units). */
#include "../gemm.h"
#include "../op.h"
#include <string.h>

enum { UNITS };        /* attributes */
enum { KERNEL, BIAS }; /* parameters */

static bool plan(nn_plan *plan, nn_node *node, nn_error *err)
{
    int in = node->in.c, units = (int)node->attr[UNITS];
    if (node->in.h != 1 || node->in.w != 1)
        return nn_fail(err, NN_FORMAT, 0, "dense needs one row of values, not %dx%dx%d: flatten first", node->in.h,
                       node->in.w, node->in.c);
    node->out = (nn_shape){1, 1, units};
    return nn_plan_add_param(plan, node, "kernel", NN_KERNEL, in, 2, (int[]){in, units}, err) &&
           nn_plan_add_param(plan, node, "bias", NN_BIAS, in, 1, (int[]){units}, err);
}

static void forward(const nn_slice *s)
{
    int in = s->node->in.c, units = s->node->out.c;
    const float *bias = nn_slice_weight(s, BIAS);
    for (int i = 0; i < s->images; i++)
        memcpy(s->y + (size_t)i * (size_t)units, bias, (size_t)units * sizeof(float));
    if (s->images > 0)
        nn_gemm(s->images, units, in, nn_plain(s->x, in), nn_plain(nn_slice_weight(s, KERNEL), units), s->y, units,
                true);
}

/* dW = x^T dy, db = sum dy, dx = dy W^T */
static void backward(const nn_slice *s)
{
    int in = s->node->in.c, units = s->node->out.c;
    if (s->images == 0)
        return;
    nn_gemm(in, units, s->images, nn_transposed(s->x, in), nn_plain(s->dy, units), nn_slice_gradient(s, KERNEL), units,
            true);
    float *bias = nn_slice_gradient(s, BIAS);
    for (int i = 0; i < s->images; i++)
        for (int j = 0; j < units; j++)
            bias[j] += s->dy[i * units + j];
    if (s->dx)
        nn_gemm(s->images, in, units, nn_plain(s->dy, units), nn_transposed(nn_slice_weight(s, KERNEL), units), s->dx,
                in, false);
}

static const char *const examples[] = {"input 1 1 5\ndense 4\nrelu\ndense 3\nsoftmax\n", NULL};

extern const nn_op nn_op_dense;
const nn_op nn_op_dense = {
    .name = "dense",
    .summary = "y = x W + b",
    .attrs = {[UNITS] = {.name = "units", .min = 1, .max = NN_MAX_DIM, .fallback = NAN, .whole = true}},
    .positional = 1,
    .inputs = 1,
    .plan = plan,
    .forward = forward,
    .backward = backward,
    .examples = examples,
};
