/* man_page.c - a command as a part of the manual page, in mdoc. */
#include "outputs.h"
#include <string.h>

enum { LINE = 76 };

static int put_escaped(FILE *out, const char *text, size_t len)
{
    static const struct {
        char c;
        const char *escape;
    } table[] = {{'\\', "\\e"}, {'-', "\\-"}, {'\'', "\\(aq"}, {'`', "\\(ga"}};
    int width = 0;
    for (size_t i = 0; i < len; i++) {
        const char *escape = NULL;
        for (size_t k = 0; k < sizeof table / sizeof table[0]; k++)
            if (table[k].c == text[i])
                escape = table[k].escape;
        width += escape ? fprintf(out, "%s", escape) : (fputc(text[i], out), 1);
    }
    return width;
}

/* Words in lines; a sentence begins a new one. */
static void put_text(FILE *out, const char *text)
{
    int column = 0;
    bool ended = false;
    for (size_t n; text += strspn(text, " \n"), (n = strcspn(text, " \n")) > 0; text += n) {
        if (column && (ended || column + 1 + (int)n > LINE)) {
            fputc('\n', out);
            column = 0;
        }
        column += column ? fprintf(out, " ") : *text == '.' ? fprintf(out, "\\&") : 0;
        column += put_escaped(out, text, n);
        ended = text[n - 1] == '.';
    }
    fputc('\n', out);
}

static void put_option(FILE *out, const arg *a)
{
    fprintf(out, ".It Fl -%s%s", a->name, a->value ? " Ar " : "");
    if (a->value)
        fputs(a->value, out);
    fputc('\n', out);
    put_text(out, a->help);
}

/* The options below every heading of this name ("": below none), with the heading in front. */
static void put_group(FILE *out, const arg *args, const char *name)
{
    const char *group = "";
    bool open = false;
    for (const arg *a = args; a->name; a++)
        if (a->kind == ARG_GROUP) {
            group = a->name;
        } else if (strcmp(group, name) == 0) {
            if (!open)
                fprintf(out, ".Pp\n%s:\n.Bl -tag -width Ds\n", *name ? name : "Options");
            open = true;
            put_option(out, a);
        }
    if (open)
        fputs(".El\n", out);
}

static bool is_first_of_name(const arg *args, const arg *heading)
{
    while (args->kind != ARG_GROUP || strcmp(args->name, heading->name) != 0)
        args++;
    return args == heading;
}

static void put_options(FILE *out, const arg *args)
{
    for (const arg *a = args; a->name; a++)
        if (a->kind == ARG_GROUP && is_first_of_name(args, a))
            put_group(out, args, a->name);
    put_group(out, args, "");
}

void man_page_command(FILE *out, const arg_command *command)
{
    if (*command->name) {
        fprintf(out, ".Ss %s\n", command->name);
        put_text(out, command->about);
        fprintf(out, ".Pp\n.Dl digitscope %s ", command->name);
        put_escaped(out, command->synopsis, strlen(command->synopsis));
        fputc('\n', out);
    }
    put_options(out, command->args);
    fprintf(out, ".Pp\nExample:\n.Pp\n.Dl digitscope%s%s ", *command->name ? " " : "", command->name);
    put_escaped(out, command->example, strlen(command->example));
    fputs("\n.Pp\n", out);
    put_text(out, command->effect);
}
