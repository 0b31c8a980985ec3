/* help_panel.c - F1: a page of the manual, beside it the list of all where there is room; what is looked for takes the
 * page's place until one of the finds is opened. */
#include "app/texts/texts.h"
#include "panel.h"
#include <stdio.h>
#include <string.h>

enum { TOPICS_W = 220, TOPIC_H = 30, TOPIC_LEAST = 22, ROW_H = 40, GAP = 8 /* units of the layout */ };

/* Takes a button's width from the right of the row. */
static void button_at_right(const app *self, rect *row, const button *b)
{
    ui *u = self->ui;
    int w = ui_button_width(u, b);
    ui_button(u, (rect){row->x + row->w - w, row->y, w, row->h}, b);
    row->w -= w + ui_px(u, GAP);
}

static void draw_field(const app *self, rect r)
{
    ui *u = self->ui;
    ui_text_field(u, r, "help.find", 0);
    ui_explain(u, texts_get(TEXT_HELP_FIND_TIP));
    if (!*u->field.text)
        ui_label(u, rect_inset(r, ui_px(u, 12)), texts_get(TEXT_HELP_FIND), ui_font(u, 15, FONT_REGULAR),
                 u->colours->muted, ALIGN_LEFT);
}

static void draw_top(const app *self, rect row, bool topics)
{
    ui *u = self->ui;
    button close = {.name = "close",
                    .label = texts_get(TEXT_BUTTON_CLOSE),
                    .tip = texts_get(TEXT_BUTTON_DRAWING_TIP),
                    .act = {.id = ACTION_CLOSE}};
    button what = panel_button(self, ACTION_EXPLAIN, ICON_NONE, texts_get(TEXT_ACTION_EXPLAIN)),
           keys = panel_button(self, ACTION_KEYS, ICON_NONE, texts_get(TEXT_ACTION_KEYS));
    button back = {.name = "help.back",
                   .label = texts_get(TEXT_HELP_BACK),
                   .tip = texts_get(TEXT_HELP_BACK_TIP),
                   .disabled = self->manual->n_back == 0};
    button contents = {.name = "help.page.1",
                       .label = texts_get(TEXT_HELP_CONTENTS),
                       .tip = texts_get(TEXT_HELP_CONTENTS_TIP),
                       .act = {.id = ACTION_HELP_PAGE}};
    back.act.id = ACTION_HELP_BACK;
    int w = ui_button_width(u, &back);
    ui_button(u, (rect){row.x, row.y, w, row.h}, &back);
    row.x += w + ui_px(u, GAP);
    row.w -= w + ui_px(u, GAP);
    button_at_right(self, &row, &close);
    if (row.w > ui_px(u, 460)) {
        button_at_right(self, &row, &keys);
        button_at_right(self, &row, &what);
    }
    if (!topics)
        button_at_right(self, &row, &contents);
    draw_field(self, row);
}

static void draw_topics(const app *self, rect area)
{
    ui *u = self->ui;
    int n = self->manual->n_pages, most = ui_px(u, TOPIC_H), high = area.h / n < most ? area.h / n : most;
    u->group = 11;
    for (int i = 0; i < n; i++) {
        char name[UI_NAME];
        snprintf(name, sizeof name, "help.page.%d", i + 1);
        button b = {.name = name,
                    .label = self->manual->page[i].title,
                    .tip = texts_get(TEXT_HELP_PAGE_TIP),
                    .style = BUTTON_ITEM,
                    .on = i == self->manual->open,
                    .act = {.id = ACTION_HELP_PAGE, .index = i}};
        ui_button(u, (rect){area.x, area.y + i * high, area.w, high}, &b);
    }
    u->group = 0;
}

static void draw_page(const app *self, rect area)
{
    ui *u = self->ui;
    manual *book = self->manual;
    document_look look = manual_look(book, ACTION_HELP_LINK, texts_get(TEXT_HELP_LINK_TIP));
    rect page = {area.x, area.y, area.w - ui_px(u, 16), 0};
    rect clip = ui_scroll_begin(u, area, document_show(u, page, &book->text, &look, false));
    page.y -= u->scroll;
    u->group = 12;
    document_show(u, page, &book->text, &look, true);
    u->group = 0;
    ui_scroll_end(u, clip);
}

/* A page that was found, and where; returns its height. */
static int draw_find(const app *self, rect r, int page, const char *line)
{
    ui *u = self->ui;
    char name[UI_NAME];
    font f = ui_font(u, 14, FONT_REGULAR);
    int pad = ui_px(u, 12), title = ui_px(u, TOPIC_H);
    snprintf(name, sizeof name, "help.found.%d", page + 1);
    button b = {.name = name,
                .label = self->manual->page[page].title,
                .tip = texts_get(TEXT_HELP_FOUND_TIP),
                .style = BUTTON_ITEM,
                .act = {.id = ACTION_HELP_PAGE, .index = page}};
    ui_button(u, (rect){r.x, r.y, r.w, title}, &b);
    ui_label(u, (rect){r.x + pad, r.y + title, r.w - 2 * pad, text_height(u->text, f)}, line, f, u->colours->muted,
             ALIGN_LEFT);
    return title + text_height(u->text, f) + ui_px(u, 10);
}

static void draw_finds(const app *self, rect area)
{
    ui *u = self->ui;
    char line[512];
    int found = 0, step = ui_px(u, TOPIC_H + 10) + text_height(u->text, ui_font(u, 14, FONT_REGULAR));
    for (int i = 0; i < self->manual->n_pages; i++)
        found += manual_finds(self->manual, i, u->field.text, line, sizeof line);
    if (found == 0)
        ui_paragraph(u, area, texts_get(TEXT_HELP_NOTHING), ui_font(u, 15, FONT_REGULAR), u->colours->muted, true);
    rect clip = ui_scroll_begin(u, area, found * step), r = {area.x, area.y - u->scroll, area.w - ui_px(u, 16), 0};
    u->group = 12;
    for (int i = 0; i < self->manual->n_pages; i++)
        if (manual_finds(self->manual, i, u->field.text, line, sizeof line))
            r.y += draw_find(self, r, i, line);
    u->group = 0;
    ui_scroll_end(u, clip);
}

void help_popup(const app *self, rect window)
{
    ui *u = self->ui;
    rect inside = panel_card(self, window, ui_px(u, 1120), ui_px(u, 860));
    rect top = {inside.x, inside.y, inside.w, ui_px(u, ROW_H)};
    rect area = {inside.x, top.y + top.h + ui_px(u, 14), inside.w, inside.h - top.h - ui_px(u, 14)};
    bool topics = area.w >= ui_px(u, 820) && area.h >= self->manual->n_pages * ui_px(u, TOPIC_LEAST);
    draw_top(self, top, topics);
    if (topics) {
        int w = ui_px(u, TOPICS_W), gap = ui_px(u, 28);
        draw_topics(self, (rect){area.x, area.y, w, area.h});
        area.x += w + gap;
        area.w -= w + gap;
    }
    if (strcmp(u->field.text, self->manual->found) == 0)
        draw_page(self, area);
    else
        draw_finds(self, area);
}
