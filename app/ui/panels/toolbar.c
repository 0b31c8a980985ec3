/* toolbar.c - the row of buttons at the top. */
#include "app/texts/texts.h"
#include "panel.h"

enum { N_LEFT = 4, N_RIGHT = 4, LEAST_BRUSH = 52 /* units of the layout */ };

/* Places a button of at most this width at the left end of what is left of the row. */
static void place(const app *self, rect *row, const button *b, int most)
{
    ui *u = self->ui;
    int w = b->label ? ui_button_width(u, b) : row->h;
    w = w < most ? w : most;
    int step = w + ui_px(u, 8);
    ui_button(u, (rect){row->x, row->y, w, row->h}, b);
    row->x += step;
    row->w -= step;
}

/* In what is left of the row. */
static void place_brush(const app *self, rect row, bool labels)
{
    ui *u = self->ui;
    font f = ui_font(u, 15, FONT_REGULAR);
    int least = ui_px(u, LEAST_BRUSH), most = ui_px(u, 150), gap = ui_px(u, 8);
    const char *words = texts_get(TEXT_TOOLBAR_BRUSH);
    row.x += gap;
    row.w -= 2 * gap;
    if (labels) {
        int w = text_width(u->text, f, words);
        ui_label(u, (rect){row.x, row.y, w, row.h}, words, f, u->colours->muted, ALIGN_LEFT);
        row.x += w + gap;
        row.w -= w + gap;
    }
    slider brush = {.name = "brush",
                    .tip = texts_get(TEXT_TOOLBAR_BRUSH_TIP),
                    .act = {.id = ACTION_BRUSH},
                    .value = self->settings.brush,
                    .min = APP_BRUSH_MIN,
                    .max = APP_BRUSH_MAX,
                    .step = 2};
    row.w = row.w > most ? most : row.w < least ? least : row.w;
    ui_slider(u, row, &brush);
}

static int width_of(ui *u, const button *buttons, int count, int high)
{
    int width = 0;
    for (int i = 0; i < count; i++)
        width += (buttons[i].label ? ui_button_width(u, &buttons[i]) : high) + ui_px(u, 8);
    return width;
}

static void make_left(const app *self, button left[N_LEFT])
{
    left[0] = panel_button(self, ACTION_UNDO, ICON_UNDO, texts_get(TEXT_ACTION_UNDO));
    left[1] = panel_button(self, ACTION_REDO, ICON_REDO, texts_get(TEXT_ACTION_REDO));
    left[2] = panel_button(self, ACTION_ERASER, ICON_ERASER, texts_get(TEXT_ACTION_ERASER));
    left[3] = panel_button(self, ACTION_CLEAR, ICON_CLEAR, texts_get(TEXT_ACTION_CLEAR));
    left[2].on = self->eraser;
}

static button make_numbers(const app *self)
{
    button b = panel_button(self, ACTION_NUMBERS, ICON_NONE, texts_get(TEXT_TOOLBAR_NUMBERS));
    b.on = self->settings.numbers;
    return b;
}

/* The buttons at the left have labels where all of them have room, beside a brush of some width. */
void toolbar_panel(const app *self, rect area)
{
    ui *u = self->ui;
    const char *model = *app_reader_name(self) ? app_reader_name(self) : texts_get(TEXT_TOOLBAR_NO_MODEL);
    button left[N_LEFT], right[N_RIGHT] = {panel_button(self, ACTION_MODELS, ICON_CHEVRON, model),
                                           panel_button(self, ACTION_THEME, ICON_THEME, NULL),
                                           panel_button(self, ACTION_HELP, ICON_HELP, NULL),
                                           panel_button(self, ACTION_MENU, ICON_MENU, NULL)};
    u->group = 1;
    make_left(self, left);
    int at_right = width_of(u, right, N_RIGHT, area.h);
    const char *one = texts_get(TEXT_TOOLBAR_ONE);
    button numbers = make_numbers(self);
    int wide = ui_switch_width(u, one, &numbers), step = wide + ui_px(u, 8);
    bool labels = width_of(u, left, N_LEFT, area.h) + step + at_right + ui_px(u, 200) <= area.w;
    rect row = area;
    for (int i = 0; i < N_LEFT; i++) {
        if (!labels)
            left[i].label = NULL;
        place(self, &row, &left[i], row.w);
    }
    ui_switch(u, (rect){row.x, row.y, wide, row.h}, one, &numbers);
    row.x += step;
    row.w -= step;
    /* A long name of a model is cut, so that the brush keeps some width. */
    int name = ui_button_width(u, &right[0]), over = at_right + ui_px(u, LEAST_BRUSH + 2 * 8) - row.w;
    int most = over > 0 ? name - over : name;
    at_right -= name - most;
    row.w -= at_right;
    place_brush(self, row, labels);
    row = (rect){area.x + area.w + ui_px(u, 8) - at_right, area.y, at_right, area.h};
    for (int i = 0; i < N_RIGHT; i++)
        place(self, &row, &right[i], i == 0 ? most : row.h);
}
