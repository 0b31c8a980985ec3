/* digits.c - what is shown of the collection, what is done with what is chosen of it, and the workers that read and save it. */
#include "digits.h"
#include "app/core/console/terminal.h"
#include "app/core/platform.h"
#include "app/texts/texts.h"
#include "drawing.h"
#include "files.h"
#include "notice.h"
#include "popups.h"
#include "train_choices.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what is shown ----------------------------------------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
    const digits_place *x = a, *y = b;
    int label = strcmp(x->item->label, y->item->label), writer = strcmp(x->item->writer, y->item->writer);
    return label ? label : writer ? writer : x->place - y->place;
}

static bool is_shown(const app_digits *d, const collection_item *item)
{
    return (!d->by_label || strcmp(d->label, item->label) == 0) &&
           (!d->by_writer || strcmp(d->writer, item->writer) == 0);
}

/* Those that are not shown are not chosen. Out of memory nothing is shown. */
static void list_shown(app *self)
{
    app_digits *d = &self->digits;
    const collection_list *now = &d->all.now;
    nn_free(d->shown);
    d->n_shown = 0;
    d->shown = nn_alloc((size_t)now->count + 1, sizeof *d->shown);
    for (int i = 0; i < now->count && d->shown; i++) {
        if (is_shown(d, now->item[i]))
            d->shown[d->n_shown++] = (digits_place){now->item[i], i};
        else
            now->item[i]->chosen = false;
    }
    qsort(d->shown, (size_t)d->n_shown, sizeof *d->shown, compare);
    d->n_chosen = collection_chosen(&d->all);
    d->version++;
}

/* ---- the workers ------------------------------------------------------------------------------------------------- */

static bool start(app *self, collection_job **worker, const collection_wish *wish)
{
    nn_error err;
    job_host host = app_job_host(self);
    if (collection_job_new(worker, wish, &host, &err))
        return true;
    app_tell_problem(self, err.text);
    return false;
}

static void read_file(app *self, const char *path, bool adding)
{
    self->digits.adding = adding;
    start(self, &self->digits.job, &(collection_wish){.task = COLLECTION_READ, .path = path});
}

static bool begin_saving(app *self, nn_error *err)
{
    char path[PATHS_MAX];
    app_digits *d = &self->digits;
    job_host host = app_job_host(self);
    collection_wish wish = {.task = COLLECTION_SAVE, .path = path, .bytes = d->all.bytes};
    if (d->saving || !d->unsaved || !train_kept_path(self, path))
        return true;
    d->unsaved = false;
    return collection_print(&d->all, false, &wish.text, &wish.len, err) &&
           collection_job_new(&d->saving, &wish, &host, err);
}

static bool end_saving(app *self, nn_error *err)
{
    collection none;
    app_digits *d = &self->digits;
    size_t len = collection_job_wish(d->saving)->len;
    bool ok = collection_job_take(d->saving, &none, err);
    d->saving = NULL;
    if (ok)
        d->all.bytes = len;
    return ok;
}

static void save(app *self)
{
    nn_error err;
    if (!begin_saving(self, &err))
        app_tell_problem(self, err.text);
}

/* It was changed: what is kept follows. */
static void changed(app *self)
{
    list_shown(self);
    self->digits.unsaved = true;
    save(self);
}

/* The drawings stand elsewhere in the file now, so the last one cannot be taken out of it any more. */
static void take_saved(app *self)
{
    nn_error err;
    char path[PATHS_MAX];
    app_digits *d = &self->digits;
    if (end_saving(self, &err)) {
        self->training.n_kept = d->all.now.count;
        *self->training.last.label = '\0';
        app_withdraw(self, ACTION_UNKEEP);
        save(self);
        return;
    }
    app_tell_problem(self, err.text);
    d->unsaved = false;
    if (!d->job && train_kept_path(self, path))
        read_file(self, path, false);
}

static void take_read(app *self, collection *read)
{
    nn_error err;
    app_digits *d = &self->digits;
    if (d->adding && read->now.count > 0) {
        d->by_label = d->by_writer = false;
        if (!collection_add(&d->all, read, &err))
            app_tell_problem(self, err.text);
        changed(self);
    } else if (d->adding) {
        app_tell_problem(self, texts_get(TEXT_DIGITS_NONE_IN_IT));
    } else {
        collection_free(&d->all);
        d->all = *read;
        *read = (collection){.bytes = 0};
        d->there = true;
        self->training.n_kept = d->all.now.count;
        list_shown(self);
    }
    collection_free(read);
}

static void take_done(app *self)
{
    nn_error err;
    collection read;
    char path[PATHS_MAX];
    app_digits *d = &self->digits;
    collection_task task = collection_job_wish(d->job)->task;
    snprintf(path, sizeof path, "%s", collection_job_wish(d->job)->path);
    bool ok = collection_job_take(d->job, &read, &err);
    d->job = NULL;
    int tried = task == COLLECTION_READ ? ACTION_DIGITS : ACTION_DIGITS_EXPORT;
    if (ok)
        app_succeeded(self, tried);
    if (!ok && app_on_digits(self))
        app_tell_problem(self, err.text);
    else if (!ok)
        app_failed_error(self, tried, &err);
    else if (task == COLLECTION_READ)
        take_read(self, &read);
    else
        app_done(self, ACTION_NONE, FORMAT_NOTICE_SAVED, path);
}

/* What was read is let go when nobody looks at it, and what it became is on disk. */
static void let_go(app *self)
{
    app_digits *d = &self->digits;
    if (!d->there || app_on_digits(self) || d->job || d->saving)
        return;
    collection_free(&d->all);
    nn_free(d->shown);
    d->shown = NULL;
    d->n_shown = d->n_chosen = 0;
    d->there = false;
}

void digits_tick(app *self)
{
    app_digits *d = &self->digits;
    if (d->saving && app_told(self, "digits.saved", collection_job_is_done(d->saving)) != 0)
        take_saved(self);
    if (d->job && app_told(self, "digits", collection_job_is_done(d->job)) != 0)
        take_done(self);
    let_go(self);
}

/* What is being saved is waited for, and what was changed meanwhile. */
void digits_free(app *self)
{
    nn_error err;
    app_digits *d = &self->digits;
    while (d->saving)
        if (!end_saving(self, &err) || !begin_saving(self, &err))
            terminal_complain("digitscope: your own digits are not kept: %s\n", err.text);
    collection_job_leave(d->job);
    collection_free(&d->all);
    nn_free(d->shown);
}

/* ---- the lists over the page ------------------------------------------------------------------------------------- */

static int compare_names(const void *a, const void *b)
{
    const digits_name *x = a, *y = b;
    return strcmp(x->name, y->name);
}

static void count_name(app_digits *d, const char *name)
{
    int i = 0;
    while (i < d->n_names && strcmp(d->name[i].name, name) != 0)
        i++;
    if (i == DIGITS_NAMES)
        return;
    if (i == d->n_names) {
        d->name[d->n_names++] = (digits_name){.count = 0};
        snprintf(d->name[i].name, sizeof d->name[i].name, "%s", name);
    }
    d->name[i].count++;
}

/* The classes or guests that there are, and of how many digits; or the classes of the model. */
static void show_list(app *self, digits_list list)
{
    app_digits *d = &self->digits;
    d->list = d->list == list ? DIGITS_NO_LIST : list;
    d->n_names = 0;
    self->ui->scrolled[2] = 0;
    for (int i = 0; i < d->all.now.count && list != DIGITS_ANSWERS; i++)
        count_name(d, list == DIGITS_LABELS ? d->all.now.item[i]->label : d->all.now.item[i]->writer);
    qsort(d->name, (size_t)d->n_names, sizeof d->name[0], compare_names);
}

/* i: a row of the list, -1 for all. */
static void show_only(app *self, int i)
{
    app_digits *d = &self->digits;
    if (i >= d->n_names || (d->list != DIGITS_LABELS && d->list != DIGITS_WRITERS))
        return;
    if (d->list == DIGITS_LABELS) {
        d->by_label = i >= 0;
        snprintf(d->label, sizeof d->label, "%s", i >= 0 ? d->name[i].name : "");
    } else {
        d->by_writer = i >= 0;
        snprintf(d->writer, sizeof d->writer, "%s", i >= 0 ? d->name[i].name : "");
    }
    d->list = DIGITS_NO_LIST;
    self->ui->scrolled[1] = 0;
    list_shown(self);
}

/* ---- what is chosen ---------------------------------------------------------------------------------------------- */

static void choose(app *self, int i)
{
    app_digits *d = &self->digits;
    if (i < 0 || i >= d->n_shown)
        return;
    d->shown[i].item->chosen = !d->shown[i].item->chosen;
    d->n_chosen = collection_chosen(&d->all);
}

/* All that are shown; where they are chosen already, none. */
static void choose_all(app *self)
{
    app_digits *d = &self->digits;
    bool all = d->n_chosen < d->n_shown;
    for (int i = 0; i < d->n_shown; i++)
        d->shown[i].item->chosen = all;
    d->n_chosen = all ? d->n_shown : 0;
}

/* A change has been made, or could not be. */
static void follow(app *self, bool ok, const nn_error *err)
{
    self->problem[0] = '\0';
    if (ok)
        changed(self);
    else
        app_tell_problem(self, err->text);
}

static void relabel(app *self, int class)
{
    nn_error err;
    const nn_model *model = app_model(self);
    self->digits.list = DIGITS_NO_LIST;
    if (self->digits.n_chosen > 0 && model && class >= 0 && class < model->n_labels)
        follow(self, collection_relabel(&self->digits.all, model->label[class], &err), &err);
}

static void remove_chosen(app *self)
{
    nn_error err;
    if (self->digits.n_chosen > 0)
        follow(self, collection_remove(&self->digits.all, &err), &err);
}

static void undo(app *self)
{
    self->problem[0] = '\0';
    if (collection_undo(&self->digits.all))
        changed(self);
}

/* The one that is chosen goes to the canvas; what was there goes to the earlier drawings. */
static void look_at(app *self)
{
    nn_error err;
    ink drawing;
    const app_digits *d = &self->digits;
    int i = 0;
    while (i < d->n_shown && !d->shown[i].item->chosen)
        i++;
    if (d->n_chosen != 1 || i == d->n_shown)
        return;
    if (!collection_ink(d->shown[i].item, &drawing, &err)) {
        app_tell_problem(self, err.text);
        return;
    }
    app_show(self, POPUP_NONE);
    if (!drawing_replace(self, &drawing, &err))
        app_notice_error(self, &err);
    ink_free(&drawing);
}

bool digits_key(app *self, int key, int mods)
{
    if (self->popup != POPUP_DIGITS)
        return false;
    if (key == KEY_DELETE && mods == 0)
        remove_chosen(self);
    else if (key == 'a' && mods == MOD_CTRL)
        choose_all(self);
    else if (key == 'z' && mods == MOD_CTRL)
        undo(self);
    else {
        int class = mods == 0 ? app_class_of_key(self, key) : -1;
        relabel(self, class);
        return class >= 0;
    }
    return true;
}

/* ---- dialogs over the page --------------------------------------------------------------------------------------- */

static void open_page(app *self)
{
    char path[PATHS_MAX];
    app_digits *d = &self->digits;
    d->list = DIGITS_NO_LIST;
    app_show(self, POPUP_DIGITS);
    if (!d->there && !d->job && train_kept_path(self, path))
        read_file(self, path, false);
}

/* The digits that are chosen get a name, or else those that are drawn from now on. */
static void ask_writer(app *self, bool of_chosen)
{
    app_digits *d = &self->digits;
    d->of_chosen = of_chosen && d->n_chosen > 0;
    d->from_page = self->popup == POPUP_DIGITS;
    app_show(self, POPUP_GUEST);
}

static void accept_writer(app *self)
{
    nn_error err;
    const char *name = self->ui->field.text;
    app_digits *d = &self->digits;
    if (strlen(name) >= NN_NAME) {
        app_tell_problem(self, texts_get(TEXT_GUEST_TOO_LONG));
        return;
    }
    if (!d->of_chosen)
        snprintf(self->settings.guest, sizeof self->settings.guest, "%s", name);
    bool ok = !d->of_chosen || collection_rename(&d->all, name, &err);
    app_show(self, d->from_page ? POPUP_DIGITS : POPUP_NONE);
    if (d->of_chosen)
        follow(self, ok, &err);
}

static void accept_import(app *self)
{
    char path[PATHS_MAX];
    if (!files_chosen(self, path) || files_lead_on(self, path) || !files_chosen(self, path))
        return;
    if (self->digits.job)
        return;
    nn_error err;
    if (!folder_is_there(path, &err)) {
        app_tell_problem(self, err.text);
        return;
    }
    self->at_work = true;
    read_file(self, path, true);
}

/* An ending that says "strokes" makes a file of them, any other name a folder of images. */
static void accept_export(app *self)
{
    nn_error err;
    char path[PATHS_MAX];
    app_digits *d = &self->digits;
    if (!files_chosen(self, path) || (platform_is_folder(path) && files_lead_on(self, path)))
        return;
    if (!files_may_write(self, path))
        return;
    bool strokes = save_kind_of(path) == SAVE_STROKES;
    collection_wish wish = {.task = strokes ? COLLECTION_STROKES : COLLECTION_IMAGES, .path = path};
    if (d->job)
        return;
    self->at_work = true;
    if (!collection_print(&d->all, true, &wish.text, &wish.len, &err))
        app_tell_problem(self, err.text);
    else
        start(self, &d->job, &wish);
}

void digits_accept(app *self)
{
    if (self->popup == POPUP_GUEST)
        accept_writer(self);
    else if (self->popup == POPUP_DIGITS_IMPORT)
        accept_import(self);
    else
        accept_export(self);
}

void digits_call_off(app *self)
{
    collection_job_leave(self->digits.job);
    self->digits.job = NULL;
}

bool digits_close(app *self)
{
    app_digits *d = &self->digits;
    bool over = self->popup == POPUP_DIGITS_IMPORT || self->popup == POPUP_DIGITS_EXPORT ||
                (self->popup == POPUP_GUEST && d->from_page);
    if (over)
        app_show(self, POPUP_DIGITS);
    else if (self->popup == POPUP_DIGITS && d->list != DIGITS_NO_LIST)
        d->list = DIGITS_NO_LIST;
    else
        return false;
    return true;
}

/* No ending: a folder of images. */
void digits_name_as(char path[UI_FIELD], bool strokes)
{
    if (strokes)
        save_kind_rename(path, UI_FIELD, SAVE_STROKES);
    else
        path[save_kind_stem(path)] = '\0';
}

static void ask_export(app *self)
{
    if (self->digits.all.now.count > 0)
        app_show(self, POPUP_DIGITS_EXPORT);
}

bool digits_do(app *self, action act)
{
    switch (act.id) {
    case ACTION_DIGITS: open_page(self); return true;
    case ACTION_GUEST: ask_writer(self, false); return true;
    case ACTION_DIGITS_ONE: choose(self, act.index); return true;
    case ACTION_DIGITS_ALL: choose_all(self); return true;
    case ACTION_DIGITS_LIST: show_list(self, (digits_list)act.index); return true;
    case ACTION_DIGITS_SHOW: show_only(self, act.index); return true;
    case ACTION_DIGITS_ANSWER: relabel(self, act.index); return true;
    case ACTION_DIGITS_WRITER: ask_writer(self, true); return true;
    case ACTION_DIGITS_REMOVE: remove_chosen(self); return true;
    case ACTION_DIGITS_UNDO: undo(self); return true;
    case ACTION_DIGITS_LOOK: look_at(self); return true;
    case ACTION_DIGITS_IMPORT: app_show(self, POPUP_DIGITS_IMPORT); return true;
    case ACTION_DIGITS_EXPORT: ask_export(self); return true;
    default: return false;
    }
}
