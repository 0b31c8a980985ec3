/* The model that reads as a file for other programs: asked for by keys and mouse, written beside the window. */
#include "app/core/export/export.h"
#include "app/core/platform.h"
#include "app/ui/actions.h"
#include "app/ui/reader.h"
#include "nn/file.h"
#include "support/nets.h"
#include "support/screen.h"
#include "support/slow_disk.h"
#include "support/temp.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char net[] = "input 28 28 1\nflatten\ndense 10\nsoftmax\n";

static screen s;
static nn_error err;

static int set_up(void **state)
{
    (void)state;
    temp_make();
    assert_true(nn_file_mkdirs(temp_path("Documents"), &err));
    setenv("HOME", temp_path("."), 1);
    screen_open(&s, 1000, 700);
    net_save(net, 1, temp_path("mine.safetensors"));
    net_save(net, 2, temp_path("Documents/other.safetensors"));
    screen_use(&s, temp_path("mine.safetensors"));
    slow_disk_begin("Documents", false);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    slow_disk_hold(false);
    screen_close(&s);
    slow_disk_end();
    temp_remove();
    return 0;
}

/* Until it is written, or is not. */
static void wait_for_end(void)
{
    for (int i = 0; i < 5000 && s.app->exporting.job; i++) {
        screen_step(&s);
    }
    assert_null(s.app->exporting.job);
}

static void wait_for_file(void)
{
    wait_for_end();
    assert_int_equal(s.app->popup, POPUP_NONE);
}

static void export_as(const char *path)
{
    screen_key(&s, 'e', MOD_CTRL);
    screen_type(&s, path);
    screen_key(&s, KEY_ENTER, 0);
}

static size_t read_file(const char *path, unsigned char **data)
{
    size_t len;
    if (!nn_file_read(path, 64 << 20, data, &len, &err))
        fail_msg("%s", err.text);
    return len;
}

/* ---- tests ------------------------------------------------------------------------------------------------------- */

/* By mouse: the menu, a button for each kind, the button that saves. */
static void every_kind_is_written(void **state)
{
    static const struct {
        const char *button, *name; /* there is a mine.onnx after the first */
        export_format format;
    } kinds[] = {{"export.onnx", "/mine.onnx", EXPORT_ONNX},
#ifdef DIGITSCOPE_KERAS
                 {"export.keras", "/mine-2.keras", EXPORT_KERAS},
#endif
                 {"export.safetensors", "/mine-2.safetensors", EXPORT_SAFETENSORS},
                 {"export.c", "/mine-2.h", EXPORT_C}};
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        char path[UI_FIELD];
        buffer expected = {0};
        unsigned char *data;
        screen_click(&s, "menu");
        screen_click(&s, "menu.export");
        assert_non_null(strstr(s.app->ui->field.text, "Documents/mine"));
        screen_click(&s, kinds[i].button);
        snprintf(path, sizeof path, "%s", s.app->ui->field.text);
        assert_string_equal(strrchr(path, '/'), kinds[i].name);
        screen_click(&s, "accept");
        wait_for_file();
        assert_true(screen_says(&s, kinds[i].name));
        size_t len = read_file(path, &data);
        assert_true(export_model(&expected, app_model(s.app), kinds[i].format, &err));
        assert_int_equal(len, expected.len);
        if (kinds[i].format != EXPORT_KERAS) /* whose zip has the time */
            assert_memory_equal(data, expected.data, len);
        buffer_free(&expected);
        nn_free(data);
    }
}

static void the_window_goes_on_meanwhile(void **state)
{
    (void)state;
    int before = s.app->drawing.done;
    slow_disk_hold(true);
    export_as(temp_path("Documents/slow.onnx"));
    for (int i = 0; i < 5; i++)
        screen_frame(&s);
    assert_non_null(s.app->exporting.job);
    assert_int_equal(s.app->popup, POPUP_EXPORT);
    screen_click(&s, "accept"); /* which is dimmed: once is enough */
    screen_key(&s, KEY_ESCAPE, 0);
    screen_stroke(&s, 100, 100, 500, 300, 20, POINTER_LEFT);
    assert_int_equal(s.app->drawing.done, before + 1);
    screen_key(&s, KEY_DELETE, 0);
    slow_disk_hold(false);
    wait_for_file();
    assert_true(platform_exists(temp_path("Documents/slow.onnx")));
    assert_int_equal(slow_disk_opened_by_window(), 0);
}

/* Leaving does not wait for the disk, nor for what it would say. */
static void the_newest_wish_counts(void **state)
{
    (void)state;
    slow_disk_hold(true);
    export_as(temp_path("Documents/first.onnx"));
    screen_key(&s, KEY_ESCAPE, 0);
    export_as(temp_path("Documents/second.onnx"));
    slow_disk_hold(false);
    wait_for_file();
    assert_true(screen_says(&s, "second.onnx"));
    assert_false(screen_says(&s, "first.onnx"));
}

/* The dialog has said which it is about. */
static void another_model_in_its_place_is_said_first(void **state)
{
    (void)state;
    char before[NN_NAME];
    snprintf(before, sizeof before, "%s", app_reader_name(s.app));
    app_do(s.app, (action){.id = ACTION_EXPORT});
    screen_use(&s, strcmp(before, "tiny") == 0 ? "simple" : "tiny");
    ui_edit(s.app->ui, temp_path("meant.onnx"));
    screen_key(&s, KEY_ENTER, 0);
    assert_null(s.app->exporting.job);
    assert_non_null(strstr(s.app->problem, app_reader_name(s.app)));
    screen_key(&s, KEY_ENTER, 0);
    wait_for_file();
    assert_true(platform_exists(temp_path("meant.onnx")));
}

static void a_file_is_replaced_only_when_that_is_confirmed(void **state)
{
    unsigned char *data;
    (void)state;
    assert_true(nn_file_save(temp_path("old.h"), "x", 1, NN_CONSISTENT, &err));
    export_as(temp_path("old.h"));
    screen_frame(&s);
    assert_int_equal(s.app->popup, POPUP_EXPORT);
    assert_string_not_equal(s.app->problem, "");
    screen_key(&s, KEY_ENTER, 0);
    wait_for_file();
    assert_true(read_file(temp_path("old.h"), &data) > 1000);
    nn_free(data);
}

/* What cannot be written is said in the dialog, which keeps the path; in the strip where it was closed meanwhile. */
static void what_goes_wrong_is_said_where_it_was_asked_for(void **state)
{
    (void)state;
    for (int closed = 0; closed < 2; closed++) {
        slow_disk_hold(true);
        export_as(temp_path("Documents/nowhere/x.onnx"));
        screen_frame(&s);
        assert_int_equal(s.app->popup, POPUP_EXPORT);
        if (closed)
            screen_key(&s, KEY_ESCAPE, 0);
        slow_disk_hold(false);
        wait_for_end();
        screen_frame(&s);
        assert_int_equal(s.app->popup, closed ? POPUP_NONE : POPUP_EXPORT);
        assert_int_equal(s.app->n_notices, closed);
        const char *said = closed ? s.app->notice[0].text : s.app->problem;
        assert_non_null(strstr(said, "No such file"));
        if (closed)
            break;
        assert_non_null(strstr(s.app->ui->field.text, "nowhere/x.onnx"));
        assert_true(ui_find(s.app->ui, "accept")->enabled);
        screen_key(&s, KEY_ESCAPE, 0);
    }
}

static void names_are_understood_or_asked_for_again(void **state)
{
    (void)state;
    export_as(temp_path("Documents/plain"));
    wait_for_file();
    assert_true(platform_exists(temp_path("Documents/plain.onnx")));
    export_as(temp_path("Documents/net.txt"));
    assert_int_equal(s.app->popup, POPUP_EXPORT);
    assert_non_null(strstr(s.app->problem, ".keras"));
    screen_click(&s, "export.c"); /* puts the ending behind it */
    assert_string_equal(strrchr(s.app->ui->field.text, '/'), "/net.txt.h");
    assert_string_equal(s.app->problem, "");
    screen_key(&s, KEY_ESCAPE, 0);
    assert_int_equal(s.app->popup, POPUP_NONE);
    assert_false(platform_exists(temp_path("Documents/net.txt.h")));
}

static void a_model_of_ones_own_is_not_lost(void **state)
{
    unsigned char *before, *after;
    (void)state;
    size_t len = read_file(temp_path("Documents/other.safetensors"), &before);
    export_as(temp_path("Documents/other.safetensors"));
    screen_key(&s, KEY_ENTER, 0); /* though it is confirmed */
    wait_for_end();
    assert_non_null(strstr(s.app->problem, "is a model of Digitscope's own"));
    assert_int_equal(read_file(temp_path("Documents/other.safetensors"), &after), len);
    assert_memory_equal(before, after, len);
    nn_free(before);
    nn_free(after);
}

static void several_that_read_together_become_one_network(void **state)
{
    const char *const both[] = {"tiny", "mlp"};
    char text[200];
    unsigned char *data;
    (void)state;
    reader_use(s.app, both, 2, "both", false);
    screen_wait(&s);
    assert_string_equal(app_reader_name(s.app), "both");
    export_as(temp_path("Documents/both.safetensors"));
    wait_for_file();
    size_t len = read_file(temp_path("Documents/both.safetensors"), &data);
    assert_true(len > sizeof(float) * (19274 + 530000));
    snprintf(text, sizeof text, "%.180s", (const char *)data + 8);
    assert_non_null(strstr(text, "architecture"));
    nn_free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(every_kind_is_written),
        TEST(the_window_goes_on_meanwhile),
        TEST(the_newest_wish_counts),
        TEST(another_model_in_its_place_is_said_first),
        TEST(a_file_is_replaced_only_when_that_is_confirmed),
        TEST(what_goes_wrong_is_said_where_it_was_asked_for),
        TEST(names_are_understood_or_asked_for_again),
        TEST(a_model_of_ones_own_is_not_lost),
        TEST(several_that_read_together_become_one_network),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
