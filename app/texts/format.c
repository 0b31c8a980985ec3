/* format.c - a format is read twice: once for the kinds of its arguments, which are then fetched, and once to print. */
#include "format.h"
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* "%2$-5.1f": one conversion of a format. */
typedef struct conversion {
    char spec[24]; /* without number and length: "%-5.1f" */
    char kind;     /* as format_arguments says; 0 for %% */
    char letter;
    int argument; /* counted from 0; -1: the next one */
    int stars;    /* int arguments before it */
} conversion;

/* Where things go; what does not fit is only counted. */
typedef struct output {
    char *text;
    size_t size, used;
} output;

typedef union value {
    long long whole;
    double real;
    const char *text;
} value;

static char kind_of(char letter, const char *length)
{
    if (strchr("efg", letter))
        return *length ? 0 : 'd';
    if (letter == 's' || letter == 'c')
        return *length ? 0 : letter == 's' ? 's' : 'i';
    if (!strchr("diux", letter))
        return 0;
    return strcmp(length, "ll") == 0 ? 'L' : *length ? *length : 'i';
}

/* Reads the conversion that begins at the % of *at and moves behind it. */
static bool read_conversion(const char **at, conversion *c)
{
    const char *p = *at + 1;
    char length[3] = "";
    size_t n = 0;
    int number = 0, digits = 0;
    *c = (conversion){.spec = "%", .argument = -1};
    if (*p == '%') {
        c->letter = '%';
        *at = p + 1;
        return true;
    }
    for (; isdigit((unsigned char)p[digits]) && digits < 2; digits++)
        number = 10 * number + p[digits] - '0';
    if (digits > 0 && p[digits] == '$') {
        c->argument = number - 1;
        p += digits + 1;
        if (number < 1 || number > FORMAT_ARGUMENTS)
            return false;
    }
    for (n = 1; *p && strchr("-+ #0123456789.*", *p) && n < sizeof c->spec - 4; p++) {
        c->stars += *p == '*';
        c->spec[n++] = *p;
    }
    for (size_t i = 0; i < 2 && *p && strchr("lz", *p); i++)
        length[i] = *p++;
    c->letter = *p;
    c->kind = *p ? kind_of(*p, length) : (char)0;
    *at = p + (*p != '\0');
    if (strchr("diux", c->letter))
        memcpy(c->spec + n, "ll", 2), n += 2; /* whole numbers are kept as long long */
    c->spec[n] = c->letter;
    return c->kind != 0 && !(c->stars > 0 && c->argument >= 0);
}

int format_arguments(const char *format, char kind[FORMAT_ARGUMENTS])
{
    int next = 0, count = 0;
    bool numbered = false, counted = false;
    memset(kind, 0, FORMAT_ARGUMENTS);
    while ((format = strchr(format, '%'))) {
        conversion c;
        if (!read_conversion(&format, &c))
            return -1;
        if (c.letter == '%')
            continue;
        for (int i = 0; i < c.stars && next < FORMAT_ARGUMENTS; i++)
            kind[next++] = 'i';
        int at = c.argument >= 0 ? c.argument : next++;
        numbered = numbered || c.argument >= 0;
        counted = counted || c.argument < 0;
        if (at >= FORMAT_ARGUMENTS || (numbered && counted) || (kind[at] && kind[at] != c.kind))
            return -1;
        kind[at] = c.kind;
    }
    while (count < FORMAT_ARGUMENTS && kind[count])
        count++;
    for (int i = count; i < FORMAT_ARGUMENTS; i++)
        if (kind[i])
            return -1;
    return count;
}

static void fetch(value *v, int count, const char *kind, const format_style *style, va_list args)
{
    for (int i = 0; i < count; i++)
        switch (kind[i]) {
        case 'i': v[i].whole = va_arg(args, int); break;
        case 'l': v[i].whole = va_arg(args, long); break;
        case 'L': v[i].whole = va_arg(args, long long); break;
        case 'z': v[i].whole = (long long)va_arg(args, size_t); break;
        case 'd': v[i].real = va_arg(args, double); break;
        default:
            v[i].text = va_arg(args, const char *);
            if (style->words >> i & 1)
                v[i].text = style->say(v[i].text);
        }
}

static void put(output *o, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++, o->used++)
        if (o->used + 1 < o->size)
            o->text[o->used] = text[i];
}

/* So many bytes of text as the precision allows, and no half character. */
static void put_text(output *o, const char *text, int most)
{
    size_t len = 0;
    text = text ? text : "";
    while (text[len] && (most < 0 || len < (size_t)most))
        len++;
    while (len > 0 && text[len] && ((unsigned char)text[len] & 0xc0) == 0x80)
        len--;
    put(o, text, len);
}

/* Real numbers have a minus sign, as wide as the plus. */
static void put_number(output *o, const char *decimal, const char *number, bool is_real)
{
    static const char minus[] = "−";
    if (is_real && *number == '-') {
        put(o, minus, strlen(minus));
        number++;
    }
    const char *point = strchr(number, '.');
    put(o, number, point ? (size_t)(point - number) : strlen(number));
    if (!point)
        return;
    put(o, decimal, strlen(decimal));
    put(o, point + 1, strlen(point + 1));
}

/* A star's value in place of the star. */
static void fill_star(conversion *c, int n)
{
    char *star = strchr(c->spec, '*'), rest[sizeof c->spec];
    snprintf(rest, sizeof rest, "%s", star + 1);
    snprintf(star, sizeof c->spec - (size_t)(star - c->spec), "%d%s", n < 0 ? 0 : n > 999 ? 999 : n, rest);
}

static int precision_of(const conversion *c)
{
    const char *point = strchr(c->spec, '.');
    int most = -1;
    if (point && sscanf(point + 1, "%d", &most) != 1)
        most = 0;
    return most;
}

/* The compiler cannot check a format that is put together here; kind_of has. */
#if defined(__GNUC__)
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#endif
static void put_value(output *o, const char *decimal, const conversion *c, value v)
{
    char number[400]; /* %f of the largest double has 317 */
    if (c->kind == 's') {
        put_text(o, v.text, precision_of(c));
        return;
    }
    if (c->kind == 'd')
        snprintf(number, sizeof number, c->spec, v.real);
    else if (c->letter == 'c')
        snprintf(number, sizeof number, c->spec, (int)v.whole);
    else if (strchr("ux", c->letter) && c->kind == 'i')
        snprintf(number, sizeof number, c->spec, (unsigned long long)(unsigned)v.whole);
    else
        snprintf(number, sizeof number, c->spec, v.whole);
    put_number(o, c->kind == 'd' ? decimal : ".", number, c->kind == 'd');
}

/* The zero byte; what was cut is a whole character. */
static void end_whole(output *o)
{
    size_t end = o->used < o->size ? o->used : o->size - 1;
    if (o->size == 0)
        return;
    if (o->used >= o->size) {
        while (end > 0 && ((unsigned char)o->text[end - 1] & 0xc0) == 0x80)
            end--;
        end -= end > 0 && (unsigned char)o->text[end - 1] >= 0xc0;
    }
    o->text[end] = '\0';
}

size_t format_print(char *out, size_t size, const format_style *style, const char *format, va_list args)
{
    output o = {out, size, 0};
    value v[FORMAT_ARGUMENTS];
    char kind[FORMAT_ARGUMENTS];
    int count = format_arguments(format, kind), next = 0;
    if (count < 0)
        put(&o, format, strlen(format));
    else
        fetch(v, count, kind, style, args);
    while (count >= 0 && *format) {
        const char *percent = strchr(format, '%');
        conversion c;
        put(&o, format, percent ? (size_t)(percent - format) : strlen(format));
        if (!percent)
            break;
        format = percent;
        read_conversion(&format, &c);
        if (c.letter == '%') {
            put(&o, "%", 1);
            continue;
        }
        for (int i = 0; i < c.stars; i++)
            fill_star(&c, (int)v[next++].whole);
        put_value(&o, style->decimal, &c, v[c.argument >= 0 ? c.argument : next++]);
    }
    end_whole(&o);
    return o.used;
}
