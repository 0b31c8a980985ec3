/* lane.c - a list of items under a lock. */
#include "lane.h"
#include "nn/alloc.h"
#include "nn/thread.h"
#include <stddef.h>
#include <string.h>

enum { ITEMS = 32, MAX_THREADS = 8 };

typedef struct waiting {
    void *item;
    address from;
} waiting;

struct lane {
    lane_work *work;
    void *ctx;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    waiting item[ITEMS]; /* in the order in which they came */
    int count;
    bool closed;
    int threads;
    pthread_t thread[MAX_THREADS];
    int busy; /* threads that work on something */
    address worked_on[MAX_THREADS];
};

static bool is_worked_on(const lane *l, const address *from)
{
    for (int i = 0; i < l->busy; i++)
        if (address_same(&l->worked_on[i], from))
            return true;
    return false;
}

/* The first item of somebody for whom no thread works yet, or else the first. */
static waiting take_next(lane *l)
{
    int at = 0;
    while (at < l->count && is_worked_on(l, &l->item[at].from))
        at++;
    at = at < l->count ? at : 0;
    waiting next = l->item[at];
    l->count--;
    memmove(&l->item[at], &l->item[at + 1], (size_t)(l->count - at) * sizeof *l->item);
    l->worked_on[l->busy++] = next.from;
    return next;
}

/* False when the lane is closed and empty. */
static bool take(lane *l, waiting *next, bool *dropped)
{
    pthread_mutex_lock(&l->lock);
    while (l->count == 0 && !l->closed)
        pthread_cond_wait(&l->changed, &l->lock);
    bool taken = l->count > 0;
    if (taken)
        *next = take_next(l);
    *dropped = l->closed;
    pthread_mutex_unlock(&l->lock);
    return taken;
}

static void put_down(lane *l, const address *from)
{
    pthread_mutex_lock(&l->lock);
    int i = 0;
    while (!address_same(&l->worked_on[i], from))
        i++;
    l->worked_on[i] = l->worked_on[--l->busy];
    pthread_mutex_unlock(&l->lock);
}

static void *run(void *arg)
{
    lane *l = arg;
    bool dropped;
    for (waiting next; take(l, &next, &dropped);) {
        l->work(l->ctx, next.item, dropped);
        put_down(l, &next.from);
    }
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

static int count_of(const lane *l, const address *from)
{
    int count = 0;
    for (int i = 0; i < l->count; i++)
        count += address_same(&l->item[i].from, from);
    return count;
}

bool lane_push(lane *l, void *item, const address *from)
{
    pthread_mutex_lock(&l->lock);
    bool taken = !l->closed && l->count < ITEMS && count_of(l, from) < ITEMS / 2;
    if (taken)
        l->item[l->count++] = (waiting){item, *from};
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
