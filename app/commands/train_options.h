/* train_options.h - the options of all commands that train: how and on what, not where the result goes. */
#ifndef TRAIN_OPTIONS_H
#define TRAIN_OPTIONS_H

#include "app/core/training/training.h"
#include "data_options.h"

typedef struct train_options {
    data_request data;
    const char *pens, *augment, *state;
    arg_texts teachers;
    training_config config; /* complete after train_options_check and train_inputs_open */

    /* as the table of options wants them, for config */
    int optimizer, schedule;
    double lr, lr_factor, momentum, weight_decay, label_smoothing, ema;
} train_options;

/* What the configuration points to. */
typedef struct train_inputs {
    pens pens;
    nn_model *teacher;
} train_inputs;

enum { TRAIN_OPTIONS = DATA_OPTIONS + 33 }; /* headings among them */

train_options train_options_defaults(void);

/* A command's own rows, n of them, and then these: rows has room for n + TRAIN_OPTIONS and the empty one at the end. */
void train_options_args(train_options *o, const arg *own, size_t n, arg *rows);

/* After parsing: what the table cannot check, and config from the rest. */
bool train_options_check(train_options *o, nn_error *err);

/* Opens the files that the options name, for config. Close them in any case, once the training is freed. */
bool train_inputs_open(train_inputs *in, train_options *o, const paths *where, nn_error *err);
void train_inputs_close(train_inputs *in);

#endif
