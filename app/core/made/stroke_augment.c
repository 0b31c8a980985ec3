/* stroke_augment.c - recorded strokes as another hand, pen or device would have given them.
 *
 * All lengths are in halves of the drawing's longer side: u to the right, v down, 0 in the middle of its box. */
#include "stroke_augment.h"
#include "dice.h"
#include "warp.h"
#include <string.h>

typedef struct spot {
    float u, v;
} spot;

/* One drawing being copied. */
typedef struct hand {
    sketch *out;
    const ink *from;
    uint64_t *dice;
    float x, y, half; /* the box's middle and half its longer side, in units of the original */
    float wide, high; /* half the box, of `half` */
    warp warp;
    float step;         /* between samples */
    float wobble;       /* of every sample */
    float tremor, pace; /* of the whole line: amplitude, and radians per length */
    float grid;         /* of whole pixels, in canvas units; 0: none */
    float length;       /* of the stroke being drawn */
    float dx, dy;       /* of it, against where it was */
    spot ends[2];       /* by how much its begin and its end stray beyond that */
} hand;

static spot spot_at(const hand *h, int point)
{
    const ink_point *p = &h->from->point[point];
    return (spot){(p->x - h->x) / h->half, (p->y - h->y) / h->half};
}

static void measure(hand *h)
{
    float x0 = INFINITY, y0 = INFINITY, x1 = -INFINITY, y1 = -INFINITY;
    for (int i = 0; i < h->from->n_points; i++) {
        const ink_point *p = &h->from->point[i];
        x0 = p->x < x0 ? p->x : x0;
        y0 = p->y < y0 ? p->y : y0;
        x1 = p->x > x1 ? p->x : x1;
        y1 = p->y > y1 ? p->y : y1;
    }
    float longer = x1 - x0 > y1 - y0 ? x1 - x0 : y1 - y0;
    h->x = 0.5f * (x0 + x1);
    h->y = 0.5f * (y0 + y1);
    h->half = longer > 1 ? 0.5f * longer : 0.5f;
    h->wide = 0.5f * (x1 - x0) / h->half;
    h->high = 0.5f * (y1 - y0) / h->half;
}

/* ---- drawing ---------------------------------------------------------------------------------------------------- */

/* How much the sample at length s moves with an end that is `away` from it: less and less over a third of the
 * stroke. */
static float follows_end(const hand *h, float away)
{
    float t = 1 - 3 * away / h->length;
    return t > 0 ? t * t : 0;
}

/* A sample at length s of its stroke. */
static void put(const hand *h, spot p, float s)
{
    float x, y, angle = h->pace * s, begin = follows_end(h, s), end = follows_end(h, h->length - s);
    p.u += h->dx + begin * h->ends[0].u + end * h->ends[1].u;
    p.v += h->dy + begin * h->ends[0].v + end * h->ends[1].v;
    p.u += h->tremor * sinf(angle) + h->wobble * dice_normal(h->dice);
    p.v += h->tremor * cosf(1.3f * angle) + h->wobble * dice_normal(h->dice);
    warp_point(&h->warp, p.u, p.v, &x, &y);
    if (h->grid > 0) {
        x = h->grid * roundf(x / h->grid);
        y = h->grid * roundf(y / h->grid);
    }
    sketch_to(h->out, x, y);
}

static float distance(spot a, spot b)
{
    return hypotf(b.u - a.u, b.v - a.v);
}

static float length_of(const hand *h, const ink_entry *stroke)
{
    float length = 0;
    for (int i = stroke->first; i + 1 < stroke->first + stroke->count; i++)
        length += distance(spot_at(h, i), spot_at(h, i + 1));
    return length;
}

/* Samples the stroke anew between two of its lengths, at the pace of another device. */
static void follow(const hand *h, const ink_entry *stroke, float from, float to)
{
    float behind = 0, next = from;
    for (int i = stroke->first; i + 1 < stroke->first + stroke->count && next < to; i++) {
        spot a = spot_at(h, i), b = spot_at(h, i + 1);
        float length = distance(a, b);
        while (next < to && next <= behind + length && length > 0) {
            float t = (next - behind) / length;
            put(h, (spot){a.u + t * (b.u - a.u), a.v + t * (b.v - a.v)}, next);
            next += h->step * dice_uniform(h->dice, 0.6f, 1.4f);
        }
        behind += length;
        if (behind >= to && length > 0) {
            float t = 1 - (behind - to) / length;
            put(h, (spot){a.u + t * (b.u - a.u), a.v + t * (b.v - a.v)}, to);
        }
    }
}

static void line(const hand *h, spot a, spot b)
{
    float length = distance(a, b);
    int steps = 1 + (int)(length / h->step);
    sketch_down(h->out);
    for (int i = 0; i <= steps; i++) {
        float t = (float)i / (float)steps;
        put(h, (spot){a.u + t * (b.u - a.u), a.v + t * (b.v - a.v)}, t * length);
    }
}

/* ---- what devices and hurried hands lose ------------------------------------------------------------------------ */

/* The share of its length by which a stroke begins late: the device noticed the pen too late, or a 4 stays open. */
static float late_start(const hand *h, int label, bool first)
{
    bool stem_of_four = label == 4 && !first;
    if (!dice_chance(h->dice, stem_of_four ? 0.3f : 0.12f))
        return 0;
    return dice_uniform(h->dice, 0, stem_of_four ? 0.35f : 0.12f);
}

/* Ends that fall short or go too far close loops and leave them open, which many do with their 8. */
static void stray(hand *h, float far)
{
    for (int i = 0; i < 2; i++)
        h->ends[i] = (spot){far * dice_normal(h->dice), far * dice_normal(h->dice)};
}

static void copy_stroke(hand *h, int label, const ink_entry *stroke, bool first)
{
    float length = length_of(h, stroke), loose = label == 5 || label == 4 ? 0.08f : 0.04f;
    float from = length * late_start(h, label, first);
    float to = dice_chance(h->dice, 0.08f) ? length * dice_uniform(h->dice, 0.9f, 1) : length;
    bool joined = !first && label != 5 && dice_chance(h->dice, 0.06f), broken = dice_chance(h->dice, 0.03f);
    h->dx = first ? 0 : loose * dice_normal(h->dice);
    h->dy = first ? 0 : loose * dice_normal(h->dice);
    h->length = length;
    stray(h, label == 8 ? 0.15f : 0.06f);
    if (!joined)
        sketch_down(h->out);
    if (length == 0) {
        put(h, spot_at(h, stroke->first), 0);
    } else if (broken) {
        float gap = dice_uniform(h->dice, from, to);
        follow(h, stroke, from, gap);
        sketch_down(h->out);
        follow(h, stroke, gap + dice_uniform(h->dice, 0.05f, 0.2f), to);
    } else {
        follow(h, stroke, from, to);
    }
}

/* ---- forms that this writer does not use ------------------------------------------------------------------------ */

/* A slash at 30 to 85 degrees or a level bar, which ends within the ring or beyond it. */
static void slash_zero(const hand *h)
{
    bool level = dice_chance(h->dice, 0.35f);
    float angle = level ? 0.12f * dice_normal(h->dice) : dice_uniform(h->dice, 0.5f, 1.5f);
    float du = cosf(angle), dv = -sinf(angle), shift = 0.1f * dice_normal(h->dice);
    float ring = 1 / hypotf(du / fmaxf(h->wide, 0.2f), dv / fmaxf(h->high, 0.2f));
    float out = ring * dice_uniform(h->dice, 0.8f, 1.7f), back = ring * dice_uniform(h->dice, 0.8f, 1.7f);
    line(h, (spot){out * du, out * dv + shift}, (spot){-back * du, -back * dv + shift});
}

/* The highest point of the drawing, or the lowest. */
static spot extreme(const hand *h, float sign)
{
    spot best = spot_at(h, 0);
    for (int i = 1; i < h->from->n_points; i++) {
        spot p = spot_at(h, i);
        best = sign * p.v > sign * best.v ? p : best;
    }
    return best;
}

static void foot_of_one(const hand *h)
{
    spot low = extreme(h, 1);
    float left = dice_uniform(h->dice, 0.15f, 0.6f), right = dice_uniform(h->dice, 0.15f, 0.6f);
    float tilt = 0.05f * dice_normal(h->dice);
    line(h, (spot){low.u - left, low.v + tilt}, (spot){low.u + right, low.v - tilt});
}

/* A steep one, a short flag, or one that is nearly level and up to a third of the height. */
static void upstroke_of_one(const hand *h)
{
    spot top = extreme(h, -1);
    bool level = dice_chance(h->dice, 0.3f);
    float side = dice_uniform(h->dice, 0.15f, level ? 0.7f : 0.75f);
    float down = side * (level ? dice_uniform(h->dice, -0.1f, 0.3f) : dice_uniform(h->dice, 0.3f, 1.6f));
    line(h, (spot){top.u - side, top.v + down}, top);
}

/* A bar across the stem: the last piece that passes the chosen height. */
static void cross_seven(const hand *h)
{
    float v = h->high * dice_uniform(h->dice, -0.15f, 0.3f), left = dice_uniform(h->dice, 0.2f, 0.5f);
    float right = dice_uniform(h->dice, 0.2f, 0.5f), tilt = 0.06f * dice_normal(h->dice);
    for (int i = h->from->n_points - 1; i > 0; i--) {
        spot a = spot_at(h, i - 1), b = spot_at(h, i);
        if (a.v > v || b.v < v)
            continue;
        line(h, (spot){b.u - left, v + tilt}, (spot){b.u + right, v - tilt});
        return;
    }
}

static void add_form(hand *h, int label)
{
    bool one_stroke = h->from->n_entries == 1, thin = h->wide < 0.25f;
    h->dx = h->dy = 0;
    stray(h, 0);
    if (!one_stroke)
        return;
    if (label == 0 && dice_chance(h->dice, 0.25f))
        slash_zero(h);
    if (label == 1 && thin && dice_chance(h->dice, 0.12f))
        foot_of_one(h);
    if (label == 1 && thin && dice_chance(h->dice, 0.3f))
        upstroke_of_one(h);
    if (label == 7 && dice_chance(h->dice, 0.15f))
        cross_seven(h);
}

/* Whether a stroke is the bar of a crossed 7, which others leave out: flat, and about half way down. */
static bool is_cross(const hand *h, const ink_entry *stroke)
{
    float top = INFINITY, bottom = -INFINITY;
    for (int i = stroke->first; i < stroke->first + stroke->count; i++) {
        float v = spot_at(h, i).v;
        top = v < top ? v : top;
        bottom = v > bottom ? v : bottom;
    }
    return bottom - top < 0.4f && top > -0.5f && bottom < 0.6f;
}

/* ---- the whole drawing ------------------------------------------------------------------------------------------ */

static void choose_device(hand *h)
{
    bool slow = dice_chance(h->dice, 0.35f), shaky = dice_chance(h->dice, 0.3f), coarse = dice_chance(h->dice, 0.12f);
    h->step = slow ? dice_uniform(h->dice, 0.08f, 0.22f) : dice_uniform(h->dice, 0.03f, 0.08f);
    h->wobble = shaky ? dice_uniform(h->dice, 0, 0.03f) : 0.004f;
    h->tremor = 0.02f * dice_normal(h->dice);
    h->pace = dice_uniform(h->dice, 2, 7);
    h->grid = coarse ? INK_CANVAS * dice_uniform(h->dice, 0.01f, 0.04f) : 0;
}

static void choose_hand(hand *h, int label)
{
    bool easily_mistaken = label == 1 || label == 7; /* for each other, when wide or narrow */
    h->warp = warp_roll(h->dice, 0.8f);
    float aspect = expf((easily_mistaken ? 0.1f : 0.2f) * dice_normal(h->dice));
    float slant = tanf(0.18f * dice_normal(h->dice)), angle = 0.09f * dice_normal(h->dice);
    warp_place(&h->warp, aspect, slant, angle, 0.4f * INK_CANVAS);
}

void stroke_augment(sketch *out, const ink *drawing, int label, uint64_t key)
{
    uint64_t dice = nn_bits(key, 0);
    hand h = {.out = out, .from = drawing, .dice = &dice};
    sketch_begin(out);
    measure(&h);
    choose_hand(&h, label);
    choose_device(&h);
    for (int i = 0; i < drawing->n_entries; i++) {
        bool uncross = label == 7 && i == 1 && is_cross(&h, &drawing->entry[i]) && dice_chance(&dice, 0.2f);
        if (!uncross)
            copy_stroke(&h, label, &drawing->entry[i], i == 0);
    }
    add_form(&h, label);
}

void stroke_augment_image(float image[DIGIT_PIXELS], const ink *drawing, int label, uint64_t key, sketch *out)
{
    uint64_t dice = nn_bits(key, 1);
    bool recorded = dice_chance(&dice, 0.2f), usual_pen = dice_chance(&dice, 0.5f);
    float wide = dice_uniform(&dice, 0, 1);
    if (recorded) {
        digit_from_ink(&out->digit, drawing, &digit_defaults);
        memcpy(image, out->digit.image, sizeof out->digit.image);
        return;
    }
    stroke_augment(out, drawing, label, key);
    sketch_image(out, usual_pen ? DIGIT_PEN : 1.3f + 2.2f * wide * wide, image);
}
