/* Text: UTF-8, cutting, breaking lines, and lines that come out the same when they are kept. */
#include "app/core/embedded.h"
#include "app/ui/kit/text.h"
#include "nn/alloc.h"
#include "nn/file.h"
#include "nn/utf8.h"
#include "support/temp.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static text_engine *engine;
static const font body = {15, FONT_REGULAR};

static int open_engine(void **state)
{
    (void)state;
    nn_error err;
    return text_new(&engine, &err) ? 0 : -1;
}

static int close_engine(void **state)
{
    (void)state;
    text_free(engine);
    return 0;
}

static void test_utf8(void **state)
{
    (void)state;
    const char *p = "a\xc2\xb5\xe2\x80\xa6\xf0\x9f\x98\x80";
    const uint32_t expected[] = {'a', 0xb5, 0x2026, 0x1f600, 0};
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++)
        assert_int_equal(nn_utf8_next(&p), expected[i]);
    p = "\xff\xc2z\xe2\x80";
    assert_int_equal(nn_utf8_next(&p), 0xfffd);
    assert_int_equal(nn_utf8_next(&p), 0xfffd);
    assert_int_equal(nn_utf8_next(&p), 'z');
    assert_int_equal(nn_utf8_next(&p), 0xfffd);
    assert_int_equal(nn_utf8_next(&p), 0xfffd);
    assert_int_equal(nn_utf8_next(&p), 0);
    p = "\xc0\x80\xed\xa0\x80\xf4\x90\x80\x80"; /* overlong, a surrogate, beyond the last character */
    for (int i = 0; i < 9; i++)
        assert_int_equal(nn_utf8_next(&p), 0xfffd);
    assert_int_equal(nn_utf8_next(&p), 0);
}

static int width(const char *text)
{
    return text_width(engine, (font){40, FONT_REGULAR}, text);
}

/* The width of a line in an engine that finds no fonts but those in the folder of the temporary file. */
static int width_there(font f)
{
    static const char config[] = "<!DOCTYPE fontconfig SYSTEM 'fonts.dtd'>\n<fontconfig><dir>%s</dir>"
                                 "<cachedir>%s/cache</cachedir></fontconfig>";
    char text[1024];
    nn_error err;
    int n = snprintf(text, sizeof text, config, temp_path(""), temp_path(""));
    assert_true(nn_file_save(temp_path("fonts.conf"), text, (size_t)n, NN_CONSISTENT, &err));
    setenv("FONTCONFIG_FILE", temp_path("fonts.conf"), 1);
    text_engine *there;
    if (!text_new(&there, &err))
        fail_msg("%s", err.text);
    int wide = text_width(there, f, "a line of letters");
    text_free(there);
    unsetenv("FONTCONFIG_FILE");
    return wide;
}

static void put_number(unsigned char *at, size_t number)
{
    for (int i = 3; i >= 0; i--, number >>= 8)
        at[i] = (unsigned char)number;
}

/* A font behind the ones before in a collection of TrueType fonts: its tables are counted from the file's start. */
static size_t add_to_collection(unsigned char *all, size_t used, const embedded_file *f)
{
    size_t len = (size_t)(f->end - f->data);
    memcpy(all + used, f->data, len);
    int tables = all[used + 4] << 8 | all[used + 5];
    for (int i = 0; i < tables; i++) {
        unsigned char *at = all + used + 12 + 16 * i + 8;
        size_t offset = (size_t)at[0] << 24 | (size_t)at[1] << 16 | (size_t)at[2] << 8 | at[3];
        put_number(at, offset + used);
    }
    return used + (len + 3) / 4 * 4;
}

static void test_faces_of_a_collection(void **state)
{
    (void)state;
    const embedded_file *regular = embedded_find("DejaVuSans.ttf"), *bold = embedded_find("DejaVuSans-Bold.ttf");
    enum { HEADER = 20 };
    if (!regular || !bold)
        skip();
    temp_make();
    int built_in = width_there((font){40, FONT_REGULAR}), bold_built_in = width_there((font){40, FONT_BOLD});
    size_t first = (size_t)(regular->end - regular->data), second = (size_t)(bold->end - bold->data);
    unsigned char *all = nn_alloc(HEADER + first + second + 8, 1);
    memcpy(all, "ttcf\0\1\0\0\0\0\0\2", 12);
    put_number(all + 12, HEADER);
    size_t used = add_to_collection(all, HEADER, regular);
    put_number(all + 16, used);
    used = add_to_collection(all, used, bold);
    nn_error err;
    assert_true(nn_file_save(temp_path("both.ttc"), all, used, NN_CONSISTENT, &err));
    nn_free(all);
    assert_int_equal(width_there((font){40, FONT_REGULAR}), built_in);
    assert_int_equal(width_there((font){40, FONT_BOLD}), bold_built_in);
    assert_true(bold_built_in > built_in);
    temp_remove();
}

static void test_widths(void **state)
{
    (void)state;
    assert_int_equal(text_width(engine, body, ""), 0);
    assert_in_range(width("00"), 2 * width("0") - 1, 2 * width("0") + 1); /* advances are no whole pixels */
    assert_true(text_width(engine, (font){30, FONT_REGULAR}, "word") > text_width(engine, body, "word"));
    assert_true(text_width(engine, (font){15, FONT_BOLD}, "word") > text_width(engine, body, "word"));
    assert_true(text_height(engine, body) >= 15);
}

/* Letters kern, and join as their script wants: so a line is not the sum of its letters. */
static void test_lines_are_shaped(void **state)
{
    (void)state;
    assert_true(width("AVAVAV") < 3 * (width("A") + width("V")));
    text_set_language(engine, "ar", "Arab", true);
    const char *beh = "\xd8\xa8";
    assert_true(width("\xd8\xa8\xd8\xa8\xd8\xa8") < 3 * width(beh) - 20); /* joined, the first two are short */
    text_set_language(engine, "en", "Latn", false);
}

static int ink_left_of(const uint32_t *pixels, int w, int h, int column)
{
    int ink = 0;
    for (int i = 0; i < w * h; i++)
        ink += i % w < column && (pixels[i] & 0xff) > 64;
    return ink;
}

/* The full stop of a line that runs from right to left is at its left. */
static void test_right_to_left(void **state)
{
    (void)state;
    enum { W = 60, H = 60 };
    static uint32_t pixels[2][W * H];
    const rect all = {0, 0, W, H};
    for (int i = 0; i < 2; i++) {
        text_set_language(engine, i ? "he" : "en", i ? "Hebr" : "Latn", i == 1);
        text_draw(engine, &(surface){pixels[i], W, H, W}, all, (font){40, FONT_REGULAR}, 2, 2, ".\xd7\x9d", 0xffffffff);
    }
    text_set_language(engine, "en", "Latn", false);
    int dot = 2 + width("."), letter = 2 + width("\xd7\x9d");
    assert_true(ink_left_of(pixels[0], W, H, dot) * 4 < ink_left_of(pixels[1], W, H, letter));
    assert_true(ink_left_of(pixels[0], W, H, W) > 100);
}

static void test_fit_cuts_with_an_ellipsis(void **state)
{
    (void)state;
    char out[64];
    const char *text = "A line that is too long for the box";
    text_fit(engine, body, text, 1000, out, sizeof out);
    assert_string_equal(out, text);
    for (int width = 0; width < 300; width += 7) {
        text_fit(engine, body, text, width, out, sizeof out);
        assert_true(text_width(engine, body, out) <= width || !*out);
        if (*out && strcmp(out, text) != 0)
            assert_non_null(strstr(out, "\xe2\x80\xa6"));
    }
    char tiny[8];
    text_fit(engine, body, text, 1000, tiny, sizeof tiny);
    assert_true(strlen(tiny) < sizeof tiny);
}

static void test_break_loses_no_word(void **state)
{
    (void)state;
    const char *text = "some words of different lengths\nand incomprehensibilities";
    for (int width = 1; width < 400; width += 13) {
        char joined[128] = "", line[128];
        for (const char *p = text; *p;) {
            size_t next, length = text_break(engine, body, p, width, &next);
            assert_true(next > 0);
            snprintf(line, sizeof line, "%.*s", (int)length, p);
            assert_true(text_width(engine, body, line) <= width || !strchr(line, ' '));
            strncat(joined, p, length);
            p += next;
        }
        for (const char *p = text, *q = joined; *p; p++)
            if (*p != ' ' && *p != '\n') {
                while (*q == ' ')
                    q++;
                assert_int_equal(*p, *q++);
            }
    }
}

static void test_a_number_stays_with_its_unit(void **state)
{
    (void)state;
    static const char text[] =
        "It takes 12 ms, 3.5 s at most, of 28 \xc3\x97 28 pixels 99 % in 4 MB, that is 7 s \xc2\xb7 303 images/s.";
    static const char *const whole[] = {"12 ms", "3.5 s",        "28 \xc3\x97 28", "99 %",
                                        "4 MB",  "7 s \xc2\xb7", "303 images/s"};
    for (int width = text_width(engine, body, "303 images/s. m"); width < 500; width++) {
        char lines[256] = "";
        for (const char *p = text; *p;) {
            size_t next, length = text_break(engine, body, p, width, &next);
            snprintf(lines + strlen(lines), sizeof lines - strlen(lines), "%.*s\n", (int)length, p);
            p += next;
        }
        for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++)
            if (!strstr(lines, whole[i]))
                fail_msg("%d pixels:\n%s", width, lines);
    }
}

static void test_kept_lines_look_the_same(void **state)
{
    (void)state;
    enum { W = 300, H = 40 };
    static uint32_t first[W * H], second[W * H];
    const surface a = {first, W, H, W}, b = {second, W, H, W};
    const rect all = {0, 0, W, H};
    text_draw(engine, &a, all, body, 5, 5, "The same 0123", 0xffffffff);
    /* Enough other lines to throw everything out of both tables in between. */
    for (int i = 0; i < 5000; i++) {
        char other[16];
        snprintf(other, sizeof other, "%d", i);
        text_width(engine, body, other);
    }
    text_draw(engine, &b, all, body, 5, 5, "The same 0123", 0xffffffff);
    assert_memory_equal(first, second, sizeof first);
    int lit = 0;
    for (int i = 0; i < W * H; i++)
        lit += first[i] != 0;
    assert_true(lit > 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_utf8),
        cmocka_unit_test(test_widths),
        cmocka_unit_test(test_faces_of_a_collection),
        cmocka_unit_test(test_lines_are_shaped),
        cmocka_unit_test(test_right_to_left),
        cmocka_unit_test(test_fit_cuts_with_an_ellipsis),
        cmocka_unit_test(test_break_loses_no_word),
        cmocka_unit_test(test_kept_lines_look_the_same),
        cmocka_unit_test(test_a_number_stays_with_its_unit),
    };
    return cmocka_run_group_tests(tests, open_engine, close_engine);
}
