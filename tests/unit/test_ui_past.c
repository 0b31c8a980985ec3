/* Back in time: the slider through a training, its matrix and curves, and histories that were kept. */
#include "app/ui/actions.h"
#include "app/ui/train_choices.h"
#include "nn/file.h"
#include "support/fixture.h"
#include "support/own.h"
#include "support/temp.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static nn_error err;

/* By the slider to the beginning and to the end, with the mouse and with keys: the answer is that of the moment. */
static void test_back_in_time(void **state)
{
    (void)state;
    screen_stroke(&s, 300, 100, 300, 500, 20, POINTER_LEFT);
    own_training_run(&s);
    const app_training *t = &s.app->training;
    int moments = train_job_news(t->job)->moments;
    assert_true(moments > 4);
    float now = app_read(s.app)->answer.probability[1];
    app_do(s.app, (action){.id = ACTION_TRAIN_BACK, .value = 0});
    screen_frame(&s);
    float first = app_read(s.app)->answer.probability[1];
    assert_float_not_equal(now, first, 0);
    assert_int_equal(train_job_moment_step(t->job, t->back), 0);
    ui_set_focus(s.app->ui, "train.back");
    screen_key(&s, KEY_RIGHT, 0);
    screen_frame(&s);
    assert_int_equal(t->back, 1);
    assert_float_not_equal(app_read(s.app)->answer.probability[1], first, 0);
    for (int i = 0; i < moments; i++)
        screen_key(&s, KEY_RIGHT, 0);
    screen_frame(&s);
    assert_int_equal(t->back, -1);
    assert_float_equal(app_read(s.app)->answer.probability[1], now, 0);
    app_do(s.app, (action){.id = ACTION_TRAIN_BACK, .value = NAN});
    app_do(s.app, (action){.id = ACTION_TRAIN_BACK, .value = -3});
    assert_int_equal(t->back, -1);
    app_do(s.app, (action){.id = ACTION_TRAIN_BACK, .value = 1});
    screen_click(&s, "train.keep"); /* the network is kept, not the moment */
    screen_await(&s, "train.start");
    screen_wait(&s);
    assert_float_not_equal(app_read(s.app)->answer.probability[1], first, 0);
    app_do(s.app, (action){.id = ACTION_TRAIN_BACK, .value = 1}); /* without a training */
}

/* What comes from the worker meanwhile does not take one out of the past. */
static void test_the_past_stays_while_it_learns(void **state)
{
    (void)state;
    screen_stroke(&s, 300, 100, 300, 500, 20, POINTER_LEFT);
    screen_click(&s, "train.batch");
    own_training_wait(&s, 1);
    app_do(s.app, (action){.id = ACTION_TRAIN_BACK, .value = 0});
    screen_frame(&s);
    float first = app_read(s.app)->answer.probability[1];
    screen_click(&s, "train.batch");
    own_training_wait(&s, 2);
    screen_frame(&s);
    assert_int_equal(s.app->training.back, 0);
    assert_float_equal(app_read(s.app)->answer.probability[1], first, 0);
}

static void look_back_at(int moment)
{
    app_do(s.app, (action){.id = ACTION_TRAIN_BACK, .value = (float)moment});
    screen_settle(&s);
}

/* Kept with its history by a tick, looked at again later: bars, matrix and curves are those of each moment. */
static void test_the_past_is_kept_and_looked_at(void **state)
{
    (void)state;
    const app_training *t = &s.app->training;
    confusion then, now;
    screen_stroke(&s, 300, 100, 300, 500, 20, POINTER_LEFT);
    own_training_run(&s);
    assert_false(s.app->settings.train_history);
    screen_click(&s, "train.history");
    screen_settle(&s);
    float last = app_read(s.app)->answer.probability[1];
    look_back_at(3);
    float third = app_read(s.app)->answer.probability[1];
    train_job_moment_check(t->job, 3, &then);
    int moments = train_job_news(t->job)->moments, validated = train_job_news(t->job)->n_validated;
    screen_click(&s, "train.keep");
    screen_await(&s, "train.start");
    screen_wait(&s);
    assert_true(own_has("own-1", ".history"));
    screen_click(&s, "learn.course");
    screen_click(&s, "train.recall");
    screen_await(&s, "train.back");
    screen_settle(&s);
    assert_true(t->past);
    assert_int_equal(train_job_news(t->job)->moments, moments);
    assert_int_equal(train_job_news(t->job)->n_validated, validated);
    assert_string_equal(app_train_net(s.app), "own");
    assert_false(screen_has(&s, "train.keep"));
    assert_string_equal(app_reader_name(s.app), "own-1");
    assert_float_equal(app_read(s.app)->answer.probability[1], last, 0.001); /* of 16 bits */
    look_back_at(3);
    assert_float_equal(app_read(s.app)->answer.probability[1], third, 0);
    train_job_moment_check(t->job, 3, &now);
    assert_memory_equal(&then, &now, sizeof now);
    screen_key(&s, 'q', MOD_CTRL); /* nothing is lost */
    assert_true(s.app->quit);
    s.app->quit = false;
    screen_click(&s, "train.close");
    screen_frame(&s);
    assert_null(t->job);
    assert_true(screen_has(&s, "train.start"));
    screen_use(&s, "deploy");
    screen_frame(&s);
    assert_false(screen_has(&s, "train.recall"));
}

/* The file itself can be dropped, as long as no training waits for its decision; what is none says so. */
static void test_a_history_is_dropped(void **state)
{
    (void)state;
    const app_training *t = &s.app->training;
    s.app->settings.train_history = true;
    own_training_run(&s);
    screen_click(&s, "train.keep");
    screen_await(&s, "train.start");
    screen_wait(&s);
    app_do(s.app, (action){.id = ACTION_DISMISS});
    s.app->settings.view = VIEW_READ;
    app_event(s.app, &(event){.kind = EVENT_DROP, .text = temp_path("state/models/own-1.history")});
    screen_await(&s, "train.close");
    assert_int_equal(s.app->settings.view, VIEW_TRAIN);
    screen_click(&s, "train.close");
    own_training_run(&s);
    app_event(s.app, &(event){.kind = EVENT_DROP, .text = temp_path("state/models/own-1.history")});
    while (s.app->opening)
        screen_step(&s);
    assert_true(screen_says(&s, "not decided yet"));
    assert_false(t->past);
    screen_click(&s, "train.discard");
    static const char broken[] = "\x2c\0\0\0\0\0\0\0{\"__metadata__\":{\"digitscope.history\":\"1\"}}";
    assert_true(nn_file_save(temp_path("broken.history"), broken, sizeof broken - 1, NN_CONSISTENT, &err));
    app_event(s.app, &(event){.kind = EVENT_DROP, .text = temp_path("broken.history")});
    while (s.app->opening || t->job)
        screen_step(&s);
    assert_non_null(strstr(t->problem, "broken.history"));
    assert_true(screen_has(&s, "train.start"));
}

/* By every way of looking at it, and in every window: the numbers over the curves and the matrix are the moment's. */
static void test_matrix_and_headings_follow_the_slider(void **state)
{
    (void)state;
    static const struct {
        int w, h;
        float scale;
        bool dark;
    } windows[] = {{1200, 760, 1, false}, {1000, 700, 1, true}, {3840, 2160, 1, true}};
    const app_training *t = &s.app->training;
    own_training_run(&s);
    int last = train_job_news(t->job)->moments - 1;
    for (size_t i = 0; i < sizeof windows / sizeof windows[0]; i++) {
        s.app->options.scale = windows[i].scale;
        s.app->settings.theme = windows[i].dark ? THEME_DARK : THEME_LIGHT;
        screen_resize(&s, windows[i].w, windows[i].h);
        char words[64];
        confusion c;
        screen_frame(&s);
        for (int k = 0; k <= last; k += last) {
            look_back_at(k);
            double loss = train_job_moment_check(t->job, k, &c);
            rect m = screen_find(&s, "learn.matrix");
            if (m.h <= 60)
                fail_msg("%d x %d: the matrix is %d x %d", windows[i].w, windows[i].h, m.w, m.h);
            snprintf(words, sizeof words, "%d of %d right", confusion_correct(&c), confusion_total(&c));
            assert_true(screen_shows(&s, words));
            snprintf(words, sizeof words, "Loss: %.3f", loss);
            assert_true(screen_shows(&s, words));
            snprintf(words, sizeof words, "Right: %.1f %%", 100.0 * confusion_correct(&c) / confusion_total(&c));
            assert_true(screen_shows(&s, words));
        }
    }
    assert_true(train_job_moment_check(t->job, 0, &(confusion){0}) !=
                train_job_moment_check(t->job, last, &(confusion){0}));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_open_training, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_back_in_time),
        TEST(test_the_past_stays_while_it_learns),
        TEST(test_the_past_is_kept_and_looked_at),
        TEST(test_a_history_is_dropped),
        TEST(test_matrix_and_headings_follow_the_slider),
    };
    return cmocka_run_group_tests_name("ui_past", tests, NULL, NULL);
}
