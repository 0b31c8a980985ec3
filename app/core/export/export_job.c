/* export_job.c - several models are joined, then written. */
#include "export_job.h"
#include "app/core/paths.h"
#include "nn/join.h"
#include <stdio.h>
#include <string.h>

struct export_job {
    job *job;
    nn_model **model;
    int count;
    char path[PATHS_MAX];
    export_format format;
    bool ok;
    nn_error err;
};

static void work(void *ctx, job *thread)
{
    export_job *self = ctx;
    nn_model *joined = NULL;
    size_t bytes;
    (void)thread;
    if (self->count == 1 ||
        nn_join_probabilities(&joined, (const nn_model *const *)self->model, self->count, &self->err))
        self->ok = export_save(self->path, joined ? joined : self->model[0], self->format, &bytes, &self->err);
    nn_model_free(joined);
}

static void free_job(void *ctx)
{
    export_job *self = ctx;
    for (int i = 0; i < self->count; i++)
        nn_model_free(self->model[i]);
    nn_free(self->model);
    nn_free(self);
}

bool export_job_new(export_job **out, nn_model *const *model, int count, const char *path, export_format format,
                    const job_host *host, nn_error *err)
{
    export_job *self = *out = nn_alloc(1, sizeof *self);
    nn_model **own = nn_alloc((size_t)count, sizeof *own);
    if (!self || !own) {
        for (int i = 0; i < count; i++)
            nn_model_free(model[i]);
        nn_free(own);
        nn_free(self);
        *out = NULL;
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    }
    memcpy(own, model, (size_t)count * sizeof(nn_model *));
    *self = (export_job){.model = own, .count = count, .format = format};
    bool fits = snprintf(self->path, sizeof self->path, "%s", path) < (int)sizeof self->path;
    if (fits ? job_start(&self->job, work, self, host, err) : nn_fail(err, NN_LIMIT, 0, "the path is too long"))
        return true;
    free_job(self);
    *out = NULL;
    return false;
}

bool export_job_is_done(const export_job *self)
{
    return job_has_ended(self->job);
}

bool export_job_take(export_job *self, nn_error *err)
{
    job_finish(self->job);
    bool ok = self->ok;
    if (!ok)
        *err = self->err;
    free_job(self);
    return ok;
}

void export_job_leave(export_job *self)
{
    if (self)
        job_leave(self->job, free_job);
}
