/* svg.c - centre lines to paths. */
#include "svg.h"
#include "nn/alloc.h"
#include "visible.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct writer {
    char *text;
    size_t len, room;
    bool failed;
    bool open;         /* a path is being written */
    float x, y, width; /* its end */
} writer;

static void put(writer *w, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 2, 3)))
#endif
    ;

static void put(writer *w, const char *format, ...)
{
    enum { LINE = 256 };
    if (w->room - w->len < LINE && !w->failed) {
        size_t room = 2 * w->room + 2 * LINE;
        char *grown = nn_realloc(w->text, w->room, room, 1);
        w->failed = !grown;
        if (grown)
            w->text = grown, w->room = room;
    }
    if (w->failed)
        return;
    va_list args;
    va_start(args, format);
    w->len += (size_t)vsnprintf(w->text + w->len, LINE, format, args);
    va_end(args);
}

/* In tenths, without %f, which follows LC_NUMERIC. */
static void write_number(writer *w, float value)
{
    long tenths = lroundf(10 * value);
    put(w, "%s%ld.%ld", tenths < 0 ? "-" : "", labs(tenths) / 10, labs(tenths) % 10);
}

static void write_point(writer *w, char command, float x, float y)
{
    put(w, "%c", command);
    write_number(w, x);
    put(w, " ");
    write_number(w, y);
}

static void end_path(writer *w)
{
    if (w->open)
        put(w, "\"/>\n");
    w->open = false;
}

static void write_segment(void *ctx, float x0, float y0, float x1, float y1, float width)
{
    writer *w = ctx;
    if (!w->open || w->x != x0 || w->y != y0 || fabsf(w->width - width) > 0.1f) {
        end_path(w);
        put(w, "<path stroke-width=\"");
        write_number(w, width);
        put(w, "\" d=\"");
        write_point(w, 'M', x0, y0);
        w->open = true;
    }
    write_point(w, 'L', x1, y1); /* a dot is a line of no length: round ends show it */
    w->x = x1;
    w->y = y1;
    w->width = width;
}

bool svg_print(const ink *drawing, char **text, size_t *len, nn_error *err)
{
    writer w = {0};
    put(&w, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\">\n", INK_CANVAS,
        INK_CANVAS, INK_CANVAS, INK_CANVAS);
    put(&w, "<g fill=\"none\" stroke=\"#000\" stroke-linecap=\"round\" stroke-linejoin=\"round\">\n");
    ink_visit(drawing, write_segment, &w);
    end_path(&w);
    put(&w, "</g>\n</svg>\n");
    if (w.failed) {
        nn_free(w.text);
        *text = NULL;
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    }
    *text = w.text;
    *len = w.len;
    return true;
}
