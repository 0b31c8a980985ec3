/* main.c - the first word decides: a command of app/commands, or the window. */
#include "app/commands/commands.h"
#include "app/core/child.h"
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

/* Behind the window's own help. */
static int print_commands(void)
{
    terminal_write("\nInstead of the options, a command; each has --help:\n\n");
    for (const command_entry *c = command_table; c->name; c++)
        terminal_print("  %-18s  %s\n", c->name, c->summary);
    return terminal_flush() ? EXIT_OK : EXIT_ERROR;
}

int main(int argc, char **argv)
{
    if (argc > 2 && strcmp(argv[1], CHILD_SPEAKS) == 0) {
        nn_error_set_words(texts_error);
        texts_speak(argv[2]);
        argc -= 2;
        argv += 2;
    }
    const char *word = argc > 1 ? argv[1] : "";
    signal(SIGPIPE, SIG_IGN); /* a closed pipe is an error of writing like any other */
    signal(SIGXFSZ, SIG_IGN); /* and so is a limit of size, by ulimit -f or a quota */
    signal(SIGCHLD, SIG_DFL); /* or how a child ended would be lost where who starts us ignores that */
    pictures_decode_with(picture_file_decode);
    if (strcmp(word, IMPORT_WORD) == 0)
        return import_child(argc - 1, argv + 1);
    likeness meant = likeness_to(word, strlen(word));
    for (const command_entry *c = command_table; c->name; c++) {
        if (strcmp(word, c->name) == 0)
            return c->run(argc - 1, argv + 1);
        likeness_try(&meant, c->name);
    }
    int status = window_run(argc, argv, &meant);
    return strcmp(word, "--help") == 0 && status == EXIT_OK ? print_commands() : status;
}
