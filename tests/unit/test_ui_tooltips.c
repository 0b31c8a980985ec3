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

/* The number at an element is beside the card that says what it is for, or in it. */
static void test_no_number_lies_half_under_the_card(void **state)
{
    (void)state;
    const ui *u = s.app->ui;
    for (int size = 0; size < 4; size++)
        for (int view = 0; view < VIEW_COUNT; view++) {
            layout_show((view_choice)view);
            layout_size(size, 1);
            app_build(s.app);
            int behind = u->n_lines, numbers = 0, rim = ui_px(u, 14), side = ui_px(u, 22);
            layout_shown = layout_views[view];
            app_do(s.app, (action){.id = ACTION_EXPLAIN});
            app_build(s.app);
            rect list = u->scroll_area, close = ui_find(u, "close")->r;
            rect card = {list.x - rim, list.y - rim, list.w + 2 * rim, close.y + close.h + 2 * rim - list.y};
            for (int i = behind; i < u->n_lines && u->line[i].layer == 0; i++) {
                rect r = u->line[i].r;
                rect badge = {r.x + (r.w - side) / 2, r.y + (r.h - side) / 2, side, side};
                rect both = rect_intersect(rect_inset(badge, 2), card);
                if (u->line[i].px != ui_font(u, 13, FONT_BOLD).px)
                    continue;
                numbers++;
                if (!rect_is_empty(both) && both.w * both.h < (side - 4) * (side - 4))
                    layout_fault(badge, "a number lies half under the card");
            }
            assert_true(numbers > 0);
            app_do(s.app, (action){.id = ACTION_CLOSE});
        }
    layout_assert_no_faults();
}

/* In every language the names of settings have one size: those beside a slider, and what stands in bold. */
static void test_names_of_settings_are_of_one_size(void **state)
{
    (void)state;
    static const char *const rows[] = {"smoothing", "pause"};
    const ui *u = s.app->ui;
    assert_true(texts_speak("de"));
    for (int size = 1; size < LAYOUT_SIZES; size++)
        for (int k = 0; k < LAYOUT_SCALES; k++) {
            int px[2] = {0, 0};
            layout_size(size, layout_scales[k]);
            if (s.app->popup != POPUP_SETTINGS)
                app_do(s.app, (action){.id = ACTION_SETTINGS});
            app_build(s.app);
            for (int i = 0; i < u->n_lines; i++)
                for (int r = 0; r < 2; r++) {
                    rect control = ui_find(u, rows[r])->r, name = {0, control.y, control.x, control.h};
                    if (u->line[i].layer == layout_top() &&
                        rect_contains(name, (float)u->line[i].r.x, (float)u->line[i].r.y))
                        px[r] = u->line[i].px;
                }
            assert_true(px[0] > 0);
            assert_int_equal(px[0], px[1]);
        }
    assert_true(texts_speak("en"));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, layout_open, layout_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_tooltips_stay_in_the_window),           TEST(test_a_tooltip_tells_what_was_cut),
        TEST(test_no_number_lies_half_under_the_card),    TEST(test_names_of_settings_are_of_one_size),
        TEST(test_a_tooltip_ends_with_what_was_in_front),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    layout_report();
    return failed;
}
