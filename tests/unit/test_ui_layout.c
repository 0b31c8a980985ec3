/* The views at many sizes, scales and languages: nothing overlaps, leaves the window or is cut without being told. */
#include "app/texts/texts.h"
#include "app/ui/actions.h"
#include "app/ui/notice.h"
#include "app/ui/popups.h"
#include "support/fixture.h"
#include "support/layout.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* ---- views ------------------------------------------------------------------------------------------------------- */

/* The other pages of "Break it", and the map of "Inside". In the language that is longer than all others. */
static void check_pages(void)
{
    static const char *const pages[BREAK_PAGES] = {"Break it, sliders", "Break it, fool", "Break it, dream"};
    layout_show(VIEW_BREAK);
    assert_true(texts_speak("xx"));
    for (int i = BREAK_FOOL; i < BREAK_PAGES; i++) {
        app_do(s.app, (action){.id = ACTION_BREAK_PAGE, .index = i});
        screen_settle(&s);
        layout_at_all_sizes(pages[i], 2, layout_check_answer);
    }
    app_do(s.app, (action){.id = ACTION_BREAK_PAGE, .index = BREAK_SLIDERS});
    app_do(s.app, (action){.id = ACTION_ATLAS});
    screen_wait(&s);
    screen_settle(&s);
    layout_at_all_sizes("Inside, the map", 2, layout_check_answer);
    app_do(s.app, (action){.id = ACTION_ATLAS});
    assert_true(texts_speak("en"));
}

static void check_views(void)
{
    for (int i = 0; i < VIEW_COUNT; i++) {
        layout_show((view_choice)i);
        layout_in_all_languages(layout_views[i], layout_check_answer);
    }
    check_pages();
}

static void test_views_without_a_drawing(void **state)
{
    (void)state;
    check_views();
    layout_assert_no_faults();
}

/* The shipped network knows a one; that of the other tests has learnt nothing, and so is never sure. */
static void test_views_of_a_sure_answer(void **state)
{
    (void)state;
    screen_use(&s, "deploy");
    screen_stroke(&s, 300, 100, 300, 500, 60, POINTER_LEFT);
    screen_settle(&s);
    assert_false(app_read(s.app)->answer.unsure);
    check_views();
    layout_show(VIEW_READ);
    screen_key(&s, '1', 0);
    assert_non_null(app_answered(s.app));
    app_dismiss(s.app);
    layout_in_all_languages("Read, kept", layout_check_answer);
    app_do(s.app, (action){.id = ACTION_LEARN});
    app_dismiss(s.app);
    layout_in_all_languages("Read, learning", layout_check_answer);
    while (s.app->teaching.job)
        screen_step(&s);
    screen_wait(&s);
    screen_settle(&s);
    assert_non_null(app_bars_before(s.app));
    layout_in_all_languages("Read, taught", layout_check_answer);
    layout_assert_no_faults();
}

static void test_views_of_an_unsure_answer(void **state)
{
    (void)state;
    screen_stroke(&s, 150, 100, 400, 450, 60, POINTER_LEFT);
    screen_settle(&s);
    assert_true(app_read(s.app)->answer.unsure);
    check_views();
    layout_show(VIEW_MODELS);
    for (int i = 0; i < s.app->comparison.n_rows && i < 3; i++)
        app_do(s.app, (action){.id = ACTION_TICK, .index = i});
    screen_wait(&s);
    layout_in_all_languages("Test, some ticked", layout_check_answer);
    layout_show(VIEW_INSIDE);
    app_do(s.app, (action){.id = ACTION_LAYER, .index = 0});
    screen_settle(&s);
    layout_in_all_languages("Inside, a layer", layout_check_answer);
    app_do(s.app, (action){.id = ACTION_MAP, .index = 2, .value = 3});
    app_do(s.app, (action){.id = ACTION_SILENCE, .index = 1, .value = 3});
    app_do(s.app, (action){.id = ACTION_TURN, .index = 0, .value = 3});
    screen_settle(&s);
    layout_in_all_languages("Inside, a map, a touched network", layout_check_answer);
    app_do(s.app, (action){.id = ACTION_UNTOUCH});
    screen_use(&s, "ensemble3");
    screen_settle(&s);
    layout_in_all_languages("Inside, of three", layout_check_answer);
    layout_assert_no_faults();
}

static void test_messages(void **state)
{
    (void)state;
    layout_show(VIEW_READ);
    app_remark(s.app, FORMAT_NOTICE_SAVED, "/home/somebody/Pictures/a rather long name of a drawing.png");
    s.app->notice[0].take_back = ACTION_REMEMBER;
    layout_in_all_languages("a message", NULL);
    s.app->notice[0].take_back = ACTION_NONE;
    s.app->offer = true;
    layout_in_all_languages("the offer", NULL);
    s.app->offer = false;
    layout_assert_no_faults();
}

/* The canvas and the tabs stay where they are from view to view. */
static void test_nothing_moves_from_view_to_view(void **state)
{
    (void)state;
    static rect canvas[LAYOUT_SIZES][LAYOUT_SCALES], tab[LAYOUT_SIZES][LAYOUT_SCALES];
    for (int view = 0; view < VIEW_COUNT; view++) {
        layout_show((view_choice)view);
        layout_shown = layout_views[view];
        for (int i = 0; i < LAYOUT_SIZES; i++)
            for (int k = 0; k < LAYOUT_SCALES; k++) {
                layout_size(i, layout_scales[k]);
                rect c = screen_find(&s, "canvas"), t = screen_find(&s, "view.models");
                if (view == 0)
                    canvas[i][k] = c, tab[i][k] = t;
                if (memcmp(&c, &canvas[i][k], sizeof c) != 0 || memcmp(&t, &tab[i][k], sizeof t) != 0)
                    layout_fault(c, "the canvas or a tab has moved");
            }
        layout_size(4, 1);
    }
    layout_assert_no_faults();
}

/* ---- training ---------------------------------------------------------------------------------------------------- */

static void start_training(int epochs)
{
    s.app->settings.train_data = TRAIN_KEPT;
    s.app->settings.train_epochs = epochs;
    snprintf(s.app->settings.train_net, sizeof s.app->settings.train_net, "own");
    screen_frame(&s);
    screen_click(&s, "train.start");
}

static void test_a_training(void **state)
{
    (void)state;
    layout_show(VIEW_TRAIN);
    layout_check_popup(ACTION_TRAIN_NETS, "nets");
    layout_check_popup(ACTION_TRAIN_DATA, "data");
    screen_wait(&s);
    s.app->settings.train_data = TRAIN_KEPT;
    screen_wait(&s);
    assert_true(s.app->learn.doubts->n_listed > 0);
    layout_in_all_languages("Train, labels that are doubted", layout_check_answer);
    s.app->settings.train_data = TRAIN_SYNTHETIC;
    screen_wait(&s);
    layout_check_popup(ACTION_NET_CHANGE, "net");
    app_do(s.app, (action){.id = ACTION_NET_CHANGE});
    screen_type(&s, "nothing that is known");
    screen_frame(&s);
    layout_in_all_languages("net, wrong", NULL);
    app_do(s.app, (action){.id = ACTION_NET_REMOVE});
    app_do(s.app, (action){.id = ACTION_CLOSE});
    app_do(s.app, (action){.id = ACTION_NET_CHANGE});
    app_do(s.app, (action){.id = ACTION_ACCEPT});
    assert_int_equal(s.app->popup, POPUP_NET_NAME);
    layout_in_all_languages("the name of a net", NULL);
    app_show(s.app, POPUP_MODEL_NAME);
    layout_in_all_languages("the name of a model", NULL);
    app_do(s.app, (action){.id = ACTION_CLOSE});
    snprintf(s.app->training.problem, sizeof s.app->training.problem, "%s: %s", "/home/somebody/a long path/to a file",
             "this is not what was looked for, and it takes some words to say so");
    layout_in_all_languages("Train with a problem", layout_check_answer);
    start_training(TRAIN_MAX_EPOCHS);
    while (train_job_news(s.app->training.job)->best_epoch == 0)
        screen_step(&s);
    app_do(s.app, (action){.id = ACTION_TRAIN_SLOW, .index = 1}); /* or it ends before all of it was looked at */
    layout_in_all_languages("Train, running", layout_check_answer);
    layout_check_popup(ACTION_QUIT, "leave, running");
    screen_click(&s, "train.cancel");
    screen_await(&s, "train.keep");
    layout_in_all_languages("Train, ended", layout_check_answer);
    layout_check_popup(ACTION_QUIT, "leave, ended");
    layout_check_popup(ACTION_TRAIN_RENAME, "name");
    screen_click(&s, "train.discard");
    layout_assert_no_faults();
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, layout_open, layout_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_views_without_a_drawing),         TEST(test_views_of_a_sure_answer),
        TEST(test_views_of_an_unsure_answer),       TEST(test_messages),
        TEST(test_nothing_moves_from_view_to_view), TEST(test_a_training),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    layout_report();
    return failed;
}
