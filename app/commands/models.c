/* models.c - `digitscope models`: the shipped and the user's own models. */
#include "app/core/model/models.h"
#include "app/core/console/args.h"
#include "app/core/console/terminal.h"
#include "app/report/report.h"
#include "commands.h"
#include "nn/json.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

static bool print_json(const model_entry *list, int count)
{
    json_t *rows = json_array();
    for (int i = 0; i < count; i++) {
        const model_entry *m = &list[i];
        json_t *row =
            json_pack("{s:s, s:o, s:I, s:b, s:o, s:b, s:b}", "name", m->name, "path", nn_json_string(m->path),
                      "parameters", (json_int_t)m->parameters, "before_taught", m->scores.of_origin, "description",
                      nn_json_string(m->description), "shipped", m->shipped, "default", m->is_default);
        model_scores_add(row, &m->scores);
        json_array_append_new(rows, row);
    }
    return command_print_json(rows);
}

static const char *share_text(double share, char text[16])
{
    snprintf(text, 16, isfinite(share) ? "%.2f %%" : "-", 100 * share);
    return text;
}

static void print_table(const model_entry *list, int count, const paths *where)
{
    int width = (int)strlen("model");
    for (int i = 0; i < count; i++)
        width = (int)strlen(list[i].name) > width ? (int)strlen(list[i].name) : width;
    terminal_print("  %-*s  parameters  test images  other images                where\n", width, "model");
    for (int i = 0; i < count; i++) {
        const model_entry *m = &list[i];
        char tested[16], other[16];
        terminal_print("%c %-*s  %10s  %11s  %8s %-17s  %s\n", m->is_default ? '*' : ' ', width, m->name,
                       report_count((long)m->parameters), share_text(m->scores.tested, tested),
                       share_text(m->scores.other, other), model_score_name(m->scores.of),
                       *m->path ? m->path : "compiled in");
        if (m->scores.of_origin)
            terminal_print("    taught; read so many before that\n");
        if (*m->description)
            terminal_print("    %s\n", m->description);
    }
    terminal_print("\n* is taken where none is named. Your own models: %s\n",
                   *where->models ? where->models : "no place for them (HOME is not set)");
}

int command_models(int argc, char **argv)
{
    const char *state = NULL;
    bool json = false;
    const arg args[] = {
        {"state", ARG_TEXT, &state, "DIR", "folder of own models, instead of the usual one", 0, 0},
        {"json", ARG_FLAG, &json, NULL, "one JSON list instead of a table", 0, 0},
        {0},
    };
    const arg_command usage = {
        .name = "models",
        .synopsis = "[--json]",
        .about = "Lists the models that came with the program and your own. Any of these names can follow --model.",
        .example = "--json",
        .effect = "prints names, files and sizes for a program to read",
        .args = args,
    };
    int status = args_parse(&usage, argc, argv);
    if (status >= 0)
        return status;

    paths where;
    nn_error err;
    model_entry *list;
    int count;
    bool written = true;
    paths_find(&where, state);
    if (!models_list(&list, &count, &where, &err))
        return command_fail("models", &err);
    if (json)
        written = print_json(list, count);
    else
        print_table(list, count, &where);
    nn_free(list);
    return command_finish("models", written);
}
