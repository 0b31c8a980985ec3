/* zip_file.h - single members of a zip file in memory, through libzip. */
#ifndef ZIP_FILE_H
#define ZIP_FILE_H

#include "nn/error.h"
#include <stdbool.h>
#include <stddef.h>

bool zip_is(const unsigned char *data, size_t len);

/* Whether it has a member of that name. */
bool zip_has(const unsigned char *data, size_t len, const char *name);

/* The bytes of the member, at most `cap` of them, with a zero byte behind; the caller's to nn_free. */
bool zip_read(const unsigned char *data, size_t len, const char *name, size_t cap, unsigned char **out, size_t *out_len,
              nn_error *err);

#endif
