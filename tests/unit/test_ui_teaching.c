/* test_ui_teaching.c - as a person would: draws, says what it is by a key, has the network learn it, takes it back. */
#include "app/core/data/samples.h"
#include "app/core/platform.h"
#include "app/ui/train_choices.h"
#include "nn/alloc.h"
#include "support/screen.h"
#include "support/temp.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static screen s;

static int set_up(void **state)
{
    (void)state;
    temp_make();
    screen_open(&s, 1000, 700);
    screen_use(&s, "simple");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    screen_close(&s);
    temp_remove();
    return 0;
}

/* A bolt: no digit at all. */
static void draw_bolt(void)
{
    screen_stroke(&s, 400, 100, 200, 320, 12, 0);
    screen_stroke(&s, 200, 320, 400, 300, 12, 0);
    screen_stroke(&s, 400, 300, 200, 520, 12, 0);
    screen_settle(&s);
}

static int kept(void)
{
    char path[PATHS_MAX];
    assert_true(train_kept_path(s.app, path));
    return samples_count(path);
}

static void wait_for_lesson(void)
{
    while (s.app->teaching.job) {
        platform_sleep_ms(1);
        screen_frame(&s);
    }
    screen_wait(&s);
    screen_settle(&s);
}

static void test_a_key_answers(void **state)
{
    (void)state;
    screen_key(&s, '8', 0); /* nothing is drawn yet */
    assert_int_equal(kept(), 0);
    draw_bolt();
    screen_key(&s, '8', 0);
    assert_int_equal(kept(), 1);
    assert_int_equal(s.app->popup, POPUP_NONE);
    screen_key(&s, 'x', 0); /* no class */
    screen_key(&s, '3', MOD_CTRL);
    assert_int_equal(kept(), 1);
    screen_key(&s, KEY_F10, 0); /* not over a menu */
    screen_key(&s, '8', 0);
    assert_int_equal(kept(), 1);
}

static void test_nothing_to_learn_from(void **state)
{
    (void)state;
    screen_key(&s, 'l', MOD_CTRL);
    assert_null(s.app->teaching.job);
    assert_int_equal(s.app->n_notices, 1);
}

static void test_learns_and_takes_back(void **state)
{
    (void)state;
    const nn_model *model = app_model(s.app);
    size_t bytes = model->plan->floats * sizeof(float);
    float *before = nn_alloc(model->plan->floats, sizeof *before);
    memcpy(before, model->weights, bytes);
    draw_bolt();
    int wrong = (app_read(s.app)->answer.digit + 5) % 10;
    screen_key(&s, '0' + wrong, 0);
    screen_key(&s, KEY_ESCAPE, 0);
    screen_key(&s, 'l', MOD_CTRL);
    assert_non_null(s.app->teaching.job);
    screen_key(&s, KEY_ESCAPE, 0);
    wait_for_lesson();
    assert_string_equal(app_reader_name(s.app), "simple-taught-1");
    assert_int_equal(app_read(s.app)->answer.digit, wrong);
    screen_click(&s, "take_back");
    screen_wait(&s);
    screen_settle(&s);
    assert_string_equal(app_reader_name(s.app), "simple");
    assert_memory_equal(before, app_model(s.app)->weights, bytes);
    nn_free(before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_key_answers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_nothing_to_learn_from, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_learns_and_takes_back, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
