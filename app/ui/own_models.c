/* own_models.c - files of models are renamed; one that is deleted lies aside until nobody can want it back. */
#include "own_models.h"
#include "app/core/folder.h"
#include "app/core/platform.h"
#include "app/texts/texts.h"
#include "comparison.h"
#include "nn/file.h"
#include "notice.h"
#include "popups.h"
#include "reader.h"
#include "teaching.h"
#include "train_choices.h"
#include <stdio.h>
#include <string.h>

static const char ending[] = ".safetensors", aside[] = ".deleted", past_aside[] = ".history.deleted";

/* Of a model that goes to another place its history goes along, if it has one. What goes wrong with that costs the history
 * alone. */
static void take_past_along(const app *self, const char *from, const char *from_with, const char *to,
                            const char *to_with)
{
    char old[PATHS_MAX], new[PATHS_MAX];
    nn_error err;
    if (app_own_path(self, from, from_with, old) && app_own_path(self, to, to_with, new) && platform_exists(old))
        nn_file_rename(old, new, &err);
}

/* A dialog about the model in use. */
static void ask(app *self, popup which, const char *text)
{
    snprintf(self->asked, sizeof self->asked, "%s", self->reader.name);
    app_show(self, which);
    ui_edit(self->ui, text);
}

static bool find_asked(const app *self, char path[PATHS_MAX], nn_error *err)
{
    bool there = !self->describing && app_own_path(self, self->asked, ending, path) && platform_exists(path);
    return there || nn_fail(err, NN_USAGE, 0, "It is no model of your own");
}

/* ---- another name ------------------------------------------------------------------------------------------------ */

/* Whatever knows it by its name or path. */
static void follow_name(app *self, const char *path, const char *to, const char *to_path)
{
    app_reader *r = &self->reader;
    const char *name = self->asked;
    if (strcmp(self->settings.model, name) == 0)
        snprintf(self->settings.model, sizeof self->settings.model, "%s", to);
    teaching_renamed(self, name, to);
    teaching_renamed(self, path, to_path);
    if (strcmp(r->name, name) != 0 || (*r->path && strcmp(r->path, path) != 0))
        return;
    snprintf(r->name, sizeof r->name, "%s", to);
    if (*r->path)
        snprintf(r->path, sizeof r->path, "%s", to_path);
}

bool own_models_rename(app *self, const char *name, nn_error *err)
{
    char from[PATHS_MAX], to[PATHS_MAX];
    if (strcmp(name, self->asked) == 0)
        return true;
    if (!find_asked(self, from, err))
        return false;
    if (!train_check_name(self, name, err) || !app_own_path(self, name, ending, to) || !nn_file_rename(from, to, err))
        return false;
    take_past_along(self, self->asked, train_past_ending, name, train_past_ending);
    follow_name(self, from, name, to);
    comparison_survey(self);
    return true;
}

/* ---- a description ----------------------------------------------------------------------------------------------- */

/* It begins with what there is. */
static void ask_words(app *self)
{
    char path[PATHS_MAX], words[MODELS_DESCRIPTION];
    if (!app_reads_own(self, path))
        return;
    models_description(recogniser_model(self->reader.used), words);
    ask(self, POPUP_MODEL_WORDS, words);
}

bool own_models_describe(app *self, const char *text, nn_error *err)
{
    char path[PATHS_MAX];
    job_host host = app_job_host(self);
    if (!find_asked(self, path, err))
        return false;
    if (strlen(text) >= MODELS_DESCRIPTION)
        return nn_fail(err, NN_USAGE, 0, "A description has at most %d letters", MODELS_DESCRIPTION - 1);
    if (!describe_job_new(&self->describing, path, text, &host, err))
        return false;
    snprintf(self->described, sizeof self->described, "%s", self->asked);
    return true;
}

/* What reads is opened anew, so that it knows its description as well. */
static void follow_describing(app *self)
{
    nn_error err;
    if (!self->describing || app_told(self, "described", describe_job_is_done(self->describing)) == 0)
        return;
    bool ok = describe_job_take(self->describing, &err);
    self->describing = NULL;
    if (!ok) {
        app_failed_error(self, ACTION_DESCRIBE_MODEL, &err);
        return;
    }
    app_succeeded(self, ACTION_DESCRIBE_MODEL);
    app_done(self, ACTION_NONE, FORMAT_NOTICE_DESCRIBED, self->described);
    comparison_survey(self);
    if (strcmp(self->reader.name, self->described) == 0 && !self->reader.load) {
        const char *value = app_reader_value(self);
        reader_use(self, &value, 1, self->described, false);
    }
}

/* ---- deleting ---------------------------------------------------------------------------------------------------- */

/* The one that lies aside is gone for good: its history first, which would stay where a kill comes in between. */
static void drop(app *self)
{
    char path[PATHS_MAX];
    nn_error err;
    if (*self->deleted && app_own_path(self, self->deleted, past_aside, path))
        nn_file_remove(path, &err);
    if (*self->deleted && app_own_path(self, self->deleted, aside, path))
        nn_file_remove(path, &err);
    *self->deleted = '\0';
}

/* Where there is no other one of that name by now. */
static bool bring_back(app *self, const char *name)
{
    char from[PATHS_MAX], to[PATHS_MAX];
    nn_error err;
    if (!app_own_path(self, name, aside, from) || !app_own_path(self, name, ending, to) || platform_exists(to))
        return false;
    take_past_along(self, name, past_aside, name, train_past_ending); /* first: nobody looks for one alone */
    return nn_file_rename(from, to, &err);
}

void own_models_begin(app *self)
{
    folder_listing all;
    nn_error err;
    if (!*self->paths.models || !folder_list(&all, self->paths.models, &err))
        return;
    for (int i = 0; i < all.count; i++) {
        char name[NN_NAME];
        const char *file = all.entry[i].name;
        size_t stem = strlen(file) - (sizeof aside - 1);
        if (!paths_has_ending(file, aside) || paths_has_ending(file, past_aside) || stem >= sizeof name)
            continue;
        snprintf(name, sizeof name, "%.*s", (int)stem, file);
        bring_back(self, name);
    }
    folder_free(&all);
}

static void delete_model(app *self)
{
    char from[PATHS_MAX], to[PATHS_MAX];
    nn_error err;
    if (!app_reads_own(self, from))
        return;
    drop(self);
    if (!app_own_path(self, self->reader.name, aside, to) || !nn_file_rename(from, to, &err)) {
        app_failed_error(self, ACTION_DELETE_MODEL, &err);
        return;
    }
    app_succeeded(self, ACTION_DELETE_MODEL);
    snprintf(self->deleted, sizeof self->deleted, "%s", self->reader.name);
    take_past_along(self, self->deleted, train_past_ending, self->deleted, past_aside);
    app_done(self, ACTION_MODEL_BACK, FORMAT_NOTICE_MODEL_DELETED, self->deleted);
    const char *usual = "";
    char name[NN_NAME];
    models_default(name);
    reader_use(self, &usual, 1, name, true);
    comparison_survey(self);
}

static void fetch_back(app *self)
{
    const char *name = self->deleted;
    if (!*name)
        return;
    if (!bring_back(self, name)) {
        app_still_done(self, ACTION_MODEL_BACK, FORMAT_NOTICE_MODEL_NOT_BACK, name);
        return;
    }
    reader_use(self, &name, 1, name, true);
    comparison_survey(self);
    *self->deleted = '\0';
}

static void look_whether_own(app *self)
{
    app_reader *r = &self->reader;
    char path[PATHS_MAX];
    if (r->own_of == r->revision || self->describing)
        return;
    r->own_of = r->revision;
    r->own = app_reads_own(self, path);
}

void own_models_tick(app *self)
{
    follow_describing(self);
    look_whether_own(self);
    if (*self->deleted && !app_offers(self, ACTION_MODEL_BACK))
        drop(self);
}

void own_models_free(app *self)
{
    describe_job_free(self->describing);
    drop(self);
}

bool own_models_do(app *self, action act)
{
    switch (act.id) {
    case ACTION_RENAME_MODEL: ask(self, POPUP_MODEL_NAME, self->reader.name); return true;
    case ACTION_DESCRIBE_MODEL: ask_words(self); return true;
    case ACTION_DELETE_MODEL: delete_model(self); return true;
    case ACTION_MODEL_BACK: fetch_back(self); return true;
    default: return false;
    }
}
