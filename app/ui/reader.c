/* reader.c - opens models and lets them read. */
#include "reader.h"
#include "app/core/console/terminal.h"
#include "notice.h"
#include <stdio.h>
#include <string.h>

/* Another network reads: what the one before said, its labels with it, is gone. */
static void begin_reading(app *self)
{
    self->reading.answer = answer_none();
    memset(self->reading.shown, 0, sizeof self->reading.shown);
    self->reader.member = 0;
    self->reader.network++;
    self->reader.revision++;
}

void reader_adopt(app *self, recogniser *used, const char *name, const char *path)
{
    app_reader *r = &self->reader;
    begin_reading(self);
    recogniser_free(r->used);
    r->used = used;
    r->guest = NULL;
    r->together = false;
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
    model_load_leave(self->reader.load);
    recogniser_free(self->reader.used);
}

/* ---- opening ----------------------------------------------------------------------------------------------------- */

static void begin_load(app *self, const char *const *values, int count, const char *name, bool remember)
{
    nn_error err;
    app_reader *r = &self->reader;
    job_host host = app_job_host(self);
    model_load_leave(r->load); /* only the last wish counts */
    if (!model_load_new(&r->load, &self->paths, values, count, &host, &err)) {
        app_notice_error(self, &err);
        return;
    }
    r->remember = remember;
    r->wanted_together = count > 1;
    bool by_path = count == 1 && models_is_path(values[0]);
    snprintf(r->wanted, sizeof r->wanted, "%s", name);
    snprintf(r->wanted_path, sizeof r->wanted_path, "%s", by_path ? values[0] : "");
}

void reader_use(app *self, const char *const *values, int count, const char *name, bool remember)
{
    self->reader.tried = 0;
    begin_load(self, values, count, name, remember);
}

void reader_call_off(app *self)
{
    model_load_leave(self->reader.load);
    self->reader.load = NULL;
}

void reader_use_one(app *self, const char *value)
{
    char name[NN_NAME];
    models_short_name(name, value);
    reader_use(self, &value, 1, name, false);
}

/* The model asked for, else the one remembered, else the default. */
static void try_next(app *self)
{
    const char *wanted[] = {self->options.model ? self->options.model : "", self->settings.model, ""};
    const int count = sizeof wanted / sizeof wanted[0];
    int *tried = &self->reader.tried;
    while (*tried + 1 < count && !*wanted[*tried])
        ++*tried;
    if (*tried == count)
        return;
    const char *value = wanted[(*tried)++];
    char name[NN_NAME];
    models_short_name(name, value);
    begin_load(self, &value, 1, name, false);
}

void reader_start(app *self)
{
    try_next(self);
}

static void report(app *self, const nn_error *err)
{
    const app_reader *r = &self->reader;
    if (r->used) {
        app_notice_refused(self, *r->wanted_path ? r->wanted_path : r->wanted, err);
        return;
    }
    app_notice_error(self, err);
    terminal_complain("digitscope: %s\n", err->text);
    try_next(self);
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
        report(self, &err);
        return;
    }
    if (r->remember)
        snprintf(self->settings.model, sizeof self->settings.model, "%s", r->wanted);
    reader_adopt(self, used, r->wanted, r->wanted_path);
    r->together = r->wanted_together;
}
