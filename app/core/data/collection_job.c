/* collection_job.c - the worker. */
#include "collection_job.h"
#include "app/core/paths.h"
#include "idx.h"
#include "nn/alloc.h"
#include "nn/file.h"
#include "nn/log.h"
#include "samples.h"
#include <stdio.h>

struct collection_job {
    job *job;
    collection_wish wish;
    char path[PATHS_MAX];
    bool ok;
    collection read;
    nn_error err;
};

/* ---- the worker -------------------------------------------------------------------------------------------------- */

/* Locked meanwhile, so that nobody adds a drawing that would be lost. */
static bool save(const collection_wish *w, nn_error *err)
{
    nn_log *log;
    if (!nn_log_open(&log, w->path, err))
        return false;
    bool ok = nn_log_size(log) == w->bytes
                  ? (w->len ? nn_file_save(w->path, w->text, w->len, NN_DURABLE, err) : nn_file_remove(w->path, err))
                  : nn_fail(err, NN_USAGE, 0, "%.150s: another window has changed it", w->path);
    nn_log_close(log);
    return ok;
}

static bool save_images(const collection_wish *w, nn_error *err)
{
    dataset images;
    if (!samples_read(&images, w->text, w->len, err))
        return false;
    bool ok = idx_save(&images, w->path, err);
    dataset_free(&images);
    return ok;
}

static void work(void *ctx, job *worker)
{
    collection_job *self = ctx;
    const collection_wish *w = &self->wish;
    (void)worker;
    switch (w->task) {
    case COLLECTION_READ: self->ok = collection_load(&self->read, w->path, &self->err); break;
    case COLLECTION_SAVE: self->ok = save(w, &self->err); break;
    case COLLECTION_STROKES: self->ok = nn_file_save(w->path, w->text, w->len, NN_CONSISTENT, &self->err); break;
    case COLLECTION_IMAGES: self->ok = save_images(w, &self->err); break;
    }
}

/* ---- for the owner ----------------------------------------------------------------------------------------------- */

static void free_job(void *ctx)
{
    collection_job *self = ctx;
    collection_free(&self->read);
    nn_free(self->wish.text);
    nn_free(self);
}

bool collection_job_new(collection_job **out, const collection_wish *wish, const job_host *host, nn_error *err)
{
    collection_job *self = *out = nn_alloc(1, sizeof *self);
    if (!self) {
        nn_free(wish->text);
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the drawings");
    }
    self->wish = *wish;
    snprintf(self->path, sizeof self->path, "%s", wish->path);
    self->wish.path = self->path;
    if (job_start(&self->job, work, self, host, err))
        return true;
    free_job(self);
    *out = NULL;
    return false;
}

bool collection_job_is_done(const collection_job *self)
{
    return job_has_ended(self->job);
}

const collection_wish *collection_job_wish(const collection_job *self)
{
    return &self->wish;
}

bool collection_job_take(collection_job *self, collection *read, nn_error *err)
{
    job_finish(self->job);
    bool ok = self->ok;
    *err = self->err;
    *read = self->read;
    self->read = (collection){.bytes = 0};
    free_job(self);
    return ok;
}

void collection_job_leave(collection_job *self)
{
    if (self)
        job_leave(self->job, free_job);
}
