/* Drawings that were put away: their order, their number, and what their file survives. */
#include "app/core/drawing/recent.h"
#include "app/core/drawing/strokes.h"
#include "nn/alloc.h"
#include "nn/file.h"
#include "support/faults.h"
#include "support/temp.h"
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static recent r;
static paths where;
static nn_error err;

static int make_folder(void **state)
{
    (void)state;
    paths_find(&where, temp_make());
    recent_init(&r);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    recent_free(&r);
    temp_remove();
    return 0;
}

/* A drawing of one slanted line that begins at (x, 100). */
static bool try_to_put(float x)
{
    ink drawing;
    ink_init(&drawing);
    const ink_point line[] = {{x, 100, 0, 1}, {x + 50.3f, 500, 90, 0.5f}};
    assert_true(ink_add(&drawing, INK_PEN, 40, line, 2));
    bool ok = recent_put(&r, &drawing, &err);
    ink_free(&drawing);
    return ok;
}

static void put(float x)
{
    assert_true(try_to_put(x));
}

static float first_x(int index)
{
    return r.item[index]->ink.point[0].x;
}

static void reopen(void)
{
    recent_free(&r);
    if (!recent_open(&r, &where, &err))
        fail_msg("%s", err.text);
}

static void test_newest_first_and_no_doubles(void **state)
{
    (void)state;
    put(10);
    put(20);
    put(30);
    put(10);
    assert_int_equal(r.count, 3);
    assert_true(first_x(0) == 10 && first_x(1) == 30 && first_x(2) == 20);
    const ink *taken;
    assert_true(recent_take_up(&r, 2, &taken, &err));
    assert_ptr_equal(taken, &r.item[0]->ink);
    assert_true(first_x(0) == 20 && first_x(1) == 10 && first_x(2) == 30);
}

static void test_only_what_is_to_be_seen(void **state)
{
    (void)state;
    ink drawing;
    ink_init(&drawing);
    const ink_point a = {1, 1, 0, 1}, b = {300, 300, 0, 1};
    assert_true(recent_put(&r, &drawing, &err)); /* nothing */
    assert_true(ink_add(&drawing, INK_PEN, 30, &a, 1) && ink_clear(&drawing));
    assert_true(recent_put(&r, &drawing, &err)); /* cleared */
    assert_int_equal(r.count, 0);
    assert_true(ink_add(&drawing, INK_PEN, 30, &b, 1) && ink_add(&drawing, INK_PEN, 30, &a, 1) && ink_undo(&drawing));
    assert_true(recent_put(&r, &drawing, &err));
    assert_int_equal(r.count, 1);
    assert_int_equal(r.item[0]->ink.done, 1);
    assert_true(first_x(0) == 300);
    ink_free(&drawing);
}

static void test_bounds(void **state)
{
    (void)state;
    for (int i = 0; i < 3 * RECENT_MAX; i++)
        put((float)i);
    assert_int_equal(r.count, RECENT_MAX);
    assert_true(first_x(0) == 3 * RECENT_MAX - 1 && first_x(RECENT_MAX - 1) == 2 * RECENT_MAX);
    ink huge;
    ink_init(&huge);
    assert_true(ink_begin(&huge, INK_PEN, 30, (ink_point){0, 0, 0, 1}));
    for (int i = 0; i < RECENT_MAX_POINTS; i++)
        assert_true(ink_extend(&huge, (ink_point){(float)(i % 600), (float)(i % 7), 0, 1}));
    ink_end(&huge);
    assert_true(recent_put(&r, &huge, &err));
    assert_true(first_x(0) == 3 * RECENT_MAX - 1);
    ink_free(&huge);
}

/* A sketch of a long scribble still reaches its end. */
static void test_sketches_are_coarse_but_whole(void **state)
{
    (void)state;
    ink drawing;
    ink_init(&drawing);
    assert_true(ink_begin(&drawing, INK_PEN, 30, (ink_point){300, 300, 0, 1}));
    for (int i = 0; i < 5000; i++)
        assert_true(
            ink_extend(&drawing, (ink_point){300 + 200 * cosf((float)i / 50), 300 + 200 * sinf((float)i / 47), 0, 1}));
    ink_end(&drawing);
    assert_true(recent_put(&r, &drawing, &err));
    const recent_item *item = r.item[0];
    assert_in_range(item->n_lines, RECENT_LINES / 4, RECENT_LINES);
    const ink_point *last = &item->ink.point[item->ink.n_points - 1];
    assert_float_equal(item->sketch[item->n_lines - 1].x1, last->x, 0);
    ink_free(&drawing);
}

static void test_they_come_back_after_a_restart(void **state)
{
    (void)state;
    assert_true(recent_open(&r, &where, &err));
    put(10);
    put(20.123456f);
    put(10);
    reopen();
    assert_int_equal(r.count, 2);
    assert_float_equal(first_x(0), 10, 0);
    assert_float_equal(first_x(1), 20.123456f, 0.001);
    put(20.123456f); /* the rounding of the file makes no double */
    assert_int_equal(r.count, 2);
    assert_true(recent_forget(&r, &err));
    reopen();
    assert_int_equal(r.count, 0);
}

/* Put away again, taken up, and both once more: the order is that of the last session. */
static void test_their_order_comes_back(void **state)
{
    (void)state;
    const ink *taken;
    assert_true(recent_open(&r, &where, &err));
    for (int i = 1; i <= 5; i++)
        put(10 * (float)i);
    assert_true(recent_take_up(&r, 3, &taken, &err));
    put(40);
    assert_true(recent_take_up(&r, 0, &taken, &err));
    const float order[] = {40, 20, 50, 30, 10};
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 5; i++)
            assert_float_equal(first_x(i), order[i], 0.001);
        reopen();
    }
}

static void test_a_removed_folder_is_made_anew(void **state)
{
    (void)state;
    assert_true(recent_open(&r, &where, &err));
    put(10);
    assert_int_equal(unlink(r.path), 0);
    assert_int_equal(rmdir(where.state), 0);
    put(20);
    put(30);
    reopen();
    assert_int_equal(r.count, 3);
    assert_true(first_x(0) == 30 && first_x(2) == 10);
}

/* The file must be written anew, and from its n-th operation on the disk is full. False: it had done all it had to. */
static bool fill_disk(long n)
{
    recent_free(&r);
    temp_remove();
    paths_find(&where, temp_make());
    assert_true(recent_open(&r, &where, &err));
    put(10);
    assert_int_equal(unlink(r.path), 0);
    faults_file(n, FAULT_FOREVER, ENOSPC);
    try_to_put(20);
    return faults_end();
}

static void test_once_there_is_room_again_all_is_kept(void **state)
{
    (void)state;
    for (long n = 0; fill_disk(n); n++) {
        put(30);
        reopen();
        assert_int_equal(r.count, 3);
    }
}

static void test_what_was_forgotten_is_on_no_disk(void **state)
{
    (void)state;
    for (long n = 0; fill_disk(n); n++) {
        assert_true(recent_forget(&r, &err));
        reopen();
        assert_int_equal(r.count, 0);
    }
}

/* What could not be read at the start is there nevertheless. */
static void test_what_was_never_read_is_forgotten(void **state)
{
    (void)state;
    fill_disk(100);
    recent_free(&r);
    faults_file(2, FAULT_FOREVER, EIO); /* it can be opened, but not read */
    assert_false(recent_open(&r, &where, &err));
    assert_false(recent_forget(&r, &err));
    assert_true(faults_end());
    assert_true(recent_forget(&r, &err));
    reopen();
    assert_int_equal(r.count, 0);
}

static void test_torn_and_foreign_lines_cost_themselves(void **state)
{
    (void)state;
    char path[PATHS_MAX];
    assert_true(paths_join(path, where.state, "recent.jsonl"));
    const char *text = "{\"strokes\":[[[1,2],[3,4]]],\"w\":600,\"h\":600}\n"
                       "not strokes\n\n"
                       "{\"strokes\":[]}\n"
                       "{\"strokes\":[[[5,2],[3,4]]],\"w\":600,\"h\":600}\n"
                       "{\"strokes\":[[[7,2],[3";
    assert_true(nn_file_save(path, text, strlen(text), NN_CONSISTENT, &err));
    assert_true(recent_open(&r, &where, &err));
    assert_int_equal(r.count, 2);
    put(9);
    reopen();
    assert_int_equal(r.count, 3);
    assert_true(first_x(0) == 9 && first_x(1) == 5 && first_x(2) == 1);
}

static void put_long_ones(int drawings, int points)
{
    ink drawing;
    for (int k = 0; k < drawings; k++) {
        ink_init(&drawing);
        assert_true(ink_begin(&drawing, INK_PEN, 30, (ink_point){(float)k, 0, 0, 1}));
        for (int i = 1; i < points; i++)
            assert_true(ink_extend(&drawing, (ink_point){(float)(i % 600) + 0.123f, (float)k, (float)i, 1}));
        ink_end(&drawing);
        assert_true(recent_put(&r, &drawing, &err));
        ink_free(&drawing);
    }
}

/* Written anew now and then, and never so large that the next start would not read it: the oldest make room. */
static void test_the_file_stays_small(void **state)
{
    (void)state;
    static const int points[] = {2000, 5000, RECENT_MAX_POINTS};
    for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
        int kept = RECENT_ALL_POINTS / points[i] < RECENT_MAX ? RECENT_ALL_POINTS / points[i] : RECENT_MAX;
        struct stat info;
        recent_free(&r);
        remove(r.path);
        assert_true(recent_open(&r, &where, &err));
        put_long_ones(30, points[i]); /* of the largest 30 MB */
        assert_int_equal(stat(r.path, &info), 0);
        assert_in_range(info.st_size, 1 << 18, 6 << 20);
        reopen();
        assert_int_equal(r.count, kept);
        assert_true(first_x(0) == 29);
    }
}

/* A file that another program wrote, or an earlier version: it bounds drawings as a put does, so that one that is taken up
 * stays over the next put. */
static void test_a_file_holds_none_that_is_too_large(void **state)
{
    (void)state;
    char path[PATHS_MAX];
    for (int more = 0; more <= 1; more++) {
        ink drawing;
        char *text;
        size_t len;
        ink_init(&drawing);
        assert_true(ink_begin(&drawing, INK_PEN, 30, (ink_point){0, 0, 0, 1}));
        for (int i = 1; i < RECENT_MAX_POINTS + more; i++)
            assert_true(ink_extend(&drawing, (ink_point){(float)(i % 600), (float)(i % 7), 0, 1}));
        ink_end(&drawing);
        assert_true(strokes_print(&drawing, "", "", &text, &len, &err));
        recent_free(&r);
        assert_true(paths_join(path, where.state, "recent.jsonl"));
        assert_true(nn_file_save(path, text, len, NN_CONSISTENT, &err));
        nn_free(text);
        ink_free(&drawing);
        assert_true(recent_open(&r, &where, &err));
        assert_int_equal(r.count, 1 - more);
        put(10);
        assert_int_equal(r.count, 2 - more);
    }
}

static void test_a_second_one_stays_in_memory(void **state)
{
    (void)state;
    recent second;
    recent_init(&second);
    assert_true(recent_open(&r, &where, &err));
    assert_false(recent_open(&second, &where, &err));
    assert_int_equal(err.code, NN_USAGE);
    recent_free(&second);
}

/* Opens a file that must be written anew, puts one drawing away, forgets all. */
static bool run_all(void *ctx, nn_error *error)
{
    (void)ctx;
    ink drawing;
    recent mine;
    ink_init(&drawing);
    recent_init(&mine);
    const ink_point line[] = {{50, 100, 0, 1}, {60, 500, 90, 0.5f}};
    bool ok = ink_add(&drawing, INK_PEN, 40, line, 2) || nn_fail(error, NN_NOMEM, 0, "out of memory");
    ok = ok && recent_open(&mine, &where, error);
    ok = ok && recent_put(&mine, &drawing, error);
    ok = ok && mine.count == 2 && recent_forget(&mine, error);
    recent_free(&mine);
    ink_free(&drawing);
    return ok;
}

static void prepare(void *ctx)
{
    (void)ctx;
    char path[PATHS_MAX];
    const char *text = "{\"strokes\":[[[1,2],[3,4]]],\"w\":600,\"h\":600}\n{\"strokes";
    assert_true(paths_join(path, where.state, "recent.jsonl"));
    assert_true(nn_file_save(path, text, strlen(text), NN_CONSISTENT, &err));
}

static void test_faults(void **state)
{
    (void)state;
    assert_true(faults_try_all("earlier drawings", &(fault_case){prepare, run_all, NULL, NULL}) > 40);
    assert_int_equal(faults_temporaries(where.state), 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_newest_first_and_no_doubles),
        TEST(test_only_what_is_to_be_seen),
        TEST(test_bounds),
        TEST(test_sketches_are_coarse_but_whole),
        TEST(test_they_come_back_after_a_restart),
        TEST(test_their_order_comes_back),
        TEST(test_a_removed_folder_is_made_anew),
        TEST(test_once_there_is_room_again_all_is_kept),
        TEST(test_what_was_forgotten_is_on_no_disk),
        TEST(test_what_was_never_read_is_forgotten),
        TEST(test_torn_and_foreign_lines_cost_themselves),
        TEST(test_the_file_stays_small),
        TEST(test_a_file_holds_none_that_is_too_large),
        TEST(test_a_second_one_stays_in_memory),
        TEST(test_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
