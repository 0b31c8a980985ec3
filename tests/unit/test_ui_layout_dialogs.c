/* Menus and dialogs at many sizes, scales and languages. */
#include "app/core/child.h"
#include "app/ui/actions.h"
#include "support/fixture.h"
#include "support/layout.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static void test_dialogs(void **state)
{
    (void)state;
    static const struct {
        int id;
        const char *name;
    } all[] = {{ACTION_MENU, "menu"},          {ACTION_MODELS, "models"}, {ACTION_HELP, "help"},
               {ACTION_KEYS, "keys"},          {ACTION_ABOUT, "about"},   {ACTION_RECENT, "recent"},
               {ACTION_SETTINGS, "settings"},  {ACTION_KEEP, "keep"},     {ACTION_LANGUAGE, "languages"},
               {ACTION_OPEN, "open"},          {ACTION_SAVE, "save"},     {ACTION_EXPORT, "export"},
               {ACTION_TRAIN_FOLDER, "folder"}};
    for (int i = 0; i < 8; i++) {
        screen_stroke(&s, 100, 100 + 40 * (float)i, 500, 300, 20, POINTER_LEFT);
        screen_key(&s, KEY_DELETE, 0);
    }
    screen_stroke(&s, 100, 100, 500, 300, 20, POINTER_LEFT);
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        layout_check_popup(all[i].id, all[i].name);
        if (app_chooses_file(s.app))
            fail_msg("%s is still open", all[i].name);
    }
    layout_assert_no_faults();
}

static void check_over_digits(int id, int index, const char *what)
{
    app_do(s.app, (action){.id = id, .index = index});
    layout_in_all_languages(what, NULL);
    app_do(s.app, (action){.id = ACTION_CLOSE});
    assert_int_equal(s.app->popup, POPUP_DIGITS);
}

static void test_own_digits(void **state)
{
    (void)state;
    snprintf(s.app->settings.guest, sizeof s.app->settings.guest, "Maximilian-Alexander of the second row");
    app_do(s.app, (action){.id = ACTION_DIGITS});
    while (!s.app->digits.there)
        screen_step(&s);
    layout_in_all_languages("digits", NULL);
    app_do(s.app, (action){.id = ACTION_DIGITS_ALL});
    layout_in_all_languages("digits, chosen", NULL);
    check_over_digits(ACTION_DIGITS_LIST, DIGITS_LABELS, "digits, classes");
    check_over_digits(ACTION_DIGITS_LIST, DIGITS_WRITERS, "digits, guests");
    check_over_digits(ACTION_DIGITS_WRITER, 0, "digits, whose");
    check_over_digits(ACTION_DIGITS_IMPORT, 0, "digits, import");
    check_over_digits(ACTION_DIGITS_EXPORT, 0, "digits, export");
    snprintf(s.app->problem, sizeof s.app->problem, "%s: %s", "/home/somebody/a long path/to a file",
             "this is not what was looked for, and it takes some words to say so");
    layout_in_all_languages("digits, a problem", NULL);
    app_do(s.app, (action){.id = ACTION_CLOSE});
    layout_check_popup(ACTION_GUEST, "guest");
    layout_assert_no_faults();
}

/* The words of everything that the dialog can say, with addresses as long as they get. */
static void test_the_dialog_of_sharing(void **state)
{
    (void)state;
#ifndef DIGITSCOPE_SERVE
    skip();
#endif
    static char here[] = "203.0.113.107";
    app_do(s.app, (action){.id = ACTION_SHARE});
    for (int i = 0; i < LAN_MOST; i++)
        snprintf(s.app->sharing.address[i], LAN_ADDRESS, "%s", here);
    s.app->sharing.count = LAN_MOST;
    layout_in_all_languages("share, many networks", NULL);
    s.app->sharing.count = 0;
    layout_in_all_languages("share, no network", NULL);
    s.app->sharing.count = 1;
    snprintf(s.app->problem, sizeof s.app->problem, "--lan %s: is no address of this machine; this machine has %s",
             here, here);
    layout_in_all_languages("share, a problem", NULL);
    lan_set_address("127.0.0.1");
    child_set_program(TEST_BUILD "/digitscope");
    app_do(s.app, (action){.id = ACTION_SHARE});
    app_do(s.app, (action){.id = ACTION_SHARE_START});
    layout_in_all_languages("share, beginning", NULL);
    screen_await(&s, "share.stop");
    layout_in_all_languages("share, shared", NULL);
    app_do(s.app, (action){.id = ACTION_SHARE_STOP});
    layout_in_all_languages("share, ending", NULL);
    lan_set_address(NULL);
    child_set_program(NULL);
    app_do(s.app, (action){.id = ACTION_CLOSE});
    layout_assert_no_faults();
}

static void test_explanations(void **state)
{
    (void)state;
    screen_stroke(&s, 100, 100, 500, 300, 20, POINTER_LEFT);
    for (int i = 0; i < VIEW_COUNT; i++) {
        layout_show((view_choice)i);
        layout_check_popup(ACTION_EXPLAIN, "explain");
    }
    layout_show(VIEW_BREAK);
    for (int i = BREAK_FOOL; i < BREAK_PAGES; i++) {
        app_do(s.app, (action){.id = ACTION_BREAK_PAGE, .index = i});
        screen_settle(&s);
        layout_check_popup(ACTION_EXPLAIN, "explain, a page");
    }
    app_do(s.app, (action){.id = ACTION_ATLAS});
    screen_wait(&s);
    layout_check_popup(ACTION_EXPLAIN, "explain, the map");
    layout_assert_no_faults();
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, layout_open, layout_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_dialogs),
        TEST(test_own_digits),
        TEST(test_the_dialog_of_sharing),
        TEST(test_explanations),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    layout_report();
    return failed;
}
