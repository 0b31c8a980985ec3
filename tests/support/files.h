/* files.h - what lies in a test's files. */
#ifndef FILES_H
#define FILES_H

#include "nn/error.h"
#include <stddef.h>

/* A file of these bytes, by none of the program's own ways. */
void file_write(const char *path, const void *data, size_t len);

/* Each fails the test: the file is not these bytes; what was asked of it was not refused with this code and its path. */
void file_assert(const char *path, const void *data, size_t len);
void file_assert_refused(bool ok, nn_code code, const char *path, const nn_error *err);

#endif
