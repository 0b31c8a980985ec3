/* inside_panel.c - "Inside": the way of a drawing through the network as pictures. Above, the steps from ink or picture
 * (inside_steps.c) and the answer; in the middle the maps (inside_maps.c), of which one can be opened (inside_map.c);
 * below, what spoke for the answer and against it (inside_votes.c). The pointer over a map shows on the canvas what that
 * place of it can see. */
#include "app/texts/texts.h"
#include "panel.h"
#include "words.h"
#include <math.h>

static colour with_alpha(colour c, unsigned alpha)
{
    return (c & 0xffffff) | alpha << 24;
}

static float hairline(const ui *u)
{
    return fmaxf(u->scale, 1);
}

/* ---- on the canvas ----------------------------------------------------------------------------------------------- */

/* What the place under the pointer can see, as a quadrangle: the picture may have been turned. */
static void draw_field(const app *self, const inside_place *at)
{
    ui *u = self->ui;
    const inspect *net = self->inside->net;
    nn_region r = nn_receptive_field(net->plan, net->layer[at->layer].node, at->x, at->y);
    affine map = app_image_map(self), back = affine_inverse(&map);
    const int corner[5][2] = {{r.x0, r.y0}, {r.x1, r.y0}, {r.x1, r.y1}, {r.x0, r.y1}, {r.x0, r.y0}};
    float pixel = (float)DIGIT_SIDE / (float)net->plan->input.h; /* pixels of the digit for one of its input's */
    bool turned = app_inspected(self)->convention.transposed;
    float unit = (float)self->canvas.w / INK_CANVAS, p[5][2], width = 2.5f * hairline(u);
    for (int i = 0; i < 5; i++) {
        affine_apply(&back, pixel * (float)corner[i][turned], pixel * (float)corner[i][!turned], p[i]);
        p[i][0] = (float)self->canvas.x + p[i][0] * unit;
        p[i][1] = (float)self->canvas.y + p[i][1] * unit;
        if (i > 0)
            draw_line(u->list, &(shape_line){p[i - 1][0], p[i - 1][1], width, p[i][0], p[i][1], width},
                      u->colours->focus);
    }
}

/* The canvas's pixels that show the heat's area: blank paper is not painted again when the heat changes. */
static rect heat_on_canvas(const app *self)
{
    const app_inside *in = self->inside;
    rect h = in->heat_area, c = self->canvas;
    int side = in->heat_side, up = side - 1; /* pixel x shows column x * side / c.w, so a column begins rounded up */
    int left = (h.x * c.w + up) / side, top = (h.y * c.h + up) / side;
    return (rect){c.x + left, c.y + top, ((h.x + h.w) * c.w + up) / side - left, ((h.y + h.h) * c.h + up) / side - top};
}

static void draw_on_canvas(const app *self, const inside_place *at)
{
    ui *u = self->ui;
    const app_inside *in = self->inside;
    rect clip = draw_clip(u->list, self->canvas);
    if (in->heat) {
        unsigned version = revision_number(in->painted) + in->painted_map;
        mask_image plus = {in->plus, in->heat_side, in->heat_side, in->heat_side, 0}, minus = plus;
        minus.coverage = in->minus;
        rect canvas = draw_clip(u->list, heat_on_canvas(self));
        draw_mask(u->list, &plus, version, self->canvas, with_alpha(u->colours->focus, 0xf0));
        draw_mask(u->list, &minus, version, self->canvas, with_alpha(u->colours->accent, 0xf0));
        draw_set_clip(u->list, canvas);
    }
    if (at->layer >= 0)
        draw_field(self, at);
    draw_set_clip(u->list, clip);
}

/* ---- the view ---------------------------------------------------------------------------------------------------- */

/* All layers, which scroll where they have no room. In low windows the votes scroll with them. */
static void draw_layers(const app *self, rect area, inside_place *at)
{
    ui *u = self->ui;
    int gap = ui_px(u, 8), bar = ui_px(u, 8), votes = inside_votes_height(self, area.w - bar);
    int maps = area.h - votes - gap;
    bool low = maps < ui_px(u, 100);
    rect view = {area.x, area.y, area.w, low ? area.h : maps};
    int rows = inside_maps_height(self, view), below = low ? area.y + rows + gap : area.y + area.h - votes;
    rect clip = ui_scroll_begin(u, view, low ? rows + gap + votes : rows);
    inside_maps(self, (rect){view.x, view.y - u->scroll, view.w, view.h}, at);
    if (low)
        inside_votes(self, (rect){area.x, below - u->scroll, area.w - bar, votes}, at);
    ui_scroll_end(u, clip);
    if (!low)
        inside_votes(self, (rect){area.x, below, area.w - bar, votes}, at);
}

static void draw_layer(const app *self, rect area, inside_place *at)
{
    ui *u = self->ui;
    int gap = ui_px(u, 8), bar = ui_px(u, 8), votes = inside_votes_height(self, area.w - bar);
    int maps = area.h - votes - gap;
    bool low = maps < ui_px(u, 130);
    inside_layer(self, (rect){area.x, area.y, area.w, low ? area.h : maps}, at);
    if (!low)
        inside_votes(self, (rect){area.x, area.y + area.h - votes, area.w - bar, votes}, at);
}

void inside_view(const app *self, rect area)
{
    ui *u = self->ui;
    const app_inside *in = self->inside;
    if (!in || !in->net) {
        ui_label(u, area, texts_get(TEXT_INSIDE_NONE), ui_font(u, 15, FONT_REGULAR), u->colours->muted, ALIGN_CENTRE);
        return;
    }
    inside_place at = {.layer = -1};
    int top = inside_steps(self, area) + ui_px(u, 10);
    rect rest = {area.x, area.y + top, area.w, area.h - top};
    if (in->opened.channel >= 0) {
        at = (inside_place){in->opened.layer, in->opened.channel, in->opened.x, in->opened.y};
        inside_map(self, rest);
    } else if (in->layer >= 0) {
        draw_layer(self, rest, &at);
    } else {
        draw_layers(self, rest, &at);
    }
    if (app_read(self)->answer.digit >= 0)
        draw_on_canvas(self, &at);
}
