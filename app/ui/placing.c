/* placing.c - follows the drawing on the map, and the network with another map. */
#include "placing.h"
#include "notice.h"
#include "views.h"

static const double pause_ms = 4000; /* between maps of a network in training */

void placing_free(app *self)
{
    app_placing *p = &self->placing;
    atlas_job_leave(p->job);
    atlas_free(p->map);
    features_free(p->net);
}

/* ---- the map ----------------------------------------------------------------------------------------------------- */

static void begin_map(app *self)
{
    nn_error err;
    app_placing *p = &self->placing;
    job_host host = app_job_host(self);
    p->asked = self->reader.revision;
    p->began = self->now;
    p->of = self->reader.network;
    if (!atlas_job_new(&p->job, app_inspected(self), self->paths.mnist, &host, &err))
        app_notice_error(self, &err);
}

/* One that cannot be made is asked for again with another network only. */
static void end_map(app *self)
{
    nn_error err;
    app_placing *p = &self->placing;
    atlas *made = atlas_job_take(p->job, &err);
    p->job = NULL;
    if (!made) {
        app_notice_error(self, &err);
        return;
    }
    atlas_free(p->map);
    p->map = made;
    p->version++;
    p->placed = (revision){0};
}

static void follow_map(app *self)
{
    app_placing *p = &self->placing;
    if (p->job && app_told(self, "map", atlas_job_is_done(p->job)) != 0)
        end_map(self);
    if (p->map && p->of != self->reader.network) { /* another one has another map */
        atlas_free(p->map);
        p->map = NULL;
        p->n_nearest = 0;
    }
    bool rested = !app_watches_training(self) || self->now >= p->began + pause_ms;
    if (!p->job && p->asked != self->reader.revision && rested)
        begin_map(self);
}

/* ---- the drawing ------------------------------------------------------------------------------------------------- */

/* Features of the network that the map is of: another one has none that can be compared. */
static bool make_features(app *self)
{
    nn_error err;
    app_placing *p = &self->placing;
    if (p->net && features_fits(p->net, app_inspected(self)))
        return p->net->count == p->map->count;
    features_free(p->net);
    if (!features_new(&p->net, app_inspected(self), &err))
        app_notice_error(self, &err);
    return p->net && p->net->count == p->map->count;
}

static void place_drawing(app *self)
{
    app_placing *p = &self->placing;
    const app_reading *r = app_read(self);
    float feature[FEATURES_MAX];
    p->placed = r->of;
    p->n_nearest = 0;
    if (r->answer.digit < 0 || !make_features(self))
        return;
    features_read(p->net, app_inspected(self), r->digit.image, 1, feature);
    p->n_nearest = atlas_place(p->map, feature, p->at, p->nearest);
}

void placing_tick(app *self)
{
    app_placing *p = &self->placing;
    if (self->settings.view != VIEW_INSIDE || !p->shown || !app_recogniser(self))
        return;
    follow_map(self);
    if (p->map && !revision_same(p->placed, app_read(self)->of))
        place_drawing(self);
}

static void show(app *self, bool shown)
{
    self->placing.shown = shown;
    views_show(self, VIEW_INSIDE);
    ui_set_focus(self->ui, shown ? "map.back" : action_about(ACTION_ATLAS)->name);
}

/* The middle of a cell, as a share of what all cells cover. */
static void look_at(app *self, int cell)
{
    app_placing *p = &self->placing;
    const element *e = ui_find(self->ui, "map");
    if (!e || e->kind != ELEMENT_GRID)
        return;
    rect r = ui_grid_cell(&e->grid, cell);
    p->looks = true;
    p->looked[0] = ((float)(r.x - e->r.x) + 0.5f * (float)r.w) / (float)e->r.w;
    p->looked[1] = ((float)(r.y - e->r.y) + 0.5f * (float)r.h) / (float)e->r.h;
}

/* What leads back to all layers leads back from the map first. */
bool placing_do(app *self, action act)
{
    bool shown = self->placing.shown && self->settings.view == VIEW_INSIDE;
    switch (act.id) {
    case ACTION_ATLAS: show(self, !shown); return true;
    case ACTION_LOOK: look_at(self, (int)act.value); return true;
    case ACTION_LAYER:
        if (shown)
            show(self, false);
        return shown;
    default: return false;
    }
}
