/* train.c - starting, watching, keeping a training. */
#include "train.h"
#include "app/core/console/terminal.h"
#include "app/core/platform.h"
#include "app/texts/texts.h"
#include "nn/file.h"
#include "notice.h"
#include "popups.h"
#include "reader.h"
#include "train_choices.h"
#include <math.h>
#include <stdio.h>

/* ---- life -------------------------------------------------------------------------------------------------------- */

void train_init(app *self)
{
    app_training *t = &self->training;
    snprintf(t->path, sizeof t->path, "%s", self->options.data ? self->options.data : self->settings.train_path);
    if (self->options.data)
        self->settings.train_data = TRAIN_PATH;
    t->back = -1;
    train_look_around(self);
}

void train_free(app *self)
{
    train_stop_counting(self);
    train_job_free(self->training.job);
    train_job_free(self->training.thrown);
    fetch_job_free(self->training.fetch);
    recogniser_free(self->training.reader);
    nn_free(self->training.nets);
}

/* ---- the canvas -------------------------------------------------------------------------------------------------- */

/* Stands for the name of a network that has none yet. */
static const char *name_of_guest(const app *self)
{
    const app_training *t = &self->training;
    bool ended = t->job && train_job_news(t->job)->phase >= TRAIN_ENDED;
    return t->past ? t->name : texts_get(ended ? TEXT_TRAIN_TRAINED : TEXT_TRAIN_IN_TRAINING);
}

static void watch(app *self, bool on)
{
    if (on == app_watches_training(self))
        return;
    if (!on)
        reader_send_away(self);
    else if (self->training.reader)
        reader_invite(self, self->training.reader, name_of_guest(self));
}

/* The first weights make a reader, later ones move into it. */
static void read_with_news(app *self)
{
    app_training *t = &self->training;
    const float *weights = train_job_weights(t->job);
    if (!weights)
        return;
    if (t->reader && t->back >= 0)
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
    return t->job && !t->past && !t->saving && train_job_news(t->job)->phase == TRAIN_ENDED;
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
    t->back = -1;
    t->past = t->paused = t->stopping = t->saving = false;
    train_look_around(self);
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
    if (t->past) /* which is as it was */
        forget(self);
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

/* Nor does the program end then. */
static void say_that_it_is_not_kept(app *self, const nn_error *err)
{
    if (self->training.leaving)
        terminal_complain("digitscope: the network is not kept: %s\n", err->text);
    self->training.leaving = false;
    app_failed(self, ACTION_TRAIN_KEEP, FORMAT_NOTICE_NETWORK_NOT_KEPT, err->text);
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
    if (t->saving) {
        t->saving = false;
        say_that_it_is_not_kept(self, &news->problem);
    } else if (news->best_epoch == 0) {
        give_up(self);
    } else {
        train_propose_name(self);
        if (t->leaving)
            train_keep_and_leave(self);
        else if (!t->stopping)
            say_that_it_ended(self);
        t->stopping = t->paused = false;
        if (app_watches_training(self))
            reader_invite(self, t->reader, name_of_guest(self)); /* under its other name */
    }
}

/* The network reads on while its file is opened, as the next start will have it. */
static void saved(app *self)
{
    app_training *t = &self->training;
    char name[NN_NAME];
    const char *value = name;
    snprintf(name, sizeof name, "%s", t->name);
    bool leaving = t->leaving;
    if (t->reader)
        reader_adopt(self, t->reader, name, "");
    t->reader = NULL;
    forget(self);
    if (leaving)
        snprintf(self->settings.model, sizeof self->settings.model, "%s", name);
    else
        reader_use(self, &value, 1, name, true);
    app_succeeded(self, ACTION_TRAIN_KEEP);
    app_done(self, ACTION_NONE, FORMAT_NOTICE_KEPT, name, self->paths.models);
    self->quit = leaving;
}

static void tell_fetched(app *self)
{
    if (self->training.has_mnist)
        app_notice(self, FORMAT_NOTICE_MNIST_HERE);
    else
        app_failed(self, ACTION_TRAIN_FETCH, FORMAT_NOTICE_MNIST_FAILED);
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
    train_look_around(self);
    if (self->training.has_mnist)
        app_succeeded(self, ACTION_TRAIN_FETCH);
    if (self->settings.view != VIEW_TRAIN)
        tell_fetched(self);
}

/* Once, as soon as it is known. */
static void tell_note(app *self)
{
    app_training *t = &self->training;
    const char *note = train_job_news(t->job)->note;
    if (t->noted || !*note)
        return;
    t->noted = true;
    app_notice(self, FORMAT_NOTICE_DATA_NOTE, note);
}

void train_tick(app *self)
{
    app_training *t = &self->training;
    train_follow_count(self);
    follow_fetching(self);
    if (t->job)
        app_withdraw(self, ACTION_TRAIN_FETCH_BACK);
    if (t->thrown && !app_offers(self, ACTION_TRAIN_FETCH_BACK))
        drop_thrown(t);
    if (!t->job || !train_job_look(t->job))
        return;
    read_with_news(self);
    tell_note(self);
    switch (train_job_news(t->job)->phase) {
    case TRAIN_PREPARING:
    case TRAIN_RUNNING: break;
    case TRAIN_ENDED: ended(self); break;
    case TRAIN_SAVED: saved(self); break;
    case TRAIN_RECALLED: break;
    }
}

/* ---- what a person asks for -------------------------------------------------------------------------------------- */

static void fetch(app *self)
{
    app_training *t = &self->training;
    nn_error err;
    job_host host = app_job_host(self);
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
    training_data images;
    train_images(self, &images);
    train_request request = {.data = images.choice,
                             .epochs = self->settings.train_epochs,
                             .threads = platform_threads(),
                             .seed = images.seed,
                             .lr = learning_rate(self),
                             .augment = self->settings.train_augment};
    if (t->job || t->fetch)
        return;
    snprintf(request.net, sizeof request.net, "%s", app_train_net(self));
    snprintf(request.path, sizeof request.path, "%s", images.path);
    t->problem[0] = '\0';
    t->noted = false;
    t->back = -1;
    self->learn.page = LEARN_COURSE;
    job_host host = app_job_host(self);
    if (!train_job_new(&t->job, &request, &self->paths, &host, &err))
        snprintf(t->problem, sizeof t->problem, "%s", err.text);
    else
        train_job_slow(t->job, t->slow);
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

/* A training that begins with this waits after its first batch. */
static void learn_batch(app *self)
{
    app_training *t = &self->training;
    if (!t->job)
        start(self);
    if (!t->job || t->stopping)
        return;
    if (!t->paused)
        train_job_pause(t->job, t->paused = true);
    train_job_batch(t->job);
}

/* Who chooses how fast it shall go wants it to go. */
static void set_slow(app *self, bool slow)
{
    app_training *t = &self->training;
    t->slow = slow;
    if (!t->job)
        return;
    train_job_slow(t->job, slow);
    if (t->paused)
        pause(self);
}

/* What reads is the network as it was then, or is now. */
static void look_back(app *self, float moment)
{
    app_training *t = &self->training;
    int moments = t->job ? train_job_news(t->job)->moments : 0;
    if (!t->reader || !(moment >= 0))
        return;
    t->back = moment < (float)moments ? (int)moment : -1;
    const float *weights = t->back < 0 ? train_job_weights(t->job) : train_job_moment(t->job, t->back);
    if (!weights)
        return;
    recogniser_set_weights(t->reader, weights);
    watch(self, true);
    reader_changed(self);
}

static void keep(app *self)
{
    app_training *t = &self->training;
    char path[PATHS_MAX], history[PATHS_MAX] = "";
    nn_error err;
    if (!can_be_kept(t))
        return;
    bool ok = app_own_path(self, t->name, ".safetensors", path) &&
                      (!self->settings.train_history || app_own_path(self, t->name, train_past_ending, history))
                  ? nn_file_mkdirs(self->paths.models, &err)
                  : nn_fail(&err, NN_USAGE, 0, "there is no folder for models: HOME is not set");
    if (ok && train_job_save(t->job, path, history, &err)) {
        if (t->back >= 0)
            look_back(self, (float)WEIGHT_MOMENTS);
        t->saving = true;
        return;
    }
    say_that_it_is_not_kept(self, &err);
}

bool train_recall(app *self, const char *path, nn_error *err)
{
    app_training *t = &self->training;
    job_host host = app_job_host(self);
    if (t->past)
        forget(self);
    if (t->job)
        return nn_fail(err, NN_USAGE, 0, "A training is not decided yet: keep it, or throw it away");
    t->problem[0] = '\0';
    if (!train_job_recall(&t->job, path, &host, err))
        return false;
    t->past = true;
    t->back = -1;
    t->noted = false;
    models_short_name(t->name, path);
    self->learn.page = LEARN_COURSE;
    return true;
}

static void recall(app *self)
{
    nn_error err;
    if (*self->learn.past && !train_recall(self, self->learn.past, &err))
        app_notice_error(self, &err);
}

static void choose_net(app *self, int index)
{
    const app_training *t = &self->training;
    self->learn.draft_changed = false; /* also where it is the same: it is edited as it is in its file */
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
    train_look_around(self);
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
    case ACTION_TRAIN_BATCH: learn_batch(self); return true;
    case ACTION_TRAIN_SLOW: set_slow(self, act.index == 1); return true;
    case ACTION_TRAIN_BACK: look_back(self, act.value); return true;
    case ACTION_TRAIN_CANCEL: cancel(self); return true;
    case ACTION_TRAIN_WATCH: watch(self, !app_watches_training(self)); return true;
    case ACTION_TRAIN_RENAME: app_show(self, POPUP_NAME); return true;
    case ACTION_TRAIN_KEEP: keep(self); return true;
    case ACTION_TRAIN_HISTORY: self->settings.train_history = !self->settings.train_history; return true;
    case ACTION_TRAIN_RECALL: recall(self); return true;
    case ACTION_TRAIN_DISCARD: throw_away(self); return true;
    case ACTION_TRAIN_FETCH_BACK: fetch_back(self); return true;
    default: return false;
    }
}

/* ---- leaving ----------------------------------------------------------------------------------------------------- */

bool train_may_leave(const app *self)
{
    return !self->training.job || self->training.past;
}

/* Stops, if need be, and ends the program when the best weights are saved. */
void train_keep_and_leave(app *self)
{
    app_training *t = &self->training;
    if (!t->job || t->past) { /* it ended while the question stood there, or there is nothing to be kept */
        self->quit = true;
        return;
    }
    t->leaving = true;
    if (can_be_kept(t))
        keep(self);
    else if (!t->saving)
        cancel(self);
}
