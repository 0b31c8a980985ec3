/* test_quantize.c - networks that compute in whole numbers: they answer as with floats, always the same, and bad
 * scales do no harm. */
#include "nn/kernel.h"
#include "nn/op.h"
#include "support/faults.h"
#include "support/nets.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { IMAGES = 200, STEPS = 60, BATCH = 20 };

/* Both convolutions by Winograd, one with its batchnorm; a dense layer of odd inputs and with a
 * batchnorm. The others have too odd sizes. */
static const char net[] = "input 12 12 1\n"
                          "conv 64 3\nrelu\n"
                          "conv 64 3\nbatchnorm\nrelu\nmaxpool 2\n"
                          "first: conv 33 1\nflatten\n"
                          "dense 35\nrelu\n"
                          "dense 64\nbatchnorm\nrelu\n"
                          "dense 4\nsoftmax\n";
static nn_error err;

/* Every variant of the kernels in turn. */
static void with_every_variant(void (*check)(const char *name))
{
    const nn_variant *best = NULL;
    for (const nn_variant *v = nn_variants; v->name; v++)
        if (v->supported()) {
            best = best ? best : v;
            nn_kernels_use(v);
            check(v->name);
        }
    nn_kernels_use(best);
}

static void make_images(float *images, int *labels)
{
    nn_source source = toy_source(IMAGES);
    for (int i = 0; i < IMAGES; i++) {
        float target[TOY_CLASSES] = {0};
        source.sample(source.ctx, 0, 0, i, images + (size_t)i * TOY_PIXELS, target);
        for (int c = 0; c < TOY_CLASSES; c++)
            labels[i] = target[c] == 1 ? c : labels[i];
    }
}

/* The network after a short training. */
static nn_model *trained(void)
{
    nn_model *model = net_model(net, 1);
    nn_source source = toy_source(STEPS * BATCH);
    nn_train_config config = nn_train_defaults();
    nn_trainer *trainer;
    config.batch = BATCH;
    assert_true(nn_trainer_new(&trainer, model->plan, model->weights, &model->convention, &config, &source, &err));
    for (int i = 0; i < STEPS; i++) {
        nn_step_result result;
        nn_trainer_step(trainer, &result);
    }
    memcpy(model->weights, nn_trainer_weights(trainer), model->plan->floats * sizeof(float));
    nn_model_changed(model);
    nn_trainer_free(trainer);
    return model;
}

static void answer(const nn_model *model, nn_purpose purpose, const float *images, int n, float *p)
{
    nn_work *work;
    assert_true(nn_work_new(&work, model->plan, n, purpose, &err));
    nn_predict(work, model, images, n, p);
    nn_work_free(work);
}

static int class_of(const float *p)
{
    int top = 0;
    for (int c = 1; c < TOY_CLASSES; c++)
        top = p[c] > p[top] ? c : top;
    return top;
}

/* ---- answers ----------------------------------------------------------------------------------------------------- */

static void check_answers(const char *name)
{
    static float images[IMAGES * TOY_PIXELS], floats[IMAGES * TOY_CLASSES], whole[IMAGES * TOY_CLASSES];
    int labels[IMAGES], right = 0, same = 0;
    double worst = 0.0;
    nn_model *model = trained();
    make_images(images, labels);
    answer(model, NN_QUANTIZED_ANSWERS, images, IMAGES, whole);
    answer(model, NN_ANSWERS, images, IMAGES, floats);
    assert_memory_equal(whole, floats, sizeof floats); /* without scales */

    assert_false(nn_model_has_scales(model));
    assert_true(nn_model_calibrate(model, images, IMAGES / 2 + 1, &err));
    assert_true(nn_model_has_scales(model));
    answer(model, NN_QUANTIZED_ANSWERS, images, IMAGES, whole);
    for (int i = 0; i < IMAGES; i++) {
        const float *p = floats + i * TOY_CLASSES, *q = whole + i * TOY_CLASSES;
        right += class_of(p) == labels[i];
        same += class_of(p) == class_of(q);
        for (int c = 0; c < TOY_CLASSES; c++)
            worst = fmax(worst, fabs((double)(p[c] - q[c])));
    }
    printf("{\"name\": \"int8, %s\", \"n\": %d, \"right\": %d, \"same\": %d, \"worst\": %.2g, \"limit\": 0.1}\n", name,
           IMAGES, right, same, worst);
    assert_true(right >= IMAGES * 9 / 10 && same >= IMAGES * 99 / 100);
    assert_true(worst > 0.0 && worst < 0.1);

    answer(model, NN_QUANTIZED_ANSWERS, images, IMAGES, floats);
    assert_memory_equal(whole, floats, sizeof floats);
    nn_model_free(model);
}

static void test_answers_agree(void **state)
{
    (void)state;
    with_every_variant(check_answers);
}

/* The layers that the tests are about do compute in whole numbers, on every variant. */
static void check_kinds(const char *name)
{
    (void)name;
    static const bool expected[] = {false, true, false, false, true};
    const int layers = sizeof expected / sizeof *expected;
    nn_plan *plan = net_parse(net);
    int layer = 0;
    for (int i = 0; layer < layers; i++)
        if (plan->node[i].op->quantizes)
            assert_int_equal(plan->node[i].quantized > 0, expected[layer++]);
    nn_plan_free(plan);
}

static void test_which_layers(void **state)
{
    (void)state;
    with_every_variant(check_kinds);
}

/* ---- scales ------------------------------------------------------------------------------------------------------ */

static void test_scales_reach_the_largest_input(void **state)
{
    (void)state;
    const float images[] = {0.25f, 0.5f, 0.125f, 0.0f};
    nn_model *model = net_model("input 1 1 2\ndense 2\nrelu\ndense 2\nsoftmax\n", 1);
    memcpy(model->weights + model->plan->param[model->plan->node[0].param[0]].offset, (float[]){1, -2, 3, -4}, 16);
    memcpy(model->weights + model->plan->param[model->plan->node[0].param[1]].offset, (float[]){0, 1}, 8);
    model->convention = (nn_convention){.mean = 0.5f, .std = 0.25f};
    assert_true(nn_model_calibrate(model, images, 2, &err));
    /* x: -1 0, -1.5 -2; relu of the first unit: 0, of the second: 3, 12 */
    assert_true(fabsf(model->scale[0] * 127 - 2.0f) < 1e-5f); /* what a pixel can be at most */
    assert_true(model->scale[1] == 0.0f);                     /* relu */
    assert_true(fabsf(model->scale[2] * 127 - 12.0f) < 1e-5f);
    nn_model_free(model);
}

/* Inputs beyond the scale are cut off; inputs that vanish beside it count as zeros. */
static void check_bad_scales(const char *name)
{
    (void)name;
    static float images[IMAGES * TOY_PIXELS];
    int labels[IMAGES];
    nn_model *model = net_model(net, 1);
    make_images(images, labels);
    for (int large = 0; large < 2; large++) {
        float p[TOY_CLASSES], sum = 0.0f;
        for (int i = 0; i < model->plan->n_nodes; i++)
            model->scale[i] = model->plan->node[i].op->quantizes ? (large ? NN_MAX_SCALE : NN_MIN_SCALE) : 0.0f;
        answer(model, NN_QUANTIZED_ANSWERS, images, 1, p);
        for (int c = 0; c < TOY_CLASSES; c++)
            sum += p[c];
        assert_true(fabsf(sum - 1.0f) <= 1e-5f);
    }
    nn_model_free(model);
}

static void test_bad_scales_do_no_harm(void **state)
{
    (void)state;
    with_every_variant(check_bad_scales);
}

static void set_all(const nn_model *model, int node, float value)
{
    const nn_param *kernel = &model->plan->param[model->plan->node[node].param[0]];
    const nn_param *bias = &model->plan->param[model->plan->node[node].param[1]];
    for (size_t i = 0; i < kernel->count; i++)
        model->weights[kernel->offset + i] = value;
    memset(model->weights + bias->offset, 0, bias->count * sizeof(float));
}

/* Inputs of -1 and 1 whose first points are the largest there are, times 256 channels of equal weights: sums reach
 * the end of 32 bits, and those beyond would change their sign. The convolution's largest output is 9 x 256 weights. */
static void check_largest_sums(const char *name)
{
    (void)name;
    static const float sizes[] = {1e-6f, 1.0f, 1e6f}, side[] = {1, -1, -1, 1, 1, 1};
    static float image[6 * 6 * 256];
    for (int i = 0; i < 6 * 6 * 256; i++)
        image[i] = 0.5f + 0.5f * side[i / 256 / 6] * side[i / 256 % 6];
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        float whole[TOY_CLASSES], floats[TOY_CLASSES];
        nn_model *model =
            net_model("input 6 6 256\nconv 64 3 padding=valid\nmaxpool 4\nflatten\ndense 64\ndense 4\nsoftmax\n", 1);
        model->convention = (nn_convention){.mean = 0.5f, .std = 0.5f};
        set_all(model, 0, sizes[k]);
        set_all(model, 3, 1.0f / (9 * 256 * 64 * sizes[k]));
        set_all(model, 4, 0.0f);
        model->weights[model->plan->param[model->plan->node[4].param[0]].offset] = 1.0f;
        assert_true(nn_model_calibrate(model, image, 1, &err));
        answer(model, NN_QUANTIZED_ANSWERS, image, 1, whole);
        answer(model, NN_ANSWERS, image, 1, floats);
        assert_true(floats[0] > 0.4f);
        for (int c = 0; c < TOY_CLASSES; c++)
            assert_true(fabsf(whole[c] - floats[c]) < 2e-3f);
        nn_model_free(model);
    }
}

static void test_largest_sums(void **state)
{
    (void)state;
    with_every_variant(check_largest_sums);
}

/* ---- faults ------------------------------------------------------------------------------------------------------ */

static bool run_calibration(void *ctx, nn_error *e)
{
    static const float images[TOY_PIXELS] = {1.0f};
    return nn_model_calibrate(ctx, images, 1, e);
}

static void test_faults(void **state)
{
    (void)state;
    nn_model *model = net_model(net, 1);
    const fault_case test = {.run = run_calibration, .ctx = model};
    assert_true(faults_try_all("calibration", &test) >= 6);
    nn_model_free(model);
}

/* The scales that were there stay. */
static void without_images_there_is_nothing_to_do(void **state)
{
    (void)state;
    nn_model *model = net_model(net, 1);
    nn_work *works[1] = {NULL}, *work;
    model->scale[0] = 0.5f;
    for (int n = -1; n <= 0; n++) {
        assert_false(nn_model_calibrate(model, NULL, n, &err));
        assert_int_equal(err.code, NN_USAGE);
        assert_true(model->scale[0] == 0.5f);
        assert_false(nn_works_new(works, n, model->plan, 1, NN_ANSWERS, &err));
        assert_int_equal(err.code, NN_USAGE);
        assert_null(works[0]);
        assert_false(nn_work_new(&work, model->plan, n, NN_ANSWERS, &err));
        assert_int_equal(err.code, NN_USAGE);
        assert_null(work);
    }
    nn_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers_agree),
        cmocka_unit_test(test_which_layers),
        cmocka_unit_test(test_scales_reach_the_largest_input),
        cmocka_unit_test(test_bad_scales_do_no_harm),
        cmocka_unit_test(test_largest_sums),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(without_images_there_is_nothing_to_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
