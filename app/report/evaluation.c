/* evaluation.c - networks over a data set on all threads, then the scores. */
#include "evaluation.h"
#include "app/core/clock.h"
#include "app/core/console/interrupt.h"
#include "app/core/console/terminal.h"
#include "app/core/model/answer.h"
#include "app/core/model/labels.h"
#include "app/core/model/model_input.h"
#include "nn/json.h"
#include "report.h"
#include <float.h>
#include <math.h>
#include <stdatomic.h>

/* Images per call of the network. Fixed, so that a sum never depends on the number of threads. */
enum { CHUNK = 50 };

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
    for (int chunk; !interrupted() && !atomic_load(&r->overflow) && (chunk = atomic_fetch_add(&r->next, 1)) < chunks;) {
        predict_chunk(r, thread, chunk);
        if (thread == 0)
            terminal_progress("images read", r->current * count + (long)chunk * CHUNK, r->e->n_models * count);
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
    if (!nn_pool_new(&r->pool, e->threads, NULL, err))
        return false;
    for (int i = 0; i < e->n_models && !interrupted(); i++)
        if (!run_model(r, i, err))
            return false;
    terminal_progress("images read", 1, 1);
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
    if (!items)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    float threshold = 0;
    for (int i = 0; i < e->n_models; i++)
        threshold += e->models[i]->unsure_threshold / (float)e->n_models;
    for (int i = 0; i < e->data->count; i++) {
        const float *p = evaluation_answer(e, i);
        int truth = evaluation_truth(e, i), best = nn_argmax(p, e->confusion.classes);
        confusion_add(&e->confusion, truth, best);
        calibration_add(&e->calibration, p[best], best == truth);
        bool unsure = p[best] < threshold;
        e->unsure += unsure;
        e->unsure_errors += unsure && best != truth;
        e->loss -= log(fmax(p[truth], FLT_MIN)) / e->data->count;
    }
    for (int k = 0; k < e->confusion.classes && !interrupted(); k++)
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
    bool ok = evaluation_check(e, err) && run_all(&r, err) && (interrupted() || score(e, err));
    nn_pool_free(r.pool);
    nn_free(r.answers);
    nn_free(r.inputs);
    nn_free(r.images);
    return ok;
}

void evaluation_free(evaluation *e)
{
    nn_free(e->probabilities);
    e->probabilities = NULL;
}

/* ---- as JSON ----------------------------------------------------------------------------------------------------- */

static json_t *mistakes_json(const confusion *c)
{
    mistake worst[10];
    int n = confusion_worst(c, worst, 10);
    json_t *list = json_array();
    for (int i = 0; i < n; i++) {
        const mistake *m = &worst[i];
        json_array_append_new(list,
                              json_pack("{s:i, s:i, s:i}", "true", m->truth, "predicted", m->predicted, "n", m->n));
    }
    return list;
}

static json_t *auc_json(const evaluation *e)
{
    json_t *list = json_array();
    for (int k = 0; k < e->confusion.classes; k++)
        json_array_append_new(
            list, json_pack("{s:s, s:o}", "label", e->models[0]->label[k], "auc", nn_json_number(e->auc[k])));
    return list;
}

double evaluation_accuracy_when_sure(const evaluation *e)
{
    int sure = e->data->count - e->unsure,
        errors = e->data->count - confusion_correct(&e->confusion) - e->unsure_errors;
    return sure > 0 ? 1 - (double)errors / sure : (double)NAN;
}

json_t *evaluation_json(const evaluation *e)
{
    const confusion *c = &e->confusion;
    int errors = e->data->count - confusion_correct(c);
    return json_pack(
        "{s:i, s:i, s:f, s:f, s:f, s:o, s:o, s:f, s:o, s:I, s:o, s:o, s:o, s:o}", "n", e->data->count, "errors", errors,
        "accuracy", 1 - (double)errors / e->data->count, "loss", e->loss, "ece", calibration_error(&e->calibration),
        "confidence_right", nn_json_number(calibration_mean(&e->calibration, RIGHT)), "confidence_wrong",
        nn_json_number(calibration_mean(&e->calibration, WRONG)), "unsure", (double)e->unsure / e->data->count,
        "accuracy_when_sure", nn_json_number(evaluation_accuracy_when_sure(e)), "parameters", (json_int_t)e->parameters,
        "per_class", report_classes_json(c, e->models[0]), "confusion", report_confusion_json(c), "top_confusions",
        mistakes_json(c), "auc", auc_json(e));
}
