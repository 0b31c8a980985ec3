/* net_editor.c - begins with the network that is chosen, follows what is typed and clicked, and writes the file. */
#include "net_editor.h"
#include "learn.h"
#include "nn/file.h"
#include "notice.h"
#include "popups.h"
#include "train_choices.h"
#include <stdio.h>
#include <string.h>

void net_editor_forget(app *self)
{
    app_learn *l = &self->learn;
    net_draft_free(&l->draft);
    l->draft_changed = l->editing = false;
}

/* ---- lines ------------------------------------------------------------------------------------------------------- */

/* The field holds the line that is chosen. */
static void choose(app *self, int line)
{
    app_learn *l = &self->learn;
    if (line < 0 || line >= l->draft.count)
        return;
    l->line = line;
    ui_edit(self->ui, l->draft.line[line]);
    ui_set_focus(self->ui, "text");
}

static void open_editor(app *self)
{
    app_learn *l = &self->learn;
    nn_error err;
    if (!l->plan || self->training.job)
        return;
    bool goes_on = l->draft_changed && strcmp(l->draft_of, app_train_net(self)) == 0;
    if (!goes_on) {
        net_editor_forget(self);
        if (!net_draft_begin(&l->draft, l->plan->text, &err)) {
            app_notice_error(self, &err);
            return;
        }
        snprintf(l->draft_of, sizeof l->draft_of, "%s", app_train_net(self));
    }
    app_remark_over(self, FORMAT_NOTICE_DRAFT_STAYS);
    app_show(self, POPUP_NET);
    l->editing = true;
    choose(self, l->draft.count > 1 ? 1 : 0);
}

static void add_layer(app *self, int kind)
{
    app_learn *l = &self->learn;
    if (kind >= 0 && kind < APP_LAYERS && net_draft_insert(&l->draft, l->line + 1, app_layer(kind)->line)) {
        l->draft_changed = true;
        choose(self, l->line + 1);
    }
}

static void remove_layer(app *self)
{
    app_learn *l = &self->learn;
    if (!net_draft_remove(&l->draft, l->line))
        return;
    l->draft_changed = true;
    choose(self, l->line < l->draft.count ? l->line : l->draft.count - 1);
}

static void move_layer(app *self, int by)
{
    app_learn *l = &self->learn;
    if ((by == 1 || by == -1) && net_draft_move(&l->draft, l->line, by)) {
        l->draft_changed = true;
        choose(self, l->line + by);
    }
}

void net_editor_tick(app *self)
{
    app_learn *l = &self->learn;
    const char *typed = self->ui->field.text;
    if (self->popup == POPUP_NET && l->line < l->draft.count && strcmp(typed, l->draft.line[l->line]) != 0 &&
        strlen(typed) < NET_DRAFT_LINE)
        l->draft_changed |= net_draft_replace(&l->draft, l->line, typed);
    if (!l->editing || self->popup == POPUP_NET || self->popup == POPUP_NET_NAME)
        return;
    l->editing = false;
    if (l->draft_changed) /* nothing is lost by Escape */
        app_remark(self, FORMAT_NOTICE_DRAFT_STAYS);
}

/* ---- saving ------------------------------------------------------------------------------------------------------ */

/* The network of a person's own that has this name; NULL: there is none. */
static const model_entry *find_net(const app *self, const char *name)
{
    const app_training *t = &self->training;
    for (int i = 0; i < t->n_nets; i++)
        if (strcmp(t->nets[i].name, name) == 0)
            return &t->nets[i];
    return NULL;
}

/* The name of one's own that is changed, or else "own-1" or the first number that is free. */
static void propose_name(const app *self, char name[NN_NAME])
{
    const model_entry *chosen = find_net(self, app_train_net(self));
    if (chosen && !chosen->shipped) {
        snprintf(name, NN_NAME, "%s", chosen->name);
        return;
    }
    int i = 1;
    do
        snprintf(name, NN_NAME, "own-%d", i);
    while (find_net(self, name) && i++ < 10000);
}

void net_editor_ask_name(app *self)
{
    char name[NN_NAME];
    net_editor_tick(self);
    if (!self->learn.draft.plan)
        return;
    propose_name(self, name);
    app_show(self, POPUP_NET_NAME);
    ui_edit(self->ui, name);
}

static bool write_net(app *self, const char *name, nn_error *err)
{
    char file[NN_NAME + 8], path[PATHS_MAX];
    snprintf(file, sizeof file, "%s.net", name);
    char *text = net_draft_text(&self->learn.draft);
    bool ok = text ? paths_join(path, self->paths.models, file) ||
                         nn_fail(err, NN_USAGE, 0, "there is no folder for models: HOME is not set")
                   : nn_fail(err, NN_NOMEM, 0, "out of memory for the architecture");
    ok = ok && nn_file_mkdirs(self->paths.models, err) && nn_file_save(path, text, strlen(text), NN_CONSISTENT, err);
    nn_free(text);
    return ok;
}

/* Another network is not replaced. */
bool net_editor_save(app *self, const char *name, nn_error *err)
{
    const model_entry *there = find_net(self, name);
    if (!train_check_letters(name, err))
        return false;
    if (there && (there->shipped || strcmp(name, app_train_net(self)) != 0))
        return nn_fail(err, NN_USAGE, 0, "There is a network of that name already");
    if (!write_net(self, name, err))
        return false;
    snprintf(self->settings.train_net, sizeof self->settings.train_net, "%s", name);
    self->learn.draft_changed = false;
    learn_ask_again(self);
    train_look_around(self);
    return true;
}

bool net_editor_do(app *self, action act)
{
    switch (act.id) {
    case ACTION_NET_CHANGE: open_editor(self); return true;
    case ACTION_NET_LINE: choose(self, act.index); return true;
    case ACTION_NET_ADD: add_layer(self, act.index); return true;
    case ACTION_NET_REMOVE: remove_layer(self); return true;
    case ACTION_NET_MOVE: move_layer(self, act.index); return true;
    default: return false;
    }
}
