/* export.c - `digitscope export`: a model as a file for other programs. */
#include "app/core/export/export.h"
#include "app/core/console/args.h"
#include "app/core/console/terminal.h"
#include "app/core/model/models.h"
#include "app/report/report.h"
#include "commands.h"
#include "nn/join.h"
#include "nn/json.h"

typedef struct options {
    arg_texts model;
    const char *out, *state;
    int format; /* EXPORT_FORMATS: by the ending of `out` */
    bool json;
} options;

static bool show(const options *o, const nn_model *model, size_t bytes)
{
    if (o->json)
        return command_print_json(json_pack("{s:o, s:I, s:I}", "out", nn_json_string(o->out), "parameters",
                                            (json_int_t)model->plan->expanded, "bytes", (json_int_t)bytes));
    size_t floats = model->plan->floats, expanded = model->plan->expanded;
    terminal_print("%s: %s parameters, ", o->out, report_count((long)floats));
    if (expanded > floats)
        terminal_print("%s with those that were shared, ", report_count((long)expanded));
    return terminal_print("%s bytes\n", report_count((long)bytes));
}

/* A model, or the members of an ensemble joined into one network. */
static bool open_model(nn_model **model, const paths *where, const char *name, nn_error *err)
{
    nn_model *part[MODELS_MAX_MEMBERS];
    int n = 0;
    *model = NULL;
    if (!models_open_all(part, MODELS_MAX_MEMBERS, &n, where, name, err))
        return false;
    bool ok = n == 1 || nn_join_probabilities(model, (const nn_model *const *)part, n, err);
    *model = n == 1 ? part[--n] : *model;
    while (n > 0)
        nn_model_free(part[--n]);
    return ok;
}

static int run(const options *o)
{
    nn_error err;
    paths where;
    nn_model *model = NULL;
    size_t bytes;
    paths_find(&where, o->state);
    bool ok = open_model(&model, &where, o->model.text[0], &err) &&
              export_save(o->out, model, (export_format)o->format, &bytes, &err);
    int status = ok ? command_finish("export", show(o, model, bytes)) : command_fail("export", &err);
    nn_model_free(model);
    return status;
}

int command_export(int argc, char **argv)
{
    options o = {.format = EXPORT_FORMATS};
    const arg args[] = {
        {"out", ARG_TEXT, &o.out, "FILE", "the file to write (must be given)", 0, 0},
        {"format", ARG_WORD, &o.format, EXPORT_WORDS, "what to write (default: by the ending of FILE)", 0, 0},
        {"state", ARG_TEXT, &o.state, "DIR", "folder of own models, instead of the usual one", 0, 0},
        {"json", ARG_FLAG, &o.json, NULL, "one JSON object instead of a line", 0, 0},
        {0},
    };
    const arg_command usage = {
        .name = "export",
        .synopsis = "[M] --out FILE [options]",
        .about = "Writes a model as a file for other programs: .onnx for ONNX, .keras for Keras 3, .safetensors\n"
                 "with the names and layout of PyTorch, .h for a header in C that needs a C compiler alone.\n"
                 "M is a name or a file, also of an ensemble; the shipped model where it is left out.",
        .example = "mine.safetensors --out mine.onnx",
        .effect = "writes a file that ONNX Runtime reads",
        .args = args,
        .positional = &o.model,
        .max_positional = 1,
    };
    int status = args_parse(&usage, argc, argv);
    if (status >= 0)
        return status;
    if (!o.out)
        return args_refuse("export", "--out must be given");
    if (o.format == EXPORT_FORMATS)
        o.format = (int)export_format_of(o.out);
    if (o.format == EXPORT_FORMATS)
        return args_refuse("export", "%s: its ending says nothing known; give --format", o.out);
    status = command_check_export_out("export", o.out);
    return status >= 0 ? status : run(&o);
}
