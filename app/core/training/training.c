/* training.c - the split of the data, steps and epochs, calibration, facts and checkpoints. */
#include "training.h"
#include "app/core/clock.h"
#include "app/core/data/split.h"
#include "app/core/digit/digit.h"
#include "app/core/digit/label_digit.h"
#include "app/core/model/confidence.h"
#include "epoch_history.h"
#include "metrics.h"
#include "nn/json.h"
#include "nn/rng.h"
#include "nn/safetensors.h"
#include "training_images.h"
#include "training_scorer.h"
#include "training_settings.h"
#include "validation_set.h"
#include <math.h>
#include <string.h>

enum { CHECKPOINT_MAX_BYTES = 512 << 20 };

struct training {
    training_config config;
    const nn_plan *plan;
    nn_convention convention;
    const dataset *data;
    int *index; /* of the images: n_train to learn from, then those to validate on */
    int n_train;
    validation_set validation;
    training_images shown;                             /* to the network, while it learns */
    json_int_t start, teacher, images_read, pens_read; /* fingerprints; 0: there are none */
    nn_trainer *trainer;
    training_scorer *scorer;
    nn_model *now;  /* the weights being validated */
    float *answers; /* (validation images, classes): probabilities, for calibration */
    double *tops;   /* (validation images): their greatest ones */

    /* this epoch so far */
    training_sums sums;
    float lr;
    int bad_batches;
    bool lost; /* weights that were not finite ended the last epoch */
    double epoch_began;

    epoch_history epochs; /* the epochs done */
};

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

/* Whether the classes are the digits, in their order. */
static bool is_digits(const dataset *data)
{
    bool digits = data->classes == 10;
    for (int k = 0; digits && k < 10; k++)
        digits = label_digit(data->label[k]) == k;
    return digits;
}

static bool check(const nn_plan *plan, const dataset *data, const training_config *config, nn_error *err)
{
    nn_shape image = {data->side, data->side, 1};
    if (!nn_same_shape(plan->input, image))
        return nn_fail(err, NN_USAGE, 0, "the network reads %dx%dx%d, the images are %dx%dx1", plan->input.h,
                       plan->input.w, plan->input.c, data->side, data->side);
    if (plan->classes != data->classes)
        return nn_fail(err, NN_USAGE, 0, "the network has %d classes, the data %d", plan->classes, data->classes);
    nn_shape asked = config->teacher ? config->teacher->plan->input : image;
    if (!nn_same_shape(asked, image))
        return nn_fail(err, NN_USAGE, 0, "the teacher reads %dx%dx%d, the images are %dx%dx1", asked.h, asked.w,
                       asked.c, data->side, data->side);
    if (data->side > NN_AUGMENT_MAX_SIDE)
        return nn_fail(err, NN_LIMIT, 0, "images of %d pixels, at most %d", data->side, NN_AUGMENT_MAX_SIDE);
    if ((config->synthetic > 0.0 || config->negatives > 0.0 || config->pens) &&
        (data->side != DIGIT_SIDE || !is_digits(data)))
        return nn_fail(err, NN_USAGE, 0, "strokes are ten digits of 28x28; this data is something else");
    if (config->pens_share > 0.0 && !config->pens)
        return nn_fail(err, NN_USAGE, 0, "no recorded strokes to take a share from");
    if (config->synthetic + config->negatives + config->pens_share > 1.0)
        return nn_fail(err, NN_USAGE, 0, "made-up and recorded strokes are %g of each batch together, at most 1",
                       config->synthetic + config->negatives + config->pens_share);
    return true;
}

static bool new_calibration(training *t, nn_error *err)
{
    size_t n = (size_t)t->validation.images.count;
    t->answers = nn_alloc(n * (size_t)t->data->classes, sizeof *t->answers);
    t->tops = nn_alloc(n, sizeof *t->tops);
    return (t->answers && t->tops) || nn_fail(err, NN_NOMEM, 0, "out of memory for the training");
}

/* A model of the same architecture with its own copy of the weights. */
static bool copy_model(const training *t, const float *weights, nn_model **model, nn_error *err)
{
    if (!nn_model_copy(model, t->plan, weights, err))
        return false;
    memcpy((*model)->label, t->data->label, sizeof t->data->label);
    (*model)->convention = t->convention;
    return true;
}

static bool new_parts(training *t, nn_error *err)
{
    const training_config *config = &t->config;
    double wanted = config->val <= 0.0  ? dataset_sensible_part(t->data)
                    : config->val < 1.0 ? config->val * t->data->count
                                        : config->val;
    if (wanted < 1.0 || wanted > t->data->count - 1)
        return nn_fail(err, NN_USAGE, 0, "%g of %d images cannot be set aside for validation", wanted, t->data->count);
    t->index = nn_alloc((size_t)t->data->count, sizeof *t->index);
    if (!t->index)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the training");
    t->n_train = dataset_split(t->data, (int)wanted, t->config.train.seed, t->index);
    if (!validation_set_new(&t->validation, t->data, t->index + t->n_train, t->data->count - t->n_train, config, err) ||
        !training_images_new(&t->shown, &t->config, t->data, t->index, t->n_train, err))
        return false;
    float *weights = nn_weights_new(t->plan, config->train.seed);
    if (!weights)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the weights");
    if (config->start) {
        memcpy(weights, config->start->weights, t->plan->floats * sizeof *weights);
        t->start = fingerprint(weights, t->plan->floats);
    }
    t->images_read = (json_int_t)dataset_fingerprint(t->data);
    t->pens_read = config->pens ? (json_int_t)pens_fingerprint(config->pens) : 0;
    if (config->teacher)
        t->teacher = fingerprint(config->teacher->weights, config->teacher->plan->floats);
    nn_source source = {.ctx = &t->shown, .count = t->n_train, .sample = training_images_sample};
    bool ok = nn_trainer_new(&t->trainer, t->plan, weights, &t->convention, &config->train, &source, err) &&
              copy_model(t, weights, &t->now, err) && new_calibration(t, err) &&
              training_scorer_new(&t->scorer, t->plan, t->data->side, config, err);
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
    t->config.train.parts = config->train.parts ? config->train.parts : config->train.threads;
    t->plan = plan;
    t->convention = config->start ? config->start->convention : (nn_convention){.std = 1.0f};
    t->data = data;
    epoch_history_begin(&t->epochs);
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
    training_scorer_free(t->scorer);
    training_images_free(&t->shown);
    nn_model_free(t->now);
    nn_free(t->answers);
    validation_set_free(&t->validation);
    nn_free(t->tops);
    nn_free(t->index);
    nn_free(t);
}

/* ---- scoring ---- */

double training_score(training *t, const nn_model *model, const dataset *data, bool stoppable, double *loss)
{
    return training_scorer_run(t->scorer, model, data, NULL, stoppable, loss);
}

/* Both parts of the validation set; false where it was stopped. */
static bool validate(training *t, training_epoch *epoch)
{
    dataset data = validation_set_data(&t->validation), drawn = validation_set_pens(&t->validation);
    double pens_loss;
    epoch->pens_accuracy = (double)NAN;
    epoch->val_accuracy = training_scorer_run(t->scorer, t->now, &data, NULL, true, &epoch->val_loss);
    if (drawn.count > 0)
        epoch->pens_accuracy = training_scorer_run(t->scorer, t->now, &drawn, NULL, true, &pens_loss);
    return epoch->val_accuracy >= 0.0 && !(epoch->pens_accuracy < 0.0);
}

/* ---- steps and epochs ---- */

void training_sums_add(training_sums *sums, const nn_step_result *result, double seconds)
{
    sums->loss += result->loss * result->images;
    sums->images += result->images;
    sums->correct += result->correct;
    sums->seconds += seconds;
}

int training_steps_per_epoch(const training *t)
{
    return nn_trainer_steps_per_epoch(t->trainer);
}

int training_epochs_done(const training *t)
{
    return t->epochs.epochs_done;
}

double training_step(training *t, nn_step_result *result)
{
    double began = clock_seconds();
    nn_trainer_step(t->trainer, result);
    double seconds = clock_seconds() - began;
    training_sums_add(&t->sums, result, seconds);
    t->lr = result->lr;
    t->bad_batches = isfinite(result->loss) ? 0 : t->bad_batches + 1;
    return seconds;
}

bool training_finished(const training *t)
{
    int patience = t->config.patience;
    return t->epochs.epochs_done >= t->config.train.epochs ||
           (patience > 0 && t->epochs.epochs_done - t->epochs.best_epoch >= patience);
}

void training_set_lr(training *t, float lr)
{
    nn_trainer_set_lr(t->trainer, lr);
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
    return t->lost || t->bad_batches >= 3;
}

/* Those of this moment are validated. */
static void take_weights(training *t)
{
    memcpy(t->now->weights, nn_trainer_weights(t->trainer), t->plan->floats * sizeof(float));
    nn_model_changed(t->now);
}

double training_validate(training *t, double *loss)
{
    dataset data = validation_set_data(&t->validation);
    take_weights(t);
    return training_scorer_run(t->scorer, t->now, &data, NULL, true, loss);
}

double training_answer(training *t, const dataset *images, float *probabilities, double *loss)
{
    take_weights(t);
    return training_scorer_run(t->scorer, t->now, images, probabilities, true, loss);
}

bool training_end_epoch(training *t, training_epoch *epoch)
{
    const training_sums *sums = &t->sums;
    double images = (double)(sums->images ? sums->images : 1);
    *epoch = (training_epoch){
        .epoch = t->epochs.epochs_done + 1,
        .train_loss = sums->loss / images,
        .train_accuracy = (double)sums->correct / images,
        .lr = (double)t->lr,
        .images_per_second = sums->seconds > 0.0 ? images / sums->seconds : 0.0,
    };
    double began = clock_seconds();
    take_weights(t);
    if (!validate(t, epoch))
        return false;
    double now = clock_seconds();
    epoch->val_seconds = now - began;
    epoch->seconds = t->epochs.seconds + now - t->epoch_began;
    t->epoch_began = now;
    nn_trainer_epoch_done(t->trainer, epoch->val_loss);
    t->lost = !isfinite(epoch->val_loss) || nn_first_not_finite(t->now->weights, t->plan->floats) < t->plan->floats;
    epoch_history_add(&t->epochs, epoch, !t->lost);
    if (epoch->best)
        nn_trainer_keep(t->trainer);
    t->sums = (training_sums){0};
    return true;
}

int training_best_epoch(const training *t)
{
    return t->epochs.best_epoch;
}

double training_best_accuracy(const training *t)
{
    return t->epochs.best_accuracy;
}

double training_seconds(const training *t)
{
    return t->epochs.seconds;
}

bool training_validation(const training *t, dataset *part, nn_error *err)
{
    return dataset_choose(part, t->data, t->index + t->n_train, t->validation.n_data, err);
}

double training_chance(const training *t)
{
    int n[NN_MAX_CLASSES] = {0}, most = 0;
    dataset val = validation_set_data(&t->validation);
    for (int i = 0; i < val.count; i++) {
        int class = val.labels[i];
        n[class]++;
        most = n[class] > most ? n[class] : most;
    }
    return (double)most / val.count;
}

bool training_has_learned(const training *t)
{
    return t->epochs.best_accuracy > training_chance(t) || t->config.teacher;
}

double training_best_loss(const training *t)
{
    return t->epochs.best_loss;
}

/* The temperature from all that validates; the confidence below which answers are withheld from the images of the data,
 * as rare forms among the drawings shall be doubted, not lower it. Losing the least sure 1.5 % of digits seems little;
 * 0.5 and 0.99 are the borders. Where the network has been shown what is no digit (`negatives`), nearly all of that is
 * below. */
static void calibrate(training *t, nn_model *model)
{
    const double withheld = 0.015;
    const dataset *val = &t->validation.images;
    double loss;
    training_scorer_run(t->scorer, model, val, t->answers, false, &loss);
    model->temperature = confidence_temperature(t->answers, val->labels, val->count, val->classes);
    int n = t->validation.n_data;
    for (int i = 0; i < n; i++)
        t->tops[i] =
            (double)confidence_top(t->answers + (size_t)i * (size_t)val->classes, val->classes, model->temperature);
    model->unsure_threshold = (float)fmin(fmax(metrics_percentile(t->tops, n, withheld), 0.5), 0.99);
}

bool training_model(training *t, nn_model **model, nn_error *err)
{
    if (!copy_model(t, nn_trainer_kept(t->trainer), model, err))
        return false;
    calibrate(t, *model);
    return true;
}

json_t *training_history(const training *t)
{
    return epoch_history_rows(&t->epochs);
}

/* ---- what is written down ---- */

static json_t *settings_json(const training *t)
{
    return training_settings(&t->config, (training_extent){.n_train = t->n_train,
                                                           .n_val = t->validation.n_data,
                                                           .n_pens = t->shown.n_pens,
                                                           .data = t->images_read,
                                                           .pens = t->pens_read,
                                                           .teacher = t->teacher});
}

json_t *training_facts(const training *t, const char *command)
{
    json_t *settings = settings_json(t), *history = training_history(t);
    json_t *facts =
        json_pack("{s:s, s:i, s:i, s:i, s:f, s:i, s:o}", "command", command, "epochs", t->config.train.epochs,
                  "patience", t->config.patience, "best_epoch", t->epochs.best_epoch, "val_accuracy",
                  t->epochs.best_accuracy, "images", t->data->count, "history", history);
    bool ok = settings && json_object_update_missing(facts, settings) == 0;
    if (ok && t->validation.n_pens > 0)
        ok = json_object_set_new(facts, "pens_val_accuracy", json_real(t->epochs.best_pens)) == 0;
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

static bool checkpoint(const training *t, unsigned char **data, size_t *len, nn_error *err)
{
    *data = NULL;
    json_t *note = epoch_history_json(&t->epochs);
    bool complete = note && json_object_set_new(note, "settings", resume_settings(t)) == 0;
    char *text = complete ? nn_json_text(note, JSON_COMPACT | JSON_REAL_PRECISION(17)) : NULL;
    json_decref(note);
    if (!text)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the checkpoint");
    bool ok = nn_trainer_checkpoint(t->trainer, text, data, len, err);
    nn_free(text);
    return ok;
}

static bool restore_note(training *t, const json_t *note, const json_t *ours, nn_error *err)
{
    const json_t *settings = json_object_get(note, "settings");
    if (!ours)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the checkpoint");
    if (json_is_object(settings) && !training_settings_agree(ours, settings, err))
        return false;
    bool ok = json_is_object(settings) && epoch_history_read(&t->epochs, note) &&
              (int64_t)t->epochs.epochs_done * training_steps_per_epoch(t) == nn_trainer_steps_done(t->trainer);
    return ok || nn_fail(err, NN_FORMAT, 8, "the checkpoint's notes cannot be read");
}

static bool restore(training *t, const unsigned char *data, size_t len, nn_error *err)
{
    char *text;
    if (!nn_trainer_restore(t->trainer, data, len, &text, err))
        return false;
    json_t *note = json_loads(text, JSON_REJECT_DUPLICATES, NULL), *ours = resume_settings(t);
    bool ok = restore_note(t, note, ours, err);
    json_decref(note);
    json_decref(ours);
    nn_free(text);
    t->epoch_began = clock_seconds();
    return ok;
}

bool training_save(const training *t, const char *path, nn_error *err)
{
    unsigned char *data;
    size_t len;
    if (training_diverged(t))
        return true;
    if (!checkpoint(t, &data, &len, err))
        return nn_fail_in(err, path);
    bool ok = nn_file_save(path, data, len, NN_CONSISTENT, err);
    nn_free(data);
    return ok;
}

void training_go_on(training_config *config, const json_t *settings)
{
    nn_train_config *c = &config->train;
    if (c->parts == 0)
        c->parts = training_settings_parts(settings);
    if (c->parts > 0 && c->threads > c->parts)
        c->threads = c->parts;
}

/* NULL where there is none that can be read. */
static json_t *note_of(const unsigned char *data, size_t len)
{
    json_t *header;
    if (!nn_safetensors_open(data, len, &header, NULL))
        return NULL;
    const char *text = nn_metadata_text(header, "note");
    json_t *note = text ? json_loads(text, JSON_REJECT_DUPLICATES, NULL) : NULL;
    json_decref(header);
    return note;
}

bool training_resume(training **out, const nn_plan *plan, const dataset *data, training_config *config,
                     const char *path, nn_error *err)
{
    unsigned char *bytes;
    size_t len;
    if (!nn_file_read(path, CHECKPOINT_MAX_BYTES, &bytes, &len, err))
        return false;
    json_t *note = note_of(bytes, len); /* what cannot be read is restore's to refuse */
    training_go_on(config, json_object_get(note, "settings"));
    json_decref(note);
    bool ok = training_new(out, plan, data, config, err) && (restore(*out, bytes, len, err) || nn_fail_in(err, path));
    nn_free(bytes);
    return ok;
}
