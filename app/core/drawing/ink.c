/* ink.c - a drawing as a list of entries, and what of its pen strokes is still there after erasing. */
#include "ink.h"
#include "nn/alloc.h"
#include <math.h>
#include <string.h>

void ink_init(ink *self)
{
    memset(self, 0, sizeof *self);
}

void ink_free(ink *self)
{
    nn_free(self->point);
    nn_free(self->entry);
    ink_init(self);
}

void ink_move(ink *to, ink *from)
{
    unsigned version = to->version + 1, taken_back = to->taken_back + 1;
    ink_free(to);
    *to = *from;
    to->version = version;
    to->taken_back = taken_back;
    ink_init(from);
}

/* ---- changing --------------------------------------------------------------------------------------------------- */

/* Room for at least `needed` items in a growing array; doubles, so that a stroke costs few allocations. */
static bool reserve(void **items, int *max, int needed, size_t size)
{
    if (needed <= *max)
        return true;
    int grown = *max < 32 ? 64 : *max * 2;
    if (grown < needed)
        grown = needed;
    void *bigger = nn_realloc(*items, (size_t)*max, (size_t)grown, size);
    if (!bigger)
        return false;
    *items = bigger;
    *max = grown;
    return true;
}

static bool reserve_points(ink *self, int needed)
{
    void *items = self->point;
    bool ok = needed <= INK_MAX_POINTS && reserve(&items, &self->max_points, needed, sizeof *self->point);
    self->point = items;
    return ok;
}

static bool reserve_entries(ink *self, int needed)
{
    void *items = self->entry;
    bool ok = needed <= INK_MAX_POINTS && reserve(&items, &self->max_entries, needed, sizeof *self->entry);
    self->entry = items;
    return ok;
}

/* Also false for what is not a number. */
static bool is_sane(const ink_point *points, int count)
{
    for (int i = 0; i < count; i++)
        if (!ink_in_reach(points[i].x) || !ink_in_reach(points[i].y) || !ink_in_reach(points[i].pressure))
            return false;
    return true;
}

/* How many points the entries in force hold; those behind them belong to undone entries. */
static int points_done(const ink *self)
{
    return self->done ? self->entry[self->done - 1].first + self->entry[self->done - 1].count : 0;
}

bool ink_add(ink *self, ink_kind kind, float width, const ink_point *points, int count)
{
    ink_end(self);
    if (kind == INK_CLEAR)
        count = 0, width = 0;
    else if (count < 1 || !ink_in_reach(width) || width <= 0 || !is_sane(points, count))
        return false;

    int first = points_done(self);
    if (count > INK_MAX_POINTS - first || !reserve_points(self, first + count) ||
        !reserve_entries(self, self->done + 1))
        return false;
    if (count)
        memcpy(self->point + first, points, (size_t)count * sizeof *points);
    self->n_points = first + count;
    self->entry[self->done++] = (ink_entry){.kind = kind, .width = width, .first = first, .count = count};
    self->n_entries = self->done;
    self->version++;
    return true;
}

bool ink_trim(ink *self)
{
    size_t points = (size_t)self->n_points, entries = (size_t)self->n_entries;
    ink_point *point = nn_alloc(points, sizeof *point);
    ink_entry *entry = nn_alloc(entries, sizeof *entry);
    if (!point || !entry) {
        nn_free(point);
        nn_free(entry);
        return false;
    }
    if (points)
        memcpy(point, self->point, points * sizeof *point);
    if (entries)
        memcpy(entry, self->entry, entries * sizeof *entry);
    nn_free(self->point);
    nn_free(self->entry);
    self->point = point;
    self->entry = entry;
    self->max_points = self->n_points;
    self->max_entries = self->n_entries;
    return true;
}

bool ink_begin(ink *self, ink_kind kind, float width, ink_point p)
{
    return self->drawing = ink_add(self, kind, width, &p, 1);
}

bool ink_extend(ink *self, ink_point p)
{
    if (!self->drawing || !is_sane(&p, 1) || !reserve_points(self, self->n_points + 1))
        return false;
    self->point[self->n_points++] = p;
    self->entry[self->done - 1].count++;
    self->version++;
    return true;
}

void ink_end(ink *self)
{
    self->drawing = false;
}

void ink_cancel(ink *self)
{
    if (!self->drawing)
        return;
    self->drawing = false;
    self->n_entries = --self->done;
    self->n_points = points_done(self);
    self->version++;
    self->taken_back++;
}

bool ink_clear(ink *self)
{
    return !ink_is_empty(self) && ink_add(self, INK_CLEAR, 0, NULL, 0);
}

bool ink_can_undo(const ink *self)
{
    return !self->drawing && self->done > 0;
}

bool ink_can_redo(const ink *self)
{
    return !self->drawing && self->done < self->n_entries;
}

bool ink_undo(ink *self)
{
    if (!ink_can_undo(self))
        return false;
    self->done--;
    self->version++;
    self->taken_back++;
    return true;
}

bool ink_redo(ink *self)
{
    if (!ink_can_redo(self))
        return false;
    self->done++;
    self->version++;
    return true;
}

/* ---- reading ---------------------------------------------------------------------------------------------------- */

int ink_visible_from(const ink *self)
{
    int from = self->done;
    while (from > 0 && self->entry[from - 1].kind != INK_CLEAR)
        from--;
    return from;
}

bool ink_is_empty(const ink *self)
{
    for (int i = ink_visible_from(self); i < self->done; i++)
        if (self->entry[i].kind == INK_PEN)
            return false;
    return true;
}

float ink_pressure_width(float pressure)
{
    float p = pressure < 0 ? 0 : pressure > 1 ? 1 : pressure;
    return 0.5f + 0.5f * p;
}

/* C's fminf is a call in GCC, for the sake of numbers that are none; there are none here. */
static float least(float a, float b)
{
    return a < b ? a : b;
}

static float most(float a, float b)
{
    return a > b ? a : b;
}

/* A part [from, to] of a segment, as shares of its length; empty when from > to. */
typedef struct span {
    float from, to;
} span;

static const span nothing = {INFINITY, -INFINITY};
static const span everything = {-INFINITY, INFINITY};

static span hull(span a, span b)
{
    return (span){least(a.from, b.from), most(a.to, b.to)};
}

/* Where low <= at + t * step <= high. */
static span slab(float at, float step, float low, float high)
{
    if (step == 0)
        return at >= low && at <= high ? everything : nothing;
    float a = (low - at) / step, b = (high - at) / step;
    return (span){least(a, b), most(a, b)};
}

/* Where the point (x, y) + t * (dx, dy) is within r of the origin. */
static span disc(float x, float y, float dx, float dy, float r)
{
    float a = dx * dx + dy * dy, b = x * dx + y * dy, c = x * x + y * y - r * r;
    if (a == 0)
        return c <= 0 ? everything : nothing;
    float root = b * b - a * c;
    if (root < 0)
        return nothing;
    root = sqrtf(root);
    return (span){(-b - root) / a, (-b + root) / a};
}

/* Where the segment a-b is within r of the segment p-q. That region is convex, so its cut with a line is one span: the
 * hull of the cuts with its three parts, two discs and the rectangle between them. */
static span covered(const ink_point *a, const ink_point *b, const ink_point *p, const ink_point *q, float r)
{
    float x = a->x - p->x, y = a->y - p->y, dx = b->x - a->x, dy = b->y - a->y;
    float ex = q->x - p->x, ey = q->y - p->y, length = hypotf(ex, ey);
    span cut = disc(x, y, dx, dy, r);
    if (length == 0)
        return cut;
    cut = hull(cut, disc(a->x - q->x, a->y - q->y, dx, dy, r));
    ex /= length, ey /= length;
    span along = slab(x * ex + y * ey, dx * ex + dy * ey, 0, length);
    span across = slab(x * ey - y * ex, dx * ey - dy * ex, -r, r);
    span middle = {most(along.from, across.from), least(along.to, across.to)};
    return middle.from > middle.to ? cut : hull(cut, middle);
}

/* Whether the boxes of both segments, the second one grown by r, are apart: settles nearly all pairs cheaply. */
static bool apart(const ink_point *a, const ink_point *b, const ink_point *p, const ink_point *q, float r)
{
    return most(a->x, b->x) < least(p->x, q->x) - r || least(a->x, b->x) > most(p->x, q->x) + r ||
           most(a->y, b->y) < least(p->y, q->y) - r || least(a->y, b->y) > most(p->y, q->y) + r;
}

/* Moves *t, a place on the segment a-b of entry `of`, out of one eraser stroke; *next becomes the nearest place
 * behind *t where one begins. True if *t moved. */
static bool leave_eraser(const ink *self, const ink_entry *eraser, const ink_point *a, const ink_point *b, float *t,
                         float *next)
{
    const ink_point *points = self->point + eraser->first;
    bool moved = false;
    for (int i = 0; i < eraser->count; i++) {
        const ink_point *p = &points[i], *q = &points[i + 1 < eraser->count ? i + 1 : i];
        float r = 0.5f * eraser->width * ink_pressure_width(most(p->pressure, q->pressure));
        if (apart(a, b, p, q, r))
            continue;
        span cut = covered(a, b, p, q, r);
        if (cut.from <= *t && cut.to > *t) {
            *t = cut.to;
            moved = true;
        } else if (cut.from > *t && cut.from < *next) {
            *next = cut.from;
        }
    }
    return moved;
}

/* Calls segment for the parts of a-b, a piece of entry `of`, outside all later eraser strokes. Erased spans are
 * found anew for each part instead of kept: nothing to allocate, and most pieces have one part or none. */
static void visit_piece(const ink *self, int of, const ink_point *a, const ink_point *b, ink_segment *segment,
                        void *ctx)
{
    float width = self->entry[of].width * 0.5f * (ink_pressure_width(a->pressure) + ink_pressure_width(b->pressure));
    float dx = b->x - a->x, dy = b->y - a->y, t = 0;
    while (t < 1) {
        float next = 1;
        bool moved = false;
        for (int e = of + 1; e < self->done; e++)
            if (self->entry[e].kind == INK_ERASER)
                moved |= leave_eraser(self, &self->entry[e], a, b, &t, &next);
        if (moved)
            continue;
        segment(ctx, a->x + t * dx, a->y + t * dy, a->x + next * dx, a->y + next * dy, width);
        t = next;
    }
}

void ink_visit(const ink *self, ink_segment *segment, void *ctx)
{
    for (int e = ink_visible_from(self); e < self->done; e++) {
        const ink_entry *entry = &self->entry[e];
        if (entry->kind != INK_PEN)
            continue;
        const ink_point *points = self->point + entry->first;
        if (entry->count == 1)
            visit_piece(self, e, points, points, segment, ctx);
        for (int i = 0; i + 1 < entry->count; i++)
            visit_piece(self, e, &points[i], &points[i + 1], segment, ctx);
    }
}
