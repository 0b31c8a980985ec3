/* "Break it", by mouse and keyboard and without a window. */
#include "app/ui/actions.h"
#include "support/screen.h"
#include "support/temp.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static screen s;

static int open_screen(void **state)
{
    (void)state;
    temp_make();
    screen_open(&s, 1000, 700);
    screen_stroke(&s, 150, 100, 400, 450, 60, POINTER_LEFT);
    screen_key(&s, '2', MOD_CTRL);
    screen_frame(&s);
    return 0;
}

static int close_screen(void **state)
{
    (void)state;
    screen_close(&s);
    temp_remove();
    return 0;
}

static void every_slider_changes_the_picture_and_reset_mends_it(void **state)
{
    (void)state;
    static const char *const sliders[] = {"shift", "shift.down", "scale", "rotate", "thickness", "noise"};
    float plain[DIGIT_PIXELS];
    memcpy(plain, app_read(s.app)->digit.image, sizeof plain);
    assert_true(screen_has(&s, "bars") && screen_has(&s, "input28"));
    for (size_t i = 0; i < sizeof sliders / sizeof sliders[0]; i++) {
        revision before = app_read(s.app)->of;
        rect r = screen_find(&s, sliders[i]);
        screen_pointer(&s, EVENT_POINTER_DOWN, (float)(r.x + r.w * 4 / 5), (float)(r.y + r.h / 2), POINTER_LEFT);
        screen_pointer(&s, EVENT_POINTER_UP, (float)(r.x + r.w * 4 / 5), (float)(r.y + r.h / 2), POINTER_LEFT);
        screen_frame(&s);
        assert_false(revision_same(app_read(s.app)->of, before));
        assert_memory_not_equal(app_read(s.app)->digit.image, plain, sizeof plain);
        screen_click(&s, "reset");
        screen_frame(&s);
        assert_memory_equal(app_read(s.app)->digit.image, plain, sizeof plain);
    }
}

static void a_slider_moves_by_keys_and_rests_at_zero(void **state)
{
    (void)state;
    rect r = screen_find(&s, "rotate");
    screen_pointer(&s, EVENT_POINTER_DOWN, (float)(r.x + r.w / 2 + 1), (float)(r.y + 3), POINTER_LEFT);
    screen_pointer(&s, EVENT_POINTER_UP, (float)(r.x + r.w / 2 + 1), (float)(r.y + 3), POINTER_LEFT);
    assert_float_equal(s.app->how.distort.rotate, 0, 0);
    screen_key(&s, KEY_RIGHT, 0);
    assert_float_equal(s.app->how.distort.rotate, 5, 0);
    screen_key(&s, KEY_HOME, 0);
    assert_float_equal(s.app->how.distort.rotate, -180, 0);
}

static void preparation_can_be_switched_off(void **state)
{
    (void)state;
    static const char *const switches[] = {"centering", "scaling", "width"};
    float before[DIGIT_PIXELS];
    for (size_t i = 0; i < sizeof switches / sizeof switches[0]; i++) {
        memcpy(before, app_read(s.app)->digit.image, sizeof before);
        screen_click(&s, switches[i]);
        screen_frame(&s);
        assert_memory_not_equal(app_read(s.app)->digit.image, before, sizeof before);
    }
    assert_false(s.app->how.centre || s.app->how.scale || s.app->how.width);
    screen_click(&s, "centering");
    assert_true(s.app->how.centre);
}

/* The canvas made small reads otherwise than the prepared digit: a stroke in a corner shows it. */
static void the_canvas_without_preparation_stands_beside(void **state)
{
    (void)state;
    const app_breaking *b = s.app->breaking;
    assert_true(screen_has(&s, "shrunk28"));
    assert_memory_not_equal(b->shrunk.image, app_read(s.app)->digit.image, sizeof b->shrunk.image);
    screen_click(&s, "centering");
    screen_click(&s, "scaling");
    screen_click(&s, "width");
    screen_frame(&s);
    assert_memory_equal(b->shrunk.image, app_read(s.app)->digit.image, sizeof b->shrunk.image);
    assert_float_equal(b->shrunk_answer.confidence, app_read(s.app)->answer.confidence, 0);
}

/* At the knob a curve has what the bars have; of the slider that moves only the others' curves change. */
static void curves_tell_what_the_sliders_will_do(void **state)
{
    (void)state;
    screen_settle(&s);
    const sweep *now = &s.app->breaking->sweep;
    sweep_curve before = now->curve[DISTORT_ROTATE];
    int class = app_read(s.app)->answer.digit;
    assert_true(screen_has(&s, "curve.rotate") && before.answer == class);
    for (int i = 0; i < SWEEP_POINTS; i += 6) {
        app_do(s.app, (action){ACTION_DISTORT, DISTORT_ROTATE, sweep_value(DISTORT_ROTATE, i)});
        screen_settle(&s);
        assert_float_equal(before.probability[i][class], app_read(s.app)->answer.probability[class], 1e-6);
        assert_int_equal(before.top[i], app_read(s.app)->answer.digit);
        assert_memory_equal(&now->curve[DISTORT_ROTATE], &before, sizeof before);
    }
    assert_float_equal(now->curve[DISTORT_NOISE].probability[0][class], before.probability[18][class], 1e-6);
    assert_float_not_equal(before.probability[18][class], before.probability[10][class], 1e-3);
}

/* The words are there, and those of a slider at which the answer turns name what it turns into. */
static void a_sentence_says_where_the_answer_turns(void **state)
{
    (void)state;
    sweep_turn turn;
    screen_use(&s, "deploy");
    screen_key(&s, KEY_DELETE, 0);
    screen_stroke(&s, 300, 100, 300, 500, 60, POINTER_LEFT); /* a one, which a quarter turn makes something else */
    screen_settle(&s);
    assert_true(sweep_find_turn(&s.app->breaking->sweep, DISTORT_ROTATE, 1, &turn));
    assert_true(turn.value > 0 && turn.value < 90);
    assert_true(s.app->ui->n_lines > 0);
    const char *tip = ui_find(s.app->ui, "rotate")->tip, *class = app_model(s.app)->label[turn.top];
    assert_non_null(strstr(tip, "from +"));
    assert_non_null(strstr(tip, class));
    screen_key(&s, KEY_DELETE, 0);
    screen_settle(&s);
    assert_int_equal(s.app->breaking->sweep.curve[DISTORT_ROTATE].answer, -1);
}

/* The next start reads as well as it can, also after one that ended in this view. */
static void a_broken_input_is_not_remembered(void **state)
{
    (void)state;
    screen_click(&s, "width");
    screen_key(&s, '1', MOD_CTRL);
    assert_true(digit_is_distorted(&s.app->how)); /* the other views read the same picture */
    screen_close(&s);
    screen_open(&s, 1000, 700);
    assert_false(digit_is_distorted(&s.app->how));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_slider_changes_the_picture_and_reset_mends_it, open_screen, close_screen),
        cmocka_unit_test_setup_teardown(a_slider_moves_by_keys_and_rests_at_zero, open_screen, close_screen),
        cmocka_unit_test_setup_teardown(preparation_can_be_switched_off, open_screen, close_screen),
        cmocka_unit_test_setup_teardown(the_canvas_without_preparation_stands_beside, open_screen, close_screen),
        cmocka_unit_test_setup_teardown(curves_tell_what_the_sliders_will_do, open_screen, close_screen),
        cmocka_unit_test_setup_teardown(a_sentence_says_where_the_answer_turns, open_screen, close_screen),
        cmocka_unit_test_setup_teardown(a_broken_input_is_not_remembered, open_screen, close_screen),
    };
    return cmocka_run_group_tests_name("break it", tests, NULL, NULL);
}
