/* train.c - `digitscope train`: a network from an architecture and a data set, the best on validation kept. */
#include "app/core/console/args.h"
#include "app/core/console/interrupt.h"
#include "app/core/console/terminal.h"
#include "app/core/model/models.h"
#include "app/core/training/training.h"
#include "app/report/page.h"
#include "app/report/report.h"
#include "app/report/writer_scores.h"
#include "augmentation_sheet.h"
#include "commands.h"
#include "nn/fold.h"
#include "nn/json.h"
#include "train_models.h"
#include "train_options.h"
#include "train_progress.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { MAX_FOLDS = 100 };

typedef struct options {
    train_options train;
    arg_texts start;
    const char *net, *out, *show_augmentation, *holdout, *report;
    int cross_validate;
    bool resume, fold, json;
} options;

typedef struct run {
    options o;
    char command_line[COMMAND_LINE]; /* for the training facts */
    char checkpoint[PATHS_MAX];
    nn_plan *plan;
    char folder[PATHS_MAX]; /* of the data */
    dataset data, test;
    bool has_test;
    train_inputs inputs;
    nn_model *start;        /* whose layers and weights to begin with, NULL: o.net's and fresh ones */
    json_t *origins;        /* how the models were made that it comes from */
    writer_scores left_out; /* of the writers in the folds that are done */
    training *training;
    bool no_checkpoints; /* they could not be written */
    bool unwritten;      /* nor the results */
} run;

/* ---- what people see ---- */

/* Says which writers are left out, if any; takes the object over. */
static bool print_line(const run *r, json_t *line)
{
    if (line && r->o.train.config.folds > 0)
        json_object_set_new(line, "fold", json_integer(r->o.train.config.fold));
    return command_print_json(line);
}

static bool show_epoch(const run *r, const training_epoch *e)
{
    return r->o.json ? print_line(r, train_epoch_json(e)) : train_print_epoch(e);
}

/* ---- saving ---- */

/* A checkpoint that cannot be written costs the resume, not the training. */
static void keep_checkpoint(run *r)
{
    nn_error err;
    if (r->no_checkpoints || training_finished(r->training) || training_save(r->training, r->checkpoint, &err))
        return;
    r->no_checkpoints = true;
    terminal_complain("digitscope train: %s; going on without checkpoints\n", err.text);
}

/* The facts of the training, with those of the test set and the pens. */
static char *facts_text(const run *r, double test_accuracy)
{
    const training_config *c = &r->o.train.config;
    json_t *facts = training_facts(r->training, r->command_line);
    if (facts && r->start)
        json_object_set(facts, "start", r->origins);
    if (facts && r->has_test)
        json_object_set_new(facts, "test_accuracy", json_real(test_accuracy));
    if (facts && c->pens_share > 0.0)
        json_object_set_new(facts, "pens", json_integer(r->inputs.pens.count));
    if (facts && c->folds > 0)
        json_object_set_new(facts, "pens_holdout", json_sprintf("%d/%d", c->fold, c->folds));
    char *text = nn_json_text(facts, JSON_COMPACT | JSON_REAL_PRECISION(6));
    json_decref(facts);
    return text;
}

/* The best so far, scored on the test set if there is one; without batch normalisations where that is asked for. */
static bool best_model(const run *r, nn_model **model, double *test_accuracy, nn_error *err)
{
    nn_model *trained;
    double loss;
    if (!training_model(r->training, &trained, err))
        return false;
    if (r->has_test)
        *test_accuracy = training_score(r->training, trained, &r->test, false, &loss);
    *model = trained;
    if (!r->o.fold)
        return true;
    bool ok = nn_fold(model, trained, err);
    nn_model_free(trained);
    return ok;
}

/* Scores the best weights, saves them, and has them read the writers left out. */
static bool save_model(run *r, double *test_accuracy, nn_error *err)
{
    nn_model *model;
    if (!best_model(r, &model, test_accuracy, err))
        return false;
    model->training = facts_text(r, *test_accuracy);
    bool ok = model->training ? nn_model_save(model, r->o.out, err)
                              : nn_fail(err, NN_NOMEM, 0, "out of memory for the model");
    if (ok && r->o.train.config.folds > 0)
        return writer_scores_read(&r->left_out, model, r->o.train.config.fold, r->o.train.config.folds, err);
    nn_model_free(model);
    return ok;
}

/* ---- the run ---- */

/* The model as it was saved, on the test set or, without one, on the validation images, and on writers left out. */
static bool write_report(const run *r, nn_error *err)
{
    nn_model *model = NULL;
    dataset val = {0};
    evaluation e = {.data = r->has_test ? &r->test : &val,
                    .folder = r->folder,
                    .models = &model,
                    .names = &r->o.out,
                    .n_models = 1,
                    .watch = report_watch};
    page_source page = {.evaluation = &e,
                        .name = r->o.out,
                        .part = r->has_test ? "test" : "validation",
                        .folder = r->folder,
                        .training_data = &r->data,
                        .training_seconds = training_seconds(r->training)};
    e.threads = r->o.train.config.train.threads;
    bool ok = nn_model_load(&model, r->o.out, err) && (r->has_test || training_validation(r->training, &val, err)) &&
              evaluation_run(&e, err) && (interrupted() || page_write(&page, r->o.report, err)) &&
              (!r->o.holdout || writer_scores_save(&r->left_out, r->o.out, r->o.report, err));
    evaluation_free(&e);
    dataset_free(&val);
    nn_model_free(model);
    return ok;
}

static bool print_result_json(const run *r, bool cut_short, bool early, double test_accuracy)
{
    json_t *last = json_pack("{s:b, s:i, s:b}", "done", !cut_short, "best_epoch", training_best_epoch(r->training),
                             "stopped_early", early);
    if (last && r->has_test)
        json_object_set_new(last, "test_accuracy", json_real(test_accuracy));
    if (last && r->o.holdout)
        json_object_set_new(last, "left_out", writer_scores_json(&r->left_out));
    return print_line(r, last);
}

static bool print_result(const run *r, bool early, double test_accuracy)
{
    bool written = terminal_print("%s: epoch %d, validation accuracy %.2f %%", r->o.out,
                                  training_best_epoch(r->training), 100.0 * training_best_accuracy(r->training));
    if (r->has_test)
        terminal_print(", test accuracy %.2f %%", 100.0 * test_accuracy);
    terminal_print("%s\n", early ? "; stopped early, as patience ran out" : "");
    return written && (!r->o.holdout || writer_scores_print(&r->left_out));
}

/* More epochs may be what is missing: a learning rate that is planned for so many takes no others. */
static int fail_unlearned(run *r)
{
    nn_error err, unsaved;
    const training_config *c = &r->o.train.config;
    bool planned = c->train.schedule == NN_ONE_CYCLE || c->train.schedule == NN_COSINE;
    bool kept = training_save(r->training, r->checkpoint, &unsaved) && !planned;
    train_learned_nothing(r->training, r->o.train.lr, kept ? r->checkpoint : NULL, &err);
    return command_fail("train", &err);
}

/* After the last epoch, or when it was interrupted. */
static int finish(run *r, bool cut_short)
{
    nn_error err;
    double accuracy = 0.0;
    if (training_best_epoch(r->training) == 0)
        return train_nothing_kept("train");
    if (!cut_short && !training_has_learned(r->training))
        return fail_unlearned(r);
    if (!save_model(r, &accuracy, &err))
        return command_fail("train", &err);
    if (!cut_short)
        nn_file_remove(r->checkpoint, NULL);
    bool early = !cut_short && training_epochs_done(r->training) < r->o.train.config.train.epochs;
    bool written = r->o.json ? print_result_json(r, cut_short, early, accuracy) : print_result(r, early, accuracy);
    if (r->o.report && !cut_short && !r->o.cross_validate && !write_report(r, &err))
        return command_fail("train", &err);
    return command_finish("train", written);
}

static bool end_epoch(void *ctx, const training_epoch *e)
{
    run *r = ctx;
    r->unwritten = !show_epoch(r, e);
    keep_checkpoint(r);
    return !r->unwritten;
}

/* Whoever read the lines has gone: the rest is not trained for nobody. */
static int fail_unwritten(const run *r)
{
    if (r->no_checkpoints || training_finished(r->training))
        return command_finish("train", false);
    terminal_complain(
        "digitscope train: the results could not be written to standard output; %s keeps what was learned, and "
        "--resume goes on from it\n",
        r->checkpoint);
    return EXIT_ERROR;
}

static int train(run *r)
{
    nn_error err;
    switch (train_progress_run(r->training, r->o.train.config.train.epochs, end_epoch, r)) {
    case TRAINING_DONE: return finish(r, false);
    case TRAINING_STOPPED: return r->unwritten ? fail_unwritten(r) : finish(r, true);
    case TRAINING_DIVERGED: break;
    }
    train_diverged(&err);
    return command_fail("train", &err);
}

/* ---- preparing ---- */

static int show_augmentation(run *r)
{
    paths where;
    nn_error err;
    paths_find(&where, r->o.train.state);
    const training_config *c = &r->o.train.config;
    if (!data_options_open(&r->data, &r->o.train.data, DATASET_TRAIN, &where, "train", &err) ||
        !augmentation_sheet_save(r->o.show_augmentation, &r->data, &c->augment, c->train.seed, &err))
        return command_fail("train", &err);
    return command_finish("train",
                          terminal_print("%s: originals, and what the network would see\n", r->o.show_augmentation));
}

/* A folder need not have a test set, but a broken one is found out before the training. */
static bool load_test(run *r, const paths *where, nn_error *err)
{
    if (r->o.train.config.folds > 0 || !data_has_test(&r->o.train.data, where))
        return true;
    r->has_test = data_open(&r->test, &r->o.train.data, DATASET_TEST, where, NULL, err);
    if (!r->has_test && err->code == NN_USAGE) /* images to be labelled, as Kaggle has them, score nothing */
        return true;
    if (r->has_test && (r->test.side != r->data.side ||
                        !dataset_order(&r->test, (const char(*)[NN_NAME])r->data.label, r->data.classes)))
        return nn_fail(err, NN_FORMAT, 0, "%.100s: test images of %dx%d in %d classes, training images of %dx%d in %d",
                       r->folder, r->test.side, r->test.side, r->test.classes, r->data.side, r->data.side,
                       r->data.classes);
    return r->has_test;
}

/* The architecture: that of the models to begin with, or the one asked for. */
static bool open_plan(run *r, const paths *where, nn_error *err)
{
    if (!r->start)
        return models_net(&r->plan, where, r->o.net, err);
    r->o.train.config.start = r->start;
    return nn_plan_copy(&r->plan, r->start->plan, err);
}

static bool prepare(run *r, nn_error *err)
{
    paths where;
    char said[DATASET_NOTE] = "";
    paths_find(&where, r->o.train.state);
    snprintf(r->folder, sizeof r->folder, "%s", data_options_path(&r->o.train.data, &where));
    if (snprintf(r->checkpoint, sizeof r->checkpoint, "%s.ckpt", r->o.out) >= (int)sizeof r->checkpoint)
        return nn_fail(err, NN_USAGE, 0, "%.100s...: the name is too long", r->o.out);
    if ((r->o.report && !page_may_save(r->o.report, err)) || !open_plan(r, &where, err) ||
        !data_options_open(&r->data, &r->o.train.data, DATASET_TRAIN, &where, "train", err) ||
        !load_test(r, &where, err) ||
        (!r->start && !data_options_fit(&r->plan, &r->data, r->folder, "train", said, err)))
        return false;
    if (r->start && !train_start_fits(r->start, "--start", &r->data, r->folder, err))
        return false;
    training_config *config = &r->o.train.config;
    return r->o.resume ? training_resume(&r->training, r->plan, &r->data, config, r->checkpoint, err)
                       : training_new(&r->training, r->plan, &r->data, config, err);
}

static void release(run *r)
{
    training_free(r->training);
    dataset_free(&r->data);
    dataset_free(&r->test);
    nn_plan_free(r->plan);
    r->training = NULL;
    r->plan = NULL;
}

static int train_once(run *r)
{
    nn_error err;
    int status = prepare(r, &err) ? train(r) : command_fail("train", &err);
    release(r);
    return status;
}

/* ---- leaving writers out ---- */

/* "DIR/NAME-2.safetensors" for DIR/NAME.safetensors: the folds' models can be used as an ensemble. */
static bool fold_path(char out[PATHS_MAX], const char *path, int fold)
{
    const char *name = strrchr(path, '/'), *dot = strrchr(name ? name : path, '.');
    int stem = (int)(dot ? dot - path : (long)strlen(path));
    return snprintf(out, PATHS_MAX, "%.*s-%d%s", stem, path, fold, dot ? dot : "") < PATHS_MAX;
}

/* Whether the data are still those that a model was trained on. */
static bool is_of_this_data(const run *r, const json_t *facts, nn_error *err)
{
    paths where;
    dataset data;
    paths_find(&where, r->o.train.state);
    if (!data_open(&data, &r->o.train.data, DATASET_TRAIN, &where, NULL, err))
        return false;
    json_int_t now = (json_int_t)dataset_fingerprint(&data), drawn = (json_int_t)pens_fingerprint(&r->inputs.pens);
    dataset_free(&data);
    return (json_integer_value(json_object_get(facts, "data_fingerprint")) == now &&
            json_integer_value(json_object_get(facts, "pens_fingerprint")) == drawn) ||
           nn_fail(err, NN_USAGE, 0, "%s: it was trained on other data; leave --resume out to start anew", r->o.out);
}

/* Takes a fold's model from an earlier run of the same command, if that run came so far. */
static bool take_fold(run *r, bool *taken, nn_error *err)
{
    nn_model *model;
    char checkpoint[PATHS_MAX];
    *taken = false;
    snprintf(checkpoint, sizeof checkpoint, "%s.ckpt", r->o.out);
    r->o.resume = access(checkpoint, F_OK) == 0;
    if (r->o.resume || access(r->o.out, F_OK) != 0)
        return true;
    if (!nn_model_load(&model, r->o.out, err))
        return false;
    json_t *facts = models_facts(model);
    const char *made_by = json_string_value(json_object_get(facts, "command"));
    bool same_command = made_by && strcmp(made_by, r->command_line) == 0;
    *taken = same_command && is_of_this_data(r, facts, err);
    if (*taken)
        training_go_on(&r->o.train.config, facts);
    json_decref(facts);
    if (*taken)
        return writer_scores_read(&r->left_out, model, r->o.train.config.fold, r->o.train.config.folds, err);
    nn_model_free(model);
    return !same_command &&
           nn_fail(err, NN_USAGE, 0, "%s: another command made it; leave --resume out to start anew", r->o.out);
}

static int cross_validate(run *r)
{
    nn_error err;
    char path[PATHS_MAX];
    const char *out = r->o.out;
    bool resume = r->o.resume;
    r->o.train.config.folds = r->o.cross_validate;
    for (int fold = 1; fold <= r->o.cross_validate; fold++) {
        bool taken = false;
        r->o.train.config.fold = fold;
        r->o.out = path;
        if (!fold_path(path, out, fold))
            return args_refuse("train", "--out %.100s...: the name is too long", out);
        if (resume && !take_fold(r, &taken, &err))
            return command_fail("train", &err);
        int status = taken ? EXIT_OK : train_once(r);
        if (status != EXIT_OK)
            return status;
    }
    bool written = r->o.json
                       ? command_print_json(json_pack("{s:b, s:i, s:o}", "done", true, "folds", r->o.cross_validate,
                                                      "left_out", writer_scores_json(&r->left_out)))
                       : writer_scores_print(&r->left_out);
    if (r->o.report && !writer_scores_save(&r->left_out, out, r->o.report, &err))
        return command_fail("train", &err);
    return command_finish("train", written);
}

static int run_all(run *r)
{
    nn_error err;
    if (r->o.show_augmentation) {
        int status = show_augmentation(r);
        release(r);
        return status;
    }
    paths where;
    paths_find(&where, r->o.train.state);
    if (!train_inputs_open(&r->inputs, &r->o.train, &where, &err) ||
        (r->o.start.count > 0 &&
         !train_start_open(&r->start, &r->origins, &r->o.start, &where, &r->o.train.config, &err)) ||
        (r->o.train.pens && !writer_scores_new(&r->left_out, &r->inputs.pens, &err)))
        return command_fail("train", &err);
    return r->o.cross_validate ? cross_validate(r) : train_once(r);
}

/* ---- the command line ---- */

/* "2/5" */
static bool parse_holdout(options *o)
{
    int fold, folds, end = 0;
    if (sscanf(o->holdout, "%d/%d%n", &fold, &folds, &end) != 2 || o->holdout[end] || folds < 2 || folds > MAX_FOLDS ||
        fold < 1 || fold > folds)
        return false;
    o->train.config.fold = fold;
    o->train.config.folds = folds;
    return true;
}

/* What the table cannot check; -1 to go on. */
static int check_pens(options *o)
{
    if (!o->train.pens && (o->holdout || o->cross_validate))
        return args_refuse("train", "--pens-holdout and --cross-validate need --pens");
    if (o->holdout && o->cross_validate)
        return args_refuse("train", "--pens-holdout trains one fold, --cross-validate all: give one of them");
    if (o->holdout && !parse_holdout(o))
        return args_refuse("train", "--pens-holdout %s: must be like 2/5, at most %d folds", o->holdout, MAX_FOLDS);
    return -1;
}

static int parse(options *o, int argc, char **argv)
{
    const arg own[] = {
        {.name = "What and where", .kind = ARG_GROUP},
        {"net", ARG_TEXT, &o->net, "N", "architecture: a name or a .net file (this or --start must be given)", 0, 0},
        {"start", ARG_TEXTS, &o->start, "M ...",
         "go on with the layers and weights of a model; several become one network that answers with their mean logits",
         0, 0},
        {"out", ARG_TEXT, &o->out, "F",
         "the model file to write; an old one is replaced when all is done (must be given)", 0, 0},
        {"resume", ARG_FLAG, &o->resume, NULL,
         "go on from F.ckpt, which every epoch leaves until all is done, in as many --parts as before", 0, 0},
        {"fold", ARG_FLAG, &o->fold, NULL,
         "save the network without batch normalisation, which goes into the layers before it, or becomes a scale: "
         "fewer parameters, the same answers",
         0, 0},
        /* Headings with nothing below them are in their place for rows of train_options_args. */
        {.name = "Schedule", .kind = ARG_GROUP},
        {.name = "Optimizer", .kind = ARG_GROUP},
        {.name = "Images", .kind = ARG_GROUP},
        {"show-augmentation", ARG_TEXT, &o->show_augmentation, "PNG",
         "write a sheet of training images before and after --augment, and exit (--net and --out not needed)", 0, 0},
        {.name = "Pens", .kind = ARG_GROUP},
        {"pens-holdout", ARG_TEXT, &o->holdout, "K/N",
         "leave the K-th of N groups of writers out, and score the model on them", 0, 0},
        {"cross-validate", ARG_INT, &o->cross_validate, "N",
         "train N models, F-1 to F-N, each without a group of writers, and score each on those left out", 2, MAX_FOLDS},
        {.name = "Other models", .kind = ARG_GROUP},
        {.name = "Output", .kind = ARG_GROUP},
        {"report", ARG_TEXT, &o->report, "DIR",
         "at the end write a page with curves, plots and all mistakes on the test images, or else those of validation; "
         "writers.html is on writers left out, and all there is with --cross-validate",
         0, 0},
        {"json", ARG_FLAG, &o->json, NULL, "one JSON object per epoch and a last one", 0, 0},
    };
    arg table[sizeof own / sizeof *own + TRAIN_OPTIONS + 1];
    train_options_args(&o->train, own, sizeof own / sizeof *own, table);
    const arg_command train_command = {
        .name = "train",
        .synopsis = "--net N|--start M --out F [options]",
        .about = "Trains a network and keeps the weights that were best on the validation images.\n"
                 "Ctrl-C ends early and saves the best so far; --resume goes on later with the same result.",
        .example = "--net deploy --augment default --epochs 20 --out mine.safetensors",
        .effect = "trains the shipped architecture on MNIST, changed at random so that it suits pens",
        .args = table,
    };
    int status = args_parse(&train_command, argc, argv);
    if (status < 0)
        status = command_check_png("train", "show-augmentation", o->show_augmentation);
    if (status >= 0)
        return status;
    if (!o->show_augmentation && (!(o->net || o->start.count > 0) || !o->out))
        return args_refuse("train", "--net (or --start) and --out must be given");
    if (o->net && o->start.count > 0)
        return args_refuse("train", "--start brings its own layers: leave --net out");
    for (int i = 0; i < o->start.count; i++)
        if (o->out && strcmp(o->start.text[i], o->out) == 0)
            return args_refuse("train", "--out must be another file than --start, which --resume needs as it was");
    nn_error err;
    if (!train_options_check(&o->train, &err))
        return args_refuse("train", "%s", err.text);
    status = check_pens(o);
    return status >= 0 || !o->out ? status : command_check_model_out("train", o->out);
}

int command_train(int argc, char **argv)
{
    run r = {.o = {.train = train_options_defaults()}};
    int status = parse(&r.o, argc, argv);
    if (status >= 0)
        return status;
    command_line_text(r.command_line, argc, argv);
    interrupt_exit();
    status = run_all(&r);
    writer_scores_free(&r.left_out);
    train_inputs_close(&r.inputs);
    nn_model_free(r.start);
    json_decref(r.origins);
    return status;
}
