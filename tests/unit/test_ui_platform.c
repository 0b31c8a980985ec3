/* What stands between the UI and the system: Xft.dpi, the trace, the command line. */
#include "app/platform/scale.h"
#include "app/platform/tablet.h"
#include "app/platform/window_args.h"
#include "app/ui/trace.h"
#include "support/screen.h"
#include "support/temp.h"
#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* ---- scale ------------------------------------------------------------------------------------------------------- */

static void test_xft_dpi_is_found(void **state)
{
    (void)state;
    assert_float_equal(scale_parse_dpi("Xft.dpi:\t144\n"), 144, 0);
    assert_float_equal(scale_parse_dpi("XTerm*font: fixed\nXft.dpi: 96.5\nXft.rgba: none\n"), 96.5f, 0.001f);
    assert_float_equal(scale_parse_dpi("*Xft.dpi: 100\n"), 0, 0);
    assert_float_equal(scale_parse_dpi("Xft.dpi: many"), 0, 0);
    assert_float_equal(scale_parse_dpi(""), 0, 0);
    assert_float_equal(scale_parse_dpi(NULL), 0, 0);
}

/* ---- tablets ----------------------------------------------------------------------------------------------------- */

static void assert_end(const char *name, int expected)
{
    int end;
    assert_true(tablet_end(&end, name));
    assert_int_equal(end, expected);
}

static void test_the_end_of_a_pen_is_known_by_its_name(void **state)
{
    (void)state;
    int end;
    assert_end("Wacom Intuos Pro M Pen stylus", TABLET_PEN);
    assert_end("Wacom Intuos Pro M Pen eraser", TABLET_ERASER);
    assert_end("Wacom Intuos Pro M Pen Eraser (0x8ac0)", TABLET_ERASER);
    assert_end("ERASER", TABLET_ERASER);
    assert_end("erase", TABLET_PEN);
    assert_end("", TABLET_PEN);
    assert_false(tablet_end(&end, "Wacom Intuos Pro M Pad pad"));
    assert_false(tablet_end(&end, "Wacom Intuos Pro M Finger touch"));
    assert_false(tablet_end(&end, "Wacom Intuos Pro M Pen cursor"));
}

static void test_pressure_is_a_share_of_the_axis(void **state)
{
    (void)state;
    assert_float_equal(tablet_pressure(0, 0, 2047), 0, 0);
    assert_float_equal(tablet_pressure(2047, 0, 2047), 1, 0);
    assert_float_equal(tablet_pressure(-50, -100, 100), 0.25f, 1e-6f);
    assert_float_equal(tablet_pressure(-1, 0, 100), 0, 0);
    assert_float_equal(tablet_pressure(101, 0, 100), 1, 0);
    assert_float_equal(tablet_pressure(NAN, 0, 100), 0, 0);
    assert_float_equal(tablet_pressure(7, 0, 0), 1, 0); /* it measures none */
    assert_float_equal(tablet_pressure(7, -1, -1), 1, 0);
}

/* ---- command line ------------------------------------------------------------------------------------------------ */

static int parse(window_args *out, int argc, ...)
{
    char words[8][32], *argv[8];
    va_list args;
    va_start(args, argc);
    for (int i = 0; i < argc; i++) {
        snprintf(words[i], sizeof words[i], "%s", va_arg(args, const char *));
        argv[i] = words[i];
    }
    va_end(args);
    const likeness meant = likeness_to("", 0);
    return window_args_parse(out, argc, argv, &meant);
}

static void test_options_of_the_window(void **state)
{
    (void)state;
    window_args a;
    assert_int_equal(parse(&a, 1, "digitscope"), -1);
    assert_int_equal(a.app.w, 0);
    assert_null(a.app.open);
    assert_int_equal(parse(&a, 5, "digitscope", "--window", "640x480", "--theme", "dark"), -1);
    assert_int_equal(a.app.w, 640);
    assert_int_equal(a.app.h, 480);
    assert_int_equal(a.app.theme, THEME_DARK);
    assert_int_equal(parse(&a, 4, "digitscope", "--scale", "1.5", "seven.png"), -1);
    assert_true(a.scale > 1.4 && a.scale < 1.6);
    assert_int_equal(parse(&a, 3, "digitscope", "--window", "640"), 2);
    assert_int_equal(parse(&a, 3, "digitscope", "--window", "0x9"), 2);
    assert_int_equal(parse(&a, 3, "digitscope", "--window", "640x480x2"), 2);
    assert_int_equal(parse(&a, 3, "digitscope", "--window", "10x10"), 2);
    assert_int_equal(parse(&a, 3, "digitscope", "--window", "480x360"), -1);
    assert_int_equal(parse(&a, 3, "digitscope", "--theme", "blue"), 2);
    assert_int_equal(parse(&a, 3, "digitscope", "one.png", "two.png"), 2);
}

/* ---- trace ------------------------------------------------------------------------------------------------------- */

static json_t *next_line(FILE *file)
{
    json_error_t error;
    char line[8192];
    if (!fgets(line, sizeof line, file))
        return NULL;
    assert_non_null(strchr(line, '\n'));
    json_t *json = json_loads(line, 0, &error);
    assert_non_null(json);
    return json;
}

static void test_trace_says_what_is_on_the_screen(void **state)
{
    (void)state;
    nn_error err;
    screen s;
    trace *t;
    screen_open(&s, 800, 600);
    const char *path = temp_path("trace.jsonl");
    assert_true(trace_open(&t, path, &err));
    const trace_frame frame = {12.5, 2.25, -1}, with_input = {20, 2, 6.5};
    trace_write(t, &frame, s.app);
    screen_stroke(&s, 100, 100, 300, 500, 20, POINTER_LEFT);
    trace_frame_begins(t);
    trace_write(t, &with_input, s.app);

    /* Read before the trace is closed: every line is on the disk at once. */
    FILE *file = fopen(path, "r");
    json_t *layout = next_line(file), *first = next_line(file), *second = next_line(file);
    assert_int_equal(json_array_size(json_object_get(json_object_get(layout, "layout"), "canvas")), 4);
    assert_non_null(json_object_get(json_object_get(layout, "layout"), "input28"));
    assert_int_equal(json_integer_value(json_object_get(first, "frame")), 0);
    assert_true(json_is_null(json_object_get(first, "digit")));
    assert_true(json_is_null(json_object_get(first, "input_to_present_ms")));
    assert_true(json_is_null(json_object_get(first, "job")));
    assert_int_equal(json_array_size(json_object_get(first, "probabilities")), 0);
    if (json_object_get(second, "layout")) { /* the answer took the invitation's place */
        json_decref(second);
        second = next_line(file);
    }
    assert_int_equal(json_integer_value(json_object_get(second, "digit")), app_read(s.app)->answer.digit);
    assert_string_equal(json_string_value(json_object_get(second, "text")), app_read(s.app)->answer.text);
    assert_int_equal(json_array_size(json_object_get(second, "probabilities")), 10);
    assert_true(json_number_value(json_object_get(second, "input_to_present_ms")) > 6.4);
    assert_true(json_is_boolean(json_object_get(second, "unsure")));
    fclose(file);
    json_decref(layout);
    json_decref(first);
    json_decref(second);
    trace_close(t);
    screen_close(&s);
}

static void test_no_trace_is_no_work(void **state)
{
    (void)state;
    nn_error err;
    trace *t;
    assert_true(trace_open(&t, NULL, &err));
    assert_null(t);
    trace_frame_begins(t);
    trace_write(t, NULL, NULL);
    trace_close(t);
    assert_false(trace_open(&t, temp_path("no/such/folder/trace"), &err));
    assert_non_null(strstr(err.text, "no/such/folder"));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, temp_set_up, temp_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
#ifdef DIGITSCOPE_IMAGE
#endif
        TEST(test_xft_dpi_is_found),
        TEST(test_the_end_of_a_pen_is_known_by_its_name),
        TEST(test_pressure_is_a_share_of_the_axis),
        TEST(test_options_of_the_window),
        TEST(test_trace_says_what_is_on_the_screen),
        TEST(test_no_trace_is_no_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
