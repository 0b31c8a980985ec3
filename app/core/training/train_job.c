/* train_job.c - the worker's loop, and what crosses between it and the window. */
#include "train_job.h"
#include "app/core/clock.h"
#include "app/core/data/dataset_load.h"
#include "app/core/mailbox.h"
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
    paths where;
    job_host host;
    job *job; /* NULL: none is running */
    slot slot[MAILBOX_SLOTS];
    mailbox box;
    float *then; /* of the window: plan->floats, the weights of a moment */
    _Atomic float wanted_lr;
    atomic_bool tells_all;        /* news of every batch */
    char path[PATHS_MAX];         /* to save at, or of the past that is read */
    char history_path[PATHS_MAX]; /* to save the past at; "": it is not wanted */

    /* The worker's own, and the window's once that has ended. Plan and labels are complete before the first news of
     * TRAIN_RUNNING and never change after, so they may be read from then on; so may the first news.moments. */
    train_past past;  /* its news: those of this moment */
    train_past found; /* the one that is recalled, until the window has looked */
    dataset data;
    training *training;   /* NULL: it is one of the past */
    dataset check;        /* some images that were set aside */
    float *answers;       /* to them: (MOMENT_IMAGES, classes) */
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
static void work_recall(void *ctx, job *worker);

static bool begin(train_job *self, void (*work)(void *ctx, job *worker), const job_host *host, nn_error *err)
{
    self->host = *host;
    mailbox_init(&self->box);
    atomic_init(&self->wanted_lr, self->past.news.lr);
    atomic_init(&self->tells_all, false);
    self->past.news.val_accuracy = self->past.news.test_accuracy = NAN;
    for (int i = 0; i < MAILBOX_SLOTS; i++)
        self->slot[i].news = self->past.news;
    return job_start(&self->job, work, self, host, err);
}

bool train_job_new(train_job **out, const train_request *request, const paths *where, const job_host *host,
                   nn_error *err)
{
    train_job *self = *out = nn_alloc(1, sizeof *self);
    if (!self)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the training");
    self->past.request = *request;
    self->where = *where;
    self->past.news.lr = request->lr;
    if (request->epochs < 1 || request->epochs > TRAIN_MAX_EPOCHS) {
        nn_fail(err, NN_USAGE, 0, "%d epochs, 1 to %d are possible", request->epochs, TRAIN_MAX_EPOCHS);
        goto fail;
    }
    if (!begin(self, work_train, host, err))
        goto fail;
    return true;

fail:
    train_job_free(self);
    *out = NULL;
    return false;
}

bool train_job_recall(train_job **out, const char *path, const job_host *host, nn_error *err)
{
    train_job *self = *out = nn_alloc(1, sizeof *self);
    if (!self)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the training");
    snprintf(self->path, sizeof self->path, "%s", path);
    if (begin(self, work_recall, host, err))
        return true;
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
    dataset_free(&self->check);
    nn_free(self->answers);
    train_past_free(&self->past);
    train_past_free(&self->found);
    nn_free(self);
}

bool train_job_look(train_job *self)
{
    if (!mailbox_take(&self->box))
        return false;
    if (train_job_news(self)->phase == TRAIN_RECALLED && self->found.plan) {
        train_past_free(&self->past);
        self->past = self->found;
        self->found = (train_past){0};
    }
    return true;
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
    weight_history_get(&self->past.weights, moment, self->then);
    return self->then;
}

int train_job_moment_step(const train_job *self, int moment)
{
    return self->past.weights.step[moment];
}

double train_job_moment_check(const train_job *self, int moment, confusion *c)
{
    moment_check_get(&self->past.check, moment, c);
    return (double)self->past.check.loss[moment];
}

const nn_plan *train_job_plan(const train_job *self)
{
    return self->past.plan;
}

const char *train_job_label(const train_job *self, int class)
{
    return self->past.label[class];
}

bool train_job_model(const train_job *self, nn_model **model, nn_error *err)
{
    if (!nn_model_copy(model, self->past.plan, self->slot[self->box.reading].weights, err))
        return false;
    memcpy((*model)->label, self->past.label, sizeof self->past.label);
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
    return &self->past.request;
}

/* ---- the worker's side: news ------------------------------------------------------------------------------------- */

static void update_rates(train_job *self)
{
    train_news *now = &self->past.news;
    int left = now->steps * self->past.request.epochs - self->steps_done;
    if (self->steps_done > 0)
        now->seconds_left = self->worked / self->steps_done * left;
    if (self->untold.seconds <= 0)
        return;
    double rate = (double)self->untold.images / self->untold.seconds;
    now->images_per_second = now->images_per_second > 0 ? 0.7 * now->images_per_second + 0.3 * rate : rate;
    self->untold = (training_sums){0};
}

/* Weights that are no numbers stay here. */
static void publish_these(train_job *self, job *worker, const train_news *news, const float *weights, size_t floats)
{
    slot *mine = &self->slot[self->box.writing];
    mine->news = *news;
    mine->has_weights = weights && nn_first_not_finite(weights, floats) == floats;
    if (mine->has_weights)
        memcpy(mine->weights, weights, floats * sizeof *weights);
    mailbox_publish(&self->box);
    self->told = clock_seconds();
    job_tell(worker);
}

/* The weights go along: those of the moment, at the end the best. */
static void publish(train_job *self, job *worker)
{
    const train_news *now = &self->past.news;
    const float *weights = NULL;
    if (now->phase == TRAIN_RUNNING)
        update_rates(self);
    if (self->training)
        weights = now->phase != TRAIN_RUNNING && now->best_epoch > 0 ? training_best_weights(self->training)
                                                                     : training_weights(self->training);
    publish_these(self, worker, now, weights, self->past.plan ? self->past.plan->floats : 0);
}

/* Each point of a full curve takes in the one before it, so that the next ones stand for twice as many batches. */
static void thin_curve(train_job *self)
{
    train_news *now = &self->past.news;
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
    train_news *now = &self->past.news;
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
    training_data wanted = {.choice = self->past.request.data, .seed = self->past.request.seed};
    snprintf(wanted.path, sizeof wanted.path, "%s", self->past.request.path);
    if (!training_data_load(&self->data, &wanted, &self->where, err))
        return false;
    memcpy(self->past.label, self->data.label, sizeof self->past.label);
    return true;
}

/* Once it is known how many weights there are. The window looks at none before the first news that has some. */
static bool make_slots(train_job *self, size_t floats, nn_error *err)
{
    for (int i = 0; i < MAILBOX_SLOTS; i++) {
        self->slot[i].weights = nn_alloc(floats, sizeof(float));
        if (!self->slot[i].weights)
            return nn_fail(err, NN_NOMEM, 0, "out of memory for the weights");
    }
    self->then = nn_alloc(floats, sizeof *self->then);
    return self->then || nn_fail(err, NN_NOMEM, 0, "out of memory for the weights");
}

/* Every so many of the images that are set aside, which has all classes as they have. */
static bool choose_check(train_job *self, nn_error *err)
{
    dataset aside;
    int index[MOMENT_IMAGES];
    if (!training_validation(self->training, &aside, err))
        return false;
    int n = aside.count < MOMENT_IMAGES ? aside.count : MOMENT_IMAGES;
    for (int i = 0; i < n; i++)
        index[i] = (int)((int64_t)i * aside.count / n);
    bool ok = dataset_choose(&self->check, &aside, index, n, err);
    dataset_free(&aside);
    self->answers = nn_alloc((size_t)n, (size_t)self->past.plan->classes * sizeof *self->answers);
    return ok && (self->answers || nn_fail(err, NN_NOMEM, 0, "out of memory for the training"));
}

/* Where the moments of the training go. */
static bool make_moments(train_job *self, nn_error *err)
{
    const nn_plan *plan = self->past.plan;
    int steps = self->past.news.steps * self->past.request.epochs;
    return choose_check(self, err) && moment_check_new(&self->past.check, plan->classes, err) &&
           weight_history_new(&self->past.weights, plan->floats, steps, err);
}

static bool prepare(train_job *self, job *worker, nn_error *err)
{
    const train_request *r = &self->past.request;
    if (!models_net(&self->past.plan, &self->where, r->net, err) || !load_data(self, err))
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
    char said[DATASET_NOTE];
    if (!training_data_fit(&self->past.plan, &self->data, said, err) ||
        !make_slots(self, self->past.plan->floats, err) ||
        (r->augment && !nn_augment_parse(&config.augment, augmentation, err)) ||
        !training_new(&self->training, self->past.plan, &self->data, &config, err))
        return false;
    train_news *now = &self->past.news;
    if (*said)
        dataset_remark(&self->data, said);
    memcpy(now->note, self->data.note, sizeof now->note);
    now->steps = training_steps_per_epoch(self->training);
    now->images = self->data.count;
    self->group = 1;
    return make_moments(self, err);
}

typedef struct worker_watch {
    train_job *self;
    job *worker;
} worker_watch;

/* None that is stopped before it is checked. */
static void keep_moment(train_job *self)
{
    double loss;
    int moment = self->past.weights.count;
    if (!weight_history_add(&self->past.weights, self->steps_done, training_weights(self->training)))
        return;
    if (training_answer(self->training, &self->check, self->answers, &loss) < 0) {
        self->past.weights.count = moment;
        return;
    }
    moment_check_set(&self->past.check, moment, &self->check, self->answers, loss);
    self->past.news.moments = self->past.weights.count;
}

static bool goes_on(void *ctx)
{
    const worker_watch *watch = ctx;
    train_job *self = watch->self;
    if (!job_goes_on(watch->worker))
        return false;
    float lr = atomic_load(&self->wanted_lr);
    if (lr != self->past.news.lr)
        training_set_lr(self->training, lr);
    self->past.news.lr = lr;
    return true;
}

static void after_step(void *ctx, const training_progress *p)
{
    const worker_watch *watch = ctx;
    train_job *self = watch->self;
    self->past.news.epoch = training_epochs_done(self->training) + 1;
    self->past.news.step = p->step;
    self->past.news.batch = p->result.images;
    self->past.news.batch_right = p->result.correct;
    self->past.news.batch_loss = p->result.loss;
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
    train_news *now = &self->past.news;
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
        self->past.news.validated[self->past.news.n_validated++] = (train_point){0, (float)loss, (float)accuracy};
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
              nn_model_copy(&model, self->past.plan, training_best_weights(self->training), &err);
    if (ok)
        accuracy = training_score(self->training, model, &test, true, &loss);
    if (accuracy >= 0)
        self->past.news.test_accuracy = accuracy;
    nn_model_free(model);
    dataset_free(&test);
}

static void run_epochs(train_job *self, job *worker)
{
    worker_watch watching = {self, worker};
    const training_watch watch = {&watching, goes_on, after_step, after_epoch};
    begin_curves(self);
    keep_moment(self);
    self->past.news.phase = TRAIN_RUNNING;
    self->past.news.epoch = 1;
    publish(self, worker);
    training_end end = training_run(self->training, self->past.request.epochs, &watch);
    if (end == TRAINING_DIVERGED)
        nn_fail(&self->past.news.problem, NN_USAGE, 0,
                "The loss is no longer a number: the training diverged. Try a lower learning rate");
    if (end == TRAINING_DONE && self->past.news.best_epoch > 0)
        test_on_people(self, worker);
    if (end == TRAINING_DONE && !training_has_learned(self->training)) {
        self->past.news.best_epoch = 0; /* there is nothing to keep */
        nn_fail(&self->past.news.problem, NN_USAGE, 0,
                "Nothing was learned: always the same answer would be right as often. Try another learning rate");
    }
}

static void work_train(void *ctx, job *worker)
{
    train_job *self = ctx;
    if (prepare(self, worker, &self->past.news.problem))
        run_epochs(self, worker);
    self->past.news.phase = TRAIN_ENDED;
    self->past.news.seconds_left = 0;
    publish(self, worker);
}

/* The window takes it over when it looks: until then it may ask about what there was before. */
static void work_recall(void *ctx, job *worker)
{
    train_job *self = ctx;
    train_past *found = &self->found;
    nn_error problem = {.code = NN_OK};
    bool ok = train_past_load(found, self->path, &problem) && make_slots(self, found->plan->floats, &problem);
    found->news.problem = problem;
    found->news.phase = ok ? TRAIN_RECALLED : TRAIN_ENDED;
    publish_these(self, worker, &found->news, ok ? found->kept : NULL, ok ? found->plan->floats : 0);
}

/* ---- the worker's side: saving ----------------------------------------------------------------------------------- */

static const char *const data_words[TRAIN_CHOICES] = {"made-up digits", "MNIST", "kept drawings", "own data"};

static char *facts_text(const train_job *self)
{
    const train_request *r = &self->past.request;
    char command[128];
    size_t shown = nn_utf8_prefix(r->net, nn_utf8_fit(r->net, strlen(r->net), 48));
    snprintf(command, sizeof command, "in the window: %.*s on %s", (int)shown, r->net, data_words[r->data]);
    json_t *facts = training_facts(self->training, command);
    if (facts)
        json_object_set_new(facts, "learned_from", json_string(data_words[r->data]));
    if (facts && !isnan(self->past.news.test_accuracy))
        json_object_set_new(facts, "test_accuracy", json_real(self->past.news.test_accuracy));
    char *text = nn_json_text(facts, JSON_COMPACT | JSON_REAL_PRECISION(6));
    json_decref(facts);
    return text;
}

static bool save_past(train_job *self, nn_error *err)
{
    size_t floats = self->past.plan->floats;
    if (!*self->history_path)
        return true;
    self->past.kept = self->past.kept ? self->past.kept : nn_alloc(floats, sizeof *self->past.kept);
    if (!self->past.kept)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the history");
    memcpy(self->past.kept, training_best_weights(self->training), floats * sizeof *self->past.kept);
    return train_past_save(&self->past, self->history_path, err);
}

static bool save_model(const train_job *self, nn_error *err)
{
    nn_model *model;
    if (!training_model(self->training, &model, err))
        return false;
    model->training = facts_text(self);
    bool ok = model->training ? nn_model_save(model, self->path, err)
                              : nn_fail(err, NN_NOMEM, 0, "out of memory for the model");
    nn_model_free(model);
    return ok;
}

/* The model first: what ends in between leaves a model without a past, and no past for the next model of that name. */
static bool save(train_job *self, nn_error *err)
{
    nn_error ignored;
    if (access(self->path, F_OK) == 0)
        return nn_fail(err, NN_USAGE, 0, "%s: there is such a file already", self->path);
    if (!save_model(self, err))
        return false;
    if (save_past(self, err))
        return true;
    nn_file_remove(self->path, &ignored); /* both or none, so that it can be saved once more */
    return false;
}

static void work_save(void *ctx, job *worker)
{
    train_job *self = ctx;
    self->past.news.problem = (nn_error){.code = NN_OK};
    self->past.news.phase = save(self, &self->past.news.problem) ? TRAIN_SAVED : TRAIN_ENDED;
    publish(self, worker);
}

bool train_job_save(train_job *self, const char *path, const char *history, nn_error *err)
{
    job_end(self->job);
    self->job = NULL;
    snprintf(self->path, sizeof self->path, "%s", path);
    snprintf(self->history_path, sizeof self->history_path, "%s", history);
    return job_start(&self->job, work_save, self, &self->host, err);
}
