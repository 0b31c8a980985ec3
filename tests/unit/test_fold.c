/* test_fold.c - a network without the batch normalisations that can be folded answers as it did with them. */
#include "nn/fold.h"
#include "nn/op.h"
#include "support/faults.h"
#include "support/nets.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* In a chain; behind a sum, filters of one channel each and a dense layer; where two read a layer, and behind what has
 * no kernel: there they become scales. */
static const char chain[] =
    "input 12 12 1\nconv 6 3\nbatchnorm epsilon=0.01\nrelu\nmaxpool 2\nconv 6 3 groups=6\nbatchnorm\n"
    "conv 5 1\nrelu\nflatten\ndense 9\nbatchnorm\ntanh\ndense 4\nsoftmax\n";
static const char branches[] =
    "input 12 12 1\ntrunk: conv 3 3 stride=2\nconv 3 3\nbatchnorm\nadd trunk\nb: batchnorm\nrelu\n"
    "conv 2 3 from=b\nbatchnorm\nside: relu\nconv 2 1 from=relu1\nbatchnorm\nadd side\nconv 2 3\nbatchnorm\n"
    "mul conv5\nflatten\nbatchnorm\ndense 4\nsoftmax\n";
static nn_error err;

static nn_model *folded(const nn_model *model)
{
    nn_model *out;
    if (!nn_fold(&out, model, &err))
        fail_msg("%s", err.text);
    return out;
}

static void expect_same_answers(const nn_model *a, const nn_model *b)
{
    float p[TOY_ANSWERS], q[TOY_ANSWERS];
    net_predict(a, p);
    net_predict(b, q);
    for (int i = 0; i < TOY_ANSWERS; i++)
        assert_float_equal(p[i], q[i], 1e-5);
}

static void test_answers_stay(void **state)
{
    (void)state;
    static const char *const texts[] = {chain, branches};
    static const int gone[] = {4 * (6 + 6 + 9), 4 * (3 + 2 + 2) + 2 * (3 + 2 + 72)};
    for (int i = 0; i < 2; i++) {
        nn_model *model = net_model(texts[i], 3), *less = folded(model);
        model->temperature = less->temperature = 1.5f;
        expect_same_answers(model, less);
        assert_int_equal(less->plan->floats, model->plan->floats - (size_t)gone[i]);
        nn_model_free(less);
        nn_model_free(model);
    }
}

static void test_the_rest_of_the_model_stays(void **state)
{
    (void)state;
    nn_model *model = net_model(chain, 3);
    model->unsure_threshold = 0.8f;
    model->scale[0] = 0.25f;                         /* of conv1 */
    model->scale[model->plan->n_nodes - 2] = 0.125f; /* of dense2 */
    nn_model *less = folded(model);
    assert_true(less->temperature == model->temperature && less->unsure_threshold == model->unsure_threshold);
    assert_true(nn_same_convention(&less->convention, &model->convention));
    assert_string_equal(less->label[1], model->label[1]);
    assert_true(less->scale[0] == 0.25f && less->scale[less->plan->n_nodes - 2] == 0.125f);
    nn_model_free(less);
    nn_model_free(model);
}

static void test_the_architecture_is_as_one_would_write_it(void **state)
{
    (void)state;
    nn_model *model = net_model(chain, 3), *less = folded(model);
    assert_string_equal(less->plan->text,
                        "input 12 12 1\nconv 6 3\nrelu\nmaxpool 2\nconv 6 3 groups=6\nconv 5 1\nrelu\nflatten\n"
                        "dense 9\ntanh\ndense 4\nsoftmax\n");
    nn_model_free(less);
    nn_model_free(model);
    model = net_model(branches, 3), less = folded(model);
    assert_string_equal(less->plan->text,
                        "input 12 12 1\ntrunk: conv 3 3 stride=2\nconv 3 3\nadd trunk\nb: scale\nrelu\n"
                        "conv 2 3 from=b\nside: relu\nconv 2 1 from=relu1\nadd side\nconv 2 3\nbatchnorm5: scale\n"
                        "mul conv5\nflatten\nbatchnorm6: scale\ndense 4\nsoftmax\n");
    nn_model_free(less);
    nn_model_free(model);
}

/* Without anything to fold it is the same again, and so it is the second time. */
static void test_twice_is_once(void **state)
{
    (void)state;
    nn_model *model = net_model(branches, 3), *once = folded(model), *twice = folded(once);
    assert_true(nn_same_plan(once->plan, twice->plan));
    assert_memory_equal(once->weights, twice->weights, once->plan->floats * sizeof(float));
    nn_model_free(twice);
    nn_model_free(once);
    nn_model_free(model);
}

static void expect_same_layers(const nn_plan *a, const nn_plan *b)
{
    assert_int_equal(a->n_nodes, b->n_nodes);
    for (int i = 0; i < a->n_nodes; i++) {
        assert_string_equal(a->node[i].op->name, b->node[i].op->name);
        assert_memory_equal(a->node[i].attr, b->node[i].attr, sizeof a->node[i].attr);
    }
}

static bool has_norm(const nn_plan *plan)
{
    for (int i = 0; i < plan->n_nodes; i++)
        if (plan->node[i].op->kind == NN_NORM)
            return true;
    return false;
}

/* Settings of several numbers, such as the four sides of a crop, are written as they were read. */
static void test_every_kind_stays(void **state)
{
    (void)state;
    int compared = 0;
    for (int i = 0; nn_op_at(i); i++)
        for (const char *const *text = nn_op_at(i)->examples; *text; text++) {
            nn_model *model = net_model(*text, 3), *less = folded(model);
            if (!has_norm(model->plan)) {
                expect_same_layers(model->plan, less->plan);
                compared++;
            }
            nn_model_free(less);
            nn_model_free(model);
        }
    assert_true(compared > 30);
}

static bool run_fold(void *ctx, nn_error *e)
{
    nn_model *out;
    bool ok = nn_fold(&out, ctx, e);
    nn_model_free(out);
    return ok;
}

static void test_faults(void **state)
{
    (void)state;
    nn_model *model = net_model(branches, 3);
    const fault_case test = {.run = run_fold, .ctx = model};
    assert_true(faults_try_all("fold", &test) >= 6);
    nn_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers_stay),
        cmocka_unit_test(test_the_rest_of_the_model_stays),
        cmocka_unit_test(test_the_architecture_is_as_one_would_write_it),
        cmocka_unit_test(test_twice_is_once),
        cmocka_unit_test(test_every_kind_stays),
        cmocka_unit_test(test_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
