/* commands.c - what commands share. */
#include "commands.h"
#include "app/core/console/args.h"
#include "app/core/console/interrupt.h"
#include "app/core/console/terminal.h"
#include "app/core/model/models.h"
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

bool command_check_out(const char *path, nn_error *err)
{
    char folder[PATHS_MAX];
    struct stat there;
    if (models_is_architecture(path) || models_is_ensemble(path))
        return nn_fail(err, NN_USAGE, 0, "%s: the name of an %s; a model needs another ending", path,
                       models_is_ensemble(path) ? "ensemble" : "architecture");
    bool exists = stat(path, &there) == 0;
    if (exists && !S_ISREG(there.st_mode))
        return nn_fail(err, NN_IO, 0, "%s: is no file that could be replaced", path);
    if (!exists && errno == ENAMETOOLONG)
        return nn_fail(err, NN_IO, 0, "%s: cannot be written there: %s", path, strerror(errno));
    snprintf(folder, sizeof folder, "%s", path);
    char *slash = strrchr(folder, '/');
    snprintf(slash ? slash + 1 : folder, sizeof folder - (size_t)(slash ? slash + 1 - folder : 0), ".");
    return access(folder, W_OK) == 0 ||
           nn_fail(err, NN_IO, 0, "%s: cannot be written there: %s", path, strerror(errno));
}
