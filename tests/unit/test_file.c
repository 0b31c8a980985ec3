/* Files: reading with a cap, gzip, atomic saves under every fault and after every crash. */
#include "nn/alloc.h"
#include "nn/file.h"
#include "nn/log.h"
#include "nn/stream.h"
#include "support/faults.h"
#include "support/files.h"
#include "support/temp.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { CAP = 1 << 20 };

/* ---- reading ---- */

static void test_read_whole(void **state)
{
    nn_error err;
    unsigned char *data;
    size_t len;
    (void)state;
    file_write(temp_path("a"), "seven\0!", 7);
    assert_true(nn_file_read(temp_path("a"), 7, &data, &len, &err));
    assert_int_equal(len, 7);
    assert_memory_equal(data, "seven\0!", 8); /* with the zero byte behind it */
    nn_free(data);
    assert_true(nn_file_read(temp_path("a"), SIZE_MAX, &data, &len, &err)); /* whatever its length is */
    assert_int_equal(len, 7);
    nn_free(data);
    file_write(temp_path("empty"), "", 0);
    assert_true(nn_file_read(temp_path("empty"), 0, &data, &len, &err));
    assert_int_equal(len, 0);
    assert_int_equal(data[0], 0);
    nn_free(data);
}

static void test_read_refuses(void **state)
{
    nn_error err;
    unsigned char *data;
    size_t len;
    (void)state;
    file_write(temp_path("a"), "seven", 5);
    file_assert_refused(nn_file_read(temp_path("a"), 4, &data, &len, &err), NN_LIMIT, temp_path("a"), &err);
    assert_null(data);
    file_assert_refused(nn_file_read(temp_path("none"), 4, &data, &len, &err), NN_IO, temp_path("none"), &err);
    file_assert_refused(nn_file_read(temp_path("."), 4, &data, &len, &err), NN_IO, temp_path("."), &err);
    assert_non_null(strstr(err.text, "a folder, not a file"));
}

/* What would wait for ever: a pipe without a writer, a terminal, a socket. */
static void test_read_refuses_what_is_no_file(void **state)
{
    nn_error err;
    unsigned char *data;
    size_t len;
    nn_stream *stream;
    nn_log *log;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)state;
    assert_int_equal(mkfifo(temp_path("pipe"), 0600), 0);
    file_assert_refused(nn_file_read(temp_path("pipe"), CAP, &data, &len, &err), NN_IO, temp_path("pipe"), &err);
    assert_non_null(strstr(err.text, "a named pipe, not a file"));
    file_assert_refused(nn_stream_open(&stream, temp_path("pipe"), &err), NN_IO, temp_path("pipe"), &err);
    assert_null(stream);
    file_assert_refused(nn_log_open(&log, temp_path("pipe"), &err), NN_IO, temp_path("pipe"), &err);
    file_assert_refused(nn_file_read("/dev/zero", CAP, &data, &len, &err), NN_IO, "/dev/zero", &err);
    assert_non_null(strstr(err.text, "a device, not a file"));
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", temp_path("socket"));
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    file_assert_refused(nn_file_read(temp_path("socket"), CAP, &data, &len, &err), NN_IO, temp_path("socket"), &err);
    assert_non_null(strstr(err.text, "a socket, not a file"));
    close(fd);
}

/* ---- threads that must not read ---- */

static int unwanted_reads;

static void count_read(const char *path)
{
    assert_non_null(path);
    unwanted_reads++;
}

static void *read_in_a_thread(void *arg)
{
    nn_error err;
    unsigned char *data;
    size_t len;
    assert_true(nn_file_read(arg, CAP, &data, &len, &err));
    nn_free(data);
    return NULL;
}

static void test_watched_thread(void **state)
{
    nn_error err;
    nn_stream *stream;
    pthread_t thread;
    char path[512];
    (void)state;
    snprintf(path, sizeof path, "%s", temp_path("a"));
    file_write(path, "x", 1);
    unwanted_reads = 0;
    read_in_a_thread(path);
    assert_int_equal(unwanted_reads, 0);
    nn_file_watch_thread(count_read);
    read_in_a_thread(path);
    assert_true(nn_stream_open(&stream, path, &err));
    nn_stream_close(stream);
    assert_int_equal(unwanted_reads, 2);
    nn_file_exempt(true);
    nn_file_exempt(true);
    read_in_a_thread(path);
    nn_file_exempt(false);
    read_in_a_thread(path);
    nn_file_exempt(false);
    assert_int_equal(pthread_create(&thread, NULL, read_in_a_thread, path), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_true(nn_file_save(path, "y", 1, NN_DURABLE, &err));
    assert_int_equal(unwanted_reads, 2);
    nn_file_watch_thread(NULL);
    read_in_a_thread(path);
    assert_int_equal(unwanted_reads, 2);
}

static void test_read_pipe(void **state)
{
    nn_error err;
    unsigned char *data, chunk[1000];
    size_t len;
    int ends[2];
    char path[32];
    (void)state;
    memset(chunk, 7, sizeof chunk);
    assert_int_equal(pipe(ends), 0);
    for (int i = 0; i < 60; i++)
        assert_int_equal(write(ends[1], chunk, sizeof chunk), sizeof chunk);
    close(ends[1]);
    snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
    assert_true(nn_file_read(path, CAP, &data, &len, &err));
    assert_int_equal(len, 60 * sizeof chunk);
    nn_free(data);
    close(ends[0]);
}

/* ---- folders ---- */

static void test_named_folders_are_as_open_as_the_umask(void **state)
{
    nn_error err;
    struct stat info;
    (void)state;
    mode_t mask = umask(027);
    bool made = nn_file_mkdirs_named(temp_path("named/within"), &err) && nn_file_mkdirs(temp_path("own/within"), &err);
    umask(mask);
    assert_true(made);
    assert_true(stat(temp_path("named"), &info) == 0 && (info.st_mode & 0777) == 0750);
    assert_true(stat(temp_path("named/within"), &info) == 0 && (info.st_mode & 0777) == 0750);
    assert_true(stat(temp_path("own/within"), &info) == 0 && (info.st_mode & 0777) == 0700);
}

/* ---- saving ---- */

static void test_save_creates_and_replaces(void **state)
{
    nn_error err;
    struct stat info;
    (void)state;
    mode_t mask = umask(027);
    assert_true(nn_file_save(temp_path("a"), "one", 3, NN_CONSISTENT, &err));
    umask(mask);
    file_assert(temp_path("a"), "one", 3);
    assert_int_equal(stat(temp_path("a"), &info), 0);
    assert_int_equal(info.st_mode & 0777, 0640);
    assert_true(nn_file_save(temp_path("a"), "longer", 6, NN_DURABLE, &err));
    file_assert(temp_path("a"), "longer", 6);
    assert_true(nn_file_save(temp_path("a"), "", 0, NN_DURABLE, &err));
    file_assert(temp_path("a"), "", 0);
    assert_int_equal(faults_temporaries(temp_path(".")), 0);
}

static void test_save_in_the_working_folder(void **state)
{
    nn_error err;
    char before[1024];
    (void)state;
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(temp_path(".")), 0);
    assert_true(nn_file_save("bare", "one", 3, NN_DURABLE, &err));
    file_assert("bare", "one", 3);
    assert_int_equal(chdir(before), 0);
}

static void test_save_through_links(void **state)
{
    nn_error err;
    struct stat info;
    (void)state;
    assert_int_equal(mkdir(temp_path("far"), 0700), 0);
    assert_int_equal(symlink("far/file", temp_path("relative")), 0);
    assert_int_equal(symlink(temp_path("relative"), temp_path("absolute")), 0);
    assert_true(nn_file_save(temp_path("absolute"), "new", 3, NN_DURABLE, &err)); /* far/file is not there yet */
    file_assert(temp_path("far/file"), "new", 3);
    assert_true(nn_file_save(temp_path("relative"), "newer", 5, NN_DURABLE, &err));
    file_assert(temp_path("far/file"), "newer", 5);
    assert_int_equal(lstat(temp_path("absolute"), &info), 0);
    assert_true(S_ISLNK(info.st_mode));
    assert_int_equal(symlink("loop", temp_path("loop")), 0);
    file_assert_refused(nn_file_save(temp_path("loop"), "x", 1, NN_DURABLE, &err), NN_IO, temp_path("loop"), &err);
}

static void test_save_refuses_what_is_no_file(void **state)
{
    nn_error err;
    char *deep;
    (void)state;
    assert_int_equal(mkdir(temp_path("folder"), 0700), 0);
    file_assert_refused(nn_file_save(temp_path("folder"), "x", 1, NN_CONSISTENT, &err), NN_IO, temp_path("folder"),
                        &err);
    assert_int_equal(mkfifo(temp_path("pipe"), 0600), 0);
    file_assert_refused(nn_file_save(temp_path("pipe"), "x", 1, NN_CONSISTENT, &err), NN_IO, temp_path("pipe"), &err);
    file_assert_refused(nn_file_save(temp_path("no/file"), "x", 1, NN_DURABLE, &err), NN_IO, temp_path("no/file"),
                        &err);
    deep = nn_alloc(9000, 1);
    memset(deep, 'd', 8999);
    assert_false(nn_file_save(deep, "x", 1, NN_CONSISTENT, &err));
    assert_non_null(strstr(err.text, "cannot save"));
    assert_false(nn_file_mkdirs(deep, &err));
    nn_free(deep);
}

static ssize_t write_nothing(int fd, const void *data, size_t len)
{
    (void)fd, (void)data, (void)len;
    return 0;
}

static void test_save_does_not_wait_for_a_write_of_nothing(void **state)
{
    nn_error err;
    nn_file_ops ops = nn_file_posix;
    (void)state;
    ops.write = write_nothing;
    nn_file_set_ops(&ops);
    bool ok = nn_file_save(temp_path("a"), "x", 1, NN_CONSISTENT, &err);
    nn_file_set_ops(NULL);
    file_assert_refused(ok, NN_IO, temp_path("a"), &err);
    assert_int_equal(faults_temporaries(temp_path(".")), 0);
}

/* A disk that is full for real: the process may not write files beyond 1000 bytes. */
static void test_save_on_a_full_disk(void **state)
{
    nn_error err;
    struct rlimit before, small;
    unsigned char data[5000] = {1};
    (void)state;
    file_write(temp_path("a"), "old", 3);
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = 1000;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    bool ok = nn_file_save(temp_path("a"), data, sizeof data, NN_DURABLE, &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    file_assert_refused(ok, NN_IO, temp_path("a"), &err);
    file_assert(temp_path("a"), "old", 3);
    assert_int_equal(faults_temporaries(temp_path(".")), 0);
}

typedef struct save_case {
    char path[512];
    nn_durability durability;
    unsigned char old[300], new[70000];
} save_case;

static void prepare_save(void *ctx)
{
    save_case *c = ctx;
    file_write(c->path, c->old, sizeof c->old);
}

static bool run_save(void *ctx, nn_error *err)
{
    save_case *c = ctx;
    return nn_file_save(c->path, c->new, sizeof c->new, c->durability, err);
}

static void check_save(void *ctx, bool ok)
{
    save_case *c = ctx;
    struct stat info;
    assert_int_equal(stat(c->path, &info), 0);
    bool is_new = (size_t)info.st_size == sizeof c->new;
    if (ok)
        assert_true(is_new);
    else if (c->durability == NN_CONSISTENT)
        assert_false(is_new);
    file_assert(c->path, is_new ? c->new : c->old, is_new ? sizeof c->new : sizeof c->old);
    assert_int_equal(faults_temporaries(temp_path(".")), 0);
}

static void test_save_survives_every_fault(void **state)
{
    save_case *c = nn_alloc(1, sizeof *c);
    (void)state;
    snprintf(c->path, sizeof c->path, "%s", temp_path("a"));
    memset(c->old, 'o', sizeof c->old);
    memset(c->new, 'n', sizeof c->new);
    const fault_case test = {prepare_save, run_save, check_save, c};
    for (c->durability = NN_CONSISTENT; c->durability <= NN_DURABLE; c->durability++)
        assert_true(faults_try_all(c->durability == NN_DURABLE ? "durable save" : "save", &test) > 40);
    nn_free(c);
}

static bool run_read(void *ctx, nn_error *err)
{
    unsigned char *data;
    size_t len;
    bool ok = nn_file_read(ctx, CAP, &data, &len, err);
    assert_true(ok == (data != NULL));
    nn_free(data);
    return ok;
}

static void test_read_survives_every_fault(void **state)
{
    unsigned char zeros[50000] = {0};
    char path[512];
    (void)state;
    snprintf(path, sizeof path, "%s", temp_path("a"));
    file_write(path, zeros, sizeof zeros);
    assert_true(faults_try_all("read", &(fault_case){.run = run_read, .ctx = path}) > 15);
}

/* ---- crash states ----
 * A save is recorded as a list of steps. A crash may come after any step, and of what was not synced before it any part
 * may be missing: bytes of the file, the renaming. Every such state must show the old or the new file. */

typedef enum step { STEP_WRITE, STEP_SYNC_FILE, STEP_RENAME, STEP_SYNC_FOLDER } step;

static struct {
    step steps[64];
    int count, folder;
} recording;

static void record(step what)
{
    assert_true(recording.count < 64);
    recording.steps[recording.count++] = what;
}

static int recording_open(const char *path, int flags, mode_t mode)
{
    int fd = nn_file_posix.open(path, flags, mode);
    if ((flags & O_ACCMODE) == O_RDONLY)
        recording.folder = fd;
    return fd;
}

static ssize_t recording_write(int fd, const void *data, size_t len)
{
    record(STEP_WRITE);
    return nn_file_posix.write(fd, data, len < 1000 ? len : 1000);
}

static int recording_fsync(int fd)
{
    record(fd == recording.folder ? STEP_SYNC_FOLDER : STEP_SYNC_FILE);
    return nn_file_posix.fsync(fd);
}

static int recording_rename(const char *from, const char *to)
{
    record(STEP_RENAME);
    return nn_file_posix.rename(from, to);
}

static void record_save(nn_durability durability)
{
    nn_error err;
    unsigned char data[5000] = {0};
    nn_file_ops ops = nn_file_posix;
    ops.open = recording_open;
    ops.write = recording_write;
    ops.fsync = recording_fsync;
    ops.rename = recording_rename;
    recording.count = 0;
    recording.folder = -1;
    nn_file_set_ops(&ops);
    bool ok = nn_file_save(temp_path("a"), data, sizeof data, durability, &err);
    nn_file_set_ops(NULL);
    assert_true(ok);
}

typedef struct crash_states {
    int n, torn;
    bool old_after_return; /* the old file may be there although the save had said it was done */
} crash_states;

static crash_states replay_crashes(const step *steps, int count)
{
    crash_states result = {0};
    int total = 0;
    for (int i = 0; i < count; i++)
        total += steps[i] == STEP_WRITE;
    for (int crash = 0; crash <= count; crash++) {
        int written = 0, on_disk = 0;
        bool renamed = false, rename_on_disk = false;
        for (int i = 0; i < crash; i++) {
            written += steps[i] == STEP_WRITE;
            renamed |= steps[i] == STEP_RENAME;
            if (steps[i] == STEP_SYNC_FILE)
                on_disk = written;
            if (steps[i] == STEP_SYNC_FOLDER)
                rename_on_disk = renamed;
        }
        for (int seen = on_disk; seen <= written; seen++)
            result.torn += renamed && seen < total;
        result.n += 1 + (renamed ? written - on_disk : 0);
        result.old_after_return |= crash == count && !rename_on_disk;
    }
    return result;
}

static void test_save_survives_every_crash(void **state)
{
    (void)state;
    for (nn_durability d = NN_CONSISTENT; d <= NN_DURABLE; d++) {
        record_save(d);
        crash_states found = replay_crashes(recording.steps, recording.count);
        assert_int_equal(found.torn, 0);
        assert_true(found.n > 7);
        assert_int_equal(found.old_after_return, d == NN_CONSISTENT);
        printf("{\"name\": \"crash states: save\", \"n\": %d}\n", found.n);
    }
}

/* The check above must find a save that does not sync before it renames. */
static void test_crash_states_find_a_missing_sync(void **state)
{
    step without[64];
    int count = 0;
    (void)state;
    record_save(NN_CONSISTENT);
    for (int i = 0; i < recording.count; i++)
        if (recording.steps[i] != STEP_SYNC_FILE)
            without[count++] = recording.steps[i];
    assert_int_equal(count, recording.count - 1);
    assert_true(replay_crashes(without, count).torn > 0);
}

/* ---- temporaries, folders ---- */

/* The name is not enough: its process may live elsewhere, or have another's id. */
static void test_sweep_removes_only_orphans(void **state)
{
    char orphan[64], held[64];
    (void)state;
    snprintf(orphan, sizeof orphan, ".model.safetensors.%ld.3.nn.tmp", (long)getpid());
    snprintf(held, sizeof held, ".model.safetensors.%d.4.nn.tmp", INT_MAX);
    const char *const kept[] = {held,        ".nn.tmp",        ".a.nn.tmp", "a.1.2.nn.tmp", ".a.x.1.nn.tmp",
                                ".1.nn.tmp", ".a.1.2.nn.tmp2", ".a.1.2.tmp"};
    file_write(temp_path(orphan), "x", 1);
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        file_write(temp_path(kept[i]), "x", 1);
    int fd = open(temp_path(held), O_RDONLY);
    assert_int_equal(flock(fd, LOCK_EX), 0);
    nn_file_sweep(temp_path("."));
    nn_file_sweep(temp_path("none"));
    assert_int_equal(access(temp_path(orphan), F_OK), -1);
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        assert_int_equal(access(temp_path(kept[i]), F_OK), 0);
    close(fd);
    nn_file_sweep(temp_path("."));
    assert_int_equal(access(temp_path(held), F_OK), -1);
}

static int sweeping_rename(const char *from, const char *to)
{
    nn_file_sweep(temp_path("."));
    assert_int_equal(access(from, F_OK), 0);
    return nn_file_posix.rename(from, to);
}

/* Somebody sweeps at the worst moment, and as soon as there is a file to sweep. */
static int swept_files;
static int sweeping_open(const char *path, int flags, mode_t mode)
{
    int fd = nn_file_posix.open(path, flags, mode);
    if ((flags & O_CREAT) && swept_files == 0) {
        swept_files++;
        nn_file_sweep(temp_path("."));
        assert_int_equal(access(path, F_OK), -1);
    }
    return fd;
}

static void test_save_beside_a_sweep(void **state)
{
    nn_error err;
    nn_file_ops ops = nn_file_posix;
    (void)state;
    ops.rename = sweeping_rename;
    ops.open = sweeping_open;
    swept_files = 0;
    nn_file_set_ops(&ops);
    assert_true(nn_file_save(temp_path("a"), "one", 3, NN_CONSISTENT, &err));
    nn_file_set_ops(NULL);
    assert_int_equal(swept_files, 1);
    file_assert(temp_path("a"), "one", 3);
}

static int fatal_fsync(int fd)
{
    (void)fd;
    _exit(0);
}

/* Any later save in the same folder removes what a killed one left. */
static void test_save_sweeps_after_a_killed_one(void **state)
{
    nn_error err;
    nn_file_ops ops = nn_file_posix;
    (void)state;
    ops.fsync = fatal_fsync;
    pid_t killed = fork();
    if (killed == 0) {
        nn_file_set_ops(&ops);
        nn_file_save(temp_path("model.safetensors"), "half", 4, NN_DURABLE, &err);
        _exit(1);
    }
    assert_int_equal(waitpid(killed, NULL, 0), killed);
    assert_int_equal(faults_temporaries(temp_path(".")), 1);
    assert_true(nn_file_save(temp_path("other"), "one", 3, NN_CONSISTENT, &err));
    assert_int_equal(faults_temporaries(temp_path(".")), 0);
}

static void test_save_keeps_the_mode(void **state)
{
    static const mode_t modes[] = {0600, 0640, 0666, 0400, 0755};
    nn_error err;
    struct stat info;
    (void)state;
    mode_t mask = umask(022);
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        file_write(temp_path("a"), "old", 3);
        assert_int_equal(chmod(temp_path("a"), modes[i]), 0);
        assert_true(nn_file_save(temp_path("a"), "new", 3, NN_CONSISTENT, &err));
        assert_int_equal(stat(temp_path("a"), &info), 0);
        assert_int_equal(info.st_mode & 07777, modes[i]);
        assert_int_equal(unlink(temp_path("a")), 0);
    }
    umask(mask);
}

static void test_mkdirs(void **state)
{
    nn_error err;
    struct stat info;
    (void)state;
    assert_true(nn_file_mkdirs(temp_path("a/b/c"), &err));
    assert_true(nn_file_mkdirs(temp_path("a/b/c"), &err));
    assert_int_equal(stat(temp_path("a/b/c"), &info), 0);
    assert_int_equal(info.st_mode & 0777, 0700);
    file_write(temp_path("file"), "x", 1);
    file_assert_refused(nn_file_mkdirs(temp_path("file"), &err), NN_IO, temp_path("file"), &err);
    file_assert_refused(nn_file_mkdirs(temp_path("file/b"), &err), NN_IO, temp_path("file"), &err); /* the culprit */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_read_whole, temp_set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_read_refuses, temp_set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_read_refuses_what_is_no_file, temp_set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_watched_thread, temp_set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_read_pipe, temp_set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_named_folders_are_as_open_as_the_umask, temp_set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_save_creates_and_replaces, temp_set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_save_in_the_working_folder, temp_set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_save_through_links, temp_set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_save_refuses_what_is_no_file, temp_set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_save_does_not_wait_for_a_write_of_nothing, temp_set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_save_on_a_full_disk, temp_set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_save_survives_every_fault, temp_set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_read_survives_every_fault, temp_set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_save_survives_every_crash, temp_set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_crash_states_find_a_missing_sync, temp_set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_sweep_removes_only_orphans, temp_set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_save_beside_a_sweep, temp_set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_save_sweeps_after_a_killed_one, temp_set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_save_keeps_the_mode, temp_set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_mkdirs, temp_set_up, temp_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
