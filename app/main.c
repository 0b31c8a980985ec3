/* main.c - the first word decides: a command of app/commands, or the window. */
#include "app/commands/commands.h"
#include "app/core/args.h"
#include "app/platform/window.h"
#include <stdio.h>
#include <string.h>

static int print_version(void)
{
    return puts("digitscope " DIGITSCOPE_VERSION) >= 0 && fflush(stdout) == 0 ? EXIT_OK : EXIT_ERROR;
}

/* Behind the window's own help. */
static int print_commands(void)
{
    puts("  --version           print the version and exit\n\nInstead of the options, a command; each has --help:\n");
    for (const command *c = commands; c->name; c++)
        printf("  %-18s  %s\n", c->name, c->summary);
    return fflush(stdout) == 0 ? EXIT_OK : EXIT_ERROR;
}

int main(int argc, char **argv)
{
    const char *word = argc > 1 ? argv[1] : "";
    if (strcmp(word, "--version") == 0)
        return print_version();
    for (const command *c = commands; c->name; c++)
        if (strcmp(word, c->name) == 0)
            return c->run(argc - 1, argv + 1);
    int status = window_run(argc, argv);
    return strcmp(word, "--help") == 0 && status == EXIT_OK ? print_commands() : status;
}
