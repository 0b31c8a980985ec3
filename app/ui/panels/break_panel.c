/* break_panel.c - "Break it": what is done to a drawing before the network gets it can be switched off, and the picture
 * that it gets can be distorted, while the bars move. So a class sees what the preparation is for. */
#include "app/texts/texts.h"
#include "panel.h"
#include "words.h"
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

typedef enum shown { SHOWN_PIXELS, SHOWN_PERCENT_MORE, SHOWN_DEGREES, SHOWN_PERCENT } shown;

/* One for every way of distorting. */
typedef struct control {
    const char *name, *curve; /* of their elements */
    text_id label, tip;
    float per_unit; /* of what is shown */
    shown unit;     /* of a value other than 0 */
} control;

static const control controls[DISTORT_KINDS] = {
    [DISTORT_ACROSS] = {"shift", "curve.shift", TEXT_BREAK_SHIFT, TEXT_BREAK_SHIFT_TIP, 1, SHOWN_PIXELS},
    [DISTORT_DOWN] = {"shift.down", "curve.down", TEXT_BREAK_DOWN, TEXT_BREAK_DOWN_TIP, 1, SHOWN_PIXELS},
    [DISTORT_SCALE] = {"scale", "curve.scale", TEXT_BREAK_SCALE, TEXT_BREAK_SCALE_TIP, 100, SHOWN_PERCENT_MORE},
    [DISTORT_ROTATE] = {"rotate", "curve.rotate", TEXT_BREAK_ROTATE, TEXT_BREAK_ROTATE_TIP, 1, SHOWN_DEGREES},
    [DISTORT_WIDTH] = {"thickness", "curve.thickness", TEXT_BREAK_THICKNESS, TEXT_BREAK_THICKNESS_TIP, 1, SHOWN_PIXELS},
    [DISTORT_NOISE] = {"noise", "curve.noise", TEXT_BREAK_NOISE, TEXT_BREAK_NOISE_TIP, 100, SHOWN_PERCENT},
};

typedef struct preparation {
    const char *name;
    text_id label, tip;
    size_t at; /* in digit_options */
} preparation;

static const preparation preparations[] = {
    {"centering", TEXT_BREAK_CENTRE, TEXT_BREAK_CENTRE_TIP, offsetof(digit_options, centre)},
    {"scaling", TEXT_BREAK_FIT, TEXT_BREAK_FIT_TIP, offsetof(digit_options, scale)},
    {"width", TEXT_BREAK_PEN, TEXT_BREAK_PEN_TIP, offsetof(digit_options, width)},
};

enum {
    N_PREPARATIONS = sizeof preparations / sizeof preparations[0],
    N_SWITCHES = N_PREPARATIONS + 1, /* the last one puts all back */
};

static bool is_on(const digit_options *how, int i)
{
    return *(const bool *)((const char *)how + preparations[i].at);
}

static button switch_button(const app *self, int i)
{
    if (i == N_PREPARATIONS)
        return panel_button(self, ACTION_RESET, ICON_NONE, texts_get(TEXT_BREAK_RESET));
    const preparation *p = &preparations[i];
    bool on = is_on(&self->how, i);
    return (button){.name = p->name,
                    .label = texts_get(p->label),
                    .tip = texts_get(p->tip),
                    .icon = on ? ICON_TICK : ICON_BLANK,
                    .on = on,
                    .act = {.id = ACTION_PREPARE, .index = (int)p->at}};
}

/* All in that style; returns what of the width they leave beside each other, negative where they have no room for that. */
static int list_switches(const app *self, button b[N_SWITCHES], button_style style, int width, int gap)
{
    int spare = width + gap;
    for (int i = 0; i < N_SWITCHES; i++) {
        b[i] = switch_button(self, i);
        b[i].style = style;
        spare -= ui_button_width(self->ui, &b[i]) + gap;
    }
    return spare;
}

/* The buttons go from `area` down, `high` each; returns the height of all. They are beside each other, each with its share
 * of what their names and ticks leave, or two by two where those have no room for that. */
static int draw_switches(const app *self, rect area, int high, bool draw)
{
    ui *u = self->ui;
    button b[N_SWITCHES];
    int gap = ui_px(u, 6), columns = N_SWITCHES, spare = list_switches(self, b, BUTTON_PLAIN, area.w, gap);
    if (spare < 0)
        spare = list_switches(self, b, BUTTON_SMALL, area.w, gap);
    if (spare < 0)
        columns = N_SWITCHES / 2;
    rect r = {area.x, area.y, (area.w + gap) / columns - gap, high};
    for (int i = 0; i < N_SWITCHES && draw; i++, r.x += r.w + gap) {
        if (i == columns)
            r.x = area.x, r.y += high + gap;
        if (spare >= 0)
            r.w = ui_button_width(u, &b[i]) + spare / N_SWITCHES;
        else if (ui_button_width(u, &b[i]) > r.w)
            b[i].icon = ICON_NONE;
        ui_button(u, r, &b[i]);
    }
    return N_SWITCHES / columns * (high + gap) - gap;
}

/* ---- the sliders ------------------------------------------------------------------------------------------------- */

/* A value other than 0 in the unit in which it is shown. */
static const char *say_value(ui *u, const control *c, float value)
{
    double number = (double)(value * c->per_unit);
    switch (c->unit) {
    case SHOWN_PIXELS: return ui_say(u, FORMAT_NUMBER_PIXELS, number);
    case SHOWN_PERCENT_MORE: return ui_say(u, FORMAT_NUMBER_PERCENT_MORE, number);
    case SHOWN_DEGREES: return ui_say(u, FORMAT_NUMBER_DEGREES, number);
    case SHOWN_PERCENT: break;
    }
    return ui_say(u, FORMAT_NUMBER_PERCENT_WHOLE, number);
}

static const char *say_turn(const app *self, distort_kind kind, int direction, const sweep_turn *turn)
{
    ui *u = self->ui;
    const char *value = say_value(u, &controls[kind], turn->value);
    const char *name = words_name(u, app_model(self)->label[turn->top]);
    if (turn->value == 0)
        return ui_say(u, FORMAT_BREAK_ALREADY, name);
    if (!turn->stays) /* beyond that it is another, or the answer again */
        return ui_say(u, FORMAT_BREAK_BETWEEN, value, say_value(u, &controls[kind], turn->until), name);
    return direction > 0 ? ui_say(u, FORMAT_BREAK_FROM, value, name) : ui_say(u, FORMAT_BREAK_BELOW, value, name);
}

/* Where the answer turns along a slider, in both directions or, `brief`, in the one where that is nearer. NULL: that is not
 * known. */
static const char *say_turns(const app *self, distort_kind kind, bool brief)
{
    ui *u = self->ui;
    const sweep *s = &self->breaking->sweep;
    sweep_turn up, down;
    if (!app_model(self) || s->curve[kind].answer < 0)
        return NULL;
    bool above = sweep_find_turn(s, kind, 1, &up), below = sweep_find_turn(s, kind, -1, &down);
    if (!above && !below)
        return ui_say(u, FORMAT_BREAK_STAYS, words_name(u, app_model(self)->label[s->curve[kind].answer]));
    bool one = brief || !above || !below || up.value == 0, upwards = above && (!below || up.value <= -down.value);
    if (one)
        return say_turn(self, kind, upwards ? 1 : -1, upwards ? &up : &down);
    return ui_say(u, FORMAT_BREAK_BOTH, say_turn(self, kind, -1, &down), say_turn(self, kind, 1, &up));
}

/* The slider's tooltip, with where the answer turns. */
static const char *say_tip(const app *self, distort_kind kind)
{
    const char *tip = texts_get(controls[kind].tip), *turns = self->breaking ? say_turns(self, kind, false) : NULL;
    return turns ? ui_say(self->ui, FORMAT_BREAK_TIP, tip, turns) : tip;
}

const char *sliders_hint(const app *self)
{
    for (int i = 0; i < DISTORT_KINDS && self->breaking; i++)
        if (strcmp(self->ui->focus, controls[i].name) == 0)
            return say_turns(self, (distort_kind)i, true);
    return NULL;
}

/* ---- a curve ----------------------------------------------------------------------------------------------------- */

/* Where a value of the slider over it is, and a probability. */
typedef struct plot {
    rect r;
    const distort_range *range;
    float inset; /* of the slider's ends */
    float line;  /* how thick curves are */
} plot;

static float x_of(const plot *p, float value)
{
    float share = (value - p->range->min) / (p->range->max - p->range->min);
    return (float)p->r.x + p->inset + share * ((float)p->r.w - 2 * p->inset);
}

static float y_of(const plot *p, float probability)
{
    float edge = 2 * p->line; /* so that a line at 0 or 1 is seen as a whole */
    return (float)p->r.y + edge + ((float)p->r.h - 2 * edge) * (1 - probability);
}

static void draw_probability(ui *u, const plot *p, const sweep_curve *c, distort_kind kind, int class, colour hue)
{
    for (int i = 1; i < SWEEP_POINTS; i++)
        draw_line(u->list,
                  &(shape_line){x_of(p, sweep_value(kind, i - 1)), y_of(p, c->probability[i - 1][class]), p->line,
                                x_of(p, sweep_value(kind, i)), y_of(p, c->probability[i][class]), p->line},
                  hue);
}

static rect stretch_of(const plot *p, const sweep_span *span)
{
    int left = (int)x_of(p, span->from), right = (int)x_of(p, span->to);
    return (rect){left, p->r.y, right - left, p->r.h};
}

/* Where another class took over: its curve. */
static void draw_other(const app *self, const plot *p, const sweep_curve *c, distort_kind kind, const sweep_span *span)
{
    ui *u = self->ui;
    rect stretch = stretch_of(p, span), clip = draw_clip(u->list, stretch);
    draw_rect(u->list, stretch, 0, (u->colours->warning & 0xffffff) | 0x30000000);
    draw_probability(u, p, c, kind, span->top, u->colours->warning);
    draw_set_clip(u->list, clip);
}

/* The sentence names it: it is where the answer first turns, on one of the ways. */
static bool is_turn(const sweep *s, distort_kind kind, const sweep_span *span)
{
    sweep_turn turn;
    return (sweep_find_turn(s, kind, 1, &turn) && turn.top == span->top && turn.until == span->to) ||
           (sweep_find_turn(s, kind, -1, &turn) && turn.top == span->top && turn.until == span->from);
}

/* What took over: those that the sentence names in any case, over what is beside them where they are narrow, and then the
 * others where they have room beside those. */
static void name_others(const app *self, const plot *p, const sweep *s, distort_kind kind, const sweep_span *spans,
                        int n)
{
    ui *u = self->ui;
    font f = ui_font(u, 12, FONT_BOLD);
    rect named[SWEEP_POINTS];
    int count = 0;
    for (int i = 0; i < 2 * n && text_height(u->text, f) <= p->r.h; i++) {
        const sweep_span *span = &spans[i % n];
        if (span->top < 0 || span->top == s->curve[kind].answer || is_turn(s, kind, span) != (i < n))
            continue;
        const char *label = app_model(self)->label[span->top];
        rect stretch = stretch_of(p, span), r = stretch;
        r.w = text_width(u->text, f, label) + ui_px(u, 4);
        r.x = stretch.x + (stretch.w - r.w) / 2;
        bool fits = i < n || r.w <= stretch.w;
        for (int k = 0; k < count; k++)
            fits = fits && (r.x >= named[k].x + named[k].w || r.x + r.w <= named[k].x);
        if (!fits)
            continue;
        ui_label(u, r, label, f, u->colours->text, ALIGN_CENTRE);
        named[count++] = r;
    }
}

/* How likely the answer stays along the slider, and what takes over where it does not. */
static void draw_curve(const app *self, rect r, distort_kind kind)
{
    ui *u = self->ui;
    const sweep *s = &self->breaking->sweep;
    const sweep_curve *c = &s->curve[kind];
    plot p = {r, &distort_ranges[kind], 9 * u->scale, fmaxf(1.6f * u->scale, 1.5f)};
    sweep_span spans[SWEEP_POINTS];
    int count = app_model(self) ? sweep_spans(s, kind, spans) : 0;
    draw_rect(u->list, r, 4 * u->scale, u->colours->track);
    for (int i = 0; i < count; i++)
        if (spans[i].top >= 0 && spans[i].top != c->answer)
            draw_other(self, &p, c, kind, &spans[i]);
    if (count > 0)
        draw_probability(u, &p, c, kind, c->answer, u->colours->accent);
    name_others(self, &p, s, kind, spans, count);
}

/* ---- a row ------------------------------------------------------------------------------------------------------- */

/* Rows that are as high have their sentence and their curve below the slider; else the curve lies in the slider. */
static bool is_tall(const ui *u, int row)
{
    return row >= ui_px(u, 44);
}

/* Of the widest label and, in a tall row, of a sentence of one direction, within reason. It does not move with what is
 * drawn. */
static int label_width(const app *self, int room, bool tall)
{
    ui *u = self->ui;
    int width = 0;
    for (int i = 0; i < DISTORT_KINDS; i++)
        width = panel_column(u, width, texts_get(controls[i].label), ui_font(u, 15, FONT_REGULAR), room);
    if (!tall)
        return width;
    const char *value = ui_say(u, FORMAT_NUMBER_PIXELS, -10.0), *name = words_name(u, "8");
    width = panel_column(u, width, ui_say(u, FORMAT_BREAK_BETWEEN, value, value, name), panel_small_font(u), room);
    width = panel_column(u, width, ui_say(u, FORMAT_BREAK_FROM, value, name), panel_small_font(u), room);
    return panel_column(u, width, ui_say(u, FORMAT_BREAK_BELOW, value, name), panel_small_font(u), room);
}

/* The sentence, or its half, or nothing, as there is room. */
static void draw_turns(const app *self, rect r, distort_kind kind)
{
    ui *u = self->ui;
    font f = panel_small_font(u);
    int leading = text_height(u->text, f) / 4; /* below the last line it may be missing */
    for (int brief = 0; brief < 2; brief++) {
        const char *words = say_turns(self, kind, brief);
        if (words && ui_paragraph(u, r, words, f, 0, false) <= r.h + leading) {
            ui_paragraph(u, r, words, f, u->colours->muted, true);
            return;
        }
    }
}

static void draw_slider(const app *self, rect r, distort_kind kind, bool slim)
{
    const distort_range *range = &distort_ranges[kind];
    slider s = {.name = controls[kind].name,
                .tip = say_tip(self, kind),
                .act = {.id = ACTION_DISTORT, .index = (int)kind},
                .value = distort_get(&self->how.distort, kind),
                .min = range->min,
                .max = range->max,
                .step = range->step,
                .slim = slim};
    ui_slider(self->ui, r, &s);
}

static void draw_control(const app *self, rect row, int label_w, distort_kind kind)
{
    ui *u = self->ui;
    float value = distort_get(&self->how.distort, kind);
    bool tall = is_tall(u, row.h);
    int number_w = ui_px(u, 60), gap = ui_px(u, 8);
    int line = tall ? ui_px(u, 24) : row.h,
        close = ui_px(u, 2); /* a sentence is nearer to its own row than to the next */
    const char *number = value == 0 ? "0" : say_value(u, &controls[kind], value);
    font f = ui_font(u, 15, FONT_REGULAR);
    number_w = panel_column(u, number_w, number, f, row.w / 3);
    panel_row_label(u, (rect){row.x, row.y, label_w, line}, texts_get(controls[kind].label), f, u->colours->text);
    rect groove = {row.x + label_w + gap, row.y, row.w - label_w - number_w - 2 * gap, line}, curve = groove;
    if (tall)
        curve.y += line, curve.h = row.h - line - gap;
    if (!tall) {
        groove.h -= ui_px(u, 1); /* of the next one's knob */
        curve.h = groove.h - ui_px(u, UI_SLIM_GROOVE);
    }
    if (self->breaking)
        draw_curve(self, curve, kind);
    draw_slider(self, groove, kind, !tall && self->breaking);
    if (tall && self->breaking) {
        draw_turns(self, (rect){row.x, row.y + line - close, label_w, row.h - line}, kind);
        ui_area(u, curve, controls[kind].curve, ELEMENT_SHOWN);
        ui_explain(u, texts_get(TEXT_BREAK_CURVE_TIP));
    }
    ui_label(u, (rect){row.x + row.w - number_w, row.y, number_w, line}, number, f,
             value == 0 ? u->colours->muted : u->colours->text, ALIGN_RIGHT);
}

/* ---- the pictures ------------------------------------------------------------------------------------------------ */

/* What the network would get without preparation. */
static void draw_shrunk(const app *self, rect r)
{
    ui *u = self->ui;
    mask_image image = {self->breaking->shrunk28, DIGIT_SIDE, DIGIT_SIDE, DIGIT_SIDE, 0};
    draw_rect(u->list, r, 0, 0xff000000);
    draw_mask(u->list, &image, revision_number(self->breaking->read), r, 0xffffffff);
    draw_outline(u->list, rect_inset(r, -1), 0, u->scale > 1 ? u->scale : 1, u->colours->outline);
    ui_area(u, r, "shrunk28", ELEMENT_SHOWN);
    ui_explain(u, texts_get(TEXT_BREAK_SHRUNK_TIP));
}

/* What a picture is and what it is read as. */
static const char *say_caption(ui *u, const char *what, const answer *a)
{
    char class[ANSWER_CLASS];
    answer_class(class, sizeof class, a);
    return a->digit < 0 ? what : ui_say(u, FORMAT_BREAK_READ_AS, what, class);
}

/* Of a picture with its caption, whatever it is read as. */
static int captioned_width(ui *u, int side, const char *what, int most)
{
    int w = text_width(u->text, panel_small_font(u), ui_say(u, FORMAT_BREAK_READ_AS, what, "8?"));
    return w < side ? side : w < most ? w : most;
}

/* Below a picture, in smaller letters or without the reading where that has no room. */
static void draw_caption(const app *self, rect below, const char *what, const answer *a)
{
    ui *u = self->ui;
    const char *words = say_caption(u, what, a);
    font f = panel_fit(self, words, panel_small_font(u), below.w);
    if (text_width(u->text, f, words) > below.w)
        words = what, f = panel_fit(self, what, panel_small_font(u), below.w);
    if (text_width(u->text, f, words) <= below.w)
        ui_label(u, below, words, f, u->colours->muted, ALIGN_LEFT);
}

/* The canvas as it is, as it is prepared, and what is read. Returns how high that is. */
static int draw_pictures(const app *self, rect area, int side, int gap)
{
    ui *u = self->ui;
    const char *shrunk = texts_get(TEXT_BREAK_SHRUNK), *prepared = texts_get(TEXT_BREAK_PREPARED);
    int caption = ui_px(u, 18), below = area.y + side + ui_px(u, 2), most = area.w * 3 / 10, x = area.x;
    if (self->breaking) {
        int w = captioned_width(u, side, shrunk, most);
        draw_shrunk(self, (rect){x, area.y, side, side});
        draw_caption(self, (rect){x, below, w, caption}, shrunk, &self->breaking->shrunk_answer);
        x += w + gap;
    }
    int w = captioned_width(u, side, prepared, most);
    input_panel(self, (rect){x, area.y, side, side});
    draw_caption(self, (rect){x, below, w, caption}, prepared, &app_read(self)->answer);
    x += w + gap;
    compact_panel(self, (rect){x, area.y, area.x + area.w - x, side + caption});
    return side + caption;
}

/* ---- the page of sliders ----------------------------------------------------------------------------------------- */

/* Takes up to `most` of what is left to be given. */
static int take(int *left, int most)
{
    int taken = *left < most ? *left : most;
    *left -= taken;
    return taken;
}

/* First the rows get their sentences, then the pictures grow, then the rows again. */
static void sliders_page(const app *self, rect area)
{
    enum { ROW = 25 /* units: what a finger hits */ };
    ui *u = self->ui;
    bool low = area.h < ui_px(u, 400);
    int gap = ui_px(u, low ? 6 : 12), each = ui_px(u, low ? 26 : 34), switches = draw_switches(self, area, each, false);
    int side = ui_px(u, 84), row = ui_px(u, ROW), most = area.w * 27 / 100;
    int left = area.h - switches - 2 * gap - ui_px(u, 18) - side - DISTORT_KINDS * row;
    if (left < 0)
        side += left, left = 0;
    row += take(&left, DISTORT_KINDS * ui_px(u, 48 - ROW)) / DISTORT_KINDS;
    side += take(&left, most > side ? most - side : 0);
    row += take(&left, DISTORT_KINDS * ui_px(u, 16)) / DISTORT_KINDS;
    left = side - panel_picture_side(side);
    side -= left;
    row += left > 0 ? left / DISTORT_KINDS : 0;
    int y = area.y + draw_pictures(self, area, side, gap) + gap;
    draw_switches(self, (rect){area.x, y, area.w, switches}, each, true);
    y += switches + gap;
    int label_w = label_width(self, area.w * 2 / 5, is_tall(u, row));
    for (int i = 0; i < DISTORT_KINDS; i++, y += row)
        draw_control(self, (rect){area.x, y, area.w, row}, label_w, (distort_kind)i);
}

/* ---- the view ---------------------------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    text_id label, tip;
    void (*draw)(const app *self, rect area);
} pages[BREAK_PAGES] = {
    [BREAK_SLIDERS] = {"break.sliders", TEXT_BREAK_SLIDERS, TEXT_BREAK_SLIDERS_TIP, sliders_page},
    [BREAK_FOOL] = {"break.fool", TEXT_BREAK_FOOL, TEXT_BREAK_FOOL_TIP, fool_page},
    [BREAK_DREAM] = {"break.dream", TEXT_BREAK_DREAM, TEXT_BREAK_DREAM_TIP, dream_page},
};

void break_view(const app *self, rect area)
{
    ui *u = self->ui;
    bool low = area.h < ui_px(u, 400);
    int high = ui_px(u, low ? 24 : 30), below = high + ui_px(u, low ? 6 : 12), group = u->group;
    break_page page = self->breaking ? self->breaking->page : BREAK_SLIDERS;
    button tabs[BREAK_PAGES];
    for (int i = 0; i < BREAK_PAGES; i++)
        tabs[i] = (button){.name = pages[i].name,
                           .label = texts_get(pages[i].label),
                           .tip = texts_get(pages[i].tip),
                           .on = page == (break_page)i,
                           .act = {.id = ACTION_BREAK_PAGE, .index = i}};
    u->group = 13;
    panel_tabs(u, (rect){area.x, area.y, area.w, high}, tabs, BREAK_PAGES);
    u->group = group;
    pages[page].draw(self, (rect){area.x, area.y + below, area.w, area.h > below ? area.h - below : 0});
}
