/* class_names.c - labels.txt, mappings, and what is known of EMNIST. */
#include "class_names.h"
#include "app/core/digit/label_digit.h"
#include "app/core/platform.h"
#include "nn/file.h"
#include "part_names.h"
#include <stdio.h>
#include <string.h>

enum { NAMES_MAX_BYTES = 64 << 10 };

/* ---- labels.txt -------------------------------------------------------------------------------------------------- */

typedef struct names {
    int count;
    char name[NN_MAX_CLASSES][NN_NAME];
} names;

static bool add_name(names *self, const char *text, size_t len, nn_error *err)
{
    if (self->count == NN_MAX_CLASSES)
        return nn_fail(err, NN_LIMIT, 0, "more than %d labels", NN_MAX_CLASSES);
    if (!nn_label_is_valid(text, len))
        return nn_fail(err, NN_FORMAT, 0, "line %d: a label is 1 to %d bytes of UTF-8 without control characters",
                       self->count + 1, NN_NAME - 1);
    memcpy(self->name[self->count], text, len);
    self->name[self->count++][len] = 0;
    return true;
}

static bool read_names(names *self, const char *path, nn_error *err)
{
    unsigned char *text;
    size_t len;
    if (!nn_file_read(path, NAMES_MAX_BYTES, &text, &len, err))
        return false;
    bool ok = true;
    while (len > 0 && strchr("\r\n", text[len - 1])) /* blank lines at the end */
        len--;
    for (size_t i = 0, end; ok && i < len; i = end + 1) {
        const unsigned char *newline = memchr(text + i, '\n', len - i);
        end = newline ? (size_t)(newline - text) : len;
        size_t n = end - i;
        n -= n > 0 && text[end - 1] == '\r';
        ok = add_name(self, (const char *)text + i, n, err);
    }
    nn_free(text);
    return ok || nn_fail_in(err, path);
}

bool class_names_read(char name[NN_MAX_CLASSES][NN_NAME], int *count, const char *path, nn_error *err)
{
    names all = {.count = 0};
    bool ok = read_names(&all, path, err);
    if (ok)
        memcpy(name, all.name, sizeof all.name);
    *count = all.count;
    return ok;
}

/* Names that are all of digits, "zero" as well, become figures. */
static void name_digits(names *self)
{
    for (int i = 0; i < self->count; i++)
        if (label_digit(self->name[i]) < 0)
            return;
    for (int i = 0; i < self->count; i++)
        snprintf(self->name[i], NN_NAME, "%d", label_digit(self->name[i]));
}

/* Also more names than this part has classes. */
static bool use_names(dataset *data, const char *path, nn_error *err)
{
    static const names none;
    names all = none;
    if (!read_names(&all, path, err))
        return false;
    if (all.count < data->classes)
        return nn_fail(err, NN_FORMAT, 0, "%s: names %d classes, but a label is %d", path, all.count,
                       data->first + data->classes - 1);
    name_digits(&all);
    memcpy(data->label, all.name, sizeof data->label);
    data->classes = all.count;
    return true;
}

/* ---- mappings ---------------------------------------------------------------------------------------------------- */

static bool is_printable(double code)
{
    return code > ' ' && code < 0x7f;
}

/* Where EMNIST merged small and capital letters, the capital one comes first. Numbers may be any that a file has. */
static void name_class(dataset *data, double number, double code)
{
    double class = number - data->first;
    if (class >= 0 && class < data->classes && is_printable(code))
        snprintf(data->label[(int)class], NN_NAME, "%c", (char)code);
}

static bool use_mapping(dataset *data, const char *path, nn_error *err)
{
    unsigned char *text;
    size_t len;
    if (!nn_file_read(path, NAMES_MAX_BYTES, &text, &len, err))
        return false;
    for (const char *p = (const char *)text; p && *p; p = strchr(p, '\n') ? strchr(p, '\n') + 1 : NULL) {
        double number, code;
        if (sscanf(p, "%lf %lf", &number, &code) == 2)
            name_class(data, number, code);
    }
    nn_free(text);
    return true;
}

bool class_names_from(dataset *data, const array *mapping)
{
    double number, code;
    bool any = false;
    for (int i = 0; array_row(mapping, i, &number, &code); i++) {
        name_class(data, number, code);
        any = true;
    }
    return any;
}

/* ---- what is known ----------------------------------------------------------------------------------------------- */

/* EMNIST's sets (Cohen, Afshar, Tapson and van Schaik 2017) by a word in their names and the number of classes. */
static const struct {
    const char *word, *labels;
} known[] = {{"letters", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
             {"balanced", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt"},
             {"bymerge", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt"},
             {"byclass", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"}};
enum { KNOWN = sizeof known / sizeof *known };

static void use_known(dataset *data, const char *set)
{
    for (int i = 0; i < KNOWN; i++)
        if (has_word(set, known[i].word) && (size_t)data->classes == strlen(known[i].labels))
            for (int k = 0; k < data->classes; k++)
                name_class(data, data->first + k, known[i].labels[k]);
}

const char *class_names_emnist(int classes)
{
    for (int i = 0; i < KNOWN; i++)
        if (known[i].labels[0] == '0' && strlen(known[i].labels) == (size_t)classes)
            return known[i].labels;
    return NULL;
}

/* Words of the source's own stay. */
static bool are_numbers(const dataset *data)
{
    char number[16];
    snprintf(number, sizeof number, "%d", data->first);
    return strcmp(data->label[0], number) == 0;
}

bool class_names_find(dataset *data, const data_source *source, nn_error *err)
{
    char folder[PATHS_MAX], path[PATHS_MAX], mapping[NN_NAME + 16];
    if (!are_numbers(data))
        return true;
    const char *slash = strrchr(source->images, '/');
    snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - source->images) : 1, slash ? source->images : ".");
    if (paths_join(path, folder, "labels.txt") && platform_exists(path) && strcmp(path, source->images) != 0)
        return use_names(data, path, err);
    snprintf(mapping, sizeof mapping, "%s-mapping.txt", source->set);
    if (paths_join(path, folder, mapping) && platform_exists(path))
        return use_mapping(data, path, err);
    use_known(data, source->set);
    return true;
}
