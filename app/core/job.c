/* job.c - one thread with wishes that it is asked to respect: how fast it goes, pause and stop. */
#include "job.h"
#include "clock.h"
#include "nn/alloc.h"
#include "nn/thread.h"
#include "platform.h"
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>

struct job {
    void (*work)(void *ctx, job *self);
    void *ctx;
    job_host host;
    pthread_t thread;
    pthread_mutex_t lock; /* of the next three, and of changes to `stop` that a waiting worker must notice */
    pthread_cond_t changed;
    bool paused;
    int passes;  /* pieces that it may do nevertheless */
    double rest; /* seconds before every piece */
    atomic_bool stop, ended;
    void (*free_ctx)(void *ctx); /* of one that was left, else NULL; under left.lock, as is the setting of `ended` */
};

/* The jobs that nobody waits for. */
static struct {
    pthread_mutex_t lock;
    pthread_cond_t fewer;
    int count;
} left = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0};

static _Thread_local const job *own; /* of a worker's thread */

static void free_job(job *self)
{
    pthread_cond_destroy(&self->changed);
    pthread_mutex_destroy(&self->lock);
    nn_free(self);
}

static void free_left(job *self)
{
    self->free_ctx(self->ctx);
    free_job(self);
    pthread_mutex_lock(&left.lock);
    left.count--;
    pthread_cond_broadcast(&left.fewer);
    pthread_mutex_unlock(&left.lock);
}

static void *run(void *arg)
{
    job *self = arg;
    own = self;
    if (self->host.on_thread_start)
        self->host.on_thread_start();
    self->work(self->ctx, self);
    pthread_mutex_lock(&left.lock);
    atomic_store(&self->ended, true);
    bool is_left = self->free_ctx != NULL;
    pthread_mutex_unlock(&left.lock);
    if (is_left)
        free_left(self);
    else
        job_tell(self);
    return NULL;
}

/* Signals stay with the window's thread. */
static bool start_thread(job *self)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool started = nn_thread_start(&self->thread, run, self);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

bool job_start(job **out, void (*work)(void *ctx, job *self), void *ctx, const job_host *host, nn_error *err)
{
    *out = NULL;
    job *self = nn_alloc(1, sizeof *self);
    if (!self)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    self->work = work;
    self->ctx = ctx;
    self->host = *host;
    pthread_mutex_init(&self->lock, NULL);
    platform_new_condition(&self->changed);
    if (!start_thread(self)) {
        free_job(self);
        return nn_fail(err, NN_NOMEM, 0, "no thread can be started");
    }
    *out = self;
    return true;
}

void job_pause(job *self, bool paused)
{
    pthread_mutex_lock(&self->lock);
    self->paused = paused;
    self->passes = 0;
    pthread_cond_broadcast(&self->changed);
    pthread_mutex_unlock(&self->lock);
}

void job_pass(job *self)
{
    pthread_mutex_lock(&self->lock);
    self->passes++;
    pthread_cond_broadcast(&self->changed);
    pthread_mutex_unlock(&self->lock);
}

void job_set_rest(job *self, double rest)
{
    pthread_mutex_lock(&self->lock);
    self->rest = rest;
    pthread_cond_broadcast(&self->changed);
    pthread_mutex_unlock(&self->lock);
}

void job_stop(job *self)
{
    pthread_mutex_lock(&self->lock);
    atomic_store(&self->stop, true);
    pthread_cond_broadcast(&self->changed);
    pthread_mutex_unlock(&self->lock);
}

bool job_has_ended(const job *self)
{
    return atomic_load(&self->ended);
}

void job_wait(job *self)
{
    while (self && !job_has_ended(self))
        platform_sleep_ms(1);
}

void job_end(job *self)
{
    if (!self)
        return;
    job_stop(self);
    pthread_join(self->thread, NULL);
    free_job(self);
}

void job_finish(job *self)
{
    job_wait(self);
    job_end(self);
}

void job_leave(job *self, void (*free_ctx)(void *ctx))
{
    job_stop(self);
    pthread_mutex_lock(&left.lock);
    bool ended = job_has_ended(self);
    if (!ended) {
        self->free_ctx = free_ctx;
        left.count++;
        pthread_detach(self->thread);
    }
    pthread_mutex_unlock(&left.lock);
    if (!ended)
        return; /* it may be gone already */
    void *ctx = self->ctx;
    job_end(self);
    free_ctx(ctx);
}

void job_await_left(void)
{
    pthread_mutex_lock(&left.lock);
    while (left.count > 0)
        pthread_cond_wait(&left.fewer, &left.lock);
    pthread_mutex_unlock(&left.lock);
}

/* Who pauses it or takes the rest away ends it. */
static void rest(job *self)
{
    double began = clock_seconds(), still = self->rest;
    while (still > 0 && !self->paused && !atomic_load(&self->stop)) {
        platform_wait_at_most(&self->changed, &self->lock, still);
        still = began + self->rest - clock_seconds();
    }
}

bool job_goes_on(job *self)
{
    pthread_mutex_lock(&self->lock);
    rest(self);
    while (self->paused && self->passes == 0 && !atomic_load(&self->stop))
        pthread_cond_wait(&self->changed, &self->lock);
    if (self->passes > 0)
        self->passes--;
    pthread_mutex_unlock(&self->lock);
    return !atomic_load(&self->stop);
}

bool job_is_stopped(const job *self)
{
    return atomic_load(&self->stop);
}

bool job_stops(void *self)
{
    return job_is_stopped(self);
}

bool job_is_unwanted(void)
{
    return own && job_is_stopped(own);
}

bool job_wants_more(nn_error *err)
{
    return !job_is_unwanted() || nn_fail(err, NN_USAGE, 0, "not read: nobody waits for it any more");
}

void job_tell(job *self)
{
    if (self->host.wake)
        self->host.wake(self->host.ctx);
}
