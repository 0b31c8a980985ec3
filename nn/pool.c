/* pool.c - threads that wait for work, and a barrier. */
#include "pool.h"
#include "alloc.h"
#include "thread.h"

/* One mutex guards everything below it. A run is announced by a new `round`; the barrier counts arrivals in `phase`. */
struct nn_pool {
    int threads;
    int started; /* threads made so far, without the caller */
    void (*on_start)(void);
    pthread_t thread[NN_MAX_THREADS];
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    unsigned round;
    bool quit;
    int busy; /* threads, without the caller, still inside work */
    void (*work)(void *ctx, int thread);
    void *ctx;
    unsigned phase;
    int arrived;
};

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
    unsigned seen = 0;
    pthread_mutex_lock(&pool->mutex);
    for (;;) {
        while (pool->round == seen && !pool->quit)
            pthread_cond_wait(&pool->changed, &pool->mutex);
        if (pool->quit)
            break;
        seen = pool->round;
        pthread_mutex_unlock(&pool->mutex);
        pool->work(pool->ctx, self.thread);
        pthread_mutex_lock(&pool->mutex);
        if (--pool->busy == 0)
            pthread_cond_broadcast(&pool->changed);
    }
    pthread_mutex_unlock(&pool->mutex);
    return NULL;
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
    pthread_mutex_lock(&pool->mutex);
    pool->quit = true;
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->mutex);
    for (int i = 0; i < pool->started; i++)
        pthread_join(pool->thread[i], NULL);
    pthread_cond_destroy(&pool->changed);
    pthread_mutex_destroy(&pool->mutex);
    nn_free(pool);
}

void nn_pool_run(nn_pool *pool, void (*work)(void *ctx, int thread), void *ctx)
{
    pthread_mutex_lock(&pool->mutex);
    pool->work = work;
    pool->ctx = ctx;
    pool->busy = pool->started;
    pool->round++;
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->mutex);
    work(ctx, 0);
    pthread_mutex_lock(&pool->mutex);
    while (pool->busy > 0)
        pthread_cond_wait(&pool->changed, &pool->mutex);
    pthread_mutex_unlock(&pool->mutex);
}

void nn_pool_barrier(nn_pool *pool)
{
    pthread_mutex_lock(&pool->mutex);
    unsigned phase = pool->phase;
    if (++pool->arrived == pool->threads) {
        pool->arrived = 0;
        pool->phase++;
        pthread_cond_broadcast(&pool->changed);
    } else {
        while (pool->phase == phase)
            pthread_cond_wait(&pool->changed, &pool->mutex);
    }
    pthread_mutex_unlock(&pool->mutex);
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
