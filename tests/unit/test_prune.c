/* test_prune.c - taking channels out: dead ones are not missed, those that matter stay, what cannot be pruned is
 * refused. */
#include "nn/prune.h"
#include "support/faults.h"
#include "support/nets.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const char chain[] =
    "input 12 12 1\n"
    "conv 6 3\nbatchnorm epsilon=0.001\nscale\nprelu\n"
    "wide: conv 8 3 width=1 stride=2 padding=valid\nrelu\nmaxpool 2 stride=1 padding=0,1,0,0\ndropout 0.125\n"
    "conv 6 2 dilation=2 padding=1\nconv 4 3 padding=1,0,2,0 dilation=1,2\n"
    "flatten\nbatchnorm\n"
    "dense 12\nbatchnorm\nelu 0.5\n"
    "dense 10\nleakyrelu\n"
    "dense 4\nsoftmax\n";
static nn_error err;

static nn_node *node_of(const nn_model *model, const char *name)
{
    for (int i = 0; i < model->plan->n_nodes; i++)
        if (strcmp(model->plan->node[i].name, name) == 0)
            return &model->plan->node[i];
    fail_msg("no layer %s", name);
    return NULL;
}

static float *weight(const nn_model *model, const char *layer, int param)
{
    return model->weights + model->plan->param[node_of(model, layer)->param[param]].offset;
}

/* Makes every second filter of a layer (0, 2, ...) give nothing. */
static void kill_filters(nn_model *model, const char *layer)
{
    int filters = node_of(model, layer)->out.c;
    size_t count = model->plan->param[node_of(model, layer)->param[0]].count;
    for (size_t i = 0; i < count; i += 2)
        weight(model, layer, 0)[i] = 0;
    for (int i = 0; i < filters; i += 2)
        weight(model, layer, 1)[i] = 0;
}

static void kill_norm(nn_model *model, const char *norm)
{
    for (int i = 0; i < node_of(model, norm)->out.c; i += 2)
        weight(model, norm, 0)[i] = weight(model, norm, 1)[i] = 0;
}

static double difference(const nn_model *a, const nn_model *b)
{
    float p[TOY_ANSWERS], q[TOY_ANSWERS];
    double most = 0;
    net_predict(a, p);
    net_predict(b, q);
    for (int i = 0; i < TOY_ANSWERS; i++) {
        double d = fabs((double)(p[i] - q[i]));
        most = d > most ? d : most;
    }
    return most;
}

static nn_model *pruned(const nn_model *model, double keep)
{
    nn_model *smaller;
    if (!nn_prune(&smaller, model, keep, &err))
        fail_msg("%s", err.text);
    return smaller;
}

static void test_keeping_all_changes_nothing(void **state)
{
    (void)state;
    nn_model *model = net_model(chain, 3), *same = pruned(model, 1);
    assert_int_equal(same->plan->floats, model->plan->floats);
    assert_memory_equal(same->weights, model->weights, model->plan->floats * sizeof(float));
    assert_string_equal(same->label[1], model->label[1]);
    assert_true(same->convention.mean == model->convention.mean && same->convention.std == model->convention.std);
    assert_true(difference(model, same) == 0);
    nn_model_free(same);
    nn_model_free(model);
}

static void test_dead_channels_are_not_missed(void **state)
{
    (void)state;
    nn_model *model = net_model(chain, 3);
    kill_norm(model, "batchnorm1");
    for (int i = 0; i < node_of(model, "scale1")->out.c; i++) /* else it, too, would make something of nothing */
        weight(model, "scale1", 1)[i] = 0;
    kill_filters(model, "wide");
    kill_filters(model, "conv3");
    kill_filters(model, "conv4");
    for (int i = 0; i < node_of(model, "batchnorm2")->out.c; i++) /* the same */
        weight(model, "batchnorm2", 1)[i] = weight(model, "batchnorm2", 2)[i] = 0;
    kill_norm(model, "batchnorm3");
    kill_filters(model, "dense2");
    nn_model *half = pruned(model, 0.5), *less = pruned(model, 0.4);
    assert_int_equal(node_of(half, "conv1")->out.c, 3);
    assert_int_equal(node_of(half, "wide")->out.c, 4);
    assert_int_equal(node_of(half, "conv4")->out.c, 2);
    assert_int_equal(node_of(half, "dense1")->out.c, 6);
    assert_int_equal(node_of(half, "dense2")->out.c, 5);
    assert_int_equal(node_of(half, "dense3")->out.c, TOY_CLASSES);
    assert_true(half->plan->floats < model->plan->floats / 2);
    assert_true(difference(model, half) < 1e-5);
    assert_int_equal(node_of(less, "dense1")->out.c, 5); /* 4.8, rounded up */
    assert_true(difference(model, less) > 1e-3);
    nn_model_free(less);
    nn_model_free(half);
    nn_model_free(model);
}

static void test_the_architecture_is_as_one_would_write_it(void **state)
{
    (void)state;
    nn_model *model = net_model(chain, 3), *half = pruned(model, 0.5);
    assert_string_equal(half->plan->text, "input 12 12 1\n"
                                          "conv 3 3\nbatchnorm epsilon=0.001\nscale\nprelu\n"
                                          "wide: conv 4 3 width=1 stride=2 padding=valid\nrelu\n"
                                          "maxpool 2 stride=1 padding=0,1,0,0\ndropout rate=0.125\n"
                                          "conv 3 2 padding=1 dilation=2\nconv 2 3 padding=1,0,2,0 dilation=1,2\n"
                                          "flatten\nbatchnorm\n"
                                          "dense 6\nbatchnorm\nelu alpha=0.5\n"
                                          "dense 5\nleakyrelu\n"
                                          "dense 4\nsoftmax\n");
    nn_model_free(half);
    nn_model_free(model);
}

static void test_one_channel_is_always_left(void **state)
{
    (void)state;
    nn_model *model = net_model(chain, 3), *least = pruned(model, 0.001);
    assert_int_equal(node_of(least, "conv1")->out.c, 1);
    assert_int_equal(node_of(least, "dense3")->out.c, TOY_CLASSES);
    nn_model_free(least);
    nn_model_free(model);
}

static void test_what_cannot_be_pruned_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
        double keep;
    } wrong[] = {
        {"input 12 12 1\nconv 4 3\nb: conv 4 3\nadd conv1\nflatten\ndense 4\nsoftmax\n", "layer add1 cannot", 0.5},
        {"input 12 12 1\nconv 4 3\nb: conv 4 3\nmul b\nflatten\ndense 4\nsoftmax\n", "layer mul1 cannot", 0.5},
        {"input 12 12 1\nconv 4 3\nconcat input\nflatten\ndense 4\nsoftmax\n", "layer concat1 cannot", 0.5},
        {"input 12 12 1\nconv 4 3\nside: conv 4 3 from=input\nadd conv1\nflatten\ndense 4\nsoftmax\n",
         "layer side cannot", 0.5},
        {"input 12 12 1\nconv 4 3\nconv 4 3 groups=4\nflatten\ndense 4\nsoftmax\n",
         "conv2 cannot be pruned: its filters", 0.5},
        {chain, "share to keep", 0},
        {chain, "share to keep", 1.01},
        {chain, "share to keep", (double)NAN},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        nn_model *model = net_model(wrong[i].text, 1), *smaller;
        memset(&err, 0, sizeof err);
        assert_false(nn_prune(&smaller, model, wrong[i].keep, &err));
        assert_null(smaller);
        assert_int_equal(err.code, NN_USAGE);
        if (!strstr(err.text, wrong[i].says))
            fail_msg("\"%s\" does not say \"%s\"", err.text, wrong[i].says);
        nn_model_free(model);
    }
}

static bool run_prune(void *ctx, nn_error *e)
{
    nn_model *smaller;
    bool ok = nn_prune(&smaller, ctx, 0.5, e);
    nn_model_free(smaller);
    return ok;
}

static void test_faults(void **state)
{
    (void)state;
    nn_model *model = net_model(chain, 3);
    const fault_case test = {.run = run_prune, .ctx = model};
    assert_true(faults_try_all("prune", &test) >= 8);
    nn_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keeping_all_changes_nothing),
        cmocka_unit_test(test_dead_channels_are_not_missed),
        cmocka_unit_test(test_the_architecture_is_as_one_would_write_it),
        cmocka_unit_test(test_one_channel_is_always_left),
        cmocka_unit_test(test_what_cannot_be_pruned_is_refused),
        cmocka_unit_test(test_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
