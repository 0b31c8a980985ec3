/* search.c - `digitscope search`: settings of a training by grid or at random, most trials given up early.
 *
 * Successive halving (Jamieson and Talwalkar 2016): all trials get a few epochs, the best part of them some more,
 * and so on; a trial that goes on does so from its checkpoint, so no epoch is trained twice. Only validation images
 * decide. */
#include "search.h"
#include "app/core/clock.h"
#include "app/core/console/interrupt.h"
#include "app/core/console/terminal.h"
#include "nn/json.h"
#include "nn/utf8.h"
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    MAX_TRIALS = 1000,
    SPACE_MAX_BYTES = 64 << 10,
    MOST_DRAWS = 10000 /* in vain, after which a space has no other points */
};

/* ---- what people see ------------------------------------------------------------------------------------------- */

/* One line on the terminal, rewritten in place at most ten times a second. */
static void show_progress(const search *s, double share)
{
    if (!terminal_is_due())
        return;
    double done = (double)s->epochs_here + share;
    char left[16];
    command_duration(left, (clock_seconds() - s->began) / done * ((double)s->epochs_left - share));
    terminal_show("epoch %ld of about %ld in all trials   %s left", s->epochs_here + 1, s->epochs_here + s->epochs_left,
                  left);
}

static bool show_trial(const search *s, int i)
{
    const trial *t = &s->trial[i];
    terminal_clear();
    if (s->json)
        return command_print_json(search_trial_json(s, i));
    bool ok = terminal_print("trial %3d  %3d epoch%s  %6.2f %%", i + 1, t->epochs, t->epochs == 1 ? " " : "s",
                             100.0 * t->accuracy);
    for (int k = 0; k < s->space.count; k++)
        terminal_print("  %s %s", s->space.setting[k].name, t->point.value[k]);
    return terminal_print("\n") && ok && terminal_flush();
}

/* ---- rounds ---------------------------------------------------------------------------------------------------- */

static bool is_better(const trial *a, const trial *b)
{
    if (a->accuracy != b->accuracy)
        return a->accuracy > b->accuracy;
    return a->loss < b->loss || (isnan(b->loss) && !isnan(a->loss));
}

/* Sorts the first n of order, best first; equals keep their order. */
static void rank(const search *s, int *order, int n)
{
    for (int i = 1; i < n; i++) {
        int moved = order[i], k = i;
        for (; k > 0 && is_better(&s->trial[moved], &s->trial[order[k - 1]]); k--)
            order[k] = order[k - 1];
        order[k] = moved;
    }
}

static int round_epochs(const search *s, int before)
{
    int all = s->train.config.train.epochs;
    if (before == 0)
        return s->halving == 1 ? all : s->min_epochs;
    return before > all / s->halving ? all : before * s->halving;
}

static int survivors(const search *s, int n)
{
    return (n + s->halving - 1) / s->halving;
}

/* Epochs that are still to come, if no trial ends early. */
static long count_epochs(const search *s)
{
    long all = 0, done = 0;
    int n = s->n, before = 0;
    while (before < s->train.config.train.epochs) {
        int epochs = round_epochs(s, before);
        all += (long)n * (epochs - before);
        before = epochs;
        n = survivors(s, n);
    }
    for (int i = 0; i < s->n; i++)
        done += s->trial[i].epochs;
    return all > done ? all - done : 0;
}

/* Brings the first n trials of order to so many epochs. */
static bool run_round(search *s, const int *order, int n, int epochs, nn_error *err)
{
    for (int i = 0; i < n; i++) {
        trial *t = &s->trial[order[i]];
        if (t->over || t->epochs >= epochs)
            continue;
        bool ok = search_trial_train(s, order[i], epochs, show_progress, err) && search_save(s, err);
        if (!ok || interrupted())
            return ok;
        if (!show_trial(s, order[i]))
            return nn_fail(err, NN_IO, 0, "the results could not be written to standard output");
    }
    return true;
}

/* All rounds. At the end `order` is from best to worst: those that lived longer first. */
static bool run_rounds(search *s, int *order, nn_error *err)
{
    int n = s->n, epochs = 0;
    for (int i = 0; i < n; i++)
        order[i] = i;
    while (epochs < s->train.config.train.epochs) {
        epochs = round_epochs(s, epochs);
        if (!run_round(s, order, n, epochs, err))
            return false;
        if (interrupted())
            return true;
        rank(s, order, n);
        int left = survivors(s, n);
        for (int i = left; i < n && epochs < s->train.config.train.epochs; i++)
            search_trial_forget(s, order[i]);
        n = epochs < s->train.config.train.epochs ? left : n;
    }
    return true;
}

/* ---- the end --------------------------------------------------------------------------------------------------- */

static bool save_best(search *s, int best, char path[PATHS_MAX], nn_error *err)
{
    trial_run run = {0};
    nn_model *model = NULL;
    bool ok = (paths_join(path, s->out, "best.safetensors") ||
               nn_fail(err, NN_USAGE, 0, "the name of the folder is too long")) &&
              search_trial_open(s, best, &run, err) && training_model(run.training, &model, err);
    if (ok) {
        json_t *facts = training_facts(run.training, s->command_line);
        model->training = nn_json_text(facts, JSON_COMPACT | JSON_REAL_PRECISION(6));
        json_decref(facts);
        ok = model->training ? nn_model_save(model, path, err)
                             : nn_fail(err, NN_NOMEM, 0, "out of memory for the model");
    }
    nn_model_free(model);
    search_trial_close(&run);
    return ok;
}

static json_t *done_json(const search *s, const int *order, const char *model)
{
    json_t *trials = json_array();
    for (int i = 0; i < s->n; i++)
        json_array_append_new(trials, search_trial_json(s, order[i]));
    return json_pack("{s:b, s:o, s:o, s:o}", "done", true, "best", search_trial_json(s, order[0]), "model",
                     nn_json_string(model), "trials", trials);
}

static int finish(search *s, const int *order)
{
    nn_error err;
    char model[PATHS_MAX];
    terminal_clear();
    if (!search_plot(s, order, &err) || !save_best(s, order[0], model, &err))
        return command_fail("search", &err);
    for (int i = 0; i < s->n; i++)
        search_trial_forget(s, i);
    if (s->json)
        return command_finish("search", command_print_json(done_json(s, order, model)));
    bool written = terminal_print("\n") && search_print_table(s, order) &&
                   terminal_print("\n%s is trial %d; search.svg and search.json are beside it\n", model, order[0] + 1);
    return command_finish("search", written);
}

static int run(search *s)
{
    nn_error err;
    int order[MAX_TRIALS];
    interrupt_catch();
    s->began = clock_seconds();
    s->epochs_left = count_epochs(s);
    bool ok = run_rounds(s, order, &err);
    terminal_clear();
    if (!ok)
        return command_fail("search", &err);
    if (!interrupted())
        return finish(s, order);
    terminal_complain("digitscope search: interrupted; the same command with --resume goes on\n");
    return EXIT_INTERRUPTED;
}

/* ---- preparing ------------------------------------------------------------------------------------------------- */

static bool load_space(search *s, nn_error *err)
{
    unsigned char *data;
    size_t len;
    if (!nn_file_read(s->file, SPACE_MAX_BYTES, &data, &len, err))
        return false;
    s->text = (char *)data;
    if (!search_space_parse(&s->space, s->text, len, err))
        return nn_fail_in(err, s->file);
    return nn_utf8_is_valid(s->text, len) || nn_fail(err, NN_FORMAT, 0, "%s: is no UTF-8 text", s->file);
}

/* Numbers of options that are whole stay whole. */
static void mark_whole(search *s)
{
    arg rows[TRAIN_OPTIONS + 1];
    train_options_args(&s->train, rows, 0, rows);
    for (int i = 0; i < s->space.count; i++) {
        const arg *option = args_find(rows, s->space.setting[i].name);
        s->space.setting[i].whole = option && option->kind == ARG_INT;
    }
}

/* Point i at random, another than those before it; false where there are no others. Draws beyond the first are numbered
 * behind those of all trials, so that a point does not depend on how many are asked for. */
static bool draw_point(const search *s, int i, space_point *point)
{
    for (int draw = 0; draw < MOST_DRAWS; draw++) {
        int before = 0;
        search_space_random_point(&s->space, s->train.config.train.seed, i + MAX_TRIALS * draw, point);
        while (before < i && !search_space_same(&s->space, &s->trial[before].point, point))
            before++;
        if (before == i)
            return true;
    }
    return false;
}

static bool make_trials(search *s, nn_error *err)
{
    s->n = s->grid ? search_space_grid_size(&s->space, MAX_TRIALS) : s->trials;
    if (s->n > MAX_TRIALS)
        return nn_fail(err, NN_LIMIT, 0, "%s: the grid has more than %d points", s->file, MAX_TRIALS);
    s->trial = nn_alloc((size_t)s->n, sizeof *s->trial);
    if (!s->trial)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for %d trials", s->n);
    for (int i = 0; i < s->n; i++) {
        s->trial[i].loss = (double)NAN;
        if (s->grid)
            search_space_grid_point(&s->space, i, &s->trial[i].point);
        else if (!draw_point(s, i, &s->trial[i].point))
            s->n = i;
        if (i < s->n && !search_trial_check(s, &s->trial[i], err))
            return false;
    }
    return true;
}

/* A new search must not write over an old one. */
static bool open_folder(search *s, nn_error *err)
{
    char path[PATHS_MAX];
    if (s->resume)
        return search_load(s, err);
    if (paths_join(path, s->out, "search.json") && access(path, F_OK) == 0)
        return nn_fail(err, NN_USAGE, 0, "%.200s: holds a search; --resume goes on with it", s->out);
    return nn_file_mkdirs_named(s->out, err);
}

static bool prepare(search *s, nn_error *err)
{
    paths_find(&s->where, s->train.state);
    if (!load_space(s, err))
        return false;
    mark_whole(s);
    return make_trials(s, err) &&
           data_options_open(&s->data, &s->train.data, DATASET_TRAIN, &s->where, "search", err) &&
           train_inputs_open(&s->inputs, &s->train, &s->where, err) && open_folder(s, err);
}

static int parse(search *s, int argc, char **argv)
{
    arg_texts file = {0};
    const arg own[] = {
        {.name = "What and where", .kind = ARG_GROUP},
        {"net", ARG_TEXT, &s->net, "N", "architecture, if the space does not choose one", 0, 0},
        {"out", ARG_TEXT, &s->out, "DIR", "folder for the results and the best model (must be given)", 0, 0},
        {"resume", ARG_FLAG, &s->resume, NULL, "go on with a search that was interrupted", 0, 0},
        {"json", ARG_FLAG, &s->json, NULL, "one JSON object per trial and round, and a last one", 0, 0},
        {.name = "Search", .kind = ARG_GROUP},
        {"trials", ARG_INT, &s->trials, "N", "points of the space to try, at random, each once (default 16)", 1,
         MAX_TRIALS},
        {"grid", ARG_FLAG, &s->grid, NULL, "try all points of a grid instead", 0, 0},
        {"min-epochs", ARG_INT, &s->min_epochs, "N", "epochs that every trial gets (default 1)", 1, 100000},
        {"halving", ARG_INT, &s->halving, "N",
         "then one trial in N gets N times as many, and so on up to --epochs; 1: all get all (default 3)", 1, 100},
    };
    arg table[sizeof own / sizeof *own + TRAIN_OPTIONS + 1];
    train_options_args(&s->train, own, sizeof own / sizeof *own, table);
    const arg_command usage = {
        .name = "search",
        .synopsis = "SPACE --out DIR [options]",
        .about = "Searches good settings for a training. Each line of the file SPACE names an option of train and\n"
                 "its values: lr log 1e-4 1e-2, augment.rotate linear 0 15, batch choice 64 128.\n"
                 "Validation images alone decide. What the space does not name is as given here; Ctrl-C keeps\n"
                 "what is done.",
        .example = "space.txt --net lenet5 --trials 30 --epochs 9 --out found",
        .effect = "tries 30 settings; the best go on to 9 epochs, and the best model is in the folder \"found\"",
        .args = table,
        .positional = &file,
        .min_positional = 1,
        .max_positional = 1,
    };
    int status = args_parse(&usage, argc, argv);
    if (status >= 0)
        return status;
    s->file = file.text[0];
    if (!s->out)
        return args_refuse("search", "--out must be given");
    return s->min_epochs <= s->train.config.train.epochs
               ? -1
               : args_refuse("search", "--min-epochs %d is more than --epochs %d", s->min_epochs,
                             s->train.config.train.epochs);
}

int command_search(int argc, char **argv)
{
    search s = {.train = train_options_defaults(), .trials = 16, .min_epochs = 1, .halving = 3};
    nn_error err;
    int status = parse(&s, argc, argv);
    if (status >= 0)
        return status;
    command_line_text(s.command_line, argc, argv);
    interrupt_exit();
    status = prepare(&s, &err) ? run(&s) : command_fail("search", &err);
    for (int i = 0; i < s.n && s.trial; i++)
        json_decref(s.trial[i].history);
    nn_free(s.trial);
    nn_free(s.text);
    dataset_free(&s.data);
    train_inputs_close(&s.inputs);
    return status;
}
