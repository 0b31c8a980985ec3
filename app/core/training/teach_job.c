/* teach_job.c - gathers the lesson in the worker: the model, the kept drawings, other people's digits. */
#include "teach_job.h"
#include "app/core/data/dataset_load.h"
#include "app/core/data/kept.h"
#include "app/core/model/models.h"
#include "app/core/platform.h"
#include "nn/file.h"
#include "teach_facts.h"
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

struct teach_job {
    job *job;
    job *worker;           /* the same, as the worker knows it */
    atomic_int hundredths; /* of the work that is done */
    char model[PATHS_MAX], strokes[PATHS_MAX], base[NN_NAME];
    paths where;
    void (*on_thread_start)(void);
    bool ok;
    teach_outcome outcome;
    nn_error err;
};

/* What is open while it learns. */
typedef struct lesson {
    nn_model *model;
    kept kept;
    dataset others;
    teach_drawing drawing[TEACH_MOST];
    int n;
    teach_result result;
} lesson;

/* ---- the worker -------------------------------------------------------------------------------------------------- */

static bool is_stopped(void *ctx)
{
    teach_job *self = ctx;
    return job_is_stopped(self->worker);
}

static void tell(void *ctx, double share)
{
    teach_job *self = ctx;
    int hundredths = (int)(100 * share);
    if (hundredths > atomic_load(&self->hundredths)) {
        atomic_store(&self->hundredths, hundredths);
        job_tell(self->worker);
    }
}

static bool gather(teach_job *self, lesson *l)
{
    if (!models_open(&l->model, &self->where, self->model, &self->err) ||
        !kept_load(&l->kept, self->strokes, &self->err))
        return false;
    for (int i = l->kept.count - 1; i >= 0 && l->n < TEACH_MOST; i--) {
        int class = nn_class_called(l->model, l->kept.drawing[i].label);
        if (class >= 0)
            l->drawing[l->n++] = (teach_drawing){&l->kept.drawing[i].ink, class};
    }
    return !dataset_has(self->where.mnist, NULL, DATASET_TRAIN) ||
           dataset_load(&l->others, self->where.mnist, NULL, DATASET_TRAIN, &self->err);
}

/* "digitscope-taught-1", or the first number that is free; of a copy that was taught before, the next one. */
static bool choose_path(const teach_job *self, char path[PATHS_MAX])
{
    static const char taught[] = "-taught-", most[] = "-taught-9999";
    const char *end = strstr(self->base, taught);
    int length = end && strspn(end + strlen(taught), "0123456789") == strlen(end + strlen(taught))
                     ? (int)(end - self->base)
                     : (int)strlen(self->base);
    char base[NN_NAME], stem[NN_NAME], name[NN_NAME + 40];
    snprintf(base, sizeof base, "%.*s", length, self->base);
    models_stem(stem, base, NN_NAME - sizeof most);
    for (int i = 1; i < 10000; i++) {
        snprintf(name, sizeof name, "%s%s%d.safetensors", stem, taught, i);
        if (!paths_join(path, self->where.models, name))
            return false;
        if (!platform_exists(path))
            return true;
    }
    return false;
}

static bool save(teach_job *self, const lesson *l)
{
    char *path = self->outcome.path;
    const char *name = *self->model ? self->model : self->base;
    if (!teach_note(l->result.model, "in the window: taught", l->model, name, &l->result, &self->err))
        return false;
    if (!choose_path(self, path))
        return nn_fail(&self->err, NN_USAGE, 0, "there is no folder for it: HOME is not set");
    return nn_file_mkdirs(self->where.models, &self->err) && nn_model_save(l->result.model, path, &self->err);
}

static bool learn(teach_job *self, lesson *l)
{
    teach_config c = teach_defaults();
    c.others = l->others.count > 0 ? &l->others : NULL;
    c.threads = platform_threads();
    c.seconds = INFINITY; /* who has waited long enough stops it */
    c.on_thread_start = self->on_thread_start;
    c.stopped = is_stopped;
    c.tell = tell;
    c.ctx = self;
    if (!teach(&l->result, l->model, l->drawing, l->n, &c, &self->err))
        return false;
    self->outcome.drawings = l->result.drawings;
    self->outcome.others = l->result.others;
    return !teach_holds(&l->result) || save(self, l);
}

static void work(void *ctx, job *worker)
{
    teach_job *self = ctx;
    lesson *l = nn_alloc(1, sizeof *l);
    self->worker = worker;
    if (!l) {
        nn_fail(&self->err, NN_NOMEM, 0, "out of memory for the learning");
        return;
    }
    self->ok = gather(self, l) && learn(self, l);
    nn_model_free(l->result.model);
    dataset_free(&l->others);
    kept_free(&l->kept);
    nn_model_free(l->model);
    nn_free(l);
}

/* ---- for the owner ----------------------------------------------------------------------------------------------- */

bool teach_job_new(teach_job **out, const char *model, const char *strokes, const char *base, const paths *where,
                   const job_host *host, nn_error *err)
{
    teach_job *self = *out = nn_alloc(1, sizeof *self);
    if (!self)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the learning");
    snprintf(self->model, sizeof self->model, "%s", model);
    snprintf(self->strokes, sizeof self->strokes, "%s", strokes);
    snprintf(self->base, sizeof self->base, "%s", base);
    self->where = *where;
    self->on_thread_start = host->on_thread_start;
    if (job_start(&self->job, work, self, host, err))
        return true;
    nn_free(self);
    *out = NULL;
    return false;
}

bool teach_job_is_done(const teach_job *self)
{
    return job_has_ended(self->job);
}

float teach_job_progress(const teach_job *self)
{
    return 0.01f * (float)atomic_load(&self->hundredths);
}

bool teach_job_take(teach_job *self, teach_outcome *outcome, nn_error *err)
{
    job_finish(self->job);
    bool ok = self->ok;
    *outcome = self->outcome;
    *err = self->err;
    nn_free(self);
    return ok;
}

void teach_job_leave(teach_job *self)
{
    if (self)
        job_leave(self->job, nn_free);
}
