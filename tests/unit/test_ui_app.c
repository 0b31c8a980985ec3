/* The application, by events and without a window. */
#include "app/core/drawing/strokes.h"
#include "app/ui/actions.h"
#include "app/ui/frame.h"
#include "app/ui/notice.h"
#include "app/ui/open.h"
#include "app/ui/reader.h"
#include "app/ui/save.h"
#include "support/nets.h"
#include "support/screen.h"
#include "support/temp.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static screen s;

static int open_screen(void **state)
{
    (void)state;
    temp_make();
    screen_open(&s, 1000, 700);
    return 0;
}

static int close_screen(void **state)
{
    (void)state;
    screen_close(&s);
    temp_remove();
    return 0;
}

/* ---- drawing ----------------------------------------------------------------------------------------------------- */

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
    assert_int_equal(s.app->drawing.n_points, 1);
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
    event e = {.kind = EVENT_POINTER_DOWN, .t = s.now + 1000, .button = POINTER_LEFT, .pressure = 0.5f, .eraser = true};
    e.x = (float)c.x + 50;
    e.y = (float)c.y + 50;
    app_event(s.app, &e);
    e.kind = EVENT_POINTER_UP;
    e.t += 500;
    app_event(s.app, &e);
    assert_int_equal(s.app->drawing.entry[0].kind, INK_ERASER);
    assert_false(s.app->eraser); /* it is not the tool that was switched */
    touch(EVENT_POINTER_DOWN, 0, 100, 100, s.now + 2000);
    touch(EVENT_POINTER_UP, 0, 300, 100, s.now + 2500);
    assert_int_equal(s.app->drawing.entry[1].kind, INK_PEN);
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

/* ---- earlier drawings -------------------------------------------------------------------------------------------- */

static void test_cleared_drawings_can_be_brought_back(void **state)
{
    (void)state;
    screen_resize(&s, 1200, 760); /* wide enough for the strip */
    screen_stroke(&s, 100, 100, 500, 300, 20, POINTER_LEFT);
    screen_key(&s, KEY_DELETE, 0);
    screen_stroke(&s, 300, 100, 300, 500, 20, POINTER_LEFT);
    screen_key(&s, KEY_DELETE, 0);
    assert_int_equal(s.app->recent.count, 2);
    screen_click(&s, "recent.2");
    assert_float_equal(s.app->drawing.point[s.app->drawing.entry[s.app->drawing.done - 1].first].x, 100, 1);
    screen_key(&s, 'h', MOD_CTRL); /* and by keys alone */
    assert_true(screen_has(&s, "earlier.2"));
    screen_key(&s, KEY_RIGHT, 0);
    screen_key(&s, KEY_ENTER, 0);
    assert_int_equal(s.app->popup, POPUP_NONE);
    assert_float_equal(s.app->drawing.point[s.app->drawing.entry[s.app->drawing.done - 1].first].x, 300, 1);
    assert_int_equal(s.app->recent.count, 2); /* the same two */
    screen_close(&s);
    screen_open(&s, 1200, 760);
    assert_int_equal(s.app->recent.count, 2);
    app_do(s.app, (action){.id = ACTION_FORGET});
    assert_int_equal(s.app->recent.count, 0);
}

static void put_away(int count)
{
    for (int i = 0; i < count; i++) {
        screen_stroke(&s, 100 + 50 * (float)i, 100, 300, 500, 20, POINTER_LEFT);
        screen_key(&s, KEY_DELETE, 0);
    }
}

static void test_earlier_drawings_say_what_they_are(void **state)
{
    (void)state;
    screen_resize(&s, 1200, 760);
    screen_stroke(&s, 300, 100, 300, 500, 20, POINTER_LEFT);
    screen_settle(&s);
    char read[NN_NAME + 1];
    snprintf(read, sizeof read, "%s%s", app_read(s.app)->answer.text, app_read(s.app)->answer.unsure ? "?" : "");
    screen_key(&s, KEY_DELETE, 0);
    screen_settle(&s);
    assert_string_equal(s.app->recent.item[0]->read, read);
    assert_float_equal(s.app->recent.item[0]->box[0], 300, 2);
    screen_close(&s); /* read anew after a restart */
    screen_open(&s, 1200, 760);
    screen_settle(&s);
    assert_string_equal(s.app->recent.item[0]->read, read);
}

static void test_what_was_forgotten_can_be_taken_back(void **state)
{
    (void)state;
    put_away(3);
    float x = s.app->recent.item[1]->ink.point[0].x;
    app_do(s.app, (action){.id = ACTION_FORGET});
    screen_frame(&s);
    assert_int_equal(s.app->recent.count, 0);
    screen_click(&s, "take_back");
    screen_frame(&s);
    assert_int_equal(s.app->recent.count, 3);
    assert_float_equal(s.app->recent.item[1]->ink.point[0].x, x, 0);
    assert_false(screen_has(&s, "take_back"));
    screen_close(&s); /* and it is on disk again */
    screen_open(&s, 1200, 760);
    assert_int_equal(s.app->recent.count, 3);
}

static void test_taking_back_has_its_time(void **state)
{
    (void)state;
    put_away(2);
    app_do(s.app, (action){.id = ACTION_FORGET});
    screen_frame(&s);
    app_tick(s.app, s.now += 9000);
    assert_true(screen_has(&s, "take_back"));
    assert_int_equal(s.app->forgotten.count, 2);
    app_tick(s.app, s.now += 2000);
    app_tick(s.app, s.now += 10);
    assert_false(screen_has(&s, "take_back"));
    assert_int_equal(s.app->forgotten.count, 0);
}

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

static void test_letters_lead_through_menus(void **state)
{
    (void)state;
    screen_key(&s, KEY_F10, 0);
    screen_frame(&s);
    screen_key(&s, 't', 0);
    screen_frame(&s);
    assert_string_equal(s.app->ui->focus, "menu.thinner");
    s.now += 2000;
    screen_key(&s, 't', 0); /* the same letter again: the next one */
    screen_frame(&s);
    assert_string_equal(s.app->ui->focus, "menu.thicker");
    s.now += 2000;
    for (const char *c = "sma"; *c; c++) {
        screen_key(&s, *c, 0);
        screen_frame(&s);
    }
    assert_string_equal(s.app->ui->focus, "menu.zoom_out");
    const element *e = ui_find(s.app->ui, "menu.zoom_out");
    assert_int_equal(e->visible.h, e->r.h); /* scrolled into view */
    assert_int_equal(s.app->drawing.done, 0);
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
    for (int i = 0; i < 100 && left == 0; i++) /* the bars move first */
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

/* ---- keyboard ---------------------------------------------------------------------------------------------------- */

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

static void test_tab_visits_everything_that_can_be_used(void **state)
{
    (void)state;
    screen_stroke(&s, 100, 100, 500, 300, 20, POINTER_LEFT);
    screen_key(&s, 'z', MOD_CTRL);
    screen_stroke(&s, 100, 100, 500, 300, 20, POINTER_LEFT); /* undo and clear can be used now, redo cannot */
    const char *expected[] = {"view.read", "view.break", "view.inside", "train.open", "view.models", "answer_yes",
                              "answer.0",  "answer.1",   "answer.2",    "answer.3",   "answer.4",    "answer.5",
                              "answer.6",  "answer.7",   "answer.8",    "answer.9",   "undo",        "eraser",
                              "clear",     "numbers",    "brush",       "models",     "theme",       "help",
                              "menu",      "canvas"};
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

/* ---- menus and dialogs ------------------------------------------------------------------------------------------- */

static void test_menu_by_keyboard(void **state)
{
    (void)state;
    screen_stroke(&s, 100, 100, 500, 300, 20, POINTER_LEFT);
    screen_key(&s, KEY_F10, 0);
    assert_true(screen_has(&s, "menu.quit"));
    screen_key(&s, KEY_DOWN, 0);
    assert_string_equal(s.app->ui->focus, "menu.undo");
    screen_key(&s, KEY_DOWN, 0);
    assert_string_equal(s.app->ui->focus, "menu.clear"); /* nothing to redo */
    screen_key(&s, KEY_ENTER, 0);
    assert_true(ink_is_empty(&s.app->drawing));
    assert_false(screen_has(&s, "menu.quit"));
    assert_string_equal(s.app->ui->focus, "canvas");
}

static void test_menu_scrolls_to_the_focus_in_a_small_window(void **state)
{
    (void)state;
    screen_resize(&s, 640, 480);
    screen_key(&s, KEY_F10, 0);
    screen_key(&s, KEY_UP, 0);
    assert_string_equal(s.app->ui->focus, "menu.quit");
    screen_frame(&s);
    rect quit = screen_find(&s, "menu.quit");
    assert_true(quit.h > 20);
    screen_click(&s, "menu.quit");
    assert_true(s.app->quit);
}

static void test_a_dialog_takes_all_input(void **state)
{
    (void)state;
    screen_stroke(&s, 100, 100, 500, 300, 20, POINTER_LEFT);
    screen_key(&s, KEY_F1, MOD_SHIFT);
    assert_true(screen_has(&s, "close"));
    screen_key(&s, KEY_DELETE, 0);
    screen_key(&s, 'z', MOD_CTRL);
    assert_int_equal(s.app->drawing.done, 1);
    for (int i = 0; i < 4; i++) {
        screen_key(&s, KEY_TAB, 0);
        assert_string_equal(s.app->ui->focus, i % 2 ? "close" : "keys");
    }
    screen_key(&s, KEY_ESCAPE, 0);
    assert_false(screen_has(&s, "close"));
}

static void test_help_fits_every_window(void **state)
{
    (void)state;
    const int sizes[][2] = {{640, 480}, {1, 1}, {480, 900}, {1200, 760}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        screen_resize(&s, sizes[i][0], sizes[i][1]);
        screen_key(&s, KEY_F1, MOD_SHIFT);
        screen_frame(&s);
        assert_int_equal(s.app->popup, POPUP_EXPLAIN);
        screen_key(&s, KEY_F1, 0);
        screen_frame(&s);
        assert_int_equal(s.app->popup, POPUP_HELP);
        screen_key(&s, KEY_F1, 0);
        assert_int_equal(s.app->popup, POPUP_NONE);
    }
    screen_frame(&s);
    assert_int_equal(s.app->ui->scroll_max, 0);
}

static void assert_all_explained(void)
{
    screen_frame(&s);
    for (int i = 0; i < s.app->ui->n_elements; i++)
        if (!s.app->ui->element[i].tip)
            fail_msg("%s has no sentence", s.app->ui->element[i].name);
}

static void test_every_element_explains_itself(void **state)
{
    (void)state;
    const int shows[] = {ACTION_VIEW_READ,   ACTION_VIEW_BREAK, ACTION_VIEW_INSIDE,  ACTION_VIEW_TRAIN,
                         ACTION_VIEW_MODELS, ACTION_MENU,       ACTION_MODELS,       ACTION_OPEN,
                         ACTION_SAVE,        ACTION_SETTINGS,   ACTION_RECENT,       ACTION_KEEP,
                         ACTION_TRAIN_NETS,  ACTION_TRAIN_DATA, ACTION_TRAIN_FOLDER, ACTION_LANGUAGE,
                         ACTION_HELP,        ACTION_KEYS,       ACTION_ABOUT};
    screen_resize(&s, 1200, 760);
    screen_stroke(&s, 100, 100, 500, 300, 20, POINTER_LEFT);
    screen_key(&s, KEY_DELETE, 0);
    screen_stroke(&s, 100, 100, 500, 300, 20, POINTER_LEFT);
    for (size_t i = 0; i < sizeof shows / sizeof shows[0]; i++) {
        app_do(s.app, (action){.id = ACTION_CLOSE});
        app_do(s.app, (action){.id = shows[i]});
        assert_all_explained();
    }
    app_do(s.app, (action){.id = ACTION_CLOSE});
    app_remark(s.app, FORMAT_NOTICE_SAVED, "a file");
    assert_all_explained();
}

static void test_every_action_belongs_to_a_part(void **state)
{
    (void)state;
    s.app->options.mirror = "http://127.0.0.1:9"; /* where nobody is */
    const int nowhere[] = {-1, 3, 1 << 20};       /* as a recording may say */
    for (int id = ACTION_NONE + 1; id < ACTION_END; id++)
        for (int i = 0; i < 3; i++)
            if (!app_do(s.app, (action){.id = id, .index = nowhere[i]}))
                fail_msg("nobody knows action %d", id);
    assert_false(app_do(s.app, (action){.id = ACTION_NONE}));
}

/* What an action did is to be seen in the window, or at the machine around it. */
static bool does_something(int id)
{
    const char *copied = s.clipboard;
    int filled = s.fullscreen;
    while (s.app->n_notices > 0)
        app_dismiss(s.app);
    screen_settle(&s);
    uint64_t before = screen_hash(&s);
    app_do(s.app, (action){.id = id});
    bool outside = s.app->quit || s.clipboard != copied || s.fullscreen != filled;
    s.app->quit = false;
    while (s.app->n_notices > 0 && s.app->notice[0].kind == MESSAGE_REMARK)
        app_dismiss(s.app); /* which only says why it did nothing */
    screen_settle(&s);
    bool seen = screen_hash(&s) != before;
    app_do(s.app, (action){.id = ACTION_CLOSE});
    return outside || seen;
}

/* The menu dims what can do nothing just now, and its tooltip says why. */
static void check_menu(int first, int last)
{
    for (int id = first; id <= last; id++) {
        char name[UI_NAME];
        text_id why;
        bool can = app_can(s.app, id, &why);
        snprintf(name, sizeof name, "menu.%s", action_about(id)->name);
        if (id == ACTION_MENU || id == ACTION_PASTE || id == ACTION_VIEW_READ)
            continue;
        app_do(s.app, (action){.id = ACTION_MENU});
        app_build(s.app);
        const element *entry = ui_find(s.app->ui, name);
        assert_int_equal(entry->enabled, can);
        assert_true(can || strstr(entry->tip, texts_get(why)));
        app_do(s.app, (action){.id = ACTION_CLOSE});
        if (does_something(id) != can)
            fail_msg("%s %s", name, can ? "is not dimmed and does nothing" : "is dimmed and does something");
        app_do(s.app, (action){.id = ACTION_VIEW_READ});
    }
}

static void test_the_menu_dims_what_can_do_nothing(void **state)
{
    (void)state;
    check_menu(ACTION_OWN, ACTION_NAMED_END - 1);
    for (int end = 0; end < 2; end++) {
        s.app->settings.brush = end ? APP_BRUSH_MAX : APP_BRUSH_MIN;
        s.app->settings.zoom = end ? app_zoom_max : app_zoom_min;
        check_menu(ACTION_THINNER, ACTION_THICKER);
        check_menu(ACTION_ZOOM_IN, ACTION_ZOOM_RESET);
    }
}

static void test_keys_over_a_dialog_do_what_their_rows_say(void **state)
{
    (void)state;
    for (int id = ACTION_OWN; id < ACTION_NAMED_END; id++) {
        const action_info *about = action_about(id);
        if (!about->key || id == ACTION_FULLSCREEN || id == ACTION_QUIT)
            continue;
        app_do(s.app, (action){.id = ACTION_CLOSE});
        app_do(s.app, (action){.id = ACTION_SETTINGS}); /* a dialog without a field */
        settings before = s.app->settings;
        const theme *colours = s.app->ui->colours;
        screen_key(&s, about->key, about->mods);
        bool same = s.app->popup == POPUP_SETTINGS && memcmp(&before, &s.app->settings, sizeof before) == 0 &&
                    s.app->ui->colours == colours && !s.app->eraser;
        bool shall = about->over != OVER_ANYWHERE || id == ACTION_ZOOM_RESET;
        if (same != shall)
            fail_msg("%s over a dialog", about->name);
        app_do(s.app, (action){.id = ACTION_ZOOM_RESET});
    }
}

static void test_pictures_have_tooltips(void **state)
{
    (void)state;
    rect r = screen_find(&s, "input28");
    screen_settle(&s);
    screen_pointer(&s, EVENT_POINTER_MOVE, (float)r.x + 5, (float)r.y + 5, 0);
    assert_string_equal(s.app->ui->hover, "input28");
    screen_frame(&s);
    uint64_t before = screen_hash(&s);
    s.now += 1000;
    screen_frame(&s);
    assert_int_not_equal(screen_hash(&s), before);
}

static void test_click_beside_a_menu_closes_it_and_draws_nothing(void **state)
{
    (void)state;
    screen_click(&s, "menu");
    screen_stroke(&s, 100, 400, 300, 500, 5, POINTER_LEFT);
    assert_int_equal(s.app->drawing.n_points, 0);
    assert_int_equal(s.app->popup, POPUP_NONE);
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

static void test_saving_never_replaces_silently(void **state)
{
    (void)state;
    screen_stroke(&s, 100, 100, 500, 300, 20, POINTER_LEFT);
    const char *path = temp_path("out.png");
    FILE *file = fopen(path, "w");
    fputs("mine", file);
    fclose(file);
    screen_key(&s, 's', MOD_CTRL);
    screen_type(&s, path);
    screen_click(&s, "accept");
    assert_int_equal(s.app->popup, POPUP_SAVE);
    file = fopen(path, "r");
    assert_int_equal(fgetc(file), 'm');
    fclose(file);
    screen_click(&s, "accept");
    assert_int_equal(s.app->popup, POPUP_NONE);
    file = fopen(path, "r");
    assert_int_equal(fgetc(file), 0x89); /* a PNG now */
    fclose(file);
}

static void assert_begins_with(const char *path, const void *bytes, size_t len)
{
    char begin[16];
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fread(begin, 1, len, file), len);
    fclose(file);
    assert_memory_equal(begin, bytes, len);
}

static void test_saving_as_every_kind(void **state)
{
    (void)state;
    const struct {
        const char *button, *name, *begin;
    } kinds[] = {{"save.28x28", "out-28x28.png", "\x89PNG"},
                 {"save.svg", "out.svg", "<svg "},
                 {"save.strokes", "out.jsonl", "{\"label\""},
                 {"save.picture", "out.png", "\x89PNG"}};
    screen_stroke(&s, 100, 100, 500, 300, 20, POINTER_LEFT);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        screen_key(&s, 's', MOD_CTRL);
        screen_type(&s, temp_path("out.BMP"));
        screen_click(&s, kinds[i].button);
        assert_string_equal(s.app->ui->field.text, temp_path(kinds[i].name));
        screen_click(&s, "accept");
        assert_begins_with(temp_path(kinds[i].name), kinds[i].begin, strlen(kinds[i].begin));
    }
}

static void test_the_28_pixels_are_read_as_they_are(void **state)
{
    (void)state;
    nn_error err;
    screen_stroke(&s, 100, 100, 500, 300, 20, POINTER_LEFT);
    answer drawn = app_read(s.app)->answer;
    assert_true(app_save(s.app, temp_path("a-28x28.png"), &err));
    assert_true(app_open(s.app, temp_path("a-28x28.png"), &err));
    screen_wait(&s);
    for (int i = 0; i < drawn.classes; i++)
        assert_float_equal(app_read(s.app)->answer.probability[i], drawn.probability[i], 0.01);
    assert_true(app_save(s.app, temp_path("b-28x28.png"), &err)); /* of a picture, this kind only */
    assert_false(app_save(s.app, temp_path("b.svg"), &err));
}

static void test_a_remark_goes_by_itself(void **state)
{
    (void)state;
    screen_key(&s, 's', MOD_CTRL); /* nothing to save */
    assert_true(screen_has(&s, "dismiss"));
    double left = app_tick(s.app, s.now);
    assert_true(left > 1000);
    app_tick(s.app, s.now += left + 1);
    assert_false(screen_has(&s, "dismiss"));
    assert_true(app_tick(s.app, s.now) < 0);
}

/* ---- files and clipboard ----------------------------------------------------------------------------------------- */

static void test_a_saved_drawing_can_be_opened_as_a_picture(void **state)
{
    (void)state;
    nn_error err;
    screen_stroke(&s, 200, 100, 300, 500, 20, POINTER_LEFT);
    const char *path = temp_path("one.bmp");
    assert_true(app_save(s.app, path, &err));
    s.now += 5;
    app_event(s.app, &(event){.kind = EVENT_DROP, .text = path});
    screen_wait(&s);
    assert_non_null(s.app->picture.shown);
    assert_true(ink_is_empty(&s.app->drawing));
    assert_in_range(app_read(s.app)->answer.digit, 0, 9);
    assert_int_equal(app_read(s.app)->look, 0); /* at even ground */
    answer read = app_read(s.app)->answer;
    screen_stroke(&s, 200, 100, 300, 500, 20, POINTER_LEFT); /* drawing takes its place */
    assert_false(app_shows_picture(s.app));
    app_do(s.app, (action){.id = ACTION_UNDO}); /* and undo gives it back */
    screen_frame(&s);
    assert_true(app_shows_picture(s.app));
    assert_memory_equal(app_read(s.app)->answer.probability, read.probability, sizeof(float) * 10);
    app_do(s.app, (action){.id = ACTION_UNDO}); /* before the picture there was a drawing */
    screen_frame(&s);
    assert_false(app_shows_picture(s.app) || ink_is_empty(&s.app->drawing));
    screen_stroke(&s, 200, 100, 300, 500, 20, POINTER_LEFT);
    assert_null(s.app->picture.shown);
}

static void restart(void)
{
    screen_kill(&s);
    screen_open(&s, 1000, 700);
}

/* Offered back as a drawing would be, until it is thrown away, drawn over or gone. */
static void test_a_picture_survives_a_restart(void **state)
{
    (void)state;
    nn_error err;
    screen_stroke(&s, 200, 100, 300, 500, 20, POINTER_LEFT);
    char path[PATHS_MAX];
    snprintf(path, sizeof path, "%s", temp_path("one.bmp"));
    assert_true(app_save(s.app, path, &err));
    assert_true(app_open(s.app, path, &err));
    screen_wait(&s);
    assert_true(app_shows_picture(s.app));
    for (int i = 0; i < 2; i++) { /* a restored one survives the next restart as well */
        restart();
        assert_false(app_shows_picture(s.app));
        screen_click(&s, "restore");
        screen_wait(&s);
        assert_true(app_shows_picture(s.app) && !s.app->offer);
    }
    screen_stroke(&s, 200, 100, 300, 500, 20, POINTER_LEFT);
    restart(); /* what was drawn over it is offered, and it is forgotten */
    screen_click(&s, "restore");
    assert_false(app_shows_picture(s.app) || ink_is_empty(&s.app->drawing));
    screen_key(&s, KEY_DELETE, 0);
    restart();
    assert_false(s.app->offer);
    assert_true(app_open(s.app, path, &err));
    screen_wait(&s);
    restart();
    screen_click(&s, "discard");
    restart();
    assert_false(s.app->offer);
    assert_true(app_open(s.app, path, &err));
    screen_wait(&s);
    restart();
    assert_int_equal(unlink(path), 0);
    screen_click(&s, "restore");
    screen_wait(&s);
    assert_int_equal(s.app->n_notices, 1);
    assert_true(ink_is_empty(&s.app->drawing) && !app_shows_picture(s.app));
}

static void test_broken_files_change_nothing(void **state)
{
    (void)state;
    screen_stroke(&s, 200, 100, 300, 500, 20, POINTER_LEFT);
    const char *path = temp_path("broken.png");
    FILE *file = fopen(path, "w");
    fputs("\x89PNG\r\n\x1a\n and then nothing", file);
    fclose(file);
    app_event(s.app, &(event){.kind = EVENT_DROP, .text = path});
    screen_wait(&s);
    assert_int_equal(s.app->n_notices, 1);
    assert_non_null(strstr(s.app->notice[0].text, "broken.png"));
    assert_false(ink_is_empty(&s.app->drawing));
    screen_click(&s, "dismiss");
    assert_int_equal(s.app->n_notices, 0);
}

static void test_copy_and_paste_of_a_drawing(void **state)
{
    (void)state;
    screen_stroke(&s, 200, 100, 300, 500, 20, POINTER_LEFT);
    screen_stroke(&s, 100, 300, 400, 300, 20, POINTER_LEFT);
    screen_key(&s, 'c', MOD_CTRL | MOD_SHIFT);
    assert_non_null(s.clipboard);
    screen_key(&s, KEY_DELETE, 0);
    screen_key(&s, 'v', MOD_CTRL);
    assert_int_equal(s.app->drawing.done - ink_visible_from(&s.app->drawing), 2);
    screen_frame(&s);
    screen_key(&s, 'c', MOD_CTRL);
    assert_string_equal(s.clipboard, app_read(s.app)->answer.text);
    screen_key(&s, 'v', MOD_CTRL); /* a single digit is neither strokes nor a file */
    assert_int_equal(s.app->n_notices, 1);
}

static void test_wrong_model_leaves_the_old_one(void **state)
{
    (void)state;
    const recogniser *before = app_recogniser(s.app);
    assert_non_null(before);
    screen_use(&s, "/nowhere/model.safetensors");
    assert_int_equal(s.app->n_notices, 1);
    assert_ptr_equal(app_recogniser(s.app), before);
}

static void test_a_new_model_reads_at_once(void **state)
{
    (void)state;
    screen_stroke(&s, 200, 100, 300, 500, 20, POINTER_LEFT);
    reader_use_one(s.app, s.app->options.model);
    while (s.app->reader.load)
        reader_tick(s.app);
    screen_key(&s, 'c', MOD_CTRL); /* before the first frame: the old answer is gone with its model */
    assert_null(s.clipboard);
    screen_frame(&s);
    assert_in_range(app_read(s.app)->answer.digit, 0, 9);
}

/* ---- journal ----------------------------------------------------------------------------------------------------- */

static void test_a_killed_drawing_is_offered_back(void **state)
{
    (void)state;
    screen_stroke(&s, 200, 100, 300, 500, 20, POINTER_LEFT);
    screen_stroke(&s, 100, 300, 400, 300, 20, POINTER_LEFT);
    screen_kill(&s);
    screen_open(&s, 1000, 700);
    assert_true(s.app->offer);
    assert_true(ink_is_empty(&s.app->drawing));
    screen_click(&s, "restore");
    assert_int_equal(s.app->drawing.done, 2);
    assert_false(s.app->offer);
    screen_key(&s, 'z', MOD_CTRL); /* and the journal goes on from there */
    screen_kill(&s);
    screen_open(&s, 1000, 700);
    screen_click(&s, "restore");
    assert_int_equal(s.app->drawing.done, 1);
}

/* Where the folder cannot be made anew, the window says so once; the drawing is safe again as soon as it can. */
static void test_a_removed_state_folder_is_noticed_once(void **state)
{
    (void)state;
    char moved[PATHS_MAX];
    snprintf(moved, sizeof moved, "%s", temp_path("moved"));
    screen_stroke(&s, 200, 100, 300, 500, 20, POINTER_LEFT);
    assert_int_equal(rename(s.app->paths.state, moved), 0);
    FILE *in_the_way = fopen(s.app->paths.state, "w");
    assert_non_null(in_the_way);
    fclose(in_the_way);
    screen_stroke(&s, 100, 300, 400, 300, 20, POINTER_LEFT);
    assert_int_equal(s.app->n_notices, 1);
    assert_non_null(strstr(s.app->notice[0].text, "not being kept"));
    app_do(s.app, (action){.id = ACTION_DISMISS});
    screen_stroke(&s, 100, 200, 400, 200, 20, POINTER_LEFT);
    assert_int_equal(s.app->n_notices, 0);
    assert_int_equal(unlink(s.app->paths.state), 0);
    screen_stroke(&s, 100, 100, 400, 100, 20, POINTER_LEFT);
    assert_int_equal(s.app->n_notices, 0);
    screen_kill(&s);
    screen_open(&s, 1000, 700);
    screen_click(&s, "restore");
    assert_int_equal(s.app->drawing.done, 4);
}

static void test_drawing_dismisses_the_offer(void **state)
{
    (void)state;
    screen_stroke(&s, 200, 100, 300, 500, 20, POINTER_LEFT);
    screen_kill(&s);
    screen_open(&s, 1000, 700);
    assert_true(screen_has(&s, "restore"));
    screen_stroke(&s, 10, 10, 20, 20, 3, POINTER_LEFT);
    assert_false(screen_has(&s, "restore"));
    screen_kill(&s);
    screen_open(&s, 1000, 700);
    screen_click(&s, "restore");
    assert_int_equal(s.app->drawing.done, 1);
    assert_int_equal(s.app->drawing.n_points, 4);
}

static void test_discard_forgets(void **state)
{
    (void)state;
    screen_stroke(&s, 200, 100, 300, 500, 20, POINTER_LEFT);
    screen_kill(&s);
    screen_open(&s, 1000, 700);
    screen_click(&s, "discard");
    screen_kill(&s);
    screen_open(&s, 1000, 700);
    assert_false(s.app->offer);
}

/* Within its time, also when the next drawing has begun, which then is an earlier one; a picture is opened again. */
static void test_what_was_discarded_can_be_taken_back(void **state)
{
    (void)state;
    nn_error err;
    for (int drawn = 0; drawn < 2; drawn++) {
        screen_stroke(&s, 200, 100, 300, 500, 20, POINTER_LEFT);
        int points = s.app->drawing.entry[s.app->drawing.done - 1].count;
        restart();
        screen_click(&s, "discard");
        if (drawn)
            screen_stroke(&s, 100, 300, 400, 300, 5, POINTER_LEFT);
        screen_click(&s, "take_back");
        screen_frame(&s);
        assert_int_equal(s.app->drawing.entry[s.app->drawing.done - 1].count, points);
        assert_int_equal(s.app->recent.count, drawn);
        assert_false(screen_has(&s, "take_back"));
        restart(); /* it is on disk again */
        screen_click(&s, "restore");
        assert_false(ink_is_empty(&s.app->drawing));
        screen_key(&s, KEY_DELETE, 0);
        app_do(s.app, (action){.id = ACTION_FORGET});
    }
    screen_stroke(&s, 200, 100, 300, 500, 20, POINTER_LEFT);
    assert_true(app_save(s.app, temp_path("one.png"), &err) && app_open(s.app, temp_path("one.png"), &err));
    screen_wait(&s);
    restart();
    screen_click(&s, "discard");
    screen_click(&s, "take_back");
    screen_wait(&s);
    assert_true(app_shows_picture(s.app));
    screen_key(&s, KEY_DELETE, 0);
    screen_stroke(&s, 200, 100, 300, 500, 20, POINTER_LEFT);
    restart();
    screen_click(&s, "discard");
    app_tick(s.app, s.now += 11000);
    app_tick(s.app, s.now += 10);
    assert_false(screen_has(&s, "take_back"));
    assert_int_equal(s.app->recovered.n_points, 0);
}

/* ---- frames ------------------------------------------------------------------------------------------------------ */

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

static void test_idle_paints_nothing(void **state)
{
    (void)state;
    screen_stroke(&s, 200, 100, 300, 500, 20, POINTER_LEFT);
    screen_settle(&s);
    assert_true(app_tick(s.app, s.now += 5000) < 0);
    for (int i = 0; i < 10; i++)
        assert_int_equal(screen_frame(&s), 0);
}

static void test_bars_ease_and_arrive(void **state)
{
    (void)state;
    screen_stroke(&s, 200, 100, 300, 500, 20, POINTER_LEFT);
    const answer *a = &app_read(s.app)->answer;
    assert_true(app_read(s.app)->shown[a->digit] < a->probability[a->digit]);
    screen_settle(&s);
    for (int i = 0; i < a->classes; i++)
        assert_float_equal(app_read(s.app)->shown[i], a->probability[i], 0);
}

/* What dirty rectangles leave behind must be what painting everything anew gives. */
static void test_partial_frames_equal_whole_ones(void **state)
{
    (void)state;
    screen_stroke(&s, 200, 100, 300, 500, 50, POINTER_LEFT);
    screen_key(&s, KEY_TAB, 0);
    screen_frame(&s);
    screen_stroke(&s, 100, 300, 400, 200, 50, POINTER_RIGHT);
    screen_click(&s, "menu");
    screen_key(&s, KEY_ESCAPE, 0);
    screen_key(&s, 't', MOD_CTRL);
    screen_key(&s, 'z', MOD_CTRL);
    screen_settle(&s);
    uint64_t partial = screen_hash(&s);
    app_forget_pixels(s.app);
    memset(s.pixels.pixels, 0x55, (size_t)s.pixels.w * (size_t)s.pixels.h * 4);
    assert_int_equal(screen_frame(&s), 1);
    assert_int_equal(screen_hash(&s), partial);
}

static void test_zoom_theme_and_fullscreen(void **state)
{
    (void)state;
    uint64_t light = screen_hash(&s);
    screen_key(&s, '+', MOD_CTRL);
    screen_frame(&s);
    assert_int_not_equal(screen_hash(&s), light);
    screen_key(&s, '0', MOD_CTRL);
    screen_frame(&s);
    assert_int_equal(screen_hash(&s), light);
    screen_click(&s, "theme");
    assert_ptr_equal(s.app->ui->colours, &theme_dark);
    assert_int_equal(s.app->settings.theme, THEME_DARK);
    screen_key(&s, KEY_F11, 0);
    assert_int_equal(s.fullscreen, 1);
}

static void test_elements_lie_inside_the_window(void **state)
{
    (void)state;
    const int sizes[][2] = {{640, 480}, {800, 600}, {1200, 760}, {480, 900}, {3840, 2160}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        screen_resize(&s, sizes[i][0], sizes[i][1]);
        for (int k = 0; k < s.app->ui->n_elements; k++) {
            const element *e = &s.app->ui->element[k];
            if (e->r.x < 0 || e->r.y < 0 || e->r.x + e->r.w > sizes[i][0] || e->r.y + e->r.h > sizes[i][1] ||
                rect_is_empty(e->r))
                fail_msg("%s at %d x %d: %d %d %d %d", e->name, sizes[i][0], sizes[i][1], e->r.x, e->r.y, e->r.w,
                         e->r.h);
            for (int j = 0; j < k; j++)
                if (!rect_is_empty(rect_intersect(e->r, s.app->ui->element[j].r)))
                    fail_msg("%s and %s overlap at %d x %d", e->name, s.app->ui->element[j].name, sizes[i][0],
                             sizes[i][1]);
        }
    }
}

static void test_any_number_of_classes_with_any_labels(void **state)
{
    (void)state;
    nn_error err;
    const int counts[] = {2, 11, 62, NN_MAX_CLASSES}, sizes[][2] = {{1, 1}, {640, 480}, {1200, 760}, {480, 900}};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        char net[64], last[UI_NAME];
        snprintf(net, sizeof net, "input 28 28 1\nflatten\ndense %d\nsoftmax\n", counts[i]);
        nn_model *model = net_model(net, 3);
        memset(model->label[counts[i] - 1], 'W', NN_NAME - 1);
        snprintf(last, sizeof last, "%s", model->label[counts[i] - 1]);
        assert_true(nn_model_save(model, temp_path("many.safetensors"), &err));
        nn_model_free(model);
        screen_use(&s, temp_path("many.safetensors"));
        screen_stroke(&s, 200, 100, 300, 500, 20, POINTER_LEFT);
        for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++) {
            screen_resize(&s, sizes[k][0], sizes[k][1]);
            screen_settle(&s);
        }
        assert_int_equal(app_read(s.app)->answer.classes, counts[i]);
        assert_string_equal(recogniser_model(app_recogniser(s.app))->label[counts[i] - 1], last);
    }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, open_screen, close_screen)

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
        TEST(test_a_tap_leaves_no_ink_and_a_held_dot_does),
        TEST(test_a_palm_does_not_draw_while_the_pen_is_near),
        TEST(test_the_pens_other_end_erases),
        TEST(test_pressure_can_be_switched_off),
        TEST(test_a_day_of_drawing),
        TEST(test_a_drawing_that_is_too_long_says_so_once),
        TEST(test_an_empty_canvas_full_of_eraser_strokes_is_cleared),
        TEST(test_cleared_drawings_can_be_brought_back),
        TEST(test_after_a_pause_a_stroke_begins_a_new_drawing),
        TEST(test_brush_by_keys_and_slider),
        TEST(test_resize_keeps_the_drawing),
        TEST(test_drawing_with_keys_only),
        TEST(test_two_arrows_together_go_aslant),
        TEST(test_tab_visits_everything_that_can_be_used),
        TEST(test_focus_can_be_seen),
        TEST(test_leaving_the_canvas_lifts_the_keyboards_pen),
        TEST(test_space_and_enter_press_buttons),
        TEST(test_menu_by_keyboard),
        TEST(test_menu_scrolls_to_the_focus_in_a_small_window),
        TEST(test_a_dialog_takes_all_input),
        TEST(test_help_fits_every_window),
        TEST(test_every_element_explains_itself),
        TEST(test_every_action_belongs_to_a_part),
        TEST(test_the_menu_dims_what_can_do_nothing),
        TEST(test_keys_over_a_dialog_do_what_their_rows_say),
        TEST(test_pictures_have_tooltips),
        TEST(test_click_beside_a_menu_closes_it_and_draws_nothing),
        TEST(test_text_field_edits),
        TEST(test_saving_never_replaces_silently),
        TEST(test_saving_as_every_kind),
        TEST(test_the_28_pixels_are_read_as_they_are),
        TEST(test_a_remark_goes_by_itself),
        TEST(test_a_saved_drawing_can_be_opened_as_a_picture),
        TEST(test_a_picture_survives_a_restart),
        TEST(test_broken_files_change_nothing),
        TEST(test_copy_and_paste_of_a_drawing),
        TEST(test_wrong_model_leaves_the_old_one),
        TEST(test_a_new_model_reads_at_once),
        TEST(test_a_killed_drawing_is_offered_back),
        TEST(test_a_removed_state_folder_is_noticed_once),
        TEST(test_drawing_dismisses_the_offer),
        TEST(test_earlier_drawings_say_what_they_are),
        TEST(test_what_was_forgotten_can_be_taken_back),
        TEST(test_taking_back_has_its_time),
        TEST(test_the_focus_is_shown_after_a_dialog_as_before),
        TEST(test_letters_lead_through_menus),
        TEST(test_the_right_answer_is_one_key),
        TEST(test_discard_forgets),
        TEST(test_a_number_has_a_limit),
        TEST(test_what_was_discarded_can_be_taken_back),
        TEST(test_idle_paints_nothing),
        TEST(test_bars_ease_and_arrive),
        TEST(test_partial_frames_equal_whole_ones),
        TEST(test_zoom_theme_and_fullscreen),
        TEST(test_elements_lie_inside_the_window),
        TEST(test_any_number_of_classes_with_any_labels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
