/* remember.c - what the settings were when they were seen last, and the worker that writes them. */
#include "remember.h"
#include <string.h>

static const double still_ms = 500; /* a slider that is drawn changes many times a second */

void remember_begin(app *self)
{
    self->remembering.seen = self->settings;
}

/* The next start takes the first window's place, so the second one saves what that saved. */
static bool keep_first_place(settings *s, const paths *where, nn_error *err)
{
    settings first;
    int warnings;
    if (!settings_load(&first, where, &warnings, err))
        return false;
    s->window_x = first.window_x;
    s->window_y = first.window_y;
    s->window_w = first.window_w;
    s->window_h = first.window_h;
    s->maximised = first.maximised;
    settings_free(&first);
    return true;
}

static bool save(const app *self, settings s, nn_error *err)
{
    return (!self->second || keep_first_place(&s, &self->paths, err)) && settings_save(&s, &self->paths, err);
}

/* Of the application it reads only what does not change. What goes wrong is told at the end, which tries again. */
static void work(void *ctx, job *thread)
{
    const app *self = ctx;
    nn_error err;
    (void)thread;
    save(self, self->remembering.saved, &err);
}

static void finish(app *self)
{
    job_finish(self->remembering.job);
    self->remembering.job = NULL;
}

double remember_tick(app *self)
{
    app_remembering *r = &self->remembering;
    job_host host = app_job_host(self);
    nn_error err;
    if (r->job && job_has_ended(r->job))
        finish(self);
    if (memcmp(&r->seen, &self->settings, sizeof r->seen) != 0) {
        memcpy(&r->seen, &self->settings, sizeof r->seen);
        r->due = self->now + still_ms;
    }
    if (r->due == 0 || r->job)
        return -1;
    if (self->now < r->due)
        return r->due - self->now;
    r->due = 0;
    r->saved = r->seen;
    job_start(&r->job, work, self, &host, &err);
    return -1;
}

bool remember_end(app *self, nn_error *err)
{
    finish(self);
    return save(self, self->settings, err);
}

void remember_free(app *self)
{
    finish(self);
}
