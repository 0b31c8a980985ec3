/* stream.h - a file read piece by piece, unpacked on the way where it is compressed.
 *
 * Whoever reads decides from what has come how much more to take. So neither a header nor a compression that promises
 * a thousand times the file's size makes anybody allocate what the content is not worth. */
#ifndef NN_STREAM_H
#define NN_STREAM_H

#include "error.h"

typedef struct nn_stream nn_stream; /* one thread at a time */

typedef enum nn_packing {
    NN_DETECT, /* gzip where it begins as such, of any number of members; else as it is */
    NN_ZLIB,   /* RFC 1950 */
    NN_DEFLATE /* RFC 1951 */
} nn_packing;

/* A regular file, NN_DETECT. The error names the path; those of the functions below do not. */
bool nn_stream_open(nn_stream **stream, const char *path, nn_error *err);

/* Bytes in memory, which must outlive the stream. */
bool nn_stream_memory(nn_stream **stream, const void *data, size_t len, nn_packing packing, nn_error *err);

void nn_stream_close(nn_stream *stream); /* NULL is allowed */

/* Takes up to len bytes; *got is less than that only at the end. */
bool nn_stream_read(nn_stream *stream, void *data, size_t len, size_t *got, nn_error *err);

/* The next line without its LF or CRLF, with a zero byte behind, valid until the next call; NULL at the end. NN_LIMIT
 * where it is longer than cap. */
bool nn_stream_line(nn_stream *stream, size_t cap, char **line, size_t *len, nn_error *err);

/* Of all that was taken so far, and how many bytes can follow at most, which is SIZE_MAX for a pipe. */
size_t nn_stream_pos(const nn_stream *stream);
size_t nn_stream_most(const nn_stream *stream);

#endif
