/* Errors: formatting, and the file's name in front whatever its length. */
#include "nn/error.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_fail_fills_all(void **state)
{
    nn_error err;
    (void)state;
    assert_false(nn_fail(&err, NN_LIMIT, 12, "rank %d, at most %s", 5, "four"));
    assert_int_equal(err.code, NN_LIMIT);
    assert_int_equal(err.pos, 12);
    assert_string_equal(err.text, "rank 5, at most four");
}

static void test_nobody_asks(void **state)
{
    (void)state;
    assert_false(nn_fail(NULL, NN_IO, 0, "%s", "unheard"));
    assert_false(nn_fail_in(NULL, "file"));
}

static void test_name_in_front(void **state)
{
    nn_error err;
    (void)state;
    nn_fail(&err, NN_FORMAT, 3, "not 100%% right");
    assert_false(nn_fail_in(&err, "a%d.net"));
    assert_string_equal(err.text, "a%d.net: not 100% right");
    assert_int_equal(err.code, NN_FORMAT);
    assert_int_equal(err.pos, 3);
}

static void test_short_name_leaves_room(void **state)
{
    nn_error err;
    char text[201] = "";
    (void)state;
    memset(text, 't', sizeof text - 1);
    nn_fail(&err, NN_USAGE, 0, "%s", text);
    nn_fail_in(&err, "name");
    assert_int_equal(strlen(err.text), strlen("name: ") + sizeof text - 1);
}

/* A path may be longer than the text: its end and the reason stay. */
static void test_long_name(void **state)
{
    nn_error err;
    char name[1000];
    (void)state;
    memset(name, 'd', sizeof name);
    strcpy(name + 980, "/model.net");
    nn_fail(&err, NN_IO, 0, "cannot open");
    nn_fail_in(&err, name);
    assert_memory_equal(err.text, "...d", 4);
    assert_non_null(strstr(err.text, "/model.net: cannot open"));
}

static void test_long_name_is_cut_between_characters(void **state)
{
    (void)state;
    for (size_t shift = 0; shift < 3; shift++) {
        nn_error err;
        char name[400] = "xyz";
        name[shift] = '\0';
        for (int i = 0; i < 100; i++)
            strcat(name, "\u20ac");
        nn_fail(&err, NN_IO, 0, "cannot open");
        nn_fail_in(&err, name);
        assert_memory_equal(err.text, "...\u20ac", 6);
    }
}

static void test_long_text_is_cut(void **state)
{
    nn_error err;
    char text[1000];
    (void)state;
    memset(text, 't', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    nn_fail(&err, NN_FORMAT, 0, "%s", text);
    assert_int_equal(strlen(err.text), sizeof err.text - 1);
    nn_fail_in(&err, text);
    assert_non_null(strstr(err.text, "t: t"));
    assert_true(strlen(err.text) < sizeof err.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fail_fills_all),   cmocka_unit_test(test_nobody_asks),
        cmocka_unit_test(test_name_in_front),    cmocka_unit_test(test_short_name_leaves_room),
        cmocka_unit_test(test_long_name),        cmocka_unit_test(test_long_name_is_cut_between_characters),
        cmocka_unit_test(test_long_text_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
