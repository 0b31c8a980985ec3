/* atlas_panel.c - "Where it lies", in the view "Inside": a map of known digits, each as the character that it shows, and
 * the drawing among them. The digit that is pointed at, or gone to by keys, shows its picture. */
#include "app/texts/texts.h"
#include "app/ui/kit/figure.h"
#include "panel.h"
#include "words.h"
#include <math.h>
#include <string.h>

enum { CELL = 10 /* units of the layout */ };

/* ---- the map ----------------------------------------------------------------------------------------------------- */

/* Where a place of the map is on the screen. */
static void locate(rect r, const float place[2], float out[2])
{
    out[0] = (float)r.x + place[0] * (float)r.w;
    out[1] = (float)r.y + place[1] * (float)r.h;
}

static colour hue_of(const app *self, int label)
{
    return figure_series(label % FIGURE_SERIES, self->ui->colours == &theme_dark);
}

static const char *label_of(const atlas *map, int i)
{
    return map->known.label[map->known.labels[i]];
}

static void draw_digits(const app *self, rect r)
{
    ui *u = self->ui;
    const atlas *map = self->placing.map;
    font f = ui_font(u, fminf(fmaxf((float)r.h / (36 * u->scale), 9), 16), FONT_REGULAR);
    int up = text_ascent(u->text, f) - text_cap_height(u->text, f) / 2;
    for (int i = 0; i < map->known.count; i++) {
        float at[2];
        locate(r, map->place[i], at);
        const char *label = label_of(map, i);
        draw_text(u->list, u->text, f, (int)at[0] - text_width(u->text, f, label) / 2, (int)at[1] - up, label,
                  hue_of(self, map->known.labels[i]));
    }
}

static void draw_ring(ui *u, const float at[2], float radius, colour c)
{
    draw_box(u->list,
             &(shape_box){at[0] - radius, at[1] - radius, 2 * radius, 2 * radius, radius, fmaxf(2 * u->scale, 2)}, c);
}

/* The drawing, and lines to those that are nearest to it. */
static void draw_drawing(const app *self, rect r)
{
    ui *u = self->ui;
    const app_placing *p = &self->placing;
    float at[2], to[2], width = fmaxf(1.2f * u->scale, 1);
    locate(r, p->at, at);
    for (int i = 0; i < p->n_nearest; i++) {
        locate(r, p->map->place[p->nearest[i]], to);
        draw_line(u->list, &(shape_line){at[0], at[1], width, to[0], to[1], width}, u->colours->focus);
    }
    font f = ui_font(u, 18, FONT_BOLD);
    const char *label = app_read(self)->answer.text;
    int w = text_width(u->text, f, label), up = text_ascent(u->text, f) - text_cap_height(u->text, f) / 2;
    float radius = fmaxf(0.5f * (float)w + 5 * u->scale, 13 * u->scale);
    draw_box(u->list, &(shape_box){at[0] - radius, at[1] - radius, 2 * radius, 2 * radius, radius, 0},
             u->colours->surface);
    draw_ring(u, at, radius, u->colours->focus);
    draw_text(u->list, u->text, f, (int)at[0] - w / 2, (int)at[1] - up, label, u->colours->text);
}

/* Where a person is on the map, by the pointer or else, while it has the focus, by keys. Returns how far around that digits
 * are looked at; 0: nobody is there. */
static float find_looked(const app *self, rect r, float at[2])
{
    const ui *u = self->ui;
    const app_placing *p = &self->placing;
    if (self->popup == POPUP_NONE && rect_contains(r, u->pointer_x, u->pointer_y)) {
        at[0] = u->pointer_x, at[1] = u->pointer_y;
        return 12 * u->scale;
    }
    locate(r, p->looks ? p->looked : p->at, at);
    return strcmp(u->focus, "map") == 0 ? INFINITY : 0;
}

/* The known digit nearest to there, -1 for none. */
static int find_known(const app *self, rect r)
{
    const atlas *map = self->placing.map;
    float looked[2], least = find_looked(self, r, looked);
    int found = -1;
    for (int i = 0; i < map->known.count && least > 0; i++) {
        float at[2];
        locate(r, map->place[i], at);
        float distance = hypotf(at[0] - looked[0], at[1] - looked[1]);
        if (distance < least)
            least = distance, found = i;
    }
    return found;
}

/* ---- pictures ---------------------------------------------------------------------------------------------------- */

static void draw_known(const app *self, rect r, int i)
{
    ui *u = self->ui;
    const atlas *map = self->placing.map;
    mask_image image = {map->known.images + (ptrdiff_t)i * DIGIT_PIXELS, DIGIT_SIDE, DIGIT_SIDE, DIGIT_SIDE, 0};
    draw_rect(u->list, r, 0, 0xff000000);
    draw_mask(u->list, &image, self->placing.version * ATLAS_DIGITS + (unsigned)i, r, 0xffffffff);
}

static void draw_looked(const app *self, rect r)
{
    ui *u = self->ui;
    int i = find_known(self, r), side = 2 * DIGIT_SIDE * ((int)u->scale > 1 ? (int)u->scale : 1), away = ui_px(u, 14);
    if (i < 0)
        return;
    float at[2];
    locate(r, self->placing.map->place[i], at);
    draw_ring(u, at, 9 * u->scale, u->colours->accent);
    rect picture = {(int)at[0] + away, (int)at[1] + away, side, side};
    if (picture.x + side > r.x + r.w)
        picture.x = (int)at[0] - away - side;
    if (picture.y + side > r.y + r.h)
        picture.y = (int)at[1] - away - side;
    draw_known(self, picture, i);
    draw_outline(u->list, rect_inset(picture, -ui_px(u, 2)), 0, fmaxf(2 * u->scale, 2), u->colours->accent);
}

/* The nearest ones, with what they are; returns how wide they are. */
static int draw_nearest(const app *self, rect area)
{
    ui *u = self->ui;
    const app_placing *p = &self->placing;
    int caption = ui_px(u, 16), gap = ui_px(u, 6), side = (area.w - ui_px(u, 110)) / ATLAS_NEAREST - gap;
    side = panel_picture_side(side < area.h - caption ? side : area.h - caption);
    int all = ATLAS_NEAREST * (side + gap);
    rect r = {area.x, area.y, all - gap, side + caption};
    ui_area(u, r, "map.nearest", ELEMENT_SHOWN);
    ui_explain(u, texts_get(TEXT_MAP_NEAREST_TIP));
    for (int i = 0; i < p->n_nearest; i++) {
        rect picture = {area.x + i * (side + gap), area.y, side, side};
        draw_known(self, picture, p->nearest[i]);
        ui_label(u, (rect){picture.x, picture.y + side, side, caption}, label_of(p->map, p->nearest[i]),
                 panel_small_font(u), u->colours->muted, ALIGN_CENTRE);
    }
    return all;
}

/* ---- the view ---------------------------------------------------------------------------------------------------- */

static const char *say_map(const app *self)
{
    const app_placing *p = &self->placing;
    if (!p->map)
        return texts_get(p->job ? TEXT_MAP_COMING : TEXT_MAP_NONE);
    return p->map->made ? ui_say(self->ui, FORMAT_MAP_MADE, p->map->known.count)
                        : ui_say(self->ui, FORMAT_MAP_MNIST, p->map->known.count);
}

/* Returns how high it is. */
static int draw_head(const app *self, rect row)
{
    ui *u = self->ui;
    button back = {.name = "map.back",
                   .label = texts_get(TEXT_INSIDE_ALL),
                   .tip = texts_get(TEXT_MAP_BACK_TIP),
                   .act = {.id = ACTION_ATLAS}};
    int w = ui_button_width(u, &back), gap = ui_px(u, 10);
    const char *words = say_map(self);
    rect beside = {row.x + w + gap, row.y, row.w - w - gap, row.h};
    beside.w -= inside_members(self, beside, true);
    int high = ui_paragraph(u, beside, words, panel_small_font(u), 0, false);
    ui_button(u, (rect){row.x, row.y, w, row.h}, &back);
    beside.y += high < row.h ? (row.h - high) / 2 : 0;
    ui_paragraph(u, beside, words, panel_small_font(u), u->colours->muted, true);
    return high > row.h ? high : row.h;
}

/* Cells to go through by keys, or to tap; places are shares of what all of them cover. */
static grid cells_of(const app *self, rect *map)
{
    const app_placing *p = &self->placing;
    const float *at = p->looks ? p->looked : p->at;
    int side = ui_px(self->ui, CELL), columns = map->w / side, rows = map->h / side;
    map->w = columns * side, map->h = rows * side;
    int column = (int)(at[0] * (float)columns), row = (int)(at[1] * (float)rows);
    column = column < columns ? column : columns - 1;
    row = row < rows ? row : rows - 1;
    return (grid){.name = "map",
                  .tip = texts_get(TEXT_MAP_TIP),
                  .first = {map->x, map->y, side, side},
                  .step_x = side,
                  .step_y = side,
                  .columns = columns,
                  .count = columns * rows,
                  .act = {.id = ACTION_LOOK},
                  .other = {.id = ACTION_LOOK},
                  .picks = true,
                  .at = row * columns + column};
}

static void draw_map(const app *self, rect r)
{
    ui *u = self->ui;
    rect clip = draw_clip(u->list, r);
    grid g = cells_of(self, &r);
    draw_digits(self, r);
    if (self->placing.n_nearest > 0)
        draw_drawing(self, r);
    draw_looked(self, r);
    ui_grid(u, &g);
    draw_set_clip(u->list, clip);
}

void atlas_view(const app *self, rect area)
{
    ui *u = self->ui;
    const app_placing *p = &self->placing;
    bool low = area.h < ui_px(u, 360);
    int gap = ui_px(u, low ? 8 : 12), foot = ui_px(u, low ? 58 : 100);
    int head = draw_head(self, (rect){area.x, area.y, area.w, ui_px(u, 32)});
    rect map = {area.x, area.y + head + gap, area.w, area.h - head - foot - 2 * gap};
    draw_rect(u->list, map, 8 * u->scale, u->colours->surface);
    if (p->map)
        draw_map(self, map);
    else
        ui_area(u, map, "map", ELEMENT_SHOWN);
    ui_explain(u, texts_get(TEXT_MAP_TIP));
    rect bottom = {area.x, map.y + map.h + gap, area.w, foot};
    int taken = draw_nearest(self, bottom) + gap;
    compact_panel(self, (rect){bottom.x + taken, bottom.y, bottom.w - taken, bottom.h});
}
