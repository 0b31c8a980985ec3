/* nondigit.c - letters, signs, scribbles, dots, filled areas, two digits at once, digits turned and mirrored. */
#include "nondigit.h"
#include "dice.h"

static float turn(uint64_t *dice)
{
    return dice_uniform(dice, 0, 6.2831853f);
}

/* Maps the points from number `from` on about the canvas's middle, then moves them. */
static void transform(sketch *out, int from, const float m[4], float dx, float dy)
{
    const float middle = INK_CANVAS / 2;
    for (int i = from; i < out->ink.n_points; i++) {
        ink_point *p = &out->point[i];
        float x = p->x - middle, y = p->y - middle;
        p->x = middle + m[0] * x + m[1] * y + dx;
        p->y = middle + m[2] * x + m[3] * y + dy;
    }
}

static void draw_glyph(sketch *out, nondigit_kind kind, uint64_t *dice)
{
    synth_draw(out, synth_choose(nondigit_glyphs, nondigit_n_glyphs, NONDIGIT_GLYPH + (int)kind, dice), dice);
}

/* Two or three strokes through random places: with fewer many would be a 1, a 7 or a 2. */
static void draw_fantasy(sketch *out, uint64_t *dice)
{
    synth_knot knot[SYNTH_MAX_KNOTS];
    int strokes = 2 + (int)dice_uniform(dice, 0, 2), n = 0;
    for (int s = 0; s < strokes; s++) {
        int knots = 3 + (int)dice_uniform(dice, 0, 4);
        for (int k = 0; k < knots; k++) {
            float x = dice_uniform(dice, -5, 65), y = dice_uniform(dice, 0, 100);
            bool corner = dice_chance(dice, 0.4f);
            synth_kind kind = k == 0 ? SYNTH_DOWN : corner ? SYNTH_CORNER : SYNTH_SMOOTH;
            knot[n++] = (synth_knot){(signed char)x, (signed char)y, 3, (signed char)kind};
        }
    }
    knot[n] = (synth_knot){.kind = SYNTH_END};
    synth_draw(out, &(synth_glyph){NONDIGIT_GLYPH + NONDIGIT_FANTASY, 1, knot}, dice);
}

/* A pen that wanders: it turns by a turning that itself changes, and is drawn back to the middle. */
static void draw_scribble(sketch *out, uint64_t *dice)
{
    int strokes = 1 + (int)dice_uniform(dice, 0, 3);
    float loose = dice_uniform(dice, 0.04f, 0.4f), step = dice_uniform(dice, 12, 30);
    for (int s = 0; s < strokes; s++) {
        int points = (int)(dice_uniform(dice, 900, 3500) / step);
        float x = dice_uniform(dice, 150, 450), y = dice_uniform(dice, 150, 450), angle = turn(dice), bend = 0;
        sketch_down(out);
        for (int i = 0; i < points; i++) {
            sketch_to(out, x, y);
            bend = 0.85f * bend + loose * dice_normal(dice);
            float home = atan2f(300 - y, 300 - x) - angle, far = hypotf(300 - x, 300 - y) / 300;
            angle += bend + 0.5f * far * far * sinf(home);
            x += step * cosf(angle);
            y += step * sinf(angle);
        }
    }
}

static void draw_dots(sketch *out, uint64_t *dice)
{
    int dots = dice_chance(dice, 0.5f) ? 1 : 2 + (int)dice_uniform(dice, 0, 4);
    float speck = dice_chance(dice, 0.6f) ? 0 : dice_uniform(dice, 0, 1.6f); /* larger ones would be blown up, to a 1 */
    for (int d = 0; d < dots; d++) {
        float x = dice_uniform(dice, 60, 540), y = dice_uniform(dice, 60, 540);
        int points = speck > 0 ? 2 + (int)dice_uniform(dice, 0, 4) : 1;
        sketch_down(out);
        for (int i = 0; i < points; i++)
            sketch_to(out, x + speck * dice_normal(dice), y + speck * dice_normal(dice));
    }
}

/* Line after line, back and forth, at a distance that the pen more or less covers. */
static void draw_filled(sketch *out, uint64_t *dice)
{
    int lines = 9 + (int)dice_uniform(dice, 0, 20);
    float wide = dice_uniform(dice, 120, 260), high = dice_uniform(dice, 120, 260), angle = turn(dice);
    bool round_shape = dice_chance(dice, 0.5f);
    sketch_down(out);
    for (int i = 0; i <= lines; i++) {
        float v = 2 * (float)i / (float)lines - 1, half = round_shape ? sqrtf(1 - v * v) : 1;
        float u = (i % 2 ? -half : half) + 0.06f * dice_normal(dice);
        sketch_to(out, INK_CANVAS / 2 + wide * u, INK_CANVAS / 2 + high * (v + 0.02f * dice_normal(dice)));
    }
    float c = cosf(angle), s = sinf(angle);
    transform(out, 0, (const float[]){c, -s, s, c}, 0, 0);
}

/* A 1 over another digit could be a slash or part of it, so there it stands beside the other; nor is any digit laid
 * over itself. */
static void draw_two(sketch *out, uint64_t *dice)
{
    const float same[] = {1, 0, 0, 1};
    int first = (int)(dice_roll(dice) % 10), second = (int)(dice_roll(dice) % 10);
    bool beside = first == 1 || second == 1 || first == second || dice_chance(dice, 0.4f);
    synth_draw(out, synth_choose(synth_glyphs, synth_n_glyphs, first, dice), dice);
    int from = out->ink.n_points;
    float dx = beside ? dice_uniform(dice, 130, 300) : 40 * dice_normal(dice), dy = 30 * dice_normal(dice);
    synth_draw(out, synth_choose(synth_glyphs, synth_n_glyphs, second, dice), dice);
    transform(out, from, same, dx, dy);
}

/* What a digit must be turned into to be none: {mirrored}, {upside down}, {lying}. */
static void draw_turned(sketch *out, uint64_t *dice)
{
    static const float mirror[] = {-1, 0, 0, 1}, over[] = {-1, 0, 0, -1}, right[] = {0, -1, 1, 0},
                       left[] = {0, 1, -1, 0};
    static const struct {
        int digit;
        const float *how;
    } turned[] = {{3, mirror}, {4, mirror}, {6, mirror}, {7, mirror}, {9, mirror}, {3, over},  {4, over},  {7, over},
                  {2, right},  {3, right},  {4, right},  {5, right},  {6, right},  {7, right}, {9, right}, {8, right},
                  {2, left},   {3, left},   {4, left},   {5, left},   {6, left},   {7, left},  {9, left}};
    int i = (int)(dice_roll(dice) % (sizeof turned / sizeof *turned));
    synth_draw(out, synth_choose(synth_glyphs, synth_n_glyphs, turned[i].digit, dice), dice);
    transform(out, 0, turned[i].how, 0, 0);
}

void nondigit_draw(sketch *out, nondigit_kind kind, uint64_t key)
{
    uint64_t dice = nn_bits(key, 0);
    sketch_begin(out);
    switch (kind) {
    case NONDIGIT_LETTER:
    case NONDIGIT_SIGN: draw_glyph(out, kind, &dice); break;
    case NONDIGIT_FANTASY: draw_fantasy(out, &dice); break;
    case NONDIGIT_SCRIBBLE: draw_scribble(out, &dice); break;
    case NONDIGIT_DOTS: draw_dots(out, &dice); break;
    case NONDIGIT_FILLED: draw_filled(out, &dice); break;
    case NONDIGIT_TWO: draw_two(out, &dice); break;
    case NONDIGIT_TURNED:
    case NONDIGIT_KINDS: draw_turned(out, &dice); break;
    }
}

void nondigit_image(float image[DIGIT_PIXELS], uint64_t key, sketch *out)
{
    static const float share[NONDIGIT_KINDS] = {0.35f, 0.15f, 0.13f, 0.1f, 0.06f, 0.04f, 0.1f, 0.07f};
    uint64_t dice = nn_bits(key, 1);
    float wide = dice_uniform(&dice, 0, 1), ticket = dice_uniform(&dice, 0, 1);
    int kind = 0;
    while (kind < NONDIGIT_KINDS - 1 && (ticket -= share[kind]) >= 0)
        kind++;
    nondigit_draw(out, (nondigit_kind)kind, key);
    sketch_image(out, 1.3f + 2.2f * wide * wide, image);
}
