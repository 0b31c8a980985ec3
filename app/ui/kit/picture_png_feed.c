/* picture_png_feed.c - chunk by chunk; what is inflated becomes chunks of its own, each with one stored block. */
#include "picture_png_feed.h"
#ifdef DIGITSCOPE_IMAGE
#ifdef DIGITSCOPE_ISAL
#include "nn/alloc.h"
#include <isa-l/igzip_lib.h>
#include <string.h>
#include <zlib.h>

enum {
    CHUNK = 12,        /* bytes of a chunk without its data: length, type, checksum */
    STREAM_HEADER = 2, /* zlib's */
    BLOCK_HEADER = 5,  /* of a stored block */
    HEADERS = 8 + STREAM_HEADER + BLOCK_HEADER,
    STREAM_END = 4, /* zlib's checksum */
    TRAILERS = STREAM_END + 4,
    PIECE = 32768 /* bytes of a block: what the caches hold while libpng goes through it */
};

typedef struct feed {
    struct inflate_state stream;
    bool is_open; /* zlib's header has come */
    enum { BEFORE_PIXELS, IN_PIXELS, BEHIND_PIXELS } state;
    unsigned char chunk[HEADERS + PIECE + TRAILERS]; /* the piece has its place in it */
} feed;

/* Chunks' checksums are compared here, and those of the pieces left out. */
void png_feed_begin_pixels(png_structp png)
{
    png_set_crc_action(png, PNG_CRC_QUIET_USE, PNG_CRC_NO_CHANGE);
}

static unsigned char *put_little_16(unsigned char *to, unsigned value)
{
    to[0] = (unsigned char)value;
    to[1] = (unsigned char)(value >> 8);
    return to + 2;
}

/* The piece of so many bytes that stands in the chunk. */
static void give_piece(feed *self, png_structp png, png_infop info, unsigned len, bool first, bool last)
{
    unsigned size = (first ? STREAM_HEADER : 0u) + BLOCK_HEADER + len + (last ? STREAM_END : 0u);
    unsigned char *begin = self->chunk + (first ? 0 : STREAM_HEADER), *to = begin;
    for (int shift = 24; shift >= 0; shift -= 8)
        *to++ = (unsigned char)(size >> shift);
    memcpy(to, "IDAT\x78\x01", 4 + STREAM_HEADER);
    to += first ? 4 + STREAM_HEADER : 4;
    *to++ = last;
    put_little_16(put_little_16(to, len), ~len);
    memset(self->chunk + HEADERS + len, 0, TRAILERS);
    png_process_data(png, info, begin, CHUNK + size);
}

/* Whether zlib's header is there, which may come in several chunks, too. */
static bool open_stream(feed *self, png_structp png)
{
    struct isal_zlib_header header = {0};
    int result = self->is_open ? ISAL_DECOMP_OK : isal_read_zlib_header(&self->stream, &header);
    if (result < 0 || header.dict_flag)
        png_error(png, "its pixels are not zlib's");
    self->is_open = result == ISAL_DECOMP_OK;
    return self->is_open;
}

static void give_pixels(feed *self, png_structp png, png_infop info, bytes packed)
{
    struct inflate_state *s = &self->stream;
    s->next_in = (uint8_t *)(uintptr_t)packed.data; /* only read */
    s->avail_in = (uint32_t)packed.len;
    if (!open_stream(self, png))
        return;
    do {
        s->next_out = self->chunk + HEADERS;
        s->avail_out = PIECE;
        if (isal_inflate(s) < 0)
            png_error(png, "its pixels cannot be inflated");
        if (s->avail_out < PIECE)
            give_piece(self, png, info, PIECE - s->avail_out, false, false);
    } while (s->avail_out == 0);
}

static void give_chunk(feed *self, png_structp png, png_infop info, bytes chunk)
{
    bool has_pixels = bytes_have(chunk, 4, "IDAT") && self->state != BEHIND_PIXELS;
    size_t len = chunk.len - CHUNK;
    if (has_pixels && self->state == BEFORE_PIXELS) {
        give_piece(self, png, info, 0, true, false);
        self->state = IN_PIXELS;
    }
    if (!has_pixels && self->state == IN_PIXELS) {
        give_piece(self, png, info, 0, false, true);
        self->state = BEHIND_PIXELS;
    }
    if (!has_pixels)
        png_process_data(png, info, (png_bytep)(uintptr_t)chunk.data, chunk.len);
    else if (crc32(0, chunk.data + 4, (uInt)len + 4) != bytes_big(chunk, chunk.len - 4, 4))
        png_error(png, "IDAT: CRC error");
    else
        give_pixels(self, png, info, (bytes){chunk.data + 8, len});
}

void png_feed_file(png_structp png, png_infop info, bytes file, void **room)
{
    enum { SIGNATURE = 8 };
    feed *self = *room = nn_alloc(1, sizeof *self);
    if (!self)
        png_error(png, "out of memory");
    isal_inflate_init(&self->stream);
    png_process_data(png, info, (png_bytep)(uintptr_t)file.data, SIGNATURE);
    for (size_t at = SIGNATURE; at + CHUNK <= file.len;) {
        size_t len = bytes_big(file, at, 4);
        if (len > file.len - at - CHUNK)
            return;
        give_chunk(self, png, info, (bytes){file.data + at, CHUNK + len});
        at += CHUNK + len;
    }
}

#else

void png_feed_begin_pixels(png_structp png)
{
    (void)png;
}

void png_feed_file(png_structp png, png_infop info, bytes file, void **room)
{
    (void)room;
    png_process_data(png, info, (png_bytep)(uintptr_t)file.data, file.len);
}

#endif
#endif
