/* Drawing in the application by mouse, finger and pen, by events and without a window. */
#include "app/ui/actions.h"
#include "support/fixture.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_empty_canvas_claims_nothing(void **state)
{
    (void)state;
    assert_int_equal(app_read(s.app)->answer.digit, -1);
    assert_string_equal(app_read(s.app)->answer.text, "");
    assert_int_equal(app_read(s.app)->answer.classes, 0);
}

static void test_every_sample_is_kept(void **state)
{
    (void)state;
    screen_stroke(&s, 100, 100, 500, 300, 777, POINTER_LEFT);
    assert_int_equal(s.app->drawing.n_points, 778);
    assert_float_equal(s.app->drawing.point[777].x, 500, 0.01);
    assert_in_range(app_read(s.app)->answer.digit, 0, 9);
    assert_int_equal(app_read(s.app)->answer.classes, 10);
}

static void test_drawing_goes_on_outside_the_canvas(void **state)
{
    (void)state;
    rect c = screen_find(&s, "canvas"), clear = screen_find(&s, "clear");
    screen_pointer(&s, EVENT_POINTER_DOWN, (float)c.x + 50, (float)c.y + 50, POINTER_LEFT);
    screen_pointer(&s, EVENT_POINTER_MOVE, (float)clear.x + 5, (float)clear.y + 5, 0);
    screen_pointer(&s, EVENT_POINTER_MOVE, -300, 5000, 0);
    screen_pointer(&s, EVENT_POINTER_MOVE, (float)c.x + 80, (float)c.y + 80, 0);
    assert_true(s.app->drawing.drawing);
    screen_pointer(&s, EVENT_POINTER_UP, (float)clear.x + 5, (float)clear.y + 5, POINTER_LEFT);
    assert_false(s.app->drawing.drawing);
    assert_int_equal(s.app->drawing.n_points, 5);
    assert_int_equal(s.app->drawing.done, 1); /* and nothing was cleared */
}

static void test_focus_loss_ends_the_stroke(void **state)
{
    (void)state;
    rect c = screen_find(&s, "canvas");
    screen_pointer(&s, EVENT_POINTER_DOWN, (float)c.x + 50, (float)c.y + 50, POINTER_LEFT);
    screen_pointer(&s, EVENT_POINTER_MOVE, (float)c.x + 90, (float)c.y + 50, 0);
    screen_event(&s, EVENT_FOCUS_LOST);
    assert_false(s.app->drawing.drawing);
    screen_pointer(&s, EVENT_POINTER_MOVE, (float)c.x + 200, (float)c.y + 50, 0);
    assert_int_equal(s.app->drawing.n_points, 2);
}

static void test_a_second_finger_does_not_draw(void **state)
{
    (void)state;
    rect c = screen_find(&s, "canvas");
    event first = {.kind = EVENT_POINTER_DOWN,
                   .x = (float)c.x + 50,
                   .y = (float)c.y + 50,
                   .button = POINTER_LEFT,
                   .pointer = 7,
                   .pressure = 0.5f};
    event second = first;
    second.pointer = 8;
    app_event(s.app, &first);
    app_event(s.app, &second);
    second.kind = EVENT_POINTER_MOVE;
    app_event(s.app, &second);
    assert_int_equal(s.app->drawing.n_points, 0);
    first.kind = EVENT_POINTER_MOVE;
    first.x += 100;
    app_event(s.app, &first);
    app_event(s.app, &second);
    assert_int_equal(s.app->drawing.n_points, 2);
    assert_float_equal(s.app->drawing.point[0].pressure, 0.5f, 0);
    second.kind = EVENT_POINTER_UP;
    app_event(s.app, &second);
    assert_true(s.app->drawing.drawing);
}

static void test_eraser_by_key_button_and_right_mouse_button(void **state)
{
    (void)state;
    screen_stroke(&s, 100, 100, 500, 100, 9, POINTER_LEFT);
    screen_stroke(&s, 100, 100, 500, 100, 9, POINTER_RIGHT);
    assert_int_equal(s.app->drawing.entry[1].kind, INK_ERASER);
    assert_int_equal(app_read(s.app)->answer.digit, -1); /* all of it is gone */
    screen_key(&s, 'e', 0);
    screen_stroke(&s, 100, 100, 500, 100, 9, POINTER_LEFT);
    assert_int_equal(s.app->drawing.entry[2].kind, INK_ERASER);
    screen_click(&s, "eraser");
    screen_stroke(&s, 100, 100, 500, 100, 9, POINTER_LEFT);
    assert_int_equal(s.app->drawing.entry[3].kind, INK_PEN);
}

static void test_undo_redo_and_clear(void **state)
{
    (void)state;
    uint64_t empty = screen_hash(&s);
    screen_stroke(&s, 100, 100, 500, 300, 20, POINTER_LEFT);
    screen_stroke(&s, 300, 100, 200, 500, 20, POINTER_LEFT);
    assert_int_equal(s.app->drawing.done, 2);
    screen_key(&s, 'z', MOD_CTRL);
    screen_key(&s, 'z', MOD_CTRL);
    assert_int_equal(s.app->drawing.done, 0);
    screen_pointer(&s, EVENT_POINTER_LEAVE, 0, 0, 0);
    screen_settle(&s);
    assert_int_equal(app_read(s.app)->answer.digit, -1);
    assert_int_not_equal(screen_hash(&s), empty); /* redo is possible now */
    screen_key(&s, 'z', MOD_CTRL | MOD_SHIFT);
    screen_key(&s, 'y', MOD_CTRL);
    assert_int_equal(s.app->drawing.done, 2);
    screen_key(&s, KEY_DELETE, 0);
    assert_true(ink_is_empty(&s.app->drawing));
    screen_click(&s, "undo");
    assert_false(ink_is_empty(&s.app->drawing));
    screen_click(&s, "clear");
    assert_true(ink_is_empty(&s.app->drawing));
}

static void test_brush_by_keys_and_slider(void **state)
{
    (void)state;
    float before = s.app->settings.brush;
    screen_key(&s, ']', 0);
    assert_true(s.app->settings.brush > before);
    for (int i = 0; i < 100; i++)
        screen_key(&s, '[', 0);
    assert_float_equal(s.app->settings.brush, APP_BRUSH_MIN, 0);
    rect r = screen_find(&s, "brush");
    screen_pointer(&s, EVENT_POINTER_DOWN, (float)(r.x + r.w - 1), (float)(r.y + 5), POINTER_LEFT);
    assert_float_equal(s.app->settings.brush, APP_BRUSH_MAX, 0);
    screen_pointer(&s, EVENT_POINTER_MOVE, -100, 0, 0);
    assert_float_equal(s.app->settings.brush, APP_BRUSH_MIN, 0);
    screen_pointer(&s, EVENT_POINTER_UP, -100, 0, POINTER_LEFT);
}

/* A finger or, 0, the mouse at a place of the canvas (units) at time t. */
static void touch(event_kind kind, long long pointer, float x, float y, double t)
{
    rect c = screen_find(&s, "canvas");
    float unit = (float)c.w / INK_CANVAS;
    event e = {.kind = kind, .t = t, .pointer = pointer, .button = POINTER_LEFT, .pressure = 0.25f};
    e.x = (float)c.x + x * unit;
    e.y = (float)c.y + y * unit;
    app_event(s.app, &e);
}

static void test_a_tap_leaves_no_ink_and_a_held_dot_does(void **state)
{
    (void)state;
    double t = s.now + 1000;
    touch(EVENT_POINTER_DOWN, 0, 300, 300, t);
    touch(EVENT_POINTER_MOVE, 0, 302, 301, t + 30);
    touch(EVENT_POINTER_UP, 0, 302, 301, t + 90);
    assert_true(ink_is_empty(&s.app->drawing));
    touch(EVENT_POINTER_DOWN, 0, 300, 300, t + 200);
    touch(EVENT_POINTER_UP, 0, 300, 300, t + 500);
    assert_int_equal(s.app->drawing.done, 1);
    app_do(s.app, (action){.id = ACTION_TAPS});
    touch(EVENT_POINTER_DOWN, 0, 100, 300, t + 1000);
    touch(EVENT_POINTER_UP, 0, 100, 300, t + 1010);
    assert_int_equal(s.app->drawing.done, 2);
}

/* What could be redone can be, and no copy of the drawing before goes to the earlier ones. */
static void test_a_tap_changes_nothing(void **state)
{
    (void)state;
    double t = s.now + 10000;
    screen_stroke(&s, 300, 100, 300, 500, 20, POINTER_LEFT);
    screen_stroke(&s, 100, 100, 100, 500, 20, POINTER_LEFT);
    screen_key(&s, 'z', MOD_CTRL);
    app_do(s.app, (action){.id = ACTION_PAUSE, .value = 1});
    unsigned version = s.app->drawing.version;
    touch(EVENT_POINTER_DOWN, 0, 300, 300, t);
    touch(EVENT_POINTER_UP, 0, 302, 301, t + 90);
    assert_int_equal(s.app->drawing.version, version);
    assert_int_equal(s.app->recent.count, 0);
    screen_key(&s, 'z', MOD_CTRL | MOD_SHIFT);
    assert_int_equal(s.app->drawing.done, 2);
    touch(EVENT_POINTER_DOWN, 0, 300, 300, t + 200);
    app_tick(s.app, s.now = t + 300);
    assert_false(s.app->drawing.drawing);
    app_tick(s.app, s.now = t + 351); /* a dot is there while it is still held */
    assert_true(s.app->drawing.drawing);
    touch(EVENT_POINTER_UP, 0, 300, 300, t + 500);
    assert_int_equal(s.app->drawing.entry[s.app->drawing.done - 1].count, 1);
}

static void test_a_palm_does_not_draw_while_the_pen_is_near(void **state)
{
    (void)state;
    double t = s.now + 10000;
    touch(EVENT_POINTER_MOVE, 0, 100, 100, t); /* the pen hovers */
    touch(EVENT_POINTER_DOWN, 5, 500, 500, t + 100);
    touch(EVENT_POINTER_MOVE, 5, 510, 520, t + 120);
    touch(EVENT_POINTER_UP, 5, 510, 520, t + 130);
    assert_true(ink_is_empty(&s.app->drawing));
    touch(EVENT_POINTER_DOWN, 5, 500, 500, t + 5000); /* it comes down before the pen is noticed */
    touch(EVENT_POINTER_MOVE, 5, 540, 520, t + 5020);
    assert_true(s.app->drawing.drawing);
    touch(EVENT_POINTER_DOWN, 0, 100, 100, t + 5040);
    touch(EVENT_POINTER_MOVE, 5, 560, 560, t + 5050);
    touch(EVENT_POINTER_MOVE, 0, 120, 300, t + 5060);
    touch(EVENT_POINTER_UP, 0, 120, 300, t + 5400);
    assert_int_equal(s.app->drawing.done, 1);
    assert_float_equal(s.app->drawing.point[0].x, 100, 1);
    touch(EVENT_POINTER_DOWN, 5, 500, 500, t + 9000); /* the pen is gone */
    touch(EVENT_POINTER_MOVE, 5, 540, 520, t + 9020);
    touch(EVENT_POINTER_UP, 5, 540, 520, t + 9040);
    assert_int_equal(s.app->drawing.done, 2);
}

static void test_the_pens_other_end_erases(void **state)
{
    (void)state;
    rect c = screen_find(&s, "canvas");
    touch(EVENT_POINTER_DOWN, 0, 100, 100, s.now + 100);
    touch(EVENT_POINTER_UP, 0, 300, 100, s.now + 500);
    event e = {.kind = EVENT_POINTER_DOWN, .t = s.now + 1000, .button = POINTER_LEFT, .pressure = 0.5f, .eraser = true};
    e.x = (float)c.x + 50;
    e.y = (float)c.y + 50;
    app_event(s.app, &e);
    e.kind = EVENT_POINTER_UP;
    e.t += 500;
    app_event(s.app, &e);
    assert_int_equal(s.app->drawing.entry[1].kind, INK_ERASER);
    assert_false(s.app->eraser); /* it is not the tool that was switched */
    touch(EVENT_POINTER_DOWN, 0, 100, 100, s.now + 2000);
    touch(EVENT_POINTER_UP, 0, 300, 100, s.now + 2500);
    assert_int_equal(s.app->drawing.entry[2].kind, INK_PEN);
}

static void test_pressure_can_be_switched_off(void **state)
{
    (void)state;
    touch(EVENT_POINTER_DOWN, 5, 100, 100, s.now + 1000);
    touch(EVENT_POINTER_UP, 5, 300, 300, s.now + 1500);
    assert_float_equal(s.app->drawing.point[0].pressure, 0.25f, 0);
    app_do(s.app, (action){.id = ACTION_PRESSURE});
    touch(EVENT_POINTER_DOWN, 5, 100, 300, s.now + 2000);
    touch(EVENT_POINTER_UP, 5, 300, 300, s.now + 2500);
    assert_float_equal(s.app->drawing.point[2].pressure, 1, 0);
}

/* Many samples of a stroke without a frame between them. */
static void scribble(int samples)
{
    rect c = screen_find(&s, "canvas");
    screen_pointer(&s, EVENT_POINTER_DOWN, (float)c.x + 50, (float)c.y + 50, POINTER_LEFT);
    for (int i = 1; i < samples; i++)
        screen_pointer(&s, EVENT_POINTER_MOVE, (float)(c.x + 50 + i % 100), (float)(c.y + 50 + i % 101), 0);
    screen_pointer(&s, EVENT_POINTER_UP, (float)(c.x + 50 + (samples - 1) % 100),
                   (float)(c.y + 50 + (samples - 1) % 101), POINTER_LEFT);
}

static void test_a_day_of_drawing(void **state)
{
    (void)state;
    const int samples = INK_MAX_POINTS / 4;
    for (int i = 0; i < 20; i++) {
        scribble(samples);
        assert_int_equal(ink_room(&s.app->drawing), INK_MAX_POINTS - samples);
        screen_key(&s, i % 2 ? 'z' : KEY_DELETE, i % 2 ? MOD_CTRL : 0);
        assert_true(ink_is_empty(&s.app->drawing));
    }
    assert_int_equal(s.app->n_notices, 0);
}

static void test_a_drawing_that_is_too_long_says_so_once(void **state)
{
    (void)state;
    scribble(INK_MAX_POINTS + 3);
    assert_int_equal(ink_room(&s.app->drawing), 0);
    assert_int_equal(s.app->n_notices, 1);
    assert_non_null(strstr(s.app->notice[0].text, "too long"));
    app_do(s.app, (action){.id = ACTION_DISMISS});
    screen_stroke(&s, 100, 100, 500, 300, 20, POINTER_LEFT);
    assert_int_equal(s.app->n_notices, 0);
    screen_key(&s, KEY_DELETE, 0);
    screen_stroke(&s, 100, 100, 500, 300, 20, POINTER_LEFT);
    assert_int_equal(ink_room(&s.app->drawing), INK_MAX_POINTS - 21);
}

/* An eraser left on by mistake fills an empty canvas, too: Clear must help. */
static void test_an_empty_canvas_full_of_eraser_strokes_is_cleared(void **state)
{
    (void)state;
    screen_key(&s, 'e', 0);
    scribble(100);
    assert_true(ink_is_empty(&s.app->drawing));
    screen_click(&s, "clear");
    assert_int_equal(ink_room(&s.app->drawing), INK_MAX_POINTS);
}

static void test_after_a_pause_a_stroke_begins_a_new_drawing(void **state)
{
    (void)state;
    double t = s.now + 10000;
    app_do(s.app, (action){.id = ACTION_PAUSE, .value = 3});
    touch(EVENT_POINTER_DOWN, 0, 100, 100, t);
    touch(EVENT_POINTER_UP, 0, 300, 300, t + 200);
    touch(EVENT_POINTER_DOWN, 0, 300, 100, t + 2000);
    touch(EVENT_POINTER_UP, 0, 100, 300, t + 2200);
    assert_int_equal(ink_visible_from(&s.app->drawing), 0); /* too short a pause */
    double left = app_tick(s.app, s.now = t + 2300);
    for (int i = 0; i < 100 && (left == 0 || s.app->remembering.due != 0); i++) /* bars move, settings are kept */
        left = app_tick(s.app, s.now += 16);
    assert_true(fabs(s.now + left - (t + 5200)) < 1); /* to tell that it is over */
    touch(EVENT_POINTER_DOWN, 0, 300, 100, t + 5300);
    touch(EVENT_POINTER_UP, 0, 300, 101, t + 5310); /* a tap is no new drawing */
    assert_int_equal(ink_visible_from(&s.app->drawing), 0);
    touch(EVENT_POINTER_DOWN, 0, 300, 100, t + 9000);
    touch(EVENT_POINTER_UP, 0, 300, 300, t + 9200);
    assert_int_equal(ink_visible_from(&s.app->drawing), 3);
    assert_int_equal(s.app->recent.count, 1);
    assert_int_equal(s.app->recent.item[0]->ink.done, 2);
}

static void test_resize_keeps_the_drawing(void **state)
{
    (void)state;
    screen_stroke(&s, 100, 100, 500, 300, 20, POINTER_LEFT);
    answer before = app_read(s.app)->answer;
    const int sizes[][2] = {{640, 480}, {1, 1}, {0, 0}, {300, 900}, {3840, 2160}, {17, 4000}, {1000, 700}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        screen_resize(&s, sizes[i][0], sizes[i][1]);
        screen_settle(&s);
    }
    assert_float_equal(s.app->drawing.point[20].x, 500, 0.01);
    assert_int_equal(app_read(s.app)->answer.digit, before.digit);
    assert_memory_equal(app_read(s.app)->answer.probability, before.probability, sizeof before.probability);
}

/* More strokes than a number has are one digit, and it is said. */
static void test_a_number_has_a_limit(void **state)
{
    (void)state;
    screen_key(&s, 'n', 0);
    for (int i = 0; i < PARTS_MAX; i++)
        screen_stroke(&s, 50 + 7 * (float)i, 200, 50 + 7 * (float)i, 300, 2, POINTER_LEFT);
    screen_settle(&s);
    assert_false(screen_shows(&s, "More than 64 strokes"));
    screen_stroke(&s, 560, 200, 560, 300, 2, POINTER_LEFT);
    screen_settle(&s);
    assert_true(screen_shows(&s, "More than 64 strokes"));
    screen_key(&s, 'n', 0);
    screen_settle(&s);
    assert_false(screen_shows(&s, "More than 64 strokes"));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_empty_canvas_claims_nothing),
        TEST(test_every_sample_is_kept),
        TEST(test_drawing_goes_on_outside_the_canvas),
        TEST(test_focus_loss_ends_the_stroke),
        TEST(test_a_second_finger_does_not_draw),
        TEST(test_eraser_by_key_button_and_right_mouse_button),
        TEST(test_undo_redo_and_clear),
        TEST(test_brush_by_keys_and_slider),
        TEST(test_a_tap_leaves_no_ink_and_a_held_dot_does),
        TEST(test_a_tap_changes_nothing),
        TEST(test_a_palm_does_not_draw_while_the_pen_is_near),
        TEST(test_the_pens_other_end_erases),
        TEST(test_pressure_can_be_switched_off),
        TEST(test_a_day_of_drawing),
        TEST(test_a_drawing_that_is_too_long_says_so_once),
        TEST(test_an_empty_canvas_full_of_eraser_strokes_is_cleared),
        TEST(test_after_a_pause_a_stroke_begins_a_new_drawing),
        TEST(test_resize_keeps_the_drawing),
        TEST(test_a_number_has_a_limit),
    };
    return cmocka_run_group_tests_name("drawing", tests, NULL, NULL);
}
