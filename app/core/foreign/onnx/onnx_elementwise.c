/* onnx_elementwise.c - operators that work value by value. */
#include "onnx_call.h"

/* ---- of one tensor ------------------------------------------------------------------------------------------------ */

typedef double function(double x, double a, double b);

static bool map(onnx_call *c, function *f, double a, double b)
{
    const onnx_tensor *x;
    if (!onnx_first(c, &x) || !onnx_out(c, 0, x->type, x->rank, x->dim))
        return false;
    for (size_t i = 0; i < x->count; i++)
        c->out[0].value[i] = f(x->value[i], a, b);
    return true;
}

/* a: by tanh, not by the error function */
static double gelu(double x, double a)
{
    double by_tanh = tanh(sqrt(2 / acos(-1)) * (x + 0.044715 * pow(x, 3)));
    return x / 2 * (1 + (a != 0 ? by_tanh : erf(x / sqrt(2))));
}

/* clang-format off */
#define FUNCTION(name, y) \
    static double name##_of(double x, double a, double b) { (void)a, (void)b; return y; }
#define MAP(name, y, first, second) \
    FUNCTION(name, y)               \
    bool onnx_##name(onnx_call *c) { return map(c, name##_of, first, second); }
#define REAL(name, fallback) onnx_real(c->node, name, fallback)

MAP(relu, fmax(0, x), 0, 0)
MAP(leaky_relu, x < 0 ? a * x : x, REAL("alpha", 0.01), 0)
MAP(elu, x < 0 ? a * expm1(x) : x, REAL("alpha", 1), 0)
MAP(selu, b * (x > 0 ? x : a * expm1(x)), REAL("alpha", 1.6732632423543772), REAL("gamma", 1.0507009873554805))
MAP(gelu, gelu(x, a), onnx_word_is(c->node, "approximate", "tanh"), 0)
MAP(sigmoid, 1 / (1 + exp(-x)), 0, 0)
MAP(hard_sigmoid, fmin(fmax(a * x + b, 0), 1), REAL("alpha", 0.2), REAL("beta", 0.5))
MAP(hard_swish, x * fmin(fmax(x / 6 + 0.5, 0), 1), 0, 0)
MAP(tanh, tanh(x), 0, 0)
MAP(softplus, fmax(x, 0) + log1p(exp(-fabs(x))), 0, 0)
MAP(log, log(x), 0, 0)
MAP(exp, exp(x), 0, 0)
MAP(neg, -x, 0, 0)
MAP(sqrt, sqrt(x), 0, 0)
MAP(identity, x, 0, 0)
FUNCTION(clip, fmin(fmax(x, a), b))
/* clang-format on */

/* Limits are inputs since opset 11. */
bool onnx_clip(onnx_call *c)
{
    const onnx_tensor *least = onnx_in(c, 1), *most = onnx_in(c, 2);
    if ((least && least->count != 1) || (most && most->count != 1))
        return nn_fail(c->err, NN_FORMAT, 0, "Clip: a limit is one number");
    return map(c, clip_of, least ? least->value[0] : REAL("min", -(double)INFINITY),
               most ? most->value[0] : REAL("max", (double)INFINITY));
}

/* The runner rounds to the type. */
bool onnx_cast(onnx_call *c)
{
    const onnx_tensor *x;
    onnx_type to = (onnx_type)onnx_whole(c->node, "to", 0);
    if (!onnx_first(c, &x) || !onnx_out(c, 0, to, x->rank, x->dim))
        return false;
    for (size_t i = 0; i < x->count; i++)
        c->out[0].value[i] = x->value[i];
    return true;
}

/* Only networks in training leave values out. The mask says which are there. */
bool onnx_dropout(onnx_call *c)
{
    const onnx_tensor *ratio = onnx_in(c, 1), *training = onnx_in(c, 2);
    bool drops = training && training->count == 1 && training->value[0] != 0 && (!ratio || ratio->value[0] != 0);
    if (drops)
        return nn_fail(c->err, NN_FORMAT, 0, "Dropout: this network is still in training");
    if (!map(c, identity_of, 0, 0))
        return false;
    if (c->n_out < 2)
        return true;
    onnx_type type = c->opset < 10 ? c->out[0].type : ONNX_BOOL;
    if (!onnx_out(c, 1, type, c->out[0].rank, c->out[0].dim))
        return false;
    for (size_t i = 0; i < c->out[1].count; i++)
        c->out[1].value[i] = 1;
    return true;
}

/* ---- of two, of which one may be repeated along axes -------------------------------------------------------------- */

typedef double operation(double x, double y);

static double prelu_two(double x, double y)
{
    return x < 0 ? x * y : x;
}

/* x with axes of size 1 in front of and behind its own, so that it has `rank`. */
static bool extend(onnx_tensor *out, const onnx_tensor *x, int rank, int front)
{
    if (front < 0 || front + x->rank > rank)
        return false;
    *out = *x;
    out->rank = rank;
    for (int i = 0; i < rank; i++)
        out->dim[i] = i >= front && i < front + x->rank ? x->dim[i - front] : 1;
    return true;
}

static bool common_sizes(const onnx_tensor *x, const onnx_tensor *y, int dim[ONNX_RANK])
{
    for (int i = 0; i < x->rank; i++) {
        if (x->dim[i] != y->dim[i] && x->dim[i] != 1 && y->dim[i] != 1)
            return false;
        dim[i] = x->dim[i] == 1 ? y->dim[i] : x->dim[i];
    }
    return true;
}

static void operate(operation *f, const onnx_tensor *x, const onnx_tensor *y, onnx_tensor *out)
{
    size_t step_x[ONNX_RANK], step_y[ONNX_RANK];
    int index[ONNX_RANK] = {0};
    onnx_strides(x, step_x);
    onnx_strides(y, step_y);
    for (size_t i = 0; i < out->count; i++, onnx_next(out->rank, out->dim, index)) {
        size_t at_x = 0, at_y = 0;
        for (int k = 0; k < out->rank; k++) {
            at_x += step_x[k] * (size_t)index[k];
            at_y += step_y[k] * (size_t)index[k];
        }
        out->value[i] = f(x->value[at_x], y->value[at_y]);
    }
}

/* Into c->out[0], which may hold x. Before opset 7 `axis` said where y's axes lie among those of x. */
static bool combine(onnx_call *c, operation *f, const onnx_tensor *x, const onnx_tensor *y)
{
    onnx_tensor a, b, result;
    int dim[ONNX_RANK], rank = x->rank > y->rank ? x->rank : y->rank, front = rank - y->rank;
    if (c->opset < 7 && f == prelu_two && y->count > 1) /* a slope for each channel */
        front = 1;
    if (c->opset < 7 && onnx_whole(c->node, "broadcast", 0) && onnx_attr_of(c->node, "axis"))
        if (!onnx_axis(c, (double)onnx_whole(c->node, "axis", 0), rank, true, &front))
            return false;
    if (!extend(&a, x, rank, rank - x->rank) || !extend(&b, y, rank, front) || !common_sizes(&a, &b, dim))
        return nn_fail(c->err, NN_FORMAT, 0, "%s: shapes that do not fit", c->node->type);
    if (!onnx_tensor_new(&result, x->type, rank, dim, c->err))
        return false;
    operate(f, &a, &b, &result);
    onnx_tensor_free(&c->out[0]);
    c->out[0] = result;
    return onnx_spend(c, (double)result.count);
}

/* All inputs, from left to right. */
static bool fold(onnx_call *c, operation *f, int n)
{
    const onnx_tensor *x;
    if (!onnx_first(c, &x) || !map(c, identity_of, 0, 0))
        return false;
    for (int i = 1; i < n; i++) {
        const onnx_tensor *y = onnx_in(c, i);
        if (!y)
            return nn_fail(c->err, NN_FORMAT, 0, "%s: an input is left out", c->node->type);
        if (!combine(c, f, i == 1 ? x : &c->out[0], y))
            return false;
    }
    return true;
}

/* clang-format off */
#define OPERATION(name, result) \
    static double name##_two(double x, double y) { return result; }
OPERATION(add, x + y)
OPERATION(sub, x - y)
OPERATION(mul, x * y)
OPERATION(min, fmin(x, y))
OPERATION(max, fmax(x, y))
OPERATION(div, x / y)
OPERATION(whole_div, y != 0 ? trunc(x / y) : 0)

bool onnx_add(onnx_call *c) { return fold(c, add_two, 2); }
bool onnx_sub(onnx_call *c) { return fold(c, sub_two, 2); }
bool onnx_mul(onnx_call *c) { return fold(c, mul_two, 2); }
bool onnx_prelu(onnx_call *c) { return fold(c, prelu_two, 2); }
bool onnx_min(onnx_call *c) { return fold(c, min_two, c->n_in); }
bool onnx_max(onnx_call *c) { return fold(c, max_two, c->n_in); }
/* clang-format on */

bool onnx_div(onnx_call *c)
{
    const onnx_tensor *x;
    return onnx_first(c, &x) && fold(c, onnx_type_is_real(x->type) ? div_two : whole_div_two, 2);
}

/* ---- whole numbers for real ones: y = x / scale + zero point, and back ------------------------------------------- */

/* Of value i of x: one for all, or one for each place along an axis. */
typedef struct steps {
    const onnx_tensor *scale, *zero;
    size_t inner, along; /* values from one place to the next, and places; 1 place: one for all */
} steps;

static bool find_steps(onnx_call *c, const onnx_tensor *x, steps *s)
{
    int axis;
    *s = (steps){onnx_in(c, 1), onnx_in(c, 2), 1, 1};
    if (!s->scale || onnx_whole(c->node, "block_size", 0) || (s->zero && s->zero->count != s->scale->count))
        return nn_fail(c->err, NN_FORMAT, 0, "%s: steps that are not read", c->node->type);
    if (s->scale->count == 1)
        return true;
    if (!onnx_axis(c, (double)onnx_whole(c->node, "axis", 1), x->rank, false, &axis))
        return false;
    for (int i = axis + 1; i < x->rank; i++)
        s->inner *= (size_t)x->dim[i];
    s->along = (size_t)x->dim[axis];
    return s->along == s->scale->count || nn_fail(c->err, NN_FORMAT, 0, "%s: shapes that do not fit", c->node->type);
}

bool onnx_quantize(onnx_call *c)
{
    const onnx_tensor *x;
    steps s;
    double least, most;
    if (!onnx_first(c, &x) || !find_steps(c, x, &s))
        return false;
    onnx_type type = s.zero ? s.zero->type : (onnx_type)onnx_whole(c->node, "output_dtype", ONNX_UINT8);
    if (!onnx_out(c, 0, type ? type : ONNX_UINT8, x->rank, x->dim))
        return false;
    onnx_type_range(c->out[0].type, &least, &most);
    for (size_t i = 0; i < x->count; i++) {
        size_t k = i / s.inner % s.along;
        double whole = rint(x->value[i] / s.scale->value[k]) + (s.zero ? s.zero->value[k] : 0);
        c->out[0].value[i] = fmin(fmax(whole, least), most);
    }
    return true;
}

bool onnx_dequantize(onnx_call *c)
{
    const onnx_tensor *x;
    steps s;
    if (!onnx_first(c, &x) || !find_steps(c, x, &s) || !onnx_out(c, 0, s.scale->type, x->rank, x->dim))
        return false;
    for (size_t i = 0; i < x->count; i++) {
        size_t k = i / s.inner % s.along;
        c->out[0].value[i] = (x->value[i] - (s.zero ? s.zero->value[k] : 0)) * s.scale->value[k];
    }
    return true;
}
