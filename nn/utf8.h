/* utf8.h - text that comes from outside: what is well-formed, and its characters. */
#ifndef NN_UTF8_H
#define NN_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The next character of text that ends with a zero byte, moving *text on; 0 at the end, U+FFFD for a byte that begins no
 * well-formed character. */
uint32_t nn_utf8_next(const char **text);

/* Writes a character up to U+10FFFF; how many bytes it has. */
size_t nn_utf8_put(char to[4], uint32_t code);

/* How many bytes at the start are well-formed UTF-8 without zero bytes: len if all are. */
size_t nn_utf8_prefix(const char *text, size_t len);

/* Whether len bytes are well-formed UTF-8 without zero bytes. */
bool nn_utf8_is_valid(const char *text, size_t len);

/* The longest prefix of well-formed UTF-8 text that fits into max bytes and ends with a whole character. */
size_t nn_utf8_fit(const char *text, size_t len, size_t max);

/* Bytes of the control character that text, of len > 0 bytes, begins with; 0 if it begins with none. Such are C0, DEL,
 * C1, the separators of lines and paragraphs, and what turns the direction of text around. */
size_t nn_utf8_control(const char *text, size_t len);

/* Makes text harmless on a terminal: every byte of a control character, and those that are no UTF-8, becomes '?'. */
void nn_utf8_clean(char *text, size_t len);

#endif
