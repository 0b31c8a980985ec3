/* Folders as they are listed, and paths as people type them. */
#include "app/core/folder.h"
#include "app/core/folder_job.h"
#include "app/core/platform.h"
#include "nn/file.h"
#include "support/faults.h"
#include "support/temp.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static int set_up(void **state)
{
    (void)state;
    temp_make();
    setenv("HOME", "/home/somebody", 1);
    return 0;
}

static void make_file(const char *name, size_t bytes)
{
    nn_error err;
    char content[64] = "";
    assert_true(nn_file_save(temp_path(name), content, bytes, NN_CONSISTENT, &err));
}

static void make_folder(const char *name)
{
    nn_error err;
    assert_true(nn_file_mkdirs(temp_path(name), &err));
}

/* ---- listing ----------------------------------------------------------------------------------------------------- */

static void test_folders_first_and_numbers_by_value(void **state)
{
    (void)state;
    const char *const files[] = {"digit 10.png", "Digit 2.png", "b", "A", "x007", "x7", ".hidden"};
    const char *const wanted[] = {"B-folder", "zoo", "A", "b", "Digit 2.png", "digit 10.png", "x007", "x7"};
    folder_listing f;
    nn_error err;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        make_file(files[i], i);
    make_folder("zoo");
    make_folder("B-folder");
    assert_int_equal(mkfifo(temp_path("pipe"), 0600), 0); /* would hang whoever opens it */
    assert_int_equal(symlink("nowhere", temp_path("dangling")), 0);
    assert_true(folder_list(&f, temp_path("."), &err));
    assert_int_equal(f.count, 8);
    for (int i = 0; i < f.count; i++)
        assert_string_equal(f.entry[i].name, wanted[i]);
    assert_true(f.entry[0].is_folder);
    assert_int_equal(f.entry[3].bytes, 2);
    assert_true(f.entry[3].modified > 1600000000);
    folder_free(&f);
}

static void test_a_folder_that_is_none(void **state)
{
    (void)state;
    folder_listing f;
    nn_error err;
    make_file("file", 1);
    assert_false(folder_list(&f, temp_path("nowhere"), &err));
    assert_int_equal(err.code, NN_IO);
    assert_non_null(strstr(err.text, "nowhere"));
    assert_false(folder_list(&f, temp_path("file"), &err));
    assert_int_equal(f.count, 0);
}

static bool list_and_free(void *ctx, nn_error *err)
{
    folder_listing f;
    bool ok = folder_list(&f, ctx, err);
    folder_free(&f);
    return ok;
}

/* As of a memory stick that is pulled out: what was read of it is not all of it. */
static void test_a_folder_that_breaks_off(void **state)
{
    (void)state;
    nn_error err;
    const char *name;
    make_file("a", 1);
    DIR *folder = opendir(temp_path("."));
    assert_non_null(folder);
    close(dirfd(folder));
    assert_false(folder_next(folder, &name, &err));
    assert_int_equal(err.code, NN_IO);
    assert_non_null(strstr(err.text, "the folder cannot be read"));
    closedir(folder);
    folder = opendir(temp_path("."));
    int names = 0;
    while (folder_next(folder, &name, &err) && name)
        names++;
    assert_int_equal(names, 3); /* ., .. and a */
    closedir(folder);
}

static void test_every_allocation_may_fail(void **state)
{
    (void)state;
    for (int i = 0; i < 200; i++) {
        char name[16];
        snprintf(name, sizeof name, "%d", i);
        make_file(name, 0);
    }
    char path[PATHS_MAX];
    snprintf(path, sizeof path, "%s", temp_path("."));
    assert_true(faults_try_all("folder", &(fault_case){.run = list_and_free, .ctx = path}) >= 3);
}

/* ---- paths ------------------------------------------------------------------------------------------------------- */

static void test_what_people_type(void **state)
{
    (void)state;
    const struct {
        const char *typed, *meant;
    } cases[] = {
        {"~", "/home/somebody"},
        {"~/a b.png", "/home/somebody/a b.png"},
        {"~other/x", "/base/~other/x"},
        {"'/tmp/it is.png'", "/tmp/it is.png"},
        {"\"x.png\"", "/base/x.png"},
        {"  /tmp/x.png \n", "/tmp/x.png"},
        {"file:///tmp/a%20b%C3%A4.png", "/tmp/a b\xc3\xa4.png"},
        {"file://host/tmp/100%25%zz", "/tmp/100%%zz"},
        {"x/../y/./z", "/base/y/z"},
        {"../../..", "/"},
        {"/a//b/", "/a/b"},
        {"", "/base"},
        {"'", "/base/'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char out[PATHS_MAX];
        assert_true(folder_resolve(out, cases[i].typed, "/base"));
        assert_string_equal(out, cases[i].meant);
    }
}

static void test_paths_that_are_too_long(void **state)
{
    (void)state;
    static char longest[3 * PATHS_MAX];
    char out[PATHS_MAX];
    memset(longest, 'x', PATHS_MAX - 1);
    assert_false(folder_resolve(out, longest, "/base"));
    assert_string_equal(out, "");
    memset(longest, 'x', 3 * PATHS_MAX - 1);
    assert_false(folder_resolve(out, longest, "/base"));
    memcpy(longest, "file:///", 8);
    assert_false(folder_resolve(out, longest, "/base"));
}

static void test_parents(void **state)
{
    (void)state;
    char out[PATHS_MAX];
    folder_parent(out, "/a/b");
    assert_string_equal(out, "/a");
    folder_parent(out, "/a");
    assert_string_equal(out, "/");
    folder_parent(out, "/");
    assert_string_equal(out, "/");
}

/* ---- beside the window ------------------------------------------------------------------------------------------- */

static bool first_byte(const char *path, unsigned char grey[FOLDER_THUMB * FOLDER_THUMB])
{
    const char *dot = strrchr(path, '.');
    memset(grey, 77, FOLDER_THUMB * FOLDER_THUMB);
    return dot && strcmp(dot, ".png") == 0;
}

static void test_a_job_lists_and_makes_small_pictures(void **state)
{
    (void)state;
    folder_job *j;
    nn_error err;
    const nn_error *problem;
    make_file("a.png", 1);
    make_file("b.txt", 1);
    assert_true(folder_job_new(&j, temp_path("."), first_byte, &(job_host){0}, &err));
    while (!folder_job_has_ended(j))
        platform_sleep_ms(1);
    const folder_listing *f = folder_job_list(j, &problem);
    assert_null(problem);
    assert_int_equal(f->count, 2);
    assert_int_equal(folder_job_thumbnail(j, 0)[100], 77);
    assert_null(folder_job_thumbnail(j, 1));
    assert_null(folder_job_thumbnail(j, FOLDER_MAX));
    folder_job_free(j);

    assert_true(folder_job_new(&j, temp_path("nowhere"), first_byte, &(job_host){0}, &err));
    folder_job_stop(j);
    while (!folder_job_has_ended(j))
        platform_sleep_ms(1);
    f = folder_job_list(j, &problem);
    assert_non_null(problem);
    assert_int_equal(f->count, 0);
    folder_job_free(j);
    folder_job_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_folders_first_and_numbers_by_value, set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_a_folder_that_is_none, set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_a_folder_that_breaks_off, set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_every_allocation_may_fail, set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_what_people_type, set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_paths_that_are_too_long, set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_parents, set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_a_job_lists_and_makes_small_pictures, set_up, temp_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
