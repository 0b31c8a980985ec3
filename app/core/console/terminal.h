/* terminal.h - every word that commands say to people: on standard output, on standard error, and as progress.
 *
 * Labels, notes and names of files come from others. Whatever a value holds, it cannot steer a terminal or begin a new
 * line: control characters (nn/utf8.h) and bytes that are no UTF-8 are shown as '?'. Only the line feeds that stand in a
 * format itself stay. */
#ifndef TERMINAL_H
#define TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

#if defined(__GNUC__)
#define TERMINAL_FORMAT __attribute__((format(printf, 1, 2)))
#else
#define TERMINAL_FORMAT
#endif

/* To standard output, for results; false if it took no more (a full disk, a closed pipe). */
TERMINAL_FORMAT bool terminal_print(const char *format, ...);

/* The same for a text of our own, as it is. */
bool terminal_write(const char *text);

/* Bytes that no terminal is to show, as they are. */
bool terminal_bytes(const void *data, size_t len);

/* JSON and a line feed: JSON still, with escapes for the control characters that may stand in it. */
bool terminal_json(const char *json);

/* Whether standard output has taken everything so far; flushes it. */
bool terminal_flush(void);

/* To standard error, for what went wrong. */
TERMINAL_FORMAT void terminal_complain(const char *format, ...);

/* ---- progress: one line on standard error that is written over, only where that is a terminal. One thread. ------- */

bool terminal_is_due(void); /* whether there is a terminal that has shown the same for a tenth of a second */
TERMINAL_FORMAT void terminal_show(const char *format, ...); /* in place of what was shown before */
void terminal_clear(void);

/* "WHAT: DONE of TOTAL", when it is due; done == total removes it. */
void terminal_progress(const char *what, long done, long total);

#endif
