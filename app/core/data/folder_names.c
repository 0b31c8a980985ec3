/* folder_names.c - a folder's names, sorted. */
#include "folder_names.h"
#include "app/core/folder.h"
#include "nn/alloc.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool add(folder_names *self, const char *name, nn_error *err)
{
    if (self->count == FOLDER_NAMES_MAX)
        return nn_fail(err, NN_LIMIT, 0, "more than %d files in one folder", FOLDER_NAMES_MAX);
    if (self->count == self->room) {
        int room = (int)nn_room((size_t)self->count + 1);
        char **more = nn_realloc(self->name, (size_t)self->room, (size_t)room, sizeof *more);
        if (!more)
            return nn_fail(err, NN_NOMEM, 0, "out of memory");
        self->name = more;
        self->room = room;
    }
    self->name[self->count] = nn_strdup(name);
    return self->name[self->count++] || nn_fail(err, NN_NOMEM, 0, "out of memory");
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

bool folder_names_read(folder_names *self, const char *folder, nn_error *err)
{
    *self = (folder_names){0};
    DIR *dir = opendir(folder);
    if (!dir) {
        nn_fail(err, NN_IO, 0, "cannot open the folder: %s", strerror(errno));
        return nn_fail_in(err, folder);
    }
    const char *name;
    bool ok = folder_next(dir, &name, err);
    for (; ok && name; ok = ok && folder_next(dir, &name, err))
        ok = name[0] == '.' || add(self, name, err);
    closedir(dir);
    if (!ok) {
        folder_names_free(self);
        return nn_fail_in(err, folder);
    }
    if (self->count > 1)
        qsort(self->name, (size_t)self->count, sizeof *self->name, by_name);
    return true;
}

void folder_names_free(folder_names *self)
{
    for (int i = 0; i < self->count; i++)
        nn_free(self->name[i]);
    nn_free(self->name);
    *self = (folder_names){0};
}

bool has_ending(const char *name, const char *ending)
{
    size_t len = strlen(name), n = strlen(ending);
    return len >= n && strcasecmp(name + len - n, ending) == 0;
}

void without_gz(char bare[PATHS_MAX], const char *name)
{
    snprintf(bare, PATHS_MAX, "%s", name);
    if (has_ending(bare, ".gz"))
        bare[strlen(bare) - 3] = 0;
}
