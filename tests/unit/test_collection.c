/* test_collection.c - a person's own digits: read, chosen, relabelled, removed, taken back, written as strokes and as images. */
#include "app/core/data/collection_job.h"
#include "app/core/data/dataset_load.h"
#include "app/core/data/kept.h"
#include "app/core/data/samples.h"
#include "app/core/made/synth.h"
#include "app/core/paths.h"
#include "nn/alloc.h"
#include "nn/file.h"
#include "tests/support/faults.h"
#include "tests/support/temp.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { DIGITS = 12 };

static nn_error err;
static collection all;
static char path[PATHS_MAX];

static int set_up(void **state)
{
    (void)state;
    static sketch drawing;
    int count = 0;
    temp_make();
    snprintf(path, sizeof path, "%s", temp_path("digits.jsonl"));
    for (int i = 0; i < DIGITS; i++) {
        char label[2] = {(char)('0' + i % 10), '\0'};
        synth_digit(&drawing, i % 10, (uint64_t)i);
        assert_true(samples_keep(path, &drawing.ink, label, i % 2 ? "Ann" : "", &count, NULL, &err));
    }
    assert_true(collection_load(&all, path, &err));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    collection_free(&all);
    temp_remove();
    return 0;
}

static bool done(collection_job *worker, collection *read)
{
    collection none;
    return collection_job_take(worker, read ? read : &none, &err);
}

/* As the window saves it. */
static bool save(void)
{
    collection_job *worker;
    collection_wish wish = {.task = COLLECTION_SAVE, .path = path, .bytes = all.bytes};
    assert_true(collection_print(&all, false, &wish.text, &wish.len, &err));
    assert_true(collection_job_new(&worker, &wish, &(job_host){0}, &err));
    return done(worker, NULL);
}

static void test_load(void **state)
{
    (void)state;
    char *text;
    unsigned char *file;
    size_t len, file_len;
    assert_int_equal(all.now.count, DIGITS);
    assert_string_equal(all.now.item[7]->label, "7");
    assert_string_equal(all.now.item[7]->writer, "Ann");
    assert_string_equal(all.now.item[8]->writer, "");
    int dark = 0;
    for (int i = 0; i < COLLECTION_SIDE * COLLECTION_SIDE; i++)
        dark += all.now.item[7]->picture[i] > 127;
    assert_in_range(dark, 50, COLLECTION_SIDE * COLLECTION_SIDE / 2);
    assert_true(collection_print(&all, false, &text, &len, &err));
    assert_true(nn_file_read(path, 1 << 24, &file, &file_len, &err));
    assert_int_equal(len, file_len);
    assert_memory_equal(text, file, len);
    nn_free(text);
    nn_free(file);
}

static void test_no_file_is_empty(void **state)
{
    (void)state;
    collection none;
    assert_true(collection_load(&none, temp_path("none.jsonl"), &err));
    assert_int_equal(none.now.count, 0);
    collection_free(&none);
}

/* Only the names change; a key that nobody here knows stays. */
static void test_relabel_and_rename(void **state)
{
    (void)state;
    static const char line[] = "{\"label\":\"7\",\"device\":\"a "
                               "tablet\",\"strokes\":[[[0,0.5,12],[50,0,20],[30.25,100,null]]],\"w\":200,\"h\":200}\n";
    collection one;
    char *text;
    size_t len;
    assert_true(nn_file_save(temp_path("one.jsonl"), line, strlen(line), NN_CONSISTENT, &err));
    assert_true(collection_load(&one, temp_path("one.jsonl"), &err));
    one.now.item[0]->chosen = true;
    assert_true(collection_relabel(&one, "1", &err));
    assert_true(collection_rename(&one, "Bo", &err));
    assert_true(collection_print(&one, false, &text, &len, &err));
    text[len] = '\0';
    assert_string_equal(
        text, "{\"label\":\"1\",\"device\":\"a tablet\",\"strokes\":[[[0,0.5,12],[50,0,20],[30.25,100,null]]],"
              "\"w\":200,\"h\":200,\"writer\":\"Bo\"}\n");
    nn_free(text);
    assert_true(collection_rename(&one, "", &err));
    assert_string_equal(one.now.item[0]->label, "1");
    assert_null(strstr(one.now.item[0]->line, "writer"));
    collection_free(&one);
}

/* Every change is taken back in its turn. */
static void test_undo(void **state)
{
    (void)state;
    collection_item *second = all.now.item[2];
    second->chosen = all.now.item[5]->chosen = true;
    assert_int_equal(collection_chosen(&all), 2);
    assert_true(collection_relabel(&all, "9", &err));
    assert_string_equal(all.now.item[2]->label, "9");
    assert_string_equal(all.now.item[5]->label, "9");
    assert_string_equal(all.now.item[3]->label, "3");
    assert_true(collection_remove(&all, &err));
    assert_int_equal(all.now.count, DIGITS - 2);
    assert_string_equal(all.now.item[2]->label, "3");
    assert_true(collection_undo(&all));
    assert_int_equal(all.now.count, DIGITS);
    assert_true(collection_undo(&all));
    assert_ptr_equal(all.now.item[2], second);
    assert_false(collection_undo(&all));
}

static void test_many_changes(void **state)
{
    (void)state;
    all.now.item[0]->chosen = true;
    for (int i = 0; i < COLLECTION_STEPS + 5; i++)
        assert_true(collection_relabel(&all, i % 2 ? "1" : "2", &err));
    int back = 0;
    while (collection_undo(&all))
        back++;
    assert_int_equal(back, COLLECTION_STEPS);
    assert_int_equal(all.now.count, DIGITS);
}

static void test_add(void **state)
{
    (void)state;
    collection more;
    all.now.item[1]->chosen = true;
    assert_true(collection_load(&more, path, &err));
    assert_true(collection_add(&all, &more, &err));
    assert_int_equal(all.now.count, 2 * DIGITS);
    assert_int_equal(collection_chosen(&all), DIGITS);
    assert_true(all.now.item[DIGITS]->chosen);
    assert_string_equal(all.now.item[DIGITS + 3]->label, "3");
    assert_int_equal(more.now.count, 0);
    assert_true(collection_undo(&all));
    assert_int_equal(all.now.count, DIGITS);
}

static void test_save(void **state)
{
    (void)state;
    kept k;
    all.now.item[0]->chosen = true;
    assert_true(collection_remove(&all, &err));
    assert_true(save());
    assert_true(kept_load(&k, path, &err));
    assert_int_equal(k.count, DIGITS - 1);
    assert_string_equal(k.drawing[0].label, "1");
    kept_free(&k);
}

/* A drawing that another window has kept meanwhile is not lost. */
static void test_save_refuses_another_file(void **state)
{
    (void)state;
    static sketch drawing;
    int count = DIGITS;
    synth_digit(&drawing, 4, 77);
    assert_true(samples_keep(path, &drawing.ink, "4", "", &count, NULL, &err));
    all.now.item[0]->chosen = true;
    assert_true(collection_remove(&all, &err));
    assert_false(save());
    assert_non_null(strstr(err.text, "another window"));
    assert_int_equal(samples_count(path), DIGITS + 1);
}

static void test_who_removes_all_leaves_no_file(void **state)
{
    (void)state;
    for (int i = 0; i < all.now.count; i++)
        all.now.item[i]->chosen = true;
    assert_true(collection_remove(&all, &err));
    assert_true(save());
    collection_free(&all);
    assert_true(collection_load(&all, path, &err));
    assert_int_equal(all.now.count, 0);
    assert_int_equal(all.bytes, 0);
}

/* A job for the chosen ones, or all. */
static bool give(collection_task task, const char *to)
{
    collection_job *worker;
    collection_wish wish = {.task = task, .path = to};
    assert_true(collection_print(&all, true, &wish.text, &wish.len, &err));
    assert_true(collection_job_new(&worker, &wish, &(job_host){0}, &err));
    return done(worker, NULL);
}

static void test_export_and_read_again(void **state)
{
    (void)state;
    collection_job *worker;
    collection again;
    all.now.item[3]->chosen = all.now.item[4]->chosen = true;
    assert_true(give(COLLECTION_STROKES, temp_path("two.jsonl")));
    collection_wish wish = {.task = COLLECTION_READ, .path = temp_path("two.jsonl")};
    assert_true(collection_job_new(&worker, &wish, &(job_host){0}, &err));
    assert_true(done(worker, &again));
    assert_int_equal(again.now.count, 2);
    assert_string_equal(again.now.item[1]->label, "4");
    collection_free(&again);
}

static void check_images(const char *folder, int count, int classes)
{
    dataset data, same;
    char *text;
    size_t len;
    assert_true(dataset_load(&data, folder, NULL, DATASET_TRAIN, &err));
    assert_true(collection_print(&all, false, &text, &len, &err));
    assert_true(samples_read(&same, text, len, &err));
    assert_int_equal(data.count, count);
    assert_int_equal(data.classes, classes);
    assert_memory_equal(data.images, same.images, (size_t)count * 28 * 28);
    for (int i = 0; i < count; i++)
        assert_string_equal(data.label[data.labels[i]], all.now.item[i]->label);
    dataset_free(&data);
    dataset_free(&same);
    nn_free(text);
}

static void test_export_as_images(void **state)
{
    (void)state;
    char folder[PATHS_MAX];
    snprintf(folder, sizeof folder, "%s", temp_path("images"));
    for (int i = 0; i < 2; i++)
        all.now.item[i]->chosen = true;
    assert_true(collection_relabel(&all, "x", &err));
    for (int i = 0; i < DIGITS; i++)
        all.now.item[i]->chosen = false;
    assert_true(give(COLLECTION_IMAGES, folder)); /* with names */
    check_images(folder, DIGITS, 11);
    assert_true(collection_undo(&all));
    for (int i = 0; i < DIGITS; i++)
        all.now.item[i]->chosen = false;
    assert_true(give(COLLECTION_IMAGES, folder)); /* over them, without */
    check_images(folder, DIGITS, 10);
}

static bool change(void *ctx, nn_error *problem)
{
    (void)ctx;
    collection c;
    if (!collection_load(&c, path, problem))
        return false;
    c.now.item[1]->chosen = true;
    bool ok = collection_relabel(&c, "5", problem) && collection_remove(&c, problem);
    collection_free(&c);
    return ok;
}

static void test_survives_faults(void **state)
{
    (void)state;
    assert_true(faults_try_all("collection", &(fault_case){.run = change}) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_load, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_file_is_empty, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_relabel_and_rename, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_undo, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_many_changes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_add, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_save, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_save_refuses_another_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_who_removes_all_leaves_no_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_export_and_read_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_export_as_images, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_survives_faults, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
