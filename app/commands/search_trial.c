/* search_trial.c - one trial of a search: its options, its training, its checkpoint. */
#include "app/core/clock.h"
#include "app/core/console/interrupt.h"
#include "app/core/model/models.h"
#include "app/core/training/training_run.h"
#include "search.h"
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* ---- options --------------------------------------------------------------------------------------------------- */

static bool refuse(const space_setting *setting, const char *value, const char *why, nn_error *err)
{
    return nn_fail(err, NN_USAGE, 0, "line %d: %s cannot be \"%s\": %s", setting->line, setting->name, value, why);
}

/* What all trials have in common, or would not be comparable without. */
static bool is_fixed(const char *name)
{
    static const char *const fixed[] = {"data", "pens", "teacher", "val", "seed", "epochs", "threads", "state"};
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        if (strcmp(name, fixed[i]) == 0)
            return true;
    return false;
}

/* Appends "rotate=7" to the list of strengths, where a later one counts. */
static bool set_strength(trial_run *run, const char *name, const char *value)
{
    char changed[sizeof run->augment];
    nn_augment parsed;
    bool none = strcmp(run->augment, "none") == 0;
    int n = snprintf(changed, sizeof changed, "%s%s%s=%s", none ? "" : run->augment, none ? "" : ",", name, value);
    memcpy(run->augment, changed, sizeof changed);
    return n < (int)sizeof changed && nn_augment_parse(&parsed, changed, NULL);
}

static bool set_option(trial_run *run, const arg *rows, const space_setting *setting, const char *value, nn_error *err)
{
    static const char strengths[] = "augment.";
    if (strncmp(setting->name, strengths, sizeof strengths - 1) == 0)
        return set_strength(run, setting->name + sizeof strengths - 1, value) ||
               refuse(setting, value, "no strength of --augment is called so, or goes so far", err);
    const arg *option = args_find(rows, setting->name);
    if (!option || is_fixed(setting->name))
        return refuse(setting, value, option ? "it is the same for all trials" : "train has no such option", err);
    return args_set(option, value) || refuse(setting, value, option->help, err);
}

/* run->train is what was typed, with the trial's settings over it. */
static bool set_options(const search *s, const trial *t, trial_run *run, nn_error *err)
{
    *run = (trial_run){.train = s->train, .net = s->net};
    snprintf(run->augment, sizeof run->augment, "%s", s->train.augment);
    const arg net = {"net", ARG_TEXT, &run->net, "N", "a name or a .net file", 0, 0};
    arg rows[1 + TRAIN_OPTIONS + 1];
    train_options_args(&run->train, &net, 1, rows);
    for (int i = 0; i < s->space.count; i++)
        if (!set_option(run, rows, &s->space.setting[i], t->point.value[i], err))
            return false;
    if (!run->net)
        return nn_fail(err, NN_USAGE, 0, "no architecture: --net N, or \"net choice ...\" in it");
    if (strcmp(run->train.augment, s->train.augment) == 0)
        run->train.augment = run->augment;
    return train_options_check(&run->train, err);
}

bool search_trial_check(const search *s, const trial *t, nn_error *err)
{
    trial_run run;
    bool ok =
        (set_options(s, t, &run, err) || nn_fail_in(err, s->file)) && models_net(&run.plan, &s->where, run.net, err);
    search_trial_close(&run);
    return ok;
}

/* ---- checkpoints ----------------------------------------------------------------------------------------------- */

static bool checkpoint_path(const search *s, int i, char path[PATHS_MAX])
{
    char name[32];
    snprintf(name, sizeof name, "trial-%d.ckpt", i + 1);
    return paths_join(path, s->out, name);
}

static bool save_checkpoint(const search *s, int i, const trial_run *run, nn_error *err)
{
    char path[PATHS_MAX];
    if (!checkpoint_path(s, i, path))
        return nn_fail(err, NN_USAGE, 0, "%.100s...: the name is too long", s->out);
    return training_save(run->training, path, err);
}

/* A training, from its checkpoint if there is one. */
static bool open_training(const search *s, int i, trial_run *run, nn_error *err)
{
    char path[PATHS_MAX];
    training_config *config = &run->train.config;
    bool there = checkpoint_path(s, i, path) && access(path, F_OK) == 0;
    return there ? training_resume(&run->training, run->plan, &s->data, config, path, err)
                 : training_new(&run->training, run->plan, &s->data, config, err);
}

void search_trial_forget(const search *s, int i)
{
    char path[PATHS_MAX];
    if (checkpoint_path(s, i, path))
        nn_file_remove(path, NULL);
}

/* ---- training -------------------------------------------------------------------------------------------------- */

bool search_trial_open(search *s, int i, trial_run *run, nn_error *err)
{
    const char *path = data_options_path(&s->train.data, &s->where);
    return set_options(s, &s->trial[i], run, err) && models_net(&run->plan, &s->where, run->net, err) &&
           data_options_fit(&run->plan, &s->data, path, "search", s->said, err) && open_training(s, i, run, err);
}

void search_trial_close(trial_run *run)
{
    training_free(run->training);
    nn_plan_free(run->plan);
    run->training = NULL;
    run->plan = NULL;
}

static bool note_result(trial *t, const training *of, bool over)
{
    bool any = training_best_epoch(of) > 0;
    t->epochs = training_epochs_done(of);
    t->over = over;
    t->accuracy = training_best_accuracy(of);
    t->loss = any ? training_best_loss(of) : (double)NAN;
    json_decref(t->history);
    t->history = training_history(of);
    return t->history != NULL;
}

typedef struct trial_watch {
    search *search;
    int index; /* of the trial */
    trial_run run;
    void (*progress)(const search *s, double share);
    double began; /* the epoch in progress */
    bool saved;   /* every checkpoint so far */
    nn_error *err;
} trial_watch;

static bool goes_on(void *ctx)
{
    (void)ctx;
    return !interrupted();
}

static void after_step(void *ctx, const training_progress *p)
{
    const trial_watch *watch = ctx;
    watch->progress(watch->search, (double)p->step / p->steps);
}

static bool after_epoch(void *ctx, const training_epoch *epoch)
{
    trial_watch *watch = ctx;
    search *s = watch->search;
    double now = clock_seconds();
    (void)epoch;
    watch->saved = save_checkpoint(s, watch->index, &watch->run, watch->err);
    s->epochs_here++;
    s->epochs_left--;
    s->trial[watch->index].seconds += now - watch->began;
    watch->began = now;
    return watch->saved;
}

bool search_trial_train(search *s, int i, int epochs, void (*progress)(const search *s, double share), nn_error *err)
{
    trial_watch own = {.search = s, .index = i, .progress = progress, .saved = true, .err = err};
    const training_watch watch = {&own, goes_on, after_step, after_epoch};
    training *t = NULL;
    bool ok = search_trial_open(s, i, &own.run, err), over = false;
    own.began = clock_seconds();
    if (ok) {
        t = own.run.training;
        training_end end = training_run(t, epochs, &watch);
        over = end == TRAINING_DIVERGED || (end == TRAINING_DONE && training_finished(t));
        ok = own.saved;
    }
    if (ok && !note_result(&s->trial[i], t, over))
        ok = nn_fail(err, NN_NOMEM, 0, "out of memory for the results");
    search_trial_close(&own.run);
    return ok;
}
