/* resize.c - a triangle as wide as the coarser of the two grids. */
#include "resize.h"
#include <math.h>
#include <string.h>

/* The share of pixel i of the row that begins at `from` in pixel `to` of the other grid, times a constant. */
static float weight(int to, float ratio, int i)
{
    float width = fmaxf(ratio, 1), middle = ((float)to + 0.5f) * ratio - 0.5f;
    return fmaxf(0, 1 - fabsf((float)i - middle) / width);
}

/* The pixels that the pixel (x, y) of the other grid may be made of: [left, right) x [top, bottom). */
typedef struct footprint {
    int left, right, top, bottom;
} footprint;

static footprint footprint_of(int side, float ratio, int x, int y)
{
    float reach = fmaxf(ratio, 1) + 1, mx = ((float)x + 0.5f) * ratio, my = ((float)y + 0.5f) * ratio;
    return (footprint){(int)fmaxf(mx - reach, 0), (int)fminf(ceilf(mx + reach), (float)side), (int)fmaxf(my - reach, 0),
                       (int)fminf(ceilf(my + reach), (float)side)};
}

static float pixel_at(const float *from, int side, float ratio, int x, int y)
{
    float sum = 0, weights = 0;
    footprint f = footprint_of(side, ratio, x, y);
    for (int v = f.top; v < f.bottom; v++)
        for (int u = f.left; u < f.right; u++) {
            float w = weight(x, ratio, u) * weight(y, ratio, v);
            sum += w * from[v * side + u];
            weights += w;
        }
    return weights > 0 ? sum / weights : 0;
}

void resize_image(float *to, int to_side, const float *from, int side)
{
    if (to_side == side) {
        memcpy(to, from, (size_t)(side * side) * sizeof *to);
        return;
    }
    float ratio = (float)side / (float)to_side;
    for (int i = 0; i < to_side * to_side; i++)
        to[i] = pixel_at(from, side, ratio, i % to_side, i / to_side);
}

/* To every pixel that the pixel (x, y) was made of its share of the gradient. */
static void return_pixel(float *to, int side, float ratio, int x, int y, float gradient)
{
    float weights = 0;
    footprint f = footprint_of(side, ratio, x, y);
    for (int v = f.top; v < f.bottom; v++)
        for (int u = f.left; u < f.right; u++)
            weights += weight(x, ratio, u) * weight(y, ratio, v);
    for (int v = f.top; v < f.bottom && weights > 0; v++)
        for (int u = f.left; u < f.right; u++)
            to[v * side + u] += weight(x, ratio, u) * weight(y, ratio, v) / weights * gradient;
}

void resize_return(float *to, int side, const float *gradient, int to_side)
{
    if (to_side == side) {
        memcpy(to, gradient, (size_t)(side * side) * sizeof *to);
        return;
    }
    float ratio = (float)side / (float)to_side;
    memset(to, 0, (size_t)(side * side) * sizeof *to);
    for (int i = 0; i < to_side * to_side; i++)
        return_pixel(to, side, ratio, i % to_side, i / to_side, gradient[i]);
}
