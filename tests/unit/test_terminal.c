/* What is said to people: values cannot steer a terminal, JSON stays JSON. */
#include "app/core/console/terminal.h"
#include "nn/alloc.h"
#include "nn/error.h"
#include "nn/file.h"
#include "nn/utf8.h"
#include "support/temp.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

/* Every character that does something to a terminal or a line, beside some that do not. */
static const char nasty[] = "a\x1b[31m\x07\t\r\n\x7f\xc2\x9b"
                            "1m\xe2\x80\xae\xe2\x81\xa6\xe2\x80\xa8\xff\xc3(z\xc3\xa9?\xe2\x82\xac";
static const char harmless[] = "a?[31m???????"
                               "1m??"
                               "?????????"
                               "(z\xc3\xa9?\xe2\x82\xac";

static int saved;

/* From now on standard output goes to a file. */
static void catch_output(void)
{
    fflush(stdout);
    saved = dup(STDOUT_FILENO);
    assert_non_null(freopen(temp_path("out"), "w", stdout));
}

/* What went there; the caller's to nn_free. */
static char *caught(void)
{
    unsigned char *data;
    size_t len;
    nn_error err;
    fflush(stdout);
    dup2(saved, STDOUT_FILENO);
    close(saved);
    assert_true(nn_file_read(temp_path("out"), 1 << 20, &data, &len, &err));
    return (char *)data;
}

static void test_cleaning(void **state)
{
    (void)state;
    char text[sizeof nasty];
    memcpy(text, nasty, sizeof nasty);
    nn_utf8_clean(text, sizeof nasty - 1);
    assert_string_equal(text, harmless);
}

static void test_values(void **state)
{
    (void)state;
    char expected[256];
    catch_output();
    bool ok = terminal_print("%s\n%5d\n\n[%-8s]", nasty, 7, "\n\n");
    char *text = caught();
    assert_true(ok);
    snprintf(expected, sizeof expected, "%s\n    7\n\n[??      ]", harmless);
    assert_string_equal(text, expected);
    nn_free(text);
}

static void test_long_values(void **state)
{
    (void)state;
    enum { LONG = 100000 };
    char *value = nn_alloc(LONG + 1, 1);
    assert_non_null(value);
    memset(value, '\n', LONG);
    catch_output();
    bool ok = terminal_print("%s\nend\n", value);
    char *text = caught();
    assert_true(ok);
    assert_int_equal(strlen(text), LONG + 5);
    assert_int_equal(strspn(text, "?"), LONG);
    assert_string_equal(text + LONG, "\nend\n");
    nn_free(text);
    nn_free(value);
}

static void test_json(void **state)
{
    (void)state;
    const char value[] = "\x1b[31m\n\x7f\xc2\x9b"
                         "1m\xe2\x80\xae \xc3\xa9";
    json_t *json = json_pack("{s:s}", "label", value);
    char *dumped = json_dumps(json, 0);
    catch_output();
    bool ok = terminal_json(dumped);
    char *text = caught();
    assert_true(ok);
    assert_string_equal(text, "{\"label\": \"\\u001B[31m\\n\\u007F\\u009B1m\\u202E \xc3\xa9\"}\n");
    json_t *back = json_loads(text, 0, NULL);
    assert_true(json_equal(json, back));
    json_decref(back);
    json_decref(json);
    free(dumped);
    nn_free(text);
}

static void test_errors_quote_harmlessly(void **state)
{
    (void)state;
    nn_error err;
    nn_fail(&err, NN_FORMAT, 0, "unknown word \"%s\"", nasty);
    assert_non_null(strstr(err.text, harmless));
    nn_fail(&err, NN_FORMAT, 0, "wrong");
    nn_fail_in(&err, nasty);
    assert_non_null(strstr(err.text, harmless));
    assert_null(strpbrk(err.text, "\x1b\n\r\t"));
}

static void test_full_disk(void **state)
{
    (void)state;
    fflush(stdout);
    int before = dup(STDOUT_FILENO);
    assert_non_null(freopen("/dev/full", "w", stdout));
    terminal_print("%d\n", 1);
    bool ok = terminal_flush();
    dup2(before, STDOUT_FILENO);
    close(before);
    clearerr(stdout);
    assert_false(ok);
}

static int setup(void **state)
{
    *state = (void *)(uintptr_t)temp_make();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cleaning),
        cmocka_unit_test_setup_teardown(test_values, setup, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_long_values, setup, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_json, setup, temp_tear_down),
        cmocka_unit_test(test_errors_quote_harmlessly),
        cmocka_unit_test(test_full_disk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
