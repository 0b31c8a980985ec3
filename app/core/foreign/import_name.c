/* import_name.c - stems and numbers. */
#include "import_name.h"
#include "app/core/model/models.h"
#include "nn/file.h"
#include <stdio.h>

enum { TRIES = 1000, NUMBER = 5 /* bytes of "-999" */ };

bool import_name(char path[PATHS_MAX], const paths *where, const char *file, nn_error *err)
{
    char stem[NN_NAME], name[NN_NAME], with_ending[NN_NAME + 16];
    if (!*where->models)
        return nn_fail(err, NN_IO, 0, "there is no place for own models: HOME is not set");
    if (!nn_file_mkdirs(where->models, err))
        return false;
    models_short_name(name, file);
    models_stem(stem, *name ? name : "imported", NN_NAME - NUMBER - 1);
    snprintf(name, sizeof name, "%s", stem);
    for (int i = 2; models_has(where, name) && i < TRIES; i++)
        snprintf(name, sizeof name, "%.*s-%d", NN_NAME - NUMBER - 1, stem, i);
    snprintf(with_ending, sizeof with_ending, "%s.safetensors", name);
    return paths_join(path, where->models, with_ending) || nn_fail(err, NN_LIMIT, 0, "the path is too long");
}
