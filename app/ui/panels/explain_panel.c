/* explain_panel.c - F1: what every element in sight does, laid over the window. Large elements carry their sentence in
 * their middle; small ones get a number, and a list over the canvas has the sentences. */
#include "app/texts/texts.h"
#include "panel.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { BADGE = 22, PAD = 10, RIM = 14, FOOTER = 36 + 8 /* units of the layout */ };

/* What is explained, in the order of the elements; those after the first of several with the same sentence are not. */
typedef struct explained {
    rect r;
    const char *words;
    const char *shortcut;
    rect label; /* where the words go inside a large element; empty: into the list */
} explained;

typedef struct explanation {
    explained item[UI_MAX_ELEMENTS];
    int count;
} explanation;

static font list_font(const ui *u)
{
    return ui_font(u, 14, FONT_REGULAR);
}

static int words_height(const app *self, const char *words, int w)
{
    return ui_paragraph(self->ui, (rect){0, 0, w, 0}, words, list_font(self->ui), 0, false);
}

/* The card in the middle of an element that has room for its sentence. */
static rect label_inside(const app *self, const element *e)
{
    ui *u = self->ui;
    font f = list_font(u);
    int pad = ui_px(u, PAD), most = e->visible.w - 4 * pad, w = text_width(u->text, f, e->tip);
    if (e->kind != ELEMENT_SHOWN || most < ui_px(u, 110))
        return (rect){0, 0, 0, 0};
    w = (w > most ? most : w) + 2 * pad;
    int h = words_height(self, e->tip, w - 2 * pad) + pad;
    if (h > e->visible.h)
        return (rect){0, 0, 0, 0};
    return (rect){e->visible.x + (e->visible.w - w) / 2, e->visible.y + (e->visible.h - h) / 2, w, h};
}

static bool is_new(const explanation *all, const element *e)
{
    if (!e->tip || e->layer > 0 || rect_is_empty(e->visible))
        return false;
    for (int i = 0; i < all->count; i++)
        if (strcmp(all->item[i].words, e->tip) == 0)
            return false;
    return true;
}

static void collect(const app *self, explanation *all)
{
    const ui *u = self->ui;
    for (int i = 0; i < u->n_elements; i++) {
        const element *e = &u->element[i];
        if (!is_new(all, e))
            continue;
        bool named = e->kind == ELEMENT_BUTTON && e->act.id >= ACTION_OWN && e->act.id < ACTION_NAMED_END;
        explained *x = &all->item[all->count++];
        *x = (explained){e->visible, e->tip, named ? panel_shortcut(self->ui, action_about(e->act.id)) : "",
                         label_inside(self, e)};
    }
}

static void draw_badge(const app *self, float x, float y, int number)
{
    ui *u = self->ui;
    float side = BADGE * u->scale;
    char text[16];
    snprintf(text, sizeof text, "%d", number);
    draw_box(u->list, &(shape_box){x, y, side, side, 0.5f * side, 0}, u->colours->accent);
    ui_label(u, (rect){(int)x, (int)y, (int)side, (int)side}, text, ui_font(u, 13, FONT_BOLD), u->colours->on_accent,
             ALIGN_CENTRE);
}

static void outline(const app *self, const explained *x)
{
    ui *u = self->ui;
    draw_outline(u->list, rect_inset(x->r, -1), 6 * u->scale, fmaxf(2 * u->scale, 1), u->colours->accent);
    if (rect_is_empty(x->label))
        return;
    draw_rect(u->list, x->label, 8 * u->scale, u->colours->surface);
    draw_outline(u->list, x->label, 8 * u->scale, fmaxf(u->scale, 1), u->colours->accent);
    rect words = rect_inset(x->label, ui_px(u, PAD));
    words.y = x->label.y + ui_px(u, PAD) / 2 + ui_px(u, 2);
    ui_paragraph(u, words, x->words, list_font(u), u->colours->text, true);
}

/* At the top left corner, or at the first of the others where the card does not cover it. */
static void number_it(const app *self, const explained *x, rect window, rect card, int number)
{
    int side = (int)ceilf(BADGE * self->ui->scale), at_x = 0, at_y = 0;
    for (int i = 0; i < 4; i++) {
        int left = x->r.x + i % 2 * x->r.w - side / 2, top = x->r.y + i / 2 * x->r.h - side / 2;
        left = left < 0 ? 0 : left + side > window.w ? window.w - side : left;
        top = top < 0 ? 0 : top + side > window.h ? window.h - side : top;
        bool free = rect_is_empty(rect_intersect((rect){left, top, side, side}, card));
        if (i == 0 || free)
            at_x = left, at_y = top;
        if (free)
            break;
    }
    draw_badge(self, (float)at_x, (float)at_y, number);
}

/* One line of the list; returns its height. Draws nothing when `draw` is false. */
static int list_row(const app *self, rect r, const explained *x, int number, bool draw)
{
    ui *u = self->ui;
    int left = ui_px(u, BADGE + 10), right = 0;
    if (*x->shortcut && r.w >= ui_px(u, 420)) /* narrower, the sentence needs the room */
        right = text_width(u->text, list_font(u), x->shortcut) + ui_px(u, 16);
    int h = words_height(self, x->words, r.w - left - right), least = ui_px(u, BADGE);
    if (draw) {
        draw_badge(self, (float)r.x, (float)r.y, number);
        int down = (least - text_height(u->text, list_font(u))) / 2;
        ui_paragraph(u, (rect){r.x + left, r.y + (down > 0 ? down : 0), r.w - left - right, 0}, x->words, list_font(u),
                     u->colours->text, true);
        if (right > 0)
            ui_label(u, (rect){r.x + r.w - right, r.y, right, least}, x->shortcut, list_font(u), u->colours->muted,
                     ALIGN_RIGHT);
    }
    return (h > least ? h : least) + ui_px(u, 3);
}

static int draw_list_rows(const app *self, rect view, const explanation *all, bool draw)
{
    int y = view.y, number = 0;
    for (int i = 0; i < all->count; i++)
        if (rect_is_empty(all->item[i].label))
            y += list_row(self, (rect){view.x, y, view.w, 0}, &all->item[i], ++number, draw);
    return y - view.y;
}

static void draw_footer(const app *self, rect *inside)
{
    ui *u = self->ui;
    int h = ui_px(u, 36), y = inside->y + inside->h - h;
    button keys = panel_button(self, ACTION_KEYS, ICON_NONE, texts_get(TEXT_ACTION_KEYS));
    button close = {.name = "close",
                    .label = texts_get(TEXT_BUTTON_CLOSE),
                    .tip = texts_get(TEXT_BUTTON_DRAWING_TIP),
                    .style = BUTTON_MAIN};
    close.act.id = ACTION_CLOSE;
    int w = ui_button_width(u, &close), keys_w = ui_button_width(u, &keys);
    ui_button(u, (rect){inside->x + inside->w - w - ui_px(u, 8) - keys_w, y, keys_w, h}, &keys);
    ui_button(u, (rect){inside->x + inside->w - w, y, w, h}, &close);
    inside->h -= h + ui_px(u, 8);
}

/* Of the rows in a card of width w, beside their scroll bar. */
static int rows_width(const ui *u, int w)
{
    return w - 2 * ui_px(u, RIM) - ui_px(u, 8);
}

/* The list lies over the canvas, which is the largest thing without a sentence in its middle, or, where that is too
 * small for it, over the window. */
static rect list_card(const app *self, rect window, const explanation *all)
{
    ui *u = self->ui;
    rect over = rect_inset(self->canvas, ui_px(u, BADGE / 2 + 2)); /* beside the badges at its edge */
    int most = ui_px(u, 620), w = over.w < most ? over.w : most;
    int h = draw_list_rows(self, (rect){0, 0, rows_width(u, w), 0}, all, false) + ui_px(u, FOOTER) + 2 * ui_px(u, RIM);
    if (h > over.h) {
        over.y = ui_px(u, 60);
        over.h = window.h - over.y - ui_px(u, 8);
    }
    if (h > over.h)
        h = over.h;
    return (rect){over.x + (over.w - w) / 2, over.y + (over.h - h) / 2, w, h};
}

/* A sentence that the card would cover goes into the list, and so makes the card larger. */
static rect place_card(const app *self, rect window, explanation *all)
{
    rect card;
    bool covers;
    do {
        card = list_card(self, window, all);
        covers = false;
        for (int i = 0; i < all->count; i++) {
            rect *label = &all->item[i].label;
            if (!rect_is_empty(rect_intersect(*label, card))) {
                *label = (rect){0, 0, 0, 0};
                covers = true;
            }
        }
    } while (covers);
    return card;
}

static void draw_list_card(const app *self, rect card, const explanation *all)
{
    ui *u = self->ui;
    ui_raise(u);
    u->group = 4;
    draw_rect(u->list, card, 12 * u->scale, u->colours->surface);
    draw_outline(u->list, card, 12 * u->scale, fmaxf(u->scale, 1), u->colours->accent);
    rect inside = rect_inset(card, ui_px(u, RIM));
    draw_footer(self, &inside);
    rect view = {inside.x, inside.y, rows_width(u, card.w), inside.h};
    rect clip = ui_scroll_begin(u, inside, draw_list_rows(self, view, all, false));
    view.y -= u->scroll;
    draw_list_rows(self, view, all, true);
    ui_scroll_end(u, clip);
}

void explain_popup(const app *self, rect window)
{
    ui *u = self->ui;
    explanation all = {.count = 0};
    int number = 0;
    collect(self, &all);
    rect card = place_card(self, window, &all);
    draw_rect(u->list, window, 0, u->colours->scrim);
    for (int i = 0; i < all.count; i++)
        outline(self, &all.item[i]);
    for (int i = 0; i < all.count; i++)
        if (rect_is_empty(all.item[i].label))
            number_it(self, &all.item[i], window, card, ++number);
    draw_list_card(self, card, &all);
}
