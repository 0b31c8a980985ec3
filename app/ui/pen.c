/* pen.c - mouse, finger, pen and arrow keys make strokes; every finished one goes to the journal. */
#include "pen.h"
#include "app/texts/texts.h"
#include "drawing.h"
#include "notice.h"
#include "numbers.h"
#include <math.h>

static const float key_step = 16, key_fine_step = 4; /* units */

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

/* Says once for each drawing that its strokes are no longer taken. */
static void refuse(app *self)
{
    if (self->pen.refused)
        return;
    self->pen.refused = true;
    if (ink_room(&self->drawing) > 0)
        app_notice(self, FORMAT_NOTICE_STROKE_LOST);
    else
        app_notice(self, FORMAT_NOTICE_TOO_LONG);
}

static void extend(app *self, ink_point p)
{
    if (!ink_extend(&self->drawing, p))
        refuse(self);
}

static void begin(app *self, const event *e, bool erase, bool by_keys)
{
    drawing_dismiss_offer(self);
    self->pen.cleared = !erase && e->t >= app_drawing_ends(self);
    if (self->pen.cleared)
        drawing_clear(self);
    if (ink_position(&self->drawing) < self->picture_at) /* what it stood on is being overwritten */
        drawing_drop_picture(self);
    if (ink_is_empty(&self->drawing))
        self->pen.began = e->t;
    self->pen.by_keys = by_keys;
    self->pen.pointer = e->pointer;
    ink_kind kind = erase ? INK_ERASER : INK_PEN;
    ink_point p = by_keys ? key_point(self, e->t) : point_at(self, e);
    if (!ink_begin(&self->drawing, kind, self->settings.brush, p))
        refuse(self);
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
        drawing_drop(self);
    if (self->drawing.drawing)
        return false;
    begin(self, e, self->eraser || e->eraser || e->button == POINTER_RIGHT, false);
    return true;
}

bool pen_is_drawing(const app *self, const event *e)
{
    return self->drawing.drawing && !self->pen.by_keys && self->pen.pointer == e->pointer;
}

static bool pointer_move(app *self, const event *e)
{
    if (!pen_is_drawing(self, e))
        return false;
    extend(self, point_at(self, e));
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
    if (!pen_is_drawing(self, e))
        return false;
    const ink_entry *stroke = &self->drawing.entry[self->drawing.done - 1];
    ink_point last = self->drawing.point[stroke->first + stroke->count - 1], p = point_at(self, e);
    if (p.x != last.x || p.y != last.y)
        extend(self, p);
    if (is_tap(self, stroke, p.t)) {
        drawing_drop(self);
        numbers_tap(self, p.x, p.y);
    } else {
        drawing_lift(self);
    }
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
        extend(self, key_point(self, e->t));
}

static bool key_down(app *self, const event *e)
{
    bool moves = e->key >= KEY_LEFT && e->key <= KEY_DOWN, draws = e->key == ' ' || e->key == KEY_ENTER;
    if (e->mods & MOD_CTRL)
        return false;
    self->ui->focus_shown |= moves || draws; /* letters are for people who draw with something else */
    if (moves) {
        self->pen.held |= 1 << (e->key - KEY_LEFT);
        move_by_keys(self, e);
        return true;
    }
    if (draws) {
        if (self->drawing.drawing)
            drawing_lift(self);
        else
            begin(self, e, self->eraser, true);
        return true;
    }
    bool ends = e->key == KEY_ESCAPE && self->drawing.drawing;
    if (ends)
        drawing_lift(self);
    return ends;
}

bool pen_event(app *self, const event *e)
{
    const element *focused = ui_find(self->ui, self->ui->focus);
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
