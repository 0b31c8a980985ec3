/* curves.h - a small chart of two curves: one as a thin line, one as a thick line with dots. */
#ifndef CURVES_H
#define CURVES_H

#include "widget.h"

typedef struct curve_point {
    float x, y;
} curve_point;

/* x from 0 to max_x; y from low to high, what lies outside is cut off. */
typedef struct curves {
    const char *title, *x_title, *x_end; /* what is counted at the x axis, and how far it goes */
    bool percent;                        /* how the labels of the y axis are written */
    bool decades;                        /* the y axis is logarithmic, from one power of ten to another */
    float max_x, low, high;
    float mark; /* where on the x axis a line stands; negative: none does */
    const curve_point *thin, *thick;
    int n_thin, n_thick;
} curves;

/* How far from its left the x axis begins, in pixels. */
int curves_axis(const ui *u);

void curves_draw(ui *u, rect area, const curves *c);

#endif
