/* actions.c - what every action does. */
#include "actions.h"
#include "app/core/drawing/strokes.h"
#include "app/core/platform.h"
#include "comparison.h"
#include "drawing.h"
#include "inside.h"
#include "notice.h"
#include "open.h"
#include "popups.h"
#include "reader.h"
#include "save.h"
#include "train.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- menus and dialogs ------------------------------------------------------------------------------------------- */

/* The elements, then the keys, then the window again. */
static void next_help(app *self)
{
    app_show(self, self->popup == POPUP_HELP ? POPUP_KEYS : self->popup == POPUP_KEYS ? POPUP_NONE : POPUP_HELP);
}

static void accept_open(app *self)
{
    nn_error err;
    if (app_open(self, self->ui->field.text, &err))
        app_show(self, POPUP_NONE);
    else
        snprintf(self->problem, sizeof self->problem, "%s", err.text);
}

/* An existing file is replaced only when the same name is confirmed. */
static void accept_save(app *self)
{
    nn_error err;
    const char *path = self->ui->field.text;
    if (platform_exists(path) && strcmp(path, self->replace) != 0) {
        snprintf(self->replace, sizeof self->replace, "%s", path);
        snprintf(self->problem, sizeof self->problem,
                 "This file exists already. Press Replace to put the drawing in its place.");
        return;
    }
    if (!app_save(self, path, &err)) {
        snprintf(self->problem, sizeof self->problem, "%s", err.text);
        return;
    }
    app_remark(self, "Saved as %s", path);
    app_show(self, POPUP_NONE);
}

static void save_as(app *self, save_kind kind)
{
    char path[UI_FIELD];
    snprintf(path, sizeof path, "%s", self->ui->field.text);
    save_kind_rename(path, sizeof path, kind);
    ui_edit(self->ui, path);
    self->problem[0] = self->replace[0] = '\0';
}

static void accept_text(app *self, bool (*take)(app *, const char *, nn_error *))
{
    nn_error err;
    if (take(self, self->ui->field.text, &err))
        app_show(self, POPUP_NONE);
    else
        snprintf(self->problem, sizeof self->problem, "%s", err.text);
}

static void choose_model(app *self, int index)
{
    if (index < 0 || index >= self->n_models)
        return;
    const char *chosen = self->models[index].name;
    reader_use(self, &chosen, 1, chosen, true);
    app_show(self, POPUP_NONE);
}

/* ---- clipboard --------------------------------------------------------------------------------------------------- */

static void copy(app *self, const char *text)
{
    if (self->host.copy)
        self->host.copy(self->host.ctx, text);
}

static void copy_drawing(app *self)
{
    char *text;
    size_t len;
    nn_error err;
    if (!strokes_print(&self->drawing, "", &text, &len, &err)) {
        app_notice(self, "%s", err.text);
        return;
    }
    copy(self, text);
    nn_free(text);
}

static void paste(app *self)
{
    nn_error err;
    char *text = self->host.paste ? self->host.paste(self->host.ctx) : NULL;
    if (!text)
        return;
    const element *focused = ui_find(self->ui, self->ui->focus);
    if (focused && focused->kind == ELEMENT_FIELD)
        ui_type(self->ui, text);
    else if (!app_open_text(self, text, &err))
        app_notice(self, "Paste: %s", err.text);
    nn_free(text);
}

/* ---- tools and view ---------------------------------------------------------------------------------------------- */

static void set_brush(app *self, float width)
{
    self->settings.brush = fminf(fmaxf(roundf(width), APP_BRUSH_MIN), APP_BRUSH_MAX);
}

static void set_zoom(app *self, float zoom)
{
    self->settings.zoom = fminf(fmaxf(zoom, 0.5f), 3.0f);
}

static void switch_theme(app *self)
{
    bool dark = self->ui->colours == &theme_dark;
    self->settings.theme = dark ? THEME_LIGHT : THEME_DARK;
    self->ui->colours = dark ? &theme_light : &theme_dark;
}

static void close_popup(app *self)
{
    if (self->popup != POPUP_NONE)
        app_show(self, POPUP_NONE);
}

static void accept(app *self)
{
    switch (self->popup) {
    case POPUP_OPEN: accept_open(self); break;
    case POPUP_SAVE: accept_save(self); break;
    case POPUP_FOLDER: accept_text(self, train_set_path); break;
    case POPUP_NAME: accept_text(self, train_rename); break;
    case POPUP_LEAVE:
        app_show(self, POPUP_NONE);
        train_keep_and_leave(self);
        break;
    default: close_popup(self); break;
    }
}

/* A training is not lost without a word; who asks to leave a second time has read the question and gets the safe
 * answer. */
static void quit(app *self)
{
    drawing_lift(self);
    if (train_may_leave(self))
        self->quit = true;
    else if (self->popup == POPUP_LEAVE)
        accept(self);
    else
        app_show(self, POPUP_LEAVE);
}

void app_do(app *self, action act)
{
    /* An entry of the menu closes it; what opens another popup takes its place. */
    if (self->popup == POPUP_MENU && act.id < ACTION_BRUSH && act.id != ACTION_MENU)
        app_show(self, POPUP_NONE);
    switch (act.id) {
    case ACTION_NONE: break;
    case ACTION_UNDO: drawing_undo(self); break;
    case ACTION_REDO: drawing_redo(self); break;
    case ACTION_CLEAR: drawing_clear(self); break;
    case ACTION_ERASER: self->eraser = !self->eraser; break;
    case ACTION_THINNER: set_brush(self, self->settings.brush - 2); break;
    case ACTION_THICKER: set_brush(self, self->settings.brush + 2); break;
    case ACTION_BRUSH: set_brush(self, act.value); break;
    case ACTION_OPEN: app_show(self, POPUP_OPEN); break;
    case ACTION_SAVE:
        if (app_read(self)->digit.empty && ink_is_empty(&self->drawing))
            app_remark(self, "There is nothing to save yet");
        else
            app_show(self, POPUP_SAVE);
        break;
    case ACTION_COPY: copy(self, app_read(self)->answer.text); break;
    case ACTION_COPY_DRAWING: copy_drawing(self); break;
    case ACTION_PASTE: paste(self); break;
    case ACTION_VIEW_READ: self->settings.view = VIEW_READ; break;
    case ACTION_VIEW_BREAK: self->settings.view = VIEW_BREAK; break;
    case ACTION_VIEW_INSIDE: self->settings.view = VIEW_INSIDE; break;
    case ACTION_LAYER:
    case ACTION_HEAT: inside_do(self, act); break;
    case ACTION_DISTORT:
    case ACTION_PREPARE:
    case ACTION_RESET: drawing_prepare(self, act); break;
    case ACTION_RECENT: app_show(self, POPUP_RECENT); break;
    case ACTION_FORGET: drawing_forget_earlier(self); break;
    case ACTION_RECALL:
        close_popup(self);
        drawing_recall(self, act.index);
        break;
    case ACTION_SETTINGS: app_show(self, POPUP_SETTINGS); break;
    case ACTION_SMOOTHING: self->settings.smoothing = act.value; break;
    case ACTION_PAUSE: self->settings.pause = roundf(2 * act.value) / 2; break;
    case ACTION_TAPS: self->settings.taps = !self->settings.taps; break;
    case ACTION_PRESSURE: self->settings.pressure = !self->settings.pressure; break;
    case ACTION_SAVE_KIND: save_as(self, (save_kind)act.index); break;
    case ACTION_VIEW_MODELS:
        self->settings.view = VIEW_MODELS;
        comparison_survey(self);
        break;
    case ACTION_TICK:
    case ACTION_USE:
    case ACTION_TOGETHER: comparison_do(self, act); break;
    case ACTION_VIEW_TRAIN: self->settings.view = VIEW_TRAIN; break;
    case ACTION_MODELS: app_toggle(self, POPUP_MODELS); break;
    case ACTION_MODEL: choose_model(self, act.index); break;
    case ACTION_THEME: switch_theme(self); break;
    case ACTION_ZOOM_IN: set_zoom(self, self->settings.zoom * 1.1f); break;
    case ACTION_ZOOM_OUT: set_zoom(self, self->settings.zoom / 1.1f); break;
    case ACTION_ZOOM_RESET: set_zoom(self, 1); break;
    case ACTION_FULLSCREEN:
        if (self->host.fullscreen)
            self->host.fullscreen(self->host.ctx);
        break;
    case ACTION_MENU: app_toggle(self, POPUP_MENU); break;
    case ACTION_HELP: next_help(self); break;
    case ACTION_KEYS: app_show(self, POPUP_KEYS); break;
    case ACTION_ABOUT: app_toggle(self, POPUP_ABOUT); break;
    case ACTION_QUIT: quit(self); break;
    case ACTION_LEAVE: self->quit = true; break;
    case ACTION_ACCEPT: accept(self); break;
    case ACTION_CLOSE: close_popup(self); break;
    case ACTION_RESTORE: drawing_restore(self); break;
    case ACTION_DISCARD: drawing_discard(self); break;
    case ACTION_DISMISS: app_dismiss(self); break;
    case ACTION_KEEP:
        if (ink_is_empty(&self->drawing) || app_shows_picture(self))
            app_remark(self, "Draw a digit first: what is kept are its strokes");
        else
            app_show(self, POPUP_KEEP);
        break;
    case ACTION_KEEP_AS:
        app_show(self, POPUP_NONE);
        train_keep_drawing(self, act.index);
        break;
    case ACTION_TRAIN_NETS:
    case ACTION_TRAIN_NET:
    case ACTION_TRAIN_DATA:
    case ACTION_TRAIN_DATA_SET:
    case ACTION_TRAIN_FOLDER:
    case ACTION_TRAIN_EPOCHS:
    case ACTION_TRAIN_RATE:
    case ACTION_TRAIN_AUGMENT:
    case ACTION_TRAIN_FETCH:
    case ACTION_TRAIN_START:
    case ACTION_TRAIN_PAUSE:
    case ACTION_TRAIN_CANCEL:
    case ACTION_TRAIN_WATCH:
    case ACTION_TRAIN_RENAME:
    case ACTION_TRAIN_KEEP:
    case ACTION_TRAIN_DISCARD: train_do(self, act); break;
    }
    self->built = false;
}
