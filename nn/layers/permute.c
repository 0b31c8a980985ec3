/* permute.c - y = x with its axes in another order: `permute 3 1 2` puts channels first, as PyTorch has them. */
#include "nn/kernels/kernels.h"
#include "nn/op.h"

enum { AXES = 3 };

static bool plan(nn_plan *plan, nn_node *node, nn_error *err)
{
    const int size[AXES] = {node->in.h, node->in.w, node->in.c};
    const double *axis = node->attr;
    (void)plan;
    if (axis[0] == axis[1] || axis[0] == axis[2] || axis[1] == axis[2])
        return nn_fail(err, NN_FORMAT, 0, "permute needs each of the axes 1, 2 and 3");
    node->out = (nn_shape){size[(int)axis[0] - 1], size[(int)axis[1] - 1], size[(int)axis[2] - 1]};
    return true;
}

/* Where the values of y lie in x, going along y: from row to row, from pixel to pixel, from channel to channel. */
static void strides(const nn_node *node, size_t step[AXES])
{
    const size_t in[AXES] = {(size_t)node->in.w * (size_t)node->in.c, (size_t)node->in.c, 1};
    for (int i = 0; i < AXES; i++)
        step[i] = in[(int)node->attr[i] - 1];
}

static void forward(const nn_slice *s)
{
    size_t count = nn_shape_count(s->node->in), step[AXES];
    nn_shape out = s->node->out;
    float *y = s->y;
    strides(s->node, step);
    for (size_t image = 0; image < (size_t)s->images; image++)
        for (int h = 0; h < out.h; h++)
            for (int w = 0; w < out.w; w++) {
                const float *x = s->x + image * count + (size_t)h * step[0] + (size_t)w * step[1];
                for (int c = 0; c < out.c; c++)
                    *y++ = x[(size_t)c * step[2]];
            }
}

static void backward(const nn_slice *s)
{
    size_t count = nn_shape_count(s->node->in), step[AXES];
    nn_shape out = s->node->out;
    const float *dy = s->dy;
    strides(s->node, step);
    for (size_t image = 0; s->dx && image < (size_t)s->images; image++)
        for (int h = 0; h < out.h; h++)
            for (int w = 0; w < out.w; w++) {
                float *dx = s->dx + image * count + (size_t)h * step[0] + (size_t)w * step[1];
                for (int c = 0; c < out.c; c++)
                    dx[(size_t)c * step[2]] = *dy++;
            }
}

static const char *const examples[] = {
    "input 2 3 2\nconv 4 2\npermute 3 1 2\nflatten\ndense 3\nsoftmax\n",
    "input 2 3 2\nconv 4 2\npermute 2 1 3\nconv 2 2\nflatten\ndense 3\nsoftmax\n",
    NULL,
};

#define AXIS(axis)                                                          \
    {                                                                       \
        .name = axis, .min = 1, .max = AXES, .fallback = NAN, .whole = true \
    }

extern const nn_op NN_VARIANT(nn_op_permute);
const nn_op NN_VARIANT(nn_op_permute) = {
    .name = "permute",
    .kind = NN_REARRANGING,
    .summary = "y = x with its axes, 1 height, 2 width and 3 channels, in that order",
    .attrs = {AXIS("first"), AXIS("second"), AXIS("third")},
    .positional = AXES,
    .inputs = 1,
    .plan = plan,
    .forward = forward,
    .backward = backward,
    .examples = examples,
};
