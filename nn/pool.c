/* pool.c - threads that wait for work, and a barrier. */
#include "pool.h"
#include "alloc.h"
#include "thread.h"
#include <sched.h>
#include <stdatomic.h>

/* Looks at what is awaited before sleep, some 50 us in all, about what waking takes; the processor is given away now and
 * then, as it may be the one that the awaited thread waits for. */
enum { PATIENCE = 2000, LOOKS = 128 };

/* A run is announced by a new `round`, as its end is by `ended`, and that all are at the barrier by `phase`. They change
 * with the mutex held, so that nobody falls asleep over it. */
struct nn_pool {
    int threads;
    int started; /* threads made so far, without the caller */
    void (*on_start)(void);
    pthread_t thread[NN_MAX_THREADS];
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    atomic_uint round, ended, phase;
    bool quit;
    atomic_int busy, arrived; /* threads, without the caller, still inside work; those at the barrier */
    void (*work)(void *ctx, int thread);
    void *ctx;
};

static inline void relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

/* Whether it is no longer `old` soon. */
static bool changes_soon(const atomic_uint *what, unsigned old)
{
    for (int i = 1; i <= PATIENCE; i++) {
        if (atomic_load(what) != old)
            return true;
        if (i % LOOKS)
            relax();
        else
            sched_yield();
    }
    return false;
}

/* Waits until it is no longer `old`. */
static void await_change(nn_pool *pool, const atomic_uint *what, unsigned old)
{
    if (changes_soon(what, old))
        return;
    pthread_mutex_lock(&pool->mutex);
    while (atomic_load(what) == old)
        pthread_cond_wait(&pool->changed, &pool->mutex);
    pthread_mutex_unlock(&pool->mutex);
}

/* Changes it, and wakes whoever sleeps over it. */
static void announce(nn_pool *pool, atomic_uint *what)
{
    pthread_mutex_lock(&pool->mutex);
    atomic_fetch_add(what, 1);
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->mutex);
}

typedef struct member {
    nn_pool *pool;
    int thread;
} member;

static void *serve(void *argument)
{
    member self = *(member *)argument;
    nn_free(argument);
    nn_pool *pool = self.pool;
    if (pool->on_start)
        pool->on_start();
    for (unsigned seen = 0;; seen++) {
        await_change(pool, &pool->round, seen);
        if (pool->quit)
            return NULL;
        pool->work(pool->ctx, self.thread);
        if (atomic_fetch_sub(&pool->busy, 1) == 1)
            announce(pool, &pool->ended);
    }
}

static bool add_thread(nn_pool *pool, nn_error *err)
{
    member *self = nn_alloc(1, sizeof *self);
    if (!self)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for a thread");
    *self = (member){pool, pool->started + 1};
    if (!nn_thread_start(&pool->thread[pool->started], serve, self)) {
        nn_free(self);
        return nn_fail(err, NN_NOMEM, 0, "the system allows no further thread");
    }
    pool->started++;
    return true;
}

bool nn_pool_check(int threads, nn_error *err)
{
    return (threads >= 1 && threads <= NN_MAX_THREADS) ||
           nn_fail(err, NN_USAGE, 0, "%d threads, must be 1 to %d", threads, NN_MAX_THREADS);
}

bool nn_pool_new(nn_pool **out, int threads, void (*on_start)(void), nn_error *err)
{
    *out = NULL;
    if (!nn_pool_check(threads, err))
        return false;
    nn_pool *pool = nn_alloc(1, sizeof *pool);
    if (!pool)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the threads");
    pool->threads = threads;
    pool->on_start = on_start;
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->changed, NULL);
    while (pool->started < threads - 1) {
        if (!add_thread(pool, err)) {
            nn_pool_free(pool);
            return false;
        }
    }
    *out = pool;
    return true;
}

void nn_pool_free(nn_pool *pool)
{
    if (!pool)
        return;
    pool->quit = true;
    announce(pool, &pool->round);
    for (int i = 0; i < pool->started; i++)
        pthread_join(pool->thread[i], NULL);
    pthread_cond_destroy(&pool->changed);
    pthread_mutex_destroy(&pool->mutex);
    nn_free(pool);
}

void nn_pool_run(nn_pool *pool, void (*work)(void *ctx, int thread), void *ctx)
{
    unsigned ended = atomic_load(&pool->ended);
    pool->work = work;
    pool->ctx = ctx;
    atomic_store(&pool->busy, pool->started);
    announce(pool, &pool->round);
    work(ctx, 0);
    if (pool->started > 0)
        await_change(pool, &pool->ended, ended);
}

void nn_pool_barrier(nn_pool *pool)
{
    unsigned phase = atomic_load(&pool->phase);
    if (atomic_fetch_add(&pool->arrived, 1) + 1 < pool->threads) {
        await_change(pool, &pool->phase, phase);
        return;
    }
    atomic_store(&pool->arrived, 0);
    announce(pool, &pool->phase);
}

void nn_pool_share(const nn_pool *pool, int thread, int n, int *begin, int *end)
{
    nn_share(n, pool->threads, thread, begin, end);
}

void nn_share(int n, int shares, int i, int *begin, int *end)
{
    int share = n / shares, rest = n % shares;
    *begin = i * share + (i < rest ? i : rest);
    *end = *begin + share + (i < rest ? 1 : 0);
}
