/* svg.c - centre lines to paths. */
#include "svg.h"
#include "app/core/buffer.h"
#include "visible.h"
#include <math.h>
#include <stdlib.h>

typedef struct writer {
    buffer text;
    bool open;         /* a path is being written */
    float x, y, width; /* its end */
} writer;

/* In tenths, without %f, which follows LC_NUMERIC. */
static void write_number(writer *w, float value)
{
    long tenths = lroundf(10 * value);
    buffer_format(&w->text, "%s%ld.%ld", tenths < 0 ? "-" : "", labs(tenths) / 10, labs(tenths) % 10);
}

static void write_point(writer *w, char command, float x, float y)
{
    buffer_format(&w->text, "%c", command);
    write_number(w, x);
    buffer_format(&w->text, " ");
    write_number(w, y);
}

static void end_path(writer *w)
{
    if (w->open)
        buffer_format(&w->text, "\"/>\n");
    w->open = false;
}

static void write_segment(void *ctx, float x0, float y0, float x1, float y1, float width)
{
    writer *w = ctx;
    if (!w->open || w->x != x0 || w->y != y0 || fabsf(w->width - width) > 0.1f) {
        end_path(w);
        buffer_format(&w->text, "<path stroke-width=\"");
        write_number(w, width);
        buffer_format(&w->text, "\" d=\"");
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
    buffer_format(&w.text,
                  "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\">\n",
                  INK_CANVAS, INK_CANVAS, INK_CANVAS, INK_CANVAS);
    buffer_format(&w.text, "<g fill=\"none\" stroke=\"#000\" stroke-linecap=\"round\" stroke-linejoin=\"round\">\n");
    ink_visit(drawing, write_segment, &w);
    end_path(&w);
    buffer_format(&w.text, "</g>\n</svg>\n");
    *text = NULL;
    if (w.text.failed) {
        buffer_free(&w.text);
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    }
    *text = w.text.data;
    *len = w.text.len;
    return true;
}
