/* save_kind.c - kinds of files and the endings of their names. */
#include "save_kind.h"
#include "app/core/paths.h"
#include <ctype.h>
#include <string.h>

/* The first ending of a kind is the one that a name gets; the ones behind are other spellings. */
static const struct {
    const char *ending;
    save_kind kind;
} endings[] = {{"-28x28.png", SAVE_DIGIT}, {".svg", SAVE_SVG},     {".jsonl", SAVE_STROKES}, {".png", SAVE_PICTURE},
               {"-28x28.bmp", SAVE_DIGIT}, {".bmp", SAVE_PICTURE}, {".json", SAVE_STROKES}};
enum { N_ENDINGS = sizeof endings / sizeof endings[0] };

static size_t length_without(const char *path, const char *ending)
{
    size_t len = strlen(path), tail = strlen(ending);
    if (len < tail)
        return 0;
    for (size_t i = 0; i < tail; i++)
        if (tolower((unsigned char)path[len - tail + i]) != ending[i])
            return 0;
    return len - tail;
}

/* The row of the table; N_ENDINGS for a path with no such ending. */
static int find_ending(const char *path)
{
    int i = 0;
    while (i < N_ENDINGS && length_without(path, endings[i].ending) == 0)
        i++;
    return i;
}

save_kind save_kind_of(const char *path)
{
    int i = find_ending(path);
    return i < N_ENDINGS ? endings[i].kind : SAVE_PICTURE;
}

bool save_kind_is_said(const char *path)
{
    return find_ending(path) < N_ENDINGS;
}

size_t save_kind_stem(const char *path)
{
    int i = find_ending(path);
    return i < N_ENDINGS ? length_without(path, endings[i].ending) : strlen(path);
}

void save_kind_rename(char *path, size_t size, save_kind kind)
{
    int wanted = 0;
    while (endings[wanted].kind != kind)
        wanted++;
    paths_set_ending(path, size, save_kind_stem(path), endings[wanted].ending);
}
