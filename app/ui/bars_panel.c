/* bars_panel.c - one bar per class, live. The best one differs by weight and height, an unsure one is hollow. */
#include "panel.h"
#include <math.h>

typedef struct bar {
    const char *label;
    float shown, value;
    bool best, hollow, known;
} bar;

/* `height` of a row sets the sizes: rows themselves differ by a pixel. */
static void draw_bar(app *self, rect row, float height, const bar *b)
{
    ui *u = &self->ui;
    const theme *t = u->colours;
    float size = fminf(fmaxf(0.5f * height / u->scale, 12), 40);
    font plain = ui_font(u, size, FONT_REGULAR), bold = ui_font(u, size * 1.1f, FONT_BOLD);
    font f = b->best ? bold : plain, number = ui_font(u, size * 0.85f, b->best ? FONT_BOLD : FONT_REGULAR);
    int gap = ui_px(u, 10), label_w = text_width(u->text, bold, "0"),
        number_w = text_width(u->text, ui_font(u, size * 0.85f, FONT_BOLD), ">99.9 %");
    if (text_width(u->text, bold, b->label) > label_w)
        label_w = row.w / 4;
    ui_label(u, (rect){row.x, row.y, label_w, row.h}, b->label, f, b->known ? t->text : t->muted, ALIGN_LEFT);

    float h = (b->best ? 0.62f : 0.34f) * height, x = (float)(row.x + label_w + gap),
          y = (float)row.y + 0.5f * ((float)row.h - h);
    float w = (float)(row.w - label_w - number_w - 2 * gap), radius = fminf(0.25f * h, 6 * u->scale);
    if (w > 0) {
        draw_box(u->list, &(shape_box){x, y, w, h, radius, 0}, t->track);
        shape_box filled = {x, y, w * b->shown, h, radius, b->hollow ? fmaxf(3 * u->scale, 2) : 0};
        if (filled.w >= 0.5f)
            draw_box(u->list, &filled, b->best ? t->accent : t->bar);
    }
    if (!b->known)
        return;
    char text[32];
    panel_percent(text, sizeof text, b->value);
    ui_label(u, (rect){row.x + row.w - number_w, row.y, number_w, row.h}, text, number, b->best ? t->text : t->muted,
             ALIGN_RIGHT);
}

void bars_panel(app *self, rect area)
{
    const nn_model *model = self->reader ? recogniser_model(self->reader) : NULL;
    const answer *a = &self->answer;
    ui_area(&self->ui, area, "bars", ELEMENT_SHOWN);
    int classes = model ? model->n_labels : 0, columns = 1;
    while (columns < 4 && classes > 0 && area.h * columns / classes < ui_px(&self->ui, 18))
        columns++;
    int rows = (classes + columns - 1) / columns, gap = ui_px(&self->ui, 20);
    for (int i = 0; i < classes; i++) {
        int column = i / rows, row = i % rows, w = (area.w - (columns - 1) * gap) / columns;
        int top = area.y + row * area.h / rows, bottom = area.y + (row + 1) * area.h / rows;
        bar b = {model->label[i], self->shown[i], a->probability[i], i == a->digit, i == a->digit && a->unsure,
                 a->digit >= 0};
        draw_bar(self, (rect){area.x + column * (w + gap), top, w, bottom - top}, (float)area.h / (float)rows, &b);
    }
}
