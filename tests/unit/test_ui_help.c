/* F1: the page about what is in front of one, and finding one's way from there. */
#include "app/ui/action.h"
#include "support/fixture.h"
#include "support/temp.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static int open_screen(void **state)
{
    (void)state;
    temp_make();
    screen_open(&s, 1200, 760);
    return 0;
}

static const char *page(void)
{
    return s.app->manual->page[s.app->manual->open].name;
}

static void press(int key, int mods)
{
    screen_key(&s, key, mods);
    screen_frame(&s);
}

/* However far down it stands. */
static void click_below(const char *name)
{
    for (int i = 0; i < 20 && ui_find(s.app->ui, name)->visible.h < 8; i++)
        press(KEY_PAGE_DOWN, 0);
    screen_click(&s, name);
    screen_frame(&s);
}

static void test_a_topic_for_each_view(void **state)
{
    (void)state;
    const char *const topics[] = {"read", "break", "inside", "learn", "test"};
    for (int view = 0; view < 5; view++) {
        press('1' + view, MOD_CTRL);
        press(KEY_F1, 0);
        assert_string_equal(page(), topics[view]);
        press(KEY_ESCAPE, 0);
        assert_int_equal(s.app->popup, POPUP_NONE);
    }
}

static void test_a_topic_for_each_dialog(void **state)
{
    (void)state;
    const struct {
        int key;
        const char *topic;
    } dialogs[] = {{'o', "pictures"}, {'h', "drawing"}, {',', "drawing"}, {'m', "models"}};
    screen_stroke(&s, 100, 100, 500, 300, 20, POINTER_LEFT);
    press(KEY_DELETE, 0); /* there is an earlier drawing */
    screen_stroke(&s, 100, 100, 500, 300, 20, POINTER_LEFT);
    for (size_t i = 0; i < sizeof dialogs / sizeof dialogs[0]; i++) {
        press(dialogs[i].key, MOD_CTRL);
        assert_int_not_equal(s.app->popup, POPUP_NONE);
        press(KEY_F1, 0);
        assert_string_equal(page(), dialogs[i].topic);
        press(KEY_ESCAPE, 0);
    }
}

static void test_links_and_the_way_back(void **state)
{
    (void)state;
    press(KEY_F1, 0);
    screen_click(&s, "help.page.1");
    screen_frame(&s);
    assert_string_equal(page(), "start");
    click_below("help.link.2");
    assert_string_equal(page(), "break");
    press(KEY_PAGE_DOWN, 0);
    screen_click(&s, "help.back");
    screen_frame(&s);
    assert_string_equal(page(), "start");
    screen_click(&s, "help.back");
    screen_frame(&s);
    assert_string_equal(page(), "read");
}

static void test_pages_scroll_and_begin_at_their_top(void **state)
{
    (void)state;
    screen_resize(&s, 640, 480);
    press(KEY_F1, 0);
    press(KEY_PAGE_DOWN, 0);
    int down = s.app->ui->scroll;
    assert_true(down > 100);
    screen_click(&s, "help.page.1"); /* "Contents", where there is no room for a list */
    screen_frame(&s);
    assert_int_equal(s.app->ui->scroll, 0);
    screen_click(&s, "help.back");
    screen_frame(&s);
    assert_int_equal(s.app->ui->scroll, down);
}

static void test_words_are_found(void **state)
{
    (void)state;
    press(KEY_F1, 0);
    screen_type(&s, "eraser");
    screen_frame(&s);
    assert_false(screen_has(&s, "help.link.1"));
    uint64_t finds = screen_hash(&s);
    press(KEY_ENTER, 0);
    assert_true(screen_has(&s, "help.link.1"));
    assert_int_equal(s.app->popup, POPUP_HELP);
    assert_string_equal(s.app->manual->found, "eraser");
    assert_int_not_equal(screen_hash(&s), finds);
    screen_type(&s, "xylophone");
    screen_frame(&s);
    const char *before = page();
    press(KEY_ENTER, 0);
    assert_string_equal(page(), before);
    assert_false(screen_has(&s, "help.link.1"));
}

/* A long page opens where the word stands. */
static void test_a_page_opens_at_the_word(void **state)
{
    (void)state;
    press(KEY_F1, 0);
    screen_type(&s, "cleanup");
    for (int i = 0; i < 2 && !*s.app->manual->found; i++)
        press(KEY_ENTER, 0);
    screen_key(&s, 'a', MOD_CTRL);
    screen_type(&s, "adam");
    screen_frame(&s);
    press(KEY_ENTER, 0);
    assert_string_equal(s.app->manual->found, "adam");
    assert_true(s.app->ui->scroll > 0);
}

/* However long a list is: its bar can be grabbed, and its end is where the list ends. */
static void test_a_bar_can_be_grabbed(void **state)
{
    (void)state;
    press(KEY_F1, 0);
    s.app->ui->scroll_max = 1000000;
    assert_true(ui_scroll_thumb(s.app->ui).h >= ui_px(s.app->ui, 24));
    screen_frame(&s);
    rect bar = ui_scroll_thumb(s.app->ui);
    float x = (float)bar.x + 0.5f * (float)bar.w, y = (float)bar.y + 0.5f * (float)bar.h;
    assert_true(s.app->ui->scroll_max > 0);
    screen_pointer(&s, EVENT_POINTER_DOWN, x, y, POINTER_LEFT);
    screen_pointer(&s, EVENT_POINTER_MOVE, x, y + (float)(s.app->ui->scroll_area.h - bar.h), 0);
    screen_frame(&s);
    screen_pointer(&s, EVENT_POINTER_UP, x, y, POINTER_LEFT);
    assert_in_range(s.app->ui->scroll, s.app->ui->scroll_max - 2, s.app->ui->scroll_max);
    assert_string_equal(s.app->ui->pressed, "");
    bar = ui_scroll_thumb(s.app->ui);
    assert_in_range(bar.y + bar.h, s.app->ui->scroll_area.y + s.app->ui->scroll_area.h - 2,
                    s.app->ui->scroll_area.y + s.app->ui->scroll_area.h);
}

static void test_every_page_at_every_size(void **state)
{
    (void)state;
    const int sizes[][2] = {{1, 1}, {320, 200}, {640, 480}, {1200, 760}, {3840, 2160}};
    press(KEY_F1, 0);
    for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++)
        for (int i = 0; i < s.app->manual->n_pages; i++) {
            screen_resize(&s, sizes[k][0], sizes[k][1]);
            app_event(s.app, &(event){.kind = EVENT_FOCUS_LOST});
            screen_frame(&s);
            const element *e = ui_find(s.app->ui, "close");
            assert_non_null(e);
        }
}

static void test_an_address_of_the_web_is_copied(void **state)
{
    (void)state;
    press(KEY_F1, 0);
    screen_click(&s, "help.page.1");
    screen_frame(&s);
    int files = -1;
    for (int i = 0; i < s.app->manual->n_pages; i++)
        if (strcmp(s.app->manual->page[i].name, "files") == 0)
            files = i;
    char name[UI_NAME];
    snprintf(name, sizeof name, "help.page.%d", files + 1);
    screen_click(&s, name);
    screen_frame(&s);
    click_below("help.link.1");
    assert_non_null(s.clipboard);
    assert_non_null(strstr(s.clipboard, "https://"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_topic_for_each_view, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(test_a_topic_for_each_dialog, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(test_links_and_the_way_back, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(test_pages_scroll_and_begin_at_their_top, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(test_words_are_found, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(test_a_page_opens_at_the_word, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(test_a_bar_can_be_grabbed, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(test_every_page_at_every_size, open_screen, fixture_close),
        cmocka_unit_test_setup_teardown(test_an_address_of_the_web_is_copied, open_screen, fixture_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
