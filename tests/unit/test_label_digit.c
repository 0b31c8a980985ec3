/* test_label_digit.c - which labels are digits, whatever people call them. */
#include "app/core/digit/label_digit.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_digits(void **state)
{
    static const struct {
        const char *label;
        int digit;
    } cases[] = {{"0", 0},       {"9", 9},          {"zero", 0},      {"Eight", 8}, {"NINE", 9},     {"digit_0", 0},
                 {"class0", 0},  {"Class 7", 7},    {"num-3", 3},     {"cls.4", 4}, {"label:6", 6},  {"digit_five", 5},
                 {"1 - one", 1}, {"2_two", 2},      {"", -1},         {"10", -1},   {"05", -1},      {"a", -1},
                 {"class", -1},  {"class10", -1},   {"digit_10", -1}, {"ten", -1},  {"oneself", -1}, {"1 - two", -1},
                 {"0x", -1},     {"classic 3", -1}, {"-1", -1},       {"3.0", -1}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (label_digit(cases[i].label) != cases[i].digit)
            fail_msg("\"%s\" is %d", cases[i].label, label_digit(cases[i].label));
}

static void test_the_same(void **state)
{
    (void)state;
    assert_true(label_same("cat", "cat"));
    assert_true(label_same("seven", "7"));
    assert_true(label_same("class7", "Seven"));
    assert_false(label_same("seven", "8"));
    assert_false(label_same("cat", "dog"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_digits), cmocka_unit_test(test_the_same)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
