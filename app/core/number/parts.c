/* parts.c - strokes as parts, and where to cut them. */
#include "parts.h"
#include "app/core/least.h"
#include "nn/alloc.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SMALLEST_HEIGHT (0.02f * INK_CANVAS) /* as digit.c has it: a dot stays a dot */

/* All in heights of the writing. */
#define CUT_OVERLAP 0.3f  /* of the x axis that both sides of a cut may share */
#define CUT_HEIGHT  0.28f /* that both must have at least */
#define CUT_APART   0.35f /* of two cuts, along the stroke */
#define CUT_SMOOTH  0.12f /* a cut in a smooth place counts like so much more overlap */
#define CUT_WIDE    0.95f /* what is less wide gets fewer cuts */
#define BAR_LEAST   0.2f  /* a bar's length, */
#define BAR_MOST    1.5f
#define BAR_OVERLAP 0.1f  /* and what it may share with what follows it */
#define BAR_TURN    0.02f /* what turns less than another place turns as sharply */
enum { CUTS_MAX = 4, CUTS_NARROW = 3, SMOOTH_REACH = 2 /* samples to both sides that a turn is told from */ };

void parts_free(stroke_parts *self)
{
    nn_free(self->point);
    *self = (stroke_parts){0};
}

/* ---- what is to be seen ------------------------------------------------------------------------------------------ */

typedef struct collector {
    stroke_parts *parts;
    int stroke;
    bool fits, failed;
} collector;

static bool add_point(collector *c, float x, float y)
{
    stroke_parts *p = c->parts;
    c->fits &= p->n_points < PARTS_MAX_POINTS && ink_in_reach(x) && ink_in_reach(y);
    if (!c->fits || c->failed)
        return false;
    if (p->n_points == p->max_points) {
        int more = (int)nn_room((size_t)p->n_points + 1);
        ink_point *point = nn_realloc(p->point, (size_t)p->max_points, (size_t)more, sizeof *point);
        c->failed = point == NULL;
        if (c->failed)
            return false;
        p->point = point;
        p->max_points = more;
    }
    p->point[p->n_points++] = (ink_point){x, y, NAN, 1};
    p->part[p->count - 1].count++;
    return true;
}

static bool add_part(collector *c, float width, float x, float y)
{
    stroke_parts *p = c->parts;
    c->fits &= p->count < PARTS_MAX;
    if (!c->fits || c->failed)
        return false;
    p->part[p->count++] = (stroke_part){.stroke = c->stroke, .first = p->n_points, .width = width};
    if (add_point(c, x, y))
        return true;
    p->count--; /* no part is without a point */
    return false;
}

static void add_segment(void *ctx, float x0, float y0, float x1, float y1, float width)
{
    collector *c = ctx;
    stroke_parts *p = c->parts;
    stroke_part *last = p->count ? &p->part[p->count - 1] : NULL;
    const ink_point *end = p->n_points ? &p->point[p->n_points - 1] : NULL;
    if ((!last || last->stroke != c->stroke || end->x != x0 || end->y != y0) && !add_part(c, width, x0, y0))
        return;
    if (x1 != x0 || y1 != y0)
        add_point(c, x1, y1);
}

/* ---- measuring --------------------------------------------------------------------------------------------------- */

static float length_of(const ink_point *p, int count)
{
    float length = 0;
    for (int i = 1; i < count; i++)
        length += hypotf(p[i].x - p[i - 1].x, p[i].y - p[i - 1].y);
    return length;
}

/* Places at equal distances along the points, both ends included. */
static int resample(float (*out)[2], int most_samples, const ink_point *p, int count, float step)
{
    float length = length_of(p, count), done = 0;
    int n = length > 0 ? (int)least(ceilf(length / step) + 1, (float)most_samples) : 1, k = 0;
    out[0][0] = p[0].x;
    out[0][1] = p[0].y;
    step = n > 1 ? length / (float)(n - 1) : 0;
    for (int i = 1; i < count && k + 1 < n; i++) {
        float dx = p[i].x - p[i - 1].x, dy = p[i].y - p[i - 1].y, piece = hypotf(dx, dy);
        for (; k + 1 < n && done + piece >= step * (float)(k + 1); k++) {
            float share = piece > 0 ? (step * (float)(k + 1) - done) / piece : 0;
            out[k + 1][0] = p[i - 1].x + share * dx;
            out[k + 1][1] = p[i - 1].y + share * dy;
        }
        done += piece;
    }
    for (k++; k < n; k++) { /* what rounding left */
        out[k][0] = p[count - 1].x;
        out[k][1] = p[count - 1].y;
    }
    return n;
}

/* FNV-1a over the coordinates. */
static uint64_t hash_points(const ink_point *p, int count)
{
    uint64_t hash = 14695981039346656037u;
    for (int i = 0; i < count; i++) {
        uint32_t word[2];
        memcpy(word, (float[2]){p[i].x, p[i].y}, sizeof word);
        for (int k = 0; k < 2; k++)
            hash = (hash ^ word[k]) * 1099511628211u;
    }
    return hash ^ hash >> 29;
}

static ink_extent box_of(const ink_point *p, int count)
{
    ink_extent box = {p[0].x, p[0].y, p[0].x, p[0].y};
    for (int i = 1; i < count; i++)
        box = (ink_extent){least(box.x0, p[i].x), least(box.y0, p[i].y), most(box.x1, p[i].x), most(box.y1, p[i].y)};
    return box;
}

static void measure(const stroke_parts *self, stroke_part *p)
{
    const ink_point *points = self->point + p->first;
    p->box = box_of(points, p->count);
    p->hash = hash_points(points, p->count);
    p->samples = resample(p->sample, PART_SAMPLES, points, p->count, 0.05f * most(self->height, SMALLEST_HEIGHT));
}

/* Whether they lie one above the other: the halves of an 8, a bar and what is below it. */
static bool share_width(ink_extent a, ink_extent b)
{
    return least(a.x1, b.x1) - most(a.x0, b.x0) > 0.6f * least(a.x1 - a.x0, b.x1 - b.x0);
}

/* The heights of strokes, those that lie over each other as one; -1 for those that went into others. */
static void find_heights(const stroke_parts *self, float height[PARTS_MAX])
{
    ink_extent box[PARTS_MAX];
    for (int i = 0; i < self->count; i++) {
        box[i] = self->part[i].box;
        height[i] = 0;
        for (int k = 0; k < i; k++)
            if (height[k] >= 0 && share_width(box[k], box[i])) {
                box[i] = (ink_extent){least(box[i].x0, box[k].x0), least(box[i].y0, box[k].y0),
                                      most(box[i].x1, box[k].x1), most(box[i].y1, box[k].y1)};
                height[k] = -1;
            }
        height[i] = box[i].y1 - box[i].y0;
    }
}

/* The median of those that are at least half as high as the highest: bars and dots do not count. */
static float height_of(const stroke_parts *self)
{
    float height[PARTS_MAX], sorted[PARTS_MAX], highest = 0;
    int n = 0;
    find_heights(self, height);
    for (int i = 0; i < self->count; i++)
        highest = most(highest, height[i]);
    for (int i = 0; i < self->count; i++) {
        int k = n;
        if (height[i] < 0.5f * highest)
            continue;
        for (; k > 0 && sorted[k - 1] > height[i]; k--)
            sorted[k] = sorted[k - 1];
        sorted[k] = height[i];
        n++;
    }
    return most(n ? sorted[n / 2] : 0, SMALLEST_HEIGHT);
}

bool parts_find(stroke_parts *self, const ink *drawing, bool *fits)
{
    collector c = {.parts = self, .fits = true};
    self->count = self->n_points = 0;
    self->drawn = true;
    for (int e = ink_visible_from(drawing); e < drawing->done; e++) {
        c.stroke = drawing->forgotten + e;
        ink_visit_between(drawing, (ink_place){e, 0}, (ink_place){e + 1, 0}, add_segment, &c);
    }
    *fits = c.fits;
    if (!c.fits || c.failed)
        self->count = 0;
    for (int i = 0; i < self->count; i++)
        self->part[i].box = box_of(self->point + self->part[i].first, self->part[i].count);
    self->height = height_of(self);
    for (int i = 0; i < self->count; i++)
        measure(self, &self->part[i]);
    return !c.failed;
}

static float middle_of(const stroke_part *p)
{
    return p->box.x0 + p->box.x1;
}

void parts_sort(stroke_parts *self)
{
    for (int i = 1; i < self->count; i++) {
        stroke_part p = self->part[i];
        int k = i;
        for (; k > 0 && middle_of(&self->part[k - 1]) > middle_of(&p); k--)
            self->part[k] = self->part[k - 1];
        self->part[k] = p;
    }
}

ink_extent parts_box(const stroke_parts *p, uint64_t chosen)
{
    ink_extent box = {INFINITY, INFINITY, -INFINITY, -INFINITY};
    for (int i = 0; i < p->count; i++)
        if (chosen >> i & 1) {
            ink_extent b = p->part[i].box;
            box = (ink_extent){least(box.x0, b.x0), least(box.y0, b.y0), most(box.x1, b.x1), most(box.y1, b.y1)};
        }
    return box;
}

bool parts_follow(const stroke_part *a, const stroke_part *b)
{
    return a->cut[1] && b->cut[0] && a->stroke == b->stroke && a->first + a->count == b->first;
}

/* Samples of a part from `begin` to `end` - 1. */
typedef struct stretch {
    const stroke_part *of;
    int begin, end;
} stretch;

static float distance_of(stretch a, stretch b)
{
    float nearest = INFINITY;
    for (int i = a.begin; i < a.end; i++)
        for (int k = b.begin; k < b.end; k++) {
            float dx = a.of->sample[i][0] - b.of->sample[k][0], dy = a.of->sample[i][1] - b.of->sample[k][1];
            nearest = least(nearest, dx * dx + dy * dy);
        }
    return sqrtf(nearest);
}

float parts_distance(const stroke_part *a, const stroke_part *b)
{
    return distance_of((stretch){a, 0, a->samples}, (stretch){b, 0, b->samples});
}

/* The samples of a part that are farther along it than `apart` from where it was cut. */
static stretch find_uncut(const stroke_part *p, float apart)
{
    float dx = p->samples > 1 ? p->sample[1][0] - p->sample[0][0] : 0,
          dy = p->samples > 1 ? p->sample[1][1] - p->sample[0][1] : 0, step = hypotf(dx, dy);
    int off = step > 0 ? (int)least(ceilf(apart / step), PART_SAMPLES) : 0;
    return (stretch){p, p->cut[0] ? off : 0, p->samples - (p->cut[1] ? off : 0)};
}

float parts_distance_off_cuts(const stroke_part *a, const stroke_part *b, float apart)
{
    return distance_of(find_uncut(a, apart), find_uncut(b, apart));
}

float parts_along(const stroke_part *a, const stroke_part *b, float near)
{
    int close = 0;
    for (int i = 0; i < a->samples; i++) {
        bool found = false;
        for (int k = 0; k < b->samples && !found; k++) {
            float dx = a->sample[i][0] - b->sample[k][0], dy = a->sample[i][1] - b->sample[k][1];
            found = dx * dx + dy * dy <= near * near;
        }
        close += found;
    }
    return (float)close / (float)a->samples;
}

/* On which side of the line through a and b c is: above 0 or below. */
static float side_of(const float a[2], const float b[2], const float c[2])
{
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
}

bool parts_cross(const stroke_part *a, const stroke_part *b)
{
    if (least(a->box.x1, b->box.x1) <= most(a->box.x0, b->box.x0) ||
        least(a->box.y1, b->box.y1) <= most(a->box.y0, b->box.y0))
        return false;
    for (int i = 1; i < a->samples; i++)
        for (int k = 1; k < b->samples; k++) {
            const float *a0 = a->sample[i - 1], *a1 = a->sample[i], *b0 = b->sample[k - 1], *b1 = b->sample[k];
            if (side_of(a0, a1, b0) * side_of(a0, a1, b1) < 0 && side_of(b0, b1, a0) * side_of(b0, b1, a1) < 0)
                return true;
        }
    return false;
}

/* ---- cutting ----------------------------------------------------------------------------------------------------- */

enum { CUT_SAMPLES = 256 };

typedef struct cutter {
    int n;
    float step; /* between samples, in units */
    float at[CUT_SAMPLES][2];
    ink_extent before[CUT_SAMPLES], behind[CUT_SAMPLES]; /* of the samples up to each, and from it on */
    float cost[CUT_SAMPLES];                             /* of a cut there, in heights; INFINITY: none */
} cutter;

static ink_extent join(ink_extent a, const float p[2])
{
    return (ink_extent){least(a.x0, p[0]), least(a.y0, p[1]), most(a.x1, p[0]), most(a.y1, p[1])};
}

static void find_sides(cutter *c)
{
    ink_extent box = {INFINITY, INFINITY, -INFINITY, -INFINITY};
    for (int i = 0; i < c->n; i++)
        c->before[i] = box = join(box, c->at[i]);
    box = (ink_extent){INFINITY, INFINITY, -INFINITY, -INFINITY};
    for (int i = c->n - 1; i >= 0; i--)
        c->behind[i] = box = join(box, c->at[i]);
}

/* How sharply the stroke turns there: 0 straight on, 1 by a right angle or more. */
static float turn_at(const cutter *c, int i)
{
    int a = i - SMOOTH_REACH, b = i + SMOOTH_REACH;
    if (a < 0 || b >= c->n)
        return 1;
    float x0 = c->at[i][0] - c->at[a][0], y0 = c->at[i][1] - c->at[a][1], x1 = c->at[b][0] - c->at[i][0],
          y1 = c->at[b][1] - c->at[i][1], lengths = hypotf(x0, y0) * hypotf(x1, y1);
    return lengths > 0 ? least(1, 1 - (x0 * x1 + y0 * y1) / lengths) : 1;
}

/* How much of the x axis both sides of a cut share. */
static float overlap_of(const cutter *c, int i)
{
    return least(c->before[i].x1, c->behind[i].x1) - most(c->before[i].x0, c->behind[i].x0);
}

static float cost_of(const cutter *c, int i, float height, bool asked)
{
    const ink_extent *a = &c->before[i], *b = &c->behind[i];
    float overlap = overlap_of(c, i);
    if (!asked &&
        (a->y1 - a->y0 < CUT_HEIGHT * height || b->y1 - b->y0 < CUT_HEIGHT * height || overlap > CUT_OVERLAP * height))
        return INFINITY;
    return overlap / height + CUT_SMOOTH * (1 - turn_at(c, i));
}

/* The cheapest cuts that are far enough from each other and from the ends, in order along the stroke. */
static int choose_cuts(const cutter *c, float apart, int most_cuts, int chosen[CUTS_MAX])
{
    int n = 0;
    while (n < most_cuts) {
        int best = -1;
        for (int i = 1; i + 1 < c->n; i++) {
            bool near = (float)least((float)i, (float)(c->n - 1 - i)) * c->step < 0.5f * apart;
            for (int k = 0; k < n; k++)
                near |= (float)abs(i - chosen[k]) * c->step < apart;
            if (!near && c->cost[i] < INFINITY && (best < 0 || c->cost[i] < c->cost[best]))
                best = i;
        }
        if (best < 0)
            break;
        int k = n++;
        for (; k > 0 && chosen[k - 1] > best; k--)
            chosen[k] = chosen[k - 1];
        chosen[k] = best;
    }
    return n;
}

/* Whether the stroke up to there may be a bar, drawn last of a digit by a pen that stayed down on its way to the next. */
static bool ends_bar(const cutter *c, int i, float height)
{
    const ink_extent *a = &c->before[i], *b = &c->behind[i];
    float wide = a->x1 - a->x0;
    return a->y1 - a->y0 < CUT_HEIGHT * height && b->y1 - b->y0 >= CUT_HEIGHT * height && wide >= BAR_LEAST * height &&
           wide <= BAR_MOST * height && overlap_of(c, i) <= BAR_OVERLAP * height && c->at[i][0] > c->at[0][0];
}

/* A bar is lower than other sides of a cut: one is cut off where it ends in the sharpest turn, or as far as it
 * goes straight on, before all other cuts. */
static int add_bar_cut(cutter *c, float height, int n, int chosen[CUTS_MAX + 1])
{
    int best = -1;
    for (int i = 1; i + 1 < c->n; i++)
        if (ends_bar(c, i, height) && (best < 0 || turn_at(c, i) > turn_at(c, best) - BAR_TURN))
            best = i;
    if (best < 0 || (n > 0 && (float)(chosen[0] - best) * c->step <= 0.5f * CUT_APART * height))
        return n;
    memmove(chosen + 1, chosen, (size_t)n * sizeof *chosen);
    chosen[0] = best;
    c->cost[best] = CUT_SMOOTH * (1 - turn_at(c, best));
    return n + 1;
}

/* Adds the points of a part between two lengths along it as a part of its own. */
static void add_piece(collector *c, const stroke_part *of, float from, float to, const float begin[2],
                      const float end[2])
{
    float done = 0;
    if (!add_part(c, of->width, begin[0], begin[1]))
        return;
    for (int i = 1; i < of->count; i++) {
        const ink_point *p = &c->parts->point[of->first + i];
        done += hypotf(p->x - p[-1].x, p->y - p[-1].y);
        if (done > from && done < to) {
            float x = p->x, y = p->y;
            add_point(c, x, y);
        }
    }
    add_point(c, end[0], end[1]);
}

/* Replaces part i by those behind `count`, of which all but the outer ends are cuts. */
static void put_pieces(stroke_parts *self, int i, int count)
{
    stroke_part piece[CUTS_MAX + 2], whole = self->part[i];
    int n = self->count - count;
    memcpy(piece, self->part + count, (size_t)n * sizeof *piece);
    memmove(self->part + i + n, self->part + i + 1, (size_t)(count - i - 1) * sizeof *piece);
    for (int k = 0; k < n; k++) {
        piece[k].cut[0] = k > 0 || whole.cut[0];
        piece[k].cut[1] = k < n - 1 || whole.cut[1];
        measure(self, &piece[k]);
        self->part[i + k] = piece[k];
    }
    self->count = count - 1 + n;
}

bool parts_cut(stroke_parts *self, int i, bool asked)
{
    const stroke_part whole = self->part[i];
    float wide = whole.box.x1 - whole.box.x0;
    int chosen[CUTS_MAX + 1], count = self->count;
    collector c = {.parts = self, .stroke = whole.stroke, .fits = true};
    cutter cut;
    cut.n = resample(cut.at, CUT_SAMPLES, self->point + whole.first, whole.count, 0.05f * self->height);
    cut.step = cut.n > 1 ? length_of(self->point + whole.first, whole.count) / (float)(cut.n - 1) : 0;
    find_sides(&cut);
    for (int k = 0; k < cut.n; k++)
        cut.cost[k] = cost_of(&cut, k, self->height, asked);
    int n = choose_cuts(&cut, CUT_APART * self->height,
                        asked                            ? 1
                        : wide < CUT_WIDE * self->height ? CUTS_NARROW
                                                         : CUTS_MAX,
                        chosen);
    if (!asked)
        n = add_bar_cut(&cut, self->height, n, chosen);
    if (n == 0 || self->count + n + 1 > PARTS_MAX)
        return true;
    for (int k = 0; k <= n; k++) {
        int from = k > 0 ? chosen[k - 1] : 0, to = k < n ? chosen[k] : cut.n - 1;
        add_piece(&c, &whole, cut.step * (float)from, cut.step * (float)to, cut.at[from], cut.at[to]);
    }
    if (c.failed || !c.fits) {
        self->count = count;
        return !c.failed;
    }
    for (int k = 0; k < n; k++)
        self->part[count + k].strain[1] = self->part[count + k + 1].strain[0] = cut.cost[chosen[k]];
    self->part[count].strain[0] = whole.strain[0];
    self->part[count + n].strain[1] = whole.strain[1];
    put_pieces(self, i, count);
    return true;
}

/* ---- as a drawing ------------------------------------------------------------------------------------------------ */

/* Pieces of one stroke that follow each other are one stroke again. */
static bool add_run(ink *out, const stroke_parts *self, int i, uint64_t *chosen)
{
    const stroke_part *p = &self->part[i];
    bool ok = ink_begin(out, INK_PEN, p->width, self->point[p->first]);
    int from = 1;
    for (int next = i; ok && next >= 0;) {
        p = &self->part[next];
        *chosen &= ~((uint64_t)1 << next);
        for (int k = from; ok && k < p->count; k++)
            ok = ink_extend(out, self->point[p->first + k]);
        from = 1;
        next = -1;
        for (int k = 0; k < self->count; k++)
            if ((*chosen >> k & 1) && parts_follow(p, &self->part[k]))
                next = k;
    }
    ink_end(out);
    return ok;
}

/* Whether the piece before it is among the chosen: then it is drawn with that. */
static bool goes_on(const stroke_parts *self, int i, uint64_t chosen)
{
    bool found = false;
    for (int k = 0; k < self->count; k++)
        found |= (chosen >> k & 1) && parts_follow(&self->part[k], &self->part[i]);
    return found;
}

bool parts_ink(ink *out, const stroke_parts *self, uint64_t chosen)
{
    uint64_t left = chosen;
    ink_init(out);
    for (int i = 0; i < self->count; i++)
        if ((left >> i & 1) && !goes_on(self, i, chosen) && !add_run(out, self, i, &left))
            return false;
    return true;
}
