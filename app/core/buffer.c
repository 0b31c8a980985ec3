/* buffer.c - text that grows by doubling. */
#include "buffer.h"
#include "nn/alloc.h"
#include "nn/utf8.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void buffer_free(buffer *b)
{
    nn_free(b->data);
    *b = (buffer){0};
}

/* Room for `more` bytes and the zero byte; NULL, for ever, when it cannot be had. */
static char *make_room(buffer *b, size_t more)
{
    if (!b->failed && more >= b->room - b->len) {
        size_t room = nn_room(b->len + more + 1);
        char *data = nn_realloc(b->data, b->room, room, 1);
        b->failed = !data;
        b->data = data ? data : b->data;
        b->room = data ? room : b->room;
    }
    return b->failed ? NULL : b->data + b->len;
}

void buffer_add_bytes(buffer *b, const char *bytes, size_t count)
{
    char *to = make_room(b, count);
    if (!to)
        return;
    memcpy(to, bytes, count);
    to[count] = 0;
    b->len += count;
}

void buffer_add(buffer *b, const char *text)
{
    buffer_add_bytes(b, text, strlen(text));
}

void buffer_format(buffer *b, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int count = vsnprintf(NULL, 0, format, args);
    char *to = count > 0 ? make_room(b, (size_t)count) : NULL;
    if (to) {
        vsnprintf(to, (size_t)count + 1, format, again);
        b->len += (size_t)count;
    }
    va_end(again);
    va_end(args);
}

static void add_character(buffer *b, char c)
{
    switch (c) {
    case '&': buffer_add(b, "&amp;"); break;
    case '<': buffer_add(b, "&lt;"); break;
    case '>': buffer_add(b, "&gt;"); break;
    case '"': buffer_add(b, "&quot;"); break;
    case '\'': buffer_add(b, "&#39;"); break;
    case '\n':
    case '\t': buffer_add_bytes(b, &c, 1); break;
    default: buffer_add_bytes(b, (unsigned char)c < ' ' || c == 0x7f ? "?" : &c, 1);
    }
}

void buffer_escaped(buffer *b, const char *text)
{
    for (size_t left = strlen(text); left > 0;) {
        size_t good = nn_utf8_prefix(text, left);
        for (size_t i = 0; i < good; i++)
            add_character(b, text[i]);
        if (good < left)
            buffer_add(b, "?");
        good += good < left;
        text += good;
        left -= good;
    }
}

void buffer_base64(buffer *b, const unsigned char *data, size_t len)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *to = make_room(b, (len + 2) / 3 * 4);
    if (!to)
        return;
    for (size_t i = 0; i < len; i += 3) {
        unsigned long bits = (unsigned long)data[i] << 16;
        bits |= i + 1 < len ? (unsigned long)data[i + 1] << 8 : 0;
        bits |= i + 2 < len ? data[i + 2] : 0;
        *to++ = digits[bits >> 18];
        *to++ = digits[bits >> 12 & 63];
        *to++ = i + 1 < len ? digits[bits >> 6 & 63] : '=';
        *to++ = i + 2 < len ? digits[bits & 63] : '=';
    }
    *to = 0;
    b->len += (len + 2) / 3 * 4;
}
