/* bars_panel.c - one bar per class, live, in the order of the classes. The best one differs by weight and height, an
 * unsure one is hollow and has a question mark, the runner-up is higher than the rest, and what is ruled out is faint.
 *
 * Many classes go into columns; where even those have no room for all, the most likely ones are shown, and how many
 * others there are. */
#include "app/texts/texts.h"
#include "panel.h"
#include "words.h"
#include <math.h>

enum { LEAST_ROW = 14, LEAST_COLUMN = 120, MAX_COLUMNS = 4, COLUMN_GAP = 20 /* units of the layout */ };

/* What is the same for every bar. */
typedef struct look {
    font plain, bold, number, bold_number;
    int label_w, number_w, gap;
    float row; /* height that sizes follow: the rows themselves differ by a pixel */
} look;

typedef enum rank { RANK_NONE, RANK_OUT, RANK_USUAL, RANK_SECOND, RANK_BEST } rank;

static rank rank_of(const answer *a, int class)
{
    const float ruled_out = 0.0005f, worth_a_look = 0.01f; /* shown as 0.0 %, as 1 % or more */
    if (a->digit < 0)
        return RANK_NONE;
    if (class == a->digit)
        return RANK_BEST;
    if (a->probability[class] < ruled_out)
        return RANK_OUT;
    return class == answer_runner_up(a) && a->probability[class] >= worth_a_look ? RANK_SECOND : RANK_USUAL;
}

static look make_look(const app *self, const nn_model *model, int w, float row)
{
    ui *u = self->ui;
    float size = fminf(fmaxf(0.56f * row / u->scale, 12), 60), number = fmaxf(size * 0.85f, 12);
    look l = {.plain = ui_font(u, size, FONT_REGULAR),
              .bold = ui_font(u, size, FONT_BOLD),
              .number = ui_font(u, number, FONT_REGULAR),
              .bold_number = ui_font(u, number, FONT_BOLD),
              .gap = ui_px(u, w < ui_px(u, 200) ? 6 : 10),
              .row = row};
    for (int i = 0; i < model->n_labels; i++) {
        int needed = text_width(u->text, l.bold, model->label[i]);
        l.label_w = needed > l.label_w ? needed : l.label_w;
    }
    if (l.label_w > w * 2 / 5)
        l.label_w = w * 2 / 5;
    l.number_w = text_width(u->text, l.bold_number, texts_get(TEXT_NUMBER_NEARLY_ALL));
    return l;
}

static void draw_filling(const app *self, rect track, float share, rank which, float row)
{
    ui *u = self->ui;
    const theme *t = u->colours;
    bool hollow = which == RANK_BEST && app_read(self)->answer.unsure;
    float high = (which == RANK_BEST ? 0.64f : which == RANK_SECOND ? 0.48f : 0.34f) * row;
    float radius = fminf(0.25f * high, 6 * u->scale), y = (float)track.y + 0.5f * ((float)track.h - high);
    shape_box box = {(float)track.x, y, (float)track.w, high, radius, 0};
    if (track.w <= 0)
        return;
    draw_box(u->list, &box, t->track);
    box.thickness = fmaxf(u->scale, 1);
    draw_box(u->list, &box, t->outline);
    box.w *= share;
    box.thickness = hollow ? fmaxf(3 * u->scale, 2) : 0;
    if (box.w >= 0.5f)
        draw_box(u->list, &box, which == RANK_BEST ? t->accent : t->bar);
    font f = {(int)(0.7f * row), FONT_BOLD};
    int w = text_width(u->text, f, "?");
    if (hollow && box.w + (float)(2 * w) <= (float)track.w)
        ui_label(u, (rect){track.x + (int)box.w + w / 2, track.y, w, track.h}, "?", f, t->warning, ALIGN_LEFT);
}

/* Where the bar ended before the lesson. */
static void mark_before(const app *self, rect track, int class, float row)
{
    ui *u = self->ui;
    const float *before = app_bars_before(self);
    float high = 0.8f * row, thick = (float)ui_px(u, PANEL_MARK);
    if (!before || track.w <= 0)
        return;
    float x = (float)track.x + before[class] * ((float)track.w - thick);
    draw_box(u->list, &(shape_box){x, (float)track.y + 0.5f * ((float)track.h - high), thick, high, 0, 0},
             u->colours->text);
}

static void draw_bar(const app *self, rect row, const look *l, const char *label, int class)
{
    ui *u = self->ui;
    const theme *t = u->colours;
    rank which = rank_of(&app_read(self)->answer, class);
    colour c = which >= RANK_USUAL ? t->text : t->muted;
    ui_label(u, (rect){row.x, row.y, l->label_w, row.h}, label, which == RANK_BEST ? l->bold : l->plain, c, ALIGN_LEFT);
    rect track = {row.x + l->label_w + l->gap, row.y, row.w - l->label_w - l->number_w - 2 * l->gap, row.h};
    draw_filling(self, track, app_read(self)->shown[class], which, l->row);
    mark_before(self, track, class, l->row);
    if (which == RANK_NONE)
        return;
    const char *text = panel_percent(u, app_read(self)->answer.probability[class]);
    colour number = which <= RANK_USUAL ? t->muted : t->text;
    ui_label(u, (rect){row.x + row.w - l->number_w, row.y, l->number_w, row.h}, text,
             which == RANK_BEST ? l->bold_number : l->number, number, ALIGN_RIGHT);
}

/* The `count` most likely classes, in the order of the classes. */
static void choose(const answer *a, int classes, int count, int chosen[NN_MAX_CLASSES])
{
    int n = 0;
    for (int i = 0; i < classes; i++) {
        int before = 0; /* classes that go first */
        for (int j = 0; j < classes; j++)
            before += a->probability[j] > a->probability[i] || (a->probability[j] == a->probability[i] && j < i);
        if (before < count)
            chosen[n++] = i;
    }
}

static void draw_others(const app *self, rect row, const look *l, int count)
{
    const char *text = ui_say(self->ui, PLURAL_BARS_OTHERS(count), count);
    ui_label(self->ui, row, text, l->number, self->ui->colours->muted, ALIGN_LEFT);
}

void bars_panel(const app *self, rect area)
{
    ui *u = self->ui;
    const nn_model *model = app_model(self);
    ui_area(u, area, "bars", ELEMENT_SHOWN);
    ui_explain(u, texts_get(TEXT_BARS_TIP));
    int classes = model ? model->n_labels : 0, gap = ui_px(u, COLUMN_GAP);
    int max_rows = area.h / ui_px(u, LEAST_ROW), max_columns = (area.w + gap) / (ui_px(u, LEAST_COLUMN) + gap);
    if (classes == 0 || max_rows < 1)
        return;
    max_columns = max_columns < 1 ? 1 : max_columns > MAX_COLUMNS ? MAX_COLUMNS : max_columns;
    bool all = classes <= max_rows * max_columns;
    int places = all ? classes : max_rows * max_columns, columns = (places + max_rows - 1) / max_rows;
    int rows = (places + columns - 1) / columns, w = (area.w - (columns - 1) * gap) / columns;
    int chosen[NN_MAX_CLASSES], count = all ? classes : places - 1;
    choose(&app_read(self)->answer, classes, count, chosen);
    look l = make_look(self, model, w, (float)area.h / (float)rows);
    for (int i = 0; i < places; i++) {
        int top = area.y + i % rows * area.h / rows, bottom = area.y + (i % rows + 1) * area.h / rows;
        rect row = {area.x + i / rows * (w + gap), top, w, bottom - top};
        if (i < count)
            draw_bar(self, row, &l, model->label[chosen[i]], chosen[i]);
        else
            draw_others(self, row, &l, classes - count);
    }
}
