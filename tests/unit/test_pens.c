/* test_pens.c - recorded strokes in memory: drawings, writers, folds, and what is refused. */
#include "app/core/data/pens.h"
#include "nn/file.h"
#include "tests/support/faults.h"
#include "tests/support/temp.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static pens set;
static nn_error err;

static const char three_lines[] =
    "{\"label\":\"7\",\"writer\":\"ann\",\"strokes\":[[[0,0],[50,0],[30,100]],[[20,50],[60,50]]],\"w\":100,\"h\":100}\n"
    "\n"
    "{\"label\":\"x\",\"writer\":\"cy\",\"strokes\":[[[1,1],[2,2]]]}\n"
    "{\"label\":\"3\",\"writer\":\"bo\",\"strokes\":[]}\n"
    "{\"label\":0,\"strokes\":[[[5,5],[6,9],[7,5]]]}\n"
    "{\"label\":\"2\",\"writer\":\"ann\",\"strokes\":[[[5,5]]]}";

static const char *file_of(const char *text)
{
    const char *path = temp_path("pens.jsonl");
    assert_true(nn_file_save(path, text, strlen(text), NN_CONSISTENT, &err));
    return path;
}

static void test_load(void **state)
{
    (void)state;
    assert_true(pens_load(&set, file_of(three_lines), &err));
    assert_int_equal(set.count, 3);
    assert_int_equal(set.skipped, 2); /* no digit, no ink */
    assert_int_equal(set.writers, 2);
    assert_string_equal(set.writer[0], "ann");
    assert_string_equal(set.writer[1], "");
    assert_int_equal(set.drawing[0].digit, 7);
    assert_int_equal(set.drawing[1].digit, 0);
    assert_int_equal(set.drawing[1].writer, 1);
    assert_int_equal(set.drawing[2].writer, 0);
    const ink *seven = &set.drawing[0].ink;
    assert_int_equal(seven->done, 2);
    assert_int_equal(seven->n_points, 5);
    assert_true(seven->point[1].x == INK_CANVAS / 2 && seven->point[1].y == 0); /* fitted to the canvas */
    pens_free(&set);
    assert_null(set.drawing);
}

static void test_folds(void **state)
{
    (void)state;
    char text[8192] = "";
    for (int i = 0; i < 70; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text),
                 "{\"label\":\"1\",\"writer\":\"w%d\",\"strokes\":[[[0,0],[0,9]]]}\n", i % 66);
    assert_true(pens_load(&set, file_of(text), &err));
    assert_int_equal(set.writers, 66); /* more than a block of names */
    int in_fold[5] = {0};
    for (int i = 0; i < set.count; i++) {
        int folds = 0;
        for (int fold = 1; fold <= 5; fold++)
            if (pens_in_fold(&set.drawing[i], fold, 5)) {
                folds++;
                in_fold[fold - 1]++;
            }
        assert_int_equal(folds, 1);
    }
    for (int fold = 0; fold < 5; fold++)
        assert_in_range(in_fold[fold], 13, 15);
    for (int fold = 1; fold <= 5; fold++) /* drawing 66 is by the first writer again */
        assert_int_equal(pens_in_fold(&set.drawing[0], fold, 5), pens_in_fold(&set.drawing[66], fold, 5));
    pens_free(&set);
}

static void refused(const char *text, const char *says)
{
    assert_false(pens_load(&set, file_of(text), &err));
    if (!strstr(err.text, says) || !strstr(err.text, "pens.jsonl"))
        fail_msg("\"%s\" does not say \"%s\"", err.text, says);
}

static void test_refused(void **state)
{
    (void)state;
    refused("", "no drawing of a digit");
    refused("{\"label\":\"A\",\"strokes\":[[[1,1]]]}\n", "no drawing of a digit");
    refused("{\"label\":\"1\",\"strokes\":[[[1,1]]]}\n\n{\"label\":\"1\"}\n", "line 3");
    assert_false(pens_load(&set, temp_path("nowhere"), &err));
    assert_non_null(strstr(err.text, "nowhere"));
}

static bool load_once(void *ctx, nn_error *why)
{
    pens loaded;
    if (!pens_load(&loaded, ctx, why))
        return false;
    pens_free(&loaded);
    return true;
}

static void test_faults(void **state)
{
    (void)state;
    char path[256];
    snprintf(path, sizeof path, "%s", file_of(three_lines));
    assert_true(faults_try_all("pens", &(fault_case){.run = load_once, .ctx = path}) > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_load),
        cmocka_unit_test(test_folds),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_faults),
    };
    return cmocka_run_group_tests_name("pens", tests, temp_set_up, temp_tear_down);
}
