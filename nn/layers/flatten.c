/* flatten.c - y = x, seen in another shape: one row of h * w * c values (in that order: channels vary fastest), or any
 * of as many. */
#include "nn/kernels/kernels.h"
#include "nn/op.h"
#include <string.h>

enum { HEIGHT, WIDTH, CHANNELS }; /* attributes of reshape */

static bool flatten_plan(nn_plan *plan, nn_node *node, nn_error *err)
{
    (void)plan, (void)err;
    node->out = (nn_shape){1, 1, node->in.h * node->in.w * node->in.c};
    return true;
}

static bool reshape_plan(nn_plan *plan, nn_node *node, nn_error *err)
{
    nn_shape in = node->in;
    const double *size = node->attr;
    (void)plan;
    if (size[HEIGHT] * size[WIDTH] * size[CHANNELS] != (double)nn_shape_count(in))
        return nn_fail(err, NN_FORMAT, 0, "%dx%dx%d has not as many values as %dx%dx%d", (int)size[HEIGHT],
                       (int)size[WIDTH], (int)size[CHANNELS], in.h, in.w, in.c);
    node->out = (nn_shape){(int)size[HEIGHT], (int)size[WIDTH], (int)size[CHANNELS]};
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

static const char *const reshape_examples[] = {
    "input 2 3 2\nconv 2 2\nreshape 3 1 4\nconv 2 2\nflatten\ndense 3\nsoftmax\n", NULL};
static const char *const flatten_examples[] = {"input 2 3 2\nflatten\ndense 3\nsoftmax\n", NULL};

extern const nn_op NN_VARIANT(nn_op_flatten), NN_VARIANT(nn_op_reshape);
const nn_op NN_VARIANT(nn_op_flatten) = {
    .name = "flatten",
    .summary = "y = x as one row of h * w * c values",
    .inputs = 1,
    .place = NN_VIEW,
    .plan = flatten_plan,
    .forward = forward,
    .backward = backward,
    .examples = flatten_examples,
};

#define SIZE(side)                                                                   \
    {                                                                                \
        .name = side, .min = 1, .max = NN_MAX_FLOATS, .fallback = NAN, .whole = true \
    }

const nn_op NN_VARIANT(nn_op_reshape) = {
    .name = "reshape",
    .kind = NN_REARRANGING,
    .summary = "y = x as height * width * channels values",
    .attrs = {[HEIGHT] = SIZE("height"), [WIDTH] = SIZE("width"), [CHANNELS] = SIZE("channels")},
    .positional = 3,
    .inputs = 1,
    .place = NN_VIEW,
    .plan = reshape_plan,
    .forward = forward,
    .backward = backward,
    .examples = reshape_examples,
};
