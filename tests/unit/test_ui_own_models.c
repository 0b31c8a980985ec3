/* Models of one's own: their names and descriptions, what lists say of them, deleting and taking back. */
#include "app/core/platform.h"
#include "app/texts/texts.h"
#include "app/ui/actions.h"
#include "app/ui/notice.h"
#include "app/ui/train_choices.h"
#include "nn/file.h"
#include "support/fixture.h"
#include "support/own.h"
#include "support/temp.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static nn_error err;

static void test_what_was_thrown_away_can_be_fetched_back(void **state)
{
    (void)state;
    screen_stroke(&s, 300, 100, 300, 500, 20, POINTER_LEFT);
    own_training_run(&s);
    float learnt = app_read(s.app)->answer.probability[1];
    screen_click(&s, "train.discard");
    screen_frame(&s);
    assert_true(screen_has(&s, "train.start"));
    screen_click(&s, "take_back");
    screen_frame(&s);
    assert_float_equal(app_read(s.app)->answer.probability[1], learnt, 0);
    screen_click(&s, "train.keep");
    screen_await(&s, "train.start");
    assert_true(own_has_model("own-1"));
    own_training_run(&s);
    screen_click(&s, "train.discard");
    screen_frame(&s);
    screen_click(&s, "train.start"); /* another one: the first is gone for good */
    screen_frame(&s);
    assert_null(s.app->training.thrown);
}

static void test_names_are_never_taken_twice(void **state)
{
    (void)state;
    own_training_run(&s);
    assert_string_equal(s.app->training.name, "own-1");
    screen_click(&s, "train.keep");
    screen_await(&s, "train.start");
    assert_true(own_has_model("own-1"));
    screen_wait(&s);
    assert_string_equal(app_reader_name(s.app), "own-1");
    own_training_run(&s);
    assert_string_equal(s.app->training.name, "own-2");
    assert_false(train_rename(s.app, "own-1", &err));
    assert_false(train_rename(s.app, "deploy", &err)); /* shipped names are not for own models */
    assert_false(train_rename(s.app, "", &err));
    assert_false(train_rename(s.app, "../own", &err));
    assert_false(train_rename(s.app, "a.b", &err));
    assert_string_equal(s.app->training.name, "own-2");
    screen_click(&s, "train.name");
    screen_type(&s, "mine");
    screen_key(&s, KEY_ENTER, 0);
    screen_frame(&s);
    screen_click(&s, "train.keep");
    screen_await(&s, "train.start");
    assert_true(own_has_model("mine"));
    assert_false(own_has_model("own-2"));
}

static void test_own_models_are_renamed(void **state)
{
    (void)state;
    own_training_keep(&s);
    assert_string_equal(app_reader_name(s.app), "own-1");
    app_do(s.app, (action){.id = ACTION_RENAME_MODEL});
    screen_frame(&s);
    screen_type(&s, "deploy"); /* another one is called so */
    screen_key(&s, KEY_ENTER, 0);
    assert_int_equal(s.app->popup, POPUP_MODEL_NAME);
    ui_edit(s.app->ui, "ours");
    screen_key(&s, KEY_ENTER, 0);
    assert_int_equal(s.app->popup, POPUP_NONE);
    assert_true(own_has_model("ours"));
    assert_false(own_has_model("own-1"));
    assert_true(own_has("ours", ".history")); /* which goes along */
    assert_false(own_has("own-1", ".history"));
    assert_string_equal(app_reader_name(s.app), "ours");
    assert_string_equal(s.app->settings.model, "ours");
    screen_use(&s, "deploy");
    app_do(s.app, (action){.id = ACTION_RENAME_MODEL}); /* which is not one's own */
    assert_int_equal(s.app->popup, POPUP_NONE);
}

static const model_entry *row_of(const char *name)
{
    const app_comparison *l = &s.app->comparison;
    for (int i = 0; i < l->n_rows; i++)
        if (strcmp(l->row[i].entry.name, name) == 0)
            return &l->row[i].entry;
    fail_msg("no model is called %s", name);
    return NULL;
}

static void describe(const char *text)
{
    app_do(s.app, (action){.id = ACTION_DESCRIBE_MODEL});
    screen_frame(&s);
    ui_edit(s.app->ui, text);
    screen_key(&s, KEY_ENTER, 0);
    assert_int_equal(s.app->popup, POPUP_NONE);
    while (s.app->describing)
        screen_step(&s);
    screen_wait(&s);
}

/* The dialog is about the model that it was opened for, whatever reads by then. */
static void test_a_dialog_is_about_the_model_it_was_opened_for(void **state)
{
    (void)state;
    own_training_keep(&s);
    app_do(s.app, (action){.id = ACTION_DESCRIBE_MODEL});
    screen_use(&s, "deploy");
    ui_edit(s.app->ui, "ours");
    screen_key(&s, KEY_ENTER, 0);
    while (s.app->describing)
        screen_step(&s);
    screen_wait(&s);
    assert_string_equal(row_of("own-1")->description, "ours");
    assert_string_equal(app_reader_name(s.app), "deploy");
    screen_use(&s, "own-1");
    screen_frame(&s);
    app_do(s.app, (action){.id = ACTION_RENAME_MODEL});
    screen_use(&s, "deploy");
    ui_edit(s.app->ui, "school");
    screen_key(&s, KEY_ENTER, 0);
    assert_int_equal(s.app->popup, POPUP_NONE);
    assert_true(own_has_model("school") && !own_has_model("own-1"));
    assert_string_equal(app_reader_name(s.app), "deploy");
}

/* A line that stands in the file, in the list of models and in the dialog; all else in the file stays as it is. */
static void test_own_models_are_described(void **state)
{
    (void)state;
    char long_text[2 * MODELS_DESCRIPTION];
    own_training_keep(&s);
    size_t bytes = app_model(s.app)->plan->floats * sizeof(float);
    float *before = nn_alloc(bytes, 1);
    memcpy(before, app_model(s.app)->weights, bytes);
    describe("class 7b, on a Friday");
    assert_string_equal(row_of("own-1")->description, "class 7b, on a Friday");
    nn_model *model;
    assert_true(nn_model_load(&model, temp_path("state/models/own-1.safetensors"), &err));
    assert_memory_equal(before, model->weights, bytes);
    assert_non_null(strstr(model->training, "\"description\":\"class 7b, on a Friday\""));
    assert_non_null(strstr(model->training, "\"learned_from\":\"kept drawings\""));
    nn_model_free(model);
    app_do(s.app, (action){.id = ACTION_DESCRIBE_MODEL});
    assert_string_equal(s.app->ui->field.text, "class 7b, on a Friday");
    memset(long_text, 'a', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = '\0';
    ui_edit(s.app->ui, long_text);
    screen_key(&s, KEY_ENTER, 0);
    assert_int_equal(s.app->popup, POPUP_MODEL_WORDS); /* and says why */
    assert_non_null(strstr(s.app->problem, "at most"));
    screen_key(&s, KEY_ESCAPE, 0);
    describe("");
    assert_string_equal(row_of("own-1")->description, "");
    screen_use(&s, "deploy");
    app_do(s.app, (action){.id = ACTION_DESCRIBE_MODEL}); /* which is not one's own */
    assert_int_equal(s.app->popup, POPUP_NONE);
    nn_free(before);
}

/* In the picker and under Test: two numbers, with words for what each is of. */
static void test_lists_of_models_say_what_numbers_are_of(void **state)
{
    (void)state;
    own_training_keep(&s);
    describe("ours");
    assert_int_equal(row_of("own-1")->scores.of, SCORE_KEPT);
    assert_int_equal(row_of("digitscope")->scores.of, SCORE_PENS);
    assert_true(row_of("digitscope")->scores.tested > 0.99);
    screen_resize(&s, 1200, 2000);
    screen_key(&s, 'm', MOD_CTRL);
    screen_wait(&s);
    screen_frame(&s);
    assert_true(screen_shows(&s, "of kept digits"));
    assert_true(screen_shows(&s, "never tested"));
    assert_true(screen_shows(&s, "of test images"));
    assert_true(screen_shows(&s, "of people’s pens"));
    assert_int_equal(screen_lines(&s, "model.own-1"), 4); /* name, whose it is, description, numbers */
    screen_key(&s, KEY_ESCAPE, 0);
    screen_key(&s, '5', MOD_CTRL);
    screen_wait(&s);
    screen_frame(&s);
    assert_true(screen_shows(&s, "ours · "));
    assert_true(screen_shows(&s, "of people’s pens"));
}

/* It can be taken back as long as the message stands, and is gone for good then. */
static void test_own_models_are_deleted(void **state)
{
    (void)state;
    own_training_keep(&s);
    app_do(s.app, (action){.id = ACTION_DISMISS}); /* that it was kept */
    app_do(s.app, (action){.id = ACTION_DELETE_MODEL});
    assert_false(own_has_model("own-1"));
    assert_false(own_has("own-1", ".history"));
    screen_frame(&s);
    screen_click(&s, "take_back"); /* before the usual one is open */
    screen_wait(&s);
    assert_true(own_has_model("own-1"));
    assert_true(own_has("own-1", ".history"));
    assert_string_equal(app_reader_name(s.app), "own-1");
    app_do(s.app, (action){.id = ACTION_DELETE_MODEL});
    screen_frame(&s);
    assert_true(platform_exists(temp_path("state/models/own-1.deleted")));
    s.now += 20000;
    screen_frame(&s);
    screen_frame(&s);
    assert_false(platform_exists(temp_path("state/models/own-1.deleted")));
    assert_false(own_has("own-1", ".history.deleted"));
    screen_wait(&s);
    assert_string_not_equal(app_reader_name(s.app), "own-1");
    screen_use(&s, "deploy");
    app_do(s.app, (action){.id = ACTION_DELETE_MODEL}); /* which is not one's own: nothing happens */
    assert_false(*s.app->deleted);
}

static void pass(double ms)
{
    s.now += ms;
    screen_frame(&s);
    screen_frame(&s);
}

static void delete_one(void)
{
    own_training_keep(&s);
    pass(20000);
    app_do(s.app, (action){.id = ACTION_DELETE_MODEL});
    screen_frame(&s);
}

static bool lies_aside(void)
{
    return own_has("own-1", ".deleted");
}

/* However much is wrong at the time: its message is in front, and then the others are as they were. */
static void test_what_is_deleted_can_be_taken_back_for_its_time(void **state)
{
    (void)state;
    for (int i = 0; i < APP_NOTICES; i++)
        app_notice(s.app, FORMAT_NOTICE_MODELS, (const char *[]){"a", "b", "c", "d"}[i]);
    delete_one();
    assert_true(screen_has(&s, "take_back"));
    pass(9000);
    assert_true(screen_has(&s, "take_back") && lies_aside());
    pass(2000);
    assert_false(screen_has(&s, "take_back") || lies_aside());
    assert_int_equal(s.app->n_notices, APP_NOTICES);
}

/* Nor does what the last run left hide it. */
static void test_the_offer_does_not_hide_what_can_be_taken_back(void **state)
{
    (void)state;
    own_training_keep(&s);
    screen_stroke(&s, 300, 100, 300, 500, 20, POINTER_LEFT);
    screen_kill(&s);
    screen_open(&s, 1000, 700);
    screen_use(&s, "own-1");
    screen_frame(&s);
    app_notice(s.app, FORMAT_NOTICE_MODELS, "a");
    app_do(s.app, (action){.id = ACTION_DELETE_MODEL});
    screen_frame(&s);
    assert_false(screen_has(&s, "restore"));
    screen_click(&s, "take_back");
    screen_wait(&s);
    assert_true(own_has_model("own-1") && !screen_has(&s, "restore"));
    screen_key(&s, KEY_ESCAPE, 0);
    screen_frame(&s);
    assert_true(s.app->n_notices == 0 && screen_has(&s, "restore")); /* which waits for its answer */
    screen_key(&s, KEY_ESCAPE, 0);
    assert_true(s.app->offer); /* and is not dismissed by the way */
}

/* The time of what was done before stands still. */
static void test_all_that_can_be_taken_back_has_its_time(void **state)
{
    (void)state;
    own_training_keep(&s);
    own_training_run(&s);
    screen_click(&s, "train.discard");
    screen_frame(&s);
    screen_frame(&s);
    app_do(s.app, (action){.id = ACTION_DELETE_MODEL});
    pass(9000);
    assert_true(lies_aside());
    pass(2000);
    assert_false(lies_aside());
    pass(9000);
    assert_non_null(s.app->training.thrown);
    screen_click(&s, "take_back");
    screen_frame(&s);
    assert_true(s.app->training.job && !screen_has(&s, "take_back"));
}

/* Where the name is taken by now it stays aside, and comes back when the name is free again. */
static void test_what_cannot_be_taken_back_is_not_lost(void **state)
{
    (void)state;
    delete_one();
    const char *other = temp_path("state/models/own-1.safetensors");
    assert_true(nn_file_save(other, "x", 1, NN_CONSISTENT, &err));
    screen_click(&s, "take_back");
    pass(20000);
    assert_true(screen_says(&s, "cannot be brought back") && lies_aside());
    nn_file_remove(temp_path("state/models/own-1.safetensors"), &err);
    screen_click(&s, "take_back");
    screen_wait(&s);
    assert_true(own_has_model("own-1") && !lies_aside());
    assert_string_equal(app_reader_name(s.app), "own-1");
    assert_false(screen_has(&s, "take_back"));
}

/* As if killed before the time was over. What another model took the name of stays aside. */
static void test_what_a_kill_left_aside_is_back_at_the_start(void **state)
{
    (void)state;
    const char *other = temp_path("state/models/own-1.safetensors");
    delete_one();
    for (int taken = 1; taken >= 0; taken--) {
        if (taken)
            assert_true(nn_file_save(other, "x", 1, NN_CONSISTENT, &err));
        else
            assert_true(nn_file_remove(other, &err));
        *s.app->deleted = '\0';
        screen_kill(&s);
        screen_open(&s, 1000, 700);
        assert_int_equal(lies_aside(), taken);
        assert_int_equal(own_has("own-1", ".history"), !taken);
        assert_int_equal(own_has("own-1", ".history.deleted"), taken);
    }
    assert_true(own_has_model("own-1"));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_open_training, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_what_was_thrown_away_can_be_fetched_back),
        TEST(test_names_are_never_taken_twice),
        TEST(test_own_models_are_renamed),
        TEST(test_a_dialog_is_about_the_model_it_was_opened_for),
        TEST(test_own_models_are_described),
        TEST(test_lists_of_models_say_what_numbers_are_of),
        TEST(test_own_models_are_deleted),
        TEST(test_what_is_deleted_can_be_taken_back_for_its_time),
        TEST(test_the_offer_does_not_hide_what_can_be_taken_back),
        TEST(test_all_that_can_be_taken_back_has_its_time),
        TEST(test_what_cannot_be_taken_back_is_not_lost),
        TEST(test_what_a_kill_left_aside_is_back_at_the_start),
    };
    return cmocka_run_group_tests_name("ui_own_models", tests, NULL, NULL);
}
