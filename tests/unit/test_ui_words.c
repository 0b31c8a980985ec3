/* The answer in words. */
#include "app/texts/texts.h"
#include "app/ui/panels/words.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static ui u;
static const char labels[3][NN_NAME] = {"7", "8", "Ankle boot"};

static answer make(float first, float second, float third, bool unsure)
{
    answer a = {.digit = 0, .text = "7", .confidence = first, .unsure = unsure, .classes = 3};
    memcpy(a.probability, (float[3]){first, second, third}, sizeof(float[3]));
    return a;
}

static void assert_says(answer a, const char *expected)
{
    ui_begin(&u);
    assert_string_equal(words_answer(&u, &a, labels), expected);
}

static void test_sentences(void **state)
{
    (void)state;
    assert_says(make(0.99f, 0.006f, 0.004f, false), "This is a 7.");
    assert_says(make(0.80f, 0.15f, 0.05f, false), "This is a 7, or perhaps an 8.");
    assert_says(make(0.80f, 0.05f, 0.15f, false), "This is a 7, or perhaps an Ankle boot.");
    assert_says(make(0.40f, 0.35f, 0.25f, true), "Unsure: a 7 or an 8?");
    assert_says(make(0.25f, 0.20f, 0.15f, true), "Unsure: this looks like none of them.");
    assert_says((answer){.digit = -1, .text = ""}, "");
}

static void test_articles(void **state)
{
    (void)state;
    const char *pairs[][2] = {{"0", "a 0"},      {"8", "an 8"},           {"11", "an 11"}, {"18", "an 18"},
                              {"110", "a 110"},  {"81", "an 81"},         {"A", "an A"},   {"U", "a U"},
                              {"m", "an m"},     {"x", "an x"},           {"b", "a b"},    {"Bag", "a Bag"},
                              {"oak", "an oak"}, {"unicorn", "a unicorn"}};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        answer a = make(0.99f, 0.006f, 0.004f, false);
        char expected[64];
        snprintf(a.text, sizeof a.text, "%s", pairs[i][0]);
        snprintf(expected, sizeof expected, "This is %s.", pairs[i][1]);
        assert_says(a, expected);
    }
}

static void test_german(void **state)
{
    (void)state;
    assert_true(texts_speak("de"));
    assert_says(make(0.99f, 0.006f, 0.004f, false), "Das ist eine 7.");
    assert_says(make(0.80f, 0.15f, 0.05f, false), "Das ist eine 7, vielleicht auch eine 8.");
    assert_says(make(0.40f, 0.25f, 0.35f, true), "Unsicher: eine 7 oder \xe2\x80\x9e"
                                                 "Ankle boot\xe2\x80\x9c?");
    assert_true(texts_speak("en"));
}

/* Whatever the length of the labels, nothing is cut. */
static void test_longest_labels(void **state)
{
    (void)state;
    char long_label[2][NN_NAME];
    memset(long_label, 'W', sizeof long_label);
    long_label[0][NN_NAME - 1] = long_label[1][NN_NAME - 1] = '\0';
    answer a = {.digit = 0, .classes = 2, .probability = {0.6f, 0.4f}};
    memcpy(a.text, long_label[0], sizeof a.text);
    ui_begin(&u);
    const char *words = words_answer(&u, &a, (const char(*)[NN_NAME])long_label);
    assert_int_equal(strlen(words), 2 * (NN_NAME - 1) + strlen("This is a , or perhaps a ."));
}

static void test_two_shapes_are_told_from_none(void **state)
{
    (void)state;
    answer a = {.digit = 3, .classes = 10, .unsure = true, .text = "3"};
    char class[ANSWER_CLASS];
    for (int i = 0; i < 10; i++)
        a.probability[i] = 0.1f;
    answer_class(class, sizeof class, &a);
    assert_string_equal(class, "?");
    a.probability[3] = 0.55f;
    answer_class(class, sizeof class, &a);
    assert_string_equal(class, "3?");
    assert_string_not_equal(words_doubt(true), words_doubt(false));
    assert_string_equal(words_offer(true), "Two digits? Read as a number");
    assert_string_equal(words_offer(false), "Several digits? Read as a number");
}

/* What has little room loses the end of the label, in whole characters. */
static void test_the_mark_outlasts_a_long_label(void **state)
{
    (void)state;
    answer a = {
        .digit = 0, .classes = 2, .unsure = true, .probability = {0.6f, 0.4f}, .text = "Stiefel f\xc3\xbcr innen"};
    char class[ANSWER_CLASS], room[12];
    answer_class(class, sizeof class, &a);
    assert_string_equal(class, "Stiefel f\xc3\xbcr innen?");
    answer_class(room, sizeof room, &a);
    assert_string_equal(room, "Stiefel f?");
    a.unsure = false;
    answer_class(room, sizeof room, &a);
    assert_string_equal(room, "Stiefel f\xc3\xbc");
}

/* In a unit that leaves something to read. */
static void test_times(void **state)
{
    (void)state;
    ui_begin(&u);
    assert_string_equal(words_time(&u, 4.2), "4 µs");
    assert_string_equal(words_time(&u, 238), "238 µs");
    assert_string_equal(words_time(&u, 1210), "1.2 ms");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sentences),
        cmocka_unit_test(test_articles),
        cmocka_unit_test(test_german),
        cmocka_unit_test(test_two_shapes_are_told_from_none),
        cmocka_unit_test(test_the_mark_outlasts_a_long_label),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_longest_labels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
