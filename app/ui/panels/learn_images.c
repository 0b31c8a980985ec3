/* learn_images.c - what a network learns from: which images, how many each class has, and what they look like. */
#include "app/texts/texts.h"
#include "panel.h"

enum { CHOICE = 38, GAP = 8, ROW = 30, LEAST_ROW = 16, LEAST_ROWS = 10, SWITCH = 34 };

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

static void draw_sample(const app *self, const data_sheet *sheet, int class, int i, rect r)
{
    const unsigned char *pixels = data_sheet_image(sheet, class, i);
    mask_image image = {pixels, sheet->side, sheet->side, sheet->side, 0};
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
        draw_sample(self, sheet, class, i, (rect){r.x + label_w + i * (side + gap), r.y, side, side});
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
                 ui_say(u, FORMAT_LEARN_MORE_CLASSES, sheet->classes - shown), panel_small_font(u), u->colours->muted,
                 ALIGN_LEFT);
}

/* ---- the column -------------------------------------------------------------------------------------------------- */

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
    if (l->sheet.repeated > 0)
        return ui_say(self->ui, FORMAT_LEARN_COUNTS_REPEATED, l->sheet.count, l->sheet.repeated, l->sheet.set_aside);
    return ui_say(self->ui, FORMAT_LEARN_COUNTS, l->sheet.count, l->sheet.set_aside);
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

int learn_images_least(const app *self, int w)
{
    ui *u = self->ui;
    return ui_px(u, CHOICE + GAP) + rows_least(self) + ui_px(u, GAP) + words_height(self, w) + ui_px(u, SWITCH) + 2;
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
    draw_own(self, (rect){left.x, left.y, left.w, line});
}
