/* figure.h - a drawing as a list of shapes, from which both its SVG and its pixels come.
 *
 * Positions are in the figure's own units, y down; one unit is one pixel of a screen. Colours are roles with a light
 * and a dark value. A failed allocation sticks: the shape is missing, and writing the figure fails. */
#ifndef FIGURE_H
#define FIGURE_H

#include "app/core/buffer.h"
#include "text.h"

enum { FIGURE_SERIES = 10 };
typedef enum figure_colour {
    FIGURE_SURFACE, /* what the figure lies on */
    FIGURE_TEXT,
    FIGURE_MUTED,
    FIGURE_GRID,
    FIGURE_GOOD, /* what is right or learned */
    FIGURE_BAD,
    FIGURE_FIRST_SERIES, /* and FIGURE_SERIES - 1 more, told apart by everybody */
    FIGURE_COLOURS = FIGURE_FIRST_SERIES + FIGURE_SERIES
} figure_colour;

/* Series 0 .. FIGURE_SERIES - 1 as a colour of the screen. */
colour figure_series(int series, bool dark);

typedef struct figure_point {
    float x, y;
} figure_point;

typedef struct figure_box {
    float x, y, w, h;
} figure_box;

typedef enum figure_align { FIGURE_START, FIGURE_MIDDLE, FIGURE_END } figure_align;

typedef struct figure_label {
    float x, y; /* on the baseline */
    figure_align align;
    font font;
    figure_colour hue;
} figure_label;

typedef struct figure figure;

/* `title` is what a screen reader says. NULL when out of memory. */
figure *figure_new(const char *title, float w, float h);
void figure_free(figure *f);

/* All of these copy what they are given. */
void figure_add_line(figure *f, const figure_point *points, int n, float width, figure_colour hue);
void figure_add_box(figure *f, figure_box box, figure_colour hue, float opacity);
void figure_add_text(figure *f, figure_label label, const char *text);

/* Copies text, cut with an ellipsis where it would be wider than `width`. Which font a reader of the SVG has is not
 * known, so its letters are taken to be as wide as DejaVu Sans's on average. */
enum { FIGURE_LABEL = 64 };
void figure_shorten(char out[FIGURE_LABEL], const char *text, int px, float width);

/* pixels of image_w x image_h 0xffRRGGBB, enlarged without smoothing. */
void figure_add_image(figure *f, figure_box box, const uint32_t *pixels, int image_w, int image_h);

/* Says that something is missing because memory ran out: writing the figure will fail. */
void figure_fail(figure *f);

/* What follows is cut off at the box, until the next figure_clip; the whole figure: NULL. */
void figure_clip(figure *f, const figure_box *box);

/* The style that figure_svg's shapes need, for SVG on its own or for a whole page: dark on a dark screen, light on
 * paper. */
void figure_style(buffer *css);

/* The <svg> element. `alone`: as a file of its own, with its style and background; else for a page that has the
 * style. */
bool figure_svg(const figure *f, bool alone, buffer *out, nn_error *err);

/* Light, `scale` pixels to a unit, as PNG. *data is the caller's to nn_free. One thread for each engine. */
bool figure_png(const figure *f, text_engine *engine, float scale, unsigned char **data, size_t *len, nn_error *err);

#endif
