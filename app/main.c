/* main.c - the first word decides: a command of app/commands, or the window. */
#include "commands/args.h"
#include "commands/commands.h"
#include "platform/window.h"
#include <stdio.h>
#include <string.h>

static int print_version(void)
{
    return puts("digitscope " DIGITSCOPE_VERSION) >= 0 ? EXIT_OK : EXIT_ERROR;
}

static int print_help(void)
{
    puts("Draw a digit and watch a convolutional network read it.\n\n"
         "usage: digitscope [OPTION...] [PICTURE|MODEL]   open the window\n"
         "       digitscope COMMAND [OPTION...]\n\ncommands:");
    for (const command *c = commands; c->name; c++)
        printf("  %-12s %s\n", c->name, c->summary);
    return puts("\n  --version     print the version\n  --help        this text; after a command, its options\n\n"
                "options of the window:") >= 0
               ? EXIT_OK
               : EXIT_ERROR;
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--version") == 0)
        return print_version();
    for (const command *c = commands; argc > 1 && c->name; c++)
        if (strcmp(argv[1], c->name) == 0)
            return c->run(argc - 1, argv + 1);
    bool help = argc > 1 && strcmp(argv[1], "--help") == 0;
    if (help && print_help() != EXIT_OK)
        return EXIT_ERROR;
    return window_run(argc, argv);
}
