/* pen.c - mouse, finger, pen and arrow keys make strokes; every finished one goes to the journal. */
#include "app.h"
#include <math.h>

static const float key_step = 16, key_fine_step = 4; /* units */

/* ---- the drawing and what follows it ----------------------------------------------------------------------------- */

static void drop_picture(app *self)
{
    if (!self->picture.luma)
        return;
    nn_free(self->picture.luma);
    nn_free(self->picture.shown);
    self->picture = (app_picture){.version = self->picture.version + 1};
    self->reread = true;
}

void drawing_changed(app *self, journal_op op)
{
    nn_error err;
    if (journal_write(self->journal, &self->drawing, op, &err))
        return;
    app_notice(self, "The drawing is not being kept: %s", err.text);
}

/* A new drawing takes the place of the one that the last run left. */
static void dismiss_offer(app *self)
{
    nn_error err;
    if (!self->offer)
        return;
    self->offer = false;
    ink_free(&self->recovered);
    if (!journal_reset(self->journal, &self->drawing, &err))
        app_notice(self, "The drawing is not being kept: %s", err.text);
}

void drawing_discard(app *self)
{
    dismiss_offer(self);
}

void drawing_restore(app *self)
{
    if (!self->offer)
        return;
    self->offer = false;
    ink_free(&self->drawing);
    self->drawing = self->recovered;
    self->drawing.version++;
    ink_init(&self->recovered);
    drop_picture(self);
    self->redrawn++;
    self->reread = true;
}

void drawing_clear(app *self)
{
    pen_lift(self);
    if (app_shows_picture(self))
        drop_picture(self);
    if (ink_clear(&self->drawing))
        drawing_changed(self, JOURNAL_ENTRY);
    self->redrawn++;
}

void drawing_undo(app *self)
{
    pen_lift(self);
    if (ink_undo(&self->drawing))
        drawing_changed(self, JOURNAL_UNDO);
    self->redrawn++;
}

void drawing_redo(app *self)
{
    pen_lift(self);
    if (ink_redo(&self->drawing))
        drawing_changed(self, JOURNAL_REDO);
    self->redrawn++;
}

/* ---- strokes ----------------------------------------------------------------------------------------------------- */

static ink_point point_at(const app *self, const event *e)
{
    float unit = (float)(self->canvas.w > 0 ? self->canvas.w : 1) / INK_CANVAS;
    return (ink_point){(e->x - (float)self->canvas.x) / unit, (e->y - (float)self->canvas.y) / unit,
                       (float)(e->t - self->pen.began), e->pressure};
}

static ink_point key_point(const app *self, double t)
{
    return (ink_point){self->pen.x, self->pen.y, (float)(t - self->pen.began), 1};
}

static void begin(app *self, const event *e, bool erase, bool by_keys)
{
    dismiss_offer(self);
    if (self->drawing.done < self->picture.at) /* what it stood on is being overwritten */
        drop_picture(self);
    if (ink_is_empty(&self->drawing))
        self->pen.began = e->t;
    self->pen.by_keys = by_keys;
    self->pen.pointer = e->pointer;
    ink_kind kind = erase ? INK_ERASER : INK_PEN;
    ink_point p = by_keys ? key_point(self, e->t) : point_at(self, e);
    if (!ink_begin(&self->drawing, kind, self->settings.brush, p))
        app_notice(self, "The drawing is full: no further stroke fits");
}

void pen_lift(app *self)
{
    if (!self->drawing.drawing)
        return;
    ink_end(&self->drawing);
    drawing_changed(self, JOURNAL_ENTRY);
}

static bool pointer_down(app *self, const event *e)
{
    if (self->drawing.drawing || !rect_contains(self->canvas, e->x, e->y))
        return false;
    begin(self, e, self->eraser || e->button == POINTER_RIGHT, false);
    return true;
}

static bool is_drawing_pointer(const app *self, const event *e)
{
    return self->drawing.drawing && !self->pen.by_keys && self->pen.pointer == e->pointer;
}

static bool pointer_move(app *self, const event *e)
{
    if (!is_drawing_pointer(self, e))
        return false;
    ink_extend(&self->drawing, point_at(self, e));
    return true;
}

static bool pointer_up(app *self, const event *e)
{
    if (!is_drawing_pointer(self, e))
        return false;
    const ink_entry *stroke = &self->drawing.entry[self->drawing.done - 1];
    ink_point last = self->drawing.point[stroke->first + stroke->count - 1], p = point_at(self, e);
    if (p.x != last.x || p.y != last.y)
        ink_extend(&self->drawing, p);
    pen_lift(self);
    return true;
}

/* ---- the keyboard's pen ------------------------------------------------------------------------------------------ */

/* Two arrows held together draw a slanted line. */
static void move_by_keys(app *self, const event *e)
{
    int held = self->pen.held;
    float dx = (float)(held >> (KEY_RIGHT - KEY_LEFT) & 1) - (float)(held & 1);
    float dy = (float)(held >> (KEY_DOWN - KEY_LEFT) & 1) - (float)(held >> (KEY_UP - KEY_LEFT) & 1);
    float step = e->mods & MOD_SHIFT ? key_fine_step : key_step;
    self->pen.x = fminf(fmaxf(self->pen.x + dx * step, 0), INK_CANVAS);
    self->pen.y = fminf(fmaxf(self->pen.y + dy * step, 0), INK_CANVAS);
    if (self->drawing.drawing && self->pen.by_keys)
        ink_extend(&self->drawing, key_point(self, e->t));
}

static bool key_down(app *self, const event *e)
{
    if (e->mods & MOD_CTRL)
        return false;
    self->ui.focus_shown = true;
    if (e->key >= KEY_LEFT && e->key <= KEY_DOWN) {
        self->pen.held |= 1 << (e->key - KEY_LEFT);
        move_by_keys(self, e);
        return true;
    }
    if (e->key == ' ' || e->key == KEY_ENTER) {
        if (self->drawing.drawing)
            pen_lift(self);
        else
            begin(self, e, self->eraser, true);
        return true;
    }
    if (e->key == KEY_ESCAPE)
        pen_lift(self);
    return e->key == KEY_ESCAPE;
}

bool pen_event(app *self, const event *e)
{
    const element *focused = ui_find(&self->ui, self->ui.focus);
    switch (e->kind) {
    case EVENT_POINTER_DOWN: return pointer_down(self, e);
    case EVENT_POINTER_MOVE: return pointer_move(self, e);
    case EVENT_POINTER_UP: return pointer_up(self, e);
    case EVENT_KEY_UP:
        if (e->key >= KEY_LEFT && e->key <= KEY_DOWN)
            self->pen.held &= ~(1 << (e->key - KEY_LEFT));
        return false;
    case EVENT_KEY_DOWN: return focused && focused->kind == ELEMENT_CANVAS && key_down(self, e);
    default: return false;
    }
}
