/* compact_panel.c - the answer where there is little room: the class, its probability, and a column for every class. */
#include "app/texts/texts.h"
#include "panel.h"
#include <math.h>

/* Unsure columns are hollow, as unsure bars are. */
static void draw_column(const app *self, rect r, int i)
{
    ui *u = self->ui;
    const theme *t = u->colours;
    bool best = i == app_read(self)->answer.digit, hollow = best && app_read(self)->answer.unsure;
    float gap = fminf(0.15f * (float)r.w, 3 * u->scale), w = (float)r.w - 2 * gap, h = (float)r.h;
    float high = h * app_read(self)->shown[i], radius = fminf(0.2f * w, 3 * u->scale);
    draw_box(u->list, &(shape_box){(float)r.x + gap, (float)r.y, w, h, radius, 0}, t->track);
    draw_box(u->list, &(shape_box){(float)r.x + gap, (float)r.y, w, h, radius, fmaxf(u->scale, 1)}, t->outline);
    shape_box filled = {(float)r.x + gap, (float)r.y + h - high, w, high, radius, hollow ? fmaxf(2 * u->scale, 2) : 0};
    if (high >= 0.5f)
        draw_box(u->list, &filled, best ? t->accent : t->bar);
}

/* So small that every label fits its column, with some paper between two where they can be read so; 0 pixels where they
 * cannot be read. */
static font label_font(const app *self, const nn_model *model, int room)
{
    ui *u = self->ui;
    font f = ui_font(u, 13, FONT_BOLD), fitting = f;
    int widest = 1, space = ui_px(u, 3), least = ui_px(u, 9) > 9 ? ui_px(u, 9) : 9;
    for (int i = 0; i < model->n_labels; i++) {
        int w = text_width(u->text, f, model->label[i]);
        widest = w > widest ? w : widest;
    }
    if (widest > room - space)
        fitting.px = f.px * (room - space) / widest;
    if (fitting.px < least)
        fitting.px = f.px * room / widest < least ? 0 : least;
    return fitting;
}

/* Under its column; one that is wider stays within the row. */
static void draw_label(const app *self, rect row, rect column, const char *label, font f)
{
    ui *u = self->ui;
    int w = text_width(u->text, f, label), x = column.x + (column.w - w) / 2;
    if (x + w > row.x + row.w)
        x = row.x + row.w - w;
    if (x < row.x)
        x = row.x;
    ui_label(u, (rect){x, row.y, row.x + row.w - x, row.h}, label, f,
             app_read(self)->answer.digit >= 0 ? u->colours->text : u->colours->muted, ALIGN_LEFT);
}

/* Where there is no room for all labels, only the answer has one. */
static void draw_columns(const app *self, const nn_model *model, rect area)
{
    ui *u = self->ui;
    int classes = model->n_labels, label_h = ui_px(u, 18);
    rect row = {area.x, area.y + area.h - label_h, area.w, label_h};
    font f = label_font(self, model, area.w / classes);
    for (int i = 0; i < classes; i++) {
        int left = area.x + area.w * i / classes, right = area.x + area.w * (i + 1) / classes;
        rect column = {left, area.y, right - left, area.h - label_h};
        bool best = i == app_read(self)->answer.digit;
        draw_column(self, column, i);
        if (f.px || best)
            draw_label(self, row, column, model->label[i],
                       f.px ? (font){f.px, best ? FONT_BOLD : FONT_REGULAR} : ui_font(u, 13, FONT_BOLD));
    }
}

/* Of a number, unless what its bars are of is broken on purpose: then those words are about that digit, too. */
void compact_panel(const app *self, rect area)
{
    ui *u = self->ui;
    const answer *a = &app_read(self)->answer;
    const number_answer *n = digit_is_distorted(&self->how) ? NULL : app_number(self);
    ui_area(u, area, "bars", ELEMENT_SHOWN);
    ui_explain(u, texts_get(TEXT_BARS_TIP));
    if (!app_model(self))
        return;
    int line = ui_px(u, 26);
    const char *words = self->numbers.found.partial ? "" : texts_get(answer_headline(self));
    char class[ANSWER_CLASS];
    answer_class(class, sizeof class, a);
    if (a->digit >= 0)
        words = ui_say(u, FORMAT_ANSWER_BRIEF, n ? n->text : class, n && n->unsure ? "?" : "",
                       panel_percent(u, n ? n->probability : a->confidence));
    rect at = {area.x, area.y, area.w, line}, columns = {area.x, area.y + line + ui_px(u, 6), area.w, 0};
    columns.h = area.y + area.h - columns.y;
    if (columns.h <= ui_px(u, 24)) { /* beside the words, in a place of their own whatever those are */
        at.w = area.w * 2 / 5;
        columns = (rect){area.x + at.w + ui_px(u, 8), area.y, area.w - at.w - ui_px(u, 8), area.h};
    }
    ui_label(u, at, words, panel_fit(self, words, ui_font(u, 20, FONT_BOLD), at.w),
             a->digit < 0 || (n ? n->unsure : a->unsure) ? u->colours->muted : u->colours->accent, ALIGN_LEFT);
    if (columns.h > ui_px(u, 24))
        draw_columns(self, app_model(self), columns);
}
