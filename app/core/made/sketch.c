/* sketch.c - strokes of points in the room of a sketch. */
#include "sketch.h"
#include <math.h>
#include <string.h>

void sketch_begin(sketch *self)
{
    self->ink = (ink){.point = self->point, .max_points = SKETCH_MAX_POINTS};
    self->ink.entry = self->entry;
    self->ink.max_entries = SKETCH_MAX_STROKES;
    self->lifted = true;
}

void sketch_down(sketch *self)
{
    self->lifted = true;
}

/* No more than there is room for: what follows goes on with the last. */
static void begin_stroke(ink *drawing)
{
    if (drawing->n_entries == SKETCH_MAX_STROKES)
        return;
    drawing->entry[drawing->n_entries++] =
        (ink_entry){.kind = INK_PEN, .width = INK_DEFAULT_BRUSH, .first = drawing->n_points};
    drawing->done = drawing->n_entries;
}

void sketch_to(sketch *self, float x, float y)
{
    ink *drawing = &self->ink;
    if (drawing->n_points == SKETCH_MAX_POINTS)
        return;
    if (self->lifted)
        begin_stroke(drawing);
    self->lifted = false;
    drawing->point[drawing->n_points++] = (ink_point){.x = x, .y = y, .t = NAN, .pressure = 1};
    drawing->entry[drawing->n_entries - 1].count++;
}

void sketch_image(sketch *self, float pen, float image[DIGIT_PIXELS])
{
    digit_options options = digit_defaults;
    options.pen = pen;
    digit_from_ink(&self->digit, &self->ink, &options);
    memcpy(image, self->digit.image, sizeof self->digit.image);
}
