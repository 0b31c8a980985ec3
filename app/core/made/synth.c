/* synth.c - from a key to a drawing: choose a glyph, move its knots, run curves through them, deform, sample. */
#include "synth.h"
#include "dice.h"
#include "warp.h"
#include <math.h>

/* The deformation of a digit; its form limits how wide it may get. */
static warp make_warp(uint64_t *dice, int label)
{
    warp w = warp_roll(dice, 1);
    float aspect = expf(0.24f * dice_normal(dice) + (label == 0 ? 0.1f : 0));
    if (label == 7)
        aspect = fmaxf(aspect, 0.85f); /* narrower, its corner would look like the upstroke of a 1 */
    if (label == 1)
        aspect = fminf(aspect, 1.25f); /* and the other way round */
    float slant = tanf(0.14f + 0.19f * dice_normal(dice));
    float angle = 0.09f * dice_normal(dice), size = dice_uniform(dice, 90, 240);
    warp_place(&w, 0.6f * aspect, slant, angle, size);
    return w;
}

/* ---- curves through knots --------------------------------------------------------------------------------------- */

typedef struct knot {
    float x, y;
    synth_kind kind;
} knot;

/* What one drawing needs while it is made. */
typedef struct hand {
    sketch *out;
    uint64_t *dice;
    warp warp;
    float step;   /* between samples, in units of the cell */
    float wobble; /* of the samples, likewise */
} hand;

const synth_glyph *synth_choose(const synth_glyph *glyphs, int count, int label, uint64_t *dice)
{
    int total = 0, i = 0;
    for (int g = 0; g < count; g++)
        total += glyphs[g].digit == label ? glyphs[g].weight : 0;
    int ticket = (int)dice_uniform(dice, 0, (float)total);
    while (glyphs[i].digit != label || (ticket -= glyphs[i].weight) >= 0)
        i++;
    return &glyphs[i];
}

/* The chosen glyph with its knots moved and its optional strokes decided. Returns how many. */
static int place_knots(uint64_t *dice, const synth_glyph *glyph, knot knots[SYNTH_MAX_KNOTS])
{
    float loose = dice_uniform(dice, 0.5f, 1.4f);
    bool skip = false;
    int n = 0;
    for (const synth_knot *k = glyph->knot; k->kind != SYNTH_END && n < SYNTH_MAX_KNOTS; k++) {
        if (k->kind == SYNTH_DOWN || k->kind == SYNTH_MAYBE)
            skip = k->kind == SYNTH_MAYBE && dice_chance(dice, 0.5f);
        float spread = loose * (0.8f + (float)k->spread);
        float x = (float)k->x + 0.8f * spread * dice_normal(dice), y = (float)k->y + spread * dice_normal(dice);
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
    x += pen->wobble * dice_normal(pen->dice);
    y += pen->wobble * dice_normal(pen->dice);
    warp_point(&pen->warp, (x - 30) / 30, (y - 50) / 50, &x, &y);
    sketch_to(pen->out, x, y);
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
    float cut = n > 2 ? 0.12f : 0.04f, start = cut * dice_normal(pen->dice), end = 1 + cut * dice_normal(pen->dice);
    int gap = dice_chance(pen->dice, 0.03f) ? (int)dice_uniform(pen->dice, 0, (float)(n - 1)) : n;
    sketch_down(pen->out);
    for (int i = 0; i + 1 < n; i++) {
        bool smooth_in = i > 0 && k[i].kind == SYNTH_SMOOTH, smooth_out = i + 2 < n && k[i + 1].kind == SYNTH_SMOOTH;
        float from = i == 0 ? start : 0, to = i + 2 == n ? end : 1;
        if (i == gap) {
            draw_span(pen, k + i, smooth_in, smooth_out, from, 0.4f);
            sketch_down(pen->out);
            from = 0.6f;
        }
        draw_span(pen, k + i, smooth_in, smooth_out, from, to);
    }
}

void synth_draw(sketch *out, const synth_glyph *glyph, uint64_t *dice)
{
    knot knots[SYNTH_MAX_KNOTS];
    int n = place_knots(dice, glyph, knots);
    hand pen = {.out = out, .dice = dice, .warp = make_warp(dice, glyph->digit)};
    pen.step = dice_uniform(dice, 2, 9);
    pen.wobble = dice_chance(dice, 0.3f) ? dice_uniform(dice, 0, 1.1f) : 0.15f;
    for (int first = 0, end; first < n; first = end) {
        for (end = first + 1; end < n && knots[end].kind != SYNTH_DOWN; end++) {
        }
        draw_stroke(&pen, knots + first, end - first);
    }
}

void synth_digit(sketch *out, int label, uint64_t key)
{
    uint64_t dice = nn_bits(key, 0); /* hashed, so that neighbouring keys start far apart */
    sketch_begin(out);
    synth_draw(out, synth_choose(synth_glyphs, synth_n_glyphs, label, &dice), &dice);
}

void synth_image(float image[DIGIT_PIXELS], int *label, uint64_t key, sketch *scratch)
{
    uint64_t dice = nn_bits(key, 1);
    float wide = dice_uniform(&dice, 0, 1);
    *label = (int)(dice_roll(&dice) % 10);
    synth_digit(scratch, *label, key);
    sketch_image(scratch, 1.3f + 2.2f * wide * wide, image); /* mostly near DIGIT_PEN */
}
