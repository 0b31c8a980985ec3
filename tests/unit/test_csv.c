/* test_csv.c - data sets as CSV: the forms that are read, every way to be broken, every fault. */
#include "app/core/data/csv.h"
#include "tests/support/faults.h"
#include "tests/support/temp.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include <cmocka.h>

static dataset data;
static nn_error err;

static bool parse(const char *text)
{
    memset(&err, 0, sizeof err);
    return csv_parse(&data, (const unsigned char *)text, strlen(text), &err);
}

static void test_forms(void **state)
{
    (void)state;
    static const char *const forms[] = {
        "label,pixel0,pixel1,pixel2,pixel3\n7,0,1,2,255\n9,4,5,6,007\n", /* Kaggle's */
        "7,0,1,2,255\n9,4,5,6,7",                                        /* no names, no last line end */
        "\"label\",\"1x1\",\"1x2\",\"2x1\",\"2x2\"\r\n7,0,1,2,255\r\n9,4,5,6,7\r\n",
        "\xef\xbb\xbflabel,a,b,c,d\n7,0,1,2,255\n9,4,5,6,7\n",
        "\xef\xbb\2777,0,1,2,255\n9,4,5,6,7\r",
    };
    static const unsigned char pixels[] = {0, 1, 2, 255, 4, 5, 6, 7}, labels[] = {7, 9};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (!parse(forms[i]))
            fail_msg("form %zu: %s", i, err.text);
        assert_int_equal(data.count, 2);
        assert_int_equal(data.side, 2);
        assert_memory_equal(data.images, pixels, sizeof pixels);
        assert_memory_equal(data.labels, labels, sizeof labels);
        dataset_free(&data);
    }
}

static void test_broken(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
        size_t pos;
    } broken[] = {
        {"", "no images", 0},
        {"label,a\n", "no images", 8},
        {"pixel0,pixel1\n1,2\n", "line 1: begins neither", 0},
        {"labels,a\n1,2\n", "line 1: begins neither", 0},
        {"\"label,a\n1,2\n", "line 1: begins neither", 0},
        {" 1,2\n", "line 1: begins neither", 0},
        {"1,2,3\n", "line 1: 3 columns; a label and the pixels of a square image are 785 for 28x28", 0},
        {"5\n", "line 1: 1 columns", 0},
        {"label,a\n1,2\n1\n", "line 3: 1 columns, the first line has 2", 12},
        {"1,2\n1,2,3\n", "line 2: 3 columns, the first line has 2", 4},
        {"1,2\n1,2,\n", "line 2: 3 columns, the first line has 2", 4},
        {"1,2\n\n1,2\n", "line 2, column 1: \"\" is no whole number from 0 to 63", 4},
        {"1,2\n1,\n", "line 2, column 2: \"\" is no whole number from 0 to 255", 6},
        {"1,2\n1,256\n", "line 2, column 2: \"256\" is no whole", 6},
        {"1,2\n64,2\n", "line 2, column 1: \"64\" is no whole number from 0 to 63", 4},
        {"1,-2\n", "line 1, column 2: \"-2\" is", 2},
        {"1,2.5\n", "line 1, column 2: \"2.5\" is", 2},
        {"1, 2\n", "line 1, column 2: \" 2\" is", 2},
        {"1;2\n", "line 1: 1 columns", 0},
        {"1,2\n3,4\r5,6\n", "line 2, column 2: \"4\" is no", 6},
        {"1,99999999999999999999\n", "line 1, column 2: \"999999999999999\" is no", 2},
        {"1,\x01\xff\n", "line 1, column 2: \"??\" is no", 2},
    };
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        if (parse(broken[i].text))
            fail_msg("accepted: %s", broken[i].text);
        if (!strstr(err.text, broken[i].says) || err.pos != broken[i].pos)
            fail_msg("\"%s\": \"%s\" at %zu", broken[i].text, err.text, err.pos);
        assert_null(data.images);
        assert_null(data.labels);
    }
}

static int count_bytes(void *ctx, size_t bytes)
{
    *(size_t *)ctx += bytes;
    return 1;
}

/* Many short lines under one wide line of names must not ask for lines x columns. */
static void test_memory_stays_in_proportion(void **state)
{
    (void)state;
    enum { COLUMNS = 64 * 64, LINES = 100000 };
    static char text[COLUMNS * 2 + LINES + 16];
    size_t at = (size_t)sprintf(text, "label");
    for (int i = 0; i < COLUMNS; i++, at += 2)
        memcpy(text + at, ",p", 2);
    memset(text + at, '\n', LINES);
    size_t asked = 0;
    nn_alloc_set_hook(&(nn_alloc_hook){count_bytes, &asked});
    assert_false(csv_parse(&data, (const unsigned char *)text, at + LINES, &err));
    nn_alloc_set_hook(NULL);
    assert_true(asked > 0 && asked < sizeof text);
    assert_int_equal(err.code, NN_FORMAT);
}

static void write_gz(const char *name, const char *text)
{
    gzFile f = gzopen(temp_path(name), "wb");
    assert_non_null(f);
    assert_int_equal(gzputs(f, text), (int)strlen(text));
    assert_int_equal(gzclose(f), Z_OK);
}

static void test_load(void **state)
{
    (void)state;
    write_gz("digits.csv.gz", "label,pixel0\n2,7\n0,8\n");
    for (int part = DATASET_TRAIN; part <= DATASET_TEST; part++) {
        assert_true(dataset_load(&data, temp_path("digits.csv.gz"), (dataset_part)part, &err));
        assert_int_equal(data.count, 2);
        assert_int_equal(data.classes, 3);
        assert_string_equal(data.label[2], "2");
        dataset_free(&data);
    }
    assert_false(dataset_load(&data, temp_path("missing.csv"), DATASET_TRAIN, &err));
    assert_non_null(strstr(err.text, "missing.csv"));
    write_gz("broken.csv", "1,2\n1,x\n");
    assert_false(dataset_load(&data, temp_path("broken.csv"), DATASET_TRAIN, &err));
    assert_non_null(strstr(err.text, "broken.csv: line 2, column 2"));
}

static void test_names(void **state)
{
    (void)state;
    assert_true(dataset_is_csv("a.csv") && dataset_is_csv("b/a.csv.gz"));
    assert_false(dataset_is_csv("csv") || dataset_is_csv(".csv") || dataset_is_csv("a.csv/") || dataset_is_csv("a.gz"));
}

static bool run_load(void *ctx, nn_error *e)
{
    (void)ctx;
    bool ok = dataset_load(&data, temp_path("digits.csv.gz"), DATASET_TRAIN, e);
    dataset_free(&data);
    return ok;
}

static void test_faults(void **state)
{
    (void)state;
    write_gz("digits.csv.gz", "label,pixel0\n2,7\n0,8\n");
    const fault_case test = {.run = run_load};
    assert_true(faults_try_all("load a CSV file", &test) >= 5);
}

static int set_up(void **state)
{
    (void)state;
    temp_make();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    temp_remove();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_broken),
        cmocka_unit_test(test_memory_stays_in_proportion),
        cmocka_unit_test_setup_teardown(test_load, set_up, tear_down),
        cmocka_unit_test(test_names),
        cmocka_unit_test_setup_teardown(test_faults, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
