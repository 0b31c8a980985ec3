/* curves.h - a small chart of how a training goes: a thin line for what is learnt from, a thick one with dots for the
 * validation. */
#ifndef CURVES_H
#define CURVES_H

#include "widget.h"

typedef struct curve_point {
    float x, y;
} curve_point;

/* x from 0 to max_x; y from low to high, what lies outside is cut off. */
typedef struct curves {
    const char *title;
    bool percent; /* how the labels of the y axis are written */
    float max_x, low, high;
    const curve_point *thin, *thick;
    int n_thin, n_thick;
} curves;

void curves_draw(ui *u, rect area, const curves *c);

#endif
