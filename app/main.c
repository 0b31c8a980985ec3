/* main.c - the first word decides: a command of app/commands, or the window. */
#include "app/commands/commands.h"
#include "app/core/console/args.h"
#include "app/core/console/likeness.h"
#include "app/core/console/terminal.h"
#include "app/core/data/pictures.h"
#include "app/core/foreign/import_file.h"
#include "app/platform/window.h"
#include "app/texts/texts.h"
#include "app/ui/kit/picture_file.h"
#include <signal.h>
#include <string.h>

typedef struct command {
    const char *name;
    const char *summary; /* one line for `digitscope --help` */
    int (*run)(int argc, char **argv);
} command;

static const command commands[] = {
    {"train", "train a network on a data set and keep the best", command_train},
    {"search", "search settings of a training, by halving", command_search},
    {"prune", "make a trained network smaller", command_prune},
    {"data", "say what is understood of a data set", command_data},
    {"quantize", "prepare a model for computing in whole numbers", command_quantize},
    {"import", "make a model from one of Keras, PyTorch or ONNX", command_import},
    {"export", "write a model for other programs", command_export},
    {"eval", "score models on the test images", command_eval},
    {"ink", "score a model on recorded pen strokes", command_ink},
    {"predict", "read pictures of single digits", command_predict},
    {"serve", "read drawings and pictures over HTTP, and on a page to draw on", command_serve},
    {"bench", "measure the speed of this machine", command_bench},
    {"info", "show what a model file holds", command_info},
    {"models", "list the models there are", command_models},
    {"fetch-data", "download MNIST", command_fetch_data},
    {NULL, NULL, NULL},
};

/* Behind the window's own help. */
static int print_commands(void)
{
    terminal_write("\nInstead of the options, a command; each has --help:\n\n");
    for (const command *c = commands; c->name; c++)
        terminal_print("  %-18s  %s\n", c->name, c->summary);
    return terminal_flush() ? EXIT_OK : EXIT_ERROR;
}

/* The window's process speaks a language; its child says what went wrong in the same. */
static int run_child(int argc, char **argv)
{
    nn_error_set_words(texts_error);
    return import_child(argc, argv, texts_speak);
}

int main(int argc, char **argv)
{
    const char *word = argc > 1 ? argv[1] : "";
    signal(SIGPIPE, SIG_IGN); /* a closed pipe is an error of writing like any other */
    signal(SIGXFSZ, SIG_IGN); /* and so is a limit of size, by ulimit -f or a quota */
    pictures_decode_with(picture_file_decode);
    if (strcmp(word, IMPORT_WORD) == 0)
        return run_child(argc - 1, argv + 1);
    likeness meant = likeness_to(word, strlen(word));
    for (const command *c = commands; c->name; c++) {
        if (strcmp(word, c->name) == 0)
            return c->run(argc - 1, argv + 1);
        likeness_try(&meant, c->name);
    }
    int status = window_run(argc, argv, &meant);
    return strcmp(word, "--help") == 0 && status == EXIT_OK ? print_commands() : status;
}
