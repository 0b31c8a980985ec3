/* fit_net.c - two lines of an architecture's text are replaced, and small images get a margin. */
#include "fit_net.h"
#include "app/core/buffer.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* The word of a line that says what it is, behind its name if it has one ("output: dense 10"). */
static const char *kind_in(const char *line, size_t len)
{
    const char *end = line + len, *colon = memchr(line, ':', len), *comment = memchr(line, '#', len);
    const char *p = colon && (!comment || colon < comment) ? colon + 1 : line;
    while (p < end && isspace((unsigned char)*p))
        p++;
    return p;
}

static bool is_kind(const char *line, size_t len, const char *word)
{
    const char *p = kind_in(line, len);
    size_t n = strlen(word);
    return (size_t)(line + len - p) > n && memcmp(p, word, n) == 0 && isspace((unsigned char)p[n]);
}

static size_t line_len(const char *line)
{
    return strcspn(line, "\n");
}

/* The line as it is, but for the number of units behind "dense". */
static void add_dense(buffer *text, const char *line, size_t len, int units)
{
    const char *number = kind_in(line, len) + strlen("dense");
    while (isspace((unsigned char)*number))
        number++;
    const char *rest = number;
    while (rest < line + len && isdigit((unsigned char)*rest))
        rest++;
    buffer_format(text, "%.*s%d%.*s\n", (int)(number - line), line, units, (int)(line + len - rest), rest);
}

/* What the network reads: images of a side with so many rows and columns of zeros around them. */
static void add_input(buffer *text, int side, int margin)
{
    int before = margin / 2, behind = margin - before;
    buffer_format(text, "input %d %d 1\n", side, side);
    if (margin > 0)
        buffer_format(text, "pad %d,%d,%d,%d\n", before, before, behind, behind);
}

static void rewrite(buffer *text, const char *old, int side, int margin, int classes)
{
    const char *last_dense = NULL;
    for (const char *line = old; *line; line += line_len(line) + (line[line_len(line)] != 0))
        if (is_kind(line, line_len(line), "dense"))
            last_dense = line;
    for (const char *line = old; *line; line += line_len(line) + (line[line_len(line)] != 0)) {
        size_t len = line_len(line);
        if (is_kind(line, len, "input"))
            add_input(text, side, margin);
        else if (line == last_dense)
            add_dense(text, line, len, classes);
        else
            buffer_format(text, "%.*s\n", (int)len, line);
    }
}

static bool parse_fitted(nn_plan **fitted, const nn_plan *plan, int side, int margin, int classes, nn_error *err)
{
    buffer text = {0};
    rewrite(&text, plan->text, side, margin, classes);
    bool ok = !text.failed || nn_fail(err, NN_NOMEM, 0, "out of memory for the architecture");
    ok = ok && nn_plan_parse(fitted, text.data, text.len, err);
    buffer_free(&text);
    return ok;
}

/* With the least margin in which all windows have room; that of the side it was written for is enough. */
bool fit_net(nn_plan **plan, int side, int classes, int *margin, nn_error *err)
{
    nn_plan *fitted;
    nn_shape in = (*plan)->input;
    *margin = 0;
    if (nn_same_shape(in, (nn_shape){side, side, 1}) && (*plan)->classes == classes)
        return true;
    bool ok = parse_fitted(&fitted, *plan, side, 0, classes, err);
    while (!ok && err->code != NN_NOMEM && *margin < in.h - side)
        ok = parse_fitted(&fitted, *plan, side, ++*margin, classes, err);
    if (!ok) {
        char what[80];
        snprintf(what, sizeof what, "for images of %dx%d in %d classes", side, side, classes);
        return nn_fail_in(err, what);
    }
    nn_plan_free(*plan);
    *plan = fitted;
    return true;
}
