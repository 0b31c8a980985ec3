/* The application by the keyboard alone: drawing, the focus, buttons, and the right answer. */
#include "support/fixture.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_the_focus_is_shown_after_a_dialog_as_before(void **state)
{
    (void)state;
    screen_stroke(&s, 100, 100, 300, 500, 20, POINTER_LEFT); /* somebody with a mouse */
    screen_key(&s, 'o', MOD_CTRL);
    screen_key(&s, KEY_ESCAPE, 0);
    assert_false(s.app->ui->focus_shown);
    screen_key(&s, KEY_TAB, 0); /* and with the keyboard */
    screen_key(&s, 'o', MOD_CTRL);
    screen_key(&s, KEY_ESCAPE, 0);
    assert_true(s.app->ui->focus_shown);
}

static void test_the_right_answer_is_one_key(void **state)
{
    (void)state;
    screen_stroke(&s, 100, 100, 300, 500, 20, POINTER_LEFT);
    screen_key(&s, 'k', MOD_CTRL);
    screen_frame(&s);
    assert_int_equal(s.app->popup, POPUP_KEEP);
    screen_key(&s, '7', 0);
    screen_frame(&s);
    assert_int_equal(s.app->popup, POPUP_NONE);
    assert_int_equal(s.app->training.n_kept, 1);
}

static void test_drawing_with_keys_only(void **state)
{
    (void)state;
    screen_key(&s, KEY_UP, 0);
    float top = s.app->pen.y;
    screen_key(&s, ' ', 0);
    assert_true(s.app->drawing.drawing);
    for (int i = 0; i < 8; i++)
        screen_key(&s, KEY_DOWN, 0);
    screen_key(&s, KEY_RIGHT, MOD_SHIFT);
    screen_key(&s, ' ', 0);
    assert_false(s.app->drawing.drawing);
    assert_int_equal(s.app->drawing.n_points, 10);
    assert_true(s.app->drawing.point[8].y > top + 100);
    assert_true(s.app->drawing.point[9].x - s.app->drawing.point[8].x < 8);
    screen_frame(&s);
    assert_in_range(app_read(s.app)->answer.digit, 0, 9);
}

static void test_two_arrows_together_go_aslant(void **state)
{
    (void)state;
    float x = s.app->pen.x, y = s.app->pen.y;
    event down = {.kind = EVENT_KEY_DOWN, .key = KEY_RIGHT}, other = {.kind = EVENT_KEY_DOWN, .key = KEY_DOWN};
    app_event(s.app, &down);
    float x1 = s.app->pen.x;
    app_event(s.app, &other);
    assert_float_equal(s.app->pen.y, y + (x1 - x), 0.001);
    assert_float_equal(s.app->pen.x, x + 2 * (x1 - x), 0.001);
    screen_event(&s, EVENT_FOCUS_LOST); /* forgets what is held */
    assert_int_equal(s.app->pen.held, 0);
}

/* Not "Yes": the network, which has learned nothing, names no digit. */
static void test_tab_visits_everything_that_can_be_used(void **state)
{
    (void)state;
    screen_stroke(&s, 100, 100, 500, 300, 20, POINTER_LEFT);
    screen_key(&s, 'z', MOD_CTRL);
    screen_stroke(&s, 100, 100, 500, 300, 20, POINTER_LEFT); /* undo and clear can be used now, redo cannot */
    const char *expected[] = {"view.read", "view.break", "view.inside", "train.open", "view.models",
                              "answer.0",  "answer.1",   "answer.2",    "answer.3",   "answer.4",
                              "answer.5",  "answer.6",   "answer.7",    "answer.8",   "answer.9",
                              "undo",      "eraser",     "clear",       "numbers",    "brush",
                              "models",    "theme",      "help",        "menu",       "canvas"};
    enum { N = sizeof expected / sizeof expected[0] };
    for (int i = 0; i < N; i++) {
        screen_key(&s, KEY_TAB, 0);
        assert_string_equal(s.app->ui->focus, expected[i]);
        assert_true(s.app->ui->focus_shown);
    }
    for (int i = N - 2; i >= 0; i--) {
        screen_key(&s, KEY_TAB, MOD_SHIFT);
        assert_string_equal(s.app->ui->focus, expected[i]);
    }
}

static void test_focus_can_be_seen(void **state)
{
    (void)state;
    screen_key(&s, KEY_TAB, 0);
    screen_frame(&s);
    uint64_t first = screen_hash(&s);
    screen_key(&s, KEY_TAB, 0);
    assert_true(screen_frame(&s) > 0);
    assert_int_not_equal(screen_hash(&s), first);
}

static void test_leaving_the_canvas_lifts_the_keyboards_pen(void **state)
{
    (void)state;
    screen_key(&s, ' ', 0);
    assert_true(s.app->drawing.drawing);
    screen_key(&s, KEY_TAB, 0);
    assert_false(s.app->drawing.drawing);
}

static void test_space_and_enter_press_buttons(void **state)
{
    (void)state;
    ui_set_focus(s.app->ui, "eraser");
    screen_key(&s, ' ', 0);
    assert_true(s.app->eraser);
    screen_key(&s, KEY_ENTER, 0);
    assert_false(s.app->eraser);
    ui_set_focus(s.app->ui, "brush");
    float before = s.app->settings.brush;
    screen_key(&s, KEY_LEFT, 0);
    assert_true(s.app->settings.brush < before);
}

static void test_text_field_edits(void **state)
{
    (void)state;
    screen_key(&s, 'o', MOD_CTRL);
    screen_type(&s, "ab\xc3\xa9");
    screen_key(&s, KEY_BACKSPACE, 0);
    screen_key(&s, KEY_HOME, 0);
    screen_key(&s, KEY_DELETE, 0);
    screen_type(&s, "xe[");
    assert_string_equal(s.app->ui->field.text, "xe[b");
    assert_false(s.app->eraser); /* the shortcut E is the field's now */
    screen_key(&s, 'a', MOD_CTRL);
    screen_type(&s, "/nowhere/file.png");
    screen_key(&s, KEY_ENTER, 0);
    assert_int_equal(s.app->popup, POPUP_OPEN);
    assert_non_null(strstr(s.app->problem, "/nowhere/file.png"));
}

/* What does not fit is left out from a whole character on. */
static void test_a_full_field_ends_with_a_whole_character(void **state)
{
    static char much[UI_FIELD + 8];
    (void)state;
    for (size_t i = 0; i + 1 < sizeof much; i++)
        much[i] = i < UI_FIELD - 2 ? 'a' : "\xc3\xa9"[i % 2];
    screen_key(&s, 'o', MOD_CTRL);
    for (int i = 0; i < 2; i++) {
        const char *text = s.app->ui->field.text;
        screen_key(&s, 'a', MOD_CTRL);
        if (i == 0)
            screen_type(&s, much);
        else
            ui_edit(s.app->ui, much);
        assert_int_equal(strlen(text), UI_FIELD - 2);
        assert_int_equal(text[UI_FIELD - 3], 'a');
    }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_the_focus_is_shown_after_a_dialog_as_before),
        TEST(test_the_right_answer_is_one_key),
        TEST(test_drawing_with_keys_only),
        TEST(test_two_arrows_together_go_aslant),
        TEST(test_tab_visits_everything_that_can_be_used),
        TEST(test_focus_can_be_seen),
        TEST(test_leaving_the_canvas_lifts_the_keyboards_pen),
        TEST(test_space_and_enter_press_buttons),
        TEST(test_text_field_edits),
        TEST(test_a_full_field_ends_with_a_whole_character),
    };
    return cmocka_run_group_tests_name("keyboard", tests, NULL, NULL);
}
