/* learn_images.c - what a network learns from: which images, how many each class has, what they look like,
 * and which labels are likely wrong. */
#include "app/texts/texts.h"
#include "panel.h"
#include <stdio.h>

enum { CHOICE = 38, GAP = 8, ROW = 30, LEAST_ROW = 16, LEAST_ROWS = 10, SWITCH = 34, DOUBT = 28, DOUBT_ROWS = 4 };

/* What the images are called, in a word. */
static const char *name_data(const app *self)
{
    const train_job *past = self->training.past ? self->training.job : NULL;
    switch (past ? train_job_request(past)->data : self->settings.train_data) {
    case TRAIN_SYNTHETIC:
    case TRAIN_CHOICES: break;
    case TRAIN_MNIST: return texts_get(TEXT_TRAIN_MNIST);
    case TRAIN_KEPT: return texts_get(TEXT_LEARN_KEPT);
    case TRAIN_PATH: return past ? texts_get(TEXT_LEARN_ON_OTHERS) : paths_last(self->training.path);
    }
    return texts_get(TEXT_LEARN_MADE_UP);
}

static void draw_choice(const app *self, rect row)
{
    button images = {.name = "train.data",
                     .label = name_data(self),
                     .icon = ICON_CHEVRON,
                     .tip = texts_get(TEXT_TRAIN_IMAGES_TIP),
                     .style = BUTTON_SMALL,
                     .disabled = self->training.job != NULL,
                     .act = {.id = ACTION_TRAIN_DATA}};
    ui_button(self->ui, row, &images);
}

/* ---- the sheet --------------------------------------------------------------------------------------------------- */

static int shown_classes(const data_sheet *sheet, int room, int row)
{
    int rows = row > 0 ? room / row : 0;
    return sheet->classes <= rows ? sheet->classes : rows > 1 ? rows - 1 : 0;
}

static void draw_sample(const app *self, const unsigned char *pixels, rect r)
{
    int side = self->learn.sheet.side;
    mask_image image = {pixels, side, side, side, 0};
    draw_rect(self->ui->list, r, 0, 0xff000000);
    draw_mask(self->ui->list, &image, self->learn.version, r, 0xffffffff);
}

/* Its name, some of its images, how many there are. */
static void draw_class(const app *self, const data_sheet *sheet, int class, rect r, int label_w, int count_w)
{
    ui *u = self->ui;
    int side = r.h - ui_px(u, 3), gap = ui_px(u, 3), room = r.w - label_w - count_w;
    int most = side > 0 ? room / (side + gap) : 0;
    int count = sheet->of_class[class] < DATA_SHEET_EACH ? sheet->of_class[class] : DATA_SHEET_EACH;
    font f = ui_font(u, 13, FONT_BOLD), small = panel_small_font(u);
    ui_label(u, (rect){r.x, r.y, label_w - gap, side}, sheet->label[class], f, u->colours->text, ALIGN_LEFT);
    for (int i = 0; i < count && i < most; i++)
        draw_sample(self, data_sheet_image(sheet, class, i), (rect){r.x + label_w + i * (side + gap), r.y, side, side});
    ui_label(u, (rect){r.x + r.w - count_w, r.y, count_w, side}, ui_say(u, FORMAT_NUMBER_WHOLE, sheet->of_class[class]),
             small, u->colours->muted, ALIGN_RIGHT);
}

static void draw_sheet(const app *self, rect area)
{
    ui *u = self->ui;
    const data_sheet *sheet = &self->learn.sheet;
    int row = area.h / sheet->classes, most = ui_px(u, ROW), least = ui_px(u, LEAST_ROW);
    row = row > most ? most : row < least ? least : row;
    int shown = shown_classes(sheet, area.h, row), label_w = 0, count_w = 0;
    ui_area(u, area, "learn.sheet", ELEMENT_SHOWN);
    ui_explain(u, texts_get(TEXT_LEARN_SHEET_TIP));
    for (int i = 0; i < shown; i++) {
        label_w = panel_column(u, label_w, sheet->label[i], ui_font(u, 13, FONT_BOLD), area.w / 3);
        count_w = panel_column(u, count_w, ui_say(u, FORMAT_NUMBER_WHOLE, sheet->of_class[i]), panel_small_font(u),
                               area.w / 3);
    }
    for (int i = 0; i < shown; i++)
        draw_class(self, sheet, i, (rect){area.x, area.y + i * row, area.w, row}, label_w, count_w);
    if (shown < sheet->classes)
        ui_label(u, (rect){area.x, area.y + shown * row, area.w, row},
                 ui_say(u, PLURAL_LEARN_MORE_CLASSES(sheet->classes - shown), sheet->classes - shown),
                 panel_small_font(u), u->colours->muted, ALIGN_LEFT);
}

/* ---- labels that are likely wrong -------------------------------------------------------------------------------- */

/* How many there are, or why nothing is known of them; "": they are not asked for. */
static const char *doubts_words(const app *self)
{
    const app_learn *l = &self->learn;
    if (app_shown_moment(self) >= 0 || app_lacks_images(self))
        return "";
    if (app_looks_for_doubts(self))
        return texts_get(TEXT_LEARN_DOUBTING);
    if (!l->doubts)
        return l->no_doubts;
    return l->doubts->known ? ui_say(self->ui, FORMAT_TEST_DOUBTED, l->doubts->n_doubted)
                            : texts_get(TEXT_LEARN_NO_DOUBTS);
}

static int n_doubts(const app *self)
{
    return *doubts_words(self) && self->learn.doubts ? self->learn.doubts->n_listed : 0;
}

/* In full, as what it is about tells it, or in short where there is little room. */
static const char *doubt_words(const app *self, int i, bool full)
{
    const doubt *d = &self->learn.doubts->list[i];
    const char *label = self->learn.sheet.label[d->label], *read = self->learn.sheet.label[d->read];
    return full ? ui_say(self->ui, FORMAT_LEARN_DOUBT, label, read, panel_percent(self->ui, d->confidence))
                : ui_say(self->ui, FORMAT_TEST_READ_AS, label, read);
}

/* Of one in full: the surest is as good as any, and its percentage the longest. */
static int doubt_width(const app *self)
{
    ui *u = self->ui;
    int words = n_doubts(self) > 0 ? text_width(u->text, panel_small_font(u), doubt_words(self, 0, true)) : 0;
    return ui_px(u, DOUBT + 2 * GAP) + words;
}

static int doubt_columns(const app *self, int w)
{
    int columns = w / doubt_width(self);
    return columns > 0 ? columns : 1;
}

static int doubts_words_height(const app *self, int w)
{
    ui *u = self->ui;
    const char *words = doubts_words(self);
    return *words ? ui_paragraph(u, (rect){0, 0, w, 0}, words, panel_small_font(u), 0, false) + ui_px(u, GAP) / 2 : 0;
}

/* Of so many rows, or as many as there are. */
static int doubts_height(const app *self, int w, int rows)
{
    ui *u = self->ui;
    int columns = doubt_columns(self, w), all = (n_doubts(self) + columns - 1) / columns;
    rows = rows < all ? rows : all;
    return doubts_words_height(self, w) + (rows > 0 ? rows * ui_px(u, DOUBT) + ui_px(u, GAP) : 0);
}

/* Of `room`, which they have together with the sheet: what that does not need, nothing where not even the words fit. */
static int doubts_share(const app *self, int w, int room, int sheet)
{
    int least = doubts_words_height(self, w), most = doubts_height(self, w, DOUBT_ROWS);
    return room - sheet < least ? 0 : room - sheet < most ? room - sheet : most;
}

static void draw_doubt(const app *self, int i, rect r)
{
    ui *u = self->ui;
    int side = r.h - ui_px(u, 3), gap = ui_px(u, GAP);
    rect words = {r.x + side + gap, r.y, r.w - side - 2 * gap, side};
    char name[UI_NAME];
    snprintf(name, sizeof name, "learn.doubt.%d", i);
    button b = {.name = name,
                .tip = ui_say(u, FORMAT_LEARN_DOUBT_TIP, self->learn.doubts->list[i].image, doubt_words(self, i, true)),
                .on = app_learn_shows(self) == i,
                .act = {.id = ACTION_LEARN_DOUBT, .index = i}};
    ui_button(u, (rect){r.x, r.y, r.w - gap, side}, &b);
    draw_sample(self, doubts_job_image(self->learn.doubting, i), (rect){r.x, r.y, side, side});
    ui_label(u, words, doubt_words(self, i, doubt_width(self) <= r.w), panel_small_font(u),
             b.on ? u->colours->on_accent : u->colours->text, ALIGN_LEFT);
}

/* Those that have room over the button, in as many columns as have. */
static void draw_doubts(const app *self, rect *left)
{
    ui *u = self->ui;
    const char *words = doubts_words(self);
    int high = doubts_words_height(self, left->w), row = ui_px(u, DOUBT), columns = doubt_columns(self, left->w);
    int room = left->h - ui_px(u, SWITCH), rows = (room - high - ui_px(u, GAP)) / row,
        n = rows > 0 ? rows * columns : 0;
    if (!*words || room < high)
        return;
    n = n < n_doubts(self) ? n : n_doubts(self);
    ui_area(u, (rect){left->x, left->y, left->w, high}, "learn.doubts", ELEMENT_SHOWN);
    ui_explain(u, texts_get(TEXT_LEARN_DOUBTS_TIP));
    ui_paragraph(u, *left, words, panel_small_font(u), *self->learn.no_doubts ? u->colours->warning : u->colours->muted,
                 true);
    left->y += high;
    for (int i = 0, w = left->w / columns; i < n; i++)
        draw_doubt(self, i, (rect){left->x + i % columns * w, left->y + i / columns * row, w, row});
    left->y += n > 0 ? (n + columns - 1) / columns * row + ui_px(u, GAP) : 0;
}

/* ---- the column -------------------------------------------------------------------------------------------------- */

static const char *count_words(const app *self, const data_sheet *sheet)
{
    ui *u = self->ui;
    const char *all = sheet->repeated > 0
                          ? ui_say(u, FORMAT_LEARN_COUNTS_REPEATED, sheet->count, sheet->repeated, sheet->set_aside)
                          : ui_say(u, PLURAL_LEARN_COUNTS(sheet->count), sheet->count, sheet->set_aside);
    return sheet->leaked > 0 ? ui_say(u, FORMAT_LEARN_LEAKED, all, sheet->leaked, sheet->tested) : all;
}

/* How many there are, or why there are none; while a network learns, what the matrix in the sheet's place is of. */
static const char *sheet_words(const app *self)
{
    const app_learn *l = &self->learn;
    if (app_shown_moment(self) >= 0)
        return learn_matrix_words(self);
    if (app_lacks_images(self))
        return texts_get(TEXT_TRAIN_MNIST_WORDS);
    if (*l->no_images)
        return l->no_images;
    if (l->sheet.count == 0)
        return texts_get(TEXT_TRAIN_READING);
    return count_words(self, &l->sheet);
}

/* What was done with the images, that they were turned upright say; "": nothing. */
static const char *note_words(const app *self)
{
    return app_shown_moment(self) < 0 && self->learn.sheet.count > 0 ? self->learn.sheet.note : "";
}

static int words_height(const app *self, int w)
{
    const char *note = note_words(self);
    return panel_paragraph_height(self->ui, w, sheet_words(self)) +
           (*note ? panel_paragraph_height(self->ui, w, note) : 0);
}

static void draw_own(const app *self, rect row)
{
    button own = panel_button(self, ACTION_DIGITS, ICON_NONE, texts_get(TEXT_ACTION_DIGITS));
    own.style = BUTTON_SMALL;
    ui_button(self->ui, row, &own);
}

static int rows_least(const app *self)
{
    const data_sheet *sheet = &self->learn.sheet;
    if (app_shown_moment(self) >= 0)
        return ui_px(self->ui, LEAST_ROWS * LEAST_ROW);
    bool none = app_lacks_images(self) || *self->learn.no_images;
    int rows = none ? 0 : sheet->count == 0 || sheet->classes > LEAST_ROWS ? LEAST_ROWS : sheet->classes;
    return rows * ui_px(self->ui, LEAST_ROW);
}

/* Without doubted labels: they are known late, and columns shall not become pages by themselves. */
int learn_images_least(const app *self, int w)
{
    ui *u = self->ui;
    return ui_px(u, CHOICE + GAP) + rows_least(self) + ui_px(u, GAP) + words_height(self, w) + ui_px(u, SWITCH) + 2;
}

int learn_images_page_least(const app *self, int w)
{
    return learn_images_least(self, w) + doubts_height(self, w, DOUBT_ROWS);
}

void learn_images(const app *self, rect left)
{
    ui *u = self->ui;
    const app_learn *l = &self->learn;
    const char *words = sheet_words(self);
    int line = ui_px(u, SWITCH), gap = ui_px(u, GAP);
    int below = words_height(self, left.w) + line;
    draw_choice(self, panel_take_row(u, &left, CHOICE, GAP));
    int room = left.h - below - gap, most = l->sheet.classes * ui_px(u, ROW);
    room -= doubts_share(self, left.w, room, rows_least(self));
    if (app_shown_moment(self) >= 0 && room > 0) {
        rect matrix = {left.x, left.y, left.w, learn_matrix(self, (rect){left.x, left.y, left.w, room})};
        left.y += matrix.h + gap;
        left.h -= matrix.h + gap;
    } else if (l->sheet.count > 0 && !app_lacks_images(self) && room > 0) {
        rect sheet = {left.x, left.y, left.w, room < most ? room : most};
        draw_sheet(self, sheet);
        left.y += sheet.h + gap;
        left.h -= sheet.h + gap;
    }
    bool none = *l->no_images && app_shown_moment(self) < 0;
    if (none) {
        ui_area(u, (rect){left.x, left.y, left.w, below - line}, "learn.no_images", ELEMENT_SHOWN);
        ui_explain(u, l->no_images);
    }
    panel_paragraph(u, &left, words, none ? u->colours->warning : u->colours->muted);
    const char *note = note_words(self);
    if (*note) {
        ui_area(u, (rect){left.x, left.y, left.w, panel_paragraph_height(u, left.w, note)}, "learn.note",
                ELEMENT_SHOWN);
        panel_paragraph(u, &left, note, u->colours->text);
    }
    draw_doubts(self, &left);
    draw_own(self, (rect){left.x, left.y, left.w, line});
}
