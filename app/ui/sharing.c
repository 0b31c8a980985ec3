/* sharing.c - a dialog that can be closed while sharing goes on. */
#include "sharing.h"
#include "app/texts/texts.h"
#include "clipboard.h"
#include "notice.h"
#include "popups.h"
#include <stdio.h>

static void show(app *self)
{
    app_sharing *s = &self->sharing;
    s->count = lan_addresses(s->address);
    s->chosen = s->chosen < s->count ? s->chosen : 0;
    app_show(self, POPUP_SHARE);
}

/* A session that is played again opens nothing to the network. */
static bool begin(app *self, nn_error *err)
{
    app_sharing *s = &self->sharing;
    job_host host = app_job_host(self);
    if (self->options.played)
        return nn_fail(err, NN_USAGE, 0, "a session that is played again shares nothing");
    return share_job_new(&s->job, s->address[s->chosen], app_reader_value(self), self->options.state_dir,
                         texts_language(), &host, err);
}

static void start(app *self)
{
    nn_error err;
    app_sharing *s = &self->sharing;
    if (s->job || s->count == 0)
        return;
    s->stopping = false;
    *self->problem = '\0';
    snprintf(s->model, sizeof s->model, "%s", *app_reader_value(self) ? self->reader.name : "");
    if (!begin(self, &err))
        app_tell_problem(self, err.text);
    ui_set_focus(self->ui, "close");
}

static void stop(app *self)
{
    app_sharing *s = &self->sharing;
    if (!s->job)
        return;
    s->stopping = true;
    share_job_stop(s->job);
    ui_set_focus(self->ui, "close");
}

static void copy_address(app *self)
{
    const share_news *news = app_shared(self);
    if (news)
        clipboard_copy_address(self, news->url);
}

static void choose(app *self, int index)
{
    if (index >= 0 && index < self->sharing.count)
        self->sharing.chosen = index;
}

/* What went wrong stands in the dialog, or where that is closed in the strip. */
static void tell_end(app *self, const nn_error *problem)
{
    if (problem->code == NN_OK)
        return;
    if (self->popup == POPUP_SHARE)
        app_tell_problem(self, problem->text);
    else
        app_failed(self, ACTION_SHARE_START, FORMAT_NOTICE_SHARING_ENDED, problem->text);
}

void sharing_tick(app *self)
{
    app_sharing *s = &self->sharing;
    if (!s->job || !share_job_look(s->job))
        return;
    s->version++;
    const share_news *news = share_job_news(s->job);
    if (news->stage == SHARE_ON)
        app_succeeded(self, ACTION_SHARE_START);
    if (news->stage != SHARE_ENDED)
        return;
    tell_end(self, &news->problem);
    share_job_leave(s->job);
    s->job = NULL;
}

void sharing_free(app *self)
{
    share_job_leave(self->sharing.job);
}

bool sharing_do(app *self, action act)
{
    switch (act.id) {
    case ACTION_SHARE: show(self); return true;
    case ACTION_SHARE_START: start(self); return true;
    case ACTION_SHARE_STOP: stop(self); return true;
    case ACTION_SHARE_COPY: copy_address(self); return true;
    case ACTION_SHARE_ADDRESS: choose(self, act.index); return true;
    default: return false;
    }
}
