/* draw.c - commands in one array, their text in another, a hash per cell of the window. */
#include "draw.h"
#include "nn/alloc.h"
#include <string.h>

typedef enum draw_kind { DRAW_BOX, DRAW_LINE, DRAW_TEXT, DRAW_MASK, DRAW_IMAGE } draw_kind;

typedef struct draw_text_run {
    font f;
    int x, y;
    int at; /* in draw_list.text */
} draw_text_run;

typedef struct draw_mask_run {
    mask_image image;
    rect to;
    unsigned version;
} draw_mask_run;

typedef struct draw_image_run {
    surface image;
    int x, y;
    unsigned version;
} draw_image_run;

typedef struct draw_command {
    draw_kind kind;
    colour c;
    rect touched; /* pixels it can change: clipped already */
    union {
        shape_box box;
        shape_line line;
        draw_text_run run;
        draw_mask_run mask;
        draw_image_run picture;
    };
} draw_command;

struct draw_list {
    draw_command command[DRAW_MAX_COMMANDS];
    int n_commands;
    char text[DRAW_TEXT_BYTES];
    int text_used;
    rect all, clip;
    int columns, rows;
    uint64_t *cells, *before; /* rows x columns; NULL when out of memory */
    bool forgotten;           /* `before` says nothing about the surface */
};

bool draw_new(draw_list **list, nn_error *err)
{
    *list = nn_alloc(1, sizeof **list);
    return *list || nn_fail(err, NN_NOMEM, 0, "out of memory");
}

void draw_free(draw_list *list)
{
    if (!list)
        return;
    nn_free(list->cells);
    nn_free(list->before);
    nn_free(list);
}

static void resize_cells(draw_list *list, int columns, int rows)
{
    nn_free(list->cells);
    nn_free(list->before);
    size_t count = (size_t)columns * (size_t)rows;
    list->cells = nn_alloc(count, sizeof *list->cells);
    list->before = nn_alloc(count, sizeof *list->before);
    list->columns = columns;
    list->rows = rows;
}

void draw_begin(draw_list *list, int w, int h)
{
    int columns = (w + DRAW_CELL - 1) / DRAW_CELL, rows = (h + DRAW_CELL - 1) / DRAW_CELL;
    if (columns != list->columns || rows != list->rows)
        resize_cells(list, columns, rows);
    if (w != list->all.w || h != list->all.h)
        list->forgotten = true;
    list->all = list->clip = (rect){0, 0, w, h};
    list->n_commands = 0;
    list->text_used = 0;
}

rect draw_clip(draw_list *list, rect clip)
{
    rect before = list->clip;
    list->clip = rect_intersect(before, clip);
    return before;
}

void draw_set_clip(draw_list *list, rect clip)
{
    list->clip = clip;
}

/* NULL if nothing of it would be seen. */
static draw_command *add(draw_list *list, draw_kind kind, rect touched, colour c)
{
    touched = rect_intersect(touched, list->clip);
    if (rect_is_empty(touched) || list->n_commands == DRAW_MAX_COMMANDS)
        return NULL;
    draw_command *d = &list->command[list->n_commands++];
    d->kind = kind;
    d->c = c;
    d->touched = touched;
    return d;
}

void draw_box(draw_list *list, const shape_box *box, colour c)
{
    draw_command *d = add(list, DRAW_BOX, shape_box_bounds(box), c);
    if (d)
        d->box = *box;
}

void draw_rect(draw_list *list, rect r, float radius, colour c)
{
    draw_box(list, &(shape_box){(float)r.x, (float)r.y, (float)r.w, (float)r.h, radius, 0}, c);
}

void draw_outline(draw_list *list, rect r, float radius, float thickness, colour c)
{
    draw_box(list, &(shape_box){(float)r.x, (float)r.y, (float)r.w, (float)r.h, radius, thickness}, c);
}

void draw_line(draw_list *list, const shape_line *line, colour c)
{
    draw_command *d = add(list, DRAW_LINE, shape_line_bounds(line), c);
    if (d)
        d->line = *line;
}

void draw_text(draw_list *list, text_engine *engine, font f, int x, int y, const char *text, colour c)
{
    size_t len = strlen(text) + 1;
    if (len > (size_t)(DRAW_TEXT_BYTES - list->text_used))
        return;
    /* Slanted or accented ink may hang over the advance on both sides, a hinted g below the line. */
    rect touched = {x - f.px / 2, y, text_width(engine, f, text) + f.px, text_height(engine, f) + 1 + f.px / 16};
    draw_command *d = add(list, DRAW_TEXT, touched, c);
    if (!d)
        return;
    d->run = (draw_text_run){f, x, y, list->text_used};
    memcpy(list->text + list->text_used, text, len);
    list->text_used += (int)len;
}

void draw_mask(draw_list *list, const mask_image *image, unsigned version, rect to, colour c)
{
    draw_command *d = add(list, DRAW_MASK, to, c);
    if (d)
        d->mask = (draw_mask_run){*image, to, version};
}

void draw_image(draw_list *list, const surface *image, unsigned version, int x, int y)
{
    draw_command *d = add(list, DRAW_IMAGE, (rect){x, y, image->w, image->h}, 0);
    if (d)
        d->picture = (draw_image_run){*image, x, y, version};
}

/* ---- what changed ------------------------------------------------------------------------------------------------ */

static uint64_t hash_bytes(uint64_t hash, const void *data, size_t len)
{
    const unsigned char *p = data;
    for (; len >= 8; p += 8, len -= 8) {
        uint64_t word;
        memcpy(&word, p, 8);
        hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
        hash ^= hash >> 29;
    }
    for (; len; p++, len--)
        hash = (hash ^ *p) * 0x100000001b3u;
    return hash;
}

/* Field by field, since padding has no value; where text lies in the list does not matter, what it says does. */
static uint64_t hash_command(const draw_list *list, const draw_command *d)
{
    const int head[] = {(int)d->kind, (int)d->c, d->touched.x, d->touched.y, d->touched.w, d->touched.h};
    uint64_t hash = hash_bytes(1, head, sizeof head);
    switch (d->kind) {
    case DRAW_BOX: return hash_bytes(hash, &d->box, sizeof d->box);
    case DRAW_LINE: return hash_bytes(hash, &d->line, sizeof d->line);
    case DRAW_TEXT: {
        const int where[] = {d->run.f.px, (int)d->run.f.weight, d->run.x, d->run.y};
        const char *text = list->text + d->run.at;
        return hash_bytes(hash_bytes(hash, where, sizeof where), text, strlen(text));
    }
    case DRAW_MASK: {
        const draw_mask_run *m = &d->mask;
        const uintptr_t what[] = {
            (uintptr_t)m->image.coverage, (uintptr_t)m->image.w, (uintptr_t)m->image.h, m->image.ground,   m->version,
            (uintptr_t)m->to.x,           (uintptr_t)m->to.y,    (uintptr_t)m->to.w,    (uintptr_t)m->to.h};
        return hash_bytes(hash, what, sizeof what);
    }
    case DRAW_IMAGE: {
        const draw_image_run *p = &d->picture;
        const uintptr_t what[] = {(uintptr_t)p->image.pixels, (uintptr_t)p->x, (uintptr_t)p->y, p->version};
        return hash_bytes(hash, what, sizeof what);
    }
    }
    return hash;
}

static void hash_cells(draw_list *list)
{
    memset(list->cells, 0, (size_t)list->columns * (size_t)list->rows * sizeof *list->cells);
    for (int i = 0; i < list->n_commands; i++) {
        const draw_command *d = &list->command[i];
        uint64_t hash = hash_command(list, d);
        rect t = d->touched;
        for (int row = t.y / DRAW_CELL; row <= (t.y + t.h - 1) / DRAW_CELL; row++)
            for (int column = t.x / DRAW_CELL; column <= (t.x + t.w - 1) / DRAW_CELL; column++) {
                uint64_t *cell = &list->cells[(ptrdiff_t)row * list->columns + column];
                *cell = (*cell ^ hash) * 0x9e3779b97f4a7c15u;
            }
    }
}

/* Adds a run of changed cells, to a rectangle right above it where one fits. */
static int add_change(const draw_list *list, rect changes[DRAW_MAX_CHANGES], int count, int row, int from, int to)
{
    rect r = {from * DRAW_CELL, row * DRAW_CELL, (to - from) * DRAW_CELL, DRAW_CELL};
    r = rect_intersect(r, list->all);
    for (int i = 0; i < count; i++)
        if (changes[i].x == r.x && changes[i].w == r.w && changes[i].y + changes[i].h == r.y) {
            changes[i].h += r.h;
            return count;
        }
    if (count < DRAW_MAX_CHANGES) {
        changes[count] = r;
        return count + 1;
    }
    for (int i = 1; i < count; i++)
        r = rect_union(r, changes[i]);
    changes[0] = rect_union(r, changes[0]);
    return 1;
}

int draw_changes(draw_list *list, rect changes[DRAW_MAX_CHANGES])
{
    if (rect_is_empty(list->all))
        return 0;
    bool everything = list->forgotten || !list->cells || !list->before;
    if (list->cells && list->before) {
        hash_cells(list);
        uint64_t *swap = list->before;
        list->before = list->cells;
        list->cells = swap;
        list->forgotten = false;
    }
    if (everything) {
        changes[0] = list->all;
        return 1;
    }
    int count = 0;
    for (int row = 0; row < list->rows; row++) {
        const uint64_t *now = list->before + (ptrdiff_t)row * list->columns;
        const uint64_t *then = list->cells + (ptrdiff_t)row * list->columns;
        for (int column = 0, from; column < list->columns; column++) {
            for (from = column; column < list->columns && now[column] != then[column];)
                column++;
            if (column > from)
                count = add_change(list, changes, count, row, from, column);
        }
    }
    return count;
}

void draw_forget(draw_list *list)
{
    list->forgotten = true;
}

/* ---- painting ---------------------------------------------------------------------------------------------------- */

static void render_one(const draw_list *list, text_engine *engine, const surface *target, rect clip,
                       const draw_command *d)
{
    switch (d->kind) {
    case DRAW_BOX: raster_box(target, clip, &d->box, d->c); break;
    case DRAW_LINE: raster_line(target, clip, &d->line, d->c); break;
    case DRAW_TEXT: text_draw(engine, target, clip, d->run.f, d->run.x, d->run.y, list->text + d->run.at, d->c); break;
    case DRAW_MASK: raster_mask(target, clip, &d->mask.image, d->mask.to, d->c); break;
    case DRAW_IMAGE: raster_image(target, clip, &d->picture.image, d->picture.x, d->picture.y); break;
    }
}

void draw_render(const draw_list *list, text_engine *engine, const surface *target, const rect *changes, int count)
{
    for (int i = 0; i < count; i++)
        for (int k = 0; k < list->n_commands; k++) {
            const draw_command *d = &list->command[k];
            rect clip = rect_intersect(d->touched, changes[i]);
            if (!rect_is_empty(clip))
                render_one(list, engine, target, clip, d);
        }
}
