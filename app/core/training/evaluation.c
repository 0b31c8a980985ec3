/* evaluation.c - networks over a data set on all threads, then the scores. */
#include "evaluation.h"
#include "app/core/clock.h"
#include "app/core/model/answer.h"
#include "app/core/model/labels.h"
#include "app/core/model/model_input.h"
#include <float.h>
#include <math.h>
#include <stdatomic.h>

/* Images per call of the network. Fixed, so that a sum never depends on the number of threads. */
enum { CHUNK = 50 };

/* ---- who watches ------------------------------------------------------------------------------------------------- */

static bool goes_on(const evaluation *e)
{
    return !e->watch.goes_on || e->watch.goes_on(e->watch.ctx);
}

static void tell(const evaluation *e, long done, long all)
{
    if (e->watch.tell)
        e->watch.tell(e->watch.ctx, done, all);
}

/* ---- what fits together ------------------------------------------------------------------------------------------ */

static const char *name_of(const evaluation *e, int model)
{
    return e->names && e->names[model] ? e->names[model] : "the model";
}

/* Every class of the data is one of the models'. */
static bool map_classes(evaluation *e, nn_error *err)
{
    const nn_model *first = e->models[0];
    const dataset *data = e->data;
    int unknown = labels_map(e->class_of, data->label, data->classes, first->label, first->n_labels);
    return unknown < 0 || nn_fail(err, NN_USAGE, 0,
                                  "%.80s: its class \"%.32s\" is none of %.80s (labels.txt names the classes of data)",
                                  e->folder, data->label[unknown], name_of(e, 0));
}

/* Digits are brought to the side and the colours that the network reads, other images must have them. */
static bool reads(const nn_plan *plan, const dataset *data)
{
    nn_error ignored;
    return nn_same_shape(plan->input, (nn_shape){data->side, data->side, 1}) ||
           (data->side == DIGIT_SIDE && model_reads_digits(plan, &ignored));
}

bool evaluation_check(evaluation *e, nn_error *err)
{
    int map[NN_MAX_CLASSES];
    for (int i = 0; i < e->n_models; i++) {
        nn_shape in = e->models[i]->plan->input;
        if (!labels_map_models(map, e->models[i], e->models[0], err))
            return nn_fail_in(err, name_of(e, i));
        if (!reads(e->models[i]->plan, e->data))
            return nn_fail(err, NN_USAGE, 0, "%.100s: images of %d x %d, but %.80s reads %d x %d x %d", e->folder,
                           e->data->side, e->data->side, name_of(e, i), in.w, in.h, in.c);
    }
    return map_classes(e, err);
}

/* ---- running the networks ---------------------------------------------------------------------------------------- */

typedef struct runner {
    evaluation *e;
    nn_pool *pool;
    nn_work *work[NN_MAX_THREADS]; /* of the current model */
    float *images;                 /* (threads, CHUNK, pixels) */
    float *inputs;                 /* (threads, CHUNK, MODEL_MAX_INPUT): for networks that read others than those */
    float *answers;                /* (threads, CHUNK, classes) */
    int current;                   /* model */
    int class[NN_MAX_CLASSES];     /* of its classes: which of the first model's that is */
    atomic_int next;               /* chunk of the current model */
    atomic_bool overflow;          /* it answered with what is no probability */
} runner;

static void predict_chunk(runner *r, int thread, int chunk)
{
    const dataset *data = r->e->data;
    const nn_model *model = r->e->models[r->current];
    int first = chunk * CHUNK, n = data->count - first < CHUNK ? data->count - first : CHUNK;
    size_t pixels = (size_t)data->side * (size_t)data->side, classes = (size_t)r->e->confusion.classes;
    float *images = r->images + (size_t)thread * CHUNK * pixels;
    float *answers = r->answers + (size_t)thread * CHUNK * classes;
    float *mean = r->e->probabilities + (size_t)first * classes;

    for (int i = 0; i < n; i++)
        dataset_image(data, first + i, images + (size_t)i * pixels);
    float *room = r->inputs + (size_t)thread * CHUNK * MODEL_MAX_INPUT;
    const float *inputs = data->side == DIGIT_SIDE ? model_input(room, model->plan, images, n) : images;
    nn_predict(r->work[thread], model, inputs, n, answers);
    if (nn_first_not_finite(answers, (size_t)n * classes) < (size_t)n * classes)
        atomic_store(&r->overflow, true);
    for (size_t i = 0; i < (size_t)n; i++)
        for (size_t k = 0; k < classes; k++)
            mean[i * classes + (size_t)r->class[k]] += answers[i * classes + k] / (float)r->e->n_models;
}

static void predict_all(void *ctx, int thread)
{
    runner *r = ctx;
    long count = r->e->data->count, chunks = (count + CHUNK - 1) / CHUNK;
    for (int chunk; goes_on(r->e) && !atomic_load(&r->overflow) && (chunk = atomic_fetch_add(&r->next, 1)) < chunks;) {
        predict_chunk(r, thread, chunk);
        if (thread == 0)
            tell(r->e, r->current * count + (long)chunk * CHUNK, r->e->n_models * count);
    }
}

static bool run_model(runner *r, int index, nn_error *err)
{
    r->current = index;
    atomic_store(&r->next, 0);
    bool ok = labels_map_models(r->class, r->e->models[index], r->e->models[0], err);
    if (ok && (ok = nn_works_new(r->work, r->e->threads, r->e->models[index]->plan, CHUNK, r->e->purpose, err))) {
        nn_pool_run(r->pool, predict_all, r);
        nn_works_free(r->work, r->e->threads);
    }
    return ok && (!atomic_load(&r->overflow) || answer_overflows(name_of(r->e, index), err));
}

static bool run_all(runner *r, nn_error *err)
{
    const evaluation *e = r->e;
    size_t pixels = (size_t)e->data->side * (size_t)e->data->side, classes = (size_t)e->confusion.classes;
    double begin = clock_seconds();
    r->e->probabilities = nn_alloc((size_t)e->data->count, classes * sizeof(float));
    r->images = nn_alloc((size_t)e->threads * CHUNK, pixels * sizeof(float));
    r->inputs = nn_alloc((size_t)e->threads * CHUNK, MODEL_MAX_INPUT * sizeof(float));
    r->answers = nn_alloc((size_t)e->threads * CHUNK, classes * sizeof(float));
    if (!e->probabilities || !r->images || !r->inputs || !r->answers)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    if (!nn_pool_new(&r->pool, e->threads, e->on_thread_start, err))
        return false;
    for (int i = 0; i < e->n_models && goes_on(e); i++)
        if (!run_model(r, i, err))
            return false;
    tell(e, (long)e->n_models * e->data->count, (long)e->n_models * e->data->count);
    r->e->seconds = clock_seconds() - begin;
    return true;
}

/* ---- scoring ----------------------------------------------------------------------------------------------------- */

int evaluation_truth(const evaluation *e, int image)
{
    return e->class_of[e->data->labels[image]];
}

const float *evaluation_answer(const evaluation *e, int image)
{
    return e->probabilities + (size_t)image * (size_t)e->confusion.classes;
}

int evaluation_read(const evaluation *e, int image)
{
    return e->read[image];
}

static double rank(const evaluation *e, int class, scored *items)
{
    for (int i = 0; i < e->data->count; i++)
        items[i] = (scored){evaluation_answer(e, i)[class], evaluation_truth(e, i) == class};
    return metrics_auc(items, e->data->count);
}

int evaluation_roc(const evaluation *e, int class, scored *items, roc_point points[ROC_POINTS])
{
    rank(e, class, items);
    return metrics_roc(items, e->data->count, points);
}

static bool score(evaluation *e, nn_error *err)
{
    scored *items = nn_alloc((size_t)e->data->count, sizeof *items);
    e->read = nn_alloc((size_t)e->data->count, 1);
    if (!items || !e->read) {
        nn_free(items);
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    }
    float threshold = 0;
    for (int i = 0; i < e->n_models; i++)
        threshold += e->models[i]->unsure_threshold / (float)e->n_models;
    for (int i = 0; i < e->data->count; i++) {
        const float *p = evaluation_answer(e, i);
        int truth = evaluation_truth(e, i), best = nn_argmax(p, e->confusion.classes);
        e->read[i] = (unsigned char)best;
        confusion_add(&e->confusion, truth, best);
        calibration_add(&e->calibration, p[best], best == truth);
        bool unsure = p[best] < threshold;
        e->unsure += unsure;
        e->unsure_errors += unsure && best != truth;
        e->loss -= log(fmax(p[truth], FLT_MIN)) / e->data->count;
    }
    for (int k = 0; k < e->confusion.classes && goes_on(e); k++)
        e->auc[k] = rank(e, k, items);
    for (int i = 0; i < e->n_models; i++)
        e->parameters += e->models[i]->plan->floats;
    nn_free(items);
    return true;
}

bool evaluation_run(evaluation *e, nn_error *err)
{
    runner r = {.e = e};
    e->confusion.classes = e->models[0]->plan->classes;
    bool ok = evaluation_check(e, err) && run_all(&r, err) && (!goes_on(e) || score(e, err));
    nn_pool_free(r.pool);
    nn_free(r.answers);
    nn_free(r.inputs);
    nn_free(r.images);
    return ok;
}

/* Each part counts as often as it has models. */
static bool add_part(evaluation *mean, const evaluation *part, nn_error *err)
{
    int same[NN_MAX_CLASSES];
    size_t classes = (size_t)mean->confusion.classes;
    float share = (float)part->n_models / (float)mean->n_models;
    if (!labels_map_models(same, part->models[0], mean->models[0], err))
        return false;
    for (int i = 0; i < mean->data->count; i++)
        for (size_t k = 0; k < classes; k++)
            mean->probabilities[(size_t)i * classes + (size_t)same[k]] += share * evaluation_answer(part, i)[k];
    mean->seconds += part->seconds;
    return true;
}

bool evaluation_mean(evaluation *mean, const evaluation *parts, int n, nn_error *err)
{
    mean->confusion.classes = mean->models[0]->plan->classes;
    mean->probabilities = nn_alloc((size_t)mean->data->count, (size_t)mean->confusion.classes * sizeof(float));
    if (!mean->probabilities)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    for (int i = 0; i < n; i++)
        if (!add_part(mean, &parts[i], err))
            return false;
    return map_classes(mean, err) && score(mean, err);
}

void evaluation_free(evaluation *e)
{
    nn_free(e->probabilities);
    nn_free(e->read);
    e->probabilities = NULL;
    e->read = NULL;
}

int evaluation_errors(const evaluation *e)
{
    return e->data->count - confusion_correct(&e->confusion);
}

double evaluation_accuracy_when_sure(const evaluation *e)
{
    int sure = e->data->count - e->unsure, errors = evaluation_errors(e) - e->unsure_errors;
    return sure > 0 ? 1 - (double)errors / sure : (double)NAN;
}
