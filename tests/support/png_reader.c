/* png_reader.c - chunks in their order with right checksums, and two formats of pixels. */
#include "png_reader.h"
#include "nn/alloc.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>
#include <zlib.h>

#include <cmocka.h>

typedef struct chunk {
    const unsigned char *data;
    size_t len;
} chunk;

static size_t big_32(const unsigned char *p)
{
    return (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
}

/* The next chunk, which must be of this type. */
static chunk next(const unsigned char **at, const unsigned char *end, const char *type)
{
    assert_true(end - *at >= 12);
    chunk c = {*at + 8, big_32(*at)};
    assert_true((size_t)(end - *at) >= 12 + c.len);
    assert_memory_equal(*at + 4, type, 4);
    assert_int_equal(crc32(0, *at + 4, (uInt)c.len + 4), big_32(c.data + c.len));
    *at += 12 + c.len;
    return c;
}

static uint32_t pixel_of(const unsigned char *row, int x, bool grey)
{
    if (!grey)
        return 0xff000000 | (uint32_t)row[3 * x] << 16 | (uint32_t)row[3 * x + 1] << 8 | row[3 * x + 2];
    uint32_t level = row[x / 2] >> (x % 2 ? 0 : 4) & 15;
    return 0xff000000 | level * 0x111111;
}

uint32_t *png_read(const unsigned char *data, size_t len, int *w, int *h)
{
    const unsigned char *at = data + 8, *end = data + len;
    assert_true(len > 8 && memcmp(data, "\x89PNG\r\n\x1a\n", 8) == 0);
    chunk header = next(&at, end, "IHDR"), packed = next(&at, end, "IDAT");
    assert_int_equal(next(&at, end, "IEND").len, 0);
    assert_ptr_equal(at, end);
    assert_int_equal(header.len, 13);
    *w = (int)big_32(header.data);
    *h = (int)big_32(header.data + 4);
    bool grey = header.data[9] == 0;
    assert_true(grey ? header.data[8] == 4 : header.data[9] == 2 && header.data[8] == 8);
    size_t stride = 1 + (grey ? (size_t)(*w + 1) / 2 : 3 * (size_t)*w);
    uLongf size = stride * (size_t)*h;
    unsigned char *rows = nn_alloc(size, 1);
    uint32_t *pixels = nn_alloc((size_t)*w * (size_t)*h, sizeof *pixels);
    assert_true(rows && pixels);
    assert_int_equal(uncompress(rows, &size, packed.data, packed.len), Z_OK);
    assert_int_equal(size, stride * (size_t)*h);
    for (int y = 0; y < *h; y++) {
        assert_int_equal(rows[(size_t)y * stride], 0);
        for (int x = 0; x < *w; x++)
            pixels[y * *w + x] = pixel_of(rows + (size_t)y * stride + 1, x, grey);
    }
    nn_free(rows);
    return pixels;
}
