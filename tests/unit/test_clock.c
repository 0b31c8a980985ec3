/* Somebody sets the system's clock back by an hour, again and again: nothing waits an hour longer. */
#include "app/core/drawing/journal.h"
#include "app/core/job.h"
#include "app/core/platform.h"
#include "nn/file.h"
#include "support/temp.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

int __real_clock_gettime(clockid_t clock, struct timespec *now);
int __wrap_clock_gettime(clockid_t clock, struct timespec *now);

/* Whoever asks it gets a time that will only come in an hour. */
int __wrap_clock_gettime(clockid_t clock, struct timespec *now)
{
    int result = __real_clock_gettime(clock, now);
    if (clock == CLOCK_REALTIME)
        now->tv_sec += 3600;
    return result;
}

static atomic_int events;

static bool await_events(int count)
{
    enum { PATIENCE_MS = 20000 };
    for (double began = platform_now_ms(); platform_now_ms() < began + PATIENCE_MS; platform_sleep_ms(5))
        if (atomic_load(&events) >= count)
            return true;
    return false;
}

static void count_pieces(void *ctx, job *worker)
{
    (void)ctx;
    while (job_goes_on(worker))
        atomic_fetch_add(&events, 1);
}

static void test_a_rest_ends(void **state)
{
    (void)state;
    job *worker;
    nn_error err;
    atomic_store(&events, 0);
    assert_true(job_start(&worker, count_pieces, NULL, &(job_host){0}, &err));
    job_set_rest(worker, 0.02);
    assert_true(await_events(1));
    int before = atomic_load(&events);
    bool rested = await_events(before + 3);
    job_end(worker);
    assert_true(rested);
}

static int count_sync(int fd)
{
    atomic_fetch_add(&events, 1);
    return nn_file_posix.fsync(fd);
}

/* Two seconds after one sync the next may come. */
static void test_the_journal_is_synced(void **state)
{
    (void)state;
    paths where;
    ink drawing, recovered;
    journal *self;
    nn_error err;
    nn_file_ops ops = nn_file_posix;
    ops.fsync = count_sync;
    atomic_store(&events, 0);
    nn_file_set_ops(&ops);
    paths_find(&where, temp_path("."));
    ink_init(&drawing);
    assert_true(journal_open(&self, &where, &recovered, &err));
    bool synced = true;
    for (int i = 1; i <= 2; i++) {
        const ink_point dot = {(float)(100 * i), 100, 0, 1};
        assert_true(ink_add(&drawing, INK_PEN, 40, &dot, 1));
        assert_true(journal_write(self, &drawing, JOURNAL_ENTRY, &err));
        synced = synced && await_events(i);
    }
    journal_close(self);
    nn_file_set_ops(NULL);
    ink_free(&recovered);
    ink_free(&drawing);
    assert_true(synced);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_rest_ends),
        cmocka_unit_test_setup_teardown(test_the_journal_is_synced, temp_set_up, temp_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
