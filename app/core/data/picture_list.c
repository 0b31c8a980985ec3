/* picture_list.c - paths and labels, from folders and from names. */
#include "picture_list.h"
#include "app/core/digit/label_digit.h"
#include "app/core/paths.h"
#include "app/core/platform.h"
#include "folder_names.h"
#include "nn/alloc.h"
#include "part_names.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* ---- the list ---------------------------------------------------------------------------------------------------- */

bool picture_list_add(picture_list *list, const char *path, const char *label, nn_error *err)
{
    if (strlen(label) >= NN_NAME)
        return nn_fail(err, NN_FORMAT, 0, "a label is 1 to %d bytes of UTF-8 without control characters", NN_NAME - 1);
    if (list->count == list->room) {
        int room = (int)nn_room((size_t)list->count + 1);
        listed_picture *more = nn_realloc(list->picture, (size_t)list->room, (size_t)room, sizeof *more);
        if (!more)
            return nn_fail(err, NN_NOMEM, 0, "out of memory");
        list->picture = more;
        list->room = room;
    }
    listed_picture *p = &list->picture[list->count];
    snprintf(p->label, sizeof p->label, "%s", label);
    p->path = nn_strdup(path);
    list->count += p->path != NULL;
    return p->path || nn_fail(err, NN_NOMEM, 0, "out of memory");
}

void picture_list_free(picture_list *list)
{
    for (int i = 0; i < list->count; i++)
        nn_free(list->picture[i].path);
    nn_free(list->picture);
    *list = (picture_list){0};
}

bool picture_is_named(const char *name, size_t len)
{
    static const char *const endings[] = {".png", ".jpg", ".jpeg", ".bmp",  ".pgm",  ".ppm",  ".pbm",
                                          ".pnm", ".gif", ".tif",  ".tiff", ".webp", ".heic", ".avif"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t n = strlen(endings[i]);
        if (len > n && strncasecmp(name + len - n, endings[i], n) == 0)
            return true;
    }
    return false;
}

/* ---- folders of classes ------------------------------------------------------------------------------------------ */

bool picture_list_is_class(const char *name)
{
    part_name part = part_named(name);
    return part == PART_ANY || part == PART_OTHER;
}

static bool add_class(picture_list *list, const char *folder, const char *label, nn_error *err)
{
    folder_names files;
    char path[PATHS_MAX];
    if (!folder_names_read(&files, folder, err))
        return false;
    bool ok = true;
    for (int i = 0; ok && i < files.count; i++)
        if (picture_is_named(files.name[i], strlen(files.name[i])) && paths_join(path, folder, files.name[i]))
            ok = picture_list_add(list, path, label, err);
    folder_names_free(&files);
    return ok;
}

bool picture_list_folders(picture_list *list, const char *folder, nn_error *err)
{
    folder_names classes;
    char path[PATHS_MAX];
    *list = (picture_list){0};
    if (!folder_names_read(&classes, folder, err))
        return false;
    bool ok = true;
    for (int i = 0; ok && i < classes.count; i++)
        if (picture_list_is_class(classes.name[i]) && paths_join(path, folder, classes.name[i]) &&
            platform_is_folder(path))
            ok = add_class(list, path, classes.name[i], err);
    folder_names_free(&classes);
    return ok;
}

/* ---- names with digits ------------------------------------------------------------------------------------------- */

/* Names are taken as words: letters or figures that stand together. */
enum { MOST_WORDS = 8, FROM_END = MOST_WORDS };

typedef struct words {
    int count;
    char word[MOST_WORDS][NN_NAME];
} words;

static bool same_kind(char a, char b)
{
    return (isalpha((unsigned char)a) && isalpha((unsigned char)b)) ||
           (isdigit((unsigned char)a) && isdigit((unsigned char)b));
}

/* Of a file's name, without its ending and folders. */
static void split(words *out, const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path, *end = strrchr(name, '.');
    out->count = 0;
    while (name < end && out->count < MOST_WORDS) {
        int len = 1;
        while (name + len < end && same_kind(name[0], name[len]))
            len++;
        if (isalnum((unsigned char)*name))
            snprintf(out->word[out->count++], NN_NAME, "%.*s", len, name);
        name += len;
    }
}

/* The digit that the word at a place is, counted from the front or, from FROM_END on, from the end; -1: none. */
static int digit_at(const words *w, int place)
{
    int at = place < FROM_END ? place : w->count - 1 - (place - FROM_END);
    return at >= 0 && at < w->count ? label_digit(w->word[at]) : -1;
}

/* Whether all names have a digit there, and not all the same one. */
static bool is_label(const picture_list *list, int place)
{
    int first = -1;
    bool varies = false;
    for (int i = 0; i < list->count; i++) {
        words w;
        split(&w, list->picture[i].path);
        int digit = digit_at(&w, place);
        if (digit < 0)
            return false;
        first = i == 0 ? digit : first;
        varies |= digit != first;
    }
    return varies;
}

static void take_labels(picture_list *list, int place)
{
    for (int i = 0; i < list->count; i++) {
        words w;
        split(&w, list->picture[i].path);
        snprintf(list->picture[i].label, NN_NAME, "%d", digit_at(&w, place));
    }
}

bool picture_list_names(picture_list *list, const char *folder, nn_error *err)
{
    *list = (picture_list){0};
    if (!add_class(list, folder, "", err))
        return false;
    for (int place = 0; place < 2 * MOST_WORDS; place++)
        if (is_label(list, place)) {
            take_labels(list, place);
            return true;
        }
    picture_list_free(list);
    return true;
}
