/* What turns an answer, and what a network dreams of: against what can be computed by hand of a linear network. */
#include "app/core/made/synth.h"
#include "app/core/model/models.h"
#include "app/core/probe/dots.h"
#include "app/core/probe/dream.h"
#include "support/faults.h"
#include "support/nets.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const char linear[] = "input 28 28 1\nflatten\ndense 10\nsoftmax\n";
static const char deep[] = "input 28 28 1\nconv 6 3\nbatchnorm\nrelu\nmaxpool 2\nflatten\ndense 10\nsoftmax\n";

static nn_error err;
static nn_model *model;
static slope_nets nets; /* it, or it and another one */
static slope *net;
static float image[DIGIT_PIXELS];
static sketch drawing;

static void use_model(void)
{
    nets = (slope_nets){{model}, 1};
    assert_true(slope_new(&net, &nets, &err));
    assert_true(slope_fits(net, &nets));
    for (int i = 0; i < DIGIT_PIXELS; i++)
        image[i] = 0.5f;
    synth_digit(&drawing, 2, 9);
}

static void use(const char *text)
{
    model = net_model(text, 3);
    model->convention = (nn_convention){.std = 1};
    use_model();
}

/* One that has learned to read. */
static void use_shipped(void)
{
    static paths where;
    paths_find(&where, NULL);
    assert_true(models_open(&model, &where, "deploy", &err));
    use_model();
}

static int done(void **state)
{
    (void)state;
    slope_free(net);
    nn_model_free(model);
    return 0;
}

/* Of a network that reads smaller pictures in colours, whose digit is resized and repeated. */
static void slopes_lead_back_to_the_digit(void **state)
{
    (void)state;
    const float h = 0.25f;
    float gradient[DIGIT_PIXELS];
    use("input 20 20 3\nflatten\ndense 10\nsoftmax\n");
    model->convention = (nn_convention){.mean = 0.2f, .std = -0.4f, .transposed = true};
    slope_read(net, &nets, image);
    slope_of_odds(net, &nets, 4, gradient);
    for (int i = 0; i < DIGIT_PIXELS; i += 13) {
        float odds[2];
        for (int side = 0; side < 2; side++) {
            image[i] = 0.5f + (side ? h : -h) * 0.1f;
            slope_read(net, &nets, image);
            odds[side] = slope_odds(net, 4);
        }
        image[i] = 0.5f;
        assert_float_equal((odds[1] - odds[0]) / (0.2f * h), gradient[i], 2e-3);
    }
}

static float length(const float *v)
{
    double sum = 0;
    for (int i = 0; i < DIGIT_PIXELS; i++)
        sum += (double)v[i] * (double)v[i];
    return (float)sqrt(sum);
}

static void run(fool *f, int wanted)
{
    fool_begin(f, net, &nets, image, wanted);
    while (f->state == FOOL_GOING)
        fool_step(f, net, &nets);
}

/* How far the border with a class is, by the weights themselves. */
static float distance_to(int from, int to)
{
    double square = 0;
    const float *kernel = model->weights + model->plan->param[1].offset;
    int classes = model->plan->classes;
    assert_string_equal(model->plan->param[1].name, "dense1.kernel");
    slope_read(net, &nets, image);
    for (int i = 0; i < DIGIT_PIXELS; i++)
        square += pow((double)kernel[i * classes + to] - (double)kernel[i * classes + from], 2);
    return (net->logit[from] - net->logit[to]) / (float)sqrt(square);
}

/* Of two classes the border is a plane, and the smallest change leads straight to it. */
static void the_smallest_change_of_a_linear_network_is_found(void **state)
{
    (void)state;
    fool f;
    float changed[DIGIT_PIXELS];
    use("input 28 28 1\nflatten\ndense 2\nsoftmax\n");
    run(&f, FOOL_ANY);
    assert_int_equal(f.state, FOOL_FOUND);
    assert_int_equal(f.turned, 1 - f.answer);
    float nearest = distance_to(f.answer, f.turned);
    assert_true(length(f.change) > 0.99f * nearest && length(f.change) < 1.02f * nearest);
    assert_float_equal(f.size, length(f.change) / length(image), 1e-4);
    fool_image(&f, changed);
    assert_int_equal(slope_read(net, &nets, changed), f.turned);
    assert_float_equal(net->probability[f.turned], f.probability, 1e-6);
}

/* Of many, it ends where one is as likely as all others together: behind the border with the answer. The change lies along
 * the slope there, as that of the smallest one does. */
static void it_ends_where_one_class_is_half(void **state)
{
    (void)state;
    fool f;
    float changed[DIGIT_PIXELS], gradient[DIGIT_PIXELS];
    double along = 0;
    use(linear);
    run(&f, FOOL_ANY);
    assert_int_equal(f.state, FOOL_FOUND);
    assert_true(length(f.change) >= distance_to(f.answer, f.turned));
    fool_image(&f, changed);
    slope_read(net, &nets, changed);
    assert_true(slope_odds(net, f.turned) >= 0 && slope_odds(net, f.turned) < 0.05f);
    slope_of_odds(net, &nets, f.turned, gradient);
    for (int i = 0; i < DIGIT_PIXELS; i++)
        along += (double)gradient[i] * (double)f.change[i];
    assert_true(along > 0.9 * (double)length(gradient) * (double)length(f.change));
}

static void any_class_can_be_wanted_and_pixels_stay_in_range(void **state)
{
    (void)state;
    fool f;
    digit page;
    use(deep);
    digit_from_ink(&page, &drawing.ink, &digit_defaults);
    int top = slope_read(net, &nets, page.image), found = 0;
    for (int wanted = 0; wanted < 10; wanted++) {
        float changed[DIGIT_PIXELS];
        fool_begin(&f, net, &nets, page.image, wanted);
        assert_int_equal(f.state, wanted == top ? FOOL_IDLE : FOOL_GOING);
        while (f.state == FOOL_GOING)
            fool_step(&f, net, &nets);
        fool_image(&f, changed);
        for (int i = 0; i < DIGIT_PIXELS; i++)
            assert_true(changed[i] >= 0 && changed[i] <= 1);
        found += f.state == FOOL_FOUND && slope_read(net, &nets, changed) == wanted;
    }
    assert_true(found >= 7);
}

/* A network whose answer no picture changes. */
static void what_cannot_be_fooled_is_given_up(void **state)
{
    (void)state;
    fool f;
    use(linear);
    memset(model->weights + model->plan->param[1].offset, 0, model->plan->param[1].count * sizeof(float));
    nn_model_changed(model);
    fool_begin(&f, net, &nets, image, FOOL_ANY);
    while (f.state == FOOL_GOING)
        fool_step(&f, net, &nets);
    assert_int_equal(f.state, FOOL_FAILED);
}

/* ---- dots -------------------------------------------------------------------------------------------------------- */

static void dots_turn_what_is_read_of_the_ink(void **state)
{
    (void)state;
    dots d;
    digit page;
    use_shipped();
    assert_true(dots_begin(&d, net, &nets, &drawing.ink, &digit_defaults, FOOL_ANY, &err));
    while (d.state == FOOL_GOING)
        assert_true(dots_step(&d, net, &nets, &err));
    assert_int_equal(d.state, FOOL_FOUND);
    assert_true(d.count > 0);
    assert_int_equal(d.ink.done, drawing.ink.done + d.count);
    digit_from_ink(&page, &d.ink, &digit_defaults);
    assert_int_equal(slope_read(net, &nets, page.image), d.turned);
    assert_int_not_equal(d.turned, d.answer);
    for (int i = 0; i < d.count; i++)
        assert_true(d.dot[i].x >= 0 && d.dot[i].x <= INK_CANVAS && d.dot[i].width > 5 && d.dot[i].width < 120);
    dots_free(&d);
    sketch_begin(&drawing);
    assert_true(dots_begin(&d, net, &nets, &drawing.ink, &digit_defaults, FOOL_ANY, &err));
    assert_int_equal(d.state, FOOL_IDLE);
    dots_free(&d);
}

/* ---- dreams ------------------------------------------------------------------------------------------------------ */

static void a_dream_is_ever_surer_and_the_same_for_a_seed(void **state)
{
    (void)state;
    static dream a, b, c;
    use_shipped();
    dream_begin(&a, net, &nets, 6, 1);
    float before = slope_odds(net, 6);
    while (a.step < DREAM_STEPS)
        dream_step(&a, net, &nets);
    assert_int_equal(slope_read(net, &nets, a.image), 6);
    assert_float_equal(a.probability, net->probability[6], 1e-6);
    assert_true(a.probability > 0.9f && slope_odds(net, 6) > before + 1);
    dream_begin(&b, net, &nets, 6, 1);
    dream_begin(&c, net, &nets, 6, 2);
    while (b.step < DREAM_STEPS) {
        dream_step(&b, net, &nets);
        dream_step(&c, net, &nets);
    }
    assert_memory_equal(a.image, b.image, sizeof a.image);
    assert_memory_not_equal(a.image, c.image, sizeof a.image);
}

/* ---- several networks -------------------------------------------------------------------------------------------- */

/* Of the mean of their probabilities: against differences, and the same as a single one for twins. */
static void several_answer_by_their_mean(void **state)
{
    (void)state;
    const float h = 0.01f;
    float gradient[DIGIT_PIXELS], p[2][NN_MAX_CLASSES], odds[2];
    use(linear);
    slope_free(net);
    nn_model *other = net_model(linear, 8);
    other->temperature = 0.4f;
    model->temperature = 1.7f;
    nets = (slope_nets){{model, other}, 2};
    assert_true(slope_new(&net, &nets, &err));
    for (int i = 0; i < 2; i++) {
        slope *one;
        slope_nets alone = {{nets.model[i]}, 1};
        assert_true(slope_new(&one, &alone, &err));
        slope_read(one, &alone, image);
        memcpy(p[i], one->probability, sizeof p[i]);
        slope_free(one);
    }
    int top = slope_read(net, &nets, image);
    for (int c = 0; c < net->classes; c++)
        assert_float_equal(net->probability[c], (p[0][c] + p[1][c]) / 2, 1e-5);
    assert_float_equal(slope_odds(net, top), logf(net->probability[top] / (1 - net->probability[top])), 1e-3);
    slope_of_odds(net, &nets, top, gradient);
    for (int i = 0; i < DIGIT_PIXELS; i += 29) {
        for (int side = 0; side < 2; side++) {
            image[i] = 0.5f + (side ? h : -h);
            slope_read(net, &nets, image);
            odds[side] = slope_odds(net, top);
        }
        image[i] = 0.5f;
        assert_float_equal(gradient[i], (odds[1] - odds[0]) / (2 * h), 2e-2f * fabsf(gradient[i]) + 5e-3f);
    }
    nn_model_free(other);
}

/* ---- memory ------------------------------------------------------------------------------------------------------ */

static bool dot_once(void *ctx, nn_error *e)
{
    (void)ctx;
    slope *mine;
    dots d;
    if (!slope_new(&mine, &nets, e))
        return false;
    bool ok = dots_begin(&d, mine, &nets, &drawing.ink, &digit_defaults, FOOL_ANY, e);
    while (ok && d.state == FOOL_GOING)
        ok = dots_step(&d, mine, &nets, e);
    dots_free(&d);
    slope_free(mine);
    return ok;
}

static void without_memory_it_fails_cleanly(void **state)
{
    (void)state;
    use(linear);
    const fault_case test = {.run = dot_once};
    assert_true(faults_try_all("dots", &test) > 5);
}

#define TEST(function) cmocka_unit_test_teardown(function, done)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(slopes_lead_back_to_the_digit),
        TEST(the_smallest_change_of_a_linear_network_is_found),
        TEST(it_ends_where_one_class_is_half),
        TEST(any_class_can_be_wanted_and_pixels_stay_in_range),
        TEST(what_cannot_be_fooled_is_given_up),
        TEST(dots_turn_what_is_read_of_the_ink),
        TEST(a_dream_is_ever_surer_and_the_same_for_a_seed),
        TEST(several_answer_by_their_mean),
        TEST(without_memory_it_fails_cleanly),
    };
    return cmocka_run_group_tests_name("fooling a network", tests, NULL, NULL);
}
