/* teach_panel.c - the line under the bars: is the answer right, or what is it; then what can be learned from it. */
#include "app/texts/texts.h"
#include "panel.h"
#include <stdio.h>

enum { GAP = 4, MOST_CLASS = 44 /* units of the layout */ };

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
    int w = ui_button_width(u, b), taken = w + ui_px(u, GAP);
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

/* The classes side by side, of the same width; false where they have no room. */
static bool put_classes(ui *u, rect row, const nn_model *model)
{
    char name[UI_NAME];
    int n = model->n_labels, gap = ui_px(u, GAP), step = (row.w + gap) / n, most = ui_px(u, MOST_CLASS + GAP);
    step = step < most ? step : most;
    for (int i = 0; i < n; i++) {
        button b = class_button(model, i, name);
        if (ui_button_width(u, &b) > step - gap)
            return false;
    }
    for (int i = 0; i < n; i++) {
        button b = class_button(model, i, name);
        ui_button(u, (rect){row.x + i * step, row.y, step - gap, row.h}, &b);
    }
    return true;
}

static void ask(const app *self, rect row)
{
    ui *u = self->ui;
    const button yes = {.name = "answer_yes",
                        .label = texts_get(TEXT_TEACH_YES),
                        .tip = texts_get(TEXT_TEACH_YES_TIP),
                        .style = BUTTON_SMALL,
                        .act = {.id = ACTION_ANSWER, .index = app_read(self)->answer.digit}};
    row = put_words(u, row, texts_get(TEXT_TEACH_RIGHT));
    row = put_button(u, row, &yes);
    if (put_classes(u, row, app_model(self)))
        return;
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
    if (self->teaching.job)
        follow_learning(self, area);
    else if (app_bars_before(self))
        explain_bars(self, area);
    else if (app_answered(self))
        offer_learning(self, area);
    else
        ask(self, area);
}
