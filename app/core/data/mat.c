/* mat.c - Matlab's level 5 format: elements with a tag of type and length; matrices are elements of elements. */
#include "arrays.h"
#include "nn/alloc.h"
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { FILE_HEADER = 128, TAG = 8, MAX_DEPTH = 4, MAX_FIELDS = 64, MAX_FIELD_NAME = 32 };
enum {
    MI_INT8 = 1,
    MI_UINT8,
    MI_INT16,
    MI_UINT16,
    MI_INT32,
    MI_UINT32,
    MI_SINGLE,
    MI_DOUBLE = 9,
    MI_INT64 = 12,
    MI_UINT64,
    MI_MATRIX,
    MI_COMPRESSED
};
enum { MX_STRUCT = 2, MX_DOUBLE = 6, MX_LAST_NUMERIC = 15 };

typedef struct reader {
    arrays *out;
    nn_stream *stream;
    bool big_endian;
} reader;

/* An element of which the tag is read. A small one's bytes stand in the tag. */
typedef struct element {
    uint32_t type;
    size_t len, padding; /* bytes, and those behind them up to a multiple of eight */
    unsigned char small[4];
    bool is_small;
} element;

static uint32_t word(const reader *r, const unsigned char *b)
{
    return r->big_endian ? (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3]
                         : (uint32_t)b[3] << 24 | (uint32_t)b[2] << 16 | (uint32_t)b[1] << 8 | b[0];
}

static bool fail_short(const reader *r, nn_error *err)
{
    return nn_fail(err, NN_FORMAT, nn_stream_pos(r->stream), "cut short");
}

static bool take(reader *r, void *to, size_t len, nn_error *err)
{
    size_t got;
    return nn_stream_read(r->stream, to, len, &got, err) && (got == len || fail_short(r, err));
}

static bool skip(reader *r, size_t len, nn_error *err)
{
    unsigned char waste[4096];
    for (size_t n; len > 0; len -= n) {
        n = len < sizeof waste ? len : sizeof waste;
        if (!take(r, waste, n, err))
            return false;
    }
    return true;
}

static bool read_tag(reader *r, element *e, nn_error *err)
{
    unsigned char tag[TAG];
    if (!take(r, tag, sizeof tag, err))
        return false;
    uint32_t first = word(r, tag);
    *e = (element){.type = first, .len = word(r, tag + 4)};
    e->padding = (TAG - e->len % TAG) % TAG;
    if (first >> 16 == 0)
        return true;
    *e = (element){.type = first & 0xffff, .len = first >> 16, .is_small = true};
    memcpy(e->small, tag + 4, sizeof e->small);
    return e->len <= sizeof e->small || nn_fail(err, NN_FORMAT, nn_stream_pos(r->stream), "a tag is damaged");
}

/* The bytes of an element, at most `room` of them, into a buffer. */
static bool read_bytes(reader *r, const element *e, void *to, size_t room, nn_error *err)
{
    if (e->len > room)
        return nn_fail(err, NN_FORMAT, nn_stream_pos(r->stream), "an element has %zu bytes, at most %zu fit", e->len,
                       room);
    if (e->is_small) {
        memcpy(to, e->small, e->len);
        return true;
    }
    return take(r, to, e->len, err) && skip(r, e->padding, err);
}

static bool take_values(reader *r, array *a, const element *e, nn_error *err)
{
    size_t got;
    return array_take(a, r->stream, e->len, &got, err) && (got == e->len || fail_short(r, err)) &&
           skip(r, e->padding, err);
}

/* The same with its tag before. */
static bool read_element(reader *r, element *e, void *to, size_t room, nn_error *err)
{
    return read_tag(r, e, err) && read_bytes(r, e, to, room, err);
}

/* ---- matrices ---------------------------------------------------------------------------------------------------- */

static bool number_type(uint32_t type, array_type *out)
{
    static const signed char types[] = {
        [MI_INT8] = ARRAY_I8 + 1,    [MI_UINT8] = ARRAY_U8 + 1,   [MI_INT16] = ARRAY_I16 + 1,
        [MI_UINT16] = ARRAY_U16 + 1, [MI_INT32] = ARRAY_I32 + 1,  [MI_UINT32] = ARRAY_U32 + 1,
        [MI_SINGLE] = ARRAY_F32 + 1, [MI_DOUBLE] = ARRAY_F64 + 1, [MI_INT64] = ARRAY_I64 + 1,
        [MI_UINT64] = ARRAY_U64 + 1};
    if (type >= sizeof types || types[type] == 0)
        return false;
    *out = (array_type)(types[type] - 1);
    return true;
}

/* What a matrix says of itself. */
typedef struct matrix {
    char name[ARRAY_NAME];
    int class, rank, dim[ARRAY_MAX_RANK];
    bool complex;
    size_t count;
} matrix;

static bool read_dimensions(reader *r, matrix *m, nn_error *err)
{
    unsigned char bytes[4 * 32];
    element e;
    if (!read_element(r, &e, bytes, sizeof bytes, err))
        return false;
    m->rank = (int)(e.len / 4);
    m->count = 1;
    for (int i = 0; i < m->rank; i++) {
        uint32_t n = word(r, bytes + 4 * i);
        if (n > INT_MAX || (n > 0 && m->count > ARRAY_MAX_BYTES / n))
            return nn_fail(err, NN_LIMIT, nn_stream_pos(r->stream), "an array has more than %d numbers",
                           ARRAY_MAX_BYTES);
        m->count *= n;
        if (i < ARRAY_MAX_RANK)
            m->dim[i] = (int)n;
    }
    return true;
}

static bool read_matrix_header(reader *r, matrix *m, const char *within, nn_error *err)
{
    unsigned char flags[8] = {0};
    char own[ARRAY_NAME] = "";
    element e;
    if (!read_element(r, &e, flags, sizeof flags, err) || !read_dimensions(r, m, err) ||
        !read_element(r, &e, own, sizeof own - 1, err))
        return false;
    m->class = (int)(word(r, flags) & 0xff);
    m->complex = word(r, flags) >> 11 & 1;
    snprintf(m->name, sizeof m->name, "%s", *within ? within : own); /* fields have no name of their own */
    return true;
}

/* The rest of a numeric matrix. Values that are not wanted, and imaginary parts, are left to who skips the rest. */
static bool read_numbers(reader *r, const matrix *m, nn_error *err)
{
    element e;
    if (m->rank > ARRAY_MAX_RANK || m->count == 0 || m->complex || !arrays_want(r->out, m->name))
        return true;
    size_t count = 0;
    array *a = arrays_add(r->out, m->name, err);
    if (!a || !read_tag(r, &e, err))
        return false;
    a->columns_first = true;
    a->big_endian = r->big_endian;
    a->rank = m->rank;
    memcpy(a->dim, m->dim, sizeof a->dim);
    bool has_type = number_type(e.type, &a->type);
    if (has_type && !array_count(a, &count, err))
        return false;
    if (!has_type || e.len != count * array_item_bytes(a))
        return nn_fail(err, NN_FORMAT, nn_stream_pos(r->stream), "%s: %zu bytes for %zu numbers", m->name, e.len,
                       m->count);
    if (!e.is_small)
        return e.len <= nn_stream_most(r->stream) ? take_values(r, a, &e, err) : fail_short(r, err);
    a->values = nn_alloc(e.len, 1);
    if (!a->values)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for %zu bytes", e.len);
    return read_bytes(r, &e, a->values, e.len, err);
}

static bool read_matrix(reader *r, size_t len, const char *within, int depth, nn_error *err);

/* The rest of a structure: the names of its fields, then a matrix for each. Of arrays of structures the first. */
static bool read_fields(reader *r, const matrix *m, int depth, nn_error *err)
{
    unsigned char bytes[4] = {0};
    char names[MAX_FIELDS * MAX_FIELD_NAME] = "";
    element e;
    if (!read_element(r, &e, bytes, sizeof bytes, err))
        return false;
    size_t step = word(r, bytes);
    if (!read_element(r, &e, names, sizeof names, err))
        return false;
    size_t fields = step > 0 && step <= MAX_FIELD_NAME ? e.len / step : 0;
    for (size_t i = 0; m->count > 0 && i < fields; i++) {
        char name[2 * ARRAY_NAME];
        snprintf(name, sizeof name, "%s.%.*s", m->name, (int)step, names + i * step);
        if (strlen(name) >= ARRAY_NAME)
            return true;
        if (!read_tag(r, &e, err))
            return false;
        if (e.type != MI_MATRIX)
            return nn_fail(err, NN_FORMAT, nn_stream_pos(r->stream), "%s: no array", name);
        if (!read_matrix(r, e.len, name, depth + 1, err))
            return false;
    }
    return true;
}

/* A matrix of len bytes; all of them are taken, whatever is in it. */
static bool read_matrix(reader *r, size_t len, const char *within, int depth, nn_error *err)
{
    matrix m = {0};
    size_t begin = nn_stream_pos(r->stream);
    if (len == 0)
        return true;
    if (!read_matrix_header(r, &m, within, err))
        return false;
    if (m.class == MX_STRUCT && depth < MAX_DEPTH && !read_fields(r, &m, depth, err))
        return false;
    if (m.class >= MX_DOUBLE && m.class <= MX_LAST_NUMERIC && !read_numbers(r, &m, err))
        return false;
    size_t taken = nn_stream_pos(r->stream) - begin;
    return taken <= len ? skip(r, len - taken, err)
                        : nn_fail(err, NN_FORMAT, nn_stream_pos(r->stream), "an array is longer than it says");
}

/* ---- the file ---------------------------------------------------------------------------------------------------- */

static bool read_compressed(reader *r, const unsigned char *data, size_t len, nn_error *err)
{
    reader inner = *r;
    element e;
    if (!nn_stream_memory(&inner.stream, data, len, NN_ZLIB, err))
        return false;
    bool ok = read_tag(&inner, &e, err) && (e.type != MI_MATRIX || read_matrix(&inner, e.len, "", 0, err));
    nn_stream_close(inner.stream);
    return ok;
}

static bool read_plain(reader *r, const unsigned char *data, size_t len, nn_error *err)
{
    reader inner = *r;
    if (!nn_stream_memory(&inner.stream, data, len, NN_DETECT, err))
        return false;
    bool ok = read_matrix(&inner, len, "", 0, err);
    nn_stream_close(inner.stream);
    return ok;
}

bool mat_read(arrays *self, const unsigned char *file, size_t len, nn_error *err)
{
    reader r = {.out = self};
    if (len >= 10 && memcmp(file, "MATLAB 7.3", 10) == 0)
        return nn_fail(err, NN_FORMAT, 0, "Matlab's newest format (7.3, HDF5) is not read; save it with -v7");
    if (len < FILE_HEADER + TAG || memcmp(file, "MATLAB 5.0", 10) != 0)
        return nn_fail(err, NN_FORMAT, 0, "not a file of Matlab's level 5 (-v7 or -v6)");
    r.big_endian = file[126] == 'M';
    for (size_t at = FILE_HEADER; len - at >= TAG;) {
        uint32_t type = word(&r, file + at);
        size_t size = word(&r, file + at + 4);
        at += TAG;
        if (size > len - at)
            return nn_fail(err, NN_FORMAT, len, "cut short: an array of %zu bytes, %zu follow", size, len - at);
        if (type == MI_COMPRESSED ? !read_compressed(&r, file + at, size, err)
                                  : type == MI_MATRIX && !read_plain(&r, file + at, size, err))
            return false;
        at += size;
    }
    return self->count > 0 || nn_fail(err, NN_FORMAT, len, "no array of numbers in it");
}
