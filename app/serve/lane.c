/* lane.c - a ring of items under a lock. */
#include "lane.h"
#include "nn/alloc.h"
#include "nn/thread.h"
#include <stddef.h>

enum { ITEMS = 16, MAX_THREADS = 8 };

struct lane {
    lane_work *work;
    void *ctx;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    void *item[ITEMS];
    int first, count;
    bool closed;
    int threads;
    pthread_t thread[MAX_THREADS];
};

/* The next item; NULL when the lane is closed and empty. */
static void *take(lane *l, bool *dropped)
{
    void *item = NULL;
    pthread_mutex_lock(&l->lock);
    while (l->count == 0 && !l->closed)
        pthread_cond_wait(&l->changed, &l->lock);
    if (l->count > 0) {
        item = l->item[l->first];
        l->first = (l->first + 1) % ITEMS;
        l->count--;
    }
    *dropped = l->closed;
    pthread_mutex_unlock(&l->lock);
    return item;
}

static void *run(void *arg)
{
    lane *l = arg;
    bool dropped;
    for (void *item; (item = take(l, &dropped));)
        l->work(l->ctx, item, dropped);
    return NULL;
}

bool lane_open(lane **out, int threads, lane_work *work, void *ctx, nn_error *err)
{
    lane *l = *out = nn_alloc(1, sizeof *l);
    if (!l)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    l->work = work;
    l->ctx = ctx;
    pthread_mutex_init(&l->lock, NULL);
    pthread_cond_init(&l->changed, NULL);
    for (; l->threads < threads && l->threads < MAX_THREADS; l->threads++)
        if (!nn_thread_start(&l->thread[l->threads], run, l)) {
            lane_close(l);
            lane_free(l);
            *out = NULL;
            return nn_fail(err, NN_NOMEM, 0, "a thread could not be started");
        }
    return true;
}

bool lane_push(lane *l, void *item)
{
    pthread_mutex_lock(&l->lock);
    bool taken = !l->closed && l->count < ITEMS;
    if (taken)
        l->item[(l->first + l->count++) % ITEMS] = item;
    pthread_cond_signal(&l->changed);
    pthread_mutex_unlock(&l->lock);
    return taken;
}

void lane_close(lane *l)
{
    if (!l)
        return;
    pthread_mutex_lock(&l->lock);
    l->closed = true;
    pthread_cond_broadcast(&l->changed);
    pthread_mutex_unlock(&l->lock);
    while (l->threads > 0)
        pthread_join(l->thread[--l->threads], NULL);
}

void lane_free(lane *l)
{
    if (!l)
        return;
    pthread_cond_destroy(&l->changed);
    pthread_mutex_destroy(&l->lock);
    nn_free(l);
}
