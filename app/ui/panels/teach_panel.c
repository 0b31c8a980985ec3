/* teach_panel.c - the line under the bars: is the answer right, or what is it; then what can be learned from it. */
#include "app/texts/texts.h"
#include "panel.h"
#include <stdio.h>

enum { GAP = 4, LINE = 32, LEAST_CLASS = 32, MOST_CLASS = 44 /* units of the layout */ };

/* Returns what is left at its right. */
static rect put_words(ui *u, rect row, const char *words)
{
    font f = ui_font(u, 14, FONT_REGULAR);
    int w = text_width(u->text, f, words), taken = w + ui_px(u, 2 * GAP);
    ui_label(u, (rect){row.x, row.y, w, row.h}, words, f, u->colours->muted, ALIGN_LEFT);
    return (rect){row.x + taken, row.y, row.w - taken, row.h};
}

static rect put_button(ui *u, rect row, const button *b)
{
    int w = panel_button_width(u, b, LEAST_CLASS), taken = w + ui_px(u, GAP);
    ui_button(u, (rect){row.x, row.y, w, row.h}, b);
    return (rect){row.x + taken, row.y, row.w - taken, row.h};
}

static button class_button(const nn_model *model, int class, char name[UI_NAME])
{
    snprintf(name, UI_NAME, "answer.%s", model->label[class]);
    return (button){.name = name,
                    .label = model->label[class],
                    .tip = texts_get(TEXT_KEEP_TIP),
                    .style = BUTTON_SMALL,
                    .act = {.id = ACTION_ANSWER, .index = class}};
}

/* How far it is from one class to the next, in a row of w pixels; 0 where they have no room. */
static int class_step(ui *u, int w, const nn_model *model)
{
    char name[UI_NAME];
    int n = model->n_labels, gap = ui_px(u, GAP), step = (w + gap) / n, most = ui_px(u, MOST_CLASS + GAP);
    step = step < most ? step : most;
    for (int i = 0; i < n; i++) {
        button b = class_button(model, i, name);
        if (ui_button_width(u, &b) > step - gap || step - gap < ui_px(u, LEAST_CLASS))
            return 0;
    }
    return step;
}

/* The classes side by side, of the same width. */
static void put_classes(ui *u, rect row, const nn_model *model, int step)
{
    char name[UI_NAME];
    for (int i = 0; i < model->n_labels; i++) {
        button b = class_button(model, i, name);
        ui_button(u, (rect){row.x + i * step, row.y, step - ui_px(u, GAP), row.h}, &b);
    }
}

/* Where no class is named there is nothing to say yes to. */
static button yes_button(const app *self)
{
    const answer *read = &app_read(self)->answer;
    return (button){.name = "answer_yes",
                    .label = texts_get(TEXT_TEACH_YES),
                    .tip = texts_get(TEXT_TEACH_YES_TIP),
                    .style = BUTTON_SMALL,
                    .disabled = answer_names_none(read),
                    .act = {.id = ACTION_ANSWER, .index = read->digit}};
}

/* What the question and Yes leave of a row of w pixels. */
static int left_for_classes(const app *self, int w)
{
    ui *u = self->ui;
    button yes = yes_button(self);
    return w - text_width(u->text, ui_font(u, 14, FONT_REGULAR), texts_get(TEXT_TEACH_RIGHT)) -
           panel_button_width(u, &yes, LEAST_CLASS) - ui_px(u, 3 * GAP);
}

int teach_panel_height(const app *self, int w)
{
    ui *u = self->ui;
    const nn_model *model = app_model(self);
    bool below = model && class_step(u, left_for_classes(self, w), model) == 0 && class_step(u, w, model) > 0;
    return ui_px(u, below ? 2 * LINE + GAP : LINE);
}

/* The classes stand beside the question, or below it in a line of their own, or in a dialog. */
static void ask(const app *self, rect row, rect below)
{
    ui *u = self->ui;
    const button yes = yes_button(self);
    int whole = row.w;
    row = put_words(u, row, texts_get(TEXT_TEACH_RIGHT));
    row = put_button(u, row, &yes);
    int beside = class_step(u, left_for_classes(self, whole), app_model(self));
    int alone = below.h > 0 ? class_step(u, below.w, app_model(self)) : 0;
    if (beside > 0 || alone > 0) {
        put_classes(u, beside > 0 ? row : below, app_model(self), beside > 0 ? beside : alone);
        return;
    }
    button other = panel_button(self, ACTION_KEEP, ICON_NONE, texts_get(TEXT_TEACH_OTHER));
    other.name = "answer_other";
    put_button(u, row, &other);
}

static void offer_learning(const app *self, rect row)
{
    ui *u = self->ui;
    button b = panel_button(self, ACTION_LEARN, ICON_NONE, texts_get(TEXT_TEACH_LEARN));
    b.name = "learn_from_it";
    const char *guest = self->settings.guest, *kept = app_answered(self);
    int w = ui_button_width(u, &b);
    put_button(u, (rect){row.x + row.w - w, row.y, w, row.h}, &b);
    row.w -= w + ui_px(u, 2 * GAP);
    ui_label(u, row, *guest ? ui_say(u, FORMAT_TEACH_KEPT_OF, kept, guest) : ui_say(u, FORMAT_TEACH_KEPT, kept),
             ui_font(u, 14, FONT_REGULAR), u->colours->muted, ALIGN_LEFT);
}

/* How far it is, as a number and a bar. */
static void follow_learning(const app *self, rect row)
{
    ui *u = self->ui;
    float done = self->teaching.progress;
    const button stop = {.name = "learn_stop",
                         .label = texts_get(TEXT_BUTTON_CANCEL),
                         .tip = texts_get(TEXT_TEACH_STOP_TIP),
                         .style = BUTTON_SMALL,
                         .act = {.id = ACTION_UNTEACH}};
    int w = ui_button_width(u, &stop), high = ui_px(u, 8);
    put_button(u, (rect){row.x + row.w - w, row.y, w, row.h}, &stop);
    row.w -= w + ui_px(u, 2 * GAP);
    rect left = put_words(u, row, ui_say(u, FORMAT_TEACH_PROGRESS, 100 * (double)done));
    rect bar = {left.x, left.y + (left.h - high) / 2, left.w, high};
    ui_area(u, row, "learn_progress", ELEMENT_SHOWN);
    ui_explain(u, texts_get(TEXT_TEACH_PROGRESS_TIP));
    if (bar.w <= high)
        return;
    draw_rect(u->list, bar, 0.5f * (float)high, u->colours->track);
    shape_box filled = {(float)bar.x, (float)bar.y, (float)bar.w * done, (float)high, 0.5f * (float)high, 0};
    if (filled.w >= filled.h)
        draw_box(u->list, &filled, u->colours->accent);
}

/* What the marks in the bars are; whether it shall stay is asked in the strip. */
static void explain_bars(const app *self, rect row)
{
    ui *u = self->ui;
    int high = ui_px(u, 16);
    draw_rect(u->list, (rect){row.x, row.y + (row.h - high) / 2, ui_px(u, PANEL_MARK), high}, 0, u->colours->text);
    row.x += ui_px(u, PANEL_MARK + 2 * GAP);
    row.w -= ui_px(u, PANEL_MARK + 2 * GAP);
    put_words(u, row, ui_say(u, FORMAT_TEACH_BEFORE, self->teaching.was));
}

void teach_panel(const app *self, rect area)
{
    if (!app_model(self) || !app_can_answer(self) || app_read(self)->answer.digit < 0)
        return;
    self->ui->group = 8;
    int line = ui_px(self->ui, LINE), next = line + ui_px(self->ui, GAP);
    rect row = {area.x, area.y, area.w, line}, below = {area.x, area.y + next, area.w, area.h > next ? line : 0};
    if (self->teaching.job)
        follow_learning(self, row);
    else if (app_bars_before(self))
        explain_bars(self, row);
    else if (app_answered(self))
        offer_learning(self, row);
    else
        ask(self, row, below);
}
