/* stream.c - one buffer of what comes from the file, one of what is unpacked from it. */
#include "stream.h"
#include "alloc.h"
#include "file_input.h"
#include <stdint.h>
#include <string.h>
#include <zlib.h>

enum { BUFFER = 1 << 16, BEST_RATIO = 1032 /* of deflate */ };

struct nn_stream {
    int fd;                          /* -1: memory */
    size_t size;                     /* of the file or memory; 0: not known */
    const unsigned char *in;         /* packed or plain bytes: in[in_at] .. in[in_len - 1] are not used yet */
    size_t in_at, in_len, in_before; /* in_before: bytes of the file before in[0] */
    bool in_ended;                   /* nothing follows them */
    unsigned char *in_buffer;        /* NULL for memory */

    bool packed, is_gzip, member_ended;
    z_stream z;

    unsigned char *out; /* what can be taken: out[out_at] .. out[out_len - 1], and room for a zero byte */
    size_t out_at, out_len;
    size_t pos; /* bytes taken */
    char *line; /* one that lies across two fills of `out` */
    size_t line_room;
};

/* ---- life -------------------------------------------------------------------------------------------------------- */

static voidpf zlib_alloc(voidpf ctx, uInt items, uInt size)
{
    (void)ctx;
    return nn_alloc(items, size);
}

static void zlib_free(voidpf ctx, voidpf memory)
{
    (void)ctx;
    nn_free(memory);
}

static bool fail_no_memory(nn_error *err)
{
    return nn_fail(err, NN_NOMEM, 0, "out of memory");
}

static bool start_unpacking(nn_stream *self, int window_bits, nn_error *err)
{
    self->z = (z_stream){.zalloc = zlib_alloc, .zfree = zlib_free};
    self->packed = inflateInit2(&self->z, window_bits) == Z_OK;
    return self->packed || fail_no_memory(err);
}

/* More of the file into `in`, once that is used up. */
static bool fetch(nn_stream *self, nn_error *err)
{
    if (self->in_at < self->in_len || self->in_ended)
        return true;
    ssize_t n = nn_input_read(self->fd, self->in_buffer, BUFFER, err);
    if (n < 0)
        return false;
    self->in_before += self->in_len;
    self->in_at = 0;
    self->in_len = (size_t)n;
    self->in_ended = n == 0;
    return true;
}

static bool begin(nn_stream *self, nn_packing packing, nn_error *err)
{
    self->out = nn_alloc(BUFFER + 1, 1);
    if (!self->out)
        return fail_no_memory(err);
    if (packing == NN_ZLIB)
        return start_unpacking(self, MAX_WBITS, err);
    if (packing == NN_DEFLATE)
        return start_unpacking(self, -MAX_WBITS, err);
    if (!fetch(self, err))
        return false;
    self->is_gzip = self->in_len >= 2 && self->in[0] == 0x1f && self->in[1] == 0x8b;
    return !self->is_gzip || start_unpacking(self, 16 + MAX_WBITS, err);
}

bool nn_stream_open(nn_stream **out, const char *path, nn_error *err)
{
    nn_stream *self = *out = nn_alloc(1, sizeof *self);
    if (self)
        self->fd = -1;
    unsigned char *buffer = self ? nn_alloc(BUFFER, 1) : NULL;
    if (!buffer) {
        fail_no_memory(err);
        goto fail;
    }
    self->in = self->in_buffer = buffer;
    if (!nn_input_open(&self->fd, path, &self->size, err)) {
        nn_stream_close(self);
        *out = NULL;
        return false;
    }
    if (begin(self, NN_DETECT, err))
        return true;

fail:
    nn_stream_close(self);
    *out = NULL;
    return nn_fail_in(err, path);
}

bool nn_stream_memory(nn_stream **out, const void *data, size_t len, nn_packing packing, nn_error *err)
{
    nn_stream *self = *out = nn_alloc(1, sizeof *self);
    if (!self)
        return fail_no_memory(err);
    *self = (nn_stream){.fd = -1, .size = len, .in = data, .in_len = len, .in_ended = true};
    if (begin(self, packing, err))
        return true;
    nn_stream_close(self);
    *out = NULL;
    return false;
}

void nn_stream_close(nn_stream *self)
{
    if (!self)
        return;
    if (self->packed)
        inflateEnd(&self->z);
    if (self->fd >= 0)
        nn_input_close(self->fd);
    nn_free(self->in_buffer);
    nn_free(self->out);
    nn_free(self->line);
    nn_free(self);
}

/* ---- filling ----------------------------------------------------------------------------------------------------- */

static bool copy_plain(nn_stream *self)
{
    size_t n = self->in_len - self->in_at;
    n = n < BUFFER ? n : BUFFER;
    memcpy(self->out, self->in + self->in_at, n);
    self->in_at += n;
    self->out_len = n;
    return true;
}

static bool fail_unpacking(const nn_stream *self, int status, nn_error *err)
{
    size_t at = self->in_before + self->in_at;
    if (status == Z_MEM_ERROR)
        return fail_no_memory(err);
    if (status == Z_BUF_ERROR)
        return nn_fail(err, NN_FORMAT, at, "the compressed data is cut short");
    return nn_fail(err, NN_FORMAT, at, "damaged compressed data at byte %zu: %s", at,
                   self->z.msg ? self->z.msg : "not what was expected");
}

/* Unpacks until there is something, or nothing follows. */
static bool unpack(nn_stream *self, nn_error *err)
{
    z_stream *z = &self->z;
    while (self->out_len == 0) {
        if (!fetch(self, err))
            return false;
        size_t left = self->in_len - self->in_at;
        if (self->member_ended) {
            if (left == 0 || !self->is_gzip)
                return true;
            inflateReset(z);
            self->member_ended = false;
        }
        z->next_in = (z_const Bytef *)(self->in + self->in_at);
        z->avail_in = (uInt)(left < BUFFER ? left : BUFFER);
        z->next_out = self->out;
        z->avail_out = BUFFER;
        int status = inflate(z, Z_NO_FLUSH);
        self->in_at = (size_t)(z->next_in - self->in);
        self->out_len = BUFFER - z->avail_out;
        self->member_ended = status == Z_STREAM_END;
        bool starved = status == Z_BUF_ERROR && !self->in_ended && self->in_at == self->in_len;
        if (status != Z_OK && status != Z_STREAM_END && !starved)
            return fail_unpacking(self, status, err);
    }
    return true;
}

/* Makes out_at < out_len, but at the end. */
static bool fill(nn_stream *self, nn_error *err)
{
    if (self->out_at < self->out_len)
        return true;
    self->out_at = self->out_len = 0;
    return self->packed ? unpack(self, err) : fetch(self, err) && copy_plain(self);
}

/* ---- taking ------------------------------------------------------------------------------------------------------ */

bool nn_stream_read(nn_stream *self, void *data, size_t len, size_t *got, nn_error *err)
{
    for (*got = 0; *got < len;) {
        if (!fill(self, err))
            return false;
        size_t have = self->out_len - self->out_at, n = len - *got < have ? len - *got : have;
        if (n == 0)
            return true;
        memcpy((unsigned char *)data + *got, self->out + self->out_at, n);
        self->out_at += n;
        self->pos += n;
        *got += n;
    }
    return true;
}

/* Adds bytes to the line that is put together, which has `before` already. */
static bool extend(nn_stream *self, size_t before, const unsigned char *bytes, size_t n, nn_error *err)
{
    if (before + n >= self->line_room) {
        size_t room = nn_room(before + n + 1);
        char *line = nn_realloc(self->line, before, room, 1);
        if (!line)
            return fail_no_memory(err);
        self->line = line;
        self->line_room = room;
    }
    memcpy(self->line + before, bytes, n);
    self->line[before + n] = 0;
    return true;
}

bool nn_stream_line(nn_stream *self, size_t cap, char **line, size_t *len, nn_error *err)
{
    size_t before = 0;
    bool complete = false;
    *line = NULL;
    *len = 0;
    while (!complete) {
        if (!fill(self, err))
            return false;
        unsigned char *from = self->out + self->out_at, *newline;
        size_t have = self->out_len - self->out_at;
        if (have == 0 && before == 0)
            return true;
        newline = memchr(from, '\n', have);
        complete = newline || have == 0;
        size_t n = newline ? (size_t)(newline - from) : have;
        if (n > cap - before)
            return nn_fail(err, NN_LIMIT, self->pos, "longer than %zu bytes", cap);
        self->out_at += n + (newline != NULL);
        self->pos += n + (newline != NULL);
        if (complete && before == 0) { /* all of it is here */
            *line = (char *)from;
            from[n] = 0;
        } else if (!extend(self, before, from, n, err)) {
            return false;
        }
        before += n;
    }
    *line = *line ? *line : self->line;
    *len = before - (before > 0 && (*line)[before - 1] == '\r');
    (*line)[*len] = 0;
    return true;
}

size_t nn_stream_pos(const nn_stream *self)
{
    return self->pos;
}

size_t nn_stream_most(const nn_stream *self)
{
    size_t ready = self->out_len - self->out_at, used = self->in_before + self->in_at;
    if (self->size == 0 && !self->in_ended)
        return SIZE_MAX;
    size_t known = self->size > used ? self->size - used : 0, here = self->in_len - self->in_at;
    size_t left = known > here ? known : here;
    if (!self->packed)
        return ready + left;
    return left > SIZE_MAX / BEST_RATIO - BUFFER ? SIZE_MAX : ready + BEST_RATIO * left + BUFFER;
}
