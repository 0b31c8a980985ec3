/* paths.h - where things live: XDG folders, or all of them under --state DIR (a USB stick). */
#ifndef PATHS_H
#define PATHS_H

#include "nn/error.h"

enum { PATHS_MAX = 4096 };

/* Each is a folder without trailing slash, or "" where there is no place for it (no HOME and no --state). The last
 * is also "" where there is no such folder. */
typedef struct paths {
    char settings[PATHS_MAX];  /* $XDG_CONFIG_HOME/digitscope or STATE */
    char state[PATHS_MAX];     /* journal: $XDG_STATE_HOME/digitscope or STATE */
    char models[PATHS_MAX];    /* the user's own: $XDG_DATA_HOME/digitscope/models or STATE/models */
    char mnist[PATHS_MAX];     /* $XDG_DATA_HOME/digitscope/mnist or STATE/mnist */
    char installed[PATHS_MAX]; /* that came with the program: models beside it, or ../share/digitscope/models */
} paths;

/* state_dir may be NULL. Reads the environment; creates nothing. */
void paths_find(paths *paths, const char *state_dir);

/* Joins folder and name; false (and out = "") when the result does not fit or folder is "". */
bool paths_join(char out[PATHS_MAX], const char *folder, const char *name);

/* What a path ends with: all behind its last slash, or the whole path where that is nothing. */
const char *paths_last(const char *path);

/* Whether a path ends with ".png" or the like, with something before it. */
bool paths_has_ending(const char *path, const char *ending);

/* Puts the ending behind the first `stem` bytes of a path that has room for `size`; where it does not fit, the path stays. */
void paths_set_ending(char *path, size_t size, size_t stem, const char *ending);

#endif
