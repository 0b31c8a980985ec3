/* visible.c - pen strokes less the eraser strokes after them. */
#include "visible.h"
#include "app/core/least.h"
#include <math.h>

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

/* A visit under way. */
typedef struct visit {
    const ink *ink;
    int end; /* of the points of eraser strokes in force */
    long looked;
    ink_segment *segment;
    void *ctx;
} visit;

/* A pen's piece a-b, of which [0, t] is done with. */
typedef struct piece {
    const ink *ink;
    const ink_point *a, *b;
    float t, next; /* the nearest place behind t where an eraser's piece begins */
    bool moved;
} piece;

/* The entry in force that has a point. */
static const ink_entry *entry_of(const ink *self, int point)
{
    int low = 0, high = self->done - 1;
    while (low < high) {
        int middle = low + (high - low + 1) / 2;
        if (self->entry[middle].first <= point)
            low = middle;
        else
            high = middle - 1;
    }
    return &self->entry[low];
}

/* Moves t out of the piece of an eraser stroke that begins at a point. False when nothing is left of the pen's. */
static bool leave_rub(void *ctx, int point)
{
    piece *p = ctx;
    const ink_entry *eraser = entry_of(p->ink, point);
    ink_rub r = ink_rub_at(p->ink, eraser, point - eraser->first);
    span cut = covered(p->a, p->b, r.from, r.to, r.radius);
    if (cut.from <= p->t && cut.to > p->t) {
        p->t = cut.to;
        p->moved = true;
    } else if (cut.from > p->t && cut.from < p->next) {
        p->next = cut.from;
    }
    return p->t < 1;
}

/* Calls segment for the parts of a pen's piece a-b outside all eraser strokes behind it. Erased spans are found anew
 * for each part instead of kept: nothing to allocate, and most pieces have one part or none. */
static void visit_piece(visit *v, const ink_entry *pen, const ink_point *a, const ink_point *b)
{
    float width = pen->width * 0.5f * (ink_pressure_width(a->pressure) + ink_pressure_width(b->pressure));
    float dx = b->x - a->x, dy = b->y - a->y;
    int behind = pen->first + pen->count;
    piece p = {.ink = v->ink, .a = a, .b = b, .t = 0};
    while (p.t < 1) {
        p.next = 1;
        p.moved = false;
        if (behind < v->end)
            v->looked += ink_grid_search(&v->ink->erasers, ink_extent_of(a->x, a->y, b->x, b->y, 0), behind, v->end,
                                         leave_rub, &p);
        if (p.moved)
            continue;
        float x = p.next < 1 ? a->x + p.next * dx : b->x, y = p.next < 1 ? a->y + p.next * dy : b->y; /* exactly b */
        v->segment(v->ctx, a->x + p.t * dx, a->y + p.t * dy, x, y, width);
        p.t = p.next;
    }
}

/* A stroke of one point is one piece, a dot; one of none has none. */
static int pieces_of(const ink_entry *pen)
{
    return pen->count > 1 ? pen->count - 1 : pen->count;
}

long ink_visit_between(const ink *self, ink_place from, ink_place to, ink_segment *segment, void *ctx)
{
    int last = self->done - 1;
    visit v = {.ink = self, .segment = segment, .ctx = ctx};
    while (last >= from.entry && self->entry[last].kind != INK_ERASER)
        last--;
    if (last >= from.entry)
        v.end = self->entry[last].first + self->entry[last].count;
    for (int e = from.entry; e < self->done && e <= to.entry; e++) {
        const ink_entry *pen = &self->entry[e];
        const ink_point *points = self->point + pen->first;
        int end = e < to.entry ? pieces_of(pen) : to.piece;
        for (int i = e > from.entry ? 0 : from.piece; pen->kind == INK_PEN && i < end; i++)
            visit_piece(&v, pen, &points[i], &points[i + 1 < pen->count ? i + 1 : i]);
    }
    return v.looked;
}

long ink_visit(const ink *self, ink_segment *segment, void *ctx)
{
    return ink_visit_between(self, ink_begins(self), ink_ends(self), segment, ctx);
}

ink_place ink_begins(const ink *self)
{
    return (ink_place){ink_visible_from(self), 0};
}

ink_place ink_ends(const ink *self)
{
    return (ink_place){self->done, 0};
}

/* The dot that a stroke begins with goes when its second point comes. */
ink_place ink_settled(const ink *self)
{
    return self->drawing ? (ink_place){self->done - 1, self->entry[self->done - 1].count - 1} : ink_ends(self);
}

/* ---- shapes ------------------------------------------------------------------------------------------------------ */

/* Of each column of the canvas, one unit wide: from where to where there is ink. */
typedef struct columns {
    float top[INK_CANVAS], bottom[INK_CANVAS];
} columns;

static void fill_columns(void *ctx, float x0, float y0, float x1, float y1, float width)
{
    columns *c = ctx;
    float r = 0.5f * width;
    int from = (int)most(0, floorf(least(x0, x1) - r)), to = (int)least(INK_CANVAS - 1, ceilf(most(x0, x1) + r));
    for (int x = from; x <= to; x++) {
        c->top[x] = least(c->top[x], least(y0, y1) - r);
        c->bottom[x] = most(c->bottom[x], most(y0, y1) + r);
    }
}

bool ink_is_two(const ink *self)
{
    columns c;
    float top[2] = {INFINITY, INFINITY}, bottom[2] = {-INFINITY, -INFINITY};
    int shape = -1;
    for (int x = 0; x < INK_CANVAS; x++) {
        c.top[x] = INFINITY;
        c.bottom[x] = -INFINITY;
    }
    ink_visit(self, fill_columns, &c);
    for (int x = 0; x < INK_CANVAS; x++) {
        bool ink_here = c.bottom[x] > c.top[x], begins = ink_here && (x == 0 || c.bottom[x - 1] <= c.top[x - 1]);
        if (begins && ++shape > 1)
            return false;
        if (ink_here) {
            top[shape] = least(top[shape], c.top[x]);
            bottom[shape] = most(bottom[shape], c.bottom[x]);
        }
    }
    float high = bottom[0] - top[0], other = bottom[1] - top[1];
    return shape == 1 && 2 * least(high, other) > most(high, other);
}
