/* describe_job.c - the file is read, changed and saved. */
#include "describe_job.h"
#include "nn/json.h"
#include <stdio.h>
#include <string.h>

struct describe_job {
    job *job;
    char path[PATHS_MAX], text[MODELS_DESCRIPTION];
    bool ok;
    nn_error err;
};

static bool change_facts(nn_model *model, const char *text, nn_error *err)
{
    json_t *facts = model->training ? models_facts(model) : json_object();
    bool ok = *text ? json_object_set_new(facts, MODELS_DESCRIPTION_KEY, json_string(text)) == 0
                    : facts && (json_object_del(facts, MODELS_DESCRIPTION_KEY), true);
    char *changed = ok ? nn_json_text(facts, JSON_COMPACT | JSON_REAL_PRECISION(17)) : NULL;
    json_decref(facts);
    if (!changed)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    nn_free(model->training);
    model->training = changed;
    return true;
}

bool model_describe(const char *path, const char *text, nn_error *err)
{
    nn_model *model;
    if (!models_load_file(&model, path, err))
        return false;
    bool ok = change_facts(model, text, err) && nn_model_save(model, path, err);
    nn_model_free(model);
    return ok;
}

static void work(void *ctx, job *worker)
{
    describe_job *self = ctx;
    (void)worker;
    self->ok = model_describe(self->path, self->text, &self->err);
}

bool describe_job_new(describe_job **out, const char *path, const char *text, const job_host *host, nn_error *err)
{
    describe_job *self = *out = nn_alloc(1, sizeof *self);
    if (!self)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    snprintf(self->path, sizeof self->path, "%s", path);
    snprintf(self->text, sizeof self->text, "%s", text);
    if (job_start(&self->job, work, self, host, err))
        return true;
    nn_free(self);
    *out = NULL;
    return false;
}

bool describe_job_is_done(const describe_job *self)
{
    return job_has_ended(self->job);
}

bool describe_job_take(describe_job *self, nn_error *err)
{
    job_finish(self->job);
    bool ok = self->ok;
    *err = self->err;
    nn_free(self);
    return ok;
}

void describe_job_free(describe_job *self)
{
    nn_error err;
    if (self)
        describe_job_take(self, &err);
}
