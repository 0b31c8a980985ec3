/* test_layers.c - every layer of a few hundred random nets, alone between fences and by every variant of the kernels
 * that this processor has: none reads or writes beyond what it was given, in training, for answers and in whole
 * numbers, and all give the same. */
#include "nn/kernel.h"
#include "nn/op.h"
#include "support/fence.h"
#include "support/nets.h"
#include "support/random_nets.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { NETS = 200, MOST_IMAGES = 4, MOST_RESULTS = 16, VARIANTS = 8 };

static const double allowed = 1e-4; /* of a tensor's typical size, or of what goes in, which is about 1 */

/* ---- one layer between fences ------------------------------------------------------------------------------------ */

/* How a layer is run. */
typedef enum mode { TRAINING, ANSWERS, WHOLE_NUMBERS, MODES } mode;

/* A layer with everything that its functions may touch, each an array of its own. */
typedef struct bench {
    nn_slice s;
    float *x, *x2, *y, *dy, *dx, *dx2, *weights, *prepared, *gradients, *scratch, *memory;
    double *shared;
    size_t in, in2, out; /* floats of all images */
} bench;

static float *random_floats(uint64_t *seed, size_t count)
{
    float *values = fence_floats(count);
    random_fill(seed, values, count, -1, 1);
    return values;
}

static void *fenced_zeros(size_t count, size_t size)
{
    return memset(fence_alloc(count, size), 0, count * size);
}

/* The batchnorm behind node i, if it may be computed on the way. */
static const nn_node *norm_behind(const nn_plan *plan, int i)
{
    const nn_node *next = &plan->node[i + 1];
    bool folds = plan->node[i].op->folds_norm && i + 1 < plan->n_nodes && next->input[0] == i;
    return folds && next->op->kind == NN_NORM ? next : NULL;
}

static size_t prepared_floats(const nn_slice *s)
{
    if (s->scale > 0)
        return s->node->quantized;
    return (s->norm ? s->node->folded : s->node->prepared) - (s->training ? 0 : s->node->backward);
}

static bench open_bench(const nn_plan *plan, int i, mode how, int images, uint64_t seed)
{
    const nn_node *node = &plan->node[i];
    bench b = {.in = (size_t)images * nn_shape_count(node->in),
               .in2 = (size_t)images * nn_shape_count(node->in2),
               .out = (size_t)images * nn_shape_count(node->out)};
    b.x = random_floats(&seed, b.in), b.x2 = random_floats(&seed, b.in2), b.dy = random_floats(&seed, b.out);
    b.y = fence_floats(b.out), b.dx = fence_floats(b.in), b.dx2 = fence_floats(b.in2);
    b.weights = fence_floats(plan->floats), b.gradients = fenced_zeros(plan->floats, sizeof(float));
    float *weights = net_weights(plan, seed);
    memcpy(b.weights, weights, plan->floats * sizeof(float));
    nn_free(weights);
    b.s = (nn_slice){.node = node,
                     .plan = plan,
                     .images = images,
                     .batch = images,
                     .parts = 1,
                     .training = how == TRAINING,
                     .differentiates = how == TRAINING,
                     .relu = how != TRAINING && node->op->joins_relu,
                     .norm = how != TRAINING ? norm_behind(plan, i) : NULL,
                     .scale = how == WHOLE_NUMBERS && node->quantized ? 1.0f / 127 : 0.0f,
                     .key = seed};
    b.prepared = fence_floats(prepared_floats(&b.s));
    b.scratch = fence_floats(node->scratch);
    b.memory = fenced_zeros(node->memory, sizeof(float));
    b.shared = fenced_zeros(node->shared, sizeof(double));
    b.s.weights = b.weights, b.s.prepared = b.prepared, b.s.gradients = b.gradients, b.s.memory = b.memory;
    b.s.x = b.x, b.s.x2 = b.x2, b.s.y = b.y, b.s.dy = b.dy, b.s.dx = b.dx, b.s.dx2 = b.dx2;
    b.s.scratch = b.scratch, b.s.shared = b.shared;
    return b;
}

static void close_bench(bench *b)
{
    void *all[] = {b->x,       b->x2,       b->y,         b->dy,      b->dx,     b->dx2,
                   b->weights, b->prepared, b->gradients, b->scratch, b->memory, b->shared};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        fence_free(all[i]);
}

static void call(const bench *b, void (*function)(const nn_slice *))
{
    if (function)
        function(&b->s);
}

static void run(const bench *b)
{
    const nn_op *op = b->s.node->op;
    call(b, op->prepare);
    if (b->s.training) {
        call(b, op->forward_partial);
        call(b, op->forward_combine);
    }
    call(b, op->forward);
    if (!b->s.training)
        return;
    call(b, op->backward_partial);
    call(b, op->backward_combine);
    call(b, op->backward);
    call(b, op->backward_end);
}

/* ---- what it gave ------------------------------------------------------------------------------------------------ */

/* One tensor of results. */
typedef struct result {
    const char *name;
    float *values;
    size_t count;
} result;

typedef struct results {
    int n;
    result result[MOST_RESULTS];
} results;

static void keep(results *r, const char *name, const float *values, size_t count)
{
    assert_true(r->n < MOST_RESULTS);
    result *one = &r->result[r->n++];
    *one = (result){name, nn_alloc(count, sizeof(float)), count};
    assert_non_null(one->values);
    memcpy(one->values, values, count * sizeof(float));
}

static void keep_all(results *r, const bench *b)
{
    const nn_slice *s = &b->s;
    keep(r, "outputs", b->y, b->out);
    if (!s->training)
        return;
    keep(r, "gradient of the input", b->dx, b->in);
    if (s->node->op->inputs > 1)
        keep(r, "gradient of the second input", b->dx2, b->in2);
    for (int i = 0; i < s->node->n_params; i++) {
        const nn_param *p = &s->plan->param[s->node->param[i]];
        keep(r, "gradient of a weight", b->gradients + p->offset, p->count);
    }
}

static void free_results(results *r)
{
    for (int i = 0; i < r->n; i++)
        nn_free(r->result[i].values);
}

/* The largest difference, relative to the typical size if that is above 1; from NaN it is infinite. */
static double difference(const result *a, const result *b)
{
    double squares = 0, worst = 0;
    for (size_t i = 0; i < a->count; i++) {
        double off = fabs((double)a->values[i] - (double)b->values[i]);
        worst = off <= worst ? worst : isnan(off) ? HUGE_VAL : off;
        squares += (double)b->values[i] * (double)b->values[i];
    }
    return worst / fmax(1, sqrt(squares / (double)a->count));
}

/* ---- all variants ------------------------------------------------------------------------------------------------ */

typedef struct tally {
    int layers, quantized;
    double worst;
} tally;

static tally done;

/* The same plan by each variant that this processor has. */
typedef struct plans {
    int n;
    const nn_variant *variant[VARIANTS];
    nn_plan *plan[VARIANTS];
} plans;

static plans make_plans(const char *text)
{
    plans p = {0};
    for (const nn_variant *v = nn_variants; v->name; v++)
        if (v->supported()) {
            nn_kernels_use(v);
            p.variant[p.n] = v;
            p.plan[p.n++] = net_parse(text);
        }
    return p;
}

static void free_plans(plans *p)
{
    for (int i = 0; i < p->n; i++)
        nn_plan_free(p->plan[i]);
}

/* Whole numbers are rounded where the lanes allow, so only variants of equal lanes give the same. */
static bool comparable(const plans *p, int a, int b, int node, mode how)
{
    bool same = p->variant[a]->kernels->lanes == p->variant[b]->kernels->lanes;
    bool quantized = p->plan[a]->node[node].quantized || p->plan[b]->node[node].quantized;
    return how != WHOLE_NUMBERS || same || !quantized;
}

static void compare(const plans *p, int a, int b, int node, const results *from)
{
    for (int i = 0; i < from[a].n; i++) {
        double off = difference(&from[a].result[i], &from[b].result[i]);
        done.worst = fmax(done.worst, off);
        if (off > allowed)
            fail_msg("%s of %s by %s and by %s: difference %g\n%s", from[a].result[i].name, p->plan[a]->node[node].name,
                     p->variant[a]->name, p->variant[b]->name, off, p->plan[a]->text);
    }
}

static void check_layer(const plans *p, int node, mode how, int images, uint64_t seed)
{
    results from[VARIANTS] = {0};
    for (int v = 0; v < p->n; v++) {
        bench b = open_bench(p->plan[v], node, how, images, seed);
        nn_kernels_use(p->variant[v]);
        run(&b);
        done.quantized += b.s.scale > 0;
        keep_all(&from[v], &b);
        close_bench(&b);
        for (int other = 0; other < v; other++)
            if (comparable(p, other, v, node, how))
                compare(p, other, v, node, from);
    }
    done.layers++;
    for (int v = 0; v < p->n; v++)
        free_results(&from[v]);
}

static void test_layers_of_random_nets(void **state)
{
    (void)state;
    for (uint64_t net = 1; net <= NETS; net++) {
        char text[RANDOM_NET_TEXT];
        uint64_t seed = net;
        random_net(&seed, 5e6, text);
        plans p = make_plans(text);
        for (int node = 0; node < p.plan[0]->n_nodes; node++)
            for (mode how = 0; how < MODES; how++)
                check_layer(&p, node, how, 1 + (int)(random_bits(&seed) % MOST_IMAGES), seed);
        free_plans(&p);
    }
    printf("{\"name\": \"layers between fences\", \"layers\": %d, \"quantized\": %d, \"worst\": %.2g, \"limit\": %g}\n",
           done.layers, done.quantized, done.worst, allowed);
    assert_true(done.quantized > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_layers_of_random_nets)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
