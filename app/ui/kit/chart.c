/* chart.c - axes with round numbers, and data between them. */
#include "chart.h"
#include "nn/alloc.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    WIDTH = 560,
    PLOT_HEIGHT = 250,
    LEFT = 58,
    RIGHT_MARGIN = 20,
    BOTTOM = 50,
    TITLE_BASE = 24,
    ROW = 18,
    ENTRY = 96
};
enum { ENTRIES_A_ROW = (WIDTH - LEFT - RIGHT_MARGIN) / ENTRY, TICKS = 5, NAMES_MAX = 30 };

static const font small = {11, FONT_REGULAR}, bold = {14, FONT_BOLD};

/* 1, 2 or 5 times a power of ten, so that about TICKS of them make up the range. */
static double tick_step(const chart_axis *a)
{
    double rough = (a->max - a->min) / TICKS, power = pow(10, floor(log10(rough))), share = rough / power;
    double step = power * (share > 5 ? 10 : share > 2 ? 5 : share > 1 ? 2 : 1);
    return a->unit == CHART_COUNT && step < 1 ? 1 : step;
}

/* To whole ticks; a range of nothing becomes one of something. */
static void widen(chart_axis *a)
{
    if (a->label)
        return;
    if (!(a->max > a->min))
        a->max = a->min + (a->unit == CHART_PERCENT ? 0.01 : 1);
    double step = tick_step(a);
    a->min = step * floor(a->min / step + 1e-9);
    a->max = step * ceil(a->max / step - 1e-9);
}

static float x_of(const chart *c, double x)
{
    return c->plot.x + c->plot.w * (float)((x - c->x.min) / (c->x.max - c->x.min));
}

static float y_of(const chart *c, double y)
{
    return c->plot.y + c->plot.h * (float)((c->y.max - y) / (c->y.max - c->y.min));
}

static void add_text(chart *c, float x, float y, figure_align align, font f, figure_colour hue, const char *text)
{
    figure_add_text(c->figure, (figure_label){x, y, align, f, hue}, text);
}

/* ---- frame ------------------------------------------------------------------------------------------------------- */

static void tick_text(char out[32], const chart_axis *a, double value)
{
    if (fabs(value) < 1e-12)
        value = 0; /* no -0 */
    if (a->unit == CHART_PERCENT)
        snprintf(out, 32, "%.10g %%", round(1e8 * value) / 1e6);
    else
        snprintf(out, 32, "%.10g", value);
}

static void add_x_axis(chart *c)
{
    float base = c->plot.y + c->plot.h;
    double step = tick_step(&c->x);
    for (int i = 0; !c->x.label && c->x.min + i * step <= c->x.max + 0.01 * step; i++) {
        char text[32];
        tick_text(text, &c->x, c->x.min + i * step);
        add_text(c, x_of(c, c->x.min + i * step), base + 16, FIGURE_MIDDLE, small, FIGURE_MUTED, text);
    }
    int names = c->x.label ? (int)c->x.max : 0, every = 1 + (names - 1) / NAMES_MAX;
    for (int i = 0; i < names; i += every) {
        char text[FIGURE_LABEL];
        figure_shorten(text, c->x.label[i], small.px, c->plot.w / (float)names * (float)every);
        add_text(c, x_of(c, i + 0.5), base + 16, FIGURE_MIDDLE, small, FIGURE_MUTED, text);
    }
    add_text(c, c->plot.x + 0.5f * c->plot.w, base + 36, FIGURE_MIDDLE, small, FIGURE_TEXT, c->x.title);
}

static void add_y_axis(chart *c)
{
    double step = tick_step(&c->y);
    for (int i = 0; c->y.min + i * step <= c->y.max + 0.01 * step; i++) {
        char text[32];
        float y = y_of(c, c->y.min + i * step);
        tick_text(text, &c->y, c->y.min + i * step);
        figure_add_line(c->figure, (figure_point[]){{c->plot.x, y}, {c->plot.x + c->plot.w, y}}, 2, 1,
                        i ? FIGURE_GRID : FIGURE_MUTED);
        add_text(c, c->plot.x - 8, y + 4, FIGURE_END, small, FIGURE_MUTED, text);
    }
    add_text(c, 16, c->plot.y - 12, FIGURE_START, small, FIGURE_TEXT, c->y.title);
}

bool chart_new(chart *c, const char *title, chart_axis x, chart_axis y, int legend_entries, nn_error *err)
{
    int rows = (legend_entries + ENTRIES_A_ROW - 1) / ENTRIES_A_ROW, top = TITLE_BASE + 38 + rows * ROW;
    *c = (chart){.x = x, .y = y, .legend_x = 16, .legend_y = TITLE_BASE + 22};
    c->plot = (figure_box){LEFT, (float)top, WIDTH - LEFT - RIGHT_MARGIN, PLOT_HEIGHT};
    c->figure = figure_new(title, WIDTH, (float)(top + PLOT_HEIGHT + BOTTOM));
    if (!c->figure)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for a plot");
    widen(&c->x);
    widen(&c->y);
    add_text(c, 16, TITLE_BASE, FIGURE_START, bold, FIGURE_TEXT, title);
    add_y_axis(c);
    add_x_axis(c);
    return true;
}

void chart_legend(chart *c, const char *name, figure_colour hue)
{
    if (c->legend_x + ENTRY > WIDTH) {
        c->legend_x = 16;
        c->legend_y += ROW;
    }
    figure_add_box(c->figure, (figure_box){c->legend_x, c->legend_y - 9, 10, 10}, hue, 1);
    add_text(c, c->legend_x + 15, c->legend_y, FIGURE_START, small, FIGURE_TEXT, name);
    c->legend_x += ENTRY;
}

/* ---- data -------------------------------------------------------------------------------------------------------- */

void chart_curve(chart *c, const double *x, const double *y, int n, figure_colour hue)
{
    figure_point *points = nn_alloc((size_t)n + 1, sizeof *points);
    figure_box inside = {c->plot.x - 1, c->plot.y - 2, c->plot.w + 2, c->plot.h + 4}; /* half a line may stand out */
    int count = 0;
    if (!points) {
        figure_fail(c->figure);
        return;
    }
    for (int i = 0; i < n; i++)
        if (isfinite(x[i]) && isfinite(y[i]))
            points[count++] = (figure_point){x_of(c, x[i]), y_of(c, y[i])};
    figure_clip(c->figure, &inside);
    if (count == 1)
        figure_add_box(c->figure, (figure_box){points[0].x - 3, points[0].y - 3, 6, 6}, hue, 1);
    figure_add_line(c->figure, points, count, 2, hue);
    figure_clip(c->figure, NULL);
    nn_free(points);
}

void chart_reference(chart *c, double x0, double y0, double x1, double y1, float width, figure_colour hue)
{
    figure_point ends[] = {{x_of(c, x0), y_of(c, y0)}, {x_of(c, x1), y_of(c, y1)}};
    figure_add_line(c->figure, ends, 2, width, hue);
}

void chart_bar(chart *c, double x0, double x1, double y0, double y1, figure_colour hue, float opacity)
{
    float left = x_of(c, x0), right = x_of(c, x1), air = right - left > 8 ? 1 : 0;
    float top = y_of(c, y1), bottom = y_of(c, y0);
    if (bottom > top)
        figure_add_box(c->figure, (figure_box){left + air, top, right - left - 2 * air, bottom - top}, hue, opacity);
}
