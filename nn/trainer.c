/* trainer.c - gradients, optimizers, schedules, averaged weights, checkpoints.
 *
 * A step: the batch is cut into parts, a few for each thread; each is assembled and walked forward and backward into a
 * gradient block of its own; then the blocks are summed in the order of the parts and the optimizer moves the weights,
 * each thread its share of them. So a run depends on seed, parts and machine only. */
#include "json.h"
#include "kernel.h"
#include "pass.h"
#include "rng.h"
#include "safetensors.h"
#include "utf8.h"
#include <math.h>
#include <string.h>

enum { MAX_BATCH = 65536 };

/* One float block per purpose, each in the layout of the weights. */
typedef enum block { WEIGHTS, MOMENT1, MOMENT2, AVERAGE, KEPT, STATE_BLOCKS } block;

struct nn_trainer {
    const nn_plan *plan;
    nn_train_config config;
    nn_convention convention;
    nn_source source;
    nn_pool *pool;
    nn_pass *pass;
    const nn_kernels *kernels;
    float *state[STATE_BLOCKS];  /* what a checkpoint holds */
    float *gradients;            /* (parts, floats); the sum ends in the first */
    int *order;                  /* of the images in this epoch */
    int64_t order_epoch;         /* for which order was made, -1 = none */
    float *target;               /* (batch, classes) */
    double loss[NN_MAX_THREADS]; /* of each part */
    int correct[NN_MAX_THREADS];

    int64_t step; /* steps done */
    float lr_factor;
    double best_loss; /* plateau */
    int bad_epochs;

    int batch_images; /* of the step in progress */
    float lr;
};

nn_train_config nn_train_defaults(void)
{
    return (nn_train_config){
        .batch = 128,
        .threads = 1,
        .epochs = 10,
        .seed = 1,
        .optimizer = NN_ADAM,
        .lr = 1e-3f,
        .momentum = 0.9f,
        .weight_decay = 0.01f,
        .lr_every = 2,
        .lr_factor = 0.5f,
    };
}

static bool is_amount(float value)
{
    return value >= 0.0f && isfinite(value);
}

static bool check(const nn_train_config *c, const nn_source *source, nn_error *err)
{
    if (c->batch < 1 || c->batch > MAX_BATCH)
        return nn_fail(err, NN_USAGE, 0, "batches of %d images, must be 1 to %d", c->batch, MAX_BATCH);
    if (c->epochs < 1)
        return nn_fail(err, NN_USAGE, 0, "%d epochs, must be at least 1", c->epochs);
    if (!nn_pool_check(c->threads, err))
        return false;
    if (c->parts != 0 && (c->parts < c->threads || c->parts > NN_MAX_THREADS))
        return nn_fail(err, NN_USAGE, 0, "batches in %d parts, must be 1 for each thread, at most %d", c->parts,
                       NN_MAX_THREADS);
    if (c->optimizer > NN_SGD || c->schedule > NN_STEP)
        return nn_fail(err, NN_USAGE, 0, "no such optimizer or schedule");
    if (!is_amount(c->lr) || !(c->momentum >= 0.0f && c->momentum < 1.0f) || !is_amount(c->weight_decay))
        return nn_fail(err, NN_USAGE, 0,
                       "learning rate and weight decay must be finite and not negative, momentum must be below 1");
    if (!(c->label_smoothing >= 0.0f && c->label_smoothing < 1.0f) || !(c->ema >= 0.0f && c->ema < 1.0f))
        return nn_fail(err, NN_USAGE, 0, "label smoothing and averaging must be at least 0 and below 1");
    if (!(c->warmup >= 0.0 && c->warmup < c->epochs) || c->lr_every < 1 ||
        !(c->lr_factor > 0.0f && is_amount(c->lr_factor)))
        return nn_fail(
            err, NN_USAGE, 0,
            "warm-up must end before the epochs do; the rate drops every 1 or more epochs, by a factor above 0");
    if (c->schedule == NN_ONE_CYCLE && c->warmup > 0.0)
        return nn_fail(err, NN_USAGE, 0, "one-cycle has a warm-up of its own and takes no other");
    if (source->count < 1)
        return nn_fail(err, NN_USAGE, 0, "no images to train on");
    return true;
}

bool nn_trainer_new(nn_trainer **out, const nn_plan *plan, const float *weights, const nn_convention *convention,
                    const nn_train_config *config, const nn_source *source, nn_error *err)
{
    *out = NULL;
    if (!check(config, source, err))
        return false;
    if (!nn_convention_fits(convention, plan->input))
        return nn_fail(err, NN_USAGE, 0, "images of this shape cannot be read by this convention");
    nn_trainer *t = nn_alloc(1, sizeof *t);
    if (!t)
        goto no_memory;
    *t = (nn_trainer){
        .plan = plan, .config = *config, .convention = *convention, .source = *source, .kernels = nn_kernels_here()};
    t->config.parts = config->parts ? config->parts : config->threads;
    t->order_epoch = -1;
    t->lr_factor = 1.0f;
    t->best_loss = 1e300;
    for (int i = 0; i < STATE_BLOCKS; i++) {
        t->state[i] = nn_alloc(plan->floats, sizeof(float));
        if (!t->state[i])
            goto no_memory;
    }
    t->gradients = nn_alloc(plan->floats * (size_t)t->config.parts, sizeof(float));
    t->order = nn_alloc((size_t)source->count, sizeof *t->order);
    t->target = nn_alloc((size_t)config->batch * (size_t)plan->classes, sizeof *t->target);
    if (!t->gradients || !t->order || !t->target)
        goto no_memory;
    memcpy(t->state[WEIGHTS], weights, plan->floats * sizeof(float));
    memcpy(t->state[AVERAGE], weights, plan->floats * sizeof(float));
    memcpy(t->state[KEPT], weights, plan->floats * sizeof(float));
    if (!nn_pass_new(&t->pass, plan, config->batch, t->config.parts, config->threads, NN_FOR_TRAINING, NULL, err) ||
        !nn_pool_new(&t->pool, config->threads, config->on_thread_start, err)) {
        nn_trainer_free(t);
        return false;
    }
    *out = t;
    return true;

no_memory:
    nn_trainer_free(t);
    return nn_fail(err, NN_NOMEM, 0, "out of memory for the training");
}

void nn_trainer_free(nn_trainer *t)
{
    if (!t)
        return;
    nn_pool_free(t->pool);
    nn_pass_free(t->pass);
    for (int i = 0; i < STATE_BLOCKS; i++)
        nn_free(t->state[i]);
    nn_free(t->gradients);
    nn_free(t->order);
    nn_free(t->target);
    nn_free(t);
}

/* ---- learning rate ---- */

static float cosine(float from, float to, double share)
{
    return to + (from - to) * 0.5f * (1.0f + (float)cos(3.14159265358979 * share));
}

/* Cosine (Loshchilov and Hutter 2017): from the end of the warm-up down to 0. Step: times lr_factor every lr_every
 * epochs. One-cycle (Smith 2018): a quarter of the steps up from lr / 25, the rest down to lr / 10^4, both along a
 * cosine. Warm-up (Goyal et al. 2017): a straight line up to lr. */
static float scheduled_lr(const nn_trainer *t)
{
    const nn_train_config *c = &t->config;
    double spe = nn_trainer_steps_per_epoch(t), epoch = fmin((double)t->step / spe, c->epochs);
    double share = epoch / c->epochs, after_warmup = (epoch - c->warmup) / (c->epochs - c->warmup);
    if (epoch < c->warmup)
        return c->lr * (float)fmin((epoch + 1.0 / spe) / c->warmup, 1.0);
    switch (c->schedule) {
    case NN_ONE_CYCLE:
        return share < 0.25 ? cosine(c->lr / 25.0f, c->lr, share / 0.25)
                            : cosine(c->lr, c->lr * 1e-4f, (share - 0.25) / 0.75);
    case NN_COSINE: return cosine(c->lr, 0.0f, after_warmup);
    case NN_STEP: return c->lr * powf(c->lr_factor, (float)floor(epoch / c->lr_every));
    case NN_CONSTANT:
    case NN_PLATEAU: break;
    }
    return c->lr;
}

/* Plateau: times lr_factor when the loss has not improved for lr_every epochs. */
void nn_trainer_epoch_done(nn_trainer *t, double val_loss)
{
    if (val_loss < t->best_loss && isfinite(val_loss)) {
        t->best_loss = val_loss;
        t->bad_epochs = 0;
    } else if (++t->bad_epochs >= t->config.lr_every && t->config.schedule == NN_PLATEAU) {
        t->lr_factor *= t->config.lr_factor;
        t->bad_epochs = 0;
    }
}

void nn_trainer_set_lr(nn_trainer *t, float lr)
{
    t->lr_factor = lr / t->config.lr;
}

/* ---- the batch ---- */

int nn_trainer_steps_per_epoch(const nn_trainer *t)
{
    return (t->source.count + t->config.batch - 1) / t->config.batch;
}

int64_t nn_trainer_steps_done(const nn_trainer *t)
{
    return t->step;
}

/* Each epoch has its own order. */
static void shuffle(nn_trainer *t, int64_t epoch)
{
    if (t->order_epoch != epoch)
        nn_shuffle(t->order, t->source.count, nn_key(t->config.seed, (uint64_t)epoch));
    t->order_epoch = epoch;
}

static void assemble(nn_trainer *t, const nn_part *part)
{
    int spe = nn_trainer_steps_per_epoch(t);
    uint64_t epoch = (uint64_t)(t->step / spe);
    int first = (int)(t->step % spe) * t->config.batch;
    size_t count = nn_shape_count(t->plan->input), classes = (size_t)t->plan->classes;
    for (int i = part->begin; i < part->end; i++) {
        float *image = t->pass->input + (size_t)i * count;
        float *target = t->target + (size_t)i * classes;
        memset(target, 0, classes * sizeof *target);
        t->source.sample(t->source.ctx, part->thread, epoch, t->order[first + i], image, target);
        nn_convention_apply(&t->convention, t->plan->input, image, 1, image);
    }
}

void nn_target_none(float *target, int classes)
{
    for (int c = 0; c < classes; c++)
        target[c] = 1.0f / (float)classes;
}

/* Cross-entropy against t = (1 - s) target + s / classes: loss = -sum_c t_c log p_c, and its gradient with respect
 * to the logits, (p - t) / batch. What even an exact answer costs, the entropy of the target, is taken off the loss. */
static void loss_and_gradient(nn_trainer *t, const nn_part *part)
{
    int classes = t->plan->classes;
    float keep = 1.0f - t->config.label_smoothing, smooth = t->config.label_smoothing / (float)classes;
    float share = 1.0f / (float)t->batch_images;
    const float *p = nn_pass_value(t->pass, t->plan->n_nodes - 1, part->index);
    const float *target = t->target + (size_t)part->begin * (size_t)classes;
    float *gradient = nn_pass_gradient(t->pass, nn_logits_node(t->plan), part->index);
    double loss = 0.0;
    t->correct[part->index] = 0;
    for (int i = part->begin; i < part->end; i++, p += classes, target += classes, gradient += classes) {
        for (int c = 0; c < classes; c++) {
            float wanted = keep * target[c] + smooth;
            if (!(wanted <= 0.0f))                                                  /* NAN counts, too */
                loss -= (double)wanted * log(p[c] < 1e-30f ? 1e-30 : (double)p[c]); /* fmax would hide NAN */
            if (target[c] > 0.0f && target[c] < 1.0f)
                loss += (double)target[c] * log((double)target[c]);
            gradient[c] = (p[c] - wanted) * share;
        }
        int answer = nn_argmax(p, classes), best = nn_argmax(target, classes);
        t->correct[part->index] += target[best] < 0.5f ? p[answer] < 0.5f : answer == best;
    }
    t->loss[part->index] = loss;
}

/* ---- the update ---- */

/* Sums the parts' gradients of parameters [from, to) into the first block, in the order of the parts. */
static void reduce(nn_trainer *t, size_t from, size_t to)
{
    for (int part = 1; part < t->config.parts; part++)
        t->kernels->accumulate(t->gradients + from, t->gradients + (size_t)part * t->plan->floats + from, to - from);
}

static void adam(nn_trainer *t, size_t from, size_t to, float decay)
{
    nn_adam_step step = {.beta1 = 0.9f, .beta2 = 0.999f, .epsilon = 1e-8f, .decay = t->lr * decay};
    double n = (double)t->step + 1.0;
    step.rate = t->lr / (float)(1.0 - pow((double)step.beta1, n));
    step.correct = (float)(1.0 / sqrt(1.0 - pow((double)step.beta2, n)));
    t->kernels->adam(&step, t->state[WEIGHTS] + from, t->state[MOMENT1] + from, t->state[MOMENT2] + from,
                     t->gradients + from, to - from);
}

static void update(nn_trainer *t, const nn_param *param, size_t from, size_t to)
{
    bool running = param->role == NN_MEAN || param->role == NN_VARIANCE;
    if (running) /* the layer has put what to subtract where its gradient would be */
        for (size_t i = from; i < to; i++)
            t->state[WEIGHTS][i] -= t->gradients[i];
    else if (t->config.optimizer == NN_SGD)
        t->kernels->momentum(t->lr, t->config.momentum, t->state[WEIGHTS] + from, t->state[MOMENT1] + from,
                             t->gradients + from, to - from);
    else
        adam(t, from, to, t->config.optimizer == NN_ADAMW && param->role == NN_KERNEL ? t->config.weight_decay : 0.0f);
}

/* Exponential moving average; the decay grows to its value, so that the start is forgotten. */
static void average(nn_trainer *t, size_t from, size_t to)
{
    float warm = (1.0f + (float)t->step) / (10.0f + (float)t->step);
    float decay = warm < t->config.ema ? warm : t->config.ema;
    t->kernels->follow(t->state[AVERAGE] + from, t->state[WEIGHTS] + from, 1.0f - decay, to - from);
}

/* This thread's part of every parameter. */
static void update_share(nn_trainer *t, int thread)
{
    for (int p = 0; p < t->plan->n_params; p++) {
        const nn_param *param = &t->plan->param[p];
        int begin, end;
        nn_pool_share(t->pool, thread, (int)param->count, &begin, &end);
        size_t from = param->offset + (size_t)begin, to = param->offset + (size_t)end;
        reduce(t, from, to);
        update(t, param, from, to);
        if (t->config.ema > 0.0f)
            average(t, from, to);
    }
}

/* Those of the batch's parts that are this thread's; their number. */
static int parts_of(const nn_trainer *t, int thread, nn_part *part)
{
    int first, end;
    nn_share(t->config.parts, t->config.threads, thread, &first, &end);
    for (int i = first; i < end; i++, part++) {
        *part = (nn_part){.index = i, .thread = thread, .gradients = t->gradients + (size_t)i * t->plan->floats};
        nn_share(t->batch_images, t->config.parts, i, &part->begin, &part->end);
    }
    return end - first;
}

static void step_thread(void *ctx, int thread)
{
    nn_trainer *t = ctx;
    nn_run run = {
        .pass = t->pass,
        .pool = t->pool,
        .batch = t->batch_images,
        .key = nn_key(t->config.seed ^ 0x5eedu, (uint64_t)t->step),
        .weights = t->state[WEIGHTS],
        .bfloat16 = t->config.bfloat16,
    };
    nn_part part[NN_MAX_THREADS];
    int n = parts_of(t, thread, part);
    for (int i = 0; i < n; i++) {
        memset(part[i].gradients, 0, t->plan->floats * sizeof(float));
        assemble(t, &part[i]);
    }
    nn_pass_prepare(&run, thread);
    nn_pass_forward(&run, part, n);
    for (int i = 0; i < n; i++)
        loss_and_gradient(t, &part[i]);
    nn_pass_backward(&run, part, n);
    nn_pool_barrier(t->pool);
    update_share(t, thread);
}

void nn_trainer_step(nn_trainer *t, nn_step_result *result)
{
    int spe = nn_trainer_steps_per_epoch(t);
    int first = (int)(t->step % spe) * t->config.batch, left = t->source.count - first;
    shuffle(t, t->step / spe);
    t->batch_images = left < t->config.batch ? left : t->config.batch;
    t->lr = scheduled_lr(t) * t->lr_factor;
    nn_pool_run(t->pool, step_thread, t);
    t->step++;
    *result = (nn_step_result){.images = t->batch_images, .lr = t->lr};
    for (int i = 0; i < t->config.parts; i++) {
        result->loss += t->loss[i] / t->batch_images;
        result->correct += t->correct[i];
    }
}

const float *nn_trainer_weights(const nn_trainer *t)
{
    return t->state[t->config.ema > 0.0f ? AVERAGE : WEIGHTS];
}

void nn_trainer_keep(nn_trainer *t)
{
    memcpy(t->state[KEPT], nn_trainer_weights(t), t->plan->floats * sizeof(float));
}

const float *nn_trainer_kept(const nn_trainer *t)
{
    return t->state[KEPT];
}

const float *nn_trainer_gradients(const nn_trainer *t)
{
    return t->gradients;
}

/* ---- checkpoints: safetensors with one flat tensor per block ---- */

/* In the order of their names, as the format wants it. */
static const struct {
    const char *name;
    block block;
} blocks[STATE_BLOCKS] = {
    {"average", AVERAGE}, {"kept", KEPT}, {"moment1", MOMENT1}, {"moment2", MOMENT2}, {"weights", WEIGHTS},
};

static void describe(const nn_trainer *t, nn_tensor tensors[STATE_BLOCKS])
{
    for (int i = 0; i < STATE_BLOCKS; i++)
        tensors[i] = (nn_tensor){
            .name = blocks[i].name, .rank = 1, .dim = {(int)t->plan->floats}, .data = t->state[blocks[i].block]};
}

/* The few numbers of a checkpoint as JSON text, which no locale changes; nn_free it. */
static char *print_state(const nn_trainer *t)
{
    json_t *state = json_pack("{s:I, s:f, s:f, s:i}", "step", (json_int_t)t->step, "lr_factor", (double)t->lr_factor,
                              "best_loss", t->best_loss, "bad_epochs", t->bad_epochs);
    char *text = nn_json_text(state, JSON_COMPACT | JSON_REAL_PRECISION(17));
    json_decref(state);
    return text;
}

/* Of the learning rate, as a checkpoint holds it. */
static bool factor_is_right(double factor)
{
    return factor >= 0.0 && factor <= 1e6;
}

bool nn_trainer_checkpoint(const nn_trainer *t, const char *note, unsigned char **data, size_t *len, nn_error *err)
{
    nn_tensor tensors[STATE_BLOCKS];
    *data = NULL;
    if (!nn_utf8_is_valid(note, strlen(note)))
        return nn_fail(err, NN_USAGE, 0, "the note of a checkpoint must be UTF-8 text");
    if (!factor_is_right((double)t->lr_factor))
        return nn_fail(err, NN_USAGE, 0, "a learning rate that no checkpoint can hold");
    describe(t, tensors);
    char *state = print_state(t);
    json_t *metadata = state ? json_pack("{s:s, s:s, s:s, s:s}", "digitscope.checkpoint", "1", "architecture",
                                         t->plan->text, "state", state, "note", note)
                             : NULL;
    bool ok = nn_safetensors_write(metadata, tensors, STATE_BLOCKS, data, len, err);
    json_decref(metadata);
    nn_free(state);
    return ok;
}

static bool restore_state(nn_trainer *t, const char *text, nn_error *err)
{
    json_int_t step;
    double factor, best;
    int bad;
    json_t *state = json_loads(text ? text : "", JSON_REJECT_DUPLICATES, NULL);
    bool ok = json_unpack(state, "{s:I, s:F, s:F, s:i!}", "step", &step, "lr_factor", &factor, "best_loss", &best,
                          "bad_epochs", &bad) == 0;
    json_decref(state);
    if (!ok || step < 0 || step > (json_int_t)1 << 40 || !factor_is_right(factor))
        return nn_fail(err, NN_FORMAT, 8, "the checkpoint's state cannot be read");
    t->step = step;
    t->lr_factor = (float)factor;
    t->best_loss = best;
    t->bad_epochs = bad;
    return true;
}

bool nn_trainer_restore(nn_trainer *t, const unsigned char *data, size_t len, char **note, nn_error *err)
{
    nn_tensor tensors[STATE_BLOCKS];
    describe(t, tensors);
    json_t *metadata;
    const unsigned char *values;
    *note = NULL;
    if (!nn_safetensors_open(data, len, &metadata, err))
        return false;
    const char *architecture = nn_metadata_text(metadata, "architecture"), *text = nn_metadata_text(metadata, "note");
    *note = text ? nn_strdup(text) : NULL;
    bool ok = false;
    if (!nn_metadata_text(metadata, "digitscope.checkpoint") || !architecture || !text)
        nn_fail(err, NN_FORMAT, 8, "this is no training checkpoint");
    else if (!*note)
        nn_fail(err, NN_NOMEM, 0, "out of memory for the checkpoint");
    else if (strcmp(architecture, t->plan->text) != 0)
        nn_fail(err, NN_USAGE, 8, "the checkpoint belongs to another architecture");
    else
        ok = nn_safetensors_check(data, len, metadata, tensors, STATE_BLOCKS, &values, err) &&
             restore_state(t, nn_metadata_text(metadata, "state"), err);
    for (int i = 0; ok && i < STATE_BLOCKS; i++)
        nn_floats_copy(t->state[blocks[i].block], values + (size_t)i * t->plan->floats * 4, t->plan->floats);
    if (!ok) {
        nn_free(*note);
        *note = NULL;
    }
    json_decref(metadata);
    return ok;
}
