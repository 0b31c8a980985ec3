/* Texts in several languages: formats, plurals, which language is spoken. */
#include "app/texts/format.h"
#include "app/texts/texts.h"
#include "nn/error.h"
#include "nn/utf8.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char out[512];

static size_t print_into(char *text, size_t size, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    size_t len = format_print(text, size, &(format_style){.decimal = "."}, format, args);
    va_end(args);
    return len;
}

static size_t characters(const char *text)
{
    size_t n = 0;
    for (; *text; text++)
        n += ((unsigned char)*text & 0xc0) != 0x80;
    return n;
}

static const char *print(const char *decimal, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    size_t len = format_print(out, sizeof out, &(format_style){.decimal = decimal}, format, args);
    va_end(args);
    assert_int_equal(len, strlen(out));
    return out;
}

static void test_prints_as_printf(void **state)
{
    (void)state;
    char expected[512];
#define SAME(...) \
    snprintf(expected, sizeof expected, __VA_ARGS__), assert_string_equal(print(".", __VA_ARGS__), expected)
    SAME("%d %i %u %x %02x", -5, 7, 4000000000u, 255u, 10u);
    SAME("%ld %lu %lld %llu %zu", -5L, 7UL, -(1LL << 40), ~0ULL, (size_t)12);
    SAME("%5d|%-5d|%+d|%05d", 42, 42, 42, 42);
    SAME("%.1f %.0f %g %.3g %e", 98.25, 2.5, 0.001, 1234567.0, 1e-9);
    SAME("%s and %c, 100 %%", "text", 'x');
    SAME("%.*s|%.3s|%*d", 4, "seventeen", "word", 6, 1);
    SAME("%f", 1.7e308);
#undef SAME
}

static void test_order_and_decimal_sign(void **state)
{
    (void)state;
    assert_string_equal(print(",", "%2$s vor %1$s", "one", "two"), "two vor one");
    assert_string_equal(print(",", "%2$.1f %% in %1$d, %2$.0f", 3, 98.25), "98,2 % in 3, 98");
    assert_string_equal(print(",", "%s %.2f", "1.5", 1.5), "1.5 1,50"); /* a text's point is its own */
    assert_string_equal(print(",", "%1$s, %1$s", "twice"), "twice, twice");
}

static void test_cuts_whole_characters(void **state)
{
    (void)state;
    static const char text[] = "a\xc3\xa4\xe2\x80\xa6z";
    assert_string_equal(print(".", "%.2s|%.3s|%.5s", text, text, text), "a|a\xc3\xa4|a\xc3\xa4");
    for (size_t size = 1; size < 9; size++) {
        char small[9];
        assert_int_equal(print_into(small, size, "%s", text), sizeof text - 1);
        assert_true(strlen(small) < size && strncmp(small, text, strlen(small)) == 0);
        assert_true(nn_utf8_is_valid(small, strlen(small)));
    }
}

static void test_what_is_no_format(void **state)
{
    (void)state;
    char kind[FORMAT_ARGUMENTS];
    static const char *const bad[] = {"%", "%q", "%1$s %s", "%2$s", "%hd", "%ls", "%1$*d", "%13$d", "%1$s %1$d"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(format_arguments(bad[i], kind), -1);
    assert_int_equal(format_arguments("%d %zu %.*s %lld %.1f%%", kind), 6);
    assert_memory_equal(kind, "izisLd", 7);
}

/* ---- languages --------------------------------------------------------------------------------------------------- */

static const char *others(int n)
{
    texts_format(out, sizeof out, PLURAL_BARS_OTHERS(n), n);
    return out;
}

static void test_plurals(void **state)
{
    (void)state;
    assert_true(texts_speak("en"));
    assert_string_equal(others(1), "and 1 other, less likely");
    assert_string_equal(others(0), "and 0 others, less likely");
    assert_string_equal(others(2), "and 2 others, less likely");
    assert_true(texts_speak("de"));
    assert_string_equal(others(1), "und 1 andere, weniger wahrscheinlich");
    assert_string_equal(others(2), "und 2 andere, weniger wahrscheinlich");
}

static void test_speaks_at_once(void **state)
{
    (void)state;
    assert_true(texts_speak("de"));
    assert_string_equal(texts_get(TEXT_LANGUAGE_NAME), "Deutsch");
    assert_string_equal(texts_language(), "de");
    assert_false(texts_speak("tlh"));
    assert_string_equal(texts_language(), "de");
    assert_true(texts_speak("en"));
    assert_string_equal(texts_get(TEXT_LANGUAGE_NAME), "English");
}

static void test_choice(void **state)
{
    (void)state;
    unsetenv("LC_ALL");
    unsetenv("LC_MESSAGES");
    setenv("LANG", "de_AT.UTF-8", 1);
    assert_string_equal(texts_choose(""), "de");
    assert_string_equal(texts_choose("en"), "en");
    assert_string_equal(texts_choose("tlh"), "de");
    setenv("LC_MESSAGES", "en_GB", 1);
    assert_string_equal(texts_choose(NULL), "en");
    setenv("LC_ALL", "DE", 1);
    assert_string_equal(texts_choose(NULL), "de");
    setenv("LC_ALL", "C.UTF-8", 1); /* is no language: English */
    assert_string_equal(texts_choose(NULL), "en");
    setenv("LC_ALL", "", 1);
    setenv("LC_MESSAGES", "den", 1);
    assert_string_equal(texts_choose(NULL), "en");
    unsetenv("LC_MESSAGES");
    unsetenv("LC_ALL");
    unsetenv("LANG");
    assert_string_equal(texts_choose(NULL), "en");
}

static void test_languages_to_choose_from(void **state)
{
    (void)state;
    int n = 0, german = -1;
    for (; texts_code(n); n++) {
        assert_true(*texts_name(n) != '\0' && strcmp(texts_code(n), "xx") != 0);
        german = strcmp(texts_code(n), "de") == 0 ? n : german;
    }
    assert_true(german > 0);
    assert_string_equal(texts_name(german), "Deutsch");
    assert_string_equal(texts_code(0), "en");
    assert_null(texts_name(n));
}

/* The made language is longer than any that people speak. */
static void test_long_language(void **state)
{
    (void)state;
    char english[512];
    assert_true(texts_speak("en"));
    strcpy(english, others(7));
    assert_true(texts_speak("xx"));
    assert_true(characters(others(7)) * 100 >= characters(english) * 135);
    assert_non_null(strchr(out, '7'));
    assert_true(texts_speak("en"));
}

/* ---- errors ------------------------------------------------------------------------------------------------------ */

static void test_errors(void **state)
{
    (void)state;
    nn_error err;
    nn_error_set_words(texts_error);
    assert_true(texts_speak("de"));
    nn_fail(&err, NN_NOMEM, 0, "out of memory");
    assert_string_equal(err.text, "zu wenig Speicher");
    nn_fail(&err, NN_LIMIT, 0, "larger than %zu bytes", (size_t)12);
    assert_string_equal(err.text, "gr\xc3\xb6\xc3\x9f"
                                  "er als 12 Byte");
    nn_fail(&err, NN_USAGE, 0, "nobody has translated %s: %.1f", "this", 1.5);
    assert_string_equal(err.text, "nobody has translated this: 1,5");
    nn_fail(&err, NN_IO, 0, "cannot %s: %s", "open", "Permission denied"); /* words in words */
    assert_string_equal(err.text, "\xc3\x96"
                                  "ffnen nicht m\xc3\xb6glich: keine Berechtigung");
    nn_fail(&err, NN_USAGE, 0, "%s is too large", "open"); /* a name is a name */
    assert_string_equal(err.text, "open ist zu gro\xc3\x9f");
    assert_true(texts_speak("en"));
    nn_fail(&err, NN_NOMEM, 0, "out of memory");
    assert_string_equal(err.text, "out of memory");
    nn_error_set_words(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_prints_as_printf),
        cmocka_unit_test(test_order_and_decimal_sign),
        cmocka_unit_test(test_cuts_whole_characters),
        cmocka_unit_test(test_what_is_no_format),
        cmocka_unit_test(test_plurals),
        cmocka_unit_test(test_speaks_at_once),
        cmocka_unit_test(test_choice),
        cmocka_unit_test(test_languages_to_choose_from),
        cmocka_unit_test(test_long_language),
        cmocka_unit_test(test_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
