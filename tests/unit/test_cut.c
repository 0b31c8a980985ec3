/* test_cut.c - the last layers of a network as one of their own: the same answers, there and back. */
#include "nn/cut.h"
#include "support/faults.h"
#include "support/nets.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char chain[] = "input 12 12 1\nconv 6 3\nbatchnorm epsilon=0.001\nrelu\nmaxpool 2\ndropout 0.25\n"
                            "conv 4 3 padding=valid\nrelu\nflatten\ndense 12\nbatchnorm\nrelu\ndense 4\nsoftmax\n";
static const char fork[] = "input 12 12 1\nconv 4 3\nrelu\nconv 4 3\nadd relu1\nrelu\nflatten\ndense 6\nscale\n"
                           "dense 4\nsoftmax\n";
static nn_error err;

static nn_model *head_of(const nn_model *model, int at)
{
    nn_model *head;
    if (!nn_cut_head(&head, model, at, &err))
        fail_msg("%s", err.text);
    return head;
}

/* The greatest difference between a model's answers and those of its head to what its body gives. */
static float difference(const nn_model *model, const nn_model *head, int at)
{
    enum { IMAGES = 5 };
    uint64_t random = 3;
    float image[IMAGES * TOY_PIXELS], p[IMAGES * TOY_CLASSES], q[IMAGES * TOY_CLASSES], most = 0;
    nn_work *whole, *rest;
    random_fill(&random, image, IMAGES * TOY_PIXELS, 0, 1);
    assert_true(nn_work_new(&whole, model->plan, IMAGES, NN_ACTIVATIONS, &err));
    assert_true(nn_work_new(&rest, head->plan, IMAGES, NN_ANSWERS, &err));
    nn_predict(whole, model, image, IMAGES, p);
    nn_predict(rest, head, at < 0 ? image : nn_work_output(whole, at), IMAGES, q);
    for (int i = 0; i < IMAGES * TOY_CLASSES; i++)
        most = fmaxf(most, fabsf(p[i] - q[i]));
    nn_work_free(rest);
    nn_work_free(whole);
    return most;
}

static void check_all_heads(const char *net, const int *places, int count)
{
    nn_model *model = net_model(net, 5);
    for (int layers = 1; layers <= count; layers++) {
        int at = nn_cut_place(model->plan, layers);
        assert_int_equal(at, places[layers - 1]);
        nn_model *head = head_of(model, at);
        assert_true(difference(model, head, at) < 1e-5f);
        assert_string_equal(head->label[2], model->label[2]);
        nn_model_free(head);
    }
    nn_model_free(model);
}

static void test_heads_say_the_same(void **state)
{
    (void)state;
    check_all_heads(chain, (const int[]){10, 6, 4, -1, -1}, 5);
    check_all_heads(fork, (const int[]){7, 4, 4}, 3); /* behind the sum, whatever is asked for */
}

static void test_there_and_back(void **state)
{
    (void)state;
    nn_model *model = net_model(chain, 5), *twin;
    assert_true(nn_model_copy(&twin, model->plan, model->weights, &err));
    nn_model *head = head_of(model, -1);
    nn_cut_put_back(twin, -1, head->plan, head->weights);
    for (size_t i = 0; i < model->plan->floats; i++)
        assert_true(fabsf(twin->weights[i] - model->weights[i]) <= 1e-5f * (1 + fabsf(model->weights[i])));
    nn_model_free(head);
    nn_model_free(twin);
    nn_model_free(model);
}

/* What a head has learned, batchnorms included, is what the whole network then knows; what lies before it stays. */
static void test_what_was_learned_arrives(void **state)
{
    (void)state;
    uint64_t random = 8;
    nn_model *model = net_model(chain, 5);
    int at = nn_cut_place(model->plan, 2);
    nn_model *head = head_of(model, at);
    const nn_param *before = &model->plan->param[model->plan->node[0].param[0]];
    float first = model->weights[before->offset];
    random_fill(&random, head->weights, head->plan->floats, -1, 1);
    nn_model_changed(head);
    assert_true(difference(model, head, at) > 1e-2f);
    nn_cut_put_back(model, at, head->plan, head->weights);
    assert_true(difference(model, head, at) < 1e-5f);
    assert_true(model->weights[before->offset] == first);
    nn_model_free(head);
    nn_model_free(model);
}

static bool cut(void *ctx, nn_error *problem)
{
    nn_model *head;
    bool ok = nn_cut_head(&head, ctx, 6, problem);
    if (ok)
        nn_model_free(head);
    return ok;
}

static void test_out_of_memory(void **state)
{
    (void)state;
    nn_model *model = net_model(chain, 5);
    assert_true(faults_try_all("cut", &(fault_case){.run = cut, .ctx = model}) > 0);
    nn_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_heads_say_the_same),
        cmocka_unit_test(test_there_and_back),
        cmocka_unit_test(test_what_was_learned_arrives),
        cmocka_unit_test(test_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
