/* paths.c - the XDG Base Directory rules. */
#include "paths.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Both come from the build; a distribution that moves the program defines its own. */
#ifndef DIGITSCOPE_INSTALLED_MODELS
#define DIGITSCOPE_INSTALLED_MODELS ""
#endif
#ifndef DIGITSCOPE_SOURCE_MODELS
#define DIGITSCOPE_SOURCE_MODELS ""
#endif

bool paths_join(char out[PATHS_MAX], const char *folder, const char *name)
{
    int n = folder[0] != '\0' ? snprintf(out, PATHS_MAX, "%s/%s", folder, name) : -1;

    if (n >= 0 && n < PATHS_MAX)
        return true;
    out[0] = '\0';
    return false;
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

static void set_if_there(char out[PATHS_MAX], const char *folder)
{
    struct stat info;

    if (stat(folder, &info) == 0 && S_ISDIR(info.st_mode))
        set_folder(out, folder);
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
    set_if_there(self->installed, DIGITSCOPE_INSTALLED_MODELS);
    set_if_there(self->source, DIGITSCOPE_SOURCE_MODELS);
}
