/* digit.c - draws ink into a small frame and centres it as MNIST does. */
#include "digit.h"
#include "app/core/least.h"
#include <math.h>
#include <string.h>

/* Ink smaller than this (2 % of the canvas) is not blown up to the whole frame: a dot stays a dot. */
#define SMALLEST_BOX (0.02f * INK_CANVAS)

/* MNIST's centre of mass, in samples: the middle of pixel 14 (counted from 0), as its 60,000 images have it. */
#define MIDDLE (0.5f * (DIGIT_FRAME + DIGIT_SUB))

const digit_options digit_defaults = {.scale = true, .centre = true, .width = true, .pen = DIGIT_PEN};

bool digit_is_distorted(const digit_options *how)
{
    return !(how->centre && how->scale && how->width && distort_is_none(&how->distort));
}

/* ---- ink -> coverage -------------------------------------------------------------------------------------------- */

typedef struct digit_bounds bounds;
typedef struct digit_segment segment;

static const bounds no_bounds = {INFINITY, INFINITY, -INFINITY, -INFINITY, 0};

static void grow_bounds(void *ctx, float x0, float y0, float x1, float y1, float width)
{
    bounds *b = ctx;
    b->x0 = least(b->x0, least(x0, x1));
    b->y0 = least(b->y0, least(y0, y1));
    b->x1 = most(b->x1, most(x0, x1));
    b->y1 = most(b->y1, most(y0, y1));
    b->width = most(b->width, width);
}

/* A nib that draws. */
typedef struct pen {
    digit_nib nib;
    float *coverage;
    segment pending;
} pen;

/* 0 for NAN, which recorded strokes far outside a tiny surface can become. */
static int to_sample(float v)
{
    return !(v > 0) ? 0 : v > DIGIT_FRAME ? DIGIT_FRAME : (int)v;
}

/* Whether nothing can be added there. In a drawing of very many strokes that is so nearly everywhere. */
static bool is_full(const float *coverage, int left, int right, int top, int bottom)
{
    for (int row = top; row < bottom; row++)
        for (int column = left; column < right; column++)
            if (coverage[row * DIGIT_FRAME + column] < 1)
                return false;
    return true;
}

/* Draws a segment with round ends; a sample at distance d from it is covered by radius + 1/2 - d, within 0..1.
 * Distances are taken along and across the segment from its middle: no branch, nothing to clamp twice. Columns go
 * in groups of DIGIT_SUB, a number known when compiling. Both for the sake of vector code. */
static void draw_segment(float *coverage, segment s)
{
    float dx = s.x1 - s.x0, dy = s.y1 - s.y0, length = hypotf(dx, dy), half = 0.5f * length;
    float ux = length > 0 ? dx / length : 1, uy = length > 0 ? dy / length : 0;
    float middle_x = s.x0 + 0.5f * dx, middle_y = s.y0 + 0.5f * dy, reach = s.radius + 0.5f;
    int left = to_sample(least(s.x0, s.x1) - reach) & -DIGIT_SUB, right = to_sample(most(s.x0, s.x1) + reach + 1);
    int top = to_sample(least(s.y0, s.y1) - reach), bottom = to_sample(most(s.y0, s.y1) + reach + 1);

    if (is_full(coverage, left, right, top, bottom))
        return;
    for (int row = top; row < bottom; row++) {
        float y = (float)row + 0.5f - middle_y;
        for (int column = left; column < right; column += DIGIT_SUB) {
            float *group = coverage + row * DIGIT_FRAME + column;
            for (int i = 0; i < DIGIT_SUB; i++) {
                float x = (float)(column + i) + 0.5f - middle_x;
                float across = x * uy - y * ux, beyond = most(fabsf(x * ux + y * uy) - half, 0);
                float covered = least(reach - sqrtf(across * across + beyond * beyond), 1);
                group[i] = most(group[i], covered);
            }
        }
    }
}

static void draw_pending(pen *p)
{
    if (p->pending.radius > 0)
        draw_segment(p->coverage, p->pending);
    p->pending.radius = 0;
}

/* Mice and pens report many points per sample: pieces are joined into one until it is longer than that. */
static void draw_piece(void *ctx, float x0, float y0, float x1, float y1, float width)
{
    pen *p = ctx;
    const digit_nib *n = &p->nib;
    segment s = {x0 * n->scale + n->x, y0 * n->scale + n->y, x1 * n->scale + n->x, y1 * n->scale + n->y,
                 n->radius > 0 ? n->radius : 0.5f * width * n->scale};
    segment *last = &p->pending;
    if (last->radius == s.radius && last->x1 == s.x0 && last->y1 == s.y0 &&
        fabsf(s.x1 - last->x0) + fabsf(s.y1 - last->y0) < 1.5f) {
        last->x1 = s.x1;
        last->y1 = s.y1;
        return;
    }
    draw_pending(p);
    *last = s;
}

static digit_nib fit(const bounds *b, const digit_options *options)
{
    digit_nib n = {.radius = options->width ? 0.5f * DIGIT_SUB * options->pen : 0};
    if (!options->scale) {
        n.scale = (float)DIGIT_FRAME / INK_CANVAS;
        return n;
    }
    float side = most(SMALLEST_BOX, most(b->x1 - b->x0, b->y1 - b->y0));
    n.scale = options->width ? (DIGIT_BOX - options->pen) * DIGIT_SUB / side
                             : (float)DIGIT_BOX * DIGIT_SUB / (side + b->width);
    n.x = 0.5f * (DIGIT_FRAME - (b->x0 + b->x1) * n.scale);
    n.y = 0.5f * (DIGIT_FRAME - (b->y0 + b->y1) * n.scale);
    return n;
}

static bool same_nib(const digit_nib *a, const digit_nib *b)
{
    return a->scale == b->scale && a->x == b->x && a->y == b->y && a->radius == b->radius;
}

/* Whether what was made of the drawing still holds: nothing was taken back, no eraser came near. */
static bool has_grown(const digit_tracker *self, const ink *strokes)
{
    if (!self->begun || self->taken_back != strokes->taken_back)
        return false;
    for (int e = self->bounded.entry; e < strokes->done; e++)
        if (strokes->entry[e].kind != INK_PEN)
            return false;
    return true;
}

/* The bounds up to `to`, going on from those that are there. */
static void track_bounds(digit_tracker *self, const ink *strokes, ink_place to)
{
    if (!has_grown(self, strokes)) {
        self->bounds = no_bounds;
        self->bounded = ink_begins(strokes);
        self->nib.scale = 0; /* no nib that draws: all will be drawn */
    }
    ink_visit_between(strokes, self->bounded, to, grow_bounds, &self->bounds);
    self->bounded = to;
    self->begun = true;
    self->taken_back = strokes->taken_back;
}

/* The coverage up to `to` with this nib, going on with what is there if it was drawn with the same. */
static void track_coverage(digit_tracker *self, const ink *strokes, ink_place to, const digit_nib *nib)
{
    if (!same_nib(&self->nib, nib)) {
        memset(self->coverage, 0, sizeof self->coverage);
        self->drawn = ink_begins(strokes);
        self->nib = *nib;
        self->pending.radius = 0;
    }
    pen p = {*nib, self->coverage, self->pending};
    ink_visit_between(strokes, self->drawn, to, draw_piece, &p);
    self->drawn = to;
    self->pending = p.pending;
}

static void set_frame(digit *out, const bounds *b, const digit_nib *nib)
{
    memcpy(out->box, (float[4]){b->x0, b->y0, b->x1 - b->x0, b->y1 - b->y0}, sizeof out->box);
    out->to_frame = (affine){nib->scale, 0, nib->x, 0, nib->scale, nib->y};
}

void digit_track(digit_tracker *self, digit *out, const ink *strokes, const digit_options *options)
{
    ink_place settled = ink_settled(strokes), end = ink_ends(strokes);
    memset(out, 0, sizeof *out);
    track_bounds(self, strokes, settled);
    bounds b = self->bounds;
    ink_visit_between(strokes, settled, end, grow_bounds, &b);
    if (b.x0 <= b.x1) {
        digit_nib nib = fit(&b, options);
        track_coverage(self, strokes, settled, &nib);
        memcpy(out->coverage, self->coverage, sizeof out->coverage);
        pen p = {nib, out->coverage, self->pending};
        ink_visit_between(strokes, settled, end, draw_piece, &p);
        draw_pending(&p);
        set_frame(out, &b, &nib);
    }
    digit_from_coverage(out, options);
}

void digit_bytes(unsigned char bytes[DIGIT_PIXELS], const float image[DIGIT_PIXELS])
{
    for (int i = 0; i < DIGIT_PIXELS; i++)
        bytes[i] = (unsigned char)(255 * image[i] + 0.5f);
}

void digit_from_ink(digit *out, const ink *strokes, const digit_options *options)
{
    memset(out, 0, sizeof *out);
    bounds b = no_bounds;
    ink_visit(strokes, grow_bounds, &b);
    if (b.x0 <= b.x1) {
        pen p = {.nib = fit(&b, options), .coverage = out->coverage};
        ink_visit(strokes, draw_piece, &p);
        draw_pending(&p);
        set_frame(out, &b, &p.nib);
    }
    digit_from_coverage(out, options);
}

/* ---- coverage -> image ------------------------------------------------------------------------------------------ */

/* Sums down the columns first: independent sums per column are what compilers turn into vector code. */
static float centre_of_mass(const float *coverage, float mass[2])
{
    float column[DIGIT_FRAME] = {0}, moment[DIGIT_FRAME] = {0};
    for (int y = 0; y < DIGIT_FRAME; y++)
        for (int x = 0; x < DIGIT_FRAME; x++) {
            float c = coverage[y * DIGIT_FRAME + x];
            column[x] += c;
            moment[x] += c * ((float)y + 0.5f);
        }
    float total = 0, sum_x = 0, sum_y = 0;
    for (int x = 0; x < DIGIT_FRAME; x++) {
        total += column[x];
        sum_x += column[x] * ((float)x + 0.5f);
        sum_y += moment[x];
    }
    mass[0] = total > 0 ? sum_x / total : 0;
    mass[1] = total > 0 ? sum_y / total : 0;
    return total;
}

/* Averages blocks of DIGIT_SUB x DIGIT_SUB samples after a shift by whole samples; what leaves the frame is lost. */
static void shrink(const float *coverage, int shift_x, int shift_y, float *image)
{
    int from = shift_x > 0 ? shift_x : 0, to = shift_x < 0 ? DIGIT_FRAME + shift_x : DIGIT_FRAME;
    for (int row = 0; row < DIGIT_SIDE; row++) {
        float sum[DIGIT_FRAME] = {0};
        for (int sub = 0; sub < DIGIT_SUB; sub++) {
            int y = row * DIGIT_SUB + sub - shift_y;
            if (y < 0 || y >= DIGIT_FRAME)
                continue;
            for (int x = from; x < to; x++)
                sum[x] += coverage[y * DIGIT_FRAME + x - shift_x];
        }
        for (int column = 0; column < DIGIT_SIDE; column++) {
            const float *s = sum + column * DIGIT_SUB;
            float total = 0;
            for (int sub = 0; sub < DIGIT_SUB; sub++)
                total += s[sub];
            image[row * DIGIT_SIDE + column] = total / (DIGIT_SUB * DIGIT_SUB);
        }
    }
}

/* Thickness last, so that it is in pixels whatever the scale. */
static void distort(const float *coverage, const affine *map, const distortion *d, float *image)
{
    float moved[DIGIT_FRAME * DIGIT_FRAME], thick[DIGIT_FRAME * DIGIT_FRAME];
    distort_warp(coverage, moved, DIGIT_FRAME, map);
    distort_edge(moved, thick, DIGIT_FRAME, 0.5f * DIGIT_SUB * d->width);
    shrink(thick, 0, 0, image);
    distort_noise(image, DIGIT_PIXELS, d->noise);
}

void digit_from_coverage(digit *out, const digit_options *options)
{
    out->empty = centre_of_mass(out->coverage, out->mass) <= 0;
    int shift_x = 0, shift_y = 0;
    if (options->centre && !out->empty) {
        shift_x = (int)lroundf(MIDDLE - out->mass[0]);
        shift_y = (int)lroundf(MIDDLE - out->mass[1]);
    }
    affine moved = {1, 0, (float)shift_x, 0, 1, (float)shift_y},
           distorted = distort_map(&options->distort, MIDDLE, DIGIT_SUB),
           shrunk = {1.0f / DIGIT_SUB, 0, 0, 0, 1.0f / DIGIT_SUB, 0}, map = affine_then(&moved, &distorted),
           image = affine_then(&map, &shrunk);
    out->to_image = affine_then(&out->to_frame, &image);
    if (distort_is_none(&options->distort) || out->empty)
        shrink(out->coverage, shift_x, shift_y, out->image);
    else
        distort(out->coverage, &map, &options->distort, out->image);
}
