/* Receptive fields: by hand where that is easy, and against what the network really reacts to. */
#include "nn/receptive.h"
#include "support/nets.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void assert_region(nn_region r, int x0, int y0, int x1, int y1)
{
    assert_int_equal(r.x0, x0);
    assert_int_equal(r.y0, y0);
    assert_int_equal(r.x1, x1);
    assert_int_equal(r.y1, y1);
}

static void known_networks_have_known_fields(void **state)
{
    (void)state;
    nn_plan *plan =
        net_parse("input 28 28 1\nconv 4 3\nrelu\nconv 4 5 width=3\nmaxpool 2\nconv 4 3 stride=2 padding=valid\n"
                  "flatten\ndense 10\nsoftmax\n");
    assert_region(nn_receptive_field(plan, 0, 0, 0), 0, 0, 2, 2);
    assert_region(nn_receptive_field(plan, 1, 27, 5), 26, 4, 28, 7);
    assert_region(nn_receptive_field(plan, 2, 10, 10), 8, 7, 13, 14);
    assert_region(nn_receptive_field(plan, 3, 5, 5), 8, 7, 14, 15);
    assert_region(nn_receptive_field(plan, 4, 1, 0), 2, 0, 12, 9);
    assert_region(nn_receptive_field(plan, 6, 0, 0), 0, 0, 28, 28);
    nn_plan_free(plan);
}

static void padding_and_dilation_move_the_field(void **state)
{
    (void)state;
    nn_plan *plan = net_parse("input 28 28 1\nconv 2 3 stride=2 padding=1\nconv 2 3 dilation=2,3 padding=0,1,4,5\n"
                              "maxpool 3 2 padding=2,0,1,0\navgpool all\nflatten\ndense 2\nsoftmax\n");
    assert_region(nn_receptive_field(plan, 0, 5, 0), 9, 0, 12, 2);
    assert_region(nn_receptive_field(plan, 1, 4, 3), 5, 5, 20, 16); /* rows 3 to 7, columns 3 to 9 of the first */
    assert_region(nn_receptive_field(plan, 2, 1, 1), 1, 0, 20, 14); /* rows 0 to 2, columns 2 to 4 of the second */
    assert_region(nn_receptive_field(plan, 3, 0, 0), 0, 0, 28, 28);
    nn_plan_free(plan);
}

/* Away from the border it is the middle of the field. */
static void the_centre_is_in_the_middle_of_the_field(void **state)
{
    (void)state;
    nn_plan *plan = net_parse("input 28 28 1\nconv 4 3 padding=valid\nrelu\nmaxpool 2\nconv 4 5 width=3 dilation=1,2\n"
                              "conv 4 3 stride=2 padding=1,0,1,2\nflatten\ndense 10\nsoftmax\n");
    const int nodes[] = {0, 2, 3, 4};
    for (size_t i = 0; i < sizeof nodes / sizeof nodes[0]; i++)
        for (int k = 0; k < 2; k++) {
            int x = plan->node[nodes[i]].out.w / 2 - k, y = plan->node[nodes[i]].out.h / 2;
            nn_region r = nn_receptive_field(plan, nodes[i], x, y);
            float centre[2];
            nn_receptive_centre(plan, nodes[i], (float)x, (float)y, centre);
            assert_true(r.x0 > 0 && r.y0 > 0 && r.x1 < 28 && r.y1 < 28);
            assert_float_equal(centre[0], 0.5f * (float)(r.x0 + r.x1), 1e-5);
            assert_float_equal(centre[1], 0.5f * (float)(r.y0 + r.y1), 1e-5);
        }
    float all[2];
    nn_receptive_centre(plan, 6, 0, 0, all);
    assert_float_equal(all[0], 14, 0);
    nn_plan_free(plan);
}

/* What moves values about may bring them from anywhere, also where maps keep their size. */
static void what_is_rearranged_sees_all(void **state)
{
    (void)state;
    nn_plan *plan = net_parse("input 8 8 1\nconv 2 3\npermute 2 1 3\nconv 2 3\nflatten\ndense 2\nsoftmax\n");
    float centre[2];
    assert_region(nn_receptive_field(plan, 0, 6, 1), 5, 0, 8, 3);
    assert_region(nn_receptive_field(plan, 1, 6, 1), 0, 0, 8, 8);
    assert_region(nn_receptive_field(plan, 2, 6, 1), 0, 0, 8, 8);
    nn_receptive_centre(plan, 2, 6, 1, centre);
    assert_true(centre[0] == 4 && centre[1] == 4);
    nn_plan_free(plan);
}

/* However far a chain of windows would reach. */
static void no_field_is_larger_than_the_image(void **state)
{
    (void)state;
    char text[2048] = "input 1 1 1\n";
    for (int i = 0; i < 40; i++)
        strcat(text, "conv 1 64 stride=64\n");
    strcat(text, "flatten\ndense 2\nsoftmax\n");
    nn_plan *plan = net_parse(text);
    for (int i = 0; i < 40; i++)
        assert_region(nn_receptive_field(plan, i, 0, 0), 0, 0, 1, 1);
    nn_plan_free(plan);
}

/* Two inputs: their fields together. A gate of one value for each channel has the same field everywhere. */
static void two_inputs_see_what_both_see(void **state)
{
    (void)state;
    nn_plan *plan =
        net_parse("input 9 8 1\na: conv 2 3\nconv 3 1 width=5 from=input\nconcat a\nc: conv 2 1\n"
                  "conv 2 5 padding=valid stride=9 from=input\nmul conv4 from=c\nflatten\ndense 2\nsoftmax\n");
    assert_region(nn_receptive_field(plan, 2, 4, 4), 2, 3, 7, 6);
    assert_region(nn_receptive_field(plan, 5, 4, 4), 0, 0, 7, 6);
    assert_region(nn_receptive_field(plan, 5, 7, 8), 0, 0, 8, 9);
    nn_plan_free(plan);
}

/* Winograd's tiles are wider than the windows: what cancels out there leaves some rounding, where sums are fused. */
static bool reacts(float before, float after)
{
    return fabsf(after - before) > 1e-5f;
}

/* Every pixel of the image is changed in turn: outputs may change only where the pixel lies in their field, and
 * somewhere one at the very edge of its field does. */
static void outputs_react_to_their_field_only(void **state)
{
    (void)state;
    enum { SIDE = TOY_SIDE, PIXELS = TOY_PIXELS, MOST = PIXELS * 8 };
    nn_model *model = net_model(
        "input 12 12 1\nconv 4 3 padding=2,0,0,2\ntrunk: conv 4 3 dilation=2\nconv 4 3\nadd trunk\navgpool 2\nconv 5 2 "
        "padding=1,0,0,1 stride=2\nflatten\ndense 4\nsoftmax\n",
        3);
    nn_work *work;
    nn_error err;
    assert_true(nn_work_new(&work, model->plan, 1, NN_ACTIVATIONS, &err));
    float image[PIXELS], before[MOST], probability[NN_MAX_CLASSES];
    uint64_t dice = 1;
    int reacted = 0, node = 5; /* behind all windows */
    nn_shape out = model->plan->node[node].out;
    random_fill(&dice, image, PIXELS, 0, 1);
    nn_predict(work, model, image, 1, probability);
    memcpy(before, nn_work_output(work, node), (size_t)(out.h * out.w * out.c) * sizeof(float));
    for (int pixel = 0; pixel < PIXELS; pixel++) {
        float was = image[pixel];
        image[pixel] += 1;
        nn_predict(work, model, image, 1, probability);
        image[pixel] = was;
        const float *after = nn_work_output(work, node);
        for (int i = 0; i < out.h * out.w * out.c; i++) {
            int place = i / out.c, x = pixel % SIDE, y = pixel / SIDE;
            nn_region r = nn_receptive_field(model->plan, node, place % out.w, place / out.w);
            bool inside = x >= r.x0 && x < r.x1 && y >= r.y0 && y < r.y1, corner = x == r.x0 && y == r.y0;
            if (reacts(before[i], after[i]))
                assert_true(inside);
            reacted += corner && reacts(before[i], after[i]);
        }
    }
    assert_true(reacted > 0);
    nn_work_free(work);
    nn_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_networks_have_known_fields),
        cmocka_unit_test(padding_and_dilation_move_the_field),
        cmocka_unit_test(the_centre_is_in_the_middle_of_the_field),
        cmocka_unit_test(what_is_rearranged_sees_all),
        cmocka_unit_test(no_field_is_larger_than_the_image),
        cmocka_unit_test(two_inputs_see_what_both_see),
        cmocka_unit_test(outputs_react_to_their_field_only),
    };
    return cmocka_run_group_tests_name("receptive", tests, NULL, NULL);
}
