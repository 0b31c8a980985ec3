/* "Test": models ticked and tested on the kept digits, a cell opened, an image put on the canvas; by mouse, finger, keys. */
#include "app/core/data/samples.h"
#include "app/core/platform.h"
#include "app/ui/actions.h"
#include "app/ui/drawing.h"
#include "nn/file.h"
#include "support/fixture.h"
#include "support/nets.h"
#include "support/own.h"
#include "support/temp.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char net[] = "input 28 28 1\nmaxpool 2\nflatten\ndense 10\nsoftmax\n";
enum { KEPT = 200 };

static nn_error err;

static void save(const char *name, uint64_t seed, char first)
{
    nn_model *model = net_model(net, seed);
    for (int i = 0; i < model->n_labels; i++)
        model->label[i][0] = (char)(first + i);
    assert_true(nn_model_save(model, temp_path(name), &err));
    nn_model_free(model);
}

static int set_up(void **state)
{
    (void)state;
    temp_make();
    assert_true(nn_file_mkdirs(temp_path("state/models"), &err));
    own_digits(KEPT);
    save("state/models/one.safetensors", 1, '0');
    save("state/models/two.safetensors", 2, '0');
    save("state/models/letters.safetensors", 3, 'a');
    setenv("HOME", temp_path("."), 1);
    screen_open(&s, 1000, 2600); /* so that the rows below all shipped models are in sight */
    screen_use(&s, "one");
    screen_key(&s, '5', MOD_CTRL);
    screen_wait(&s);
    screen_settle(&s);
    while (s.app->training.n_kept != KEPT)
        screen_frame(&s);
    return 0;
}

static void choose_kept(void)
{
    screen_click(&s, "test.images");
    screen_click(&s, "images.kept");
    screen_frame(&s);
    assert_int_equal(s.app->popup, POPUP_NONE);
}

/* What stands at the head while nothing is drawn: who has ticked models need not be told to. */
static void the_head_knows_what_is_ticked(void **state)
{
    (void)state;
    assert_false(screen_shows(&s, "ticked: draw"));
    screen_click(&s, "tick.two");
    screen_click(&s, "tick.letters");
    screen_frame(&s);
    assert_true(screen_shows(&s, "2 ticked: draw"));
    screen_stroke(&s, 300, 100, 300, 500, 12, 0);
    screen_settle(&s);
    assert_false(screen_shows(&s, "2 ticked: draw"));
    assert_true(screen_shows(&s, "one: "));
}

static void await_test(void)
{
    while (s.app->testing.job && (!s.app->testing.done || s.app->testing.saving))
        screen_step(&s);
    screen_settle(&s);
}

static void test_kept(void)
{
    choose_kept();
    screen_click(&s, "test.start");
    await_test();
}

static void test_ticked(const char *first, const char *second)
{
    char name[2][UI_NAME];
    snprintf(name[0], UI_NAME, "tick.%s", first);
    snprintf(name[1], UI_NAME, "tick.%s", second);
    choose_kept();
    screen_click(&s, name[0]);
    screen_click(&s, name[1]);
    screen_click(&s, "test.start");
    await_test();
}

/* Numbers most significant byte first, then the bytes. */
static void write_idx(const char *path, const unsigned *head, int n_head, const unsigned char *bytes, size_t count)
{
    unsigned char *all = nn_alloc(16 + count, 1);
    for (int i = 0; i < 4 * n_head; i++)
        all[i] = (unsigned char)(head[i / 4] >> (24 - 8 * (i % 4)));
    memcpy(all + 4 * n_head, bytes, count);
    assert_true(nn_file_save(path, all, (size_t)(4 * n_head) + count, NN_CONSISTENT, &err));
    nn_free(all);
}

/* A cell off the diagonal that has the most images. */
static mistake worst(void)
{
    mistake m[1];
    assert_int_equal(confusion_worst(&s.app->testing.counted, m, 1), 1);
    return m[0];
}

static const char *cell_name(mistake m)
{
    static char name[UI_NAME];
    snprintf(name, sizeof name, "cell.%d.%d", m.truth, m.predicted);
    return name;
}

/* ---- tests ------------------------------------------------------------------------------------------------------- */

static void the_model_in_use_is_tested_where_none_is_ticked(void **state)
{
    (void)state;
    assert_false(ui_find(s.app->ui, "test.page.mistakes")->enabled);
    test_kept();
    const evaluation *e = app_tested(s.app);
    assert_non_null(e);
    assert_int_equal(test_job_request(s.app->testing.job)->n_models, 1);
    assert_int_equal(confusion_total(&e->confusion), KEPT);
    assert_int_equal(s.app->testing.page, TEST_MISTAKES);
    for (int i = 0; i < 10; i++)
        for (int k = 0; k < 10; k++) {
            char name[UI_NAME];
            snprintf(name, sizeof name, "cell.%d.%d", i, k);
            assert_int_equal(ui_find(s.app->ui, name)->enabled, e->confusion.n[i][k] > 0);
        }
}

/* Also where two models were tested and each has a button above it; a large one has no need to scroll. */
static void a_small_window_shows_the_whole_matrix(void **state)
{
    (void)state;
    test_ticked("one", "two");
    screen_resize(&s, 640, 480);
    screen_settle(&s);
    for (int i = 0; i < 100; i++) {
        char name[UI_NAME];
        snprintf(name, sizeof name, "cell.%d.%d", i / 10, i % 10);
        const element *e = ui_find(s.app->ui, name);
        assert_true(e->visible.h == e->r.h && e->r.h >= 14);
    }
    screen_resize(&s, 1920, 1080);
    screen_settle(&s);
    assert_int_equal(s.app->ui->scroll_max, 0);
}

static void a_cell_opens_its_images_and_one_goes_onto_the_canvas(void **state)
{
    (void)state;
    test_kept();
    mistake m = worst();
    screen_click(&s, cell_name(m));
    screen_frame(&s);
    assert_int_equal(s.app->testing.page, TEST_LIST);
    assert_int_equal(s.app->testing.n_found, m.n);
    screen_click(&s, "image.0");
    screen_settle(&s);
    int image = s.app->testing.found[0].image;
    const evaluation *e = app_tested(s.app);
    assert_int_equal(app_test_shows(s.app), image);
    assert_int_equal(evaluation_truth(e, image), m.truth);
    /* what the network in use says on the canvas is what it said in the test */
    assert_int_equal(app_read(s.app)->answer.digit, m.predicted);
    for (int i = 0; i < 10; i++)
        assert_float_equal(app_read(s.app)->answer.probability[i], evaluation_answer(e, image)[i],
                           1e-3); /* its pixels are whole numbers */
    screen_stroke(&s, 100, 100, 500, 500, 20, POINTER_LEFT);
    assert_int_equal(app_test_shows(s.app), -1);
}

/* What was drawn is a drawing on the canvas too; looking at many leaves the earlier ones alone. */
static void looking_at_images_forgets_no_drawing(void **state)
{
    (void)state;
    screen_stroke(&s, 100, 100, 500, 500, 20, POINTER_LEFT);
    test_kept();
    app_do(s.app, (action){.id = ACTION_TEST_LIST, .index = TEST_HARDEST});
    for (int i = 0; i < 20; i++)
        app_do(s.app, (action){.id = ACTION_TEST_IMAGE, .index = i});
    screen_settle(&s);
    assert_false(app_shows_picture(s.app));
    assert_int_equal(app_test_shows(s.app), s.app->testing.found[19].image);
    assert_int_equal(s.app->recent.count, 1);
}

/* Images without strokes are there pixel by pixel, and can be distorted as drawings can. */
static void an_image_is_read_as_the_test_read_it(void **state)
{
    (void)state;
    static dataset data;
    assert_true(samples_make(&data, 60, 3, &err));
    assert_true(nn_file_mkdirs(temp_path("set"), &err));
    write_idx(temp_path("set/t10k-images-idx3-ubyte"), (const unsigned[]){0x803, 60, 28, 28}, 4, data.images, 60 * 784);
    write_idx(temp_path("set/t10k-labels-idx1-ubyte"), (const unsigned[]){0x801, 60}, 2, data.labels, 60);
    dataset_free(&data);
    screen_click(&s, "test.images");
    screen_click(&s, "images.other");
    ui_edit(s.app->ui, temp_path("set"));
    screen_key(&s, KEY_ENTER, 0);
    screen_wait(&s);
    assert_int_equal(s.app->popup, POPUP_NONE);
    screen_click(&s, "test.start");
    await_test();
    const evaluation *e = app_tested(s.app);
    assert_non_null(e);
    assert_int_equal(e->data->count, 60);
    app_do(s.app, (action){.id = ACTION_TEST_LIST, .index = TEST_HARDEST});
    app_do(s.app, (action){.id = ACTION_TEST_IMAGE, .index = 5});
    screen_settle(&s);
    int image = app_test_shows(s.app);
    assert_true(app_shows_picture(s.app));
    assert_int_equal(image, s.app->testing.found[5].image);
    assert_memory_equal(app_read(s.app)->input28, e->data->images + image * 784, 784);
    for (int i = 0; i < 10; i++)
        assert_float_equal(app_read(s.app)->answer.probability[i], evaluation_answer(e, image)[i], 1e-6);
    screen_key(&s, '2', MOD_CTRL);
    ui_set_focus(s.app->ui, "shift");
    screen_key(&s, KEY_RIGHT, 0);
    screen_settle(&s);
    assert_memory_not_equal(app_read(s.app)->input28, e->data->images + image * 784, 784);
    assert_int_equal(app_test_shows(s.app), image);
    assert_true(drawing_show_image(s.app, e->data->images, 28, &err)); /* as another list would */
    assert_int_equal(app_test_shows(s.app), -1);
}

/* The dialog goes into it, so that what it holds can be chosen. */
static void a_folder_without_images_is_not_tested_on(void **state)
{
    (void)state;
    assert_true(nn_file_mkdirs(temp_path("empty"), &err));
    screen_click(&s, "test.images");
    screen_click(&s, "images.other");
    ui_edit(s.app->ui, temp_path("empty"));
    screen_key(&s, KEY_ENTER, 0);
    screen_wait(&s);
    assert_int_equal(s.app->popup, POPUP_TEST_FOLDER);
    assert_string_equal(s.app->ui->field.text, temp_path("empty/"));
    assert_int_not_equal(s.app->testing.images, TEST_PATH);
}

/* Into the list, along it, onto the canvas, to Inside and back, out of the list: all by keys. */
static void keys_lead_there_and_back_to_the_same_place(void **state)
{
    (void)state;
    test_kept();
    mistake m = worst();
    ui_set_focus(s.app->ui, cell_name(m));
    screen_key(&s, KEY_ENTER, 0);
    screen_frame(&s);
    assert_string_equal(s.app->ui->focus, "image.0");
    screen_key(&s, KEY_RIGHT, 0);
    screen_key(&s, KEY_ENTER, 0);
    screen_settle(&s);
    assert_string_equal(s.app->ui->focus, "image.1");
    int image = s.app->testing.found[1].image;
    assert_int_equal(app_test_shows(s.app), image);
    screen_key(&s, '3', MOD_CTRL);
    screen_settle(&s);
    assert_non_null(s.app->inside->net);
    assert_false(ink_is_empty(&s.app->drawing));
    screen_key(&s, '5', MOD_CTRL);
    screen_wait(&s);
    assert_int_equal(s.app->testing.page, TEST_LIST);
    assert_int_equal(app_test_shows(s.app), image);
    assert_true(screen_has(&s, "image.1"));
    assert_string_equal(s.app->ui->focus, "image.1");
    screen_key(&s, KEY_ESCAPE, 0);
    screen_frame(&s);
    assert_int_equal(s.app->testing.page, TEST_MISTAKES);
    assert_string_equal(s.app->ui->focus, cell_name(m));
}

/* Up and down lead to the next cell of the column that has images. */
static void arrows_walk_the_matrix(void **state)
{
    (void)state;
    test_kept();
    mistake m = worst();
    ui_set_focus(s.app->ui, cell_name(m));
    screen_key(&s, m.truth < 9 ? KEY_DOWN : KEY_UP, 0);
    screen_frame(&s);
    const element *to = ui_find(s.app->ui, s.app->ui->focus), *from = ui_find(s.app->ui, cell_name(m));
    assert_memory_equal(to->name, "cell.", 5);
    assert_int_not_equal(to->r.y, from->r.y);
}

static void scrolling_stays_where_it_was(void **state)
{
    (void)state;
    screen_resize(&s, 640, 480);
    test_kept();
    app_do(s.app, (action){.id = ACTION_TEST_LIST, .index = TEST_HARDEST});
    screen_frame(&s);
    assert_int_equal(s.app->testing.n_found, 100);
    s.app->ui->scrolled[0] = 300;
    screen_frame(&s);
    screen_key(&s, '4', MOD_CTRL);
    screen_settle(&s);
    screen_key(&s, '5', MOD_CTRL);
    screen_wait(&s);
    assert_int_equal(s.app->ui->scrolled[0], 300);
}

static void of_two_models_who_reads_what_the_other_does_not(void **state)
{
    (void)state;
    test_ticked("one", "two");
    const app_testing *t = &s.app->testing;
    const nn_error *problem;
    const evaluation *one = test_job_result(t->job, 0, &problem), *two = test_job_result(t->job, 1, &problem);
    int only[2] = {0, 0};
    for (int i = 0; i < KEPT; i++) {
        bool a = evaluation_read(one, i) == evaluation_truth(one, i),
             b = evaluation_read(two, i) == evaluation_truth(two, i);
        only[0] += b && !a;
        only[1] += a && !b;
    }
    assert_true(only[0] > 0 && only[1] > 0);
    screen_click(&s, "test.only.1.1");
    screen_frame(&s);
    assert_int_equal(t->n_found, only[1]);
    screen_click(&s, "test.back");
    screen_click(&s, "test.only.1.0");
    screen_frame(&s);
    assert_int_equal(t->n_found, only[0]);
    int image = t->found[0].image;
    assert_int_equal(evaluation_read(two, image), evaluation_truth(two, image));
    screen_click(&s, "test.back");
    screen_click(&s, "test.model.two");
    assert_ptr_equal(app_tested(s.app), two);
    assert_int_equal(confusion_correct(&t->counted), confusion_correct(&two->confusion));
}

/* Another model is in use; a press has the canvas read by the one whose mistakes are looked at. */
static void the_tested_model_can_read_the_canvas(void **state)
{
    (void)state;
    choose_kept();
    screen_click(&s, "tick.two");
    screen_click(&s, "test.start");
    await_test();
    mistake m = worst();
    screen_click(&s, cell_name(m));
    screen_click(&s, "image.0");
    screen_click(&s, "test.use");
    screen_wait(&s);
    screen_settle(&s);
    assert_string_equal(app_reader_name(s.app), "two");
    assert_int_equal(app_read(s.app)->answer.digit, m.predicted);
    assert_false(screen_has(&s, "test.use"));
}

static void answers_that_are_not_sure_are_withheld(void **state)
{
    (void)state;
    test_kept();
    assert_int_equal(s.app->testing.sure.answered, KEPT);
    ui_set_focus(s.app->ui, "test.sure");
    for (int i = 0; i < 3; i++)
        screen_key(&s, KEY_RIGHT, 0);
    assert_float_equal(app_test_sure(s.app), 0.5, 0.01);
    const evaluation *e = app_tested(s.app);
    int answered = 0;
    for (int i = 0; i < KEPT; i++)
        answered += evaluation_answer(e, i)[evaluation_read(e, i)] >= app_test_sure(s.app);
    assert_int_equal(s.app->testing.sure.answered, answered);
    screen_key(&s, KEY_END, 0);
    assert_true(s.app->testing.sure.answered <= answered);
}

static void a_model_of_other_classes_says_why_it_is_not_tested(void **state)
{
    (void)state;
    test_ticked("one", "letters");
    const nn_error *problem;
    assert_non_null(app_tested(s.app));
    assert_string_equal(test_job_request(s.app->testing.job)->name[0], "letters");
    assert_null(test_job_result(s.app->testing.job, 0, &problem));
    assert_int_equal(s.app->testing.model, 1);
    assert_int_equal(s.app->n_notices, 1);
    assert_non_null(strstr(s.app->notice[0].text, "letters"));
}

static void a_finger_opens_a_cell_as_a_mouse_does(void **state)
{
    (void)state;
    enum { FINGER = 7 };
    test_kept();
    rect r = screen_find(&s, cell_name(worst()));
    event down = {.kind = EVENT_POINTER_DOWN,
                  .pointer = FINGER,
                  .button = POINTER_LEFT,
                  .x = (float)r.x + 0.5f * (float)r.w,
                  .y = (float)r.y + 0.5f * (float)r.h,
                  .t = s.now};
    app_event(s.app, &down);
    down.kind = EVENT_POINTER_UP;
    app_event(s.app, &down);
    screen_frame(&s);
    assert_int_equal(s.app->testing.page, TEST_LIST);
}

static void a_report_is_written_where_the_dialog_says(void **state)
{
    (void)state;
    test_kept();
    screen_click(&s, "test.page.classes");
    screen_click(&s, "test.report");
    ui_edit(s.app->ui, temp_path("pages/one"));
    screen_frame(&s);
    screen_key(&s, KEY_ENTER, 0);
    await_test();
    screen_frame(&s);
    assert_int_equal(s.app->popup, POPUP_NONE);
    assert_true(platform_exists(temp_path("pages/one/report.html")));
    assert_int_equal(s.app->n_notices, 1);
}

static void a_report_that_cannot_be_written_is_asked_for_again(void **state)
{
    (void)state;
    test_kept();
    assert_true(nn_file_save(temp_path("file"), "x", 1, NN_CONSISTENT, &err));
    screen_click(&s, "test.page.classes");
    screen_click(&s, "test.report");
    ui_edit(s.app->ui, temp_path("file/report"));
    screen_frame(&s);
    screen_key(&s, KEY_ENTER, 0);
    await_test();
    screen_frame(&s);
    assert_int_equal(s.app->popup, POPUP_REPORT);
    assert_non_null(strstr(s.app->problem, "file"));
    assert_int_equal(s.app->n_notices, 0);
}

/* Who has gone elsewhere is told; without MNIST nothing can be tested on it. */
static void the_end_is_told_elsewhere(void **state)
{
    (void)state;
    assert_false(s.app->training.has_mnist);
    assert_false(ui_find(s.app->ui, "test.start")->enabled);
    choose_kept();
    assert_true(ui_find(s.app->ui, "test.start")->enabled);
    screen_click(&s, "test.start");
    screen_key(&s, '1', MOD_CTRL);
    await_test();
    assert_int_equal(s.app->n_notices, 1);
    assert_non_null(strstr(s.app->notice[0].text, "of 200 images"));
    screen_key(&s, '5', MOD_CTRL);
    screen_wait(&s);
    assert_int_equal(s.app->testing.page, TEST_MODELS);
    screen_click(&s, "test.page.mistakes");
    assert_int_equal(s.app->testing.page, TEST_MISTAKES);
}

static void cancelling_leaves_nothing(void **state)
{
    (void)state;
    choose_kept();
    screen_click(&s, "test.start");
    screen_frame(&s);
    app_do(s.app, (action){.id = ACTION_TEST_CANCEL});
    await_test();
    if (!s.app->testing.done) /* else it was done before that */
        assert_null(s.app->testing.job);
    assert_int_equal(s.app->n_notices, 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_head_knows_what_is_ticked),
        TEST(the_model_in_use_is_tested_where_none_is_ticked),
        TEST(a_small_window_shows_the_whole_matrix),
        TEST(a_cell_opens_its_images_and_one_goes_onto_the_canvas),
        TEST(looking_at_images_forgets_no_drawing),
        TEST(an_image_is_read_as_the_test_read_it),
        TEST(a_folder_without_images_is_not_tested_on),
        TEST(keys_lead_there_and_back_to_the_same_place),
        TEST(arrows_walk_the_matrix),
        TEST(scrolling_stays_where_it_was),
        TEST(of_two_models_who_reads_what_the_other_does_not),
        TEST(the_tested_model_can_read_the_canvas),
        TEST(answers_that_are_not_sure_are_withheld),
        TEST(a_model_of_other_classes_says_why_it_is_not_tested),
        TEST(a_finger_opens_a_cell_as_a_mouse_does),
        TEST(a_report_is_written_where_the_dialog_says),
        TEST(a_report_that_cannot_be_written_is_asked_for_again),
        TEST(the_end_is_told_elsewhere),
        TEST(cancelling_leaves_nothing),
    };
    return cmocka_run_group_tests_name("testing", tests, NULL, NULL);
}
