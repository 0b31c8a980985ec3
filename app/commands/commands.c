/* commands.c - what commands share. */
#include "commands.h"
#include "app/core/console/args.h"
#include "app/core/console/interrupt.h"
#include "app/core/console/terminal.h"
#include "app/core/data/folder_names.h"
#include "app/core/export/export.h"
#include "app/core/model/models.h"
#include "app/core/training/train_past.h"
#include "nn/alloc.h"
#include "nn/json.h"
#include "nn/utf8.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int command_fail(const char *name, const nn_error *err)
{
    terminal_complain("digitscope %s: %s\n", name, err->text);
    return interrupted() ? EXIT_INTERRUPTED : EXIT_ERROR;
}

bool command_print_json(json_t *json)
{
    if (!json)
        return false;
    char *text = nn_json_text(json, JSON_REAL_PRECISION(9) | JSON_ENCODE_ANY);
    json_decref(json);
    bool ok = text && terminal_json(text) && terminal_flush();
    nn_free(text);
    return ok;
}

int command_finish(const char *name, bool written)
{
    if (written && terminal_flush())
        return interrupted() ? EXIT_INTERRUPTED : EXIT_OK;
    terminal_complain("digitscope %s: the results could not be written to standard output\n", name);
    return EXIT_ERROR;
}

bool command_check_int8(const nn_model *model, const char *name, nn_error *err)
{
    return nn_model_has_scales(model) ||
           nn_fail(err, NN_USAGE, 0, "%.100s has no scales for --int8: `digitscope quantize` finds them",
                   name ? name : "the shipped model");
}

const char *command_model_name(const char *value, char standard[NN_NAME])
{
    models_default(standard);
    return value && *value ? value : standard;
}

void command_duration(char text[16], double seconds)
{
    int s = (int)(seconds + 0.5);
    if (s >= 3600)
        snprintf(text, 16, "%d:%02d:%02d", s / 3600 % 1000, s / 60 % 60, s % 60);
    else
        snprintf(text, 16, "%d:%02d", s / 60, s % 60);
}

void command_line_text(char text[COMMAND_LINE], int argc, char **argv)
{
    size_t used = (size_t)snprintf(text, COMMAND_LINE, "digitscope");
    for (int i = 0; i < argc && used < COMMAND_LINE; i++)
        if (strcmp(argv[i], "--resume") != 0)
            used += (size_t)snprintf(text + used, COMMAND_LINE - used, " %s", argv[i]);
    for (size_t i = 0; (i += nn_utf8_prefix(text + i, strlen(text + i))), text[i];)
        text[i] = '?';
}

/* What a name's ending says of its file, where that is no model of this program's; NULL: nothing. */
static const char *other_kind(const char *path)
{
    static const struct {
        const char *kind, *ending[8];
    } others[] = {
        {"the name of an architecture", {".net"}},
        {"the name of an ensemble", {".ensemble"}},
        {"the name of a training's history", {train_past_ending}},
        {"the name of a training that goes on", {".ckpt"}},
        {"the name of another program's model, which `digitscope export` writes", {".onnx", ".keras"}},
        {"the name of another program's model", {".h5", ".hdf5", ".pt", ".pth", ".tflite"}},
        {"the name of a picture", {".png", ".jpg", ".jpeg", ".gif", ".bmp", ".svg"}},
        {"the name of data", {".csv", ".json", ".jsonl", ".npz", ".npy", ".gz", ".zip"}},
        {"the name of a text", {".txt", ".md", ".html", ".c", ".h", ".py"}},
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        for (int k = 0; k < 8 && others[i].ending[k]; k++)
            if (has_ending(path, others[i].ending[k]))
                return others[i].kind;
    return NULL;
}

/* Where there can be no such folder the command line is wrong; what may not be written there is another matter. */
static int check_folder(const char *command, const char *path)
{
    char folder[PATHS_MAX];
    snprintf(folder, sizeof folder, "%s", path);
    char *slash = strrchr(folder, '/');
    snprintf(slash ? slash + 1 : folder, sizeof folder - (size_t)(slash ? slash + 1 - folder : 0), ".");
    if (access(folder, W_OK) == 0)
        return -1;
    if (errno == ENOENT || errno == ENOTDIR)
        return args_refuse(command, "--out %.400s: cannot be written there: %s", path, strerror(errno));
    nn_error err;
    nn_fail(&err, NN_IO, 0, "%s: cannot be written there: %s", path, strerror(errno));
    return command_fail(command, &err);
}

int command_check_out(const char *command, const char *path)
{
    struct stat there;
    bool exists = stat(path, &there) == 0;
    if (exists ? !S_ISREG(there.st_mode) : !*paths_last(path) || path[strlen(path) - 1] == '/')
        return args_refuse(command, "--out %.400s: is no file that could be replaced", path);
    if (strlen(path) >= PATHS_MAX || (!exists && errno == ENAMETOOLONG))
        return args_refuse(command, "--out %.400s: the name is too long", path);
    return check_folder(command, path);
}

int command_check_model_out(const char *command, const char *path)
{
    const char *kind = other_kind(path);
    return kind ? args_refuse(command, "--out %.400s: %s; a model needs another ending", path, kind)
                : command_check_out(command, path);
}

int command_check_export_out(const char *command, const char *path)
{
    bool named = export_format_of(path) != EXPORT_FORMATS, exists = access(path, F_OK) == 0;
    const char *kind = !named && exists ? other_kind(path) : NULL;
    return kind ? args_refuse(command, "--out %.400s: is there, and has %s; export does not replace such a file", path,
                              kind)
                : command_check_out(command, path);
}

int command_check_png(const char *command, const char *option, const char *path)
{
    return !path || has_ending(path, ".png")
               ? -1
               : args_refuse(command, "--%s %.400s: the name of a PNG picture ends with .png", option, path);
}
