/* actions.c - to each part its actions; here are those of tools, settings and views. */
#include "actions.h"
#include "breaking.h"
#include "clipboard.h"
#include "comparison.h"
#include "dialogs.h"
#include "digits.h"
#include "drawing.h"
#include "files.h"
#include "help.h"
#include "inside.h"
#include "learn.h"
#include "net_editor.h"
#include "notice.h"
#include "numbers.h"
#include "opened.h"
#include "own_models.h"
#include "placing.h"
#include "popups.h"
#include "sharing.h"
#include "teaching.h"
#include "testing.h"
#include "touching.h"
#include "train.h"
#include "views.h"
#include "votes.h"
#include <math.h>

static void set_brush(app *self, float width)
{
    self->settings.brush = fminf(fmaxf(roundf(width), APP_BRUSH_MIN), APP_BRUSH_MAX);
}

/* As many steps as it takes to be seen: a small window holds back a large zoom. */
static void change_zoom(app *self, float step)
{
    float zoom = self->settings.zoom, before = app_scale(self, zoom);
    do
        zoom = fminf(fmaxf(zoom * step, app_zoom_min), app_zoom_max);
    while (app_scale(self, zoom) == before && zoom > app_zoom_min && zoom < app_zoom_max);
    self->settings.zoom = zoom;
}

static void switch_theme(app *self)
{
    bool dark = self->ui->colours == &theme_dark;
    self->settings.theme = dark ? THEME_LIGHT : THEME_DARK;
    self->ui->colours = dark ? &theme_light : &theme_dark;
}

static void fill_screen(const app *self)
{
    if (self->host.fullscreen)
        self->host.fullscreen(self->host.ctx);
}

static void take_back(app *self)
{
    const app_message *said = app_said(self);
    if (!said || said->take_back == ACTION_NONE)
        return;
    int undoing = said->take_back;
    app_withdraw(self, undoing); /* first: what fails says so, and offers it again */
    app_do(self, (action){.id = undoing});
}

static bool tools_do(app *self, action act)
{
    settings *s = &self->settings;
    switch (act.id) {
    case ACTION_ERASER: self->eraser = !self->eraser; return true;
    case ACTION_THINNER: set_brush(self, s->brush - 2); return true;
    case ACTION_THICKER: set_brush(self, s->brush + 2); return true;
    case ACTION_BRUSH: set_brush(self, act.value); return true;
    case ACTION_SMOOTHING: s->smoothing = act.value; return true;
    case ACTION_PAUSE: s->pause = roundf(2 * act.value) / 2; return true;
    case ACTION_TAPS: s->taps = !s->taps; return true;
    case ACTION_PRESSURE: s->pressure = !s->pressure; return true;
    case ACTION_THEME: switch_theme(self); return true;
    case ACTION_ZOOM_IN: change_zoom(self, 1.1f); return true;
    case ACTION_ZOOM_OUT: change_zoom(self, 1 / 1.1f); return true;
    case ACTION_ZOOM_RESET: s->zoom = 1; return true;
    case ACTION_FULLSCREEN: fill_screen(self); return true;
    case ACTION_DISMISS: app_dismiss(self); return true;
    case ACTION_TAKE_BACK: take_back(self); return true;
    default: return false;
    }
}

static bool views_do(app *self, action act)
{
    static const struct {
        int id;
        view_choice view;
    } views[] = {{ACTION_VIEW_READ, VIEW_READ},
                 {ACTION_VIEW_BREAK, VIEW_BREAK},
                 {ACTION_VIEW_INSIDE, VIEW_INSIDE},
                 {ACTION_VIEW_TRAIN, VIEW_TRAIN}};
    for (size_t i = 0; i < sizeof views / sizeof views[0]; i++)
        if (views[i].id == act.id) {
            views_show(self, views[i].view);
            return true;
        }
    return false;
}

/* Each does what is its own, and says whether it was. */
static bool (*const parts[])(app *self, action act) = {
    tools_do,   views_do,  drawing_do,    numbers_do,    files_do,    dialogs_do,  clipboard_do, sharing_do,
    placing_do, opened_do, votes_do,      inside_do,     touching_do, breaking_do, help_do,      comparison_do,
    testing_do, train_do,  net_editor_do, own_models_do, learn_do,    teaching_do, digits_do,
};

bool app_do(app *self, action act)
{
    bool named = act.id >= ACTION_OWN && act.id < ACTION_NAMED_END;
    /* An entry of the menu closes it; what opens another popup takes its place. */
    if (self->popup == POPUP_MENU && named && act.id != ACTION_MENU)
        app_show(self, POPUP_NONE);
    if (named && !app_remark_unless(self, act.id))
        return true;
    inside_forget_other(self);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (parts[i](self, act))
            return true;
    return false;
}
