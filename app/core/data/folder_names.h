/* folder_names.h - what is in a folder, in order. Internal to the room. */
#ifndef FOLDER_NAMES_H
#define FOLDER_NAMES_H

#include "app/core/paths.h"
#include "nn/error.h"

enum { FOLDER_NAMES_MAX = 1 << 20 };

typedef struct folder_names {
    char **name; /* count of them, sorted; hidden ones are left out */
    int count, room;
} folder_names;

bool folder_names_read(folder_names *names, const char *folder, nn_error *err);
void folder_names_free(folder_names *names);

/* Whether a name ends so, capital or small letters. */
bool has_ending(const char *name, const char *ending);

/* A path of a file as it is called when unpacked. */
void without_gz(char bare[PATHS_MAX], const char *name);

#endif
