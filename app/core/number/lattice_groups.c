/* lattice_groups.c - which sets of parts may be one digit: lattice_build. */
#include "lattice_measure.h"

/* In heights of the writing. */
#define MOST_WIDE       2.4f
#define MOST_HIGH       2.8f
#define MOST_GAP        0.45f
#define MOST_LOOSE_OVER 0.3f /* where parts between are left out */
enum { GROUPS_OF_PART = 18 };

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
