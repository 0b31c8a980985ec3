/* dense.c - y = x W + b, with W stored (inputs, units). */
#include "dense.h"
#include <string.h>

enum { UNITS }; /* attributes */

enum { WIDE = 64 }; /* units and inputs: from these on rounding both matrices of a product to 16 bits pays */

static void multiply(const nn_slice *s, const nn_product *p)
{
    if (NN_MULTIPLIES_PAIRS && s->bfloat16 && s->node->in.c >= WIDE && s->node->out.c >= WIDE)
        nn_rounded_gemm(p);
    else
        nn_gemm(p);
}

static bool plan(nn_plan *plan, nn_node *node, nn_error *err)
{
    int in = node->in.c, units = (int)node->attr[UNITS];
    if (node->in.h != 1 || node->in.w != 1)
        return nn_fail(err, NN_FORMAT, 0, "dense needs one row of values, not %dx%dx%d: flatten first", node->in.h,
                       node->in.w, node->in.c);
    node->out = (nn_shape){1, 1, units};
    node->folded = nn_lines((size_t)units) + (size_t)in * (size_t)units;
    dense_integer_plan(node);
    return nn_plan_add_param(plan, node, "kernel", NN_KERNEL, in, 2, (int[]){in, units}, err) &&
           nn_plan_add_param(plan, node, "bias", NN_BIAS, in, 1, (int[]){units}, err);
}

static bool is_quantized(const nn_slice *s)
{
    return s->scale > 0.0f && s->node->quantized;
}

/* With a batchnorm behind folded in while not training, a kernel and bias of its own. */
static void prepare(const nn_slice *s)
{
    size_t in = (size_t)s->node->in.c, units = (size_t)s->node->out.c;
    if (is_quantized(s)) {
        dense_integer_prepare(s);
        return;
    }
    if (!s->norm)
        return;
    memcpy(s->prepared, nn_slice_weight(s, NN_LINEAR_BIAS), units * sizeof(float));
    memcpy(s->prepared + nn_lines(units), nn_slice_weight(s, NN_LINEAR_KERNEL), in * units * sizeof(float));
    nn_norm_fold(s, s->norm, s->prepared + nn_lines(units), in, s->prepared);
}

static void forward(const nn_slice *s)
{
    int in = s->node->in.c, units = s->node->out.c;
    if (is_quantized(s)) {
        dense_integer_forward(s);
        return;
    }
    multiply(s,
             &(nn_product){.m = s->images,
                           .n = units,
                           .runs = 1,
                           .depth = in,
                           .a = s->x,
                           .a_row = in,
                           .a_step = 1,
                           .b = s->norm ? s->prepared + nn_lines((size_t)units) : nn_slice_weight(s, NN_LINEAR_KERNEL),
                           .b_row = units,
                           .b_column = 1,
                           .c = s->y,
                           .c_row = units,
                           .bias = s->norm ? s->prepared : nn_slice_weight(s, NN_LINEAR_BIAS),
                           .relu = s->relu});
}

/* dW = x^T dy, db = sum dy */
static void sum_gradients(const nn_slice *s)
{
    int in = s->node->in.c, units = s->node->out.c;
    multiply(s, &(nn_product){.m = in,
                              .n = units,
                              .runs = 1,
                              .depth = s->images,
                              .a = s->x,
                              .a_row = 1,
                              .a_step = in,
                              .b = s->dy,
                              .b_row = units,
                              .b_column = 1,
                              .c = nn_slice_gradient(s, NN_LINEAR_KERNEL),
                              .c_row = units,
                              .add = true});
    float *restrict bias = nn_slice_gradient(s, NN_LINEAR_BIAS);
    const float *restrict dy = s->dy;
    for (int i = 0; i < s->images; i++, dy += units)
        for (int j = 0; j < units; j++)
            bias[j] += dy[j];
}

/* dx = dy W^T */
static void backward(const nn_slice *s)
{
    int in = s->node->in.c, units = s->node->out.c;
    if (s->images == 0)
        return;
    if (s->gradients)
        sum_gradients(s);
    if (s->dx)
        multiply(s, &(nn_product){.m = s->images,
                                  .n = in,
                                  .runs = 1,
                                  .depth = units,
                                  .a = s->dy,
                                  .a_row = units,
                                  .a_step = 1,
                                  .b = nn_slice_weight(s, NN_LINEAR_KERNEL),
                                  .b_row = 1,
                                  .b_column = units,
                                  .c = s->dx,
                                  .c_row = in});
}

static const char *const examples[] = {
    "input 1 1 5\ndense 4\nrelu\ndense 3\nsoftmax\n",
    "input 1 1 4\ndense 4\ntanh\ndense 4 weights=dense1\ndense 3\nsoftmax\n",
    NULL,
};

extern const nn_op NN_VARIANT(nn_op_dense);
const nn_op NN_VARIANT(nn_op_dense) = {
    .name = "dense",
    .kind = NN_LINEAR,
    .summary = "y = x W + b",
    .attrs = {[UNITS] = {.name = "units", .min = 1, .max = NN_MAX_DIM, .fallback = NAN, .whole = true}},
    .positional = 1,
    .inputs = 1,
    .joins_relu = true,
    .folds_norm = true,
    .quantizes = true,
    .whole_share = true,
    .plan = plan,
    .prepare = prepare,
    .forward = forward,
    .backward = backward,
    .examples = examples,
};
