/* inside_maps.c - the maps of a network: of every layer the strongest few, side by side and large enough for the last
 * row of a room; or all of one layer. Each can be opened, and switched off. */
#include "app/texts/texts.h"
#include "panel.h"
#include <math.h>
#include <stdio.h>

enum {
    MAX_COLUMNS = 3,
    LEAST_TILE = 40,
    NARROW = 414,
    GOOD_TILE = 56,
    LEAST_CLASS = 24,
    BAR = 6 /* units of the layout */
};

static const colour black = 0xff000000, white = 0xffffffff;

static float hairline(const ui *u)
{
    return fmaxf(u->scale, 1);
}

static int at_least(int v, int least)
{
    return v > least ? v : least;
}

static int at_most(int v, int most)
{
    return v < most ? v : most;
}

static colour grey(int level)
{
    return black | (colour)level << 16 | (colour)level << 8 | (colour)level;
}

/* ---- one of them ------------------------------------------------------------------------------------------------- */

static bool is_off(const app *self, int layer, int channel)
{
    return touched_is_off(self->touching.net, (nn_channel){self->inside->net->layer[layer].node, channel});
}

/* What is off is crossed out. */
static void cross_out(const app *self, rect r)
{
    ui *u = self->ui;
    float x0 = (float)r.x, y0 = (float)r.y, x1 = x0 + (float)r.w, y1 = y0 + (float)r.h, w = 2.5f * hairline(u);
    draw_line(u->list, &(shape_line){x0, y0, w, x1, y1, w}, theme_dark.warning);
    draw_line(u->list, &(shape_line){x1, y0, w, x0, y1, w}, theme_dark.warning);
    draw_outline(u->list, r, 0, w, theme_dark.warning);
}

/* A single value is a shade of grey with its number or class, where that has room. */
static void draw_value(const app *self, rect r, int layer, int channel)
{
    ui *u = self->ui;
    const inspect *net = self->inside->net;
    int level = app_read(self)->answer.digit >= 0 ? net->layer[layer].maps[channel] : 0;
    bool class = inspect_tells_classes(net, layer);
    const char *label = class ? app_inspected(self)->label[channel] : ui_say(u, FORMAT_INSIDE_NUMBER, channel);
    font f = class ? ui_font(u, 14, FONT_BOLD) : panel_small_font(u);
    draw_rect(u->list, r, 0, grey(level));
    if (text_width(u->text, f, label) < r.w && text_height(u->text, f) <= r.h)
        ui_label(u, r, label, f, level > 118 ? black : white, ALIGN_CENTRE);
}

static void draw_map(const app *self, rect r, int layer, int channel)
{
    ui *u = self->ui;
    const inspect_layer *l = &self->inside->net->layer[layer];
    nn_shape s = l->shape;
    mask_image map = {l->maps + (ptrdiff_t)channel * s.h * s.w, s.w, s.h, s.w, black};
    if (s.w * s.h == 1)
        draw_value(self, r, layer, channel);
    else if (app_read(self)->answer.digit >= 0)
        draw_mask(u->list, &map, revision_number(self->inside->read), r, white);
    else
        draw_rect(u->list, r, 0, black);
    if (is_off(self, layer, channel))
        cross_out(self, r);
}

static void draw_filter(const app *self, rect r, int channel)
{
    ui *u = self->ui;
    const inspect_filters *f = &self->inside->net->filters;
    int size = f->kw * f->kh;
    unsigned version = self->inside->read.reader + f->version;
    mask_image plus = {f->plus + channel * size, f->kw, f->kh, f->kw, black},
               minus = {f->minus + channel * size, f->kw, f->kh, f->kw, 0};
    draw_mask(u->list, &plus, version, r, white);
    draw_mask(u->list, &minus, version, r, theme_dark.accent);
    if (is_off(self, 0, channel))
        cross_out(self, r);
}

/* ---- several of a layer ------------------------------------------------------------------------------------------ */

static int channel_of(const grid *g, int cell)
{
    return g->number ? g->number[cell] : cell;
}

/* Notes which value the pointer is over. What is between two maps belongs to the one before, so that nothing flickers on
 * the way. */
static void find_value(const app *self, const grid *g, int layer, inside_place *at)
{
    float px = self->ui->pointer_x, py = self->ui->pointer_y;
    nn_shape s = self->inside->net->layer[layer].shape;
    rect view = self->ui->scroll_area; /* what has been scrolled away is not pointed at */
    if (self->popup != POPUP_NONE || (!rect_is_empty(view) && !rect_contains(view, px, py)))
        return;
    for (int i = 0; i < g->count; i++) {
        rect r = ui_grid_cell(g, i), around = {r.x, r.y, g->step_x, g->step_y};
        if (rect_contains(around, px, py))
            *at = (inside_place){layer, channel_of(g, i),
                                 at_most((int)((px - (float)r.x) * (float)s.w / (float)r.w), s.w - 1),
                                 at_most((int)((py - (float)r.y) * (float)s.h / (float)r.h), s.h - 1)};
    }
}

/* The kernels of the first layer, or its maps, or another one's. The middle of a map that has the focus is looked at where
 * the pointer is over none. */
static void draw_tiles(const app *self, grid *g, int layer, bool kernels, inside_place *at)
{
    ui *u = self->ui;
    const inspect_layer *l = &self->inside->net->layer[layer];
    g->act = (action){.id = ACTION_MAP, .index = layer};
    g->other = (action){.id = ACTION_SILENCE, .index = l->node};
    for (int i = 0; i < g->count; i++)
        if (kernels)
            draw_filter(self, ui_grid_cell(g, i), channel_of(g, i));
        else
            draw_map(self, ui_grid_cell(g, i), layer, channel_of(g, i));
    if (!kernels)
        find_value(self, g, layer, at);
    for (int i = 0; i < g->count && at->layer == layer; i++)
        if (channel_of(g, i) == at->channel)
            draw_outline(u->list, rect_inset(ui_grid_cell(g, i), -1), 0, 2 * hairline(u), u->colours->focus);
    int focused = ui_grid(u, g);
    if (focused >= 0 && at->layer < 0)
        *at = (inside_place){layer, focused, l->shape.w / 2, l->shape.h / 2};
}

/* ---- all layers -------------------------------------------------------------------------------------------------- */

static const char *describe_shape(ui *u, const inspect_layer *l)
{
    if (l->shape.h * l->shape.w == 1)
        return ui_say(u, PLURAL_INSIDE_VALUES(l->shape.c), l->shape.c);
    return ui_say(u, FORMAT_INSIDE_MAPS, l->shape.c, l->shape.h, l->shape.w);
}

/* How rows of layers are laid out: to the right edge, their words in what the maps leave. Where they are narrow, those stand
 * above the maps. */
typedef struct row_room {
    bool narrow;
    int words; /* width, or height where they are narrow */
    int tile, gap, high;
} row_room;

static row_room lay_rows(const app *self, int w, int h, int count)
{
    ui *u = self->ui;
    row_room r = {.narrow = w < ui_px(u, NARROW), .gap = ui_px(u, 2)};
    int spare = w - ui_px(u, INSIDE_SHOWN * (LEAST_TILE + 2)), words = ui_px(u, 78);
    r.words = r.narrow ? ui_px(u, 24) : at_most(at_least(spare, words), ui_px(u, 110));
    int room = r.narrow ? w : w - r.words, least = (int)ceilf(LEAST_TILE * u->scale);
    int wide = (room + r.gap) / INSIDE_SHOWN - r.gap,
        tall = h / at_least(count, 1) - 2 * r.gap - (r.narrow ? r.words : 0);
    r.tile = at_least(at_most(wide, at_least(tall, ui_px(u, GOOD_TILE))), least);
    r.high = r.tile + 2 * r.gap + (r.narrow ? r.words : 0);
    if (!r.narrow)
        r.words = at_least(w + r.gap - INSIDE_SHOWN * (r.tile + r.gap), r.words);
    return r;
}

/* In the colour of a warning where one of those that are not shown is off. */
static void draw_more(const app *self, rect r, int layer, const grid *g, const char *more)
{
    ui *u = self->ui;
    const touched *t = self->touching.net;
    int node = self->inside->net->layer[layer].node, hidden = 0;
    for (int i = 0; t && i < t->n_off; i++) {
        bool shown = t->off[i].node != node;
        for (int k = 0; k < g->count; k++)
            shown |= channel_of(g, k) == t->off[i].channel;
        hidden += !shown;
    }
    ui_label(u, r, more, panel_small_font(u), hidden > 0 ? u->colours->warning : u->colours->muted, ALIGN_RIGHT);
}

/* All classes where they have room, else the maps that were chosen. */
static grid lay_row(const app *self, rect inner, int layer, const row_room *how)
{
    const app_inside *in = self->inside;
    const inspect_layer *l = &in->net->layer[layer];
    int across = at_most((inner.w + how->gap) / (how->tile + how->gap), at_most(INSIDE_SHOWN, l->shape.c));
    grid g = {.first = {inner.x, inner.y, how->tile, how->tile}, .number = in->shown[layer]};
    int each = inner.w / l->shape.c - how->gap;
    if (inspect_tells_classes(in->net, layer) && each >= ui_px(self->ui, LEAST_CLASS)) {
        g.first.w = at_most(each, how->tile);
        g.number = NULL;
        across = l->shape.c;
    }
    g.step_x = g.first.w + how->gap;
    g.step_y = how->tile + how->gap;
    g.columns = g.count = at_least(across, 1);
    return g;
}

/* The layer's name, with how many maps of it are not shown, and where there is room what it consists of. */
static void draw_row_words(const app *self, rect r, int layer, bool kernels, bool narrow, const grid *g)
{
    ui *u = self->ui;
    const inspect_filters *f = &self->inside->net->filters;
    const inspect_layer *l = &self->inside->net->layer[layer];
    int line = text_height(u->text, panel_small_font(u)), y = r.y + (r.h - (narrow ? 1 : 2) * line) / 2, w = 0;
    const char *name = kernels ? texts_get(TEXT_INSIDE_FILTERS) : l->name;
    const char *shape = kernels ? ui_say(u, FORMAT_INSIDE_MAPS, f->count, f->kh, f->kw) : describe_shape(u, l);
    if (l->shape.c > g->count) {
        const char *more = ui_say(u, FORMAT_INSIDE_MORE, l->shape.c - g->count);
        w = text_width(u->text, panel_small_font(u), more) + 1;
        draw_more(self, (rect){r.x + r.w - w, y, w, line}, layer, g, more);
    }
    ui_label(u, (rect){r.x, y, r.w - w, line}, name, ui_font(u, 13, FONT_REGULAR), u->colours->text, ALIGN_LEFT);
    if (!narrow)
        ui_label(u, (rect){r.x, y + line, r.w, line}, shape, panel_small_font(u), u->colours->muted, ALIGN_LEFT);
}

/* Of the filters, each above its map, or of a layer. */
static void draw_row(const app *self, rect r, int layer, bool kernels, const row_room *how, inside_place *at)
{
    ui *u = self->ui;
    int pad = ui_px(u, 3);
    const char *name = self->inside->net->layer[layer].name;
    rect words = {r.x, r.y, how->words, r.h}, inner = {r.x + how->words, r.y + how->gap, r.w - how->words, r.h};
    if (how->narrow) {
        words = (rect){r.x, r.y, r.w, how->words};
        inner = (rect){r.x, r.y + how->words, r.w, r.h - how->words};
    }
    char row_name[UI_NAME], maps[UI_NAME];
    snprintf(row_name, sizeof row_name, kernels ? "filters" : "layer.%s", name);
    snprintf(maps, sizeof maps, kernels ? "kernels" : "maps.%s", name);
    button b = {.name = row_name,
                .style = BUTTON_ITEM,
                .tip = texts_get(kernels ? TEXT_INSIDE_FILTERS_TIP : TEXT_INSIDE_LAYER_TIP),
                .act = {.id = ACTION_LAYER, .index = layer}};
    grid g = lay_row(self, inner, layer, how);
    g.name = maps;
    g.tip = texts_get(kernels ? TEXT_INSIDE_KERNELS_TIP : TEXT_INSIDE_MAPS_TIP);
    ui_button(u, words, &b);
    draw_row_words(self, (rect){words.x + pad, words.y, words.w - 2 * pad, words.h}, layer, kernels, how->narrow, &g);
    draw_tiles(self, &g, layer, kernels, at);
}

/* How the rows of layers stand beside each other; row -1 are the filters. */
typedef struct column_plan {
    int count, most;            /* of them, and the rows of the longest */
    int start[MAX_COLUMNS + 1]; /* the first row of each, and the end */
} column_plan;

/* `count` columns at most: one for each of the joined networks, or a new one where one has its share. */
static column_plan lay_columns(const inspect *net, int count, bool parts)
{
    int first = net->filters.count > 0 ? -1 : 0, all = net->n_layers - first, used = 0;
    column_plan c = {.count = 1, .start = {first}};
    for (int i = first; i < net->n_layers; i++, used++) {
        bool begins = i > 0 && net->layer[i].part > net->layer[i - 1].part, full = used == (all + count - 1) / count;
        if (c.count < count && (parts ? begins : full))
            c.start[c.count++] = i, used = 0;
        c.most = used + 1 > c.most ? used + 1 : c.most;
    }
    c.start[c.count] = net->n_layers;
    return c;
}

/* Joined networks side by side, others in columns where there is room for those. */
static column_plan plan_columns(const app *self, rect area)
{
    ui *u = self->ui;
    const inspect *net = self->inside->net;
    int count = 1, all = net->n_layers + (net->filters.count > 0);
    while (count < MAX_COLUMNS && area.w / (count + 1) >= ui_px(u, 460) &&
           area.h * count < all * ui_px(u, LEAST_TILE + 6))
        count++;
    bool joined = net->n_voters > 1 && net->n_voters <= MAX_COLUMNS;
    return lay_columns(net, joined ? net->n_voters : count, joined);
}

/* The bar of what scrolls has its place beside them. */
static int column_width(const app *self, rect area, const column_plan *c)
{
    int gap = ui_px(self->ui, 10), bar = ui_px(self->ui, BAR);
    return (area.w - bar - (c->count - 1) * gap) / c->count;
}

int inside_maps_height(const app *self, rect area)
{
    column_plan c = plan_columns(self, area);
    return c.most * lay_rows(self, column_width(self, area, &c), area.h, c.most).high;
}

void inside_maps(const app *self, rect area, inside_place *at)
{
    column_plan c = plan_columns(self, area);
    int w = column_width(self, area, &c), gap = ui_px(self->ui, 10);
    row_room how = lay_rows(self, w, area.h, c.most);
    for (int k = 0; k < c.count; k++)
        for (int i = c.start[k]; i < c.start[k + 1]; i++) {
            rect r = {area.x + k * (w + gap), area.y + (i - c.start[k]) * how.high, w, how.high};
            draw_row(self, r, i < 0 ? 0 : i, i < 0, &how, at);
        }
}

/* ---- one layer, large -------------------------------------------------------------------------------------------- */

/* As large as `count` tiles of shape w x h can be in the area, but not so small that nothing is to be seen. */
static grid lay_tiles(rect area, int count, int w, int h, int gap)
{
    int columns = 1, best = 0, least = w > 1 ? 8 : 2;
    for (int n = 1; n <= count; n++) {
        int rows = (count + n - 1) / n, wide = area.w / n - gap, high = area.h / rows - gap;
        if (high * w < wide * h)
            wide = high * w / h;
        if (wide > best)
            columns = n, best = wide;
    }
    if (best < least)
        best = least, columns = at_least(area.w / (least + gap), 1);
    if (5 * (best % w) <= best)
        best -= best % w; /* whole screen pixels for each of its own, where that costs little */
    int tall = at_least(best * h / w, 1), rows = at_least(area.h / (tall + gap), 1);
    return (grid){.first = {area.x, area.y, best, tall},
                  .step_x = best + gap,
                  .step_y = tall + gap,
                  .columns = columns,
                  .count = at_most(rows * columns, count)};
}

void inside_layer(const app *self, rect area, inside_place *at)
{
    ui *u = self->ui;
    const app_inside *in = self->inside;
    const inspect_layer *l = &in->net->layer[in->layer];
    const inspect_filters *f = &in->net->filters;
    const char *words = ui_say(u, FORMAT_INSIDE_LAYER, l->name, l->title, describe_shape(u, l));
    button back = {.name = "layer.back", .label = texts_get(TEXT_INSIDE_ALL), .act = {.id = ACTION_LAYER, .index = -1}};
    back.tip = texts_get(TEXT_INSIDE_ALL_TIP);
    int high = ui_px(u, 32), w = ui_button_width(u, &back), gap = ui_px(u, 10), between = at_least(ui_px(u, 2), 1);
    ui_button(u, (rect){area.x, area.y, w, high}, &back);
    panel_row_label(u, (rect){area.x + w + gap, area.y, area.w - w - gap, high}, words, ui_font(u, 14, FONT_REGULAR),
                    u->colours->text);
    int top = high + gap;
    rect maps = {area.x, area.y + top, area.w, area.h - top};
    int filters = in->layer == 0 && f->count > 0 ? maps.h / 4 : 0;
    if (filters - gap >= ui_px(u, LEAST_CLASS)) {
        grid kernels = lay_tiles((rect){maps.x, maps.y, maps.w, filters - gap}, f->count, f->kw, f->kh, 2 * between);
        kernels.name = "kernels";
        kernels.tip = texts_get(TEXT_INSIDE_KERNELS_TIP);
        draw_tiles(self, &kernels, 0, true, at);
        maps.y += filters, maps.h -= filters;
    }
    grid g = lay_tiles(maps, l->shape.c, l->shape.w, l->shape.h, between);
    g.name = "maps";
    g.tip = texts_get(TEXT_INSIDE_MAPS_TIP);
    draw_tiles(self, &g, in->layer, false, at);
}
