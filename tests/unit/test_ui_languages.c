/* The window in every language: nothing is cut, nothing lies on something else, and the language changes at once.
 *
 * text_fit, which cuts what has no room, is linked to the one below (tests/CMakeLists.txt). */
#include "app/texts/texts.h"
#include "app/ui/actions.h"
#include "app/ui/frame.h"
#include "app/ui/language.h"
#include "app/ui/notice.h"
#include "app/ui/popups.h"
#include "support/screen.h"
#include "support/temp.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static screen s;
static char cut[4096]; /* what was, a line each */

void __real_text_fit(text_engine *engine, font f, const char *text, int width, char *out, size_t size);
void __wrap_text_fit(text_engine *engine, font f, const char *text, int width, char *out, size_t size);

void __wrap_text_fit(text_engine *engine, font f, const char *text, int width, char *out, size_t size)
{
    __real_text_fit(engine, f, text, width, out, size);
    size_t used = strlen(cut);
    if (strcmp(text, out) != 0 && used + strlen(text) + 2 < sizeof cut && !strstr(cut, text))
        snprintf(cut + used, sizeof cut - used, "%s\n", text);
}

static int open_screen(void **state)
{
    (void)state;
    temp_make();
    screen_open(&s, 1200, 760);
    return 0;
}

static int close_screen(void **state)
{
    (void)state;
    texts_speak("en");
    screen_close(&s);
    temp_remove();
    return 0;
}

/* ---- changing ---------------------------------------------------------------------------------------------------- */

static void test_menu_changes_the_language_at_once(void **state)
{
    (void)state;
    uint64_t english = screen_hash(&s);
    screen_key(&s, KEY_F10, 0);
    ui_set_focus(s.app->ui, "menu.language"); /* it may have to be scrolled to */
    screen_key(&s, KEY_ENTER, 0);
    screen_frame(&s);
    assert_true(screen_has(&s, "language.en"));
    screen_click(&s, "language.de");
    assert_false(screen_has(&s, "language.de"));
    assert_string_equal(texts_get(TEXT_ACTION_UNDO), "R\xc3\xbc"
                                                     "ckg\xc3\xa4ngig");
    assert_string_equal(s.app->settings.language, "de");
    assert_true(screen_hash(&s) != english);
}

static void test_settings_change_it_and_stay_open(void **state)
{
    (void)state;
    screen_key(&s, ',', MOD_CTRL);
    screen_click(&s, "language.de");
    assert_string_equal(texts_language(), "de");
    assert_true(screen_has(&s, "language.en"));
    screen_click(&s, "language.en");
    assert_string_equal(texts_language(), "en");
}

static void test_errors_follow(void **state)
{
    (void)state;
    screen_key(&s, ',', MOD_CTRL);
    screen_click(&s, "language.de");
    screen_key(&s, KEY_ESCAPE, 0);
    app_event(s.app, &(event){.kind = EVENT_DROP, .text = "no such thing"});
    assert_string_equal(s.app->notice[0].text, "weder eine Zeichnung noch der Name einer Datei");
}

/* ---- room -------------------------------------------------------------------------------------------------------- */

static bool takes_input(const element *e)
{
    return e->kind == ELEMENT_BUTTON || e->kind == ELEMENT_SLIDER || e->kind == ELEMENT_FIELD;
}

/* Two that overlap are named in `cut`, too. */
static void find_overlaps(const ui *u)
{
    for (int i = 0; i < u->n_elements; i++)
        for (int k = 0; k < i; k++) {
            const element *a = &u->element[i], *b = &u->element[k];
            size_t used = strlen(cut);
            if (a->layer == b->layer && takes_input(a) && takes_input(b) &&
                !rect_is_empty(rect_intersect(a->visible, b->visible)) && used + 2 * UI_NAME + 16 < sizeof cut)
                snprintf(cut + used, sizeof cut - used, "%s lies on %s\n", a->name, b->name);
        }
}

static int look_at(const char *what)
{
    cut[0] = '\0';
    screen_frame(&s);
    find_overlaps(s.app->ui);
    if (*cut)
        printf("%s, %s, %d x %d:\n%s", what, texts_language(), s.app->w, s.app->h, cut);
    return *cut != '\0';
}

static int look_after(const char *what, int id)
{
    app_do(s.app, (action){.id = id});
    screen_wait(&s); /* what workers find out is a text, too */
    screen_settle(&s);
    int bad = look_at(what);
    app_show(s.app, POPUP_NONE);
    return bad;
}

/* Every view and every dialog; returns how many have something that is cut. */
static int look_at_all(void)
{
    static const struct {
        const char *what;
        int id;
    } shows[] = {{"Break it", ACTION_VIEW_BREAK}, {"Inside", ACTION_VIEW_INSIDE},  {"Train", ACTION_VIEW_TRAIN},
                 {"Models", ACTION_VIEW_MODELS},  {"Read", ACTION_VIEW_READ},      {"menu", ACTION_MENU},
                 {"models", ACTION_MODELS},       {"languages", ACTION_LANGUAGE},  {"open", ACTION_OPEN},
                 {"save", ACTION_SAVE},           {"export", ACTION_EXPORT},       {"earlier", ACTION_RECENT},
                 {"settings", ACTION_SETTINGS},   {"keep", ACTION_KEEP},           {"nets", ACTION_TRAIN_NETS},
                 {"data", ACTION_TRAIN_DATA},     {"folder", ACTION_TRAIN_FOLDER}, {"help", ACTION_HELP},
                 {"explain", ACTION_EXPLAIN},     {"keys", ACTION_KEYS},           {"about", ACTION_ABOUT}};
    int bad = 0;
    for (size_t i = 0; i < sizeof shows / sizeof shows[0]; i++)
        bad += look_after(shows[i].what, shows[i].id);
    app_show(s.app, POPUP_LEAVE);
    bad += look_at("leave");
    app_show(s.app, POPUP_NONE);
    return bad;
}

static int look_in(const char *language, int w, int h)
{
    int bad = 0;
    assert_true(texts_speak(language));
    language_set_fonts(s.app);
    screen_resize(&s, w, h);
    screen_key(&s, KEY_DELETE, 0);
    bad += look_at_all();
    screen_stroke(&s, 100, 100, 500, 300, 20, POINTER_LEFT);
    screen_settle(&s);
    bad += look_at_all();
    return bad;
}

static void test_nothing_is_cut(void **state)
{
    (void)state;
    int bad = 0;
    for (int i = 0; texts_code(i); i++) {
        bad += look_in(texts_code(i), 1200, 760);
        bad += look_in(texts_code(i), 640, 480);
    }
    bad += look_in("xx", 1200, 760);
    bad += look_in("xx", 640, 480);
    assert_int_equal(bad, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_menu_changes_the_language_at_once, open_screen, close_screen),
        cmocka_unit_test_setup_teardown(test_settings_change_it_and_stay_open, open_screen, close_screen),
        cmocka_unit_test_setup_teardown(test_errors_follow, open_screen, close_screen),
        cmocka_unit_test_setup_teardown(test_nothing_is_cut, open_screen, close_screen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
