/* fetch_job.c - the four files one after the other. */
#include "fetch_job.h"
#include "app/core/clock.h"
#include "app/core/mailbox.h"
#include "nn/alloc.h"
#include "nn/file.h"
#include <stdio.h>

static const double tell_seconds = 0.1;

struct fetch_job {
    char from[PATHS_MAX], folder[PATHS_MAX];
    job *job;
    fetch_news slot[MAILBOX_SLOTS];
    mailbox box;

    /* the worker's own */
    job *worker;
    fetch_news now;
    size_t before;      /* bytes of the files that are complete */
    size_t first;       /* bytes that were there when it began */
    double began, told; /* seconds */
};

static void publish(fetch_job *self)
{
    self->slot[self->box.writing] = self->now;
    mailbox_publish(&self->box);
    self->told = clock_seconds();
    job_tell(self->worker);
}

static bool on_progress(void *ctx, size_t done, size_t total)
{
    fetch_job *self = ctx;
    fetch_news *now = &self->now;
    double t = clock_seconds();
    if (total > 0) {
        now->done = self->before + done;
        if (now->total < now->done) /* a mirror's file may be longer; its checksum decides */
            now->total = now->done;
        if (self->began <= 0)
            self->began = t, self->first = now->done;
        if (now->done > self->first)
            now->seconds_left =
                (t - self->began) * (double)(now->total - now->done) / (double)(now->done - self->first);
    }
    if (t - self->told >= tell_seconds)
        publish(self);
    return !job_is_stopped(self->worker);
}

static void work(void *ctx, job *worker)
{
    fetch_job *self = ctx;
    fetch_news *now = &self->now;
    self->worker = worker;
    download_result result = DOWNLOAD_DONE;
    for (int i = 0; i < MNIST_FILES && result >= DOWNLOAD_DONE; i++) {
        char path[PATHS_MAX];
        if (!mnist_has(i, self->folder, path))
            result = mnist_fetch(i, self->from, path, on_progress, self, &now->problem);
        self->before += mnist_files[i].bytes;
    }
    if (result != DOWNLOAD_FAILED)
        now->problem = (nn_error){.code = NN_OK};
    now->ended = true;
    publish(self);
}

bool fetch_job_new(fetch_job **out, const char *from, const char *folder, const job_host *host, nn_error *err)
{
    *out = NULL;
    if (!*folder)
        return nn_fail(err, NN_USAGE, 0, "there is no home folder to put it in");
    if (!nn_file_mkdirs(folder, err))
        return false;
    fetch_job *self = nn_alloc(1, sizeof *self);
    if (!self)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    snprintf(self->from, sizeof self->from, "%s", from ? from : MNIST_MIRROR);
    snprintf(self->folder, sizeof self->folder, "%s", folder);
    mailbox_init(&self->box);
    for (int i = 0; i < MNIST_FILES; i++)
        self->now.total += mnist_files[i].bytes;
    for (int i = 0; i < MAILBOX_SLOTS; i++)
        self->slot[i] = self->now;
    mnist_start();
    if (!job_start(&self->job, work, self, host, err)) {
        fetch_job_free(self);
        return false;
    }
    *out = self;
    return true;
}

void fetch_job_free(fetch_job *self)
{
    if (!self)
        return;
    job_end(self->job);
    mnist_end();
    nn_free(self);
}

void fetch_job_stop(fetch_job *self)
{
    job_stop(self->job);
}

bool fetch_job_look(fetch_job *self)
{
    return mailbox_take(&self->box);
}

const fetch_news *fetch_job_news(const fetch_job *self)
{
    return &self->slot[self->box.reading];
}
