/* Menus, dialogs and tooltips: what they hold, what they say of it, and what goes through them. */
#include "app/texts/texts.h"
#include "app/ui/actions.h"
#include "app/ui/frame.h"
#include "app/ui/notice.h"
#include "support/fixture.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

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

static void test_keys_leap_through_menus(void **state)
{
    (void)state;
    screen_stroke(&s, 100, 100, 500, 300, 20, POINTER_LEFT);
    screen_resize(&s, 640, 480);
    screen_key(&s, KEY_F10, 0);
    screen_key(&s, KEY_DOWN, 0);
    assert_string_equal(s.app->ui->focus, "menu.undo");
    screen_key(&s, KEY_END, 0);
    screen_frame(&s);
    assert_string_equal(s.app->ui->focus, "menu.quit");
    const element *e = ui_find(s.app->ui, "menu.quit");
    assert_int_equal(e->visible.h, e->r.h); /* scrolled into view */
    screen_key(&s, KEY_PAGE_UP, 0);
    screen_frame(&s);
    assert_string_not_equal(s.app->ui->focus, "menu.quit");
    assert_string_not_equal(s.app->ui->focus, "menu.undo");
    screen_key(&s, KEY_HOME, 0);
    screen_frame(&s);
    assert_string_equal(s.app->ui->focus, "menu.undo");
}

/* What an action could not do is said no longer than that is so. */
static void test_a_reason_goes_with_what_it_says(void **state)
{
    (void)state;
    app_do(s.app, (action){.id = ACTION_CLEAR});
    screen_frame(&s);
    assert_true(screen_says(&s, "canvas is empty"));
    screen_pointer(&s, EVENT_POINTER_DOWN, (float)s.app->canvas.x + 50, (float)s.app->canvas.y + 50, POINTER_LEFT);
    screen_pointer(&s, EVENT_POINTER_MOVE, (float)s.app->canvas.x + 90, (float)s.app->canvas.y + 90, 0);
    screen_frame(&s);
    assert_false(screen_says(&s, "canvas is empty"));
}

/* An entry that asks for more says so by three dots. */
static void test_entries_that_open_a_dialog_have_dots(void **state)
{
    (void)state;
    static const int asks[] = {ACTION_OPEN,         ACTION_SAVE,           ACTION_EXPORT, ACTION_RECENT,
                               ACTION_KEEP,         ACTION_DIGITS,         ACTION_GUEST,  ACTION_MODELS,
                               ACTION_RENAME_MODEL, ACTION_DESCRIBE_MODEL, ACTION_SHARE,  ACTION_SETTINGS,
                               ACTION_CONVENTION,   ACTION_LANGUAGE};
    for (int german = 0; german < 2; german++) {
        assert_true(texts_speak(german ? "de" : "en"));
        for (size_t i = 0; i < sizeof asks / sizeof asks[0]; i++)
            if (!strstr(texts_get(action_about(asks[i])->label), "…"))
                fail_msg("%s", texts_get(action_about(asks[i])->label));
    }
    assert_true(texts_speak("en"));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_letters_lead_through_menus),
        TEST(test_entries_that_open_a_dialog_have_dots),
        TEST(test_keys_leap_through_menus),
        TEST(test_a_reason_goes_with_what_it_says),
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
    };
    return cmocka_run_group_tests_name("menus", tests, NULL, NULL);
}
