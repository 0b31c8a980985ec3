/* test_search_space.c - files of ranges: what is read, every way to be wrong, and the points drawn from them. */
#include "app/core/training/search_space.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static search_space space;
static nn_error err;

static bool parse(const char *text)
{
    memset(&err, 0, sizeof err);
    return search_space_parse(&space, text, strlen(text), &err);
}

static const char good[] = "# a comment\n"
                           "lr log 1e-4 1e-2   # behind a setting\r\n"
                           "\n"
                           "\taugment.rotate  linear -.5 15 4\n"
                           "net choice mlp ./a.net";

static void test_parse(void **state)
{
    (void)state;
    assert_true(parse(good));
    assert_int_equal(space.count, 3);
    const space_setting *lr = &space.setting[0], *rotate = &space.setting[1], *net = &space.setting[2];
    assert_string_equal(lr->name, "lr");
    assert_true(lr->kind == SPACE_LOG && fabs(lr->low - 1e-4) < 1e-15 && fabs(lr->high - 1e-2) < 1e-13 && lr->n == 3);
    assert_string_equal(rotate->name, "augment.rotate");
    assert_true(rotate->kind == SPACE_LINEAR && rotate->low == -0.5 && rotate->high == 15 && rotate->n == 4);
    assert_true(net->kind == SPACE_CHOICE && net->n == 2 && net->line == 5);
    assert_string_equal(net->choice[0], "mlp");
    assert_string_equal(net->choice[1], "./a.net");
}

static void test_wrong_files_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
        size_t pos;
    } wrong[] = {
        {"", "no setting", 0},
        {"# nothing\n", "no setting", 10},
        {"lr\n", "line 1: \"lr\" must be followed by", 0},
        {"lr uniform 1 2", "line 1: \"uniform\" is none of", 3},
        {"\nlr log 1", "line 2: \"log\" needs the least and the greatest", 4},
        {"lr log 1 2 3 4", "needs the least and the greatest", 3},
        {"lr log 0 1", "\"0\" has no logarithm", 7},
        {"lr log 1 x", "\"x\" is no number", 9},
        {"lr log 1e 2", "\"1e\" is no number", 7},
        {"lr log 1e1.5 2", "\"1e1.5\" is no number", 7},
        {"lr log 1e99 2", "\"1e99\" is no number", 7},
        {"lr linear 2 2", "\"2\" must be greater", 12},
        {"lr linear 2 1e-3", "\"1e-3\" must be greater", 12},
        {"lr linear 1 2 1", "\"1\" must be a whole number from 2", 14},
        {"lr linear 1 2 2.5", "\"2.5\" must be a whole number", 14},
        {"net choice", "\"choice\" needs words", 4},
        {"lr log 1 2\nlr log 1 2", "line 2: \"lr\" is there twice", 11},
        {"n choice 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17", "line 1: more than 16 choices", 48},
        {"a123456789b123456789c123456789d123456789e1234567 log 1 2", "is too long", 0},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        if (parse(wrong[i].text))
            fail_msg("accepted: %s", wrong[i].text);
        if (!strstr(err.text, wrong[i].says) || err.pos != wrong[i].pos)
            fail_msg("\"%s\": \"%s\" at %zu", wrong[i].text, err.text, err.pos);
    }
}

static void test_grid_has_every_combination_once(void **state)
{
    (void)state;
    static const char *const expected[] = {"0.0001 a", "0.0001 b", "0.001 a", "0.001 b", "0.01 a", "0.01 b"};
    assert_true(parse("lr log 1e-4 1e-2\nnet choice a b"));
    assert_int_equal(search_space_grid_size(&space, 100), 6);
    assert_int_equal(search_space_grid_size(&space, 6), 6);
    assert_int_equal(search_space_grid_size(&space, 5), 6); /* too many: the limit and one */
    for (int i = 0; i < 6; i++) {
        space_point p;
        char text[2 * SPACE_TEXT + 2];
        search_space_grid_point(&space, i, &p);
        snprintf(text, sizeof text, "%s %s", p.value[0], p.value[1]);
        assert_string_equal(text, expected[i]);
    }
}

/* Settings that go into an architecture or augmentation have no exponents. */
static void test_small_values_are_written_out(void **state)
{
    (void)state;
    space_point p;
    assert_true(parse("rotate log 1e-6 1e-2"));
    search_space_grid_point(&space, 0, &p);
    assert_string_equal(p.value[0], "0.000001");
    search_space_grid_point(&space, 1, &p);
    assert_string_equal(p.value[0], "0.0001");
}

static void test_random_points_fill_the_space(void **state)
{
    (void)state;
    enum { N = 2000 };
    int low_magnitude = 0, low_half = 0, first = 0;
    assert_true(parse("lr log 1e-4 1e-2\nrotate linear 0 10\nbatch linear 1 3\nnet choice a b c d"));
    space.setting[2].whole = true;
    for (int i = 0; i < N; i++) {
        space_point p, again;
        search_space_random_point(&space, 7, i, &p);
        search_space_random_point(&space, 7, i, &again);
        assert_memory_equal(p.value[0], again.value[0], strlen(p.value[0]) + 1);
        double lr = atof(p.value[0]), rotate = atof(p.value[1]), batch = atof(p.value[2]);
        assert_true(lr >= 1e-4 && lr <= 1e-2 && rotate >= 0 && rotate <= 10);
        assert_true(batch == 1 || batch == 2 || batch == 3);
        low_magnitude += lr < 1e-3;
        low_half += rotate < 5;
        first += p.value[3][0] == 'a';
    }
    assert_in_range(low_magnitude, N / 2 - 100, N / 2 + 100);
    assert_in_range(low_half, N / 2 - 100, N / 2 + 100);
    assert_in_range(first, N / 4 - 100, N / 4 + 100);
    space_point one, other;
    search_space_random_point(&space, 7, 0, &one);
    search_space_random_point(&space, 8, 0, &other);
    assert_string_not_equal(one.value[0], other.value[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_wrong_files_are_refused),
        cmocka_unit_test(test_grid_has_every_combination_once),
        cmocka_unit_test(test_small_values_are_written_out),
        cmocka_unit_test(test_random_points_fill_the_space),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
