/* import.c - `digitscope import`: another program's model file becomes one of ours. */
#include "app/core/console/args.h"
#include "app/core/console/interrupt.h"
#include "app/core/console/terminal.h"
#include "app/core/foreign/import_file.h"
#include "app/core/foreign/import_name.h"
#include "app/core/model/convention.h"
#include "app/core/model/models.h"
#include "app/report/report.h"
#include "commands.h"
#include "nn/json.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct options {
    arg_texts file;
    const char *out; /* NULL: among the user's own */
    import_request request;
    const char *state;
    bool json;
    char path[PATHS_MAX]; /* where it is saved */
} options;

static void show_progress(void *ctx, double done)
{
    (void)ctx;
    terminal_progress("conventions tried, percent", (long)(100 * done), 100);
}

static bool was_interrupted(void *ctx)
{
    (void)ctx;
    return interrupted();
}

/* ---- what came of it --------------------------------------------------------------------------------------------- */

static bool print_json(const options *o, const nn_model *model, json_t *import)
{
    json_object_set_new(import, "out", nn_json_string(o->path));
    json_object_set_new(import, "parameters", json_integer((json_int_t)model->plan->floats));
    return command_print_json(json_incref(import));
}

static void print_scores(const json_t *scores)
{
    const char *convention = "", *guessed = "";
    double accuracy = 0;
    int images = 0;
    terminal_print("  %-36s  %8s  %6s\n", "convention", "accuracy", "images");
    for (size_t i = 0; i < json_array_size(scores); i++) {
        guessed = "";
        json_unpack(json_array_get(scores, i), "{s:s, s:F, s:i, s?s}", "convention", &convention, "accuracy", &accuracy,
                    "images", &images, "guessed", &guessed);
        terminal_print("  %-36s  %6.1f %%  %6d%s%s\n", convention, 100 * accuracy, images, *guessed ? "   " : "",
                       guessed);
    }
}

static void print_result(const options *o, const nn_model *model, const json_t *import)
{
    const char *convention = "", *format = "", *guessed = json_string_value(json_object_get(import, "guessed"));
    const json_t *accuracy = json_object_get(import, "check_accuracy");
    json_unpack((json_t *)import, "{s:s, s:s}", "convention", &convention, "format", &format);
    terminal_print("%s: %s, %s parameters\n\n", o->path, format, report_count((long)model->plan->floats));
    if (json_array_size(json_object_get(import, "scores")) > 0)
        print_scores(json_object_get(import, "scores"));
    terminal_print("\n  %-14s  %s\n", "convention", convention);
    if (guessed)
        terminal_print("  %-14s  %s\n", "guessed", guessed);
    if (json_is_number(accuracy))
        terminal_print("  %-14s  %.1f %% of the check set\n", "reads", 100 * json_number_value(accuracy));
    if (json_is_true(json_object_get(import, "permuted")))
        terminal_print("  %-14s  stand for the digits in another order, which the check set tells\n", "classes");
}

static void warn(const json_t *import)
{
    const json_t *accuracy = json_object_get(import, "check_accuracy");
    if (json_is_null(accuracy))
        terminal_complain("digitscope import: its classes are not the ten digits, so nothing tells whether the "
                          "convention is right\n");
    else if (json_number_value(accuracy) < IMPORT_POOR)
        terminal_complain("digitscope import: even the best convention reads only %.0f %% of the check set\n",
                          100 * json_number_value(accuracy));
}

/* ---- the command ------------------------------------------------------------------------------------------------- */

static bool choose_out(options *o, nn_error *err)
{
    snprintf(o->path, sizeof o->path, "%s", o->out ? o->out : ""); /* it was checked to fit */
    if (o->out || import_name(o->path, o->request.where, o->request.path, err))
        return true;
    terminal_complain("digitscope import: there is no place among your own models; --out FILE saves it elsewhere\n");
    return false;
}

static int run(options *o)
{
    nn_error err;
    paths where;
    nn_model *model = NULL;
    import_watch watch = {show_progress, was_interrupted, NULL};
    paths_find(&where, o->state);
    o->request.where = &where;
    interrupt_catch();
    bool ok = import_check(&o->request, &err) && choose_out(o, &err) &&
              import_file(&model, &o->request, &watch, &err) && nn_model_save(model, o->path, &err);
    terminal_clear();
    if (!ok) {
        nn_model_free(model);
        return command_fail("import", &err);
    }
    json_t *facts = models_facts(model), *import = json_object_get(facts, "import");
    warn(import);
    bool written = true;
    if (o->json)
        written = print_json(o, model, import);
    else
        print_result(o, model, import);
    json_decref(facts);
    nn_model_free(model);
    return command_finish("import", written);
}

static int refuse_convention(const char *name)
{
    char names[CONVENTION_KINDS * CONVENTION_NAME] = "", one[CONVENTION_NAME];
    for (int i = 0; i < CONVENTION_KINDS; i++) {
        nn_convention c = convention_at(i);
        convention_name(one, &c);
        size_t used = strlen(names);
        snprintf(names + used, sizeof names - used, "%s%s", i > 0 ? ", " : "", one);
    }
    return args_refuse("import",
                       "--convention is one of %s, each also with \", inverted\" and \", transposed\" behind it, not "
                       "\"%s\"",
                       names, name);
}

int command_import(int argc, char **argv)
{
    options o = {0};
    const arg args[] = {
        {"out", ARG_TEXT, &o.out, "FILE", "where to save it (default: among your own models, by its name)", 0, 0},
        {"convention", ARG_TEXT, &o.request.convention, "NAME",
         "how it reads images (default: what reads a check set best)", 0, 0},
        {"net", ARG_TEXT, &o.request.net, "N", "its architecture, where the file has weights alone", 0, 0},
        {"labels", ARG_TEXT, &o.request.labels, "FILE", "what its classes are called, one a line", 0, 0},
        {"state", ARG_TEXT, &o.state, "DIR", "folder of own models and data, instead of the usual ones", 0, 0},
        {"json", ARG_FLAG, &o.json, NULL, "one JSON object instead of a table", 0, 0},
        {0},
    };
    const arg_command usage = {
        .name = "import",
        .synopsis = "FILE [--out FILE] [options]",
        .about = "Makes a model of Digitscope's from one of Keras, PyTorch, ONNX or TensorFlow Lite, with no Python.\n"
                 "How such a network wants its images stands in no file: every convention is tried on 500 digits of\n"
                 "a check set. Their names: x/255, 0..255, (x-mean)/std, x/127.5-1, binary; then \", inverted\" and\n"
                 "\", transposed\".",
        .example = "mnist_cnn.h5 --out cnn.safetensors",
        .effect = "reads a Keras file, finds its convention and shows the table of scores",
        .args = args,
        .positional = &o.file,
        .min_positional = 1,
        .max_positional = 1,
    };
    int status = args_parse(&usage, argc, argv);
    if (status >= 0)
        return status;
    o.request.path = o.file.text[0];
    if (o.request.convention && convention_find(o.request.convention) < 0)
        return refuse_convention(o.request.convention);
    status = o.out ? command_check_model_out("import", o.out) : -1;
    return status >= 0 ? status : run(&o);
}
