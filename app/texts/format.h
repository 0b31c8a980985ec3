/* format.h - printf for texts in other languages: arguments can be numbered (%2$s), so that a translation may put them
 * in its own order, which not every C library can; and a number has the language's decimal sign.
 *
 * Understood are d i u x c s e f g and %, with flags, width, precision (* too, where nothing is numbered) and the
 * lengths l, ll and z. */
#ifndef FORMAT_H
#define FORMAT_H

#include <stdarg.h>
#include <stddef.h>

enum { FORMAT_ARGUMENTS = 12 };

/* What the arguments are, in their order: 'i' int, 'l' long, 'L' long long, 'z' size_t, 'd' double, 's' text. Returns
 * how many, -1 for a format that is not understood or leaves an argument out. */
int format_arguments(const char *format, char kind[FORMAT_ARGUMENTS]);

typedef struct format_style {
    const char *decimal;              /* in the place of the point in numbers */
    unsigned words;                   /* bit i: argument i, a text, is words of the program itself ... */
    const char *(*say)(const char *); /* ... which this puts into the language */
} format_style;

/* As snprintf does: returns how many bytes the whole text has, of which size - 1 at most are written, and no part of a
 * UTF-8 character. A format that is not understood comes out as it is. */
size_t format_print(char *out, size_t size, const format_style *style, const char *format, va_list args);

#endif
