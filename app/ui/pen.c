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
    self->pen.rested = self->heard;
    if (journal_write(self->journal, &self->drawing, op, &err))
        return;
    app_notice(self, "The drawing is not being kept: %s", err.text);
}

void drawing_discard(app *self)
{
    nn_error err;
    if (!self->offer)
        return;
    self->offer = false;
    ink_free(&self->recovered);
    if (!journal_reset(self->journal, &self->drawing, &err))
        app_notice(self, "The drawing is not being kept: %s", err.text);
}

static void put_away(app *self, const ink *drawing)
{
    nn_error err;
    if (!recent_put(&self->recent, drawing, &err))
        app_notice(self, "Earlier drawings are not being kept: %s", err.text);
}

/* A new drawing takes the place of the one that the last run left. */
static void dismiss_offer(app *self)
{
    if (self->offer)
        put_away(self, &self->recovered);
    drawing_discard(self);
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
    self->pen.rested = self->heard;
    drop_picture(self);
    self->redrawn++;
    self->reread = true;
}

void drawing_clear(app *self)
{
    pen_lift(self);
    if (app_shows_picture(self))
        drop_picture(self);
    put_away(self, &self->drawing);
    if (ink_clear(&self->drawing))
        drawing_changed(self, JOURNAL_ENTRY);
    self->redrawn++;
}

bool drawing_replace(app *self, const ink *with, nn_error *err)
{
    drawing_clear(self);
    for (int i = ink_visible_from(with); i < with->done; i++) {
        const ink_entry *entry = &with->entry[i];
        if (!ink_add(&self->drawing, entry->kind, entry->width, with->point + entry->first, entry->count))
            return nn_fail(err, NN_LIMIT, 0, "the drawing is too large");
        drawing_changed(self, JOURNAL_ENTRY);
    }
    return true;
}

void drawing_recall(app *self, int index)
{
    nn_error err;
    if (index < 0 || index >= self->recent.count)
        return;
    const ink *chosen = recent_take_up(&self->recent, index); /* first: what follows moves the others */
    dismiss_offer(self);
    if (!drawing_replace(self, chosen, &err))
        app_notice(self, "%s", err.text);
}

void drawings_forget(app *self)
{
    nn_error err;
    if (!recent_forget(&self->recent, &err))
        app_notice(self, "Earlier drawings could not be forgotten: %s", err.text);
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
                       (float)(e->t - self->pen.began), self->settings.pressure ? e->pressure : 1};
}

static ink_point key_point(const app *self, double t)
{
    return (ink_point){self->pen.x, self->pen.y, (float)(t - self->pen.began), 1};
}

double drawing_ends(const app *self)
{
    const ink *d = &self->drawing;
    bool ends = self->settings.pause > 0 && !d->drawing && !ink_is_empty(d);
    return ends ? self->pen.rested + 1000 * (double)self->settings.pause : INFINITY;
}

static void begin(app *self, const event *e, bool erase, bool by_keys)
{
    dismiss_offer(self);
    self->pen.cleared = !erase && e->t >= drawing_ends(self);
    if (self->pen.cleared)
        drawing_clear(self);
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

/* As if the stroke being drawn had never begun. */
static void drop_stroke(app *self)
{
    ink_cancel(&self->drawing);
    self->redrawn++;
    if (self->pen.cleared)
        drawing_undo(self);
}

/* A hand that rests on the screen, while the pen is there or just before it comes down. */
static bool is_palm(const app *self, const event *e)
{
    const double near_ms = 500;
    return e->pointer != 0 && e->t - self->pen.hovered < near_ms;
}

static bool pointer_down(app *self, const event *e)
{
    if (!rect_contains(self->canvas, e->x, e->y))
        return false;
    if (is_palm(self, e))
        return true;
    if (e->pointer == 0 && self->drawing.drawing && !self->pen.by_keys && self->pen.pointer != 0)
        drop_stroke(self);
    if (self->drawing.drawing)
        return false;
    begin(self, e, self->eraser || e->eraser || e->button == POINTER_RIGHT, false);
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

/* A short tap with the pen, which nobody means as ink. A dot is one that is held for a moment. */
static bool is_tap(const app *self, const ink_entry *stroke, float lifted)
{
    const float reach = 6;  /* units */
    const float held = 150; /* ms */
    const ink_point *first = &self->drawing.point[stroke->first], *last = first + stroke->count - 1;
    if (self->settings.taps || stroke->kind != INK_PEN || lifted - first->t > held)
        return false;
    for (const ink_point *p = first; p <= last; p++)
        if (fabsf(p->x - first->x) > reach || fabsf(p->y - first->y) > reach)
            return false;
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
    if (is_tap(self, stroke, p.t))
        drop_stroke(self);
    else
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
    if (e->pointer == 0 && (e->kind == EVENT_POINTER_DOWN || e->kind == EVENT_POINTER_MOVE)) {
        self->pen.hovered = e->t;
        self->pen.turned = e->eraser;
    }
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
