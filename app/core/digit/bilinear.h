/* bilinear.h - a square field of samples, read between them. */
#ifndef BILINEAR_H
#define BILINEAR_H

#include <math.h>

static inline float bilinear_sample(const float *field, int side, int row, int column)
{
    return row >= 0 && column >= 0 && row < side && column < side ? field[row * side + column] : 0.0f;
}

/* At (x, y), where sample (i, j) of row i and column j lies at (j, i). Samples outside are 0. */
static inline float bilinear(const float *field, int side, float x, float y)
{
    if (!(x > -1 && y > -1 && x < (float)side && y < (float)side))
        return 0;
    int column = (int)floorf(x), row = (int)floorf(y);
    float fx = x - (float)column, fy = y - (float)row;
    float upper =
        (1 - fx) * bilinear_sample(field, side, row, column) + fx * bilinear_sample(field, side, row, column + 1);
    float lower = (1 - fx) * bilinear_sample(field, side, row + 1, column) +
                  fx * bilinear_sample(field, side, row + 1, column + 1);
    return (1 - fy) * upper + fy * lower;
}

#endif
