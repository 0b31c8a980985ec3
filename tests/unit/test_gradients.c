/* test_gradients.c - every registered layer's backward pass against central differences of its forward pass.
 *
 * A node of each of the layer's examples is run alone, through op.h: random input, random weights and, as the loss,
 * a random linear functional of its output, summed in double. So the slope with respect to every input and weight is
 * known without believing any other layer. Two shares of unequal size stand for two threads. Then the layer is
 * broken in many ways, and the same check must notice each. */
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

enum { IMAGES = 5, SHARES = 2, SEEDS = 3 };

/* One node with everything its functions may touch. */
typedef struct bench {
    const nn_plan *plan;
    const nn_node *node;
    const nn_op *op;     /* the node's own, or a broken twin */
    size_t in, in2, out; /* floats of all images */
    float *x, *x2, *y, *dy, *dx, *dx2, *weights, *prepared, *gradients[SHARES], *scratch[SHARES], *memory[SHARES];
    double *shared;
} bench;

/* How far a tensor's gradients are from the slopes of the loss. */
typedef struct deviation {
    double worst, sum;
    size_t count;
    bool all_zero; /* every gradient of some tensor is 0: such a check would prove nothing */
} deviation;

static const double worst_allowed = 1e-3, mean_allowed = 1e-4;

/* ---- running one node -------------------------------------------------------------------------------------------- */

static void *zeros(size_t count, size_t size)
{
    void *values = nn_alloc(count, size);
    assert_non_null(values);
    return values;
}

static float *floats(size_t count)
{
    return zeros(count, sizeof(float));
}

/* Steps of a difference quotient must not cross a kink: inputs of functions that have some stay half a unit away from
 * whole numbers (0, 3, 6), those of max pooling are all different by 0.4 or more, those of logarithms are well
 * above 0. */
static void fill_input(uint64_t *seed, const nn_op *op, float *x, size_t count)
{
    random_fill(seed, x, count, -1, 1);
    if (strstr(op->name, "elu") || strstr(op->name, "hard")) { /* "elu" ends relu and selu too */
        for (size_t i = 0; i < count; i++)
            x[i] = floorf(8 * x[i]) + 0.5f;
    } else if (strcmp(op->name, "log") == 0) {
        for (size_t i = 0; i < count; i++)
            x[i] = 2.0f + x[i];
    } else if (strcmp(op->name, "maxpool") == 0) {
        for (size_t i = 0; i < count; i++) {
            size_t j = (size_t)(random_bits(seed) % (i + 1));
            x[i] = x[j];
            x[j] = 0.4f * ((float)i - (float)(count / 2));
        }
    }
}

static void bench_open(bench *b, const nn_plan *plan, const nn_node *node, uint64_t seed)
{
    *b = (bench){.plan = plan, .node = node, .op = node->op};
    b->in = IMAGES * nn_shape_count(node->in);
    b->in2 = IMAGES * nn_shape_count(node->in2);
    b->out = IMAGES * nn_shape_count(node->out);
    b->x = floats(b->in), b->x2 = floats(b->in2), b->dx = floats(b->in), b->dx2 = floats(b->in2);
    b->y = floats(b->out), b->dy = floats(b->out);
    b->weights = net_weights(plan, seed);
    b->prepared = floats(node->prepared);
    b->shared = zeros(SHARES * node->shared, sizeof(double));
    for (int i = 0; i < SHARES; i++) {
        b->gradients[i] = floats(plan->floats);
        b->scratch[i] = floats(node->scratch);
        b->memory[i] = floats(node->memory);
    }
    fill_input(&seed, node->op, b->x, b->in);
    fill_input(&seed, node->op, b->x2, b->in2);
    random_fill(&seed, b->dy, b->out, -1, 1);
}

static void bench_close(bench *b)
{
    float *all[] = {b->x, b->x2, b->y, b->dy, b->dx, b->dx2, b->weights, b->prepared};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        nn_free(all[i]);
    nn_free(b->shared);
    for (int i = 0; i < SHARES; i++) {
        nn_free(b->gradients[i]);
        nn_free(b->scratch[i]);
        nn_free(b->memory[i]);
    }
}

/* Calls one of the op's functions for every share, as the threads of a training would. */
static void run(const bench *b, void (*function)(const nn_slice *))
{
    size_t in = b->in / IMAGES, in2 = b->in2 / IMAGES, out = b->out / IMAGES;
    for (int i = 0; function && i < SHARES; i++) {
        int first = i ? 3 : 0;
        size_t skip = (size_t)first;
        nn_slice slice = {
            .node = b->node,
            .plan = b->plan,
            .images = i ? IMAGES - 3 : 3,
            .batch = IMAGES,
            .first = first,
            .part = i,
            .parts = SHARES,
            .training = true,
            .differentiates = true,
            .key = 42,
            .weights = b->weights,
            .prepared = b->prepared,
            .memory = b->memory[i],
            .gradients = b->gradients[i],
            .x = b->x + skip * in,
            .x2 = b->x2 + skip * in2,
            .y = b->y + skip * out,
            .dy = b->dy + skip * out,
            .dx = b->dx ? b->dx + skip * in : NULL,
            .dx2 = b->dx2 ? b->dx2 + skip * in2 : NULL,
            .scratch = b->scratch[i],
            .shared = b->shared,
        };
        function(&slice);
    }
}

static double loss(const bench *b)
{
    memset(b->shared, 0, SHARES * b->node->shared * sizeof(double));
    for (int i = 0; i < SHARES; i++)
        memset(b->memory[i], 0, b->node->memory * sizeof(float));
    run(b, b->op->forward_partial);
    run(b, b->op->forward_combine);
    run(b, b->op->forward);
    double sum = 0;
    for (size_t i = 0; i < b->out; i++)
        sum += (double)b->dy[i] * (double)b->y[i];
    return sum;
}

/* After loss. */
static void run_backward(const bench *b)
{
    run(b, b->op->backward_partial);
    run(b, b->op->backward_combine);
    run(b, b->op->backward);
    run(b, b->op->backward_end);
}

static void fill_nan(float *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        values[i] = NAN;
}

/* Forward and backward; what backward must not need or must write is NAN before it. The weights' gradients end up in
 * gradients[0]. */
static void differentiate(bench *b)
{
    memset(b->gradients[0], 0, b->plan->floats * sizeof(float));
    memset(b->gradients[1], 0, b->plan->floats * sizeof(float));
    run(b, b->op->prepare);
    loss(b);
    if (!b->op->keeps_output)
        fill_nan(b->y, b->out);
    fill_nan(b->dx, b->in);
    fill_nan(b->dx2, b->in2);
    float *x = b->x, *unknown = floats(b->in);
    fill_nan(unknown, b->in);
    if (b->op->place != NN_OWN)
        b->x = unknown;
    run_backward(b);
    b->x = x;
    nn_free(unknown);
    for (size_t i = 0; i < b->plan->floats; i++)
        b->gradients[0][i] += b->gradients[1][i];
}

/* ---- comparing --------------------------------------------------------------------------------------------------- */

/* Sets a value; what is derived from weights is derived anew. */
static void set(const bench *b, float *value, float to)
{
    bool weight = value >= b->weights && value < b->weights + b->plan->floats;
    *value = to;
    run(b, weight ? b->op->prepare : NULL);
}

static double loss_at(const bench *b, float *value, float at)
{
    set(b, value, at);
    return loss(b);
}

/* The slope of the loss along *value. Weighted sums are linear in each value alone: there a central difference over a
 * large step has no error but rounding's, which is then small. Elsewhere the five-point rule: its error is one order
 * lower. */
static double slope(const bench *b, float *value)
{
    bool linear = b->op->kind == NN_LINEAR;
    const float h = linear ? 1.0f : 0.02f, x = *value;
    double near = loss_at(b, value, x + h) - loss_at(b, value, x - h);
    double far = linear ? 2 * near : loss_at(b, value, x + 2 * h) - loss_at(b, value, x - 2 * h);
    set(b, value, x);
    return (8 * near - far) / (12 * (double)h);
}

/* Compares the gradients of one tensor with the slopes, up to the first that is wrong. Gradients much smaller than
 * their tensor's typical size count relative to a tenth of that: their own size is below what single precision can
 * resolve. */
static void compare(deviation *d, const bench *b, float *values, size_t count, const float *gradients)
{
    double squares = 0;
    for (size_t i = 0; i < count; i++)
        squares += (double)gradients[i] * (double)gradients[i];
    double floor = 0.1 * sqrt(squares / (double)count) + 1e-30;
    d->all_zero |= squares == 0;
    for (size_t i = 0; i < count && d->worst <= worst_allowed; i++) {
        double expected = slope(b, &values[i]), got = (double)gradients[i];
        double error = fabs(got - expected) / fmax(fmax(fabs(got), fabs(expected)), floor);
        d->worst = fmax(d->worst, isnan(error) ? HUGE_VAL : error);
        d->sum += error;
    }
    d->count += count;
}

static bool is_trained(const nn_param *param)
{
    return param->role != NN_MEAN && param->role != NN_VARIANCE;
}

static deviation check(bench *b)
{
    deviation d = {0};
    differentiate(b);
    compare(&d, b, b->x, b->in, b->dx);
    if (b->op->inputs == 2)
        compare(&d, b, b->x2, b->in2, b->dx2);
    for (int i = 0; i < b->node->n_params; i++) {
        const nn_param *p = &b->plan->param[b->node->param[i]];
        if (is_trained(p))
            compare(&d, b, b->weights + p->offset, p->count, b->gradients[0] + p->offset);
    }
    return d;
}

static bool is_right(const deviation *d)
{
    return !d->all_zero && d->worst <= worst_allowed && d->sum <= mean_allowed * (double)d->count;
}

/* Calls body for every node of the op's kind in every one of its examples; there must be one. */
static void each_node(const nn_op *op, uint64_t seed, void (*body)(bench *b))
{
    int nodes = 0;
    for (const char *const *text = op->examples; *text; text++) {
        nn_plan *plan = net_parse(*text);
        bool large = plan->floats > 1000; /* one seed is enough for so many values */
        for (int i = 0; i < plan->n_nodes; i++) {
            if (!nn_same_op(plan->node[i].op, op) || (large && seed > 1))
                continue;
            bench b;
            bench_open(&b, plan, &plan->node[i], seed);
            body(&b);
            bench_close(&b);
            nodes++;
        }
        nn_plan_free(plan);
    }
    if (nodes == 0)
        fail_msg("%s: no example has such a layer", op->name);
}

static deviation over_all; /* of one layer kind */

static void check_node(bench *b)
{
    deviation d = check(b);
    if (!is_right(&d))
        fail_msg("%s in\n%s: worst relative error %g, mean %g%s", b->node->name, b->plan->text, d.worst,
                 d.sum / (double)d.count, d.all_zero ? ", and a tensor whose gradients are all 0" : "");
    over_all.worst = fmax(over_all.worst, d.worst);
    over_all.sum += d.sum;
    over_all.count += d.count;
}

static void test_every_layer(void **state)
{
    (void)state;
    const nn_op *const *ops = nn_kernels_here()->ops;
    for (int i = 0; ops[i]; i++) {
        over_all = (deviation){0};
        for (uint64_t seed = 1; seed <= SEEDS; seed++)
            each_node(ops[i], seed, check_node);
        printf("{\"name\": \"gradients of %s\", \"n\": %zu, \"worst\": %.2g, \"mean\": %.2g, \"limit\": %g}\n",
               ops[i]->name, over_all.count, over_all.worst, over_all.sum / (double)over_all.count, worst_allowed);
    }
}

/* ---- broken twins ------------------------------------------------------------------------------------------------ */

/* Ways in which a backward pass is wrong. Each spoils one share of one tensor's gradients. */
static void all_zero(float *g, size_t count)
{
    memset(g, 0, count * sizeof *g);
}

static void one_per_cent_large(float *g, size_t count)
{
    for (size_t i = 0; i < count; i++)
        g[i] *= 1.01f;
}

static void wrong_sign(float *g, size_t count)
{
    for (size_t i = 0; i < count; i++)
        g[i] = -g[i];
}

static void largest_forgotten(float *g, size_t count)
{
    size_t largest = 0;
    for (size_t i = 1; i < count; i++)
        if (fabsf(g[i]) > fabsf(g[largest]))
            largest = i;
    g[largest] = 0;
}

static void in_reverse_order(float *g, size_t count)
{
    for (size_t i = 0; i < count / 2; i++) {
        float keep = g[i];
        g[i] = g[count - 1 - i], g[count - 1 - i] = keep;
    }
}

static const struct {
    const char *name;
    void (*spoil)(float *g, size_t count);
    size_t least; /* values in a tensor for it to make a difference */
} breaks[] = {
    {"all zero", all_zero, 1},
    {"1 % too large", one_per_cent_large, 1},
    {"wrong sign", wrong_sign, 1},
    {"largest forgotten", largest_forgotten, 1},
    {"in reverse order", in_reverse_order, 2},
};

/* What spoiled_backward and spoiled_end do: they have only a slice to go by. */
static const nn_op *twin_of;
static void (*spoil)(float *g, size_t count);
static int spoiled_tensor; /* 0: dx, 1: dx2, 2...: parameters */

static void spoiled_backward(const nn_slice *s)
{
    twin_of->backward(s);
    if (spoiled_tensor == 0)
        spoil(s->dx, (size_t)s->images * nn_shape_count(s->node->in));
    if (spoiled_tensor == 1)
        spoil(s->dx2, (size_t)s->images * nn_shape_count(s->node->in2));
}

static void spoiled_end(const nn_slice *s)
{
    if (twin_of->backward_end)
        twin_of->backward_end(s);
    if (spoiled_tensor >= 2) {
        const nn_param *p = &s->plan->param[s->node->param[spoiled_tensor - 2]];
        spoil(s->gradients + p->offset, p->count);
    }
}

static void straight_through(const nn_slice *s)
{
    memcpy(s->dx, s->dy, (size_t)s->images * nn_shape_count(s->node->in) * sizeof(float));
}

static void dead(const nn_slice *s)
{
    memset(s->y, 0, (size_t)s->images * nn_shape_count(s->node->out) * sizeof(float));
}

static void dead_backward(const nn_slice *s)
{
    memset(s->dx, 0, (size_t)s->images * nn_shape_count(s->node->in) * sizeof(float));
    if (s->node->op->inputs == 2)
        memset(s->dx2, 0, (size_t)s->images * nn_shape_count(s->node->in2) * sizeof(float));
}

static int twins; /* of one layer kind */

static void must_catch(bench *b, const nn_op *twin, const char *what)
{
    b->op = twin;
    deviation d = check(b);
    b->op = b->node->op;
    if (is_right(&d))
        fail_msg("%s with gradients '%s' (tensor %d) passes the check\n%s", b->node->name, what, spoiled_tensor,
                 b->plan->text);
    twins++;
}

static bool exists(const bench *b, int tensor, size_t least)
{
    if (tensor < 2)
        return tensor < b->op->inputs && nn_shape_count(tensor ? b->node->in2 : b->node->in) >= least;
    const nn_param *p = &b->plan->param[b->node->param[tensor - 2]];
    return is_trained(p) && p->count >= least;
}

static void break_each_tensor(bench *b)
{
    nn_op twin = *b->op;
    twin_of = b->op;
    twin.backward = spoiled_backward;
    twin.backward_end = spoiled_end;
    for (spoiled_tensor = 0; spoiled_tensor < 2 + b->node->n_params; spoiled_tensor++) {
        for (size_t i = 0; i < sizeof breaks / sizeof *breaks; i++) {
            spoil = breaks[i].spoil;
            if (exists(b, spoiled_tensor, breaks[i].least))
                must_catch(b, &twin, breaks[i].name);
        }
    }
    spoiled_tensor = 0;
}

/* Mistakes that a whole layer makes: a nonlinearity taken for the identity, statistics of the batch taken for
 * constants, an output that depends on nothing. */
static void break_layer(bench *b)
{
    nn_op twin = *b->op;
    if (b->in == b->out && twin.kind != NN_SUM && twin.place != NN_VIEW) {
        twin.backward = straight_through;
        must_catch(b, &twin, "straight through");
    }
    twin = *b->op;
    if (twin.backward_partial) {
        twin.backward_partial = NULL;
        memset(b->shared, 0, SHARES * b->node->shared * sizeof(double));
        must_catch(b, &twin, "without the batch's terms");
    }
    twin = *b->op;
    twin.forward = dead, twin.backward = dead_backward;
    must_catch(b, &twin, "dead");
}

static void test_broken_twins(void **state)
{
    (void)state;
    const nn_op *const *ops = nn_kernels_here()->ops;
    for (int i = 0; ops[i]; i++) {
        twins = 0;
        each_node(ops[i], 1, break_each_tensor);
        each_node(ops[i], 1, break_layer);
        printf("{\"name\": \"broken twins of %s\", \"n\": %d, \"missed\": 0}\n", ops[i]->name, twins);
    }
}

/* ---- the rest of the contract in op.h ---------------------------------------------------------------------------- */

static void adds_to_gradients(bench *b)
{
    differentiate(b);
    size_t size = b->plan->floats * sizeof(float);
    float *once = floats(b->plan->floats);
    loss(b);
    memset(b->gradients[0], 0, size);
    run_backward(b);
    memcpy(once, b->gradients[0], size);
    loss(b);
    run_backward(b);
    for (int i = 0; i < b->node->n_params; i++) {
        const nn_param *p = &b->plan->param[b->node->param[i]];
        for (size_t k = p->offset; is_trained(p) && k < p->offset + p->count; k++)
            assert_true(fabsf(b->gradients[0][k] - 2 * once[k]) <= 1e-4f * (1 + fabsf(once[k])));
    }
    nn_free(once);
}

/* A layer that may work in place gives the same bits there. */
static void works_in_place(bench *b)
{
    if (b->op->place == NN_OWN)
        return;
    differentiate(b);
    loss(b);
    float *y = b->y, *dx = b->dx;
    float *in_place = floats(b->in), *gradient = floats(b->out);
    memcpy(in_place, b->x, b->in * sizeof(float));
    memcpy(gradient, b->dy, b->out * sizeof(float));
    float *x = b->x, *dy = b->dy;
    b->x = b->y = in_place;
    run(b, b->op->forward);
    b->dx = b->dy = gradient;
    run_backward(b);
    assert_memory_equal(in_place, y, b->out * sizeof(float));
    assert_memory_equal(gradient, dx, b->in * sizeof(float));
    b->x = x, b->y = y, b->dx = dx, b->dy = dy;
    nn_free(in_place);
    nn_free(gradient);
}

/* Without readers of its input's gradient a layer still makes its weights' gradients. */
static void needs_no_dx(bench *b)
{
    differentiate(b);
    float *dx = b->dx, *dx2 = b->dx2, *with = floats(b->plan->floats);
    memcpy(with, b->gradients[0], b->plan->floats * sizeof(float));
    memset(b->gradients[0], 0, b->plan->floats * sizeof(float));
    memset(b->gradients[1], 0, b->plan->floats * sizeof(float));
    loss(b);
    b->dx = b->dx2 = NULL;
    run_backward(b);
    for (size_t i = 0; i < b->plan->floats; i++)
        b->gradients[0][i] += b->gradients[1][i];
    assert_memory_equal(with, b->gradients[0], b->plan->floats * sizeof(float));
    b->dx = dx, b->dx2 = dx2;
    nn_free(with);
}

static void test_contract(void **state)
{
    (void)state;
    const nn_op *const *ops = nn_kernels_here()->ops;
    for (int i = 0; ops[i]; i++) {
        each_node(ops[i], 1, adds_to_gradients);
        each_node(ops[i], 1, works_in_place);
        each_node(ops[i], 1, needs_no_dx);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_layer),
        cmocka_unit_test(test_broken_twins),
        cmocka_unit_test(test_contract),
    };
    int failed = 0;
    for (const nn_variant *variant = nn_variants; variant->name; variant++) {
        printf("kernels %s%s\n", variant->name, variant->supported() ? "" : ": not on this processor");
        if (!variant->supported())
            continue;
        nn_kernels_use(variant);
        failed += cmocka_run_group_tests(tests, NULL, NULL);
    }
    return failed;
}
