/* teaching.c - answers by keys, the worker that learns from them, and the way back to the model before. */
#include "teaching.h"
#include "app/core/platform.h"
#include "app/texts/texts.h"
#include "notice.h"
#include "reader.h"
#include "train_choices.h"
#include <stdio.h>
#include <string.h>

bool teaching_answer(app *self, int key)
{
    const nn_model *model = app_model(self);
    if (!model || ink_is_empty(&self->drawing) || app_shows_picture(self))
        return false;
    for (int class = 0; class < model->n_labels; class ++)
        if (model->label[class][0] == key && !model->label[class][1]) {
            train_keep_drawing(self, class);
            return true;
        }
    return false;
}

/* From a copy of the model in use, with all drawings that are kept. */
static void learn(app *self)
{
    nn_error err;
    char kept[PATHS_MAX];
    app_teaching *t = &self->teaching;
    job_host host = {self->host.ctx, self->host.wake, platform_lower_priority};
    if (t->job)
        return;
    if (!train_kept_path(self, kept) || !platform_exists(kept)) {
        app_remark(self, FORMAT_NOTICE_TEACH_FIRST);
        return;
    }
    snprintf(t->before, sizeof t->before, "%s", *self->reader.path ? self->reader.path : self->reader.name);
    if (teach_job_new(&t->job, t->before, kept, self->reader.name, &self->paths, &host, &err))
        app_remark(self, FORMAT_NOTICE_TEACHING);
    else
        app_notice_error(self, &err);
}

/* The file stays as it was, so what reads then is the same, bit by bit. */
static void undo(app *self)
{
    char name[NN_NAME];
    const char *before = self->teaching.before;
    models_short_name(name, before);
    reader_use(self, &before, 1, name, !models_is_path(before));
}

void teaching_tick(app *self)
{
    nn_error err;
    teach_outcome o;
    app_teaching *t = &self->teaching;
    if (!t->job || app_told(self, "taught", teach_job_is_done(t->job)) == 0)
        return;
    bool ok = teach_job_take(t->job, &o, &err);
    t->job = NULL;
    if (!ok) {
        app_notice_error(self, &err);
    } else if (!*o.path) {
        app_notice(self, FORMAT_NOTICE_NOT_TAUGHT, o.drawings.after, o.drawings.n, o.drawings.before, o.others.after,
                   o.others.before);
    } else {
        char name[NN_NAME];
        const char *path = o.path;
        models_short_name(name, path);
        reader_use(self, &path, 1, name, true);
        app_done(self, ACTION_UNLEARN, FORMAT_NOTICE_TAUGHT, o.drawings.after, o.drawings.n, o.drawings.before,
                 o.others.after, o.others.before);
    }
}

void teaching_free(app *self)
{
    teach_job_leave(self->teaching.job);
}

bool teaching_do(app *self, action act)
{
    switch (act.id) {
    case ACTION_LEARN: learn(self); return true;
    case ACTION_UNLEARN: undo(self); return true;
    default: return false;
    }
}
