/* window_args.c - the table of the window's options, and what a table cannot check. */
#include "window_args.h"
#include "app/core/console/args.h"
#include "app/core/console/terminal.h"
#include "app/core/model/models.h"
#include "app/texts/texts.h"
#include <stdio.h>
#include <string.h>

static int refuse(const char *option, const char *value, const char *wanted)
{
    return args_refuse("", "--%s %s: %s is needed", option, value, wanted);
}

static bool parse_size(const char *text, int *w, int *h)
{
    char rest;
    return sscanf(text, "%5dx%5d%c", w, h, &rest) == 2 && *w > 0 && *h > 0;
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

int window_args_parse(window_args *out, int argc, char **argv, const likeness *meant)
{
    *out = (window_args){.scale = 0};
    const char *size = NULL, *colours = NULL;
    char languages[LANGUAGES];
    list_languages(languages);
    bool version = false;
    arg_texts open = {.count = 0};
    const arg table[] = {
        {.name = "version", .kind = ARG_FLAG, .out = &version, .help = "print the version and exit"},
        {.name = "Models and data", .kind = ARG_GROUP},
        {.name = "model",
         .kind = ARG_TEXT,
         .out = &out->app.model,
         .value = "M",
         .help = "the network that reads: a name or a file (default: the shipped one)"},
        {.name = "data",
         .kind = ARG_TEXT,
         .out = &out->app.data,
         .value = "DIR",
         .help = "IDX folder, CSV or strokes file to train on"},
        {.name = "mirror",
         .kind = ARG_TEXT,
         .out = &out->app.mirror,
         .value = "URL",
         .help = "folder on a server from which MNIST is fetched (default: the usual one)"},
        {.name = "state",
         .kind = ARG_TEXT,
         .out = &out->app.state_dir,
         .value = "DIR",
         .help = "folder of settings, journal and own models (default: the XDG folders)"},
        {.name = "Appearance", .kind = ARG_GROUP},
        {.name = "window",
         .kind = ARG_TEXT,
         .out = &size,
         .value = "WxH",
         .help = "size of the window (default: as last time, else 1200x760)"},
        {.name = "scale",
         .kind = ARG_NUMBER,
         .out = &out->scale,
         .value = "F",
         .min = 0.5,
         .max = 6,
         .help = "size of texts and buttons; 1 suits 96 dots an inch (default: from the desktop)"},
        {.name = "theme",
         .kind = ARG_TEXT,
         .out = &colours,
         .value = "light|dark",
         .help = "colours (default: as last time, else light)"},
        {.name = "language",
         .kind = ARG_TEXT,
         .out = &out->app.language,
         .value = languages,
         .help = "language of the window (default: as last time, else the environment's)"},
        {.name = "Sessions", .kind = ARG_GROUP},
        {.name = "trace",
         .kind = ARG_TEXT,
         .out = &out->trace,
         .value = "F",
         .help = "write every frame to this file as JSON lines"},
        {.name = "record",
         .kind = ARG_TEXT,
         .out = &out->record,
         .value = "F",
         .help = "write the session to this file, for --replay: what is drawn, typed and pasted stands in it"},
        {.name = "replay",
         .kind = ARG_TEXT,
         .out = &out->replay,
         .value = "F",
         .help = "play a session again without a window, and compare its pixels; needs --state"},
        {.name = NULL},
    };
    const arg_command command = {
        .name = "",
        .synopsis = "[options] [PICTURE|MODEL]",
        .about = "Opens the window: draw a digit and watch a convolutional network read it.",
        .example = "--model mine.safetensors photo.png",
        .effect = "opens the window with that network, which reads the picture",
        .args = table,
        .positional = &open,
        .max_positional = 1,
    };
    int status = args_parse(&command, argc, argv);
    if (status >= 0)
        return status;
    if (version)
        return print_version();
    if (size && !parse_size(size, &out->app.w, &out->app.h))
        return refuse("window", size, "a size like 1200x760");
    if (colours && !parse_theme(colours, &out->app.theme))
        return refuse("theme", colours, "light or dark");
    if (out->app.language && !speak(out->app.language))
        return args_refuse("", "--language is one of %s, not \"%s\"", languages, out->app.language);
    if (out->app.mirror && !mnist_is_url(out->app.mirror))
        return refuse("mirror", out->app.mirror, "a URL that begins with http:// or https://");
    out->app.open = open.count ? open.text[0] : NULL;
    if (out->replay && !out->app.state_dir)
        return args_refuse("", "--replay needs --state DIR: an empty folder, or a copy of what the session began with");
    if (out->replay && (out->record || out->app.open))
        return args_refuse("", "--replay takes what is opened from the session, and records nothing");
    char question[LIKENESS_TEXT];
    if (out->app.open && !is_known(out->app.open, out->app.state_dir))
        return args_refuse("", "no command and no model is called \"%s\"%s", out->app.open,
                           likeness_question(meant, "", question));
    return -1;
}
