/* test_variants.c - a few hundred random nets as a whole: every variant of the kernels that this processor has, with
 * one thread or several, a batch at once or image by image, gives the same answers, activations and gradients. */
#include "nn/kernel.h"
#include "nn/op.h"
#include "support/nets.h"
#include "support/random_nets.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { NETS = 400, MOST_IMAGES = 24, MOST_THREADS = 4, BLOCKS = 4 + NN_MAX_NODES + NN_MAX_PARAMS };

/* Differences are allowed of a block's typical size, or of what is typical of its kind if that is more. */
static const double allowed = 1e-3;

/* Where a value falls on the other side of a kink (of relu, of a maximum), its gradient jumps, and this may happen by
 * rounding alone. So a net counts as different only if it is with these many batches of images. */
enum { BATCHES = 3 };

/* A net, and what goes through it. */
typedef struct task {
    const char *text;
    uint64_t seed; /* of weights and images */
    int images;
} task;

/* What a net gave: named blocks of floats. */
typedef struct block {
    char name[2 * NN_NAME];
    float *values;
    size_t count;
    double least; /* differences are measured by this or by the typical size, whichever is more */
} block;

typedef struct outcome {
    int n;
    block block[BLOCKS];
} outcome;

static float *add_block(outcome *o, const char *what, const char *of, const float *values, size_t count, double least)
{
    assert_true(o->n < BLOCKS);
    block *b = &o->block[o->n++];
    *b = (block){.values = nn_alloc(count, sizeof *values), .count = count, .least = least};
    assert_non_null(b->values);
    snprintf(b->name, sizeof b->name, "%s%s", what, of);
    return memcpy(b->values, values, count * sizeof *values);
}

static void free_outcome(outcome *o)
{
    for (int i = 0; i < o->n; i++)
        nn_free(o->block[i].values);
}

static double size_of(const float *values, size_t count)
{
    double squares = 0;
    for (size_t i = 0; i < count; i++)
        squares += (double)values[i] * (double)values[i];
    return sqrt(squares / (double)count);
}

/* ---- answers ----------------------------------------------------------------------------------------------------- */

static nn_work *new_work(const nn_plan *plan, int images, nn_purpose purpose)
{
    nn_work *work;
    nn_error err = {0};
    if (!nn_work_new(&work, plan, images, purpose, &err))
        fail_msg("%s", err.text);
    return work;
}

/* All images at once, then one by one. */
static void add_answers(outcome *o, const task *t, const nn_model *model, const float *images, nn_purpose purpose)
{
    enum { MOST_ANSWERS = MOST_IMAGES * NN_MAX_CLASSES };
    float answers[MOST_ANSWERS];
    size_t classes = (size_t)model->plan->classes, pixels = nn_shape_count(model->plan->input);
    nn_work *work = new_work(model->plan, t->images, purpose), *other;
    nn_error err;
    nn_predict(work, model, images, t->images, answers);
    add_block(o, "answers", "", answers, (size_t)t->images * classes, 1);
    if (!nn_work_share(&other, work, &err))
        fail_msg("%s", err.text);
    for (int i = 0; i < t->images; i++)
        nn_predict(other, model, images + (size_t)i * pixels, 1, answers + (size_t)i * classes);
    add_block(o, "answers to one at a time", "", answers, (size_t)t->images * classes, 1);
    nn_work_free(other);
    nn_work_free(work);
}

static void add_activations(outcome *o, const task *t, const nn_model *model, const float *images)
{
    float answers[MOST_IMAGES * NN_MAX_CLASSES];
    nn_work *work = new_work(model->plan, t->images, NN_ACTIVATIONS);
    nn_predict(work, model, images, t->images, answers);
    for (int i = 0; i < model->plan->n_nodes; i++) {
        const nn_node *node = &model->plan->node[i];
        add_block(o, "outputs of ", node->name, nn_work_output(work, i), (size_t)t->images * nn_shape_count(node->out),
                  0.1);
    }
    nn_work_free(work);
}

/* ---- gradients --------------------------------------------------------------------------------------------------- */

/* Where the trainer's images are from. */
typedef struct supply {
    const float *images;
    nn_shape shape;
    int classes;
} supply;

static void give(const void *ctx, int thread, uint64_t epoch, int index, float *image, float *target)
{
    (void)thread, (void)epoch;
    const supply *s = ctx;
    size_t pixels = nn_shape_count(s->shape);
    memcpy(image, s->images + (size_t)index * pixels, pixels * sizeof *image);
    target[index % s->classes] = 1;
}

static void add_gradients(outcome *o, const task *t, const nn_model *model, const float *images, int threads)
{
    const nn_plan *plan = model->plan;
    supply s = {images, plan->input, plan->classes};
    nn_source source = {&s, t->images, give};
    nn_train_config config = nn_train_defaults();
    config.batch = t->images;
    config.threads = threads;
    nn_trainer *trainer;
    nn_error err = {0};
    nn_step_result result;
    if (!nn_trainer_new(&trainer, plan, model->weights, &model->convention, &config, &source, &err))
        fail_msg("%s", err.text);
    nn_trainer_step(trainer, &result);
    add_block(o, "loss", "", (float[]){(float)result.loss}, 1, 1);
    const float *gradients = nn_trainer_gradients(trainer);
    double typical = size_of(gradients, plan->floats);
    for (int i = 0; i < plan->n_params; i++) {
        const nn_param *p = &plan->param[i];
        add_block(o, "gradient of ", p->name, gradients + p->offset, p->count, typical);
    }
    nn_trainer_free(trainer);
}

/* ---- comparing --------------------------------------------------------------------------------------------------- */

static outcome *run(const task *t, const nn_variant *variant, int threads)
{
    outcome *o = nn_alloc(1, sizeof *o);
    assert_non_null(o);
    nn_kernels_use(variant);
    nn_model *model;
    nn_error err = {0};
    nn_plan *plan = net_parse(t->text);
    uint64_t seed = t->seed;
    size_t count = (size_t)t->images * nn_shape_count(plan->input);
    float *images = nn_alloc(count, sizeof *images);
    assert_non_null(images);
    random_fill(&seed, images, count, 0, 1);
    if (!nn_model_new(&model, plan, net_weights(plan, seed), &err))
        fail_msg("%s", err.text);
    add_answers(o, t, model, images, NN_ANSWERS);
    add_activations(o, t, model, images);
    add_gradients(o, t, model, images, threads);
    nn_model_free(model);
    nn_free(images);
    return o;
}

static double block_difference(const block *a, const block *b)
{
    double worst = 0;
    for (size_t i = 0; i < a->count; i++) {
        double off = fabs((double)a->values[i] - (double)b->values[i]);
        worst = off <= worst ? worst : isnan(off) ? HUGE_VAL : off;
    }
    return worst / fmax(b->least, size_of(b->values, b->count)) / allowed;
}

/* The block that differs most, by how many times what is allowed. */
static double worst_block(const outcome *a, const outcome *b, int *at)
{
    double worst = 0;
    assert_int_equal(a->n, b->n);
    for (int i = *at = 0; i < a->n; i++) {
        double off = block_difference(&a->block[i], &b->block[i]);
        if (off > worst)
            worst = off, *at = i;
    }
    return worst;
}

static const nn_variant *last_variant(void)
{
    const nn_variant *v = nn_variants;
    while (v[1].name)
        v++;
    return v;
}

static double worst_of_all; /* times what is allowed, of differences that count */

/* Each variant with a number of threads against the simplest with one thread: true if they agree. */
static bool agree(const task *t, int threads, bool last_chance)
{
    outcome *simple = run(t, last_variant(), 1);
    bool ok = true;
    for (const nn_variant *v = nn_variants; ok && v->name; v++) {
        if (!v->supported())
            continue;
        outcome *o = run(t, v, threads);
        int at;
        double off = worst_block(o, simple, &at);
        ok = off <= 1;
        if (ok)
            worst_of_all = fmax(worst_of_all, off);
        else if (last_chance)
            fail_msg("%s: %d images, %d threads, %s: difference %g\n%s", v->name, t->images, threads, o->block[at].name,
                     off * allowed, t->text);
        free_outcome(o);
        nn_free(o);
    }
    free_outcome(simple);
    nn_free(simple);
    return ok;
}

static void test_random_nets(void **state)
{
    (void)state;
    int kinks = 0;
    for (uint64_t net = 1; net <= NETS; net++) {
        char text[RANDOM_NET_TEXT];
        uint64_t seed = net;
        random_net(&seed, 2e6, text);
        task t = {text, seed, 1 + (int)(random_bits(&seed) % MOST_IMAGES)};
        int threads = 1 + (int)(random_bits(&seed) % MOST_THREADS);
        for (int batch = 1; !agree(&t, threads, batch == BATCHES); batch++, t.seed++)
            kinks++;
    }
    printf("{\"name\": \"random nets by all variants\", \"nets\": %d, \"batches on a kink\": %d, \"worst\": %.2g, "
           "\"limit\": %g}\n",
           NETS, kinks, worst_of_all * allowed, allowed);
}

static bool is_of(const nn_node *node, const nn_kernels *kernels)
{
    const nn_op *const *op = kernels->ops;
    while (*op && *op != node->op)
        op++;
    return *op != NULL;
}

/* Where no more than half a vector is filled by the channels of a place, and nowhere else, it is one of half the width. */
static void test_widths(void **state)
{
    (void)state;
    for (const nn_variant *v = nn_variants; v->name; v++) {
        if (!v->half || !v->supported())
            continue;
        nn_kernels_use(v);
        char text[512];
        int half = v->half->lanes;
        assert_int_equal(v->kernels->lanes, 2 * half);
        snprintf(
            text, sizeof text,
            "input 8 8 %d\nconv %d 3\nmaxpool 2\nbatchnorm\nrelu\nconv %d 3\navgpool 2\n"
            "conv %d 1\nmaxpool 1\nconv %d 1\nconv %d 3 groups=2\nconv %d 3 groups=%d\nflatten\ndense 3\nsoftmax\n",
            half, half, half + 1, half, 2 * half, 2 * half, 2 * half, 2 * half);
        static const bool narrow[] = {true, true, false, false, false, false, true, true, false, true, false};
        nn_plan *plan = net_parse(text);
        for (size_t i = 0; i < sizeof narrow / sizeof *narrow; i++)
            if (!is_of(&plan->node[i], narrow[i] ? v->half : v->kernels))
                fail_msg("%s: %s is not of the width that suits it", v->name, plan->node[i].name);
        nn_plan_free(plan);
    }
    nn_kernels_use(last_variant());
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random_nets), cmocka_unit_test(test_widths)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
