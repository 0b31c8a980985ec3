/* train_choices.c - architectures, data and names. */
#include "train_choices.h"
#include "app/core/data/data_source.h"
#include "app/core/data/mnist.h"
#include "app/core/data/samples.h"
#include "app/core/platform.h"
#include "app/texts/texts.h"
#include "drawing.h"
#include "nn/file.h"
#include "notice.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* ---- what takes a look into files ------------------------------------------------------------------------------------- */

/* Counts the drawings that were kept, of which there may be many in time, and looks for MNIST, in a thread of its own. */
struct kept_count {
    job *job;
    char path[PATHS_MAX], mnist[PATHS_MAX];
    int count;
    bool has_mnist;
};

bool train_kept_path(const app *self, char path[PATHS_MAX])
{
    return paths_join(path, self->paths.state, "digits.jsonl");
}

static void count(void *ctx, job *thread)
{
    struct kept_count *self = ctx;
    data_source source;
    nn_error ignored;
    (void)thread;
    self->count = samples_count(self->path);
    self->has_mnist =
        platform_is_folder(self->mnist) && data_source_find(&source, self->mnist, NULL, DATASET_TRAIN, &ignored);
}

void train_stop_counting(app *self)
{
    if (self->training.counting)
        job_leave(self->training.counting->job, nn_free);
    self->training.counting = NULL;
}

/* Out of memory, what is known stays. */
static void count_kept(app *self)
{
    nn_error err;
    job_host host = app_job_host(self);
    train_stop_counting(self);
    struct kept_count *c = nn_alloc(1, sizeof *c);
    if (c)
        snprintf(c->mnist, sizeof c->mnist, "%s", self->paths.mnist);
    if (c && train_kept_path(self, c->path) && job_start(&c->job, count, c, &host, &err))
        self->training.counting = c;
    else
        nn_free(c);
}

void train_follow_count(app *self)
{
    struct kept_count *c = self->training.counting;
    if (!c || app_told(self, "kept", job_has_ended(c->job)) == 0)
        return;
    job_finish(c->job);
    self->training.n_kept = c->count;
    self->training.has_mnist = c->has_mnist;
    self->training.counting = NULL;
    nn_free(c);
}

/* ---- drawings ---------------------------------------------------------------------------------------------------- */

static bool take_back(app *self, const char *path, nn_error *err)
{
    app_training *t = &self->training;
    if (!samples_take_back(path, &t->last.place, &t->n_kept, err))
        return false;
    *t->last.label = '\0';
    return true;
}

static bool keep(app *self, const char *path, const char *label, nn_error *err)
{
    app_training *t = &self->training;
    app_kept kept = {.drawing = self->drawing.version};
    snprintf(kept.label, sizeof kept.label, "%s", label);
    if ((app_answered(self) && !take_back(self, path, err)) || !nn_file_mkdirs(self->paths.state, err) ||
        !samples_keep(path, &self->drawing, label, self->settings.guest, &t->n_kept, &kept.place, err))
        return false;
    t->last = kept;
    return true;
}

void train_keep_drawing(app *self, int class)
{
    char path[PATHS_MAX];
    nn_error err;
    const nn_model *model = app_model(self);
    drawing_lift(self); /* or half a stroke would be kept */
    if (!model || !app_can_answer(self) || class < 0 || class >= model->n_labels)
        return;
    const char *label = model->label[class];
    bool ok = train_kept_path(self, path) ? keep(self, path, label, &err)
                                          : nn_fail(&err, NN_USAGE, 0, "there is no folder for it: HOME is not set");
    if (self->training.counting) /* which may have been too early to see it */
        count_kept(self);
    if (ok) {
        app_succeeded(self, ACTION_KEEP);
        app_done(self, ACTION_UNKEEP, FORMAT_NOTICE_DRAWING_KEPT, label, self->training.n_kept, path);
    } else {
        app_failed(self, ACTION_KEEP, FORMAT_NOTICE_NETWORK_NOT_KEPT, err.text);
    }
}

void train_forget_drawing(app *self)
{
    char path[PATHS_MAX];
    nn_error err;
    if (!*self->training.last.label || !train_kept_path(self, path))
        return;
    if (!take_back(self, path, &err))
        app_notice_error(self, &err);
    if (self->training.counting)
        count_kept(self);
}

/* ---- what there is ----------------------------------------------------------------------------------------------- */

void train_look_around(app *self)
{
    app_training *t = &self->training;
    nn_error err;
    count_kept(self);
    t->has_mnist = t->has_mnist || mnist_is_named(self->paths.mnist);
    nn_free(t->nets);
    t->nets = NULL;
    t->n_nets = 0;
    if (!models_list_nets(&t->nets, &t->n_nets, &self->paths, &err))
        app_notice(self, FORMAT_NOTICE_NETWORKS, err.text);
}

void train_images(const app *self, training_data *images)
{
    const char *path = self->training.path;
    char kept[PATHS_MAX] = "";
    *images = (training_data){.choice = self->settings.train_data, .seed = 1};
    if (images->choice == TRAIN_MNIST)
        path = self->paths.mnist;
    else if (images->choice == TRAIN_KEPT)
        path = train_kept_path(self, kept) ? kept : "";
    else if (images->choice != TRAIN_PATH)
        path = "";
    snprintf(images->path, sizeof images->path, "%s", path);
}

void train_set_path(app *self, const char *path)
{
    snprintf(self->training.path, sizeof self->training.path, "%s", path);
    self->settings.train_data = TRAIN_PATH;
    if (strlen(path) < sizeof self->settings.train_path)
        snprintf(self->settings.train_path, sizeof self->settings.train_path, "%s", path);
}

/* ---- names ------------------------------------------------------------------------------------------------------- */

/* A name is a word that stands for a file on the command line as well. */
bool train_check_letters(const char *name, nn_error *err)
{
    if (!*name || strlen(name) >= NN_NAME)
        return nn_fail(err, NN_USAGE, 0, "A name has 1 to %d letters", NN_NAME - 1);
    for (const char *p = name; *p; p++)
        if (!isalnum((unsigned char)*p) && !strchr("-_", *p))
            return nn_fail(err, NN_USAGE, 0, "A name has letters, digits, - and _ only");
    return true;
}

bool train_check_name(const app *self, const char *name, nn_error *err)
{
    if (!train_check_letters(name, err))
        return false;
    if (models_has(&self->paths, name))
        return nn_fail(err, NN_USAGE, 0, "There is a model of that name already");
    return true;
}

bool train_rename(app *self, const char *name, nn_error *err)
{
    if (!train_check_name(self, name, err))
        return false;
    snprintf(self->training.name, sizeof self->training.name, "%s", name);
    return true;
}

/* "quick-1", or the first number that is free. */
void train_propose_name(app *self)
{
    const char *net = app_train_net(self), *slash = strrchr(net, '/');
    char base[NN_NAME - 8], name[NN_NAME];
    size_t n = 0;
    for (const char *p = slash ? slash + 1 : net; *p && *p != '.' && n + 1 < sizeof base; p++)
        base[n++] = isalnum((unsigned char)*p) || strchr("-_", *p) ? *p : '-';
    base[n] = '\0';
    nn_error err;
    for (int i = 1; i < 10000; i++) {
        snprintf(name, sizeof name, "%s-%d", *base ? base : "own", i);
        if (train_rename(self, name, &err))
            return;
    }
}
