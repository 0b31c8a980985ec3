/* eval.c - `digitscope eval`: scores a model, or the average of several, on the test images. */
#include "app/core/console/args.h"
#include "app/core/console/interrupt.h"
#include "app/core/console/terminal.h"
#include "app/core/model/models.h"
#include "app/core/platform.h"
#include "app/core/training/findings.h"
#include "app/report/evaluation_json.h"
#include "app/report/page.h"
#include "app/report/report.h"
#include "commands.h"
#include "data_options.h"
#include "nn/json.h"
#include <math.h>
#include <stdio.h>

typedef struct options {
    arg_texts models;
    data_request data;
    const char *state, *report;
    int threads;
    bool json, int8;
} options;

typedef struct subject {
    char name[64]; /* as it is called in the report */
    char standard[NN_NAME];
    const char *folder; /* of the data */
    paths where;
    nn_model *models[MODELS_MAX_MEMBERS];
    const char *names[MODELS_MAX_MEMBERS]; /* under which each was asked for */
    dataset data;
    evaluation evaluation; /* of all of them together */
    evaluation *part;      /* (n_parts): of what each --model names, where there are several */
    int n_parts;
} subject;

static void name_all(subject *s)
{
    if (s->evaluation.n_models > 1)
        snprintf(s->name, sizeof s->name, "%d models together", s->evaluation.n_models);
    else
        snprintf(s->name, sizeof s->name, "%s", s->names[0]);
}

/* A model, or the members of an ensemble. */
static bool open_one(subject *s, const char *value, bool int8, nn_error *err)
{
    int *n = &s->evaluation.n_models, first = *n;
    if (!models_open_all(s->models, MODELS_MAX_MEMBERS, n, &s->where, value, err))
        return false;
    for (int i = first; i < *n; i++) {
        s->names[i] = command_model_name(value, s->standard);
        if (int8 && !command_check_int8(s->models[i], value, err))
            return false;
    }
    return true;
}

/* What one --model names, to be scored on its own as well where there are several. */
static bool open_part(subject *s, const char *value, const options *o, nn_error *err)
{
    evaluation *e = &s->evaluation;
    int first = e->n_models;
    if (!open_one(s, value, o->int8, err))
        return false;
    if (o->models.count < 2)
        return true;
    if (!s->part && !(s->part = nn_alloc((size_t)o->models.count, sizeof *s->part)))
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    evaluation *part = &s->part[s->n_parts++];
    *part = *e;
    part->models += first;
    part->names += first;
    part->n_models -= first;
    return true;
}

static bool open_all(subject *s, const options *o, nn_error *err)
{
    paths_find(&s->where, o->state);
    s->folder = data_options_path(&o->data, &s->where);
    evaluation *e = &s->evaluation;
    *e = (evaluation){
        .data = &s->data, .folder = s->folder, .models = s->models, .names = s->names, .threads = o->threads};
    e->purpose = o->int8 ? NN_QUANTIZED_ANSWERS : NN_ANSWERS;
    e->watch = report_watch;
    for (int i = 0; i == 0 || i < o->models.count; i++)
        if (!open_part(s, o->models.text[i], o, err))
            return false;
    name_all(s);
    return data_options_open(&s->data, &o->data, DATASET_TEST, &s->where, "eval", err) && evaluation_check(e, err) &&
           (!o->report || page_may_save(o->report, err));
}

static bool run(subject *s, nn_error *err)
{
    for (int i = 0; i < s->n_parts; i++)
        if (!evaluation_run(&s->part[i], err))
            return false;
    if (s->n_parts == 0)
        return evaluation_run(&s->evaluation, err);
    return evaluation_mean(&s->evaluation, s->part, s->n_parts, err);
}

static void close_all(subject *s)
{
    for (int i = 0; i < s->n_parts; i++)
        evaluation_free(&s->part[i]);
    nn_free(s->part);
    evaluation_free(&s->evaluation);
    dataset_free(&s->data);
    for (int i = 0; i < s->evaluation.n_models; i++)
        nn_model_free(s->models[i]);
}

/* ---- showing ----------------------------------------------------------------------------------------------------- */

static void print_confidence(const calibration *c)
{
    double right = calibration_mean(c, RIGHT), wrong = calibration_mean(c, WRONG);
    if (!isnan(right))
        terminal_print("  when right    %6.2f %%   confidence on average\n", 100 * right);
    if (!isnan(wrong))
        terminal_print("  when wrong    %6.2f %%   confidence on average\n", 100 * wrong);
}

static void print_scores(const evaluation *e)
{
    int n = e->data->count, errors = evaluation_errors(e);
    terminal_print("  accuracy      %6.2f %%   %s wrong\n", 100 - 100.0 * errors / n, report_count(errors));
    terminal_print("  loss          %8.4f   nats a picture, 0 is perfect\n", e->loss);
    terminal_print("  calibration   %6.2f %%   mean gap between confidence and accuracy\n",
                   100 * calibration_error(&e->calibration));
    print_confidence(&e->calibration);
    terminal_print("  unsure        %6.2f %%   flagged as better not believed; %.2f %% of the others are right\n",
                   100.0 * e->unsure / n, 100 * evaluation_accuracy_when_sure(e));
    terminal_print("  parameters    %8s\n", report_count((long)e->parameters));
    terminal_print("  speed         %8s   images a second, %d thread%s\n",
                   report_count(lrint(e->n_models * n / e->seconds)), e->threads, e->threads == 1 ? "" : "s");
    report_classes(&e->confusion, e->models[0], e->auc);
    terminal_print("\nNext: digitscope ink STROKES.jsonl scores the same model on real pen strokes.\n");
}

static void print_parts(const subject *s)
{
    for (int i = 0; i < s->n_parts; i++) {
        const evaluation *e = &s->part[i];
        int n = e->data->count, errors = evaluation_errors(e);
        terminal_print("  %-24s %6.2f %%   %s wrong\n", e->names[0], 100 - 100.0 * errors / n, report_count(errors));
    }
    terminal_print(s->n_parts > 0 ? "\n" : "");
}

/* Each model on its own; of two, who reads what the other does not. */
static json_t *parts_json(const subject *s)
{
    json_t *models = json_array();
    for (int i = 0; i < s->n_parts; i++) {
        const evaluation *e = &s->part[i];
        int errors = evaluation_errors(e);
        json_array_append_new(models, json_pack("{s:o, s:i, s:f}", "name", nn_json_string(e->names[0]), "errors",
                                                errors, "accuracy", 1 - (double)errors / e->data->count));
    }
    if (s->n_parts != 2)
        return json_pack("{s:o}", "models", models);
    return json_pack("{s:o, s:o}", "models", models, "compared", findings_compared_json(&s->part[0], &s->part[1]));
}

static json_t *all_json(const subject *s)
{
    json_t *all = evaluation_json(&s->evaluation);
    if (s->n_parts > 0)
        json_object_update_new(all, parts_json(s));
    return all;
}

static int evaluate(subject *s, const options *o)
{
    nn_error err;
    const evaluation *e = &s->evaluation;
    if (!open_all(s, o, &err) || !run(s, &err))
        return command_fail("eval", &err);
    interrupt_catch(); /* files are being written */
    page_source page = {
        .evaluation = e, .name = s->name, .part = "test", .folder = s->folder, .training_seconds = (double)NAN};
    if (o->report && !page_write(&page, o->report, &err))
        return command_fail("eval", &err);
    if (interrupted())
        return EXIT_INTERRUPTED;
    if (o->json)
        return command_finish("eval", command_print_json(all_json(s)));
    terminal_print("%s on %s test images\n\n", s->name, report_count(e->data->count));
    print_parts(s);
    print_scores(e);
    if (o->report)
        terminal_print("Report: %s/report.html\n", o->report);
    return command_finish("eval", true);
}

int command_eval(int argc, char **argv)
{
    options o = {.threads = platform_threads()};
    subject s = {0};
    const arg own[] = {
        {"model", ARG_TEXTS, &o.models, "M ...",
         "name or file; several, or an ensemble, are averaged (default: the shipped one)", 0, 0},
        {"threads", ARG_INT, &o.threads, "N", "threads (default: one per processor)", 1, NN_MAX_THREADS},
        {"report", ARG_TEXT, &o.report, "DIR",
         "also write a page with plots and all mistakes (report.html), the plots as SVG and PNG, and report.json", 0,
         0},
        {"int8", ARG_FLAG, &o.int8, NULL, "compute with whole numbers; the models come from `digitscope quantize`", 0,
         0},
        {"state", ARG_TEXT, &o.state, "DIR", "folder of own models and data, instead of the usual ones", 0, 0},
        {"json", ARG_FLAG, &o.json, NULL, "one JSON object instead of tables", 0, 0},
    };
    arg args[sizeof own / sizeof *own + DATA_OPTIONS + 1];
    data_options_args(&o.data, own, sizeof own / sizeof *own, args);
    const arg_command usage = {
        .name = "eval",
        .synopsis = "[--model M ...] [--data PATH] [--report DIR] [options]",
        .about = "Scores a model on the test images of a data set: accuracy, loss, calibration, every class, the\n"
                 "most frequent mistakes. The probabilities of several models are averaged; each is scored on its\n"
                 "own as well. With --json also: what remains when only sure answers count (when_sure), the hardest\n"
                 "images, labels that are likely wrong (doubted), and of two models who reads what the other does\n"
                 "not (compared).",
        .example = "--model mine.safetensors --report page",
        .effect = "scores it on MNIST's test images and writes page/report.html",
        .args = args,
    };
    int status = args_parse(&usage, argc, argv);
    if (status >= 0)
        return status;
    interrupt_exit();
    status = evaluate(&s, &o);
    close_all(&s);
    return status;
}
