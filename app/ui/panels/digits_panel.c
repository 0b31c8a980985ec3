/* digits_panel.c - the page of a person's own digits: small pictures in rows, which of them are shown, what can be done with
 * those that are chosen; and the question whose they are. Only the rows in sight are declared, so that thousands cost no more than
 * a screenful. */
#include "app/texts/texts.h"
#include "panel.h"
#include <stdio.h>
#include <string.h>

enum {
    CELL_W = 84,
    CELL_H = 100,
    GAP = 8,
    LINE = 34,
    FOOT = 40, /* units of the layout */
    FILTERS = 11,
    CELLS,
    ANSWERS,
    FEET, /* groups */
    MOST_ANSWERS = 12
};

/* ---- buttons that go on in another line where they have no room --------------------------------------------------- */

/* How wide each is: none too narrow for a finger. */
static int width_of(ui *u, rect area, const button *b, int line)
{
    int w = ui_button_width(u, b);
    return w < line ? line : w < area.w ? w : area.w;
}

/* The main one, the last, stands at the right end. Where not all have room in one line, those from `second` on begin a new
 * one. Returns the height of all lines. */
static int put_buttons(ui *u, rect area, const button *buttons, int count, int second, int line, bool draw)
{
    int gap = ui_px(u, GAP), x = 0, y = 0, all = -gap;
    for (int i = 0; i < count; i++)
        all += width_of(u, area, &buttons[i], line) + gap;
    for (int i = 0; i < count; i++) {
        int w = width_of(u, area, &buttons[i], line);
        if (x > 0 && (x + w > area.w || (i == second && all > area.w))) {
            x = 0;
            y += line + gap;
        }
        if (buttons[i].style == BUTTON_MAIN)
            x = area.w - w;
        if (draw)
            ui_button(u, (rect){area.x + x, area.y + y, w, line}, &buttons[i]);
        x += w + gap;
    }
    return y + line;
}

static button plain(const char *name, const char *label, text_id tip, action act)
{
    return (button){.name = name, .label = label, .tip = texts_get(tip), .act = act};
}

/* ---- above the pictures ------------------------------------------------------------------------------------------ */

static const char *writer_name(const char *writer)
{
    return *writer ? writer : texts_get(TEXT_DIGITS_NOBODY);
}

static int list_filters(const app *self, button out[3])
{
    ui *u = self->ui;
    const app_digits *d = &self->digits;
    const char *label = d->by_label ? ui_say(u, FORMAT_DIGITS_ONLY, d->label) : texts_get(TEXT_DIGITS_ALL_LABELS);
    const char *writer =
        d->by_writer ? ui_say(u, FORMAT_DIGITS_OF, writer_name(d->writer)) : texts_get(TEXT_DIGITS_ALL_WRITERS);
    bool all = d->n_chosen > 0 && d->n_chosen == d->n_shown;
    out[0] = plain("digits.labels", label, TEXT_DIGITS_LABELS_TIP, (action){ACTION_DIGITS_LIST, DIGITS_LABELS, 0});
    out[1] = plain("digits.writers", writer, TEXT_DIGITS_WRITERS_TIP, (action){ACTION_DIGITS_LIST, DIGITS_WRITERS, 0});
    out[2] = plain("digits.all", texts_get(all ? TEXT_DIGITS_NONE : TEXT_DIGITS_ALL), TEXT_DIGITS_ALL_TIP,
                   (action){.id = ACTION_DIGITS_ALL});
    out[0].icon = out[1].icon = ICON_CHEVRON;
    out[2].disabled = d->n_shown == 0;
    return 3;
}

/* The heading, and beside it what is shown. */
static void draw_head(const app *self, rect *inside)
{
    ui *u = self->ui;
    button filters[3];
    int count = list_filters(self, filters), line = ui_px(u, LINE), gap = ui_px(u, GAP);
    font f = ui_font(u, 22, FONT_BOLD);
    const char *words = texts_get(TEXT_DIGITS_HEADING);
    int w = text_width(u->text, f, words), taken = w + 2 * gap;
    rect beside = {inside->x + taken, inside->y, inside->w - taken, line};
    ui_label(u, (rect){inside->x, inside->y, w, line}, words, f, u->colours->text, ALIGN_LEFT);
    u->group = FILTERS;
    int high = put_buttons(u, beside, filters, count, count, line, true) + gap;
    inside->y += high;
    inside->h -= high;
}

/* ---- below them --------------------------------------------------------------------------------------------------- */

/* What can be done with those that are chosen. */
typedef struct answers {
    button button[MOST_ANSWERS + 3];
    char name[MOST_ANSWERS][UI_NAME];
    int count, classes; /* which come first */
} answers;

static void add_answer(answers *a, const char *name, const char *label, text_id tip, action act, bool possible)
{
    button b = plain(name, label, tip, act);
    b.style = BUTTON_SMALL;
    b.disabled = !possible;
    a->button[a->count++] = b;
}

static void list_answers(const app *self, answers *a)
{
    const nn_model *model = app_model(self);
    int n = model ? model->n_labels : 0, chosen = self->digits.n_chosen;
    a->count = 0;
    for (int i = 0; i < n && n <= MOST_ANSWERS; i++) {
        snprintf(a->name[i], UI_NAME, "digits.as.%s", model->label[i]);
        add_answer(a, a->name[i], model->label[i], TEXT_DIGITS_ANSWER_TIP, (action){ACTION_DIGITS_ANSWER, i, 0},
                   chosen > 0);
    }
    if (n > MOST_ANSWERS)
        add_answer(a, "digits.answers", texts_get(TEXT_DIGITS_ANSWERS), TEXT_DIGITS_ANSWER_TIP,
                   (action){ACTION_DIGITS_LIST, DIGITS_ANSWERS, 0}, chosen > 0);
    a->classes = a->count;
    add_answer(a, "digits.writer", texts_get(TEXT_DIGITS_WRITER), TEXT_DIGITS_WRITER_TIP,
               (action){.id = ACTION_DIGITS_WRITER}, chosen > 0);
    add_answer(a, "digits.look", texts_get(TEXT_DIGITS_LOOK), TEXT_DIGITS_LOOK_TIP, (action){.id = ACTION_DIGITS_LOOK},
               chosen == 1);
    add_answer(a, "digits.remove", texts_get(TEXT_DIGITS_REMOVE), TEXT_DIGITS_REMOVE_TIP,
               (action){.id = ACTION_DIGITS_REMOVE}, chosen > 0);
}

static const char *describe(const app *self)
{
    ui *u = self->ui;
    const app_digits *d = &self->digits;
    if (self->problem[0])
        return self->problem;
    if (d->n_chosen > 0)
        return ui_say(u, FORMAT_DIGITS_CHOSEN, d->n_chosen, d->n_shown);
    if (d->n_shown < d->all.now.count)
        return ui_say(u, FORMAT_DIGITS_SHOWN, d->n_shown, d->all.now.count);
    return ui_say(u, PLURAL_DIGITS_COUNT(d->n_shown), d->n_shown);
}

enum { FEET_COUNT = 5 };

static void list_feet(const app *self, button out[FEET_COUNT])
{
    const app_digits *d = &self->digits;
    const char *guest = self->settings.guest;
    out[0] = panel_button(self, ACTION_GUEST, ICON_NONE, texts_get(TEXT_ACTION_GUEST));
    out[0].name = "digits.guest";
    if (*guest)
        out[0].label = ui_say(self->ui, FORMAT_DIGITS_GUEST, guest);
    out[1] = plain("digits.import", texts_get(TEXT_DIGITS_IMPORT), TEXT_DIGITS_IMPORT_TIP,
                   (action){.id = ACTION_DIGITS_IMPORT});
    out[2] = plain("digits.export", texts_get(TEXT_DIGITS_EXPORT), TEXT_DIGITS_EXPORT_TIP,
                   (action){.id = ACTION_DIGITS_EXPORT});
    out[3] =
        plain("digits.undo", texts_get(TEXT_ACTION_UNDO), TEXT_DIGITS_UNDO_TIP, (action){.id = ACTION_DIGITS_UNDO});
    out[4] = plain("close", texts_get(TEXT_BUTTON_CLOSE), TEXT_BUTTON_BACK_TIP, (action){.id = ACTION_CLOSE});
    out[1].disabled = d->job != NULL;
    out[2].disabled = d->job || d->all.now.count == 0;
    out[3].disabled = d->all.n_before == 0;
    out[4].style = BUTTON_MAIN;
}

/* ---- the pictures ------------------------------------------------------------------------------------------------ */

static void draw_cell(const app *self, rect r, int i)
{
    ui *u = self->ui;
    const theme *t = u->colours;
    const collection_item *item = self->digits.shown[i].item;
    char name[UI_NAME];
    int strip = ui_px(u, 18), pad = ui_px(u, 6), side = r.h - strip - pad;
    snprintf(name, sizeof name, "digit.%d", i + 1);
    button b = {.name = name, .tip = texts_get(TEXT_DIGITS_ONE_TIP), .act = {.id = ACTION_DIGITS_ONE, .index = i}};
    ui_button(u, r, &b);
    mask_image picture = {item->picture, COLLECTION_SIDE, COLLECTION_SIDE, COLLECTION_SIDE, 0};
    draw_mask(u->list, &picture, self->digits.version, (rect){r.x + (r.w - side) / 2, r.y + pad / 2, side, side},
              t->text);
    font bold = ui_font(u, 13, FONT_BOLD), small = panel_small_font(u);
    int w = text_width(u->text, bold, item->label), most = r.w / 2;
    rect label = {r.x + pad, r.y + r.h - strip - pad / 2, w < most ? w : most, strip};
    rect writer = {label.x + label.w + pad, label.y, r.x + r.w - pad - (label.x + label.w + pad), strip};
    ui_label(u, label, item->label, bold, t->accent, ALIGN_LEFT);
    ui_label(u, writer, item->writer, small, t->muted, ALIGN_RIGHT);
    if (item->chosen) {
        int tick = ui_px(u, 18);
        draw_outline(u->list, r, 9 * u->scale, 3 * u->scale, t->accent);
        draw_rect(u->list, (rect){r.x + r.w - tick - pad / 2, r.y + pad / 2, tick, tick}, 0.5f * (float)tick,
                  t->accent);
        draw_icon(u->list, ICON_TICK, r.x + r.w - tick, r.y + pad, tick - pad, t->on_accent);
    }
}

/* The row of the picture that has the focus is declared wherever it is, so that the focus stays with it. */
static int focused_row(const app *self, int columns)
{
    int i = 0;
    return sscanf(self->ui->focus, "digit.%d", &i) == 1 && i > 0 && i <= self->digits.n_shown ? (i - 1) / columns : -1;
}

static void draw_rows(const app *self, rect area)
{
    ui *u = self->ui;
    int gap = ui_px(u, GAP), rim = ui_px(u, 5), bar = ui_px(u, 8), w = ui_px(u, CELL_W), step = ui_px(u, CELL_H) + gap;
    int columns = (area.w - 2 * rim - bar + gap) / (w + gap), count = self->digits.n_shown;
    columns = columns > 1 ? columns : 1;
    int rows = (count + columns - 1) / columns, focused = focused_row(self, columns);
    w = (area.w - 2 * rim - bar + gap) / columns - gap;
    rect clip = ui_scroll_begin(u, area, rows * step - gap + 2 * rim);
    u->group = CELLS;
    u->tiled = true;
    for (int row = 0; row < rows; row++) {
        int y = area.y + rim - u->scroll + row * step;
        bool near = y + 2 * step > area.y && y - step < area.y + area.h;
        for (int i = row * columns; i < count && i < (row + 1) * columns && (near || row == focused); i++)
            draw_cell(self, (rect){area.x + rim + i % columns * (w + gap), y, w, step - gap}, i);
    }
    u->tiled = false;
    ui_scroll_end(u, clip);
}

static void draw_digits(const app *self, rect area)
{
    ui *u = self->ui;
    const app_digits *d = &self->digits;
    if (d->n_shown > 0 && area.h > 0)
        draw_rows(self,
                  (rect){area.x - ui_px(u, 5), area.y - ui_px(u, 5), area.w + ui_px(u, 10), area.h + ui_px(u, 5)});
    else
        ui_paragraph(u, area, texts_get(!d->there ? TEXT_DIGITS_READING : TEXT_DIGITS_EMPTY),
                     ui_font(u, 15, FONT_REGULAR), u->colours->muted, true);
}

/* ---- the lists --------------------------------------------------------------------------------------------------- */

/* All, and each with how many there are. */
static void draw_names(const app *self, rect window)
{
    ui *u = self->ui;
    const app_digits *d = &self->digits;
    bool labels = d->list == DIGITS_LABELS, some = labels ? d->by_label : d->by_writer;
    panel_rows rows =
        panel_rows_begin(self, window, labels ? "digits.labels" : "digits.writers", 260, LINE, d->n_names + 1);
    for (int i = -1; i < d->n_names; i++) {
        const char *name = i < 0 ? "" : d->name[i].name;
        char row[UI_NAME], number[16];
        snprintf(row, sizeof row, "digits.row.%d", i + 1);
        snprintf(number, sizeof number, "%d", i < 0 ? d->all.now.count : d->name[i].count);
        button b = {.name = row,
                    .label = i < 0    ? texts_get(labels ? TEXT_DIGITS_ALL_LABELS : TEXT_DIGITS_ALL_WRITERS)
                             : labels ? name
                                      : writer_name(name),
                    .detail = number,
                    .tip = texts_get(labels ? TEXT_DIGITS_LABELS_TIP : TEXT_DIGITS_WRITERS_TIP),
                    .on = i < 0 ? !some : some && strcmp(labels ? d->label : d->writer, name) == 0,
                    .act = {.id = ACTION_DIGITS_SHOW, .index = i}};
        panel_choice(u, &rows, b);
    }
    panel_rows_end(u, &rows);
}

static void draw_answer_list(const app *self, rect window)
{
    ui *u = self->ui;
    const nn_model *model = app_model(self);
    int n = model ? model->n_labels : 0;
    panel_rows rows = panel_rows_begin(self, window, "digits.answers", 260, LINE, n);
    for (int i = 0; i < n; i++) {
        char name[UI_NAME];
        snprintf(name, sizeof name, "digits.as.%s", model->label[i]);
        panel_row(u, &rows, plain(name, model->label[i], TEXT_DIGITS_ANSWER_TIP, (action){ACTION_DIGITS_ANSWER, i, 0}));
    }
    panel_rows_end(u, &rows);
}

/* Takes a strip off the bottom, and a gap above it. */
static rect take_bottom(ui *u, rect *area, int high)
{
    rect strip = {area->x, area->y + area->h - high, area->w, high};
    area->h -= high + ui_px(u, GAP);
    return strip;
}

/* What can be done with what is chosen is always there, so that nothing moves. */
void digits_popup(const app *self, rect window)
{
    enum { WIDE = 1240, HIGH = 1000 /* units of the layout */ };
    ui *u = self->ui;
    answers a;
    button feet[FEET_COUNT];
    font f = ui_font(u, 14, FONT_REGULAR);
    int line = ui_px(u, LINE), foot = ui_px(u, FOOT);
    const char *words = describe(self);
    rect rest = panel_card(self, window, ui_px(u, WIDE), ui_px(u, HIGH));
    list_answers(self, &a);
    list_feet(self, feet);
    draw_head(self, &rest);
    rect feet_at = take_bottom(u, &rest, put_buttons(u, rest, feet, FEET_COUNT, FEET_COUNT, foot, false));
    rect answers_at = take_bottom(u, &rest, put_buttons(u, rest, a.button, a.count, a.classes, line, false));
    rect words_at = take_bottom(u, &rest, ui_paragraph(u, rest, words, f, 0, false));
    draw_digits(self, rest);
    ui_paragraph(u, words_at, words, f, self->problem[0] ? u->colours->warning : u->colours->muted, true);
    u->group = ANSWERS;
    put_buttons(u, answers_at, a.button, a.count, a.classes, line, true);
    u->group = FEET;
    put_buttons(u, feet_at, feet, FEET_COUNT, FEET_COUNT, foot, true);
    u->group = 0;
    if (self->digits.list == DIGITS_ANSWERS)
        draw_answer_list(self, window);
    else if (self->digits.list != DIGITS_NO_LIST)
        draw_names(self, window);
}

/* ---- whose they are ---------------------------------------------------------------------------------------------- */

void guest_dialog(const app *self, rect window)
{
    ui *u = self->ui;
    const app_digits *d = &self->digits;
    bool problem = self->problem[0] != '\0';
    rect inside = panel_card(self, window, ui_px(u, 560), ui_px(u, 260));
    panel_heading(self, &inside,
                  d->of_chosen ? ui_say(u, PLURAL_GUEST_OF_CHOSEN(d->n_chosen), d->n_chosen)
                               : texts_get(TEXT_GUEST_HEADING));
    rect field = {inside.x, inside.y + ui_px(u, 4), inside.w, ui_px(u, 42)};
    ui_text_field(u, field, "text", 0);
    ui_explain(u, texts_get(TEXT_GUEST_TIP));
    panel_buttons(self, &inside, texts_get(TEXT_BUTTON_CANCEL), "accept", texts_get(TEXT_GUEST_ACCEPT), ACTION_ACCEPT);
    const char *usual = texts_get(d->of_chosen ? TEXT_GUEST_WORDS_CHOSEN : TEXT_GUEST_WORDS);
    rect words = {inside.x, field.y + field.h + ui_px(u, 12), inside.w, 0};
    ui_paragraph(u, words, problem ? self->problem : usual, ui_font(u, 14, FONT_REGULAR),
                 problem ? u->colours->warning : u->colours->muted, true);
}
