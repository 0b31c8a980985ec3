/* number_panel.c - boxes around the digits of a number, each with its reading; the chosen one with what can be done. */
#include "app/texts/texts.h"
#include "panel.h"
#include <math.h>
#include <stdio.h>

/* The box of a digit on the screen, with some room around the ink. */
static rect box_of(const app *self, rect canvas, const number_digit *d)
{
    float unit = (float)canvas.w / INK_CANVAS, around = 0.5f * self->settings.brush + 4;
    int x0 = canvas.x + (int)floorf((d->box.x0 - around) * unit),
        y0 = canvas.y + (int)floorf((d->box.y0 - around) * unit),
        x1 = canvas.x + (int)ceilf((d->box.x1 + around) * unit),
        y1 = canvas.y + (int)ceilf((d->box.y1 + around) * unit);
    return (rect){x0, y0, x1 - x0, y1 - y0};
}

/* Above its box, or below where there is no room; right of the one before it where both would meet. */
static rect chip_of(const app *self, rect canvas, rect box, int w, rect before)
{
    int h = ui_px(self->ui, 26), gap = ui_px(self->ui, 3), right = canvas.x + canvas.w;
    rect chip = {box.x + (box.w - w) / 2, box.y - h - gap, w, h};
    if (chip.y < canvas.y)
        chip.y = box.y + box.h + gap + h > canvas.y + canvas.h ? canvas.y + gap : box.y + box.h + gap;
    if (chip.x < canvas.x)
        chip.x = canvas.x;
    if (chip.y < before.y + before.h && before.y < chip.y + h && chip.x < before.x + before.w + gap)
        chip.x = before.x + before.w + gap;
    if (chip.x + w > right)
        chip.x = right - w;
    return chip;
}

static rect draw_digit(const app *self, rect canvas, int i, rect before)
{
    ui *u = self->ui;
    const theme *t = u->colours;
    const number_digit *d = &app_number(self)->digit[i];
    bool chosen = i == self->numbers.chosen;
    char name[UI_NAME], label[ANSWER_CLASS];
    rect box = box_of(self, canvas, d);
    snprintf(name, sizeof name, "number.%d", i);
    answer_mark(label, sizeof label, d->answer.text, d->answer.unsure);
    draw_outline(u->list, box, 5 * u->scale, fmaxf((chosen ? 2.5f : 1.2f) * u->scale, 1),
                 chosen ? t->accent : t->outline);
    button b = {.name = name,
                .label = label,
                .tip = texts_get(TEXT_NUMBER_DIGIT_TIP),
                .on = chosen,
                .act = {.id = ACTION_DIGIT, .index = i}};
    rect chip = chip_of(self, canvas, box, ui_button_width(u, &b), before);
    ui_button(u, chip, &b);
    return chip;
}

/* Below the digit that a person has chosen, or above it where there is no room. */
static void draw_tools(const app *self, rect canvas, rect box)
{
    ui *u = self->ui;
    button tool[] = {panel_button(self, ACTION_JOIN, ICON_NONE, texts_get(TEXT_ACTION_JOIN)),
                     panel_button(self, ACTION_SPLIT, ICON_NONE, texts_get(TEXT_ACTION_SPLIT))};
    int h = ui_px(u, 30), gap = ui_px(u, 4), w[2] = {ui_button_width(u, &tool[0]), ui_button_width(u, &tool[1])};
    int all = w[0] + gap + w[1], x = box.x + (box.w - all) / 2, y = box.y + box.h + gap;
    x = x + all > canvas.x + canvas.w ? canvas.x + canvas.w - all : x < canvas.x ? canvas.x : x;
    if (y + h > canvas.y + canvas.h) { /* above its reading, or else over the ink */
        int above = box.y - ui_px(u, 26) - h - 3 * gap;
        y = above >= canvas.y ? above : canvas.y + canvas.h - h - gap;
    }
    for (int i = 0; i < 2; i++, x += w[0] + gap)
        ui_button(u, (rect){x, y, w[i], h}, &tool[i]);
}

void number_panel(const app *self, rect area)
{
    const number_answer *n = app_number(self);
    rect before = {0, 0, 0, 0};
    if (!n)
        return;
    self->ui->group = 7;
    rect clip = draw_clip(self->ui->list, area);
    for (int i = 0; i < n->count; i++)
        before = draw_digit(self, area, i, before);
    if (app_chose_digit(self, self->numbers.chosen) && !app_shows_picture(self))
        draw_tools(self, area, box_of(self, area, &n->digit[self->numbers.chosen]));
    draw_set_clip(self->ui->list, clip);
}
