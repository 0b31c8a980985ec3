/* text_lines.c - one unit of the encoding at a time. */
#include "text_lines.h"
#include "nn/alloc.h"
#include "nn/utf8.h"
#include <stdint.h>
#include <string.h>

enum { END = -1, FAILED = -2, REPLACEMENT = 0xfffd };

void text_lines_begin(text_lines *self, nn_stream *stream)
{
    *self = (text_lines){.stream = stream};
}

void text_lines_free(text_lines *self)
{
    nn_free(self->line);
    self->line = NULL;
}

static bool fill(text_lines *self, nn_error *err)
{
    if (self->at < self->have)
        return true;
    self->at = 0;
    return nn_stream_read(self->stream, self->block, sizeof self->block, &self->have, err);
}

/* By the mark at the beginning; without one by a zero in every other byte. */
static void tell_encoding(text_lines *self)
{
    const unsigned char *b = self->block;
    self->begun = true;
    if (self->have >= 3 && memcmp(b, "\xef\xbb\xbf", 3) == 0)
        self->at = 3;
    if (self->have < 2)
        return;
    bool marked_le = b[0] == 0xff && b[1] == 0xfe, marked_be = b[0] == 0xfe && b[1] == 0xff;
    if (marked_le || (b[0] != 0 && b[1] == 0))
        self->encoding = TEXT_UTF16_LE;
    if (marked_be || (b[0] == 0 && b[1] != 0))
        self->encoding = TEXT_UTF16_BE;
    if (marked_le || marked_be)
        self->at = 2;
}

/* A byte of UTF-8 or a unit of UTF-16. */
static int next_unit(text_lines *self, nn_error *err)
{
    if (!fill(self, err))
        return FAILED;
    if (self->have == 0)
        return END;
    if (!self->begun)
        tell_encoding(self);
    int first = self->at < self->have ? self->block[self->at++] : END;
    if (self->encoding == TEXT_UTF8 || first == END)
        return first;
    if (!fill(self, err))
        return FAILED;
    int second = self->have > 0 ? self->block[self->at++] : 0;
    return self->encoding == TEXT_UTF16_LE ? first | second << 8 : first << 8 | second;
}

static bool put(text_lines *self, int byte, nn_error *err)
{
    if (self->len + 1 >= self->room) {
        if (self->len == TEXT_LINES_MAX)
            return nn_fail(err, NN_LIMIT, nn_stream_pos(self->stream), "line %ld is longer than %d bytes", self->number,
                           TEXT_LINES_MAX);
        size_t room = nn_room(self->len + 2);
        room = room < TEXT_LINES_MAX + 1 ? room : TEXT_LINES_MAX + 1;
        char *line = nn_realloc(self->line, self->len, room, 1);
        if (!line)
            return nn_fail(err, NN_NOMEM, 0, "out of memory");
        self->line = line;
        self->room = room;
    }
    self->line[self->len++] = (char)byte;
    self->line[self->len] = 0;
    return true;
}

/* Labels need no more than the first plane; the halves of what lies beyond become the sign for the unreadable. */
static bool put_unit(text_lines *self, int unit, nn_error *err)
{
    if (self->encoding == TEXT_UTF8 || unit < 0x80)
        return put(self, unit, err);
    if (unit >= 0xd800 && unit < 0xe000)
        unit = REPLACEMENT;
    char bytes[4];
    bool ok = true;
    for (size_t i = 0, n = nn_utf8_put(bytes, (uint32_t)unit); ok && i < n; i++)
        ok = put(self, (unsigned char)bytes[i], err);
    return ok;
}

bool text_lines_next(text_lines *self, bool *more, nn_error *err)
{
    bool any = false;
    self->len = 0;
    self->number++;
    if (!put(self, 0, err)) /* a line is there, also where it is empty */
        return false;
    self->len = 0;
    for (;;) {
        int unit = next_unit(self, err);
        if (unit == FAILED)
            return false;
        bool second_of_two = unit == '\n' && self->after_cr;
        self->after_cr = unit == '\r';
        if (second_of_two)
            continue;
        *more = any || unit != END;
        any = true;
        if (unit == END || unit == '\n' || unit == '\r')
            return true;
        if (!put_unit(self, unit, err))
            return false;
    }
}
