/* The application as a whole, by events and without a window: its models, messages and frames. */
#include "app/texts/texts.h"
#include "app/ui/actions.h"
#include "app/ui/notice.h"
#include "app/ui/reader.h"
#include "support/fixture.h"
#include "support/nets.h"
#include "support/temp.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

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

/* Beside as many as stay, and none of those goes for it. */
static void test_a_remark_is_seen_beside_messages_that_stay(void **state)
{
    (void)state;
    static const char *const chosen[] = {"a", "b", "c"};
    nn_error err;
    for (int i = 0; i <= APP_NOTICES; i++) {
        nn_fail(&err, NN_IO, 0, "trouble %d", i);
        app_notice_error(s.app, &err);
    }
    assert_int_equal(s.app->n_notices, APP_NOTICES);
    screen_key(&s, 's', MOD_CTRL); /* nothing to save */
    assert_int_equal(app_said(s.app)->kind, MESSAGE_REMARK);
    assert_int_equal(s.app->n_notices, APP_NOTICES + 1);
    for (int i = 0; i < 3; i++) {
        app_done(s.app, ACTION_NONE, FORMAT_NOTICE_DATA_CHOSEN, chosen[i]);
        assert_int_equal(app_said(s.app)->kind, MESSAGE_DONE);
    }
    assert_int_equal(s.app->n_notices, APP_NOTICES + APP_PASSING);
}

static void test_what_succeeds_takes_its_failing_back(void **state)
{
    (void)state;
    nn_error err;
    nn_fail(&err, NN_IO, 0, "trouble");
    app_failed_error(s.app, ACTION_OPEN, &err);
    app_event(s.app, &(event){.kind = EVENT_DROP, .text = "{\"strokes\": [[[10, 10], [20, 40]]]}"});
    assert_int_equal(s.app->n_notices, 0);
    app_failed_error(s.app, ACTION_COPY_DRAWING, &err);
    app_do(s.app, (action){.id = ACTION_COPY_DRAWING});
    assert_int_equal(s.app->n_notices, 0);
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

static bool is_on_disk(float brush, bool numbers)
{
    settings found;
    nn_error err;
    int warnings;
    assert_true(settings_load(&found, &s.app->paths, &warnings, &err));
    bool same = found.brush == brush && found.numbers == numbers;
    settings_free(&found);
    return same;
}

/* Once they rest, and without an end of the program. */
static void test_settings_are_kept_when_they_change(void **state)
{
    (void)state;
    float before = s.app->settings.brush;
    screen_key(&s, 'n', 0);
    for (int i = 0; i < 100; i++) { /* longer than it takes for what rests */
        app_do(s.app, (action){.id = ACTION_BRUSH, .value = (float)(20 + i % 40)});
        screen_step(&s);
        assert_true(is_on_disk(before, false) && !s.app->remembering.job);
    }
    for (int i = 0; i < 40 && !s.app->remembering.job; i++)
        screen_frame(&s);
    assert_non_null(s.app->remembering.job);
    while (s.app->remembering.job)
        screen_step(&s);
    assert_true(is_on_disk(s.app->settings.brush, true));
    assert_true(app_tick(s.app, s.now += 16) < 0); /* and rests itself */
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_remark_goes_by_itself),
        TEST(test_a_remark_is_seen_beside_messages_that_stay),
        TEST(test_what_succeeds_takes_its_failing_back),
        TEST(test_wrong_model_leaves_the_old_one),
        TEST(test_a_new_model_reads_at_once),
        TEST(test_idle_paints_nothing),
        TEST(test_bars_ease_and_arrive),
        TEST(test_partial_frames_equal_whole_ones),
        TEST(test_zoom_theme_and_fullscreen),
        TEST(test_settings_are_kept_when_they_change),
        TEST(test_elements_lie_inside_the_window),
        TEST(test_any_number_of_classes_with_any_labels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
