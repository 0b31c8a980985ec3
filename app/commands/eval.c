/* eval.c - `digitscope eval`: scores a model, or the average of several, on the test images. */
#include "../core/args.h"
#include "../core/clock.h"
#include "../core/idx.h"
#include "../core/models.h"
#include "commands.h"
#include "report.h"
#include <float.h>
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

/* Images per call of the network. Fixed, so that a sum never depends on the number of threads. */
enum { CHUNK = 50 };

typedef struct options {
    arg_texts models;
    const char *data, *state;
    bool json;
} options;

typedef struct evaluation {
    dataset data;
    nn_model *model[MODELS_MAX_MEMBERS];
    int n_models, classes, threads;
    nn_pool *pool;
    float *probabilities; /* (data.count, classes): the mean over the models */
    nn_work **work;       /* of the current model, one per thread */
    float *images;        /* (threads, CHUNK, pixels) */
    float *answers;       /* (threads, CHUNK, classes) */
    int current;          /* model */
    atomic_int next;      /* chunk of the current model */
    double seconds;
} evaluation;

typedef struct scores {
    confusion confusion;
    calibration calibration;
    double loss; /* mean, nats */
    double auc[NN_MAX_CLASSES];
    size_t parameters;
} scores;

/* ---- running the networks ---------------------------------------------------------------------------------------- */

static void predict_chunk(evaluation *e, int thread, int chunk)
{
    const dataset *data = &e->data;
    int first = chunk * CHUNK, n = data->count - first < CHUNK ? data->count - first : CHUNK;
    size_t pixels = (size_t)data->side * (size_t)data->side, classes = (size_t)e->classes;
    float *images = e->images + (size_t)thread * CHUNK * pixels;
    float *answers = e->answers + (size_t)thread * CHUNK * classes;
    const unsigned char *bytes = data->images + (size_t)first * pixels;
    float *mean = e->probabilities + (size_t)first * classes;

    for (size_t i = 0; i < (size_t)n * pixels; i++)
        images[i] = (float)bytes[i] / 255.0f;
    nn_predict(e->work[thread], e->model[e->current], images, n, answers);
    for (size_t i = 0; i < (size_t)n * classes; i++)
        mean[i] += answers[i] / (float)e->n_models;
}

static void predict_all(void *ctx, int thread)
{
    evaluation *e = ctx;
    int chunks = (e->data.count + CHUNK - 1) / CHUNK;
    for (int chunk; !command_interrupted() && (chunk = atomic_fetch_add(&e->next, 1)) < chunks;) {
        predict_chunk(e, thread, chunk);
        if (thread == 0)
            command_progress("images read", (long)e->current * e->data.count + (long)chunk * CHUNK,
                             (long)e->n_models * e->data.count);
    }
}

static bool run_model(evaluation *e, int index, nn_error *err)
{
    bool ok = true;
    e->current = index;
    atomic_store(&e->next, 0);
    for (int i = 0; ok && i < e->threads; i++)
        ok = nn_work_new(&e->work[i], e->model[index]->plan, CHUNK, err);
    if (ok)
        nn_pool_run(e->pool, predict_all, e);
    for (int i = 0; i < e->threads; i++) {
        nn_work_free(e->work[i]);
        e->work[i] = NULL;
    }
    return ok;
}

static bool run(evaluation *e, nn_error *err)
{
    size_t pixels = (size_t)e->data.side * (size_t)e->data.side, classes = (size_t)e->classes;
    double begin = clock_seconds();
    e->probabilities = nn_alloc((size_t)e->data.count, classes * sizeof(float));
    e->work = nn_alloc((size_t)e->threads, sizeof(nn_work *));
    e->images = nn_alloc((size_t)e->threads * CHUNK, pixels * sizeof(float));
    e->answers = nn_alloc((size_t)e->threads * CHUNK, classes * sizeof(float));
    if (!e->probabilities || !e->work || !e->images || !e->answers)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    if (!nn_pool_new(&e->pool, e->threads, NULL, err))
        return false;
    for (int i = 0; i < e->n_models && !command_interrupted(); i++)
        if (!run_model(e, i, err))
            return false;
    command_progress("images read", 1, 1);
    e->seconds = clock_seconds() - begin;
    return true;
}

/* ---- opening ----------------------------------------------------------------------------------------------------- */

static bool check_fit(const evaluation *e, const char *folder, nn_error *err)
{
    const nn_plan *first = e->model[0]->plan;
    for (int i = 0; i < e->n_models; i++) {
        const nn_plan *plan = e->model[i]->plan;
        if (plan->classes != first->classes)
            return nn_fail(err, NN_USAGE, 0, "the models do not fit together: one has %d classes, another %d",
                           first->classes, plan->classes);
        if (plan->input.h != e->data.side || plan->input.w != e->data.side || plan->input.c != 1)
            return nn_fail(err, NN_USAGE, 0, "%.100s: images of %d x %d, but the model reads %d x %d x %d", folder,
                           e->data.side, e->data.side, plan->input.w, plan->input.h, plan->input.c);
    }
    if (e->data.classes > first->classes)
        return nn_fail(err, NN_USAGE, 0, "%.100s: %d classes, but the model knows %d", folder, e->data.classes,
                       first->classes);
    return true;
}

static bool open_all(evaluation *e, const options *o, nn_error *err)
{
    paths where;
    paths_find(&where, o->state);
    const char *folder = o->data ? o->data : where.mnist;
    for (int i = 0; i == 0 || i < o->models.count; i++)
        if (!models_open_all(e->model, MODELS_MAX_MEMBERS, &e->n_models, &where, o->models.text[i], err))
            return false;
    e->classes = e->model[0]->plan->classes;
    return dataset_load(&e->data, folder, DATASET_TEST, err) && check_fit(e, folder, err);
}

static void close_all(evaluation *e)
{
    nn_pool_free(e->pool);
    nn_free(e->answers);
    nn_free(e->images);
    nn_free(e->work);
    nn_free(e->probabilities);
    dataset_free(&e->data);
    for (int i = 0; i < e->n_models; i++)
        nn_model_free(e->model[i]);
}

/* ---- scoring ----------------------------------------------------------------------------------------------------- */

static bool score_ranking(scores *s, const evaluation *e, nn_error *err)
{
    scored *items = nn_alloc((size_t)e->data.count, sizeof *items);
    if (!items)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    for (int k = 0; k < e->classes; k++) {
        for (int i = 0; i < e->data.count; i++)
            items[i] = (scored){e->probabilities[(size_t)i * (size_t)e->classes + (size_t)k], e->data.labels[i] == k};
        s->auc[k] = metrics_auc(items, e->data.count);
    }
    nn_free(items);
    return true;
}

static bool score(scores *s, const evaluation *e, nn_error *err)
{
    *s = (scores){.confusion.classes = e->classes};
    for (int i = 0; i < e->data.count; i++) {
        const float *p = e->probabilities + (size_t)i * (size_t)e->classes;
        int truth = e->data.labels[i], best = nn_argmax(p, e->classes);
        confusion_add(&s->confusion, truth, best);
        calibration_add(&s->calibration, p[best], best == truth);
        s->loss -= log(fmax(p[truth], FLT_MIN)) / e->data.count;
    }
    for (int i = 0; i < e->n_models; i++)
        s->parameters += e->model[i]->plan->floats;
    return score_ranking(s, e, err);
}

/* ---- showing ----------------------------------------------------------------------------------------------------- */

static json_t *confusion_json(const confusion *c)
{
    json_t *rows = json_array();
    for (int i = 0; i < c->classes; i++) {
        json_t *row = json_array();
        for (int j = 0; j < c->classes; j++)
            json_array_append_new(row, json_integer(c->n[i][j]));
        json_array_append_new(rows, row);
    }
    return rows;
}

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

static json_t *auc_json(const scores *s, const nn_model *model)
{
    json_t *list = json_array();
    for (int k = 0; k < s->confusion.classes; k++)
        json_array_append_new(list,
                              json_pack("{s:s, s:o}", "label", model->label[k], "auc", command_json_number(s->auc[k])));
    return list;
}

static json_t *scores_json(const scores *s, const evaluation *e)
{
    const confusion *c = &s->confusion;
    int errors = e->data.count - confusion_correct(c);
    return json_pack("{s:i, s:i, s:f, s:f, s:f, s:o, s:o, s:I, s:o, s:o, s:o, s:o}", "n", e->data.count, "errors",
                     errors, "accuracy", 1 - (double)errors / e->data.count, "loss", s->loss, "ece",
                     calibration_error(&s->calibration), "confidence_right",
                     command_json_number(calibration_mean(&s->calibration, RIGHT)), "confidence_wrong",
                     command_json_number(calibration_mean(&s->calibration, WRONG)), "parameters",
                     (json_int_t)s->parameters, "per_class", report_classes_json(c, e->model[0]), "confusion",
                     confusion_json(c), "top_confusions", mistakes_json(c), "auc", auc_json(s, e->model[0]));
}

static void print_title(const evaluation *e, const options *o)
{
    char standard[NN_NAME];
    models_default(standard);
    if (e->n_models > 1)
        printf("%d models together", e->n_models);
    else
        printf("%s", o->models.count ? o->models.text[0] : standard);
    printf(" on %s test images\n\n", report_count(e->data.count));
}

static void print_confidence(const calibration *c)
{
    double right = calibration_mean(c, RIGHT), wrong = calibration_mean(c, WRONG);
    if (!isnan(right))
        printf("  when right    %6.2f %%   confidence on average\n", 100 * right);
    if (!isnan(wrong))
        printf("  when wrong    %6.2f %%   confidence on average\n", 100 * wrong);
}

static void print_scores(const scores *s, const evaluation *e)
{
    int n = e->data.count, errors = n - confusion_correct(&s->confusion);
    printf("  accuracy      %6.2f %%   %s wrong\n", 100 - 100.0 * errors / n, report_count(errors));
    printf("  loss          %8.4f   nats a picture, 0 is perfect\n", s->loss);
    printf("  calibration   %6.2f %%   mean gap between confidence and accuracy\n",
           100 * calibration_error(&s->calibration));
    print_confidence(&s->calibration);
    printf("  parameters    %8s\n", report_count((long)s->parameters));
    printf("  speed         %8s   images a second, %d thread%s\n", report_count(lrint(e->n_models * n / e->seconds)),
           e->threads, e->threads == 1 ? "" : "s");
    report_classes(&s->confusion, e->model[0], s->auc);
    printf("\nNext: digitscope ink STROKES.jsonl scores the same model on real pen strokes.\n");
}

static int evaluate(evaluation *e, const options *o)
{
    nn_error err;
    scores s;
    if (!open_all(e, o, &err) || !run(e, &err))
        return command_fail("eval", &err);
    if (command_interrupted())
        return EXIT_INTERRUPTED;
    if (!score(&s, e, &err))
        return command_fail("eval", &err);
    if (o->json)
        return command_finish("eval", command_print_json(scores_json(&s, e)));
    print_title(e, o);
    print_scores(&s, e);
    return command_finish("eval", true);
}

int command_eval(int argc, char **argv)
{
    options o = {0};
    evaluation e = {.threads = command_threads()};
    const arg args[] = {
        {"model", ARG_TEXTS, &o.models, "M ...",
         "name or file; several, or an ensemble, are averaged (default: the shipped one)", 0, 0},
        {"data", ARG_TEXT, &o.data, "DIR", "folder with the IDX files (default: where fetch-data puts them)", 0, 0},
        {"threads", ARG_INT, &e.threads, "N", "threads (default: one per processor)", 1, NN_MAX_THREADS},
        {"state", ARG_TEXT, &o.state, "DIR", "folder of own models and data, instead of the usual ones", 0, 0},
        {"json", ARG_FLAG, &o.json, NULL, "one JSON object instead of tables", 0, 0},
        {0},
    };
    const arg_command usage = {
        .name = "eval",
        .synopsis = "[--model M ...] [--data DIR] [--json]",
        .about = "Scores a model on the test images of a data set: accuracy, loss, calibration, every class, the\n"
                 "most frequent mistakes. The probabilities of several models are averaged.",
        .args = args,
    };
    int status = args_parse(&usage, argc, argv);
    if (status >= 0)
        return status;
    command_catch_interrupt();
    status = evaluate(&e, &o);
    close_all(&e);
    return status;
}
