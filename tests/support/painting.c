#include "painting.h"
#include "app/core/drawing/visible.h"
#include "nn/alloc.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* What is painted is mixed in as a share of the colour, alpha times colour and alpha alike. */
static void mix(unsigned char *to, colour with, float share)
{
    const float of[4] = {(float)with.r * with.a / 255, (float)with.g * with.a / 255, (float)with.b * with.a / 255,
                         with.a};
    for (int c = 0; c < 4; c++)
        to[c] = (unsigned char)((1 - share) * (float)to[c] + share * of[c] + 0.5f);
}

pixmap painting_new(int w, int h, colour paper)
{
    pixmap p = {w, h, nn_alloc((size_t)w * (size_t)h, 4)};
    assert_non_null(p.rgba);
    painting_box(&p, 0, 0, w, h, paper);
    return p;
}

void painting_box(pixmap *p, int x0, int y0, int x1, int y1, colour with)
{
    unsigned char pixel[4] = {0};
    mix(pixel, with, 1);
    for (int y = y0; y < y1; y++)
        for (int x = x0; x < x1; x++)
            memcpy(p->rgba + 4 * ((ptrdiff_t)y * p->w + x), pixel, 4);
}

typedef struct painter {
    pixmap *picture;
    unsigned char *share; /* w x h: how much of each pixel is covered, of 255 */
    float scale, x, y, width;
} painter;

static float distance(float px, float py, float x0, float y0, float x1, float y1)
{
    float dx = x1 - x0, dy = y1 - y0, length2 = dx * dx + dy * dy;
    float t = length2 > 0 ? fminf(1, fmaxf(0, ((px - x0) * dx + (py - y0) * dy) / length2)) : 0;
    return hypotf(px - x0 - t * dx, py - y0 - t * dy);
}

static int within(float v, int end)
{
    return (int)fminf((float)end, fmaxf(0, v));
}

/* Lines thinner than a pixel cover a part of it. */
static void paint_segment(void *ctx, float x0, float y0, float x1, float y1, float width)
{
    (void)width;
    painter *p = ctx;
    const pixmap *to = p->picture;
    x0 = x0 * p->scale + p->x, y0 = y0 * p->scale + p->y, x1 = x1 * p->scale + p->x, y1 = y1 * p->scale + p->y;
    float reach = 0.5f * p->width + 1, most = 255 * fminf(1, p->width);
    int left = within(fminf(x0, x1) - reach, to->w), right = within(fmaxf(x0, x1) + reach + 1, to->w),
        top = within(fminf(y0, y1) - reach, to->h), bottom = within(fmaxf(y0, y1) + reach + 1, to->h);
    for (int y = top; y < bottom; y++)
        for (int x = left; x < right; x++) {
            float d = distance((float)x + 0.5f, (float)y + 0.5f, x0, y0, x1, y1);
            float covered = most * fminf(1, fmaxf(0, 0.5f * fmaxf(1, p->width) + 0.5f - d));
            unsigned char *share = p->share + (ptrdiff_t)y * to->w + x;
            *share = covered > *share ? (unsigned char)covered : *share;
        }
}

void painting_strokes(pixmap *picture, const ink *strokes, float scale, float x, float y, float width, colour with)
{
    painter p = {picture, nn_alloc((size_t)picture->w * (size_t)picture->h, 1), scale, x, y, width};
    assert_non_null(p.share);
    ink_visit(strokes, paint_segment, &p);
    for (ptrdiff_t i = 0; i < (ptrdiff_t)picture->w * picture->h; i++)
        if (p.share[i] > 0)
            mix(picture->rgba + 4 * i, with, (float)p.share[i] / 255);
    nn_free(p.share);
}

static void grow(void *ctx, float x0, float y0, float x1, float y1, float width)
{
    (void)width;
    float *b = ctx;
    b[0] = fminf(b[0], fminf(x0, x1));
    b[1] = fminf(b[1], fminf(y0, y1));
    b[2] = fmaxf(b[2], fmaxf(x0, x1));
    b[3] = fmaxf(b[3], fmaxf(y0, y1));
}

pixel_box painting_fitted(pixmap *picture, const ink *strokes, float size, float x, float y, float width, colour with)
{
    float b[4] = {INFINITY, INFINITY, -INFINITY, -INFINITY};
    ink_visit(strokes, grow, b);
    float scale = (size - width) / fmaxf(b[2] - b[0], b[3] - b[1]), w = (b[2] - b[0]) * scale + width,
          h = (b[3] - b[1]) * scale + width;
    painting_strokes(picture, strokes, scale, x - 0.5f * (b[0] + b[2]) * scale, y - 0.5f * (b[1] + b[3]) * scale, width,
                     with);
    return (pixel_box){within(x - 0.5f * w, picture->w), within(y - 0.5f * h, picture->h),
                       within(ceilf(x + 0.5f * w), picture->w), within(ceilf(y + 0.5f * h), picture->h)};
}

pixmap painting_cut(pixmap picture, pixel_box box)
{
    pixmap part = {pixel_box_w(&box), pixel_box_h(&box), NULL};
    part.rgba = nn_alloc((size_t)part.w * (size_t)part.h, 4);
    assert_non_null(part.rgba);
    for (int y = 0; y < part.h; y++)
        memcpy(part.rgba + 4 * (ptrdiff_t)y * part.w, picture.rgba + 4 * ((ptrdiff_t)(box.y0 + y) * picture.w + box.x0),
               4 * (size_t)part.w);
    nn_free(picture.rgba);
    return part;
}

void painting_frame(pixmap *p, int at, colour with)
{
    int thick = 1 + p->w / 120, end = p->w - at;
    painting_box(p, at, at, end, at + thick, with);
    painting_box(p, at, end - thick, end, end, with);
    painting_box(p, at, at, at + thick, end, with);
    painting_box(p, end - thick, at, end, end, with);
}
