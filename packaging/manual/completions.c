/* completions.c - what shells complete: commands, options, and their values where these are words or files. */
#include "outputs.h"
#include <string.h>

static bool has_words(const arg *a)
{
    return a->value && strchr(a->value, '|');
}

static bool takes_files(const arg *a)
{
    return (a->kind == ARG_TEXT || a->kind == ARG_ONE || a->kind == ARG_TEXTS) && !has_words(a);
}

/* Every character of the text, those of `special` behind a backslash; a quote as a shell's '...' has it. */
static void put_quoted(FILE *out, const char *text, const char *special)
{
    for (; *text; text++)
        if (*text == '\'')
            fputs("'\\''", out);
        else
            fprintf(out, "%s%c", strchr(special, *text) ? "\\" : "", *text);
}

static void put_words(FILE *out, const char *words)
{
    for (; *words; words++)
        fputc(*words == '|' ? ' ' : *words, out);
}

/* ---- bash: cases of COMMAND/--option for values, then one list of options for every command ---------------------- */

static void bash_begin(FILE *out)
{
    fputs("# bash completion for digitscope, made from its tables of options\n"
          "_digitscope() {\n"
          "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command=window words= options= "
          "commands=\n"
          "    [ \"$COMP_CWORD\" -lt 2 ] || [[ ${COMP_WORDS[1]} == -* ]] || command=${COMP_WORDS[1]}\n",
          out);
}

static const char *name_of(const arg_command *command)
{
    return *command->name ? command->name : "window";
}

static void bash_command(FILE *out, const arg_command *command, const char *summary)
{
    (void)summary;
    if (*command->name)
        fprintf(out, "    commands+=' %s'\n", command->name);
    fprintf(out, "    if [ \"$command\" = %s ]; then\n        options='", name_of(command));
    for (const arg *a = command->args; a->name; a++)
        if (a->kind != ARG_GROUP)
            fprintf(out, "--%s ", a->name);
    fputs("--help'\n        case $prev in\n", out);
    for (const arg *a = command->args; a->name; a++) {
        if (a->kind == ARG_GROUP || a->kind == ARG_FLAG || takes_files(a))
            continue;
        fprintf(out, "            --%s) words='", a->name);
        if (has_words(a))
            put_words(out, a->value);
        fputs(" ' ;;\n", out);
    }
    fputs("        esac\n    fi\n", out);
}

static void bash_end(FILE *out)
{
    fputs("    if [ -n \"$words\" ]; then\n"
          "        mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
          "    elif [[ $cur == -* ]]; then\n"
          "        mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$cur\")\n"
          "    else\n"
          "        compopt -o filenames 2>/dev/null\n"
          "        [ \"$COMP_CWORD\" != 1 ] || words=$commands\n"
          "        mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\"; compgen -f -- \"$cur\")\n"
          "    fi\n"
          "}\n"
          "complete -F _digitscope digitscope\n",
          out);
}

const completion completion_bash = {bash_begin, bash_command, bash_end};

/* ---- zsh: a function for every command --------------------------------------------------------------------------- */

static void zsh_begin(FILE *out)
{
    fputs("#compdef digitscope\n# made from the program's tables of options\nlocal -a commands\n", out);
}

static void zsh_option(FILE *out, const arg *a)
{
    fprintf(out, "    '%s--%s[", a->kind == ARG_TEXTS ? "*" : "", a->name);
    put_quoted(out, a->help, "[]:\\");
    fputc(']', out);
    if (a->value) {
        fputc(':', out);
        put_quoted(out, has_words(a) ? a->name : a->value, "[]:\\");
        fputc(':', out);
        if (has_words(a)) {
            fputc('(', out);
            put_words(out, a->value);
            fputc(')', out);
        } else if (takes_files(a)) {
            fputs("_files", out);
        }
    }
    fputs("' \\\n", out);
}

static void zsh_command(FILE *out, const arg_command *command, const char *summary)
{
    if (*command->name) {
        fprintf(out, "commands+=('%s:", command->name);
        put_quoted(out, summary, ":");
        fputs("')\n", out);
    }
    fprintf(out, "_digitscope_%s() {\n  _arguments \\\n", name_of(command));
    for (const arg *a = command->args; a->name; a++)
        if (a->kind != ARG_GROUP)
            zsh_option(out, a);
    fputs("    '--help[print this and exit]' \\\n    '*:file:_files'\n}\n", out);
}

static void zsh_end(FILE *out)
{
    fputs("if (( CURRENT > 2 )) && (( $+functions[_digitscope_$words[2]] )); then\n"
          "  shift words\n"
          "  (( CURRENT-- ))\n"
          "  _digitscope_$words[1]\n"
          "else\n"
          "  (( CURRENT > 2 )) || [[ $PREFIX == -* ]] || _describe command commands\n"
          "  _digitscope_window\n"
          "fi\n",
          out);
}

const completion completion_zsh = {zsh_begin, zsh_command, zsh_end};

/* ---- fish: a line for every option ------------------------------------------------------------------------------- */

static void fish_begin(FILE *out)
{
    fputs("# fish completion for digitscope, made from its tables of options\n", out);
}

static void fish_command(FILE *out, const arg_command *command, const char *summary)
{
    const char *when = *command->name ? "__fish_seen_subcommand_from " : "__fish_use_subcommand";
    if (*command->name) {
        fprintf(out, "complete -c digitscope -n __fish_use_subcommand -a %s -d '", command->name);
        put_quoted(out, summary, "");
        fputs("'\n", out);
    }
    for (const arg *a = command->args; a->name; a++) {
        if (a->kind == ARG_GROUP)
            continue;
        fprintf(out, "complete -c digitscope -n '%s%s' -l %s", when, command->name, a->name);
        if (a->value)
            fputs(takes_files(a) ? " -r -F" : " -x", out);
        if (has_words(a)) {
            fputs(" -a '", out);
            put_words(out, a->value);
            fputc('\'', out);
        }
        fputs(" -d '", out);
        put_quoted(out, a->help, "");
        fputs("'\n", out);
    }
}

static void fish_end(FILE *out)
{
    fputs("complete -c digitscope -l help -d 'print this and exit'\n", out);
}

const completion completion_fish = {fish_begin, fish_command, fish_end};
