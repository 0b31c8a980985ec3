/* dialogs.c - what opens menus and dialogs, and what they do when they are accepted. */
#include "dialogs.h"
#include "app/core/platform.h"
#include "app/texts/texts.h"
#include "choosing.h"
#include "comparison.h"
#include "digits.h"
#include "drawing.h"
#include "exporting.h"
#include "files.h"
#include "help.h"
#include "language.h"
#include "net_editor.h"
#include "notice.h"
#include "open.h"
#include "own_models.h"
#include "popups.h"
#include "save.h"
#include "testing.h"
#include "train.h"
#include "train_choices.h"
#include <stdio.h>
#include <string.h>

/* ---- accepting --------------------------------------------------------------------------------------------------- */

/* The dialog closes, once no worker is needed any more, or says what went wrong. */
static void finish(app *self, bool ok, const nn_error *err)
{
    if (!ok) {
        app_tell_problem(self, err->text);
        return;
    }
    self->at_work = true;
    self->problem[0] = '\0';
    dialogs_tick(self);
}

static void accept_open(app *self)
{
    nn_error err;
    char path[PATHS_MAX];
    if (!files_chosen(self, path) || files_lead_on(self, path) || !files_chosen(self, path))
        return;
    finish(self, app_open(self, path, &err), &err);
}

static bool has_ending(const char *path)
{
    const char *slash = strrchr(path, '/');
    return strchr(slash ? slash + 1 : path, '.') != NULL;
}

/* What is saved gets the path that was typed, where it may. False also where a folder was named, into which the dialog
 * goes. */
static bool new_path(app *self, char path[PATHS_MAX])
{
    if (!files_chosen(self, path))
        return false;
    if (platform_is_folder(path)) {
        files_lead_on(self, path);
        return false;
    }
    if (self->popup == POPUP_SAVE && !save_kind_is_said(path)) /* a dot alone is none: "seven 2.0" */
        save_kind_rename(path, PATHS_MAX, app_can_save(self, SAVE_PICTURE) ? SAVE_PICTURE : SAVE_DIGIT);
    else if (self->popup == POPUP_EXPORT && !has_ending(path))
        export_rename(path, PATHS_MAX, EXPORT_ONNX);
    return files_may_write(self, path);
}

static void accept_save(app *self)
{
    nn_error err;
    char path[PATHS_MAX];
    if (!new_path(self, path))
        return;
    bool ok = app_save(self, path, &err);
    if (ok)
        app_done(self, ACTION_NONE, FORMAT_NOTICE_SAVED, path);
    finish(self, ok, &err);
}

static void accept_export(app *self)
{
    nn_error err;
    char path[PATHS_MAX];
    if (!new_path(self, path))
        return;
    finish(self, exporting_begin(self, path, &err), &err);
}

/* The name gets the ending of the kind, which is that of a drawing or of an exported model. */
static void save_as(app *self, int kind)
{
    char path[UI_FIELD];
    snprintf(path, sizeof path, "%s", self->ui->field.text);
    if (self->popup == POPUP_SAVE && kind >= 0 && kind < SAVE_KINDS)
        save_kind_rename(path, sizeof path, (save_kind)kind);
    else if (self->popup == POPUP_DIGITS_EXPORT)
        digits_name_as(path, kind == 0);
    else if (self->popup == POPUP_EXPORT && kind >= 0 && kind < EXPORT_FORMATS)
        export_rename(path, sizeof path, (export_format)kind);
    ui_edit(self->ui, path);
    self->problem[0] = self->replace[0] = '\0';
}

/* A folder or file of images, to learn from or to test on. */
static void accept_images(app *self, image_use use)
{
    nn_error err;
    char path[PATHS_MAX];
    if (!files_chosen(self, path))
        return;
    bool ok = choosing_begin(self, path, use, &err);
    if (ok || !files_lead_on(self, path))
        finish(self, ok, &err);
}

static void accept_report(app *self)
{
    nn_error err;
    char path[PATHS_MAX];
    if (!files_chosen(self, path))
        return;
    finish(self, testing_report(self, path, &err), &err);
}

static void accept_text(app *self, bool (*take)(app *, const char *, nn_error *))
{
    nn_error err;
    finish(self, take(self, self->ui->field.text, &err), &err);
}

static void choose_model(app *self, int index)
{
    comparison_do(self, (action){.id = ACTION_USE, .index = index});
    app_show(self, POPUP_NONE);
}

/* The settings stay open, to see what has changed. */
static void choose_language(app *self, int index)
{
    language_choose(self, index);
    if (self->popup == POPUP_LANGUAGES)
        app_show(self, POPUP_NONE);
}

static void choose_convention(app *self, int index)
{
    app_show(self, POPUP_NONE);
    open_with_convention(self, index);
}

/* Who leaves the dialog does not want what it is reading; what it is writing is finished. */
static void call_off(app *self)
{
    if (self->at_work && self->popup == POPUP_OPEN)
        open_call_off(self);
    else if (self->at_work && (self->popup == POPUP_FOLDER || self->popup == POPUP_TEST_FOLDER))
        choosing_call_off(self);
    else if (self->at_work && self->popup == POPUP_DIGITS_IMPORT)
        digits_call_off(self);
}

static void close_popup(app *self)
{
    call_off(self);
    if (self->popup != POPUP_NONE && !digits_close(self))
        app_show(self, POPUP_NONE);
}

static void accept(app *self)
{
    if (self->at_work)
        return;
    switch (self->popup) {
    case POPUP_OPEN: accept_open(self); break;
    case POPUP_SAVE: accept_save(self); break;
    case POPUP_EXPORT: accept_export(self); break;
    case POPUP_FOLDER: accept_images(self, IMAGES_TO_LEARN_FROM); break;
    case POPUP_TEST_FOLDER: accept_images(self, IMAGES_TO_TEST_ON); break;
    case POPUP_REPORT: accept_report(self); break;
    case POPUP_NAME: accept_text(self, train_rename); break;
    case POPUP_NET: net_editor_ask_name(self); break;
    case POPUP_NET_NAME: accept_text(self, net_editor_save); break;
    case POPUP_MODEL_NAME: accept_text(self, own_models_rename); break;
    case POPUP_MODEL_WORDS: accept_text(self, own_models_describe); break;
    case POPUP_HELP: help_accept(self); break;
    case POPUP_DIGITS_IMPORT:
    case POPUP_DIGITS_EXPORT:
    case POPUP_GUEST: digits_accept(self); break;
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

static void choose_file(app *self, int index)
{
    if (files_choose(self, index))
        accept(self);
}

static void keep_as(app *self, int class)
{
    app_show(self, POPUP_NONE);
    train_keep_drawing(self, class);
}

static void recall(app *self, int index)
{
    close_popup(self);
    drawing_recall(self, index);
}

/* What the open dialog was accepted for. */
static bool is_being_done(const app *self)
{
    switch (self->popup) {
    case POPUP_OPEN: return self->opening || self->reader.load || self->choosing.job;
    case POPUP_FOLDER:
    case POPUP_TEST_FOLDER: return self->choosing.job;
    case POPUP_EXPORT: return self->exporting.job;
    case POPUP_REPORT: return self->testing.saving;
    case POPUP_DIGITS_IMPORT:
    case POPUP_DIGITS_EXPORT: return self->digits.job;
    default: return false;
    }
}

void dialogs_tick(app *self)
{
    if (self->at_work && !is_being_done(self))
        close_popup(self);
}

bool dialogs_do(app *self, action act)
{
    switch (act.id) {
    case ACTION_OPEN: app_show(self, POPUP_OPEN); return true;
    case ACTION_SAVE: app_show(self, POPUP_SAVE); return true;
    case ACTION_EXPORT: app_show(self, POPUP_EXPORT); return true;
    case ACTION_FILE_ROW: choose_file(self, act.index); return true;
    case ACTION_SAVE_KIND: save_as(self, act.index); return true;
    case ACTION_RECENT: app_show(self, POPUP_RECENT); return true;
    case ACTION_RECALL: recall(self, act.index); return true;
    case ACTION_SETTINGS: app_show(self, POPUP_SETTINGS); return true;
    case ACTION_MODELS: app_toggle(self, POPUP_MODELS); return true;
    case ACTION_LANGUAGE: app_toggle(self, POPUP_LANGUAGES); return true;
    case ACTION_CONVENTION: app_toggle(self, POPUP_CONVENTIONS); return true;
    case ACTION_READ_AS: choose_convention(self, act.index); return true;
    case ACTION_SPEAK: choose_language(self, act.index); return true;
    case ACTION_MODEL: choose_model(self, act.index); return true;
    case ACTION_KEEP: app_show(self, POPUP_KEEP); return true;
    case ACTION_KEEP_AS: keep_as(self, act.index); return true;
    case ACTION_MENU: app_toggle(self, POPUP_MENU); return true;
    case ACTION_EXPLAIN: app_toggle(self, POPUP_EXPLAIN); return true;
    case ACTION_KEYS: app_show(self, POPUP_KEYS); return true;
    case ACTION_ABOUT: app_toggle(self, POPUP_ABOUT); return true;
    case ACTION_QUIT: quit(self); return true;
    case ACTION_LEAVE: self->quit = true; return true;
    case ACTION_ACCEPT: accept(self); return true;
    case ACTION_CLOSE: close_popup(self); return true;
    default: return false;
    }
}
