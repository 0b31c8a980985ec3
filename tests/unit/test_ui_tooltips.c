/* Tooltips: they stay in the window, tell what was cut, and end with what was in front. */
#include "app/texts/texts.h"
#include "app/ui/actions.h"
#include "app/ui/frame.h"
#include "nn/file.h"
#include "support/fixture.h"
#include "support/layout.h"
#include "support/nets.h"
#include "support/temp.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static nn_error err;

static void test_tooltips_stay_in_the_window(void **state)
{
    (void)state;
    screen_stroke(&s, 150, 100, 400, 450, 60, POINTER_LEFT);
    assert_true(texts_speak("xx"));
    for (int size = 0; size < 2; size++)
        for (int i = 0; i < VIEW_COUNT; i++) {
            layout_show((view_choice)i);
            layout_size(size, 1);
            layout_check_tooltips(layout_views[i]);
        }
    layout_show(VIEW_BREAK);
    for (int i = BREAK_FOOL; i < BREAK_PAGES; i++) {
        app_do(s.app, (action){.id = ACTION_BREAK_PAGE, .index = i});
        screen_settle(&s);
        layout_check_tooltips("Break it, a page");
    }
    app_do(s.app, (action){.id = ACTION_ATLAS});
    screen_wait(&s);
    layout_check_tooltips("Inside, the map");
    app_do(s.app, (action){.id = ACTION_ATLAS});
    app_do(s.app, (action){.id = ACTION_MENU});
    layout_check_tooltips("menu");
    layout_assert_no_faults();
}

static void test_a_tooltip_tells_what_was_cut(void **state)
{
    (void)state;
    layout_size(4, 1);
    app_build(s.app);
    assert_int_equal(layout_point_at(ui_find(s.app->ui, "models")), 1); /* what the button is for */
    nn_model *model = net_model(layout_net, 3);
    char name[80];
    memset(name, 'w', sizeof name - 1);
    memcpy(name + 50, ".safetensors", sizeof ".safetensors");
    assert_true(nn_model_save(model, temp_path(name), &err));
    nn_model_free(model);
    screen_use(&s, temp_path(name));
    layout_size(1, 1);
    app_build(s.app);
    assert_true(layout_point_at(ui_find(s.app->ui, "models")) > 1); /* and its name */
    layout_assert_no_faults();
}

/* A tooltip is to be seen a second later. */
static bool has_tooltip(void)
{
    const ui *u = s.app->ui;
    bool there = false;
    s.app->now = s.now += 1000;
    app_build(s.app);
    for (int i = 0; i < u->n_lines; i++)
        there |= u->line[i].layer > layout_top();
    return there;
}

static void test_a_tooltip_ends_with_what_was_in_front(void **state)
{
    (void)state;
    screen_stroke(&s, 150, 100, 400, 450, 60, POINTER_LEFT);
    for (int id = ACTION_OWN; id < ACTION_NAMED_END; id++) {
        const action_info *about = action_about(id);
        app_build(s.app);
        assert_true(layout_point_at(ui_find(s.app->ui, "eraser")) > 0);
        if (!about->key || id == ACTION_QUIT || id == ACTION_FULLSCREEN)
            app_do(s.app, (action){.id = ACTION_SETTINGS}); /* as a worker may */
        else
            screen_key(&s, about->key, about->mods);
        if (has_tooltip())
            fail_msg("the tooltip stays after %s", about->name);
        app_do(s.app, (action){.id = ACTION_CLOSE});
        if (has_tooltip())
            fail_msg("the tooltip comes back after %s", about->name);
    }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, layout_open, layout_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_tooltips_stay_in_the_window),
        TEST(test_a_tooltip_tells_what_was_cut),
        TEST(test_a_tooltip_ends_with_what_was_in_front),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    layout_report();
    return failed;
}
