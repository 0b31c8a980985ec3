/* prune.c - `digitscope prune`: a smaller network out of a trained one, trained on until it reads well again. */
#include "nn/prune.h"
#include "app/core/console/interrupt.h"
#include "app/core/console/terminal.h"
#include "app/core/model/models.h"
#include "app/core/platform.h"
#include "app/core/training/evaluation.h"
#include "app/core/training/metrics.h"
#include "app/report/report.h"
#include "commands.h"
#include "nn/json.h"
#include "train_models.h"
#include "train_options.h"
#include "train_progress.h"
#include <stdio.h>
#include <string.h>

enum { TIMED_CALLS = 500 };

/* A network at one moment, on the validation images. */
typedef struct measured {
    size_t parameters;
    double flops, single_us; /* the median of one image on one thread */
    double accuracy, loss;
} measured;

typedef struct prune {
    train_options train;
    const char *source, *out, *folder; /* folder: of the data */
    double keep;
    bool json;
    bool unwritten; /* standard output took no more */
    char command_line[COMMAND_LINE];
    paths where;
    nn_model *whole, *smaller;
    dataset data, val;
    train_inputs inputs;
    training *training;
    measured before, cut, after; /* the whole network; after the cut; trained on */
} prune;

/* ---- measuring ------------------------------------------------------------------------------------------------- */

static bool time_single(const nn_model *model, const dataset *val, double *median, nn_error *err)
{
    nn_work *work = NULL;
    size_t pixels = (size_t)(val->side * val->side);
    float *image = nn_alloc(pixels, sizeof *image), probabilities[NN_MAX_CLASSES];
    double *us = nn_alloc(TIMED_CALLS, sizeof *us);
    bool ok =
        image && us ? nn_work_new(&work, model->plan, 1, NN_ANSWERS, err) : nn_fail(err, NN_NOMEM, 0, "out of memory");
    for (int i = 0; ok && i < TIMED_CALLS; i++) {
        dataset_image(val, i % val->count, image);
        double began = platform_now_ms();
        nn_predict(work, model, image, 1, probabilities);
        us[i] = 1e3 * (platform_now_ms() - began);
    }
    *median = ok ? metrics_percentile(us, TIMED_CALLS, 0.5) : 0.0;
    nn_work_free(work);
    nn_free(us);
    nn_free(image);
    return ok;
}

static bool measure_size(const prune *p, const nn_model *model, measured *m, nn_error *err)
{
    m->parameters = model->plan->floats;
    m->flops = nn_plan_flops(model->plan);
    return time_single(model, &p->val, &m->single_us, err);
}

static bool measure(const prune *p, nn_model *model, measured *m, nn_error *err)
{
    evaluation e = {.data = &p->val,
                    .folder = p->folder,
                    .models = &model,
                    .names = &p->source,
                    .n_models = 1,
                    .threads = p->train.config.train.threads,
                    .watch = report_watch};
    bool ok = evaluation_run(&e, err) && measure_size(p, model, m, err);
    m->accuracy = (double)confusion_correct(&e.confusion) / p->val.count;
    m->loss = e.loss;
    evaluation_free(&e);
    return ok;
}

/* ---- what people see ------------------------------------------------------------------------------------------- */

static json_t *measured_json(const measured *m)
{
    return json_pack("{s:I, s:f, s:f, s:f, s:f}", "parameters", (json_int_t)m->parameters, "flops", m->flops,
                     "single_us", m->single_us, "val_accuracy", m->accuracy, "val_loss", m->loss);
}

static void print_row(const char *name, const measured *m)
{
    terminal_print("%-12s  %10s  %8.2f  %6.0f us  %8.2f %%  %8.4f\n", name, report_count((long)m->parameters),
                   1e-6 * m->flops, m->single_us, 100.0 * m->accuracy, m->loss);
}

static bool show_result(const prune *p)
{
    if (p->json)
        return command_print_json(json_pack("{s:b, s:o, s:i, s:o, s:o, s:o}", "done", !interrupted(), "out",
                                            nn_json_string(p->out), "best_epoch", training_best_epoch(p->training),
                                            "before", measured_json(&p->before), "cut", measured_json(&p->cut), "after",
                                            measured_json(&p->after)));
    bool ok = terminal_print("\n%-12s  %10s  %8s  %9s  %10s  %8s\n", "", "parameters", "Mflop", "one image",
                             "validation", "loss");
    print_row("before", &p->before);
    print_row("cut", &p->cut);
    print_row("trained on", &p->after);
    return ok && terminal_print("\n%s: epoch %d\n", p->out, training_best_epoch(p->training));
}

/* ---- saving ---------------------------------------------------------------------------------------------------- */

/* How the training went, and what was cut: no speeds, as the same command gives the same file. */
static char *facts_text(const prune *p)
{
    json_t *facts = training_facts(p->training, p->command_line);
    json_t *pruned = json_pack("{s:o, s:f, s:I, s:f}", "from", nn_json_string(p->source), "keep", p->keep, "parameters",
                               (json_int_t)p->before.parameters, "val_accuracy", p->before.accuracy);
    bool ok = json_object_set_new(facts, "pruned", pruned) == 0;
    char *text = ok ? nn_json_text(facts, JSON_COMPACT | JSON_REAL_PRECISION(6)) : NULL;
    json_decref(facts);
    return text;
}

/* "M2.net" beside "M2.safetensors": the architecture alone, to be trained from the start. */
static bool save_net(const prune *p, const char *text, nn_error *err)
{
    char path[PATHS_MAX];
    const char *slash = strrchr(p->out, '/'), *dot = strrchr(slash ? slash : p->out, '.');
    int stem = (int)(dot ? dot - p->out : (long)strlen(p->out));
    if (snprintf(path, sizeof path, "%.*s.net", stem, p->out) >= (int)sizeof path)
        return nn_fail(err, NN_USAGE, 0, "%.100s...: the name is too long", p->out);
    return nn_file_save(path, text, strlen(text), NN_CONSISTENT, err);
}

static bool save(prune *p, nn_error *err)
{
    nn_model *best;
    if (!training_model(p->training, &best, err))
        return false;
    best->training = facts_text(p);
    memcpy(best->label, p->whole->label, sizeof best->label);
    p->after.accuracy = training_score(p->training, best, &p->val, false, &p->after.loss);
    bool ok = (best->training || nn_fail(err, NN_NOMEM, 0, "out of memory for the model")) &&
              measure_size(p, best, &p->after, err) && nn_model_save(best, p->out, err) &&
              save_net(p, best->plan->text, err);
    nn_model_free(best);
    return ok;
}

/* ---- the run --------------------------------------------------------------------------------------------------- */

static bool show_epoch(void *ctx, const training_epoch *e)
{
    prune *p = ctx;
    p->unwritten = !(p->json ? command_print_json(train_epoch_json(e)) : train_print_epoch(e));
    return !p->unwritten;
}

/* Until the training is over or interrupted. */
static bool train_on(prune *p, nn_error *err)
{
    training_end end = train_progress_run(p->training, p->train.config.train.epochs, show_epoch, p);
    if (p->unwritten)
        return nn_fail(err, NN_IO, 0, "the results could not be written to standard output");
    return end != TRAINING_DIVERGED || train_diverged(err);
}

static bool prepare(prune *p, nn_error *err)
{
    training_config *c = &p->train.config;
    paths_find(&p->where, p->train.state);
    if (!models_open(&p->whole, &p->where, p->source, err))
        return false;
    if (!nn_prune(&p->smaller, p->whole, p->keep, err))
        return nn_fail_in(err, p->source);
    p->folder = data_options_path(&p->train.data, &p->where);
    if (!data_options_open(&p->data, &p->train.data, DATASET_TRAIN, &p->where, "prune", err) ||
        !train_inputs_open(&p->inputs, &p->train, &p->where, err))
        return false;
    if (!train_start_fits(p->whole, p->source, &p->data, p->folder, err))
        return false;
    c->start = p->smaller;
    train_start_warn("prune", p->whole, p->source, c);
    return training_new(&p->training, p->smaller->plan, &p->data, c, err) &&
           training_validation(p->training, &p->val, err) && measure(p, p->whole, &p->before, err) &&
           measure(p, p->smaller, &p->cut, err);
}

static int run(prune *p)
{
    nn_error err;
    bool ok = prepare(p, &err) && train_on(p, &err);
    if (ok && training_best_epoch(p->training) == 0)
        return train_nothing_kept("prune");
    if (!ok || !save(p, &err))
        return command_fail("prune", &err);
    return command_finish("prune", show_result(p));
}

static int parse(prune *p, int argc, char **argv)
{
    arg_texts model = {0};
    const arg own[] = {
        {.name = "What and where", .kind = ARG_GROUP},
        {"out", ARG_TEXT, &p->out, "F",
         "the model file to write; its architecture goes beside it as .net (must be given)", 0, 0},
        {"keep", ARG_NUMBER, &p->keep, "X", "share of the channels that every layer keeps (default 0.5)", 1e-6, 1},
        {"json", ARG_FLAG, &p->json, NULL, "one JSON object per epoch and a last one", 0, 0},
    };
    arg table[sizeof own / sizeof *own + TRAIN_OPTIONS + 1];
    train_options_args(&p->train, own, sizeof own / sizeof *own, table);
    const arg_command usage = {
        .name = "prune",
        .synopsis = "MODEL --out F [options]",
        .about = "Takes whole channels out of a trained network, trains what is left for --epochs, and shows\n"
                 "size, speed and accuracy before and after, on the validation images. Those of least importance\n"
                 "go: the gain of the batch normalisation behind them, or the sum of their absolute weights.\n"
                 "For chains of layers alone: others, and convolutions in groups, are refused.\n"
                 "Ctrl-C saves the best so far.",
        .example = "mine.safetensors --keep 0.5 --epochs 5 --out small.safetensors",
        .effect = "halves the channels of every layer and trains the rest for five epochs",
        .args = table,
        .positional = &model,
        .min_positional = 1,
        .max_positional = 1,
    };
    int status = args_parse(&usage, argc, argv);
    if (status >= 0)
        return status;
    p->source = model.text[0];
    if (!p->out)
        return args_refuse("prune", "--out must be given");
    nn_error err;
    return train_options_check(&p->train, &err) ? command_check_model_out("prune", p->out)
                                                : args_refuse("prune", "%s", err.text);
}

int command_prune(int argc, char **argv)
{
    prune p = {.train = train_options_defaults(), .keep = 0.5};
    int status = parse(&p, argc, argv);
    if (status >= 0)
        return status;
    command_line_text(p.command_line, argc, argv);
    interrupt_exit();
    status = run(&p);
    training_free(p.training);
    dataset_free(&p.val);
    dataset_free(&p.data);
    train_inputs_close(&p.inputs);
    nn_model_free(p.smaller);
    nn_model_free(p.whole);
    return status;
}
