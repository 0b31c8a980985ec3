/* import_name.c - stems and numbers. */
#include "import_name.h"
#include "app/core/model/models.h"
#include "nn/file.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { TRIES = 1000, NUMBER = 5 /* bytes of "-999" */ };

/* Bytes of UTF-8 beyond ASCII stay. */
static bool is_kept(char c)
{
    return isalnum((unsigned char)c) || c == '-' || c == '_' || (unsigned char)c >= 0x80;
}

static void stem_of(char stem[NN_NAME], const char *file)
{
    models_short_name(stem, file);
    size_t len = strnlen(stem, NN_NAME - NUMBER - 1);
    while (len > 0 && ((unsigned char)stem[len] & 0xc0) == 0x80) /* not inside a character */
        len--;
    stem[len] = 0;
    for (size_t i = 0; i < len; i++)
        if (!is_kept(stem[i]))
            stem[i] = '-';
    if (!*stem)
        snprintf(stem, NN_NAME, "imported");
}

bool import_name(char path[PATHS_MAX], const paths *where, const char *file, nn_error *err)
{
    char stem[NN_NAME], name[NN_NAME], with_ending[NN_NAME + 16];
    if (!*where->models)
        return nn_fail(err, NN_IO, 0, "there is no place for own models: HOME is not set");
    if (!nn_file_mkdirs(where->models, err))
        return false;
    stem_of(stem, file);
    snprintf(name, sizeof name, "%s", stem);
    for (int i = 2; models_has(where, name) && i < TRIES; i++)
        snprintf(name, sizeof name, "%.*s-%d", NN_NAME - NUMBER - 1, stem, i);
    snprintf(with_ending, sizeof with_ending, "%s.safetensors", name);
    return paths_join(path, where->models, with_ending) || nn_fail(err, NN_LIMIT, 0, "the path is too long");
}
