/* test_train_past.c - the past of a training as a file: comes back as it was, and nothing else is taken for one. */
#include "nn/half.h"
#include "tests/support/faults.h"
#include "tests/support/pasts.h"
#include "tests/support/temp.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static nn_error err;

typedef struct file {
    unsigned char *data;
    size_t len;
} file;

static file written(uint64_t seed)
{
    train_past past;
    file f;
    past_make(&past, seed);
    if (!train_past_write(&past, &f.data, &f.len, &err))
        fail_msg("%s", err.text);
    train_past_free(&past);
    return f;
}

static void assert_same(const train_past *a, const train_past *b)
{
    size_t floats = a->plan->floats;
    assert_string_equal(a->plan->text, b->plan->text);
    assert_string_equal(a->request.net, b->request.net);
    assert_int_equal(a->request.data, b->request.data);
    assert_int_equal(a->request.epochs, b->request.epochs);
    assert_memory_equal(a->label, b->label, sizeof a->label);
    assert_int_equal(a->news.moments, b->news.moments);
    assert_int_equal(a->news.steps, b->news.steps);
    assert_int_equal(a->news.images, b->news.images);
    assert_int_equal(a->news.n_validated, b->news.n_validated);
    assert_memory_equal(a->news.trained, b->news.trained, sizeof a->news.trained);
    assert_memory_equal(a->news.validated, b->news.validated, sizeof a->news.validated);
    assert_true(a->news.best_accuracy == b->news.best_accuracy);
    assert_memory_equal(a->weights.step, b->weights.step, sizeof a->weights.step);
    assert_memory_equal(a->weights.weights, b->weights.weights,
                        (size_t)a->news.moments * floats * sizeof *a->weights.weights);
    assert_memory_equal(a->check.loss, b->check.loss, sizeof a->check.loss);
    assert_memory_equal(a->check.counts, b->check.counts, (size_t)(a->news.moments * 9) * sizeof *a->check.counts);
}

static void test_comes_back(void **state)
{
    (void)state;
    train_past past, back;
    file f, again;
    past_make(&past, 3);
    for (int tested = 0; tested < 2; tested++) {
        past.news.test_accuracy = tested ? 1 : (double)NAN;
        assert_true(train_past_write(&past, &f.data, &f.len, &err));
        if (!train_past_read(&back, f.data, f.len, &err))
            fail_msg("%s", err.text);
        assert_same(&past, &back);
        assert_true(tested ? back.news.test_accuracy == 1 : isnan(back.news.test_accuracy));
        for (size_t i = 0; i < past.plan->floats; i++)
            assert_true(back.kept[i] == nn_half_to(nn_half_from(past.kept[i])));
        assert_true(train_past_write(&back, &again.data, &again.len, &err));
        assert_int_equal(f.len, again.len);
        assert_memory_equal(f.data, again.data, f.len);
        nn_free(f.data);
        nn_free(again.data);
        train_past_free(&back);
    }
    train_past_free(&past);
}

/* A loss that was no number for a while is no point of a curve; weights that 16 bits do not hold are no history. */
static void test_what_is_no_number_is_not_written(void **state)
{
    (void)state;
    train_past past, back;
    file f;
    past_make(&past, 3);
    past.news.trained[0].loss = NAN;
    assert_true(train_past_write(&past, &f.data, &f.len, &err));
    assert_true(train_past_read(&back, f.data, f.len, &err));
    assert_int_equal(back.news.n_trained, 1);
    train_past_free(&back);
    nn_free(f.data);
    past.kept[1] = 70000;
    assert_false(train_past_write(&past, &f.data, &f.len, &err));
    assert_int_equal(err.code, NN_USAGE);
    assert_null(f.data);
    train_past_free(&past);
}

static void must_refuse(const file *f, const char *words)
{
    train_past past;
    err = (nn_error){0};
    assert_false(train_past_read(&past, f->data, f->len, &err));
    assert_null(past.plan);
    if (!strstr(err.text, words))
        fail_msg("\"%s\", and not \"%s\"", err.text, words);
    assert_true(err.pos <= f->len);
}

/* The same file with other words in its header, of the same length. */
static void must_refuse_with(const char *old, const char *new, const char *words)
{
    file f = written(3);
    size_t at = 8, n = strlen(old);
    assert_int_equal(n, strlen(new));
    while (at + n <= f.len && memcmp(f.data + at, old, n) != 0)
        at++;
    if (at + n > f.len)
        fail_msg("the header has no %s", old);
    memcpy(f.data + at, new, n);
    must_refuse(&f, words);
    nn_free(f.data);
}

static void test_what_is_wrong_is_named(void **state)
{
    (void)state;
    must_refuse_with("digitscope.history\":\"1\"", "digitscope.history\":\"2\"", "version '2'");
    must_refuse_with("digitscope.history", "digitscope.hystory", "no history");
    must_refuse_with("dense 3", "dense 4", "'labels'");
    must_refuse_with("softmax", "softmix", "architecture");
    must_refuse_with("\\\"a\\\"", "    5", "'labels'");
    must_refuse_with("epochs\\\":2", "epochs\\\":1", "'course'"); /* less than what there are points of */
    must_refuse_with("epochs\\\":2", "epochs\\\":0", "'course'");
    must_refuse_with("steps\\\":3", "steps\\\":0", "'course'");
    must_refuse_with("best_epoch\\\":2", "best_epoch\\\":3", "'course'");
    must_refuse_with("accuracy\\\":0.75", "accuracy\\\":7.75", "'course'");
    must_refuse_with("kept\\\",", "kopt\\\",", "'course'");
    must_refuse_with("[2,1.0]", "[1,1.0]", "'course'"); /* not after the one before */
    must_refuse_with("[2,1.0]", "[9,1.0]", "'course'"); /* after the end */
    must_refuse_with("moment.03", "moment.04", "'moment.03' is missing");
    must_refuse_with("F16", "F32", "must be F16");
    must_refuse_with("[4,3,3]", "[4,3,4]", "shape of 'confusion'");
}

static void set_half(const file *f, size_t at, float value)
{
    uint16_t half = nn_half_from(value);
    f->data[at] = (unsigned char)(half & 0xff);
    f->data[at + 1] = (unsigned char)(half >> 8);
}

/* Counts are whole, and of as many images at every moment; weights are finite. */
static void test_values_are_looked_at(void **state)
{
    (void)state;
    static const struct {
        size_t place; /* of a half, in the buffer */
        float value;
        const char *words;
    } wrong[] = {{0, 1.5f, "counts"},  {0, -1, "counts"},        {10, 9, "counts"},
                 {35, 4000, "counts"}, {40, INFINITY, "finite"}, {0, NAN, "finite"}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        file f = written(3);
        size_t halves = 4 * 9 + 5 * 51; /* counts; the weights of the kept ones and of four moments */
        set_half(&f, f.len - 2 * halves + 2 * wrong[i].place, wrong[i].value);
        must_refuse(&f, wrong[i].words);
        nn_free(f.data);
    }
}

static void test_every_prefix_is_refused(void **state)
{
    (void)state;
    file f = written(5);
    size_t live = nn_alloc_live();
    for (size_t len = 0; len < f.len; len++) {
        unsigned char *exact = malloc(len + 1); /* for the address sanitizer */
        train_past past;
        assert_non_null(exact);
        memcpy(exact, f.data, len);
        err = (nn_error){0};
        assert_false(train_past_read(&past, exact, len, &err));
        assert_true(err.code != NN_OK && err.text[0] && err.pos <= len);
        free(exact);
    }
    assert_int_equal(nn_alloc_live(), live);
    nn_free(f.data);
}

static bool save_and_load(void *ctx, nn_error *problem)
{
    const train_past *past = ctx;
    train_past back;
    if (!train_past_save(past, temp_path("one.history"), problem) ||
        !train_past_load(&back, temp_path("one.history"), problem))
        return false;
    assert_same(past, &back);
    train_past_free(&back);
    return true;
}

static void test_every_fault_is_told(void **state)
{
    (void)state;
    train_past past;
    temp_make();
    past_make(&past, 7);
    fault_case all = {.run = save_and_load, .ctx = &past};
    assert_true(faults_try_all("the past of a training", &all) > 20);
    train_past_free(&past);
    temp_remove();
}

static void test_no_file(void **state)
{
    (void)state;
    train_past past;
    assert_false(train_past_load(&past, "nowhere.history", &err));
    assert_non_null(strstr(err.text, "nowhere.history"));
    assert_null(past.plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_comes_back),
        cmocka_unit_test(test_what_is_no_number_is_not_written),
        cmocka_unit_test(test_what_is_wrong_is_named),
        cmocka_unit_test(test_values_are_looked_at),
        cmocka_unit_test(test_every_prefix_is_refused),
        cmocka_unit_test(test_every_fault_is_told),
        cmocka_unit_test(test_no_file),
    };
    return cmocka_run_group_tests_name("train_past", tests, NULL, NULL);
}
