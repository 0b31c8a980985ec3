/* pen.c - Euclidean distances in two passes, and the width of strokes from their ridges. */
#include "pen.h"
#include "nn/alloc.h"
#include <math.h>
#include <string.h>

#define FAR      1e9f
#define QUARTERS 4                    /* steps in which depths are counted, in a pixel */
static const int edge = 115;          /* ink from this level on, of 255 */
static const float flat_ridge = 0.6f; /* slope of the depth below which a pixel is on a stroke's centre line */

/* ---- distances --------------------------------------------------------------------------------------------------- */

/* Room for one line of n values. */
typedef struct line_room {
    float *in, *border; /* n, and n + 1 */
    int *lowest;        /* n */
} line_room;

/* values[i] = min over k of (i - k)^2 + values[k], i and k `stride` apart: the lower envelope of parabolas (Felzenszwalb
 * and Huttenlocher 2012). */
static void envelope(float *values, int n, int stride, const line_room *room)
{
    float *in = room->in, *border = room->border;
    int *lowest = room->lowest, count = 0;
    for (int k = 0; k < n; k++) {
        in[k] = values[(ptrdiff_t)k * stride];
        float meet = -FAR;
        while (count > 0) {
            int top = lowest[count - 1];
            meet = 0.5f * (in[k] - in[top] + (float)(k * k - top * top)) / (float)(k - top);
            if (meet > border[count - 1])
                break;
            count--;
        }
        border[count] = count > 0 ? meet : -FAR;
        lowest[count++] = k;
    }
    border[count] = FAR;
    for (int i = 0, part = 0; i < n; i++) {
        while (border[part + 1] < (float)i)
            part++;
        float d = (float)(i - lowest[part]);
        values[(ptrdiff_t)i * stride] = d * d + in[lowest[part]];
    }
}

/* For every pixel, the distance to the nearest one that is ink, or paper; 0 if it is such itself. */
static void distance_to(const unsigned char *ink, bool wanted, const pen_field *f, float *distance,
                        const line_room *room)
{
    for (int i = 0; i < f->w * f->h; i++)
        distance[i] = (ink[i] >= edge) == wanted ? 0 : FAR;
    for (int x = 0; x < f->w; x++)
        envelope(distance + x, f->h, f->w, room);
    for (int y = 0; y < f->h; y++)
        envelope(distance + (ptrdiff_t)y * f->w, f->w, 1, room);
    for (int i = 0; i < f->w * f->h; i++)
        distance[i] = sqrtf(distance[i]);
}

/* ---- what they tell ---------------------------------------------------------------------------------------------- */

static void find_box(pen_field *f)
{
    f->x0 = f->w, f->y0 = f->h, f->x1 = f->y1 = 0;
    for (int y = 0; y < f->h; y++)
        for (int x = 0; x < f->w; x++) {
            if (f->depth[y * f->w + x] <= 0)
                continue;
            f->x0 = x < f->x0 ? x : f->x0;
            f->x1 = x >= f->x1 ? x + 1 : f->x1;
            f->y0 = y < f->y0 ? y : f->y0;
            f->y1 = y + 1;
        }
}

/* Twice the depth on the centre lines, where the distances have no slope. The depth that a third of them stay below,
 * since loops that have run together are much deeper than the strokes. count: room for `deepest` + 1 numbers, 0. */
static float usual_width(const pen_field *f, int *count, int deepest)
{
    int total = 0, seen = 0, i = 0;
    for (int y = 1; y < f->h - 1; y++)
        for (int x = 1; x < f->w - 1; x++) {
            const float *d = f->depth + (ptrdiff_t)y * f->w + x;
            float slope = hypotf(d[1] - d[-1], d[f->w] - d[-f->w]) / 2, depth = QUARTERS * *d;
            if (*d <= 0 || slope > flat_ridge)
                continue;
            count[depth < (float)deepest ? (int)depth : deepest]++;
            total++;
        }
    while (i < deepest && 3 * (seen += count[i]) < total)
        i++;
    return 2 * (float)i / QUARTERS + 0.5f; /* the middle of an even width lies between two pixels */
}

bool pen_measure(pen_field *out, const unsigned char *ink, int w, int h, nn_error *err)
{
    *out = (pen_field){.w = w, .h = h};
    size_t pixels = (size_t)w * (size_t)h, longer = (size_t)(w > h ? w : h);
    out->depth = nn_alloc(pixels, sizeof *out->depth);
    float *outside = nn_alloc(pixels + 2 * longer + 1, sizeof *outside);
    int *counts = nn_alloc(longer + QUARTERS * longer + 1, sizeof *counts);
    bool ok = out->depth && outside && counts;
    if (ok) {
        line_room room = {outside + pixels, outside + pixels + longer, counts};
        distance_to(ink, false, out, out->depth, &room);
        distance_to(ink, true, out, outside, &room);
        for (size_t i = 0; i < pixels; i++)
            out->depth[i] = out->depth[i] > 0 ? out->depth[i] - 0.5f : 0.5f - outside[i];
        find_box(out);
        out->width = usual_width(out, counts + longer, (int)(QUARTERS * longer));
    } else {
        nn_free(out->depth);
        out->depth = NULL;
    }
    nn_free(outside);
    nn_free(counts);
    return ok || nn_fail(err, NN_NOMEM, 0, "not enough memory for the picture");
}

static float within(float v, float end)
{
    return fminf(end, fmaxf(0, v));
}

float pen_depth(const pen_field *f, float x, float y)
{
    float in_x = within(x, (float)f->w - 1.001f), in_y = within(y, (float)f->h - 1.001f);
    int column = (int)in_x, row = (int)in_y;
    float fx = in_x - (float)column, fy = in_y - (float)row;
    const float *d = f->depth + (ptrdiff_t)row * f->w + column;
    float inside = (1 - fy) * ((1 - fx) * d[0] + fx * d[1]) + fy * ((1 - fx) * d[f->w] + fx * d[f->w + 1]);
    return inside - hypotf(x - in_x, y - in_y);
}
