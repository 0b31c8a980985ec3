/* test_pool.c - the thread team: everyone works once, waits for everyone, and shares the items without gap or
 * overlap. */
#define _GNU_SOURCE /* for pthread_setattr_default_np */
#include "nn/alloc.h"
#include "nn/pool.h"
#include "support/faults.h"
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { THREADS = 4, ROUNDS = 500 };

static nn_pool *new_pool(int threads, void (*on_start)(void))
{
    nn_pool *pool = NULL;
    nn_error err = {0};
    if (!nn_pool_new(&pool, threads, on_start, &err))
        fail_msg("%s", err.text);
    return pool;
}

typedef struct tally {
    nn_pool *pool;
    int threads;
    int runs[THREADS];
    int phase[THREADS]; /* written by each before the barrier, read by all after it */
    atomic_int torn;
} tally;

static void count_run(void *ctx, int thread)
{
    tally *t = ctx;
    t->runs[thread]++;
}

static void test_each_thread_runs_once(void **state)
{
    (void)state;
    for (int threads = 1; threads <= THREADS; threads++) {
        tally t = {.pool = new_pool(threads, NULL), .threads = threads};
        for (int i = 0; i < ROUNDS; i++)
            nn_pool_run(t.pool, count_run, &t);
        for (int i = 0; i < THREADS; i++)
            assert_int_equal(t.runs[i], i < threads ? ROUNDS : 0);
        nn_pool_free(t.pool);
    }
}

static void walk_phases(void *ctx, int thread)
{
    tally *t = ctx;
    for (int phase = 1; phase <= ROUNDS; phase++) {
        t->phase[thread] = phase;
        nn_pool_barrier(t->pool);
        for (int i = 0; i < t->threads; i++)
            if (t->phase[i] != phase)
                atomic_fetch_add(&t->torn, 1);
        nn_pool_barrier(t->pool);
    }
}

static void test_barrier_holds_everyone(void **state)
{
    (void)state;
    for (int threads = 1; threads <= THREADS; threads++) {
        tally t = {.pool = new_pool(threads, NULL), .threads = threads};
        nn_pool_run(t.pool, walk_phases, &t);
        nn_pool_run(t.pool, walk_phases, &t);
        assert_int_equal(atomic_load(&t.torn), 0);
        nn_pool_free(t.pool);
    }
}

static void test_shares_cover_all_items_in_order(void **state)
{
    (void)state;
    for (int threads = 1; threads <= THREADS; threads++) {
        nn_pool *pool = new_pool(threads, NULL);
        for (int n = 0; n < 20; n++) {
            int next = 0;
            for (int i = 0; i < threads; i++) {
                int begin, end;
                nn_pool_share(pool, i, n, &begin, &end);
                assert_int_equal(begin, next);
                assert_in_range(end - begin, n / threads, (n + threads - 1) / threads);
                next = end;
            }
            assert_int_equal(next, n);
        }
        nn_pool_free(pool);
    }
}

static atomic_int started;

static void note_start(void)
{
    atomic_fetch_add(&started, 1);
}

static void test_on_start_runs_in_the_threads_made(void **state)
{
    (void)state;
    atomic_store(&started, 0);
    tally t = {.pool = new_pool(THREADS, note_start)};
    nn_pool_run(t.pool, count_run, &t);
    nn_pool_free(t.pool);
    assert_int_equal(atomic_load(&started), THREADS - 1);
}

enum { MUCH = 1 << 20 /* bytes */ };

static void fill_much(void *ctx, int thread)
{
    volatile unsigned char *sums = ctx, much[MUCH];
    for (size_t i = 0; i < MUCH; i++)
        much[i] = (unsigned char)(thread + 1);
    sums[thread] = (unsigned char)(much[0] + much[MUCH - 1]);
}

/* Also where the C library gives a thread no more than musl does. */
static void test_threads_have_room(void **state)
{
    (void)state;
#ifdef __GLIBC__
    pthread_attr_t before, small;
    assert_int_equal(pthread_getattr_default_np(&before), 0);
    assert_int_equal(pthread_getattr_default_np(&small), 0);
    assert_int_equal(pthread_attr_setstacksize(&small, 128 << 10), 0);
    assert_int_equal(pthread_setattr_default_np(&small), 0);
#endif
    unsigned char sums[THREADS] = {0};
    nn_pool *pool = new_pool(THREADS, NULL);
    nn_pool_run(pool, fill_much, sums);
    nn_pool_free(pool);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(sums[i], 2 * (i + 1));
#ifdef __GLIBC__
    assert_int_equal(pthread_setattr_default_np(&before), 0);
    pthread_attr_destroy(&small);
    pthread_attr_destroy(&before);
#endif
}

static void test_impossible_sizes_are_refused(void **state)
{
    (void)state;
    const int bad[] = {-1, 0, NN_MAX_THREADS + 1};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        nn_pool *pool;
        nn_error err = {0};
        assert_false(nn_pool_new(&pool, bad[i], NULL, &err));
        assert_int_equal(err.code, NN_USAGE);
        assert_null(pool);
    }
    nn_pool_free(NULL);
}

static void test_every_allocation_may_fail(void **state)
{
    (void)state;
    size_t live = nn_alloc_live();
    long sites = 0;
    for (bool done = false; !done; sites++) {
        nn_pool *pool;
        nn_error err = {0};
        faults_alloc(sites, FAULT_ONCE);
        done = nn_pool_new(&pool, THREADS, NULL, &err);
        faults_end();
        assert_true(done || err.code == NN_NOMEM);
        nn_pool_free(pool);
        assert_int_equal(nn_alloc_live(), live);
    }
    assert_true(sites > 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_thread_runs_once),
        cmocka_unit_test(test_barrier_holds_everyone),
        cmocka_unit_test(test_shares_cover_all_items_in_order),
        cmocka_unit_test(test_on_start_runs_in_the_threads_made),
        cmocka_unit_test(test_threads_have_room),
        cmocka_unit_test(test_impossible_sizes_are_refused),
        cmocka_unit_test(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
