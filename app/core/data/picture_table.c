/* picture_table.c - tables that name pictures: a line at a time, then where the pictures lie. */
#include "app/core/paths.h"
#include "app/core/platform.h"
#include "folder_names.h"
#include "nn/alloc.h"
#include "part_names.h"
#include "picture_list.h"
#include "text_fields.h"
#include "text_lines.h"
#include <stdio.h>
#include <string.h>

enum { MOST_COLUMNS = 64, NONE = -1, HEADER_LINES = 2 };

typedef struct table {
    text_lines lines;
    char separator; /* 0: not known yet */
    text_field field[MOST_COLUMNS];
    int fields;      /* of the current line */
    int name, label; /* columns, or NONE */
} table;

/* ---- lines ------------------------------------------------------------------------------------------------------- */

/* To the next line that is not blank, cut into fields. */
static bool next_line(table *t, bool *more, nn_error *err)
{
    do {
        if (!text_lines_next(&t->lines, more, err))
            return false;
    } while (*more && !t->lines.line[strspn(t->lines.line, " \t")]);
    if (!*more)
        return true;
    t->separator = t->separator ? t->separator : text_separator(t->lines.line);
    t->fields = text_fields_cut(t->field, MOST_COLUMNS, t->separator, t->lines.line);
    return true;
}

static int find_picture(const table *t)
{
    for (int i = 0; i < t->fields; i++)
        if (picture_is_named(t->field[i].text, (size_t)t->field[i].len))
            return i;
    return NONE;
}

/* What is right is often called so. */
static bool names_answers(const char *name)
{
    return names_labels(name) || has_word(name, "right") || has_word(name, "answer") || has_word(name, "truth") ||
           has_word(name, "category");
}

static int find_label_name(const table *t)
{
    for (int i = 0; i < t->fields; i++) {
        char name[NN_NAME];
        snprintf(name, sizeof name, "%.*s", t->field[i].len, t->field[i].text);
        if (names_answers(name))
            return i;
    }
    return NONE;
}

/* Finds the columns, in the first line with a picture, or in the one before; that line is then the current one. *is: it
 * is such a table. */
static bool find_columns(table *t, bool *is, nn_error *err)
{
    bool more = true;
    int named = NONE;
    t->name = NONE;
    for (int i = 0; i < HEADER_LINES && more && t->name == NONE; i++) {
        if (!next_line(t, &more, err))
            return false;
        t->name = more ? find_picture(t) : NONE;
        named = more && t->name == NONE ? find_label_name(t) : named;
    }
    *is = t->name != NONE;
    bool fits = named != NONE && named < t->fields && named != t->name;
    int last = t->fields - 1 == t->name ? t->fields - 2 : t->fields - 1;
    t->label = fits ? named : last; /* without a name of its own it is the last other one */
    return true;
}

bool picture_list_is_table(const char *path, bool *labelled)
{
    nn_stream *stream;
    nn_error ignored;
    bool is = false;
    *labelled = false;
    if (!nn_stream_open(&stream, path, &ignored))
        return false;
    table *t = nn_alloc(1, sizeof *t);
    if (t) {
        text_lines_begin(&t->lines, stream);
        is = find_columns(t, &is, &ignored) && is;
        *labelled = is && t->label != NONE;
        text_lines_free(&t->lines);
    }
    nn_free(t);
    nn_stream_close(stream);
    return is;
}

/* ---- where they lie ---------------------------------------------------------------------------------------------- */

static bool is_there(char path[PATHS_MAX], const char *folder, const char *name)
{
    return paths_join(path, folder, name) && platform_exists(path);
}

/* The folder in which a picture of that name lies: this one, or one in it, sooner that of the table's part. */
static bool find_within(char found[PATHS_MAX], const char *folder, const char *name, part_name part)
{
    folder_names names;
    nn_error ignored;
    char path[PATHS_MAX];
    snprintf(found, PATHS_MAX, "%s", folder);
    if (is_there(path, folder, name))
        return true;
    bool is = false;
    if (!folder_names_read(&names, folder, &ignored))
        return false;
    for (int other = 0; other < 2 && !is; other++)
        for (int i = 0; i < names.count && !is; i++)
            is = (part_named(names.name[i]) != part) == other && paths_join(found, folder, names.name[i]) &&
                 platform_is_folder(found) && is_there(path, found, name);
    folder_names_free(&names);
    return is;
}

/* Beside the table, or beside its folder. */
static bool find_folder(char found[PATHS_MAX], const char *file, const char *name, nn_error *err)
{
    const char *slash = strrchr(file, '/');
    char beside[PATHS_MAX], above[PATHS_MAX];
    snprintf(beside, sizeof beside, "%.*s", slash ? (int)(slash - file) : 1, slash ? file : ".");
    part_name part = part_named(slash ? slash + 1 : file);
    return find_within(found, beside, name, part) ||
           (paths_join(above, beside, "..") && find_within(found, above, name, part)) ||
           nn_fail(err, NN_IO, 0, "%.60s is not beside the table, nor in a folder there", name);
}

/* ---- all of them ------------------------------------------------------------------------------------------------- */

static bool add_line(picture_list *list, const table *t, const char *file, char folder[PATHS_MAX], nn_error *err)
{
    char name[PATHS_MAX], path[PATHS_MAX], label[NN_NAME];
    if (t->name >= t->fields || t->label >= t->fields)
        return nn_fail(err, NN_FORMAT, 0, "line %ld: %d columns, its picture and label are the columns %d and %d",
                       t->lines.number, t->fields, t->name + 1, t->label + 1);
    const text_field *n = &t->field[t->name], *l = &t->field[t->label];
    snprintf(name, sizeof name, "%.*s", n->len, n->text);
    snprintf(label, sizeof label, "%.*s", l->len, l->text);
    if (!nn_label_is_valid(l->text, (size_t)l->len))
        return nn_fail(err, NN_FORMAT, 0, "line %d: a label is 1 to %d bytes of UTF-8 without control characters",
                       (int)t->lines.number, NN_NAME - 1);
    if (!*folder && !find_folder(folder, file, name, err))
        return false;
    return paths_join(path, folder, name)
               ? picture_list_add(list, path, label, err)
               : nn_fail(err, NN_LIMIT, 0, "line %ld: the name is too long", t->lines.number);
}

static bool read_lines(picture_list *list, table *t, const char *file, char folder[PATHS_MAX], nn_error *err)
{
    bool is, more = true;
    if (!find_columns(t, &is, err))
        return false;
    if (!is || t->label == NONE)
        return nn_fail(err, NN_FORMAT, 0, "a table of pictures has a name and a label in each line");
    while (more)
        if (!add_line(list, t, file, folder, err) || !next_line(t, &more, err))
            return false;
    return true;
}

bool picture_list_read(picture_list *list, nn_stream *stream, const char *file, const char *folder, nn_error *err)
{
    char found[PATHS_MAX];
    *list = (picture_list){0};
    snprintf(found, sizeof found, "%s", folder);
    table *t = nn_alloc(1, sizeof *t);
    if (!t)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    text_lines_begin(&t->lines, stream);
    bool ok = read_lines(list, t, file, found, err);
    text_lines_free(&t->lines);
    nn_free(t);
    return ok;
}

bool picture_list_table(picture_list *list, const char *file, nn_error *err)
{
    nn_stream *stream;
    *list = (picture_list){0};
    if (!nn_stream_open(&stream, file, err))
        return false;
    bool ok = picture_list_read(list, stream, file, "", err) || nn_fail_in(err, file);
    nn_stream_close(stream);
    return ok;
}
