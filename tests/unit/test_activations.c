/* test_activations.c - functions of one value against their formulas in double precision, on every variant of the
 * kernels: also far from 0, where exponentials leave the range of floats. Their slopes: test_gradients.c. */
#include "nn/kernel.h"
#include "nn/op.h"
#include "support/nets.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { VALUES = 401 }; /* no multiple of a vector */

static double relu(double x)
{
    return fmax(0, x);
}

static double relu6(double x)
{
    return fmin(fmax(0, x), 6);
}

static double leakyrelu(double x)
{
    return x > 0 ? x : 0.125 * x;
}

static double elu(double x)
{
    return x > 0 ? x : 0.5 * (exp(x) - 1);
}

static double selu(double x)
{
    return 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * (exp(x) - 1));
}

static double sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}

static double softplus(double x)
{
    return x > 30 ? x : log1p(exp(x));
}

static double hardsigmoid(double x)
{
    return fmin(fmax(0, 0.25 * x + 0.5), 1);
}

static double silu(double x)
{
    return x / (1 + exp(-x));
}

static double hardswish(double x)
{
    return x * fmin(fmax(0, x + 3), 6) / 6;
}

static double gelu(double x)
{
    return x * (1 + erf(x / sqrt(2))) / 2;
}

static double log_of_positive(double x)
{
    return log(fmax(x, 0x1p-126));
}

static const struct {
    const char *line;
    double (*formula)(double x);
} kinds[] = {
    {"relu", relu},   {"relu6", relu6},         {"leakyrelu 0.125", leakyrelu},
    {"elu 0.5", elu}, {"selu", selu},           {"sigmoid", sigmoid},
    {"tanh", tanh},   {"softplus", softplus},   {"hardsigmoid 0.25", hardsigmoid},
    {"silu", silu},   {"hardswish", hardswish}, {"log", log_of_positive},
    {"gelu", gelu},
};

static void check(const char *line, double (*formula)(double x), float scale)
{
    char text[100];
    float x[VALUES], y[VALUES];
    snprintf(text, sizeof text, "input 1 1 %d\n%s\ndense 2\nsoftmax\n", VALUES, line);
    nn_plan *plan = net_parse(text);
    nn_slice s = {.node = &plan->node[0], .plan = plan, .images = 1, .batch = 1, .parts = 1, .x = x, .y = y};
    for (int i = 0; i < VALUES; i++)
        x[i] = scale * (float)(i - VALUES / 2);
    s.node->op->forward(&s);
    for (int i = 0; i < VALUES; i++) {
        double expected = formula((double)x[i]);
        if (!(fabs((double)y[i] - expected) <= 3e-6 * fmax(0.1, fabs(expected))))
            fail_msg("%s of %g is %g, not %g", line, (double)x[i], (double)y[i], expected);
    }
    nn_plan_free(plan);
}

static void test_formulas(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        check(kinds[i].line, kinds[i].formula, 0.03125f); /* -6.25 .. 6.25 */
        check(kinds[i].line, kinds[i].formula, 0.5f);     /* -100 .. 100 */
    }
}

/* So that a loss that is no number tells of weights that are none. */
static void no_activation_hides_it(void)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        char text[100];
        float x[VALUES], y[VALUES];
        snprintf(text, sizeof text, "input 1 1 %d\n%s\ndense 2\nsoftmax\n", VALUES, kinds[i].line);
        nn_plan *plan = net_parse(text);
        nn_slice s = {.node = &plan->node[0], .plan = plan, .images = 1, .batch = 1, .parts = 1, .x = x, .y = y};
        for (int k = 0; k < VALUES; k++)
            x[k] = k % 3 ? 1 : NAN;
        s.node->op->forward(&s);
        for (int k = 0; k < VALUES; k++)
            if (!isnan(y[k]) != !isnan(x[k]))
                fail_msg("%s of %g is %g", kinds[i].line, (double)x[k], (double)y[k]);
        nn_plan_free(plan);
    }
}

static void test_what_is_no_number_stays(void **state)
{
    (void)state;
    no_activation_hides_it();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_formulas),
        cmocka_unit_test(test_what_is_no_number_stays),
    };
    int failed = 0;
    for (const nn_variant *variant = nn_variants; variant->name; variant++)
        if (variant->supported()) {
            nn_kernels_use(variant);
            failed += cmocka_run_group_tests(tests, NULL, NULL);
        }
    return failed;
}
