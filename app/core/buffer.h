/* buffer.h - text that grows while it is written: HTML, SVG. A failed allocation sticks, so that only the end is
 * asked. */
#ifndef BUFFER_H
#define BUFFER_H

#include <stdbool.h>
#include <stddef.h>

/* Starts as {0}. After a failure everything that is added is ignored. */
typedef struct buffer {
    char *data; /* with a zero byte behind the end; NULL while empty */
    size_t len, room;
    bool failed;
} buffer;

void buffer_free(buffer *b);

void buffer_add(buffer *b, const char *text);
void buffer_add_bytes(buffer *b, const char *bytes, size_t count);

#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
void buffer_format(buffer *b, const char *format, ...);

/* Text from outside for HTML and XML, inside and outside of quotes: the five special characters become references;
 * control characters other than tab and line feed, and bytes that are no UTF-8, become '?'. */
void buffer_escaped(buffer *b, const char *text);

/* RFC 4648, with padding. */
void buffer_base64(buffer *b, const unsigned char *data, size_t len);

#endif
