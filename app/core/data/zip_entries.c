/* zip_entries.c - the list at the end of a zip, and what it points at. */
#include "zip_entries.h"
#include <stdio.h>
#include <string.h>

enum { END_RECORD = 22, ENTRY_RECORD = 46, LOCAL_RECORD = 30, STORED = 0, DEFLATED = 8 };

static size_t little_endian(const unsigned char *b, int bytes)
{
    size_t value = 0;
    for (int i = bytes - 1; i >= 0; i--)
        value = value << 8 | b[i];
    return value;
}

/* The record at the end that says where the list of entries is; NULL where there is none. */
static const unsigned char *find_end(const unsigned char *file, size_t len)
{
    size_t furthest = END_RECORD + 65535;
    for (size_t back = END_RECORD; back <= len && back <= furthest; back++)
        if (memcmp(file + len - back, "PK\5\6", 4) == 0)
            return file + len - back;
    return NULL;
}

/* The entry at *at of the list, which then points to the next one. */
static bool next_entry(zip_entry *e, const unsigned char *file, size_t len, size_t *at)
{
    if (*at > len || len - *at < ENTRY_RECORD || memcmp(file + *at, "PK\1\2", 4) != 0)
        return false;
    const unsigned char *r = file + *at;
    size_t name = little_endian(r + 28, 2), more = little_endian(r + 30, 2) + little_endian(r + 32, 2);
    if (len - *at - ENTRY_RECORD < name)
        return false;
    *e = (zip_entry){
        .method = little_endian(r + 10, 2), .packed = little_endian(r + 20, 4), .at = little_endian(r + 42, 4)};
    snprintf(e->name, sizeof e->name, "%.*s", (int)name, (const char *)r + ENTRY_RECORD);
    *at += ENTRY_RECORD + name + more;
    return true;
}

bool zip_entry_open(nn_stream **stream, const zip_entry *e, const unsigned char *file, size_t len, nn_error *err)
{
    *stream = NULL;
    if (e->at > len || len - e->at < LOCAL_RECORD || memcmp(file + e->at, "PK\3\4", 4) != 0)
        return nn_fail(err, NN_FORMAT, e->at < len ? e->at : len, "%s: not where the zip says", e->name);
    size_t begin = e->at + LOCAL_RECORD + little_endian(file + e->at + 26, 2) + little_endian(file + e->at + 28, 2);
    if (begin > len || e->packed > len - begin)
        return nn_fail(err, NN_FORMAT, len, "%s: cut short", e->name);
    if (e->method != STORED && e->method != DEFLATED)
        return nn_fail(err, NN_FORMAT, e->at, "%s: packed in a way that is not read", e->name);
    return nn_stream_memory(stream, file + begin, e->packed, e->method == DEFLATED ? NN_DEFLATE : NN_DETECT, err);
}

bool zip_begin(zip_list *list, const unsigned char *file, size_t len, nn_error *err)
{
    const unsigned char *end = find_end(file, len);
    if (!end)
        return nn_fail(err, NN_FORMAT, len, "not a whole zip: the list of its entries, at the end, is missing");
    *list = (zip_list){file, len, little_endian(end + 16, 4), little_endian(end + 10, 2)};
    return true;
}

bool zip_next(zip_entry *e, bool *more, zip_list *list, nn_error *err)
{
    *more = list->left > 0;
    if (!*more)
        return true;
    list->left--;
    return next_entry(e, list->file, list->len, &list->at) ||
           nn_fail(err, NN_FORMAT, list->at < list->len ? list->at : list->len, "the zip's list of entries is damaged");
}
