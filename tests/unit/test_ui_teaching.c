/* test_ui_teaching.c - as a person would: draws, says what it is by a key, has the network learn it, takes it back. */
#include "app/core/data/idx.h"
#include "app/core/data/kept.h"
#include "app/core/data/samples.h"
#include "app/core/platform.h"
#include "app/ui/actions.h"
#include "app/ui/reader.h"
#include "app/ui/train_choices.h"
#include "nn/alloc.h"
#include "nn/file.h"
#include "support/fixture.h"
#include "support/nets.h"
#include "support/temp.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static int set_up(void **state)
{
    (void)state;
    temp_make();
    screen_open(&s, 1000, 700);
    screen_use(&s, "simple");
    return 0;
}

/* A bolt: no digit at all. */
static void draw_bolt(void)
{
    screen_stroke(&s, 400, 100, 200, 320, 12, 0);
    screen_stroke(&s, 200, 320, 400, 300, 12, 0);
    screen_stroke(&s, 400, 300, 200, 520, 12, 0);
    screen_settle(&s);
}

static int n_kept(void)
{
    char path[PATHS_MAX];
    assert_true(train_kept_path(s.app, path));
    return samples_count(path);
}

static void wait_for_lesson(void)
{
    while (s.app->teaching.job)
        screen_step(&s);
    screen_wait(&s);
    screen_settle(&s);
}

static void test_a_key_answers(void **state)
{
    (void)state;
    screen_key(&s, '8', 0); /* nothing is drawn yet */
    assert_int_equal(n_kept(), 0);
    draw_bolt();
    screen_key(&s, '8', 0);
    assert_int_equal(n_kept(), 1);
    assert_int_equal(s.app->popup, POPUP_NONE);
    screen_key(&s, 'x', 0); /* no class */
    screen_key(&s, '3', MOD_CTRL);
    assert_int_equal(n_kept(), 1);
    screen_key(&s, KEY_F10, 0); /* not over a menu */
    screen_key(&s, '8', 0);
    assert_int_equal(n_kept(), 1);
}

/* The stroke that is being drawn ends with the answer, and is kept as it is then. */
static void test_no_half_stroke_is_kept(void **state)
{
    (void)state;
    float x = (float)s.app->canvas.x + 100, y = (float)s.app->canvas.y + 100;
    screen_pointer(&s, EVENT_POINTER_DOWN, x, y, POINTER_LEFT);
    screen_pointer(&s, EVENT_POINTER_MOVE, x, y + 100, 0);
    screen_frame(&s);
    screen_key(&s, '8', 0);
    assert_int_equal(n_kept(), 1);
    screen_pointer(&s, EVENT_POINTER_MOVE, x, y + 200, 0);
    screen_pointer(&s, EVENT_POINTER_UP, x, y + 200, POINTER_LEFT);
    screen_frame(&s);
    assert_string_equal(app_answered(s.app), "8");
    assert_int_equal(s.app->drawing.n_points, 2);
}

static void draw_eleven(void)
{
    screen_use(&s, "digitscope");
    screen_key(&s, 'n', 0);
    screen_stroke(&s, 150, 150, 150, 450, 12, 0);
    screen_stroke(&s, 450, 150, 450, 450, 12, 0);
    screen_settle(&s);
    assert_non_null(app_number(s.app));
}

/* A number of two digits is none of the classes. */
static void test_a_number_is_not_kept_as_a_digit(void **state)
{
    (void)state;
    draw_eleven();
    screen_key(&s, '1', 0);
    app_do(s.app, (action){.id = ACTION_KEEP});
    assert_int_equal(s.app->popup, POPUP_NONE);
    assert_true(screen_says(&s, "Single digits are kept"));
    app_do(s.app, (action){.id = ACTION_KEEP_AS, .index = 1});
    assert_int_equal(n_kept(), 0);
    screen_key(&s, 'n', 0); /* as one digit it is */
    screen_settle(&s);
    app_do(s.app, (action){.id = ACTION_KEEP});
    screen_frame(&s);
    screen_click(&s, "keep.1");
    assert_int_equal(n_kept(), 1);
}

/* The label of the drawing that was kept last. */
static void assert_kept_as(const char *label)
{
    kept all;
    nn_error err;
    char path[PATHS_MAX];
    assert_true(train_kept_path(s.app, path));
    assert_true(kept_load(&all, path, &err));
    assert_string_equal(all.drawing[all.count - 1].label, label);
    kept_free(&all);
}

static void test_the_line_asks(void **state)
{
    (void)state;
    assert_false(screen_has(&s, "answer_yes"));
    draw_bolt();
    screen_click(&s, "answer.8");
    assert_int_equal(n_kept(), 1);
    assert_kept_as("8");
    assert_false(screen_has(&s, "answer_yes"));
    assert_true(screen_has(&s, "learn_from_it"));
    screen_click(&s, "take_back");
    assert_int_equal(n_kept(), 0);
    assert_int_equal(s.app->training.n_kept, 0);
    assert_false(screen_has(&s, "learn_from_it"));
    screen_click(&s, "answer_yes");
    assert_kept_as(app_read(s.app)->answer.text);
    draw_bolt(); /* goes on: another drawing, with another answer */
    assert_true(screen_has(&s, "answer_yes"));
}

static void test_a_finger_and_keys_answer(void **state)
{
    (void)state;
    draw_bolt();
    rect r = screen_find(&s, "answer.3");
    float x = (float)r.x + 0.5f * (float)r.w, y = (float)r.y + 0.5f * (float)r.h;
    app_event(s.app, &(event){.kind = EVENT_POINTER_DOWN, .pointer = 5, .x = x, .y = y, .button = POINTER_LEFT});
    app_event(s.app, &(event){.kind = EVENT_POINTER_UP, .pointer = 5, .x = x, .y = y, .button = POINTER_LEFT});
    assert_kept_as("3");
    screen_key(&s, KEY_DELETE, 0);
    draw_bolt();
    while (strcmp(s.app->ui->focus, "answer_yes") != 0)
        screen_key(&s, KEY_TAB, 0);
    screen_key(&s, KEY_RIGHT, 0);
    screen_key(&s, KEY_ENTER, 0);
    assert_kept_as("0");
    assert_int_equal(n_kept(), 2);
    screen_frame(&s);
    assert_string_equal(s.app->ui->focus, "learn_from_it");
}

/* An answer that was a slip is replaced, as long as the drawing is the file's last one. */
static void test_a_drawing_has_one_answer(void **state)
{
    (void)state;
    char path[PATHS_MAX];
    nn_error err;
    int count = 0;
    draw_bolt();
    screen_key(&s, '8', 0);
    screen_key(&s, '9', 0);
    assert_int_equal(n_kept(), 1);
    assert_kept_as("9");
    assert_true(train_kept_path(s.app, path));
    assert_true(samples_keep(path, &s.app->drawing, "1", "", &count, NULL, &err)); /* by another window */
    screen_click(&s, "take_back");
    assert_int_equal(n_kept(), 2);
    assert_int_equal(s.app->n_notices, 1);
    assert_non_null(strstr(s.app->notice[0].text, "another one"));
}

/* One answer does not say what several digits are. */
static void test_a_number_is_not_asked_about(void **state)
{
    (void)state;
    draw_eleven();
    assert_false(screen_has(&s, "answer_yes"));
    screen_key(&s, '1', 0);
    assert_int_equal(n_kept(), 0);
}

static void test_many_classes_are_a_choice(void **state)
{
    (void)state;
    nn_error err;
    char net[] = "input 28 28 1\nflatten\ndense 26\nsoftmax\n";
    const char *path = temp_path("letters.safetensors");
    nn_model *model = net_model(net, 5);
    for (int i = 0; i < 26; i++)
        snprintf(model->label[i], sizeof model->label[i], "%c", 'a' + i);
    assert_true(nn_model_save(model, path, &err));
    nn_model_free(model);
    screen_use(&s, path);
    draw_bolt();
    assert_false(screen_has(&s, "answer.a"));
    screen_click(&s, "answer_other");
    screen_click(&s, "keep.q");
    assert_kept_as("q");
    assert_true(screen_has(&s, "learn_from_it"));
}

static void test_nothing_to_learn_from(void **state)
{
    (void)state;
    screen_key(&s, 'l', MOD_CTRL);
    assert_null(s.app->teaching.job);
    assert_int_equal(s.app->n_notices, 1);
}

static void test_learns_and_takes_back(void **state)
{
    (void)state;
    const nn_model *model = app_model(s.app);
    size_t bytes = model->plan->floats * sizeof(float);
    float *before = nn_alloc(model->plan->floats, sizeof *before);
    memcpy(before, model->weights, bytes);
    draw_bolt();
    int was = app_read(s.app)->answer.digit, wrong = (was + 4) % 10;
    float probability = app_read(s.app)->answer.probability[was];
    char words[40], path[PATHS_MAX];
    snprintf(words, sizeof words, "Now a %d (was a %d). Still right: ", wrong, was);
    screen_key(&s, '0' + wrong, 0);
    screen_click(&s, "learn_from_it");
    assert_non_null(s.app->teaching.job);
    wait_for_lesson();
    assert_string_equal(app_reader_name(s.app), "simple-taught-1");
    assert_int_equal(app_read(s.app)->answer.digit, wrong);
    assert_int_equal(s.app->n_notices, 1); /* what was said while it learned is over */
    assert_memory_equal(s.app->notice[0].text, words, strlen(words));
    assert_true(app_bars_before(s.app)[was] == probability);
    assert_false(screen_has(&s, "learn_from_it"));
    s.now += 60000; /* the question stays */
    screen_frame(&s);
    snprintf(path, sizeof path, "%s", s.app->reader.path);
    assert_true(platform_exists(path));
    screen_click(&s, "take_back");
    screen_wait(&s);
    screen_settle(&s);
    assert_false(platform_exists(path));
    assert_null(app_bars_before(s.app));
    assert_true(screen_has(&s, "learn_from_it"));
    assert_string_equal(app_reader_name(s.app), "simple");
    assert_memory_equal(before, app_model(s.app)->weights, bytes);
    nn_free(before);
}

static void save_own(const char *name)
{
    nn_error err;
    char path[PATHS_MAX];
    assert_true(app_own_path(s.app, name, ".safetensors", path) && nn_file_mkdirs(s.app->paths.models, &err));
    assert_true(nn_model_save(app_model(s.app), path, &err));
    screen_use(&s, name);
    screen_frame(&s);
}

static void begin_lesson(void)
{
    draw_bolt();
    screen_key(&s, '0' + (app_read(s.app)->answer.digit + 4) % 10, 0);
    screen_key(&s, 'l', MOD_CTRL);
    assert_non_null(s.app->teaching.job);
}

/* Back to the model before, by the name that it has now. */
static void test_the_model_before_has_another_name(void **state)
{
    (void)state;
    char copy[PATHS_MAX];
    save_own("mine");
    begin_lesson();
    wait_for_lesson();
    snprintf(copy, sizeof copy, "%s", s.app->reader.path);
    screen_use(&s, "mine");
    screen_frame(&s);
    app_do(s.app, (action){.id = ACTION_RENAME_MODEL});
    ui_edit(s.app->ui, "school");
    screen_key(&s, KEY_ENTER, 0);
    screen_use(&s, copy);
    screen_click(&s, "take_back");
    screen_wait(&s);
    screen_frame(&s);
    assert_string_equal(app_reader_name(s.app), "school");
    assert_false(platform_exists(copy));
}

/* Where there is no way back, the copy is not lost as well. */
static void test_the_copy_stays_where_the_model_before_is_gone(void **state)
{
    (void)state;
    nn_error err;
    char path[PATHS_MAX];
    save_own("mine");
    begin_lesson();
    wait_for_lesson();
    assert_true(app_own_path(s.app, "mine", ".safetensors", path));
    nn_file_remove(path, &err);
    snprintf(path, sizeof path, "%s", s.app->reader.path);
    screen_click(&s, "take_back");
    screen_wait(&s);
    screen_frame(&s);
    assert_true(screen_says(&s, "mine"));
    assert_string_equal(s.app->reader.path, path);
    assert_true(platform_exists(path));
}

/* Several that are asked together have no file that a copy could be made of. */
static void test_models_together_learn_nothing(void **state)
{
    (void)state;
    draw_bolt();
    screen_key(&s, '8', 0);
    screen_frame(&s);
    const char *const both[] = {"simple", "tiny"};
    reader_use(s.app, both, 2, "2 models", false);
    screen_wait(&s);
    app_do(s.app, (action){.id = ACTION_LEARN});
    assert_null(s.app->teaching.job);
    assert_true(screen_says(&s, "asked together"));
    app_do(s.app, (action){.id = ACTION_TEST_START});
    assert_null(s.app->testing.job);
    assert_true(screen_says(&s, "Tick the models"));
}

/* The images of others, all of them just what is drawn. */
static void have_others_draw_the_same(void)
{
    enum { OTHERS = 500 };
    static unsigned char images[OTHERS * DIGIT_PIXELS], labels[OTHERS];
    nn_error err;
    dataset others = {.count = OTHERS, .side = DIGIT_SIDE, .classes = 10, .images = images, .labels = labels};
    for (int i = 0; i < OTHERS; i++) {
        memcpy(images + i * DIGIT_PIXELS, app_read(s.app)->input28, DIGIT_PIXELS);
        labels[i] = i < 10 ? (unsigned char)i : 1; /* so that there are ten classes */
    }
    for (int i = 0; i < 10; i++)
        snprintf(others.label[i], sizeof others.label[i], "%d", i);
    assert_true(idx_save(&others, s.app->paths.mnist, &err));
}

/* What everybody else draws as a 1 cannot be an 8: then nothing is changed, and no file is left. */
static void test_what_others_would_pay_for_is_refused(void **state)
{
    (void)state;
    char path[PATHS_MAX];
    screen_stroke(&s, 300, 100, 300, 500, 30, 0);
    screen_settle(&s);
    assert_string_equal(app_read(s.app)->answer.text, "1");
    have_others_draw_the_same();
    screen_key(&s, '8', 0);
    screen_click(&s, "learn_from_it");
    wait_for_lesson();
    assert_string_equal(app_reader_name(s.app), "simple");
    assert_string_equal(app_read(s.app)->answer.text, "1");
    assert_non_null(strstr(s.app->notice[0].text, "Nothing was changed"));
    assert_false(screen_has(&s, "take_back"));
    assert_true(paths_join(path, s.app->paths.models, "simple-taught-1.safetensors"));
    assert_false(platform_exists(path));
}

/* As another digit than it was read as, and keeps what was learned. */
static void learn_a_bolt(void)
{
    draw_bolt();
    screen_key(&s, '0' + (app_read(s.app)->answer.digit + 4) % 10, 0);
    screen_key(&s, 'l', MOD_CTRL);
    wait_for_lesson();
    screen_click(&s, "dismiss");
}

/* Who keeps what was learned goes on from there. */
static void test_learns_and_keeps(void **state)
{
    (void)state;
    learn_a_bolt();
    assert_null(app_bars_before(s.app));
    assert_int_equal(s.app->n_notices, 0);
    assert_string_equal(app_reader_name(s.app), "simple-taught-1");
    screen_key(&s, 'l', MOD_CTRL);
    wait_for_lesson();
    assert_string_equal(app_reader_name(s.app), "simple-taught-2"); /* and not ...-taught-1-taught-1 */
    screen_key(&s, 'm', MOD_CTRL); /* of both is said what the model read that they were taught from */
    screen_wait(&s);
    assert_true(screen_has(&s, "model.simple-taught-2"));
    assert_true(screen_shows(&s, "before it was taught: 99.60 % of test images"));
    for (int i = 0; i < s.app->ui->n_lines; i++)
        assert_null(s.app->ui->line[i].cut);
    for (int i = 0; i < s.app->comparison.n_rows; i++) {
        const model_entry *m = &s.app->comparison.row[i].entry;
        assert_int_equal(m->scores.of_origin, strstr(m->name, "-taught-") != NULL);
        assert_true(!m->scores.of_origin || fabs(m->scores.tested - 0.996) < 1e-9);
    }
}

/* A file may be called by more, and other, letters than a model: its copy is in the list all the same. */
static void test_the_copy_of_any_file_is_in_the_list(void **state)
{
    (void)state;
    nn_error err;
    char path[PATHS_MAX];
    snprintf(path, sizeof path, "%s", temp_path("netz.v2-ääääääääääääääääääää.safetensors"));
    assert_true(nn_model_save(app_model(s.app), path, &err));
    screen_use(&s, path);
    learn_a_bolt();
    assert_string_equal(app_reader_name(s.app), "netz-v2-äääääääääääää-taught-1");
    assert_true(models_has(&s.app->paths, app_reader_name(s.app)));
}

/* And reads with it, bit by bit, when the program is started again. */
static void test_what_is_kept_is_there_after_a_restart(void **state)
{
    (void)state;
    learn_a_bolt();
    const nn_plan *plan = app_model(s.app)->plan;
    size_t bytes = plan->floats * sizeof(float);
    float *before = nn_alloc(plan->floats, sizeof *before);
    memcpy(before, app_model(s.app)->weights, bytes);
    nn_error err;
    assert_true(settings_save(&s.app->settings, &s.app->paths, &err)); /* as the window does at its end */
    screen_close(&s);
    screen_open(&s, 1000, 700);
    assert_string_equal(s.app->settings.model,
                        "simple-taught-1"); /* which is what a start without --model reads with */
    screen_use(&s, s.app->settings.model);
    assert_memory_equal(before, app_model(s.app)->weights, bytes);
    assert_int_equal(n_kept(), 1);
    nn_free(before);
}

static void test_learning_shows_how_far_it_is_and_ends_early(void **state)
{
    (void)state;
    float before = 0;
    draw_bolt();
    screen_key(&s, '8', 0);
    screen_click(&s, "learn_from_it");
    while (s.app->teaching.job && s.app->teaching.progress < 0.2f) {
        screen_step(&s);
        assert_true(s.app->teaching.progress >= before);
        before = s.app->teaching.progress;
    }
    assert_in_range((int)(100 * before), 20, 99);
    assert_true(screen_has(&s, "learn_progress"));
    screen_click(&s, "learn_stop");
    assert_null(s.app->teaching.job);
    screen_settle(&s);
    assert_true(screen_has(&s, "learn_from_it"));
    assert_int_equal(s.app->n_notices, 0);
    assert_string_equal(app_reader_name(s.app), "simple");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_key_answers, set_up, fixture_close),
        cmocka_unit_test_setup_teardown(test_no_half_stroke_is_kept, set_up, fixture_close),
        cmocka_unit_test_setup_teardown(test_a_number_is_not_kept_as_a_digit, set_up, fixture_close),
        cmocka_unit_test_setup_teardown(test_the_line_asks, set_up, fixture_close),
        cmocka_unit_test_setup_teardown(test_a_finger_and_keys_answer, set_up, fixture_close),
        cmocka_unit_test_setup_teardown(test_a_drawing_has_one_answer, set_up, fixture_close),
        cmocka_unit_test_setup_teardown(test_a_number_is_not_asked_about, set_up, fixture_close),
        cmocka_unit_test_setup_teardown(test_many_classes_are_a_choice, set_up, fixture_close),
        cmocka_unit_test_setup_teardown(test_nothing_to_learn_from, set_up, fixture_close),
        cmocka_unit_test_setup_teardown(test_learns_and_takes_back, set_up, fixture_close),
        cmocka_unit_test_setup_teardown(test_the_model_before_has_another_name, set_up, fixture_close),
        cmocka_unit_test_setup_teardown(test_the_copy_stays_where_the_model_before_is_gone, set_up, fixture_close),
        cmocka_unit_test_setup_teardown(test_models_together_learn_nothing, set_up, fixture_close),
        cmocka_unit_test_setup_teardown(test_what_others_would_pay_for_is_refused, set_up, fixture_close),
        cmocka_unit_test_setup_teardown(test_learns_and_keeps, set_up, fixture_close),
        cmocka_unit_test_setup_teardown(test_the_copy_of_any_file_is_in_the_list, set_up, fixture_close),
        cmocka_unit_test_setup_teardown(test_what_is_kept_is_there_after_a_restart, set_up, fixture_close),
        cmocka_unit_test_setup_teardown(test_learning_shows_how_far_it_is_and_ends_early, set_up, fixture_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
