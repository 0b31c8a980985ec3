/* info.c - `digitscope info`: what a model file holds. */
#include "app/core/console/args.h"
#include "app/core/console/terminal.h"
#include "app/core/model/models.h"
#include "app/report/report.h"
#include "commands.h"
#include "info_history.h"
#include "nn/json.h"
#include "nn/labels.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- JSON -------------------------------------------------------------------------------------------------------- */

static json_t *shape_json(nn_shape s)
{
    return json_pack("[i,i,i]", s.h, s.w, s.c);
}

static json_t *layers_json(const nn_plan *plan)
{
    json_t *list = json_array();
    for (int i = 0; i < plan->n_nodes; i++) {
        const nn_node *node = &plan->node[i];
        json_t *row = json_pack("{s:s, s:s, s:o, s:I}", "name", node->name, "kind", nn_op_name(node->op), "output",
                                shape_json(node->out), "parameters", (json_int_t)nn_node_floats(plan, node));
        json_array_append_new(list, row);
    }
    return list;
}

static json_t *facts_of(const nn_model *model)
{
    json_t *facts = models_facts(model);
    return facts ? facts : json_null();
}

static json_t *model_json(const nn_model *model)
{
    const nn_plan *plan = model->plan;
    char convention[CONVENTION_NAME];
    convention_name(convention, &model->convention);
    return json_pack("{s:s, s:o, s:o, s:I, s:f, s:{s:s, s:f, s:f, s:b, s:b}, s:o, s:f, s:f, s:b, s:o}", "architecture",
                     plan->text, "input", shape_json(plan->input), "shapes", layers_json(plan), "parameters",
                     (json_int_t)plan->floats, "flops", nn_plan_flops(plan), "convention", "name", convention, "mean",
                     (double)model->convention.mean, "std", (double)model->convention.std, "binary",
                     model->convention.binary, "transposed", model->convention.transposed, "labels",
                     nn_json_labels(model->label, model->n_labels), "temperature", (double)model->temperature,
                     "unsure_threshold", (double)model->unsure_threshold, "int8", nn_model_has_scales(model),
                     "training", facts_of(model));
}

/* ---- for people -------------------------------------------------------------------------------------------------- */

static const char *shape_text(nn_shape s)
{
    static char text[48];
    if (s.h == 1 && s.w == 1)
        snprintf(text, sizeof text, "%d", s.c);
    else
        snprintf(text, sizeof text, "%d x %d x %d", s.h, s.w, s.c);
    return text;
}

static void print_layers(const nn_plan *plan)
{
    terminal_print("  %-16s  %-10s  %-14s  %10s\n", "layer", "kind", "output", "parameters");
    terminal_print("  %-16s  %-10s  %-14s  %10s\n", "", "input", shape_text(plan->input), "");
    for (int i = 0; i < plan->n_nodes; i++) {
        const nn_node *node = &plan->node[i];
        size_t n = nn_node_floats(plan, node);
        terminal_print("  %-16s  %-10s  %-14s  %10s\n", node->name, nn_op_name(node->op), shape_text(node->out),
                       n ? report_count((long)n) : "");
    }
    terminal_print("  %-16s  %-10s  %-14s  %10s\n\n", "", "", "", report_count((long)plan->floats));
}

/* The models that the training went on with. */
static void print_origins(const json_t *origins)
{
    for (size_t i = 0; i < json_array_size(origins); i++) {
        const json_t *name = json_object_get(json_array_get(origins, i), "model");
        terminal_print("  %-18s  %s\n", i == 0 ? "start" : "", json_is_string(name) ? json_string_value(name) : "?");
    }
}

static void print_fact(const char *key, const json_t *value)
{
    char *text = NULL;
    if (strcmp(key, "history") == 0)
        terminal_print("  %-18s  of %zu epoch%s, shown by --json\n", key, json_array_size(value),
                       json_array_size(value) == 1 ? "" : "s");
    else if (strcmp(key, "start") == 0)
        print_origins(value);
    else if (json_is_string(value))
        terminal_print("  %-18s  %s\n", key, json_string_value(value));
    else
        terminal_print("  %-18s  %s\n", key,
                       (text = json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(6))) ? text : "?");
    free(text);
}

/* What it was before, and how well each convention does. */
static void print_import(const json_t *import)
{
    const char *from = "", *format = "", *convention = "";
    const json_t *scores = json_object_get(import, "scores");
    double accuracy = 0;
    json_unpack((json_t *)import, "{s:s, s:s}", "from", &from, "format", &format);
    terminal_print("\nImported\n  %-18s  %s\n  %-18s  %s\n", "from", from, "format", format);
    for (size_t i = 0; i < json_array_size(scores); i++)
        if (json_unpack(json_array_get(scores, i), "{s:s, s:F}", "convention", &convention, "accuracy", &accuracy) == 0)
            terminal_print("  %-18s  %5.1f %%  %s\n", i == 0 ? "reads" : "", 100 * accuracy, convention);
}

static void print_facts(const nn_model *model)
{
    json_t *facts = facts_of(model), *value;
    const char *key;
    if (json_object_get(facts, "import"))
        print_import(json_object_get(facts, "import"));
    json_object_del(facts, "import");
    json_object_del(facts, MODELS_DESCRIPTION_KEY);
    if (json_object_size(facts) > 0)
        terminal_print("\nTraining\n");
    json_object_foreach(facts, key, value) print_fact(key, value);
    json_decref(facts);
}

static void print_description(const nn_model *model)
{
    char words[MODELS_DESCRIPTION];
    models_description(model, words);
    if (*words)
        terminal_print("%s\n\n", words);
}

static void print_model(const nn_model *model)
{
    print_description(model);
    print_layers(model->plan);
    terminal_print("  %-18s  %.1f million multiplications and additions a picture\n", "work",
                   1e-6 * nn_plan_flops(model->plan));
    char convention[CONVENTION_NAME];
    convention_name(convention, &model->convention);
    terminal_print("  %-18s  %s: (picture - %g) / %g, ink = 1\n", "convention", convention,
                   (double)model->convention.mean, (double)model->convention.std);
    terminal_print("  %-18s ", "labels");
    for (int k = 0; k < model->n_labels; k++)
        terminal_print(" %s", model->label[k]);
    terminal_print("\n  %-18s  %g\n", "temperature", (double)model->temperature);
    terminal_print("  %-18s  below %.1f %%\n", "unsure", 100 * (double)model->unsure_threshold);
    if (nn_model_has_scales(model))
        terminal_print("  %-18s  has the scales for it\n", "int8");
    print_facts(model);
}

/* ---- models that are asked together ------------------------------------------------------------------------------ */

/* An ensemble's members, in its order; of a single model count is 1 and no name is known. */
typedef struct subject {
    nn_model *model[MODELS_MAX_MEMBERS];
    int count;
    models_members members;
} subject;

static size_t all_floats(const subject *s)
{
    size_t sum = 0;
    for (int i = 0; i < s->count; i++)
        sum += s->model[i]->plan->floats;
    return sum;
}

static double all_flops(const subject *s)
{
    double sum = 0;
    for (int i = 0; i < s->count; i++)
        sum += nn_plan_flops(s->model[i]->plan);
    return sum;
}

static json_t *members_json(const subject *s)
{
    json_t *list = json_array();
    for (int i = 0; i < s->count; i++) {
        json_t *row = model_json(s->model[i]);
        json_object_set_new(row, "name", json_string(s->members.name[i]));
        json_array_append_new(list, row);
    }
    return json_pack("{s:o, s:I, s:f, s:o}", "members", list, "parameters", (json_int_t)all_floats(s), "flops",
                     all_flops(s), "test_accuracy", nn_json_number(s->members.tested));
}

static void print_members(const subject *s)
{
    terminal_print("%d models, asked together; `digitscope info %s` shows the first of them\n\n", s->count,
                   s->members.name[0]);
    terminal_print("  %-22s  %10s  %24s\n", "member", "parameters", "million operations");
    for (int i = 0; i < s->count; i++)
        terminal_print("  %-22s  %10s  %24.1f\n", s->members.name[i], report_count((long)s->model[i]->plan->floats),
                       1e-6 * nn_plan_flops(s->model[i]->plan));
    terminal_print("  %-22s  %10s  %24.1f\n", "all", report_count((long)all_floats(s)), 1e-6 * all_flops(s));
    if (!isnan(s->members.tested))
        terminal_print("\n%.2f %% of test images together\n", 100 * s->members.tested);
}

static bool show(const subject *s, bool json)
{
    bool together = s->members.count > 0;
    if (json)
        return command_print_json(together ? members_json(s) : model_json(s->model[0]));
    if (together)
        print_members(s);
    else
        print_model(s->model[0]);
    return true;
}

int command_info(int argc, char **argv)
{
    const char *state = NULL;
    bool json = false;
    arg_texts name = {0};
    const arg args[] = {
        {"state", ARG_TEXT, &state, "DIR", "folder of own models, instead of the usual one", 0, 0},
        {"json", ARG_FLAG, &json, NULL, "one JSON object instead of tables", 0, 0},
        {0},
    };
    const arg_command usage = {
        .name = "info",
        .synopsis = "[M] [--json]",
        .about = "Shows a model's layers, shapes, parameters, labels, and how it was trained.\n"
                 "M is a name or a file; the shipped model where it is left out. Of an ensemble: its members.\n"
                 "Of NAME.history, which the window kept with a model: the course.",
        .example = "mine.safetensors",
        .effect = "prints its layers and the command that trained it",
        .args = args,
        .positional = &name,
        .max_positional = 1,
    };
    int status = args_parse(&usage, argc, argv);
    if (status >= 0)
        return status;

    paths where;
    nn_error err;
    subject s = {0};
    paths_find(&where, state);
    if (name.count > 0 && info_is_history(name.text[0]))
        return info_history(name.text[0], &where, json);
    bool ok = models_members_of(&s.members, &where, name.text[0], &err) &&
              models_open_all(s.model, MODELS_MAX_MEMBERS, &s.count, &where, name.text[0], &err);
    status = ok ? command_finish("info", show(&s, json)) : command_fail("info", &err);
    while (s.count > 0)
        nn_model_free(s.model[--s.count]);
    models_members_free(&s.members);
    return status;
}
