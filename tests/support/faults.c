/* faults.c - hooks that count operations and fail one of them. */
#include "faults.h"
#include "nn/alloc.h"
#include "nn/file.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* The program's worker threads count down as well. */
static atomic_long countdown;
static atomic_int struck, mode, error;

static bool strike(void)
{
    long left = atomic_fetch_sub(&countdown, 1);

    if (left > 0 || (left < 0 && mode == (int)FAULT_ONCE))
        return false;
    struck = 1;
    return true;
}

static void arm(long n, fault_mode new_mode, int new_error)
{
    mode = (int)new_mode;
    error = new_error;
    struck = 0;
    countdown = n;
}

static int allow(void *ctx, size_t bytes)
{
    (void)ctx, (void)bytes;
    return !strike();
}

static const nn_alloc_hook hook = {.allow = allow};

/* Whether the operation must fail; errno says why. */
static bool refuse(void)
{
    if (!strike() || error == FAULT_SHORT)
        return false;
    errno = error;
    return true;
}

/* How many bytes of len to transfer, 0 for failure. */
static size_t shorten(size_t len)
{
    if (!strike())
        return len;
    errno = error;
    return error == FAULT_SHORT ? (len + 1) / 2 : 0;
}

static int fault_open(const char *path, int flags, mode_t permissions)
{
    return refuse() ? -1 : nn_file_posix.open(path, flags, permissions);
}

static ssize_t fault_read(int fd, void *data, size_t len)
{
    size_t some = shorten(len);
    return some == 0 ? -1 : nn_file_posix.read(fd, data, some);
}

static ssize_t fault_write(int fd, const void *data, size_t len)
{
    size_t some = shorten(len);
    return some == 0 ? -1 : nn_file_posix.write(fd, data, some);
}

static int fault_fsync(int fd)
{
    return refuse() ? -1 : nn_file_posix.fsync(fd);
}

static int fault_close(int fd)
{
    int result = nn_file_posix.close(fd);
    return refuse() ? -1 : result;
}

static int fault_rename(const char *from, const char *to)
{
    return refuse() ? -1 : nn_file_posix.rename(from, to);
}

static int fault_ftruncate(int fd, off_t len)
{
    return refuse() ? -1 : nn_file_posix.ftruncate(fd, len);
}

static int fault_mkdir(const char *path, mode_t permissions)
{
    return refuse() ? -1 : nn_file_posix.mkdir(path, permissions);
}

static int fault_flock(int fd, int operation)
{
    return refuse() ? -1 : nn_file_posix.flock(fd, operation);
}

static const nn_file_ops ops = {
    .open = fault_open,
    .read = fault_read,
    .write = fault_write,
    .fsync = fault_fsync,
    .close = fault_close,
    .rename = fault_rename,
    .unlink = unlink,
    .ftruncate = fault_ftruncate,
    .mkdir = fault_mkdir,
    .flock = fault_flock,
};

void faults_alloc(long n, fault_mode new_mode)
{
    arm(n, new_mode, ENOMEM);
    nn_alloc_set_hook(&hook);
}

void faults_file(long n, fault_mode new_mode, int new_error)
{
    arm(n, new_mode, new_error);
    nn_file_set_ops(&ops);
}

bool faults_end(void)
{
    nn_alloc_set_hook(NULL);
    nn_file_set_ops(NULL);
    return struck != 0;
}

int faults_open_files(void)
{
    int count = 0;

    for (int fd = 0; fd < 1024; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

int faults_temporaries(const char *folder)
{
    int count = 0;
    DIR *dir = opendir(folder);
    const struct dirent *entry;

    assert_non_null(dir);
    while ((entry = readdir(dir)) != NULL) {
        size_t len = strlen(entry->d_name);
        count += len > 4 && strcmp(entry->d_name + len - 4, ".tmp") == 0;
    }
    closedir(dir);
    return count;
}

/* One run; with `arm_it` NULL without a fault. True if a fault struck. */
static bool run_once(const fault_case *test, void (*arm_it)(long, fault_mode, int), long n, fault_mode how, int what)
{
    nn_error err = {0};
    size_t live;
    int files;
    bool ok, hit;

    if (test->prepare != NULL)
        test->prepare(test->ctx);
    live = nn_alloc_live();
    files = faults_open_files();
    if (arm_it != NULL)
        arm_it(n, how, what);
    ok = test->run(test->ctx, &err);
    hit = arm_it != NULL && faults_end();
    assert_int_equal(nn_alloc_live(), live);
    assert_int_equal(faults_open_files(), files);
    assert_true(ok || what != FAULT_SHORT); /* a short transfer is no failure */
    assert_true(ok || (hit && err.code != NN_OK && err.text[0] != '\0'));
    if (test->check != NULL)
        test->check(test->ctx, ok);
    return hit;
}

static void arm_alloc(long n, fault_mode how, int unused)
{
    (void)unused;
    faults_alloc(n, how);
}

static int try_series(const fault_case *test, void (*arm_it)(long, fault_mode, int), fault_mode how, int what)
{
    int n = 0;

    while (run_once(test, arm_it, n, how, what)) {
        run_once(test, NULL, 0, how, what);
        n++;
    }
    return n;
}

int faults_try_all(const char *name, const fault_case *test)
{
    static const int errors[] = {ENOSPC, EIO, EACCES, EROFS, EINTR, FAULT_SHORT};
    int struck_in_all = try_series(test, arm_alloc, FAULT_ONCE, 0) + try_series(test, arm_alloc, FAULT_FOREVER, 0);

    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        struck_in_all += try_series(test, faults_file, FAULT_ONCE, errors[i]);
        if (errors[i] != EINTR) /* interrupted calls are tried again: for ever, if it never ends */
            struck_in_all += try_series(test, faults_file, FAULT_FOREVER, errors[i]);
    }
    printf("{\"name\": \"faults: %s\", \"n\": %d}\n", name, struck_in_all);
    return struck_in_all;
}
