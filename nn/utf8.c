/* utf8.c - checking, cutting and decoding UTF-8. */
#include "utf8.h"
#include <string.h>

static bool is_continuation(unsigned char byte)
{
    return (byte & 0xc0) == 0x80;
}

/* Bytes of the character at s, of which len are there; 0 if it is malformed. Overlong forms, surrogates and what lies
 * above U+10FFFF show in the first two bytes. */
static size_t character(const unsigned char *s, size_t len)
{
    size_t n = s[0] < 0x80 ? 1 : s[0] < 0xc2 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : s[0] < 0xf5 ? 4 : 0;
    if (s[0] == 0 || n > len)
        return 0;
    for (size_t i = 1; i < n; i++)
        if (!is_continuation(s[i]))
            return 0;
    if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) || (s[0] == 0xf0 && s[1] < 0x90) ||
        (s[0] == 0xf4 && s[1] > 0x8f))
        return 0;
    return n;
}

uint32_t nn_utf8_next(const char **text)
{
    enum { LONGEST = 4, REPLACEMENT = 0xfffd };
    const unsigned char *s = (const unsigned char *)*text;
    size_t bytes = character(s, LONGEST); /* the zero byte at the end stops it */
    if (s[0] == 0)
        return 0;
    *text += bytes > 0 ? bytes : 1;
    if (bytes < 2)
        return bytes == 1 ? s[0] : REPLACEMENT;
    uint32_t code = s[0] & (0x7fu >> bytes);
    for (size_t i = 1; i < bytes; i++)
        code = code << 6 | (s[i] & 0x3f);
    return code;
}

size_t nn_utf8_put(char to[4], uint32_t code)
{
    if (code < 0x80) {
        to[0] = (char)code;
        return 1;
    }
    size_t more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    for (size_t i = more; i > 0; i--, code >>= 6)
        to[i] = (char)(0x80 | (code & 0x3f));
    to[0] = (char)((0xf0u << (3 - more) & 0xff) | code);
    return more + 1;
}

size_t nn_utf8_prefix(const char *text, size_t len)
{
    const unsigned char *s = (const unsigned char *)text;
    size_t i = 0;
    for (size_t n = 1; i < len && n > 0; i += n)
        n = character(s + i, len - i);
    return i;
}

bool nn_utf8_is_valid(const char *text, size_t len)
{
    return nn_utf8_prefix(text, len) == len;
}

size_t nn_utf8_fit(const char *text, size_t len, size_t max)
{
    if (len <= max)
        return len;
    while (max > 0 && is_continuation((unsigned char)text[max]))
        max--;
    return max;
}

/* C0, DEL and C1; line and paragraph separators, and what turns the direction of text around. */
static bool is_control(const unsigned char *s, size_t bytes)
{
    switch (bytes) {
    case 1: return s[0] < 0x20 || s[0] == 0x7f;
    case 2: return s[0] == 0xc2 && s[1] < 0xa0;
    case 3:
        return s[0] == 0xe2 &&
               ((s[1] == 0x80 && s[2] >= 0xa8 && s[2] <= 0xae) || (s[1] == 0x81 && s[2] >= 0xa6 && s[2] <= 0xa9));
    default: return false;
    }
}

size_t nn_utf8_control(const char *text, size_t len)
{
    const unsigned char *s = (const unsigned char *)text;
    size_t bytes = character(s, len);
    return is_control(s, bytes) ? bytes : 0;
}

void nn_utf8_clean(char *text, size_t len)
{
    for (size_t i = 0, bytes; i < len; i += bytes) {
        bytes = character((const unsigned char *)text + i, len - i);
        bool bad = bytes == 0 || nn_utf8_control(text + i, bytes) > 0;
        bytes = bytes > 0 ? bytes : 1;
        if (bad)
            memset(text + i, '?', bytes);
    }
}
