/* ink.c - a drawing as a list of entries. */
#include "ink.h"
#include "app/core/least.h"
#include "nn/alloc.h"
#include <string.h>

void ink_init(ink *self)
{
    memset(self, 0, sizeof *self);
}

void ink_free(ink *self)
{
    nn_free(self->point);
    nn_free(self->entry);
    ink_grid_free(&self->erasers);
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

/* Room for at least `needed` items in a growing array. */
static bool reserve(void **items, int *max, int needed, size_t size)
{
    if (needed <= *max)
        return true;
    int grown = (int)nn_room((size_t)needed);
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
    bool ok = reserve(&items, &self->max_points, needed, sizeof *self->point);
    self->point = items;
    return ok;
}

static bool reserve_entries(ink *self, int needed)
{
    void *items = self->entry;
    bool ok = reserve(&items, &self->max_entries, needed, sizeof *self->entry);
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

int ink_room(const ink *self)
{
    int from = ink_visible_from(self), points = points_done(self);
    return INK_MAX_POINTS - (from < self->done ? points - self->entry[from].first : 0);
}

/* Lists the pieces of an eraser stroke that begin at its points from .. count. */
static void list_rubs(ink *self, const ink_entry *entry, int from)
{
    for (int i = from; entry->kind == INK_ERASER && i < entry->count; i++) {
        ink_rub r = ink_rub_at(self, entry, i);
        ink_grid_put(&self->erasers, entry->first + i, ink_extent_of(r.from->x, r.from->y, r.to->x, r.to->y, r.radius));
    }
}

/* Of the drawings before a clear, where the oldest that is kept begins. */
static int oldest_kept(const ink *self, int clear)
{
    int end = self->entry[clear].first, kept = clear > 0 ? self->entry[clear - 1].since : 0;
    for (int cleared = 1; kept > 0 && cleared < INK_MAX_CLEARED;
         cleared++) { /* entry[kept - 1] is the clear before it */
        int before = kept > 1 ? self->entry[kept - 2].since : 0;
        if (end - self->entry[before].first > INK_MAX_PAST)
            break;
        kept = before;
    }
    return kept;
}

static void forget_before(ink *self, int kept)
{
    if (kept == 0)
        return;
    int points = self->entry[kept].first;
    self->n_entries -= kept;
    self->n_points -= points;
    self->done -= kept;
    self->forgotten += kept;
    self->taken_back++;
    memmove(self->entry, self->entry + kept, (size_t)self->n_entries * sizeof *self->entry);
    memmove(self->point, self->point + points, (size_t)self->n_points * sizeof *self->point);
    ink_grid_cut(&self->erasers, 0);
    for (int i = 0; i < self->n_entries; i++) {
        ink_entry *entry = &self->entry[i];
        entry->first -= points;
        entry->since = entry->since > kept ? entry->since - kept : 0;
        list_rubs(self, entry, 0);
    }
}

bool ink_add(ink *self, ink_kind kind, float width, const ink_point *points, int count)
{
    ink_end(self);
    if (kind == INK_CLEAR)
        count = 0, width = 0;
    else if (count < 1 || count > ink_room(self) || !ink_in_reach(width) || width <= 0 || !is_sane(points, count))
        return false;

    int first = points_done(self);
    if (!reserve_points(self, first + count) || !reserve_entries(self, self->done + 1) ||
        (kind == INK_ERASER && !ink_grid_reserve(&self->erasers, first + count)))
        return false;
    if (count)
        memcpy(self->point + first, points, (size_t)count * sizeof *points);
    ink_grid_cut(&self->erasers, first);
    self->n_points = first + count;
    self->entry[self->done] = (ink_entry){.kind = kind, .width = width, .first = first, .count = count};
    self->entry[self->done].since = kind == INK_CLEAR ? self->done + 1 : ink_visible_from(self);
    list_rubs(self, &self->entry[self->done++], 0);
    self->n_entries = self->done;
    self->version++;
    if (kind == INK_CLEAR)
        forget_before(self, oldest_kept(self, self->done - 1));
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
    if (!self->drawing || !is_sane(&p, 1) || ink_room(self) == 0 || !reserve_points(self, self->n_points + 1))
        return false;
    ink_entry *entry = &self->entry[self->done - 1];
    if (entry->kind == INK_ERASER && !ink_grid_reserve(&self->erasers, self->n_points + 1))
        return false;
    self->point[self->n_points++] = p;
    entry->count++;
    if (entry->kind == INK_ERASER) { /* the dot at its end has become a piece */
        ink_grid_cut(&self->erasers, self->n_points - 2);
        list_rubs(self, entry, entry->count - 2);
    }
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
    return ink_add(self, INK_CLEAR, 0, NULL, 0);
}

bool ink_can_clear(const ink *self)
{
    return ink_visible_from(self) < self->done;
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

int ink_position(const ink *self)
{
    return self->forgotten + self->done;
}

int ink_visible_from(const ink *self)
{
    return self->done > 0 ? self->entry[self->done - 1].since : 0;
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

ink_rub ink_rub_at(const ink *self, const ink_entry *eraser, int i)
{
    const ink_point *p = &self->point[eraser->first + i], *q = i + 1 < eraser->count ? p + 1 : p;
    return (ink_rub){p, q, 0.5f * eraser->width * ink_pressure_width(most(p->pressure, q->pressure))};
}
