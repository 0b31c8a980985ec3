/* Numbers of several digits: what else the window shows of them, and what was said of their strokes. */
#include "app/ui/actions.h"
#include "app/ui/drawing.h"
#include "app/ui/open.h"
#include "support/fixture.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { DIGITS = 20 }; /* more than are read in a frame */

static int set_up(void **state)
{
    fixture_open(state);
    screen_use(&s, "digitscope");
    screen_key(&s, 'n', 0);
    return 0;
}

/* So many digits side by side, at once: of three one is a four of two strokes, the others are sevens. */
static void paste_digits(int count)
{
    nn_error err;
    char text[8192] = "{\"strokes\": [";
    size_t len = strlen(text);
    for (int i = 0; i < count; i++) {
        const char *comma = i > 0 ? ", " : "";
        int x = 22 * i;
        if (i % 3 == 0)
            len += (size_t)snprintf(text + len, sizeof text - len,
                                    "%s[[%d, 10], [%d, 30], [%d, 30]], [[%d, 20], [%d, 55]]", comma, x, x, x + 10,
                                    x + 8, x + 8);
        else
            len += (size_t)snprintf(text + len, sizeof text - len, "%s[[%d, 10], [%d, 10], [%d, 50]]", comma, x, x + 12,
                                    x + 6);
    }
    snprintf(text + len, sizeof text - len, "]}");
    assert_true(app_open_text(s.app, text, &err));
}

static void draw_two(float x)
{
    screen_stroke(&s, x, 150, x, 450, 12, 0);
    screen_stroke(&s, x + 250, 150, x + 250, 450, 12, 0);
    screen_settle(&s);
}

/* A long number takes several frames, and the digit that is looked at may be another one after each: the same network
 * says of it beside what it says itself. */
static void what_stands_beside_a_long_number_is_of_its_digit(void **state)
{
    (void)state;
    int partial = 0;
    screen_key(&s, '5', MOD_CTRL);
    screen_wait(&s);
    app_do(s.app, (action){.id = ACTION_TICK, .index = (int)(screen_row(&s, "digitscope") - s.app->comparison.row)});
    screen_wait(&s);
    paste_digits(DIGITS);
    do {
        screen_frame(&s);
        partial += s.app->numbers.found.partial;
    } while (s.app->numbers.found.partial);
    screen_frame(&s);
    assert_true(partial > 0 && app_number(s.app));
    assert_string_equal(screen_row(&s, "digitscope")->answer.text, app_read(s.app)->answer.text);
    assert_float_equal(screen_row(&s, "digitscope")->answer.confidence, app_read(s.app)->answer.confidence, 1e-5);
}

/* Nor is anything still looked for. */
static void a_picture_is_no_number(void **state)
{
    (void)state;
    nn_error err;
    static const unsigned char image[DIGIT_PIXELS] = {[14 * DIGIT_SIDE + 14] = 255};
    draw_two(150);
    assert_non_null(app_number(s.app));
    assert_true(drawing_show_image(s.app, image, 28, &err));
    screen_frame(&s);
    assert_null(app_number(s.app));
    screen_key(&s, KEY_DELETE, 0);
    paste_digits(DIGITS);
    screen_frame(&s);
    assert_true(s.app->numbers.found.partial);
    assert_true(drawing_show_image(s.app, image, 28, &err));
    screen_frame(&s);
    assert_false(s.app->numbers.found.partial);
}

/* Also while numbers are off, where nobody asks what was said. */
static void what_was_joined_is_joined_no_more_when_it_is_drawn_anew(void **state)
{
    (void)state;
    for (int off = 0; off < 2; off++) {
        draw_two(150);
        assert_non_null(app_number(s.app));
        screen_key(&s, 'j', 0);
        screen_settle(&s);
        assert_null(app_number(s.app));
        if (off)
            screen_key(&s, 'n', 0);
        screen_key(&s, 'z', MOD_CTRL);
        screen_key(&s, 'z', MOD_CTRL);
        draw_two(170);
        if (off)
            screen_key(&s, 'n', 0);
        screen_settle(&s);
        assert_non_null(app_number(s.app));
        screen_key(&s, KEY_DELETE, 0);
    }
}

static const char *label_of(const char *name)
{
    const ui *u = s.app->ui;
    for (int i = 0; i < u->n_elements; i++)
        if (strcmp(u->element[i].name, name) == 0)
            return u->element[i].label;
    return NULL;
}

/* Also where a gap is too narrow for the picture that the network gets. */
static void two_shapes_side_by_side_are_offered_as_two_digits(void **state)
{
    (void)state;
    static const ink_point four[] = {{200, 130, NAN, 1}, {75, 340, NAN, 1}, {290, 340, NAN, 1}},
                           stem[] = {{215, 240, NAN, 1}, {215, 480, NAN, 1}},
                           two[] = {{333, 207, NAN, 1}, {380, 145, NAN, 1}, {455, 140, NAN, 1}, {515, 205, NAN, 1},
                                    {490, 280, NAN, 1}, {330, 458, NAN, 1}, {525, 458, NAN, 1}};
    screen_key(&s, 'n', 0);
    assert_true(ink_add(&s.app->drawing, INK_PEN, 30, four, 3) && ink_add(&s.app->drawing, INK_PEN, 30, stem, 2) &&
                ink_add(&s.app->drawing, INK_PEN, 30, two, 7));
    screen_settle(&s);
    assert_memory_equal(label_of("read_number"), "Two digits?", 11);
}

static void both_states_stand_on_the_switch(void **state)
{
    (void)state;
    assert_int_equal(screen_lines(&s, "numbers"), 2);
    uint64_t on = screen_hash(&s);
    screen_click(&s, "numbers");
    assert_false(s.app->settings.numbers);
    assert_int_equal(screen_lines(&s, "numbers"), 2);
    assert_true(screen_hash(&s) != on);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(two_shapes_side_by_side_are_offered_as_two_digits),       TEST(both_states_stand_on_the_switch),
        TEST(what_stands_beside_a_long_number_is_of_its_digit),        TEST(a_picture_is_no_number),
        TEST(what_was_joined_is_joined_no_more_when_it_is_drawn_anew),
    };
    return cmocka_run_group_tests_name("ui_numbers", tests, NULL, NULL);
}
