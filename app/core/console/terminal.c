/* terminal.c - formats, then replaces what could steer a terminal. */
#include "terminal.h"
#include "app/core/clock.h"
#include "nn/alloc.h"
#include "nn/utf8.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { USUAL = 1024 }; /* bytes of a text that needs no memory of its own, and of a format */

static void format_into(char *out, size_t size, const char *format, va_list values)
{
    va_list copy;
    va_copy(copy, values);
    if (vsnprintf(out, size, format, copy) < 0)
        *out = 0;
    va_end(copy);
}

/* Formats twice: a line feed is the format's own where the format with blanks in their place gives a blank. */
static bool print_clean(FILE *file, const char *format, va_list values, char *text, char *other, size_t size)
{
    char blanks[USUAL];
    snprintf(blanks, sizeof blanks, "%s", format);
    for (char *c = blanks; (c = strchr(c, '\n'));)
        *c = ' ';
    format_into(text, size, format, values);
    format_into(other, size, blanks, values);
    size_t len = strlen(text);
    nn_utf8_clean(text, len);
    for (size_t i = 0; i < len; i++)
        if (text[i] == '?' && other[i] == ' ')
            text[i] = '\n';
    return fwrite(text, 1, len, file) == len;
}

static bool print(FILE *file, const char *format, va_list values)
{
    char usual[2][USUAL];
    va_list copy;
    va_copy(copy, values);
    int len = vsnprintf(usual[0], USUAL, format, copy);
    va_end(copy);
    size_t size = len < USUAL ? USUAL : (size_t)len + 1;
    char *long_text = size > USUAL ? nn_alloc(2, size) : NULL; /* out of memory: what is too long is cut */
    bool ok = long_text ? print_clean(file, format, values, long_text, long_text + size, size)
                        : print_clean(file, format, values, usual[0], usual[1], USUAL);
    nn_free(long_text);
    return ok;
}

bool terminal_print(const char *format, ...)
{
    va_list values;
    va_start(values, format);
    bool ok = print(stdout, format, values);
    va_end(values);
    return ok;
}

bool terminal_write(const char *text)
{
    return fputs(text, stdout) >= 0;
}

static unsigned code_of(const unsigned char *s, size_t bytes)
{
    return bytes == 1   ? s[0]
           : bytes == 2 ? (s[0] & 0x1fu) << 6 | (s[1] & 0x3fu)
                        : (s[0] & 0x0fu) << 12 | (s[1] & 0x3fu) << 6 | (s[2] & 0x3fu);
}

/* Jansson escapes C0; the others, too, only stand in strings. */
bool terminal_bytes(const void *data, size_t len)
{
    return fwrite(data, 1, len, stdout) == len;
}

bool terminal_json(const char *json)
{
    bool ok = true;
    for (size_t left = strlen(json), bytes; ok && left > 0; json += bytes, left -= bytes) {
        bytes = nn_utf8_control(json, left);
        if (bytes > 0)
            ok = fprintf(stdout, "\\u%04X", code_of((const unsigned char *)json, bytes)) > 0;
        else
            ok = putc(*json, stdout) != EOF;
        bytes = bytes > 0 ? bytes : 1;
    }
    return ok && putc('\n', stdout) != EOF;
}

bool terminal_flush(void)
{
    return fflush(stdout) == 0 && !ferror(stdout);
}

void terminal_complain(const char *format, ...)
{
    va_list values;
    va_start(values, format);
    print(stderr, format, values);
    va_end(values);
}

/* ---- progress ---------------------------------------------------------------------------------------------------- */

static const double interval = 0.1; /* seconds */
static double last_shown;

bool terminal_is_due(void)
{
    return isatty(STDERR_FILENO) && clock_seconds() - last_shown >= interval;
}

void terminal_show(const char *format, ...)
{
    va_list values;
    va_start(values, format);
    last_shown = clock_seconds();
    fputc('\r', stderr);
    print(stderr, format, values);
    fputs("\033[K", stderr);
    fflush(stderr);
    va_end(values);
}

void terminal_clear(void)
{
    if (isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
}

void terminal_progress(const char *what, long done, long total)
{
    if (done == total)
        terminal_clear();
    else if (terminal_is_due())
        terminal_show("%s: %ld of %ld", what, done, total);
}
