/* What stands between the UI and the system: picture files, Xft.dpi, the trace, the command line. */
#include "app/platform/scale.h"
#include "app/platform/tablet.h"
#include "app/platform/window_args.h"
#include "app/ui/kit/picture_file.h"
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

static int make_temp(void **state)
{
    (void)state;
    temp_make();
    return 0;
}

static int remove_temp(void **state)
{
    (void)state;
    temp_remove();
    return 0;
}

/* ---- pictures -------------------------------------------------------------------------------------------------- */

enum { W = 37, H = 21 };

static void fill(uint32_t pixels[W * H])
{
    for (uint32_t i = 0; i < W * H; i++)
        pixels[i] = 0xff000000 | i * 331;
}

static void assert_saved_picture_reads(const char *path)
{
    nn_error err;
    uint32_t pixels[W * H];
    unsigned char *data, *luma;
    size_t len;
    int w, h;
    fill(pixels);
    assert_true(picture_file_save(path, pixels, W, H, &err));
    assert_true(nn_file_read(path, 1 << 20, &data, &len, &err));
    if (!picture_file_decode(&luma, &w, &h, data, len, &err))
        fail_msg("%s", err.text);
    assert_int_equal(w, W);
    assert_int_equal(h, H);
    for (int i = 0; i < W * H; i++) {
        uint32_t p = pixels[i];
        int expected = (int)((299 * (p >> 16 & 255) + 587 * (p >> 8 & 255) + 114 * (p & 255) + 500) / 1000);
        assert_in_range(luma[i], expected > 0 ? expected - 1 : 0, expected + 1);
    }
    nn_free(luma);
    nn_free(data);
}

static void test_what_is_saved_can_be_read(void **state)
{
    (void)state;
    assert_saved_picture_reads(temp_path("a.png"));
    assert_saved_picture_reads(temp_path("a.bmp"));
}

static void assert_refused(const void *data, size_t len, nn_code code)
{
    nn_error err;
    unsigned char *luma;
    int w, h;
    assert_false(picture_file_decode(&luma, &w, &h, data, len, &err));
    assert_null(luma);
    assert_int_equal(err.code, code);
    assert_true(strlen(err.text) > 10);
}

static void test_huge_pictures_are_refused_before_decoding(void **state)
{
    (void)state;
    static const unsigned char png[24] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, 0, 13,
                                          'I',  'H', 'D', 'R', 0,    1,    0,    0,    0, 1, 0, 0};
    static const unsigned char jpeg[] = {0xff, 0xd8, 0xff, 0xe0, 0,    4,    0, 0, 0xff, 0xc0, 0,
                                         17,   8,    0xff, 0xff, 0xff, 0xff, 3, 0, 0,    0,    0};
    static const unsigned char bmp[26] = {'B', 'M', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                                          0,   40,  0, 0, 0, 0, 0, 2, 0, 0, 0, 2, 0};
    static const char pnm[] = "P6 # a comment\n 70000\n70000 255\n";
    assert_refused(png, sizeof png, NN_LIMIT);
    assert_refused(jpeg, sizeof jpeg, NN_LIMIT);
    assert_refused(bmp, sizeof bmp, NN_LIMIT);
    assert_refused(pnm, sizeof pnm - 1, NN_LIMIT);
}

static void test_what_is_no_picture_is_refused(void **state)
{
    (void)state;
    assert_refused("", 0, NN_FORMAT);
    assert_refused("GIF89a and more than thirty bytes of it", 39, NN_FORMAT);
    assert_refused("P5 2 2 255\n", 11, NN_FORMAT); /* cut short */
}

/* Every prefix of a good file is read or refused, with nothing left behind. */
static void test_cut_pictures_are_survived(void **state)
{
    (void)state;
    nn_error err;
    uint32_t pixels[W * H];
    unsigned char *data, *luma;
    size_t len, live = nn_alloc_live();
    int w, h;
    fill(pixels);
    assert_true(picture_file_save(temp_path("a.png"), pixels, W, H, &err));
    assert_true(nn_file_read(temp_path("a.png"), 1 << 20, &data, &len, &err));
    for (size_t cut = 0; cut < len; cut += 7)
        if (picture_file_decode(&luma, &w, &h, data, cut, &err))
            nn_free(luma);
    nn_free(data);
    assert_int_equal(nn_alloc_live(), live);
}

static void test_pnm_is_read(void **state)
{
    (void)state;
    nn_error err;
    unsigned char *luma;
    int w, h;
    const char pnm[] = "P5\n2 2\n255\n\x01\x02\x03\xfe";
    assert_true(picture_file_decode(&luma, &w, &h, (const unsigned char *)pnm, sizeof pnm - 1, &err));
    assert_int_equal(w * h, 4);
    assert_int_equal(luma[0], 1);
    assert_int_equal(luma[3], 0xfe);
    nn_free(luma);
}

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
    assert_int_equal(parse(&a, 3, "digitscope", "--window", "64x48x2"), 2);
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

#define TEST(function) cmocka_unit_test_setup_teardown(function, make_temp, remove_temp)

int main(void)
{
    const struct CMUnitTest tests[] = {
#ifdef DIGITSCOPE_IMAGE
        TEST(test_what_is_saved_can_be_read),
        TEST(test_huge_pictures_are_refused_before_decoding),
        TEST(test_what_is_no_picture_is_refused),
        TEST(test_cut_pictures_are_survived),
        TEST(test_pnm_is_read),
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
