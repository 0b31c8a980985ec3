/* activation.c - functions of one value at a time. Each kind is two expressions: y of x, and the gradient of x from
 * that of y, which is d. `a` is its setting. */
#include "nn/kernels/kernels.h"
#include "nn/op.h"
#include <float.h>
#include <math.h>
#include <string.h>

static bool plan(nn_plan *plan, nn_node *node, nn_error *err)
{
    (void)plan, (void)err;
    node->out = node->in;
    return true;
}

/* to, filled with from: then one pointer is enough, and the loops below are vectors. Nothing where to is NULL. */
static float *fill(const nn_slice *s, float *to, const float *from, size_t *count)
{
    *count = to ? (size_t)s->images * nn_shape_count(s->node->in) : 0;
    if (to && to != from)
        memcpy(to, from, *count * sizeof(float));
    return to;
}

#define FORWARD(kind, y_of_x)                                                         \
    static void kind##_forward(const nn_slice *s)                                     \
    {                                                                                 \
        size_t n;                                                                     \
        float *restrict value = fill(s, s->y, s->x, &n), a = (float)s->node->attr[0]; \
        (void)a;                                                                      \
        for (size_t i = 0; i < n; i++) {                                              \
            float x = value[i];                                                       \
            value[i] = y_of_x;                                                        \
        }                                                                             \
    }

/* The gradient follows from `known`, which is x or y. */
#define BACKWARD(kind, known, dx_of_d)                                                  \
    static void kind##_backward(const nn_slice *s)                                      \
    {                                                                                   \
        size_t n;                                                                       \
        float *restrict value = fill(s, s->dx, s->dy, &n), a = (float)s->node->attr[0]; \
        const float *restrict at = s->known;                                            \
        (void)a;                                                                        \
        for (size_t i = 0; i < n; i++) {                                                \
            float known = at[i], d = value[i];                                          \
            value[i] = dx_of_d;                                                         \
        }                                                                               \
    }

/* x, or the limit beyond which it lies; what is no number stays so, that broken weights show in the loss. */
static inline float between(float least, float x, float most)
{
    float above = x < least ? least : x;
    return above > most ? most : above;
}

/* ---- those whose gradient follows from y: they work in place ------------------------------------------------------ */

/* clang-format off */
#define IN_PLACE(kind, y_of_x, dx_of_y_and_d) \
    FORWARD(kind, y_of_x)                     \
    BACKWARD(kind, y, dx_of_y_and_d)

IN_PLACE(relu, x < 0.0f ? 0.0f : x, y > 0.0f ? d : 0.0f)
IN_PLACE(relu6, between(0.0f, x, 6.0f), y > 0.0f && y < 6.0f ? d : 0.0f)
IN_PLACE(leakyrelu, x > 0.0f ? x : a * x, y > 0.0f ? d : a * d)
IN_PLACE(elu, x > 0.0f ? x : a * expm1f(x), y > 0.0f ? d : (y + a) * d)
IN_PLACE(sigmoid, 1.0f / (1.0f + expf(-x)), y * (1.0f - y) * d)
IN_PLACE(tanh, tanhf(x), (1.0f - y * y) * d)
IN_PLACE(softplus, fmaxf(x, 0.0f) + log1pf(expf(-fabsf(x))), -expm1f(-y) * d)
IN_PLACE(hardsigmoid, between(0.0f, a * x + 0.5f, 1.0f), y > 0.0f && y < 1.0f ? a * d : 0.0f)

/* Klambauer et al. 2017 */
static const float selu_scale = 1.05070099f, selu_alpha = 1.67326324f;
IN_PLACE(selu, selu_scale * (x > 0.0f ? x : selu_alpha * expm1f(x)),
         y > 0.0f ? selu_scale * d : (y + selu_scale * selu_alpha) * d)

/* ---- those that go down and up again: they keep x ------------------------------------------------------------------ */

#define KEEPING(kind, y_of_x, dx_of_x_and_d) \
    FORWARD(kind, y_of_x)                    \
    BACKWARD(kind, x, dx_of_x_and_d)

static inline float logistic(float x)
{
    return 1.0f / (1.0f + expf(-x));
}

KEEPING(silu, x * logistic(x), logistic(x) * (1.0f + x * (1.0f - logistic(x))) * d)
KEEPING(hardswish, x * between(0.0f, x / 6.0f + 0.5f, 1.0f),
        x <= -3.0f ? 0.0f : x < 3.0f ? (x / 3.0f + 0.5f) * d : d)

/* x times the share of a normal distribution below x (Hendrycks and Gimpel 2016), and that share's slope. */
static inline float normal_below(float x)
{
    return 0.5f + 0.5f * erff(x * 0.70710678f);
}

static inline float normal_at(float x)
{
    return 0.39894228f * expf(-0.5f * x * x);
}

KEEPING(gelu, x * normal_below(x), (normal_below(x) + x * normal_at(x)) * d)

/* Finite also where the formula is not, but for what is no number. */
KEEPING(log, logf(x < FLT_MIN ? FLT_MIN : x), x > FLT_MIN ? d / x : 0.0f)
/* clang-format on */

/* ---- kinds -------------------------------------------------------------------------------------------------------- */

/* clang-format off */
#define EXAMPLE(line) \
    .examples = (const char *const[]){"input 3 3 2\nconv 3 2\n" line "\nflatten\ndense 3\nsoftmax\n", NULL}
#define ACTIVATION(name_, formula)                                                                        \
    .name = #name_, .summary = formula, .inputs = 1, .plan = plan, .forward = name_##_forward,             \
    .backward = name_##_backward
#define SETTING(name_, most, usual) \
    .attrs = {{.name = name_, .min = 0.0, .max = most, .fallback = usual}}, .positional = 1
#define OVER_X .place = NN_IN_PLACE, .keeps_output = true
#define OP(kind)                             \
    extern const nn_op NN_VARIANT(nn_op_##kind); \
    const nn_op NN_VARIANT(nn_op_##kind)

OP(relu) = {ACTIVATION(relu, "y = max(0, x)"), OVER_X, .kind = NN_RELU, EXAMPLE("relu")};
OP(relu6) = {ACTIVATION(relu6, "y = min(max(0, x), 6)"), OVER_X, EXAMPLE("relu6")};
OP(leakyrelu) = {ACTIVATION(leakyrelu, "y = x > 0 ? x : slope x"), OVER_X, SETTING("slope", 1.0, 0.01), EXAMPLE("leakyrelu 0.1")};
OP(elu) = {ACTIVATION(elu, "y = x > 0 ? x : alpha (exp(x) - 1)"), OVER_X, SETTING("alpha", 10.0, 1.0), EXAMPLE("elu")};
OP(selu) = {ACTIVATION(selu, "y = 1.0507 (x > 0 ? x : 1.67326 (exp(x) - 1))"), OVER_X, EXAMPLE("selu")};
OP(sigmoid) = {ACTIVATION(sigmoid, "y = 1 / (1 + exp(-x))"), OVER_X, EXAMPLE("sigmoid")};
OP(tanh) = {ACTIVATION(tanh, "y = tanh(x)"), OVER_X, EXAMPLE("tanh")};
OP(softplus) = {ACTIVATION(softplus, "y = log(1 + exp(x))"), OVER_X, EXAMPLE("softplus")};
OP(hardsigmoid) = {ACTIVATION(hardsigmoid, "y = min(max(0, slope x + 0.5), 1)"), OVER_X, SETTING("slope", 1.0, 0.2), EXAMPLE("hardsigmoid 0.25")};
OP(silu) = {ACTIVATION(silu, "y = x / (1 + exp(-x))"), EXAMPLE("silu")};
OP(hardswish) = {ACTIVATION(hardswish, "y = x min(max(0, x / 6 + 0.5), 1)"), EXAMPLE("hardswish")};
OP(gelu) = {ACTIVATION(gelu, "y = x (1 + erf(x / sqrt(2))) / 2"), EXAMPLE("gelu")};
OP(log) = {ACTIVATION(log, "y = log(max(x, 1e-38))"), EXAMPLE("sigmoid\nlog")};
/* clang-format on */
