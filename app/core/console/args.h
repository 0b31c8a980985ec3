/* args.h - command lines by table: parsing, checking and --help come from the same rows.
 *
 * Long options only, `--name value` or `--name=value`; "--" ends them. Every command also takes --help. */
#ifndef ARGS_H
#define ARGS_H

#include <stdbool.h>
#include <stdint.h>

typedef enum arg_kind {
    ARG_FLAG,   /* bool *   */
    ARG_TEXT,   /* const char ** (points into argv); of several the last counts, as after an alias */
    ARG_ONE,    /* the same, but several are refused: where other commands take them, one would be forgotten */
    ARG_TEXTS,  /* arg_texts *: --name A --name B, and `--name A B` up to the next option */
    ARG_WORD,   /* int *: the index of the word among `value`'s, "adam|adamw|sgd" */
    ARG_INT,    /* int *    min..max */
    ARG_NUMBER, /* double * min..max */
    ARG_PAIR,   /* double[2], "X,Y", each min..max */
    ARG_SEED,   /* uint64_t * */
    ARG_GROUP   /* no option: `name` stands over the rows that follow, in the help */
} arg_kind;

enum { ARG_MAX_TEXTS = 4096 };
typedef struct arg_texts {
    int count;
    const char *text[ARG_MAX_TEXTS];
} arg_texts;

typedef struct arg {
    const char *name; /* "epochs", without the dashes; NULL ends the table */
    arg_kind kind;
    void *out;
    const char *value; /* what stands for the value in the help: "N", "FILE"; NULL for flags */
    const char *help;  /* one line; the default in words */
    double min, max;   /* for numbers */
} arg;

typedef struct arg_command {
    const char *name;     /* "train"; "" for the program itself */
    const char *synopsis; /* what follows the name in the usage line */
    const char *about;    /* one to three lines */
    const char *example;  /* what follows the name in one that people use */
    const char *effect;   /* one line: what that does */
    const arg *args;
    arg_texts *positional; /* where words without dashes go; NULL: there are none */
    int min_positional, max_positional;
} arg_command;

/* Exit statuses of all commands. */
enum { EXIT_OK = 0, EXIT_ERROR = 1, EXIT_USAGE = 2, EXIT_INTERRUPTED = 130 };

/* argv[0] is the command's name. Returns -1 to go on, else the exit status: 0 after --help (on stdout), 2 after bad
 * usage (one line on stderr that says what is wrong and names --help). Writes only what was given, so defaults are set
 * before. */
int args_parse(const arg_command *command, int argc, char **argv);

/* For what is made of all tables, as the manual page: from now on args_parse only shows `visit` the command, and returns
 * EXIT_OK. */
typedef void args_visitor(const arg_command *command, void *to);
void args_visit(args_visitor *visit, void *to);

/* The row of an option, NULL if there is none of that name. */
const arg *args_find(const arg *args, const char *name);

/* Sets one option as the command line would; false where the value is not one of its. */
bool args_set(const arg *option, const char *value);

/* For what the table cannot check: the same line on stderr from a printf format; returns EXIT_USAGE. */
#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
int args_refuse(const char *command, const char *format, ...);

#endif
