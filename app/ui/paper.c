/* paper.c - strokes to pixels, incrementally. */
#include "paper.h"
#include "nn/alloc.h"
#include <math.h>
#include <string.h>

/* A point in pixels with the stroke's width there. */
typedef struct nib {
    float x, y, width;
} nib;

typedef struct stroke_painter {
    paper *target;
    mask_mode mode;
    rect touched;
} stroke_painter;

void paper_init(paper *self)
{
    memset(self, 0, sizeof *self);
}

void paper_free(paper *self)
{
    nn_free(self->mask);
    nn_free(self->under);
    paper_init(self);
}

static void touch(paper *self, rect r)
{
    r = rect_intersect(r, (rect){0, 0, self->side, self->side});
    if (rect_is_empty(r))
        return;
    for (int row = r.y / PAPER_TILE; row <= (r.y + r.h - 1) / PAPER_TILE; row++)
        for (int column = r.x / PAPER_TILE; column <= (r.x + r.w - 1) / PAPER_TILE; column++)
            self->version[row * PAPER_TILES + column]++;
}

/* ---- painting a stroke ------------------------------------------------------------------------------------------- */

/* A pen gives whole pixels, so a slanted line comes as stairs, and a hand trembles. Each point is replaced by the
 * mean of its neighbours, weighted by their nearness: dense samples lose their jitter, far ones keep their corners,
 * the ends stay. */
enum { REACH = 6 };               /* neighbours on either side */
static const float farthest = 14; /* standard deviation of the weights at full smoothing, units */

static nib nib_at(const paper *self, const ink *drawing, const ink_entry *entry, int i)
{
    const ink_point *p = &drawing->point[entry->first + i];
    int after = entry->count - 1 - i, reach = i < after ? i : after;
    float x = 0, y = 0, sum = 0, scale = (float)self->side / INK_CANVAS;
    float spread = fmaxf(farthest * self->smoothing, 0.01f); /* so small that no neighbour counts */
    if (reach > REACH)
        reach = REACH;
    for (const ink_point *q = p - reach; q <= p + reach; q++) {
        float dx = q->x - p->x, dy = q->y - p->y, weight = expf((dx * dx + dy * dy) / (-2 * spread * spread));
        x += weight * dx;
        y += weight * dy;
        sum += weight;
    }
    float width = entry->width * ink_pressure_width(p->pressure);
    return (nib){(p->x + x / sum) * scale, (p->y + y / sum) * scale, width * scale};
}

static nib between(nib a, nib b, float t)
{
    return (nib){a.x + t * (b.x - a.x), a.y + t * (b.y - a.y), a.width + t * (b.width - a.width)};
}

static void paint_line(stroke_painter *painter, nib a, nib b)
{
    shape_line line = {a.x, a.y, a.width, b.x, b.y, b.width};
    raster_mask_line(painter->target->mask, painter->target->side, &line, painter->mode);
    painter->touched = rect_union(painter->touched, shape_line_bounds(&line));
}

/* The quadratic curve a..c that b pulls; short enough lines that the eye sees none. */
static void paint_curve(stroke_painter *painter, nib a, nib b, nib c)
{
    float bend = hypotf(a.x - 2 * b.x + c.x, a.y - 2 * b.y + c.y);
    int steps = (int)fminf(ceilf(sqrtf(bend)), 64);
    nib from = a;
    for (int i = 1; i <= steps; i++) {
        float t = (float)i / (float)steps;
        nib to = between(between(a, b, t), between(b, c, t), t);
        paint_line(painter, from, to);
        from = to;
    }
    if (steps == 0)
        paint_line(painter, a, c);
}

/* Paints the curve around points from .. to-1. */
static void paint_points(stroke_painter *painter, const ink *drawing, const ink_entry *entry, int from, int to)
{
    nib here = nib_at(painter->target, drawing, entry, from);
    nib before = from > 0 ? nib_at(painter->target, drawing, entry, from - 1) : here;
    for (int i = from; i < to; i++) {
        nib next = nib_at(painter->target, drawing, entry, i + 1);
        paint_curve(painter, between(before, here, 0.5f), here, between(here, next, 0.5f));
        before = here;
        here = next;
    }
}

/* All that is missing from point `from` to the end of the stroke as it is now. */
static void paint_rest(stroke_painter *painter, const ink *drawing, const ink_entry *entry, int from)
{
    paint_points(painter, drawing, entry, from, entry->count - 1);
    nib last = nib_at(painter->target, drawing, entry, entry->count - 1);
    nib before = entry->count > 1 ? nib_at(painter->target, drawing, entry, entry->count - 2) : last;
    paint_line(painter, between(before, last, 0.5f), last);
}

/* ---- the unsettled end ------------------------------------------------------------------------------------------- */

static void copy_rows(unsigned char *to, const unsigned char *from, int side, rect r)
{
    for (int y = r.y; y < r.y + r.h; y++) {
        size_t at = (size_t)y * (size_t)side + (size_t)r.x;
        memcpy(to + at, from + at, (size_t)r.w);
    }
}

static void lift_tail(paper *self)
{
    copy_rows(self->mask, self->under, self->side, self->tail);
    touch(self, self->tail);
    self->tail = (rect){0, 0, 0, 0};
}

/* Where paint_rest will paint: its curves stay inside the polygon of their points. */
static rect rest_bounds(const paper *self, const ink *drawing, const ink_entry *entry, int from)
{
    rect bounds = {0, 0, 0, 0};
    for (int i = from > 0 ? from - 1 : 0; i < entry->count; i++) {
        nib n = nib_at(self, drawing, entry, i);
        bounds = rect_union(bounds, shape_line_bounds(&(shape_line){n.x, n.y, n.width, n.x, n.y, n.width}));
    }
    return rect_intersect(bounds, (rect){0, 0, self->side, self->side});
}

static void lay_tail(stroke_painter *painter, const ink *drawing, const ink_entry *entry)
{
    paper *self = painter->target;
    self->tail = rest_bounds(self, drawing, entry, self->point);
    copy_rows(self->under, self->mask, self->side, self->tail);
    paint_rest(painter, drawing, entry, self->point);
}

/* ---- following the list ------------------------------------------------------------------------------------------ */

static void paint_entry(paper *self, const ink *drawing, const ink_entry *entry, bool unfinished)
{
    stroke_painter painter = {self, entry->kind == INK_ERASER ? MASK_ERASE : MASK_INK, {0, 0, 0, 0}};
    if (unfinished) {
        int settled = entry->count - 1 - 2 * REACH; /* what later points no longer change */
        if (settled > self->point) {
            paint_points(&painter, drawing, entry, self->point, settled);
            self->point = settled;
        }
        lay_tail(&painter, drawing, entry);
    } else {
        paint_rest(&painter, drawing, entry, self->point);
        self->point = 0;
        self->entry++;
    }
    touch(self, painter.touched);
}

static void wipe(paper *self)
{
    rect all = {0, 0, self->side, self->side};
    if (self->mask)
        memset(self->mask, 0, (size_t)self->side * (size_t)self->side);
    self->tail = (rect){0, 0, 0, 0};
    touch(self, all);
}

static bool resize(paper *self, int side)
{
    nn_free(self->mask);
    nn_free(self->under);
    self->side = side < 0 ? 0 : side > PAPER_MAX_SIDE ? PAPER_MAX_SIDE : side;
    size_t pixels = (size_t)self->side * (size_t)self->side;
    self->mask = nn_alloc(pixels ? pixels : 1, 1);
    self->under = nn_alloc(pixels ? pixels : 1, 1);
    if (self->mask && self->under)
        return true;
    self->side = 0;
    return false;
}

bool paper_update(paper *self, const ink *drawing, int side, float smoothing)
{
    bool resized = side != self->side || !self->mask;
    if (resized && !resize(self, side))
        return false;
    if (resized || drawing->taken_back != self->taken_back || smoothing != self->smoothing) {
        wipe(self);
        self->entry = ink_visible_from(drawing);
        self->point = 0;
        self->taken_back = drawing->taken_back;
        self->smoothing = smoothing;
    } else if (self->drawn == drawing->version) {
        return true;
    }
    self->drawn = drawing->version;
    lift_tail(self);
    while (self->entry < drawing->done) {
        const ink_entry *entry = &drawing->entry[self->entry];
        bool unfinished = drawing->drawing && self->entry == drawing->done - 1;
        if (entry->kind != INK_CLEAR) {
            paint_entry(self, drawing, entry, unfinished);
            if (unfinished)
                break;
            continue;
        }
        wipe(self);
        self->entry++;
    }
    return true;
}
