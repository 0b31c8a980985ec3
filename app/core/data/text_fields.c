/* text_fields.c - separators, quotes and the blanks around them. */
#include "text_fields.h"
#include <string.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool ends_field(char separator, char c)
{
    return c == 0 || c == separator || (separator == ' ' && c == '\t');
}

/* The field at *text, which then points behind it. */
static text_field next_field(char separator, const char **text)
{
    const char *p = *text, *end;
    while (is_blank(*p) && *p != separator)
        p++;
    text_field f = {.quoted = *p == '"' || *p == '\''};
    char quote = *p;
    p += f.quoted;
    f.text = end = p;
    while (f.quoted ? *p && *p != quote : !ends_field(separator, *p))
        p++;
    end = p;
    while (!ends_field(separator, *p)) /* a quote, and blanks */
        p++;
    while (end > f.text && is_blank(end[-1]))
        end--;
    f.len = (int)(end - f.text);
    *text = p;
    return f;
}

int text_fields_cut(text_field *fields, int most, char separator, const char *line)
{
    const char *p = line;
    int count = 0;
    if (separator == ' ')
        p += strspn(p, " \t");
    while (count < most) {
        fields[count++] = next_field(separator, &p);
        if (separator == ' ')
            p += strspn(p, " \t");
        else if (*p)
            p++;
        else
            break;
        if (separator == ' ' && !*p)
            break;
    }
    if (count > 1 && fields[count - 1].len == 0 && !fields[count - 1].quoted)
        count--;
    return count;
}

bool text_fields_end_empty(char separator, const char *line)
{
    size_t len = strlen(line);
    while (len > 0 && line[len - 1] != separator && is_blank(line[len - 1]))
        len--;
    return separator != ' ' && len > 0 && line[len - 1] == separator;
}

/* A comma only if there is no other, as it may be a decimal one. */
char text_separator(const char *line)
{
    static const char candidates[] = "\t;|,";
    for (const char *c = candidates; *c; c++) {
        char quote = 0;
        for (const char *p = line; *p; p++) {
            if (quote ? *p == quote : *p == '"')
                quote = quote ? 0 : *p;
            else if (!quote && *p == *c)
                return *c;
        }
    }
    return ' ';
}
