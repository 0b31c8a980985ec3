/* toolbar.c - the row of buttons at the top. */
#include "app/texts/texts.h"
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
        int w = text_width(u->text, f, texts_get(TEXT_TOOLBAR_BRUSH));
        ui_label(u, (rect){row->x, row->y, w, row->h}, texts_get(TEXT_TOOLBAR_BRUSH), f, u->colours->muted, ALIGN_LEFT);
        row->x += w + ui_px(u, 10);
    }
    slider brush = {.name = "brush",
                    .tip = texts_get(TEXT_TOOLBAR_BRUSH_TIP),
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
    button undo = panel_button(ACTION_UNDO, ICON_UNDO, labels ? texts_get(TEXT_ACTION_UNDO) : NULL);
    button redo = panel_button(ACTION_REDO, ICON_REDO, labels ? texts_get(TEXT_ACTION_REDO) : NULL);
    button eraser = panel_button(ACTION_ERASER, ICON_ERASER, labels ? texts_get(TEXT_ACTION_ERASER) : NULL);
    button clear = panel_button(ACTION_CLEAR, ICON_CLEAR, labels ? texts_get(TEXT_ACTION_CLEAR) : NULL);
    undo.disabled = !ink_can_undo(&self->drawing);
    redo.disabled = !ink_can_redo(&self->drawing);
    eraser.on = self->eraser;
    clear.disabled = !ink_can_clear(&self->drawing) && !app_shows_picture(self);
    const button *left[] = {&undo, &redo, &eraser, &clear};
    rect row = area;
    for (size_t i = 0; i < sizeof left / sizeof left[0]; i++)
        place(self, &row, left[i]);
    place_brush(self, &row, labels);

    button models = panel_button(ACTION_MODELS, ICON_CHEVRON,
                                 *app_reader_name(self) ? app_reader_name(self) : texts_get(TEXT_TOOLBAR_NO_MODEL));
    button light = panel_button(ACTION_THEME, ICON_THEME, NULL);
    button help = panel_button(ACTION_HELP, ICON_HELP, NULL);
    button menu = panel_button(ACTION_MENU, ICON_MENU, NULL);
    const button *right[] = {&models, &light, &help, &menu};
    int gap = ui_px(u, 8), width = ui_button_width(u, &models) + 3 * (row.h + gap);
    row = (rect){area.x + area.w - width, area.y, width, area.h};
    for (size_t i = 0; i < sizeof right / sizeof right[0]; i++)
        place(self, &row, right[i]);
}
