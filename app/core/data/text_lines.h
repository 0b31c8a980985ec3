/* text_lines.h - lines of a text as programs write them: UTF-8 with or without a mark, UTF-16 as spreadsheets save it;
 * ended by LF, CR LF or CR. Internal to the room. */
#ifndef TEXT_LINES_H
#define TEXT_LINES_H

#include "nn/stream.h"

enum { TEXT_LINES_BLOCK = 1 << 14, TEXT_LINES_MAX = 1 << 20 /* bytes of a line */ };

typedef enum text_encoding { TEXT_UTF8, TEXT_UTF16_LE, TEXT_UTF16_BE } text_encoding;

typedef struct text_lines {
    nn_stream *stream;
    text_encoding encoding;
    unsigned char block[TEXT_LINES_BLOCK]; /* of the stream: at .. have - 1 are not used yet */
    size_t at, have;
    bool begun, after_cr;
    char *line; /* the current one, in UTF-8, with a zero byte behind */
    size_t len, room;
    long number; /* of the current line, from 1 */
} text_lines;

/* The stream must outlive it. text_lines_free it in any case. */
void text_lines_begin(text_lines *lines, nn_stream *stream);
void text_lines_free(text_lines *lines);

/* Goes to the next line; *more is false at the end. */
bool text_lines_next(text_lines *lines, bool *more, nn_error *err);

#endif
