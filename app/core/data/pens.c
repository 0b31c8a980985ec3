/* pens.c - from a file of strokes to drawings, writers and labels. */
#include "pens.h"
#include "app/core/digit/label_digit.h"
#include "app/core/drawing/strokes.h"
#include "nn/alloc.h"
#include "nn/rng.h"
#include <stdio.h>
#include <string.h>

enum { MAX_DRAWINGS = 4 << 20, MAX_WRITERS = 1 << 16 };

typedef struct pens_reading {
    pens *to;
    int room; /* drawings that there is memory for */
} pens_reading;

/* The writer's number; a new one for a name that was not there. -1: out of memory. */
static int writer_of(pens *self, const char *name)
{
    for (int i = self->writers - 1; i >= 0; i--)
        if (strcmp(self->writer[i], name) == 0)
            return i;
    if (self->writers == MAX_WRITERS)
        return MAX_WRITERS - 1; /* whoever comes later counts as one */
    if (self->writers % 64 == 0) {
        size_t n = (size_t)self->writers;
        void *more = nn_realloc(self->writer, n, n + 64, sizeof *self->writer);
        if (!more)
            return -1;
        self->writer = more;
    }
    snprintf(self->writer[self->writers], PENS_NAME, "%s", name);
    return self->writers++;
}

static bool make_room(pens *self, int *room)
{
    if (self->count < *room)
        return true;
    int more = (int)nn_room((size_t)self->count + 1);
    pens_drawing *drawing = nn_realloc(self->drawing, (size_t)*room, (size_t)more, sizeof *drawing);
    self->drawing = drawing ? drawing : self->drawing;
    *room = drawing ? more : *room;
    return drawing != NULL;
}

/* Takes the line's ink over, or frees it. */
static bool add(void *ctx, strokes_line *line, nn_error *err)
{
    pens_reading *reading = ctx;
    pens *self = reading->to;
    int digit = label_digit(line->label);
    if (digit < 0 || ink_is_empty(&line->ink)) {
        self->skipped++;
        ink_free(&line->ink);
        return true;
    }
    strokes_fit(line, INK_DEFAULT_BRUSH, 1, 0, 0);
    pens_drawing drawing = {.digit = digit, .writer = writer_of(self, line->writer)};
    if (drawing.writer < 0 || !make_room(self, &reading->room) || !ink_trim(&line->ink)) {
        ink_free(&line->ink);
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the recorded strokes");
    }
    drawing.ink = line->ink;
    self->drawing[self->count++] = drawing;
    return self->count <= MAX_DRAWINGS || nn_fail(err, NN_LIMIT, 0, "more than %d drawings", MAX_DRAWINGS);
}

bool pens_load(pens *self, const char *path, nn_error *err)
{
    pens_reading reading = {.to = self};
    *self = (pens){0};
    bool ok = strokes_load(path, add, &reading, err);
    if (ok && self->count == 0) {
        nn_fail(err, NN_FORMAT, 0, "no drawing of a digit in it");
        ok = nn_fail_in(err, path);
    }
    if (!ok)
        pens_free(self);
    return ok;
}

static uint64_t add_drawing(uint64_t bits, const pens_drawing *drawing)
{
    const ink *of = &drawing->ink;
    bits = nn_key(nn_key(bits, (uint64_t)drawing->digit), (uint64_t)drawing->writer);
    for (int i = 0; i < of->n_entries; i++)
        bits = nn_key(bits, (uint64_t)of->entry[i].count);
    for (int i = 0; i < of->n_points; i++) {
        uint32_t at[2];
        memcpy(&at[0], &of->point[i].x, sizeof at[0]);
        memcpy(&at[1], &of->point[i].y, sizeof at[1]);
        bits = nn_key(bits, (uint64_t)at[0] << 32 | at[1]);
    }
    return bits;
}

uint64_t pens_fingerprint(const pens *self)
{
    uint64_t bits = 0;
    for (int i = 0; i < self->count; i++)
        bits = add_drawing(bits, &self->drawing[i]);
    return bits >> 11;
}

void pens_free(pens *self)
{
    for (int i = 0; i < self->count; i++)
        ink_free(&self->drawing[i].ink);
    nn_free(self->drawing);
    nn_free(self->writer);
    *self = (pens){0};
}
