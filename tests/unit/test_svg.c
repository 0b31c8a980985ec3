/* Drawings as SVG. */
#include "app/core/drawing/svg.h"
#include "nn/alloc.h"
#include "support/faults.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static nn_error err;

static int count(const char *text, const char *word)
{
    int n = 0;
    for (; (text = strstr(text, word)) != NULL; text += strlen(word))
        n++;
    return n;
}

static void test_paths_follow_strokes_and_widths(void **state)
{
    (void)state;
    ink drawing;
    char *text;
    size_t len;
    ink_init(&drawing);
    const ink_point even[] = {{10, -20.26f, 0, 1}, {30, 40, 0, 1}, {50, 60, 0, 1}};
    const ink_point lighter[] = {{100, 100, 0, 0}, {110, 100, 0, 0}, {120, 100, 0, 1}}, dot = {7, 8, 0, 1};
    assert_true(ink_add(&drawing, INK_PEN, 30, even, 3) && ink_add(&drawing, INK_PEN, 20, lighter, 3) &&
                ink_add(&drawing, INK_PEN, 30, &dot, 1));
    assert_true(svg_print(&drawing, &text, &len, &err));
    assert_int_equal(len, strlen(text));
    assert_non_null(strstr(text, "<path stroke-width=\"30.0\" d=\"M10.0 -20.3L30.0 40.0L50.0 60.0\"/>"));
    assert_non_null(strstr(text, "<path stroke-width=\"10.0\" d=\"M100.0 100.0L110.0 100.0\"/>"));
    assert_non_null(strstr(text, "d=\"M7.0 8.0L7.0 8.0\""));
    assert_int_equal(count(text, "<path"), 4);
    assert_non_null(strstr(text, "</g>\n</svg>\n"));
    nn_free(text);
    ink_free(&drawing);
}

static void test_what_is_erased_is_left_out(void **state)
{
    (void)state;
    ink drawing;
    char *text;
    size_t len;
    ink_init(&drawing);
    const ink_point line[] = {{100, 100, 0, 1}, {500, 100, 0, 1}}, rub = {300, 100, 0, 1};
    assert_true(ink_add(&drawing, INK_PEN, 30, line, 2) && ink_add(&drawing, INK_ERASER, 40, &rub, 1));
    assert_true(svg_print(&drawing, &text, &len, &err));
    assert_non_null(strstr(text, "M100.0 100.0L280.0 100.0"));
    assert_non_null(strstr(text, "M320.0 100.0L500.0 100.0"));
    nn_free(text);
    ink_free(&drawing);
}

static bool print_long_one(void *ctx, nn_error *error)
{
    char *text;
    size_t len;
    bool ok = svg_print(ctx, &text, &len, error);
    nn_free(text);
    return ok;
}

static void test_faults(void **state)
{
    (void)state;
    ink drawing;
    ink_init(&drawing);
    assert_true(ink_begin(&drawing, INK_PEN, 30, (ink_point){1, 1, 0, 1}));
    for (int i = 0; i < 300; i++)
        assert_true(ink_extend(&drawing, (ink_point){(float)i, 1, 0, (float)(i % 2)}));
    ink_end(&drawing);
    assert_true(faults_try_all("write SVG", &(fault_case){NULL, print_long_one, NULL, &drawing}) > 3);
    ink_free(&drawing);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_paths_follow_strokes_and_widths),
        cmocka_unit_test(test_what_is_erased_is_left_out),
        cmocka_unit_test(test_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
