/* answer_panel.c - what was read, large enough for the back of a room, and the 28 x 28 picture that the network got. */
#include "app/texts/texts.h"
#include "panel.h"
#include "words.h"
#include <math.h>
#include <stdio.h>

void input_panel(const app *self, rect r)
{
    ui *u = self->ui;
    ui_area(u, r, "input28", ELEMENT_SHOWN);
    ui_explain(u, texts_get(TEXT_ANSWER_INPUT_TIP));
    draw_rect(u->list, r, 0, 0xff000000);
    mask_image image = {app_read(self)->input28, DIGIT_SIDE, DIGIT_SIDE, DIGIT_SIDE, 0};
    draw_mask(u->list, &image, app_read(self)->of.drawn, r, 0xffffffff);
    draw_outline(u->list, rect_inset(r, -1), 0, u->scale > 1 ? u->scale : 1, u->colours->outline);
}

/* What is said large, and how sure that is: of the number, or of the only digit. */
typedef struct large_answer {
    char text[NUMBER_TEXT + 2];
    float confidence;
    bool unsure;
} large_answer;

static large_answer large_of(const app *self)
{
    const answer *a = &app_read(self)->answer;
    const number_answer *n = app_number(self);
    large_answer h = {.confidence = n ? n->probability : a->confidence, .unsure = n ? n->unsure : a->unsure};
    if (n)
        answer_mark(h.text, sizeof h.text, n->text, n->unsure);
    else
        answer_class(h.text, sizeof h.text, a);
    return h;
}

/* The class as large as the box takes it; doubt shows as a lighter colour and a question mark. Returns its width. All that
 * is said at its right is the same element: `whole` pixels wide. */
static int draw_class(const app *self, rect r, int whole)
{
    ui *u = self->ui;
    large_answer said = large_of(self);
    const char *label = said.text;
    font f = panel_fit(self, label, (font){r.h * 9 / 8, FONT_BOLD}, r.w); /* capitals are lower than the font */
    r.x -= f.px / 16;                                                     /* what a digit keeps free at its left */
    ui_area(u, (rect){r.x, r.y, whole + f.px / 16, r.h}, "answer", ELEMENT_SHOWN);
    ui_explain(u, texts_get(TEXT_ANSWER_TIP));
    ui_label(u, r, label, f, said.unsure ? u->colours->muted : u->colours->accent, ALIGN_LEFT);
    return text_width(u->text, f, label);
}

enum { PILL_SIDE = 16, PILL_PAD = 10, PILL_GAP = 6 /* units */ };

static const char *pill_word(const app *self)
{
    return texts_get(large_of(self).unsure ? TEXT_ANSWER_UNSURE : TEXT_ANSWER_SURE);
}

static int pill_width(const app *self)
{
    ui *u = self->ui;
    return text_width(u->text, ui_font(u, 15, FONT_BOLD), pill_word(self)) + ui_px(u, PILL_SIDE) + ui_px(u, PILL_GAP) +
           2 * ui_px(u, PILL_PAD);
}

/* How sure, in a word with a shape of its own: a tick in a filled pill, or a question mark in an empty one. */
static void draw_pill(const app *self, rect r)
{
    ui *u = self->ui;
    bool unsure = large_of(self).unsure;
    font f = ui_font(u, 15, FONT_BOLD);
    int side = ui_px(u, PILL_SIDE), pad = ui_px(u, PILL_PAD), gap = ui_px(u, PILL_GAP), w = pill_width(self);
    colour c = unsure ? u->colours->warning : u->colours->on_accent;
    rect pill = {r.x, r.y + (r.h - ui_px(u, 30)) / 2, w, ui_px(u, 30)};
    if (unsure)
        draw_outline(u->list, pill, 0.5f * (float)pill.h, fmaxf(2 * u->scale, 2), c);
    else
        draw_rect(u->list, pill, 0.5f * (float)pill.h, u->colours->accent);
    draw_icon(u->list, unsure ? ICON_HELP : ICON_TICK, pill.x + pad, pill.y + (pill.h - side) / 2, side, c);
    ui_label(u, (rect){pill.x + pad + side + gap, pill.y, w, pill.h}, pill_word(self), f, c, ALIGN_LEFT);
}

/* The confidence as large as fits, and below it how sure that is. */
static void draw_confidence(const app *self, rect r)
{
    ui *u = self->ui;
    const char *percent = panel_percent(u, large_of(self).confidence);
    font f = panel_fit(self, percent, ui_font(u, 40, FONT_BOLD), r.w);
    int h = text_height(u->text, f), pill = ui_px(u, 38), y = r.y + (r.h - h - pill) / 2;
    ui_label(u, (rect){r.x, y, r.w, h}, percent, f, u->colours->text, ALIGN_LEFT);
    draw_pill(self, (rect){r.x, y + h, r.w, pill});
}

/* Two shapes side by side: a gap between strokes may be too narrow for the network's picture. */
static bool draws_two(const app *self)
{
    return !app_shows_picture(self) && ink_is_two(&self->drawing);
}

/* The digit of a number whose bars are shown is not what the network by itself takes it for. */
static const char *say_outvoted(const app *self)
{
    ui *u = self->ui;
    const answer *a = &app_read(self)->answer;
    const char(*label)[NN_NAME] = app_model(self)->label;
    int alone = nn_argmax(a->probability, a->classes);
    if (alone == a->digit || digit_is_distorted(&self->how))
        return NULL;
    return ui_say(u, FORMAT_NUMBER_OUTVOTED, words_name(u, label[a->digit]), words_name(u, label[alone]));
}

/* The answer as one would say it. */
static const char *say_answer(const app *self)
{
    ui *u = self->ui;
    const app_reading *read = app_read(self);
    if (self->numbers.found.full)
        return ui_say(u, FORMAT_NUMBER_FULL, PARTS_MAX);
    const char *outvoted = app_number(self) ? say_outvoted(self) : NULL;
    if (app_number(self))
        return outvoted ? outvoted : words_number(u, app_number(self));
    if (app_shows_picture(self) && app_shown_picture(self)->found.several)
        return ui_say(u, FORMAT_NOTICE_SEVERAL_DIGITS);
    if (answer_names_none(&read->answer))
        return words_doubt(draws_two(self));
    return words_answer(u, &read->answer, app_model(self)->label);
}

/* As large as the line takes it. */
static void draw_words(const app *self, rect r)
{
    ui *u = self->ui;
    const char *words = say_answer(self);
    font f = panel_fit(self, words, (font){r.h * 2 / 3, FONT_REGULAR}, r.w);
    font least = ui_font(u, 13, FONT_REGULAR);
    colour c = large_of(self).unsure ? u->colours->warning : u->colours->text;
    ui_label(u, r, words, f.px < least.px ? least : f, c, ALIGN_LEFT);
}

/* One digit is looked for, and what is there are several, two shapes side by side, or strokes wider than any digit. */
static bool may_be_number(const app *self)
{
    const digit *d = &app_read(self)->digit;
    if (app_shows_picture(self))
        return !self->settings.numbers && app_shown_picture(self)->found.several;
    int strokes = self->drawing.done - ink_visible_from(&self->drawing);
    return !self->settings.numbers && app_read(self)->answer.unsure &&
           (draws_two(self) || (strokes > 1 && d->box[2] > 1.2f * d->box[3]));
}

static void offer_number(const app *self, rect r)
{
    ui *u = self->ui;
    const float two_wide = 1.7f; /* heights: a part of what is wider may be two by itself */
    const digit *page = &app_read(self)->digit;
    bool two = draws_two(self) && page->box[2] < two_wide * page->box[3];
    const char *words = app_shows_picture(self) ? texts_get(TEXT_NUMBER_OFFER_PICTURE) : words_offer(two);
    button b = panel_button(self, ACTION_NUMBERS, ICON_NONE, words);
    b.name = "read_number";
    int w = ui_button_width(u, &b), h = ui_px(u, 36);
    h = h < r.h ? h : r.h;
    ui_button(u, (rect){r.x, r.y + (r.h - h) / 2, w < r.w ? w : r.w, h}, &b);
}

typedef struct invitation {
    text_id headline, words;
} invitation;

/* What to say where there is no answer. */
static invitation invite(const app *self)
{
    if (app_read(self)->answer.overflow)
        return (invitation){TEXT_ANSWER_OVERFLOW, TEXT_ANSWER_OVERFLOW_WORDS};
    text_id draw = self->settings.numbers ? TEXT_ANSWER_DRAW_NUMBER : TEXT_ANSWER_DRAW;
    if (!app_model(self) && !self->reader.load)
        return (invitation){draw, TEXT_ANSWER_NO_MODEL};
    if (!app_shows_picture(self))
        return (invitation){draw, TEXT_ANSWER_INVITATION};
    if (app_shown_picture(self)->found.several)
        return (invitation){TEXT_ANSWER_SEVERAL, TEXT_ANSWER_SEVERAL_WORDS};
    return (invitation){TEXT_ANSWER_NOTHING, TEXT_ANSWER_NOTHING_WORDS};
}

text_id answer_headline(const app *self)
{
    return invite(self).headline;
}

static void draw_invitation(const app *self, rect r)
{
    ui *u = self->ui;
    font large = ui_font(u, 26, FONT_BOLD), small = ui_font(u, 15, FONT_REGULAR);
    invitation say = invite(self);
    large = panel_fit(self, texts_get(say.headline), large, r.w);
    int h = text_height(u->text, large) * 5 / 4;
    ui_label(u, (rect){r.x, r.y, r.w, h}, texts_get(say.headline), large, u->colours->text, ALIGN_LEFT);
    if (r.w >= ui_px(u, 200)) /* narrower, it would run into the bars; the canvas says enough */
        ui_paragraph(u, (rect){r.x, r.y + h, r.w, r.h - h}, texts_get(say.words), small, u->colours->muted, true);
}

/* The picture that the network gets, with what it is below it; returns the width that both take. */
static int draw_input(const app *self, rect area)
{
    ui *u = self->ui;
    int caption = ui_px(u, 20), side = area.h - caption;
    if (side > area.w / 2)
        side = area.w / 2;
    side -= side % DIGIT_SIDE; /* whole screen pixels for each of its pixels */
    input_panel(self, (rect){area.x + area.w - side, area.y, side, side});
    bool broken = digit_is_distorted(&self->how);
    const char *words = texts_get(broken ? TEXT_ANSWER_INPUT_BROKEN : TEXT_ANSWER_INPUT);
    font small = panel_small_font(u);
    int w = text_width(u->text, small, words);
    rect below = {area.x + area.w - w, area.y + side + ui_px(u, 3), w, caption};
    ui_label(u, below, words, small, broken ? u->colours->warning : u->colours->muted, ALIGN_RIGHT);
    return side > w ? side : w;
}

void answer_panel(const app *self, rect area)
{
    ui *u = self->ui;
    int line = area.h / 5, gap = ui_px(u, 16);
    rect top = {area.x, area.y, area.w, area.h - line}, bottom = {area.x, area.y + top.h, area.w, line};
    top.w -= draw_input(self, top) + gap;
    if (app_read(self)->answer.digit < 0 || !app_model(self)) {
        if (!self->numbers.found.partial) /* else it is not known yet whether there is anything to read */
            draw_invitation(self, top);
        if (may_be_number(self))
            offer_number(self, bottom);
        return;
    }
    int least = ui_px(u, 110), pill = pill_width(self) + gap, confidence = pill > least ? pill : least;
    bool roomy = top.w >= ui_px(u, 100) + confidence;
    rect large = top;
    if (roomy)
        large.w -= confidence;
    int used = draw_class(self, large, top.w) + gap;
    if (roomy)
        draw_confidence(self, (rect){top.x + used, top.y, top.w - used, top.h});
    if (may_be_number(self))
        offer_number(self, bottom);
    else
        draw_words(self, bottom);
}
