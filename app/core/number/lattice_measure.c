/* lattice_measure.c - distances of parts, the line that they stand on, and the features of groups and blanks. */
#include "lattice_measure.h"
#include "app/core/least.h"
#include <math.h>
#include <string.h>

/* In heights of the writing. */
#define TOUCHES       0.04f
#define CLOSE         0.25f
#define OFF_CUTS      0.3f
#define ALONG         0.06f
#define ALONG_SHARE   0.85f /* of a stroke that was drawn again */
#define ALONG_LEAST   0.25f /* its longer side: what is shorter is a dot, or a bar's end */
#define LINK_MOST     0.9f  /* length of a line that leads to the next digit, */
#define LINK_STRAIGHT 0.8f  /* of which its ends are so far from each other */
#define DOT_MOST      0.2f
#define FOOT_LOW      0.75f /* of the digit's height: a foot is all below it, */
#define FOOT_FLAT     0.25f /* and no higher than this, nor narrower, */
#define FOOT_UNDER    0.1f  /* of its width: so far from its ends the stem stands on it */
#define FOOT_APART    0.15f /* of the height: from where the stem ends to where it begins */
#define LEVEL         4.0f  /* squared: how long a line must be before it is seen to climb */

/* ---- geometry ---------------------------------------------------------------------------------------------------- */

float lattice_gap(ink_extent a, ink_extent b)
{
    return most(a.x0, b.x0) - least(a.x1, b.x1);
}

static void measure_pair(lattice_measures *self, int i, int k)
{
    const stroke_parts *p = self->parts;
    const stroke_part *one = &p->part[i], *other = &p->part[k];
    float gap = lattice_gap(one->box, other->box) / p->height;
    self->distance[i][k] = self->distance[k][i] = gap > MOST_LOOSE ? gap : parts_distance(one, other) / p->height;
    self->off_cuts[i][k] = self->off_cuts[k][i] =
        p->drawn && one->stroke == other->stroke && gap < CLOSE
            ? parts_distance_off_cuts(one, other, OFF_CUTS * p->height) / p->height
            : CLOSE;
    if (p->drawn && parts_cross(one, other)) {
        self->crossed[i] |= (uint64_t)1 << k;
        self->crossed[k] |= (uint64_t)1 << i;
    }
}

/* Whether a whole stroke runs along one that was drawn before, so that it cannot be a digit beside it. */
static bool is_along(const lattice_measures *self, int i, int other)
{
    const stroke_part *p = &self->parts->part[i];
    float h = self->parts->height, side = most(p->box.x1 - p->box.x0, p->box.y1 - p->box.y0);
    return !p->cut[0] && !p->cut[1] && self->rank[i] > self->rank[other] && side >= ALONG_LEAST * h &&
           self->distance[i][other] < ALONG && parts_along(p, &self->parts->part[other], ALONG * h) >= ALONG_SHARE;
}

int lattice_last_of(uint64_t chosen)
{
    return 63 - __builtin_clzll(chosen);
}

/* Sets of parts that were drawn over each other, as far as they can be groups. */
static void find_drawn_again(lattice_measures *self)
{
    for (int i = 0; i < self->parts->count; i++)
        self->again[i] = (uint64_t)1 << i;
    for (int i = 0; i < self->parts->count && self->parts->drawn; i++)
        for (int k = i + 1; k < self->parts->count; k++) {
            uint64_t all = self->again[i] | self->again[k];
            if (lattice_last_of(all) - __builtin_ctzll(all) >= GROUP_REACH ||
                (!is_along(self, i, k) && !is_along(self, k, i)))
                continue;
            for (int m = 0; m < self->parts->count; m++)
                if (all >> m & 1)
                    self->again[m] = all;
        }
}

static void rank_strokes(lattice_measures *self)
{
    const stroke_parts *p = self->parts;
    for (int i = 0; i < p->count; i++) {
        uint64_t before = 0; /* one part of each stroke that was drawn before */
        for (int k = 0; k < p->count; k++) {
            bool counted = p->part[k].stroke >= p->part[i].stroke;
            for (int m = 0; m < k && !counted; m++)
                counted = (before >> m & 1) && p->part[m].stroke == p->part[k].stroke;
            if (!counted)
                before |= (uint64_t)1 << k;
        }
        self->rank[i] = __builtin_popcountll(before);
    }
}

static void link_pieces(lattice_measures *self)
{
    const stroke_parts *p = self->parts;
    for (int i = 0; i < p->count; i++)
        self->next[i] = self->last[i] = -1;
    for (int i = 0; i < p->count; i++)
        for (int k = 0; k < p->count; k++)
            if (parts_follow(&p->part[i], &p->part[k])) {
                self->next[i] = k;
                self->last[k] = i;
            }
}

/* Least squares over the feet of tall parts; a short line is taken to be level. */
static void find_line(lattice_measures *self)
{
    const stroke_parts *p = self->parts;
    float n = 0, x = 0, y = 0, xx = 0, xy = 0;
    for (int i = 0; i < p->count; i++) {
        ink_extent box = p->part[i].box;
        float middle = 0.5f * (box.x0 + box.x1);
        if (box.y1 - box.y0 < 0.6f * p->height)
            continue;
        n += 1;
        x += middle;
        y += box.y1;
        xx += middle * middle;
        xy += middle * box.y1;
    }
    float spread = n > 0 ? xx - x * x / n : 0, together = n > 0 ? xy - x * y / n : 0;
    self->climb = together / (spread + LEVEL * p->height * p->height);
    self->foot = n > 0 ? (y - self->climb * x) / n : 0;
}

float lattice_looseness(const lattice_measures *self, uint64_t chosen)
{
    int member[GROUP_REACH], n = 0;
    float reach[GROUP_REACH], longest = 0;
    for (int i = 0; i < self->parts->count; i++)
        if (chosen >> i & 1)
            member[n++] = i;
    for (int i = 0; i < n; i++)
        reach[i] = i ? self->distance[member[0]][member[i]] : 0;
    for (int left = n - 1; left > 0; left--) {
        int next = -1;
        for (int i = 1; i < n; i++)
            if (reach[i] >= 0 && (next < 0 || reach[i] < reach[next]))
                next = i;
        longest = most(longest, reach[next]);
        for (int i = 1; i < n; i++)
            reach[i] = least(reach[i], self->distance[member[next]][member[i]]);
        reach[next] = -1;
    }
    return longest;
}

float lattice_inner_gap(const stroke_parts *p, uint64_t chosen)
{
    float widest = 0;
    for (int i = 0; i < p->count; i++) {
        float gap = INFINITY; /* from this part to those right of it */
        if (!(chosen >> i & 1))
            continue;
        for (int k = 0; k < p->count; k++)
            if (k != i && (chosen >> k & 1) && p->part[k].box.x1 > p->part[i].box.x1)
                gap = least(gap, p->part[k].box.x0 - p->part[i].box.x1);
        if (gap < INFINITY)
            widest = most(widest, gap);
    }
    return widest / p->height;
}

bool lattice_is_cut_off(const lattice_measures *self, uint64_t chosen, int i, int end)
{
    int on = end ? self->next[i] : self->last[i];
    return self->parts->part[i].cut[end] && (on < 0 || !(chosen >> on & 1));
}

static void count_strokes(const lattice_measures *self, lattice_group *g)
{
    const stroke_parts *p = self->parts;
    int first = PARTS_MAX, last = 0;
    uint64_t ranks = 0;
    for (int i = 0; i < p->count; i++)
        if (g->parts >> i & 1) {
            ranks |= (uint64_t)1 << self->rank[i];
            first = self->rank[i] < first ? self->rank[i] : first;
            last = self->rank[i] > last ? self->rank[i] : last;
            for (int end = 0; end < 2; end++)
                if (lattice_is_cut_off(self, g->parts, i, end)) {
                    g->feature[GROUP_CUT] += 1;
                    g->feature[GROUP_STRAINED] += p->part[i].strain[end];
                }
        }
    g->strokes = __builtin_popcountll(ranks);
    g->feature[GROUP_MORE] = (float)(g->strokes - 1);
    g->feature[GROUP_MANY] = most(0, (float)(g->strokes - 2));
    g->feature[GROUP_LATE] = least(2, (float)(last - first + 1 - g->strokes));
}

/* How much of the lower one's height two boxes have in common, 0..1. */
static float shared_height(ink_extent a, ink_extent b)
{
    float common = least(a.y1, b.y1) - most(a.y0, b.y0), lower = least(a.y1 - a.y0, b.y1 - b.y0);
    return common <= 0 ? 0 : lower > 0 ? least(1, common / lower) : 1;
}

/* The same of the x axis, 0..1; what is narrow counts as wider. */
static float shared_width(ink_extent a, ink_extent b, float height)
{
    float common = -lattice_gap(a, b), narrower = least(a.x1 - a.x0, b.x1 - b.x0);
    return common <= 0 ? 0 : least(1, common / most(narrower, 0.15f * height));
}

/* What lies around a group, apart from one part of another: the nearest of its own, and what of them crosses it. */
static float meet(const lattice_measures *self, lattice_group *g, int other, float share)
{
    float nearest = INFINITY, again = CLOSE;
    bool sibling = false;
    for (int i = 0; i < self->parts->count; i++)
        if (g->parts >> i & 1) {
            nearest = least(nearest, self->distance[i][other]);
            again = least(again, self->off_cuts[i][other]);
            sibling |= self->parts->part[i].stroke == self->parts->part[other].stroke;
        }
    if (sibling) {
        g->feature[GROUP_LOOPED] += 1 - again / CLOSE;
        return CLOSE;
    }
    g->feature[GROUP_TOUCHED] += nearest < TOUCHES;
    if (nearest >= TOUCHES && nearest < CLOSE)
        g->feature[GROUP_CLOSE] += 1 - nearest / CLOSE;
    if (self->crossed[other] & g->parts)
        g->feature[GROUP_CROSSED] += share;
    return nearest;
}

static void look_around(const lattice_measures *self, lattice_group *g, ink_extent box, float loose)
{
    const stroke_parts *p = self->parts;
    float stranger = CLOSE; /* the nearest part of another stroke */
    for (int k = 0; k < p->count; k++) {
        float share = shared_width(box, p->part[k].box, p->height);
        if (g->parts >> k & 1)
            continue;
        g->feature[GROUP_OVERLAPPED] += share;
        g->feature[GROUP_COVERED] += most(0, share - 0.7f);
        g->feature[GROUP_STACKED] += share * (1 - shared_height(box, p->part[k].box));
        stranger = least(stranger, meet(self, g, k, share));
    }
    g->feature[GROUP_STRANGE] = most(0, loose - stranger);
}

/* The part of the group that was drawn last, but for one; PARTS_MAX: none. */
static int drawn_last(const lattice_measures *self, uint64_t chosen, int but)
{
    const stroke_part *p = self->parts->part;
    int last = PARTS_MAX;
    for (int i = 0; i < self->parts->count; i++)
        if ((chosen >> i & 1) && i != but &&
            (last == PARTS_MAX || p[i].stroke > p[last].stroke ||
             (p[i].stroke == p[last].stroke && p[i].first > p[last].first)))
            last = i;
    return last;
}

/* Whether it was drawn last, as a bar of its own below the end of what was drawn before. */
static bool has_foot(const lattice_measures *self, const lattice_group *g, ink_extent box)
{
    int last = drawn_last(self, g->parts, PARTS_MAX), before = drawn_last(self, g->parts, last);
    float high = box.y1 - box.y0;
    if (!self->parts->drawn || g->strokes < 2 || before == PARTS_MAX)
        return false;
    const stroke_part *foot = &self->parts->part[last], *stem = &self->parts->part[before];
    const float *end = stem->sample[stem->samples - 1], *begin = foot->sample[0];
    float wide = foot->box.x1 - foot->box.x0, apart = hypotf(begin[0] - end[0], begin[1] - end[1]);
    return !foot->cut[0] && foot->box.y0 >= box.y0 + FOOT_LOW * high &&
           foot->box.y1 - foot->box.y0 <= FOOT_FLAT * high && wide >= FOOT_FLAT * high && apart >= FOOT_APART * high &&
           end[0] >= foot->box.x0 + FOOT_UNDER * wide && end[0] <= foot->box.x1 - FOOT_UNDER * wide;
}

void lattice_measure_group(const lattice_measures *self, lattice_group *g)
{
    ink_extent box = parts_box(self->parts, g->parts);
    float high = (box.y1 - box.y0) / self->parts->height, wide = (box.x1 - box.x0) / self->parts->height;
    float foot = self->foot + 0.5f * self->climb * (box.x0 + box.x1), loose = lattice_looseness(self, g->parts),
          *f = g->feature;
    memset(f, 0, sizeof g->feature);
    f[GROUP_EACH] = 1;
    f[GROUP_SHORT] = most(0, 0.85f - high);
    f[GROUP_SHORTER] = most(0, 0.5f - high);
    f[GROUP_TALL] = most(0, high - 1.25f);
    f[GROUP_WIDE] = most(0, wide - 0.8f);
    f[GROUP_WIDER] = most(0, wide - 1.2f);
    f[GROUP_HIGH] = high - 1;
    f[GROUP_BROAD] = wide - 0.6f;
    f[GROUP_GAP] = lattice_inner_gap(self->parts, g->parts);
    f[GROUP_LOOSE] = most(0, loose - 0.06f);
    f[GROUP_RAISED] = least(1, most(0, (foot - box.y1) / self->parts->height - 0.1f));
    f[GROUP_ALL] = __builtin_popcountll(g->parts) == self->parts->count;
    f[GROUP_SUNK] = least(1, most(0, (box.y0 - foot) / self->parts->height + 0.9f));
    count_strokes(self, g);
    g->foot = has_foot(self, g, box);
    look_around(self, g, box, loose);
}

/* ---- blanks ------------------------------------------------------------------------------------------------------ */

static bool is_link(const stroke_part *p, float height, float *f)
{
    const float *from = p->sample[0], *to = p->sample[p->samples - 1];
    float length = 0;
    if (!p->cut[0] || !p->cut[1])
        return false;
    for (int i = 1; i < p->samples; i++)
        length += hypotf(p->sample[i][0] - p->sample[i - 1][0], p->sample[i][1] - p->sample[i - 1][1]);
    float way = hypotf(to[0] - from[0], to[1] - from[1]), up = fabsf(to[1] - from[1]);
    f[BLANK_LINK] = 1;
    f[LINK_LENGTH] = length / height;
    f[LINK_BENT] = length > 0 ? 1 - way / length : 0;
    f[LINK_STEEP] = way > 0 ? up / way : 0;
    return f[LINK_LENGTH] <= LINK_MOST && f[LINK_BENT] <= 1 - LINK_STRAIGHT;
}

static bool is_dot(const lattice_measures *self, int i, float *f)
{
    const stroke_parts *p = self->parts;
    const stroke_part *dot = &p->part[i];
    bool beside_ink = false;
    if (dot->cut[0] || dot->cut[1])
        return false;
    f[BLANK_DOT] = 1;
    f[DOT_SIZE] = most(dot->box.x1 - dot->box.x0, dot->box.y1 - dot->box.y0) / p->height;
    f[DOT_FAR] = 0.5f;
    for (int k = 0; k < p->count; k++) {
        beside_ink |= p->part[k].box.y1 - p->part[k].box.y0 >= 0.5f * p->height;
        if (k != i)
            f[DOT_FAR] = least(f[DOT_FAR], self->distance[i][k]);
    }
    return f[DOT_SIZE] <= DOT_MOST && beside_ink;
}

bool lattice_measure_blank(const lattice_measures *self, int i, float feature[GROUP_FEATURES])
{
    return is_link(&self->parts->part[i], self->parts->height, feature) || is_dot(self, i, feature);
}

void lattice_measure(lattice_measures *self, const stroke_parts *parts)
{
    *self = (lattice_measures){.parts = parts};
    rank_strokes(self);
    link_pieces(self);
    for (int i = 0; i < parts->count; i++)
        for (int k = i + 1; k < parts->count; k++)
            measure_pair(self, i, k);
    find_drawn_again(self);
    find_line(self);
}
