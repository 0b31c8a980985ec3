/* brief_panel.c - the answer where there is little room: the class, its probability, and a column for every class. */
#include "panel.h"
#include <math.h>
#include <stdio.h>

/* Unsure columns are hollow, as unsure bars are. */
static void draw_column(app *self, rect r, int label_h, int i)
{
    ui *u = &self->ui;
    const theme *t = u->colours;
    const answer *a = &self->answer;
    const char *label = recogniser_model(self->reader)->label[i];
    bool best = i == a->digit;
    font f = ui_font(u, 13, best ? FONT_BOLD : FONT_REGULAR);
    float gap = fminf(0.15f * (float)r.w, 3 * u->scale), w = (float)r.w - 2 * gap, h = (float)(r.h - label_h);
    float high = h * self->shown[i], radius = fminf(0.2f * w, 3 * u->scale);
    draw_box(u->list, &(shape_box){(float)r.x + gap, (float)r.y, w, h, radius, 0}, t->track);
    shape_box filled = {
        (float)r.x + gap, (float)r.y + h - high, w, high, radius, best && a->unsure ? fmaxf(2 * u->scale, 2) : 0};
    if (high >= 0.5f)
        draw_box(u->list, &filled, best ? t->accent : t->bar);
    if (text_width(u->text, f, label) <= r.w)
        ui_label(u, (rect){r.x, r.y + r.h - label_h, r.w, label_h}, label, f, a->digit >= 0 ? t->text : t->muted,
                 ALIGN_CENTRE);
}

void brief_panel(app *self, rect area)
{
    ui *u = &self->ui;
    const answer *a = &self->answer;
    ui_area(u, area, "bars", ELEMENT_SHOWN);
    ui_explain(u, "How likely the network finds every class; a hollow bar says that it is unsure");
    if (!self->reader)
        return;
    int classes = recogniser_model(self->reader)->n_labels, line = ui_px(u, 26), label_h = ui_px(u, 18);
    char words[NN_NAME + 32] = "Draw a digit", share[16];
    if (a->digit >= 0) {
        panel_percent(share, sizeof share, a->confidence);
        snprintf(words, sizeof words, "%s%s \xc2\xb7 %s", a->text, a->unsure ? "?" : "", share);
    }
    font f = ui_font(u, 20, FONT_BOLD);
    int w = text_width(u->text, f, words);
    if (w > area.w)
        f.px = f.px * area.w / w;
    ui_label(u, (rect){area.x, area.y, area.w, line}, words, f,
             a->digit < 0 || a->unsure ? u->colours->muted : u->colours->accent, ALIGN_LEFT);
    int top = area.y + line + ui_px(u, 6), high = area.y + area.h - top;
    for (int i = 0; high > label_h && i < classes; i++) {
        int left = area.x + area.w * i / classes, right = area.x + area.w * (i + 1) / classes;
        draw_column(self, (rect){left, top, right - left, high}, label_h, i);
    }
}
