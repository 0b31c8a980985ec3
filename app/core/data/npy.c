/* npy.c - NumPy's arrays: a line of Python that says what they are, then the numbers; and zips of them. */
#include "app/core/paths.h"
#include "arrays.h"
#include "nn/alloc.h"
#include "zip_entries.h"
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_HEADER = 1 << 14, MAX_LETTERS = 1 << 10, SHOWN = 41 };

/* ---- one array --------------------------------------------------------------------------------------------------- */

/* What follows "'key':" in the dictionary; NULL where it is not there. */
static const char *value_of(const char *header, const char *key)
{
    const char *p = strstr(header, key);
    p = p ? strchr(p, ':') : NULL;
    return p ? p + 1 + strspn(p + 1, " ") : NULL;
}

/* "'<U5'", "'|S5'" */
static bool read_text_type(array *a, const char *text)
{
    char *end;
    if (text[2] != 'U' && text[2] != 'S')
        return false;
    long letters = strtol(text + 3, &end, 10);
    a->type = text[2] == 'U' ? ARRAY_WIDE : ARRAY_BYTES;
    a->letters = letters > 0 && letters <= MAX_LETTERS ? (int)letters : 0;
    return a->letters > 0 && *end == text[0];
}

/* A value alone, up to the letter that ends it, without what follows in the dictionary; "?" where there is none. */
static void show_value(char shown[SHOWN], const char *text, char last)
{
    int len = 0;
    while (text && text[len] && len < SHOWN - 1 && (len < 2 || text[len - 1] != last))
        len++;
    snprintf(shown, SHOWN, "%.*s", text ? len : 1, text ? text : "?");
}

/* "'<f4'" */
static bool read_type(array *a, const char *text, nn_error *err)
{
    static const struct {
        char code[3];
        array_type type;
    } types[] = {{"u1", ARRAY_U8},  {"b1", ARRAY_U8},  {"i1", ARRAY_I8},  {"u2", ARRAY_U16},
                 {"i2", ARRAY_I16}, {"u4", ARRAY_U32}, {"i4", ARRAY_I32}, {"u8", ARRAY_U64},
                 {"i8", ARRAY_I64}, {"f2", ARRAY_F16}, {"f4", ARRAY_F32}, {"f8", ARRAY_F64}};
    bool is_word = text && (text[0] == '\'' || text[0] == '"') && strlen(text) > 4;
    a->big_endian = is_word && text[1] == '>';
    for (size_t i = 0; is_word && i < sizeof types / sizeof *types; i++)
        if (strncmp(text + 2, types[i].code, 2) == 0 && text[4] == text[0]) {
            a->type = types[i].type;
            return true;
        }
    if (is_word && read_text_type(a, text))
        return true;
    char shown[SHOWN];
    show_value(shown, text, text && *text == '[' ? ']' : '\'');
    return nn_fail(err, NN_FORMAT, 0, "the array's numbers are of a type (%s) that is not read", shown);
}

/* "(60000, 28, 28)" */
static bool read_shape(array *a, const char *text, nn_error *err)
{
    bool ok = text && *text == '(';
    for (const char *p = ok ? text + 1 : NULL; ok && *p != ')';) {
        char *end;
        long n = strtol(p, &end, 10);
        ok = end > p && n > 0 && n <= INT_MAX && a->rank < ARRAY_MAX_RANK;
        if (ok)
            a->dim[a->rank++] = (int)n;
        end += strspn(end, "L, ");
        p = end;
    }
    char shown[SHOWN];
    show_value(shown, text, ')');
    return ok || nn_fail(err, NN_FORMAT, 0, "the array's shape %s is not read: 1 to %d dimensions of 1 or more are",
                         shown, ARRAY_MAX_RANK);
}

static bool read_header(array *a, nn_stream *stream, nn_error *err)
{
    unsigned char begin[12];
    size_t got, len;
    char *header = NULL;
    if (!nn_stream_read(stream, begin, 10, &got, err))
        return false;
    if (got < 10 || memcmp(begin, "\x93NUMPY", 6) != 0)
        return nn_fail(err, NN_FORMAT, 0, "not an array of NumPy");
    len = (size_t)begin[8] | (size_t)begin[9] << 8;
    if (begin[6] > 1) {
        if (!nn_stream_read(stream, begin + 10, 2, &got, err))
            return false;
        len |= (size_t)begin[10] << 16 | (size_t)begin[11] << 24;
    }
    if (len > MAX_HEADER)
        return nn_fail(err, NN_LIMIT, 0, "the array's header has %zu bytes", len);
    header = nn_alloc(len + 1, 1);
    if (!header)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    bool ok = nn_stream_read(stream, header, len, &got, err);
    const char *order = value_of(header, "fortran_order");
    a->columns_first = order && strncmp(order, "True", 4) == 0;
    ok = ok && read_type(a, value_of(header, "descr"), err) && read_shape(a, value_of(header, "shape"), err);
    nn_free(header);
    return ok;
}

static bool read_values(array *a, nn_stream *stream, nn_error *err)
{
    size_t count, got;
    if (!array_count(a, &count, err))
        return false;
    size_t bytes = count * array_item_bytes(a);
    if (bytes > nn_stream_most(stream))
        return nn_fail(err, NN_FORMAT, nn_stream_pos(stream), "cut short: its header promises %zu bytes", bytes);
    if (!array_take(a, stream, bytes, &got, err))
        return false;
    if (got == bytes)
        return true;
    nn_free(a->values);
    a->values = NULL;
    return nn_fail(err, NN_FORMAT, nn_stream_pos(stream), "cut short: its header promises %zu bytes, %zu follow", bytes,
                   got);
}

bool npy_read(array *a, nn_stream *stream, bool header_only, nn_error *err)
{
    a->rank = 0;
    return read_header(a, stream, err) && (header_only || read_values(a, stream, err));
}

/* ---- zips -------------------------------------------------------------------------------------------------------- */

static bool read_entry(arrays *self, const zip_entry *e, const unsigned char *file, size_t len, nn_error *err)
{
    nn_stream *stream;
    array *a = arrays_add(self, e->name, err);
    if (!a || !zip_entry_open(&stream, e, file, len, err))
        return false;
    bool ok = npy_read(a, stream, !arrays_want(self, e->name), err) || nn_fail_in(err, e->name);
    nn_stream_close(stream);
    return ok;
}

bool npz_read(arrays *self, const unsigned char *file, size_t len, nn_error *err)
{
    zip_list list;
    zip_entry e;
    bool more, ok = zip_begin(&list, file, len, err);
    while (ok && (ok = zip_next(&e, &more, &list, err)) && more)
        ok = !paths_has_ending(e.name, ".npy") || read_entry(self, &e, file, len, err);
    return ok && (self->count > 0 ||
                  nn_fail(err, NN_FORMAT, len, "neither an array of NumPy nor a table in it: unpack it first"));
}
