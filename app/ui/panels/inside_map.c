/* inside_map.c - one map, opened: its filter, itself and where it lies on the ink; and the sum that the value looked at is
 * made of, of which a weight can be turned. */
#include "app/texts/texts.h"
#include "panel.h"
#include <math.h>

enum { PICTURE = 132, TERM = 40, NUMBER = 36 /* units of the layout */ };

static const colour black = 0xff000000, white = 0xffffffff;

static const inspect_layer *layer_of(const app *self)
{
    return &self->inside->net->layer[self->inside->opened.layer];
}

/* What a channel is called: a map ("conv2, map 32"), a single value, or a class. */
static const char *channel_name(const app *self, int layer, int channel)
{
    const inspect_layer *l = &self->inside->net->layer[layer];
    if (inspect_tells_classes(self->inside->net, layer))
        return ui_say(self->ui, FORMAT_INSIDE_CLASS_OF, l->name, app_inspected(self)->label[channel]);
    if (l->shape.h * l->shape.w == 1)
        return ui_say(self->ui, FORMAT_INSIDE_VALUE_OF, l->name, channel);
    return ui_say(self->ui, FORMAT_INSIDE_MAP_OF, l->name, channel);
}

static const char *name_of(const app *self)
{
    return channel_name(self, self->inside->opened.layer, self->inside->opened.channel);
}

/* White for what is above 0, blue for what is below. */
static void draw_picture(const app *self, rect r, const opened_picture *p, int w, int h)
{
    ui *u = self->ui;
    unsigned version = self->inside->opened.version;
    mask_image plus = {p->plus, w, h, w, black}, minus = {p->minus, w, h, w, 0};
    draw_mask(u->list, &plus, version, r, white);
    draw_mask(u->list, &minus, version, r, theme_dark.accent);
}

/* Cells that fill a picture of w x h values as evenly as pixels allow, and the picture's own rectangle. */
static grid cells_of(rect *r, int w, int h)
{
    int longer = w > h ? w : h, cell = r->w / longer > 0 ? r->w / longer : 1;
    *r = (rect){r->x + (r->w - cell * w) / 2, r->y + (r->h - cell * h) / 2, cell * w, cell * h};
    return (grid){
        .first = {r->x, r->y, cell, cell}, .step_x = cell, .step_y = cell, .columns = w, .count = w * h, .picks = true};
}

static void mark_cell(const app *self, const grid *g)
{
    ui *u = self->ui;
    draw_outline(u->list, rect_inset(ui_grid_cell(g, g->at), -1), 0, fmaxf(2 * u->scale, 1), u->colours->focus);
}

/* ---- pictures ---------------------------------------------------------------------------------------------------- */

/* The weights themselves, where they have room. */
static void draw_numbers(const app *self, const grid *g)
{
    ui *u = self->ui;
    const app_opened *o = &self->inside->opened;
    for (int i = 0; i < g->count; i++) {
        float weight = app_inspected(self)
                           ->weights[sum_weight(&o->sum, self->inside->net, o->input, i / o->sum.kw, i % o->sum.kw)];
        bool bright = o->kernel.plus[i] > 118 || o->kernel.minus[i] > 150;
        ui_label(u, ui_grid_cell(g, i), ui_say(u, FORMAT_INSIDE_NUMBER_OF, (double)weight), panel_small_font(u),
                 bright ? black : white, ALIGN_CENTRE);
    }
}

static void mark_turned(const app *self, const grid *g)
{
    ui *u = self->ui;
    const app_opened *o = &self->inside->opened;
    const sum *s = &o->sum;
    for (int i = 0; i < g->count; i++)
        if (touched_is_turned(self->touching.net, sum_weight(s, self->inside->net, o->input, i / s->kw, i % s->kw)))
            draw_outline(u->list, rect_inset(ui_grid_cell(g, i), ui_px(u, 2)), 0, fmaxf(2 * u->scale, 1),
                         theme_dark.warning);
}

static void draw_kernel(const app *self, rect r)
{
    ui *u = self->ui;
    const app_opened *o = &self->inside->opened;
    grid g = cells_of(&r, o->sum.kw, o->sum.kh);
    g.name = "map.kernel";
    g.tip = texts_get(TEXT_INSIDE_KERNEL_TIP);
    g.act = g.other = (action){.id = ACTION_TAP};
    g.at = o->tap;
    draw_picture(self, r, &o->kernel, o->sum.kw, o->sum.kh);
    if (g.step_x >= ui_px(u, NUMBER))
        draw_numbers(self, &g);
    mark_turned(self, &g);
    mark_cell(self, &g);
    ui_grid(u, &g);
}

static void draw_map(const app *self, rect r)
{
    ui *u = self->ui;
    const app_opened *o = &self->inside->opened;
    const inspect_layer *l = layer_of(self);
    mask_image map = {l->maps + (ptrdiff_t)o->channel * l->shape.h * l->shape.w, l->shape.w, l->shape.h, l->shape.w, 0};
    grid g = cells_of(&r, l->shape.w, l->shape.h);
    g.name = "map.places";
    g.tip = texts_get(TEXT_INSIDE_PLACES_TIP);
    g.act = g.other = (action){.id = ACTION_PLACE};
    g.at = o->y * l->shape.w + o->x;
    draw_rect(u->list, r, 0, black);
    if (app_read(self)->answer.digit >= 0)
        draw_mask(u->list, &map, o->version, r, white);
    if (l->shape.w * l->shape.h == 1)
        ui_label(u, r, ui_say(u, FORMAT_INSIDE_NUMBER_OF, (double)o->value), panel_small_font(u),
                 l->maps[o->channel] > 118 ? black : white, ALIGN_CENTRE);
    mark_cell(self, &g);
    ui_grid(u, &g);
}

/* The digit faint, and the map over it. */
static void draw_overlay(const app *self, rect r)
{
    ui *u = self->ui;
    const app_opened *o = &self->inside->opened;
    mask_image drawn = {app_read(self)->input28, DIGIT_SIDE, DIGIT_SIDE, DIGIT_SIDE, 0}, plus = drawn, minus = drawn;
    plus.coverage = o->overlay.plus;
    minus.coverage = o->overlay.minus;
    draw_rect(u->list, r, 0, black);
    if (app_read(self)->answer.digit >= 0) {
        draw_mask(u->list, &drawn, app_read(self)->of.drawn, r, theme_light.pale_ink);
        draw_mask(u->list, &plus, o->version, r, theme_dark.focus);
        draw_mask(u->list, &minus, o->version, r, theme_dark.accent);
    }
    ui_area(u, r, "map.overlay", ELEMENT_SHOWN);
    ui_explain(u, texts_get(TEXT_INSIDE_OVERLAY_TIP));
}

/* How the page is laid out: heights, and the side of its pictures. */
typedef struct page {
    int w, side, captions, text, gap, row;
    int whole;
} page;

/* Below its picture; returns how high it is. */
static int draw_caption(const app *self, rect below, int i, bool draw)
{
    ui *u = self->ui;
    const app_opened *o = &self->inside->opened;
    const char *words[3] = {ui_say(u, FORMAT_INSIDE_WEIGHTS_OF, o->input), name_of(self),
                            texts_get(TEXT_INSIDE_ON_INK)};
    return ui_paragraph(u, below, words[i], panel_small_font(u), u->colours->muted, draw);
}

static void draw_pictures(const app *self, rect area, const page *p)
{
    ui *u = self->ui;
    for (int i = self->inside->opened.has_sum ? 0 : 1, x = area.x; i < 3; i++, x += p->side + p->gap) {
        rect r = {x, area.y, p->side, p->side};
        if (i == 0)
            draw_kernel(self, r);
        else if (i == 1)
            draw_map(self, r);
        else
            draw_overlay(self, r);
        draw_caption(self, (rect){x, area.y + p->side + ui_px(u, 2), p->side, 0}, i, true);
    }
}

/* ---- the sum ----------------------------------------------------------------------------------------------------- */

static const char *describe_sum(const app *self)
{
    ui *u = self->ui;
    const app_opened *o = &self->inside->opened;
    const sum *s = &o->sum;
    if (!o->has_sum)
        return ui_say(u, FORMAT_INSIDE_NO_SUM, layer_of(self)->title, (double)o->value);
    const inspect_layer *l = layer_of(self);
    double products = (double)(s->total - s->bias), bias = (double)s->bias, total = (double)s->total;
    if (l->shape.h * l->shape.w > 1)
        return ui_say(u, FORMAT_INSIDE_SUM, o->x, o->y, products, bias, total, l->title, (double)o->value);
    if (s->node == &self->inside->net->plan->node[l->node])
        return ui_say(u, FORMAT_INSIDE_SUM_PLAIN, products, bias, total);
    return ui_say(u, FORMAT_INSIDE_SUM_VALUE, products, bias, total, l->title, (double)o->value);
}

/* The largest terms as pictures, with their values below. Returns how high they are. */
static int draw_terms(const app *self, rect area)
{
    ui *u = self->ui;
    const app_opened *o = &self->inside->opened;
    const sum *s = &o->sum;
    int tile = ui_px(u, TERM), gap = ui_px(u, 3), line = ui_px(u, 18), fit = (area.w + gap) / (tile + gap);
    int longer = s->kw > s->kh ? s->kw : s->kh, cell = tile / longer > 0 ? tile / longer : 1;
    grid g = {.name = "map.terms",
              .tip = texts_get(TEXT_INSIDE_TERMS_TIP),
              .first = {area.x, area.y, tile, tile},
              .step_x = tile + gap,
              .step_y = tile + line,
              .columns = fit,
              .count = s->n_terms < fit ? s->n_terms : fit,
              .number = o->terms,
              .act = {.id = ACTION_TERM},
              .other = {.id = ACTION_TERM},
              .picks = true,
              .at = -1};
    for (int i = 0; i < g.count; i++) {
        rect r = ui_grid_cell(&g, i), picture = {r.x, r.y, cell * s->kw, cell * s->kh};
        picture.x += (tile - picture.w) / 2;
        picture.y += (tile - picture.h) / 2;
        draw_rect(u->list, r, 0, black);
        draw_picture(self, picture, &o->term[i], s->kw, s->kh);
        g.at = o->terms[i] == o->input ? i : g.at;
        ui_label(u, (rect){r.x, r.y + tile, tile, line}, ui_say(u, FORMAT_INSIDE_TERM, (double)s->term[i].value),
                 panel_small_font(u), u->colours->text, ALIGN_CENTRE);
    }
    int end = g.first.x + g.count * g.step_x, others = s->channels - g.count;
    float shown = 0;
    for (int i = 0; i < g.count; i++)
        shown += s->term[i].value;
    if (others > 0 && area.x + area.w - end >= ui_px(u, 2 * TERM)) {
        rect r = {end + gap, area.y, area.x + area.w - end - gap, tile};
        int high = ui_px(u, 16);
        ui_label(u, (rect){r.x, r.y + tile / 2 - high, r.w, high}, ui_say(u, PLURAL_INSIDE_OTHERS(others), others),
                 panel_small_font(u), u->colours->muted, ALIGN_LEFT);
        ui_label(u, (rect){r.x, r.y + tile / 2, r.w, high},
                 ui_say(u, FORMAT_INSIDE_TERM, (double)(s->total - s->bias - shown)), panel_small_font(u),
                 u->colours->muted, ALIGN_LEFT);
    }
    if (g.at >= 0)
        mark_cell(self, &g);
    ui_grid(u, &g);
    return tile + line;
}

/* What is turned shows what it was. */
static void draw_weight(const app *self, rect row)
{
    ui *u = self->ui;
    const app_opened *o = &self->inside->opened;
    const sum *s = &o->sum;
    size_t at = sum_weight(s, self->inside->net, o->input, o->tap / s->kw, o->tap % s->kw);
    float value = app_inspected(self)->weights[at], was = app_member(self)->weights[at];
    bool turned = value != was;
    const char *label = turned ? ui_say(u, FORMAT_INSIDE_WEIGHT_WAS, (double)value, (double)was)
                               : ui_say(u, FORMAT_INSIDE_WEIGHT, (double)value);
    int words = ui_px(u, 150), least = row.w / 2;
    words = words < least ? words : least;
    ui_label(u, (rect){row.x, row.y, words, row.h}, label, ui_font(u, 13, FONT_REGULAR),
             turned ? u->colours->warning : u->colours->text, ALIGN_LEFT);
    ui_slider(u, (rect){row.x + words, row.y, row.w - words, row.h},
              &(slider){.name = "map.weight",
                        .tip = texts_get(TEXT_INSIDE_WEIGHT_TIP),
                        .act = {.id = ACTION_TURN, .index = (int)at},
                        .value = fminf(fmaxf(value, -o->reach), o->reach),
                        .min = -o->reach,
                        .max = o->reach,
                        .step = o->reach / 60});
}

/* ---- the page ---------------------------------------------------------------------------------------------------- */

/* Back at the left, the switch at the right; between them the name, which also stands below the map's picture. */
static void draw_head(const app *self, rect row)
{
    ui *u = self->ui;
    const app_opened *o = &self->inside->opened;
    const inspect_layer *l = layer_of(self);
    bool off = touched_is_off(self->touching.net, (nn_channel){l->node, o->channel}), all = self->inside->layer < 0;
    button back = {.name = "layer.back",
                   .label = all ? texts_get(TEXT_INSIDE_ALL) : l->name,
                   .tip = texts_get(TEXT_INSIDE_ALL_TIP),
                   .act = {.id = ACTION_LAYER, .index = -1}};
    button silence = {.name = "map.off",
                      .label = texts_get(off ? TEXT_INSIDE_SWITCH_ON : TEXT_INSIDE_SWITCH_OFF),
                      .tip = texts_get(TEXT_INSIDE_SWITCH_OFF_TIP),
                      .on = off,
                      .act = {.id = ACTION_SILENCE, .index = l->node, .value = (float)o->channel}};
    int left = ui_button_width(u, &back), right = ui_button_width(u, &silence), gap = ui_px(u, 8);
    ui_button(u, (rect){row.x, row.y, left, row.h}, &back);
    ui_button(u, (rect){row.x + row.w - right, row.y, right, row.h}, &silence);
    row = (rect){row.x + left + gap, row.y, row.w - left - right - 2 * gap, row.h};
    font f = ui_font(u, 15, FONT_BOLD);
    if (text_width(u->text, f, name_of(self)) <= row.w)
        ui_label(u, row, name_of(self), f, u->colours->text, ALIGN_LEFT);
}

static page lay_page(const app *self, int w)
{
    ui *u = self->ui;
    page p = {.w = w, .gap = ui_px(u, 8), .row = ui_px(u, 32), .side = ui_px(u, PICTURE)};
    int third = (w - 2 * p.gap) / 3;
    p.side = third < p.side ? third : p.side;
    for (int i = 0; i < 3; i++) {
        int high = draw_caption(self, (rect){0, 0, p.side, 0}, i, false);
        p.captions = high > p.captions ? high : p.captions;
    }
    p.text = ui_paragraph(u, (rect){0, 0, w, 0}, describe_sum(self), panel_small_font(u), 0, false);
    p.whole = p.row + 2 * p.gap + p.side + p.captions + p.text + ui_px(u, 4);
    if (self->inside->opened.has_sum)
        p.whole += ui_px(u, TERM) + ui_px(u, 18) + p.gap + p.row;
    return p;
}

/* What has no room scrolls. */
void inside_map(const app *self, rect area)
{
    ui *u = self->ui;
    page p = lay_page(self, area.w - ui_px(u, 8));
    rect clip = ui_scroll_begin(u, area, p.whole);
    rect row = {area.x, area.y - u->scroll, p.w, p.row};
    draw_head(self, row);
    row.y += p.row + p.gap;
    draw_pictures(self, row, &p);
    row.y += p.side + ui_px(u, 4) + p.captions;
    row.y += ui_paragraph(u, row, describe_sum(self), panel_small_font(u), u->colours->text, true) + p.gap;
    if (self->inside->opened.has_sum) {
        row.y += draw_terms(self, row) + p.gap;
        draw_weight(self, row);
    }
    ui_scroll_end(u, clip);
}
