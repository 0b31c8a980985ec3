/* data_options.h - the options of all commands that read a data set, and how they say what was done to it. */
#ifndef DATA_OPTIONS_H
#define DATA_OPTIONS_H

#include "app/core/console/args.h"
#include "app/core/training/data_open.h"

enum { DATA_OPTIONS = 4 };

/* A command's own rows, n of them, and then these: rows has room for n + DATA_OPTIONS and the empty one at the end. */
void data_options_args(data_request *request, const arg *own, size_t n, arg *rows);

/* Where the data are, for messages. */
const char *data_options_path(const data_request *request, const paths *where);

/* data_open, with its note as a line on stderr that begins with the command's name. */
bool data_options_open(dataset *data, const data_request *request, dataset_part part, const paths *where,
                       const char *by, nn_error *err);

/* training_data_fit, with what it says as such a line, unless that was said last: `said`, "" at first. */
bool data_options_fit(nn_plan **plan, const dataset *data, const char *path, const char *by, char said[DATASET_NOTE],
                      nn_error *err);

#endif
