/* inside.c - follows the drawing with the inspector, and paints what mattered onto the ink. */
#include "inside.h"
#include "app/texts/texts.h"
#include "budget.h"
#include "notice.h"
#include "opened.h"
#include "votes.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { HEAT_MAX_SIDE = 720 }; /* beyond that the screen's pixels share values */

void inside_free(app_inside *self)
{
    if (!self)
        return;
    inspect_free(self->net);
    nn_free(self->plus);
    nn_free(self);
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

void inside_forget_other(app *self)
{
    app_inside *in = self->inside;
    const nn_model *model = app_inspected(self);
    if (!in || !in->net || (model && inspect_fits(in->net, model)))
        return;
    inspect_free(in->net);
    in->net = NULL;
    in->layer = in->opened.channel = -1;
}

/* Another model may have another architecture. */
static bool make_ready(app *self)
{
    nn_error err;
    if (!self->inside) {
        self->inside = nn_alloc(1, sizeof *self->inside);
        if (!self->inside)
            return false;
        self->inside->layer = self->inside->opened.channel = -1;
    }
    app_inside *in = self->inside;
    inside_forget_other(self);
    if (in->net)
        return true;
    in->shown_of = app_drawn(self) - 1;
    memset(in->shown, -1, sizeof in->shown);
    in->answered = (revision){0};
    in->votes.reads = in->votes.rounds = 0;
    in->votes.count = 0;
    if (!inspect_new(&in->net, app_inspected(self), &err))
        app_notice(self, FORMAT_NOTICE_INSIDE, err.text);
    return in->net != NULL;
}

static void to_bytes(const float *from, unsigned char *to)
{
    for (int i = 0; i < DIGIT_FRAME * DIGIT_FRAME; i++)
        to[i] = (unsigned char)(255 * from[i] + 0.5f);
}

static void draw_steps(app *self)
{
    digit whole;
    digit_track(&self->inside->track, &whole, &self->drawing, &(digit_options){0});
    to_bytes(whole.coverage, self->inside->sheet);
    to_bytes(app_read(self)->digit.coverage, self->inside->fitted);
}

/* ---- what mattered, on the ink ----------------------------------------------------------------------------------- */

static bool make_heat(app_inside *in, int side)
{
    nn_free(in->plus);
    size_t count = (size_t)side * (size_t)side;
    in->plus = nn_alloc(2 * count, 1);
    in->minus = in->plus ? in->plus + count : NULL;
    in->heat_side = in->plus ? side : 0;
    return in->plus != NULL;
}

/* Between the centres of four pixels of the image; 0 outside, which the network does not get. */
static float value_at(const float *image, float x, float y)
{
    if (x < 0 || y < 0 || x > DIGIT_SIDE || y > DIGIT_SIDE)
        return 0;
    x = fminf(fmaxf(x - 0.5f, 0), DIGIT_SIDE - 1.001f), y = fminf(fmaxf(y - 0.5f, 0), DIGIT_SIDE - 1.001f);
    int column = (int)x, row = (int)y;
    float fx = x - (float)column, fy = y - (float)row;
    const float *v = image + row * DIGIT_SIDE + column;
    return (1 - fy) * ((1 - fx) * v[0] + fx * v[1]) + fy * ((1 - fx) * v[DIGIT_SIDE] + fx * v[DIGIT_SIDE + 1]);
}

/* The drawing's coverage where column and row of the heat lie; a picture is all ink. */
static int ink_at(const app *self, int column, int row)
{
    const paper *p = &self->paper;
    if (app_shows_picture(self))
        return 255;
    int side = self->inside->heat_side;
    return p->mask[(ptrdiff_t)(row * p->side / side) * p->side + column * p->side / side];
}

/* The pixel that mattered most shows in full; where none mattered much, all stay faint. An open map takes their place. */
static void draw_heat(app *self)
{
    app_inside *in = self->inside;
    bool map = opened_is_map(in);
    const float faint = 0.5f; /* log-odds */
    const float *values = map ? in->opened.on_ink : in->net->importance;
    float most = map ? 1 : faint, unit = (float)INK_CANVAS / (float)in->heat_side;
    for (int i = 0; i < DIGIT_PIXELS; i++)
        most = fmaxf(most, fabsf(values[i]));
    in->heat_area = (rect){0, 0, 0, 0};
    for (int row = 0, i = 0; row < in->heat_side; row++)
        for (int column = 0; column < in->heat_side; column++, i++) {
            int covered = ink_at(self, column, row);
            in->plus[i] = in->minus[i] = 0;
            if (covered == 0)
                continue;
            float at[2];
            affine_apply(map ? &in->read_map : &in->to_image, ((float)column + 0.5f) * unit, ((float)row + 0.5f) * unit,
                         at);
            float v = value_at(values, at[0], at[1]) / most;
            (v > 0 ? in->plus : in->minus)[i] = (unsigned char)((float)covered * fabsf(v));
            in->heat_area = rect_union(in->heat_area, (rect){column, row, 1, 1});
        }
}

/* False where there is nothing to show. */
static bool follow_heat(app *self)
{
    app_inside *in = self->inside;
    bool map = opened_is_map(in);
    int canvas = self->canvas.w, side = canvas < HEAT_MAX_SIDE ? canvas : HEAT_MAX_SIDE;
    revision of = map ? in->read : in->answered;
    unsigned version = map ? in->opened.version : 0;
    if ((in->heat_off && !map) || of.reader == 0 || side <= 0 ||
        (self->paper.side != canvas && !app_shows_picture(self)) || app_read(self)->answer.digit < 0)
        return false;
    if (in->heat_side == side && revision_same(in->painted, of) && in->painted_map == version)
        return true;
    if (in->heat_side != side && !make_heat(in, side))
        return false;
    draw_heat(self);
    in->painted = of;
    in->painted_map = version;
    return true;
}

void inside_follow_canvas(app *self)
{
    inside_forget_other(self);
    if (self->inside)
        self->inside->heat = app_shows_layers(self) && self->inside->net && follow_heat(self);
}

/* A round is finished for the drawing it began with, or it would never be while somebody draws. */
static bool follow_importance(app *self, double until)
{
    app_inside *in = self->inside;
    const nn_model *model = app_inspected(self);
    if (app_read(self)->answer.digit < 0)
        return false;
    if (!in->net->occluding && !revision_same(in->asked, app_read(self)->of) && budget_lasts(self, until)) {
        inspect_occlude_begin(in->net, model, app_read(self)->digit.image, app_read(self)->answer.digit);
        in->asked = app_read(self)->of;
        in->to_image = app_image_map(self);
    }
    while (in->net->occluding && budget_lasts(self, until))
        if (inspect_occlude_step(in->net, model))
            in->answered = in->asked;
    return in->net->occluding || !revision_same(in->asked, app_read(self)->of);
}

/* The maps that stand for each layer change with the drawing, and not with what is switched off. */
static void choose_shown(app *self)
{
    app_inside *in = self->inside;
    const touched *t = self->touching.net;
    if (in->shown_of == app_drawn(self))
        return;
    in->shown_of = app_drawn(self);
    for (int i = 0; i < in->net->n_layers; i++) {
        const inspect_layer *l = &in->net->layer[i];
        int count = l->shape.c < INSIDE_SHOWN ? l->shape.c : INSIDE_SHOWN;
        inspect_strongest(l, t ? t->off : NULL, t ? t->n_off : 0, in->shown[i], count);
    }
}

bool inside_tick(app *self)
{
    if (!app_shows_layers(self) || !app_recogniser(self) || !make_ready(self))
        return false;
    app_inside *in = self->inside;
    /* Maps come first; the importance of pixels takes what they leave, so on a busy machine it waits until the pen
     * rests. */
    double until = budget_begin(self);
    if (!revision_same(in->read, app_read(self)->of)) {
        in->read = app_read(self)->of;
        draw_steps(self);
        in->read_map = app_image_map(self);
        if (app_read(self)->answer.digit >= 0)
            inspect_read(in->net, app_inspected(self), app_read(self)->digit.image);
        choose_shown(self);
        opened_follow(self);
    }
    bool more = follow_importance(self, until);
    votes_follow(self);
    if (in->opened.rounds != in->net->rounds)
        opened_follow(self);
    return more;
}

/* ---- actions ----------------------------------------------------------------------------------------------------- */

/* The focus follows into the large layer, and back to its row. */
static void show_layer(app *self, int layer)
{
    app_inside *in = self->inside;
    char name[UI_NAME] = "layer.back";
    if (layer < 0)
        snprintf(name, sizeof name, "layer.%s", in->net->layer[in->layer].name);
    ui_set_focus(self->ui, name);
    in->layer = layer;
}

bool inside_do(app *self, action act)
{
    app_inside *in = self->inside;
    if (act.id != ACTION_HEAT && act.id != ACTION_LAYER)
        return false;
    if (!in || !in->net)
        return true;
    if (act.id == ACTION_HEAT)
        in->heat_off = !in->heat_off;
    else if (act.index != in->layer && act.index >= -1 && act.index < in->net->n_layers)
        show_layer(self, act.index);
    return true;
}
