/* Choosing a file: the list, what is typed, places, and what saving makes of a name. */
#include "app/core/platform.h"
#include "app/ui/open.h"
#include "nn/file.h"
#include "support/fixture.h"
#include "support/temp.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

static void make_file(const char *name)
{
    nn_error err;
    assert_true(nn_file_save(temp_path(name), "x", 1, NN_CONSISTENT, &err));
}

static int set_up(void **state)
{
    nn_error err;
    (void)state;
    temp_make();
    assert_true(nn_file_mkdirs(temp_path("Pictures/old"), &err));
    make_file("Pictures/one.txt");
    make_file("Pictures/two.txt");
    make_file("Pictures/old/three.txt");
    setenv("HOME", temp_path("."), 1);
    screen_open(&s, 1000, 700);
    screen_stroke(&s, 100, 100, 300, 500, 20, POINTER_LEFT);
    return 0;
}

static int rows(void)
{
    int count = 0;
    for (int i = 0; i < s.app->ui->n_elements; i++)
        count += strncmp(s.app->ui->element[i].name, "files.row.", 10) == 0;
    return count;
}

/* Until the worker has listed so many. */
static void wait_for_rows(int wanted)
{
    for (int i = 0; i < 2000; i++) {
        screen_frame(&s);
        if (rows() == wanted)
            return;
        platform_sleep_ms(1);
    }
    fail_msg("%d rows, not %d", rows(), wanted);
}

static void open_dialog(int key)
{
    screen_key(&s, key, MOD_CTRL);
    wait_for_rows(3);
}

static void test_a_folder_is_listed_and_gone_into(void **state)
{
    (void)state;
    open_dialog('o');
    screen_click(&s, "files.row.1"); /* folders first */
    wait_for_rows(1);
    assert_int_equal(s.app->popup, POPUP_OPEN);
    screen_click(&s, "files.up");
    wait_for_rows(3);
    screen_click(&s, "files.place.1"); /* home */
    screen_frame(&s);
    assert_non_null(strstr(s.app->ui->field.text, temp_path("")));
    screen_key(&s, KEY_ESCAPE, 0);
    screen_frame(&s);
    assert_null(s.app->files.job);
}

/* What is there by that very name is meant, though blanks around what people type are not. */
static void test_a_name_may_end_with_a_blank(void **state)
{
    (void)state;
    nn_error err;
    assert_true(nn_file_mkdirs(temp_path("Pictures/blank"), &err));
    make_file("Pictures/blank/ends. ");
    char path[PATHS_MAX];
    screen_key(&s, 'o', MOD_CTRL);
    screen_type(&s, "blank/");
    wait_for_rows(1);
    screen_click(&s, "files.row.1");
    screen_wait(&s);
    assert_non_null(strstr(s.app->problem, "ends. "));
    assert_null(strstr(s.app->problem, "no such"));
    assert_true(folder_resolve(path, temp_path("Pictures/blank "), "/"));
    assert_string_equal(path, temp_path("Pictures/blank"));
}

/* Opening a pipe to which nobody writes, or a device that never ends, would wait for ever. */
static void test_pipes_and_devices_are_refused_at_once(void **state)
{
    (void)state;
    assert_int_equal(mkfifo(temp_path("Pictures/pipe.png"), 0600), 0);
    static const char *const typed[] = {"~/Pictures/pipe.png", "/dev/zero", "/dev/tty"};
    for (size_t i = 0; i < sizeof typed / sizeof typed[0]; i++) {
        screen_key(&s, 'o', MOD_CTRL);
        screen_key(&s, 'a', MOD_CTRL);
        screen_type(&s, typed[i]);
        screen_key(&s, KEY_ENTER, 0);
        screen_wait(&s);
        assert_non_null(strstr(s.app->problem, ", not a file"));
        screen_key(&s, KEY_ESCAPE, 0);
    }
}

static void test_what_is_typed_is_looked_for(void **state)
{
    (void)state;
    open_dialog('o');
    screen_type(&s, "TW");
    wait_for_rows(1);
    screen_key(&s, KEY_DOWN, 0);
    assert_string_equal(s.app->ui->focus, "files.row.3");
    screen_key(&s, KEY_ENTER, 0); /* it is no picture: said where the path stands, or in the strip */
    screen_frame(&s);
    assert_string_equal(strrchr(s.app->ui->field.text, '/'), "/two.txt");
}

static void test_enter_takes_the_first_that_begins_so(void **state)
{
    (void)state;
    open_dialog('o');
    screen_type(&s, "ol");
    wait_for_rows(1);
    screen_key(&s, KEY_ENTER, 0); /* a folder: into it */
    wait_for_rows(1);
    assert_int_equal(s.app->popup, POPUP_OPEN);
    assert_string_equal(s.app->ui->field.text + strlen(s.app->ui->field.text) - 4, "old/");
}

static void test_paths_as_people_type_them(void **state)
{
    (void)state;
    open_dialog('o');
    screen_type(&s, "~/Pictures/old/");
    wait_for_rows(1);
    screen_key(&s, 'a', MOD_CTRL);
    screen_type(&s, "/no/such/folder/");
    for (int i = 0; i < 200 && rows() > 0; i++) {
        screen_frame(&s);
        platform_sleep_ms(1);
    }
    assert_int_equal(rows(), 0); /* and what is wrong is said in its place */
}

static void test_a_name_without_ending_becomes_a_picture(void **state)
{
    (void)state;
    open_dialog('s');
    screen_key(&s, 'a', MOD_CTRL);
    screen_type(&s, "\"~/Pictures/my seven\"");
    screen_key(&s, KEY_ENTER, 0);
    screen_frame(&s);
    assert_int_equal(s.app->popup, POPUP_NONE);
    assert_true(platform_exists(temp_path("Pictures/my seven.png")));
}

/* What a dot is in stands behind no kind of file; of an opened picture only the 28 x 28 pixels can be saved. */
static void test_a_name_with_a_dot_becomes_what_can_be_saved(void **state)
{
    (void)state;
    screen_needs_pictures();
    nn_error err;
    for (int opened = 0; opened < 2; opened++) {
        screen_key(&s, 's', MOD_CTRL);
        screen_key(&s, 'a', MOD_CTRL);
        screen_type(&s, opened ? "~/Pictures/seven v1.2" : "~/Pictures/seven 2.0");
        screen_key(&s, KEY_ENTER, 0);
        screen_frame(&s);
        assert_int_equal(s.app->popup, POPUP_NONE);
        assert_true(platform_exists(temp_path(opened ? "Pictures/seven v1.2-28x28.png" : "Pictures/seven 2.0.png")));
        assert_true(app_open(s.app, temp_path("Pictures/seven 2.0.png"), &err));
        screen_wait(&s);
    }
}

/* Whatever kind a data set may have of them. */
static void test_a_bitmap_is_shown_small(void **state)
{
    (void)state;
    screen_needs_pictures();
    nn_error err;
    const char bitmap[] = "P4 16 2 \xff\xff\0\0";
    assert_true(nn_file_save(temp_path("Pictures/one.pbm"), bitmap, sizeof bitmap - 1, NN_CONSISTENT, &err));
    screen_key(&s, 'o', MOD_CTRL);
    wait_for_rows(4);
    folder_job *list = s.app->files.job;
    for (int i = 0; i < 2000 && !folder_job_thumbnail(list, 1); i++)
        screen_step(&s);
    assert_non_null(folder_job_thumbnail(list, 1)); /* behind a folder */
}

static void test_a_row_gives_its_name_and_a_place_keeps_it(void **state)
{
    (void)state;
    open_dialog('s');
    screen_click(&s, "files.row.2");
    screen_frame(&s);
    assert_int_equal(s.app->popup, POPUP_SAVE); /* nothing is written by a click */
    assert_string_equal(strrchr(s.app->ui->field.text, '/'), "/one.txt");
    screen_click(&s, "files.place.1");
    screen_frame(&s);
    assert_string_equal(strrchr(s.app->ui->field.text, '/'), "/one.txt");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_folder_is_listed_and_gone_into, set_up, fixture_close),
        cmocka_unit_test_setup_teardown(test_a_name_may_end_with_a_blank, set_up, fixture_close),
        cmocka_unit_test_setup_teardown(test_pipes_and_devices_are_refused_at_once, set_up, fixture_close),
        cmocka_unit_test_setup_teardown(test_what_is_typed_is_looked_for, set_up, fixture_close),
        cmocka_unit_test_setup_teardown(test_enter_takes_the_first_that_begins_so, set_up, fixture_close),
        cmocka_unit_test_setup_teardown(test_paths_as_people_type_them, set_up, fixture_close),
        cmocka_unit_test_setup_teardown(test_a_name_without_ending_becomes_a_picture, set_up, fixture_close),
        cmocka_unit_test_setup_teardown(test_a_name_with_a_dot_becomes_what_can_be_saved, set_up, fixture_close),
        cmocka_unit_test_setup_teardown(test_a_bitmap_is_shown_small, set_up, fixture_close),
        cmocka_unit_test_setup_teardown(test_a_row_gives_its_name_and_a_place_keeps_it, set_up, fixture_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
