/* test_ui_digits.c - as a teacher would: looks through the digits of a class, puts them right, gives them away. */
#include "app/core/data/dataset_load.h"
#include "app/core/data/kept.h"
#include "app/core/data/samples.h"
#include "app/core/made/synth.h"
#include "app/core/platform.h"
#include "app/ui/actions.h"
#include "nn/file.h"
#include "support/faults.h"
#include "support/fixture.h"
#include "support/nets.h"
#include "support/temp.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { DIGITS = 600, GUESTS = 3 };

static const char *const guest[GUESTS] = {"Ann", "Bo", ""};
static nn_error err;
static char path[PATHS_MAX];

/* Written once, copied for each test: 60 of each digit, by three. */
static void write_digits(void)
{
    static char *text;
    static size_t len;
    static sketch drawing;
    for (int i = 0; i < DIGITS && len == 0; i++) {
        int count = i;
        char label[2] = {(char)('0' + i % 10), '\0'};
        synth_digit(&drawing, i % 10, (uint64_t)i);
        assert_true(samples_keep(path, &drawing.ink, label, guest[i / 10 % GUESTS], &count, NULL, &err));
    }
    if (!text)
        assert_true(nn_file_read(path, 64 << 20, (unsigned char **)&text, &len, &err));
    assert_true(nn_file_save(path, text, len, NN_CONSISTENT, &err));
}

static int set_up(void **state)
{
    (void)state;
    temp_make();
    assert_true(nn_file_mkdirs(temp_path("state"), &err));
    snprintf(path, sizeof path, "%s", temp_path("state/digits.jsonl"));
    setenv("HOME", temp_path("."), 1);
    screen_open(&s, 1000, 700);
    write_digits();
    return 0;
}

static void settle(void)
{
    app_digits *d = &s.app->digits;
    do {
        screen_step(&s);
    } while (d->job || d->saving || d->unsaved);
    screen_frame(&s);
}

static void open_page(void)
{
    screen_key(&s, 'd', MOD_CTRL);
    settle();
    assert_int_equal(s.app->popup, POPUP_DIGITS);
}

/* In the file: those with this label, by this guest; NULL: any. */
static int in_file(const char *label, const char *writer)
{
    kept all;
    int count = 0;
    if (!platform_exists(path))
        return 0;
    assert_true(kept_load(&all, path, &err));
    for (int i = 0; i < all.count; i++)
        count += (!label || strcmp(all.drawing[i].label, label) == 0) &&
                 (!writer || strcmp(all.drawing[i].writer, writer) == 0);
    kept_free(&all);
    return count;
}

/* Clicks a button, and its list is right under or over it. */
static void open_list(const char *name)
{
    rect from = screen_find(&s, name);
    screen_click(&s, name);
    rect card = s.app->ui->card;
    int below = card.y - from.y - from.h, above = from.y - card.y - card.h;
    bool beside = card.x >= from.x + from.w || card.x + card.w <= from.x;
    if (beside || ((below < 0 || below > 20) && (above < 0 || above > 20)))
        fail_msg("the list of %s hangs elsewhere", name);
}

static void test_looks_through(void **state)
{
    (void)state;
    const app_digits *d = &s.app->digits;
    open_page();
    assert_int_equal(d->n_shown, DIGITS);
    assert_true(screen_has(&s, "digit.1"));
    assert_false(screen_has(&s, "digit.600")); /* far below */
    assert_true(s.app->ui->n_elements < UI_MAX_ELEMENTS);
    assert_string_equal(d->shown[0].item->label, "0");
    assert_string_equal(d->shown[DIGITS - 1].item->label, "9");
    open_list("digits.labels");
    screen_click(&s, "digits.row.8"); /* all, 0, 1, ... */
    assert_int_equal(d->n_shown, DIGITS / 10);
    open_list("digits.writers");
    screen_click(&s, "digits.row.2"); /* all, nobody, Ann */
    assert_int_equal(d->n_shown, DIGITS / 10 / GUESTS);
    assert_string_equal(d->shown[3].item->label, "7");
    assert_string_equal(d->shown[3].item->writer, "Ann");
    open_list("digits.labels");
    screen_key(&s, KEY_ESCAPE, 0); /* the list, not the page */
    screen_frame(&s);
    assert_int_equal(s.app->popup, POPUP_DIGITS);
    open_list("digits.labels");
    screen_click(&s, "digits.row.0");
    assert_int_equal(d->n_shown, DIGITS / GUESTS);
    screen_key(&s, KEY_ESCAPE, 0);
    screen_frame(&s);
    assert_int_equal(s.app->popup, POPUP_NONE);
    assert_false(d->there); /* nobody looks */
}

static void test_relabels_and_deletes(void **state)
{
    (void)state;
    const app_digits *d = &s.app->digits;
    open_page();
    screen_click(&s, "digit.1");
    screen_click(&s, "digit.3");
    screen_click(&s, "digit.3"); /* let go */
    screen_click(&s, "digit.2");
    assert_int_equal(d->n_chosen, 2);
    screen_click(&s, "digits.as.9");
    settle();
    assert_int_equal(in_file("0", NULL), DIGITS / 10 - 2);
    assert_int_equal(in_file("9", NULL), DIGITS / 10 + 2);
    assert_int_equal(d->n_chosen, 2); /* still, to go on with */
    screen_key(&s, '8', 0);
    settle();
    assert_int_equal(in_file("8", NULL), DIGITS / 10 + 2);
    screen_key(&s, KEY_DELETE, 0);
    settle();
    assert_int_equal(in_file(NULL, NULL), DIGITS - 2);
    assert_int_equal(s.app->training.n_kept, DIGITS - 2);
    screen_click(&s, "digits.undo");
    screen_key(&s, 'z', MOD_CTRL);
    screen_key(&s, 'z', MOD_CTRL);
    settle();
    assert_int_equal(in_file(NULL, NULL), DIGITS);
    assert_int_equal(in_file("0", NULL), DIGITS / 10);
    assert_true(!ui_find(s.app->ui, "digits.undo")->enabled);
}

static void test_works_by_keys(void **state)
{
    (void)state;
    const app_digits *d = &s.app->digits;
    open_page();
    while (strcmp(s.app->ui->focus, "digit.1") != 0)
        screen_key(&s, KEY_TAB, 0);
    screen_key(&s, KEY_ENTER, 0);
    screen_key(&s, KEY_RIGHT, 0);
    screen_key(&s, ' ', 0);
    assert_true(d->shown[0].item->chosen && d->shown[1].item->chosen);
    for (int i = 0; i < 30; i++) { /* row by row */
        screen_key(&s, KEY_DOWN, 0);
        screen_frame(&s);
    }
    int at = 0;
    assert_int_equal(sscanf(s.app->ui->focus, "digit.%d", &at), 1);
    assert_true(at > 100);
    rect r = screen_find(&s, s.app->ui->focus), seen = ui_find(s.app->ui, s.app->ui->focus)->visible;
    assert_memory_equal(&r, &seen, sizeof r); /* in sight as a whole */
    screen_key(&s, 'a', MOD_CTRL);
    assert_int_equal(d->n_chosen, DIGITS);
    screen_key(&s, 'a', MOD_CTRL);
    assert_int_equal(d->n_chosen, 0);
    screen_key(&s, KEY_DELETE, 0); /* nothing is chosen */
    settle();
    assert_int_equal(in_file(NULL, NULL), DIGITS);
}

static void finger(event_kind kind, float x, float y)
{
    app_event(s.app, &(event){.kind = kind, .pointer = 5, .x = x, .y = y, .button = POINTER_LEFT});
    screen_frame(&s);
}

static void test_a_finger_scrolls_and_chooses(void **state)
{
    (void)state;
    const app_digits *d = &s.app->digits;
    open_page();
    rect r = screen_find(&s, "digit.12");
    float x = (float)r.x + 0.5f * (float)r.w, y = (float)r.y + 0.5f * (float)r.h;
    finger(EVENT_POINTER_DOWN, x, y);
    finger(EVENT_POINTER_MOVE, x, y - 60);
    finger(EVENT_POINTER_MOVE, x, y - 80);
    finger(EVENT_POINTER_UP, x, y - 80);
    assert_int_equal(d->n_chosen, 0);
    assert_int_equal(screen_find(&s, "digit.12").y, r.y - 80);
    finger(EVENT_POINTER_DOWN, x, y - 80);
    finger(EVENT_POINTER_MOVE, x + 2, y - 81);
    finger(EVENT_POINTER_UP, x + 2, y - 81);
    assert_int_equal(d->n_chosen, 1);
    assert_true(d->shown[11].item->chosen);
    rect a = screen_find(&s, "digit.13"), b = screen_find(&s, "digit.14");
    finger(EVENT_POINTER_DOWN, 0.5f * (float)(a.x + a.w + b.x), (float)b.y + 5); /* between two: no reason to close */
    finger(EVENT_POINTER_UP, 0.5f * (float)(a.x + a.w + b.x), (float)b.y + 5);
    assert_int_equal(s.app->popup, POPUP_DIGITS);
}

static void test_puts_one_on_the_canvas(void **state)
{
    (void)state;
    open_page();
    screen_click(&s, "digit.4");
    screen_click(&s, "digits.look");
    assert_int_equal(s.app->popup, POPUP_NONE);
    assert_true(!ink_is_empty(&s.app->drawing));
}

static void type_and_accept(const char *text)
{
    screen_key(&s, 'a', MOD_CTRL);
    screen_type(&s, text);
    screen_key(&s, KEY_ENTER, 0);
    screen_frame(&s);
}

static void test_guests(void **state)
{
    (void)state;
    open_page();
    screen_click(&s, "digit.1");
    screen_click(&s, "digits.writer");
    type_and_accept("Zoe");
    settle();
    assert_int_equal(s.app->popup, POPUP_DIGITS);
    assert_int_equal(in_file(NULL, "Zoe"), 1);
    assert_string_equal(s.app->settings.guest, "");
    screen_click(&s, "digits.guest");
    type_and_accept("Cem");
    assert_int_equal(s.app->popup, POPUP_DIGITS);
    screen_click(&s, "close");
    settle();
    screen_stroke(&s, 300, 100, 300, 500, 30, POINTER_LEFT);
    screen_settle(&s);
    screen_key(&s, '1', 0);
    assert_int_equal(in_file("1", "Cem"), 1);
    app_do(s.app, (action){.id = ACTION_GUEST});
    type_and_accept("");
    assert_int_equal(s.app->popup, POPUP_NONE);
    assert_string_equal(s.app->settings.guest, "");
}

static void test_gives_away_and_takes_in(void **state)
{
    (void)state;
    dataset images;
    const app_digits *d = &s.app->digits;
    char to[PATHS_MAX];
    open_page();
    screen_click(&s, "digit.1");
    screen_click(&s, "digit.2");
    screen_click(&s, "digits.export");
    snprintf(to, sizeof to, "%s", temp_path("two.jsonl"));
    type_and_accept(to);
    settle();
    assert_int_equal(s.app->popup, POPUP_DIGITS);
    assert_int_equal(samples_count(to), 2);
    screen_click(&s, "digits.import");
    type_and_accept(to);
    settle();
    assert_int_equal(d->n_shown, DIGITS + 2);
    assert_int_equal(d->n_chosen, 2);
    assert_int_equal(in_file("0", NULL), DIGITS / 10 + 2);
    screen_key(&s, 'z', MOD_CTRL);
    screen_key(&s, 'a', MOD_CTRL);
    screen_click(&s, "digits.export");
    assert_true(screen_has(&s, "digits.images"));
    snprintf(to, sizeof to, "%s", temp_path("images.jsonl"));
    screen_key(&s, 'a', MOD_CTRL);
    screen_type(&s, to);
    screen_click(&s, "digits.images"); /* takes the ending away */
    screen_click(&s, "accept");
    settle();
    assert_true(dataset_load(&images, temp_path("images"), NULL, DATASET_TRAIN, &err));
    assert_int_equal(images.count, DIGITS);
    dataset_free(&images);
    screen_click(&s, "digits.import");
    screen_key(&s, KEY_ESCAPE, 0); /* back to the page */
    screen_frame(&s);
    assert_int_equal(s.app->popup, POPUP_DIGITS);
}

/* Where the field has no room for another ending, the name stays. */
static void test_a_full_field_keeps_its_name(void **state)
{
    char full[UI_FIELD];
    (void)state;
    memset(full, 'a', sizeof full - 1);
    full[sizeof full - 1] = '\0';
    open_page();
    screen_key(&s, 'a', MOD_CTRL);
    screen_click(&s, "digits.export");
    for (int i = 0; i < 2; i++) {
        ui_edit(s.app->ui, full);
        screen_click(&s, i == 0 ? "digits.images" : "digits.strokes");
        assert_string_equal(s.app->ui->field.text, full);
    }
}

/* By Escape, or by a file that is dropped over the dialog. */
static void test_what_was_called_off_is_not_taken_in(void **state)
{
    (void)state;
    char from[PATHS_MAX];
    snprintf(from, sizeof from, "%s", temp_path("more.jsonl"));
    assert_true(nn_file_rename(path, from, &err));
    open_page();
    for (int dropped = 0; dropped < 2; dropped++) {
        app_do(s.app, (action){.id = ACTION_DIGITS_IMPORT});
        ui_edit(s.app->ui, from);
        screen_key(&s, KEY_ENTER, 0);
        assert_true(s.app->at_work);
        if (dropped)
            app_event(s.app, &(event){.kind = EVENT_DROP, .text = temp_path("nothing.png"), .t = s.now});
        else
            screen_key(&s, KEY_ESCAPE, 0);
        assert_int_equal(s.app->popup, dropped ? POPUP_NONE : POPUP_DIGITS);
        for (int i = 0; i < 20; i++)
            screen_step(&s);
        assert_int_equal(in_file(NULL, NULL), 0);
    }
}

static void test_a_file_that_is_none_is_asked_for_again(void **state)
{
    (void)state;
    const struct {
        const char *button;
        popup dialog;
    } ways[] = {{"digits.import", POPUP_DIGITS_IMPORT}, {"digits.export", POPUP_DIGITS_EXPORT}};
    open_page();
    assert_true(nn_file_save(temp_path("none.jsonl"), "", 0, NN_CONSISTENT, &err));
    screen_click(&s, "digits.import");
    type_and_accept(temp_path("none.jsonl"));
    settle();
    assert_int_equal(s.app->popup, POPUP_DIGITS_IMPORT);
    assert_string_not_equal(s.app->problem, "");
    screen_key(&s, KEY_ESCAPE, 0);
    screen_frame(&s);
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        screen_click(&s, ways[i].button);
        type_and_accept(temp_path("nowhere/at-all.jsonl"));
        settle();
        assert_int_equal(s.app->popup, ways[i].dialog);
        assert_non_null(strstr(s.app->problem, "o such"));
        assert_non_null(strstr(s.app->ui->field.text, "at-all.jsonl"));
        screen_key(&s, KEY_ESCAPE, 0);
        screen_frame(&s);
        assert_int_equal(s.app->popup, POPUP_DIGITS);
    }
}

static void test_gives_away_over_another_file_only_when_that_is_confirmed(void **state)
{
    (void)state;
    char to[PATHS_MAX];
    open_page();
    snprintf(to, sizeof to, "%s", temp_path("old.jsonl"));
    assert_true(nn_file_save(to, "x", 1, NN_CONSISTENT, &err));
    screen_key(&s, 'a', MOD_CTRL);
    screen_click(&s, "digits.export");
    type_and_accept(to);
    settle();
    assert_int_equal(s.app->popup, POPUP_DIGITS_EXPORT);
    assert_string_not_equal(s.app->problem, "");
    screen_key(&s, KEY_ENTER, 0);
    settle();
    assert_int_equal(s.app->popup, POPUP_DIGITS);
    assert_int_equal(samples_count(to), DIGITS);
}

/* More classes than there is room for are a list; a key answers as well. */
static void test_letters(void **state)
{
    (void)state;
    nn_model *model = net_model("input 28 28 1\nflatten\ndense 26\nsoftmax\n", 5);
    for (int i = 0; i < 26; i++)
        snprintf(model->label[i], sizeof model->label[i], "%c", 'a' + i);
    assert_true(nn_model_save(model, temp_path("letters.safetensors"), &err));
    nn_model_free(model);
    screen_use(&s, temp_path("letters.safetensors"));
    open_page();
    assert_false(screen_has(&s, "digits.as.a"));
    screen_click(&s, "digit.1");
    open_list("digits.answers");
    screen_click(&s, "digits.as.c");
    settle();
    assert_int_equal(in_file("c", NULL), 1);
    assert_false(screen_has(&s, "digits.as.a"));
    screen_key(&s, 'q', 0);
    settle();
    assert_int_equal(in_file("q", NULL), 1);
}

/* What another window has kept meanwhile is not lost. */
static void test_another_window(void **state)
{
    (void)state;
    static sketch drawing;
    int count = 0;
    open_page();
    synth_digit(&drawing, 4, 4444);
    assert_true(samples_keep(path, &drawing.ink, "4", "", &count, NULL, &err));
    screen_click(&s, "digit.1");
    screen_key(&s, KEY_DELETE, 0);
    settle();
    assert_int_equal(in_file(NULL, NULL), DIGITS + 1);
    assert_int_equal(s.app->digits.n_shown, DIGITS + 1); /* read anew */
    assert_non_null(strstr(s.app->problem, "another window"));
    screen_click(&s, "digit.1");
    screen_key(&s, KEY_DELETE, 0);
    settle();
    assert_int_equal(in_file(NULL, NULL), DIGITS);
    assert_string_equal(s.app->problem, "");
}

/* All of them: then there is no file, and the page says what to do. */
static void test_nothing_is_left(void **state)
{
    (void)state;
    open_page();
    screen_click(&s, "digits.all");
    screen_click(&s, "digits.remove");
    settle();
    assert_false(platform_exists(path));
    assert_int_equal(s.app->training.n_kept, 0);
    assert_true(!ui_find(s.app->ui, "digits.export")->enabled);
    screen_click(&s, "digits.undo");
    settle();
    assert_int_equal(in_file(NULL, NULL), DIGITS);
}

/* What is being saved when the program ends is on disk then. */
static void test_ends_while_it_saves(void **state)
{
    (void)state;
    open_page();
    screen_click(&s, "digit.1");
    screen_key(&s, '5', 0);
    screen_key(&s, '6', 0);
    screen_close(&s);
    assert_int_equal(in_file("6", NULL), DIGITS / 10 + 1);
    screen_open(&s, 1000, 700);
}

/* Nobody sees the window any more: the terminal says so. */
static void test_ends_while_it_cannot_save(void **state)
{
    (void)state;
    char said[4096] = "";
    FILE *file = tmpfile();
    int terminal = dup(STDERR_FILENO);
    open_page();
    screen_click(&s, "digit.1");
    faults_file(0, FAULT_FOREVER, ENOSPC);
    screen_key(&s, '5', 0);
    screen_key(&s, '6', 0);
    dup2(fileno(file), STDERR_FILENO);
    screen_close(&s);
    dup2(terminal, STDERR_FILENO);
    close(terminal);
    assert_true(faults_end());
    rewind(file);
    said[fread(said, 1, sizeof said - 1, file)] = '\0';
    fclose(file);
    assert_non_null(strstr(said, "own digits are not kept"));
    assert_non_null(strstr(said, strerror(ENOSPC)));
    assert_int_equal(in_file("0", NULL), DIGITS / 10);
    screen_open(&s, 1000, 700);
}

/* In a small window the classes have a line, and what else can be done another one. */
static void test_no_button_is_alone_in_a_line(void **state)
{
    (void)state;
    open_page();
    screen_resize(&s, 640, 480);
    screen_frame(&s);
    assert_int_equal(screen_find(&s, "digits.as.0").y, screen_find(&s, "digits.as.9").y);
    assert_int_equal(screen_find(&s, "digits.writer").y, screen_find(&s, "digits.remove").y);
    assert_true(screen_find(&s, "digits.writer").y > screen_find(&s, "digits.as.9").y);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_looks_through, set_up, fixture_close),
        cmocka_unit_test_setup_teardown(test_relabels_and_deletes, set_up, fixture_close),
        cmocka_unit_test_setup_teardown(test_works_by_keys, set_up, fixture_close),
        cmocka_unit_test_setup_teardown(test_a_finger_scrolls_and_chooses, set_up, fixture_close),
        cmocka_unit_test_setup_teardown(test_puts_one_on_the_canvas, set_up, fixture_close),
        cmocka_unit_test_setup_teardown(test_guests, set_up, fixture_close),
        cmocka_unit_test_setup_teardown(test_gives_away_and_takes_in, set_up, fixture_close),
        cmocka_unit_test_setup_teardown(test_a_full_field_keeps_its_name, set_up, fixture_close),
        cmocka_unit_test_setup_teardown(test_what_was_called_off_is_not_taken_in, set_up, fixture_close),
        cmocka_unit_test_setup_teardown(test_a_file_that_is_none_is_asked_for_again, set_up, fixture_close),
        cmocka_unit_test_setup_teardown(test_gives_away_over_another_file_only_when_that_is_confirmed, set_up,
                                        fixture_close),
        cmocka_unit_test_setup_teardown(test_no_button_is_alone_in_a_line, set_up, fixture_close),
        cmocka_unit_test_setup_teardown(test_letters, set_up, fixture_close),
        cmocka_unit_test_setup_teardown(test_another_window, set_up, fixture_close),
        cmocka_unit_test_setup_teardown(test_nothing_is_left, set_up, fixture_close),
        cmocka_unit_test_setup_teardown(test_ends_while_it_saves, set_up, fixture_close),
        cmocka_unit_test_setup_teardown(test_ends_while_it_cannot_save, set_up, fixture_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
