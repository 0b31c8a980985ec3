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

static float pixel_at(const float *from, int side, float ratio, int x, int y)
{
    float sum = 0, weights = 0, reach = fmaxf(ratio, 1), mx = ((float)x + 0.5f) * ratio, my = ((float)y + 0.5f) * ratio;
    int left = (int)fmaxf(mx - reach - 1, 0), top = (int)fmaxf(my - reach - 1, 0);
    for (int v = top; v < side && (float)v < my + reach + 1; v++)
        for (int u = left; u < side && (float)u < mx + reach + 1; u++) {
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
