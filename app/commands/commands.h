/* commands.h - the words after `digitscope`. Each is one file here; the table of all is in table.c. */
#ifndef COMMANDS_H
#define COMMANDS_H

#include "nn/nn.h"
#include <jansson.h>

typedef struct command_entry {
    const char *name;
    const char *summary; /* one line for `digitscope --help` */
    int (*run)(int argc, char **argv);
} command_entry;
extern const command_entry command_table[]; /* ends with a NULL name */

/* argv[0] is the name; the result is the exit status. */
int command_train(int argc, char **argv);
int command_eval(int argc, char **argv);
int command_ink(int argc, char **argv);
int command_predict(int argc, char **argv);
int command_bench(int argc, char **argv);
int command_info(int argc, char **argv);
int command_models(int argc, char **argv);
int command_fetch_data(int argc, char **argv);
int command_search(int argc, char **argv);
int command_prune(int argc, char **argv);
int command_quantize(int argc, char **argv);
int command_data(int argc, char **argv);
int command_teach(int argc, char **argv);
int command_import(int argc, char **argv);
int command_export(int argc, char **argv);
int command_serve(int argc, char **argv);

/* "digitscope NAME: TEXT" on stderr; returns EXIT_ERROR, or EXIT_INTERRUPTED when a signal may have been the reason. */
int command_fail(const char *name, const nn_error *err);

/* One JSON value on one line of stdout, flushed; takes the value over. False if it could not be written (or json is
 * NULL). */
bool command_print_json(json_t *json);

/* The last word of every command that wrote to stdout: EXIT_OK, or EXIT_ERROR with a line on stderr when `written` is
 * false or stdout did not take everything (a full disk, a closed pipe); EXIT_INTERRUPTED after a signal. */
int command_finish(const char *name, bool written);

/* Whether a model has what it needs to compute in whole numbers; if not, the error names it (NULL: the shipped one)
 * and what to do. */
bool command_check_int8(const nn_model *model, const char *name, nn_error *err);

/* The model that is meant by a name, NULL and "" standing for the default's, whose name `standard` takes. */
const char *command_model_name(const char *value, char standard[NN_NAME]);

/* "1:05" or "2:01:05". */
void command_duration(char text[16], double seconds);

/* "digitscope train --net ...", as typed, cut off where it is long; bytes that are then no UTF-8 become '?'. For the
 * record: a resumed run gives what the uncut one gives, so --resume is left out. */
enum { COMMAND_LINE = 1024 };
void command_line_text(char text[COMMAND_LINE], int argc, char **argv);

/* Whether a file can be written to --out, or replaced: what cannot is found out now and not after an hour of training.
 * -1 to go on, else the exit status; a line on stderr says what is wrong. For a model the name may be none of another kind
 * of file, for an exported one none of a file that is there. */
int command_check_out(const char *command, const char *path);
int command_check_model_out(const char *command, const char *path);
int command_check_export_out(const char *command, const char *path);

/* The same of the name that an option gives a picture: it must end with .png, so that no data are written over. NULL, as the
 * option was not given, is fine. */
int command_check_png(const char *command, const char *option, const char *path);

#endif
