/* paper.c - strokes to pixels, incrementally. */
#include "paper.h"
#include "../../nn/alloc.h"
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

static nib nib_at(const paper *self, const ink *drawing, const ink_entry *entry, int i)
{
    const ink_point *p = &drawing->point[entry->first + i];
    float scale = (float)self->side / INK_CANVAS;
    return (nib){p->x * scale, p->y * scale, entry->width * ink_pressure_width(p->pressure) * scale};
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

/* Paints the curve around points from .. count-2 of a stroke: what later points no longer change. */
static void paint_settled(stroke_painter *painter, const ink *drawing, const ink_entry *entry, int from)
{
    for (int i = from; i + 1 < entry->count; i++) {
        nib here = nib_at(painter->target, drawing, entry, i), next = nib_at(painter->target, drawing, entry, i + 1);
        nib before = i > 0 ? nib_at(painter->target, drawing, entry, i - 1) : here;
        paint_curve(painter, between(before, here, 0.5f), here, between(here, next, 0.5f));
    }
}

static shape_line tail_line(const paper *self, const ink *drawing, const ink_entry *entry)
{
    nib last = nib_at(self, drawing, entry, entry->count - 1);
    nib before = entry->count > 1 ? nib_at(self, drawing, entry, entry->count - 2) : last;
    nib from = between(before, last, 0.5f);
    return (shape_line){from.x, from.y, from.width, last.x, last.y, last.width};
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

static void lay_tail(paper *self, const shape_line *line, mask_mode mode)
{
    self->tail = rect_intersect(shape_line_bounds(line), (rect){0, 0, self->side, self->side});
    copy_rows(self->under, self->mask, self->side, self->tail);
    raster_mask_line(self->mask, self->side, line, mode);
    touch(self, self->tail);
}

/* ---- following the list ------------------------------------------------------------------------------------------ */

static void paint_entry(paper *self, const ink *drawing, const ink_entry *entry, bool unfinished)
{
    stroke_painter painter = {self, entry->kind == INK_ERASER ? MASK_ERASE : MASK_INK, {0, 0, 0, 0}};
    paint_settled(&painter, drawing, entry, self->point);
    touch(self, painter.touched);
    shape_line tail = tail_line(self, drawing, entry);
    if (unfinished) {
        self->point = entry->count > 1 ? entry->count - 1 : 0;
        lay_tail(self, &tail, painter.mode);
        return;
    }
    raster_mask_line(self->mask, self->side, &tail, painter.mode);
    touch(self, shape_line_bounds(&tail));
    self->point = 0;
    self->entry++;
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

bool paper_update(paper *self, const ink *drawing, int side, unsigned redrawn)
{
    bool resized = side != self->side || !self->mask;
    if (resized && !resize(self, side))
        return false;
    if (resized || redrawn != self->redrawn) {
        wipe(self);
        self->entry = ink_visible_from(drawing);
        self->point = 0;
        self->redrawn = redrawn;
    } else if (self->seen == drawing->version) {
        return true;
    }
    self->seen = drawing->version;
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
