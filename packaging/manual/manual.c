/* manual.c - `write_manual TEMPLATE PAGE BASH ZSH FISH`: writes the manual page from its template, and the completions.
 *
 * In the template a line @WINDOW@ stands for the options of the window, @COMMANDS@ for all commands. */
#include "app/commands/commands.h"
#include "app/platform/window_args.h"
#include "outputs.h"
#include <stdlib.h>
#include <string.h>

typedef struct output {
    FILE *file;
    const completion *shell; /* NULL: the manual page */
    const char *summary;
} output;

static void write_command(const arg_command *command, void *to)
{
    output *out = to;
    if (out->shell)
        out->shell->command(out->file, command, out->summary);
    else
        man_page_command(out->file, command);
}

static void write_window(output *out)
{
    window_args args;
    char name[] = "digitscope", *argv[] = {name, NULL};
    args_visit(write_command, out);
    window_args_parse(&args, 1, argv, NULL);
}

static void write_commands(output *out)
{
    args_visit(write_command, out);
    for (const command_entry *c = command_table; c->name; c++) {
        char name[64], *argv[] = {name, NULL};
        snprintf(name, sizeof name, "%s", c->name);
        out->summary = c->summary;
        c->run(1, argv);
    }
}

static FILE *open_or_exit(const char *path, const char *how)
{
    FILE *file = fopen(path, how);
    if (!file) {
        perror(path);
        exit(EXIT_FAILURE);
    }
    return file;
}

static void close_or_exit(FILE *file, const char *path)
{
    if (fclose(file) != 0) {
        perror(path);
        exit(EXIT_FAILURE);
    }
}

static void write_page(const char *template, const char *path)
{
    char line[512];
    FILE *in = open_or_exit(template, "r");
    output out = {.file = open_or_exit(path, "w")};
    while (fgets(line, sizeof line, in))
        if (strcmp(line, "@WINDOW@\n") == 0)
            write_window(&out);
        else if (strcmp(line, "@COMMANDS@\n") == 0)
            write_commands(&out);
        else
            fputs(line, out.file);
    fclose(in);
    close_or_exit(out.file, path);
}

static void write_completion(const completion *shell, const char *path)
{
    output out = {.file = open_or_exit(path, "w"), .shell = shell, .summary = ""};
    shell->begin(out.file);
    write_window(&out);
    write_commands(&out);
    shell->end(out.file);
    close_or_exit(out.file, path);
}

int main(int argc, char **argv)
{
    if (argc != 6) {
        fputs("usage: write_manual TEMPLATE PAGE BASH ZSH FISH\n", stderr);
        return EXIT_USAGE;
    }
    write_page(argv[1], argv[2]);
    write_completion(&completion_bash, argv[3]);
    write_completion(&completion_zsh, argv[4]);
    write_completion(&completion_fish, argv[5]);
    return EXIT_OK;
}
