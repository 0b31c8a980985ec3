/* atlas_job.c - the worker and its copy of the model. */
#include "atlas_job.h"
#include <stdio.h>

struct atlas_job {
    job *job;
    nn_model *model;
    char folder[PATHS_MAX];
    atlas *made; /* the result; NULL: err */
    nn_error err;
};

static void work(void *ctx, job *worker)
{
    atlas_job *self = ctx;
    atlas_new(&self->made, self->model, self->folder, ATLAS_DIGITS, job_stops, worker, &self->err);
}

static void free_job(void *ctx)
{
    atlas_job *self = ctx;
    atlas_free(self->made);
    nn_model_free(self->model);
    nn_free(self);
}

bool atlas_job_new(atlas_job **out, const nn_model *model, const char *folder, const job_host *host, nn_error *err)
{
    atlas_job *self = *out = nn_alloc(1, sizeof *self);
    if (!self)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    snprintf(self->folder, sizeof self->folder, "%s", folder);
    if (nn_model_twin(&self->model, model, err) && job_start(&self->job, work, self, host, err))
        return true;
    free_job(self);
    *out = NULL;
    return false;
}

bool atlas_job_is_done(const atlas_job *self)
{
    return job_has_ended(self->job);
}

atlas *atlas_job_take(atlas_job *self, nn_error *err)
{
    job_finish(self->job);
    atlas *made = self->made;
    if (!made)
        *err = self->err;
    self->made = NULL;
    free_job(self);
    return made;
}

void atlas_job_leave(atlas_job *self)
{
    if (self)
        job_leave(self->job, free_job);
}
