/* test_silence.c - a network in which channels are taken for 0 answers as one in which the weights that make or read
 * them are. */
#include "nn/nn.h"
#include "support/nets.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { IMAGES = 3, PIXELS = TOY_PIXELS, CLASSES = TOY_CLASSES };

static const char net[] = "input 12 12 1\nconv 5 3\nbatchnorm\nrelu\nmaxpool 2\ndropout 0.3\ntrunk: conv 6 3\nsigmoid\n"
                          "conv 6 3\nadd trunk\nrelu\nflatten\ndense 9\nrelu\ndense 4\nsoftmax\n";
/* Its nodes. */
enum { BATCHNORM = 1, RELU = 2, TRUNK = 5, SIGMOID = 6, CONV = 7, FLATTEN = 10, DENSE = 11 };

static nn_error err;
static float images[IMAGES * PIXELS];

static int fill_images(void **state)
{
    (void)state;
    uint64_t seed = 3;
    random_fill(&seed, images, IMAGES * PIXELS, 0, 1);
    return 0;
}

static const nn_param *param_of(const nn_model *model, int node, int i)
{
    return &model->plan->param[model->plan->node[node].param[i]];
}

/* What is made of a channel of a node's: the columns of its weights. */
static void zero_made(nn_model *model, int node, int channel)
{
    const nn_node *n = &model->plan->node[node];
    for (int k = 0; k < 2; k++) { /* gain and bias of a batchnorm, kernel and bias of a convolution */
        const nn_param *p = param_of(model, node, k);
        for (size_t i = (size_t)channel; i < p->count; i += (size_t)n->out.c)
            model->weights[p->offset + i] = 0;
    }
    nn_model_changed(model);
}

/* What reads a channel: the rows of a kernel (.., inputs, outputs). */
static void zero_read(nn_model *model, int node, int channel)
{
    const nn_node *n = &model->plan->node[node];
    const nn_param *p = param_of(model, node, 0);
    size_t row = (size_t)n->out.c, inputs = (size_t)n->in.c;
    for (size_t i = (size_t)channel * row; i < p->count; i += inputs * row)
        memset(model->weights + p->offset + i, 0, row * sizeof(float));
    nn_model_changed(model);
}

static void predict(const nn_model *model, nn_purpose purpose, float *answers)
{
    nn_work *work;
    assert_true(nn_work_new(&work, model->plan, IMAGES, purpose, &err));
    nn_predict(work, model, images, IMAGES, answers);
    nn_work_free(work);
}

/* Of a sum of all logits. */
static void differentiate(const nn_model *model, float *gradient)
{
    nn_work *work;
    float answers[IMAGES * CLASSES], weight[IMAGES * CLASSES];
    for (int i = 0; i < IMAGES * CLASSES; i++)
        weight[i] = 1 + 0.1f * (float)i;
    assert_true(nn_work_new(&work, model->plan, IMAGES, NN_GRADIENTS, &err));
    nn_predict(work, model, images, IMAGES, answers);
    nn_image_gradient(work, model, weight, IMAGES, gradient);
    nn_work_free(work);
}

static void compare_gradients(const nn_model *touched, const nn_model *reference)
{
    static float gradient[IMAGES * PIXELS], expected[IMAGES * PIXELS];
    differentiate(touched, gradient);
    differentiate(reference, expected);
    for (int i = 0; i < IMAGES * PIXELS; i++)
        assert_float_equal(gradient[i], expected[i], 1e-4);
}

/* The answers of a model with silent channels, and of one in which `zero` did the same, are as far from the untouched
 * ones, which are elsewhere; and so are the gradients of their images. */
static void compare_of(const char *text, const nn_channel *silent, int count,
                       void (*zero)(nn_model *model, int node, int channel), const nn_channel *zeroed)
{
    nn_model *touched = net_model(text, 4), *reference = net_model(text, 4);
    for (int i = 0; i < count; i++)
        zero(reference, zeroed[i].node, zeroed[i].channel);
    for (nn_purpose purpose = NN_ANSWERS; purpose <= NN_GRADIENTS; purpose++) {
        float before[IMAGES * CLASSES], answers[IMAGES * CLASSES], expected[IMAGES * CLASSES], moved = 0;
        touched->silent = NULL, touched->n_silent = 0;
        predict(touched, purpose, before);
        touched->silent = silent, touched->n_silent = count;
        predict(touched, purpose, answers);
        predict(reference, purpose, expected);
        for (int i = 0; i < IMAGES * CLASSES; i++) {
            assert_float_equal(answers[i], expected[i], 1e-5);
            moved = fmaxf(moved, fabsf(answers[i] - before[i]));
        }
        assert_true(moved > 1e-4f);
    }
    compare_gradients(touched, reference);
    nn_model_free(touched);
    nn_model_free(reference);
}

static void compare(const nn_channel *silent, int count, void (*zero)(nn_model *model, int node, int channel),
                    const nn_channel *zeroed)
{
    compare_of(net, silent, count, zero, zeroed);
}

static void maps_that_a_rectifier_makes(void **state)
{
    (void)state;
    const nn_channel silent[] = {{RELU, 1}, {RELU, 4}}, zeroed[] = {{BATCHNORM, 1}, {BATCHNORM, 4}};
    compare(silent, 2, zero_made, zeroed);
}

/* 0 is nothing special to a sigmoid, so its channel is silent only behind it. */
static void maps_of_any_function(void **state)
{
    (void)state;
    const nn_channel silent = {SIGMOID, 2}, zeroed = {CONV, 2};
    compare(&silent, 1, zero_read, &zeroed);
}

static void maps_that_two_layers_read(void **state)
{
    (void)state;
    const nn_channel silent = {TRUNK, 3};
    compare(&silent, 1, zero_made, &silent);
}

static void values_of_a_flat_vector(void **state)
{
    (void)state;
    const nn_channel silent[] = {{FLATTEN, 17}, {FLATTEN, 100}}, zeroed[] = {{DENSE, 17}, {DENSE, 100}};
    compare(silent, 2, zero_read, zeroed);
}

/* A first convolution's maps, which are computed again where gradients follow. */
static void maps_of_the_first_convolution(void **state)
{
    (void)state;
    const nn_channel silent = {1, 1}, zeroed = {0, 1};
    compare_of("input 12 12 1\nconv 5 3\nrelu\nmaxpool 2\nflatten\ndense 4\nsoftmax\n", &silent, 1, zero_made, &zeroed);
    compare_of("input 12 12 1\nconv 5 3\nrelu\nflatten\ndense 4\nsoftmax\n", &silent, 1, zero_made, &zeroed);
}

/* The other branch sees what is silent in the first. */
static void pixels_that_two_layers_read(void **state)
{
    (void)state;
    const nn_channel silent[] = {{0, 17}, {0, 100}}, zeroed[] = {{1, 17}, {1, 100}};
    compare_of("input 12 12 1\nflatten\ndense 9\nflatten from=input\ndense 9\nadd dense1\nrelu\ndense 4\nsoftmax\n",
               silent, 2, zero_read, zeroed);
}

/* Where nothing is heard of an image, no pixel moves an answer. */
static void no_gradient_goes_through_silence(void **state)
{
    (void)state;
    static const char *const nets[] = {
        "input 12 12 1\nconv 4 3\nrelu\nflatten\ndense 4\nsoftmax\n",
        "input 12 12 1\nconv 4 3\nbatchnorm\nrelu\nflatten\ndense 4\nsoftmax\n",
        "input 12 12 1\nconv 4 3\nsilu\nconv 4 3\nflatten\ndense 4\nsoftmax\n",
        "input 12 12 1\nconv 4 3\nbatchnorm\nconv 4 3\nflatten\ndense 4\nsoftmax\n",
    };
    static float gradient[IMAGES * PIXELS];
    for (int i = 0; i < 4; i++) {
        int node = i == 1 ? 2 : 1;
        const nn_channel silent[] = {{node, 0}, {node, 1}, {node, 2}, {node, 3}};
        nn_model *model = net_model(nets[i], 4);
        model->silent = silent, model->n_silent = 4;
        differentiate(model, gradient);
        for (int k = 0; k < IMAGES * PIXELS; k++)
            assert_true(gradient[k] == 0);
        nn_model_free(model);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(maps_that_a_rectifier_makes),      cmocka_unit_test(maps_of_any_function),
        cmocka_unit_test(maps_that_two_layers_read),        cmocka_unit_test(values_of_a_flat_vector),
        cmocka_unit_test(pixels_that_two_layers_read),      cmocka_unit_test(maps_of_the_first_convolution),
        cmocka_unit_test(no_gradient_goes_through_silence),
    };
    return cmocka_run_group_tests(tests, fill_images, NULL);
}
