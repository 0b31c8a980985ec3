/* files.c - the folder that is shown follows the path in the field; lists come from a worker (folder_job.h). */
#include "files.h"
#include "app/core/data/picture_list.h"
#include "app/core/platform.h"
#include "app/texts/texts.h"
#include "app/ui/kit/picture_file.h"
#include "nn/alloc.h"
#include "nn/file.h"
#include "notice.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- small pictures, made by the worker ------------------------------------------------------------------------- */

/* In the middle of white. Nothing of a large file: a list is no place to wait for a photograph. */
static bool make_thumbnail(const char *path, unsigned char grey[FOLDER_THUMB * FOLDER_THUMB])
{
    enum { MOST = 4 << 20 /* bytes */ };
    unsigned char *data, *small = NULL;
    pixmap colours;
    size_t len;
    int w, h;
    if (!picture_is_named(path, strlen(path)) || !nn_file_read(path, MOST, &data, &len, NULL))
        return false;
    bool ok = picture_file_decode(&colours, data, len, NULL) &&
              pixmap_shrink_darkness(&small, &w, &h, &colours, FOLDER_THUMB, NULL);
    nn_free(colours.rgba);
    nn_free(data);
    if (!ok)
        return false;
    memset(grey, 255, FOLDER_THUMB * FOLDER_THUMB);
    for (int i = 0; i < w * h; i++) {
        int x = (FOLDER_THUMB - w) / 2 + i % w, y = (FOLDER_THUMB - h) / 2 + i / w;
        grey[y * FOLDER_THUMB + x] = (unsigned char)(255 - small[i]);
    }
    nn_free(small);
    return true;
}

/* ---- the folders of a person --------------------------------------------------------------------------------------- */

void files_init(app *self)
{
    app_files *f = &self->files;
    platform_pictures_folder(f->pictures, sizeof f->pictures);
    platform_documents_folder(f->documents, sizeof f->documents);
}

/* ---- the folder that is shown ------------------------------------------------------------------------------------ */

/* A worker that still looks at a file ends beside the window. */
static void leave_job(app_files *f)
{
    if (!f->job)
        return;
    folder_job_stop(f->job);
    if (f->n_leaving == FILES_LEAVING)
        folder_job_free(f->leaving[--f->n_leaving]);
    f->leaving[f->n_leaving++] = f->job;
    f->job = NULL;
}

static void show_folder(app *self, const char *path)
{
    app_files *f = &self->files;
    nn_error err;
    job_host host = app_job_host(self);
    leave_job(f);
    snprintf(f->folder, sizeof f->folder, "%s", path);
    f->version++;
    self->ui->scrolled[1] = 0;
    if (!folder_job_new(&f->job, path, make_thumbnail, &host, &err))
        app_tell_problem(self, err.text);
}

static void add_place(app_files *f, const char *path)
{
    for (int i = 0; i < f->n_places; i++)
        if (strcmp(f->place[i], path) == 0)
            return;
    if (f->n_places < FILES_PLACES && *path && platform_is_folder(path))
        snprintf(f->place[f->n_places++], PATHS_MAX, "%s", path);
}

static void find_places(app *self)
{
    app_files *f = &self->files;
    const char *home = getenv("HOME");
    char path[PATHS_MAX];
    f->n_places = 0;
    add_place(f, home ? home : "");
    memcpy(path, f->pictures, sizeof path);
    if (path[0] == '/')
        add_place(f, path);
    if (home && paths_join(path, home, "Downloads"))
        add_place(f, path);
    add_place(f, self->paths.models);
    add_place(f, self->paths.installed);
}

/* What stands in front of the last slash, "" for none; what is behind it is looked for. */
static void folder_part(char out[UI_FIELD], const char *typed)
{
    const char *slash = strrchr(typed, '/');
    snprintf(out, UI_FIELD, "%.*s", slash ? (int)(slash - typed + 1) : 0, typed);
}

void files_begin(app *self, const char *path)
{
    app_files *f = &self->files;
    char typed[UI_FIELD], folder[PATHS_MAX];
    find_places(self);
    folder_part(typed, path);
    if (!*f->folder)
        memcpy(f->folder, f->pictures, sizeof f->folder);
    if (!folder_resolve(folder, typed, f->folder))
        snprintf(folder, sizeof folder, "%s", f->folder);
    snprintf(f->typed, sizeof f->typed, "%s", typed);
    show_folder(self, folder);
}

/* ---- the path in the field --------------------------------------------------------------------------------------- */

bool files_chosen(app *self, char path[PATHS_MAX])
{
    if (folder_resolve(path, self->ui->field.text, self->files.folder))
        return true;
    app_tell_problem(self, texts_get(TEXT_FILE_TOO_LONG));
    return false;
}

/* The path of a row, with a slash behind a folder's. */
static void edit_path(app *self, const char *name, bool is_folder)
{
    char path[PATHS_MAX], field[UI_FIELD];
    if (!paths_join(path, self->files.folder[1] ? self->files.folder : "", name))
        snprintf(path, sizeof path, "/%s", name);
    snprintf(field, sizeof field, "%.1000s%s", path, is_folder ? "/" : "");
    ui_edit(self->ui, field);
    self->ui->field.selected = false;
    self->problem[0] = self->replace[0] = '\0';
}

static const folder_listing *listed(const app *self)
{
    const nn_error *problem;
    return self->files.job ? folder_job_list(self->files.job, &problem) : NULL;
}

bool files_lead_on(app *self, const char *path)
{
    if (platform_is_folder(path)) {
        char field[UI_FIELD];
        snprintf(field, sizeof field, "%.1000s%s", path, path[1] ? "/" : "");
        ui_edit(self->ui, field);
        self->ui->field.selected = false;
        return true;
    }
    const folder_listing *list = listed(self);
    if (platform_exists(path) || !list)
        return false;
    for (int i = 0; i < list->count; i++)
        if (app_lists_file(self, &list->entry[i])) {
            edit_path(self, list->entry[i].name, list->entry[i].is_folder);
            return list->entry[i].is_folder;
        }
    return false;
}

bool files_may_write(app *self, const char *path)
{
    if (!platform_exists(path) || strcmp(path, self->replace) == 0)
        return true;
    snprintf(self->replace, sizeof self->replace, "%.1000s", path);
    app_tell_problem(self, texts_get(TEXT_FILE_EXISTS));
    return false;
}

/* ---- actions ----------------------------------------------------------------------------------------------------- */

/* A file is taken at once where one is opened; where one is saved only its name is. */
bool files_choose(app *self, int index)
{
    const folder_listing *list = listed(self);
    if (!list || index < 0 || index >= list->count)
        return false;
    const folder_entry *e = &list->entry[index];
    bool take = !e->is_folder && !app_names_file(self);
    edit_path(self, e->name, e->is_folder);
    if (!take)
        ui_set_focus(self->ui, "path");
    return take;
}

static void go_to(app *self, const char *path)
{
    char field[UI_FIELD], name[UI_FIELD] = "";
    const char *slash = strrchr(self->ui->field.text, '/');
    if (app_names_file(self)) /* what it shall be called stays */
        snprintf(name, sizeof name, "%s", slash ? slash + 1 : self->ui->field.text);
    snprintf(field, sizeof field, "%.700s%s%.300s", path, path[1] ? "/" : "", name);
    ui_edit(self->ui, field);
    self->ui->field.selected = false;
    ui_set_focus(self->ui, "path");
}

static void go_up(app *self)
{
    char parent[PATHS_MAX];
    folder_parent(parent, self->files.folder);
    go_to(self, parent);
}

bool files_do(app *self, action act)
{
    switch (act.id) {
    case ACTION_FILE_UP: go_up(self); return true;
    case ACTION_FILE_PLACE:
        if (act.index >= 0 && act.index < self->files.n_places)
            go_to(self, self->files.place[act.index]);
        return true;
    default: return false;
    }
}

/* ---- time -------------------------------------------------------------------------------------------------------- */

static void free_ended(app_files *f)
{
    for (int i = f->n_leaving - 1; i >= 0; i--)
        if (folder_job_has_ended(f->leaving[i])) {
            folder_job_free(f->leaving[i]);
            f->leaving[i] = f->leaving[--f->n_leaving];
        }
}

void files_tick(app *self)
{
    app_files *f = &self->files;
    char typed[UI_FIELD], folder[PATHS_MAX];
    free_ended(f);
    if (!app_chooses_file(self)) {
        leave_job(f);
        return;
    }
    folder_part(typed, self->ui->field.text);
    if (strcmp(typed, f->typed) == 0)
        return;
    snprintf(f->typed, sizeof f->typed, "%s", typed);
    if (*typed && folder_resolve(folder, typed, f->folder) && strcmp(folder, f->folder) != 0)
        show_folder(self, folder);
}

void files_free(app *self)
{
    app_files *f = &self->files;
    folder_job_free(f->job);
    while (f->n_leaving > 0)
        folder_job_free(f->leaving[--f->n_leaving]);
}
