/* csv.c - reads images from comma-separated text. */
#include "csv.h"
#include <math.h>
#include <string.h>

/* Where the parser is. Lines and columns count from 1. */
typedef struct cursor {
    const unsigned char *text;
    size_t len, at;
    long line;
    int columns; /* that every line has */
} cursor;

static size_t line_end(const cursor *c)
{
    const unsigned char *newline = memchr(c->text + c->at, '\n', c->len - c->at);
    size_t end = newline ? (size_t)(newline - c->text) : c->len;
    return end > c->at && c->text[end - 1] == '\r' ? end - 1 : end;
}

static int count_columns(const cursor *c)
{
    int columns = 1;
    for (size_t i = c->at, end = line_end(c); i < end; i++)
        columns += c->text[i] == ',';
    return columns;
}

/* Moves behind the end of a line at `end`. */
static void next_line(cursor *c, size_t end)
{
    end += end < c->len && c->text[end] == '\r';
    c->at = end + (end < c->len);
    c->line++;
}

/* The names of the columns, if the text begins with some. */
static bool skip_header(cursor *c, nn_error *err)
{
    static const unsigned char bom[] = {0xef, 0xbb, 0xbf};
    if (c->len >= sizeof bom && memcmp(c->text, bom, sizeof bom) == 0)
        c->at = sizeof bom;
    if (c->at == c->len)
        return true;
    c->columns = count_columns(c);
    if (c->text[c->at] >= '0' && c->text[c->at] <= '9')
        return true;
    size_t quote = c->text[c->at] == '"', end = line_end(c), name = c->at + quote;
    if (end - name < 5 || memcmp(c->text + name, "label", 5) != 0 ||
        (name + 5 < end && c->text[name + 5] != (quote ? '"' : ',')))
        return nn_fail(err, NN_FORMAT, c->at,
                       "line 1: begins neither with a label's number nor with the name \"label\"");
    next_line(c, end);
    return true;
}

static bool wrong_number(const cursor *c, int column, int max, nn_error *err)
{
    char shown[16];
    size_t n = 0;
    for (size_t i = c->at; i < c->len && n + 1 < sizeof shown && !strchr(",\r\n", c->text[i]); i++)
        shown[n++] = c->text[i] >= 0x20 && c->text[i] < 0x7f ? (char)c->text[i] : '?';
    shown[n] = '\0';
    return nn_fail(err, NN_FORMAT, c->at, "line %ld, column %d: \"%s\" is no whole number from 0 to %d", c->line,
                   column, shown, max);
}

/* A number of at most `max` and the comma or line end behind it, which is left. */
static bool read_number(cursor *c, int column, int max, unsigned char *value, nn_error *err)
{
    size_t i = c->at;
    int sum = 0;
    for (; i < c->len && c->text[i] >= '0' && c->text[i] <= '9' && sum <= max; i++)
        sum = sum * 10 + c->text[i] - '0';
    bool ends = i == c->len || c->text[i] == ',' || c->text[i] == '\n' || i == line_end(c);
    if (i == c->at || sum > max || !ends)
        return wrong_number(c, column, max, err);
    *value = (unsigned char)sum;
    c->at = i;
    return true;
}

static bool read_line(cursor *c, unsigned char *label, unsigned char *pixels, nn_error *err)
{
    size_t begin = c->at;
    for (int column = 1; column <= c->columns; column++) {
        bool first = column == 1;
        if (!read_number(c, column, first ? NN_MAX_CLASSES - 1 : 255, first ? label : &pixels[column - 2], err))
            return false;
        bool more = c->at < c->len && c->text[c->at] == ',';
        if (more != (column < c->columns)) {
            c->at = begin;
            return nn_fail(err, NN_FORMAT, begin, "line %ld: %d columns, the first line has %d", c->line,
                           count_columns(c), c->columns);
        }
        c->at += more;
    }
    next_line(c, c->at);
    return true;
}

/* How many lines there can be at most: no more than there are line ends, nor than shortest lines fit. */
static size_t bound_lines(const cursor *c)
{
    size_t lines = 1, left = c->len - c->at, fit = left / (2 * (size_t)c->columns) + 1;
    for (size_t i = c->at; i < c->len; i++)
        lines += c->text[i] == '\n';
    return lines < fit ? lines : fit;
}

static bool plan_images(dataset *data, const cursor *c, nn_error *err)
{
    int pixels = c->columns - 1, side = (int)sqrt((double)pixels);
    if (c->at == c->len)
        return nn_fail(err, NN_FORMAT, c->at, "no images in it");
    if (pixels < 1 || side * side != pixels || side > NN_MAX_DIM)
        return nn_fail(err, NN_FORMAT, 0,
                       "line 1: %d columns; a label and the pixels of a square image are 785 for 28x28", c->columns);
    size_t lines = bound_lines(c);
    data->side = side;
    data->labels = nn_alloc(lines, 1);
    data->images = nn_alloc(lines, (size_t)pixels);
    return (data->labels && data->images) || nn_fail(err, NN_NOMEM, 0, "out of memory for %zu images", lines);
}

bool csv_parse(dataset *data, const unsigned char *text, size_t len, nn_error *err)
{
    cursor c = {.text = text, .len = len, .line = 1};
    *data = (dataset){0};
    if (!skip_header(&c, err) || !plan_images(data, &c, err))
        goto fail;
    size_t pixels = (size_t)(data->side * data->side);
    for (; c.at < len; data->count++)
        if (!read_line(&c, &data->labels[data->count], data->images + (size_t)data->count * pixels, err))
            goto fail;
    return true;

fail:
    dataset_free(data);
    return false;
}
