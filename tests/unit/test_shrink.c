/* test_shrink.c - smaller copies of pictures, whatever their shape. */
#include "app/core/digit/shrink.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void size_is(int w, int h, int wanted_w, int wanted_h)
{
    int out_w, out_h;
    shrink_size(&out_w, &out_h, w, h, 600);
    assert_int_equal(out_w, wanted_w);
    assert_int_equal(out_h, wanted_h);
}

static void test_sizes(void **state)
{
    (void)state;
    size_is(1200, 900, 600, 450);
    size_is(30, 600, 30, 600);
    size_is(1, 1, 1, 1);
    size_is(64 << 20, 1, 600, 1); /* times 600 it is no int */
    size_is(1, 64 << 20, 1, 600);
}

static void test_means(void **state)
{
    (void)state;
    const unsigned char luma[] = {0, 10, 20, 30, 100, 110, 120, 130, 255, 255, 255, 255};
    unsigned char same[12], small[2], one;
    shrink_luma(same, 4, 3, luma, 4, 3);
    assert_memory_equal(same, luma, sizeof luma);
    shrink_luma(small, 2, 1, luma, 4, 2);
    assert_int_equal(small[0], 55);
    assert_int_equal(small[1], 75);
    shrink_luma(&one, 1, 1, luma + 8, 4, 1);
    assert_int_equal(one, 255);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_sizes), cmocka_unit_test(test_means)};
    return cmocka_run_group_tests_name("shrink", tests, NULL, NULL);
}
