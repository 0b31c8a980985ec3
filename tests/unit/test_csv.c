/* test_csv.c - data sets as tables of text: the dialects that are read, every way to be broken, every fault. */
#include "app/core/data/csv.h"
#include "app/core/data/dataset_load.h"
#include "nn/alloc.h"
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

static bool parse_bytes(const void *bytes, size_t len)
{
    nn_stream *stream;
    memset(&err, 0, sizeof err);
    assert_true(nn_stream_memory(&stream, bytes, len, NN_DETECT, &err));
    bool ok = csv_read(&data, stream, &err);
    nn_stream_close(stream);
    return ok;
}

static bool parse(const char *text)
{
    return parse_bytes(text, strlen(text));
}

static void is_the_table(const char *form)
{
    static const unsigned char pixels[] = {0, 1, 2, 255, 4, 5, 6, 7}, labels[] = {7, 9};
    assert_int_equal(data.count, 2);
    assert_int_equal(data.side, 2);
    if (memcmp(data.images, pixels, sizeof pixels) != 0 || memcmp(data.labels, labels, sizeof labels) != 0)
        fail_msg("other numbers: %s", form);
    dataset_free(&data);
}

static void test_dialects(void **state)
{
    (void)state;
    static const char *const forms[] = {
        "label,pixel0,pixel1,pixel2,pixel3\n7,0,1,2,255\n9,4,5,6,007\n", /* Kaggle's */
        "7,0,1,2,255\n9,4,5,6,7",                                        /* no names, no last line end */
        "\"label\",\"1x1\",\"1x2\",\"2x1\",\"2x2\"\r\n7,0,1,2,255\r\n9,4,5,6,7\r\n",
        "\xef\xbb\xbflabel,a,b,c,d\n7,0,1,2,255\n9,4,5,6,7\n",
        "\xef\xbb\2777,0,1,2,255\n9,4,5,6,7\r",
        "7,0,1,2,255\r9,4,5,6,7\r",
        "\n\n7,0,1,2,255\n\n  \n9,4,5,6,7\n,,,,\n\n",
        "7, 0, 1, 2, 255\n 9 ,4,\t5, 6,7 \n",
        "7;0;1;2;255\n9;4;5;6;7\n",
        "7\t0\t1\t2\t255\n9\t4\t5\t6\t7\n",
        "7|0|1|2|255\n9|4|5|6|7\n",
        " 7  0 1 2 255\n9 4 5\t6 7 \n",
        "sep=;\n7;0;1;2;255\n9;4;5;6;7\n",
        "7,0,1,2,255,\n9,4,5,6,7,\n",
        "\"7\",\"0\",\"1\",\"2\",\"255\"\n\"9\",\"4\",\"5\",\"6\",\"7\"\n",
        "7.0,0.0,1.0,2.0,255.0\n9.0,4.,5,6,7e0\n",
        "7;0,0;1,0;2,0;255,0\n9;4;5;6;7\n",
        "\"7,0\",\"0,0\",\"1,0\",2,255\n9,4,5,6,7\n",
        "7.000000000000000000e+00 0.0e+00 1.000000000000000000e+00 2.0e+00 2.550000000000000000e+02\n9 4 5 6 70e-1\n",
        "Label,a,b,c,d\n7,0,1,2,255\n9,4,5,6,7\n",
        "a,b,c,d,LABEL\n0,1,2,255,7\n4,5,6,7,9\n",
        "a,class,b,c,d\n0,7,1,2,255\n4,9,5,6,7\n",
        ",label,a,b,c,d\n0,7,0,1,2,255\n1,9,4,5,6,7\n",
        "# label a b c d\n7 0 1 2 255\n9 4 5 6 7\n",
        "# of MNIST, by hand\n#\n7,0,1,2,255\n9,4,5,6,7\n",
        "# label, then pixels; 2 rows\nlabel,a,b,c,d\n7,0,1,2,255\n9,4,5,6,7\n",
        "#label;a;b;c;d\n7;0;1;2;255\n9;4;5;6;7\n",
        "row,a,b,c,d,digit\n100,0,1,2,255,7\n101,4,5,6,7,9\n",
        "label,a,b,c,d\nseven,0,1,2,255\nnine,4,5,6,7\n",
        "class7,0,1,2,255\nclass9,4,5,6,7\n",
        "\"label\" \"a\" \"b\" \"c\" \"d\"\n\"1\" 7 0 1 2 255\n\"2\" 9 4 5 6 7\n", /* R's */
    };
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (!parse(forms[i]))
            fail_msg("%s: %s", forms[i], err.text);
        is_the_table(forms[i]);
    }
}

/* Moved and scaled: from the least to the greatest. What is beyond those of the first lines is cut. */
static void test_normalised_pixels(void **state)
{
    (void)state;
    assert_true(parse("7,-0.5,0,1.5,-0.25\n9,0.5,-0.5,-0.5,1\n"));
    static const unsigned char pixels[] = {0, 64, 255, 32, 128, 0, 0, 191};
    assert_memory_equal(data.images, pixels, sizeof pixels);
    dataset_free(&data);
    assert_false(parse("7,-5,0,255,20\n9,0,1,2,3\n")); /* a mistake */
    assert_non_null(strstr(err.text, "line 1, column 2: \"-5\" is no pixel"));
    assert_false(parse("7,-1e300,0,1.5,-0.25\n9,0.5,-0.5,-0.5,1\n")); /* no deviation is that large */
    assert_non_null(strstr(err.text, "line 1, column 2: \"-1e300\" is no pixel"));
}

/* Of both orders of bytes, with and without a mark. */
static void test_utf16(void **state)
{
    static const char text[] = "label;a;b;c;d\r\n7;0;1;2;255\r\n9;4;5;6;7\r\n";
    unsigned char bytes[2 * sizeof text + 2];
    (void)state;
    for (int form = 0; form < 4; form++) {
        bool big = form % 2, marked = form / 2;
        size_t len = 0;
        if (marked) {
            bytes[len++] = big ? 0xfe : 0xff;
            bytes[len++] = big ? 0xff : 0xfe;
        }
        for (size_t i = 0; i + 1 < sizeof text; i++) {
            bytes[len++] = (unsigned char)(big ? 0 : text[i]);
            bytes[len++] = (unsigned char)(big ? text[i] : 0);
        }
        assert_true(parse_bytes(bytes, len));
        is_the_table("UTF-16");
    }
}

/* Numbers that stop below the half of 255 are of another range, if that is so of all of them. */
static void test_faint_pixels(void **state)
{
    static const unsigned char stretched[] = {0, 85, 255, 0, 170, 0, 0, 0};
    (void)state;
    assert_true(parse("1,0,5,15,0\n0,10,0,0,0\n"));
    assert_memory_equal(data.images, stretched, sizeof stretched);
    assert_string_equal(data.note, "its pixels go from 0 to 15: brought to 0 to 255");
    dataset_free(&data);
    assert_true(parse("1,0,0.5,1.5,0\n0,1,0,0,0\n"));
    assert_memory_equal(data.images, stretched, sizeof stretched);
    assert_string_equal(data.note, "its pixels go from 0 to 1.5: brought to 0 to 255");
    dataset_free(&data);
    char text[1100 * 12] = "";
    for (int i = 0; i < 1100; i++) /* more than are looked at first */
        memcpy(text + 11 * i, i < 1099 ? "1,0,5,90,0\n" : "0,0,0,255,0\n", 11 + (i == 1099));
    assert_true(parse(text));
    assert_int_equal(data.images[2], 90);
    assert_string_equal(data.note, "");
    dataset_free(&data);
}

/* A table of something else, whose images would be of one pixel, is no data set. */
static void test_a_small_table_is_none(void **state)
{
    (void)state;
    assert_false(parse("a,b\n1,2\n"));
    assert_non_null(strstr(err.text, "2 columns; a label and the pixels of a square image"));
    assert_false(parse("label,size\n1,2\n3,4\n"));
    assert_non_null(strstr(err.text, "2 columns"));
}

static void test_ranges(void **state)
{
    (void)state;
    assert_true(parse("1,0,0.5,1,0.25\n0,0,0,0,0.1\n"));
    assert_int_equal(data.images[1], 128);
    assert_int_equal(data.images[2], 255);
    assert_int_equal(data.images[7], 26);
    dataset_free(&data);
    assert_true(parse("1,-1,0,1,-1\n0,0,0,0,0\n"));
    assert_int_equal(data.images[0], 0);
    assert_int_equal(data.images[1], 128);
    dataset_free(&data);
    assert_false(parse("1,-3,0,900,0\n"));
    assert_non_null(strstr(err.text, "line 1, column 2: \"-3\" is no pixel, a number from 0 to 255"));
}

/* Numbers of columns where names should be, as pandas writes them. */
static void test_header_of_numbers(void **state)
{
    char text[4096];
    size_t at = 0;
    (void)state;
    for (int i = 0; i < 17; i++)
        at += (size_t)sprintf(text + at, "%d%c", i, i < 16 ? ',' : '\n');
    for (int row = 0; row < 3; row++)
        for (int i = 0; i < 17; i++)
            at += (size_t)sprintf(text + at, "%d%c", i == 0 ? row : 9 * i, i < 16 ? ',' : '\n');
    assert_true(parse(text));
    assert_int_equal(data.count, 3);
    assert_int_equal(data.side, 4);
    assert_int_equal(data.labels[2], 2);
    dataset_free(&data);
}

static void test_labels(void **state)
{
    (void)state;
    assert_true(parse("c,1,2,3,4\na,1,2,3,4\nc,1,2,3,4\n"));
    assert_int_equal(data.classes, 2);
    assert_string_equal(data.label[1], "c");
    assert_int_equal(data.labels[0], 1);
    assert_int_equal(data.labels[1], 0);
    dataset_free(&data);
    assert_true(parse("0,1,2,3,8\n0,1,2,3,4\n")); /* a corner that is always the same, and then the label */
    assert_int_equal(data.classes, 9);
    dataset_free(&data);
    assert_true(parse("26,1,2,3,255\n1,1,2,3,4\n2,1,2,3,4\n"));
    assert_int_equal(data.classes, 26);
    assert_int_equal(data.first, 1);
    assert_int_equal(data.labels[1], 0);
    assert_string_equal(data.note, "labels begin at 1: that is the first class");
    dataset_free(&data);
    assert_true(parse("3,1,2,3,255\n9,1,2,3,4\n")); /* digits, of which not all are there */
    assert_int_equal(data.classes, 10);
    assert_int_equal(data.first, 0);
    assert_string_equal(data.note, "");
    dataset_free(&data);
}

static void test_tables_without_labels(void **state)
{
    char text[20000];
    size_t at = 0;
    (void)state;
    assert_false(parse("p0,p1,p2,p3\n1,2,3,4\n5,6,7,8\n"));
    assert_non_null(strstr(err.text, "columns has labels"));
    assert_false(parse("1,2,3,4\n5,6,7,8\n"));
    assert_non_null(strstr(err.text, "columns has labels"));
    for (int row = 0; row < 20; row++) /* the first column numbers the lines */
        at += (size_t)sprintf(text + at, "%d,%d,%d,%d,%d\n", row, row * 7 % 5, row * 3 % 7, 3, row * row % 11);
    assert_false(parse(text));
    assert_non_null(strstr(err.text, "columns has labels"));
}

static void test_broken(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } broken[] = {
        {"", "an empty file"},
        {"\n \n,,\n", "no images"},
        {"label,a\n", "no images"},
        {"1,2,3\n", "line 1: 3 columns; a label and the pixels of a square image are 785 for 28x28"},
        {"5\n", "line 1: 1 columns; a label and the pixels"},
        {"label,a,b,c,d\n1,2,3,4,5\n1\n", "line 3: 1 columns, the first line has 5"},
        {"a,b,c,d,e,label\n1,2\n", "line 2: 2 columns, the first line has 6"},
        {"1,2,3,4,5\n1,2,3,4,5,6\n", "line 2: 6 columns, the first line has 5"},
        {"1,2,3,4,5\n\n1,2,,4,5\n", "line 3, column 3: empty instead of a pixel, a number from 0 to 255"},
        {"1,2,3,4,5\n1,2,3,4,\n", "line 2, column 5: empty instead of a pixel"}, /* the separator tells */
        {"1,2,3,4, \n1,2,3,4,5\n", "line 1, column 5: empty, where line 2 has a value"},
        {"label;a;b;c;d\n1;2;3;4;\n", "line 2, column 5: empty instead of a pixel"},
        {"a,b,c,d,label\n1,2,3,4,\n", "line 2, column 5: empty instead of a label"},
        {"1,2,3,4,5\n1,2,3,4,x\n", "line 2, column 5: \"x\" is no pixel"},
        {"1,2,3,4,5\n1,2,3,4,\x01\xff\n", "line 2, column 5: \"??\" is no pixel"},
        {"1,2,3,4,5\n1,2,3,4,5-\n", "line 2, column 5: \"5-\" is no pixel"},
        {"1,2,3,4,nan\n1,2,3,4,5\n", "line 1, column 5: \"nan\" is no pixel"},
        {"label,a,b,c,d\n1.5,2,3,4,5\n", "line 2, column 1: \"1.5\" is no label, a class number or a word"},
        {"label,a,b,c,d\n-1,2,3,4,5\n", "line 2, column 1: \"-1\" is no label"},
        {"label,a,b,c,d\n,2,3,4,5\n", "line 2, column 1: empty instead of a label"},
        {"label,a,b,c,d\n64,2,3,4,5\n0,2,3,4,5\n", "a label is 64, at most 64 classes"},
    };
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        if (parse(broken[i].text))
            fail_msg("accepted: %s", broken[i].text);
        if (!strstr(err.text, broken[i].says))
            fail_msg("\"%s\": \"%s\"", broken[i].text, err.text);
        assert_true(err.pos <= strlen(broken[i].text));
        assert_null(data.images);
        assert_null(data.labels);
    }
}

/* What is decided by the first lines holds for the others. */
static void test_long_tables(void **state)
{
    enum { LINES = 3000 };
    static char text[LINES * 20];
    size_t at = 0;
    (void)state;
    for (int i = 0; i < LINES; i++)
        at += (size_t)sprintf(text + at, "%d,%d,0.5,1,0\n", i % 7, i % 2);
    assert_true(parse(text));
    assert_int_equal(data.count, LINES);
    assert_int_equal(data.classes, 7);
    for (int i = 0; i < LINES; i++) {
        assert_int_equal(data.labels[i], i % 7);
        assert_int_equal(data.images[4 * i], i % 2 * 255);
    }
    dataset_free(&data);
    sprintf(text + at, "0,0,0,0,7\n");
    assert_false(parse(text));
    assert_non_null(strstr(err.text, "line 3001, column 5: \"7\" is no pixel, a number from 0 to 1"));
}

static size_t largest;

static int note_size(void *ctx, size_t bytes)
{
    (void)ctx;
    largest = bytes > largest ? bytes : largest;
    return 1;
}

/* 200 MB of blank lines in 200 kB, or of one line that never ends. */
static void test_memory_stays_in_proportion(void **state)
{
    static const nn_alloc_hook hook = {.allow = note_size};
    static char block[1 << 20];
    (void)state;
    for (int form = 0; form < 2; form++) {
        memset(block, form == 0 ? '\n' : '7', sizeof block);
        gzFile f = gzopen(temp_path("bomb.csv"), "wb1");
        for (int i = 0; i < 200; i++)
            assert_int_equal(gzwrite(f, block, sizeof block), sizeof block);
        assert_int_equal(gzclose(f), Z_OK);
        largest = 0;
        nn_alloc_set_hook(&hook);
        bool ok = dataset_load(&data, temp_path("bomb.csv"), NULL, DATASET_TRAIN, &err);
        nn_alloc_set_hook(NULL);
        assert_false(ok);
        assert_non_null(strstr(err.text, form == 0 ? "no images in it" : "line 1 is longer than"));
        assert_in_range(largest, 1, 4 << 20);
    }
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
    write_gz("DIGITS.CSV.GZ", "label,a,b,c,d\n2,7,7,7,7\n0,8,8,8,8\n");
    for (int part = DATASET_TRAIN; part <= DATASET_TEST; part++) {
        assert_true(dataset_load(&data, temp_path("DIGITS.CSV.GZ"), NULL, (dataset_part)part, &err));
        assert_int_equal(data.count, 2);
        assert_int_equal(data.classes, 3);
        assert_string_equal(data.label[2], "2");
        dataset_free(&data);
    }
    assert_false(dataset_has(temp_path("DIGITS.CSV.GZ"), NULL, DATASET_TEST));
    assert_false(dataset_load(&data, temp_path("missing.csv"), NULL, DATASET_TRAIN, &err));
    assert_non_null(strstr(err.text, "missing.csv"));
    write_gz("broken.csv", "1,2,2,2,2\n1,x,2,2,2\n");
    assert_false(dataset_load(&data, temp_path("broken.csv"), NULL, DATASET_TRAIN, &err));
    assert_non_null(strstr(err.text, "broken.csv: line 2, column 2"));
}

static bool run_load(void *ctx, nn_error *e)
{
    (void)ctx;
    bool ok = dataset_load(&data, temp_path("digits.csv.gz"), NULL, DATASET_TRAIN, e);
    dataset_free(&data);
    return ok;
}

static void test_faults(void **state)
{
    (void)state;
    write_gz("digits.csv.gz", "label,a,b,c,d\n2,7,7,7,7\n0,8,8,8,8\n");
    const fault_case test = {.run = run_load};
    assert_true(faults_try_all("load a CSV file", &test) >= 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dialects),
        cmocka_unit_test(test_normalised_pixels),
        cmocka_unit_test(test_utf16),
        cmocka_unit_test(test_faint_pixels),
        cmocka_unit_test(test_a_small_table_is_none),
        cmocka_unit_test(test_ranges),
        cmocka_unit_test(test_header_of_numbers),
        cmocka_unit_test(test_labels),
        cmocka_unit_test(test_tables_without_labels),
        cmocka_unit_test(test_broken),
        cmocka_unit_test(test_long_tables),
        cmocka_unit_test_setup_teardown(test_memory_stays_in_proportion, temp_set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_load, temp_set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_faults, temp_set_up, temp_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
