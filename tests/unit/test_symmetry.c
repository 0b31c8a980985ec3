/* test_symmetry.c - weights that are used more than once. Filters that are each other's images: an image that is turned
 * or mirrored gives the same maps, turned and mirrored, in another order; written out they answer the same; they stay
 * tied whatever is done to the network. So do layers with one another's weights. */
#include "nn/cut.h"
#include "nn/expand.h"
#include "nn/fold.h"
#include "nn/op.h"
#include "nn/prune.h"
#include "nn/symmetry.h"
#include "support/nets.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { SIDE = 9, PIXELS = SIDE * SIDE, MOST_CHANNELS = 24 };
static nn_error err;

/* Every way to compute a convolution: filters of one channel, 1x1, few channels, and 3x3 of whole vectors. */
static const char eightfold[] =
    "input 9 9 1\nconv 24 3 symmetry=8\nbatchnorm symmetry=8\nrelu\nconv 24 3 groups=24 symmetry=8\nconv 16 1 "
    "symmetry=8\n"
    "batchnorm symmetry=8\nconv 16 3 symmetry=8\nrelu\nlast: conv 8 5 symmetry=8\nflatten\ndense 3\nsoftmax\n";
static const char fourfold[] =
    "input 9 9 1\nconv 8 3 symmetry=4\nbatchnorm symmetry=4\nrelu\nconv 16 3 symmetry=4\nconv 16 3 symmetry=4\n"
    "last: conv 4 1 symmetry=4\nflatten\ndense 3\nsoftmax\n";

/* A block that is gone through three times, each with a batchnorm of its own. */
static const char again[] =
    "input 9 9 1\nconv 16 3 symmetry=8\nbatchnorm symmetry=8\nrelu\nconv 16 3 groups=16 symmetry=8\nconv 16 1 "
    "symmetry=8\n"
    "batchnorm symmetry=8\nrelu\nconv 16 3 groups=16 symmetry=8 weights=conv2\nconv 16 1 symmetry=8 weights=conv3\n"
    "batchnorm symmetry=8\nrelu\nconv 16 3 groups=16 symmetry=8 weights=conv4\nlast: conv 16 1 symmetry=8 "
    "weights=conv5\n"
    "batchnorm symmetry=8\navgpool all\nflatten\ndense 3\nsoftmax\n";

/* ---- turned images ---- */

/* Where pixel i goes when the image is mirrored (from element 4 on), then turned element % 4 times. */
static int moved(int element, int i)
{
    int y = i / SIDE, x = i % SIDE;
    if (element >= 4)
        x = SIDE - 1 - x;
    for (int turn = 0; turn < element % 4; turn++) {
        int row = x;
        x = SIDE - 1 - y;
        y = row;
    }
    return y * SIDE + x;
}

static nn_shape read_maps(const nn_model *model, const float *image, float maps[PIXELS * MOST_CHANNELS])
{
    nn_work *work;
    float answer[NN_MAX_CLASSES];
    int node = 0;
    assert_true(nn_work_new(&work, model->plan, 1, NN_ACTIVATIONS, &err));
    nn_predict(work, model, image, 1, answer);
    while (strcmp(model->plan->node[node].name, "last") != 0)
        node++;
    nn_shape shape = model->plan->node[node].out;
    memcpy(maps, nn_work_output(work, node), (size_t)(shape.h * shape.w * shape.c) * sizeof *maps);
    nn_work_free(work);
    return shape;
}

/* Whether channel a of some maps, moved, is channel b of others. */
static bool is_moved(int element, const float *maps, int a, const float *others, int b, int channels)
{
    for (int i = 0; i < PIXELS; i++)
        if (fabsf(maps[i * channels + a] - others[moved(element, i) * channels + b]) > 1e-4f)
            return false;
    return true;
}

/* How many of the channels are found, moved, among those of the moved image. */
static int channels_found(const nn_model *model, int element)
{
    float image[PIXELS], other[PIXELS], maps[PIXELS * MOST_CHANNELS], others[PIXELS * MOST_CHANNELS];
    uint64_t dice = 5;
    random_fill(&dice, image, PIXELS, 0, 1);
    for (int i = 0; i < PIXELS; i++)
        other[moved(element, i)] = image[i];
    nn_shape shape = read_maps(model, image, maps);
    read_maps(model, other, others);
    int found = 0;
    for (int a = 0; a < shape.c; a++)
        for (int b = 0; b < shape.c; b++)
            found += is_moved(element, maps, a, others, b, shape.c);
    return found;
}

static void test_turned_and_mirrored_images_give_turned_and_mirrored_maps(void **state)
{
    (void)state;
    nn_model *model = net_model(eightfold, 3);
    for (int element = 0; element < 8; element++)
        assert_int_equal(channels_found(model, element), 8);
    nn_model_free(model);
}

static void test_turns_alone(void **state)
{
    (void)state;
    nn_model *model = net_model(fourfold, 4);
    for (int element = 0; element < 8; element++)
        assert_int_equal(channels_found(model, element), element < 4 ? 4 : 0);
    nn_model_free(model);
}

/* ---- what is stored ---- */

static void test_each_weight_has_as_many_places_as_the_order_says(void **state)
{
    (void)state;
    nn_plan *plan = net_parse(eightfold);
    for (int i = 0; i < plan->n_nodes; i++) {
        nn_symmetry s = nn_symmetry_of(&plan->node[i]);
        if (s.order == 1 || plan->node[i].op->kind != NN_LINEAR)
            continue;
        size_t count = plan->param[plan->node[i].param[0]].count;
        int *places = test_calloc(count, sizeof *places);
        for (size_t k = 0; k < count * 8; k++) {
            assert_true(nn_symmetry_stored(&s, k) < count);
            places[nn_symmetry_stored(&s, k)]++;
        }
        for (size_t k = 0; k < count; k++)
            assert_int_equal(places[k], 8);
        test_free(places);
    }
    nn_plan_free(plan);
}

static void expect_same_answers(const nn_model *a, const nn_model *b)
{
    float image[PIXELS], p[NN_MAX_CLASSES], q[NN_MAX_CLASSES];
    uint64_t dice = 6;
    const nn_model *models[] = {a, b};
    float *answers[] = {p, q};
    random_fill(&dice, image, PIXELS, 0, 1);
    for (int i = 0; i < 2; i++) {
        nn_work *work;
        assert_true(nn_work_new(&work, models[i]->plan, 1, NN_ANSWERS, &err));
        nn_predict(work, models[i], image, 1, answers[i]);
        nn_work_free(work);
    }
    for (int i = 0; i < a->plan->classes; i++)
        assert_float_equal(p[i], q[i], 1e-5);
}

static void test_written_out_it_answers_the_same(void **state)
{
    (void)state;
    static const char *const texts[] = {eightfold, fourfold, again};
    for (int i = 0; i < 3; i++) {
        nn_model *model = net_model(texts[i], 3), *expanded;
        model->temperature = 1.5f;
        model->scale[0] = 0.25f;
        assert_true(nn_is_shared(model->plan));
        assert_true(nn_expand(&expanded, model, &err));
        assert_false(nn_is_shared(expanded->plan));
        assert_true(expanded->plan->floats > model->plan->floats);
        assert_true(expanded->scale[0] == 0.25f && expanded->temperature == 1.5f);
        expect_same_answers(model, expanded);
        nn_model_free(expanded);
        nn_model_free(model);
    }
}

/* Folded, a network answers the same and still shares, with so many floats less. */
static void expect_folded(const char *text, size_t gone)
{
    nn_model *model = net_model(text, 3), *folded;
    assert_true(nn_fold(&folded, model, &err));
    assert_int_equal(folded->plan->floats, model->plan->floats - gone);
    assert_true(nn_is_shared(folded->plan));
    expect_same_answers(model, folded);
    nn_model_free(folded);
    nn_model_free(model);
}

static void test_folded_it_answers_the_same(void **state)
{
    (void)state;
    expect_folded(eightfold, 4 * (3 + 2));
}

static void test_layers_that_share_keep_their_batchnorms_as_scales(void **state)
{
    (void)state;
    enum { STEM = 9 * 2 + 2, BLOCK = 9 * 2 + 2 + 16 * 2 + 2, END = 16 * 3 + 3, KERNELS = 2 };
    nn_plan *plan = net_parse(again);
    assert_int_equal(plan->floats, STEM + BLOCK + END + 4 * 4 * KERNELS);
    nn_plan_free(plan);
    expect_folded(again, 4 * 4 * KERNELS - 3 * 2 * KERNELS);
}

/* A batchnorm of its own for each channel cannot go into a kernel that they share: it becomes a scale. */
static void test_other_batchnorms_are_not_folded(void **state)
{
    (void)state;
    expect_folded(
        "input 9 9 1\nconv 8 3 symmetry=8\nbatchnorm\nconv 8 3\nbatchnorm symmetry=8\nflatten\ndense 3\nsoftmax\n",
        2 * (8 + 1));
}

static void test_other_changes_leave_it_alone(void **state)
{
    (void)state;
    nn_model *model = net_model(eightfold, 3), *smaller;
    assert_false(nn_prune(&smaller, model, 0.5, &err));
    assert_string_equal(err.text, "layer conv1 cannot be pruned: it shares weights");
    int head = nn_cut_place(model->plan, 3);
    assert_string_equal(model->plan->node[head].name, "last");
    nn_model_free(model);
}

/* ---- what cannot be ---- */

static void test_what_cannot_share(void **state)
{
    (void)state;
    static const struct {
        const char *line, *error;
    } cases[] = {
        {"conv 6 3 symmetry=8", "line 2: symmetry 8 must divide 6 channels"},
        {"conv 6 3 symmetry=2", "line 2: symmetry must be 1, 4 (turns) or 8 (and mirror images), not 2"},
        {"conv 8 3 width=2 symmetry=8",
         "line 2: symmetry needs a square kernel, and as many groups as channels and filters, or one"},
        {"conv 8 3 groups=2 symmetry=4",
         "line 2: symmetry needs a square kernel, and as many groups as channels and filters, or one"},
        {"batchnorm symmetry=8", "line 2: symmetry 8 must divide 4 channels"},
        {"conv 4 3\nconv 4 3 weights=conv2", "line 3: no earlier layer is called 'conv2'"},
        {"conv 4 3\nconv 4 1 weights=conv1", "line 3: the weights of conv1 have another shape"},
        {"conv 4 3\nrelu weights=conv1", "line 3: relu has no weights"},
        {"batchnorm\nbatchnorm weights=batchnorm1",
         "line 3: only convolutions and dense layers can have another one's weights"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[200];
        nn_plan *plan;
        snprintf(text, sizeof text, "input 9 9 4\n%s\nflatten\ndense 3\nsoftmax\n", cases[i].line);
        assert_false(nn_plan_parse(&plan, text, strlen(text), &err));
        assert_string_equal(err.text, cases[i].error);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_turned_and_mirrored_images_give_turned_and_mirrored_maps),
        cmocka_unit_test(test_turns_alone),
        cmocka_unit_test(test_each_weight_has_as_many_places_as_the_order_says),
        cmocka_unit_test(test_written_out_it_answers_the_same),
        cmocka_unit_test(test_folded_it_answers_the_same),
        cmocka_unit_test(test_layers_that_share_keep_their_batchnorms_as_scales),
        cmocka_unit_test(test_other_batchnorms_are_not_folded),
        cmocka_unit_test(test_other_changes_leave_it_alone),
        cmocka_unit_test(test_what_cannot_share),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
