/* teaching.c - answers by keys, the worker that learns from them, and the way back to the model before. */
#include "teaching.h"
#include "app/texts/texts.h"
#include "nn/file.h"
#include "notice.h"
#include "reader.h"
#include "train_choices.h"
#include <stdio.h>
#include <string.h>

bool teaching_answer(app *self, int key)
{
    int class = app_class_of_key(self, key);
    if (class >= 0 && app_remark_unless(self, ACTION_KEEP))
        train_keep_drawing(self, class);
    return class >= 0;
}

/* One who came to the answer by keys goes on from there. */
static void answer_with(app *self, int class)
{
    train_keep_drawing(self, class);
    if (self->ui->focus_shown)
        ui_set_focus(self->ui, "learn_from_it");
}

/* From a copy of the model in use, with all drawings that are kept. */
static void learn(app *self)
{
    nn_error err;
    char kept[PATHS_MAX];
    app_teaching *t = &self->teaching;
    job_host host = app_job_host(self);
    if (t->job || t->undoing || !train_kept_path(self, kept))
        return;
    app_withdraw(self, ACTION_UNLEARN); /* whoever goes on from there keeps it */
    *t->path = '\0';
    t->progress = 0;
    snprintf(t->before, sizeof t->before, "%s", app_reader_value(self));
    app_withdraw(self, ACTION_UNKEEP);
    if (teach_job_new(&t->job, t->before, kept, self->reader.name, &self->paths, &host, &err))
        app_remark(self, FORMAT_NOTICE_TEACHING);
    else
        app_notice_error(self, &err);
}

static void stop(app *self)
{
    app_teaching *t = &self->teaching;
    if (!t->job)
        return;
    teach_job_leave(t->job);
    t->job = NULL;
    app_remark_over(self, FORMAT_NOTICE_TEACHING);
}

void teaching_renamed(app *self, const char *from, const char *to)
{
    app_teaching *t = &self->teaching;
    if (strcmp(t->before, from) == 0)
        snprintf(t->before, sizeof t->before, "%s", to);
}

/* The file of the model before stayed as it was, so what reads then is the same, bit by bit. */
static void undo(app *self)
{
    char name[NN_NAME];
    app_teaching *t = &self->teaching;
    const char *before = t->before;
    if (!*t->path)
        return;
    t->undoing = true;
    models_short_name(name, before);
    reader_use(self, &before, 1, name, !models_is_path(before));
}

/* The copy's file goes once the model before reads: where that could not be opened, the copy is what there is. */
static void end_undo(app *self)
{
    nn_error err;
    app_teaching *t = &self->teaching;
    t->undoing = false;
    if (strcmp(app_reader_value(self), t->before) == 0 && !nn_file_remove(t->path, &err))
        app_notice_error(self, &err);
    *t->path = '\0';
}

/* The copy reads from its first frame on; what it says is told then. */
static void adopt(app *self, const teach_outcome *o)
{
    app_teaching *t = &self->teaching;
    char name[NN_NAME];
    const char *path = o->path;
    bool read = app_can_answer(self) && app_read(self)->answer.digit >= 0;
    models_short_name(name, path);
    snprintf(t->was, sizeof t->was, "%s", read ? app_read(self)->answer.text : "");
    t->drawn = app_drawn(self);
    memcpy(t->bars, app_read(self)->answer.probability, sizeof t->bars);
    t->made = *o;
    snprintf(t->path, sizeof t->path, "%s", path);
    reader_use(self, &path, 1, name, true);
}

static void tell(app *self)
{
    app_teaching *t = &self->teaching;
    const teach_outcome *o = &t->made;
    const char *now = app_read(self)->answer.text;
    if (strcmp(self->reader.path, o->path) != 0) /* another one has been chosen, or it could not be opened */
        ;
    else if (*t->was && t->drawn == app_drawn(self) && strcmp(t->was, now) != 0)
        app_ask(self, ACTION_UNLEARN, FORMAT_NOTICE_TAUGHT_THIS, now, t->was, o->others.after, o->others.n,
                o->others.before);
    else
        app_ask(self, ACTION_UNLEARN, FORMAT_NOTICE_TAUGHT, o->drawings.after, o->drawings.n, o->drawings.before,
                o->others.after, o->others.n, o->others.before);
    *t->made.path = '\0';
}

void teaching_tick(app *self)
{
    nn_error err;
    teach_outcome o;
    app_teaching *t = &self->teaching;
    if (*t->made.path && !self->reader.load)
        tell(self);
    if (t->undoing && !self->reader.load)
        end_undo(self);
    if (*t->path && !t->undoing && !self->reader.load && strcmp(self->reader.path, t->path) != 0 &&
        strcmp(app_reader_value(self), t->before) != 0)
        app_withdraw(self, ACTION_UNLEARN); /* whoever chooses a third one keeps the copy */
    if (*t->path && !t->undoing && !*t->made.path && !app_offers(self, ACTION_UNLEARN))
        *t->path = '\0'; /* it was decided to keep it */
    if (t->job)
        t->progress = (float)app_told(self, "lesson", (double)teach_job_progress(t->job));
    if (!t->job || app_told(self, "taught", teach_job_is_done(t->job)) == 0)
        return;
    bool ok = teach_job_take(t->job, &o, &err);
    t->job = NULL;
    app_remark_over(self, FORMAT_NOTICE_TEACHING);
    if (!ok)
        app_notice_error(self, &err);
    else if (!*o.path)
        app_notice(self, FORMAT_NOTICE_NOT_TAUGHT, o.drawings.after, o.drawings.n, o.drawings.before, o.others.after,
                   o.others.n);
    else
        adopt(self, &o);
}

void teaching_free(app *self)
{
    teach_job_leave(self->teaching.job);
}

bool teaching_do(app *self, action act)
{
    switch (act.id) {
    case ACTION_ANSWER: answer_with(self, act.index); return true;
    case ACTION_UNKEEP: train_forget_drawing(self); return true;
    case ACTION_LEARN: learn(self); return true;
    case ACTION_UNTEACH: stop(self); return true;
    case ACTION_UNLEARN: undo(self); return true;
    default: return false;
    }
}
