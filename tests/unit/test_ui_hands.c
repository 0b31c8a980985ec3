/* test_ui_hands.c - mouse, pen and finger do the same: they teach, have a network learn, and test; each by itself, without
 * a key. What a finger presses is as large as one. */
#include "support/own.h"
#include "support/screen.h"
#include "support/temp.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

enum { KEPT = 100, LEAST = 32 /* pixels at scale 1, of what a finger presses */ };

static screen s;

/* A window with some digits of one's own, if any; all that follows is done by `with`. */
static void open_window(hand with, int kept)
{
    temp_make();
    own_net("small");
    own_digits(kept);
    screen_open(&s, 1000, 700);
    s.hand = with;
    screen_use(&s, "simple");
    while (s.app->training.n_kept != kept)
        screen_frame(&s);
}

static void close_window(void)
{
    screen_close(&s);
    temp_remove();
}

/* Presses a button that is in sight, or comes there. */
static void press(const char *name)
{
    screen_scroll_to(&s, name);
    rect r = screen_find(&s, name);
    if (r.w < LEAST || r.h < LEAST)
        fail_msg("%s has %d x %d pixels", name, r.w, r.h);
    screen_click(&s, name);
}

/* ---- teach ------------------------------------------------------------------------------------------------------- */

static void draw_bolt(void)
{
    screen_stroke(&s, 400, 100, 200, 320, 12, POINTER_LEFT);
    screen_stroke(&s, 200, 320, 400, 300, 12, POINTER_LEFT);
    screen_stroke(&s, 400, 300, 200, 520, 12, POINTER_LEFT);
    screen_settle(&s);
}

static void learn_from_it(void)
{
    press("learn_from_it");
    while (s.app->teaching.job)
        screen_step(&s);
    screen_wait(&s);
    screen_settle(&s);
}

static void teach_by(hand with)
{
    char right[UI_NAME];
    open_window(with, 0);
    draw_bolt();
    int was = app_read(s.app)->answer.digit, wanted = (was + 4) % 10;
    press("answer_yes");
    assert_int_equal(s.app->training.n_kept, 1);
    press("take_back");
    assert_int_equal(s.app->training.n_kept, 0);
    snprintf(right, sizeof right, "answer.%d", wanted);
    press(right);
    learn_from_it();
    assert_int_equal(app_read(s.app)->answer.digit, wanted);
    press("take_back");
    screen_wait(&s);
    screen_settle(&s);
    assert_string_equal(app_reader_name(s.app), "simple");
    assert_int_equal(app_read(s.app)->answer.digit, was);
    learn_from_it();
    press("dismiss");
    assert_string_equal(app_reader_name(s.app), "simple-taught-1");
    close_window();
}

static void await_digits(void)
{
    app_digits *d = &s.app->digits;
    do
        screen_step(&s);
    while (d->job || d->saving || d->unsaved);
    screen_frame(&s);
}

static void look_through_by(hand with)
{
    open_window(with, KEPT);
    const app_digits *d = &s.app->digits;
    press("train.open");
    screen_wait(&s);
    press("digits");
    await_digits();
    press("digit.2");
    assert_int_equal(d->n_chosen, 1);
    press("digits.as.7");
    await_digits();
    press("digits.undo");
    await_digits();
    press("digits.labels");
    press("digits.row.4"); /* all threes */
    await_digits();
    assert_int_equal(d->n_shown, KEPT / 10);
    press("digits.all");
    press("digits.remove");
    await_digits();
    press("digits.undo");
    await_digits();
    press("digits.labels");
    press("digits.row.0");
    await_digits();
    assert_int_equal(d->n_shown, KEPT);
    press("digits.all");
    press("digits.all"); /* none */
    press("digit.100");  /* far below */
    assert_int_equal(d->n_chosen, 1);
    press("digits.look");
    screen_settle(&s);
    assert_string_equal(app_read(s.app)->answer.text, "9");
    close_window();
}

/* ---- learn ------------------------------------------------------------------------------------------------------- */

static void change_layers(void)
{
    if (screen_has(&s, "learn.network")) /* a page of its own */
        press("learn.network");
    press("learn.change");
    screen_frame(&s);
    press("net.line.1");
    press("net.add.conv");
    press("net.down");
    press("net.up");
    press("net.remove");
    press("cancel");
    assert_int_equal(s.app->popup, POPUP_NONE);
}

static void learn_by(hand with)
{
    open_window(with, KEPT);
    s.app->settings.train_data = TRAIN_KEPT;
    s.app->settings.train_epochs = 20;
    s.app->settings.train_rate = -2;
    snprintf(s.app->settings.train_net, sizeof s.app->settings.train_net, "small");
    press("train.open");
    screen_wait(&s);
    change_layers();
    press("train.batch");
    screen_await(&s, "train.back");
    press("train.full");
    while (s.app->training.job && !screen_has(&s, "train.keep"))
        screen_step(&s);
    assert_string_equal(s.app->training.problem, "");
    draw_bolt();
    screen_drag(&s, "train.back", 0.9f, 0.5f, 0, 0.5f);
    assert_int_equal(s.app->training.back, 0);
    screen_drag(&s, "train.back", 0.01f, 0.5f, 1, 0.5f);
    assert_int_equal(s.app->training.back, -1); /* now */
    press("train.watch");
    press("train.watch");
    press("train.keep");
    screen_await(&s, "train.start");
    close_window();
}

/* ---- test -------------------------------------------------------------------------------------------------------- */

static void test_two_models(void)
{
    press("view.models");
    screen_wait(&s);
    press("tick.simple");
    press("tick.tiny"); /* below the others */
    press("test.images");
    press("images.kept");
    press("test.start");
    while (!s.app->testing.done)
        screen_step(&s);
    screen_settle(&s);
}

/* A cell is as high as ten of them let it be. */
static void open_cell(int truth)
{
    char cell[UI_NAME];
    snprintf(cell, sizeof cell, "cell.%d.%d", truth, truth);
    screen_scroll_to(&s, cell);
    screen_click(&s, cell);
    assert_int_equal(s.app->testing.page, TEST_LIST);
}

static void test_by(hand with)
{
    open_window(with, KEPT);
    test_two_models();
    open_cell(3);
    press("image.1");
    screen_settle(&s);
    assert_int_equal(app_test_shows(s.app), s.app->testing.found[1].image);
    press("test.back");
    screen_scroll_to(&s, "test.sure");
    screen_drag(&s, "test.sure", 0.1f, 0.5f, 1, 0.5f);
    assert_true(s.app->testing.nines > 3.9f);
    press("test.model.tiny");
    press("test.hardest");
    press("image.99"); /* the last one */
    press("test.back");
    press("test.page.classes");
    assert_int_equal(s.app->testing.page, TEST_CLASSES);
    close_window();
}

/* ---- break it ---------------------------------------------------------------------------------------------------- */

/* Where sliders are low and their knobs slim. */
static void break_by(hand with)
{
    static const char *const sliders[] = {"shift", "shift.down", "scale", "rotate", "thickness", "noise"};
    open_window(with, 0);
    screen_resize(&s, 640, 480);
    draw_bolt();
    screen_click(&s, "view.break");
    screen_settle(&s);
    for (int i = 0; i < DISTORT_KINDS; i++) {
        screen_drag(&s, sliders[i], 0.5f, 0.9f, 0.8f, 0.5f);
        screen_settle(&s);
        float most = distort_ranges[i].max, value = distort_get(&s.app->how.distort, (distort_kind)i);
        assert_true(value > 0.3f * most && value < most);
    }
    screen_click(&s, "reset");
    screen_click(&s, "scaling");
    screen_settle(&s);
    assert_true(s.app->how.centre && !s.app->how.scale);
    close_window();
}

/* ---- each by each ------------------------------------------------------------------------------------------------ */

static void by_all_hands(void (*walk)(hand by))
{
    for (int i = 0; i < HANDS; i++)
        walk((hand)i);
}

static void test_all_hands_teach(void **state)
{
    (void)state;
    by_all_hands(teach_by);
}

static void test_all_hands_look_through_digits(void **state)
{
    (void)state;
    by_all_hands(look_through_by);
}

static void test_all_hands_have_a_network_learn(void **state)
{
    (void)state;
    by_all_hands(learn_by);
}

static void test_all_hands_test(void **state)
{
    (void)state;
    by_all_hands(test_by);
}

static void test_all_hands_break(void **state)
{
    (void)state;
    by_all_hands(break_by);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_hands_teach),
        cmocka_unit_test(test_all_hands_look_through_digits),
        cmocka_unit_test(test_all_hands_have_a_network_learn),
        cmocka_unit_test(test_all_hands_break),
        cmocka_unit_test(test_all_hands_test),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
