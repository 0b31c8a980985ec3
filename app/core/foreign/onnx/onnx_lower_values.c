/* onnx_lower_values.c - activations, and sums and products of two tensors, as layers. */
#include "onnx_lower.h"
#include <stdio.h>
#include <string.h>

/* ---- activations -------------------------------------------------------------------------------------------------- */

static bool activate(onnx_lowering *l, const onnx_node *node, const char *kind)
{
    onnx_live y;
    bool ok = onnx_begin(l, node, &y);
    if (ok)
        onnx_layer(l, &y, y.shape, kind, "%s", "");
    return onnx_finish(l, node, &y, ok);
}

static bool activate_by(onnx_lowering *l, const onnx_node *node, const char *kind, double setting, double after)
{
    onnx_live y;
    bool ok = onnx_begin(l, node, &y);
    if (ok)
        onnx_layer(l, &y, y.shape, kind, "%.9f", setting);
    return onnx_finish(l, node, &y, ok && onnx_scale_by(l, &y, after, 0));
}

/* clang-format off */
bool onnx_lower_relu(onnx_lowering *l, const onnx_node *node) { return activate(l, node, "relu"); }
bool onnx_lower_sigmoid(onnx_lowering *l, const onnx_node *node) { return activate(l, node, "sigmoid"); }
bool onnx_lower_hard_swish(onnx_lowering *l, const onnx_node *node) { return activate(l, node, "hardswish"); }
bool onnx_lower_tanh(onnx_lowering *l, const onnx_node *node) { return activate(l, node, "tanh"); }
bool onnx_lower_softplus(onnx_lowering *l, const onnx_node *node) { return activate(l, node, "softplus"); }
bool onnx_lower_log(onnx_lowering *l, const onnx_node *node) { return activate(l, node, "log"); }
/* clang-format on */

/* The error function is used, whatever the file asks for: the approximation differs by less than 0.0005. */
bool onnx_lower_gelu(onnx_lowering *l, const onnx_node *node)
{
    if (onnx_word_is(node, "approximate", "tanh"))
        snprintf(l->net->guessed, sizeof l->net->guessed, "gelu is computed exactly, not by its approximation");
    return activate(l, node, "gelu");
}

bool onnx_lower_fused(onnx_lowering *l, const onnx_node *node, const onnx_live *x, const char *kind)
{
    onnx_live y;
    if (!x->layer[0] || !onnx_live_copy(l, &y, x))
        return nn_fail(l->err, NN_FORMAT, 0, "%s: an input that does not come from the image", node->type);
    onnx_layer(l, &y, y.shape, kind, "%s", "");
    return onnx_give(l, node, &y);
}

bool onnx_lower_same(onnx_lowering *l, const onnx_node *node)
{
    onnx_live y;
    bool ok = onnx_begin(l, node, &y);
    return onnx_finish(l, node, &y, ok);
}

bool onnx_lower_neg(onnx_lowering *l, const onnx_node *node)
{
    onnx_live y;
    bool ok = onnx_begin(l, node, &y) && onnx_scale_by(l, &y, -1, 0);
    return onnx_finish(l, node, &y, ok);
}

bool onnx_lower_elu(onnx_lowering *l, const onnx_node *node)
{
    return activate_by(l, node, "elu", onnx_real(node, "alpha", 1), 1);
}

bool onnx_lower_selu(onnx_lowering *l, const onnx_node *node)
{
    double alpha = onnx_real(node, "alpha", 1.67326319), gamma = onnx_real(node, "gamma", 1.05070102);
    if (fabs(alpha - 1.67326324) < 1e-6 && fabs(gamma - 1.05070099) < 1e-6)
        return activate(l, node, "selu");
    return activate_by(l, node, "elu", alpha, gamma);
}

static bool prelu(onnx_lowering *l, onnx_live *y, const onnx_tensor *slope)
{
    float *values[ONNX_SPREAD];
    if (!onnx_spread(l, y, 1, &slope, (const double[]){0}, values))
        return false;
    onnx_layer(l, y, y->shape, "prelu", "%s", "");
    float *to = onnx_parameter(l, "slope", (size_t)y->shape.c);
    if (to)
        memcpy(to, values[0], (size_t)y->shape.c * sizeof *to);
    nn_free(values[0]);
    return to != NULL;
}

bool onnx_lower_prelu(onnx_lowering *l, const onnx_node *node)
{
    onnx_live y;
    const onnx_tensor *slope = onnx_constant_input(l, node, 1);
    if (!slope)
        return nn_fail(l->err, NN_FORMAT, 0, "PRelu: its slope is no constant");
    bool ok = onnx_begin(l, node, &y);
    onnx_tensor by_channel = *slope;
    if (ok && l->graph->opset < 7 && slope->count > 1 && slope->rank == 1 && y.rank > 1) {
        by_channel.rank = y.rank - 1; /* behind the channels all is repeated */
        for (int i = 1; i < by_channel.rank; i++)
            by_channel.dim[i] = 1;
    }
    ok = ok && prelu(l, &y, &by_channel);
    return onnx_finish(l, node, &y, ok);
}

bool onnx_lower_leaky_relu(onnx_lowering *l, const onnx_node *node)
{
    double slope = onnx_real(node, "alpha", 0.01);
    if (slope >= 0 && slope <= 1)
        return activate_by(l, node, "leakyrelu", slope, 1);
    onnx_live y;
    onnx_tensor constant = {.type = ONNX_FLOAT, .count = 1, .value = &slope};
    bool ok = onnx_begin(l, node, &y) && prelu(l, &y, &constant);
    return onnx_finish(l, node, &y, ok);
}

/* y between two numbers, of which one may be infinite: our layers cut at 0, and at 0 and 6. */
static bool limit(onnx_lowering *l, onnx_live *y, double least, double most)
{
    double unit = (most - least) / 6;
    if (isinf(least) && isinf(most))
        return true;
    if (!(least < most))
        return nn_fail(l->err, NN_FORMAT, 0, "Clip: limits the wrong way round");
    if (isinf(most))
        unit = 1;
    if (isinf(least)) /* most - max(0, most - y) */
        unit = -1;
    double from = isinf(least) ? most : least;
    if (!onnx_scale_by(l, y, 1 / unit, -from / unit))
        return false;
    onnx_layer(l, y, y->shape, isinf(least) || isinf(most) ? "relu" : "relu6", "%s", "");
    return onnx_scale_by(l, y, unit, from);
}

static double huge_is_infinite(double x)
{
    return fabs(x) > 1e30 ? copysign((double)INFINITY, x) : x;
}

static double number_of(const onnx_tensor *t, double fallback)
{
    return huge_is_infinite(t && t->count == 1 ? t->value[0] : fallback);
}

static bool clip(onnx_lowering *l, const onnx_node *node, double least, double most)
{
    onnx_live y;
    bool ok = onnx_begin(l, node, &y) && limit(l, &y, least, most);
    return onnx_finish(l, node, &y, ok);
}

bool onnx_lower_clip(onnx_lowering *l, const onnx_node *node)
{
    return clip(l, node, number_of(onnx_constant_input(l, node, 1), onnx_real(node, "min", -(double)INFINITY)),
                number_of(onnx_constant_input(l, node, 2), onnx_real(node, "max", (double)INFINITY)));
}

bool onnx_lower_hard_sigmoid(onnx_lowering *l, const onnx_node *node)
{
    onnx_live y;
    double slope = onnx_real(node, "alpha", 0.2), middle = onnx_real(node, "beta", 0.5);
    if (middle == 0.5 && slope >= 0 && slope <= 1)
        return activate_by(l, node, "hardsigmoid", slope, 1);
    bool ok = onnx_begin(l, node, &y) && onnx_scale_by(l, &y, slope, middle) && limit(l, &y, 0, 1);
    return onnx_finish(l, node, &y, ok);
}

/* What whole numbers of the type can say stays; that they are steps is left out. */
bool onnx_lower_quantize(onnx_lowering *l, const onnx_node *node)
{
    const onnx_tensor *scale = onnx_constant_input(l, node, 1), *zero = onnx_constant_input(l, node, 2);
    double least, most, shift = zero && zero->count == 1 ? zero->value[0] : 0;
    if (!scale || scale->count != 1 || (zero && zero->count != 1))
        return nn_fail(l->err, NN_FORMAT, 0, "QuantizeLinear: steps that are not read");
    onnx_type_range(zero ? zero->type : ONNX_UINT8, &least, &most);
    return clip(l, node, (least - shift) * scale->value[0], (most - shift) * scale->value[0]);
}

/* ---- two tensors -------------------------------------------------------------------------------------------------- */

/* With axes of size 1 behind its own: before opset 7 `axis` said where they lie among those of the image. */
static void extend(const onnx_lowering *l, const onnx_node *node, int rank, onnx_tensor *constant)
{
    double axis = (double)onnx_whole(node, "axis", -1);
    axis += axis < 0 ? rank : 0;
    if (l->graph->opset >= 7 || !onnx_whole(node, "broadcast", 0) || !onnx_attr_of(node, "axis"))
        return;
    while (constant->rank < ONNX_RANK && axis + constant->rank < rank)
        constant->dim[constant->rank++] = 1;
}

/* The input that is a constant, lent, if there is one (its value is NULL otherwise); the other one, to be changed, in
 * y. */
static bool begin_two(onnx_lowering *l, const onnx_node *node, onnx_live *y, onnx_tensor *constant, bool *first)
{
    const onnx_tensor *a = onnx_constant_input(l, node, 0), *b = onnx_constant_input(l, node, 1);
    const onnx_live *x = onnx_live_input(l, node, a ? 1 : 0);
    *constant = a ? *a : b ? *b : (onnx_tensor){0};
    *first = a != NULL;
    *y = (onnx_live){0};
    if (!x || !onnx_live_copy(l, y, x))
        return false;
    extend(l, node, x->rank, constant);
    return constant->rank <= x->rank || constant->count == 1 ||
           nn_fail(l->err, NN_FORMAT, 0, "%s with a constant of more axes than images have", node->type);
}

static bool same_tables(const onnx_live *a, const onnx_live *b)
{
    return a->count == b->count && a->rank == b->rank &&
           memcmp(a->dim, b->dim, (size_t)a->rank * sizeof *a->dim) == 0 &&
           a->shape.h * a->shape.w * a->shape.c == b->shape.h * b->shape.w * b->shape.c &&
           memcmp(a->at, b->at, a->count * sizeof *a->at) == 0;
}

/* Channels come last where b has them there, one value for each, and first otherwise. */
static onnx_roles common_roles(const onnx_live *a, const onnx_live *b)
{
    bool last = a->rank == 4 && b->rank == 4 && b->dim[1] == 1 && b->dim[2] == 1 && b->dim[3] == a->dim[3];
    return last ? (onnx_roles){{1, 2, 3}} : onnx_picture(a->rank);
}

/* Brings two tensors into one order, so that a layer can take both. b may have one value a channel. */
static bool bring_together(onnx_lowering *l, const onnx_node *node, onnx_live *a, onnx_live *b, bool gates)
{
    if (!same_tables(a, b)) {
        onnx_roles roles = common_roles(a, b);
        if (!onnx_arrange(l, a, roles) || !onnx_arrange(l, b, b->rank == a->rank ? roles : onnx_picture(b->rank)))
            return false;
        bool gate = gates && b->shape.h == 1 && b->shape.w == 1 && b->shape.c == a->shape.c;
        return gate || nn_same_shape(a->shape, b->shape) ||
               nn_fail(l->err, NN_FORMAT, 0, "%s of two tensors of different shapes", node->type);
    }
    onnx_see_as(l, b, a->shape);
    return true;
}

/* y = y op the second input, both of the image. */
static bool join(onnx_lowering *l, const onnx_node *node, onnx_live *y, const char *kind, double sign)
{
    const onnx_live *x = onnx_live_input(l, node, 1);
    onnx_live other = {0}, swap = *y;
    bool gates = strcmp(kind, "mul") == 0;
    bool ok = x && onnx_live_copy(l, &other, x);
    if (ok && gates && other.count > y->count) { /* the gate comes second */
        *y = other;
        other = swap;
    }
    ok = ok && onnx_scale_by(l, &other, sign, 0) && bring_together(l, node, y, &other, gates);
    if (ok)
        onnx_layer(l, y, y->shape, kind, "%s", other.layer);
    onnx_live_free(&other);
    return ok;
}

bool onnx_lower_add(onnx_lowering *l, const onnx_node *node)
{
    onnx_live y;
    onnx_tensor constant;
    bool first, ok = begin_two(l, node, &y, &constant, &first);
    ok = ok && (constant.value ? onnx_scale(l, &y, NULL, &constant) : join(l, node, &y, "add", 1));
    return onnx_finish(l, node, &y, ok);
}

/* The constant with each value changed. */
static bool change(onnx_lowering *l, onnx_tensor *out, const onnx_tensor *from, bool inverse)
{
    if (!onnx_tensor_copy(out, from, l->err))
        return false;
    for (size_t i = 0; i < out->count; i++)
        out->value[i] = inverse ? 1 / out->value[i] : -out->value[i];
    return true;
}

bool onnx_lower_sub(onnx_lowering *l, const onnx_node *node)
{
    onnx_live y;
    onnx_tensor constant;
    onnx_tensor negative = {0};
    bool first, ok = begin_two(l, node, &y, &constant, &first);
    if (ok && !constant.value)
        ok = join(l, node, &y, "add", -1);
    else if (ok && first)
        ok = onnx_scale_by(l, &y, -1, 0) && onnx_scale(l, &y, NULL, &constant);
    else
        ok = ok && change(l, &negative, &constant, false) && onnx_scale(l, &y, NULL, &negative);
    onnx_tensor_free(&negative);
    return onnx_finish(l, node, &y, ok);
}

bool onnx_lower_mul(onnx_lowering *l, const onnx_node *node)
{
    onnx_live y;
    onnx_tensor constant;
    bool first, ok = begin_two(l, node, &y, &constant, &first);
    ok = ok && (constant.value ? onnx_scale(l, &y, &constant, NULL) : join(l, node, &y, "mul", 1));
    return onnx_finish(l, node, &y, ok);
}

bool onnx_lower_div(onnx_lowering *l, const onnx_node *node)
{
    onnx_live y;
    onnx_tensor constant;
    onnx_tensor inverse = {0};
    bool first, ok = begin_two(l, node, &y, &constant, &first);
    if (ok && (!constant.value || first))
        ok = nn_fail(l->err, NN_FORMAT, 0, "Div by what depends on the image is not read");
    ok = ok && change(l, &inverse, &constant, true) && onnx_scale(l, &y, &inverse, NULL);
    onnx_tensor_free(&inverse);
    return onnx_finish(l, node, &y, ok);
}

static bool limit_by_constant(onnx_lowering *l, const onnx_node *node, bool is_least)
{
    onnx_live y;
    onnx_tensor constant;
    bool first, ok = begin_two(l, node, &y, &constant, &first);
    if (ok && (constant.count != 1 || node->n_inputs != 2))
        ok = nn_fail(l->err, NN_FORMAT, 0, "%s: only of the image and one number", node->type);
    ok = ok && limit(l, &y, is_least ? constant.value[0] : -(double)INFINITY,
                     is_least ? (double)INFINITY : constant.value[0]);
    return onnx_finish(l, node, &y, ok);
}

bool onnx_lower_min(onnx_lowering *l, const onnx_node *node)
{
    return limit_by_constant(l, node, false);
}

bool onnx_lower_max(onnx_lowering *l, const onnx_node *node)
{
    return limit_by_constant(l, node, true);
}
