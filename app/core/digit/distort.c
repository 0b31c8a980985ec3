/* distort.c - moves, thickens and spoils a small picture. */
#include "distort.h"
#include "bilinear.h"
#include "nn/rng.h"
#include <math.h>
#include <stddef.h>
#include <string.h>

const distort_range distort_ranges[DISTORT_KINDS] = {
    [DISTORT_ACROSS] = {-8, 8, 0.5f},  [DISTORT_DOWN] = {-8, 8, 0.5f},      [DISTORT_SCALE] = {-0.6f, 0.6f, 0.05f},
    [DISTORT_ROTATE] = {-180, 180, 5}, [DISTORT_WIDTH] = {-1.5f, 3, 0.25f}, [DISTORT_NOISE] = {0, 1, 0.05f},
};

static const size_t members[DISTORT_KINDS] = {
    [DISTORT_ACROSS] = offsetof(distortion, shift_x), [DISTORT_DOWN] = offsetof(distortion, shift_y),
    [DISTORT_SCALE] = offsetof(distortion, scale),    [DISTORT_ROTATE] = offsetof(distortion, rotate),
    [DISTORT_WIDTH] = offsetof(distortion, width),    [DISTORT_NOISE] = offsetof(distortion, noise),
};

static const float degree = 3.14159265f / 180;

float distort_get(const distortion *d, distort_kind kind)
{
    return *(const float *)(const void *)((const char *)d + members[kind]);
}

void distort_set(distortion *d, distort_kind kind, float value)
{
    *(float *)(void *)((char *)d + members[kind]) = value;
}

bool distort_is_none(const distortion *d)
{
    return d->shift_x == 0 && d->shift_y == 0 && d->scale == 0 && d->rotate == 0 && d->width == 0 && d->noise == 0;
}

affine distort_map(const distortion *d, float middle, float unit)
{
    float c = (1 + d->scale) * cosf(degree * d->rotate), s = (1 + d->scale) * sinf(degree * d->rotate);
    affine map = {c, -s, 0, s, c, 0};
    map.x = middle - c * middle + s * middle + unit * d->shift_x;
    map.y = middle - s * middle - c * middle + unit * d->shift_y;
    return map;
}

void distort_warp(const float *from, float *to, int side, const affine *map)
{
    affine back = affine_inverse(map);
    for (int row = 0; row < side; row++)
        for (int column = 0; column < side; column++) {
            float at[2];
            affine_apply(&back, (float)column + 0.5f, (float)row + 0.5f, at);
            to[row * side + column] = bilinear(from, side, at[0] - 0.5f, at[1] - 0.5f);
        }
}

/* to = the greatest of itself and from, seen `dx`, `dy` further and lowered; for sign -1 the least, raised. */
static void spread(const float *from, float *to, int side, int dx, int dy, float lowered, float sign)
{
    int left = dx < 0 ? -dx : 0, right = dx > 0 ? side - dx : side;
    int top = dy < 0 ? -dy : 0, bottom = dy > 0 ? side - dy : side;
    for (int row = top; row < bottom; row++) {
        const float *source = from + (row + dy) * side + dx;
        float *target = to + row * side;
        for (int column = left; column < right; column++) {
            float v = sign * source[column] - lowered, now = sign * target[column];
            target[column] = sign * (v > now ? v : now);
        }
    }
}

/* Grey dilation and erosion by a disc whose rim falls off over one sample, so that the edge follows `by` without
 * steps (Serra 1982). */
void distort_edge(const float *from, float *to, int side, float by)
{
    float radius = fminf(fabsf(by), DISTORT_MAX_EDGE), sign = by < 0 ? -1 : 1;
    int reach = (int)ceilf(radius);
    memcpy(to, from, (size_t)side * (size_t)side * sizeof *to);
    for (int dy = -reach; dy <= reach; dy++)
        for (int dx = -reach; dx <= reach; dx++) {
            float lowered = fmaxf(hypotf((float)dx, (float)dy) - radius, 0);
            if (lowered < 1)
                spread(from, to, side, dx, dy, lowered, sign);
        }
}

void distort_noise(float *image, int count, float deviation)
{
    for (int i = 0; i < count; i++)
        image[i] = fminf(fmaxf(image[i] + deviation * nn_normal(1, (uint64_t)i), 0), 1);
}
