/* panel.c - what several panels need. */
#include "panel.h"
#include <math.h>
#include <stdio.h>

button panel_button(int id, icon picture, const char *label)
{
    const action_info *info = action_about(id);
    return (button){.name = info->name, .label = label, .tip = info->help, .icon = picture, .act = {.id = id}};
}

rect panel_card(const app *self, rect window, int w, int h)
{
    ui *u = self->ui;
    int margin = ui_px(u, 16);
    if (w > window.w - 2 * margin)
        w = window.w - 2 * margin;
    if (h > window.h - 2 * margin)
        h = window.h - 2 * margin;
    rect card = {(window.w - w) / 2, (window.h - h) / 2, w > 0 ? w : 0, h > 0 ? h : 0};
    ui_raise(u);
    draw_rect(u->list, window, 0, u->colours->scrim);
    draw_rect(u->list, card, 14 * u->scale, u->colours->surface);
    draw_outline(u->list, card, 14 * u->scale, fmaxf(u->scale, 1), u->colours->edge);
    return rect_inset(card, ui_px(u, 24));
}

rect panel_list(const app *self, rect window, const char *anchor, int w, int h)
{
    ui *u = self->ui;
    const element *above = ui_find(u, anchor);
    int margin = ui_px(u, 8), top = above ? above->r.y + above->r.h + margin / 2 : margin;
    rect card = {above ? above->r.x + above->r.w - w : margin, top, w, h + 2 * margin};
    if (card.x < margin)
        card.x = margin;
    if (card.y + card.h > window.h - margin)
        card.h = window.h - margin - card.y;
    if (card.h < 0)
        card.h = 0;
    ui_raise(u);
    u->group = 4;
    draw_rect(u->list, rect_inset(card, -ui_px(u, 3)), 12 * u->scale, u->colours->scrim & 0x2affffff);
    draw_rect(u->list, card, 10 * u->scale, u->colours->surface);
    draw_outline(u->list, card, 10 * u->scale, fmaxf(u->scale, 1), u->colours->outline);
    return rect_inset(card, margin);
}

void panel_heading(const app *self, rect *inside, const char *text)
{
    ui *u = self->ui;
    int h = ui_px(u, 40);
    ui_label(u, (rect){inside->x, inside->y, inside->w, ui_px(u, 28)}, text, ui_font(u, 22, FONT_BOLD),
             u->colours->text, ALIGN_LEFT);
    inside->y += h;
    inside->h -= h;
}

void panel_buttons(const app *self, rect *inside, const char *cancel, const char *name, const char *label, int id)
{
    ui *u = self->ui;
    int h = ui_px(u, 40), gap = ui_px(u, 10), y = inside->y + inside->h - h;
    const char *tip = id == ACTION_CLOSE ? "Back to the window" : "Does it with the file of this name";
    button main = {.name = name, .label = label, .tip = tip, .style = BUTTON_MAIN, .act = {.id = id}};
    int w = ui_button_width(u, &main) + ui_px(u, 20), x = inside->x + inside->w - w;
    if (cancel) {
        button b = {.name = "cancel", .label = cancel, .tip = "Back to the window", .act = {.id = ACTION_CLOSE}};
        int cancel_w = ui_button_width(u, &b);
        ui_button(u, (rect){x - gap - cancel_w, y, cancel_w, h}, &b);
    }
    ui_button(u, (rect){x, y, w, h}, &main);
    inside->h -= h + ui_px(u, 16);
}

font panel_fit(const app *self, const char *text, font f, int width)
{
    int w = text_width(self->ui->text, f, text);
    if (w > width && width > 0)
        f.px = f.px * width / w;
    return f;
}

void panel_percent(char *out, size_t size, float share)
{
    double percent = 100.0 * (double)share;
    if (percent >= 99.95) /* no network is certain, however float rounds */
        snprintf(out, size, ">99.9 %%");
    else
        snprintf(out, size, "%.1f %%", percent);
}
