/* args.c - the parser and the help page of one command's table of options. */
#include "args.h"
#include "likeness.h"
#include "terminal.h"
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int args_refuse(const char *command, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    char what[1024];
    vsnprintf(what, sizeof what, format, values);
    va_end(values);
    const char *space = *command ? " " : "";
    terminal_complain("digitscope%s%s: %s (see digitscope%s%s --help)\n", space, command, what, space, command);
    return EXIT_USAGE;
}

/* ---- help -------------------------------------------------------------------------------------------------------- */

/* Options wider than WIDEST have their explanation on the next line, so that one long list of words does not push all
 * others to the right. No line is wider than LINE. */
enum { WIDEST = 24, LINE = 100 };

static const arg help_option = {.name = "help", .help = "print this and exit"};

static int width_of(const arg *a)
{
    return (int)(strlen(a->name) + (a->value ? strlen(a->value) + 1 : 0));
}

/* Of the column of options. */
static int widest_of(const arg *args)
{
    int width = width_of(&help_option);
    for (const arg *a = args; a->name; a++)
        if (a->kind != ARG_GROUP && width_of(a) > width && width_of(a) <= WIDEST)
            width = width_of(a);
    return width;
}

/* Words, one blank apart, from column `indent` on; so do the lines after the first. */
static void print_wrapped(const char *text, int indent)
{
    int column = indent;
    for (int n; (n = (int)strcspn(text, " ")) > 0; text += n + (text[n] == ' ')) {
        bool first = column == indent, full = !first && column + 1 + n > LINE;
        if (full)
            terminal_print("\n%*s", indent, "");
        column = full ? indent : column + !first;
        terminal_print("%s%.*s", first || full ? "" : " ", n, text);
        column += n;
    }
    terminal_write("\n");
}

static void print_option(const arg *a, int width)
{
    terminal_print("  --%s%s%s", a->name, a->value ? " " : "", a->value ? a->value : "");
    if (width_of(a) > width)
        terminal_print("\n%*s", width + 6, "");
    else
        terminal_print("%*s", width + 2 - width_of(a), "");
    print_wrapped(a->help, width + 6);
}

/* The options below every heading of this name; "": those before any. */
static void print_group(const arg *args, const char *name, int width)
{
    const char *group = "";
    for (const arg *a = args; a->name; a++)
        if (a->kind == ARG_GROUP)
            group = a->name;
        else if (strcmp(group, name) == 0)
            print_option(a, width);
}

static bool is_first_of_name(const arg *args, const arg *heading)
{
    while (args->kind != ARG_GROUP || strcmp(args->name, heading->name) != 0)
        args++;
    return args == heading;
}

static void print_help(const arg_command *command)
{
    const char *space = *command->name ? " " : "";
    int width = widest_of(command->args);
    terminal_print("Usage: digitscope%s%s %s\n\n", space, command->name, command->synopsis);
    terminal_write(command->about);
    terminal_write("\n\n");
    for (const arg *a = command->args; a->name; a++)
        if (a->kind == ARG_GROUP && is_first_of_name(command->args, a)) {
            terminal_print("%s:\n", a->name);
            print_group(command->args, a->name, width);
            terminal_write("\n");
        }
    print_group(command->args, "", width);
    print_option(&help_option, width);
    terminal_print("\nExample:\n  digitscope%s%s %s\n      %s\n", space, command->name, command->example,
                   command->effect);
}

/* ---- values ------------------------------------------------------------------------------------------------------ */

/* A number in min..max that ends at `end`. Not for hexadecimal, "inf" and "nan", which strtod would take. */
static bool read_number(const char *text, char end, const arg *a, double *value)
{
    char *stop;
    *value = strtod(text, &stop);
    size_t length = (size_t)(stop - text);
    bool plain = length > 0 && strspn(text, "+-.0123456789eE") >= length;
    return plain && *stop == end && *value >= a->min && *value <= a->max;
}

static bool read_int(const char *text, const arg *a)
{
    double value;
    if (!read_number(text, '\0', a, &value) || value != floor(value))
        return false;
    *(int *)a->out = (int)value;
    return true;
}

static bool read_pair(const char *text, const arg *a)
{
    double *pair = a->out, x, y;
    const char *comma = strchr(text, ',');
    if (!comma || !read_number(text, ',', a, &x) || !read_number(comma + 1, '\0', a, &y))
        return false;
    pair[0] = x;
    pair[1] = y;
    return true;
}

static bool read_seed(const char *text, const arg *a)
{
    if (!*text || strspn(text, "0123456789") != strlen(text))
        return false;
    errno = 0;
    unsigned long long value = strtoull(text, NULL, 10);
    *(uint64_t *)a->out = value;
    return errno == 0;
}

static bool read_word(const char *text, const arg *a)
{
    size_t length = strlen(text);
    const char *word = a->value;
    for (int i = 0; word; i++) {
        size_t n = strcspn(word, "|");
        if (n == length && memcmp(word, text, n) == 0) {
            *(int *)a->out = i;
            return true;
        }
        word = word[n] ? word + n + 1 : NULL;
    }
    return false;
}

static bool add_text(arg_texts *texts, const char *text)
{
    if (texts->count == ARG_MAX_TEXTS)
        return false;
    texts->text[texts->count++] = text;
    return true;
}

static bool store(const arg *a, const char *text)
{
    switch (a->kind) {
    case ARG_TEXT:
    case ARG_ONE: *(const char **)a->out = text; return true;
    case ARG_TEXTS: return add_text(a->out, text);
    case ARG_WORD: return read_word(text, a);
    case ARG_INT: return read_int(text, a);
    case ARG_NUMBER: return read_number(text, '\0', a, a->out);
    case ARG_PAIR: return read_pair(text, a);
    case ARG_SEED: return read_seed(text, a);
    case ARG_FLAG:
    case ARG_GROUP: break;
    }
    return false;
}

bool args_set(const arg *option, const char *value)
{
    return store(option, value);
}

static int refuse_value(const arg_command *command, const arg *a, const char *text)
{
    switch (a->kind) {
    case ARG_TEXTS: return args_refuse(command->name, "more than %d values for --%s", ARG_MAX_TEXTS, a->name);
    case ARG_WORD: return args_refuse(command->name, "--%s is one of %s, not \"%s\"", a->name, a->value, text);
    case ARG_SEED:
        return args_refuse(command->name, "--%s is a whole number of up to 64 bits, not \"%s\"", a->name, text);
    default: break;
    }
    const char *what = a->kind == ARG_INT ? "a whole number" : a->kind == ARG_PAIR ? "two numbers X,Y" : "a number";
    return args_refuse(command->name, "--%s is %s from %.9g to %.9g, not \"%s\"", a->name, what, a->min, a->max, text);
}

/* ---- words of the command line ----------------------------------------------------------------------------------- */

static const arg *find(const arg *args, const char *name, size_t length)
{
    for (; args->name; args++)
        if (args->kind != ARG_GROUP && strlen(args->name) == length && memcmp(args->name, name, length) == 0)
            return args;
    return NULL;
}

const arg *args_find(const arg *args, const char *name)
{
    return find(args, name, strlen(name));
}

static bool is_option(const char *word)
{
    return strncmp(word, "--", 2) == 0;
}

static int refuse_option(const arg_command *command, const char *name, size_t length)
{
    char question[LIKENESS_TEXT];
    likeness meant = likeness_to(name, length);
    for (const arg *a = command->args; a->name; a++)
        if (a->kind != ARG_GROUP)
            likeness_try(&meant, a->name);
    likeness_try(&meant, "help");
    return args_refuse(command->name, "unknown option --%.*s%s", (int)length, name,
                       likeness_question(&meant, "--", question));
}

static bool is_option_of(const char *word, const arg *a)
{
    size_t length = strlen(a->name);
    return is_option(word) && strncmp(word + 2, a->name, length) == 0 && (!word[2 + length] || word[2 + length] == '=');
}

static bool came_before(const arg *a, char **argv, int i)
{
    int before = 1;
    while (before < i && !is_option_of(argv[before], a))
        before++;
    return before < i;
}

/* argv[i] is an option: stores it and moves *i to the last word it used. */
static int parse_option(const arg_command *command, int argc, char **argv, int *i)
{
    const char *name = argv[*i] + 2;
    size_t length = strcspn(name, "=");
    const char *value = name[length] ? name + length + 1 : NULL;
    const arg *a = find(command->args, name, length);
    if (!a)
        return refuse_option(command, name, length);
    if (a->kind == ARG_FLAG) {
        *(bool *)a->out = true;
        return value ? args_refuse(command->name, "--%s takes no value", a->name) : -1;
    }
    if (a->kind == ARG_ONE && came_before(a, argv, *i))
        return args_refuse(command->name, "--%s takes one value, and is there twice", a->name);
    bool attached = value != NULL;
    if (!attached && *i + 1 < argc && !is_option(argv[*i + 1]))
        value = argv[++*i];
    if (!value || !*value)
        return args_refuse(command->name, "--%s needs a value", a->name);
    if (!store(a, value))
        return refuse_value(command, a, value);
    while (a->kind == ARG_TEXTS && !attached && *i + 1 < argc && !is_option(argv[*i + 1]))
        if (!store(a, argv[++*i]))
            return refuse_value(command, a, argv[*i]);
    return -1;
}

static int parse_positional(const arg_command *command, const char *word)
{
    if (!command->positional || command->positional->count >= command->max_positional)
        return command->max_positional == ARG_MAX_TEXTS
                   ? args_refuse(command->name, "more than %d at once", ARG_MAX_TEXTS)
                   : args_refuse(command->name, "unexpected \"%s\"", word);
    add_text(command->positional, word);
    return -1;
}

static bool asks_help(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--help") == 0)
            return true;
    return false;
}

static args_visitor *visitor;
static void *visitor_to;

void args_visit(args_visitor *visit, void *to)
{
    visitor = visit;
    visitor_to = to;
}

int args_parse(const arg_command *command, int argc, char **argv)
{
    if (visitor) {
        visitor(command, visitor_to);
        return EXIT_OK;
    }
    if (asks_help(argc, argv)) {
        print_help(command);
        return terminal_flush() ? EXIT_OK : EXIT_ERROR;
    }
    bool options = true;
    for (int i = 1; i < argc; i++) {
        int status = -1;
        if (options && strcmp(argv[i], "--") == 0) {
            options = false;
        } else if (options && is_option(argv[i])) {
            status = parse_option(command, argc, argv, &i);
        } else if (options && argv[i][0] == '-' && argv[i][1]) {
            status = args_refuse(command->name, "unknown option %s", argv[i]);
        } else {
            status = parse_positional(command, argv[i]);
        }
        if (status >= 0)
            return status;
    }
    if (command->positional && command->positional->count < command->min_positional)
        return args_refuse(command->name, "something is missing; it is used as: %s %s", command->name,
                           command->synopsis);
    return -1;
}
