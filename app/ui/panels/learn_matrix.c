/* learn_matrix.c - who is taken for whom by the network at the moment of its training that is shown, as a small matrix. */
#include "app/texts/texts.h"
#include "panel.h"
#include <math.h>
#include <stdio.h>

enum { LABEL = 18, MOST_CELL = 30, NUMBER = 20 /* cells that are narrower have no numbers */ };

const char *learn_matrix_words(const app *self)
{
    confusion c;
    train_job_moment_check(self->training.job, app_shown_moment(self), &c);
    return ui_say(self->ui, FORMAT_LEARN_CHECKED, confusion_correct(&c), confusion_total(&c));
}

static void draw_cell(const app *self, const confusion *c, int truth, int read, rect r)
{
    ui *u = self->ui;
    int n = c->n[truth][read], of = confusion_class(c, truth).support;
    draw_rect(u->list, r, 2 * u->scale, u->colours->surface);
    if (n == 0)
        return;
    colour fill = truth == read ? u->colours->accent : u->colours->warning;
    float strength = 0.15f + (PANEL_TINT - 0.15f) * sqrtf((float)n / (float)of);
    draw_rect(u->list, r, 2 * u->scale, (fill & 0xffffff) | (unsigned)(255 * strength) << 24);
    if (r.w >= ui_px(u, NUMBER))
        ui_label(u, r, ui_say(u, FORMAT_NUMBER_WHOLE, n), panel_small_font(u), u->colours->text, ALIGN_CENTRE);
}

/* A whole line stands in so many rows: every label, or every second, or none. */
static int label_every(ui *u, font f, int side)
{
    int high = text_height(u->text, f);
    return side >= high ? 1 : 2 * side >= high ? 2 : 0;
}

/* Labels only where they have room, as of letters in a narrow column. */
static void draw_labels(const app *self, rect cells, int classes, int side)
{
    ui *u = self->ui;
    const train_job *t = self->training.job;
    font f = panel_small_font(u);
    int high = ui_px(u, LABEL), every = label_every(u, f, side), spare = every > 1 ? side / 2 : 0;
    for (int i = 0; every > 0 && i < classes; i += every) {
        rect column = {cells.x + i * side - spare, cells.y - high, side + 2 * spare, high};
        rect row = {cells.x - high, cells.y + i * side - spare, high - ui_px(u, 4), side + 2 * spare};
        ui_label(u, column, train_job_label(t, i), f, u->colours->muted, ALIGN_CENTRE);
        ui_label(u, row, train_job_label(t, i), f, u->colours->muted, ALIGN_RIGHT);
    }
}

int learn_matrix(const app *self, rect area)
{
    ui *u = self->ui;
    confusion c;
    train_job_moment_check(self->training.job, app_shown_moment(self), &c);
    int label = ui_px(u, LABEL), wide = (area.w - label) / c.classes, high = (area.h - label) / c.classes;
    int side = wide < high ? wide : high, most = ui_px(u, MOST_CELL);
    side = side > most ? most : side < 1 ? 1 : side;
    rect cells = {area.x + label, area.y + label, side * c.classes, side * c.classes};
    int gap = side > 4 ? 1 : 0;
    ui_area(u, (rect){area.x, area.y, label + cells.w, label + cells.h}, "learn.matrix", ELEMENT_SHOWN);
    ui_explain(u, texts_get(TEXT_LEARN_MATRIX_TIP));
    draw_labels(self, cells, c.classes, side);
    for (int i = 0; i < c.classes * c.classes; i++) {
        int truth = i / c.classes, read = i % c.classes;
        draw_cell(self, &c, truth, read, (rect){cells.x + read * side, cells.y + truth * side, side - gap, side - gap});
    }
    return label + cells.h;
}
