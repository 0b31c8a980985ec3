/* canvas_panel.c - the paper with the drawing, the brush's ring and the keyboard's pen. */
#include "app/texts/texts.h"
#include "panel.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

static void draw_strokes(const app *self, rect r)
{
    const paper *p = &self->paper;
    const theme *t = self->ui->colours;
    bool coloured = app_shows_layers(self) && self->inside && self->inside->heat;
    for (int y = 0; y < p->side; y += PAPER_TILE)
        for (int x = 0; x < p->side; x += PAPER_TILE) {
            int w = p->side - x < PAPER_TILE ? p->side - x : PAPER_TILE,
                h = p->side - y < PAPER_TILE ? p->side - y : PAPER_TILE;
            mask_image tile = {p->mask + (ptrdiff_t)y * p->side + x, w, h, p->side, 0};
            unsigned version = p->version[y / PAPER_TILE * PAPER_TILES + x / PAPER_TILE];
            draw_mask(self->ui->list, &tile, version, (rect){r.x + x, r.y + y, w, h}, coloured ? t->pale_ink : t->ink);
        }
}

/* A picture keeps its own colours: it stands as grey on white in both themes. An image of a data set is ink on paper. */
static void draw_picture(const app *self, rect r)
{
    const app_picture *p = app_shown_picture(self);
    int longer = p->w > p->h ? p->w : p->h;
    int w = (int)((int64_t)r.w * p->w / longer), h = (int)((int64_t)r.h * p->h / longer);
    rect to = {r.x + (r.w - w) / 2, r.y + (r.h - h) / 2, w, h};
    mask_image shown = {p->shown, p->shown_w, p->shown_h, p->shown_w, 0};
    draw_rect(self->ui->list, to, 0, p->exact ? self->ui->colours->paper : 0xffffffff);
    draw_mask(self->ui->list, &shown, self->prepared, to, p->exact ? self->ui->colours->ink : 0xff000000);
}

/* Lines of text, each in the middle; returns their height. */
static int centred_lines(ui *u, rect r, const char *text, font f)
{
    int line = text_height(u->text, f) * 5 / 4, y = r.y;
    char copy[256];
    for (size_t next; *text; text += next, y += line) {
        size_t length = text_break(u->text, f, text, r.w, &next);
        snprintf(copy, sizeof copy, "%.*s", (int)length, text);
        ui_label(u, (rect){r.x, y, r.w, line}, copy, f, u->colours->muted, ALIGN_CENTRE);
    }
    return y - r.y;
}

static void draw_hint(const app *self, rect r)
{
    ui *u = self->ui;
    const char *here = texts_get(self->settings.numbers ? TEXT_CANVAS_HINT_NUMBER : TEXT_CANVAS_HINT),
               *how = texts_get(TEXT_CANVAS_HOW);
    rect words = rect_inset(r, ui_px(u, 12));
    font large = ui_font(u, 22, FONT_REGULAR), small = ui_font(u, 14, FONT_REGULAR);
    words.y = r.y + r.h / 2 - ui_px(u, 30);
    words.y += centred_lines(u, words, here, panel_fit(self, here, large, words.w)) + ui_px(u, 2);
    centred_lines(u, words, how, small);
}

static void draw_ring(const app *self, float x, float y, bool erasing)
{
    draw_list *list = self->ui->list;
    const theme *t = self->ui->colours;
    float radius = fmaxf(0.5f * self->settings.brush * (float)self->canvas.w / INK_CANVAS, 2),
          line = fmaxf(1.5f * self->ui->scale, 1.5f);
    shape_box halo = {x - radius - line,   y - radius - line, 2 * (radius + line),
                      2 * (radius + line), radius + line,     3 * line};
    shape_box ring = {x - radius, y - radius, 2 * radius, 2 * radius, radius, line};
    draw_box(list, &halo, (t->paper & 0xffffff) | 0x80000000);
    draw_box(list, &ring, erasing ? t->focus : t->accent);
    if (!erasing)
        return;
    float arm = radius * 0.5f;
    draw_line(list, &(shape_line){x - arm, y, line, x + arm, y, line}, t->focus);
}

/* The ring at the mouse, in the middle while the slider sets its size, or at the keyboard's pen with a cross-hair:
 * filled when it is down. */
static void draw_pens(const app *self, rect r, bool keys)
{
    ui *u = self->ui;
    bool drawing = self->drawing.drawing && !self->pen.by_keys;
    if (drawing ||
        (self->popup == POPUP_NONE && ui_at(u, u->pointer_x, u->pointer_y) == ui_find(u, "canvas") && u->hover[0]))
        draw_ring(self, u->pointer_x, u->pointer_y, self->eraser || self->pen.turned);
    bool choosing = strcmp(u->pressed, "brush") == 0 || strcmp(u->hover, "brush") == 0;
    if (choosing)
        draw_ring(self, (float)r.x + 0.5f * (float)r.w, (float)r.y + 0.5f * (float)r.h, self->eraser);
    if (!keys)
        return;
    float unit = (float)r.w / INK_CANVAS, x = (float)r.x + self->pen.x * unit, y = (float)r.y + self->pen.y * unit;
    float arm = 14 * u->scale, line = fmaxf(2 * u->scale, 1.5f);
    draw_ring(self, x, y, self->eraser);
    draw_line(u->list, &(shape_line){x - arm, y, line, x + arm, y, line}, u->colours->focus);
    draw_line(u->list, &(shape_line){x, y - arm, line, x, y + arm, line}, u->colours->focus);
    if (self->drawing.drawing)
        draw_box(u->list, &(shape_box){x - 5 * line, y - 5 * line, 10 * line, 10 * line, 5 * line, 0},
                 u->colours->focus);
}

void canvas_panel(const app *self, rect area)
{
    ui *u = self->ui;
    u->group = 2;
    bool keys = ui_area(u, area, "canvas", ELEMENT_CANVAS);
    ui_explain(u, texts_get(TEXT_CANVAS_TIP));
    draw_rect(u->list, area, 4 * u->scale, u->colours->paper);
    rect clip = draw_clip(u->list, area);
    if (app_shows_picture(self))
        draw_picture(self, area);
    else
        draw_strokes(self, area);
    if (ink_is_empty(&self->drawing) && !app_shows_picture(self) && !self->drawing.drawing && !keys)
        draw_hint(self, area);
    draw_pens(self, area, keys);
    draw_set_clip(u->list, clip);
    draw_outline(u->list, rect_inset(area, -1), 4 * u->scale, fmaxf(1.5f * u->scale, 1), u->colours->outline);
    if (keys)
        ui_focus_ring(u, area, 4 * u->scale);
}
