/* paths.c - the XDG Base Directory rules, and what came with the program. */
#include "paths.h"
#include "platform.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

bool paths_join(char out[PATHS_MAX], const char *folder, const char *name)
{
    int n = folder[0] != '\0' ? snprintf(out, PATHS_MAX, "%s/%s", folder, name) : -1;

    if (n >= 0 && n < PATHS_MAX)
        return true;
    out[0] = '\0';
    return false;
}

const char *paths_last(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash && slash[1] ? slash + 1 : path;
}

bool paths_has_ending(const char *path, const char *ending)
{
    size_t length = strlen(path), tail = strlen(ending);
    return length > tail && strcmp(path + length - tail, ending) == 0;
}

void paths_set_ending(char *path, size_t size, size_t stem, const char *ending)
{
    size_t tail = strlen(ending) + 1;
    if (stem + tail <= size)
        memcpy(path + stem, ending, tail);
}

/* A folder without the slashes at its end, or "" where it does not fit. */
static void set_folder(char out[PATHS_MAX], const char *folder)
{
    size_t len = strlen(folder);

    while (len > 1 && folder[len - 1] == '/')
        len--;
    if (len >= PATHS_MAX)
        len = 0;
    memcpy(out, folder, len);
    out[len] = '\0';
}

/* $variable/digitscope, or $HOME/fallback/digitscope. The specification says to ignore relative paths; the same goes
 * for a relative HOME, which would put the files wherever the program was started. */
static void xdg_folder(char out[PATHS_MAX], const char *variable, const char *fallback)
{
    const char *value = getenv(variable), *home = getenv("HOME");
    char base[PATHS_MAX] = "";

    if (value && value[0] == '/')
        set_folder(base, value);
    else if (home && home[0] == '/') {
        set_folder(out, home);
        paths_join(base, out, fallback);
    }
    paths_join(out, base, "digitscope");
}

/* The first of the folders where models lie beside a program: in a build or an unpacked archive, and once installed.
 * It must be its owner's who also owns the program: below a folder like /tmp others could make one. */
static void find_shipped(char out[PATHS_MAX])
{
    static const char *const places[] = {"models", DIGITSCOPE_DATA_FROM_PROGRAM "/models"};
    char started[PATHS_MAX], program[PATHS_MAX], folder[PATHS_MAX];
    struct stat owned, found;

    if (!platform_program(started, sizeof started) || !platform_whole_path(started, program, sizeof program) ||
        stat(program, &owned) != 0)
        return;
    *strrchr(program, '/') = '\0';
    for (size_t i = 0; i < sizeof places / sizeof places[0] && !*out; i++)
        if (paths_join(folder, program, places[i]) && lstat(folder, &found) == 0 && found.st_uid == owned.st_uid &&
            platform_is_folder(folder) && !platform_whole_path(folder, out, PATHS_MAX))
            *out = '\0';
}

void paths_find(paths *self, const char *state_dir)
{
    char data[PATHS_MAX];

    *self = (struct paths){0};
    if (state_dir) {
        set_folder(data, state_dir);
        memcpy(self->settings, data, sizeof data);
        memcpy(self->state, data, sizeof data);
    } else {
        xdg_folder(self->settings, "XDG_CONFIG_HOME", ".config");
        xdg_folder(self->state, "XDG_STATE_HOME", ".local/state");
        xdg_folder(data, "XDG_DATA_HOME", ".local/share");
    }
    paths_join(self->models, data, "models");
    paths_join(self->mnist, data, "mnist");
    find_shipped(self->installed);
}
