/* learn.c - keeps the look at images and network up to date with what is chosen. */
#include "learn.h"
#include "app/core/platform.h"
#include "drawing.h"
#include "help.h"
#include "notice.h"
#include "train_choices.h"
#include <stdio.h>
#include <string.h>

void learn_free(app *self)
{
    app_learn *l = &self->learn;
    data_sheet_job_leave(l->looking);
    doubts_job_leave(l->doubting);
    net_cost_job_leave(l->cost);
    data_sheet_free(&l->sheet);
}

/* ---- images ------------------------------------------------------------------------------------------------------ */

/* Another model that is in use by now may know what their classes are. */
static bool may_be_doubted_now(const app *self)
{
    const app_learn *l = &self->learn;
    return l->doubts && !l->doubts->known && strcmp(l->doubter, app_reader_value(self)) != 0;
}

static bool looks_at(const app *self, const training_data *images)
{
    const app_learn *l = &self->learn;
    bool same = l->version > 0 && l->wanted.choice == images->choice && strcmp(l->wanted.path, images->path) == 0;
    return same && (images->choice != TRAIN_KEPT || l->kept == self->training.n_kept) && !may_be_doubted_now(self);
}

static void forget_doubts(app_learn *l)
{
    doubts_job_leave(l->doubting);
    l->doubting = NULL;
    l->doubts = NULL;
    l->no_doubts[0] = '\0';
    l->doubt = -1;
}

static void look_at_images(app *self, const training_data *images)
{
    app_learn *l = &self->learn;
    nn_error err;
    job_host host = app_job_host(self);
    data_sheet_job_leave(l->looking);
    data_sheet_free(&l->sheet);
    forget_doubts(l);
    l->version++;
    l->wanted = *images;
    l->kept = self->training.n_kept;
    l->no_images[0] = '\0';
    if (!data_sheet_job_new(&l->looking, images, &self->paths, &host, &err))
        snprintf(l->no_images, sizeof l->no_images, "%s", err.text);
}

static void pause_doubts(app_learn *l, bool paused)
{
    l->paused = paused;
    doubts_job_pause(l->doubting, paused);
}

static void doubt_labels(app *self, dataset *data)
{
    app_learn *l = &self->learn;
    nn_error err;
    job_host host = app_job_host(self);
    snprintf(l->doubter, sizeof l->doubter, "%s", app_reader_value(self));
    if (!doubts_job_new(&l->doubting, data, l->doubter, platform_threads(), &self->paths, &host, &err))
        snprintf(l->no_doubts, sizeof l->no_doubts, "%s", err.text);
    else
        pause_doubts(l, true);
}

static void follow_images(app *self)
{
    app_learn *l = &self->learn;
    nn_error err;
    dataset data;
    if (!l->looking || app_told(self, "sheet", data_sheet_job_is_done(l->looking)) == 0)
        return;
    if (!data_sheet_job_take(l->looking, &l->sheet, &data, &err))
        snprintf(l->no_images, sizeof l->no_images, "%s", err.text);
    else if (l->wanted.choice != TRAIN_SYNTHETIC)
        doubt_labels(self, &data);
    dataset_free(&data);
    l->looking = NULL;
    l->version++;
}

/* Not while something is measured or learned, nor where nobody looks. */
static void follow_doubts(app *self)
{
    app_learn *l = &self->learn;
    nn_error err;
    if (!app_looks_for_doubts(self))
        return;
    bool busy = self->settings.view != VIEW_TRAIN || self->training.job || !l->done;
    if (busy != l->paused)
        pause_doubts(l, busy);
    if (app_told(self, "doubts", doubts_job_is_done(l->doubting)) == 0)
        return;
    pause_doubts(l, false); /* where it is told, it may have to be waited for */
    l->doubts = doubts_job_found(l->doubting, &err);
    if (!l->doubts)
        snprintf(l->no_doubts, sizeof l->no_doubts, "%s", err.text);
    l->version++;
}

/* Onto the canvas, which shows how it is read. */
static void show_doubt(app *self, int index)
{
    app_learn *l = &self->learn;
    nn_error err;
    if (!l->doubts || index < 0 || index >= l->doubts->n_listed)
        return;
    if (!drawing_show_image(self, doubts_job_image(l->doubting, index), l->sheet.side, &err)) {
        app_notice_error(self, &err);
        return;
    }
    l->doubt = index;
    l->picture = app_shown_number(self);
}

/* ---- the network ------------------------------------------------------------------------------------------------- */

/* Without images the network is shown as it was written. */
static net_cost_request request_for(const app *self)
{
    const data_sheet *sheet = &self->learn.sheet;
    net_cost_request r = {.count = TRAINING_MADE,
                          .side = DIGIT_SIDE,
                          .classes = 10,
                          .batch = TRAIN_BATCH,
                          .threads = platform_threads(),
                          .augment = self->settings.train_augment};
    snprintf(r.net, sizeof r.net, "%s", app_train_net(self));
    if (sheet->count > 0)
        r.count = sheet->count, r.side = sheet->side, r.classes = sheet->classes;
    return r;
}

static bool same_request(const net_cost_request *a, const net_cost_request *b)
{
    return strcmp(a->net, b->net) == 0 && a->count == b->count && a->side == b->side && a->classes == b->classes &&
           a->threads == b->threads && a->augment == b->augment;
}

static void ask_cost(app *self, const net_cost_request *request)
{
    app_learn *l = &self->learn;
    nn_error err;
    job_host host = app_job_host(self);
    net_cost_job_leave(l->cost);
    l->plan = NULL;
    l->has_read = l->done = false;
    l->epoch_seconds = 0;
    l->no_net[0] = '\0';
    l->asked = *request;
    if (!net_cost_job_new(&l->cost, request, &self->paths, &host, &err))
        snprintf(l->no_net, sizeof l->no_net, "%s", err.text);
}

void learn_ask_again(app *self)
{
    app_learn *l = &self->learn;
    net_cost_job_leave(l->cost);
    l->cost = NULL;
    l->plan = NULL;
}

static void follow_cost(app *self)
{
    app_learn *l = &self->learn;
    nn_error err;
    if (l->cost && !l->has_read && app_told(self, "plan", net_cost_job_has_read(l->cost)) != 0) {
        l->has_read = true;
        l->plan = net_cost_job_plan(l->cost);
    }
    if (!l->cost || l->done || app_told(self, "cost", net_cost_job_is_done(l->cost)) == 0)
        return;
    l->done = true;
    if (!net_cost_job_seconds(l->cost, &l->epoch_seconds, &err))
        snprintf(l->no_net, sizeof l->no_net, "%s", err.text);
    l->epoch_seconds = app_told(self, "epoch", l->epoch_seconds);
}

/* ---- the past ---------------------------------------------------------------------------------------------------- */

/* Beside the model in use. */
static bool path_of_past(const app *self, char path[PATHS_MAX])
{
    const app_reader *r = &self->reader;
    char base[PATHS_MAX];
    const char *ending = strrchr(r->path, '.');
    int length = ending ? (int)(ending - r->path) : (int)strlen(r->path);
    if (!*r->path)
        return app_own_path(self, r->name, train_past_ending, path);
    snprintf(base, sizeof base, "%.*s", length, r->path);
    return snprintf(path, PATHS_MAX, "%s%s", base, train_past_ending) < PATHS_MAX;
}

static void look_for_past(app *self)
{
    app_learn *l = &self->learn;
    const app_reader *r = &self->reader;
    if (l->past_reader == r->revision && strcmp(l->past_of, r->name) == 0)
        return;
    l->past_reader = r->revision;
    snprintf(l->past_of, sizeof l->past_of, "%s", r->name);
    if (!r->used || r->guest || r->together || !path_of_past(self, l->past) || !platform_exists(l->past))
        l->past[0] = '\0';
}

/* ---- together ---------------------------------------------------------------------------------------------------- */

/* While a network learns, nothing else is measured. */
static void begin(app *self)
{
    app_learn *l = &self->learn;
    training_data images;
    if (self->settings.view != VIEW_TRAIN || self->training.job || self->training.fetch)
        return;
    look_for_past(self);
    train_images(self, &images);
    if (!app_lacks_images(self) && !looks_at(self, &images))
        look_at_images(self, &images);
    net_cost_request request = request_for(self);
    if (!l->looking && (!l->cost || !same_request(&l->asked, &request)))
        ask_cost(self, &request);
}

void learn_tick(app *self)
{
    follow_images(self);
    begin(self);
    follow_cost(self);
    follow_doubts(self);
}

static void show_page(app *self, int page)
{
    if (page >= 0 && page < LEARN_PAGES)
        self->learn.page = (learn_page)page;
}

bool learn_do(app *self, action act)
{
    switch (act.id) {
    case ACTION_LEARN_PAGE: show_page(self, act.index); return true;
    case ACTION_LEARN_DOUBT: show_doubt(self, act.index); return true;
    case ACTION_LEARN_FORMULAS: help_show(self, "formulas"); return true;
    default: return false;
    }
}
