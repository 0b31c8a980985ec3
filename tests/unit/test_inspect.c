/* What is shown of a network's inside is what it computed. */
#include "app/core/model/inspect.h"
#include "support/faults.h"
#include "support/nets.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char net[] = "input 28 28 1\nconv 5 3\nbatchnorm\nrelu\nmaxpool 2\ndropout 0.3\ntrunk: conv 6 3 stride=2\n"
                          "conv 6 3\nadd trunk\nrelu\nflatten\ndense 12\nrelu\ndense 10\nsoftmax\n";

static nn_error err;
static float image[DIGIT_PIXELS];

/* An oblique stroke. */
static int draw_image(void **state)
{
    (void)state;
    for (int i = 0; i < DIGIT_PIXELS; i++) {
        float d = fabsf((float)(i % DIGIT_SIDE) - 8 - 0.4f * (float)(i / DIGIT_SIDE));
        image[i] = i / DIGIT_SIDE > 3 && i / DIGIT_SIDE < 24 ? fmaxf(0, 1.5f - d) / 1.5f : 0;
    }
    return 0;
}

static void layers_are_what_computes_something_new(void **state)
{
    (void)state;
    nn_model *model = net_model(net, 4), *other = net_model("input 28 28 1\nflatten\ndense 10\nsoftmax\n", 1);
    inspect *in;
    assert_true(inspect_new(&in, model, &err));
    assert_true(inspect_fits(in, model));
    assert_false(inspect_fits(in, other));
    const char *titles[] = {"conv, batchnorm, relu", "maxpool", "conv", "conv", "add, relu", "dense, relu", "dense"};
    assert_int_equal(in->n_layers, 7);
    for (int i = 0; i < 7; i++)
        assert_string_equal(in->layer[i].title, titles[i]);
    assert_int_equal(in->layer[1].shape.h, 14);
    assert_int_equal(in->layer[4].shape.c, 6);
    assert_int_equal(in->filters.count, 5);
    assert_int_equal(in->filters.kw, 3);
    assert_string_equal(in->layer[2].name, "trunk");
    inspect_free(in);
    nn_model_free(model);
    nn_model_free(other);
}

/* Nothing where it is the digit itself; else the pixels of the convention, from the least to the greatest. */
static void what_the_network_gets_is_shown(void **state)
{
    (void)state;
    nn_model *model = net_model(net, 4);
    inspect *in;
    assert_true(inspect_new(&in, model, &err));
    model->convention = (nn_convention){.std = 1};
    inspect_read(in, model, image);
    assert_int_equal(in->input_side, 0);
    model->convention = (nn_convention){.mean = 1, .std = -0.5f, .transposed = true};
    inspect_read(in, model, image);
    assert_int_equal(in->input_side, DIGIT_SIDE);
    for (int i = 0; i < DIGIT_PIXELS; i++) {
        float wanted = image[i % DIGIT_SIDE * DIGIT_SIDE + i / DIGIT_SIDE];
        assert_true(fabsf((float)in->input[i] - 255 * (1 - wanted)) <= 1);
    }
    inspect_free(in);
    nn_model_free(model);

    model = net_model("input 32 32 3\nflatten\ndense 10\nsoftmax\n", 1);
    assert_true(inspect_new(&in, model, &err));
    inspect_read(in, model, image);
    assert_int_equal(in->input_side, 32);
    assert_true(in->input[0] == 0 && in->input[16 * 32 + 16] > 100);
    inspect_free(in);
    nn_model_free(model);
}

static void maps_are_the_activations(void **state)
{
    (void)state;
    nn_model *model = net_model(net, 4);
    inspect *in;
    nn_work *work;
    float probability[NN_MAX_CLASSES];
    assert_true(inspect_new(&in, model, &err));
    assert_true(nn_work_new(&work, model->plan, 1, NN_ACTIVATIONS, &err));
    inspect_read(in, model, image);
    nn_predict(work, model, image, 1, probability);
    for (int k = 0; k < in->n_layers; k++) {
        const inspect_layer *l = &in->layer[k];
        const float *value = nn_work_output(work, l->node);
        int pixels = l->shape.h * l->shape.w, count = pixels * l->shape.c, bright = 0;
        float most = 0;
        for (int i = 0; i < count; i++)
            most = fmaxf(most, value[i]);
        for (int i = 0; i < count; i++) {
            int shown = l->maps[i % l->shape.c * pixels + i / l->shape.c];
            assert_float_equal(shown, 255 * sqrtf(fmaxf(value[i], 0) / most), 0.51);
            bright += shown == 255;
        }
        assert_true(bright > 0);
    }
    const float *kernel = model->weights + model->plan->param[model->plan->node[0].param[0]].offset;
    for (int i = 0; i < 9 * 5; i++) {
        bool plus = kernel[i % 9 * 5 + i / 9] > 0;
        assert_true(plus ? in->filters.minus[i] == 0 : in->filters.plus[i] == 0);
    }
    nn_work_free(work);
    inspect_free(in);
    nn_model_free(model);
}

/* The strongest first; what stays strong keeps its place, and so does what is off. So what shows them
 * need not be painted again for another drawing. */
static void filters_change_with_the_network_alone(void **state)
{
    (void)state;
    nn_model *model = net_model(net, 4);
    inspect *in;
    assert_true(inspect_new(&in, model, &err));
    inspect_read(in, model, image);
    unsigned version = in->filters.version;
    image[300] += 0.5f;
    inspect_read(in, model, image);
    image[300] -= 0.5f;
    assert_int_equal(in->filters.version, version);
    model->weights[model->plan->param[model->plan->node[0].param[0]].offset] += 1;
    inspect_read(in, model, image);
    assert_int_not_equal(in->filters.version, version);
    inspect_free(in);
    nn_model_free(model);
}

static void a_few_maps_stand_for_a_layer(void **state)
{
    (void)state;
    float strength[8] = {1, 5, 3, 0, 2, 7, 0, 4};
    inspect_layer layer = {.node = 6, .shape = {2, 2, 8}, .strength = strength};
    int shown[4] = {-1, -1, -1, -1};
    inspect_strongest(&layer, NULL, 0, shown, 4);
    assert_memory_equal(shown, ((int[]){5, 1, 7, 2}), sizeof shown);
    strength[2] = 1.5f; /* fifth: 4 is stronger, but 2 is still among the first six */
    inspect_strongest(&layer, NULL, 0, shown, 4);
    assert_memory_equal(shown, ((int[]){5, 1, 7, 2}), sizeof shown);
    strength[5] = strength[1] = 0; /* nothing is left of both; one is off, and the other gives its place to 4 */
    const nn_channel off[] = {{5, 5}, {6, 1}};
    inspect_strongest(&layer, off, 2, shown, 4);
    assert_memory_equal(shown, ((int[]){4, 1, 7, 2}), sizeof shown);
}

/* All votes and the two biases make up the difference of the logits. */
static void votes_add_up(void **state)
{
    (void)state;
    enum { ALL = 12, FEW = 3 };
    nn_model *model = net_model(net, 4);
    inspect *in;
    assert_true(inspect_new(&in, model, &err));
    inspect_vote votes[ALL], few[FEW];
    assert_int_equal(inspect_votes(in, model, 2, 5, votes, ALL), 0); /* nothing has been read yet */
    inspect_read(in, model, image);
    int n = inspect_votes(in, model, 2, 5, votes, ALL);
    const nn_node *dense = &model->plan->node[in->layer[in->n_layers - 1].node];
    const float *bias = model->weights + model->plan->param[dense->param[1]].offset;
    const float *logit = nn_work_output(in->whole, in->layer[in->n_layers - 1].node);
    float sum = bias[2] - bias[5];
    for (int i = 0; i < n; i++) {
        sum += votes[i].vote;
        assert_true(i == 0 || fabsf(votes[i].vote) <= fabsf(votes[i - 1].vote));
    }
    assert_true(n > FEW);
    assert_float_equal(sum, logit[2] - logit[5], 1e-4);
    assert_int_equal(inspect_votes(in, model, 2, 5, few, FEW), FEW);
    assert_memory_equal(few, votes, sizeof few);
    inspect_free(in);
    nn_model_free(model);
}

/* A feature of the left half is raised by ink there, and by none elsewhere; one that wants no ink is lowered. */
static void pictures_of_features_show_what_raised_them(void **state)
{
    (void)state;
    nn_model *model = net_model("input 28 28 1\nflatten\ndense 3\ndense 10\nsoftmax\n", 4);
    const nn_param *kernel = &model->plan->param[model->plan->node[1].param[0]];
    for (int i = 0; i < DIGIT_PIXELS; i++) {
        float *w = model->weights + kernel->offset + (ptrdiff_t)i * 3;
        bool left = i % DIGIT_SIDE < DIGIT_SIDE / 2;
        w[0] = left, w[1] = -0.5f * !left, w[2] = 0;
    }
    nn_model_changed(model);
    model->convention = (nn_convention){.std = 1};
    inspect *in;
    assert_true(inspect_new(&in, model, &err));
    inspect_occlude_begin(in, model, image, 2);
    while (!inspect_occlude_step(in, model))
        ;
    float gain[3][DIGIT_PIXELS];
    int raised = 0, lowered = 0;
    for (int k = 0; k < 3; k++)
        inspect_feature_gain(in, k, gain[k]);
    for (int i = 0; i < DIGIT_PIXELS; i++) {
        int x = i % DIGIT_SIDE, half = DIGIT_SIDE / 2, near = INSPECT_PATCH;
        assert_true(gain[0][i] > -1e-5f && (x < half + near || gain[0][i] < 1e-5f));
        assert_true(gain[1][i] < 1e-5f && (x >= half - near || gain[1][i] > -1e-5f));
        assert_float_equal(gain[2][i], 0, 1e-6);
        raised += gain[0][i] > 0.5f;
        lowered += gain[1][i] < -0.25f;
    }
    assert_true(raised > 20 && lowered > 20);
    inspect_free(in);
    nn_model_free(model);
}

static void features_are_known_by_node_and_layer(void **state)
{
    (void)state;
    nn_model *model = net_model("input 28 28 1\nconv 5 3 stride=4\nrelu\nflatten\ndense 9\nrelu\nleft: dense 10\n"
                                "conv 3 3 stride=7 from=input\nflatten\ndense 10\nadd left\nsoftmax\n",
                                4);
    inspect *in;
    assert_true(inspect_new(&in, model, &err));
    assert_int_equal(in->n_voters, 2);
    int first = in->voter[0].dense->in.c;
    for (int i = 0; i < in->n_features; i += 7) {
        inspect_feature f = inspect_feature_of(in, i);
        const nn_node *node = &in->plan->node[f.value.node];
        const inspect_voter *voter = &in->voter[i >= first];
        assert_ptr_equal(node, &in->plan->node[voter->dense->input[0]]);
        assert_int_equal(f.value.channel, i - (i >= first ? first : 0));
        nn_shape shape = in->layer[f.layer].shape;
        assert_int_equal(f.channel, f.value.channel % shape.c);
        assert_true(shape.c == 9 || shape.c == 3);
    }
    inspect_free(in);
    nn_model_free(model);
}

/* The features of joined networks vote together. */
static void votes_of_a_sum_add_up(void **state)
{
    (void)state;
    enum { ALL = 40 };
    nn_model *model = net_model("input 28 28 1\nconv 3 3 stride=4\nflatten\ndense 9\nrelu\nleft: dense 10\n"
                                "conv 2 5 stride=9 from=input\nflatten\nright: dense 10\nadd left\nsoftmax\n",
                                4);
    inspect *in;
    assert_true(inspect_new(&in, model, &err));
    inspect_vote votes[ALL];
    inspect_read(in, model, image);
    assert_int_equal(in->n_voters, 2);
    assert_int_equal(in->n_features, 9 + 4 * 4 * 2);
    int n = inspect_votes(in, model, 3, 1, votes, ALL);
    const float *logit = nn_work_output(in->whole, model->plan->n_nodes - 2);
    float sum = 0;
    for (int k = 0; k < 2; k++) {
        const float *bias = model->weights + model->plan->param[in->voter[k].dense->param[1]].offset;
        sum += bias[3] - bias[1];
    }
    for (int i = 0; i < n; i++) {
        sum += votes[i].vote;
        assert_in_range(votes[i].feature, 0, in->n_features - 1);
    }
    assert_float_equal(sum, logit[3] - logit[1], 1e-4);
    inspect_free(in);
    nn_model_free(model);
}

/* A network of one weight a pixel says itself how much each mattered. */
static void importance_finds_the_pixels_that_count(void **state)
{
    (void)state;
    nn_model *model = net_model("input 28 28 1\nflatten\ndense 2\nsoftmax\n", 1);
    memset(model->weights, 0, model->plan->floats * sizeof(float));
    for (int i = 0; i < model->plan->n_params; i++)
        if (model->plan->param[i].role == NN_KERNEL)
            for (int y = 4; y < 10; y++) /* ink in these rows speaks for class 0 */
                for (int x = 0; x < DIGIT_SIDE; x++)
                    model->weights[model->plan->param[i].offset + (size_t)(2 * (y * DIGIT_SIDE + x))] = 1;
    inspect *in;
    assert_true(inspect_new(&in, model, &err));
    inspect_occlude_begin(in, model, image, 0);
    int steps = 1;
    while (!inspect_occlude_step(in, model))
        steps++;
    assert_in_range(steps, 2, 85);
    assert_int_equal(in->rounds, 1);
    assert_false(in->occluding);
    double inside = 0, outside = 0;
    for (int i = 0; i < DIGIT_PIXELS; i++) {
        int y = i / DIGIT_SIDE;
        assert_true(in->importance[i] > -1e-3f);
        *(y >= 4 && y < 10 ? &inside : &outside) += (double)in->importance[i];
        if (y > 13)
            assert_float_equal(in->importance[i], 0, 1e-3);
    }
    assert_true(inside > 4 * outside && inside > 1);
    inspect_occlude_begin(in, model, image, 1); /* and for the other class it is the other way round */
    while (!inspect_occlude_step(in, model))
        ;
    for (int i = 0; i < DIGIT_PIXELS; i++)
        assert_true(in->importance[i] < 1e-3f);
    inspect_free(in);
    nn_model_free(model);
}

static void a_network_without_layers_to_show_is_shown_too(void **state)
{
    (void)state;
    nn_model *model = net_model("input 28 28 1\nconv 10 28 padding=valid\nsoftmax\n", 1);
    inspect *in;
    inspect_vote votes[4];
    assert_true(inspect_new(&in, model, &err));
    inspect_read(in, model, image);
    assert_int_equal(in->n_layers, 1);
    assert_int_equal(inspect_votes(in, model, 0, 1, votes, 4), 0); /* the last layer is no dense one */
    inspect_free(in);
    nn_model_free(model);
}

static bool make_and_free(void *ctx, nn_error *e)
{
    inspect *in;
    bool ok = inspect_new(&in, ctx, e);
    inspect_free(in);
    return ok;
}

static void running_out_of_memory_leaves_nothing(void **state)
{
    (void)state;
    nn_model *model = net_model(net, 4);
    assert_true(faults_try_all("inspect", &(fault_case){.run = make_and_free, .ctx = model}) > 0);
    nn_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layers_are_what_computes_something_new),
        cmocka_unit_test(what_the_network_gets_is_shown),
        cmocka_unit_test(maps_are_the_activations),
        cmocka_unit_test_setup(pictures_of_features_show_what_raised_them, draw_image),
        cmocka_unit_test(features_are_known_by_node_and_layer),
        cmocka_unit_test(filters_change_with_the_network_alone),
        cmocka_unit_test(a_few_maps_stand_for_a_layer),
        cmocka_unit_test(votes_add_up),
        cmocka_unit_test(votes_of_a_sum_add_up),
        cmocka_unit_test(importance_finds_the_pixels_that_count),
        cmocka_unit_test(a_network_without_layers_to_show_is_shown_too),
        cmocka_unit_test(running_out_of_memory_leaves_nothing),
    };
    return cmocka_run_group_tests_name("inspect", tests, draw_image, NULL);
}
