/* learn_network.c - the network that is to learn: its layers as blocks, and what they cost here. */
#include "app/core/model/net_blocks.h"
#include "app/texts/texts.h"
#include "panel.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    CHOICE = 38,
    GAP = 8,
    BLOCK = 40,
    LEAST_BLOCK = 20,
    TWO_LINES = 32,
    LEAST_BLOCKS = 6,
    MOST_BLOCKS = 64,
    LINK = 5
};

static void draw_choice(const app *self, rect row)
{
    button net = {.name = "train.net",
                  .label = app_train_net(self),
                  .icon = ICON_CHEVRON,
                  .tip = texts_get(TEXT_TRAIN_NETWORK_TIP),
                  .style = BUTTON_SMALL,
                  .disabled = self->training.job != NULL,
                  .act = {.id = ACTION_TRAIN_NETS}};
    ui_button(self->ui, row, &net);
}

/* ---- blocks ------------------------------------------------------------------------------------------------------ */

/* "28×28×8 · 80 weights" */
static const char *say_block(ui *u, const net_block *b)
{
    const char *shape = panel_shape(u, b->out);
    return b->weights > 0 ? ui_say(u, FORMAT_LEARN_BLOCK, shape, b->weights) : shape;
}

/* The one that says more, where it has room. */
static const char *fitting(const ui *u, font f, int w, const char *more, const char *less)
{
    return text_width(u->text, f, more) <= w ? more : less;
}

/* Its layers, or the first of them where all have no room. */
static const char *title_in(ui *u, const net_block *b, int w, char first[NET_BLOCK_TITLE])
{
    snprintf(first, NET_BLOCK_TITLE, "%.*s", (int)strcspn(b->title, ","), b->title);
    return fitting(u, ui_font(u, 13, FONT_REGULAR), w, b->title, first);
}

enum { BLOCK_PAD = 7 };

/* Whether a block has room for what it says of its output and weights: below its title, or at the right of it. */
static bool has_room_for_facts(ui *u, const net_block *b, int w, bool two)
{
    char first[NET_BLOCK_TITLE];
    font f = ui_font(u, 13, FONT_REGULAR), small = panel_small_font(u);
    int inner = w - 2 * ui_px(u, BLOCK_PAD);
    const char *title = title_in(u, b, inner, first);
    return two ? text_width(u->text, small, say_block(u, b)) <= inner
               : text_width(u->text, f, title) + text_width(u->text, small, panel_shape(u, b->out)) + ui_px(u, 8) <=
                     inner;
}

/* Two lines where there is room for them, else the shape at the right of the only one. facts: every block has room for all
 * that it says; else the second line has the shape alone, and the only one just its title. */
static void draw_block(ui *u, rect r, const net_block *b, const char *name, bool facts)
{
    font f = ui_font(u, 13, FONT_REGULAR), small = panel_small_font(u);
    int pad = ui_px(u, BLOCK_PAD), half = r.h / 2;
    bool two = r.h >= ui_px(u, TWO_LINES);
    char first[NET_BLOCK_TITLE];
    ui_area(u, r, name, ELEMENT_SHOWN);
    ui_explain(u, ui_say(u, FORMAT_LEARN_BLOCK_TIP, b->title, say_block(u, b)));
    draw_rect(u->list, r, 6 * u->scale, u->colours->surface);
    draw_outline(u->list, r, 6 * u->scale, fmaxf(u->scale, 1), u->colours->edge);
    rect inner = {r.x + pad, r.y, r.w - 2 * pad, r.h};
    const char *shape = panel_shape(u, b->out), *title = title_in(u, b, inner.w, first);
    if (two) {
        ui_label(u, (rect){inner.x, r.y + ui_px(u, 2), inner.w, half}, title, f, u->colours->text, ALIGN_LEFT);
        ui_label(u, (rect){inner.x, r.y + half, inner.w, half - ui_px(u, 2)}, facts ? say_block(u, b) : shape, small,
                 u->colours->muted, ALIGN_LEFT);
        return;
    }
    int w = text_width(u->text, small, shape) + ui_px(u, 4);
    if (!facts) {
        ui_label(u, inner, title, f, u->colours->text, ALIGN_LEFT);
        return;
    }
    ui_label(u, (rect){inner.x, r.y, inner.w - w - ui_px(u, 4), r.h}, title, f, u->colours->text, ALIGN_LEFT);
    ui_label(u, (rect){inner.x + inner.w - w, r.y, w, r.h}, shape, small, u->colours->muted, ALIGN_RIGHT);
}

static void draw_link(const ui *u, rect gap)
{
    float x = (float)gap.x + 0.5f * (float)gap.w, width = 1.6f * u->scale;
    draw_line(u->list, &(shape_line){x, (float)gap.y, width, x, (float)(gap.y + gap.h), width}, u->colours->outline);
}

/* As many as have room; the last of those stands for the rest. */
static void draw_blocks(const app *self, rect area)
{
    ui *u = self->ui;
    net_block blocks[MOST_BLOCKS];
    int n = net_blocks(app_shown_plan(self), blocks, MOST_BLOCKS), link = ui_px(u, LINK), most = ui_px(u, BLOCK);
    int rows = (area.h + link) / (ui_px(u, LEAST_BLOCK) + link);
    rows = rows < MOST_BLOCKS ? rows : MOST_BLOCKS;
    int shown = n <= rows ? n : rows - 1;
    int high = (area.h + link) / (shown < n ? rows : n > 0 ? n : 1) - link;
    high = high > most ? most : high;
    rect r = {area.x, area.y, area.w, high};
    bool facts = true;
    for (int i = 0; i < shown; i++)
        facts = facts && has_room_for_facts(u, &blocks[i], r.w, high >= ui_px(u, TWO_LINES));
    for (int i = 0; i < shown; i++, r.y += high + link) {
        char name[UI_NAME];
        snprintf(name, sizeof name, "block.%d", i + 1);
        draw_block(u, r, &blocks[i], name, facts);
        if (i + 1 < n)
            draw_link(u, (rect){r.x, r.y + r.h, r.w, link});
    }
    if (shown < n)
        ui_label(u, r, ui_say(u, FORMAT_LEARN_MORE_BLOCKS, n - shown), panel_small_font(u), u->colours->muted,
                 ALIGN_CENTRE);
}

/* ---- the column -------------------------------------------------------------------------------------------------- */

static const char *say_seconds(ui *u, double seconds)
{
    if (seconds < 1)
        return ui_say(u, FORMAT_LEARN_EPOCH_SHORT, seconds);
    return seconds < 120 ? ui_say(u, FORMAT_LEARN_EPOCH_SECONDS, seconds)
                         : ui_say(u, FORMAT_LEARN_EPOCH_MINUTES, seconds / 60);
}

/* "27450 weights. An epoch takes 3.1 s here." */
static const char *cost_words(const app *self)
{
    ui *u = self->ui;
    const app_learn *l = &self->learn;
    const nn_plan *plan = app_shown_plan(self);
    if (*l->no_net)
        return l->no_net;
    if (!plan)
        return texts_get(TEXT_LEARN_READING_NET);
    if (plan != l->plan && (self->training.past || l->epoch_seconds <= 0)) /* nobody measures it */
        return ui_say(u, FORMAT_LEARN_WEIGHTS, plan->floats);
    const char *time = l->epoch_seconds > 0 ? say_seconds(u, l->epoch_seconds) : texts_get(TEXT_LEARN_MEASURING);
    return ui_say(u, FORMAT_LEARN_COST, plan->floats, time);
}

static const char *cost_tip(const app *self)
{
    const nn_plan *plan = app_shown_plan(self);
    if (!plan)
        return texts_get(TEXT_LEARN_COST_TIP);
    return ui_say(self->ui, FORMAT_LEARN_COST_TIP_OF, 0.5e-6 * nn_plan_flops(plan));
}

int learn_network_least(const app *self, int w)
{
    ui *u = self->ui;
    const app_learn *l = &self->learn;
    const nn_plan *plan = app_shown_plan(self);
    int n = plan ? net_blocks(plan, NULL, 0) : *l->no_net ? 0 : LEAST_BLOCKS;
    int rows = n < LEAST_BLOCKS ? n : LEAST_BLOCKS;
    return ui_px(u, CHOICE + GAP) + rows * (ui_px(u, LEAST_BLOCK) + ui_px(u, LINK)) + ui_px(u, GAP) +
           panel_paragraph_height(u, w, cost_words(self));
}

void learn_network(const app *self, rect left)
{
    ui *u = self->ui;
    const app_learn *l = &self->learn;
    const nn_plan *plan = app_shown_plan(self);
    const char *words = cost_words(self);
    int below = panel_paragraph_height(u, left.w, words), gap = ui_px(u, GAP);
    draw_choice(self, panel_take_row(u, &left, CHOICE, GAP));
    if (plan) {
        int n = net_blocks(plan, NULL, 0), room = left.h - below - gap, most = n * ui_px(u, BLOCK + LINK);
        rect blocks = {left.x, left.y, left.w, room < most ? room : most};
        draw_blocks(self, blocks);
        left.y += blocks.h + gap;
        left.h -= blocks.h + gap;
    }
    ui_area(u, (rect){left.x, left.y, left.w, below}, "learn.cost", ELEMENT_SHOWN);
    ui_explain(u, cost_tip(self));
    panel_paragraph(u, &left, words, *l->no_net ? u->colours->warning : u->colours->muted);
}
