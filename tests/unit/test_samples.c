/* test_samples.c - drawings and made-up digits as training data. */
#include "app/core/data/samples.h"
#include "app/core/made/synth.h"
#include "nn/alloc.h"
#include "nn/file.h"
#include "nn/log.h"
#include "tests/support/faults.h"
#include "tests/support/temp.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

static dataset data;
static nn_error err;
static sketch scratch;
static int count; /* of drawings kept */

static int tear_down(void **state)
{
    (void)state;
    dataset_free(&data);
    temp_remove();
    return 0;
}

static bool keep(const char *name, int shape, const char *label)
{
    synth_digit(&scratch, shape, (uint64_t)shape);
    return samples_keep(temp_path(name), &scratch.ink, label, "", &count, NULL, &err);
}

static void write_text(const char *name, const char *text)
{
    assert_true(nn_file_save(temp_path(name), text, strlen(text), NN_CONSISTENT, &err));
}

static void test_made_up_digits(void **state)
{
    (void)state;
    assert_true(samples_make(&data, 500, 3, &err));
    assert_int_equal(data.count, 500);
    assert_int_equal(data.side, 28);
    assert_int_equal(data.classes, 10);
    assert_string_equal(data.label[9], "9");
    int of[10] = {0};
    for (int i = 0; i < 500; i++)
        of[data.labels[i]]++;
    for (int i = 0; i < 10; i++)
        assert_in_range(of[i], 20, 100);
    dataset again;
    assert_true(samples_make(&again, 500, 3, &err));
    assert_memory_equal(data.images, again.images, 500 * 28 * 28);
    dataset_free(&again);
    assert_true(samples_make(&again, 500, 4, &err));
    assert_memory_not_equal(data.images, again.images, 500 * 28 * 28);
    dataset_free(&again);
}

static void test_kept_drawings_come_back_as_the_network_saw_them(void **state)
{
    (void)state;
    assert_int_equal(samples_count(temp_path("kept.jsonl")), 0);
    assert_true(keep("kept.jsonl", 7, "7"));
    assert_int_equal(count, 1); /* whatever it was before, the file is new */
    assert_true(keep("kept.jsonl", 1, "1"));
    assert_int_equal(count, 2);
    assert_int_equal(samples_count(temp_path("kept.jsonl")), 2);
    assert_true(samples_load(&data, temp_path("kept.jsonl"), &err));
    assert_int_equal(data.count, 2);
    assert_int_equal(data.classes, 10);
    assert_int_equal(data.labels[0], 7);
    assert_int_equal(data.labels[1], 1);
    static digit seen;
    digit_from_ink(&seen, &scratch.ink, &digit_defaults);
    for (int i = 0; i < DIGIT_PIXELS; i++) /* written with a few decimals */
        assert_in_range(data.images[DIGIT_PIXELS + i] + 6, (unsigned)(255 * seen.image[i]),
                        12 + (unsigned)(255 * seen.image[i]));
}

static void test_other_labels_become_classes_in_order(void **state)
{
    (void)state;
    assert_true(keep("letters.jsonl", 3, "b"));
    assert_true(keep("letters.jsonl", 4, "a"));
    assert_true(keep("letters.jsonl", 5, "b"));
    assert_true(keep("letters.jsonl", 6, ""));
    assert_true(samples_load(&data, temp_path("letters.jsonl"), &err));
    assert_int_equal(data.classes, 2);
    assert_int_equal(data.count, 3); /* the one without a label is left out */
    assert_string_equal(data.label[0], "a");
    assert_string_equal(data.label[1], "b");
    assert_int_equal(data.labels[0], 1);
    assert_int_equal(data.labels[1], 0);
}

static size_t largest;

static int note_size(void *ctx, size_t bytes)
{
    (void)ctx;
    largest = bytes > largest ? bytes : largest;
    return 1;
}

/* 100 MB of blank lines in 100 kB, and a few drawings that nobody labelled. */
static void test_packed_lines_take_no_room(void **state)
{
    static const nn_alloc_hook hook = {.allow = note_size};
    static char blank[1 << 20];
    (void)state;
    memset(blank, '\n', sizeof blank);
    gzFile f = gzopen(temp_path("bomb.jsonl.gz"), "wb1");
    for (int i = 0; i < 100; i++) {
        assert_int_equal(gzwrite(f, blank, sizeof blank), sizeof blank);
        gzputs(f, "{\"strokes\":[[[1,1],[2,9]]]}\n");
    }
    gzputs(f, "{\"label\":\"1\",\"strokes\":[[[1,1],[2,9]]]}\n");
    assert_int_equal(gzclose(f), Z_OK);
    largest = 0;
    nn_alloc_set_hook(&hook);
    bool ok = samples_load(&data, temp_path("bomb.jsonl.gz"), &err);
    nn_alloc_set_hook(NULL);
    assert_true(ok);
    assert_int_equal(data.count, 1);
    assert_in_range(largest, 1, 1 << 20);
}

static void test_what_is_wrong_is_named(void **state)
{
    (void)state;
    write_text("line.jsonl", "{\"label\":\"1\",\"strokes\":[[[1,1],[2,9]]]}\n \r\n{\"label\":\n");
    assert_false(samples_load(&data, temp_path("line.jsonl"), &err));
    assert_non_null(strstr(err.text, "line.jsonl"));
    assert_non_null(strstr(err.text, "line 3"));
    write_text("none.jsonl", "{\"strokes\":[[[1,1],[2,9]]]}\n");
    assert_false(samples_load(&data, temp_path("none.jsonl"), &err));
    assert_non_null(strstr(err.text, "no drawing with a label"));
    assert_false(samples_load(&data, temp_path("missing.jsonl"), &err));
    assert_null(data.images);
}

static void test_at_most_so_many_classes(void **state)
{
    (void)state;
    for (int i = 0; i <= NN_MAX_CLASSES; i++) {
        char label[8];
        snprintf(label, sizeof label, "c%d", i);
        assert_true(keep("many.jsonl", 1, label));
    }
    assert_false(samples_load(&data, temp_path("many.jsonl"), &err));
    assert_int_equal(err.code, NN_LIMIT);
}

static void test_takes_back_the_last_one_only(void **state)
{
    (void)state;
    samples_place first, second;
    const char *path = temp_path("back.jsonl");
    int n = 0;
    synth_digit(&scratch, 2, 1);
    assert_true(samples_keep(path, &scratch.ink, "2", "", &n, &first, &err));
    assert_true(samples_keep(path, &scratch.ink, "3", "", &n, &second, &err));
    assert_false(samples_take_back(path, &first, &n, &err));
    assert_int_equal(err.code, NN_USAGE);
    assert_int_equal(n, 2);
    assert_true(samples_take_back(path, &second, &n, &err));
    assert_int_equal(n, 1);
    assert_int_equal(samples_count(path), 1);
    assert_true(samples_take_back(path, &first, &n, &err));
    assert_int_equal(n, 0);
    assert_int_equal(access(path, F_OK), -1);
    assert_false(samples_take_back(path, &first, &n, &err)); /* somebody took the file away */
    assert_int_equal(access(path, F_OK), -1);
}

/* Who removes a file owns it: nobody has added a drawing meanwhile. */
static int unlink_owned(const char *path)
{
    nn_error busy;
    nn_log *log;
    assert_false(nn_log_open(&log, path, &busy));
    return unlink(path);
}

static void test_no_drawing_is_lost_with_the_file(void **state)
{
    (void)state;
    nn_file_ops ops = nn_file_posix;
    samples_place place;
    const char *path = temp_path("owned.jsonl");
    int n = 0;
    synth_digit(&scratch, 2, 1);
    assert_true(samples_keep(path, &scratch.ink, "2", "", &n, &place, &err));
    ops.unlink = unlink_owned;
    nn_file_set_ops(&ops);
    assert_true(samples_take_back(path, &place, &n, &err));
    nn_file_set_ops(NULL);
    assert_int_equal(access(path, F_OK), -1);
}

static void remove_faults(void *ctx)
{
    (void)ctx;
    remove(temp_path("faults.jsonl"));
}

static bool keep_and_load(void *ctx, nn_error *problem)
{
    (void)ctx;
    synth_digit(&scratch, 2, 1);
    samples_place place;
    bool ok = samples_keep(temp_path("faults.jsonl"), &scratch.ink, "2", "", &count, &place, problem) &&
              samples_load(&data, temp_path("faults.jsonl"), problem) &&
              samples_take_back(temp_path("faults.jsonl"), &place, &count, problem);
    dataset_free(&data);
    return ok;
}

static bool make_few(void *ctx, nn_error *problem)
{
    (void)ctx;
    bool ok = samples_make(&data, 3, 1, problem);
    dataset_free(&data);
    return ok;
}

static void test_every_fault(void **state)
{
    (void)state;
    assert_true(faults_try_all("kept drawings", &(fault_case){.prepare = remove_faults, .run = keep_and_load}) > 10);
    assert_true(faults_try_all("made-up digits", &(fault_case){.run = make_few}) > 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_made_up_digits, temp_set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_kept_drawings_come_back_as_the_network_saw_them, temp_set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_other_labels_become_classes_in_order, temp_set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_packed_lines_take_no_room, temp_set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_is_wrong_is_named, temp_set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_at_most_so_many_classes, temp_set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_takes_back_the_last_one_only, temp_set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_drawing_is_lost_with_the_file, temp_set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_every_fault, temp_set_up, tear_down),
    };
    return cmocka_run_group_tests_name("samples", tests, NULL, NULL);
}
