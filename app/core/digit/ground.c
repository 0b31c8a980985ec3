/* ground.c - the border's colour, or a closing; noise and full ink from the histogram of distances. */
#include "ground.h"
#include "morphology.h"
#include "nn/alloc.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    RIM_SHARE = 32,        /* the border is 1 / this of the shorter side wide, */
    SECOND_SHARE = 8,      /* 1 / this of which has its second colour, at least, */
    SECOND_APART = 64,     /* so many levels from the first */
    NOISE_FACTOR = 3,      /* ink is further from the ground than this many times its usual distance, ... */
    SMALL = 24,            /* pixels */
    SMALL_BORDER = 48,     /* pixels: in the border of a smaller picture ink may be more than ground */
    LEAST_LEVEL = 10,      /* and this many levels more */
    STROKES_PER_SIDE = 10, /* in uneven light strokes must be narrower than 1 / this of the longer side */
    LEAST_LIGHT = 24,      /* levels: below, noise is not taken for ink that is many times as light as its ground */
    SMOOTH_SHARE = 8       /* a smooth picture has 1 / this of the contrast of thin lines, at least */
};

/* ---- histograms -------------------------------------------------------------------------------------------------- */

/* The level that 1 / parts of those below `end` do not exceed. */
static int usual_level(const int count[256], int end, int parts)
{
    int total = 0, seen = 0, level = 0;
    for (int i = 0; i < end; i++)
        total += count[i];
    while (level < end - 1 && parts * (seen += count[level]) < total)
        level++;
    return level;
}

/* The first level of the upper of two classes with the largest variance between them (Otsu 1979), 256 where there are
 * no two; *mean is the upper one's, or that of all. Levels below `from` do not count. */
static int split_levels(const int count[256], int from, double *mean)
{
    double total = 0, sum = 0, low = 0, low_sum = 0, best = 0;
    int split = 256;
    for (int i = from; i < 256; i++) {
        total += count[i];
        sum += (double)count[i] * i;
    }
    *mean = total > 0 ? sum / total : 0;
    for (int i = from; i < 255; i++) {
        low += count[i];
        low_sum += (double)count[i] * i;
        double high = total - low;
        if (low <= 0 || high <= 0)
            continue;
        double apart = low_sum / low - (sum - low_sum) / high, variance = low * high * apart * apart;
        if (variance > best) {
            best = variance;
            split = i + 1;
            *mean = (sum - low_sum) / high;
        }
    }
    return split;
}

int ground_full_level(const int count[256], int noise)
{
    double mean;
    split_levels(count, noise, &mean);
    return (int)(mean + 0.5);
}

static void count_levels(const contrast *c, int count[256])
{
    memset(count, 0, 256 * sizeof *count);
    for (int i = 0; i < c->w * c->h; i++)
        count[c->level[i]]++;
}

/* What the usual pixel of the ground reaches, with a margin. Of the whole picture if that is mostly ground; else of the
 * class near to it. */
static void find_levels(contrast *c, bool mostly_ground)
{
    int count[256];
    double mean;
    count_levels(c, count);
    int parts = c->w < SMALL && c->h < SMALL ? 4 : 2; /* of a small picture much is the pale rim of strokes */
    int usual = usual_level(count, mostly_ground ? 256 : split_levels(count, 0, &mean), parts);
    c->is_clean = usual == 0;
    c->noise = NOISE_FACTOR * usual + LEAST_LEVEL;
    c->full = c->noise < 256 ? ground_full_level(count, c->noise) : 0;
}

/* ---- one colour -------------------------------------------------------------------------------------------------- */

static int distance(const unsigned char *pixel, const int colour[4])
{
    int most = 0;
    for (int c = 0; c < 4; c++) {
        int apart = abs(pixel[c] - colour[c]);
        most = apart > most ? apart : most;
    }
    return most;
}

/* The border's pixels by their darkness: [from, end) of it, by channels. */
typedef struct border {
    int from, end, pixels, dark[256], count[4][256];
} border;

static void add_pixels(border *b, const pixmap *p, int x0, int y0, int x1, int y1)
{
    for (int y = y0; y < y1; y++)
        for (int x = x0; x < x1; x++) {
            const unsigned char *pixel = p->rgba + 4 * ((ptrdiff_t)y * p->w + x);
            int dark = pixmap_darkness(pixel);
            bool counts = dark >= b->from && dark < b->end;
            b->pixels += counts;
            b->dark[dark] += counts;
            for (int c = 0; counts && c < 4; c++)
                b->count[c][pixel[c]]++;
        }
}

static border border_between(const pixmap *p, int from, int end)
{
    border b = {.from = from, .end = end};
    int rim = 1 + (p->w < p->h ? p->w : p->h) / RIM_SHARE;
    add_pixels(&b, p, 0, 0, p->w, rim);
    add_pixels(&b, p, 0, p->h - rim, p->w, p->h);
    add_pixels(&b, p, 0, 0, rim, p->h);
    add_pixels(&b, p, p->w - rim, 0, p->w, p->h);
    return b;
}

/* The usual one; of a small picture, in which rims of strokes are much, the more frequent of two colours or the other
 * one. False where that is wanted and there are not two that differ much. */
static bool find_border_colour(const pixmap *p, bool other, int colour[4])
{
    double mean;
    border all = border_between(p, 0, 256);
    int split = split_levels(all.dark, 0, &mean);
    border light = border_between(p, 0, split), dark = border_between(p, split, 256);
    bool mostly_dark = dark.pixels > light.pixels;
    int apart = usual_level(dark.dark, 256, 2) - usual_level(light.dark, 256, 2);
    bool two = p->w < SMALL_BORDER && p->h < SMALL_BORDER && apart >= SECOND_APART &&
               SECOND_SHARE * (mostly_dark ? light : dark).pixels >= all.pixels;
    const border *from = !two ? &all : mostly_dark != other ? &dark : &light;
    for (int c = 0; c < 4; c++)
        colour[c] = usual_level(from->count[c], 256, 2);
    return two || !other;
}

/* Leaves all as ground where there is no such colour. */
static void measure_even(contrast *out, const pixmap *p, bool other)
{
    int colour[4];
    if (!find_border_colour(p, other, colour))
        return;
    for (int i = 0; i < out->w * out->h; i++)
        out->level[i] = (unsigned char)distance(p->rgba + 4 * (ptrdiff_t)i, colour);
    find_levels(out, false);
}

/* ---- uneven light ------------------------------------------------------------------------------------------------ */

/* One colour of a picture over white, or of its negative. */
static void take_channel(unsigned char *out, const pixmap *p, int channel, bool negative)
{
    for (int i = 0; i < p->w * p->h; i++) {
        int value = p->rgba[4 * i + channel] + 255 - p->rgba[4 * i + 3];
        out[i] = (unsigned char)(negative ? 255 - value : value);
    }
}

/* The ink of one colour as a share of the lighter of ink and ground: so it is the same in light and in shadow. What is
 * not there in the smooth picture too is the edge of a shadow. */
static void add_ink(unsigned char *level, const unsigned char *value, const unsigned char *smooth,
                    const unsigned char *ground, int n, bool negative)
{
    for (int i = 0; i < n; i++) {
        int ink = ground[i] - value[i], most = SMOOTH_SHARE * (ground[i] - smooth[i]);
        int light = (negative ? 255 - value[i] : ground[i]) + LEAST_LIGHT;
        ink = ink < most ? ink : most;
        int share = ink > 0 ? 255 * ink / (light > 255 ? 255 : light) : 0;
        share = share > 255 ? 255 : share;
        level[i] = (unsigned char)(share > level[i] ? share : level[i]);
    }
}

/* scratch: three pictures, then room for a closing. */
static void measure_lit(contrast *out, const pixmap *p, bool light_ink, int reach, unsigned char *scratch)
{
    int n = p->w * p->h, blur = reach / 4 < 2 ? reach / 4 : 2;
    unsigned char *value = scratch, *smooth = value + n, *ground = smooth + n, *room = ground + n;
    memset(out->level, 0, (size_t)n);
    for (int channel = 0; channel < 3; channel++) {
        take_channel(value, p, channel, light_ink);
        memcpy(smooth, value, (size_t)n);
        morphology_blur(smooth, p->w, p->h, blur, room);
        memcpy(ground, smooth, (size_t)n);
        morphology_close(ground, p->w, p->h, reach, room);
        add_ink(out->level, value, smooth, ground, n, light_ink);
    }
    find_levels(out, true);
}

/* Wherever the lightest and the darkest around a pixel differ much, ink is less than its ground: whether pixels are
 * mostly near to the darkest. They count as much as those differ, as in the shadow noise differs, too. At the edge of a
 * shadow half of them are. scratch: as for measure_lit. */
static bool ink_is_light(const pixmap *p, int reach, unsigned char *scratch)
{
    int n = p->w * p->h;
    int64_t light = 0, dark = 0;
    unsigned char *value = scratch, *lightest = value + n, *darkest = lightest + n, *room = darkest + n;
    for (int i = 0; i < n; i++) {
        darkest[i] = pixmap_darkness(p->rgba + 4 * (ptrdiff_t)i);
        value[i] = lightest[i] = (unsigned char)(255 - darkest[i]);
    }
    morphology_dilate(lightest, p->w, p->h, reach, room);
    morphology_dilate(darkest, p->w, p->h, reach, room);
    for (int i = 0; i < n; i++) {
        int least = 255 - darkest[i];
        if (3 * least >= 2 * lightest[i]) /* light and noise alone */
            continue;
        int apart = lightest[i] - least;
        *(2 * value[i] > lightest[i] + least ? &light : &dark) += apart;
    }
    return dark > 2 * light;
}

static bool measure_uneven(contrast *out, const pixmap *p, nn_error *err)
{
    int reach = (p->w > p->h ? p->w : p->h) / (2 * STROKES_PER_SIDE) + 1;
    unsigned char *scratch = nn_alloc(3 * (size_t)p->w * (size_t)p->h + morphology_room(p->w, p->h, reach), 1);
    if (!scratch)
        return nn_fail(err, NN_NOMEM, 0, "not enough memory for the picture");
    measure_lit(out, p, ink_is_light(p, reach, scratch), reach, scratch);
    nn_free(scratch);
    return true;
}

/* ------------------------------------------------------------------------------------------------------------------ */

bool ground_contrast(contrast *out, const pixmap *picture, ground_kind kind, nn_error *err)
{
    *out = (contrast){.w = picture->w, .h = picture->h};
    out->level = nn_alloc((size_t)out->w * (size_t)out->h, 1);
    if (!out->level)
        return nn_fail(err, NN_NOMEM, 0, "not enough memory for the picture");
    if (kind != GROUND_LIT)
        measure_even(out, picture, kind == GROUND_OTHER);
    else if (!measure_uneven(out, picture, err)) {
        nn_free(out->level);
        out->level = NULL;
        return false;
    }
    return true;
}
