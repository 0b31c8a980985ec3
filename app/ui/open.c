/* open.c - what comes in from files and the clipboard. */
#include "open.h"
#include "app/core/data/data_source.h"
#include "app/core/folder.h"
#include "app/core/foreign/import.h"
#include "app/core/platform.h"
#include "app/texts/texts.h"
#include "choosing.h"
#include "drawing.h"
#include "notice.h"
#include "reader.h"
#include "train.h"
#include "views.h"
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Only the last wish counts. */
static bool begin(app *self, const char *path, int convention, nn_error *err)
{
    file_job *reading;
    job_host host = app_job_host(self);
    file_wish wish = {path, self->settings.brush, &self->paths, texts_language(), convention};
    if (!file_job_new(&reading, &wish, &host, err))
        return false;
    file_job_leave(self->opening);
    choosing_call_off(self);
    self->opening = reading;
    self->importing = false;
    snprintf(self->opening_path, sizeof self->opening_path, "%s", path);
    return true;
}

/* Folders, and files in which there can only be a data set, are to learn from. */
bool app_open(app *self, const char *path, nn_error *err)
{
    if (!folder_is_there(path, err))
        return false;
    if (platform_is_folder(path) || data_source_is_named(path))
        return choosing_begin(self, path, IMAGES_OPENED, err);
    return begin(self, path, -1, err);
}

void open_with_convention(app *self, int convention)
{
    nn_error err;
    char path[PATHS_MAX], file[NN_NAME + 16];
    snprintf(file, sizeof file, "%s.safetensors", app_reader_name(self));
    bool found = *self->reader.path ? snprintf(path, sizeof path, "%s", self->reader.path) > 0
                                    : paths_join(path, self->paths.models, file);
    if (found && !begin(self, path, convention, &err))
        app_notice_error(self, &err);
}

/* A path without '/' and '.' would be a name. */
static void open_model(app *self, const char *path)
{
    char value[PATHS_MAX + 2];
    snprintf(value, sizeof value, "%s%s", models_is_path(path) ? "" : "./", path);
    reader_use_one(self, value);
}

static void open_history(app *self)
{
    nn_error err;
    if (train_recall(self, self->opening_path, &err))
        views_show(self, VIEW_TRAIN);
    else
        app_notice_refused(self, self->opening_path, &err);
}

/* It is in the list from now on, and reads. */
static void take_imported(app *self, const file_content *content)
{
    char name[NN_NAME];
    const import_facts *f = &content->facts;
    models_short_name(name, content->imported);
    if (isnan(f->accuracy))
        app_notice(self, FORMAT_NOTICE_IMPORTED_UNCHECKED, name, f->format);
    else if (f->accuracy < IMPORT_POOR)
        app_notice(self, FORMAT_NOTICE_IMPORTED_POOR, name, f->format, 100 * f->accuracy);
    else
        app_done(self, ACTION_NONE, FORMAT_NOTICE_IMPORTED, name, f->format, 100 * f->accuracy, f->convention);
    if (f->permuted)
        app_notice(self, FORMAT_NOTICE_PERMUTED, name);
    open_model(self, content->imported);
}

static const char *file_name(const app *self)
{
    const char *slash = strrchr(self->opening_path, '/');
    return slash ? slash + 1 : self->opening_path;
}

/* Once, where it is more than a moment. */
static void tell_importing(app *self)
{
    if (self->importing || app_told(self, "imports", file_job_imports(self->opening)) == 0)
        return;
    self->importing = true;
    app_remark(self, FORMAT_NOTICE_IMPORTING, file_name(self));
}

static void tell_drawings(app *self, int count)
{
    if (count > 1)
        app_remark(self, FORMAT_NOTICE_FIRST_DRAWING, count);
}

static void take_in(app *self, file_content *content)
{
    nn_error err;
    switch (content->kind) {
    case FILE_MODEL: open_model(self, self->opening_path); break;
    case FILE_HISTORY: open_history(self); break;
    case FILE_IMPORTED: take_imported(self, content); break;
    case FILE_PICTURE: drawing_show_picture(self, &content->picture, self->opening_path); break;
    case FILE_DRAWING:
        if (!drawing_replace(self, &content->drawing, &err))
            app_notice_refused(self, self->opening_path, &err);
        else
            tell_drawings(self, content->drawings);
        ink_free(&content->drawing);
        break;
    }
}

/* The model that reads goes on; while there is none, any is wanted. */
void open_call_off(app *self)
{
    choosing_call_off(self);
    file_job_leave(self->opening);
    self->opening = NULL;
    app_remark_over(self, FORMAT_NOTICE_IMPORTING, file_name(self));
    if (self->reader.used)
        reader_call_off(self);
}

void open_tick(app *self)
{
    nn_error err;
    file_content content;
    if (self->left_wanted && !app_open(self, self->left, &err))
        app_failed_error(self, ACTION_OPEN, &err);
    self->left_wanted = false;
    if (!self->opening || self->drawing.drawing) /* no stroke is cut off */
        return;
    tell_importing(self);
    if (app_told(self, "file", file_job_is_done(self->opening)) == 0)
        return;
    bool ok = file_job_take(self->opening, &content, &err);
    self->opening = NULL;
    app_remark_over(self, FORMAT_NOTICE_IMPORTING, file_name(self));
    if (ok) {
        app_succeeded(self, ACTION_OPEN);
        take_in(self, &content);
    } else {
        app_notice_refused(self, self->opening_path, &err);
    }
}

void open_first(app *self, const char *path)
{
    nn_error err;
    if (!models_is_path(path)) {
        reader_use_one(self, path);
    } else if (!app_open(self, path, &err)) {
        app_notice_refused(self, path, &err);
    }
}

/* ---- text -------------------------------------------------------------------------------------------------------- */

static bool open_strokes(app *self, const char *text, nn_error *err)
{
    ink drawing;
    if (!file_parse_strokes(&drawing, text, strlen(text), self->settings.brush, err))
        return false;
    bool ok = drawing_replace(self, &drawing, err);
    ink_free(&drawing);
    if (ok) {
        app_succeeded(self, ACTION_OPEN);
        tell_drawings(self, file_count_drawings(text, strlen(text)));
    }
    return ok;
}

/* A line each. */
static int count_files(const char *text)
{
    char path[PATHS_MAX];
    int count = 0;
    for (const char *line = text; *line; line += strspn(line, "\r\n")) {
        count += folder_resolve(path, line, ".") && platform_exists(path);
        line += strcspn(line, "\r\n");
    }
    return count;
}

bool app_open_text(app *self, const char *text, nn_error *err)
{
    char path[PATHS_MAX];
    while (isspace((unsigned char)*text))
        text++;
    if (*text == '{')
        return open_strokes(self, text, err);
    if (!*text)
        return nn_fail(err, NN_USAGE, 0, "there is nothing to paste");
    if (!folder_resolve(path, text, ".") || !platform_exists(path))
        return nn_fail(err, NN_USAGE, 0, "neither a drawing nor the name of a file");
    if (!app_open(self, path, err))
        return false;
    int count = platform_exists(text) ? 1 : count_files(text);
    if (count > 1)
        app_remark(self, FORMAT_NOTICE_FIRST_FILE, count);
    return true;
}
