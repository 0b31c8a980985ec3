/* mul.c - the product element by element: y = x * x2. The second factor has the shape of the first, or one value for
 * each of its channels (a gate, as in squeeze and excitation; Hu et al. 2018). */
#include "nn/kernels/kernels.h"
#include "nn/op.h"
#include <string.h>

static bool plan(nn_plan *plan, nn_node *node, nn_error *err)
{
    nn_shape a = node->in, b = node->in2;
    (void)plan;
    if (!nn_same_shape(a, b) && !nn_same_shape((nn_shape){1, 1, a.c}, b))
        return nn_fail(err, NN_FORMAT, 0, "cannot multiply %dx%dx%d by %dx%dx%d", a.h, a.w, a.c, b.h, b.w, b.c);
    node->out = node->in;
    return true;
}

/* How often the second factor is used in an image: once, or at every pixel. */
static size_t uses(const nn_node *node)
{
    return nn_shape_count(node->in) / nn_shape_count(node->in2);
}

/* y = x * x2 */
static void multiply(const nn_slice *s, const float *restrict x, float *restrict y)
{
    size_t n = nn_shape_count(s->node->in2), times = uses(s->node), all = (size_t)s->images * times;
    for (size_t use = 0; use < all; use++, x += n, y += n) {
        const float *restrict x2 = s->x2 + use / times * n;
        for (size_t i = 0; i < n; i++)
            y[i] = x[i] * x2[i];
    }
}

static void forward(const nn_slice *s)
{
    multiply(s, s->x, s->y);
}

/* dx2 = sum over its uses of dy * x */
static void second_gradient(const nn_slice *s)
{
    size_t n = nn_shape_count(s->node->in2), times = uses(s->node), all = (size_t)s->images * times;
    const float *restrict dy = s->dy, *restrict x = s->x;
    memset(s->dx2, 0, (size_t)s->images * n * sizeof(float));
    for (size_t use = 0; use < all; use++, dy += n, x += n) {
        float *restrict dx2 = s->dx2 + use / times * n;
        for (size_t i = 0; i < n; i++)
            dx2[i] += dy[i] * x[i];
    }
}

static void backward(const nn_slice *s)
{
    if (s->dx)
        multiply(s, s->dy, s->dx);
    if (s->dx2)
        second_gradient(s);
}

static const char *const examples[] = {
    "input 3 4 2\na: conv 2 3\nconv 2 2 from=input\nmul a\nflatten\ndense 3\nsoftmax\n",
    "input 4 4 2\na: conv 3 3\navgpool 4\nconv 3 1\ngate: elu\nmul gate from=a\nflatten\ndense 3\nsoftmax\n",
    "input 3 3 2\na: conv 2 1\nmul a\nflatten\ndense 2\nsoftmax\n",
    NULL,
};

extern const nn_op NN_VARIANT(nn_op_mul);
const nn_op NN_VARIANT(nn_op_mul) = {
    .name = "mul",
    .summary = "y = x * NODE, which has the same shape or one value per channel",
    .inputs = 2,
    .plan = plan,
    .forward = forward,
    .backward = backward,
    .examples = examples,
};
