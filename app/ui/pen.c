/* pen.c - mouse, finger, pen and arrow keys make strokes; every finished one goes to the journal. */
#include "pen.h"
#include "app/texts/texts.h"
#include "drawing.h"
#include "notice.h"
#include "numbers.h"
#include <math.h>

static const float key_step = 16, key_fine_step = 4; /* units */
static const double tap_ms = 150;                    /* a tap is over by then */

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

/* Where there is no ink nothing is erased, least of all a picture or what the strip offers back. */
static bool has_ink_for(app *self, bool erase)
{
    bool ok = !erase || !ink_is_empty(&self->drawing);
    if (!ok && app_shows_picture(self))
        app_remark(self, FORMAT_NOTICE_ERASER_PICTURE);
    return ok;
}

static void begin(app *self, const event *e, bool erase, bool by_keys)
{
    if (!has_ink_for(self, erase))
        return;
    drawing_dismiss_offer(self);
    self->pen.cleared = !erase && e->t >= app_drawing_ends(self);
    if (self->pen.cleared)
        drawing_clear(self);
    if (ink_is_empty(&self->drawing))
        self->pen.began = e->t;
    self->pen.by_keys = by_keys;
    self->pen.pointer = e->pointer;
    ink_kind kind = erase ? INK_ERASER : INK_PEN;
    ink_point p = by_keys ? key_point(self, e->t) : point_at(self, e);
    if (!ink_begin(&self->drawing, kind, self->settings.brush, p))
        refuse(self);
    else
        drawing_begun(self);
}

/* A hand that rests on the screen, while the pen is there or just before it comes down. */
static bool is_palm(const app *self, const event *e)
{
    const double near_ms = 500;
    return e->pointer != 0 && e->t - self->pen.hovered < near_ms;
}

static bool erases(const app *self, const event *e)
{
    return self->eraser || e->eraser || e->button == POINTER_RIGHT;
}

static bool pointer_down(app *self, const event *e)
{
    app_pen *pen = &self->pen;
    if (!rect_contains(self->canvas, e->x, e->y))
        return false;
    if (is_palm(self, e))
        return true;
    if (e->pointer == 0 && pen->n_still > 0 && pen->still[0].pointer != 0)
        pen->n_still = 0;
    if (e->pointer == 0 && self->drawing.drawing && !pen->by_keys && pen->pointer != 0)
        drawing_drop(self);
    if (self->drawing.drawing || pen->n_still > 0)
        return false;
    if (self->settings.taps || erases(self, e))
        begin(self, e, erases(self, e), false);
    else
        pen->still[pen->n_still++] = *e;
    return true;
}

static bool is_still(const app *self, const event *e)
{
    return self->pen.n_still > 0 && self->pen.still[0].pointer == e->pointer;
}

bool pen_is_drawing(const app *self, const event *e)
{
    return is_still(self, e) || (self->drawing.drawing && !self->pen.by_keys && self->pen.pointer == e->pointer);
}

/* A short tap with the pen, which nobody means as ink, changes nothing: not even what could be redone. A dot is one that is
 * held for a moment. */
static bool may_be_tap(const app *self, const event *e)
{
    const float reach = 6; /* units */
    ink_point first = point_at(self, &self->pen.still[0]), p = point_at(self, e);
    return fabsf(p.x - first.x) <= reach && fabsf(p.y - first.y) <= reach && e->t - self->pen.still[0].t <= tap_ms;
}

/* It is a stroke. */
static void begin_still(app *self)
{
    app_pen *pen = &self->pen;
    int count = pen->n_still;
    pen->n_still = 0;
    drawing_lift(self); /* that of the arrow keys */
    begin(self, &pen->still[0], false, false);
    for (int i = 1; i < count; i++)
        extend(self, point_at(self, &pen->still[i]));
}

static bool pointer_move(app *self, const event *e)
{
    app_pen *pen = &self->pen;
    if (!pen_is_drawing(self, e))
        return false;
    if (is_still(self, e) && may_be_tap(self, e)) {
        if (pen->n_still < PEN_STILL)
            pen->still[pen->n_still++] = *e;
        return true;
    }
    if (is_still(self, e))
        begin_still(self);
    extend(self, point_at(self, e));
    return true;
}

static bool pointer_up(app *self, const event *e)
{
    ink_point p = point_at(self, e);
    if (!pen_is_drawing(self, e))
        return false;
    if (is_still(self, e) && may_be_tap(self, e)) {
        self->pen.n_still = 0;
        numbers_tap(self, p.x, p.y);
        return true;
    }
    if (is_still(self, e))
        begin_still(self);
    const ink_entry *stroke = &self->drawing.entry[self->drawing.done - 1];
    ink_point last = self->drawing.point[stroke->first + stroke->count - 1];
    if (p.x != last.x || p.y != last.y)
        extend(self, p);
    drawing_lift(self);
    return true;
}

double pen_tick(app *self)
{
    const app_pen *pen = &self->pen;
    double left = pen->n_still > 0 ? pen->still[0].t + tap_ms - self->now : -1;
    if (pen->n_still == 0 || left > 0)
        return left;
    begin_still(self);
    return -1;
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
    if (e->key == KEY_ENTER && self->offer) { /* the strip's first button, and no dot that declines it */
        drawing_do(self, (action){.id = ACTION_RESTORE});
        return true;
    }
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
    case EVENT_FOCUS_LOST: self->pen.n_still = 0; return false;
    case EVENT_KEY_UP:
        if (e->key >= KEY_LEFT && e->key <= KEY_DOWN)
            self->pen.held &= ~(1 << (e->key - KEY_LEFT));
        return false;
    case EVENT_KEY_DOWN: return focused && focused->kind == ELEMENT_CANVAS && key_down(self, e);
    default: return false;
    }
}
