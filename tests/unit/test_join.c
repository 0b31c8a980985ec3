/* test_join.c - a joined network answers what its parts answer together, and what cannot be joined is refused. */
#include "nn/join.h"
#include "support/faults.h"
#include "support/nets.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char chain[] =
    "input 12 12 1\nconv 6 3\nbatchnorm\nrelu\nmaxpool 2\ndropout 0.2\nflatten\ndense 4\nsoftmax\n";
static const char residual[] = "input 12 12 1\ntrunk: conv 3 3 stride=2\nconv 3 3\nadd trunk\nrelu\n"
                               "side: conv 3 1 from=trunk\nadd relu1\nflatten\ndense 4\nsoftmax\n";
static const char gated[] =
    "input 12 12 1\na: conv 3 3 stride=3 padding=0,0,0,1\nconv 2 2 padding=1,0,0,1\nconcat a\nb: relu\navgpool 4\nelu\n"
    "mul elu1 from=b\nflatten\ndense 4\nsoftmax\n";
static const char whole_maps[] =
    "input 12 12 1\nconv 5 3 padding=valid stride=3\nrelu\nconv 4 4 padding=valid\nsoftmax\n";
static nn_error err;

static nn_model *joined(const nn_model *const *part, int n)
{
    nn_model *model;
    if (!nn_join(&model, part, n, &err))
        fail_msg("%s", err.text);
    return model;
}

/* The geometric mean, made to add up to 1. */
static void expect_mean(float mean[TOY_ANSWERS], const nn_model *const *part, int n)
{
    float p[TOY_ANSWERS];
    double sum[TOY_ANSWERS] = {0};
    for (int k = 0; k < n; k++) {
        net_predict(part[k], p);
        for (int i = 0; i < TOY_ANSWERS; i++)
            sum[i] += log((double)p[i]) / n;
    }
    for (int i = 0; i < TOY_IMAGES; i++) {
        double all = 0;
        for (int c = 0; c < TOY_CLASSES; c++)
            all += exp(sum[i * TOY_CLASSES + c]);
        for (int c = 0; c < TOY_CLASSES; c++)
            mean[i * TOY_CLASSES + c] = (float)(exp(sum[i * TOY_CLASSES + c]) / all);
    }
}

static void test_the_answer_is_the_mean(void **state)
{
    (void)state;
    nn_model *part[] = {net_model(chain, 3), net_model(residual, 4), net_model(whole_maps, 5), net_model(gated, 6)};
    part[1]->temperature = 0.7f;
    part[2]->unsure_threshold = 0.8f;
    const nn_model *const *parts = (const nn_model *const *)part;
    for (int n = 2; n <= 4; n++) {
        nn_model *model = joined(parts, n);
        float p[TOY_ANSWERS], mean[TOY_ANSWERS];
        size_t floats = 0;
        net_predict(model, p);
        expect_mean(mean, parts, n);
        for (int i = 0; i < TOY_ANSWERS; i++)
            assert_float_equal(p[i], mean[i], 1e-5);
        for (int k = 0; k < n; k++)
            floats += part[k]->plan->floats;
        assert_int_equal(model->plan->floats, floats);
        assert_true(model->temperature == 1.0f);
        assert_float_equal(model->unsure_threshold, 0.5f + (n > 2 ? 0.3f / (float)n : 0.0f), 1e-6);
        assert_true(model->convention.mean == part[0]->convention.mean);
        nn_model_free(model);
    }
    for (int k = 0; k < 4; k++)
        nn_model_free(part[k]);
}

/* As the program answers that asks several. */
static void test_probabilities_have_their_mean(void **state)
{
    (void)state;
    nn_model *part[] = {net_model(chain, 3), net_model(residual, 4), net_model(whole_maps, 5), net_model(gated, 6)};
    part[1]->temperature = 0.4f;
    for (int n = 2; n <= 4; n++) {
        nn_model *model;
        float p[TOY_ANSWERS], mean[TOY_ANSWERS] = {0};
        if (!nn_join_probabilities(&model, (const nn_model *const *)part, n, &err))
            fail_msg("%s", err.text);
        for (int k = 0; k < n; k++) {
            net_predict(part[k], p);
            for (int i = 0; i < TOY_ANSWERS; i++)
                mean[i] += p[i] / (float)n;
        }
        net_predict(model, p);
        for (int i = 0; i < TOY_ANSWERS; i++)
            assert_float_equal(p[i], mean[i], 1e-6);
        nn_model_free(model);
    }
    for (int k = 0; k < 4; k++)
        nn_model_free(part[k]);
}

static void test_the_architecture_is_as_one_would_write_it(void **state)
{
    (void)state;
    nn_model *part[] = {net_model(chain, 3), net_model(residual, 4), net_model(gated, 5)};
    const nn_model *parts[] = {part[0], part[1], part[1], part[2]};
    nn_model *model = joined(parts, 4);
    assert_string_equal(
        model->plan->text,
        "input 12 12 1\n"
        "conv 6 3\nbatchnorm\nrelu\nmaxpool 2\ndropout rate=0.2\n"
        "flatten\ndense 4\n"
        "conv 3 3 stride=2 from=input\nconv 3 3\nadd conv2\nrelu\n"
        "conv 3 1 from=conv2\nadd relu2\nflatten\ndense 4\nadd dense1\n"
        "conv 3 3 stride=2 from=input\nconv 3 3\nadd conv5\nrelu\n"
        "conv 3 1 from=conv5\nadd relu3\nflatten\ndense 4\nadd add3\n"
        "conv 3 3 stride=3 padding=0,0,0,1 from=input\nconv 2 2 padding=1,0,0,1\nconcat conv8\nrelu\navgpool 4\n"
        "elu\nmul elu1 from=relu4\nflatten\ndense 4\nadd add6\n"
        "softmax\n");
    nn_model_free(model);
    for (int k = 0; k < 3; k++)
        nn_model_free(part[k]);
}

static void test_scales_stay_if_all_have_them(void **state)
{
    (void)state;
    nn_model *part[] = {net_model(chain, 3), net_model(residual, 4)}, *model;
    const nn_model *const *parts = (const nn_model *const *)part;
    float images[TOY_PIXELS];
    uint64_t dice = 1;
    unsigned char *data;
    size_t len;
    random_fill(&dice, images, TOY_PIXELS, 0, 1);
    assert_true(nn_model_calibrate(part[1], images, 1, &err));
    model = joined(parts, 2);
    assert_false(nn_model_has_scales(model));
    nn_model_free(model);
    assert_true(nn_model_calibrate(part[0], images, 1, &err));
    model = joined(parts, 2);
    int at = part[0]->plan->n_nodes - 1, last = part[1]->plan->n_nodes - 2;
    assert_true(model->scale[0] > 0 && model->scale[0] == part[0]->scale[0]);
    assert_true(model->scale[at] > 0 && model->scale[at] == part[1]->scale[0]);
    assert_true(model->scale[at + last] > 0 && model->scale[at + last] == part[1]->scale[last]);
    assert_true(nn_model_write(model, &data, &len, &err));
    nn_free(data);
    nn_model_free(model);
    for (int k = 0; k < 2; k++)
        nn_model_free(part[k]);
}

static void test_what_cannot_be_joined_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } wrong[] = {
        {"input 13 12 1\nflatten\ndense 4\nsoftmax\n", "other images"},
        {"input 12 12 1\nflatten\ndense 5\nsoftmax\n", "other classes"},
        {"input 12 12 1\nflatten\ndense 4\nrelu\nsoftmax\n", "give its answers"},
        {"input 12 12 1\nflatten\ndense 4\nbatchnorm\nsoftmax\n", "give its answers"},
    };
    nn_model *first = net_model(chain, 1), *model;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        nn_model *second = net_model(wrong[i].text, 2);
        const nn_model *part[] = {first, second};
        memset(&err, 0, sizeof err);
        assert_false(nn_join(&model, part, 2, &err));
        assert_null(model);
        assert_int_equal(err.code, NN_USAGE);
        if (!strstr(err.text, wrong[i].says))
            fail_msg("\"%s\" does not say \"%s\"", err.text, wrong[i].says);
        nn_model_free(second);
    }
    const nn_model *alone[] = {first};
    assert_false(nn_join(&model, alone, 1, &err));
    nn_model_free(first);
}

static bool run_join(void *ctx, nn_error *e)
{
    nn_model *model;
    bool ok = nn_join(&model, ctx, 2, e);
    nn_model_free(model);
    return ok;
}

static void test_faults(void **state)
{
    (void)state;
    nn_model *part[] = {net_model(chain, 3), net_model(residual, 4)};
    const fault_case test = {.run = run_join, .ctx = part};
    assert_true(faults_try_all("join", &test) >= 5);
    nn_model_free(part[0]);
    nn_model_free(part[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_answer_is_the_mean),
        cmocka_unit_test(test_the_architecture_is_as_one_would_write_it),
        cmocka_unit_test(test_probabilities_have_their_mean),
        cmocka_unit_test(test_scales_stay_if_all_have_them),
        cmocka_unit_test(test_what_cannot_be_joined_is_refused),
        cmocka_unit_test(test_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
