/* widget.c - declaring and drawing widgets; their events are in widget_event.c. */
#include "widget.h"
#include "app/texts/texts.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const double tooltip_delay = 600; /* ms */

int ui_px(const ui *self, float units)
{
    return (int)lroundf(units * self->scale);
}

font ui_font(const ui *self, float units, font_weight weight)
{
    int px = ui_px(self, units);
    return (font){px > 6 ? px : 6, weight};
}

static font body(const ui *self)
{
    return ui_font(self, 15, FONT_REGULAR);
}

/* ---- a frame ----------------------------------------------------------------------------------------------------- */

void ui_begin(ui *self)
{
    self->n_elements = self->n_lines = 0;
    self->layer = 0;
    self->group = self->rows = 0;
    self->tiled = false;
    self->said_used = 0;
    self->scroll_max = 0;
    self->scroll_area = (rect){0, 0, 0, 0};
}

void ui_end(ui *self)
{
    if (!ui_find(self, self->hover))
        self->hover[0] = '\0';
    if (!ui_find(self, self->pressed))
        self->pressed[0] = '\0';
}

const element *ui_find(const ui *self, const char *name)
{
    for (int i = 0; i < self->n_elements; i++)
        if (strcmp(self->element[i].name, name) == 0)
            return &self->element[i];
    return NULL;
}

void ui_set_focus(ui *self, const char *name)
{
    if (strcmp(self->focus, name) != 0)
        self->cell = 0;
    snprintf(self->focus, sizeof self->focus, "%s", name);
}

/* What the clipping leaves of it. */
static rect seen_of(ui *self, rect r)
{
    rect clip = draw_clip(self->list, r), seen = draw_clip(self->list, r);
    draw_set_clip(self->list, clip);
    return seen;
}

static element *declare(ui *self, rect r, const char *name, element_kind kind)
{
    static element spare; /* takes what is over the limit */
    element *e = self->n_elements < UI_MAX_ELEMENTS ? &self->element[self->n_elements++] : &spare;
    self->declared = e;
    *e = (element){.kind = kind,
                   .r = r,
                   .layer = self->layer,
                   .group = self->group,
                   .tiled = self->tiled,
                   .enabled = kind != ELEMENT_SHOWN};
    snprintf(e->name, sizeof e->name, "%s", name);
    e->visible = seen_of(self, r);
    return e;
}

static bool is_focused(const ui *self, const element *e)
{
    return self->focus_shown && strcmp(self->focus, e->name) == 0;
}

static bool is_hovered(const ui *self, const element *e)
{
    return strcmp(self->hover, e->name) == 0;
}

static bool is_pressed(const ui *self, const element *e)
{
    return strcmp(self->pressed, e->name) == 0;
}

/* ---- text -------------------------------------------------------------------------------------------------------- */

const char *ui_say(ui *self, unsigned id, const char *english, ...)
{
    char *text = self->said + self->said_used;
    size_t room = UI_SAID - self->said_used;
    va_list args;
    va_start(args, english);
    size_t len = texts_vformat(text, room, id, english, args);
    va_end(args);
    if (len >= room)
        return "";
    self->said_used += len + 1;
    return text;
}

/* Up to a quarter smaller, where that is enough: a language's words may be longer than the ones the layout was made
 * with. */
static font fit_font(ui *self, const char *text, font f, int width)
{
    const int least = 9; /* pixels */
    int w = text_width(self->text, f, text);
    font small = {w > width && width > 0 ? f.px * width / w : f.px, f.weight};
    return 4 * small.px >= 3 * f.px && small.px >= least ? small : f;
}

/* Keeps a copy of a text until the next ui_begin. */
static const char *keep(ui *self, const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = self->said + self->said_used;
    if (size > UI_SAID - self->said_used)
        return "";
    self->said_used += size;
    return memcpy(copy, text, size);
}

/* One line with its top left at (x, y). */
static void write_line(ui *self, font f, int x, int y, const char *text, colour c)
{
    draw_text(self->list, self->text, f, x, y, text, c);
    int cap = text_cap_height(self->text, f), top = y + text_ascent(self->text, f) - cap;
    rect r = {x, top, text_width(self->text, f, text), cap};
    if (*text && self->n_lines < UI_MAX_LINES)
        self->line[self->n_lines++] = (text_line){r, seen_of(self, r), self->layer, f.px, NULL};
}

void ui_label(ui *self, rect r, const char *text, font f, colour c, ui_align align)
{
    char cut[512];
    f = fit_font(self, text, f, r.w);
    text_fit(self->text, f, text, r.w, cut, sizeof cut);
    int x = r.x;
    if (align != ALIGN_LEFT)
        x += (r.w - text_width(self->text, f, cut)) / (align == ALIGN_CENTRE ? 2 : 1);
    /* Centred by the height of capitals, which is what the eye takes for the middle. */
    int y = r.y + (r.h + text_cap_height(self->text, f)) / 2 - text_ascent(self->text, f);
    write_line(self, f, x, y, cut, c);
    if (strcmp(cut, text) != 0 && self->n_lines < UI_MAX_LINES)
        self->line[self->n_lines++] = (text_line){r, seen_of(self, r), self->layer, f.px, keep(self, text)};
}

int ui_paragraph(ui *self, rect r, const char *text, font f, colour c, bool draw)
{
    int line = text_height(self->text, f) * 5 / 4, y = r.y;
    char copy[512];
    while (*text) {
        size_t next, length = text_break(self->text, f, text, r.w, &next);
        snprintf(copy, sizeof copy, "%.*s", (int)length, text);
        if (draw)
            write_line(self, f, r.x, y, copy, c);
        text += next;
        y += line;
    }
    return y - r.y;
}

/* ---- button ------------------------------------------------------------------------------------------------------ */

void ui_focus_ring(ui *self, rect r, float radius)
{
    int gap = ui_px(self, 2);
    draw_outline(self->list, rect_inset(r, -gap - 1), radius + (float)gap, fmaxf(2.5f * self->scale, 2),
                 self->colours->focus);
}

typedef struct button_colours {
    colour fill, edge, text;
} button_colours;

static button_colours button_look(const ui *self, const element *e, const button *b)
{
    const theme *t = self->colours;
    button_colours look = {t->surface, t->edge, t->text};
    if (b->style == BUTTON_ITEM || b->style == BUTTON_TAB)
        look.edge = look.fill = 0;
    else if (b->icon == ICON_BLANK && !b->label) /* a box to be ticked: nothing but its edge shows it */
        look.edge = t->outline;
    if (b->style == BUTTON_TAB && !b->on)
        look.text = t->muted;
    if (is_hovered(self, e) || (b->style == BUTTON_ITEM && is_focused(self, e)))
        look.fill = t->hover;
    if (is_pressed(self, e))
        look.fill = t->pressed;
    bool on = b->on && (b->style == BUTTON_PLAIN || b->style == BUTTON_SMALL);
    if (b->disabled) /* one that is on is seen to be so, the main one is none just now */
        return on ? (button_colours){t->pressed, t->accent, t->muted}
                  : (button_colours){look.fill, look.edge, t->disabled};
    if (b->style == BUTTON_MAIN || on)
        look = (button_colours){t->accent, t->accent, t->on_accent};
    return look;
}

static int icon_side(const ui *self)
{
    return ui_px(self, 20);
}

static int button_pad(const ui *self, const button *b)
{
    return ui_px(self, b->style == BUTTON_TAB || b->style == BUTTON_SMALL ? 5 : 12);
}

static font button_font(const ui *self, const button *b, bool strong)
{
    return ui_font(self, b->style == BUTTON_TAB ? 14 : 15, strong ? FONT_BOLD : FONT_REGULAR);
}

int ui_button_width(ui *self, const button *b)
{
    int width = 2 * button_pad(self, b);
    if (b->icon)
        width += icon_side(self);
    /* A tab has room for its name as it is when it is on, so that tabs do not move. */
    if (b->label)
        width += text_width(self->text, button_font(self, b, b->style == BUTTON_TAB), b->label);
    if (b->icon && b->label)
        width += ui_px(self, 8);
    if (b->detail)
        width += ui_px(self, 28) + text_width(self->text, body(self), b->detail);
    return width;
}

static element *declare_button(ui *self, rect r, const button *b)
{
    element *e = declare(self, r, b->name, ELEMENT_BUTTON);
    e->enabled = !b->disabled;
    e->listed = b->style == BUTTON_ITEM;
    e->act = b->act;
    snprintf(e->label, sizeof e->label, "%s", b->label ? b->label : "");
    e->tip = b->tip;
    return e;
}

void ui_button(ui *self, rect r, const button *b)
{
    element *e = declare_button(self, r, b);
    button_colours look = button_look(self, e, b);
    float radius = (b->style == BUTTON_ITEM ? 6 : 9) * self->scale;
    draw_rect(self->list, r, radius, look.fill);
    draw_outline(self->list, r, radius, fmaxf(self->scale, 1), look.edge);
    if (is_focused(self, e))
        ui_focus_ring(self, b->style == BUTTON_ITEM ? rect_inset(r, ui_px(self, 3)) : r, radius);

    int side = icon_side(self), pad = button_pad(self, b);
    rect inner = {r.x + pad, r.y, r.w - 2 * pad, r.h};
    if (b->icon) {
        int x = b->label ? inner.x : r.x + (r.w - side) / 2;
        draw_icon(self->list, b->icon, x, r.y + (r.h - side) / 2, side, look.text);
        int taken = side + ui_px(self, 8);
        inner = (rect){inner.x + taken, r.y, inner.w - taken, r.h};
    }
    for (int i = BUTTON_BELOW - 1; i >= 0; i--) {
        int line = ui_px(self, BUTTON_LINE);
        if (!b->below[i])
            continue;
        inner.h -= line;
        ui_label(self, (rect){inner.x, inner.y + inner.h - ui_px(self, 4), inner.w, line}, b->below[i],
                 ui_font(self, 12, FONT_REGULAR), self->colours->muted, ALIGN_LEFT);
    }
    if (b->detail) {
        colour c = b->disabled || b->style == BUTTON_MAIN ? look.text : self->colours->muted;
        ui_label(self, inner, b->detail, body(self), c, ALIGN_RIGHT);
        inner.w -= text_width(self->text, body(self), b->detail) + ui_px(self, 12);
    }
    bool item = b->style == BUTTON_ITEM, tab = b->style == BUTTON_TAB, centred = !b->icon && !b->detail && !item;
    font f = button_font(self, b, (item || tab) && b->on);
    if (tab && b->on) {
        int line = ui_px(self, 3);
        draw_rect(self->list, (rect){r.x, r.y + r.h - line, r.w, line}, 0.5f * (float)line, self->colours->accent);
    }
    if (b->label)
        ui_label(self, inner, b->label, f, look.text, centred ? ALIGN_CENTRE : ALIGN_LEFT);
}

static int half_width(ui *self, const char *label, const button *b)
{
    return 2 * ui_px(self, 7) + text_width(self->text, button_font(self, b, false), label);
}

int ui_switch_width(ui *self, const char *off, const button *b)
{
    return half_width(self, off, b) + half_width(self, b->label, b);
}

void ui_switch(ui *self, rect r, const char *off, const button *b)
{
    button plain = *b;
    plain.on = false;
    const theme *t = self->colours;
    element *e = declare_button(self, r, b);
    button_colours look = button_look(self, e, &plain);
    float radius = 9 * self->scale;
    int left = half_width(self, off, b);
    rect half[2] = {{r.x, r.y, left, r.h}, {r.x + left, r.y, r.w - left, r.h}};
    draw_rect(self->list, r, radius, look.fill);
    draw_rect(self->list, half[b->on], radius, t->accent);
    draw_outline(self->list, r, radius, fmaxf(self->scale, 1), look.edge);
    if (is_focused(self, e))
        ui_focus_ring(self, r, radius);
    for (int i = 0; i < 2; i++)
        ui_label(self, half[i], i ? b->label : off, button_font(self, b, false), b->on == i ? t->on_accent : look.text,
                 ALIGN_CENTRE);
}

/* ---- slider ------------------------------------------------------------------------------------------------------ */

/* A disc with a hole, or of a slim slider a bar with a rim that sets it off from the curve. */
static void draw_knob(ui *self, rect r, float x, bool slim, bool large)
{
    const theme *t = self->colours;
    float cy = (float)r.y + 0.5f * (float)r.h, half = (slim ? 2 : 9) * self->scale + (large ? self->scale : 0);
    if (slim) {
        float rim = fmaxf(1.5f * self->scale, 1), wide = half + rim;
        draw_box(self->list, &(shape_box){x - wide, (float)r.y, 2 * wide, (float)r.h, wide, 0}, t->surface);
        draw_box(self->list, &(shape_box){x - half, (float)r.y, 2 * half, (float)r.h, half, 0}, t->accent);
        return;
    }
    draw_box(self->list, &(shape_box){x - half, cy - half, 2 * half, 2 * half, half, 0}, t->accent);
    draw_box(self->list, &(shape_box){x - 0.5f * half, cy - 0.5f * half, half, half, 0.5f * half, 0}, t->on_accent);
}

/* The groove is filled from 0, or from the end that is nearest to it. */
void ui_slider(ui *self, rect r, const slider *s)
{
    element *e = declare(self, r, s->name, ELEMENT_SLIDER);
    e->act = s->act;
    e->tip = s->tip;
    e->value = s->value, e->min = s->min, e->max = s->max, e->step = s->step;
    const theme *t = self->colours;
    float knob = 9 * self->scale, groove = fmaxf((s->slim ? (float)UI_SLIM_GROOVE : 4) * self->scale, 2);
    float y = (float)r.y + (s->slim ? (float)r.h - groove : 0.5f * ((float)r.h - groove));
    float room = fmaxf((float)r.w - 2 * knob, 0);
    float unit = room / (s->max - s->min), x = (float)r.x + knob + unit * (s->value - s->min);
    shape_box track = {(float)r.x, y, (float)r.w, groove, 0.5f * groove, 0};
    draw_box(self->list, &track, t->outline);
    float rest = s->min < 0 ? (float)r.x + knob + unit * (fminf(s->max, 0) - s->min) : (float)r.x;
    track.x = fminf(x, rest), track.w = fabsf(x - rest);
    draw_box(self->list, &track, t->accent);
    draw_knob(self, r, x, s->slim, is_hovered(self, e) || is_pressed(self, e));
    if (is_focused(self, e))
        ui_focus_ring(self, r, 9 * self->scale);
}

/* ---- text field -------------------------------------------------------------------------------------------------- */

void ui_text_field(ui *self, rect r, const char *name, int rows)
{
    self->rows = rows;
    element *e = declare(self, r, name, ELEMENT_FIELD);
    const theme *t = self->colours;
    const text_field *field = &self->field;
    float radius = 8 * self->scale;
    bool focused = strcmp(self->focus, e->name) == 0;
    draw_rect(self->list, r, radius, t->paper);
    draw_outline(self->list, r, radius, fmaxf(self->scale, 1), t->outline);
    if (focused)
        ui_focus_ring(self, r, radius);

    font f = body(self);
    char before[UI_FIELD];
    snprintf(before, sizeof before, "%.*s", field->caret, field->text);
    int pad = ui_px(self, 10), caret = text_width(self->text, f, before),
        whole = text_width(self->text, f, field->text);
    rect inner = {r.x + pad, r.y, r.w - 2 * pad, r.h};
    int x = inner.x - (caret > inner.w ? caret - inner.w : 0);
    int height = text_height(self->text, f), y = r.y + (r.h - height) / 2;
    rect clip = draw_clip(self->list, rect_inset(inner, -2));
    bool selected = focused && field->selected;
    if (selected)
        draw_rect(self->list, (rect){x, y, whole, height}, 2, t->accent);
    draw_text(self->list, self->text, f, x, y, field->text, selected ? t->on_accent : t->text);
    if (focused && !selected)
        draw_rect(self->list, (rect){x + caret, y, ui_px(self, 1) + 1, height}, 0, t->text);
    draw_set_clip(self->list, clip);
}

/* ---- grid -------------------------------------------------------------------------------------------------------- */

rect ui_grid_cell(const grid *g, int cell)
{
    rect r = g->first;
    r.x += cell % g->columns * g->step_x;
    r.y += cell / g->columns * g->step_y;
    return r;
}

/* What is between two cells belongs to the one before, so that nothing flickers on the way. */
int ui_grid(ui *self, const grid *g)
{
    int rows = (g->count + g->columns - 1) / g->columns, across = g->count < g->columns ? g->count : g->columns;
    rect all = {g->first.x, g->first.y, (across - 1) * g->step_x + g->first.w, (rows - 1) * g->step_y + g->first.h};
    element *e = declare(self, all, g->name, ELEMENT_GRID);
    e->tip = g->tip;
    e->grid = *g;
    e->grid.name = e->name;
    if (strcmp(self->focus, g->name) != 0)
        return -1;
    self->cell = g->picks ? g->at : self->cell < g->count ? self->cell : g->count - 1;
    if (!self->focus_shown || self->cell < 0)
        return -1;
    ui_focus_ring(self, ui_grid_cell(g, self->cell), 2 * self->scale);
    return g->number ? g->number[self->cell] : self->cell;
}

/* ---- areas, scrolling, tooltip ----------------------------------------------------------------------------------- */

bool ui_area(ui *self, rect r, const char *name, element_kind kind)
{
    return is_focused(self, declare(self, r, name, kind));
}

void ui_explain(ui *self, const char *tip)
{
    self->declared->tip = tip;
}

void ui_act(ui *self, action act, bool enabled)
{
    self->declared->act = act;
    self->declared->enabled = enabled;
}

void ui_raise(ui *self)
{
    self->layer++;
    self->card = (rect){0, 0, 0, 0};
    self->scroll_max = 0;
    self->scroll_area = (rect){0, 0, 0, 0};
}

/* Its way is the position's share of what is beyond the view, whatever its height. */
rect ui_scroll_thumb(const ui *self)
{
    rect view = self->scroll_area;
    int least = ui_px(self, 24), high = view.h * view.h / (view.h + self->scroll_max), w = ui_px(self, 4);
    high = high > least ? high : least < view.h ? least : view.h;
    int y = view.y + (view.h - high) * self->scrolled[self->scroll_layer] / self->scroll_max;
    return (rect){view.x + view.w - w, y, w, high};
}

rect ui_scroll_begin(ui *self, rect view, int content_height)
{
    int *at = &self->scrolled[self->layer];
    self->scroll_layer = self->layer;
    self->scroll_area = view;
    self->scroll_max = view.h > 0 && content_height > view.h ? content_height - view.h : 0;
    if (*at > self->scroll_max)
        *at = self->scroll_max;
    if (*at < 0)
        *at = 0;
    self->scroll = *at;
    if (self->scroll_max > 0) {
        rect bar = ui_scroll_thumb(self);
        draw_rect(self->list, bar, 0.5f * (float)bar.w, self->colours->outline);
    }
    return draw_clip(self->list, view);
}

void ui_scroll_end(ui *self, rect clip)
{
    draw_set_clip(self->list, clip);
}

static bool wants_tip(const ui *self, const element **e)
{
    *e = ui_find(self, self->hover);
    return *e && (*e)->tip && (*e)->kind != ELEMENT_CANVAS && !self->pressed[0];
}

double ui_waiting(const ui *self, double now)
{
    const element *e;
    if (!wants_tip(self, &e))
        return -1;
    double left = self->hover_since + tooltip_delay - now;
    return left > 0 && isfinite(left) ? left : -1; /* never again, until the pointer moves */
}

/* The parts of an element's tooltip: what was cut of it, and what it is for. */
static int collect_tip(const ui *self, const element *e, const char *part[], int most)
{
    int count = 0;
    for (int i = 0; i < self->n_lines && count + 1 < most; i++) {
        const text_line *l = &self->line[i];
        bool within = l->layer == e->layer && rect_contains(e->r, (float)l->r.x, (float)l->r.y + 0.5f * (float)l->r.h);
        if (l->cut && within && strcmp(l->cut, e->tip) != 0)
            part[count++] = l->cut;
    }
    part[count++] = e->tip;
    return count;
}

/* How much room there is beside an entry of a list, at its left or else at its right; 0: too little, or it is none. */
static int room_beside(const ui *self, const element *e, rect window, bool *left)
{
    int rim = ui_px(self, 24), before = e->r.x - rim, behind = window.w - e->r.x - e->r.w - rim;
    *left = before >= behind;
    int room = *left ? before : behind;
    return e->listed && room >= ui_px(self, 200) ? room : 0;
}

/* Below the element or above it; beside it where there is room for that. */
static rect place_tip(const ui *self, const element *e, rect window, int w, int h)
{
    bool left;
    int pad = ui_px(self, 8), beside = room_beside(self, e, window, &left), rim = 2 * pad;
    rect r = {e->r.x + (e->r.w - w) / 2, e->visible.y + e->visible.h + pad, w, h};
    if (beside > 0)
        r = (rect){left ? e->r.x - rim - w : e->r.x + e->r.w + rim, e->visible.y, w, h};
    if (r.x + r.w > window.w - pad)
        r.x = window.w - pad - r.w;
    if (r.x < pad)
        r.x = pad;
    if (r.y + r.h > window.h)
        r.y = beside > 0 ? window.h - r.h : e->visible.y - pad - r.h;
    if (r.y < 0)
        r.y = 0;
    return r;
}

void ui_tooltip(ui *self, rect window, double now)
{
    enum { PARTS = 8, WIDEST = 480 /* units of the layout */ };
    bool left;
    const element *e;
    const char *part[PARTS];
    if (!wants_tip(self, &e) || now < self->hover_since + tooltip_delay)
        return;
    font f = ui_font(self, 13, FONT_REGULAR);
    int pad = ui_px(self, 8), most = ui_px(self, WIDEST), w = 0, h = 0, count = collect_tip(self, e, part, PARTS);
    int beside = room_beside(self, e, window, &left), room = beside > 0 ? beside - 2 * pad : window.w - 4 * pad;
    most = most < room ? most : room;
    for (int i = 0; i < count; i++) {
        int wide = text_width(self->text, f, part[i]) + 1;
        w = wide > w ? wide : w;
    }
    w = w < most ? w : most;
    for (int i = 0; i < count; i++)
        h += ui_paragraph(self, (rect){0, 0, w, 0}, part[i], f, 0, false);
    rect r = place_tip(self, e, window, w + 2 * pad, h + pad);
    self->layer++;
    draw_rect(self->list, r, 6 * self->scale, self->colours->text);
    rect line = {r.x + pad, r.y + pad / 2, w, 0};
    for (int i = 0; i < count; i++)
        line.y += ui_paragraph(self, line, part[i], f, self->colours->background, true);
}
