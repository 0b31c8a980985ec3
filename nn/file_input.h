/* file_input.h - how files are opened and read, for file.c, stream.c and log.c. */
#ifndef NN_FILE_INPUT_H
#define NN_FILE_INPUT_H

#include "file.h"

struct stat;

/* What stat or fstat said of path (`asked`, 0 if it could) is a regular file; else the error names the path. */
bool nn_check_regular(int asked, const struct stat *info, const char *path, nn_error *err);

/* Opens a regular file to read; anything else would wait for ever, or never end, and is refused. /dev/stdin and
 * /dev/fd/N are what the program was started with and asked to read, whatever that is. The error names the path.
 * *size gets the file's size, 0 where there is none: a first guess, for it may grow meanwhile. */
bool nn_input_open(int *fd, const char *path, size_t *size, nn_error *err);

/* As read, never interrupted, at most a gigabyte at once: bytes, 0 at the end, -1 with the error filled. */
ssize_t nn_input_read(int fd, void *data, size_t len, nn_error *err);

void nn_input_close(int fd);

#endif
