/* panel.c - what several panels need. */
#include "panel.h"
#include "app/texts/texts.h"
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

button panel_button(const app *self, int id, icon picture, const char *label)
{
    const action_info *info = action_about(id);
    text_id why;
    bool possible = app_can(self, id, &why);
    const char *tip = texts_get(info->tip);
    return (button){.name = info->name,
                    .label = label,
                    .tip = possible ? tip : ui_say(self->ui, FORMAT_ACTION_NOT_NOW, tip, texts_get(why)),
                    .icon = picture,
                    .disabled = !possible,
                    .act = {.id = id}};
}

rect panel_card(const app *self, rect window, int w, int h)
{
    ui *u = self->ui;
    int margin = ui_px(u, 16);
    if (w > window.w - 2 * margin)
        w = window.w - 2 * margin;
    if (h > window.h - 2 * margin)
        h = window.h - 2 * margin;
    rect card = {(window.w - w) / 2, (window.h - h) / 2, w > 0 ? w : 0, h > 0 ? h : 0};
    ui_raise(u);
    u->card = card;
    draw_rect(u->list, window, 0, u->colours->scrim);
    draw_rect(u->list, card, 14 * u->scale, u->colours->surface);
    draw_outline(u->list, card, 14 * u->scale, fmaxf(u->scale, 1), u->colours->edge);
    return rect_inset(card, ui_px(u, 24));
}

rect panel_list(const app *self, rect window, const char *anchor, int w, int h)
{
    ui *u = self->ui;
    const element *above = ui_find(u, anchor);
    int margin = ui_px(u, 8), top = above ? above->r.y + above->r.h + margin / 2 : margin;
    rect card = {above ? above->r.x + above->r.w - w : margin, top, w, h + 2 * margin};
    if (card.x < margin)
        card.x = margin;
    int below = window.h - margin - card.y, over = above ? above->r.y - margin / 2 - margin : 0;
    bool upwards = card.h > below && over > below;
    if (card.h > (upwards ? over : below))
        card.h = upwards ? over : below;
    if (upwards)
        card.y = margin + over - card.h;
    if (card.h < 0)
        card.h = 0;
    ui_raise(u);
    u->card = card;
    u->group = 4;
    draw_rect(u->list, rect_inset(card, -ui_px(u, 3)), 12 * u->scale, u->colours->scrim & 0x2affffff);
    draw_rect(u->list, card, 10 * u->scale, u->colours->surface);
    draw_outline(u->list, card, 10 * u->scale, fmaxf(u->scale, 1), u->colours->outline);
    return rect_inset(card, margin);
}

panel_rows panel_rows_begin(const app *self, rect window, const char *anchor, int w, int high, int count)
{
    ui *u = self->ui;
    panel_rows rows = {.high = ui_px(u, (float)high)};
    rows.view = panel_list(self, window, anchor, ui_px(u, (float)w), rows.high * (count ? count : 1));
    rows.clip = ui_scroll_begin(u, rows.view, rows.high * count);
    return rows;
}

void panel_row(ui *u, panel_rows *rows, button b)
{
    int y = rows->view.y - u->scroll + rows->next++ * rows->high;
    b.style = BUTTON_ITEM;
    ui_button(u, (rect){rows->view.x, y, rows->view.w - ui_px(u, 6), rows->high}, &b);
}

void panel_choice(ui *u, panel_rows *rows, button b)
{
    b.icon = b.on ? ICON_TICK : ICON_BLANK;
    panel_row(u, rows, b);
}

void panel_rows_end(ui *u, const panel_rows *rows)
{
    ui_scroll_end(u, rows->clip);
}

void panel_options(const app *self, rect window, const char *anchor, int w, const panel_option *options, int count,
                   action now)
{
    int there = 0;
    for (int i = 0; i < count; i++)
        there += *options[i].label != '\0';
    panel_rows rows = panel_rows_begin(self, window, anchor, w, 40, there);
    for (const panel_option *o = options; o < options + count; o++)
        if (*o->label)
            panel_choice(self->ui, &rows,
                         (button){.name = o->name,
                                  .label = o->label,
                                  .detail = o->detail,
                                  .tip = texts_get(o->tip),
                                  .on = o->act.id == now.id && o->act.index == now.index,
                                  .disabled = !o->there,
                                  .act = o->act});
    panel_rows_end(self->ui, &rows);
}

void panel_heading(const app *self, rect *inside, const char *text)
{
    static const char mark[] = "…"; /* of the menu's entry that opened it */
    ui *u = self->ui;
    char bare[256];
    size_t len = strlen(text), end = strlen(mark);
    bool dotted = len > end && strcmp(text + len - end, mark) == 0;
    snprintf(bare, sizeof bare, "%.*s", (int)(dotted ? len - end : len), text);
    int h = ui_px(u, 40);
    font f = panel_fit(self, bare, ui_font(u, 22, FONT_BOLD), inside->w);
    ui_label(u, (rect){inside->x, inside->y, inside->w, ui_px(u, 28)}, bare, f, u->colours->text, ALIGN_LEFT);
    inside->y += h;
    inside->h -= h;
}

void panel_foot(const app *self, rect *inside, const button *buttons, int count)
{
    ui *u = self->ui;
    int h = ui_px(u, 40), gap = ui_px(u, 10), all = (count - 1) * gap, end = inside->y + inside->h;
    for (int i = 0; i < count; i++)
        all += ui_button_width(u, &buttons[i]);
    bool beside = all <= inside->w;
    int x = inside->x + inside->w, y = end - (beside ? h : count * (h + gap) - gap);
    inside->h = y - ui_px(u, 16) - inside->y;
    for (int i = count - 1; i >= 0; i--) {
        int w = beside ? ui_button_width(u, &buttons[i]) : inside->w;
        x = !beside || (count == 3 && i == 0) ? inside->x : x - w;
        ui_button(u, (rect){x, beside ? y : y + (count - 1 - i) * (h + gap), w, h}, &buttons[i]);
        x -= gap;
    }
}

void panel_buttons(const app *self, rect *inside, const char *cancel, const char *name, const char *label, int id)
{
    const char *back = texts_get(TEXT_BUTTON_BACK_TIP);
    const button buttons[] = {{.name = "cancel", .label = cancel, .tip = back, .act = {.id = ACTION_CLOSE}},
                              {.name = name,
                               .label = label,
                               .tip = id == ACTION_CLOSE ? back : texts_get(TEXT_BUTTON_FILE_TIP),
                               .style = BUTTON_MAIN,
                               .disabled = id == ACTION_ACCEPT && self->at_work,
                               .act = {.id = id}}};
    panel_foot(self, inside, cancel ? buttons : buttons + 1, cancel ? 2 : 1);
}

void panel_tabs(ui *u, rect row, button *tabs, int count)
{
    int line = ui_px(u, 1) > 0 ? ui_px(u, 1) : 1, spare = row.w, most = ui_px(u, 16);
    draw_rect(u->list, (rect){row.x, row.y + row.h - line, row.w, line}, 0, u->colours->edge);
    for (int i = 0; i < count; i++) {
        tabs[i].style = BUTTON_TAB;
        spare -= ui_button_width(u, &tabs[i]);
    }
    int each = spare / count < most ? spare / count : most;
    for (int i = 0; i < count; i++) {
        int w = ui_button_width(u, &tabs[i]) + each;
        ui_button(u, (rect){row.x, row.y, w, row.h}, &tabs[i]);
        row.x += w;
    }
}

void panel_class_slider(const app *self, rect row, const class_slider *s)
{
    ui *u = self->ui;
    const nn_model *model = app_model(self);
    font f = ui_font(u, 15, FONT_REGULAR), bold = ui_font(u, 15, FONT_BOLD);
    int gap = ui_px(u, 8), label_w = panel_column(u, 0, s->label, f, row.w * 2 / 5);
    bool any = s->any && s->value == 0;
    const char *chosen = any ? texts_get(TEXT_BREAK_ANY) : model->label[s->value - s->any];
    int number_w = panel_column(u, ui_px(u, 44), chosen, bold, row.w / 3);
    panel_row_label(u, (rect){row.x, row.y, label_w, row.h}, s->label, f, u->colours->text);
    slider classes = {.name = s->name,
                      .tip = s->tip,
                      .act = {.id = s->act},
                      .value = (float)s->value,
                      .max = (float)(model->n_labels - 1 + s->any),
                      .step = 1};
    ui_slider(u, (rect){row.x + label_w + gap, row.y, row.w - label_w - number_w - 2 * gap, row.h}, &classes);
    ui_label(u, (rect){row.x + row.w - number_w, row.y, number_w, row.h}, chosen,
             panel_fit(self, chosen, bold, number_w), u->colours->text, ALIGN_RIGHT);
}

int panel_picture_side(int room)
{
    if (room >= 3 * DIGIT_SIDE)
        return room - room % DIGIT_SIDE;
    return room > DIGIT_SIDE ? room : DIGIT_SIDE;
}

rect panel_take_row(const ui *u, rect *left, float h, float gap)
{
    rect row = {left->x, left->y, left->w, ui_px(u, h)};
    int taken = row.h + ui_px(u, gap);
    left->y += taken;
    left->h -= taken;
    return row;
}

int panel_button_width(ui *u, const button *b, int least)
{
    int w = ui_button_width(u, b);
    least = ui_px(u, (float)least);
    return w > least ? w : least;
}

/* All of them as wide as a finger likes it, or their words with a gap; false where they have no room so. */
static bool put_easily(ui *u, rect row, const button *buttons, int count)
{
    int gap = ui_px(u, 8), all = (count - 1) * gap;
    for (int i = 0; i < count; i++)
        all += panel_button_width(u, &buttons[i], PANEL_EASY - 8) + gap;
    if (all > row.w)
        return false;
    for (int i = 0; i < count; i++) {
        int w = panel_button_width(u, &buttons[i], PANEL_EASY - 8) + gap;
        ui_button(u, (rect){row.x, row.y, w, row.h}, &buttons[i]);
        row.x += w + gap;
    }
    return true;
}

void panel_button_row(ui *u, rect row, const button *buttons, int count)
{
    int gap = ui_px(u, 8), spare = row.w - (count - 1) * gap;
    if (put_easily(u, row, buttons, count))
        return;
    for (int i = 0; i < count; i++)
        spare -= ui_button_width(u, &buttons[i]);
    int each = count == 0 || spare / count > gap ? gap : spare / count;
    for (int i = 0; i < count; i++) {
        int w = ui_button_width(u, &buttons[i]) + each;
        ui_button(u, (rect){row.x, row.y, w, row.h}, &buttons[i]);
        row.x += w + gap;
    }
}

int panel_paragraph_height(ui *u, int w, const char *text)
{
    return ui_paragraph(u, (rect){0, 0, w, 0}, text, ui_font(u, 14, FONT_REGULAR), 0, false) + ui_px(u, 10);
}

void panel_paragraph(ui *u, rect *left, const char *text, colour c)
{
    int h = panel_paragraph_height(u, left->w, text);
    ui_paragraph(u, *left, text, ui_font(u, 14, FONT_REGULAR), c, true);
    left->y += h;
    left->h -= h;
}

int panel_column(ui *u, int so_far, const char *text, font f, int most)
{
    int w = text_width(u->text, f, text) + ui_px(u, 12);
    w = w > so_far ? w : so_far;
    return w < most ? w : most;
}

void panel_row_label(ui *u, rect r, const char *text, font f, colour c)
{
    if (text_width(u->text, f, text) <= r.w) {
        ui_label(u, r, text, f, c, ALIGN_LEFT);
        return;
    }
    font small = ui_font(u, 12, f.weight);
    int high = ui_paragraph(u, r, text, small, c, false);
    ui_paragraph(u, (rect){r.x, r.y + (r.h - high) / 2, r.w, high}, text, small, c, true);
}

const char *panel_shape(ui *u, nn_shape s)
{
    return s.h == 1 && s.w == 1 ? ui_say(u, FORMAT_NUMBER_WHOLE, s.c) : ui_say(u, FORMAT_LEARN_SHAPE, s.h, s.w, s.c);
}

font panel_small_font(const ui *u)
{
    return ui_font(u, 12, FONT_REGULAR);
}

font panel_fit(const app *self, const char *text, font f, int width)
{
    const int least = 9; /* pixels */
    int w = text_width(self->ui->text, f, text), fitting = w > width && width > 0 ? f.px * width / w : f.px;
    if (fitting < f.px)
        f.px = fitting > least ? fitting : f.px < least ? f.px : least;
    return f;
}

const char *panel_percent(ui *u, float share)
{
    double percent = 100.0 * (double)share;
    if (percent >= 99.95) /* no network is certain, however float rounds */
        return texts_get(TEXT_NUMBER_NEARLY_ALL);
    return ui_say(u, FORMAT_NUMBER_PERCENT, percent);
}

/* The key alone. */
static const char *key_name(int key, char out[8])
{
    static const char minus[] = "\xe2\x88\x92"; /* as wide as a plus */
    if (key == KEY_DELETE)
        return texts_get(TEXT_KEY_DELETE);
    if (key == '-')
        return minus;
    if (key == KEY_F1 || key == KEY_F10 || key == KEY_F11)
        return key == KEY_F1 ? "F1" : key == KEY_F10 ? "F10" : "F11";
    snprintf(out, 8, "%c", toupper(key));
    return out;
}

const char *panel_shortcut(ui *u, const action_info *info)
{
    char letter[8];
    const char *key = info->key ? key_name(info->key, letter) : "";
    switch (info->mods) {
    case MOD_CTRL: return ui_say(u, FORMAT_KEY_CTRL, key);
    case MOD_SHIFT: return ui_say(u, FORMAT_KEY_SHIFT, key);
    case MOD_CTRL | MOD_SHIFT: return ui_say(u, FORMAT_KEY_CTRL_SHIFT, key);
    default: return ui_say(u, FORMAT_KEY_ALONE, key);
    }
}
