/* learn_view.c - the view in which a network learns: images, network and course as three columns side by side, or where
 * they have no room as three pages; below them what is asked for, and what is read on the canvas meanwhile. */
#include "app/texts/texts.h"
#include "panel.h"

static const struct {
    text_id title, tip;
    const char *name;
    int share; /* of the width, in hundredths */
    int (*least)(const app *self, int w);
    void (*draw)(const app *self, rect area);
    int (*page_least)(const app *self, int w);
    void (*page)(const app *self, rect area); /* the same, alone */
} columns[LEARN_PAGES] = {
    [LEARN_IMAGES] = {TEXT_TRAIN_IMAGES, TEXT_LEARN_IMAGES_TIP, "learn.images", 30, learn_images_least, learn_images,
                      learn_images_page_least, learn_images},
    [LEARN_NETWORK] = {TEXT_TRAIN_NETWORK, TEXT_LEARN_NETWORK_TIP, "learn.network", 30, learn_network_least,
                       learn_network, learn_network_least, learn_network},
    [LEARN_COURSE] = {TEXT_LEARN_COURSE, TEXT_LEARN_COURSE_TIP, "learn.course", 40, learn_course_least, learn_course,
                      learn_course_least, learn_course_page},
};

enum {
    LEAST_WIDTH = 416,
    HEADING = 38,
    HEAD_BUTTON = 32,
    PAGE = 32,
    PAGE_GAP = 8,
    GAP = 18,
    COMPACT = 72,
    ANSWER = 38,
    FOLDED = 220,
    SPACE = 12
};

/* ---- columns ----------------------------------------------------------------------------------------------------- */

static rect column_of(const ui *u, rect area, int i)
{
    int gap = ui_px(u, GAP), room = area.w - (LEARN_PAGES - 1) * gap, x = area.x;
    for (int k = 0; k < i; k++)
        x += room * columns[k].share / 100 + gap;
    return (rect){x, area.y, room * columns[i].share / 100, area.h};
}

/* Images go into the network, and from there comes what it has learned. */
static void draw_arrow(const ui *u, rect gap)
{
    float width = 1.6f * u->scale, x = (float)gap.x + 0.4f * (float)gap.w, y = (float)gap.y + 0.5f * (float)gap.h;
    float reach = 0.25f * (float)gap.w, head = 0.14f * (float)gap.w;
    draw_line(u->list, &(shape_line){x - reach, y, width, x + reach, y, width}, u->colours->muted);
    draw_line(u->list, &(shape_line){x + reach - head, y - head, width, x + reach, y, width}, u->colours->muted);
    draw_line(u->list, &(shape_line){x + reach - head, y + head, width, x + reach, y, width}, u->colours->muted);
}

/* What belongs to a column as a whole stands beside its title; course: the page of help with what is really computed. */
static button button_beside(const app *self, int column)
{
    switch ((learn_page)column) {
    case LEARN_IMAGES:
        return (button){.name = "train.augment",
                        .label = texts_get(TEXT_LEARN_VARY),
                        .tip = texts_get(TEXT_TRAIN_VARY_TIP),
                        .style = BUTTON_SMALL,
                        .on = self->settings.train_augment,
                        .disabled = self->training.job != NULL,
                        .act = {.id = ACTION_TRAIN_AUGMENT}};
    case LEARN_NETWORK:
        return (button){.name = "learn.change",
                        .label = texts_get(TEXT_LEARN_CHANGE),
                        .tip = texts_get(TEXT_LEARN_CHANGE_TIP),
                        .style = BUTTON_SMALL,
                        .disabled = self->training.job || !self->learn.plan,
                        .act = {.id = ACTION_NET_CHANGE}};
    default: break;
    }
    return (button){.name = "learn.formulas",
                    .label = texts_get(TEXT_LEARN_FORMULAS),
                    .tip = texts_get(TEXT_LEARN_FORMULAS_TIP),
                    .style = BUTTON_SMALL,
                    .act = {.id = ACTION_LEARN_FORMULAS}};
}

/* At the right of a row, as wide as is comfortable where that much is free beside the title. */
static int beside_width(ui *u, int row_w, int free, const button *b)
{
    int w = ui_button_width(u, b), easy = ui_px(u, PANEL_EASY), most = row_w * 3 / 5;
    easy = easy < free ? easy : free;
    w = w < easy ? easy : w;
    return w < most ? w : most;
}

static int draw_beside_title(const app *self, rect row, int free, int column)
{
    button b = button_beside(self, column);
    int w = beside_width(self->ui, row.w, free, &b);
    ui_button(self->ui, (rect){row.x + row.w - w, row.y, w, row.h}, &b);
    return w;
}

/* What a title leaves of its column for the button. */
static int free_beside(ui *u, int w, int column)
{
    return w - text_width(u->text, ui_font(u, 15, FONT_BOLD), texts_get(columns[column].title)) - 2 * ui_px(u, 4);
}

/* The same for all titles: that of the one with the least room. */
static font title_font(const app *self, rect area)
{
    ui *u = self->ui;
    font least = ui_font(u, 15, FONT_BOLD);
    for (int i = 0; i < LEARN_PAGES; i++) {
        button b = button_beside(self, i);
        int w = column_of(u, area, i).w, room = w - beside_width(u, w, free_beside(u, w, i), &b) - ui_px(u, 4);
        font f = panel_fit(self, texts_get(columns[i].title), least, room);
        least = f.px < least.px ? f : least;
    }
    return least;
}

static void draw_column(const app *self, rect area, int i, font f)
{
    ui *u = self->ui;
    int heading = ui_px(u, HEADING), gap = ui_px(u, GAP);
    rect line = {area.x, area.y, area.w, ui_px(u, HEAD_BUTTON)};
    line.w -= draw_beside_title(self, line, free_beside(u, line.w, i), i) + ui_px(u, 4);
    ui_label(u, line, texts_get(columns[i].title), f, u->colours->text, ALIGN_LEFT);
    if (i + 1 < LEARN_PAGES)
        draw_arrow(u, (rect){area.x + area.w, area.y, gap, line.h});
    columns[i].draw(self, (rect){area.x, area.y + heading, area.w, area.h - heading});
}

static bool have_room(const app *self, rect area)
{
    ui *u = self->ui;
    if (area.w < ui_px(u, LEAST_WIDTH))
        return false;
    for (int i = 0; i < LEARN_PAGES; i++)
        if (ui_px(u, HEADING) + columns[i].least(self, column_of(u, area, i).w) > area.h)
            return false;
    return true;
}

static void draw_columns(const app *self, rect area)
{
    font f = title_font(self, area);
    for (int i = 0; i < LEARN_PAGES; i++)
        draw_column(self, column_of(self->ui, area, i), i, f);
}

/* ---- pages ------------------------------------------------------------------------------------------------------- */

static void draw_tabs(const app *self, rect row)
{
    ui *u = self->ui;
    int gap = ui_px(u, 6);
    row.w -= draw_beside_title(self, row, row.w / (LEARN_PAGES + 1), (int)self->learn.page) + gap;
    for (int i = 0; i < LEARN_PAGES; i++) {
        int left = (row.w + gap) * i / LEARN_PAGES, right = (row.w + gap) * (i + 1) / LEARN_PAGES - gap;
        button b = {.name = columns[i].name,
                    .label = texts_get(columns[i].title),
                    .tip = texts_get(columns[i].tip),
                    .style = BUTTON_TAB,
                    .on = self->learn.page == (learn_page)i,
                    .act = {.id = ACTION_LEARN_PAGE, .index = i}};
        ui_button(u, (rect){row.x + left, row.y, right - left, row.h}, &b);
    }
}

/* What is higher than the page scrolls. */
static void draw_page(const app *self, rect area, int page)
{
    ui *u = self->ui;
    int rim = ui_px(u, 4), bar = ui_px(u, 8); /* a rim for the focus ring */
    int high = columns[page].page_least(self, area.w);
    if (high <= area.h) {
        columns[page].page(self, area);
        return;
    }
    area.w -= bar;
    high = columns[page].page_least(self, area.w);
    rect view = {area.x - rim, area.y - rim, area.w + bar + 2 * rim, area.h + 2 * rim};
    rect clip = ui_scroll_begin(u, view, high + 2 * rim);
    columns[page].page(self, (rect){area.x, area.y - u->scroll, area.w, high});
    ui_scroll_end(u, clip);
}

static void draw_pages(const app *self, rect area)
{
    ui *u = self->ui;
    int tabs = ui_px(u, PAGE), gap = ui_px(u, PAGE_GAP);
    draw_tabs(self, (rect){area.x, area.y, area.w, tabs});
    draw_page(self, (rect){area.x, area.y + tabs + gap, area.w, area.h - tabs - gap}, (int)self->learn.page);
}

/* ---- together ---------------------------------------------------------------------------------------------------- */

/* Where the course of a training has no room below the tabs, it takes their place: until it is decided, nothing can be
 * changed on the other pages. */
static bool folds(const app *self, rect area)
{
    int tabs = ui_px(self->ui, PAGE + PAGE_GAP);
    return self->training.job && learn_course_least(self, area.w) > area.h - tabs;
}

typedef struct places {
    rect top, foot, compact;
} places;

/* The answer is at the foot of the view, `high` pixels, or below the canvas where a small window leaves room there. */
static places place(const app *self, rect area, int high)
{
    const ui *u = self->ui;
    const rect *canvas = &self->canvas;
    int space = ui_px(u, SPACE), foot = learn_foot_height(self, area.w);
    int end = area.y + area.h, under = canvas->y + canvas->h + space, room = end - under;
    places p = {.compact = {canvas->x, under, canvas->w, room < high ? room : high}};
    if (canvas->x + canvas->w > area.x || room < ui_px(u, COMPACT)) {
        p.compact = (rect){area.x, end - high, area.w, high};
        end -= high + space;
    }
    p.foot = (rect){area.x, end - foot, area.w, foot};
    p.top = (rect){area.x, area.y, area.w, p.foot.y - ui_px(u, 8) - area.y};
    return p;
}

void train_view(const app *self, rect area)
{
    ui *u = self->ui;
    int least = ui_px(u, COMPACT);
    places p = place(self, area, area.h / 6 > least ? area.h / 6 : least);
    bool beside = have_room(self, p.top), folded = !beside && folds(self, p.top);
    if (!beside && p.compact.x == area.x && p.top.h < ui_px(u, FOLDED))
        p = place(self, area, ui_px(u, ANSWER));
    compact_panel(self, p.compact);
    u->group = 6;
    (beside ? draw_columns : folded ? learn_course_folded : draw_pages)(self, p.top);
    learn_foot(self, p.foot);
}
