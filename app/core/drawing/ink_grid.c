/* ink_grid.c - lists of things by square, in one array each of things and squares. */
#include "ink_grid.h"
#include "app/core/least.h"
#include "nn/alloc.h"
#include <string.h>

/* Squares of one side of the canvas, rounded up: 600 units are 75 of 8, ..., 1 of 1024. */
static int side_of(int level)
{
    int size = GRID_FINEST << level;
    return (INK_CANVAS + size - 1) / size;
}

static int first_square(int level)
{
    int first = 0;
    for (int l = 0; l < level; l++)
        first += side_of(l) * side_of(l);
    return first;
}

/* Whatever the coordinate, a column or row that is there. */
static int line_of(float v, int level)
{
    int side = side_of(level);
    float line = v / (float)(GRID_FINEST << level);
    return !(line > 0) ? 0 : line >= (float)side ? side - 1 : (int)line;
}

ink_extent ink_extent_of(float x0, float y0, float x1, float y1, float margin)
{
    return (ink_extent){least(x0, x1) - margin, least(y0, y1) - margin, most(x0, x1) + margin, most(y0, y1) + margin};
}

static bool touches(const ink_extent *a, const ink_extent *b)
{
    return a->x1 >= b->x0 && a->x0 <= b->x1 && a->y1 >= b->y0 && a->y0 <= b->y1;
}

void ink_grid_free(ink_grid *self)
{
    nn_free(self->thing);
    nn_free(self->last);
    memset(self, 0, sizeof *self);
}

static bool make_squares(ink_grid *self)
{
    int squares = first_square(GRID_LEVELS);
    self->last = nn_alloc((size_t)squares, sizeof *self->last);
    for (int i = 0; self->last && i < squares; i++)
        self->last[i] = -1;
    return self->last;
}

bool ink_grid_reserve(ink_grid *self, int n)
{
    if (!self->last && !make_squares(self))
        return false;
    if (n <= self->max)
        return true;
    int grown = (int)nn_room((size_t)n);
    ink_grid_thing *thing = nn_realloc(self->thing, (size_t)self->max, (size_t)grown, sizeof *thing);
    if (!thing)
        return false;
    self->thing = thing;
    self->max = grown;
    return true;
}

static int level_for(const ink_extent *where)
{
    float size = most(where->x1 - where->x0, where->y1 - where->y0);
    int level = 0;
    while (level < GRID_LEVELS - 1 && size > (float)(GRID_FINEST << level))
        level++;
    return level;
}

void ink_grid_put(ink_grid *self, int i, ink_extent where)
{
    while (self->count < i)
        self->thing[self->count++].square = -1;
    int level = level_for(&where);
    int row = line_of(0.5f * (where.y0 + where.y1), level), column = line_of(0.5f * (where.x0 + where.x1), level);
    int square = first_square(level) + row * side_of(level) + column;
    self->thing[self->count++] = (ink_grid_thing){where, square, self->last[square]};
    self->last[square] = i;
    self->listed[level]++;
}

void ink_grid_cut(ink_grid *self, int n)
{
    while (self->count > n) {
        const ink_grid_thing *thing = &self->thing[--self->count];
        int level = 0;
        if (thing->square < 0)
            continue;
        while (level < GRID_LEVELS - 1 && thing->square >= first_square(level + 1))
            level++;
        self->last[thing->square] = thing->before;
        self->listed[level]--;
    }
}

/* A search under way. */
typedef struct search {
    const ink_grid *grid;
    ink_extent near;
    int from, end;
    ink_grid_found *found;
    void *ctx;
    long looked;
} search;

static bool search_square(search *s, int square)
{
    int i = s->grid->last[square];
    for (s->looked++; i >= s->from; i = s->grid->thing[i].before) {
        s->looked++;
        if (i < s->end && touches(&s->grid->thing[i].where, &s->near) && !s->found(s->ctx, i))
            return false;
    }
    return true;
}

/* The middle of what touches is at most half a square further out; one unit more for rounding. */
static bool search_level(search *s, int level)
{
    float margin = 0.5f * (float)(GRID_FINEST << level) + 1;
    int left = line_of(s->near.x0 - margin, level), right = line_of(s->near.x1 + margin, level);
    int top = line_of(s->near.y0 - margin, level), bottom = line_of(s->near.y1 + margin, level);
    for (int row = top; row <= bottom; row++)
        for (int column = left; column <= right; column++)
            if (!search_square(s, first_square(level) + row * side_of(level) + column))
                return false;
    return true;
}

long ink_grid_search(const ink_grid *self, ink_extent near, int from, int end, ink_grid_found *found, void *ctx)
{
    search s = {.grid = self, .near = near, .from = from, .end = end, .found = found, .ctx = ctx};
    for (int level = 0; level < GRID_LEVELS && from < self->count; level++)
        if (self->listed[level] > 0 && !search_level(&s, level))
            break;
    return s.looked;
}
