/* png.c - signature, header, one chunk of rows compressed by zlib, end. */
#include "png.h"
#include "nn/alloc.h"
#include <string.h>
#include <zlib.h>

enum { GREY = 0, RGB = 2 }; /* colour types */
enum { CHUNK = 12, HEADER = 13, FRAME = 8 + CHUNK + HEADER + CHUNK + CHUNK };

/* A picture as PNG's rows: a filter byte, which stays 0, then the pixels. */
typedef struct rows {
    unsigned char *bytes;
    size_t stride; /* the filter byte included */
    int w, h, type, depth;
} rows;

static unsigned char *put_32(unsigned char *to, size_t value)
{
    for (int i = 0; i < 4; i++)
        to[i] = (unsigned char)(value >> (24 - 8 * i));
    return to + 4;
}

/* A chunk whose data already stands 8 bytes behind `to`; returns its end. */
static unsigned char *close_chunk(unsigned char *to, const char type[5], size_t len)
{
    memcpy(put_32(to, len), type, 4);
    return put_32(to + 8 + len, crc32(0, to + 4, (uInt)len + 4));
}

/* zlib's memory is its own; it says so when there is none. */
static bool encode(const rows *r, unsigned char **data, size_t *len, nn_error *err)
{
    static const unsigned char signature[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    size_t size = r->stride * (size_t)r->h;
    uLongf packed = compressBound(size);
    unsigned char *out = nn_alloc(FRAME + packed, 1), *header = out + sizeof signature;
    *data = NULL;
    if (!out)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for a picture");
    memcpy(out, signature, sizeof signature);
    unsigned char *p = put_32(put_32(header + 8, (size_t)r->w), (size_t)r->h);
    p[0] = (unsigned char)r->depth;
    p[1] = (unsigned char)r->type; /* compression, filters and interlacing stay 0 */
    p = close_chunk(header, "IHDR", HEADER);
    if (compress2(p + 8, &packed, r->bytes, size, Z_DEFAULT_COMPRESSION) != Z_OK) {
        nn_free(out);
        return nn_fail(err, NN_NOMEM, 0, "out of memory for a picture");
    }
    p = close_chunk(close_chunk(p, "IDAT", packed), "IEND", 0);
    *data = out;
    *len = (size_t)(p - out);
    return true;
}

static bool rows_new(rows *r, int w, int h, int type, int depth, nn_error *err)
{
    size_t bits = (size_t)w * (size_t)depth * (type == RGB ? 3 : 1);
    *r = (rows){.stride = 1 + (bits + 7) / 8, .w = w, .h = h, .type = type, .depth = depth};
    r->bytes = nn_alloc((size_t)h, r->stride);
    return r->bytes || nn_fail(err, NN_NOMEM, 0, "out of memory for a picture");
}

bool png_encode(const uint32_t *pixels, int w, int h, unsigned char **data, size_t *len, nn_error *err)
{
    rows r;
    *data = NULL;
    if (!rows_new(&r, w, h, RGB, 8, err))
        return false;
    for (int y = 0; y < h; y++) {
        unsigned char *to = r.bytes + (size_t)y * r.stride + 1;
        for (int x = 0; x < w; x++, pixels++)
            for (int shift = 16; shift >= 0; shift -= 8)
                *to++ = (unsigned char)(*pixels >> shift);
    }
    bool ok = encode(&r, data, len, err);
    nn_free(r.bytes);
    return ok;
}

bool png_encode_grey(const unsigned char *bytes, int w, int h, unsigned char **data, size_t *len, nn_error *err)
{
    rows r;
    *data = NULL;
    if (!rows_new(&r, w, h, GREY, 4, err))
        return false;
    for (int y = 0; y < h; y++) {
        unsigned char *to = r.bytes + (size_t)y * r.stride + 1;
        for (int x = 0; x < w; x++)
            to[x / 2] |= (unsigned char)((*bytes++ + 8) / 17 << (x % 2 ? 0 : 4));
    }
    bool ok = encode(&r, data, len, err);
    nn_free(r.bytes);
    return ok;
}
