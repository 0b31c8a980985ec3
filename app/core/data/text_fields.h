/* text_fields.h - a line of a table in text, cut into its fields. Internal to the room. */
#ifndef TEXT_FIELDS_H
#define TEXT_FIELDS_H

#include <stdbool.h>

typedef struct text_field {
    const char *text; /* in the line, trimmed, without quotes */
    int len;
    bool quoted;
} text_field;

/* Tab, semicolon, bar or comma, the first of them that stands outside of quotes; else a blank. */
char text_separator(const char *line);

/* Of a line that ends with a zero byte; returns how many there are, at most `most`. A separator at the end of the line
 * makes no field more; a blank separates however many there are. */
int text_fields_cut(text_field *fields, int most, char separator, const char *line);

/* Whether there is such a separator: behind it may stand an empty field. */
bool text_fields_end_empty(char separator, const char *line);

#endif
