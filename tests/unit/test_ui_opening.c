/* Opening pictures, drawings and models beside the window: nothing waits, the newest wish counts, and the window's
 * thread reads no file. */
#include "app/core/foreign/import_file.h"
#include "app/ui/actions.h"
#include "app/ui/open.h"
#include "app/ui/reader.h"
#include "app/ui/save.h"
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
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const char net[] = "input 28 28 1\nflatten\ndense 10\nsoftmax\n";

static screen s;
static nn_error err;

static int set_up(void **state)
{
    (void)state;
    temp_make();
    screen_open(&s, 1000, 700);
    net_save(net, 1, temp_path("slow.safetensors"));
    net_save(net, 2, temp_path("quick.safetensors"));
    screen_stroke(&s, 200, 100, 300, 500, 20, POINTER_LEFT);
    assert_true(app_save(s.app, temp_path("slow.png"), &err));
    assert_true(app_save(s.app, temp_path("quick.png"), &err));
    assert_true(app_save(s.app, temp_path("quick.jsonl"), &err));
    slow_disk_begin("slow", true);
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

static void drop(const char *name)
{
    app_event(s.app, &(event){.kind = EVENT_DROP, .text = temp_path(name)});
}

/* ---- the child that reads another program's file: this program again ---------------------------------------------- */

static int be_child(const char *path)
{
    unsigned char *data;
    size_t len;
    if (strstr(path, "bad")) {
        fprintf(stderr, "error %d it is a web page\n", NN_FORMAT);
        return 1;
    }
    nn_model *model = net_model(net, 9);
    nn_free(model->training);
    model->training =
        nn_strdup(strstr(path, "poor") ? "{\"import\":{\"format\":\"ONNX 7\",\"check_accuracy\":0.2,\"permuted\":true}}"
                                       : "{\"import\":{\"format\":\"ONNX 7\",\"check_accuracy\":0.9,\"scores\":["
                                         "{\"convention\":\"x/255, inverted\",\"accuracy\":0.3}]}}");
    model->convention = convention_at(1);
    if (!nn_model_write(model, &data, &len, &err))
        return 1;
    bool ok = fwrite(data, 1, len, stdout) == len && fflush(stdout) == 0;
    nn_free(data);
    nn_model_free(model);
    return !ok;
}

static void save_foreign(const char *name)
{
    static const unsigned char onnx[] = "\x08\x07\x12\x07pytorch\x3a\x04rest";
    assert_true(nn_file_save(temp_path(name), onnx, sizeof onnx - 1, NN_CONSISTENT, &err));
}

/* ---- tests ------------------------------------------------------------------------------------------------------- */

static void the_newest_model_wins_while_another_one_loads(void **state)
{
    (void)state;
    reader_use_one(s.app, temp_path("slow.safetensors"));
    screen_frame(&s);
    reader_use_one(s.app, temp_path("quick.safetensors")); /* does not wait for the first */
    screen_wait(&s);
    assert_string_equal(app_reader_name(s.app), "quick");
    slow_disk_hold(false);
    screen_settle(&s);
    assert_string_equal(app_reader_name(s.app), "quick");
}

static void the_newest_file_wins_while_another_one_is_read(void **state)
{
    (void)state;
    drop("slow.png");
    screen_frame(&s);
    drop("quick.jsonl");
    screen_wait(&s);
    assert_false(app_shows_picture(s.app));
    assert_int_equal(s.app->drawing.done - ink_visible_from(&s.app->drawing), 1);
    slow_disk_hold(false);
    screen_settle(&s);
    assert_false(app_shows_picture(s.app));
}

static void the_drawing_stays_usable_and_its_stroke_is_not_cut_off(void **state)
{
    (void)state;
    screen_needs_pictures();
    rect c = screen_find(&s, "canvas");
    int before = s.app->drawing.done;
    drop("slow.png");
    screen_stroke(&s, 100, 300, 500, 300, 20, POINTER_LEFT);
    assert_int_equal(s.app->drawing.done, before + 1);
    assert_in_range(app_read(s.app)->answer.digit, 0, 9);
    screen_pointer(&s, EVENT_POINTER_DOWN, (float)c.x + 50, (float)c.y + 50, POINTER_LEFT);
    screen_pointer(&s, EVENT_POINTER_MOVE, (float)c.x + 100, (float)c.y + 50, 0);
    slow_disk_hold(false);
    while (!file_job_is_done(s.app->opening))
        usleep(1000);
    screen_frame(&s);
    assert_true(s.app->drawing.drawing);
    screen_pointer(&s, EVENT_POINTER_UP, (float)c.x + 150, (float)c.y + 50, POINTER_LEFT);
    screen_wait(&s);
    assert_true(app_shows_picture(s.app));
}

static void the_window_reads_no_file(void **state)
{
    (void)state;
    slow_disk_hold(false);
    screen_key(&s, 'm', MOD_CTRL);
    screen_wait(&s);
    assert_true(s.app->comparison.n_rows > 0);
    screen_key(&s, KEY_ESCAPE, 0);
    screen_key(&s, '5', MOD_CTRL);
    screen_wait(&s);
    app_do(s.app, (action){.id = ACTION_TICK, .index = 0});
    app_do(s.app, (action){.id = ACTION_USE, .index = 1});
    screen_wait(&s);
    const char *const dropped[] = {"slow.safetensors", "quick.png", "quick.jsonl"};
    for (size_t i = 0; i < sizeof dropped / sizeof dropped[0]; i++) {
        drop(dropped[i]);
        screen_wait(&s);
    }
    screen_key(&s, '4', MOD_CTRL);
    app_do(s.app, (action){.id = ACTION_TRAIN_NETS});
    app_do(s.app, (action){.id = ACTION_TRAIN_DATA});
    screen_wait(&s);
    assert_int_equal(slow_disk_read_by_window(), 0);
}

/* A table, whose name does not say that it is one of digits, and what may be a list of pictures. */
static void write_folder(const char *name)
{
    char file[64];
    assert_true(nn_file_mkdirs(temp_path(name), &err));
    snprintf(file, sizeof file, "%s/train.csv", name);
    assert_true(nn_file_save(temp_path(file), "5,0,0\n", 6, NN_CONSISTENT, &err));
    snprintf(file, sizeof file, "%s/names.txt", name);
    assert_true(nn_file_save(temp_path(file), "a.png 5\n", 8, NN_CONSISTENT, &err));
}

static void the_window_reads_no_file_of_a_folder_of_images(void **state)
{
    (void)state;
    write_folder("slow images");
    write_folder("state/mnist");
    slow_disk_begin("slow", true);
    drop("slow images");
    for (int i = 0; i < 20; i++)
        screen_step(&s);
    assert_int_equal(s.app->settings.view, VIEW_READ);
    slow_disk_hold(false);
    screen_wait(&s);
    assert_int_equal(s.app->settings.view, VIEW_TRAIN);
    assert_string_equal(s.app->training.path, temp_path("slow images"));
    app_do(s.app, (action){.id = ACTION_TRAIN_DATA});
    screen_wait(&s);
    assert_true(s.app->training.has_mnist);
    app_do(s.app, (action){.id = ACTION_TEST_FOLDER});
    ui_edit(s.app->ui, temp_path("slow images"));
    screen_key(&s, KEY_ENTER, 0);
    screen_wait(&s);
    assert_int_equal(s.app->popup, POPUP_NONE);
    assert_string_equal(s.app->testing.path, temp_path("slow images"));
    assert_int_equal(slow_disk_read_by_window(), 0);
}

/* Left by Escape while it is looked at, it is not taken all the same. */
static void a_folder_that_was_called_off_is_not_taken(void **state)
{
    (void)state;
    write_folder("slow images");
    app_do(s.app, (action){.id = ACTION_TEST_FOLDER});
    ui_edit(s.app->ui, temp_path("slow images"));
    screen_key(&s, KEY_ENTER, 0);
    assert_true(s.app->at_work && s.app->choosing.job);
    screen_key(&s, KEY_ESCAPE, 0);
    assert_int_equal(s.app->popup, POPUP_NONE);
    slow_disk_hold(false);
    screen_wait(&s);
    assert_int_not_equal(s.app->testing.images, TEST_PATH);
}

/* It is kept, listed with where it came from, and reads the ink at once. */
static void another_programs_model_is_imported(void **state)
{
    (void)state;
    save_foreign("net from afar.h5");
    drop("net from afar.h5");
    screen_wait(&s);
    assert_string_equal(app_reader_name(s.app), "net-from-afar");
    assert_true(screen_says(&s, "net-from-afar"));
    assert_true(screen_says(&s, "90.0 %"));
    assert_in_range(app_read(s.app)->answer.digit, 0, 9);
    screen_key(&s, '5', MOD_CTRL);
    screen_wait(&s);
    int found = 0;
    for (int i = 0; i < s.app->comparison.n_rows; i++) {
        const model_entry *m = &s.app->comparison.row[i].entry;
        if (strcmp(m->name, "net-from-afar") != 0)
            continue;
        found++;
        assert_true(m->imported && !m->loose && !m->shipped);
        assert_string_equal(m->import.format, "ONNX 7");
        assert_string_equal(m->import.convention, "0..255");
        assert_float_equal(m->scores.other, 0.9, 1e-9);
    }
    assert_int_equal(found, 1);
    drop("net from afar.h5"); /* once more: another name */
    screen_wait(&s);
    assert_string_equal(app_reader_name(s.app), "net-from-afar-2");
    assert_int_equal(slow_disk_read_by_window(), 0);
}

static void another_convention_can_be_chosen(void **state)
{
    (void)state;
    import_facts facts;
    save_foreign("net.onnx");
    drop("net.onnx");
    screen_wait(&s);
    app_do(s.app, (action){.id = ACTION_CONVENTION});
    screen_frame(&s);
    screen_click(&s, "convention.6");
    screen_wait(&s);
    assert_int_equal(s.app->popup, POPUP_NONE);
    assert_string_equal(app_reader_name(s.app), "net");
    assert_true(import_facts_of(&facts, app_model(s.app)));
    assert_string_equal(facts.convention, "x/255, inverted");
    assert_float_equal(facts.accuracy, 0.3, 1e-9);
    assert_int_equal(slow_disk_read_by_window(), 0);
}

static void what_is_wrong_with_another_programs_model_is_said(void **state)
{
    (void)state;
    char before[NN_NAME];
    snprintf(before, sizeof before, "%s", app_reader_name(s.app));
    save_foreign("bad.onnx");
    save_foreign("poor.onnx");
    drop("bad.onnx");
    screen_wait(&s);
    assert_string_equal(app_reader_name(s.app), before);
    assert_true(screen_says(&s, "it is a web page"));
    drop("poor.onnx");
    screen_wait(&s);
    assert_string_equal(app_reader_name(s.app), "poor");
    assert_true(screen_says(&s, "only 20 %"));
    assert_true(screen_says(&s, "another order"));
}

/* Left while it is being read, by Escape or for another file, it does not come all the same. */
static void what_was_called_off_does_not_come(void **state)
{
    (void)state;
    char reads[NN_NAME];
    snprintf(reads, sizeof reads, "%s", app_reader_name(s.app));
    screen_key(&s, 'o', MOD_CTRL);
    screen_type(&s, temp_path("slow.safetensors"));
    screen_key(&s, KEY_ENTER, 0);
    assert_true(s.app->at_work && s.app->opening);
    screen_key(&s, KEY_ESCAPE, 0);
    assert_int_equal(s.app->popup, POPUP_NONE);
    slow_disk_hold(false);
    for (int i = 0; i < 20; i++)
        screen_step(&s);
    screen_wait(&s);
    assert_string_equal(app_reader_name(s.app), reads);
}

/* Whatever a file is called, of one without content nothing else is said; and where it was asked for. */
static void an_empty_file_is_called_so(void **state)
{
    (void)state;
    const char *const names[] = {"a.png",   "a.onnx", "a.h5",  "a.keras", "a.safetensors", "a.pt",  "a.tflite",
                                 "a.jsonl", "a.json", "a.svg", "a",       "a.jpg",         "a.csv", "a.npz",
                                 "a.npy",   "a.gz",   "a.mat"};
    slow_disk_hold(false); /* the list of the dialog looks into the slow files, too */
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_true(nn_file_save(temp_path(names[i]), "", 0, NN_CONSISTENT, &err));
        screen_key(&s, 'o', MOD_CTRL);
        screen_type(&s, temp_path(names[i]));
        screen_key(&s, KEY_ENTER, 0);
        do
            screen_step(&s);
        while (s.app->popup == POPUP_OPEN && !*s.app->problem);
        assert_int_equal(s.app->n_notices, s.app->popup == POPUP_NONE); /* it goes by itself */
        screen_wait(&s);
        const char *said = s.app->popup == POPUP_OPEN ? s.app->problem : s.app->learn.no_images;
        if (!strstr(said, "an empty file"))
            fail_msg("%s: \"%s\"", names[i], said);
        app_do(s.app, (action){.id = ACTION_CLOSE});
        app_do(s.app, (action){.id = ACTION_DISMISS});
    }
}

/* What is named as a model is called a broken one, no picture. */
static void a_broken_model_is_called_what_it_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *name, *said;
    } files[] = {
        {"b.onnx", "an ONNX model"},       {"b.safetensors", "a model in a file"},  {"b.h5", "an HDF5 file"},
        {"b.keras", "a Keras model"},      {"b.tflite", "a TensorFlow Lite model"}, {"b.pt", "a file of PyTorch"},
        {"b.net", "the architecture of a"}};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        assert_true(nn_file_save(temp_path(files[i].name), "hello", 5, NN_CONSISTENT, &err));
        drop(files[i].name);
        screen_wait(&s);
        assert_true(s.app->n_notices > 0);
        if (!strstr(s.app->notice[0].text, files[i].said) || !strstr(s.app->notice[0].text, files[i].name))
            fail_msg("%s: \"%s\"", files[i].name, s.app->notice[0].text);
    }
}

enum { PAGE_W = 120, PAGE_H = 80 };

/* A page with so many upright bars side by side. */
static void drop_page(int bars)
{
    static const char head[] = "P6\n120 80\n255\n";
    unsigned char page[sizeof head - 1 + 3 * PAGE_W * PAGE_H], *at = page + sizeof head - 1;
    memset(page, 240, sizeof page);
    memcpy(page, head, sizeof head - 1);
    for (int i = 0; i < bars; i++)
        for (int y = 15; y < 65; y++)
            memset(at + 3 * (y * PAGE_W + 30 + 50 * i), 20, 3 * 6);
    assert_true(nn_file_save(temp_path("page.ppm"), page, sizeof page, NN_CONSISTENT, &err));
    drop("page.ppm");
    screen_wait(&s);
    assert_true(app_shows_picture(s.app));
    screen_settle(&s);
}

static void a_picture_says_what_is_not_one_digit(void **state)
{
    (void)state;
    static const char nothing[] = "There is nothing to read in the picture";
    static const char several[] = "There are several digits in the picture";
    screen_needs_pictures();
    drop_page(0);
    assert_true(screen_says(&s, nothing));
    drop_page(1);
    assert_false(screen_shows(&s, several));
    drop_page(2);
    assert_true(screen_says(&s, several));
    app_do(s.app, (action){.id = ACTION_DISMISS});
    screen_settle(&s);
    assert_true(screen_has(&s, "read_number")); /* the answer says so, too */
}

static void a_picture_that_was_cleared_comes_back(void **state)
{
    (void)state;
    screen_needs_pictures();
    screen_stroke(&s, 200, 100, 300, 500, 20, POINTER_LEFT);
    drop_page(1);
    for (int drawn = 0; drawn < 2; drawn++) {
        screen_key(&s, KEY_DELETE, 0);
        assert_false(app_shows_picture(s.app));
        if (drawn)
            screen_stroke(&s, 200, 100, 300, 500, 20, POINTER_LEFT);
        for (int i = 0; i <= drawn; i++)
            screen_key(&s, 'z', MOD_CTRL);
        screen_frame(&s);
        assert_true(app_shows_picture(s.app));
    }
}

static bool shows_several(void)
{
    screen_frame(&s);
    return app_shown_picture(s.app)->found.several;
}

/* Each is a step: Undo shows what was there before, whatever that was, and Redo what came. */
static void a_picture_does_not_end_the_one_before(void **state)
{
    (void)state;
    screen_needs_pictures();
    screen_stroke(&s, 200, 100, 300, 500, 20, POINTER_LEFT);
    drop_page(1);
    drop_page(2);
    for (int turn = 0; turn < 2; turn++) {
        assert_true(shows_several());
        screen_key(&s, 'z', MOD_CTRL);
        assert_false(shows_several());
        screen_key(&s, 'z', MOD_CTRL);
        screen_frame(&s);
        assert_false(app_shows_picture(s.app) || ink_is_empty(&s.app->drawing));
        screen_key(&s, 'y', MOD_CTRL);
        assert_false(shows_several());
        screen_key(&s, 'y', MOD_CTRL);
    }
    screen_key(&s, 'z', MOD_CTRL);
    screen_stroke(&s, 200, 100, 300, 500, 20, POINTER_LEFT); /* over what could be redone */
    assert_int_equal(s.app->n_pictures, 1);
    screen_key(&s, 'z', MOD_CTRL);
    assert_false(shows_several());
    screen_key(&s, 'z', MOD_CTRL); /* to the drawing, which is cleared */
    screen_key(&s, KEY_DELETE, 0);
    screen_frame(&s);
    assert_false(app_shows_picture(s.app));
    for (int i = 0; i < 2 * APP_PICTURES; i++)
        drop_page(1 + i % 2);
    assert_int_equal(s.app->n_pictures, APP_PICTURES);
    assert_true(shows_several());
    screen_key(&s, 'z', MOD_CTRL);
    assert_false(shows_several());
}

static bool right_click_keeps_the_picture(float x, float y)
{
    screen_stroke(&s, x, y, x + 40, y, 5, POINTER_RIGHT);
    screen_frame(&s);
    return app_shows_picture(s.app);
}

/* What erases nothing leaves the picture, and what could be redone, and says so. */
static void the_eraser_leaves_a_picture_alone(void **state)
{
    (void)state;
    screen_needs_pictures();
    screen_key(&s, KEY_DELETE, 0);
    drop_page(1);
    assert_true(right_click_keeps_the_picture(200, 200));
    assert_true(screen_says(&s, "The eraser is for strokes"));
    app_do(s.app, (action){.id = ACTION_DISMISS});
    screen_key(&s, 'e', 0);
    screen_stroke(&s, 200, 200, 300, 300, 5, POINTER_LEFT);
    screen_frame(&s);
    assert_true(app_shows_picture(s.app) && screen_says(&s, "The eraser is for strokes"));
    app_do(s.app, (action){.id = ACTION_DISMISS});
    screen_key(&s, ' ', 0); /* by keys */
    screen_frame(&s);
    assert_true(app_shows_picture(s.app) && screen_says(&s, "The eraser is for strokes"));
    screen_key(&s, 'z', MOD_CTRL);
    screen_stroke(&s, 200, 200, 300, 300, 5, POINTER_LEFT);
    screen_key(&s, 'z', MOD_CTRL | MOD_SHIFT);
    screen_frame(&s);
    assert_true(app_shows_picture(s.app));
}

static void a_digit_typed_at_a_picture_says_why_nothing_is_kept(void **state)
{
    (void)state;
    screen_needs_pictures();
    drop_page(1);
    screen_key(&s, '1', 0);
    assert_true(screen_says(&s, "what is kept are its strokes"));
    assert_int_equal(s.app->training.n_kept, 0);
}

static void what_is_not_opened_of_several_is_said(void **state)
{
    (void)state;
    static const char drawing[] = "{\"strokes\": [[[10, 10], [10, 90]]]}\n";
    char text[3 * PATHS_MAX];
    snprintf(text, sizeof text, "%s\n%s%s", drawing, drawing, drawing);
    assert_true(nn_file_save(temp_path("three.jsonl"), text, strlen(text), NN_CONSISTENT, &err));
    assert_true(app_open_text(s.app, text, &err));
    assert_true(screen_says(&s, "Only the first of 3 drawings"));
    app_do(s.app, (action){.id = ACTION_DISMISS});
    drop("three.jsonl");
    screen_wait(&s);
    assert_true(screen_says(&s, "Only the first of 3 drawings"));
    assert_false(screen_says(&s, "files"));
    assert_true(nn_file_save(temp_path("one.json"), drawing, strlen(drawing), NN_CONSISTENT, &err));
    snprintf(text, sizeof text, "%s", temp_path("one.json"));
    size_t len = strlen(text);
    snprintf(text + len, sizeof text - len, "\r\n%s\n\n", temp_path("three.jsonl"));
    app_do(s.app, (action){.id = ACTION_DISMISS});
    app_event(s.app, &(event){.kind = EVENT_DROP, .t = s.now, .text = text});
    screen_wait(&s);
    assert_true(screen_says(&s, "Only the first of 2 files is opened"));
    assert_false(screen_says(&s, "drawings"));
}

/* The file that the next start offers is that of what is on the canvas. */
static void what_undo_shows_is_offered_by_the_next_start(void **state)
{
    (void)state;
    screen_needs_pictures();
    drop_page(1);
    screen_key(&s, KEY_DELETE, 0);
    screen_key(&s, 'z', MOD_CTRL);
    screen_kill(&s);
    screen_open(&s, 1000, 700);
    assert_true(s.app->offer);
    screen_click(&s, "restore");
    screen_wait(&s);
    assert_true(app_shows_picture(s.app));
}

static void leaving_while_files_are_read(void **state)
{
    (void)state;
    reader_use_one(s.app, temp_path("slow.safetensors"));
    drop("slow.png");
    screen_key(&s, '5', MOD_CTRL); /* tear_down follows while all are on their way */
}

int main(int argc, char **argv)
{
    if (argc > 5 && strcmp(argv[3], IMPORT_WORD) == 0) /* behind the window's language */
        return be_child(argv[5]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_newest_model_wins_while_another_one_loads, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_newest_file_wins_while_another_one_is_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_drawing_stays_usable_and_its_stroke_is_not_cut_off, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_window_reads_no_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_window_reads_no_file_of_a_folder_of_images, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_folder_that_was_called_off_is_not_taken, set_up, tear_down),
        cmocka_unit_test_setup_teardown(another_programs_model_is_imported, set_up, tear_down),
        cmocka_unit_test_setup_teardown(another_convention_can_be_chosen, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_wrong_with_another_programs_model_is_said, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_called_off_does_not_come, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_empty_file_is_called_so, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_picture_says_what_is_not_one_digit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_picture_that_was_cleared_comes_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_picture_does_not_end_the_one_before, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_broken_model_is_called_what_it_is_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_eraser_leaves_a_picture_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_digit_typed_at_a_picture_says_why_nothing_is_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_not_opened_of_several_is_said, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_undo_shows_is_offered_by_the_next_start, set_up, tear_down),
        cmocka_unit_test_setup_teardown(leaving_while_files_are_read, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("opening", tests, NULL, NULL);
}
