/* A network that a person takes hold of: the copy changes and answers, the network itself does not. */
#include "app/core/model/recogniser.h"
#include "app/core/model/touched.h"
#include "support/faults.h"
#include "support/nets.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char net[] = "input 28 28 1\nconv 4 3\nbatchnorm\nrelu\nmaxpool 4\nflatten\ndense 10\nsoftmax\n";
enum { RELU = 2, MEMBERS = 2 };

static nn_error err;
static digit bar;

static int draw_bar(void **state)
{
    (void)state;
    for (int i = 0; i < DIGIT_PIXELS; i++)
        bar.image[i] = i % DIGIT_SIDE > 11 && i % DIGIT_SIDE < 16;
    return 0;
}

static answer read_with(recogniser *r)
{
    answer a;
    recogniser_read(r, &bar, &a);
    return a;
}

static recogniser *ensemble(float turned)
{
    recogniser *r;
    nn_model *models[MEMBERS] = {net_model(net, 3), net_model(net, 4)};
    models[1]->weights[0] += turned;
    nn_model_changed(models[1]);
    assert_true(recogniser_new_ensemble(&r, models, MEMBERS, &err));
    return r;
}

/* As another network does whose weight is that one, and afterwards as before to the last bit. */
static void a_copy_answers_for_its_member(void **state)
{
    (void)state;
    recogniser *r = ensemble(0), *expected = ensemble(2);
    answer before = read_with(r), other = read_with(expected), now;
    touched *t;
    assert_int_equal(recogniser_members(r), MEMBERS);
    assert_true(touched_new(&t, recogniser_member(r, 1), &err));
    recogniser_stand_in(r, 1, t->model, t->work);
    assert_true(touched_turn(t, 0, t->model->weights[0] + 2));
    now = read_with(r);
    for (int i = 0; i < 10; i++)
        assert_float_equal(now.probability[i], other.probability[i], 1e-5);
    assert_true(fabsf(now.probability[before.digit] - before.confidence) > 1e-4f);
    recogniser *beside;
    assert_true(recogniser_share(&beside, r, &err)); /* others read with the network itself */
    now = read_with(beside);
    assert_memory_equal(now.probability, before.probability, sizeof now.probability);
    recogniser_free(beside);
    recogniser_stand_in(r, 1, NULL, NULL);
    now = read_with(r);
    assert_memory_equal(now.probability, before.probability, sizeof now.probability);
    touched_free(t);
    recogniser_free(r);
    recogniser_free(expected);
}

static void everything_goes_back_to_nothing(void **state)
{
    (void)state;
    nn_model *model = net_model(net, 3);
    touched *t;
    assert_true(touched_is_none(NULL));
    assert_true(touched_new(&t, model, &err));
    const nn_channel a = {RELU, 0}, b = {RELU, 3};
    assert_true(touched_is_none(t) && !touched_is_off(t, a));
    assert_true(touched_switch(t, a) && touched_switch(t, b));
    assert_true(touched_is_off(t, a) && touched_is_off(t, b) && t->model->n_silent == 2);
    assert_true(touched_switch(t, a));
    assert_true(!touched_is_off(t, a) && touched_is_off(t, b) && t->model->n_silent == 1);
    assert_true(touched_turn(t, 5, 1.5f) && touched_turn(t, 6, 2.5f) && touched_turn(t, 5, 3.5f));
    assert_true(touched_is_turned(t, 5) && touched_is_turned(t, 6) && t->n_turned == 2);
    assert_float_equal(t->model->weights[5], 3.5, 0);
    assert_float_equal(t->turned[0].was, model->weights[5], 0);
    assert_true(touched_turn(t, 5, model->weights[5]) && touched_turn(t, 6, model->weights[6]));
    assert_true(touched_switch(t, b) && touched_is_none(t));
    assert_memory_equal(t->model->weights, model->weights, model->plan->floats * sizeof(float));
    touched_free(t);
    nn_model_free(model);
}

static void there_is_an_end_to_it(void **state)
{
    (void)state;
    nn_model *model = net_model("input 28 28 1\nflatten\ndense 300\nrelu\ndense 10\nsoftmax\n", 3);
    touched *t;
    assert_true(touched_new(&t, model, &err));
    for (int i = 0; i < TOUCHED_MAX; i++) {
        assert_true(touched_switch(t, (nn_channel){RELU, i}));
        assert_true(touched_turn(t, (size_t)i, 7));
    }
    assert_false(touched_switch(t, (nn_channel){RELU, TOUCHED_MAX}));
    assert_false(touched_turn(t, TOUCHED_MAX, 7));
    assert_true(touched_turn(t, 3, 8) && touched_switch(t, (nn_channel){RELU, 3}));
    touched_free(t);
    nn_model_free(model);
}

static bool touch_once(void *ctx, nn_error *e)
{
    touched *t;
    bool ok = touched_new(&t, ctx, e);
    assert_true(ok == (t != NULL));
    assert_true(ok || e->code == NN_NOMEM);
    touched_free(t);
    return ok;
}

static void out_of_memory_leaves_nothing(void **state)
{
    (void)state;
    nn_model *model = net_model(net, 3);
    assert_true(faults_try_all("touched", &(fault_case){.run = touch_once, .ctx = model}) > 5);
    nn_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_copy_answers_for_its_member),
        cmocka_unit_test(everything_goes_back_to_nothing),
        cmocka_unit_test(there_is_an_end_to_it),
        cmocka_unit_test(out_of_memory_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, draw_bar, NULL);
}
