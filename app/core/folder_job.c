/* folder_job.c - the worker fills the list and then one small picture after the other; each is published by a flag of its
 * own, after which nobody writes to it. */
#include "folder_job.h"
#include "nn/alloc.h"
#include <stdatomic.h>
#include <stdio.h>

enum { THUMBS_MAX = 400 };

typedef struct thumbnail {
    atomic_bool there;
    unsigned char grey[FOLDER_THUMB * FOLDER_THUMB];
} thumbnail;

struct folder_job {
    job *job;
    char path[PATHS_MAX];
    folder_thumbnail make;
    folder_listing list;
    nn_error err; /* without text: none */
    atomic_bool listed;
    thumbnail *thumb; /* THUMBS_MAX, of the first entries */
};

static void work(void *ctx, job *thread)
{
    folder_job *self = ctx;
    if (!folder_list(&self->list, self->path, &self->err))
        snprintf(self->list.path, sizeof self->list.path, "%s", self->path);
    atomic_store(&self->listed, true);
    job_tell(thread);
    for (int i = 0; i < self->list.count && i < THUMBS_MAX && job_goes_on(thread); i++) {
        char path[PATHS_MAX];
        const folder_entry *e = &self->list.entry[i];
        if (e->is_folder || !paths_join(path, self->path, e->name) || !self->make(path, self->thumb[i].grey))
            continue;
        atomic_store(&self->thumb[i].there, true);
        job_tell(thread);
    }
}

bool folder_job_new(folder_job **out, const char *path, folder_thumbnail make, const job_host *host, nn_error *err)
{
    folder_job *self = *out = nn_alloc(1, sizeof *self);
    if (self)
        self->thumb = nn_alloc(THUMBS_MAX, sizeof *self->thumb);
    if (!self || !self->thumb) {
        folder_job_free(self);
        *out = NULL;
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    }
    snprintf(self->path, sizeof self->path, "%s", path);
    self->make = make;
    if (job_start(&self->job, work, self, host, err))
        return true;
    folder_job_free(self);
    *out = NULL;
    return false;
}

const folder_listing *folder_job_list(const folder_job *self, const nn_error **problem)
{
    if (!atomic_load(&self->listed))
        return NULL;
    *problem = self->err.text[0] ? &self->err : NULL;
    return &self->list;
}

const unsigned char *folder_job_thumbnail(const folder_job *self, int i)
{
    return i < THUMBS_MAX && atomic_load(&self->thumb[i].there) ? self->thumb[i].grey : NULL;
}

void folder_job_stop(folder_job *self)
{
    job_stop(self->job);
}

bool folder_job_has_ended(const folder_job *self)
{
    return job_has_ended(self->job);
}

void folder_job_free(folder_job *self)
{
    if (!self)
        return;
    job_end(self->job);
    folder_free(&self->list);
    nn_free(self->thumb);
    nn_free(self);
}
