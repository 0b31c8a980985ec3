/* exporting.c - a copy of the model goes to a worker. */
#include "exporting.h"
#include "app/texts/texts.h"
#include "notice.h"
#include "save.h"
#include <stdio.h>
#include <string.h>

void exporting_propose(app *self, char *path, size_t size)
{
    snprintf(self->exporting.name, sizeof self->exporting.name, "%s", app_reader_name(self));
    save_free_name(path, size, self->files.documents, app_reader_name(self), ".onnx");
}

/* As it is now, for others may take its place meanwhile. */
static bool copy_models(const app *self, nn_model *copy[RECOGNISER_MAX_MODELS], int *count, nn_error *err)
{
    int n = recogniser_members(app_recogniser(self));
    for (*count = 0; *count < n; ++*count)
        if (!nn_model_twin(&copy[*count], recogniser_member(app_recogniser(self), *count), err)) {
            while (*count > 0)
                nn_model_free(copy[--*count]);
            return false;
        }
    return true;
}

bool exporting_begin(app *self, const char *path, nn_error *err)
{
    app_exporting *e = &self->exporting;
    export_format format = export_format_of(path);
    export_job *begun;
    nn_model *copy[RECOGNISER_MAX_MODELS];
    int count;
    job_host host = app_job_host(self);
    if (format == EXPORT_FORMATS)
        return nn_fail(err, NN_USAGE, 0, "the name must end with .onnx, .keras, .safetensors or .h");
    if (strcmp(e->name, app_reader_name(self)) != 0) {
        snprintf(e->name, sizeof e->name, "%s", app_reader_name(self));
        return nn_fail(err, NN_USAGE, 0, "Meanwhile another model is in use, %s: again, and that one is saved",
                       e->name);
    }
    if (!copy_models(self, copy, &count, err) || !export_job_new(&begun, copy, count, path, format, &host, err))
        return false;
    export_job_leave(e->job);
    e->job = begun;
    snprintf(e->path, sizeof e->path, "%s", path);
    return true;
}

void exporting_tick(app *self)
{
    nn_error err;
    app_exporting *e = &self->exporting;
    if (!e->job || app_told(self, "export", export_job_is_done(e->job)) == 0)
        return;
    if (export_job_take(e->job, &err)) {
        app_succeeded(self, ACTION_EXPORT);
        app_done(self, ACTION_NONE, FORMAT_NOTICE_SAVED, e->path);
    } else {
        app_failed_error(self, ACTION_EXPORT, &err);
    }
    e->job = NULL;
}

void exporting_free(app *self)
{
    export_job_leave(self->exporting.job);
}
