/* toolbar.c - the row of buttons at the top. */
#include "panel.h"

/* Places a button at the left end of what is left of the row. */
static void place(const app *self, rect *row, const button *b)
{
    ui *u = self->ui;
    int w = b->label ? ui_button_width(u, b) : row->h, step = w + ui_px(u, 8);
    ui_button(u, (rect){row->x, row->y, w, row->h}, b);
    row->x += step;
    row->w -= step;
}

static void place_brush(const app *self, rect *row, bool labels)
{
    ui *u = self->ui;
    font f = ui_font(u, 15, FONT_REGULAR);
    row->x += ui_px(u, 8);
    if (labels) {
        int w = text_width(u->text, f, "Brush");
        ui_label(u, (rect){row->x, row->y, w, row->h}, "Brush", f, u->colours->muted, ALIGN_LEFT);
        row->x += w + ui_px(u, 10);
    }
    slider brush = {.name = "brush",
                    .tip = "The width of the brush: [ and ]",
                    .act = {.id = ACTION_BRUSH},
                    .value = self->settings.brush,
                    .min = APP_BRUSH_MIN,
                    .max = APP_BRUSH_MAX,
                    .step = 2};
    ui_slider(u, (rect){row->x, row->y, ui_px(u, labels ? 150 : 110), row->h}, &brush);
}

void toolbar_panel(const app *self, rect area)
{
    ui *u = self->ui;
    bool labels = area.w >= ui_px(u, 940);
    u->group = 1;
    button undo = panel_button(ACTION_UNDO, ICON_UNDO, labels ? "Undo" : NULL);
    button redo = panel_button(ACTION_REDO, ICON_REDO, labels ? "Redo" : NULL);
    button eraser = panel_button(ACTION_ERASER, ICON_ERASER, labels ? "Eraser" : NULL);
    button clear = panel_button(ACTION_CLEAR, ICON_CLEAR, labels ? "Clear" : NULL);
    undo.disabled = !ink_can_undo(&self->drawing);
    redo.disabled = !ink_can_redo(&self->drawing);
    eraser.on = self->eraser;
    clear.disabled = !ink_can_clear(&self->drawing) && !app_shows_picture(self);
    const button *left[] = {&undo, &redo, &eraser, &clear};
    rect row = area;
    for (size_t i = 0; i < sizeof left / sizeof left[0]; i++)
        place(self, &row, left[i]);
    place_brush(self, &row, labels);

    button models =
        panel_button(ACTION_MODELS, ICON_CHEVRON, *app_reader_name(self) ? app_reader_name(self) : "No model");
    button light = panel_button(ACTION_THEME, ICON_THEME, NULL);
    button help = panel_button(ACTION_HELP, ICON_HELP, NULL);
    button menu = panel_button(ACTION_MENU, ICON_MENU, NULL);
    const button *right[] = {&models, &light, &help, &menu};
    int gap = ui_px(u, 8), width = ui_button_width(u, &models) + 3 * (row.h + gap);
    row = (rect){area.x + area.w - width, area.y, width, area.h};
    for (size_t i = 0; i < sizeof right / sizeof right[0]; i++)
        place(self, &row, right[i]);
}
