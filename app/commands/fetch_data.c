/* fetch_data.c - `digitscope fetch-data`: downloads the four files of MNIST. */
#include "../core/args.h"
#include "../core/clock.h"
#include "commands.h"
#include "download.h"
#include <stdio.h>

#ifdef DIGITSCOPE_CURL
#include "../../nn/file.h"
#include "../core/paths.h"
#include <curl/curl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MIRROR "https://ossci-datasets.s3.amazonaws.com/mnist"
enum { CAP = 64 << 20, URL_MAX = 4096 };

static const struct {
    const char *name, *md5; /* the sum is of the unpacked file */
} files[] = {
    {"train-images-idx3-ubyte.gz", "6bbc9ace898e44ae57da46a324031adb"},
    {"train-labels-idx1-ubyte.gz", "a25bea736e30d166cdddb491f175f624"},
    {"t10k-images-idx3-ubyte.gz", "2646ac647ad5339dbf082846283269ea"},
    {"t10k-labels-idx1-ubyte.gz", "27ae3e4e09519cfbb04c329615203637"},
};
enum { FILES = sizeof files / sizeof *files };

typedef struct display {
    const char *name;
    bool terminal;
    double began, shown; /* seconds */
    size_t first;        /* bytes that were there before this run; SIZE_MAX until known */
} display;

static void show(display *d, size_t done, size_t total)
{
    enum { WIDTH = 24 };
    int filled = (int)(done * WIDTH / total);
    fprintf(stderr, "\r%-26s  [%.*s%.*s]  %.1f of %.1f MB", d->name, filled, "########################", WIDTH - filled,
            "------------------------", 1e-6 * (double)done, 1e-6 * (double)total);
    double elapsed = d->shown - d->began;
    if (done > d->first && elapsed > 0.5)
        fprintf(stderr, ", %.0f s left", elapsed * (double)(total - done) / (double)(done - d->first));
    fputs("\033[K", stderr);
    fflush(stderr);
}

static bool on_progress(void *ctx, size_t done, size_t total)
{
    display *d = ctx;
    if (d->first == SIZE_MAX)
        d->first = done;
    double t = clock_seconds();
    if (d->terminal && total && t - d->shown >= 0.1) {
        d->shown = t;
        show(d, done, total);
    }
    return !command_interrupted();
}

/* The result of one file, as a line on stdout; bytes are those of the file that is there now. */
static bool report(bool json, const char *name, const char *path, const char *status, double seconds)
{
    struct stat info;
    json_int_t bytes = stat(path, &info) ? 0 : (json_int_t)info.st_size;
    if (json)
        return command_print_json(json_pack("{s:s, s:s, s:s, s:I, s:f}", "file", name, "path", path, "status", status,
                                            "bytes", bytes, "seconds", seconds));
    return printf("%s: %s, %" JSON_INTEGER_FORMAT " bytes\n", path, status, bytes) > 0 && fflush(stdout) == 0;
}

static int fetch(const char *from, const char *path, int file, bool json)
{
    nn_error err;
    const char *name = files[file].name;
    char url[URL_MAX];
    size_t len = strlen(from);
    const char *slash = len > 0 && from[len - 1] == '/' ? "" : "/";
    if ((size_t)snprintf(url, sizeof url, "%s%s%s", from, slash, name) >= sizeof url) {
        nn_fail(&err, NN_LIMIT, 0, "the URL is too long");
        return command_fail("fetch-data", &err);
    }
    display shown = {.name = name, .terminal = isatty(STDERR_FILENO), .began = clock_seconds(), .first = SIZE_MAX};
    download wanted = {url, path, files[file].md5, CAP, on_progress, &shown};
    download_result result = download_file(&wanted, &err);
    if (shown.shown > 0)
        fputs("\r\033[K", stderr);
    if (result == DOWNLOAD_FAILED)
        return command_fail("fetch-data", &err);
    if (result == DOWNLOAD_STOPPED) {
        fputs("digitscope fetch-data: interrupted; run it again to go on from here\n", stderr);
        return EXIT_INTERRUPTED;
    }
    const char *status = result == DOWNLOAD_RESUMED ? "resumed" : "downloaded";
    return command_finish("fetch-data", report(json, name, path, status, clock_seconds() - shown.began));
}

/* A file counts as there when its content is right, packed or not. */
static bool complete(char path[PATHS_MAX], const char *md5)
{
    nn_error ignored;
    if (download_verify(path, md5, CAP, &ignored))
        return true;
    char *extension = path + strlen(path) - strlen(".gz");
    *extension = '\0';
    if (download_verify(path, md5, CAP, &ignored))
        return true;
    *extension = '.';
    return false;
}

static int fetch_all(const char *from, const char *folder, bool json)
{
    for (int i = 0; i < FILES; i++) {
        char path[PATHS_MAX];
        nn_error err;
        if (!paths_join(path, folder, files[i].name)) {
            nn_fail(&err, NN_LIMIT, 0, "%.100s: the path is too long", folder);
            return command_fail("fetch-data", &err);
        }
        int status;
        if (complete(path, files[i].md5))
            status = command_finish("fetch-data", report(json, files[i].name, path, "already there", 0));
        else
            status = fetch(from, path, i, json);
        if (status != EXIT_OK)
            return status;
    }
    return EXIT_OK;
}

static bool is_http(const char *url)
{
    return !strncmp(url, "http://", 7) || !strncmp(url, "https://", 8);
}

int command_fetch_data(int argc, char **argv)
{
    const char *from = MIRROR, *to = NULL, *state = NULL;
    bool json = false;
    const arg args[] = {
        {"from", ARG_TEXT, &from, "URL", "the folder on the server (default " MIRROR ")", 0, 0},
        {"to", ARG_TEXT, &to, "DIR", "where to (default: digitscope/mnist in the user's data folder)", 0, 0},
        {"state", ARG_TEXT, &state, "DIR", "the folder that stands for the usual ones; data goes to DIR/mnist", 0, 0},
        {"json", ARG_FLAG, &json, NULL, "one JSON object a line for each file", 0, 0},
        {NULL, ARG_FLAG, NULL, NULL, NULL, 0, 0},
    };
    const arg_command usage = {
        .name = argv[0],
        .synopsis = "[--from URL] [--to DIR]",
        .about =
            "Downloads MNIST (11.4 MB). What is there already is kept, a broken download goes on where it broke off,\n"
            "and a file counts only when its checksum is right.",
        .args = args,
    };
    int status = args_parse(&usage, argc, argv);
    if (status >= 0)
        return status;
    if (!is_http(from)) {
        fprintf(stderr, "digitscope fetch-data: --from %s: a URL begins with http:// or https://\n", from);
        return EXIT_USAGE;
    }
    paths places;
    paths_find(&places, state);
    nn_error err;
    const char *folder = to ? to : places.mnist;
    if (!*folder) {
        nn_fail(&err, NN_USAGE, 0, "there is no home folder to put it in; say where with --to DIR");
        return command_fail("fetch-data", &err);
    }
    if (!nn_file_mkdirs(folder, &err))
        return command_fail("fetch-data", &err);
    command_catch_interrupt();
    curl_global_init(CURL_GLOBAL_DEFAULT);
    status = fetch_all(from, folder, json);
    curl_global_cleanup();
    return status;
}

#else

int command_fetch_data(int argc, char **argv)
{
    (void)argc, (void)argv;
    fputs("digitscope fetch-data: built without libcurl; install libcurl4-openssl-dev and build again\n", stderr);
    return EXIT_ERROR;
}
#endif
