/* opened.c - the sum behind the value that is looked at, and the pictures of its parts. */
#include "opened.h"
#include "nn/receptive.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

static const inspect_layer *layer_of(const app_inside *in)
{
    return &in->net->layer[in->opened.layer];
}

static float weight_at(const app *self, int channel, int tap)
{
    const sum *s = &self->inside->opened.sum;
    return app_inspected(self)->weights[sum_weight(s, self->inside->net, channel, tap / s->kw, tap % s->kw)];
}

static float product_at(const app *self, int channel, int tap)
{
    const sum *s = &self->inside->opened.sum;
    return weight_at(self, channel, tap) * sum_input(s, self->inside->net, channel, tap / s->kw, tap % s->kw);
}

/* ---- what is looked at ------------------------------------------------------------------------------------------- */

/* The place that a person chose, or else the strongest of the map. */
static void find_place(app_inside *in)
{
    app_opened *o = &in->opened;
    const inspect_layer *l = layer_of(in);
    const float *values = nn_work_output(in->net->whole, l->node);
    int pixels = l->shape.h * l->shape.w, best = o->place;
    for (int i = 0; i < pixels && o->place < 0; i++)
        if (best < 0 || values[i * l->shape.c + o->channel] > values[best * l->shape.c + o->channel])
            best = i;
    o->x = best % l->shape.w;
    o->y = best / l->shape.w;
    o->value = values[best * l->shape.c + o->channel];
}

/* The input channel that a person chose, or else that of the largest term. */
static void find_term(app_opened *o)
{
    const sum *s = &o->sum;
    for (int k = 0; k < s->n_terms; k++)
        o->terms[k] = s->term[k].channel;
    o->input = o->chosen >= s->first && o->chosen < s->first + s->channels ? o->chosen : s->term[0].channel;
}

/* Until a person chooses one, the weight that counts most. */
static void find_tap(app *self)
{
    app_opened *o = &self->inside->opened;
    int taps = o->sum.kh * o->sum.kw, best = 0;
    for (int i = 1; i < taps; i++)
        if (fabsf(product_at(self, o->input, i)) > fabsf(product_at(self, o->input, best)))
            best = i;
    o->tap = o->tap >= 0 && o->tap < taps ? o->tap : best;
}

/* How far a weight can be turned: a few times as far as any of those around it was before. */
static void find_reach(app *self)
{
    const float least = 0.01f, times = 3;
    app_opened *o = &self->inside->opened;
    const sum *s = &o->sum;
    float most = least;
    for (int i = 0; i < s->kh * s->kw; i++) {
        size_t at = sum_weight(s, self->inside->net, o->input, i / s->kw, i % s->kw);
        most = fmaxf(most, fabsf(app_member(self)->weights[at]));
    }
    o->reach = times * most;
}

/* ---- pictures ---------------------------------------------------------------------------------------------------- */

static void put_value(opened_picture *p, int i, float value)
{
    p->plus[i] = (unsigned char)(255 * fminf(fmaxf(value, 0), 1) + 0.5f);
    p->minus[i] = (unsigned char)(255 * fminf(fmaxf(-value, 0), 1) + 0.5f);
}

static void draw_kernel(app *self)
{
    app_opened *o = &self->inside->opened;
    float most = 0;
    int taps = o->sum.kh * o->sum.kw;
    for (int i = 0; i < taps; i++)
        most = fmaxf(most, fabsf(weight_at(self, o->input, i)));
    for (int i = 0; i < taps; i++)
        put_value(&o->kernel, i, most > 0 ? weight_at(self, o->input, i) / most : 0);
}

/* All by the same measure. */
static void draw_terms(app *self)
{
    app_opened *o = &self->inside->opened;
    float most = 0;
    int taps = o->sum.kh * o->sum.kw;
    for (int k = 0; k < o->sum.n_terms; k++)
        for (int i = 0; i < taps; i++)
            most = fmaxf(most, fabsf(product_at(self, o->sum.term[k].channel, i)));
    for (int k = 0; k < o->sum.n_terms; k++)
        for (int i = 0; i < taps; i++)
            put_value(&o->term[k], i, most > 0 ? product_at(self, o->sum.term[k].channel, i) / most : 0);
}

/* Between the middles of four values; 0 outside. */
static float map_at(const inspect_layer *l, int channel, float x, float y)
{
    float w = (float)l->shape.w, h = (float)l->shape.h;
    if (x < -0.5f || y < -0.5f || x > w - 0.5f || y > h - 0.5f)
        return 0;
    const unsigned char *map = l->maps + (ptrdiff_t)channel * l->shape.h * l->shape.w;
    x = fminf(fmaxf(x, 0), w - 1), y = fminf(fmaxf(y, 0), h - 1);
    int x0 = (int)x, y0 = (int)y, x1 = x0 + 1 < l->shape.w ? x0 + 1 : x0, y1 = y0 + 1 < l->shape.h ? y0 + 1 : y0;
    float fx = x - (float)x0, fy = y - (float)y0;
    float above = (1 - fx) * (float)map[y0 * l->shape.w + x0] + fx * (float)map[y0 * l->shape.w + x1];
    float below = (1 - fx) * (float)map[y1 * l->shape.w + x0] + fx * (float)map[y1 * l->shape.w + x1];
    return ((1 - fy) * above + fy * below) / 255;
}

/* Each of the map's values in the middle of what it sees. */
static void lay_map(app *self)
{
    app_inside *in = self->inside;
    app_opened *o = &in->opened;
    const inspect_layer *l = layer_of(in);
    float first[2], next[2], pixel = (float)in->net->plan->input.h / DIGIT_SIDE;
    bool turned = app_member(self)->convention.transposed;
    nn_receptive_centre(in->net->plan, l->node, 0, 0, first);
    nn_receptive_centre(in->net->plan, l->node, 1, 1, next);
    for (int i = 0; i < DIGIT_PIXELS; i++) {
        float at[2] = {pixel * ((float)(i % DIGIT_SIDE) + 0.5f), pixel * ((float)(i / DIGIT_SIDE) + 0.5f)};
        float x = (at[turned] - first[0]) / (next[0] - first[0]), y = (at[!turned] - first[1]) / (next[1] - first[1]);
        o->on_ink[i] = next[0] > first[0] ? map_at(l, o->channel, x, y) : 0;
    }
}

/* The feature of the last layers that a single value is; -1: none. */
static int feature_of(const app_inside *in)
{
    for (int i = 0; i < in->net->n_features; i++) {
        inspect_feature f = inspect_feature_of(in->net, i);
        if (f.layer == in->opened.layer && f.channel == in->opened.channel)
            return i;
    }
    return -1;
}

/* What of the ink raised a single value, as far as that is known: of features, and of the answer. */
static void lay_value(app *self)
{
    app_inside *in = self->inside;
    app_opened *o = &in->opened;
    int feature = feature_of(in);
    bool best = inspect_tells_classes(in->net, o->layer) && o->channel == app_read(self)->answer.digit;
    float most = 0;
    memset(o->on_ink, 0, sizeof o->on_ink);
    if (feature >= 0)
        inspect_feature_gain(in->net, feature, o->on_ink);
    else if (best)
        memcpy(o->on_ink, in->net->importance, sizeof o->on_ink);
    for (int i = 0; i < DIGIT_PIXELS; i++)
        most = fmaxf(most, fabsf(o->on_ink[i]));
    for (int i = 0; i < DIGIT_PIXELS && most > 0; i++)
        o->on_ink[i] /= most;
}

static void draw_overlay(app *self)
{
    app_opened *o = &self->inside->opened;
    if (opened_is_map(self->inside))
        lay_map(self);
    else
        lay_value(self);
    for (int i = 0; i < DIGIT_PIXELS; i++)
        put_value(&o->overlay, i, o->on_ink[i]);
}

void opened_follow(app *self)
{
    app_inside *in = self->inside;
    app_opened *o = &in->opened;
    if (o->channel < 0 || in->net->reads == 0)
        return;
    find_place(in);
    o->has_sum = sum_of(&o->sum, in->net, app_inspected(self), o->layer, o->channel, o->x, o->y);
    if (o->has_sum) {
        find_term(o);
        find_tap(self);
        find_reach(self);
        draw_kernel(self);
        draw_terms(self);
    }
    draw_overlay(self);
    o->rounds = in->net->rounds;
    o->version++;
}

/* ---- actions ----------------------------------------------------------------------------------------------------- */

/* The focus follows onto the map, and back to where it came from. */
static void open_map(app *self, int layer, int channel)
{
    app_inside *in = self->inside;
    in->opened = (app_opened){.layer = layer,
                              .channel = channel,
                              .place = -1,
                              .chosen = -1,
                              .tap = -1,
                              .scrolled = self->ui->scrolled[0],
                              .version = in->opened.version};
    self->ui->scrolled[0] = 0;
    ui_set_focus(self->ui, "layer.back");
}

/* The cell of the map among those of its layer. */
static int cell_of(const app_inside *in)
{
    const app_opened *o = &in->opened;
    int cell = in->layer < 0 ? 0 : o->channel;
    for (int i = 0; in->layer < 0 && i < INSIDE_SHOWN; i++)
        if (in->shown[o->layer][i] == o->channel)
            cell = i;
    return cell;
}

static void close_map(app *self)
{
    app_inside *in = self->inside;
    char name[UI_NAME] = "maps";
    if (in->layer < 0)
        snprintf(name, sizeof name, "maps.%s", layer_of(in)->name);
    ui_set_focus(self->ui, name);
    self->ui->cell = cell_of(in);
    self->ui->scrolled[0] = in->opened.scrolled;
    in->opened.channel = -1;
}

static bool is_below(float value, int count)
{
    return value >= 0 && value < (float)count;
}

/* An index that fits nothing changes nothing. */
static void choose(app *self, action act)
{
    app_inside *in = self->inside;
    app_opened *o = &in->opened;
    const inspect_layer *l = layer_of(in);
    if (act.id == ACTION_PLACE && is_below(act.value, l->shape.h * l->shape.w))
        o->place = (int)act.value;
    if (act.id == ACTION_TERM && o->has_sum && is_below(act.value - (float)o->sum.first, o->sum.channels))
        o->chosen = (int)act.value;
    if (act.id == ACTION_TAP && o->has_sum && is_below(act.value, o->sum.kh * o->sum.kw))
        o->tap = (int)act.value;
    opened_follow(self);
}

bool opened_do(app *self, action act)
{
    app_inside *in = self->inside;
    bool open = in && in->net && in->opened.channel >= 0;
    switch (act.id) {
    case ACTION_MAP:
        if (in && in->net && act.index >= 0 && act.index < in->net->n_layers &&
            is_below(act.value, in->net->layer[act.index].shape.c)) {
            open_map(self, act.index, (int)act.value);
            opened_follow(self);
        }
        return true;
    case ACTION_LAYER:
        if (open)
            close_map(self);
        return open;
    case ACTION_PLACE:
    case ACTION_TERM:
    case ACTION_TAP:
        if (open)
            choose(self, act);
        return true;
    default: return false;
    }
}
