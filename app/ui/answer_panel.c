/* answer_panel.c - what was read, large enough for the back of a room, and the 28 x 28 picture that the network got. */
#include "panel.h"
#include <stdio.h>
#include <string.h>

/* The second best class, for the words of doubt. */
static int runner_up(const answer *a)
{
    int best = -1;
    for (int i = 0; i < a->classes; i++)
        if (i != a->digit && (best < 0 || a->probability[i] > a->probability[best]))
            best = i;
    return best;
}

void input_panel(app *self, rect r)
{
    ui *u = &self->ui;
    ui_area(u, r, "input28", ELEMENT_SHOWN);
    draw_rect(u->list, r, 0, 0xff000000);
    mask_image image = {self->input28, DIGIT_SIDE, DIGIT_SIDE, DIGIT_SIDE};
    draw_mask(u->list, &image, self->reads, r, 0xffffffff);
    draw_outline(u->list, rect_inset(r, -1), 0, u->scale > 1 ? u->scale : 1, u->colours->outline);
}

/* The class as large as the box takes it; doubt shows as a lighter colour and a question mark. */
static void draw_class(app *self, rect r)
{
    ui *u = &self->ui;
    const answer *a = &self->answer;
    char label[NN_NAME + 4];
    snprintf(label, sizeof label, "%s%s", a->text, a->unsure ? "?" : "");
    font f = {r.h, FONT_BOLD};
    int w = text_width(u->text, f, label);
    if (w > r.w)
        f.px = f.px * r.w / w;
    ui_area(u, r, "answer", ELEMENT_SHOWN);
    r.x -= f.px / 16; /* what a digit keeps free at its left */
    ui_label(u, r, label, f, a->unsure ? u->colours->muted : u->colours->accent, ALIGN_LEFT);
}

static void describe(const answer *a, const nn_model *model, char *first, char *second, size_t size)
{
    const float worth_a_word = 0.05f;
    int other = runner_up(a);
    panel_percent(first, size, a->confidence);
    if (other < 0 || (!a->unsure && a->probability[other] < worth_a_word))
        snprintf(second, size, "sure");
    else
        snprintf(second, size, a->unsure ? "unsure: %s or %s?" : "%s, or perhaps %s", a->text, model->label[other]);
}

static void draw_words(app *self, rect r, bool wide)
{
    ui *u = &self->ui;
    const answer *a = &self->answer;
    char first[64], second[2 * NN_NAME + 32];
    describe(a, recogniser_model(self->reader), first, second, sizeof first);
    /* Beside the large class they grow with it; below it there is room for two plain lines. */
    font large = ui_font(u, 20, FONT_BOLD), small = ui_font(u, 14, FONT_REGULAR);
    if (wide && r.h / 5 > large.px)
        large.px = r.h / 5;
    if (wide && r.h / 10 > small.px)
        small.px = r.h / 10;
    int h1 = text_height(u->text, large), h2 = text_height(u->text, small), y = r.y + (r.h - h1 - h2) / 2;
    ui_label(u, (rect){r.x, y, r.w, h1}, first, large, u->colours->text, ALIGN_LEFT);
    ui_label(u, (rect){r.x, y + h1, r.w, h2}, second, small, a->unsure ? u->colours->warning : u->colours->muted,
             ALIGN_LEFT);
}

static void draw_invitation(app *self, rect r)
{
    ui *u = &self->ui;
    font large = ui_font(u, 26, FONT_BOLD), small = ui_font(u, 15, FONT_REGULAR);
    static const char headline[] = "Draw a digit";
    int w = text_width(u->text, large, headline);
    if (w > r.w)
        large.px = large.px * r.w / w;
    const char *words = self->reader ? "The bars then show what the network reads, with every movement."
                                     : "There is no model that could read it.";
    int h = text_height(u->text, large) * 5 / 4;
    ui_label(u, (rect){r.x, r.y, r.w, h}, headline, large, u->colours->text, ALIGN_LEFT);
    if (r.w >= ui_px(u, 200)) /* narrower, it would run into the bars; the canvas says enough */
        ui_paragraph(u, (rect){r.x, r.y + h, r.w, r.h - h}, words, small, u->colours->muted, true);
}

void answer_panel(app *self, rect area)
{
    ui *u = &self->ui;
    bool wide = area.w >= ui_px(u, 400);
    int caption = ui_px(u, 22), gap = ui_px(u, 16), side = area.h - caption;
    side -= side % DIGIT_SIDE; /* whole screen pixels for each of its pixels */
    if (side > area.w / 2)
        side = area.w / 2 - area.w / 2 % DIGIT_SIDE;
    rect input = {area.x + area.w - side, area.y, side, side};
    input_panel(self, input);
    bool broken = break_is_on(self);
    const char *words_below = broken ? "input, broken" : "network\xe2\x80\x99s input";
    font small = ui_font(u, 12, FONT_REGULAR);
    int below_w = text_width(u->text, small, words_below);
    rect below = {area.x + area.w - below_w, input.y + side + ui_px(u, 4), below_w, caption};
    ui_label(u, below, words_below, small, broken ? u->colours->warning : u->colours->muted, ALIGN_RIGHT);

    rect rest = {area.x, area.y, area.w - side - gap, area.h};
    if (self->answer.digit < 0 || !self->reader) {
        draw_invitation(self, rest);
        return;
    }
    rect words = rest, large = rest;
    large.h = wide ? area.h : area.h - ui_px(u, 46);
    large.w = wide ? large.h * 3 / 4 : rest.w;
    if (wide)
        words.x += large.w, words.w -= large.w;
    else
        words.y += large.h, words.h -= large.h;
    draw_class(self, large);
    draw_words(self, words, wide);
}
