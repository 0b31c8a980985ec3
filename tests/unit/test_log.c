/* The append-only log: its owner, the file at its path, and what a failed append leaves. */
#include "nn/file.h"
#include "nn/log.h"
#include "support/faults.h"
#include "support/files.h"
#include "support/temp.h"
#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>

#include <cmocka.h>

static void test_appends_and_truncates(void **state)
{
    nn_error err;
    nn_log *log;
    (void)state;
    file_write(temp_path("log"), "ab", 2);
    assert_true(nn_log_open(&log, temp_path("log"), &err));
    assert_int_equal(nn_log_size(log), 2);
    assert_true(nn_log_append(log, "cde", 3, &err));
    assert_true(nn_log_sync(log, &err));
    file_assert(temp_path("log"), "abcde", 5);
    assert_true(nn_log_truncate(log, 1, &err));
    assert_true(nn_log_append(log, "x", 1, &err));
    file_assert(temp_path("log"), "ax", 2);
    nn_log_close(log);
    nn_log_close(NULL);
}

static void test_has_one_owner(void **state)
{
    nn_error err;
    nn_log *log, *second;
    (void)state;
    assert_true(nn_log_open(&log, temp_path("log"), &err));
    file_assert_refused(nn_log_open(&second, temp_path("log"), &err), NN_USAGE, temp_path("log"), &err);
    assert_null(second);
    nn_log_close(log);
    assert_true(nn_log_open(&second, temp_path("log"), &err));
    nn_log_close(second);
}

/* Another one's saves, between opening and locking: so many times. */
static int saves;
static char saved_path[512];

static int flock_after_a_save(int fd, int operation)
{
    if (saves > 0) {
        saves--;
        file_write(temp_path("other"), "new", 3);
        assert_int_equal(rename(temp_path("other"), saved_path), 0);
    }
    return flock(fd, operation);
}

static void test_is_the_file_at_its_path(void **state)
{
    nn_error err;
    nn_log *log;
    nn_file_ops ops = nn_file_posix;
    (void)state;
    snprintf(saved_path, sizeof saved_path, "%s", temp_path("log"));
    ops.flock = flock_after_a_save;
    nn_file_set_ops(&ops);
    for (int times = 0; times < 3; times++) {
        file_write(saved_path, "new", 3);
        saves = times;
        assert_true(nn_log_open(&log, saved_path, &err));
        assert_true(nn_log_append(log, "er", 2, &err));
        nn_log_close(log);
        file_assert(saved_path, "newer", 5);
    }
    saves = INT_MAX;
    file_assert_refused(nn_log_open(&log, saved_path, &err), NN_USAGE, saved_path, &err);
    assert_null(log);
    nn_file_set_ops(NULL);
}

static void test_cuts_back_a_failed_append(void **state)
{
    nn_error err;
    nn_log *log;
    (void)state;
    assert_true(nn_log_open(&log, temp_path("log"), &err));
    assert_true(nn_log_append(log, "whole", 5, &err));
    for (long n = 0; n < 2; n++) { /* the file is cut back at once; the second time that fails too */
        struct rlimit before, small;
        assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
        small = before;
        small.rlim_cur = 8;
        signal(SIGXFSZ, SIG_IGN);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
        if (n == 1)
            faults_file(2, FAULT_ONCE, EIO);
        assert_false(nn_log_append(log, "too long", 8, &err));
        assert_int_equal(n == 1 && faults_end(), n == 1);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
        assert_int_equal(nn_log_size(log), 5);
        file_assert(temp_path("log"), n == 1 ? "wholetoo" : "whole", n == 1 ? 8 : 5);
    }
    assert_true(nn_log_append(log, "!", 1, &err));
    file_assert(temp_path("log"), "whole!", 6);
    nn_log_close(log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_appends_and_truncates, temp_set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_has_one_owner, temp_set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_is_the_file_at_its_path, temp_set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_cuts_back_a_failed_append, temp_set_up, temp_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
