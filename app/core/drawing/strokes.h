/* strokes.h - drawings in files: JSON lines, one drawing a line (the contract's stroke format). */
#ifndef STROKES_H
#define STROKES_H

#include "ink.h"
#include "nn/stream.h"

enum { STROKES_NAME = 48 /* with its end; longer ones are refused */ };
enum { STROKES_MAX_LINE = 32 << 20 }; /* bytes of one drawing: INK_MAX_POINTS points, and room for their digits */
enum { STROKES_BEYOND = 100 };        /* sides of w x h from its middle: points further out are refused */

typedef struct strokes_line {
    char label[STROKES_NAME];  /* "" if missing */
    char writer[STROKES_NAME]; /* "" if missing */
    bool has_size;
    float w, h;       /* of the surface it was drawn on */
    ink ink;          /* pen strokes in the file's own coordinates */
    const char *text; /* the line itself, without its newline, for as long as the caller has it */
    size_t len;
} strokes_line;

/* A line within a text that holds many. */
typedef struct strokes_span {
    size_t begin, len, next;
    int line; /* from 1, blank ones counted */
} strokes_span;

/* The next line that is not blank; begin with a zeroed span. False at the end of the text. */
bool strokes_next(const char *text, size_t len, strokes_span *span);
int strokes_count(const char *text, size_t len); /* lines that are not blank */

/* Parses one line (no newline needed). On success line->ink is the caller's to ink_free. err->pos is the byte in the
 * line. */
bool strokes_parse(strokes_line *line, const char *text, size_t len, nn_error *err);

/* Hands over each line that is not blank; `take` takes line->ink over. Ends at the first failure, with an error that
 * names the line. */
typedef bool (*strokes_take)(void *ctx, strokes_line *line, nn_error *err);
bool strokes_read(nn_stream *lines, strokes_take take, void *ctx, nn_error *err);

/* The same for a file, gzip-compressed or not; errors name it too. */
bool strokes_load(const char *path, strokes_take take, void *ctx, nn_error *err);

/* Maps a drawing uniformly and centred from its w x h (missing: the ink's box, with the brush) into the canvas, then scales it about
 * the canvas's middle and shifts it (in units), and gives every stroke the brush's width. Up to a scale of 10 and
 * shifts of 10,000 all points stay within INK_REACH. */
void strokes_fit(strokes_line *line, float brush, float scale, float shift_x, float shift_y);

/* One line of JSON with a newline for the drawing on a canvas, by this writer ("": nobody is named); *text is the caller's to
 * nn_free. */
bool strokes_print(const ink *drawing, const char *label, const char *writer, char **text, size_t *len, nn_error *err);

/* The same line with another label and writer; all else in it stays. */
bool strokes_rename(const char *line, size_t line_len, const char *label, const char *writer, char **text, size_t *len,
                    nn_error *err);

#endif
