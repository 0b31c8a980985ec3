/* train.c - starting, watching, keeping a training. */
#include "train.h"
#include "app/core/data/samples.h"
#include "app/core/platform.h"
#include "app/texts/texts.h"
#include "nn/file.h"
#include "notice.h"
#include "popups.h"
#include "reader.h"
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const char kept_file[] = "digits.jsonl";

/* ---- what there is ----------------------------------------------------------------------------------------------- */

static void look_around(app *self)
{
    app_training *t = &self->training;
    char path[PATHS_MAX];
    nn_error err;
    t->n_kept = paths_join(path, self->paths.state, kept_file) ? samples_count(path) : 0;
    t->has_mnist = dataset_is_there(self->paths.mnist, DATASET_TRAIN);
    nn_free(t->nets);
    t->nets = NULL;
    t->n_nets = 0;
    if (!models_list_nets(&t->nets, &t->n_nets, &self->paths, &err))
        app_notice(self, FORMAT_NOTICE_NETWORKS, err.text);
}

void train_init(app *self)
{
    app_training *t = &self->training;
    snprintf(t->path, sizeof t->path, "%s", self->options.data ? self->options.data : self->settings.train_path);
    if (self->options.data)
        self->settings.train_data = TRAIN_PATH;
    look_around(self);
}

void train_free(app *self)
{
    train_job_free(self->training.job);
    train_job_free(self->training.thrown);
    fetch_job_free(self->training.fetch);
    recogniser_free(self->training.reader);
    nn_free(self->training.nets);
}

bool train_set_path(app *self, const char *path, nn_error *err)
{
    if (!platform_exists(path))
        return nn_fail(err, NN_IO, 0, "%.150s: there is no such folder or file", path);
    if (platform_is_folder(path) && !dataset_is_there(path, DATASET_TRAIN))
        return nn_fail(err, NN_FORMAT, 0, "%.100s: has no train-images-idx3-ubyte and train-labels-idx1-ubyte", path);
    snprintf(self->training.path, sizeof self->training.path, "%s", path);
    self->settings.train_data = TRAIN_PATH;
    if (strlen(path) < sizeof self->settings.train_path)
        snprintf(self->settings.train_path, sizeof self->settings.train_path, "%s", path);
    return true;
}

/* ---- names ------------------------------------------------------------------------------------------------------- */

/* A name is a word that stands for a model on the command line as well. */
static bool check_name(const app *self, const char *name, nn_error *err)
{
    if (!*name || strlen(name) >= NN_NAME)
        return nn_fail(err, NN_USAGE, 0, "A name has 1 to %d letters", NN_NAME - 1);
    for (const char *p = name; *p; p++)
        if (!isalnum((unsigned char)*p) && !strchr("-_", *p))
            return nn_fail(err, NN_USAGE, 0, "A name has letters, digits, - and _ only");
    if (models_has(&self->paths, name))
        return nn_fail(err, NN_USAGE, 0, "There is a model of that name already");
    return true;
}

bool train_rename(app *self, const char *name, nn_error *err)
{
    if (!check_name(self, name, err))
        return false;
    snprintf(self->training.name, sizeof self->training.name, "%s", name);
    return true;
}

/* "quick-1", or the first number that is free. */
static void propose_name(app *self)
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

/* ---- the canvas -------------------------------------------------------------------------------------------------- */

static void watch(app *self, bool on)
{
    if (on == app_watches_training(self))
        return;
    if (!on)
        reader_send_away(self);
    else if (self->training.reader)
        reader_invite(self, self->training.reader, texts_get(TEXT_TRAIN_IN_TRAINING));
}

/* The first weights make a reader, later ones move into it. */
static void read_with_news(app *self)
{
    app_training *t = &self->training;
    const float *weights = train_job_weights(t->job);
    if (!weights)
        return;
    if (t->reader) {
        recogniser_set_weights(t->reader, weights);
        if (app_watches_training(self))
            reader_changed(self);
        return;
    }
    nn_model *model;
    nn_error err;
    if (train_job_news(t->job)->phase == TRAIN_SAVED)
        return;
    if (!train_job_model(t->job, &model, &err) || !recogniser_new(&t->reader, model, &err)) {
        app_remark(self, FORMAT_NOTICE_CANNOT_READ, err.text);
        return;
    }
    watch(self, true);
}

static bool can_be_kept(const app_training *t)
{
    return t->job && !t->saving && train_job_news(t->job)->phase == TRAIN_ENDED;
}

static void drop_thrown(app_training *t)
{
    train_job_free(t->thrown);
    t->thrown = NULL;
}

/* Back to the model in use; the worker has ended. Returns its job, the caller's. */
static train_job *leave_training(app *self)
{
    app_training *t = &self->training;
    train_job *left = t->job;
    watch(self, false);
    recogniser_free(t->reader);
    t->reader = NULL;
    t->job = NULL;
    t->paused = t->stopping = t->saving = false;
    look_around(self);
    return left;
}

static void forget(app *self)
{
    train_job_free(leave_training(self));
}

/* For as long as the message stands, it can be fetched back. */
static void throw_away(app *self)
{
    app_training *t = &self->training;
    if (!can_be_kept(t))
        return;
    drop_thrown(t);
    t->thrown = leave_training(self);
    app_done(self, ACTION_TRAIN_FETCH_BACK, FORMAT_NOTICE_TRAINING_GONE);
}

static void fetch_back(app *self)
{
    app_training *t = &self->training;
    if (t->job || !t->thrown)
        return;
    t->job = t->thrown;
    t->thrown = NULL;
    read_with_news(self);
}

/* ---- what the worker tells --------------------------------------------------------------------------------------- */

static void say_that_it_ended(app *self)
{
    const train_news *news = train_job_news(self->training.job);
    if (self->settings.view != VIEW_TRAIN)
        app_notice(self, FORMAT_NOTICE_TRAINED, 100 * news->best_accuracy);
    if (self->host.attract)
        self->host.attract(self->host.ctx);
}

/* Nothing that could be kept: the form says why. */
static void give_up(app *self)
{
    app_training *t = &self->training;
    const train_news *news = train_job_news(t->job);
    if (news->problem.code != NN_OK)
        snprintf(t->problem, sizeof t->problem, "%s", news->problem.text);
    else
        snprintf(t->problem, sizeof t->problem, "%s", texts_get(TEXT_TRAIN_NOTHING_TO_KEEP));
    if (self->settings.view != VIEW_TRAIN)
        app_notice(self, FORMAT_NOTICE_TRAINING_ENDED, t->problem);
    bool leaving = t->leaving;
    forget(self);
    self->quit = leaving;
}

static void ended(app *self)
{
    app_training *t = &self->training;
    const train_news *news = train_job_news(t->job);
    if (t->saving) { /* it could not be saved */
        t->saving = t->leaving = false;
        app_notice(self, FORMAT_NOTICE_NETWORK_NOT_KEPT, news->problem.text);
    } else if (news->best_epoch == 0) {
        give_up(self);
    } else {
        propose_name(self);
        if (t->leaving)
            train_keep_and_leave(self);
        else if (!t->stopping)
            say_that_it_ended(self);
        t->stopping = t->paused = false;
    }
}

static void saved(app *self)
{
    app_training *t = &self->training;
    nn_error err;
    char name[NN_NAME];
    snprintf(name, sizeof name, "%s", t->name);
    bool leaving = t->leaving;
    forget(self);
    if (!app_use_model(self, name, &err))
        app_notice_error(self, &err);
    else
        snprintf(self->settings.model, sizeof self->settings.model, "%s", name);
    app_done(self, ACTION_NONE, FORMAT_NOTICE_KEPT, name, self->paths.models);
    self->quit = leaving;
}

static void tell_fetched(app *self)
{
    if (self->training.has_mnist)
        app_notice(self, FORMAT_NOTICE_MNIST_HERE);
    else
        app_notice(self, FORMAT_NOTICE_MNIST_FAILED);
}

static void follow_fetching(app *self)
{
    app_training *t = &self->training;
    if (!t->fetch || !fetch_job_look(t->fetch))
        return;
    const fetch_news *news = fetch_job_news(t->fetch);
    if (!news->ended)
        return;
    if (news->problem.code != NN_OK)
        snprintf(t->problem, sizeof t->problem, "%s", news->problem.text);
    fetch_job_free(t->fetch);
    t->fetch = NULL;
    t->stopping = false;
    look_around(self);
    if (self->settings.view != VIEW_TRAIN)
        tell_fetched(self);
}

void train_tick(app *self)
{
    app_training *t = &self->training;
    follow_fetching(self);
    if (t->thrown && (t->job || !app_offers(self, ACTION_TRAIN_FETCH_BACK)))
        drop_thrown(t);
    if (!t->job || !train_job_look(t->job))
        return;
    read_with_news(self);
    switch (train_job_news(t->job)->phase) {
    case TRAIN_PREPARING:
    case TRAIN_RUNNING: break;
    case TRAIN_ENDED: ended(self); break;
    case TRAIN_SAVED: saved(self); break;
    }
}

/* ---- what a person asks for -------------------------------------------------------------------------------------- */

static job_host worker_host(const app *self)
{
    return (job_host){self->host.ctx, self->host.wake, platform_lower_priority};
}

static void fetch(app *self)
{
    app_training *t = &self->training;
    nn_error err;
    job_host host = worker_host(self);
    if (t->fetch)
        return;
    t->problem[0] = '\0';
    if (!fetch_job_new(&t->fetch, self->options.mirror, self->paths.mnist, &host, &err))
        snprintf(t->problem, sizeof t->problem, "%s", err.text);
}

static float learning_rate(const app *self)
{
    return powf(10, self->settings.train_rate);
}

static void start(app *self)
{
    app_training *t = &self->training;
    nn_error err;
    train_request request = {.data = self->settings.train_data,
                             .epochs = self->settings.train_epochs,
                             .threads = platform_threads(),
                             .seed = 1,
                             .lr = learning_rate(self),
                             .augment = self->settings.train_augment};
    if (t->job || t->fetch)
        return;
    snprintf(request.net, sizeof request.net, "%s", app_train_net(self));
    if (request.data == TRAIN_MNIST)
        snprintf(request.path, sizeof request.path, "%s", self->paths.mnist);
    else if (request.data == TRAIN_KEPT)
        paths_join(request.path, self->paths.state, kept_file);
    else
        snprintf(request.path, sizeof request.path, "%s", t->path);
    t->problem[0] = '\0';
    job_host host = worker_host(self);
    if (!train_job_new(&t->job, &request, &self->paths, &host, &err))
        snprintf(t->problem, sizeof t->problem, "%s", err.text);
}

static void cancel(app *self)
{
    app_training *t = &self->training;
    if (!t->job && !t->fetch)
        return;
    t->stopping = true;
    if (t->fetch)
        fetch_job_stop(t->fetch);
    else
        train_job_stop(t->job);
}

static void pause(app *self)
{
    app_training *t = &self->training;
    if (!t->job)
        return;
    t->paused = !t->paused;
    train_job_pause(t->job, t->paused);
}

static void keep(app *self)
{
    app_training *t = &self->training;
    char file[NN_NAME + 16], path[PATHS_MAX];
    nn_error err;
    if (!can_be_kept(t))
        return;
    snprintf(file, sizeof file, "%s.safetensors", t->name);
    bool ok = paths_join(path, self->paths.models, file)
                  ? nn_file_mkdirs(self->paths.models, &err)
                  : nn_fail(&err, NN_USAGE, 0, "there is no folder for models: HOME is not set");
    if (ok && train_job_save(t->job, path, &err)) {
        t->saving = true;
        return;
    }
    t->leaving = false;
    app_notice(self, FORMAT_NOTICE_NETWORK_NOT_KEPT, err.text);
}

static void choose_net(app *self, int index)
{
    const app_training *t = &self->training;
    if (index >= 0 && index < t->n_nets)
        snprintf(self->settings.train_net, sizeof self->settings.train_net, "%s", t->nets[index].name);
    app_show(self, POPUP_NONE);
}

static void choose_data(app *self, int index)
{
    if (index >= 0 && index < TRAIN_CHOICES)
        self->settings.train_data = (train_choice)index;
    app_show(self, POPUP_NONE);
}

static void set_rate(app *self, float tenths)
{
    self->settings.train_rate = fminf(fmaxf(TRAIN_RATE_MIN + roundf(tenths) / 10, TRAIN_RATE_MIN), TRAIN_RATE_MAX);
    if (self->training.job)
        train_job_set_lr(self->training.job, learning_rate(self));
}

static void show(app *self, popup which)
{
    look_around(self);
    app_toggle(self, which);
}

bool train_do(app *self, action act)
{
    switch (act.id) {
    case ACTION_TRAIN_NETS: show(self, POPUP_NETS); return true;
    case ACTION_TRAIN_NET: choose_net(self, act.index); return true;
    case ACTION_TRAIN_DATA: show(self, POPUP_DATA); return true;
    case ACTION_TRAIN_DATA_SET: choose_data(self, act.index); return true;
    case ACTION_TRAIN_FOLDER: app_show(self, POPUP_FOLDER); return true;
    case ACTION_TRAIN_EPOCHS: self->settings.train_epochs = (int)lroundf(act.value); return true;
    case ACTION_TRAIN_RATE: set_rate(self, act.value); return true;
    case ACTION_TRAIN_AUGMENT: self->settings.train_augment = !self->settings.train_augment; return true;
    case ACTION_TRAIN_FETCH: fetch(self); return true;
    case ACTION_TRAIN_START: start(self); return true;
    case ACTION_TRAIN_PAUSE: pause(self); return true;
    case ACTION_TRAIN_CANCEL: cancel(self); return true;
    case ACTION_TRAIN_WATCH: watch(self, !app_watches_training(self)); return true;
    case ACTION_TRAIN_RENAME: app_show(self, POPUP_NAME); return true;
    case ACTION_TRAIN_KEEP: keep(self); return true;
    case ACTION_TRAIN_DISCARD: throw_away(self); return true;
    case ACTION_TRAIN_FETCH_BACK: fetch_back(self); return true;
    default: return false;
    }
}

/* ---- leaving ----------------------------------------------------------------------------------------------------- */

bool train_may_leave(const app *self)
{
    return !self->training.job;
}

/* Stops, if need be, and ends the program when the best weights are saved. */
void train_keep_and_leave(app *self)
{
    app_training *t = &self->training;
    if (!t->job) { /* it ended while the question stood there */
        self->quit = true;
        return;
    }
    t->leaving = true;
    if (can_be_kept(t))
        keep(self);
    else if (!t->saving)
        cancel(self);
}

/* ---- drawings ---------------------------------------------------------------------------------------------------- */

void train_keep_drawing(app *self, int class)
{
    char path[PATHS_MAX];
    nn_error err;
    const nn_model *model = app_model(self);
    if (!model || class < 0 || class >= model->n_labels)
        return;
    const char *label = model->label[class];
    bool ok = paths_join(path, self->paths.state, kept_file)
                  ? nn_file_mkdirs(self->paths.state, &err) &&
                        samples_keep(path, &self->drawing, label, &self->training.n_kept, &err)
                  : nn_fail(&err, NN_USAGE, 0, "there is no folder for it: HOME is not set");
    if (ok)
        app_done(self, ACTION_NONE, FORMAT_NOTICE_DRAWING_KEPT, label, self->training.n_kept, path);
    else
        app_notice(self, FORMAT_NOTICE_NETWORK_NOT_KEPT, err.text);
}
