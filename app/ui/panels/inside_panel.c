/* inside_panel.c - "Inside": the way of a drawing through the network as pictures. Above, the steps from ink to 28 x 28
 * and the answer; in the middle the maps (inside_maps.c), of which one can be opened (inside_map.c); below, what
 * spoke for the answer and against it (inside_votes.c). The pointer over a map shows on the canvas what that place of it can see. */
#include "app/texts/texts.h"
#include "panel.h"
#include "words.h"
#include <math.h>

static const colour black = 0xff000000, white = 0xffffffff;

static colour with_alpha(colour c, unsigned alpha)
{
    return (c & 0xffffff) | alpha << 24;
}

static float hairline(const ui *u)
{
    return fmaxf(u->scale, 1);
}

/* ---- from ink to 28 x 28 ----------------------------------------------------------------------------------------- */

/* A picture of the frame's samples, white on black. */
static void draw_frame(const app *self, rect r, const unsigned char *samples)
{
    mask_image image = {samples, DIGIT_FRAME, DIGIT_FRAME, DIGIT_FRAME, black};
    draw_mask(self->ui->list, &image, revision_number(self->inside->read), r, white);
}

/* x, y, w, h in units of a square of `side` that fills r. */
static void outline_part(const app *self, rect r, const float part[4], float side)
{
    ui *u = self->ui;
    float unit = (float)r.w / side;
    shape_box box = {
        (float)r.x + part[0] * unit, (float)r.y + part[1] * unit, part[2] * unit, part[3] * unit, 0, hairline(u)};
    draw_box(u->list, &box, u->colours->focus);
}

/* The writing's box, which is in the picture's pixels. */
static void outline_in_picture(const app *self, rect r, const digit *d, const app_picture *p)
{
    float side = (float)(p->w > p->h ? p->w : p->h);
    const float part[4] = {d->box[0] + 0.5f * (side - (float)p->w), d->box[1] + 0.5f * (side - (float)p->h), d->box[2],
                           d->box[3]};
    if (!d->empty)
        outline_part(self, r, part, side);
}

/* What the network gets of the digit, where it was taught otherwise than ours. */
static void draw_wanted(const app *self, rect r)
{
    const inspect *net = self->inside->net;
    mask_image image = {net->input, net->input_side, net->input_side, net->input_side, 0};
    draw_rect(self->ui->list, r, 0, black);
    if (!app_read(self)->digit.empty)
        draw_mask(self->ui->list, &image, revision_number(self->inside->read), r, white);
    ui_area(self->ui, r, "step.wanted", ELEMENT_SHOWN);
    ui_explain(self->ui, texts_get(TEXT_INSIDE_WANTED_TIP));
}

static void draw_step(const app *self, rect r, int step)
{
    static const char *const names[] = {"step.ink", "step.fit"};
    static const text_id tips[] = {TEXT_INSIDE_INK_TIP, TEXT_INSIDE_FIT_TIP};
    if (step < 2) { /* the third explains itself */
        ui_area(self->ui, r, names[step], ELEMENT_SHOWN);
        ui_explain(self->ui, texts_get(tips[step]));
    }
    const digit *d = &app_read(self)->digit;
    const app_inside *in = self->inside;
    const float margin = 0.5f * (DIGIT_SIDE - DIGIT_BOX), fit[4] = {margin, margin, DIGIT_BOX, DIGIT_BOX};
    rect clip = draw_clip(self->ui->list, r);
    if (step == 0 && app_shows_picture(self)) {
        const app_picture *p = &self->picture;
        int longer = p->w > p->h ? p->w : p->h, w = r.w * p->w / longer, h = r.w * p->h / longer;
        mask_image shown = {p->shown, p->shown_w, p->shown_h, p->shown_w, 0};
        rect to = {r.x + (r.w - w) / 2, r.y + (r.h - h) / 2, w, h};
        draw_rect(self->ui->list, r, 0, white);
        draw_mask(self->ui->list, &shown, self->prepared, to, black);
        outline_in_picture(self, r, d, p);
    } else if (step == 0) {
        draw_frame(self, r, in->sheet);
        if (!d->empty)
            outline_part(self, r, d->box, INK_CANVAS);
    } else if (step == 1) {
        draw_frame(self, r, in->fitted);
        outline_part(self, r, fit, DIGIT_SIDE);
    } else if (step == 2) {
        input_panel(self, r);
    } else {
        draw_wanted(self, r);
    }
    draw_set_clip(self->ui->list, clip);
}

/* The fourth one only where there is room for it. */
static int count_steps(const app *self, int width)
{
    return self->inside->net->input_side > 0 && width >= ui_px(self->ui, 520) ? 4 : 3;
}

static text_id caption_of(const app *self, int step)
{
    const digit_options *how = &self->how;
    const picture_looks *p = &self->picture.found;
    int look = app_read(self)->look;
    if (step == 0 && app_shows_picture(self) && look < p->count)
        return p->look[look].ground == GROUND_LIT ? TEXT_INSIDE_UNEVEN_LIGHT : TEXT_INSIDE_EVEN_GROUND;
    if (step == 0)
        return TEXT_INSIDE_INK;
    if (step == 1)
        return how->scale ? TEXT_INSIDE_FITTED : TEXT_INSIDE_NOT_FITTED;
    if (!distort_is_none(&how->distort))
        return TEXT_INSIDE_SPOILT;
    return how->centre ? TEXT_INSIDE_CENTRED : TEXT_INSIDE_NOT_CENTRED;
}

static const char *say_step(const app *self, int step)
{
    char name[CONVENTION_NAME];
    if (step < 3)
        return texts_get(caption_of(self, step));
    convention_name(name, &app_inspected(self)->convention);
    return ui_say(self->ui, FORMAT_INSIDE_WANTED, name);
}

/* Returns how high they are, with their captions. */
static int draw_steps(const app *self, rect area, int side)
{
    ui *u = self->ui;
    int gap = ui_px(u, 10), x = area.x, most = 0;
    for (int i = 0; i < count_steps(self, area.w); i++, x += side + gap) {
        rect below = {x, area.y + side + ui_px(u, 2), side + gap / 2, 0};
        draw_step(self, (rect){x, area.y, side, side}, i);
        int high = ui_paragraph(u, below, say_step(self, i), panel_small_font(u), u->colours->muted, true);
        most = high > most ? high : most;
    }
    int high = side + ui_px(u, 2) + most;
    compact_panel(self, (rect){x, area.y, area.x + area.w - x, high});
    return high;
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
    int wide = area.w / (count_steps(self, area.w) + 2), side = wide < area.h / 4 ? wide : area.h / 4;
    int top = draw_steps(self, area, side) + ui_px(u, 10);
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
