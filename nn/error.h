/* error.h - how every function of the library that can fail says so.
 *
 * Parsing, planning and loading return false and fill an nn_error; forward, backward and optimizer
 * steps cannot fail and return void. The library never prints, exits or asserts on input. */
#ifndef NN_ERROR_H
#define NN_ERROR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum nn_code {
    NN_OK,
    NN_NOMEM,  /* an allocation failed */
    NN_IO,     /* the file system said no */
    NN_FORMAT, /* the input is not what it should be */
    NN_LIMIT,  /* the input is well formed, but larger than the library accepts */
    NN_USAGE   /* the caller asked for something that does not exist or fit */
} nn_code;

typedef struct nn_error {
    nn_code code;
    size_t pos;     /* byte offset in the input, at most its length; 0 where there is none */
    char text[400]; /* one line of UTF-8 without control characters: plain words, no trailing full stop */
} nn_error;

/* Fills *err from a printf format and returns false, so that a check is one line:
 * `if (rank > 4) return nn_fail(err, NN_LIMIT, pos, "rank %d, at most 4", rank);`
 * err may be NULL where nobody asks. */
#if defined(__GNUC__)
__attribute__((format(printf, 4, 5)))
#endif
bool nn_fail(nn_error *err, nn_code code, size_t pos, const char *format, ...);

/* How nn_fail puts an error into words: out is to hold at most `size` bytes, its zero byte included. For programs that
 * speak other languages: `english` is the format that nn_fail was given, and may be looked up. It is called on any
 * thread. NULL: as printf does, as it is from the start. Set it before any thread starts. */
typedef void (*nn_error_words)(char *out, size_t size, const char *english, va_list args);
void nn_error_set_words(nn_error_words words);

/* Puts "NAME: " in front of an error's text, once the caller knows the name of the file; of a long name its end.
 * Returns false. */
bool nn_fail_in(nn_error *err, const char *name);

#ifdef __cplusplus
}
#endif

#endif
