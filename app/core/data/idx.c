/* idx.c - the header decides how much is read. */
#include "idx.h"
#include "app/core/paths.h"
#include "nn/alloc.h"
#include "nn/file.h"
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static uint32_t big_endian(const unsigned char *b)
{
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static bool fail_short(size_t len, size_t header, nn_error *err)
{
    return nn_fail(err, NN_FORMAT, len, "cut short: %zu bytes, the header alone has %zu", len, header);
}

/* The number's type by the third byte of the magic number. */
static bool type_of(unsigned char code, array_type *type)
{
    static const struct {
        unsigned char code;
        array_type type;
    } types[] = {{8, ARRAY_U8}, {9, ARRAY_I8}, {11, ARRAY_I16}, {12, ARRAY_I32}, {13, ARRAY_F32}, {14, ARRAY_F64}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (types[i].code == code) {
            *type = types[i].type;
            return true;
        }
    return false;
}

static bool read_header(array *a, nn_stream *stream, nn_error *err)
{
    unsigned char magic[4], sizes[4 * ARRAY_MAX_RANK];
    size_t got;
    if (!nn_stream_read(stream, magic, sizeof magic, &got, err))
        return false;
    if (got < sizeof magic)
        return fail_short(got, 8, err);
    if (magic[0] != 0 || magic[1] != 0 || !type_of(magic[2], &a->type) || magic[3] < 1 || magic[3] > ARRAY_MAX_RANK)
        return nn_fail(err, NN_FORMAT, 0, "not an IDX file (it begins %02x %02x %02x %02x)", magic[0], magic[1],
                       magic[2], magic[3]);
    a->rank = magic[3];
    size_t len = 4 * (size_t)a->rank;
    if (!nn_stream_read(stream, sizes, len, &got, err))
        return false;
    if (got < len)
        return fail_short(sizeof magic + got, sizeof magic + len, err);
    for (int i = 0; i < a->rank; i++) {
        uint32_t n = big_endian(sizes + 4 * i);
        if (n == 0 || n > INT_MAX)
            return nn_fail(err, NN_FORMAT, 4 + 4 * (size_t)i, "dimension %d of the header is %lu", i + 1,
                           (unsigned long)n);
        a->dim[i] = (int)n;
    }
    return true;
}

static bool read_values(array *a, nn_stream *stream, size_t bytes, nn_error *err)
{
    size_t begin = nn_stream_pos(stream), got, more;
    unsigned char beyond;
    if (bytes > nn_stream_most(stream))
        return nn_fail(err, NN_FORMAT, begin,
                       "cut short, or wrong counts: the header promises %zu bytes, more than can follow", bytes);
    if (!array_take(a, stream, bytes, &got, err) || !nn_stream_read(stream, &beyond, 1, &more, err))
        return false;
    if (got < bytes)
        return nn_fail(err, NN_FORMAT, begin + got,
                       "cut short, or wrong counts: the header promises %zu bytes, %zu follow", bytes, got);
    return more == 0 ||
           nn_fail(err, NN_FORMAT, begin + got, "wrong counts: the header promises %zu bytes, more follow", bytes);
}

bool idx_read(array *a, nn_stream *stream, bool header_only, nn_error *err)
{
    size_t count;
    *a = (array){.big_endian = true};
    if (!read_header(a, stream, err) || !array_count(a, &count, err))
        return false;
    if (header_only || read_values(a, stream, count * array_item_bytes(a), err))
        return true;
    nn_free(a->values);
    a->values = NULL;
    return false;
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

enum { TYPE_U8 = 8 };

static void put_big_endian(unsigned char *to, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        to[i] = (unsigned char)(value >> (24 - 8 * i));
}

static bool save_bytes(const char *folder, const char *name, const int *dim, int rank, const unsigned char *values,
                       nn_error *err)
{
    char path[PATHS_MAX];
    size_t header = 4 + 4 * (size_t)rank, count = 1;
    for (int i = 0; i < rank; i++)
        count *= (size_t)dim[i];
    if (!paths_join(path, folder, name))
        return nn_fail(err, NN_LIMIT, 0, "the path is too long");
    unsigned char *bytes = nn_alloc(header + count, 1);
    if (!bytes)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the images");
    bytes[2] = TYPE_U8;
    bytes[3] = (unsigned char)rank;
    for (int i = 0; i < rank; i++)
        put_big_endian(bytes + 4 + 4 * i, (uint32_t)dim[i]);
    memcpy(bytes + header, values, count);
    bool ok = nn_file_save(path, bytes, header + count, NN_CONSISTENT, err);
    nn_free(bytes);
    return ok;
}

/* Digits need no names. */
static bool save_names(const dataset *data, const char *folder, nn_error *err)
{
    char path[PATHS_MAX], text[NN_MAX_CLASSES * (NN_NAME + 1)];
    size_t len = 0;
    for (int i = 0; i < data->classes; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "%s\n", data->label[i]);
    if (!paths_join(path, folder, "labels.txt"))
        return nn_fail(err, NN_LIMIT, 0, "the path is too long");
    return dataset_has_digits(data) ? nn_file_remove(path, err) : nn_file_save(path, text, len, NN_CONSISTENT, err);
}

bool idx_save(const dataset *data, const char *folder, nn_error *err)
{
    const int dim[] = {data->count, data->side, data->side};
    return nn_file_mkdirs_named(folder, err) &&
           save_bytes(folder, "train-images-idx3-ubyte", dim, 3, data->images, err) &&
           save_bytes(folder, "train-labels-idx1-ubyte", dim, 1, data->labels, err) && save_names(data, folder, err);
}
