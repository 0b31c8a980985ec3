/* test_strokes.c - the stroke format: what is taken, what is refused, where drawings land, and writing them again. */
#include "app/core/drawing/strokes.h"
#include "nn/alloc.h"
#include "nn/stream.h"
#include "tests/support/faults.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static strokes_line line;
static nn_error err;

static bool parse(const char *text)
{
    memset(&err, 0, sizeof err);
    return strokes_parse(&line, text, strlen(text), &err);
}

static void test_everything(void **state)
{
    (void)state;
    assert_true(parse(
        "{\"label\":\"7\",\"writer\":\"W03\",\"w\":500,\"h\":400.5,\"tool\":[{}],\"time\":123456789012345678901234,"
        "\"strokes\":[[[1,2],[-3.5,4e2,17]],[],[[5,6,null,0.25],[7,8,9,null],[1,1,1,7]]]}"));
    assert_string_equal(line.label, "7");
    assert_string_equal(line.writer, "W03");
    assert_true(line.has_size);
    assert_true(line.w == 500 && line.h == 400.5f);
    assert_int_equal(line.ink.n_entries, 2);
    assert_int_equal(line.ink.n_points, 5);
    const ink_point *p = line.ink.point;
    assert_true(p[0].x == 1 && p[0].y == 2 && isnan(p[0].t) && p[0].pressure == 1);
    assert_true(p[1].x == -3.5f && p[1].y == 400 && p[1].t == 17);
    assert_true(isnan(p[2].t) && p[2].pressure == 0.25f);
    assert_true(p[3].t == 9 && p[3].pressure == 1);
    assert_true(p[4].pressure == 1); /* no more than all */
    ink_free(&line.ink);
}

static void test_little(void **state)
{
    (void)state;
    assert_true(parse("{\"strokes\":[[[10,20]]]}")); /* a dot */
    assert_string_equal(line.label, "");
    assert_string_equal(line.writer, "");
    assert_false(line.has_size);
    assert_int_equal(line.ink.entry[0].count, 1);
    ink_free(&line.ink);
    assert_true(parse(" {\"strokes\": [], \"label\": 3, \"writer\": null, \"w\": 10}\r"));
    assert_string_equal(line.label, "3");
    assert_false(line.has_size);
    assert_true(ink_is_empty(&line.ink));
    ink_free(&line.ink);
}

/* As long as any class's name may be; what is longer is not cut. */
static void test_long_names(void **state)
{
    (void)state;
    static const int lengths[] = {46, 47, 48, 400};
    char text[512];
    for (int i = 0; i < 8; i++) {
        int len = lengths[i / 2];
        snprintf(text, sizeof text, "{\"strokes\":[],\"%s\":\"%0*d\"}", i % 2 ? "writer" : "label", len, 7);
        assert_int_equal(parse(text), len <= 47);
        if (len <= 47)
            assert_int_equal(strlen(i % 2 ? line.writer : line.label), len);
        else
            assert_non_null(strstr(err.text, "has more than 47 bytes"));
        ink_free(&line.ink);
    }
}

static void test_refusals(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } bad[] = {
        {"", "ends too early"},
        {"{]", "no JSON of a drawing"},
        {"[]", "a drawing is a JSON object"},
        {"{}", "\"strokes\" is missing"},
        {"{\"strokes\":7}", "\"strokes\" must be a list"},
        {"{\"strokes\":[7]}", "stroke 1 is not a list of points"},
        {"{\"strokes\":[[[1,2]],[[3,4],7]]}", "stroke 2, point 2: a point is"},
        {"{\"strokes\":[[[1]]]}", "stroke 1, point 1: a point is"},
        {"{\"strokes\":[[[1,null]]]}", "a point is"},
        {"{\"strokes\":[[[1,\"2\"]]]}", "a point is"},
        {"{\"strokes\":[[[1,2,\"3\"]]]}", "time and pressure"},
        {"{\"strokes\":[[[1,2,1e300]]]}", "time and pressure"},
        {"{\"strokes\":[[[1,2,3,true]]]}", "time and pressure"},
        {"{\"strokes\":[[[1e7,2]]]}", "stroke 1, point 1: a coordinate is beyond"},
        {"{\"strokes\":[[[1e999,2]]]}", "a number in the JSON of the drawing is too large"},
        {"{\"strokes\":[],\"label\":[7]}", "\"label\" must be a string or a number"},
        {"{\"strokes\":[],\"writer\":true}", "\"writer\" must be"},
        {"{\"strokes\":[],\"w\":0,\"h\":5}", "\"w\" and \"h\" must be"},
        {"{\"strokes\":[],\"w\":5,\"h\":\"5\"}", "\"w\" and \"h\" must be"},
        {"{\"strokes\":[[[2000,500],[7,3]]],\"w\":1,\"h\":1}", "more than 100 times \"w\" or \"h\" away"},
        {"{\"w\":5,\"h\":2,\"strokes\":[[[1,2]],[[1,-501]]]}", "more than 100 times"},
        {"{\"strokes\":[],\"strokes\":[]}", "stands twice"},
        {"{\"strokes\":[]} x", "something stands behind"},
        {"{\"label\":\"\xff\",\"strokes\":[]}", "not in UTF-8"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        size_t live = nn_alloc_live();
        if (parse(bad[i].text))
            fail_msg("taken: %s", bad[i].text);
        if (!strstr(err.text, bad[i].says))
            fail_msg("%s: \"%s\" does not say \"%s\"", bad[i].text, err.text, bad[i].says);
        assert_true(err.pos <= strlen(bad[i].text));
        assert_int_equal(nn_alloc_live(), live);
    }
    assert_false(parse("{\"strokes\":[[[1,2],[3;4]]]}"));
    assert_int_equal(err.pos, 22); /* behind the ';' */
}

/* Where the first point of a one-stroke drawing comes to lie. */
static ink_point first_fitted(const char *text, float scale, float shift_x, float shift_y)
{
    assert_true(parse(text));
    strokes_fit(&line, 12, scale, shift_x, shift_y);
    assert_true(line.ink.entry[0].width == 12);
    ink_point p = line.ink.point[0];
    ink_free(&line.ink);
    return p;
}

static void test_fit(void **state)
{
    (void)state;
    ink_point p = first_fitted("{\"strokes\":[[[50,0]]],\"w\":100,\"h\":50}", 1, 0, 0);
    assert_true(p.x == 300 && p.y == 150); /* 100 x 50 lies across the middle */
    p = first_fitted("{\"strokes\":[[[0,0],[10,20]]]}", 1, 0, 0);
    assert_true(p.x == 153 && p.y == 6); /* the box, 10 x 20, stands upright in the middle, and no ink is cut off */
    p = first_fitted("{\"strokes\":[[[7,7]]]}", 0.1f, 0, 0);
    assert_true(p.x == 300 && p.y == 300);
    p = first_fitted("{\"strokes\":[[[0,0]]],\"w\":100,\"h\":100}", 0.5f, 10, -20);
    assert_true(p.x == 160 && p.y == 130);
    p = first_fitted("{\"strokes\":[[[-99,0]]],\"w\":1,\"h\":1}", 10, -10000, -10000); /* as far as `ink` may */
    assert_true(ink_in_reach(p.x) && ink_in_reach(p.y));
}

static void test_print(void **state)
{
    (void)state;
    char *text, *again;
    size_t len, len2;
    assert_true(parse("{\"strokes\":[[[1.5,2,3,0.5],[4,5,null,1]],[[6,7]]]}"));
    assert_true(strokes_print(&line.ink, "7", "", &text, &len, &err));
    ink_free(&line.ink);
    assert_int_equal(text[len - 1], '\n');
    assert_true(strokes_parse(&line, text, len, &err));
    assert_string_equal(line.label, "7");
    assert_true(line.has_size && line.w == INK_CANVAS);
    assert_int_equal(line.ink.n_entries, 2);
    assert_true(line.ink.point[0].t == 3 && line.ink.point[0].pressure == 0.5f);
    assert_true(strokes_print(&line.ink, "7", "", &again, &len2, &err));
    assert_int_equal(len, len2);
    assert_memory_equal(text, again, len);
    nn_free(again);
    nn_free(text);
    ink_free(&line.ink);
}

/* An eraser through the middle of a line leaves two strokes; a clear leaves what came after it. */
static void test_print_erased(void **state)
{
    (void)state;
    const ink_point across[] = {{100, 300, NAN, 1}, {200, 300, NAN, 1}, {500, 300, NAN, 1}};
    const ink_point down[] = {{350, 0, NAN, 1}, {350, 600, NAN, 1}};
    char *text;
    size_t len;
    ink drawing;
    ink_init(&drawing);
    assert_true(ink_add(&drawing, INK_PEN, 20, down, 2));
    assert_true(ink_clear(&drawing));
    assert_true(ink_add(&drawing, INK_PEN, 20, across, 3));
    assert_true(ink_add(&drawing, INK_ERASER, 100, down, 2));
    assert_true(strokes_print(&drawing, "", "", &text, &len, &err));
    ink_free(&drawing);
    assert_true(strokes_parse(&line, text, len, &err));
    nn_free(text);
    assert_int_equal(line.ink.n_entries, 2);
    assert_int_equal(line.ink.entry[0].count, 3);
    assert_true(fabsf(line.ink.point[2].x - 300) < 0.01f);
    assert_true(fabsf(line.ink.point[3].x - 400) < 0.01f);
    ink_free(&line.ink);
}

static bool run_all(void *ctx, nn_error *e)
{
    (void)ctx;
    static const char text[] = "{\"strokes\":[[[1,2],[3,4]],[[5,6]]]}";
    char *printed;
    size_t len;
    if (!strokes_parse(&line, text, sizeof text - 1, e))
        return false;
    bool ok = strokes_print(&line.ink, "", "", &printed, &len, e);
    if (ok)
        nn_free(printed);
    ink_free(&line.ink);
    return ok;
}

/* All but the names stays as it is written. */
static void test_rename(void **state)
{
    static const struct {
        const char *line, *label, *writer, *renamed;
    } cases[] = {
        {"{\"time\":12345678901234567890, \"p\":0.1234567890123456789,\"w\":5e2,\"strokes\":[[[1,2.50,1e1]]]}", "7", "",
         "{\"time\":12345678901234567890, \"p\":0.1234567890123456789,\"w\":5e2,\"strokes\":[[[1,2.50,1e1]]],"
         "\"label\":\"7\"}\n"},
        {" { \"label\" : 3 , \"strokes\" : [] } \r", "7", "Bo",
         "{\"label\":\"7\", \"strokes\" : [] ,\"writer\":\"Bo\"}\n"},
        {"{\"\\u006cabel\":[\"}\",{}],\"n\\\"o,}\":\"\\\\\",\"writer\":null}", "a\"b", "",
         "{\"label\":\"a\\\"b\",\"n\\\"o,}\":\"\\\\\"}\n"},
        {"{\"label\":\"1\",\"strokes\":[]}", "", "", "{\"strokes\":[]}\n"},
        {"{\"writer\":\"1\"}", "", "", "{}\n"},
        {"{}", "", "Bo", "{\"writer\":\"Bo\"}\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *text;
        size_t len;
        assert_true(
            strokes_rename(cases[i].line, strlen(cases[i].line), cases[i].label, cases[i].writer, &text, &len, &err));
        assert_int_equal(len, strlen(cases[i].renamed));
        assert_memory_equal(text, cases[i].renamed, len);
        nn_free(text);
    }
}

static bool rename_one(void *ctx, nn_error *problem)
{
    static const char line_of_it[] = "{\"strokes\":[[[1,2]]],\"writer\":\"a\"}";
    char *text;
    size_t len;
    (void)ctx;
    bool ok = strokes_rename(line_of_it, sizeof line_of_it - 1, "7", "b", &text, &len, problem);
    nn_free(text);
    return ok;
}

static void test_faults(void **state)
{
    (void)state;
    const fault_case test = {.run = run_all}, renaming = {.run = rename_one};
    assert_true(faults_try_all("read and write strokes", &test) >= 8);
    assert_true(faults_try_all("rename strokes", &renaming) >= 6);
}

/* Every prefix of a drawing is refused. */
static void test_cut_short(void **state)
{
    (void)state;
    static const char text[] = "{\"label\":\"7\",\"strokes\":[[[1,2],[3.5,-4,5,0.6]]],\"w\":5,\"h\":5}";
    for (size_t len = 0; len < sizeof text - 1; len++) {
        assert_false(strokes_parse(&line, text, len, &err));
        assert_true(err.pos <= len);
    }
    assert_true(strokes_parse(&line, text, sizeof text - 1, &err));
    ink_free(&line.ink);
}

static void test_recorded(void **state)
{
    (void)state;
    static const char path[] = TEST_DATA "/pendigits-train.jsonl.gz";
    nn_stream *lines;
    char *row;
    size_t len, n = 0;
    if (access(path, R_OK) != 0) {
        print_message("no %s: made-up strokes only\n", path);
        skip();
    }
    assert_true(nn_stream_open(&lines, path, &err));
    while (nn_stream_line(lines, STROKES_MAX_LINE, &row, &len, &err) && row) {
        assert_true(parse(row));
        assert_true(line.has_size && !ink_is_empty(&line.ink) && strlen(line.label) == 1);
        ink_free(&line.ink);
        n++;
    }
    assert_int_equal(n, 7494);
    nn_stream_close(lines);
}

static void test_lines(void **state)
{
    (void)state;
    const char text[] = "\n a\r\n\t \n\nbc\n\n\nd";
    strokes_span s = {0};
    assert_true(strokes_next(text, strlen(text), &s));
    assert_true(s.line == 2 && s.begin == 1 && s.len == 3);
    assert_true(strokes_next(text, strlen(text), &s));
    assert_true(s.line == 5 && text[s.begin] == 'b' && s.len == 2);
    assert_true(strokes_next(text, strlen(text), &s));
    assert_true(s.line == 8 && text[s.begin] == 'd' && s.len == 1); /* no newline at the end */
    assert_false(strokes_next(text, strlen(text), &s));
    assert_false(strokes_next(text, strlen(text), &s));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),      cmocka_unit_test(test_everything),   cmocka_unit_test(test_little),
        cmocka_unit_test(test_long_names), cmocka_unit_test(test_refusals),     cmocka_unit_test(test_fit),
        cmocka_unit_test(test_print),      cmocka_unit_test(test_print_erased), cmocka_unit_test(test_faults),
        cmocka_unit_test(test_rename),     cmocka_unit_test(test_cut_short),    cmocka_unit_test(test_recorded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
