/* writing.c - one look at a picture or a part of it: what stands out, which of it is writing, and a map of that. */
#include "writing.h"
#include "morphology.h"
#include "nn/alloc.h"
#include "rulings.h"
#include <math.h>
#include <stddef.h>
#include <string.h>

enum {
    LOOK_SIDE = 512,   /* pixels at which a picture is looked at */
    LEAST_LOOK = 128,  /* or, where there is much noise, at half of that and so on, down to this, */
    QUIET_NOISE = 5,   /* until twice the full ink is more than this many times the noise, */
    STRONG_INK = 100,  /* if that has so many levels: textures and shadows have less */
    LARGEST_NOISE = 2, /* the noise reaches 1 / this of full ink, at most */
    PALE_WRITING = 4,  /* writing inside has 1 / this of the contrast of what lies at the border, at least */
    SMALL_WRITING = 3, /* what takes less than 1 / this of the picture's side is looked at more closely */
    THIN_EDGE = 8,     /* an edge is more than so many times as long as it is thick */
    SHEET_RIM = 40,    /* of a sheet 1 / this of its side is left out */
    MOST_LOOKS = 3,    /* at a part, and at a part of that */
    PEAK_SHARE = 16,   /* the strongest ink within 1 / this of the writing's size is full ink */
    FAINTEST_PEAK = 20 /* levels of 255: what stays below is not made full ink */
};
static const float edge_of_ink = 0.3f;     /* of full ink: what is less is ground */
static const float between_grounds = 0.9f; /* of the difference of two, at most, is that of an edge to either */
static const float middle_of_ink = 0.55f;  /* every piece of ink has this much somewhere */

static int greater(int a, int b)
{
    return a > b ? a : b;
}

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

/* ---- what stands out --------------------------------------------------------------------------------------------- */

/* What lies at the border may be darker than the writing inside: without it full ink is found anew. */
static bool leave_out_border(contrast *c, nn_error *err)
{
    pieces all;
    bool ok = pieces_find(&all, c->level, c->w, c->h, c->noise, c->noise, err);
    if (ok && pieces_writing_is_inside(&all)) {
        int count[256] = {0}, n = c->w * c->h;
        for (int i = 0; i < n; i++)
            if (all.label[i] && all.piece[all.label[i] - 1].sides == 0)
                count[c->level[i]]++;
        int full = ground_full_level(count, c->noise);
        bool pale = PALE_WRITING * full < c->full;
        for (int i = 0; i < n && !pale; i++)
            if (all.label[i] && all.piece[all.label[i] - 1].sides > 0)
                c->level[i] = 0;
        c->full = pale ? c->full : full;
    }
    pieces_free(&all);
    return ok;
}

/* Whether there is anything, and its pieces. */
static bool find_pieces(pieces *all, contrast *c, bool closely, bool *any, nn_error *err)
{
    *any = c->full > 0;
    if (!*any)
        return true;
    if (!leave_out_border(c, err))
        return false;
    *any = c->full >= LARGEST_NOISE * c->noise;
    int least = greater(c->noise, (int)(edge_of_ink * (float)c->full));
    int strong = greater(least, (int)(middle_of_ink * (float)c->full));
    return !*any || (rulings_erase(c->level, c->w, c->h, c->noise, closely, err) &&
                     rulings_erase(c->level, c->w, c->h, least, closely, err) &&
                     pieces_find(all, c->level, c->w, c->h, least, strong, err));
}

/* ---- the map ----------------------------------------------------------------------------------------------------- */

static bool is_writing(const pieces *all, int x, int y)
{
    if (x < 0 || y < 0 || x >= all->w || y >= all->h)
        return false;
    int label = all->label[y * all->w + x];
    return label > 0 && all->piece[label - 1].is_writing;
}

/* Turns levels into ink, 255 where full, of the writing and the pale rim of its strokes; all else becomes 0. */
static void keep_writing(contrast *c, const pieces *all)
{
    for (int y = 0; y < c->h; y++)
        for (int x = 0; x < c->w; x++) {
            int at = y * c->w + x;
            bool keep = is_writing(all, x, y);
            for (int k = 0; k < 9 && !keep && all->label[at] == 0; k++)
                keep = is_writing(all, x + k % 3 - 1, y + k / 3 - 1);
            c->level[at] = (unsigned char)(keep ? smaller(255, 255 * c->level[at] / c->full) : 0);
        }
}

/* The sum of a tent's weights at all whole numbers. */
static float tent_sum(float middle, float reach)
{
    float first = ceilf(middle - reach), top = floorf(middle), last = floorf(middle + reach);
    float before = top - first + 1, after = last - top;
    return before * (reach - middle + 0.5f * (first + top)) + after * (reach + middle - 0.5f * (top + 1 + last));
}

/* The mean around a place in pixels, weighted by a tent; what is outside counts as ground. */
static float tent_mean(const unsigned char *level, int w, int h, float x, float y, float reach)
{
    float sum = 0;
    for (int row = (int)fmaxf(0, ceilf(y - reach)); row < h && (float)row <= y + reach; row++)
        for (int column = (int)fmaxf(0, ceilf(x - reach)); column < w && (float)column <= x + reach; column++)
            sum +=
                (reach - fabsf((float)row - y)) * (reach - fabsf((float)column - x)) * (float)level[row * w + column];
    return sum / (tent_sum(x, reach) * tent_sum(y, reach));
}

float writing_ink(const writing *w, float x, float y, float reach)
{
    return fmaxf(0, fminf(1, tent_mean(w->ink, w->w, w->h, x, y, reach) / 255)); /* weights are not quite exact */
}

static void resample(writing *out, const contrast *c)
{
    float step = 1 / out->scale, reach = fmaxf(1, step);
    for (int y = 0; y < out->h; y++)
        for (int x = 0; x < out->w; x++) {
            float ink = tent_mean(c->level, c->w, c->h, ((float)x + 0.5f - out->x) * step - 0.5f,
                                  ((float)y + 0.5f - out->y) * step - 0.5f, reach);
            out->ink[y * out->w + x] = (unsigned char)(ink + 0.5f);
        }
}

/* The strongest ink around becomes full ink. So do thin lines, of which the mean leaves little, and pale strokes. */
static bool strengthen(writing *out, nn_error *err)
{
    int n = out->w * out->h;
    int reach = WRITING_SIDE / PEAK_SHARE;
    unsigned char *peak = nn_alloc((size_t)n + morphology_room(out->w, out->h, reach), 1);
    if (!peak)
        return nn_fail(err, NN_NOMEM, 0, "not enough memory for the picture");
    memcpy(peak, out->ink, (size_t)n);
    morphology_dilate(peak, out->w, out->h, reach, peak + n);
    for (int i = 0; i < n; i++)
        out->ink[i] = (unsigned char)(255 * out->ink[i] / greater(peak[i], FAINTEST_PEAK));
    nn_free(peak);
    return true;
}

/* Of the levels, which change. Places are those of the small picture. */
static bool make_map(writing *out, contrast *c, const pieces *all, const pixel_box *box, nn_error *err)
{
    out->scale = (float)WRITING_SIDE / (float)pixel_box_side(box);
    out->w = (int)ceilf((float)pixel_box_w(box) * out->scale - 0.01f) + 2 * WRITING_MARGIN;
    out->h = (int)ceilf((float)pixel_box_h(box) * out->scale - 0.01f) + 2 * WRITING_MARGIN;
    out->x = WRITING_MARGIN - (float)box->x0 * out->scale;
    out->y = WRITING_MARGIN - (float)box->y0 * out->scale;
    out->ink = nn_alloc((size_t)out->w * (size_t)out->h, 1);
    if (!out->ink)
        return nn_fail(err, NN_NOMEM, 0, "not enough memory for the picture");
    keep_writing(c, all);
    resample(out, c);
    if (strengthen(out, err))
        return true;
    nn_free(out->ink);
    out->ink = NULL;
    return false;
}

/* ---- looking ----------------------------------------------------------------------------------------------------- */

typedef struct look {
    const pixmap *picture;
    pixel_box part; /* of it */
    writing_kind kind;
    const pixmap *small; /* of the part */
    float scale;         /* pixels of the picture in one of the small one */
    int depth;           /* looks before this one */
    bool closely;        /* the part is around small writing */
} look;

static bool look_at(writing *out, const look *from, ground_kind ground, nn_error *err);

/* A box in the small picture, and what is around it, in the picture's pixels. */
static pixel_box in_picture(const look *from, const pixel_box *box, int around)
{
    const pixel_box *part = &from->part;
    return (pixel_box){greater(part->x0, part->x0 + (int)((float)(box->x0 - around) * from->scale)),
                       greater(part->y0, part->y0 + (int)((float)(box->y0 - around) * from->scale)),
                       smaller(part->x1, part->x0 + (int)((float)(box->x1 + around) * from->scale)),
                       smaller(part->y1, part->y0 + (int)((float)(box->y1 + around) * from->scale))};
}

static bool is_small(const look *from, const pieces *all, const pixel_box *box)
{
    return from->scale > 1.5f && SMALL_WRITING * pixel_box_side(box) < greater(all->w, all->h);
}

/* The mean darkness of the small picture along a piece, `beside` pixels before its first pixel or after its last one. */
static float darkness_along(const pixmap *small, const pieces *all, const piece *p, int beside)
{
    bool upright = pixel_box_h(&p->box) > pixel_box_w(&p->box);
    int label = 1 + (int)(p - all->piece), step = beside < 0 ? 1 : -1, sum = 0, count = 0;
    const pixel_box *b = &p->box;
    int from = upright ? b->y0 : b->x0, to = upright ? b->y1 : b->x1, across0 = upright ? b->x0 : b->y0,
        across1 = upright ? b->x1 : b->y1, most = (upright ? all->w : all->h) - 1;
    for (int along = from; along < to; along++)
        for (int across = step > 0 ? across0 : across1 - 1; across >= across0 && across < across1; across += step) {
            if (all->label[upright ? along * all->w + across : across * all->w + along] != label)
                continue;
            int at = greater(0, smaller(most, across + beside)), x = upright ? at : along, y = upright ? along : at;
            sum += pixmap_darkness(small->rgba + 4 * ((ptrdiff_t)y * small->w + x));
            count++;
            break;
        }
    return count > 0 ? (float)sum / (float)count : 0;
}

/* Whether a long, thin piece parts two grounds: the rim of what lies beside, which uneven light does not even out, and no
 * stroke, which stands out from both sides. */
static bool is_edge(const pixmap *small, const pieces *all, const piece *p)
{
    int side = pixel_box_side(&p->box), reach = 2 + 2 * p->area / side;
    if (THIN_EDGE * p->area > side * side)
        return false;
    float before = darkness_along(small, all, p, -reach), after = darkness_along(small, all, p, reach),
          here = darkness_along(small, all, p, 0);
    return fabsf(before - after) > between_grounds * fmaxf(fabsf(here - before), fabsf(here - after));
}

static bool take_writing(writing *out, const look *from, contrast *c, pieces *all, ground_kind ground, nn_error *err)
{
    pixel_box box;
    const piece *main = pieces_choose(all, from->kind, &box);
    if (!main || (ground == GROUND_LIT && is_edge(from->small, all, main)))
        return true;
    look again = *from;
    again.depth++;
    if (piece_is_sheet(all, main)) {
        again.part = in_picture(from, &main->box, -greater(2, pixel_box_side(&main->box) / SHEET_RIM));
        if (again.depth < MOST_LOOKS && !look_at(out, &again, ground, err))
            return false;
        out->several |= pieces_are_sheets(all, main);
        return true;
    }
    if (again.depth < MOST_LOOKS && is_small(from, all, &box)) {
        again.part = in_picture(from, &box, pixel_box_side(&box) / 2 + 2);
        again.depth = MOST_LOOKS - 1;
        again.closely = true;
        if (!look_at(out, &again, ground, err))
            return false;
        out->several |= pieces_are_several(all, main, from->kind, &box);
    }
    if (out->ink)
        return true;
    if (!make_map(out, c, all, &box, err))
        return false;
    out->ground = ground;
    out->is_clean = c->is_clean;
    out->at_border = main->sides > 0;
    out->several = pieces_are_several(all, main, from->kind, &box);
    out->scale /= from->scale;
    out->x -= (float)from->part.x0 * out->scale;
    out->y -= (float)from->part.y0 * out->scale;
    return true;
}

/* At so many pixels; *noisy: a smaller picture would have less noise for its ink. */
static bool look_at_size(writing *out, const look *from, ground_kind ground, int side, bool *noisy, nn_error *err)
{
    pixmap small;
    contrast c = {.level = NULL};
    pieces all = {.label = NULL};
    look here = *from;
    bool any, ok = pixmap_shrink(&small, from->picture, &from->part, side, err);
    if (ok) {
        here.small = &small;
        here.scale = (float)pixel_box_w(&from->part) / (float)small.w;
        ok = ground_contrast(&c, &small, ground, err) && find_pieces(&all, &c, from->closely, &any, err);
        *noisy = ok && c.full >= STRONG_INK && 2 * c.full < QUIET_NOISE * c.noise && side >= 2 * LEAST_LOOK;
        ok = ok && (!any || *noisy || take_writing(out, &here, &c, &all, ground, err));
    }
    nn_free(small.rgba);
    nn_free(c.level);
    pieces_free(&all);
    return ok;
}

static bool look_at(writing *out, const look *from, ground_kind ground, nn_error *err)
{
    int longer = pixel_box_side(&from->part);
    bool noisy = true, ok = true;
    for (int side = longer < LOOK_SIDE ? longer : LOOK_SIDE; ok && noisy; side /= 2)
        ok = look_at_size(out, from, ground, side, &noisy, err);
    return ok;
}

bool writing_find_in(writing *out, const pixmap *picture, const pixel_box *part, writing_kind kind, ground_kind ground,
                     nn_error *err)
{
    *out = (writing){.ink = NULL};
    look at = {.picture = picture, .part = *part, .kind = kind, .scale = 1};
    return pixel_box_w(part) < 1 || pixel_box_h(part) < 1 || look_at(out, &at, ground, err);
}

bool writing_find(writing *out, const pixmap *picture, writing_kind kind, ground_kind ground, nn_error *err)
{
    return writing_find_in(out, picture, &(pixel_box){0, 0, picture->w, picture->h}, kind, ground, err);
}
