/* What was drawn before: earlier drawings, what a killed program left, and taking back. */
#include "app/ui/actions.h"
#include "app/ui/drawing.h"
#include "app/ui/open.h"
#include "app/ui/save.h"
#include "support/fixture.h"
#include "support/own.h"
#include "support/temp.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

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
    char read[ANSWER_CLASS];
    answer_class(read, sizeof read, &app_read(s.app)->answer); /* as the answer is said: of none "?" alone */
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

static void restart(void)
{
    screen_kill(&s);
    screen_open(&s, 1000, 700);
}

/* Enter is for what the strip offers: it draws no dot that would decline it. */
static void test_enter_restores(void **state)
{
    (void)state;
    screen_stroke(&s, 200, 100, 300, 500, 20, POINTER_LEFT);
    restart();
    assert_true(s.app->offer);
    screen_key(&s, KEY_ENTER, 0);
    screen_frame(&s);
    assert_false(s.app->offer);
    assert_int_equal(s.app->drawing.done, 1);
    assert_int_equal(s.app->recent.count, 0);
}

/* Offered back as a drawing would be, until it is thrown away, drawn over or gone. */
static void test_a_picture_survives_a_restart(void **state)
{
    (void)state;
    screen_needs_pictures();
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

static void open_strokes(void)
{
    nn_error err;
    assert_true(app_open_text(s.app, "{\"strokes\": [[[10, 10], [50, 10], [50, 50]], [[10, 60], [60, 60]]]}", &err));
}

static void open_image(void)
{
    nn_error err;
    static const unsigned char image[DIGIT_PIXELS] = {255};
    assert_true(drawing_show_image(s.app, image, 28, &err));
}

static void look_at_own_digit(void)
{
    own_digits(1);
    app_do(s.app, (action){.id = ACTION_DIGITS});
    while (!s.app->digits.there)
        screen_step(&s);
    app_do(s.app, (action){.id = ACTION_DIGITS_ONE, .index = 0});
    app_do(s.app, (action){.id = ACTION_DIGITS_LOOK});
}

/* Whatever comes onto the canvas: what was offered is an earlier one then, and what came is what the next start offers. */
static void test_what_comes_in_its_place_dismisses_the_offer(void **state)
{
    (void)state;
    static void (*const ways[])(void) = {open_strokes, open_image, look_at_own_digit};
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        screen_stroke(&s, 200, 100, 300, 500, 20, POINTER_LEFT);
        restart();
        assert_true(s.app->offer);
        ways[i]();
        screen_frame(&s);
        assert_false(screen_has(&s, "restore"));
        assert_int_equal(s.app->recent.count, 1);
        assert_float_equal(s.app->recent.item[0]->ink.point[0].x, 200, 1);
        int strokes = ink_is_empty(&s.app->drawing) ? 0 : s.app->drawing.done;
        restart();
        assert_int_equal(s.app->recent.count, 1);
        assert_int_equal(s.app->recovered.done, strokes);
        if (s.app->offer)
            screen_click(&s, "discard");
        app_do(s.app, (action){.id = ACTION_FORGET});
    }
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
    screen_needs_pictures();
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

#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_cleared_drawings_can_be_brought_back),
        TEST(test_earlier_drawings_say_what_they_are),
        TEST(test_what_was_forgotten_can_be_taken_back),
        TEST(test_taking_back_has_its_time),
        TEST(test_enter_restores),
        TEST(test_a_picture_survives_a_restart),
        TEST(test_a_killed_drawing_is_offered_back),
        TEST(test_a_removed_state_folder_is_noticed_once),
        TEST(test_drawing_dismisses_the_offer),
        TEST(test_what_comes_in_its_place_dismisses_the_offer),
        TEST(test_discard_forgets),
        TEST(test_what_was_discarded_can_be_taken_back),
    };
    return cmocka_run_group_tests_name("earlier", tests, NULL, NULL);
}
