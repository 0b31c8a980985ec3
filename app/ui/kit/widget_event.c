/* widget_event.c - what pointer and keys do to widgets. */
#include "nn/utf8.h"
#include "widget.h"
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int top_layer(const ui *self)
{
    int top = 0;
    for (int i = 0; i < self->n_elements; i++)
        if (self->element[i].layer > top)
            top = self->element[i].layer;
    return top;
}

static bool takes_input(const element *e, int layer)
{
    return e->enabled && e->layer == layer && e->kind != ELEMENT_SHOWN;
}

const element *ui_at(const ui *self, float x, float y)
{
    int layer = top_layer(self);
    for (int i = self->n_elements - 1; i >= 0; i--)
        if (takes_input(&self->element[i], layer) && rect_contains(self->element[i].visible, x, y))
            return &self->element[i];
    return NULL;
}

/* ---- focus ------------------------------------------------------------------------------------------------------- */

/* -1 when nothing in the topmost layer has it. It may be on something that cannot be used just now. */
static int focus_index(const ui *self)
{
    const element *e = ui_find(self, self->focus);
    return e && e->layer == top_layer(self) ? (int)(e - self->element) : -1;
}

/* The list on top; the next frame keeps it within its bounds. */
static void scroll_by(ui *self, int pixels)
{
    self->scrolled[self->scroll_layer] += pixels;
}

/* Brings an element that the list on top has scrolled away back into its view. */
static void scroll_to(ui *self, const element *e)
{
    rect view = self->scroll_area;
    if (self->scroll_max == 0 || e->r.x < view.x || e->r.x >= view.x + view.w)
        return;
    if (e->r.y < view.y)
        scroll_by(self, e->r.y - view.y);
    if (e->r.y + e->r.h > view.y + view.h)
        scroll_by(self, e->r.y + e->r.h - view.y - view.h);
}

/* To the next (step 1) or previous (-1) element; group < 0 means any. */
static void move_focus(ui *self, int step, int group)
{
    int layer = top_layer(self), n = self->n_elements, at = focus_index(self);
    if (at < 0)
        at = step > 0 ? -1 : n;
    for (int i = 0; i < n; i++) {
        at = ((at + step) % n + n) % n;
        const element *e = &self->element[at];
        if (!takes_input(e, layer) || (group >= 0 && e->group != group))
            continue;
        ui_set_focus(self, e->name);
        scroll_to(self, e);
        break;
    }
    self->focus_shown = true;
}

/* To the nearest one of the group above (step -1) or below, more or less in the same column. */
static void move_among_tiles(ui *self, int step, const element *from)
{
    const element *best = NULL;
    int least = 0;
    for (int i = 0; i < self->n_elements; i++) {
        const element *e = &self->element[i];
        int down = step * (e->r.y - from->r.y), aside = abs(e->r.x - from->r.x), way = down + 2 * aside;
        if (!takes_input(e, from->layer) || e->group != from->group || 2 * down < from->r.h || (best && way >= least))
            continue;
        best = e;
        least = way;
    }
    if (best) {
        ui_set_focus(self, best->name);
        scroll_to(self, best);
    }
    self->focus_shown = true;
}

static void move_vertically(ui *self, int step, const element *from)
{
    if (from->tiled)
        move_among_tiles(self, step, from);
    else
        move_focus(self, step, from->group);
}

/* ---- pointer ----------------------------------------------------------------------------------------------------- */

/* What the pointer is over: also what only explains itself, as pictures and disabled buttons do. */
static const element *pointed_at(const ui *self, float x, float y)
{
    const element *over = ui_at(self, x, y);
    int layer = top_layer(self);
    for (int i = self->n_elements - 1; i >= 0 && !over; i--) {
        const element *e = &self->element[i];
        if (e->tip && e->layer == layer && rect_contains(e->visible, x, y))
            over = e;
    }
    return over;
}

static void set_hover(ui *self, const event *e)
{
    const element *over = pointed_at(self, e->x, e->y);
    const char *name = over ? over->name : "";
    if (strcmp(self->hover, name) == 0)
        return;
    snprintf(self->hover, sizeof self->hover, "%s", name);
    self->hover_since = e->t;
}

/* What a slider asks for at a value; near 0, which a hand on the mouse would hardly hit, that is 0. */
static action slide_to(const element *s, float value)
{
    action act = s->act;
    act.value = fabsf(value) < 0.5f * s->step ? 0 : fminf(fmaxf(value, s->min), s->max);
    return act;
}

static action slide_to_pointer(const ui *self, const element *s, float x)
{
    float knob = 9 * self->scale, room = fmaxf((float)s->r.w - 2 * knob, 1);
    float t = fminf(fmaxf((x - (float)s->r.x - knob) / room, 0), 1), range = s->max - s->min;
    float value = s->min + t * range, near = 2 * self->scale * range / room; /* in a narrow one pixels are far apart */
    return slide_to(s, s->min < 0 && fabsf(value) < near ? 0 : value);
}

/* -1 where there is none. */
static int cell_at(const grid *g, float x, float y)
{
    int column = (int)(x - (float)g->first.x) / g->step_x, row = (int)(y - (float)g->first.y) / g->step_y;
    int cell = row * g->columns + column;
    return x < (float)g->first.x || y < (float)g->first.y || column >= g->columns || cell >= g->count ? -1 : cell;
}

static action grid_action(const grid *g, action act, int cell)
{
    act.value = (float)(g->number ? g->number[cell] : cell);
    return act;
}

/* While it is pressed; one that picks follows to its edges. */
static void pick(const element *e, float x, float y, action *act)
{
    const grid *g = &e->grid;
    float right = (float)(e->r.x + e->r.w - 1), bottom = (float)(e->r.y + e->r.h - 1);
    int cell = cell_at(g, fminf(fmaxf(x, (float)e->r.x), right), fminf(fmaxf(y, (float)e->r.y), bottom));
    if (g->picks && cell >= 0)
        *act = grid_action(g, g->act, cell);
}

/* A finger on a list takes it along, and so do the mouse and a pen, which has no wheel; but for what is moved itself. */
static void begin_drag(ui *self, const event *e, const element *hit)
{
    bool moves = hit && hit->kind != ELEMENT_BUTTON;
    self->drag.begun =
        e->button == POINTER_LEFT && !moves && self->scroll_max > 0 && rect_contains(self->scroll_area, e->x, e->y);
    self->drag.moved = self->drag.thumb = false;
    self->drag.pointer = e->pointer;
    self->drag.from = e->y;
    self->drag.scrolled = self->scrolled[self->scroll_layer];
}

/* The bar is narrow: what is beside it grabs it, too. It takes the list along by its own measure. */
static bool grab_thumb(ui *self, const event *e)
{
    if (self->scroll_max == 0 || e->button != POINTER_LEFT)
        return false;
    rect bar = ui_scroll_thumb(self);
    int reach = ui_px(self, 8);
    bar = (rect){bar.x - reach, bar.y, bar.w + reach, bar.h};
    bool grabbed = rect_contains(bar, e->x, e->y);
    if (grabbed)
        self->drag.begun = self->drag.moved = self->drag.thumb = true;
    return grabbed;
}

static void drag_thumb(ui *self, float way)
{
    int room = self->scroll_area.h - ui_scroll_thumb(self).h;
    if (room > 0)
        self->scrolled[self->scroll_layer] =
            self->drag.scrolled - (int)lroundf(way * (float)self->scroll_max / (float)room);
}

/* What was pressed is no longer, once the pointer has moved. */
static bool drag_on(ui *self, const event *e)
{
    float way = self->drag.from - e->y;
    if (!self->drag.begun || e->pointer != self->drag.pointer)
        return false;
    if (self->drag.thumb && self->scroll_max > 0) {
        drag_thumb(self, way);
        return true;
    }
    self->drag.moved |= fabsf(way) > (float)ui_px(self, 10);
    if (self->drag.moved) {
        self->pressed[0] = '\0';
        self->scrolled[self->scroll_layer] = self->drag.scrolled + (int)way;
    }
    return self->drag.moved;
}

static bool pointer_down(ui *self, const event *e, action *act)
{
    self->focus_shown = false;
    const element *hit = ui_at(self, e->x, e->y);
    begin_drag(self, e, hit);
    if (grab_thumb(self, e))
        return true;
    if (!hit) {
        if (top_layer(self) > 0 && !rect_contains(self->card, e->x, e->y))
            act->id = ACTION_CLOSE;
        return top_layer(self) > 0;
    }
    ui_set_focus(self, hit->name);
    if (hit->kind == ELEMENT_CANVAS)
        return false;
    if (e->button != POINTER_LEFT)
        return true;
    snprintf(self->pressed, sizeof self->pressed, "%s", hit->name);
    if (hit->kind == ELEMENT_SLIDER)
        *act = slide_to_pointer(self, hit, e->x);
    if (hit->kind == ELEMENT_FIELD)
        self->field.selected = false;
    if (hit->kind == ELEMENT_GRID) {
        self->cell = cell_at(&hit->grid, e->x, e->y);
        pick(hit, e->x, e->y, act);
    }
    return true;
}

static bool pointer_up(ui *self, const event *e, action *act)
{
    const element *pressed = ui_find(self, self->pressed), *over = ui_at(self, e->x, e->y);
    bool dragged = self->drag.begun && self->drag.moved && e->pointer == self->drag.pointer;
    if (e->pointer == self->drag.pointer)
        self->drag.begun = false;
    if (dragged)
        return true;
    if (!self->pressed[0] || e->button != POINTER_LEFT)
        return false;
    self->pressed[0] = '\0';
    if (pressed && pressed == over && pressed->kind == ELEMENT_BUTTON)
        *act = pressed->act;
    if (pressed && pressed == over && pressed->kind == ELEMENT_GRID && !pressed->grid.picks && self->cell >= 0 &&
        cell_at(&pressed->grid, e->x, e->y) == self->cell)
        *act = grid_action(&pressed->grid, e->mods & MOD_SHIFT ? pressed->grid.other : pressed->grid.act, self->cell);
    return true;
}

static bool pointer_move(ui *self, const event *e, action *act)
{
    self->pointer_x = e->x;
    self->pointer_y = e->y;
    if (drag_on(self, e))
        return true;
    const element *pressed = ui_find(self, self->pressed);
    if (!self->pressed[0])
        set_hover(self, e);
    if (pressed && pressed->kind == ELEMENT_SLIDER)
        *act = slide_to_pointer(self, pressed, e->x);
    if (pressed && pressed->kind == ELEMENT_GRID)
        pick(pressed, e->x, e->y, act);
    return self->pressed[0] != '\0';
}

/* ---- text field -------------------------------------------------------------------------------------------------- */

void ui_edit(ui *self, const char *text)
{
    size_t room = sizeof self->field.text - 1;
    snprintf(self->field.text, room + 1, "%.*s", (int)nn_utf8_fit(text, strlen(text), room), text);
    self->field.caret = (int)strlen(self->field.text);
    self->field.selected = self->field.caret > 0;
}

static void delete_bytes(text_field *field, int from, int to)
{
    memmove(field->text + from, field->text + to, strlen(field->text + to) + 1);
    field->caret = from;
    field->selected = false;
}

static void delete_selection(text_field *field)
{
    if (field->selected)
        delete_bytes(field, 0, (int)strlen(field->text));
}

void ui_type(ui *self, const char *text)
{
    text_field *field = &self->field;
    delete_selection(field);
    for (const char *next = text; nn_utf8_next(&next); text = next) {
        size_t len = strlen(field->text), more = (size_t)(next - text);
        if ((unsigned char)*text < ' ')
            continue;
        if (len + more >= sizeof field->text)
            break;
        char *at = field->text + field->caret;
        memmove(at + more, at, len + 1 - (size_t)field->caret);
        memcpy(at, text, more);
        field->caret += (int)more;
    }
}

/* The start of the character before or after a byte offset. */
static int step_character(const char *text, int at, int step)
{
    int len = (int)strlen(text);
    do {
        at += step;
    } while (at > 0 && at < len && ((unsigned char)text[at] & 0xc0) == 0x80);
    return at < 0 ? 0 : at > len ? len : at;
}

static void move_caret(text_field *field, int to)
{
    field->caret = to;
    field->selected = false;
}

static bool field_key(text_field *field, const event *e)
{
    int end = (int)strlen(field->text);
    switch (e->key) {
    case KEY_LEFT: move_caret(field, step_character(field->text, field->caret, -1)); return true;
    case KEY_RIGHT: move_caret(field, step_character(field->text, field->caret, 1)); return true;
    case KEY_HOME: move_caret(field, 0); return true;
    case KEY_END: move_caret(field, end); return true;
    case KEY_BACKSPACE:
        if (field->selected)
            delete_selection(field);
        else
            delete_bytes(field, step_character(field->text, field->caret, -1), field->caret);
        return true;
    case KEY_DELETE:
        if (field->selected)
            delete_selection(field);
        else
            delete_bytes(field, field->caret, step_character(field->text, field->caret, 1));
        return true;
    case 'a':
        if (e->mods != MOD_CTRL)
            return true;
        field->selected = end > 0;
        return true;
    default:
        /* Everything that types a character belongs to the field, also where it is a shortcut elsewhere. */
        return e->key < KEY_TAB && !(e->mods & MOD_CTRL);
    }
}

/* ---- keys -------------------------------------------------------------------------------------------------------- */

static bool slider_key(const element *s, int key, action *act)
{
    int step = key == KEY_RIGHT || key == KEY_UP ? 1 : key == KEY_LEFT || key == KEY_DOWN ? -1 : 0;
    if (key == KEY_HOME || key == KEY_END || step) {
        float value = s->value + (float)step * s->step;
        if (key == KEY_HOME)
            value = s->min;
        if (key == KEY_END)
            value = s->max;
        *act = slide_to(s, value);
        return true;
    }
    return false;
}

static bool button_key(ui *self, const element *focused, int key, action *act)
{
    switch (key) {
    case KEY_ENTER:
    case ' ': *act = focused->act; return true;
    case KEY_LEFT: move_focus(self, -1, focused->group); return true;
    case KEY_RIGHT: move_focus(self, 1, focused->group); return true;
    case KEY_UP: move_vertically(self, -1, focused); return true;
    case KEY_DOWN: move_vertically(self, 1, focused); return true;
    default: return false;
    }
}

/* The cell that an arrow key leads to; -1 where that is outside. */
static int next_cell(const grid *g, int cell, int key)
{
    int column = cell % g->columns;
    switch (key) {
    case KEY_LEFT: return column > 0 ? cell - 1 : -1;
    case KEY_RIGHT: return column + 1 < g->columns && cell + 1 < g->count ? cell + 1 : -1;
    case KEY_UP: return cell - g->columns;
    case KEY_DOWN: return cell + g->columns < g->count ? cell + g->columns : -1;
    case KEY_HOME: return 0;
    case KEY_END: return g->count - 1;
    default: return -1;
    }
}

/* Beyond the edge lies the element before or behind; one that picks keeps the arrows. */
static bool grid_key(ui *self, const element *focused, int key, action *act)
{
    const grid *g = &focused->grid;
    int cell = self->cell < g->count && self->cell >= 0 ? self->cell : 0, to = next_cell(g, cell, key);
    switch (key) {
    case KEY_ENTER: *act = grid_action(g, g->act, cell); return true;
    case ' ': *act = grid_action(g, g->other, cell); return true;
    case KEY_LEFT:
    case KEY_RIGHT:
    case KEY_UP:
    case KEY_DOWN:
    case KEY_HOME:
    case KEY_END: break;
    default: return false;
    }
    if (to >= 0 && g->picks)
        *act = grid_action(g, g->act, to);
    else if (to >= 0)
        self->cell = to;
    else if (!g->picks)
        move_focus(self, key == KEY_LEFT || key == KEY_UP ? -1 : 1, focused->group);
    return true;
}

/* In a list of entries, to the first, the last, or a view's height on. */
static bool leap(ui *self, const element *focused, int key)
{
    int at = (int)(focused - self->element), to = at, step = key == KEY_HOME || key == KEY_PAGE_UP ? -1 : 1;
    bool page = key == KEY_PAGE_UP || key == KEY_PAGE_DOWN;
    if (!focused->listed || (!page && key != KEY_HOME && key != KEY_END))
        return false;
    for (int i = at; i >= 0 && i < self->n_elements; i += step) {
        const element *e = &self->element[i];
        int way = e->r.y - focused->r.y;
        if (!e->listed || e->group != focused->group || !takes_input(e, focused->layer))
            continue;
        if (page && (way < 0 ? -way : way) > self->scroll_area.h * 4 / 5)
            break;
        to = i;
    }
    ui_set_focus(self, self->element[to].name);
    scroll_to(self, &self->element[to]);
    self->focus_shown = true;
    return true;
}

static bool scroll_key(ui *self, int key)
{
    int page = self->scroll_area.h * 4 / 5, line = ui_px(self, 40);
    int step = key == KEY_PAGE_DOWN ? page
               : key == KEY_PAGE_UP ? -page
               : key == KEY_DOWN    ? line
               : key == KEY_UP      ? -line
                                    : 0;
    if (self->scroll_max == 0 || step == 0)
        return false;
    scroll_by(self, step);
    return true;
}

static bool begins_with(const char *text, const char *start)
{
    while (*start && tolower((unsigned char)*text) == *start)
        text++, start++;
    return *start == '\0';
}

/* Letters and figures over a menu or dialog lead to the button that begins with them, in turn where there are several; one
 * whose whole label it is, as the answers to a question are, is pressed. */
static bool type_ahead(ui *self, const event *e, action *act)
{
    const double pause = 1000; /* ms */
    int layer = top_layer(self), n = self->n_elements, at = focus_index(self);
    if (layer == 0 || e->key >= 128 || !isalnum(e->key) || e->mods & MOD_CTRL)
        return false;
    size_t len = e->t - self->typed_at > pause ? 0 : strlen(self->typed);
    bool same = len == 1 && self->typed[0] == e->key;
    if (!same && len + 1 < sizeof self->typed) {
        self->typed[len] = (char)e->key;
        self->typed[len + 1] = '\0';
    }
    self->typed_at = e->t;
    for (int i = 0; i < n; i++) {
        int from = at < 0 ? 0 : strlen(self->typed) > 1 ? at : at + 1;
        const element *found = &self->element[(from + i) % n];
        if (!takes_input(found, layer) || found->kind != ELEMENT_BUTTON || !begins_with(found->label, self->typed))
            continue;
        ui_set_focus(self, found->name);
        scroll_to(self, found);
        self->focus_shown = true;
        if (!found->label[1])
            *act = found->act;
        return true;
    }
    return false;
}

static bool key_down(ui *self, const event *e, action *act)
{
    int layer = top_layer(self), at = focus_index(self);
    const element *focused = at >= 0 && takes_input(&self->element[at], layer) ? &self->element[at] : NULL;
    bool plain = !(e->mods & MOD_CTRL);
    if (e->key == KEY_TAB && plain) {
        move_focus(self, e->mods & MOD_SHIFT ? -1 : 1, -1);
        return true;
    }
    if (e->key == KEY_ESCAPE && layer > 0) {
        act->id = ACTION_CLOSE;
        return true;
    }
    if (focused && focused->kind == ELEMENT_FIELD && self->rows && (e->key == KEY_DOWN || e->key == KEY_UP)) {
        move_focus(self, e->key == KEY_DOWN ? 1 : -1, self->rows);
        return true;
    }
    /* A list whose only button stands below it scrolls with the arrows; in one made of buttons they move the focus. */
    bool reading = layer > 0 && focused && !rect_contains(self->scroll_area, (float)focused->r.x, (float)focused->r.y);
    if (plain && focused && leap(self, focused, e->key))
        return true;
    if (plain && (reading || e->key == KEY_PAGE_DOWN || e->key == KEY_PAGE_UP) && scroll_key(self, e->key))
        return true;
    if (!focused && layer > 0 && (e->key == KEY_DOWN || e->key == KEY_UP)) {
        move_focus(self, e->key == KEY_DOWN ? 1 : -1, -1);
        return true;
    }
    if ((!focused || focused->kind != ELEMENT_FIELD) && type_ahead(self, e, act))
        return true;
    if (!focused)
        return false;
    if (focused->kind == ELEMENT_FIELD && e->key == KEY_ENTER) {
        act->id = ACTION_ACCEPT;
        return true;
    }
    if (focused->kind == ELEMENT_FIELD)
        return field_key(&self->field, e);
    bool used = plain && focused->kind == ELEMENT_SLIDER && slider_key(focused, e->key, act);
    if (plain && focused->kind == ELEMENT_BUTTON)
        used = button_key(self, focused, e->key, act);
    if (plain && focused->kind == ELEMENT_GRID)
        used = grid_key(self, focused, e->key, act);
    if (used)
        self->focus_shown = true;
    return used;
}

void ui_end_tooltip(ui *self)
{
    self->hover_since = INFINITY;
}

bool ui_event(ui *self, const event *e, action *act)
{
    *act = (action){.id = ACTION_NONE};
    const element *focused = ui_find(self, self->focus);
    if (e->kind == EVENT_POINTER_DOWN || e->kind == EVENT_KEY_DOWN || e->kind == EVENT_WHEEL)
        ui_end_tooltip(self);
    switch (e->kind) {
    case EVENT_POINTER_DOWN: return pointer_down(self, e, act);
    case EVENT_POINTER_MOVE: return pointer_move(self, e, act);
    case EVENT_POINTER_UP: return pointer_up(self, e, act);
    case EVENT_POINTER_LEAVE:
        self->hover[0] = '\0';
        self->pointer_x = self->pointer_y = -1;
        return false;
    case EVENT_FOCUS_LOST: self->pressed[0] = '\0'; return false;
    case EVENT_KEY_DOWN: return key_down(self, e, act);
    case EVENT_TEXT:
        if (focused && focused->kind == ELEMENT_FIELD)
            ui_type(self, e->text);
        return focused && focused->kind == ELEMENT_FIELD;
    case EVENT_WHEEL:
        if (self->scroll_max > 0)
            scroll_by(self, -(int)(e->y * (float)ui_px(self, 48)));
        return self->scroll_max > 0;
    default: return false;
    }
}
