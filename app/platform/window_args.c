/* window_args.c - the table of the window's options, and what a table cannot check. */
#include "window_args.h"
#include "app/core/console/args.h"
#include "app/core/console/terminal.h"
#include "app/core/model/models.h"
#include "app/texts/texts.h"
#include "nn/file.h"
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static int refuse(const char *option, const char *value, const char *wanted)
{
    return args_refuse("", "--%s %s: %s is needed", option, value, wanted);
}

static bool parse_size(const char *text, int *w, int *h)
{
    char rest;
    return sscanf(text, "%5dx%5d%c", w, h, &rest) == 2 && *w >= WINDOW_MIN_W && *h >= WINDOW_MIN_H;
}

static bool parse_theme(const char *text, theme_choice *choice)
{
    *choice = strcmp(text, "dark") == 0 ? THEME_DARK : THEME_LIGHT;
    return *choice == THEME_DARK || strcmp(text, "light") == 0;
}

/* "en|de": what a person can choose from. */
enum { LANGUAGES = 64 };
static void list_languages(char list[LANGUAGES])
{
    size_t used = 0;
    *list = 0;
    for (int i = 0; texts_code(i) && used < LANGUAGES; i++)
        used += (size_t)snprintf(list + used, LANGUAGES - used, "%s%s", used ? "|" : "", texts_code(i));
}

/* Also "de_AT.UTF-8" for "de". */
static bool speak(const char *wanted)
{
    bool chosen = false, known = texts_speak(wanted);
    for (int i = 0; known && texts_code(i); i++)
        chosen |= strcmp(texts_code(i), texts_language()) == 0;
    return chosen;
}

static int print_version(void)
{
    terminal_write("digitscope " DIGITSCOPE_VERSION "\n");
    return terminal_flush() ? EXIT_OK : EXIT_ERROR;
}

/* A bare word that names no model is most likely a mistyped command. */
static bool is_known(const char *word, const char *state_dir)
{
    paths where;
    paths_find(&where, state_dir);
    return models_is_path(word) || models_has(&where, word);
}

/* What the table leaves as text. */
typedef struct words {
    const char *size, *theme;
    char languages[LANGUAGES];
    bool version;
    arg_texts open;
} words;

/* A file with content that does not begin as what may be replaced does; "": nothing may be. */
static bool is_something_else(const char *path, const char *replaced)
{
    struct stat info;
    nn_error err;
    char head[8];
    size_t len = strlen(replaced), got = 0;
    if (!path || stat(path, &info) != 0 || !S_ISREG(info.st_mode) || info.st_size == 0)
        return false;
    return len == 0 || !nn_file_head(path, head, len, &got, &err) || got < len || memcmp(head, replaced, len) != 0;
}

/* What the table cannot check; -1 to go on. */
static int check(window_args *out, const words *w, const likeness *meant)
{
    char question[LIKENESS_TEXT];
    if (w->size && !parse_size(w->size, &out->app.w, &out->app.h))
        return args_refuse("", "--window %s: a size of at least %dx%d, like 1200x760 is needed", w->size, WINDOW_MIN_W,
                           WINDOW_MIN_H);
    if (w->theme && !parse_theme(w->theme, &out->app.theme))
        return refuse("theme", w->theme, "light or dark");
    if (out->app.language && !speak(out->app.language))
        return args_refuse("", "--language is one of %s, not \"%s\"", w->languages, out->app.language);
    if (out->app.mirror && !mnist_is_url(out->app.mirror))
        return refuse("mirror", out->app.mirror, "a URL that begins with http:// or https://");
    if (is_something_else(out->record, ""))
        return args_refuse("", "--record %.400s: is there, and is not replaced; name another file", out->record);
    if (is_something_else(out->trace, "{\""))
        return args_refuse("", "--trace %.400s: is there, and is no trace; name another file", out->trace);
    if (out->replay && !out->app.state_dir)
        return args_refuse("", "--replay needs --state DIR: an empty folder, or a copy of what the session began with");
    if (out->replay && (out->record || out->app.open))
        return args_refuse("", "--replay takes what is opened from the session, and records nothing");
    if (out->app.open && !is_known(out->app.open, out->app.state_dir))
        return args_refuse("", "no command and no model is called \"%s\"%s", out->app.open,
                           likeness_question(meant, "", question));
    return -1;
}

int window_args_parse(window_args *out, int argc, char **argv, const likeness *meant)
{
    words w = {.size = NULL};
    *out = (window_args){.scale = 0};
    list_languages(w.languages);
    const arg table[] = {
        {"version", ARG_FLAG, &w.version, NULL, "print the version and exit", 0, 0},
        {.name = "Models and data", .kind = ARG_GROUP},
        {"model", ARG_ONE, &out->app.model, "M", "the network that reads: a name or a file (default: the shipped one)",
         0, 0},
        {"data", ARG_TEXT, &out->app.data, "DIR", "IDX folder, CSV or strokes file to train on", 0, 0},
        {"mirror", ARG_TEXT, &out->app.mirror, "URL",
         "folder on a server from which MNIST is fetched (default: the usual one)", 0, 0},
        {"state", ARG_TEXT, &out->app.state_dir, "DIR",
         "folder of settings, journal and own models (default: the XDG folders)", 0, 0},
        {.name = "Appearance", .kind = ARG_GROUP},
        {"window", ARG_TEXT, &w.size, "WxH", "size of the window (default: as last time, else 1200x760)", 0, 0},
        {"scale", ARG_NUMBER, &out->scale, "F",
         "size of texts and buttons; 1 suits 96 dots an inch (default: from the desktop)", 0.5, 6},
        {"theme", ARG_TEXT, &w.theme, "light|dark", "colours (default: as chosen in the window, else light)", 0, 0},
        {"language", ARG_TEXT, &out->app.language, w.languages,
         "language of the window (default: as chosen in the window, else the environment's)", 0, 0},
        {.name = "Sessions", .kind = ARG_GROUP},
        {"trace", ARG_TEXT, &out->trace, "F", "write every frame to this file as JSON lines", 0, 0},
        {"record", ARG_TEXT, &out->record, "F",
         "write the session to this new file, for --replay: what is drawn, typed and pasted stands in it", 0, 0},
        {"replay", ARG_TEXT, &out->replay, "F",
         "play a session again without a window, and compare its pixels; needs --state", 0, 0},
        {0},
    };
    const arg_command command = {
        .name = "",
        .synopsis = "[options] [PICTURE|MODEL]",
        .about = "Opens the window: draw a digit and watch a convolutional network read it.",
        .example = "--model mine.safetensors photo.png",
        .effect = "opens the window with that network, which reads the picture",
        .args = table,
        .positional = &w.open,
        .max_positional = 1,
    };
    int status = args_parse(&command, argc, argv);
    if (status >= 0)
        return status;
    if (w.version)
        return print_version();
    out->app.open = w.open.count ? w.open.text[0] : NULL;
    return check(out, &w, meant);
}
