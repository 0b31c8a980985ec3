/* utf8.h - what JSON and model files ask of text that comes from outside. */
#ifndef NN_UTF8_H
#define NN_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* How many bytes at the start are well-formed UTF-8 without zero bytes: len if all are. */
size_t nn_utf8_prefix(const char *text, size_t len);

/* Whether len bytes are well-formed UTF-8 without zero bytes. */
bool nn_utf8_is_valid(const char *text, size_t len);

/* The longest prefix of well-formed UTF-8 text that fits into max bytes and ends with a whole character. */
size_t nn_utf8_fit(const char *text, size_t len, size_t max);

#endif
