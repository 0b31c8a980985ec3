/* import_file.c - both ends of the pipe between the program and its child: the model's bytes on standard output; on
 * standard error "progress PERCENT", or at the end "error CODE TEXT". */
#include "import_file.h"
#include "app/core/child.h"
#include "app/core/console/terminal.h"
#include "app/core/platform.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SECONDS = 60 };
static const size_t memory = (size_t)2 << 30;
static double patience = SECONDS;

static const char progress_word[] = "progress ", error_word[] = "error ";

void import_set_patience(double seconds)
{
    patience = seconds;
}

/* ---- the program ------------------------------------------------------------------------------------------------- */

typedef struct listener {
    const import_watch *watch;
    nn_error err;
    bool told; /* err is what the child said */
} listener;

/* The child may be anything by now: a line that is none of these is not for us. */
static void hear(void *ctx, const char *line)
{
    listener *self = ctx;
    int code, at = 0;
    if (strncmp(line, progress_word, strlen(progress_word)) == 0 && self->watch->progress) {
        double percent = (double)strtol(line + strlen(progress_word), NULL, 10);
        self->watch->progress(self->watch->ctx, percent < 0 ? 0 : percent > 100 ? 1 : percent / 100);
    } else if (sscanf(line, "error %d %n", &code, &at) == 1 && at > 0 && code > NN_OK && code <= NN_USAGE) {
        char text[sizeof self->err.text];
        snprintf(text, sizeof text, "%s", line + at);
        self->told = true;
        nn_fail(&self->err, (nn_code)code, 0, "%s", text);
    }
}

static bool is_stopped(void *ctx)
{
    const listener *self = ctx;
    return self->watch->stopped && self->watch->stopped(self->watch->ctx);
}

static bool fail_as(child_end end, nn_error *err)
{
    switch (end) {
    case CHILD_DONE: break;
    case CHILD_FAILED: break;
    case CHILD_BROKE:
        return nn_fail(err, NN_FORMAT, 0, "reading it broke down: the file is damaged, or made to do harm");
    case CHILD_TOO_LONG: return nn_fail(err, NN_LIMIT, 0, "reading it takes too long");
    case CHILD_TOO_MUCH: return nn_fail(err, NN_LIMIT, 0, "there is too much in it");
    case CHILD_STOPPED: return nn_fail(err, NN_USAGE, 0, "reading it was broken off");
    case CHILD_NOT_STARTED: return nn_fail(err, NN_NOMEM, 0, "no process can be had to read it in");
    }
    return nn_fail(err, NN_FORMAT, 0, "reading it failed without a word");
}

static void add(const char **words, int *count, const char *option, const char *value)
{
    if (!value)
        return;
    words[(*count)++] = option;
    words[(*count)++] = value;
}

bool import_file(nn_model **model, const import_request *r, const import_watch *watch, nn_error *err)
{
    int count = 1;
    size_t len;
    unsigned char *data;
    const char *words[18] = {IMPORT_WORD};
    listener self = {.watch = watch};
    child_watch how = {patience, NN_MAX_MODEL_BYTES, hear, NULL, is_stopped, &self, r->language, true};
    *model = NULL;
    add(words, &count, "path", r->path);
    add(words, &count, "net", r->net);
    add(words, &count, "labels", r->labels);
    add(words, &count, "convention", r->convention);
    add(words, &count, "models", r->where->models);
    add(words, &count, "mnist", r->where->mnist);
    child_end end = child_run(words, &how, &data, &len);
    if (end == CHILD_FAILED && self.told) {
        *err = self.err;
        return false;
    }
    if (end != CHILD_DONE)
        return fail_as(end, err) || nn_fail_in(err, r->path);
    bool ok = nn_model_read(model, data, len, err) || nn_fail_in(err, r->path);
    nn_free(data);
    return ok;
}

/* ---- the child --------------------------------------------------------------------------------------------------- */

static void tell(void *ctx, double done)
{
    (void)ctx;
    terminal_complain("%s%d\n", progress_word, (int)(100 * done));
}

static bool send(const nn_model *model, nn_error *err)
{
    unsigned char *data;
    size_t len;
    if (!nn_model_write(model, &data, &len, err))
        return false;
    bool ok = (terminal_bytes(data, len) && terminal_flush()) || nn_fail(err, NN_IO, 0, "nobody reads what was read");
    nn_free(data);
    return ok;
}

/* The folders are those of the program that asks, whatever its command line said. */
static import_request request_from(int argc, char **argv, paths *where)
{
    import_request r = {.where = where};
    const char *models = "", *mnist = "", *other;
    for (int i = 1; i + 1 < argc; i += 2) {
        const char **value = strcmp(argv[i], "path") == 0         ? &r.path
                             : strcmp(argv[i], "net") == 0        ? &r.net
                             : strcmp(argv[i], "labels") == 0     ? &r.labels
                             : strcmp(argv[i], "convention") == 0 ? &r.convention
                             : strcmp(argv[i], "models") == 0     ? &models
                             : strcmp(argv[i], "mnist") == 0      ? &mnist
                                                                  : &other;
        *value = argv[i + 1];
    }
    paths_find(where, NULL);
    snprintf(where->models, sizeof where->models, "%s", models);
    snprintf(where->mnist, sizeof where->mnist, "%s", mnist);
    return r;
}

int import_child(int argc, char **argv)
{
    nn_error err = {0};
    nn_model *model = NULL;
    paths where;
    import_request r = request_from(argc, argv, &where);
    platform_confine(memory, (int)SECONDS);
    bool ok = r.path ? import_read(&model, &r, tell, NULL, &err) && send(model, &err)
                     : nn_fail(&err, NN_USAGE, 0, "no file is named");
    if (!ok)
        terminal_complain("%s%d %s\n", error_word, (int)err.code, err.text);
    nn_model_free(model);
    return !ok;
}
