/* search.h - the parts of `digitscope search`: its trials, how each is trained, and what is told about them. */
#ifndef SEARCH_H
#define SEARCH_H

#include "app/core/paths.h"
#include "app/core/training/search_space.h"
#include "commands.h"
#include "train_options.h"

/* One point of the space, and how far its training came. */
typedef struct trial {
    space_point point;
    int epochs;      /* done */
    bool over;       /* it ended before all epochs: diverged, or out of patience */
    double accuracy; /* the best so far on validation; 0 before the first epoch */
    double loss;     /* of the same epoch; NAN before the first, or if it diverged */
    double seconds;  /* of training */
    json_t *history; /* training_history, NULL before the first epoch */
} trial;

typedef struct search {
    train_options train; /* of all trials, as typed: what the space names is set for each */
    const char *file, *net, *out;
    int trials, min_epochs, halving;
    bool grid, resume, json;

    char command_line[COMMAND_LINE];
    paths where;
    char *text; /* the space's file */
    search_space space;
    dataset data;
    char said[DATASET_NOTE]; /* of the network's fit to them (data_options_fit) */
    train_inputs inputs;
    int n;
    trial *trial;
    double began; /* for the time left */
    long epochs_here, epochs_left;
} search;

/* A training that is open for one trial. */
typedef struct trial_run {
    train_options train;
    const char *net;
    char augment[2 * NN_AUGMENT_TEXT];
    nn_plan *plan;
    training *training;
} trial_run;

/* Whether the options of a trial exist and fit, without reading any data. The error names the line of the space. */
bool search_trial_check(const search *s, const trial *t, nn_error *err);

/* With all it has learned so far, from its checkpoint. Close it in any case. */
bool search_trial_open(search *s, int i, trial_run *run, nn_error *err);
void search_trial_close(trial_run *run);

/* Trains up to so many epochs, or until the training is over or interrupted, leaving a checkpoint after each.
 * `progress` is called after every step with the share of the epoch. */
bool search_trial_train(search *s, int i, int epochs, void (*progress)(const search *s, double share), nn_error *err);

/* Removes the checkpoint, if there is one. */
void search_trial_forget(const search *s, int i);

/* ---- what is kept in search.json: search_state.c --------------------------------------------------------------- */

bool search_save(const search *s, nn_error *err);

/* Takes up an earlier run of the same command on the same space. */
bool search_load(search *s, nn_error *err);

/* {trial, epochs, val_accuracy, val_loss, seconds, settings}; NULL when out of memory. */
json_t *search_trial_json(const search *s, int i);

/* ---- what is shown: search_report.c ---------------------------------------------------------------------------- */

/* order: trials from best to worst. */
bool search_print_table(const search *s, const int *order);

/* search.svg in the folder: the validation accuracy of every trial over its epochs. */
bool search_plot(const search *s, const int *order, nn_error *err);

#endif
