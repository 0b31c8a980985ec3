/* files_panel.c - the dialogs that ask for a path: a field, places to go to, and the files of a folder with small pictures
 * of its pictures. What is typed behind the last slash is looked for in their names. */
#include "app/texts/texts.h"
#include "panel.h"
#include <math.h>
#include <stdio.h>
#include <time.h>

enum { ROW_H = 44, THUMB = 36, ROWS = 8 /* their group */ };

/* Each gives the name the ending that says so. */
typedef struct kind_button {
    const char *name;
    text_id label, tip;
} kind_button;

static void draw_kind(const app *self, rect *row, const kind_button *kind, int index, bool on, bool possible)
{
    ui *u = self->ui;
    button b = {.name = kind->name,
                .label = texts_get(kind->label),
                .tip = texts_get(kind->tip),
                .on = on,
                .disabled = !possible,
                .act = {.id = ACTION_SAVE_KIND, .index = index}};
    int w = ui_button_width(u, &b);
    ui_button(u, (rect){row->x, row->y, w, row->h}, &b);
    row->x += w + ui_px(u, 8);
}

/* What the drawing can be saved as. */
static void draw_save_kinds(const app *self, rect row)
{
    static const kind_button kinds[SAVE_KINDS] = {
        [SAVE_PICTURE] = {"save.picture", TEXT_FILE_PICTURE, TEXT_FILE_PICTURE_TIP},
        [SAVE_DIGIT] = {"save.28x28", TEXT_FILE_DIGIT, TEXT_FILE_DIGIT_TIP},
        [SAVE_SVG] = {"save.svg", TEXT_FILE_SVG, TEXT_FILE_SVG_TIP},
        [SAVE_STROKES] = {"save.strokes", TEXT_FILE_STROKES, TEXT_FILE_STROKES_TIP},
    };
    save_kind now = save_kind_of(self->ui->field.text);
    for (int i = 0; i < SAVE_KINDS; i++)
        draw_kind(self, &row, &kinds[i], i, now == (save_kind)i, app_can_save(self, (save_kind)i));
}

/* And the model. */
static void draw_export_kinds(const app *self, rect row)
{
    static const kind_button kinds[EXPORT_FORMATS] = {
        [EXPORT_ONNX] = {"export.onnx", TEXT_EXPORT_ONNX, TEXT_EXPORT_ONNX_TIP},
        [EXPORT_KERAS] = {"export.keras", TEXT_EXPORT_KERAS, TEXT_EXPORT_KERAS_TIP},
        [EXPORT_SAFETENSORS] = {"export.safetensors", TEXT_EXPORT_SAFETENSORS, TEXT_EXPORT_SAFETENSORS_TIP},
        [EXPORT_C] = {"export.c", TEXT_EXPORT_C, TEXT_EXPORT_C_TIP},
    };
    export_format now = export_format_of(self->ui->field.text);
    for (int i = 0; i < EXPORT_FORMATS; i++)
        draw_kind(self, &row, &kinds[i], i, now == (export_format)i, true);
}

/* And one's own digits: as strokes a file, as images a folder. */
static void draw_digits_kinds(const app *self, rect row)
{
    static const kind_button kinds[] = {{"digits.strokes", TEXT_FILE_STROKES, TEXT_DIGITS_STROKES_TIP},
                                        {"digits.images", TEXT_DIGITS_IMAGES, TEXT_DIGITS_IMAGES_TIP}};
    bool strokes = save_kind_of(self->ui->field.text) == SAVE_STROKES;
    draw_kind(self, &row, &kinds[0], 0, strokes, true);
    draw_kind(self, &row, &kinds[1], 1, !strokes, true);
}

static void draw_kinds(const app *self, rect row)
{
    self->ui->group = 9;
    if (self->popup == POPUP_SAVE)
        draw_save_kinds(self, row);
    else if (self->popup == POPUP_EXPORT)
        draw_export_kinds(self, row);
    else
        draw_digits_kinds(self, row);
    self->ui->group = 0;
}

/* The folder around, and places: what does not fit is left out. */
static void draw_places(const app *self, rect row)
{
    ui *u = self->ui;
    const app_files *f = &self->files;
    int gap = ui_px(u, 8), end = row.x + row.w;
    button up = {.name = "files.up", .label = texts_get(TEXT_FILE_UP), .tip = texts_get(TEXT_FILE_UP_TIP)};
    up.act.id = ACTION_FILE_UP;
    int w = ui_button_width(u, &up);
    u->group = 10;
    ui_button(u, (rect){row.x, row.y, w, row.h}, &up);
    row.x += w + gap;
    for (int i = 0; i < f->n_places; i++) {
        char name[UI_NAME];
        snprintf(name, sizeof name, "files.place.%d", i + 1);
        button b = {.name = name, .label = paths_last(f->place[i]), .tip = f->place[i]};
        b.act = (action){.id = ACTION_FILE_PLACE, .index = i};
        w = ui_button_width(u, &b);
        if (row.x + w > end)
            continue;
        ui_button(u, (rect){row.x, row.y, w, row.h}, &b);
        row.x += w + gap;
    }
    u->group = 0;
}

static const char *describe_size(ui *u, const folder_entry *e)
{
    if (e->is_folder)
        return texts_get(TEXT_FILE_FOLDER);
    if (e->bytes < 1000 * 1000)
        return ui_say(u, FORMAT_FILE_KB, ceil(1e-3 * (double)e->bytes));
    return ui_say(u, FORMAT_FILE_MB, 1e-6 * (double)e->bytes);
}

static void draw_thumbnail(const app *self, rect r, const unsigned char *grey)
{
    ui *u = self->ui;
    mask_image image = {grey, FOLDER_THUMB, FOLDER_THUMB, FOLDER_THUMB, 0};
    draw_rect(u->list, r, 0, 0xff000000);
    draw_mask(u->list, &image, self->files.version, r, 0xffffffff);
    draw_outline(u->list, r, 0, 1, u->colours->edge);
}

static void draw_row(const app *self, rect r, int i, const folder_entry *e)
{
    ui *u = self->ui;
    char name[UI_NAME], day[16] = "";
    time_t modified = (time_t)e->modified;
    struct tm when;
    snprintf(name, sizeof name, "files.row.%d", i + 1);
    button b = {.name = name, .style = BUTTON_ITEM, .act = {.id = ACTION_FILE_ROW, .index = i}};
    b.tip = texts_get(e->is_folder ? TEXT_FILE_FOLDER_TIP : TEXT_FILE_ROW_TIP);
    ui_button(u, r, &b);
    int pad = ui_px(u, 8), side = ui_px(u, THUMB), right = ui_px(u, r.w > ui_px(u, 420) ? 200 : 90);
    const unsigned char *grey = folder_job_thumbnail(self->files.job, i);
    if (grey)
        draw_thumbnail(self, (rect){r.x + pad, r.y + (r.h - side) / 2, side, side}, grey);
    else if (e->is_folder)
        draw_icon(u->list, ICON_MENU, r.x + pad + side / 4, r.y + (r.h - side / 2) / 2, side / 2, u->colours->muted);
    if (localtime_r(&modified, &when))
        strftime(day, sizeof day, "%Y-%m-%d", &when);
    font f = ui_font(u, 15, e->is_folder ? FONT_BOLD : FONT_REGULAR), small = ui_font(u, 13, FONT_REGULAR);
    rect words = {r.x + 2 * pad + side, r.y, r.w - 4 * pad - side - right, r.h};
    ui_label(u, words, e->name, f, u->colours->text, ALIGN_LEFT);
    rect size = {r.x + r.w - right, r.y, ui_px(u, 80), r.h};
    ui_label(u, size, describe_size(u, e), small, u->colours->muted, ALIGN_RIGHT);
    if (right > ui_px(u, 90))
        ui_label(u, (rect){r.x + r.w - ui_px(u, 110), r.y, ui_px(u, 100), r.h}, day, small, u->colours->muted,
                 ALIGN_RIGHT);
}

static void draw_words(const app *self, rect area, const char *words, bool problem)
{
    ui *u = self->ui;
    ui_paragraph(u, area, words, ui_font(u, 14, FONT_REGULAR), problem ? u->colours->warning : u->colours->muted, true);
}

static void draw_rows(const app *self, rect area, const folder_listing *list)
{
    ui *u = self->ui;
    int count = 0, row = ui_px(u, ROW_H);
    for (int i = 0; i < list->count; i++)
        count += app_lists_file(self, &list->entry[i]);
    if (count == 0) {
        draw_words(self, area, texts_get(list->count == 0 ? TEXT_FILE_EMPTY : TEXT_FILE_NONE), false);
        return;
    }
    rect clip = ui_scroll_begin(u, area, count * row);
    int y = area.y - u->scroll;
    u->group = ROWS;
    for (int i = 0; i < list->count; i++)
        if (app_lists_file(self, &list->entry[i])) {
            draw_row(self, (rect){area.x, y, area.w - ui_px(u, 8), row}, i, &list->entry[i]);
            y += row;
        }
    u->group = 0;
    ui_scroll_end(u, clip);
}

static void draw_list_of_files(const app *self, rect area)
{
    const nn_error *problem = NULL;
    const folder_listing *list = self->files.job ? folder_job_list(self->files.job, &problem) : NULL;
    if (!list)
        draw_words(self, area, texts_get(TEXT_FILE_LOOKING), false);
    else if (!problem)
        draw_rows(self, area, list);
    else if (!*self->problem) /* else one stands below, and says as much */
        draw_words(self, area, problem->text, true);
}

void files_dialog(const app *self, rect window)
{
    static const struct {
        text_id heading, accept, words;
    } kinds[] = {[POPUP_OPEN] = {TEXT_FILE_OPEN, TEXT_FILE_DO_OPEN, TEXT_FILE_OPEN_WORDS},
                 [POPUP_SAVE] = {TEXT_FILE_SAVE, TEXT_FILE_DO_SAVE, TEXT_FILE_SAVE_WORDS},
                 [POPUP_EXPORT] = {TEXT_EXPORT, TEXT_FILE_DO_SAVE, TEXT_EXPORT},
                 [POPUP_DIGITS_IMPORT] = {TEXT_DIGITS_IMPORT_HEADING, TEXT_DIGITS_DO_IMPORT, TEXT_DIGITS_IMPORT_WORDS},
                 [POPUP_DIGITS_EXPORT] = {TEXT_DIGITS_EXPORT_HEADING, TEXT_FILE_DO_SAVE, TEXT_DIGITS_EXPORT_WORDS},
                 [POPUP_FOLDER] = {TEXT_TRAIN_FOLDER_HEADING, TEXT_TRAIN_USE_FOLDER, TEXT_TRAIN_FOLDER_WORDS},
                 [POPUP_TEST_FOLDER] = {TEXT_TEST_FOLDER_HEADING, TEXT_TRAIN_USE_FOLDER, TEXT_TEST_FOLDER_WORDS},
                 [POPUP_REPORT] = {TEXT_TEST_REPORT_HEADING, TEXT_FILE_DO_SAVE, TEXT_TEST_REPORT_WORDS}};
    ui *u = self->ui;
    popup which = self->popup;
    bool has_kinds = app_names_file(self) && which != POPUP_REPORT, problem = self->problem[0] != '\0';
    rect inside = panel_card(self, window, ui_px(u, 720), ui_px(u, 660));
    panel_heading(self, &inside, texts_get(kinds[which].heading));
    rect field = {inside.x, inside.y + ui_px(u, 4), inside.w, ui_px(u, 40)};
    ui_text_field(u, field, "path", ROWS);
    ui_explain(u, texts_get(TEXT_FILE_PATH_TIP));
    if (!*u->field.text)
        ui_label(u, rect_inset(field, ui_px(u, 12)), self->files.folder, ui_font(u, 15, FONT_REGULAR),
                 u->colours->muted, ALIGN_LEFT);
    const char *label = texts_get(*self->replace ? TEXT_FILE_DO_REPLACE : kinds[which].accept);
    panel_buttons(self, &inside, texts_get(TEXT_BUTTON_CANCEL), "accept", label, ACTION_ACCEPT);
    int gap = ui_px(u, 10), row = ui_px(u, 34), y = field.y + field.h + gap;
    if (has_kinds) {
        draw_kinds(self, (rect){inside.x, y, inside.w, row});
        y += row + gap;
    }
    draw_places(self, (rect){inside.x, y, inside.w, row});
    y += row + gap;
    const char *words = problem                 ? self->problem
                        : self->at_work         ? texts_get(TEXT_FILE_AT_WORK)
                        : which == POPUP_EXPORT ? ui_say(u, FORMAT_EXPORT_WORDS, app_reader_name(self))
                                                : texts_get(kinds[which].words);
    font f = ui_font(u, 14, FONT_REGULAR);
    int high = ui_paragraph(u, (rect){0, 0, inside.w, 0}, words, f, 0, false), end = inside.y + inside.h;
    draw_words(self, (rect){inside.x, end - high, inside.w, high}, words, problem);
    draw_list_of_files(self, (rect){inside.x, y, inside.w, end - high - gap - y});
}
