/* share_dialog.c - the page to draw on, for others on the network: what that is, and while it is shared the code that a
 * phone's camera opens. */
#include "app/texts/texts.h"
#include "panel.h"
#include <stdio.h>

enum {
    CARD_WIDE = 600,
    OFFER_HIGH = 300,
    MORE_HIGH = 50,
    CODE_HIGH = 440,
    CODE_SIDE = 260,
    GAP = 20 /* units of the layout */
};

/* What stands below each other. */
typedef struct column {
    ui *u;
    rect r;    /* what is left of it, at the bottom */
    bool draw; /* else it is only measured */
} column;

static void take_height(column *c, int high)
{
    c->r.y += high;
    c->r.h -= high;
}

static void add_words(column *c, const char *words, font f, colour text)
{
    take_height(c, ui_paragraph(c->u, c->r, words, f, text, c->draw) + ui_px(c->u, 10));
}

/* ---- nothing is shared ------------------------------------------------------------------------------------------- */

/* Only where a machine is in several networks. */
static void add_addresses(const app *self, column *c)
{
    ui *u = c->u;
    const app_sharing *s = &self->sharing;
    int high = ui_px(u, 36), gap = ui_px(u, 8), x = c->r.x;
    for (int i = 0; i < s->count && s->count > 1; i++) {
        char name[UI_NAME];
        snprintf(name, sizeof name, "share.address.%d", i);
        button b = {.name = name,
                    .label = s->address[i],
                    .tip = texts_get(TEXT_SHARE_ADDRESS_TIP),
                    .on = i == s->chosen,
                    .act = {.id = ACTION_SHARE_ADDRESS, .index = i}};
        int w = ui_button_width(u, &b);
        if (x > c->r.x && x + w > c->r.x + c->r.w) {
            x = c->r.x;
            take_height(c, high + gap);
        }
        if (c->draw)
            ui_button(u, (rect){x, c->r.y, w, high}, &b);
        x += w + gap;
    }
    take_height(c, s->count > 1 ? high + gap : 0);
}

static void add_offer(const app *self, column *c)
{
    ui *u = c->u;
    font f = ui_font(u, 15, FONT_REGULAR);
    bool alone = self->sharing.count == 0;
    add_words(c, texts_get(TEXT_SHARE_WORDS), f, u->colours->text);
    add_addresses(self, c);
    add_words(c, texts_get(TEXT_SHARE_PLAIN), ui_font(u, 14, FONT_REGULAR), u->colours->muted);
    if (*self->problem || alone)
        add_words(c, *self->problem ? self->problem : texts_get(TEXT_SHARE_NO_NETWORK), f, u->colours->warning);
}

static void offer_panel(const app *self, rect inside)
{
    ui *u = self->ui;
    const button buttons[] = {{.name = "close",
                               .label = texts_get(TEXT_BUTTON_CLOSE),
                               .tip = texts_get(TEXT_BUTTON_BACK_TIP),
                               .act = {.id = ACTION_CLOSE}},
                              {.name = "share.start",
                               .label = texts_get(TEXT_SHARE_START),
                               .tip = texts_get(TEXT_SHARE_START_TIP),
                               .style = BUTTON_MAIN,
                               .act = {.id = ACTION_SHARE_START}}};
    panel_foot(self, &inside, buttons, self->sharing.count > 0 ? 2 : 1);
    int rim = ui_px(u, 6); /* for the focus ring, and the bar beside a text that is too long */
    column all = {u, {inside.x, inside.y, inside.w - rim, inside.h}, false};
    add_offer(self, &all);
    rect clip = ui_scroll_begin(u, rect_inset(inside, -rim), all.r.y - inside.y + 2 * rim);
    all = (column){u, {inside.x, inside.y - u->scroll, inside.w - rim, inside.h}, true};
    add_offer(self, &all);
    ui_scroll_end(u, clip);
}

/* ---- it is shared ------------------------------------------------------------------------------------------------ */

/* Dark on light in any theme, in whole pixels: cameras want both. Returns the side in pixels. */
static int draw_code(const app *self, rect r, const qr_code *code)
{
    const colour light = 0xffffffff, dark = 0xff000000;
    ui *u = self->ui;
    int all = code->side + 2 * QR_QUIET, room = ui_px(u, CODE_SIDE) < r.h ? ui_px(u, CODE_SIDE) : r.h, px = room / all;
    if (code->side == 0 || px < 1)
        return 0;
    mask_image squares = {code->dark, code->side, code->side, code->side, 0};
    rect card = {r.x, r.y, px * all, px * all}, to = rect_inset(card, px * QR_QUIET);
    draw_rect(u->list, card, 0, light);
    draw_outline(u->list, card, 0, u->scale > 1 ? u->scale : 1, u->colours->edge);
    draw_mask(u->list, &squares, self->sharing.version, to, dark);
    ui_area(u, card, "share.code", ELEMENT_SHOWN);
    ui_explain(u, texts_get(TEXT_SHARE_CODE_TIP));
    return card.w;
}

static void shared_panel(const app *self, rect inside, const share_news *news)
{
    ui *u = self->ui;
    const button buttons[] = {{.name = "share.stop",
                               .label = texts_get(TEXT_SHARE_STOP),
                               .tip = texts_get(TEXT_SHARE_STOP_TIP),
                               .act = {.id = ACTION_SHARE_STOP}},
                              {.name = "share.copy",
                               .label = texts_get(TEXT_SHARE_COPY),
                               .tip = texts_get(TEXT_SHARE_COPY_TIP),
                               .act = {.id = ACTION_SHARE_COPY}},
                              {.name = "close",
                               .label = texts_get(TEXT_BUTTON_CLOSE),
                               .tip = texts_get(TEXT_BUTTON_BACK_TIP),
                               .style = BUTTON_MAIN,
                               .act = {.id = ACTION_CLOSE}}};
    panel_foot(self, &inside, buttons, 3);
    int side = draw_code(self, inside, &news->code), taken = side > 0 ? side + ui_px(u, GAP) : 0;
    column c = {u, {inside.x + taken, inside.y, inside.w - taken, inside.h}, true};
    add_words(&c, texts_get(side > 0 ? TEXT_SHARE_OPEN : TEXT_SHARE_TYPE), ui_font(u, 15, FONT_REGULAR),
              u->colours->text);
    add_words(&c, news->url, ui_font(u, 14, FONT_MONO), u->colours->text);
    const char *model = self->sharing.model;
    add_words(&c, *model ? ui_say(u, FORMAT_SHARE_MODEL, model) : texts_get(TEXT_SHARE_DEFAULT),
              ui_font(u, 14, FONT_REGULAR), u->colours->text);
    add_words(&c, texts_get(TEXT_SHARE_PLAIN), ui_font(u, 14, FONT_REGULAR), u->colours->muted);
}

static void wait_panel(const app *self, rect inside, const char *words)
{
    ui *u = self->ui;
    panel_buttons(self, &inside, NULL, "close", texts_get(TEXT_BUTTON_CLOSE), ACTION_CLOSE);
    ui_paragraph(u, inside, words, ui_font(u, 15, FONT_REGULAR), u->colours->text, true);
}

void share_dialog(const app *self, rect window)
{
    ui *u = self->ui;
    const share_news *news = app_shared(self);
    bool more = *self->problem || self->sharing.count != 1; /* what is wrong, or addresses to choose from */
    int offer = OFFER_HIGH + (more ? MORE_HIGH : 0);
    rect inside =
        panel_card(self, window, ui_px(u, CARD_WIDE), ui_px(u, (float)(self->sharing.job ? CODE_HIGH : offer)));
    panel_heading(self, &inside, texts_get(TEXT_ACTION_SHARE));
    if (!self->sharing.job)
        offer_panel(self, inside);
    else if (news)
        shared_panel(self, inside, news);
    else
        wait_panel(self, inside, texts_get(self->sharing.stopping ? TEXT_SHARE_ENDING : TEXT_SHARE_BEGINNING));
}
