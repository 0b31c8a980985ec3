/* data_source_job.c - the worker. */
#include "data_source_job.h"
#include "nn/alloc.h"
#include <stdio.h>
#include <string.h>

struct data_source_job {
    job *job;
    char path[PATHS_MAX];
    dataset_part part;
    data_source found;
    bool ok;
    nn_error err;
};

static void work(void *ctx, job *worker)
{
    data_source_job *self = ctx;
    (void)worker;
    self->ok = data_source_find(&self->found, self->path, NULL, self->part, &self->err);
}

bool data_source_job_new(data_source_job **out, const char *path, dataset_part part, const job_host *host,
                         nn_error *err)
{
    data_source_job *self = *out = nn_alloc(1, sizeof *self);
    if (!self)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    snprintf(self->path, sizeof self->path, "%s", path);
    self->part = part;
    if (job_start(&self->job, work, self, host, err))
        return true;
    nn_free(self);
    *out = NULL;
    return false;
}

bool data_source_job_is_done(const data_source_job *self)
{
    return job_has_ended(self->job);
}

bool data_source_job_take(data_source_job *self, char path[PATHS_MAX], nn_error *err)
{
    job_finish(self->job);
    bool ok = self->ok;
    *err = self->err;
    memcpy(path, self->path, PATHS_MAX);
    nn_free(self);
    return ok;
}

void data_source_job_leave(data_source_job *self)
{
    if (self)
        job_leave(self->job, nn_free);
}
