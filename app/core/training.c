/* training.c - the split of the data, the loop over epochs, scoring, calibration, facts and checkpoints. */
#include "training.h"
#include "../../nn/json.h"
#include "../../nn/rng.h"
#include "clock.h"
#include "confidence.h"
#include "digit.h"
#include "metrics.h"
#include "training_images.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { SCORE_BATCH = 32, CHECKPOINT_MAX_BYTES = 512 << 20 };

/* The score of some images of a data set by one model, shared by the threads. */
typedef struct scoring {
    const nn_model *model;
    const dataset *data;
    const int *index; /* NULL: all of them in order */
    int count;
    double loss[NN_MAX_THREADS];
    int correct[NN_MAX_THREADS];
    float *probabilities; /* (count, classes), to be written; NULL: not wanted */
} scoring;

struct training {
    training_config config;
    const nn_plan *plan;
    const dataset *data;
    int *index; /* of the images: first n_train to learn from, then n_val to validate on */
    int n_train, n_val;
    training_images shown;     /* to the network, while it learns */
    json_int_t start, teacher; /* fingerprints of their weights; 0: there are none */
    nn_trainer *trainer;
    nn_pool *pool; /* for scoring */
    nn_work *work[NN_MAX_THREADS];
    float *batch;         /* (threads, SCORE_BATCH, image) */
    nn_model *now;        /* the weights being validated */
    scoring scoring;      /* the one in progress */
    float *answers;       /* (n_val, classes): probabilities of the validation images, for calibration */
    unsigned char *truth; /* (n_val) */
    double *tops;         /* (n_val): their greatest ones */

    /* this epoch so far */
    double loss_sum, step_seconds;
    long images, correct;
    float lr;
    int bad_batches;

    /* what a checkpoint remembers */
    int epochs_done, best_epoch;
    double best_accuracy, best_loss, seconds;
    double epoch_began;
    training_epoch history[TRAINING_HISTORY];
    int n_history;
};

/* ---- data ---- */

/* Sets aside the same share of every class: walks the images in a shuffled order and hands each class its quota. */
static void split(training *t, int n_val)
{
    int n = t->data->count, wanted[NN_MAX_CLASSES] = {0}, size[NN_MAX_CLASSES] = {0};
    nn_shuffle(t->index, n, nn_key(t->config.train.seed, 0x5b117));
    for (int i = 0; i < n; i++)
        size[t->data->labels[i]]++;
    long seen = 0; /* cumulative rounding, so that the quotas add up to n_val exactly */
    for (int c = 0; c < t->data->classes; c++) {
        long before = seen * n_val / n;
        seen += size[c];
        wanted[c] = (int)(seen * n_val / n - before);
    }
    int end = n;
    for (int i = n - 1; i >= 0; i--) {
        int image = t->index[i], class = t->data->labels[image];
        if (wanted[class] > 0) {
            wanted[class]--;
            t->index[i] = t->index[--end];
            t->index[end] = image;
        }
    }
    t->n_train = end;
    t->n_val = n - end;
}

/* ---- life ---- */

/* Tells weights from others. */
static json_int_t fingerprint(const float *weights, size_t count)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t value;
        memcpy(&value, &weights[i], sizeof value);
        bits = nn_key(bits, value);
    }
    return (json_int_t)(bits >> 11);
}

static bool check(const nn_plan *plan, const dataset *data, const training_config *config, nn_error *err)
{
    if (plan->input.h != data->side || plan->input.w != data->side || plan->input.c != 1)
        return nn_fail(err, NN_USAGE, 0, "the network reads %dx%dx%d, the images are %dx%dx1", plan->input.h,
                       plan->input.w, plan->input.c, data->side, data->side);
    if (plan->classes != data->classes)
        return nn_fail(err, NN_USAGE, 0, "the network has %d classes, the data %d", plan->classes, data->classes);
    const nn_plan *teacher = config->teacher ? config->teacher->plan : plan;
    if (teacher->input.h != data->side || teacher->input.w != data->side || teacher->input.c != 1 ||
        teacher->classes != data->classes)
        return nn_fail(err, NN_USAGE, 0, "the teacher reads %dx%dx%d and has %d classes, the data %dx%dx1 and %d",
                       teacher->input.h, teacher->input.w, teacher->input.c, teacher->classes, data->side, data->side,
                       data->classes);
    if (data->side > NN_AUGMENT_MAX_SIDE)
        return nn_fail(err, NN_LIMIT, 0, "images of %d pixels, at most %d", data->side, NN_AUGMENT_MAX_SIDE);
    if ((config->synthetic > 0.0 || config->negatives > 0.0 || config->pens) &&
        (data->side != DIGIT_SIDE || data->classes != 10))
        return nn_fail(err, NN_USAGE, 0, "strokes are ten digits of 28x28; this data is something else");
    if (config->pens_share > 0.0 && !config->pens)
        return nn_fail(err, NN_USAGE, 0, "no recorded strokes to take a share from");
    if (config->synthetic + config->negatives + config->pens_share > 1.0)
        return nn_fail(err, NN_USAGE, 0, "made-up and recorded strokes are %g of each batch together, at most 1",
                       config->synthetic + config->negatives + config->pens_share);
    return true;
}

static bool new_scoring(training *t, nn_error *err)
{
    int threads = t->config.train.threads;
    t->batch = nn_alloc((size_t)(threads * SCORE_BATCH) * (size_t)(t->data->side * t->data->side), sizeof(float));
    t->answers = nn_alloc((size_t)t->n_val * (size_t)t->data->classes, sizeof(float));
    t->truth = nn_alloc((size_t)t->n_val, 1);
    t->tops = nn_alloc((size_t)t->n_val, sizeof *t->tops);
    if (!t->batch || !t->answers || !t->truth || !t->tops)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the training");
    for (int i = 0; i < threads; i++)
        if (!nn_work_new(&t->work[i], t->plan, SCORE_BATCH, NN_ANSWERS, err))
            return false;
    return nn_pool_new(&t->pool, threads, t->config.train.on_thread_start, err);
}

/* A model of the same architecture with its own copy of the weights. */
static bool copy_model(const training *t, const float *weights, nn_model **model, nn_error *err)
{
    if (!nn_model_copy(model, t->plan, weights, err))
        return false;
    memcpy((*model)->label, t->data->label, sizeof t->data->label);
    return true;
}

static bool new_parts(training *t, nn_error *err)
{
    const training_config *config = &t->config;
    double wanted = config->val < 1.0 ? config->val * t->data->count : config->val;
    if (wanted < 1.0 || wanted > t->data->count - 1)
        return nn_fail(err, NN_USAGE, 0, "%g of %d images cannot be set aside for validation", wanted, t->data->count);
    t->index = nn_alloc((size_t)t->data->count, sizeof *t->index);
    if (!t->index)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the training");
    split(t, (int)wanted);
    if (!training_images_new(&t->shown, &t->config, t->data, t->index, t->n_train, err))
        return false;
    float *weights = nn_weights_new(t->plan, config->train.seed);
    if (!weights)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the weights");
    if (config->start) {
        memcpy(weights, config->start, t->plan->floats * sizeof *weights);
        t->start = fingerprint(weights, t->plan->floats);
    }
    if (config->teacher)
        t->teacher = fingerprint(config->teacher->weights, config->teacher->plan->floats);
    nn_source source = {.ctx = &t->shown, .count = t->n_train, .sample = training_images_sample};
    bool ok =
        nn_trainer_new(&t->trainer, t->plan, weights, &(nn_convention){0.0f, 1.0f}, &config->train, &source, err) &&
        copy_model(t, weights, &t->now, err) && new_scoring(t, err);
    nn_free(weights);
    return ok;
}

bool training_new(training **out, const nn_plan *plan, const dataset *data, const training_config *config,
                  nn_error *err)
{
    *out = NULL;
    if (!check(plan, data, config, err))
        return false;
    training *t = nn_alloc(1, sizeof *t);
    if (!t)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the training");
    t->config = *config;
    t->plan = plan;
    t->data = data;
    t->best_loss = 1e300;
    if (!new_parts(t, err)) {
        training_free(t);
        return false;
    }
    t->epoch_began = clock_seconds();
    *out = t;
    return true;
}

void training_free(training *t)
{
    if (!t)
        return;
    nn_trainer_free(t->trainer);
    nn_pool_free(t->pool);
    training_images_free(&t->shown);
    for (int i = 0; i < NN_MAX_THREADS; i++)
        nn_work_free(t->work[i]);
    nn_model_free(t->now);
    nn_free(t->batch);
    nn_free(t->answers);
    nn_free(t->truth);
    nn_free(t->tops);
    nn_free(t->index);
    nn_free(t);
}

/* ---- scoring ---- */

static bool is_stopped(const training *t)
{
    return t->config.stopped && t->config.stopped(t->config.ctx);
}

static void score_batch(training *t, int thread, int begin, int end)
{
    scoring *s = &t->scoring;
    int classes = t->plan->classes;
    size_t count = (size_t)(t->data->side * t->data->side);
    float *images = t->batch + (size_t)(thread * SCORE_BATCH) * count, p[SCORE_BATCH * NN_MAX_CLASSES];
    for (int i = begin; i < end; i++)
        dataset_image(s->data, s->index ? s->index[i] : i, images + (size_t)(i - begin) * count);
    nn_predict(t->work[thread], s->model, images, end - begin, p);
    for (int i = begin; i < end; i++) {
        const float *row = p + (i - begin) * classes;
        int label = s->data->labels[s->index ? s->index[i] : i];
        s->correct[thread] += nn_argmax(row, classes) == label;
        s->loss[thread] -= log(fmax((double)row[label], 1e-30));
    }
    if (s->probabilities)
        memcpy(s->probabilities + (size_t)begin * (size_t)classes, p,
               (size_t)(end - begin) * (size_t)classes * sizeof *p);
}

static void score_thread(void *ctx, int thread)
{
    training *t = ctx;
    int begin, end;
    t->scoring.loss[thread] = 0.0;
    t->scoring.correct[thread] = 0;
    nn_pool_share(t->pool, thread, t->scoring.count, &begin, &end);
    bool whole = t->scoring.probabilities != NULL; /* half of them would be worse than none */
    for (int i = begin; i < end && (whole || !is_stopped(t)); i += SCORE_BATCH)
        score_batch(t, thread, i, i + SCORE_BATCH < end ? i + SCORE_BATCH : end);
}

/* Scores what t->scoring describes. */
static double score(training *t, double *loss)
{
    int correct = 0, count = t->scoring.count;
    nn_pool_run(t->pool, score_thread, t);
    *loss = 0.0;
    for (int i = 0; i < t->config.train.threads; i++) {
        correct += t->scoring.correct[i];
        *loss += t->scoring.loss[i] / count;
    }
    return (double)correct / count;
}

static double score_validation(training *t, const nn_model *model, float *probabilities, double *loss)
{
    t->scoring = (scoring){.model = model,
                           .data = t->data,
                           .index = t->index + t->n_train,
                           .count = t->n_val,
                           .probabilities = probabilities};
    return score(t, loss);
}

double training_score(training *t, const nn_model *model, const dataset *data, double *loss)
{
    t->scoring = (scoring){.model = model, .data = data, .count = data->count};
    return score(t, loss);
}

/* ---- the loop ---- */

int training_steps_per_epoch(const training *t)
{
    return nn_trainer_steps_per_epoch(t->trainer);
}

int training_epochs_done(const training *t)
{
    return t->epochs_done;
}

void training_step(training *t, nn_step_result *result)
{
    double began = clock_seconds();
    nn_trainer_step(t->trainer, result);
    t->step_seconds += clock_seconds() - began;
    t->loss_sum += result->loss * result->images;
    t->images += result->images;
    t->correct += result->correct;
    t->lr = result->lr;
    t->bad_batches = isfinite(result->loss) ? 0 : t->bad_batches + 1;
}

bool training_finished(const training *t)
{
    int patience = t->config.patience;
    return t->epochs_done >= t->config.train.epochs || (patience > 0 && t->epochs_done - t->best_epoch >= patience);
}

void training_scale_lr(training *t, float factor)
{
    nn_trainer_scale_lr(t->trainer, factor);
}

const float *training_weights(const training *t)
{
    return nn_trainer_weights(t->trainer);
}

const float *training_best_weights(const training *t)
{
    return nn_trainer_kept(t->trainer);
}

bool training_diverged(const training *t)
{
    return t->bad_batches >= 3;
}

/* Keeps the epochs that are a multiple of the first one kept. Where room ends, every second goes. */
static void remember(training *t, const training_epoch *epoch)
{
    if (t->n_history == TRAINING_HISTORY) {
        t->n_history /= 2;
        for (int i = 0; i < t->n_history; i++)
            t->history[i] = t->history[2 * i + 1];
    }
    if (t->n_history == 0 || epoch->epoch % t->history[0].epoch == 0)
        t->history[t->n_history++] = *epoch;
}

bool training_end_epoch(training *t, training_epoch *epoch)
{
    double images = (double)(t->images ? t->images : 1);
    *epoch = (training_epoch){
        .epoch = t->epochs_done + 1,
        .train_loss = t->loss_sum / images,
        .train_accuracy = (double)t->correct / images,
        .lr = (double)t->lr,
        .images_per_second = t->step_seconds > 0.0 ? images / t->step_seconds : 0.0,
    };
    memcpy(t->now->weights, nn_trainer_weights(t->trainer), t->plan->floats * sizeof(float));
    nn_model_changed(t->now);
    epoch->val_accuracy = score_validation(t, t->now, NULL, &epoch->val_loss);
    if (is_stopped(t))
        return false;
    t->epochs_done++;
    nn_trainer_epoch_done(t->trainer, epoch->val_loss);
    bool finite = nn_first_not_finite(t->now->weights, t->plan->floats) == t->plan->floats;
    epoch->best = finite && (epoch->val_accuracy > t->best_accuracy ||
                             (epoch->val_accuracy == t->best_accuracy && epoch->val_loss < t->best_loss));
    if (epoch->best) {
        nn_trainer_keep(t->trainer);
        t->best_epoch = epoch->epoch;
        t->best_accuracy = epoch->val_accuracy;
        t->best_loss = epoch->val_loss;
    }
    double now = clock_seconds();
    t->seconds += now - t->epoch_began;
    t->epoch_began = now;
    epoch->seconds = t->seconds;
    remember(t, epoch);
    t->loss_sum = t->step_seconds = 0.0;
    t->images = t->correct = 0;
    return true;
}

int training_best_epoch(const training *t)
{
    return t->best_epoch;
}

double training_best_accuracy(const training *t)
{
    return t->best_accuracy;
}

double training_seconds(const training *t)
{
    return t->seconds;
}

bool training_validation(const training *t, dataset *part, nn_error *err)
{
    size_t pixels = (size_t)(t->data->side * t->data->side);
    *part = *t->data;
    part->count = t->n_val;
    part->images = nn_alloc((size_t)t->n_val, pixels);
    part->labels = nn_alloc((size_t)t->n_val, 1);
    if (!part->images || !part->labels) {
        dataset_free(part);
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the validation images");
    }
    for (int i = 0; i < t->n_val; i++) {
        int image = t->index[t->n_train + i];
        memcpy(part->images + (size_t)i * pixels, t->data->images + (size_t)image * pixels, pixels);
        part->labels[i] = t->data->labels[image];
    }
    return true;
}

double training_best_loss(const training *t)
{
    return t->best_loss;
}

/* The temperature, and the confidence below which answers are withheld, from the validation images. Losing the least
 * sure 1.5 % of digits seems little; 0.5 and 0.99 are the borders. Where the network has been shown what is no digit
 * (`negatives`), nearly all of that is below. */
static void calibrate(training *t, nn_model *model)
{
    const double withheld = 0.015;
    double loss;
    int classes = t->data->classes;
    score_validation(t, model, t->answers, &loss);
    for (int i = 0; i < t->n_val; i++)
        t->truth[i] = t->data->labels[t->index[t->n_train + i]];
    model->temperature = confidence_temperature(t->answers, t->truth, t->n_val, classes);
    for (int i = 0; i < t->n_val; i++)
        t->tops[i] = (double)confidence_top(t->answers + (size_t)i * (size_t)classes, classes, model->temperature);
    model->unsure_threshold = (float)fmin(fmax(metrics_percentile(t->tops, t->n_val, withheld), 0.5), 0.99);
}

bool training_model(training *t, nn_model **model, nn_error *err)
{
    if (!copy_model(t, nn_trainer_kept(t->trainer), model, err))
        return false;
    calibrate(t, *model);
    return true;
}

/* The loss of an epoch may have no finite value: null. */
static json_t *loss_json(double loss)
{
    return isfinite(loss) ? json_real(loss) : json_null();
}

json_t *training_history(const training *t)
{
    json_t *rows = json_array();
    for (int i = 0; rows && i < t->n_history; i++) {
        const training_epoch *e = &t->history[i];
        json_t *row = json_pack("[i,o,f,o,f,f]", e->epoch, loss_json(e->train_loss), e->train_accuracy,
                                loss_json(e->val_loss), e->val_accuracy, e->lr);
        if (json_array_append_new(rows, row) != 0) {
            json_decref(rows);
            return NULL;
        }
    }
    return rows;
}

/* ---- checkpoints ---- */

/* All but the drawings. */
static json_t *image_settings(const training *t)
{
    static const char *const optimizers[] = {[NN_ADAM] = "adam", [NN_ADAMW] = "adamw", [NN_SGD] = "sgd"};
    static const char *const schedules[] = {[NN_CONSTANT] = "constant",
                                            [NN_ONE_CYCLE] = "one-cycle",
                                            [NN_COSINE] = "cosine",
                                            [NN_PLATEAU] = "plateau",
                                            [NN_STEP] = "step"};
    const nn_train_config *c = &t->config.train;
    char augment[NN_AUGMENT_TEXT];
    bool timed = c->schedule == NN_ONE_CYCLE || c->schedule == NN_COSINE;
    json_t *settings = json_pack(
        "{s:i, s:I, s:s, s:s, s:f, s:f, s:i, s:f, s:f, s:f, s:f, s:f, s:s, s:f, s:i, s:i}", "batch", c->batch, "seed",
        (json_int_t)c->seed, "optimizer", optimizers[c->optimizer], "schedule", schedules[c->schedule], "lr",
        (double)c->lr, "warmup", c->warmup, "lr_every", c->lr_every, "lr_factor", (double)c->lr_factor, "momentum",
        (double)c->momentum, "weight_decay", (double)c->weight_decay, "label_smoothing", (double)c->label_smoothing,
        "ema", (double)c->ema, "augment", nn_augment_print(&t->config.augment, augment), "synthetic",
        t->config.synthetic, "data", t->n_train, "val", t->n_val);
    if (timed && json_object_set_new(settings, "epochs", json_integer(c->epochs)) != 0) {
        json_decref(settings);
        return NULL;
    }
    return settings;
}

/* Everything that decides what comes out, but for the data: what a resume must agree with. "epochs" is there only where
 * the learning rate depends on it. NULL when out of memory. */
static json_t *settings_json(const training *t)
{
    const training_config *c = &t->config;
    json_t *settings = image_settings(t),
           *drawings = json_pack("{s:f, s:f, s:i, s:i, s:i, s:f, s:f, s:I}", "negatives", c->negatives, "pens_share",
                                 c->pens_share, "pens", t->shown.n_pens, "pens_holdout", c->fold, "cross_validate",
                                 c->folds, "mixup", c->mixup, "distill", c->distill, "teacher", t->teacher);
    if (!settings || json_object_update(settings, drawings) != 0) {
        json_decref(settings);
        settings = NULL;
    }
    json_decref(drawings);
    return settings;
}

json_t *training_facts(const training *t, const char *command)
{
    json_t *settings = settings_json(t), *history = training_history(t);
    json_t *facts = json_pack("{s:s, s:i, s:i, s:i, s:f, s:i, s:o}", "command", command, "epochs",
                              t->config.train.epochs, "patience", t->config.patience, "best_epoch", t->best_epoch,
                              "val_accuracy", t->best_accuracy, "images", t->data->count, "history", history);
    bool ok = settings && json_object_update_missing(facts, settings) == 0;
    json_decref(settings);
    if (ok)
        return facts;
    json_decref(facts);
    return NULL;
}

/* What a checkpoint notes of them, the weights that the training began with included: facts about these are for whoever
 * knows where they came from. */
static json_t *resume_settings(const training *t)
{
    json_t *settings = settings_json(t);
    if (settings && t->start && json_object_set_new(settings, "start", json_integer(t->start)) != 0) {
        json_decref(settings);
        return NULL;
    }
    return settings;
}

bool training_checkpoint(const training *t, unsigned char **data, size_t *len, nn_error *err)
{
    *data = NULL;
    json_t *note = json_pack("{s:o, s:i, s:i, s:f, s:f, s:f, s:o}", "settings", resume_settings(t), "epochs_done",
                             t->epochs_done, "best_epoch", t->best_epoch, "best_accuracy", t->best_accuracy,
                             "best_loss", t->best_loss, "seconds", t->seconds, "history", training_history(t));
    char *text = nn_json_text(note, JSON_COMPACT | JSON_REAL_PRECISION(17));
    json_decref(note);
    if (!text)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the checkpoint");
    bool ok = nn_trainer_checkpoint(t->trainer, text, data, len, err);
    nn_free(text);
    return ok;
}

/* The first setting that differs, NULL if none does. Numbers went through text with all their digits, so == is
 * right. */
static const char *difference(const json_t *ours, const json_t *theirs)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)ours, key,
                        value) if (!json_equal(value, json_object_get(theirs, key))) return key;
    return NULL;
}

/* A row of training_history, which comes after `before` rows. */
static bool restore_epoch(training *t, const json_t *row, int before)
{
    training_epoch *e = &t->history[before];
    json_t *train_loss, *val_loss;
    *e = (training_epoch){0};
    if (json_unpack((json_t *)(uintptr_t)row, "[i,o,F,o,F,F!]", &e->epoch, &train_loss, &e->train_accuracy, &val_loss,
                    &e->val_accuracy, &e->lr) != 0)
        return false;
    e->train_loss = json_is_real(train_loss) ? json_real_value(train_loss) : (double)NAN;
    e->val_loss = json_is_real(val_loss) ? json_real_value(val_loss) : (double)NAN;
    int last = before > 0 ? e[-1].epoch : 0;
    return e->epoch > last && e->epoch <= t->epochs_done && e->epoch % t->history[0].epoch == 0;
}

static bool restore_history(training *t, const json_t *rows)
{
    t->n_history = 0;
    if (!json_is_array(rows) || json_array_size(rows) > TRAINING_HISTORY)
        return false;
    for (size_t i = 0; i < json_array_size(rows); i++)
        if (!restore_epoch(t, json_array_get(rows, i), t->n_history++))
            return false;
    return t->n_history > 0 || t->epochs_done == 0;
}

static bool refuse_other(const char *setting, nn_error *err)
{
    char option[NN_NAME];
    snprintf(option, sizeof option, "%s", setting);
    for (char *c = option; *c; c++)
        *c = *c == '_' ? '-' : *c;
    return nn_fail(err, NN_USAGE, 8, "the checkpoint was made with another --%s; leave --resume out to start anew",
                   option);
}

static bool restore_note(training *t, const char *text, nn_error *err)
{
    json_t *settings = NULL, *history = NULL, *ours = resume_settings(t),
           *note = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    bool ok = json_unpack(note, "{s:o, s:i, s:i, s:F, s:F, s:F, s:o!}", "settings", &settings, "epochs_done",
                          &t->epochs_done, "best_epoch", &t->best_epoch, "best_accuracy", &t->best_accuracy,
                          "best_loss", &t->best_loss, "seconds", &t->seconds, "history", &history) == 0;
    const char *key = ok && ours ? difference(ours, settings) : NULL;
    ok = ok && restore_history(t, history) && t->epochs_done >= 0 && t->best_epoch >= 0 &&
         t->best_epoch <= t->epochs_done &&
         (int64_t)t->epochs_done * training_steps_per_epoch(t) == nn_trainer_steps_done(t->trainer);
    if (!ok)
        nn_fail(err, NN_FORMAT, 8, "the checkpoint's notes cannot be read");
    else if (!ours)
        ok = nn_fail(err, NN_NOMEM, 0, "out of memory for the checkpoint");
    else if (key)
        ok = refuse_other(key, err);
    json_decref(note);
    json_decref(ours);
    return ok;
}

bool training_restore(training *t, const unsigned char *data, size_t len, nn_error *err)
{
    char *note;
    if (!nn_trainer_restore(t->trainer, data, len, &note, err))
        return false;
    bool ok = restore_note(t, note, err);
    nn_free(note);
    t->epoch_began = clock_seconds();
    return ok;
}

bool training_save(const training *t, const char *path, nn_error *err)
{
    unsigned char *data;
    size_t len;
    if (!training_checkpoint(t, &data, &len, err))
        return nn_fail_in(err, path);
    bool ok = nn_file_save(path, data, len, NN_CONSISTENT, err);
    nn_free(data);
    return ok;
}

bool training_load(training *t, const char *path, nn_error *err)
{
    unsigned char *data;
    size_t len;
    if (!nn_file_read(path, CHECKPOINT_MAX_BYTES, &data, &len, err))
        return false;
    bool ok = training_restore(t, data, len, err) || nn_fail_in(err, path);
    nn_free(data);
    return ok;
}
