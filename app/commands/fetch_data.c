/* fetch_data.c - `digitscope fetch-data`: downloads the four files of MNIST. */
#include "app/core/clock.h"
#include "app/core/console/args.h"
#include "app/core/console/interrupt.h"
#include "app/core/console/terminal.h"
#include "app/core/data/mnist.h"
#include "commands.h"
#include "nn/file.h"
#include "nn/json.h"
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>

typedef struct display {
    const char *name;
    double began; /* seconds */
    size_t first; /* bytes that were there before this run; SIZE_MAX until known */
} display;

static void show(const display *d, size_t done, size_t total)
{
    enum { WIDTH = 24 };
    int filled = (int)((uint64_t)done * WIDTH / total);
    char left[32] = "";
    double elapsed = clock_seconds() - d->began;
    if (done > d->first && elapsed > 0.5)
        snprintf(left, sizeof left, ", %.0f s left", elapsed * (double)(total - done) / (double)(done - d->first));
    terminal_show("%-26s  [%.*s%.*s]  %.1f of %.1f MB%s", d->name, filled, "########################", WIDTH - filled,
                  "------------------------", 1e-6 * (double)done, 1e-6 * (double)total, left);
}

static bool on_progress(void *ctx, size_t done, size_t total)
{
    display *d = ctx;
    if (d->first == SIZE_MAX)
        d->first = done;
    if (total && terminal_is_due())
        show(d, done, total);
    return !interrupted();
}

/* The result of one file, as a line on stdout; bytes are those of the file that is there now. */
static bool report(bool json, const char *name, const char *path, const char *status, double seconds)
{
    struct stat info;
    json_int_t bytes = stat(path, &info) ? 0 : (json_int_t)info.st_size;
    if (json)
        return command_print_json(json_pack("{s:s, s:o, s:s, s:I, s:f}", "file", name, "path", nn_json_string(path),
                                            "status", status, "bytes", bytes, "seconds", seconds));
    return terminal_print("%s: %s, %" JSON_INTEGER_FORMAT " bytes\n", path, status, bytes) && terminal_flush();
}

static int fetch(const char *from, const char *path, int file, bool json)
{
    nn_error err;
    const char *name = mnist_files[file].name;
    display shown = {.name = name, .began = clock_seconds(), .first = SIZE_MAX};
    download_result result = mnist_fetch(file, from, path, on_progress, &shown, &err);
    terminal_clear();
    if (result == DOWNLOAD_FAILED)
        return command_fail("fetch-data", &err);
    if (result == DOWNLOAD_STOPPED) {
        terminal_complain("digitscope fetch-data: interrupted; run it again to go on from here\n");
        return EXIT_INTERRUPTED;
    }
    const char *status = result == DOWNLOAD_RESUMED ? "resumed" : "downloaded";
    return command_finish("fetch-data", report(json, name, path, status, clock_seconds() - shown.began));
}

static int fetch_all(const char *from, const char *folder, bool json)
{
    for (int i = 0; i < MNIST_FILES; i++) {
        char path[PATHS_MAX];
        nn_error err;
        bool there = mnist_has(i, folder, path);
        if (!*path) {
            nn_fail(&err, NN_LIMIT, 0, "%.100s: the path is too long", folder);
            return command_fail("fetch-data", &err);
        }
        int status;
        if (there)
            status = command_finish("fetch-data", report(json, mnist_files[i].name, path, "already there", 0));
        else
            status = fetch(from, path, i, json);
        if (status != EXIT_OK)
            return status;
    }
    return EXIT_OK;
}

int command_fetch_data(int argc, char **argv)
{
    const char *from = MNIST_MIRROR, *to = NULL, *state = NULL;
    bool json = false;
    const arg args[] = {
        {"from", ARG_TEXT, &from, "URL", "the folder on the server (default " MNIST_MIRROR ")", 0, 0},
        {"to", ARG_TEXT, &to, "DIR", "where to (default: digitscope/mnist in the user's data folder)", 0, 0},
        {"state", ARG_TEXT, &state, "DIR", "the folder that stands for the usual ones; data goes to DIR/mnist", 0, 0},
        {"json", ARG_FLAG, &json, NULL, "one JSON object a line for each file", 0, 0},
        {NULL, ARG_FLAG, NULL, NULL, NULL, 0, 0},
    };
    const arg_command usage = {
        .name = argv[0],
        .synopsis = "[--from URL] [--to DIR] [--json]",
        .about = "Downloads MNIST (11.6 MB). What is there already is kept, a broken download goes on where it\n"
                 "broke off, and a file counts only when its checksum is right.",
        .example = "--to data",
        .effect = "downloads MNIST into the folder \"data\"",
        .args = args,
    };
    int status = args_parse(&usage, argc, argv);
    if (status >= 0)
        return status;
    if (!mnist_is_url(from))
        return args_refuse("fetch-data", "--from %s: a URL begins with http:// or https://", from);
    paths places;
    paths_find(&places, state);
    nn_error err;
    const char *folder = to ? to : places.mnist;
    if (!*folder) {
        nn_fail(&err, NN_USAGE, 0, "there is no home folder to put it in; say where with --to DIR");
        return command_fail("fetch-data", &err);
    }
    if (!(to ? nn_file_mkdirs_named : nn_file_mkdirs)(folder, &err))
        return command_fail("fetch-data", &err);
    interrupt_catch();
    mnist_start();
    status = fetch_all(from, folder, json);
    mnist_end();
    return status;
}
