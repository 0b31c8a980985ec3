/* reader.c - opens models and lets them read. */
#include "reader.h"
#include "app/core/platform.h"
#include "notice.h"
#include <stdio.h>
#include <string.h>

/* "models/own.safetensors" is shown as "own". */
static void short_name(char out[NN_NAME], const char *value)
{
    const char *slash = strrchr(value, '/'), *name = slash ? slash + 1 : value;
    const char *dot = strrchr(name, '.');
    snprintf(out, NN_NAME, "%.*s", (int)(dot && dot > name ? dot - name : (ptrdiff_t)strlen(name)), name);
}

/* Another network reads: what the one before said, its labels with it, is gone. */
static void begin_reading(app *self)
{
    self->reading.answer = answer_none();
    memset(self->reading.shown, 0, sizeof self->reading.shown);
    self->reader.revision++;
}

static void set_used(app *self, recogniser *used, const char *name, const char *path)
{
    app_reader *r = &self->reader;
    begin_reading(self);
    recogniser_free(r->used);
    r->used = used;
    r->guest = NULL;
    snprintf(r->name, sizeof r->name, "%s", name);
    snprintf(r->path, sizeof r->path, "%s", path);
}

void reader_invite(app *self, recogniser *guest, const char *name)
{
    begin_reading(self);
    self->reader.guest = guest;
    snprintf(self->reader.guest_name, sizeof self->reader.guest_name, "%s", name);
}

void reader_send_away(app *self)
{
    if (!self->reader.guest)
        return;
    begin_reading(self);
    self->reader.guest = NULL;
}

void reader_changed(app *self)
{
    self->reader.revision++;
}

void reader_free(app *self)
{
    model_load_free(self->reader.load);
    recogniser_free(self->reader.used);
}

/* ---- opening ----------------------------------------------------------------------------------------------------- */

bool app_use_model(app *self, const char *value, nn_error *err)
{
    nn_model *models[RECOGNISER_MAX_MODELS];
    recogniser *used;
    int count = 0;
    if (!models_open_all(models, RECOGNISER_MAX_MODELS, &count, &self->paths, value, err) ||
        !recogniser_new_ensemble(&used, models, count, err))
        return false;
    char standard[NN_NAME], name[NN_NAME];
    models_default(standard);
    short_name(name, value && *value ? value : standard);
    set_used(self, used, name, value && models_is_path(value) ? value : "");
    return true;
}

void reader_use(app *self, const char *const *values, int count, const char *name, bool remember)
{
    nn_error err;
    app_reader *r = &self->reader;
    job_host host = {self->host.ctx, self->host.wake, platform_lower_priority};
    model_load_free(r->load); /* only the last wish counts */
    if (!model_load_new(&r->load, &self->paths, values, count, &host, &err)) {
        app_notice_error(self, &err);
        return;
    }
    r->remember = remember;
    if (name)
        snprintf(r->wanted, sizeof r->wanted, "%s", name);
    else
        short_name(r->wanted, values[0]);
    bool by_path = count == 1 && models_is_path(values[0]);
    snprintf(r->wanted_path, sizeof r->wanted_path, "%s", by_path ? values[0] : "");
}

void reader_tick(app *self)
{
    nn_error err;
    app_reader *r = &self->reader;
    if (!r->load || app_told(self, "model", model_load_is_done(r->load)) == 0)
        return;
    recogniser *used = model_load_take(r->load, &err);
    r->load = NULL;
    if (!used) {
        app_notice_error(self, &err);
        return;
    }
    if (r->remember)
        snprintf(self->settings.model, sizeof self->settings.model, "%s", r->wanted);
    set_used(self, used, r->wanted, r->wanted_path);
}
