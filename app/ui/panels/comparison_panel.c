/* comparison_panel.c - "Models": every model there is with its facts, and what the ticked ones read on the canvas just
 * now. */
#include "app/texts/texts.h"
#include "panel.h"
#include "words.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

/* "99.55 %, 0.6 ms, shipped, 469 k weights" without what is not known; of an ensemble how many there are. */
static const char *describe_facts(ui *u, const model_entry *m, const char *origin)
{
    if (m->members == 0)
        return ui_say(u, FORMAT_COMPARE_UNREAD, origin);
    const char *weights = m->parameters < 999500 ? ui_say(u, FORMAT_COMPARE_THOUSANDS, (m->parameters + 500) / 1000)
                                                 : ui_say(u, FORMAT_COMPARE_MILLIONS, 1e-6 * (double)m->parameters);
    const char *accuracy = m->members > 1       ? ui_say(u, FORMAT_COMPARE_NAME_N, m->members)
                           : isnan(m->accuracy) ? NULL
                                                : ui_say(u, FORMAT_NUMBER_PERCENT_FINE, 100 * m->accuracy);
    const char *time = isnan(m->infer_us) ? NULL : ui_say(u, FORMAT_NUMBER_MILLISECONDS_FINE, m->infer_us / 1000);
    if (accuracy && time)
        return ui_say(u, FORMAT_COMPARE_FACTS_ALL, accuracy, time, origin, weights);
    if (accuracy || time)
        return ui_say(u, FORMAT_COMPARE_FACTS_ACCURACY, accuracy ? accuracy : time, origin, weights);
    return ui_say(u, FORMAT_COMPARE_FACTS, origin, weights);
}

/* A column for every class, as high as it is likely. */
static void draw_columns(ui *u, rect r, const answer *a)
{
    for (int i = 0; i < a->classes; i++) {
        int left = r.w * i / a->classes, right = r.w * (i + 1) / a->classes;
        float high = fmaxf((float)r.h * a->probability[i], 1);
        shape_box box = {(float)(r.x + left), (float)(r.y + r.h) - high, 0.8f * (float)(right - left), high, 0, 0};
        draw_box(u->list, &box, i == a->digit ? u->colours->accent : u->colours->bar);
    }
}

/* What a ticked model makes of the drawing: the class large, its probability, the columns. */
static void draw_answer(ui *u, rect r, const comparison_row *row)
{
    const answer *a = &row->answer;
    char text[WORDS_CLASS];
    font small = ui_font(u, 13, FONT_REGULAR);
    if (row->load) {
        ui_label(u, r, texts_get(TEXT_COMPARE_OPENING), small, u->colours->muted, ALIGN_LEFT);
        return;
    }
    if (!row->reader || a->digit < 0)
        return;
    words_class(text, a);
    int class_w = ui_px(u, 44), share_w = ui_px(u, 58), gap = ui_px(u, 8);
    font large = ui_font(u, 26, FONT_BOLD);
    int w = text_width(u->text, large, text);
    if (w > class_w)
        large.px = large.px * class_w / w;
    ui_label(u, (rect){r.x, r.y, class_w, r.h}, text, large, a->unsure ? u->colours->muted : u->colours->accent,
             ALIGN_LEFT);
    ui_label(u, (rect){r.x + class_w, r.y, share_w, r.h}, panel_percent(u, a->confidence), small, u->colours->text,
             ALIGN_RIGHT);
    rect columns = {r.x + class_w + share_w + gap, r.y + r.h / 6, r.w - class_w - share_w - gap, r.h * 2 / 3};
    if (columns.w > ui_px(u, 40))
        draw_columns(u, columns, a);
}

/* An imported one: what it was, and how it gets its images. */
static const char *origin_of(ui *u, const model_entry *m)
{
    if (m->imported)
        return ui_say(u, FORMAT_COMPARE_IMPORTED, m->import.format, m->import.convention);
    return texts_get(m->shipped ? TEXT_COMPARE_SHIPPED : m->loose ? TEXT_COMPARE_FROM_FILE : TEXT_COMPARE_YOURS);
}

/* The parts of a row; `words` begins beside the tick and ends before the button. */
typedef struct row_places {
    rect tick, use, words;
    int line, facts, high; /* of the name, of what is known, of all */
} row_places;

static row_places place_row(const app *self, rect r, const comparison_row *row, const char *facts)
{
    ui *u = self->ui;
    int side = ui_px(u, 34), gap = ui_px(u, 10), top = r.y + ui_px(u, 4), use_w = 0;
    const text_id labels[] = {TEXT_COMPARE_IN_USE, TEXT_COMPARE_USE};
    for (int i = 0; i < 2; i++) {
        int w = ui_button_width(u, &(button){.label = texts_get(labels[i])});
        use_w = w > use_w ? w : use_w;
    }
    row_places p = {.tick = {r.x, top, side, side}, .use = {r.x + r.w - use_w, top, use_w, side}};
    p.words = (rect){r.x + side + gap, r.y, r.w - side - use_w - 2 * gap, 0};
    p.line = ui_px(u, 20);
    p.facts = ui_paragraph(u, p.words, facts, ui_font(u, 12, FONT_REGULAR), 0, false);
    int least = ui_px(u, 4) + side, above = p.line + p.facts > least ? p.line + p.facts : least;
    p.high = above + ui_px(u, row->ticked ? 56 : 16);
    return p;
}

static const char *facts_of(const app *self, int i)
{
    const model_entry *m = &self->comparison.row[i].entry;
    return describe_facts(self->ui, m, origin_of(self->ui, m));
}

static void draw_buttons(const app *self, const row_places *p, int i)
{
    ui *u = self->ui;
    const comparison_row *row = &self->comparison.row[i];
    bool in_use = app_uses(self, &row->entry);
    char name[UI_NAME];
    snprintf(name, sizeof name, "tick.%s", row->entry.name);
    button tick = {.name = name, .icon = row->ticked ? ICON_TICK : ICON_BLANK, .on = row->ticked};
    tick.tip = texts_get(TEXT_COMPARE_TICK_TIP);
    tick.act = (action){.id = ACTION_TICK, .index = i};
    ui_button(u, p->tick, &tick);

    button use = {.label = texts_get(in_use ? TEXT_COMPARE_IN_USE : TEXT_COMPARE_USE),
                  .disabled = in_use,
                  .act = {.id = ACTION_USE, .index = i}};
    snprintf(name, sizeof name, "use.%s", row->entry.name);
    use.name = name;
    use.tip = texts_get(TEXT_COMPARE_USE_TIP);
    ui_button(u, p->use, &use);
}

/* Returns its height. */
static int draw_row(const app *self, rect r, int i)
{
    ui *u = self->ui;
    const comparison_row *row = &self->comparison.row[i];
    const char *facts = facts_of(self, i);
    row_places p = place_row(self, r, row, facts);
    draw_buttons(self, &p, i);
    rect name = {p.words.x, r.y, p.words.w, p.line};
    font f = ui_font(u, 15, app_uses(self, &row->entry) ? FONT_BOLD : FONT_REGULAR);
    ui_label(u, name, row->entry.name, panel_fit(self, row->entry.name, f, name.w), u->colours->text, ALIGN_LEFT);
    name.y += p.line;
    ui_paragraph(u, name, facts, ui_font(u, 12, FONT_REGULAR), u->colours->muted, true);
    rect below = {name.x, r.y + p.high - ui_px(u, 52), r.x + r.w - name.x, ui_px(u, 38)};
    if (row->ticked)
        draw_answer(u, below, row);
    return p.high;
}

static void draw_rows(const app *self, rect area)
{
    ui *u = self->ui;
    const app_comparison *l = &self->comparison;
    int all = 0, hair = ui_px(u, 1) > 0 ? ui_px(u, 1) : 1;
    rect r = {area.x, area.y, area.w - ui_px(u, 8), 0}; /* beside the scroll bar */
    for (int i = 0; i < l->n_rows; i++)
        all += place_row(self, r, &l->row[i], facts_of(self, i)).high;
    rect clip = ui_scroll_begin(u, area, all);
    r.y -= u->scroll;
    for (int i = 0; i < l->n_rows; i++) {
        r.y += draw_row(self, r, i);
        draw_rect(u->list, (rect){r.x, r.y - ui_px(u, 8), r.w, hair}, 0, u->colours->edge);
    }
    ui_scroll_end(u, clip);
}

/* What reads now, at the top, since the list below is longer than many windows; returns its height. */
static int draw_head(const app *self, rect r)
{
    ui *u = self->ui;
    const char *words = texts_get(TEXT_COMPARE_TICK);
    if (app_read(self)->answer.digit >= 0)
        words = ui_say(u, FORMAT_COMPARE_SAYS, app_reader_name(self),
                       words_answer(u, &app_read(self)->answer, app_model(self)->label));
    font f = ui_font(u, 16, FONT_BOLD);
    r.h = ui_paragraph(u, r, words, f, 0, false);
    ui_area(u, r, "answer", ELEMENT_SHOWN);
    ui_explain(u, texts_get(TEXT_ANSWER_TIP));
    ui_paragraph(u, r, words, f, u->colours->text, true);
    return r.h;
}

void comparison_view(const app *self, rect area)
{
    ui *u = self->ui;
    const app_comparison *l = &self->comparison;
    int gap = ui_px(u, 8), high = ui_px(u, 36), head = draw_head(self, area);
    rect rows = {area.x, area.y + head + gap, area.w, area.h - head - high - 2 * gap};
    if (l->n_rows > 0)
        draw_rows(self, rows);
    else
        ui_label(u, rows, texts_get(TEXT_MODELS_NONE), ui_font(u, 15, FONT_REGULAR), u->colours->muted, ALIGN_CENTRE);
    int ready = 0;
    for (int i = 0; i < l->n_rows; i++)
        ready += l->row[i].reader != NULL;
    const char *label = ready > 1 ? ui_say(u, FORMAT_COMPARE_TOGETHER_N, ready) : texts_get(TEXT_COMPARE_TOGETHER);
    button together = {.name = "together", .label = label, .disabled = ready < 2, .act = {.id = ACTION_TOGETHER}};
    together.tip = texts_get(TEXT_COMPARE_TOGETHER_TIP);
    ui_button(u, (rect){area.x, area.y + area.h - high, area.w, high}, &together);
}
