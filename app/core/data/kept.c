/* kept.c - from a strokes file to a list of drawings. */
#include "kept.h"
#include "app/core/drawing/strokes.h"
#include "nn/alloc.h"
#include <stdio.h>
#include <string.h>

enum { MAX_DRAWINGS = 1 << 20 };

static bool make_room(kept *self)
{
    if (self->count < self->room)
        return true;
    int more = (int)nn_room((size_t)self->count + 1);
    kept_drawing *drawing = nn_realloc(self->drawing, (size_t)self->room, (size_t)more, sizeof *drawing);
    if (!drawing)
        return false;
    self->drawing = drawing;
    self->room = more;
    return true;
}

/* Takes the line's ink over, or frees it. */
static bool add(void *ctx, strokes_line *line, nn_error *err)
{
    kept *self = ctx;
    if (!*line->label || ink_is_empty(&line->ink)) {
        ink_free(&line->ink);
        return true;
    }
    strokes_fit(line, INK_DEFAULT_BRUSH, 1, 0, 0);
    if (self->count == MAX_DRAWINGS || !make_room(self) || !ink_trim(&line->ink)) {
        ink_free(&line->ink);
        return self->count == MAX_DRAWINGS ? nn_fail(err, NN_LIMIT, 0, "more than %d drawings", MAX_DRAWINGS)
                                           : nn_fail(err, NN_NOMEM, 0, "out of memory for the drawings");
    }
    kept_drawing *drawing = &self->drawing[self->count++];
    snprintf(drawing->label, sizeof drawing->label, "%s", line->label);
    snprintf(drawing->writer, sizeof drawing->writer, "%s", line->writer);
    drawing->ink = line->ink;
    return true;
}

bool kept_load(kept *self, const char *path, nn_error *err)
{
    *self = (kept){0};
    bool ok = strokes_load(path, add, self, err);
    if (ok && self->count == 0) {
        nn_fail(err, NN_FORMAT, 0, "no drawing with a label");
        ok = nn_fail_in(err, path);
    }
    if (!ok)
        kept_free(self);
    return ok;
}

void kept_free(kept *self)
{
    for (int i = 0; i < self->count; i++)
        ink_free(&self->drawing[i].ink);
    nn_free(self->drawing);
    *self = (kept){0};
}
