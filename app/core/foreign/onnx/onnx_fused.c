/* onnx_fused.c - an expression of one value is told by what it gives: it is computed for a few numbers and compared. So
 * the order of its sums and factors does not matter. */
#include "onnx_fused.h"
#include <string.h>

enum { DEPTH = 6 }; /* operators, one within the other */

static const onnx_node *producer(const onnx_graph *g, int value)
{
    return value >= 0 && g->value[value].producer >= 0 ? &g->node[g->value[value].producer] : NULL;
}

static bool is(const onnx_node *node, const char *type)
{
    return strcmp(node->type, type) == 0;
}

/* The one number that a value is, whatever the image; NAN where it is none. */
static double number_of(const onnx_graph *g, int value)
{
    const onnx_node *node = producer(g, value);
    const onnx_attr *attr = node && is(node, "Constant") ? onnx_attr_of(node, "value") : NULL;
    const onnx_tensor *t = attr ? &attr->tensor : value >= 0 ? &g->value[value].constant : NULL;
    return t && t->value && t->count == 1 ? t->value[0] : (double)NAN;
}

/* A value, where x is `at`; NAN where it is no such expression. */
static double expression(const onnx_graph *g, int value, int x, double at, int depth)
{
    const onnx_node *node = producer(g, value);
    if (value == x)
        return at;
    if (!node || is(node, "Constant") || depth == DEPTH || node->n_inputs < 1)
        return number_of(g, value);
    double a = expression(g, node->input[0], x, at, depth + 1);
    double b = node->n_inputs == 2 ? expression(g, node->input[1], x, at, depth + 1) : 0;
    return is(node, "Mul")       ? a * b
           : is(node, "Add")     ? a + b
           : is(node, "Div")     ? a / b
           : is(node, "Erf")     ? erf(a)
           : is(node, "Sigmoid") ? 1 / (1 + exp(-a))
           : is(node, "HardSigmoid")
               ? fmin(fmax(onnx_real(node, "alpha", 0.2) * a + onnx_real(node, "beta", 0.5), 0), 1)
               : (double)NAN;
}

static double silu(double x)
{
    return x / (1 + exp(-x));
}

static double hard_swish(double x)
{
    return x * fmin(fmax(x / 6 + 0.5, 0), 1);
}

static double gelu(double x)
{
    return x * (1 + erf(x / sqrt(2))) / 2;
}

static const struct {
    const char *kind;
    double (*function)(double x);
} known[] = {{"silu", silu}, {"hardswish", hard_swish}, {"gelu", gelu}};

static bool equals(const onnx_graph *g, int value, int x, double (*function)(double x))
{
    static const double points[] = {-4, -2.5, -1, -0.25, 0.5, 1.25, 2, 5};
    for (size_t i = 0; i < sizeof points / sizeof *points; i++)
        if (!(fabs(expression(g, value, x, points[i], 0) - function(points[i])) < 1e-5))
            return false;
    return true;
}

/* What the gate in an expression is computed from, before factors: the x of it. -1: there is no gate. */
static int find_x(const onnx_graph *g, int value, int depth)
{
    const onnx_node *node = producer(g, value);
    if (!node || depth == DEPTH || node->n_inputs < 1)
        return -1;
    if (is(node, "Erf") || is(node, "Sigmoid") || is(node, "HardSigmoid")) {
        const onnx_node *scaled = producer(g, node->input[0]);
        bool factor = scaled && (is(scaled, "Mul") || is(scaled, "Div")) && scaled->n_inputs == 2;
        for (int k = 0; factor && k < 2; k++)
            if (!isnan(number_of(g, scaled->input[1 - k])))
                return scaled->input[k];
        return node->input[0];
    }
    if (!is(node, "Mul") && !is(node, "Add") && !is(node, "Div"))
        return -1;
    int x = find_x(g, node->input[0], depth + 1);
    return x >= 0 || node->n_inputs < 2 ? x : find_x(g, node->input[1], depth + 1);
}

const char *onnx_fused(const onnx_graph *g, const onnx_node *node, int *x)
{
    int value = node->n_outputs == 1 ? node->output[0] : -1;
    *x = value >= 0 && (is(node, "Mul") || is(node, "Add") || is(node, "Div")) ? find_x(g, value, 0) : -1;
    for (size_t i = 0; *x >= 0 && i < sizeof known / sizeof *known; i++)
        if (equals(g, value, *x, known[i].function))
            return known[i].kind;
    return NULL;
}
