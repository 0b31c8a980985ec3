/* teach.c - the last layers are trained on the drawings, changed at random, among images of other people for which what
 * the network said before is the target (Li and Hoiem 2016, "Learning without Forgetting").
 *
 * The layers before them stay, so what they give is computed once for every image. Of the changed drawings only those
 * that are misread have their class as target: to push what is right already would only move the answers to others. At
 * last the weights go back towards the old ones (Wortsman et al. 2022, "Robust fine-tuning of zero-shot models"): as far
 * as most of what has been learned stays, and further until the check, of images that were not rehearsed, holds. */
#include "teach.h"
#include "app/core/clock.h"
#include "app/core/digit/label_digit.h"
#include "app/core/made/stroke_augment.h"
#include "app/core/made/synth.h"
#include "app/core/model/model_input.h"
#include "nn/augment.h"
#include "nn/cut.h"
#include "nn/rng.h"
#include <stdio.h>
#include <string.h>

enum {
    GROUP = 32,          /* images that a thread computes together */
    CHANGED = 400,       /* drawings changed at random, of all together, */
    LEAST_CHANGED = 8,   /* and of each */
    REHEARSED = 3000,    /* images of others, */
    EACH_REHEARSED = 40, /* and so many more for each drawing, */
    MOST_REHEARSED = 6000,
    EPOCHS = 6,
    MOST_EPOCHS = 18, /* while a drawing is still misread */
    SHARES = 20,      /* steps from the old weights to those that have learned most */
    FEW = 5           /* fewer drawings than these say little of a hand */
};

static const float known = 0.8f;   /* probability of a class with which a drawing of it needs no teaching */
static const double enough = 0.8;  /* of the gain on the drawings and the changed ones shall stay, */
static const double for_few = 0.5; /* of that on a few, for which others would pay more than they tell */
static const double filling = 0.6; /* of the time images are made, the rest they are learned */
static const double mostly = 0.75; /* of the others are images, where there are any, and the rest made up */

/* Images as the head reads them, and what it shall say of them. */
typedef struct bank {
    int n;
    float *features; /* (n, teaching.floats) */
    float *target;   /* (n, classes) */
} bank;

/* What one thread works with. */
struct desk {
    sketch sketch;
    float image[GROUP * DIGIT_PIXELS], resized[GROUP * MODEL_MAX_INPUT];
    int class[GROUP]; /* -1: what the old network says counts */
    bool changed[GROUP];
};

typedef struct teaching {
    const nn_model *old;
    const teach_drawing *drawing;
    const teach_config *config;
    int n, copies; /* drawings, and of each the changed ones */
    int rehearsed; /* images of others */
    int classes;
    nn_model untempered; /* the old one as it was trained, at temperature 1; owns nothing */
    nn_augment augment;  /* of the others' images */
    int *order;          /* of these */
    int at;              /* where the head begins */
    nn_model *head;
    nn_work *asking; /* the head */
    size_t floats;   /* of one image, as it reads that */
    float *before;   /* its weights */
    nn_pool *pool;
    nn_work *body[NN_MAX_THREADS];
    struct desk *desk; /* (threads) */
    bank lesson, drawn, check;
    bank *filling;
    int made, to_make; /* images, of all banks */
} teaching;

/* ---- images ------------------------------------------------------------------------------------------------------ */

/* An image of somebody else: of all there are number i, changed at random, to be rehearsed; or, counted from their end by -1, -2,
 * ..., as it is, for the check. Returns its class. */
static int draw_other(teaching *t, struct desk *desk, int i, float *image)
{
    const dataset *others = t->config->others;
    uint64_t key = nn_key(t->config->seed, (uint64_t)(int64_t)i);
    if (!others || (double)nn_uniform(key, 0) >= mostly) {
        int shown;
        synth_image(image, &shown, nn_key(key, 1), &desk->sketch);
        return nn_class_called(t->old, (const char[]){(char)('0' + shown), '\0'});
    }
    int place = i % others->count, other = t->order[place < 0 ? place + others->count : place];
    dataset_image(others, other, image);
    if (i >= 0)
        nn_augment_image(&t->augment, image, DIGIT_SIDE, nn_key(key, 2));
    return nn_class_called(t->old, others->label[others->labels[other]]);
}

static void draw_drawing(teaching *t, struct desk *desk, int i, float *image)
{
    digit_from_ink(&desk->sketch.digit, t->drawing[i].ink, &digit_defaults);
    memcpy(image, desk->sketch.digit.image, sizeof desk->sketch.digit.image);
}

/* Place k on the desk gets image i of the bank that is being filled: of a lesson first the drawings, then changed ones,
 * then others; of the check others that come in no lesson. */
static void draw(teaching *t, struct desk *desk, int k, int i)
{
    float *image = desk->image + (ptrdiff_t)k * DIGIT_PIXELS;
    int own = t->n * (1 + t->copies);
    desk->class[k] = t->drawing[i % t->n].class;
    desk->changed[k] = i >= t->n;
    if (t->filling == &t->check) {
        desk->class[k] = draw_other(t, desk, -1 - i, image);
        desk->changed[k] = false;
    } else if (i >= own) {
        draw_other(t, desk, i - own, image);
        desk->class[k] = -1;
    } else if (!desk->changed[k]) {
        draw_drawing(t, desk, i, image);
    } else {
        stroke_augment_image(image, t->drawing[i % t->n].ink, label_digit(t->old->label[desk->class[k]]),
                             nn_key(t->config->seed ^ 0x7eac, (uint64_t)i), &desk->sketch);
    }
}

/* What the network shall say of the image at place k, of which it said p. */
static void set_target(const teaching *t, const struct desk *desk, int k, const float *p, float *target)
{
    int class = desk->class[k];
    if (class < 0 || (desk->changed[k] && p[class] > known))
        memcpy(target, p, (size_t)t->classes * sizeof *p);
    else
        target[class] = 1.0f;
}

static void fill_group(teaching *t, int thread, int begin, int n)
{
    struct desk *desk = &t->desk[thread];
    bank *b = t->filling;
    float p[GROUP * NN_MAX_CLASSES];
    for (int k = 0; k < n; k++)
        draw(t, desk, k, begin + k);
    const float *images = model_input(desk->resized, t->old->plan, desk->image, n);
    nn_predict(t->body[thread], &t->untempered, images, n, p);
    memcpy(b->features + (size_t)begin * t->floats, t->at < 0 ? images : nn_work_output(t->body[thread], t->at),
           (size_t)n * t->floats * sizeof(float));
    for (int k = 0; k < n; k++)
        set_target(t, desk, k, p + k * t->classes, b->target + (ptrdiff_t)(begin + k) * t->classes);
}

static bool is_stopped(const teaching *t)
{
    return t->config->stopped && t->config->stopped(t->config->ctx);
}

static void tell(const teaching *t, double share)
{
    if (t->config->tell)
        t->config->tell(t->config->ctx, share);
}

static void fill_share(void *ctx, int thread)
{
    teaching *t = ctx;
    int begin, end;
    nn_pool_share(t->pool, thread, t->filling->n, &begin, &end);
    for (int i = begin; i < end && !is_stopped(t); i += GROUP) {
        if (thread == 0) /* the others are as far */
            tell(t, filling * (t->made + (i - begin) * t->config->threads) / t->to_make);
        fill_group(t, thread, i, end - i < GROUP ? end - i : GROUP);
    }
}

static bool fill(teaching *t, bank *b, int n, nn_error *err)
{
    b->n = n;
    b->features = nn_alloc((size_t)n * t->floats, sizeof(float));
    b->target = nn_alloc((size_t)n * (size_t)t->classes, sizeof(float));
    if (!b->features || !b->target)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the images to learn from");
    t->filling = b;
    nn_pool_run(t->pool, fill_share, t);
    t->made += n;
    return true;
}

static void empty(bank *b)
{
    nn_free(b->features);
    nn_free(b->target);
}

/* ---- learning ---------------------------------------------------------------------------------------------------- */

static void sample(const void *ctx, int thread, uint64_t epoch, int index, float *image, float *target)
{
    const teaching *t = ctx;
    (void)thread, (void)epoch;
    memcpy(image, t->lesson.features + (size_t)index * t->floats, t->floats * sizeof(float));
    memcpy(target, t->lesson.target + (ptrdiff_t)index * t->classes, (size_t)t->classes * sizeof(float));
}

static bool new_trainer(const teaching *t, nn_trainer **trainer, nn_error *err)
{
    nn_train_config c = nn_train_defaults();
    c.batch = 64;
    c.threads = t->config->threads;
    c.epochs = MOST_EPOCHS;
    c.seed = t->config->seed;
    c.lr = 5e-4f;
    c.ema = 0.95f; /* so that any step may be the last */
    c.on_thread_start = t->config->on_thread_start;
    nn_source source = {.ctx = t, .count = t->lesson.n, .sample = sample};
    return nn_trainer_new(trainer, t->head->plan, t->before, &t->head->convention, &c, &source, err);
}

static int count_right(const teaching *t, const bank *b)
{
    int right = 0;
    float p[GROUP * NN_MAX_CLASSES];
    for (int i = 0; i < b->n; i += GROUP) {
        int n = b->n - i < GROUP ? b->n - i : GROUP;
        nn_predict(t->asking, t->head, b->features + (size_t)i * t->floats, n, p);
        for (int k = 0; k < n; k++)
            right += nn_argmax(p + k * t->classes, t->classes) ==
                     nn_argmax(b->target + (ptrdiff_t)(i + k) * t->classes, t->classes);
    }
    return right;
}

/* The head knows this share, of SHARES, of what has been learned. */
static void set_share(teaching *t, const float *learned, int share)
{
    float part = (float)share / SHARES;
    for (size_t k = 0; k < t->head->plan->floats; k++)
        t->head->weights[k] = t->before[k] + part * (learned[k] - t->before[k]);
    nn_model_changed(t->head);
}

static bool others_hold(const teach_score *others)
{
    return others->before - others->after <= 1 + (others->n - others->before) / 10;
}

/* Of the drawings and the changed ones. */
static int count_own(const teaching *t)
{
    bank own = t->lesson;
    own.n = t->n * (1 + t->copies);
    return count_right(t, &own);
}

/* The smallest share with which the drawings are read as well as with all that has been learned, or nearly so. */
static int least_share(teaching *t, const float *learned)
{
    set_share(t, learned, 0);
    int before = count_own(t), share = 1;
    set_share(t, learned, SHARES);
    int most = count_right(t, &t->drawn);
    double wanted = before + (t->n < FEW ? for_few : enough) * (count_own(t) - before);
    for (; share < SHARES; share++) {
        set_share(t, learned, share);
        if (count_right(t, &t->drawn) >= most && count_own(t) >= wanted)
            break;
    }
    return share;
}

/* No more of what has been learned than is of use, and less where others would pay for it. */
static void settle(teaching *t, const float *learned, teach_result *result)
{
    for (int share = least_share(t, learned); share >= 0; share--) {
        set_share(t, learned, share);
        result->others.after = count_right(t, &t->check);
        if (others_hold(&result->others))
            break;
    }
    result->drawings.after = count_right(t, &t->drawn);
}

static bool is_learned(teaching *t, const float *learned)
{
    set_share(t, learned, SHARES);
    return count_right(t, &t->drawn) == t->drawn.n;
}

/* False when it was stopped. */
static bool run(teaching *t, nn_trainer *trainer, double ends)
{
    nn_step_result step;
    int steps = nn_trainer_steps_per_epoch(trainer);
    for (int epoch = 0; epoch < MOST_EPOCHS; epoch++) {
        if (epoch >= EPOCHS && is_learned(t, nn_trainer_weights(trainer)))
            break;
        for (int i = 0; i < steps && clock_seconds() < ends; i++) {
            if (is_stopped(t))
                return false;
            tell(t, filling + (1 - filling) * (epoch * steps + i) / (MOST_EPOCHS * steps));
            nn_trainer_step(trainer, &step);
        }
    }
    return true;
}

static bool learn(teaching *t, double ends, teach_result *result, nn_error *err)
{
    nn_trainer *trainer;
    if (!new_trainer(t, &trainer, err))
        return false;
    result->drawings = (teach_score){.n = t->drawn.n, .before = count_right(t, &t->drawn)};
    result->others = (teach_score){.n = t->check.n, .before = count_right(t, &t->check)};
    bool ok = run(t, trainer, ends);
    if (ok)
        settle(t, nn_trainer_weights(trainer), result);
    nn_trainer_free(trainer);
    return ok;
}

/* ---- all of it --------------------------------------------------------------------------------------------------- */

static bool check(const nn_model *model, const teach_drawing *drawings, int n, const teach_config *config,
                  nn_error *err)
{
    if (n < 1)
        return nn_fail(err, NN_USAGE, 0, "no drawing to learn from");
    if (config->others && config->others->side != DIGIT_SIDE)
        return nn_fail(err, NN_USAGE, 0, "the images to rehearse are not of %dx%d", DIGIT_SIDE, DIGIT_SIDE);
    for (int i = 0; i < n; i++)
        if (drawings[i].class < 0 || drawings[i].class >= model->n_labels)
            return nn_fail(err, NN_USAGE, 0, "drawing %d shows no class of the model", i + 1);
    return model_reads_digits(model->plan, err);
}

static bool prepare(teaching *t, nn_error *err)
{
    const teach_config *c = t->config;
    t->at = nn_cut_place(t->old->plan, TEACH_LAYERS);
    if (!nn_cut_head(&t->head, t->old, t->at, err) || !nn_augment_parse(&t->augment, "default", err))
        return false;
    nn_shape in = t->head->plan->input;
    t->floats = (size_t)in.h * (size_t)in.w * (size_t)in.c;
    t->before = nn_alloc(t->head->plan->floats, sizeof(float));
    t->desk = nn_alloc((size_t)c->threads, sizeof *t->desk);
    t->order = nn_alloc(c->others ? (size_t)c->others->count : 1, sizeof *t->order);
    if (!t->before || !t->desk || !t->order)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the learning");
    memcpy(t->before, t->head->weights, t->head->plan->floats * sizeof(float));
    if (c->others)
        nn_shuffle(t->order, c->others->count, c->seed);
    return nn_pool_new(&t->pool, c->threads, c->on_thread_start, err) &&
           nn_works_new(t->body, c->threads, t->old->plan, GROUP, NN_ACTIVATIONS, err) &&
           nn_work_new(&t->asking, t->head->plan, GROUP, NN_ANSWERS, err);
}

static bool fill_all(teaching *t, nn_error *err)
{
    t->copies = CHANGED / t->n > LEAST_CHANGED ? CHANGED / t->n : LEAST_CHANGED;
    t->rehearsed = REHEARSED + EACH_REHEARSED * t->n;
    t->rehearsed = t->rehearsed < MOST_REHEARSED ? t->rehearsed : MOST_REHEARSED;
    int lesson = t->n * (1 + t->copies) + t->rehearsed;
    t->to_make = lesson + t->n + TEACH_OTHERS;
    return fill(t, &t->lesson, lesson, err) && fill(t, &t->drawn, t->n, err) && fill(t, &t->check, TEACH_OTHERS, err);
}

/* The old model with the head's weights in it. */
static bool make_model(const teaching *t, nn_model **model, nn_error *err)
{
    if (!nn_model_twin(model, t->old, err))
        return false;
    nn_cut_put_back(*model, t->at, t->head->plan, t->head->weights);
    return true;
}

static void free_all(teaching *t)
{
    empty(&t->lesson);
    empty(&t->drawn);
    empty(&t->check);
    nn_work_free(t->asking);
    nn_works_free(t->body, NN_MAX_THREADS);
    nn_pool_free(t->pool);
    nn_model_free(t->head);
    nn_free(t->order);
    nn_free(t->desk);
    nn_free(t->before);
}

teach_config teach_defaults(void)
{
    return (teach_config){.threads = 1, .seed = 1, .seconds = 10};
}

bool teach_holds(const teach_result *result)
{
    const teach_score *drawings = &result->drawings;
    return others_hold(&result->others) && (drawings->after > drawings->before || drawings->after == drawings->n);
}

bool teach(teach_result *result, const nn_model *model, const teach_drawing *drawings, int n,
           const teach_config *config, nn_error *err)
{
    double began = clock_seconds();
    *result = (teach_result){0};
    err->code = NN_OK;
    if (!check(model, drawings, n, config, err))
        return false;
    teaching t = {.old = model,
                  .drawing = drawings,
                  .config = config,
                  .n = n,
                  .classes = model->plan->classes,
                  .untempered = *model};
    t.untempered.temperature = 1.0f;
    bool ok = prepare(&t, err) && fill_all(&t, err) && learn(&t, began + config->seconds, result, err) &&
              make_model(&t, &result->model, err);
    free_all(&t);
    result->seconds = clock_seconds() - began;
    return ok;
}
