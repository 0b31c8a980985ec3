/* fool_panel.c - a page of "Break it": the smallest change of the picture that turns the answer, and what comes of it. */
#include "app/texts/texts.h"
#include "panel.h"
#include "words.h"
#include <math.h>

enum { PICTURES = 3 };

/* ---- pictures ---------------------------------------------------------------------------------------------------- */

static void draw_bytes(const app *self, rect r, const unsigned char *pixels, colour c)
{
    mask_image image = {pixels, DIGIT_SIDE, DIGIT_SIDE, DIGIT_SIDE, 0};
    draw_mask(self->ui->list, &image, self->breaking->fool_version, r, c);
}

/* What was added is white, what was taken away blue. */
static void draw_picture(const app *self, rect r, int which)
{
    const app_breaking *b = self->breaking;
    ui *u = self->ui;
    bool change = which == 1;
    if (which == 0) {
        input_panel(self, r);
        return;
    }
    draw_rect(u->list, r, 0, 0xff000000);
    draw_outline(u->list, rect_inset(r, -1), 0, fmaxf(u->scale, 1), u->colours->outline);
    ui_area(u, r, change ? "fool.change" : "fool.result", ELEMENT_SHOWN);
    ui_explain(u, texts_get(change ? TEXT_FOOL_CHANGE_TIP : TEXT_FOOL_RESULT_TIP));
    if (b->fool.answer < 0)
        return;
    draw_bytes(self, r, change ? b->more : b->changed, 0xffffffff);
    if (change)
        draw_bytes(self, r, b->less, theme_dark.accent);
}

static const char *say_picture(const app *self, int which)
{
    ui *u = self->ui;
    const fool *f = &self->breaking->fool;
    const nn_model *model = app_model(self);
    if (which == 1 || f->answer < 0)
        return texts_get(which == 0 ? TEXT_FOOL_YOURS : which == 1 ? TEXT_FOOL_CHANGE : TEXT_FOOL_RESULT);
    return ui_say(u, FORMAT_BREAK_READ_AS, texts_get(which == 0 ? TEXT_FOOL_YOURS : TEXT_FOOL_RESULT),
                  model->label[which == 0 ? f->answer : f->turned]);
}

/* Beside each other. Returns how high that is. */
static int draw_pictures(const app *self, rect area, int side, int gap)
{
    ui *u = self->ui;
    int caption = ui_px(u, 18), x = area.x;
    font f = panel_small_font(u);
    for (int i = 0; i < PICTURES; i++, x += side + gap) {
        rect below = {x, area.y + side + ui_px(u, 2), side, caption};
        const char *words = say_picture(self, i);
        draw_picture(self, (rect){x, area.y, side, side}, i);
        if (text_width(u->text, f, words) <= below.w)
            ui_label(u, below, words, f, u->colours->muted, ALIGN_LEFT);
    }
    return side + caption;
}

/* ---- words ------------------------------------------------------------------------------------------------------- */

static const char *say_outcome(const app *self)
{
    ui *u = self->ui;
    const app_breaking *b = self->breaking;
    const fool *f = &b->fool;
    const nn_model *model = app_model(self);
    if (app_read(self)->answer.digit < 0 || f->answer < 0)
        return texts_get(TEXT_FOOL_INVITATION);
    switch (f->state) {
    case FOOL_GOING: return texts_get(TEXT_FOOL_GOING);
    case FOOL_FAILED: return texts_get(TEXT_FOOL_FAILED);
    case FOOL_IDLE: return ui_say(u, FORMAT_FOOL_IDLE, words_name(u, model->label[f->answer]));
    case FOOL_FOUND: break;
    }
    const float hardly_seen = 0.2f;
    double percent = 100.0 * (double)f->size;
    const char *name = words_name(u, model->label[f->turned]), *sure = panel_percent(u, f->probability);
    return f->size < hardly_seen ? ui_say(u, FORMAT_FOOL_FOUND_SMALL, percent, name, sure)
                                 : ui_say(u, FORMAT_FOOL_FOUND, percent, name, sure);
}

static void draw_button(const app *self, rect row)
{
    ui *u = self->ui;
    const app_breaking *b = self->breaking;
    bool looking = b->dots.state == FOOL_GOING;
    text_id why;
    bool possible = app_can(self, ACTION_FOOL_DRAW, &why);
    const char *tip = texts_get(TEXT_FOOL_DRAW_TIP);
    button draw = {.name = "fool.draw",
                   .label = texts_get(looking ? TEXT_FOOL_LOOKING : TEXT_FOOL_DRAW),
                   .tip = possible ? tip : ui_say(u, FORMAT_ACTION_NOT_NOW, tip, texts_get(why)),
                   .disabled = looking || !possible || b->fool.state == FOOL_IDLE,
                   .act = {.id = ACTION_FOOL_DRAW}};
    int w = ui_button_width(u, &draw);
    ui_button(u, (rect){row.x, row.y, w < row.w ? w : row.w, row.h}, &draw);
}

/* ---- the page ---------------------------------------------------------------------------------------------------- */

static void draw_wanted(const app *self, rect row)
{
    class_slider wanted = {.name = "fool.wanted",
                           .label = texts_get(TEXT_FOOL_WANTED),
                           .tip = texts_get(TEXT_FOOL_WANTED_TIP),
                           .act = ACTION_FOOL_WANTED,
                           .value = self->breaking->wanted + 1,
                           .any = true};
    panel_class_slider(self, row, &wanted);
}

/* So that nothing moves when it is found. */
static int words_height(const app *self, rect area, const char *words, font f)
{
    ui *u = self->ui;
    int high = ui_paragraph(u, area, words, f, 0, false), two = 2 * text_height(u->text, f) * 5 / 4,
        before = ui_paragraph(u, area, texts_get(TEXT_FOOL_INVITATION), f, 0, false);
    high = high > two ? high : two;
    return high > before ? high : before;
}

/* The bars stand behind the pictures or, where there is room, below all. */
void fool_page(const app *self, rect area)
{
    ui *u = self->ui;
    if (!app_model(self))
        return;
    bool low = area.h < ui_px(u, 380);
    int gap = ui_px(u, low ? 8 : 14), row = ui_px(u, low ? 28 : 36), caption = ui_px(u, 18);
    int beside = low ? ui_px(u, 110) : 0, below = low ? 0 : ui_px(u, 90) + gap;
    font f = ui_font(u, low ? 14 : 17, FONT_REGULAR);
    const char *words = say_outcome(self);
    int text = words_height(self, area, words, f), side = (area.w - beside - (PICTURES - 1 + low) * gap) / PICTURES;
    int most = area.h - 2 * row - 3 * gap - text - caption - below;
    side = side < most ? side : most;
    side = panel_picture_side(side);
    int x = area.x + PICTURES * (side + gap), y = area.y + draw_pictures(self, area, side, gap) + gap;
    if (low)
        compact_panel(self, (rect){x, area.y, area.x + area.w - x, side + caption});
    ui_paragraph(u, (rect){area.x, y, area.w, text}, words, f, u->colours->text, true);
    y += text + gap;
    draw_wanted(self, (rect){area.x, y, area.w, row});
    draw_button(self, (rect){area.x, y + row + gap, area.w, row});
    y += 2 * (row + gap);
    if (!low)
        compact_panel(self, (rect){area.x, y, area.w, area.y + area.h - y});
}
