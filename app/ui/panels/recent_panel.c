/* recent_panel.c - drawings before this one as small pictures: some in a strip beside the canvas, all of them in a
 * dialog. Each is a button that brings its drawing back. */
#include "app/texts/texts.h"
#include "panel.h"
#include <math.h>
#include <stdio.h>

/* name: of the strip or dialog that it stands in. */
static void draw_one(const app *self, rect r, const char *name, int index)
{
    ui *u = self->ui;
    const recent_item *item = self->recent.item[index];
    char full[UI_NAME];
    snprintf(full, sizeof full, "%s.%d", name, index + 1);
    button b = {.name = full, .tip = texts_get(TEXT_RECENT_TIP), .act = {.id = ACTION_RECALL, .index = index}};
    ui_button(u, r, &b);

    /* As large as fits; no dot becomes a blot. */
    rect sheet = rect_inset(r, ui_px(u, 5)), clip = draw_clip(u->list, sheet);
    const float *box = item->box;
    float width = fmaxf((float)sheet.w / 14, 2), room = (float)sheet.w - 3 * width;
    float unit = room / fmaxf(fmaxf(box[2] - box[0], box[3] - box[1]), 0.25f * INK_CANVAS);
    float x = (float)sheet.x + 0.5f * (float)sheet.w - 0.5f * (box[0] + box[2]) * unit;
    float y = (float)sheet.y + 0.5f * (float)sheet.h - 0.5f * (box[1] + box[3]) * unit;
    for (int i = 0; i < item->n_lines; i++) {
        const recent_line *l = &item->sketch[i];
        shape_line line = {x + l->x0 * unit, y + l->y0 * unit, width, x + l->x1 * unit, y + l->y1 * unit, width};
        draw_line(u->list, &line, u->colours->text);
    }
    draw_set_clip(u->list, clip);
    font f = ui_font(u, 12, FONT_BOLD);
    int w = text_width(u->text, f, item->read), most = r.w - ui_px(u, 12), h = text_height(u->text, f);
    w = w < most ? w : most;
    rect label = {r.x + r.w - w - ui_px(u, 6), r.y + r.h - h - ui_px(u, 3), w, h};
    draw_rect(u->list, rect_inset(label, -ui_px(u, 1)), 3 * u->scale, u->colours->surface);
    ui_label(u, label, item->read, f, u->colours->accent, ALIGN_LEFT);
}

void recent_panel(const app *self, rect area)
{
    ui *u = self->ui;
    int step = area.w + ui_px(u, 8);
    u->group = 7;
    for (int i = 0; i < self->recent.count && (i + 1) * step <= area.h; i++)
        draw_one(self, (rect){area.x, area.y + i * step, area.w, area.w}, "recent", i);
}

/* The button at the other end of the row that panel_buttons made. */
static void place_forget(const app *self, rect inside)
{
    ui *u = self->ui;
    button b = panel_button(self, ACTION_FORGET, ICON_NONE, texts_get(TEXT_RECENT_FORGET));
    ui_button(u, (rect){inside.x, inside.y + inside.h - ui_px(u, 40), ui_button_width(u, &b), ui_px(u, 40)}, &b);
}

void recent_popup(const app *self, rect window)
{
    enum { COLUMNS = 6, SIDE = 96, GAP = 10, CARD = COLUMNS * (SIDE + GAP) + 54, REST = 176 /* units of the layout */ };
    ui *u = self->ui;
    int rows = self->recent.count ? (self->recent.count + COLUMNS - 1) / COLUMNS : 1;
    rect inside = panel_card(self, window, ui_px(u, CARD), ui_px(u, (float)(rows * (SIDE + GAP) + REST)));
    panel_heading(self, &inside, texts_get(TEXT_ACTION_RECENT));
    rect buttons = inside;
    panel_buttons(self, &inside, NULL, "close", texts_get(TEXT_BUTTON_CLOSE), ACTION_CLOSE);
    if (self->recent.count == 0)
        ui_paragraph(u, inside, texts_get(TEXT_RECENT_EMPTY), ui_font(u, 15, FONT_REGULAR), u->colours->muted, true);

    int rim = ui_px(u, 6), side = ui_px(u, SIDE), step = ui_px(u, SIDE + GAP); /* a rim for the focus ring */
    int columns = (inside.w + step - side) / step > 0 ? (inside.w + step - side) / step : 1;
    rows = (self->recent.count + columns - 1) / columns;
    rect clip = ui_scroll_begin(u, rect_inset(inside, -rim), rows * step + rim);
    u->group = 8;
    for (int i = 0; i < self->recent.count; i++) {
        rect r = {inside.x + i % columns * step, inside.y - u->scroll + i / columns * step, side, side};
        draw_one(self, r, "earlier", i);
    }
    ui_scroll_end(u, clip);
    u->group = 0;
    place_forget(self, buttons);
}
