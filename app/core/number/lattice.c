/* lattice.c - groups, their scores, and the dynamic programs over sets of parts. */
#include "lattice.h"
#include "app/core/digit/label_digit.h"
#include "app/core/least.h"
#include "lattice_measure.h"
#include "lattice_weights.h"
#include <math.h>
#include <string.h>

/* In heights of the writing. */
#define MOST_WIDE       2.4f
#define MOST_HIGH       2.8f
#define MOST_GAP        0.45f
#define MOST_LOOSE      0.5f
#define MOST_LOOSE_OVER 0.3f /* where parts between are left out */
#define TOUCHES         0.04f
#define CLOSE           0.25f
#define OFF_CUTS        0.3f
#define ALONG           0.06f
#define ALONG_SHARE     0.85f /* of a stroke that was drawn again */
#define ALONG_LEAST     0.25f /* its longer side: what is shorter is a dot, or a bar's end */
#define LINK_MOST       0.9f  /* length of a line that leads to the next digit, */
#define LINK_STRAIGHT   0.8f  /* of which its ends are so far from each other */
#define DOT_MOST        0.2f
#define FOOT_LOW        0.75f /* of the digit's height: a foot is all below it, */
#define FOOT_FLAT       0.25f /* and no higher than this, nor narrower, */
#define FOOT_UNDER      0.1f  /* of its width: so far from its ends the stem stands on it */
#define FOOT_APART      0.15f /* of the height: from where the stem ends to where it begins */
#define LEVEL           4.0f  /* squared: how long a line must be before it is seen to climb */
enum { GROUPS_OF_PART = 18, SETS = 1 << (GROUP_REACH - 1) };

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

/* ---- groups ------------------------------------------------------------------------------------------------------ */

typedef struct builder {
    lattice *lattice;
    const stroke_parts *parts;
    const lattice_rule *rules;
    int n_rules;
    lattice_measures measures;
} builder;

/* Whether parts from `first` up to `last` are left out. */
static bool leaves_out(uint64_t chosen, int first, int last)
{
    uint64_t all = ((uint64_t)2 << last) - ((uint64_t)1 << first);
    return (chosen & all) != all;
}

static bool may_be_digit(const builder *b, uint64_t chosen, int first, int last)
{
    ink_extent box = parts_box(b->parts, chosen);
    float h = b->parts->height;
    return box.x1 - box.x0 <= MOST_WIDE * h && box.y1 - box.y0 <= MOST_HIGH * h &&
           lattice_inner_gap(b->parts, chosen) <= MOST_GAP &&
           lattice_looseness(&b->measures, chosen) <= (leaves_out(chosen, first, last) ? MOST_LOOSE_OVER : MOST_LOOSE);
}

static bool has_pieces(const stroke_parts *p, uint64_t chosen)
{
    for (int i = 0; i < p->count; i++)
        if ((chosen >> i & 1) && (p->part[i].cut[0] || p->part[i].cut[1]))
            return true;
    return false;
}

/* What is to be apart becomes digits of its own, as far as it was cut for that: the pieces do not go to others. */
static bool keeps_rule(const builder *b, const lattice_rule *r, uint64_t chosen)
{
    uint64_t common = chosen & r->parts;
    if (r->together)
        return !common || common == r->parts;
    return common != r->parts && (common == chosen || !has_pieces(b->parts, common));
}

/* Whether the rules allow it as a digit; what a person says comes before what was drawn again. */
static bool is_allowed(const builder *b, uint64_t chosen)
{
    for (int i = 0; i < b->parts->count && b->n_rules == 0; i++)
        if ((chosen >> i & 1) && (b->measures.again[i] & ~chosen))
            return false;
    for (int i = 0; i < b->n_rules; i++)
        if (!keeps_rule(b, &b->rules[i], chosen))
            return false;
    return true;
}

/* Whether the pen may have drawn it in one go: of every stroke one run of pieces, and at most one of these runs comes
 * out of another digit, and one goes on into one. */
static bool is_run(const builder *b, uint64_t chosen)
{
    int comes = -1, goes = -1;
    for (int i = 0; i < b->parts->count; i++)
        if (chosen >> i & 1) {
            bool from = lattice_is_cut_off(&b->measures, chosen, i, 0),
                 into = lattice_is_cut_off(&b->measures, chosen, i, 1);
            if ((from && comes >= 0) || (into && goes >= 0))
                return false;
            comes = from ? i : comes;
            goes = into ? i : goes;
        }
    const stroke_part *p = b->parts->part;
    return comes < 0 || goes < 0 || p[comes].stroke != p[goes].stroke || p[comes].first <= p[goes].first;
}

static void add_group(builder *b, uint64_t chosen)
{
    if (!is_allowed(b, chosen))
        return;
    lattice_group *g = &b->lattice->group[b->lattice->count++];
    *g = (lattice_group){.parts = chosen};
    lattice_measure_group(&b->measures, g);
}

/* What a rule keeps together is a group, whatever geometry says. */
static void add_together(builder *b, int first)
{
    for (int i = 0; i < b->n_rules; i++)
        if (b->rules[i].together && __builtin_ctzll(b->rules[i].parts) == first &&
            (b->rules[i].parts & (b->rules[i].parts - 1)))
            add_group(b, b->rules[i].parts);
}

static bool is_group(const builder *b, uint64_t chosen, int from)
{
    for (int i = from; i < b->lattice->count; i++)
        if (b->lattice->group[i].parts == chosen)
            return true;
    return false;
}

/* A stroke that was cut is a group as a whole, too. */
static void add_stroke(builder *b, int first)
{
    uint64_t whole = 0;
    for (int i = first; i >= 0; i = b->measures.last[i])
        whole |= (uint64_t)1 << i;
    for (int i = first; i >= 0; i = b->measures.next[i])
        whole |= (uint64_t)1 << i;
    if ((whole & (whole - 1)) && __builtin_ctzll(whole) == first && lattice_last_of(whole) < first + GROUP_REACH)
        add_group(b, whole);
}

static void add_blank(builder *b, int first)
{
    lattice_group *g = &b->lattice->group[b->lattice->count];
    *g = (lattice_group){.parts = (uint64_t)1 << first, .blank = true};
    for (int i = 0; i < b->n_rules; i++)
        if (b->rules[i].together && (b->rules[i].parts & g->parts))
            return;
    if (!lattice_measure_blank(&b->measures, first, g->feature))
        return;
    g->score = lattice_blank_score(g);
    b->lattice->count++;
}

/* The groups whose leftmost part is `first`: it alone, also as a blank, its stroke, then those that grow out of what is
 * there, while there is room that the parts behind it do not need. */
static void add_groups(builder *b, int first)
{
    uint64_t open[GROUPS_OF_PART * GROUP_REACH];
    int count = 0, n = b->parts->count, begin = b->lattice->count;
    open[count++] = (uint64_t)1 << first;
    add_group(b, open[0]);
    add_blank(b, first);
    add_together(b, first);
    if (b->measures.again[first] != open[0] && __builtin_ctzll(b->measures.again[first]) == first)
        add_group(b, b->measures.again[first]);
    add_stroke(b, first);
    for (int i = 0; i < count; i++) {
        int last = lattice_last_of(open[i]);
        for (int k = last + 1; k < n && k < first + GROUP_REACH && count < GROUPS_OF_PART * GROUP_REACH; k++) {
            uint64_t more = open[i] | (uint64_t)1 << k;
            ink_extent box = parts_box(b->parts, open[i]);
            if (lattice_gap(box, b->parts->part[k].box) > MOST_GAP * b->parts->height)
                continue;
            open[count++] = more;
            if (is_run(b, more) && !is_group(b, more, begin) && is_allowed(b, more) &&
                may_be_digit(b, more, first, k) && b->lattice->count < begin + GROUPS_OF_PART &&
                b->lattice->count < LATTICE_MAX_GROUPS - 4 * (n - first))
                add_group(b, more);
        }
    }
}

void lattice_build(lattice *self, const stroke_parts *from, const lattice_rule *rules, int n_rules)
{
    builder b = {.lattice = self, .parts = from, .rules = rules, .n_rules = n_rules};
    self->count = 0;
    self->parts = from->count;
    lattice_measure(&b.measures, from);
    for (int i = 0; i < from->count; i++) {
        self->start[i] = self->count;
        add_groups(&b, i);
    }
    self->start[from->count] = self->count;
}

/* ---- scores ------------------------------------------------------------------------------------------------------ */

float lattice_blank_score(const lattice_group *g)
{
    float score = 0;
    for (int i = 0; i < BLANK_FEATURES; i++)
        score += blank_weight[i] * g->feature[i];
    return score;
}

/* The small network: linear, and by the hidden layer. */
static float score_of(const lattice_group *g, int digit)
{
    float score = 0;
    for (int i = 0; i < GROUP_FEATURES; i++)
        score += linear_weight[i] * g->feature[i];
    for (int j = 0; j < LATTICE_HIDDEN; j++) {
        const lattice_unit *u = &hidden_unit[j];
        float sum = u->bias + (digit >= 0 ? u->guess[digit] : 0);
        for (int i = 0; i < GROUP_FEATURES; i++)
            sum += u->feature[i] * g->feature[i];
        score += u->out * tanhf(sum);
    }
    return score;
}

void lattice_tell(lattice *self, int group, const answer *said, const nn_model *model)
{
    lattice_group *g = &self->group[group];
    int second = answer_runner_up(said);
    g->answer = *said;
    g->feature[GROUP_DOUBT] = 1 - said->confidence;
    g->feature[GROUP_SURE] = -0.25f * log10f(most(1 - said->confidence, LATTICE_LEAST));
    g->feature[GROUP_NO_DIGIT] = most(0, 0.5f - said->confidence);
    g->feature[GROUP_SECOND] = second >= 0 ? said->probability[second] : 0;
    g->score = score_of(g, label_digit(said->text));
    self->classes = model->plan->classes; /* of which an answer to an empty picture has none */
    for (int k = 0; k < self->classes; k++) {
        int digit = label_digit(model->label[k]);
        g->word[k] = word_weight * logf(most(said->probability[k], LATTICE_LEAST)) +
                     (g->strokes > 1 && digit >= 0 ? several_weight[digit] : 0) +
                     (g->foot && digit == 1 ? LATTICE_FOOT : 0);
    }
}

/* ---- paths ------------------------------------------------------------------------------------------------------- */

/* What is covered: all parts before `first`, not `first` itself, and of those behind it the ones in `set`, lowest bit
 * first. */
typedef struct state {
    int first;
    unsigned set;
} state;

static state take(state from, uint64_t chosen, int n)
{
    uint64_t covered = (uint64_t)from.set << 1 | chosen >> from.first;
    while (from.first < n && (covered & 1)) {
        from.first++;
        covered >>= 1;
    }
    from.set = (unsigned)(covered >> 1);
    return from;
}

static bool fits(state from, uint64_t chosen)
{
    return !(((uint64_t)from.set << 1) & chosen >> from.first);
}

static float add_logs(float a, float b)
{
    float high = most(a, b), low = least(a, b);
    return low == -INFINITY ? high : high + log1pf(expf(low - high));
}

/* The log of the sum over all classes. */
static float log_classes(const lattice *self, const lattice_group *g)
{
    float sum = -INFINITY;
    if (g->blank)
        return g->score;
    for (int k = 0; k < self->classes; k++)
        sum = add_logs(sum, g->word[k]);
    return g->score + sum;
}

typedef float table[PARTS_MAX + 1][SETS];

static void clear_table(table t)
{
    for (int i = 0; i <= PARTS_MAX; i++)
        for (int k = 0; k < SETS; k++)
            t[i][k] = -INFINITY;
}

/* One step of a forward pass: the paths of one table, each with a group more, are added to another one. */
static void forward(const lattice *self, int i, const lattice_group *g, float score, table from, table to)
{
    for (unsigned set = 0; set < SETS; set++) {
        state at = {i, set};
        if (from[i][set] == -INFINITY || !fits(at, g->parts))
            continue;
        state next = take(at, g->parts, self->parts);
        to[next.first][next.set] = add_logs(to[next.first][next.set], from[i][set] + score);
    }
}

/* The log of the partition function: the sum over all paths and texts. */
static float log_partition(const lattice *self, table sum)
{
    clear_table(sum);
    sum[0][0] = 0;
    for (int i = 0; i < self->parts; i++)
        for (int g = self->start[i]; g < self->start[i + 1]; g++)
            forward(self, i, &self->group[g], log_classes(self, &self->group[g]), sum, sum);
    return sum[self->parts][0];
}

/* The log of the sum over all paths to one text; `sum` has two tables. Blanks come between, before and behind digits. */
static float log_text(const lattice *self, const int *class, int count, table sum[2])
{
    clear_table(sum[0]);
    sum[0][0][0] = 0;
    for (int digit = 0; digit <= count; digit++) {
        table *from = &sum[digit % 2], *next = &sum[1 - digit % 2];
        clear_table(*next);
        for (int i = 0; i < self->parts; i++)
            for (int k = self->start[i]; k < self->start[i + 1]; k++) {
                const lattice_group *g = &self->group[k];
                if (g->blank)
                    forward(self, i, g, g->score, *from, *from);
                else if (digit < count)
                    forward(self, i, g, g->score + g->word[class[digit]], *from, *next);
            }
    }
    return sum[count % 2][self->parts][0];
}

/* How the best path comes to a state. */
typedef struct backpointer {
    short group, first, set;
} backpointer;

static void viterbi(lattice_path *out, const lattice *self, table best, backpointer (*back)[SETS])
{
    clear_table(best);
    best[0][0] = 0;
    for (int i = 0; i < self->parts; i++)
        for (int g = self->start[i]; g < self->start[i + 1]; g++) {
            const lattice_group *group = &self->group[g];
            float score = group->score + (group->blank ? 0 : group->word[nn_argmax(group->word, self->classes)]);
            for (unsigned set = 0; set < SETS; set++) {
                state at = {i, set};
                if (best[i][set] == -INFINITY || !fits(at, group->parts))
                    continue;
                state to = take(at, group->parts, self->parts);
                if (best[i][set] + score > best[to.first][to.set]) {
                    best[to.first][to.set] = best[i][set] + score;
                    back[to.first][to.set] = (backpointer){(short)g, (short)i, (short)set};
                }
            }
        }
    out->count = 0;
    if (best[self->parts][0] == -INFINITY)
        return;
    for (state at = {self->parts, 0}; at.first > 0;) {
        backpointer s = back[at.first][at.set];
        if (!self->group[s.group].blank) {
            out->group[out->count] = s.group;
            out->class[out->count++] = nn_argmax(self->group[s.group].word, self->classes);
        }
        at = (state){s.first, (unsigned)s.set};
    }
    for (int i = 0, k = out->count - 1; i < k; i++, k--) {
        int group = out->group[i], class = out->class[i];
        out->group[i] = out->group[k];
        out->class[i] = out->class[k];
        out->group[k] = group;
        out->class[k] = class;
    }
}

void lattice_best(lattice_path *out, const lattice *self)
{
    table sum[2];
    backpointer back[PARTS_MAX + 1][SETS];
    viterbi(out, self, sum[0], back);
    float all = log_partition(self, sum[0]);
    out->probability = out->count ? expf(log_text(self, out->class, out->count, sum) - all) : 0;
}
