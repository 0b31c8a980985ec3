/* train_job.c - the worker's loop, and what crosses between it and the window. */
#include "train_job.h"
#include "app/core/clock.h"
#include "app/core/data/dataset_load.h"
#include "app/core/mailbox.h"
#include "app/core/model/fit_net.h"
#include "app/core/model/models.h"
#include "nn/file.h"
#include "nn/json.h"
#include "nn/utf8.h"
#include "training_data.h"
#include "training_run.h"
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LEAST_IMAGES = 20 };
static const double tell_seconds = 0.08, slow_seconds = 0.25;
static const char augmentation[] = "default";

typedef struct slot {
    train_news news;
    float *weights; /* plan->floats */
    bool has_weights;
} slot;

struct train_job {
    train_request request;
    paths where;
    job_host host;
    job *job; /* NULL: none is running */
    nn_plan *plan;
    slot slot[MAILBOX_SLOTS];
    mailbox box;
    float *then; /* of the window: plan->floats, the weights of a moment */
    _Atomic float wanted_lr;
    atomic_bool tells_all; /* news of every batch */
    char save_path[PATHS_MAX];

    /* The worker's own, and the window's once that has ended. The data are complete before the first news of
     * TRAIN_RUNNING and never change after, so their labels may be read from then on. */
    dataset data;
    training *training;
    weight_history history; /* the window reads its first news.moments */
    train_news now;
    double told;          /* when news were published last, seconds */
    double worked;        /* seconds in steps and validations */
    int steps_done;       /* in all epochs */
    int group;            /* batches that one point of the curve stands for */
    int grouped;          /* batches in `curve` */
    training_sums curve;  /* since its last point */
    training_sums untold; /* since the last news */
};

/* ---- the window's side ------------------------------------------------------------------------------------------- */

static void work_train(void *ctx, job *worker);

bool train_job_new(train_job **out, const train_request *request, const paths *where, const job_host *host,
                   nn_error *err)
{
    train_job *self = *out = nn_alloc(1, sizeof *self);
    if (!self)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the training");
    self->request = *request;
    self->where = *where;
    self->host = *host;
    mailbox_init(&self->box);
    atomic_init(&self->wanted_lr, request->lr);
    atomic_init(&self->tells_all, false);
    self->now.val_accuracy = self->now.test_accuracy = NAN;
    self->now.lr = request->lr;
    if (request->epochs < 1 || request->epochs > TRAIN_MAX_EPOCHS) {
        nn_fail(err, NN_USAGE, 0, "%d epochs, 1 to %d are possible", request->epochs, TRAIN_MAX_EPOCHS);
        goto fail;
    }
    for (int i = 0; i < MAILBOX_SLOTS; i++)
        self->slot[i].news = self->now;
    if (!job_start(&self->job, work_train, self, host, err))
        goto fail;
    return true;

fail:
    train_job_free(self);
    *out = NULL;
    return false;
}

void train_job_free(train_job *self)
{
    if (!self)
        return;
    job_end(self->job);
    training_free(self->training);
    dataset_free(&self->data);
    for (int i = 0; i < MAILBOX_SLOTS; i++)
        nn_free(self->slot[i].weights);
    nn_free(self->then);
    weight_history_free(&self->history);
    nn_plan_free(self->plan);
    nn_free(self);
}

bool train_job_look(train_job *self)
{
    return mailbox_take(&self->box);
}

const train_news *train_job_news(const train_job *self)
{
    return &self->slot[self->box.reading].news;
}

const float *train_job_weights(const train_job *self)
{
    const slot *mine = &self->slot[self->box.reading];
    return mine->has_weights ? mine->weights : NULL;
}

const float *train_job_moment(train_job *self, int moment)
{
    weight_history_get(&self->history, moment, self->then);
    return self->then;
}

int train_job_moment_step(const train_job *self, int moment)
{
    return self->history.step[moment];
}

bool train_job_model(const train_job *self, nn_model **model, nn_error *err)
{
    if (!nn_model_copy(model, self->plan, self->slot[self->box.reading].weights, err))
        return false;
    memcpy((*model)->label, self->data.label, sizeof self->data.label);
    return true;
}

void train_job_pause(train_job *self, bool paused)
{
    if (self->job)
        job_pause(self->job, paused);
}

void train_job_batch(train_job *self)
{
    atomic_store(&self->tells_all, true);
    if (self->job)
        job_pass(self->job);
}

void train_job_slow(train_job *self, bool slow)
{
    atomic_store(&self->tells_all, slow);
    if (self->job)
        job_set_rest(self->job, slow ? slow_seconds : 0);
}

void train_job_stop(train_job *self)
{
    if (self->job)
        job_stop(self->job);
}

void train_job_set_lr(train_job *self, float lr)
{
    atomic_store(&self->wanted_lr, lr);
}

const train_request *train_job_request(const train_job *self)
{
    return &self->request;
}

/* ---- the worker's side: news ------------------------------------------------------------------------------------- */

static void update_rates(train_job *self)
{
    train_news *now = &self->now;
    int left = now->steps * self->request.epochs - self->steps_done;
    if (self->steps_done > 0)
        now->seconds_left = self->worked / self->steps_done * left;
    if (self->untold.seconds <= 0)
        return;
    double rate = (double)self->untold.images / self->untold.seconds;
    now->images_per_second = now->images_per_second > 0 ? 0.7 * now->images_per_second + 0.3 * rate : rate;
    self->untold = (training_sums){0};
}

/* The weights go along: those of the moment, at the end the best. Ones that are no numbers stay here. */
static void publish(train_job *self, job *worker)
{
    slot *mine = &self->slot[self->box.writing];
    if (self->now.phase == TRAIN_RUNNING)
        update_rates(self);
    mine->news = self->now;
    mine->has_weights = false;
    if (self->training) {
        size_t floats = self->plan->floats;
        bool at_end = self->now.phase != TRAIN_RUNNING && self->now.best_epoch > 0;
        const float *weights = at_end ? training_best_weights(self->training) : training_weights(self->training);
        memcpy(mine->weights, weights, floats * sizeof(float));
        mine->has_weights = nn_first_not_finite(mine->weights, floats) == floats;
    }
    mailbox_publish(&self->box);
    self->told = clock_seconds();
    job_tell(worker);
}

/* Each point of a full curve takes in the one before it, so that the next ones stand for twice as many batches. */
static void thin_curve(train_job *self)
{
    train_news *now = &self->now;
    now->n_trained /= 2;
    for (int i = 0; i < now->n_trained; i++) {
        const train_point *a = &now->trained[2 * i], *b = a + 1;
        now->trained[i] = (train_point){b->epochs, 0.5f * (a->loss + b->loss), 0.5f * (a->accuracy + b->accuracy)};
    }
    self->group *= 2;
}

/* A point of the curve, once its batches are complete. */
static void add_to_curve(train_job *self, const training_progress *p)
{
    train_news *now = &self->now;
    const training_sums *sums = &self->curve;
    training_sums_add(&self->curve, &p->result, p->seconds);
    if (++self->grouped < self->group)
        return;
    if (now->n_trained == TRAIN_CURVE) {
        thin_curve(self); /* and this point is only half of one */
        return;
    }
    now->trained[now->n_trained++] = (train_point){
        .epochs = (float)self->steps_done / (float)now->steps,
        .loss = (float)(sums->loss / (double)sums->images),
        .accuracy = (float)((double)sums->correct / (double)sums->images),
    };
    self->curve = (training_sums){0};
    self->grouped = 0;
}

/* ---- the worker's side: training --------------------------------------------------------------------------------- */

static bool load_data(train_job *self, nn_error *err)
{
    training_data wanted = {.choice = self->request.data, .seed = self->request.seed};
    snprintf(wanted.path, sizeof wanted.path, "%s", self->request.path);
    return training_data_load(&self->data, &wanted, &self->where, err);
}

/* Once the data have said which last layer the network has. The window looks at no weights before the first news that
 * has some. */
static bool make_slots(train_job *self, nn_error *err)
{
    if (!fit_net(&self->plan, self->data.side, self->data.classes, err))
        return false;
    for (int i = 0; i < MAILBOX_SLOTS; i++) {
        self->slot[i].weights = nn_alloc(self->plan->floats, sizeof(float));
        if (!self->slot[i].weights)
            return nn_fail(err, NN_NOMEM, 0, "out of memory for the weights");
    }
    self->then = nn_alloc(self->plan->floats, sizeof *self->then);
    return self->then || nn_fail(err, NN_NOMEM, 0, "out of memory for the weights");
}

static bool prepare(train_job *self, job *worker, nn_error *err)
{
    const train_request *r = &self->request;
    if (!models_net(&self->plan, &self->where, r->net, err) || !load_data(self, err))
        return false;
    if (self->data.count < LEAST_IMAGES)
        return nn_fail(err, NN_USAGE, 0, "too few images to train and validate on: %d, the least is %d",
                       self->data.count, LEAST_IMAGES);
    training_config config = {.train = nn_train_defaults(), .stopped = job_stops, .ctx = worker};
    config.train.batch = TRAIN_BATCH;
    config.train.threads = r->threads;
    config.train.epochs = r->epochs;
    config.train.seed = r->seed;
    config.train.lr = r->lr;
    config.train.on_thread_start = self->host.on_thread_start;
    if (!make_slots(self, err) || (r->augment && !nn_augment_parse(&config.augment, augmentation, err)) ||
        !training_new(&self->training, self->plan, &self->data, &config, err))
        return false;
    train_news *now = &self->now;
    memcpy(now->note, self->data.note, sizeof now->note);
    now->steps = training_steps_per_epoch(self->training);
    now->images = self->data.count;
    self->group = 1;
    return weight_history_new(&self->history, self->plan->floats, now->steps * r->epochs, err);
}

typedef struct worker_watch {
    train_job *self;
    job *worker;
} worker_watch;

static void keep_moment(train_job *self)
{
    if (weight_history_add(&self->history, self->steps_done, training_weights(self->training)))
        self->now.moments = self->history.count;
}

static bool goes_on(void *ctx)
{
    const worker_watch *watch = ctx;
    train_job *self = watch->self;
    if (!job_goes_on(watch->worker))
        return false;
    float lr = atomic_load(&self->wanted_lr);
    if (lr != self->now.lr)
        training_set_lr(self->training, lr);
    self->now.lr = lr;
    return true;
}

static void after_step(void *ctx, const training_progress *p)
{
    const worker_watch *watch = ctx;
    train_job *self = watch->self;
    self->now.epoch = training_epochs_done(self->training) + 1;
    self->now.step = p->step;
    self->now.batch = p->result.images;
    self->now.batch_right = p->result.correct;
    self->now.batch_loss = p->result.loss;
    self->worked += p->seconds;
    self->steps_done++;
    keep_moment(self);
    training_sums_add(&self->untold, &p->result, p->seconds);
    add_to_curve(self, p);
    if (clock_seconds() - self->told >= tell_seconds || atomic_load(&self->tells_all))
        publish(self, watch->worker);
}

static bool after_epoch(void *ctx, const training_epoch *epoch)
{
    const worker_watch *watch = ctx;
    train_job *self = watch->self;
    train_news *now = &self->now;
    self->worked += epoch->val_seconds;
    now->val_accuracy = epoch->val_accuracy;
    now->best_epoch = training_best_epoch(self->training);
    now->best_accuracy = training_best_accuracy(self->training);
    now->validated[now->n_validated++] =
        (train_point){(float)epoch->epoch, (float)epoch->val_loss, (float)epoch->val_accuracy};
    publish(self, watch->worker);
    return true;
}

/* What it knows before it has learned anything: the curves begin there. */
static void begin_curves(train_job *self)
{
    double loss, accuracy = training_validate(self->training, &loss);
    if (accuracy >= 0)
        self->now.validated[self->now.n_validated++] = (train_point){0, (float)loss, (float)accuracy};
}

/* A network of digits, whatever it has learned from, is asked about those of people that nobody learns from. Where they
 * cannot be read, it stays unknown. */
static void test_on_people(train_job *self, job *worker)
{
    const dataset *data = &self->data;
    dataset test = {0};
    nn_model *model = NULL;
    nn_error err;
    double loss, accuracy = -1;
    if (!dataset_has_digits(data) || data->classes != 10 || job_is_stopped(worker) ||
        !dataset_has(self->where.mnist, NULL, DATASET_TEST))
        return;
    bool ok = dataset_load(&test, self->where.mnist, NULL, DATASET_TEST, &err) && test.side == data->side &&
              test.classes == data->classes &&
              nn_model_copy(&model, self->plan, training_best_weights(self->training), &err);
    if (ok)
        accuracy = training_score(self->training, model, &test, true, &loss);
    if (accuracy >= 0)
        self->now.test_accuracy = accuracy;
    nn_model_free(model);
    dataset_free(&test);
}

static void run_epochs(train_job *self, job *worker)
{
    worker_watch watching = {self, worker};
    const training_watch watch = {&watching, goes_on, after_step, after_epoch};
    begin_curves(self);
    keep_moment(self);
    self->now.phase = TRAIN_RUNNING;
    self->now.epoch = 1;
    publish(self, worker);
    training_end end = training_run(self->training, self->request.epochs, &watch);
    if (end == TRAINING_DIVERGED)
        nn_fail(&self->now.problem, NN_USAGE, 0,
                "The loss is no longer a number: the training diverged. Try a lower learning rate");
    if (end == TRAINING_DONE && self->now.best_epoch > 0)
        test_on_people(self, worker);
    if (end == TRAINING_DONE && !training_has_learned(self->training)) {
        self->now.best_epoch = 0; /* there is nothing to keep */
        nn_fail(&self->now.problem, NN_USAGE, 0,
                "Nothing was learned: always the same answer would be right as often. Try another learning rate");
    }
}

static void work_train(void *ctx, job *worker)
{
    train_job *self = ctx;
    if (prepare(self, worker, &self->now.problem))
        run_epochs(self, worker);
    self->now.phase = TRAIN_ENDED;
    self->now.seconds_left = 0;
    publish(self, worker);
}

/* ---- the worker's side: saving ----------------------------------------------------------------------------------- */

static const char *const data_words[TRAIN_CHOICES] = {"made-up digits", "MNIST", "kept drawings", "own data"};

static char *facts_text(const train_job *self)
{
    const train_request *r = &self->request;
    char command[128];
    size_t shown = nn_utf8_prefix(r->net, nn_utf8_fit(r->net, strlen(r->net), 48));
    snprintf(command, sizeof command, "in the window: %.*s on %s", (int)shown, r->net, data_words[r->data]);
    json_t *facts = training_facts(self->training, command);
    if (facts && !isnan(self->now.test_accuracy))
        json_object_set_new(facts, "test_accuracy", json_real(self->now.test_accuracy));
    char *text = nn_json_text(facts, JSON_COMPACT | JSON_REAL_PRECISION(6));
    json_decref(facts);
    return text;
}

static bool save(train_job *self, nn_error *err)
{
    nn_model *model;
    if (access(self->save_path, F_OK) == 0)
        return nn_fail(err, NN_USAGE, 0, "%s: there is such a file already", self->save_path);
    if (!training_model(self->training, &model, err))
        return false;
    model->training = facts_text(self);
    bool ok = model->training ? nn_model_save(model, self->save_path, err)
                              : nn_fail(err, NN_NOMEM, 0, "out of memory for the model");
    nn_model_free(model);
    return ok;
}

static void work_save(void *ctx, job *worker)
{
    train_job *self = ctx;
    self->now.problem = (nn_error){.code = NN_OK};
    self->now.phase = save(self, &self->now.problem) ? TRAIN_SAVED : TRAIN_ENDED;
    publish(self, worker);
}

bool train_job_save(train_job *self, const char *path, nn_error *err)
{
    job_end(self->job);
    self->job = NULL;
    snprintf(self->save_path, sizeof self->save_path, "%s", path);
    return job_start(&self->job, work_save, self, &self->host, err);
}
