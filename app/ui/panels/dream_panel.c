/* dream_panel.c - a page of "Break it": the picture that the network takes for a class more than any other, as it
 * develops. */
#include "app/texts/texts.h"
#include "panel.h"
#include "words.h"
#include <math.h>

static void draw_picture(const app *self, rect r)
{
    ui *u = self->ui;
    mask_image image = {self->breaking->dream28, DIGIT_SIDE, DIGIT_SIDE, DIGIT_SIDE, 0};
    draw_rect(u->list, r, 0, 0xff000000);
    if (self->breaking->dreamt)
        draw_mask(u->list, &image, self->breaking->dream_version, r, 0xffffffff);
    draw_outline(u->list, rect_inset(r, -1), 0, fmaxf(u->scale, 1), u->colours->outline);
    ui_area(u, r, "dream28", ELEMENT_SHOWN);
    ui_explain(u, texts_get(TEXT_DREAM_TIP));
}

static const char *say_dream(const app *self)
{
    ui *u = self->ui;
    const dream *d = &self->breaking->dream;
    const char *name = words_name(u, app_model(self)->label[self->breaking->dream_class]);
    if (d->step < DREAM_STEPS)
        return ui_say(u, FORMAT_DREAM_GOING, name, d->step, DREAM_STEPS);
    return ui_say(u, FORMAT_DREAM_DONE, name, panel_percent(u, d->probability));
}

void dream_page(const app *self, rect area)
{
    ui *u = self->ui;
    if (!app_model(self))
        return;
    bool low = area.h < ui_px(u, 360);
    int gap = ui_px(u, low ? 8 : 14), row = ui_px(u, low ? 28 : 36), bars = ui_px(u, 130);
    font f = ui_font(u, low ? 14 : 17, FONT_REGULAR);
    const char *words = say_dream(self);
    int text = 2 * text_height(u->text, f) * 5 / 4, needed = ui_paragraph(u, area, words, f, 0, false);
    text = needed > text ? needed : text; /* the words get shorter when it is done */
    int side = area.w - bars - gap, most = area.h - 2 * row - 3 * gap - text;
    side = side < most ? side : most;
    side = panel_picture_side(side);
    draw_picture(self, (rect){area.x, area.y, side, side});
    int x = area.x + side + gap;
    rect beside = {x, area.y, area.x + area.w - x, side};
    font small = panel_small_font(u);
    int caption = ui_paragraph(u, beside, texts_get(TEXT_DREAM_BARS), small, u->colours->muted, true) + gap / 2;
    compact_panel(self, (rect){x, beside.y + caption, beside.w, side - caption});
    int y = area.y + side + gap;
    ui_paragraph(u, (rect){area.x, y, area.w, text}, words, f, u->colours->text, true);
    y += text + gap;
    class_slider class = {.name = "dream.class",
                          .label = texts_get(TEXT_DREAM_CLASS),
                          .tip = texts_get(TEXT_DREAM_CLASS_TIP),
                          .act = ACTION_DREAM_CLASS,
                          .value = self->breaking->dream_class};
    panel_class_slider(self, (rect){area.x, y, area.w, row}, &class);
    button again = {.name = "dream.again",
                    .label = texts_get(TEXT_DREAM_AGAIN),
                    .tip = texts_get(TEXT_DREAM_AGAIN_TIP),
                    .act = {.id = ACTION_DREAM_AGAIN}};
    ui_button(u, (rect){area.x, y + row + gap, ui_button_width(u, &again), row}, &again);
}
