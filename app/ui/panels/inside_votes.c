/* inside_votes.c - what spoke for the answer and against it: features as small pictures of the ink that made them loud,
 * with the class they speak for. */
#include "app/texts/texts.h"
#include "panel.h"
#include <math.h>

enum { PICTURE = 44, STEP = 54, LINE = 15, HEAD = 42 /* units of the layout */ };

static const colour black = 0xff000000;

int inside_members(const app *self, rect row, bool draw)
{
    ui *u = self->ui;
    int n = app_members(self), member = self->reader.member, gap = ui_px(u, 8);
    button next = {.name = "inside.member",
                   .label = row.w > ui_px(u, 340) ? ui_say(u, FORMAT_INSIDE_MEMBER, member + 1, n)
                                                  : ui_say(u, FORMAT_INSIDE_MEMBER_SHORT, member + 1, n),
                   .tip = texts_get(TEXT_INSIDE_MEMBER_TIP),
                   .act = {.id = ACTION_MEMBER, .index = (member + 1) % (n > 0 ? n : 1)}};
    if (n < 2)
        return 0;
    int w = ui_button_width(u, &next);
    if (draw)
        ui_button(u, (rect){row.x + row.w - w - gap, row.y, w, row.h}, &next);
    return w + gap;
}

/* Leads to where the drawing lies (atlas_panel.c); at the right end of the row, returns how wide it is, with a gap. */
static int draw_map_button(const app *self, rect row, bool draw)
{
    ui *u = self->ui;
    button map = panel_button(self, ACTION_ATLAS, ICON_NONE, texts_get(TEXT_ACTION_ATLAS));
    int w = ui_button_width(u, &map), gap = ui_px(u, 8);
    if (draw)
        ui_button(u, (rect){row.x + row.w - w - gap, row.y, w, row.h}, &map);
    return w + gap;
}

/* At the right end of the row; returns how wide all are. */
static int draw_buttons(const app *self, rect row, bool draw)
{
    ui *u = self->ui;
    button heat =
        panel_button(self, ACTION_HEAT, self->inside->heat_off ? ICON_BLANK : ICON_TICK, texts_get(TEXT_ACTION_HEAT));
    heat.on = !self->inside->heat_off;
    int w = ui_button_width(u, &heat);
    if (draw)
        ui_button(u, (rect){row.x + row.w - w, row.y, w, row.h}, &heat);
    w += draw_map_button(self, (rect){row.x, row.y, row.w - w, row.h}, draw);
    return w + inside_members(self, (rect){row.x, row.y, row.w - w, row.h}, draw);
}

/* Where the words have no room beside the buttons, in two lines, they have a row of their own above them: the same for all
 * drawings, so that nothing jumps. */
static bool is_narrow(const app *self, int width)
{
    ui *u = self->ui;
    const char *label = app_inspected(self)->label[0];
    const char *why = ui_say(u, FORMAT_INSIDE_WHY, label, label, (int)VOTES_MOST, self->inside->net->n_features);
    rect room = {0, 0, width - draw_buttons(self, (rect){0, 0, width, 0}, false) - ui_px(u, 8), 0};
    int most = ui_px(u, HEAD - 4);
    return room.w < ui_px(u, 100) || ui_paragraph(u, room, why, panel_small_font(u), 0, false) > most ||
           ui_paragraph(u, room, texts_get(TEXT_INSIDE_DRAW), panel_small_font(u), 0, false) > most;
}

int inside_votes_height(const app *self, int width)
{
    return ui_px(self->ui, (is_narrow(self, width) ? 2 : 1) * HEAD + PICTURE + 2 * LINE + 4);
}

static const char *describe_value(const app *self, const inside_place *at)
{
    const app_inside *in = self->inside;
    const inspect_layer *l = &in->net->layer[at->layer];
    nn_region r = nn_receptive_field(in->net->plan, l->node, at->x, at->y);
    int value = l->maps[((ptrdiff_t)at->channel * l->shape.h + at->y) * l->shape.w + at->x];
    return ui_say(self->ui, FORMAT_INSIDE_VALUE, l->name, at->channel, at->x, at->y, r.x1 - r.x0, r.y1 - r.y0,
                  (value * 100 + 127) / 255);
}

/* What is pointed at, else why it is this answer. */
static const char *describe(const app *self, const inside_place *at, int shown)
{
    const app_votes *v = &self->inside->votes;
    const nn_model *model = app_inspected(self);
    if (at->layer >= 0)
        return describe_value(self, at);
    if (app_read(self)->answer.digit < 0)
        return texts_get(TEXT_INSIDE_DRAW);
    if (v->count == 0)
        return texts_get(self->inside->net->n_features == 0 ? TEXT_INSIDE_NO_VOTES : TEXT_INSIDE_NO_DIGIT);
    return ui_say(self->ui, FORMAT_INSIDE_WHY, model->label[v->label], model->label[v->other], shown,
                  self->inside->net->n_features);
}

/* The digit faint, and over it the ink that raised the feature, or lowered it; below in the cell what it speaks for. */
static void draw_vote(const app *self, rect cell, int i)
{
    ui *u = self->ui;
    int side = ui_px(u, PICTURE), line = ui_px(u, LINE), mark = ui_px(u, 3);
    rect r = {cell.x, cell.y, side, side};
    const app_votes *v = &self->inside->votes;
    bool for_answer = v->vote[i].vote > 0;
    colour c = for_answer ? u->colours->accent : u->colours->warning;
    mask_image drawn = {app_read(self)->input28, DIGIT_SIDE, DIGIT_SIDE, DIGIT_SIDE, black},
               plus = {v->plus[i], DIGIT_SIDE, DIGIT_SIDE, DIGIT_SIDE, 0},
               minus = {v->minus[i], DIGIT_SIDE, DIGIT_SIDE, DIGIT_SIDE, 0};
    unsigned version = v->reads + v->rounds;
    draw_mask(u->list, &drawn, app_read(self)->of.drawn, r, 0xff66717e);
    draw_mask(u->list, &plus, version, r, theme_dark.focus);
    draw_mask(u->list, &minus, version, r, theme_dark.accent);
    draw_rect(u->list, (rect){r.x, r.y + r.h, r.w, mark}, 0, c);
    const char *words = ui_say(u, FORMAT_INSIDE_VOTE, app_inspected(self)->label[for_answer ? v->label : v->other]);
    rect below = {cell.x, r.y + r.h + mark, cell.w, line};
    ui_label(u, below, words, ui_font(u, 12, FONT_BOLD), c, ALIGN_LEFT);
    below.y += line;
    ui_label(u, below, ui_say(u, FORMAT_INSIDE_TERM, (double)fabsf(v->vote[i].vote)), panel_small_font(u),
             u->colours->muted, ALIGN_LEFT);
}

/* Two lines at most; what does not fit is in the tooltip. */
static void draw_words(ui *u, rect row, const char *words)
{
    ui_area(u, row, "votes.words", ELEMENT_SHOWN);
    ui_explain(u, words);
    if (ui_paragraph(u, row, words, panel_small_font(u), 0, false) <= row.h)
        panel_row_label(u, row, words, panel_small_font(u), u->colours->muted);
    else
        ui_label(u, row, words, panel_small_font(u), u->colours->muted, ALIGN_LEFT);
}

void inside_votes(const app *self, rect area, const inside_place *at)
{
    ui *u = self->ui;
    const app_votes *v = &self->inside->votes;
    bool narrow = is_narrow(self, area.w);
    int head = ui_px(u, HEAD), step = ui_px(u, STEP), fit = area.w / step;
    int count = v->count < fit ? v->count : fit, bottom = area.y + area.h;
    rect row = {area.x, area.y, area.w, head - ui_px(u, 4)};
    if (narrow)
        row.y += head;
    int taken = draw_buttons(self, row, true);
    draw_words(u, (rect){area.x, area.y, narrow ? area.w : area.w - taken - ui_px(u, 8), row.h},
               describe(self, at, count));
    rect pictures = {area.x, row.y + head, area.w, bottom - row.y - head};
    if (count == 0) {
        ui_area(u, pictures, "votes", ELEMENT_SHOWN);
        ui_explain(u, texts_get(TEXT_INSIDE_VOTES_TIP));
        return;
    }
    grid g = {.name = "votes",
              .tip = texts_get(TEXT_INSIDE_VOTES_TIP),
              .first = {pictures.x, pictures.y, step - ui_px(u, 2), pictures.h},
              .step_x = step,
              .step_y = pictures.h,
              .columns = count,
              .count = count,
              .number = v->feature,
              .act = {.id = ACTION_VOTE},
              .other = {.id = ACTION_VOTE_OFF}};
    for (int i = 0; i < count; i++)
        draw_vote(self, ui_grid_cell(&g, i), i);
    ui_grid(u, &g);
}
