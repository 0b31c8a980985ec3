/* test_convention.c - what a network reads of an image: while it answers, while it learns, and in what becomes of it. */
#include "app/core/data/samples.h"
#include "app/core/training/training.h"
#include "nn/join.h"
#include "support/nets.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { SIDE = 28, PIXELS = SIDE * SIDE };

static const char net[] = "input 28 28 1\navgpool 2\nflatten\ndense 10\nsoftmax\n";
static const nn_convention plain = {.std = 1};
static const nn_convention conventions[] = {
    {0, 1, false, false},         {0.1307f, 0.3081f, false, false},
    {1, -1, false, false},        {0.8693f, -0.3081f, true, true},
    {0, 1.0f / 255, true, false}, {0.5f, 0.5f, false, true},
};
enum { CONVENTIONS = sizeof conventions / sizeof *conventions };

static nn_error err;

/* As it is said of one pixel. */
static float pixel(const nn_convention *c, const float *image, int y, int x)
{
    float v = c->transposed ? image[x * SIDE + y] : image[y * SIDE + x];
    v = c->binary ? (float)(v > 0.5f) : v;
    return (v - c->mean) / c->std;
}

static void predict(const nn_model *model, const float *image, float answer[10])
{
    nn_work *work;
    assert_true(nn_work_new(&work, model->plan, 1, NN_ANSWERS, &err));
    nn_predict(work, model, image, 1, answer);
    nn_work_free(work);
}

static void a_network_reads_the_image_so(void **state)
{
    (void)state;
    uint64_t dice = 7;
    float image[PIXELS], read[PIXELS], said[10], expected[10];
    random_fill(&dice, image, PIXELS, 0, 1);
    nn_model *model = net_model(net, 3);
    for (int i = 0; i < CONVENTIONS; i++) {
        for (int k = 0; k < PIXELS; k++)
            read[k] = pixel(&conventions[i], image, k / SIDE, k % SIDE);
        model->convention = plain;
        predict(model, read, expected);
        model->convention = conventions[i];
        predict(model, image, said);
        for (int k = 0; k < 10; k++)
            assert_float_equal(said[k], expected[k], 1e-5);
    }
    nn_model_free(model);
}

/* Two steps of a trainer: with the convention on images, and plain on what it makes of them. */
static void sample(const void *ctx, int thread, uint64_t epoch, int index, float *image, float *target)
{
    const nn_convention *c = ctx;
    uint64_t dice = epoch * 1000 + (uint64_t)index;
    float v[PIXELS];
    (void)thread;
    random_fill(&dice, v, PIXELS, 0, 1);
    for (int k = 0; k < PIXELS; k++)
        image[k] = c ? pixel(c, v, k / SIDE, k % SIDE) : v[k];
    target[index % 10] = 1;
}

static void step_twice(const nn_model *model, const nn_convention *read, const nn_convention *made, float *weights)
{
    nn_trainer *trainer;
    nn_step_result result;
    nn_train_config config = nn_train_defaults();
    nn_source source = {.ctx = made, .count = 40, .sample = sample};
    config.batch = 20;
    assert_true(nn_trainer_new(&trainer, model->plan, model->weights, read, &config, &source, &err));
    nn_trainer_step(trainer, &result);
    nn_trainer_step(trainer, &result);
    memcpy(weights, nn_trainer_weights(trainer), model->plan->floats * sizeof *weights);
    nn_trainer_free(trainer);
}

static void a_network_learns_from_the_image_so(void **state)
{
    (void)state;
    static float learned[2][2000 * 10];
    nn_model *model = net_model(net, 3);
    assert_true(model->plan->floats <= 2000 * 10);
    for (int i = 0; i < CONVENTIONS; i++) {
        step_twice(model, &conventions[i], NULL, learned[0]);
        step_twice(model, &plain, &conventions[i], learned[1]);
        for (size_t k = 0; k < model->plan->floats; k++)
            assert_float_equal(learned[0][k], learned[1][k], 1e-4);
    }
    nn_model_free(model);
}

static void what_is_trained_on_reads_as_its_start(void **state)
{
    (void)state;
    dataset data;
    training *t;
    nn_model *start = net_model(net, 3), *trained;
    training_config config = {.train = nn_train_defaults(), .val = 20, .start = start};
    assert_true(samples_make(&data, 100, 1, &err));
    start->convention = conventions[3];
    assert_true(training_new(&t, start->plan, &data, &config, &err));
    assert_true(training_model(t, &trained, &err));
    assert_true(nn_same_convention(&trained->convention, &conventions[3]));
    nn_model_free(trained);
    training_free(t);
    nn_model_free(start);
    dataset_free(&data);
}

static void only_networks_that_read_alike_are_joined(void **state)
{
    (void)state;
    nn_model *part[2] = {net_model(net, 1), net_model(net, 2)}, *joined;
    for (int i = 0; i < CONVENTIONS; i++)
        for (int k = 0; k < CONVENTIONS; k++) {
            part[0]->convention = conventions[i];
            part[1]->convention = conventions[k];
            bool done = nn_join(&joined, (const nn_model *const *)part, 2, &err);
            assert_int_equal(done, i == k);
            assert_true(!done || nn_same_convention(&joined->convention, &conventions[i]));
            nn_model_free(done ? joined : NULL);
        }
    nn_model_free(part[0]);
    nn_model_free(part[1]);
}

/* What is no square cannot be transposed: it is neither trained on nor written so, and nothing is written beyond it. */
static void only_squares_are_transposed(void **state)
{
    (void)state;
    enum { HIGH = 40, WIDE = 2, BEYOND = HIGH * HIGH };
    float image[HIGH * WIDE], read[BEYOND];
    uint64_t dice = 5;
    random_fill(&dice, image, HIGH * WIDE, 0, 1);
    for (int i = 0; i < BEYOND; i++)
        read[i] = (float)i;
    nn_convention_apply(&conventions[5], (nn_shape){HIGH, WIDE, 1}, image, 1, read);
    for (int i = 0; i < BEYOND; i++)
        assert_float_equal(read[i], i < HIGH * WIDE ? (image[i] - 0.5f) / 0.5f : (float)i, 1e-5);

    nn_model *model = net_model("input 40 2 1\nflatten\ndense 4\nsoftmax\n", 1);
    nn_train_config config = nn_train_defaults();
    nn_source source = {.count = 40, .sample = sample};
    nn_trainer *trainer;
    unsigned char *data;
    size_t len;
    model->convention = conventions[5];
    assert_false(nn_trainer_new(&trainer, model->plan, model->weights, &model->convention, &config, &source, &err));
    assert_int_equal(err.code, NN_USAGE);
    assert_null(trainer);
    assert_false(nn_model_write(model, &data, &len, &err));
    assert_int_equal(err.code, NN_USAGE);
    nn_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_network_reads_the_image_so),
        cmocka_unit_test(a_network_learns_from_the_image_so),
        cmocka_unit_test(what_is_trained_on_reads_as_its_start),
        cmocka_unit_test(only_networks_that_read_alike_are_joined),
        cmocka_unit_test(only_squares_are_transposed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
