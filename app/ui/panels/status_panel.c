/* status_panel.c - the line at the bottom: which model, how fast; or a strip with a message in its place, so that
 * nothing else moves. */
#include "app/texts/texts.h"
#include "panel.h"
#include "words.h"
#include <math.h>

/* Buttons from the right end; returns what is left. */
static rect strip_button(const app *self, rect row, const button *b)
{
    ui *u = self->ui;
    int w = ui_button_width(u, b), gap = ui_px(u, 8);
    ui_button(u, (rect){row.x + row.w - w, row.y, w, row.h}, b);
    row.w -= w + gap;
    return row;
}

/* One line, or two small ones where it is too long for that; what does not fit even so is in the tooltip. */
static void draw_message(ui *u, rect r, const char *text)
{
    font f = ui_font(u, 15, FONT_REGULAR), small = panel_small_font(u);
    if (text_width(u->text, f, text) > r.w && ui_paragraph(u, r, text, small, 0, false) <= r.h)
        panel_row_label(u, r, text, f, u->colours->text);
    else
        ui_label(u, r, text, f, u->colours->text, ALIGN_LEFT);
}

/* Trouble looks like trouble; what was done has a tick. NULL: what the last run left. */
static void draw_strip(const app *self, rect area, const app_message *said)
{
    const char *text = said ? said->text : texts_get(TEXT_STATUS_OFFER);
    message_kind kind = said ? said->kind : MESSAGE_REMARK;
    ui *u = self->ui;
    const theme *t = u->colours;
    bool trouble = kind == MESSAGE_TROUBLE;
    draw_rect(u->list, area, 9 * u->scale, trouble ? t->strip : t->surface);
    draw_outline(u->list, area, 9 * u->scale, fmaxf(u->scale, 1), trouble ? t->warning : t->accent);
    rect row = rect_inset(area, ui_px(u, 4));
    if (kind == MESSAGE_DONE) {
        int side = ui_px(u, 16), left = ui_px(u, 10);
        draw_icon(u->list, ICON_TICK, row.x + left, row.y + (row.h - side) / 2, side, t->accent);
        row.x += left + side;
        row.w -= left + side;
    }
    if (!said) {
        button discard = {
            .name = "discard", .label = texts_get(TEXT_STATUS_DISCARD), .tip = texts_get(TEXT_STATUS_DISCARD_TIP)};
        button restore = {
            .name = "restore", .label = texts_get(TEXT_STATUS_RESTORE), .tip = texts_get(TEXT_STATUS_RESTORE_TIP)};
        discard.act.id = ACTION_DISCARD;
        restore.act.id = ACTION_RESTORE;
        restore.style = BUTTON_MAIN;
        row = strip_button(self, row, &discard);
        row = strip_button(self, row, &restore);
    } else {
        bool taught = said->take_back == ACTION_UNLEARN;
        button dismiss = {.name = "dismiss",
                          .label = texts_get(taught ? TEXT_STATUS_KEEP : TEXT_STATUS_DISMISS),
                          .tip = texts_get(taught ? TEXT_STATUS_KEEP_TIP : TEXT_STATUS_DISMISS_TIP)};
        dismiss.act.id = ACTION_DISMISS;
        row = strip_button(self, row, &dismiss);
        button undo = {
            .name = "take_back", .label = texts_get(TEXT_ACTION_UNDO), .tip = texts_get(TEXT_STATUS_TAKE_BACK_TIP)};
        undo.act.id = ACTION_TAKE_BACK;
        undo.style = BUTTON_MAIN;
        if (said->take_back != ACTION_NONE)
            row = strip_button(self, row, &undo);
    }
    int pad = ui_px(u, 10);
    row = (rect){row.x + pad, row.y, row.w - pad, row.h};
    ui_area(u, row, "message", ELEMENT_SHOWN);
    ui_explain(u, text);
    draw_message(u, row, text);
}

/* Of all models that are asked together. */
static const char *say_size(const app *self)
{
    ui *u = self->ui;
    int members = recogniser_members(app_recogniser(self));
    size_t weights = recogniser_parameters(app_recogniser(self));
    const char *size = weights < 10000    ? ui_say(u, FORMAT_STATUS_FEW, weights)
                       : weights < 999500 ? ui_say(u, FORMAT_STATUS_THOUSANDS, (weights + 500) / 1000)
                                          : ui_say(u, FORMAT_STATUS_MILLIONS, 1e-6 * (double)weights);
    return members > 1 ? ui_say(u, FORMAT_STATUS_ENSEMBLE, members, size) : size;
}

static const char *describe_model(const app *self)
{
    ui *u = self->ui;
    const nn_model *model = app_model(self);
    const answer *a = &app_read(self)->answer;
    if (!model)
        return texts_get(self->reader.load ? TEXT_STATUS_MODEL_OPENING : TEXT_STATUS_NO_MODEL);
    if (a->digit < 0)
        return ui_say(u, FORMAT_STATUS_MODEL, app_reader_name(self), say_size(self));
    return ui_say(u, FORMAT_STATUS_MODEL_TIME, app_reader_name(self), say_size(self), words_time(u, a->infer_us));
}

/* What a person has done to the network. */
static const char *describe_touch(const app *self)
{
    ui *u = self->ui;
    const touched *t = self->touching.net;
    const char *off = ui_say(u, PLURAL_INSIDE_OFF(t->n_off), t->n_off),
               *turned = ui_say(u, PLURAL_INSIDE_TURNED(t->n_turned), t->n_turned), *both = off;
    if (t->n_off == 0)
        both = turned;
    else if (t->n_turned > 0)
        both = ui_say(u, FORMAT_INSIDE_TOUCHED, off, turned);
    return ui_say(u, FORMAT_INSIDE_TOUCHED_MODEL, app_reader_name(self), both);
}

/* In every view: what is read now is not what the model would say. */
static void draw_touched(const app *self, rect area)
{
    ui *u = self->ui;
    const char *key = panel_shortcut(u, action_about(ACTION_UNTOUCH));
    button restore = panel_button(self, ACTION_UNTOUCH, ICON_NONE, ui_say(u, FORMAT_INSIDE_RESTORE, key));
    draw_rect(u->list, area, 9 * u->scale, u->colours->strip);
    draw_outline(u->list, area, 9 * u->scale, fmaxf(u->scale, 1), u->colours->warning);
    rect row = strip_button(self, rect_inset(area, ui_px(u, 4)), &restore);
    int pad = ui_px(u, 10);
    row = (rect){row.x + pad, row.y, row.w - pad, row.h};
    ui_area(u, row, "touched", ELEMENT_SHOWN);
    ui_explain(u, texts_get(TEXT_ACTION_UNTOUCH_TIP));
    draw_message(u, row, describe_touch(self));
}

static const char *tool_hint(const app *self)
{
    if (self->reader.load || self->opening || self->choosing.job)
        return texts_get(TEXT_STATUS_OPENING);
    if (self->teaching.job)
        return texts_get(TEXT_STATUS_LEARNING);
    if (self->drawing.drawing && self->pen.by_keys)
        return texts_get(TEXT_STATUS_PEN_DOWN);
    if (self->ui->focus_shown && ui_find(self->ui, self->ui->focus) == ui_find(self->ui, "canvas"))
        return texts_get(TEXT_STATUS_PEN_UP);
    const char *turns = self->ui->focus_shown ? sliders_hint(self) : NULL;
    if (turns)
        return turns;
    if (app_shared(self))
        return texts_get(TEXT_STATUS_SHARED);
    if (self->now >= app_drawing_ends(self))
        return texts_get(TEXT_STATUS_NEW_DRAWING);
    return texts_get(self->eraser ? TEXT_STATUS_ERASER : TEXT_STATUS_HELP);
}

void status_panel(const app *self, rect area)
{
    ui *u = self->ui;
    u->group = 3;
    if (self->offer || app_said(self)) {
        draw_strip(self, area, app_said(self));
        return;
    }
    if (self->touching.net) {
        draw_touched(self, area);
        return;
    }
    const char *text = describe_model(self);
    font f = ui_font(u, 14, FONT_REGULAR);
    const char *hint = tool_hint(self);
    int hint_w = text_width(u->text, f, hint), gap = ui_px(u, 16);
    ui_area(u, area, "status", ELEMENT_SHOWN);
    ui_explain(u, texts_get(TEXT_STATUS_TIP));
    ui_label(u, (rect){area.x, area.y, area.w - hint_w - gap, area.h}, text, f, u->colours->muted, ALIGN_LEFT);
    ui_label(u, (rect){area.x + area.w - hint_w, area.y, hint_w, area.h}, hint, f, u->colours->muted, ALIGN_RIGHT);
}
