/* synth.c - from a key to a drawing: choose a glyph, move its knots, run curves through them, deform, sample. */
#include "synth.h"
#include "../../nn/rng.h"
#include <math.h>
#include <string.h>

/* ---- random numbers: hashes of a counter that starts at a hash of the key --------------------------------------- */

static uint64_t roll(uint64_t *dice)
{
    return nn_bits((*dice)++, 0);
}

static float uniform(uint64_t *dice, float low, float high)
{
    return low + (high - low) * (float)(roll(dice) >> 40) * 0x1p-24f;
}

static bool chance(uint64_t *dice, float share)
{
    return uniform(dice, 0, 1) < share;
}

/* Standard deviation 1, never beyond 2.45: a sum of four uniform numbers, so no drawing is ever wild. */
static float normal(uint64_t *dice)
{
    float sum = 0;
    for (int i = 0; i < 4; i++)
        sum += uniform(dice, -1, 1);
    return sum * 0.8660254f;
}

/* ---- deformation of a whole drawing ----------------------------------------------------------------------------- */

/* From the glyph's cell, as u, v in -1..1 about its middle, to the canvas: a smooth bend, then an affine map. */
typedef struct warp {
    float taper, bow, wave, phase; /* width along v; bending sideways; a wave sideways */
    float waist, tilt, sag;        /* the waist up or down; one side higher; ends higher than the middle */
    float xx, xy, yx, yy;          /* the affine map: aspect, slant, rotation, size */
} warp;

static warp make_warp(uint64_t *dice, int label)
{
    /* One roll a statement: the order inside an initialiser is the compiler's choice. */
    warp w = {.taper = 0.13f * normal(dice)};
    w.bow = 0.06f * normal(dice);
    w.wave = 0.025f * normal(dice);
    w.phase = uniform(dice, 0, 6.28f);
    w.waist = 0.13f * normal(dice);
    w.tilt = 0.06f * normal(dice);
    w.sag = 0.04f * normal(dice);
    float aspect = expf(0.24f * normal(dice) + (label == 0 ? 0.1f : 0));
    if (label == 7)
        aspect = fmaxf(aspect, 0.85f); /* narrower, its corner would look like the upstroke of a 1 */
    if (label == 1)
        aspect = fminf(aspect, 1.25f); /* and the other way round */
    float slant = tanf(0.14f + 0.19f * normal(dice));
    float angle = 0.09f * normal(dice), size = uniform(dice, 90, 240);
    float c = cosf(angle) * size, s = sinf(angle) * size, wide = 0.6f * aspect;
    w.xx = c * wide;
    w.xy = -c * slant - s;
    w.yx = s * wide;
    w.yy = -s * slant + c;
    return w;
}

static ink_point bend(const warp *w, float x, float y)
{
    float u = (x - 30) / 30, v = (y - 50) / 50;
    float bent = u * (1 + w->taper * v) + w->bow * v * v + w->wave * sinf(3 * v + w->phase);
    v += w->waist * (1 - v * v) + w->tilt * u + w->sag * u * u;
    return (ink_point){.x = INK_CANVAS / 2 + w->xx * bent + w->xy * v,
                       .y = INK_CANVAS / 2 + w->yx * bent + w->yy * v,
                       .t = NAN,
                       .pressure = 1};
}

/* ---- curves through knots --------------------------------------------------------------------------------------- */

typedef struct knot {
    float x, y;
    synth_kind kind;
} knot;

/* What one drawing needs while it is made. */
typedef struct hand {
    synth_scratch *out;
    uint64_t *dice;
    warp warp;
    float step;   /* between samples, in units of the cell */
    float wobble; /* of the samples, likewise */
} hand;

static const synth_glyph *choose(uint64_t *dice, int label)
{
    int total = 0, i = 0;
    for (int g = 0; g < synth_n_glyphs; g++)
        total += synth_glyphs[g].digit == label ? synth_glyphs[g].weight : 0;
    int ticket = (int)uniform(dice, 0, (float)total);
    while (synth_glyphs[i].digit != label || (ticket -= synth_glyphs[i].weight) >= 0)
        i++;
    return &synth_glyphs[i];
}

/* The chosen glyph with its knots moved and its optional strokes decided. Returns how many. */
static int place_knots(uint64_t *dice, const synth_glyph *glyph, knot knots[SYNTH_MAX_KNOTS])
{
    float loose = uniform(dice, 0.5f, 1.4f);
    bool skip = false;
    int n = 0;
    for (const synth_knot *k = glyph->knot; k->kind != SYNTH_END && n < SYNTH_MAX_KNOTS; k++) {
        if (k->kind == SYNTH_DOWN || k->kind == SYNTH_MAYBE)
            skip = k->kind == SYNTH_MAYBE && chance(dice, 0.5f);
        float spread = loose * (0.8f + (float)k->spread);
        float x = (float)k->x + 0.8f * spread * normal(dice), y = (float)k->y + spread * normal(dice);
        if (!skip)
            knots[n++] = (knot){x, y, k->kind == SYNTH_MAYBE ? SYNTH_DOWN : (synth_kind)k->kind};
    }
    return n;
}

static float root_distance(const knot *a, const knot *b)
{
    return sqrtf(hypotf(b->x - a->x, b->y - a->y)) + 1e-3f;
}

/* The derivative at b of the centripetal Catmull-Rom curve a-b-c, for a span whose parameter runs over `span`. */
static void tangent(const knot *a, const knot *b, const knot *c, float span, float *x, float *y)
{
    float before = root_distance(a, b), after = root_distance(b, c), both = before + after;
    *x = span * ((b->x - a->x) / before - (c->x - a->x) / both + (c->x - b->x) / after);
    *y = span * ((b->y - a->y) / before - (c->y - a->y) / both + (c->y - b->y) / after);
}

static void put(hand *pen, float x, float y)
{
    ink *drawing = &pen->out->ink;
    if (drawing->n_points == SYNTH_MAX_POINTS)
        return;
    x += pen->wobble * normal(pen->dice);
    y += pen->wobble * normal(pen->dice);
    drawing->point[drawing->n_points++] = bend(&pen->warp, x, y);
    drawing->entry[drawing->n_entries - 1].count++;
}

static void touch_down(hand *pen)
{
    ink *drawing = &pen->out->ink;
    bool unused = drawing->n_entries && drawing->entry[drawing->n_entries - 1].count == 0;
    if (unused || drawing->n_entries == SYNTH_MAX_STROKES)
        return;
    drawing->entry[drawing->n_entries++] =
        (ink_entry){.kind = INK_PEN, .width = INK_DEFAULT_BRUSH, .first = drawing->n_points};
    drawing->done = drawing->n_entries;
}

/* Samples the span k[0]-k[1], from..to of it, as a cubic Hermite curve; k[-1] and k[2] are there where the curve
 * goes on smoothly. An end without neighbour is left without curvature. */
static void draw_span(hand *pen, const knot *k, bool smooth_in, bool smooth_out, float from, float to)
{
    float dx = k[1].x - k[0].x, dy = k[1].y - k[0].y, span = root_distance(&k[0], &k[1]);
    float in_x = dx, in_y = dy, out_x = dx, out_y = dy;
    if (smooth_in)
        tangent(&k[-1], &k[0], &k[1], span, &in_x, &in_y);
    if (smooth_out)
        tangent(&k[0], &k[1], &k[2], span, &out_x, &out_y);
    if (!smooth_in && smooth_out)
        in_x = 1.5f * dx - 0.5f * out_x, in_y = 1.5f * dy - 0.5f * out_y;
    if (smooth_in && !smooth_out)
        out_x = 1.5f * dx - 0.5f * in_x, out_y = 1.5f * dy - 0.5f * in_y;

    int steps = 1 + (int)(hypotf(dx, dy) / pen->step);
    for (int i = 0; i <= steps; i++) {
        float t = from + (to - from) * (float)i / (float)steps, s = t - 1;
        float h0 = (1 + 2 * t) * s * s, h1 = t * s * s, h2 = t * t * (1 - 2 * s), h3 = t * t * s;
        put(pen, h0 * k[0].x + h1 * in_x + h2 * k[1].x + h3 * out_x,
            h0 * k[0].y + h1 * in_y + h2 * k[1].y + h3 * out_y);
    }
}

/* A stroke of n >= 2 knots. Its ends are a little shorter or longer than drawn, and now and then the pen loses contact
 * for a moment. */
static void draw_stroke(hand *pen, const knot *k, int n)
{
    float cut = n > 2 ? 0.12f : 0.04f, start = cut * normal(pen->dice), end = 1 + cut * normal(pen->dice);
    int gap = chance(pen->dice, 0.03f) ? (int)uniform(pen->dice, 0, (float)(n - 1)) : n;
    touch_down(pen);
    for (int i = 0; i + 1 < n; i++) {
        bool smooth_in = i > 0 && k[i].kind == SYNTH_SMOOTH, smooth_out = i + 2 < n && k[i + 1].kind == SYNTH_SMOOTH;
        float from = i == 0 ? start : 0, to = i + 2 == n ? end : 1;
        if (i == gap) {
            draw_span(pen, k + i, smooth_in, smooth_out, from, 0.4f);
            touch_down(pen);
            from = 0.6f;
        }
        draw_span(pen, k + i, smooth_in, smooth_out, from, to);
    }
}

void synth_digit(synth_scratch *scratch, int label, uint64_t key)
{
    uint64_t dice = nn_bits(key, 0); /* hashed, so that neighbouring keys start far apart */
    scratch->ink = (ink){.point = scratch->point, .entry = scratch->entry};
    scratch->ink.max_points = SYNTH_MAX_POINTS;
    scratch->ink.max_entries = SYNTH_MAX_STROKES;

    knot knots[SYNTH_MAX_KNOTS];
    int n = place_knots(&dice, choose(&dice, label), knots);
    hand pen = {.out = scratch, .dice = &dice, .warp = make_warp(&dice, label)};
    pen.step = uniform(&dice, 2, 9);
    pen.wobble = chance(&dice, 0.3f) ? uniform(&dice, 0, 1.1f) : 0.15f;
    for (int first = 0, end; first < n; first = end) {
        for (end = first + 1; end < n && knots[end].kind != SYNTH_DOWN; end++) {
        }
        draw_stroke(&pen, knots + first, end - first);
    }
}

void synth_image(float image[DIGIT_PIXELS], int *label, uint64_t key, synth_scratch *scratch)
{
    uint64_t dice = nn_bits(key, 1);
    float wide = uniform(&dice, 0, 1);
    *label = (int)(roll(&dice) % 10);
    synth_digit(scratch, *label, key);
    digit_options options = digit_defaults;
    options.pen = 1.3f + 2.2f * wide * wide; /* mostly near DIGIT_PEN */
    digit_from_ink(&scratch->digit, &scratch->ink, &options);
    memcpy(image, scratch->digit.image, sizeof scratch->digit.image);
}
