/* chart.h - plots with two axes: frame, ticks and legend, curves and bars, put into a figure. */
#ifndef CHART_H
#define CHART_H

#include "figure.h"
#include "nn/error.h"

typedef enum chart_unit {
    CHART_NUMBER,
    CHART_COUNT,  /* whole numbers */
    CHART_PERCENT /* a fraction 0..1 shown as 0..100 % */
} chart_unit;

enum { CHART_NAME = 48 }; /* bytes of a name at an axis */

typedef struct chart_axis {
    const char *title;
    double min, max; /* widened to whole ticks by chart_new */
    chart_unit unit;
    const char (*label)[CHART_NAME]; /* names for the middles of 0..1, 1..2, ... instead of numbers; NULL: numbers */
} chart_axis;

typedef struct chart {
    figure *figure;
    figure_box plot; /* inside of the axes */
    chart_axis x, y;
    float legend_x, legend_y; /* where the next entry goes */
} chart;

/* Frame, title, axes and room for so many entries of a legend. False when out of memory. The figure is the caller's to
 * figure_free. */
bool chart_new(chart *c, const char *title, chart_axis x, chart_axis y, int legend_entries, nn_error *err);

void chart_legend(chart *c, const char *name, figure_colour hue);

/* A line through n points, those that are not finite left out; cut off at the axes. One point alone shows as a dot. */
void chart_curve(chart *c, const double *x, const double *y, int n, figure_colour hue);

/* A straight line, to compare with. */
void chart_reference(chart *c, double x0, double y0, double x1, double y1, float width, figure_colour hue);

/* From y0 up to y1, with a little air at both sides. */
void chart_bar(chart *c, double x0, double x1, double y0, double y1, figure_colour hue, float opacity);

#endif
