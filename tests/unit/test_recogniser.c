/* The recogniser: answers in the contract's terms, models that do not fit, running out of memory. */
#include "app/core/model/recogniser.h"
#include "support/faults.h"
#include "support/nets.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char digits_net[] = "input 28 28 1\nflatten\ndense 10\nsoftmax\n";

static digit bar;
static answer result;
static nn_error err;

static void draw_bar(void)
{
    ink line;
    ink_init(&line);
    ink_point ends[] = {{300, 100, NAN, 1}, {300, 500, NAN, 1}};
    assert_true(ink_add(&line, INK_PEN, 30, ends, 2));
    digit_from_ink(&bar, &line, &digit_defaults);
    ink_free(&line);
}

static recogniser *make(const char *net)
{
    recogniser *r;
    nn_model *model = net_model(net, 5);
    assert_non_null(model);
    assert_true(recogniser_new(&r, model, &err));
    assert_ptr_equal(recogniser_model(r), model);
    return r;
}

static void an_answer_is_the_best_guess(void **state)
{
    (void)state;
    recogniser *r = make(digits_net);
    draw_bar();
    recogniser_read(r, &bar, &result);
    assert_int_equal(result.classes, 10);
    float sum = 0;
    for (int i = 0; i < 10; i++) {
        sum += result.probability[i];
        assert_true(result.probability[i] <= result.confidence);
    }
    assert_float_equal(sum, 1, 1e-5);
    assert_float_equal(result.confidence, result.probability[result.digit], 0);
    assert_string_equal(result.text, recogniser_model(r)->label[result.digit]);
    assert_true(result.infer_us > 0);
    recogniser_free(r);
}

/* What a view shows may be of the model before, until it is asked again. */
static void an_answer_outlives_its_model(void **state)
{
    (void)state;
    nn_model *model = net_model(digits_net, 5);
    recogniser *r;
    char said[NN_NAME];
    assert_true(recogniser_new(&r, model, &err));
    draw_bar();
    recogniser_read(r, &bar, &result);
    snprintf(said, sizeof said, "%s", result.text);
    for (int i = 0; i < model->n_labels; i++)
        snprintf(model->label[i], sizeof model->label[i], "gone");
    assert_string_equal(result.text, said);
    recogniser_free(r);
}

static void an_empty_canvas_claims_nothing(void **state)
{
    (void)state;
    recogniser *r = make(digits_net);
    memset(&bar, 0, sizeof bar);
    bar.empty = true;
    memset(&result, 0x5a, sizeof result);
    recogniser_read(r, &bar, &result);
    assert_int_equal(result.digit, -1);
    assert_string_equal(result.text, "");
    assert_float_equal(result.confidence, 0, 0);
    assert_int_equal(result.classes, 0);
    assert_false(result.unsure);
    recogniser_free(r);
}

static void unsure_is_a_flag_only(void **state)
{
    (void)state;
    nn_model *model = net_model(digits_net, 5);
    recogniser *r;
    assert_true(recogniser_new(&r, model, &err));
    draw_bar();
    model->unsure_threshold = 0;
    recogniser_read(r, &bar, &result);
    int sure = result.digit;
    assert_false(result.unsure);
    model->unsure_threshold = 1.01f;
    recogniser_read(r, &bar, &result);
    assert_true(result.unsure);
    assert_int_equal(result.digit, sure);
    recogniser_free(r);
}

static void other_inputs_do_not_fit(void **state)
{
    static const char *const nets[] = {
        "input 28 28 2\nflatten\ndense 10\nsoftmax\n", "input 28 30 1\nflatten\ndense 10\nsoftmax\n",
        "input 7 7 1\nflatten\ndense 10\nsoftmax\n", "input 65 65 1\nflatten\ndense 10\nsoftmax\n"};
    (void)state;
    for (size_t i = 0; i < sizeof nets / sizeof *nets; i++) {
        recogniser *r;
        assert_false(recogniser_new(&r, net_model(nets[i], 5), &err));
        assert_int_equal(err.code, NN_USAGE);
        assert_null(r);
    }
}

/* A network that looks at one pixel of a smaller or larger image sees what lies there in the digit. */
static void other_sides_see_the_same_digit(void **state)
{
    static const int sides[] = {8, 14, 28, 32, 56, 64};
    (void)state;
    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++) {
        char text[96];
        int side = sides[i], half = side / 2;
        recogniser *r;
        for (int k = 0; k < DIGIT_PIXELS; k++) /* the lower half is ink */
            bar.image[k] = k / DIGIT_SIDE >= DIGIT_SIDE / 2;
        snprintf(text, sizeof text, "input %d %d 1\nflatten\ndense 2\nsoftmax\n", side, side);
        nn_model *model = net_model(text, 5);
        memset(model->weights, 0, model->plan->floats * sizeof *model->weights);
        for (int y = 0; y < side; y++) /* class 0: the upper half, class 1: the lower */
            for (int x = 0; x < side; x++)
                model->weights[(y * side + x) * 2 + (y >= half)] = 1;
        nn_model_changed(model);
        assert_true(recogniser_new(&r, model, &err));
        recogniser_read(r, &bar, &result);
        assert_int_equal(result.digit, 1);
        assert_true(result.confidence > 0.99f);
        recogniser_free(r);
    }
}

/* A network that asks of each channel another part of the image finds the digit in all of them. */
static void colours_are_three_times_the_digit(void **state)
{
    static const int sides[] = {28, 32};
    (void)state;
    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++) {
        char text[96];
        int side = sides[i], pixels = side * side;
        recogniser *r;
        for (int k = 0; k < DIGIT_PIXELS; k++)
            bar.image[k] = k / DIGIT_SIDE >= DIGIT_SIDE / 2;
        snprintf(text, sizeof text, "input %d %d 3\nflatten\ndense 4\nsoftmax\n", side, side);
        nn_model *model = net_model(text, 5);
        memset(model->weights, 0, model->plan->floats * sizeof *model->weights);
        float *kernel = model->weights + model->plan->floats - (size_t)(pixels * 3 * 4); /* behind the bias */
        for (int k = 0; k < pixels; k++) /* class c: the lower half in channel c, less the upper; class 3: nothing */
            for (int c = 0; c < 3; c++)
                kernel[(k * 3 + c) * 4 + c] = k < pixels / 2 ? -1 : 0.01f;
        nn_model_changed(model);
        assert_true(recogniser_new(&r, model, &err));
        recogniser_read(r, &bar, &result);
        for (int c = 0; c < 3; c++)
            assert_float_equal(result.probability[c], result.probability[0], 1e-6);
        assert_true(result.probability[0] > 10 * result.probability[3]);
        recogniser_free(r);
    }
}

static void an_ensemble_answers_with_the_mean(void **state)
{
    (void)state;
    enum { MODELS = 3 };
    nn_model *models[MODELS];
    answer mean = {0};
    draw_bar();
    for (int i = 0; i < MODELS; i++) {
        recogniser *single;
        models[i] = net_model(digits_net, (uint64_t)i + 1);
        assert_true(recogniser_new(&single, net_model(digits_net, (uint64_t)i + 1), &err));
        recogniser_read(single, &bar, &result);
        for (int k = 0; k < 10; k++)
            mean.probability[k] += result.probability[k] / MODELS;
        recogniser_free(single);
    }
    recogniser *together;
    assert_true(recogniser_new_ensemble(&together, models, MODELS, &err));
    recogniser_read(together, &bar, &result);
    for (int k = 0; k < 10; k++)
        assert_float_equal(result.probability[k], mean.probability[k], 1e-6);
    assert_int_equal(result.digit, nn_argmax(mean.probability, 10));
    recogniser_free(together);
}

/* The second one's classes stand in another order: what counts is what they are called. */
static void an_ensemble_knows_classes_by_name(void **state)
{
    (void)state;
    nn_model *models[2] = {net_model(digits_net, 1), net_model(digits_net, 2)};
    recogniser *single, *together;
    answer mean = {0};
    draw_bar();
    for (int i = 0; i < 2; i++) {
        assert_true(recogniser_new(&single, net_model(digits_net, (uint64_t)i + 1), &err));
        recogniser_read(single, &bar, &result);
        for (int k = 0; k < 10; k++)
            mean.probability[i == 0 ? k : (k + 3) % 10] += result.probability[k] / 2;
        recogniser_free(single);
    }
    for (int k = 0; k < 10; k++)
        memcpy(models[1]->label[k], models[0]->label[(k + 3) % 10], NN_NAME);
    assert_true(recogniser_new_ensemble(&together, models, 2, &err));
    recogniser_read(together, &bar, &result);
    for (int k = 0; k < 10; k++)
        assert_float_equal(result.probability[k], mean.probability[k], 1e-6);
    recogniser_free(together);
}

/* Every weight is a number, what comes out is not. */
static void numbers_that_overflow_are_no_answer(void **state)
{
    (void)state;
    nn_model *models[2] = {net_model(digits_net, 1), net_model(digits_net, 2)};
    for (size_t i = 0; i < models[1]->plan->floats; i++)
        models[1]->weights[i] = i % 2 ? 3e38f : -3e38f;
    nn_model_changed(models[1]);
    recogniser *together;
    assert_true(recogniser_new_ensemble(&together, models, 2, &err));
    draw_bar();
    recogniser_read(together, &bar, &result);
    assert_true(result.overflow);
    assert_int_equal(result.digit, -1);
    assert_int_equal(result.classes, 0);
    assert_string_equal(result.text, "");
    assert_false(answer_overflows("big", &err));
    assert_non_null(strstr(err.text, "big"));
    bar.empty = true;
    recogniser_read(together, &bar, &result);
    assert_false(result.overflow);
    recogniser_free(together);
}

static void an_ensemble_speaks_of_the_same_classes(void **state)
{
    (void)state;
    size_t live = nn_alloc_live();
    nn_model *models[2] = {net_model(digits_net, 1), net_model(digits_net, 2)};
    memcpy(models[1]->label[4], "four", 5);
    recogniser *r;
    assert_false(recogniser_new_ensemble(&r, models, 2, &err));
    assert_int_equal(err.code, NN_USAGE);
    assert_null(r);
    assert_int_equal(nn_alloc_live(), live);
}

enum { THREADS = 4, READINGS = 50 };

typedef struct readers {
    recogniser *reader[THREADS];
    answer answer[THREADS];
} readers;

static void read_at_once(void *ctx, int thread)
{
    readers *r = ctx;
    for (int i = 0; i < READINGS; i++)
        recogniser_read(r->reader[thread], &bar, &r->answer[thread]);
}

static size_t most_bytes; /* of an allocation */

static int note_bytes(void *ctx, size_t bytes)
{
    (void)ctx;
    most_bytes = bytes > most_bytes ? bytes : most_bytes;
    return 1;
}

static void threads_share_weights(void **state)
{
    (void)state;
    static readers r;
    nn_pool *pool;
    nn_model *model = net_model("input 28 28 1\nflatten\ndense 400\nbatchnorm\nrelu\ndense 10\nsoftmax\n", 5);
    size_t weights = model->plan->floats * sizeof(float);
    answer alone;
    draw_bar();
    assert_true(recogniser_new(&r.reader[0], model, &err));
    nn_alloc_set_hook(&(nn_alloc_hook){note_bytes, NULL});
    for (int i = 1; i < THREADS; i++)
        assert_true(recogniser_share(&r.reader[i], r.reader[0], &err));
    nn_alloc_set_hook(NULL);
    assert_true(most_bytes < weights);
    assert_true(nn_pool_new(&pool, THREADS, NULL, &err));
    nn_pool_run(pool, read_at_once, &r); /* the weights are prepared by whoever comes first */
    recogniser_read(r.reader[0], &bar, &alone);
    for (int i = 0; i < THREADS; i++)
        assert_memory_equal(r.answer[i].probability, alone.probability, sizeof alone.probability);
    nn_pool_free(pool);
    for (int i = THREADS - 1; i >= 0; i--)
        recogniser_free(r.reader[i]);
}

static void out_of_memory_frees_all(void **state)
{
    (void)state;
    size_t live = nn_alloc_live();
    bool ok = false;
    for (long n = 0; !ok; n++) {
        nn_model *model = net_model(digits_net, 5);
        recogniser *r, *other = NULL;
        faults_alloc(n, FAULT_ONCE);
        ok = recogniser_new(&r, model, &err);
        assert_true(ok == (r != NULL));
        ok = ok && recogniser_share(&other, r, &err);
        assert_true(faults_end() == !ok);
        assert_true(ok == (other != NULL));
        recogniser_free(other);
        recogniser_free(r);
        assert_true(ok || err.code == NN_NOMEM);
        assert_true(!ok || n > 1); /* there was something to fail */
        assert_int_equal(nn_alloc_live(), live);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_is_the_best_guess),
        cmocka_unit_test(an_answer_outlives_its_model),
        cmocka_unit_test(an_empty_canvas_claims_nothing),
        cmocka_unit_test(unsure_is_a_flag_only),
        cmocka_unit_test(other_inputs_do_not_fit),
        cmocka_unit_test(other_sides_see_the_same_digit),
        cmocka_unit_test(threads_share_weights),
        cmocka_unit_test(out_of_memory_frees_all),
        cmocka_unit_test(colours_are_three_times_the_digit),
        cmocka_unit_test(an_ensemble_answers_with_the_mean),
        cmocka_unit_test(an_ensemble_speaks_of_the_same_classes),
        cmocka_unit_test(an_ensemble_knows_classes_by_name),
        cmocka_unit_test(numbers_that_overflow_are_no_answer),
    };
    return cmocka_run_group_tests_name("recogniser", tests, NULL, NULL);
}
