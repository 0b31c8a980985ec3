/* comparison_panel.c - the first two pages of "Test": every model there is with its facts, to be ticked and tested; and
 * what the ticked ones read on the canvas just now, side by side. */
#include "app/core/training/metrics.h"
#include "app/texts/texts.h"
#include "panel.h"
#include "words.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

/* "99.55 % of test images, 99.3 % of people's pens, 600 µs, shipped, 469 k weights" without what is not known. */
static const char *describe_facts(ui *u, const model_entry *m, const char *origin)
{
    if (m->members == 0)
        return ui_say(u, FORMAT_COMPARE_UNREAD, origin);
    const char *weights = m->parameters < 10000    ? ui_say(u, FORMAT_COMPARE_FEW, m->parameters)
                          : m->parameters < 999500 ? ui_say(u, FORMAT_COMPARE_THOUSANDS, (m->parameters + 500) / 1000)
                                                   : ui_say(u, FORMAT_COMPARE_MILLIONS, 1e-6 * (double)m->parameters);
    const char *accuracy = words_known(u, m);
    const char *time = isnan(m->infer_us) ? NULL : words_time(u, m->infer_us);
    if (accuracy && time)
        return ui_say(u, FORMAT_COMPARE_FACTS_ALL, accuracy, time, origin, weights);
    if (accuracy || time)
        return ui_say(u, FORMAT_COMPARE_FACTS_ACCURACY, accuracy ? accuracy : time, origin, weights);
    return ui_say(u, FORMAT_COMPARE_FACTS, origin, weights);
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

static row_places place_row(const app *self, rect r, const char *facts)
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
    p.facts = ui_paragraph(u, p.words, facts, panel_small_font(u), 0, false);
    int least = ui_px(u, 4) + side, above = p.line + p.facts > least ? p.line + p.facts : least;
    p.high = above + ui_px(u, 16);
    return p;
}

static const char *facts_of(const app *self, int i)
{
    ui *u = self->ui;
    const model_entry *m = &self->comparison.row[i].entry;
    const char *facts = describe_facts(u, m, origin_of(u, m));
    return *m->description ? ui_say(u, FORMAT_SCORE_BOTH, m->description, facts) : facts;
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
    row_places p = place_row(self, r, facts);
    draw_buttons(self, &p, i);
    rect name = {p.words.x, r.y, p.words.w, p.line};
    font f = ui_font(u, 15, app_uses(self, &row->entry) ? FONT_BOLD : FONT_REGULAR);
    ui_label(u, name, row->entry.name, panel_fit(self, row->entry.name, f, name.w), u->colours->text, ALIGN_LEFT);
    name.y += p.line;
    ui_paragraph(u, name, facts, panel_small_font(u), u->colours->muted, true);
    return p.high;
}

static void draw_rows(const app *self, rect area)
{
    ui *u = self->ui;
    const app_comparison *l = &self->comparison;
    int all = 0, hair = ui_px(u, 1) > 0 ? ui_px(u, 1) : 1;
    rect r = {area.x, area.y, area.w - ui_px(u, 8), 0}; /* beside the scroll bar */
    for (int i = 0; i < l->n_rows; i++)
        all += place_row(self, r, facts_of(self, i)).high;
    rect clip = ui_scroll_begin(u, area, all);
    r.y -= u->scroll;
    for (int i = 0; i < l->n_rows; i++) {
        r.y += draw_row(self, r, i);
        draw_rect(u->list, (rect){r.x, r.y - ui_px(u, 8), r.w, hair}, 0, u->colours->edge);
    }
    ui_scroll_end(u, clip);
}

/* ---- to be tested ------------------------------------------------------------------------------------------------ */

static const char *images_name(const app *self)
{
    switch (self->testing.images) {
    case TEST_VALIDATION: return texts_get(TEXT_TEST_VALIDATION);
    case TEST_KEPT: return texts_get(TEXT_TRAIN_KEPT);
    case TEST_PATH: return paths_last(self->testing.path);
    case TEST_MNIST:
    case TEST_CHOICES: break;
    }
    return texts_get(TEXT_TEST_MNIST);
}

static void draw_progress(const app *self, rect row)
{
    ui *u = self->ui;
    const app_testing *t = &self->testing;
    const test_news *news = &t->news;
    button cancel = {.name = "test.cancel",
                     .label = texts_get(TEXT_BUTTON_CANCEL),
                     .tip = texts_get(TEXT_TEST_CANCEL_TIP),
                     .disabled = t->stopping,
                     .act = {.id = ACTION_TEST_CANCEL}};
    int w = ui_button_width(u, &cancel), gap = ui_px(u, 8), line = ui_px(u, 6);
    rect left = {row.x, row.y, row.w - w - gap, row.h};
    ui_button(u, (rect){left.x + left.w + gap, row.y, w, row.h}, &cancel);
    double share = news->all > 0 ? (double)news->done / (double)news->all : 0;
    const char *words = news->all == 0 ? texts_get(TEXT_TEST_OPENING)
                                       : ui_say(u, FORMAT_TEST_RUNNING, 100 * share, ceil(news->seconds_left));
    ui_area(u, left, "test.progress", ELEMENT_SHOWN);
    ui_explain(u, words);
    ui_label(u, (rect){left.x, left.y, left.w, left.h - line}, words, ui_font(u, 14, FONT_REGULAR), u->colours->text,
             ALIGN_LEFT);
    rect bar = {left.x, left.y + left.h - line, left.w, line};
    draw_rect(u->list, bar, 0.5f * (float)line, u->colours->track);
    bar.w = (int)(share * bar.w);
    draw_rect(u->list, bar, 0.5f * (float)line, u->colours->accent);
}

static void draw_start(const app *self, rect row)
{
    ui *u = self->ui;
    test_images chosen = self->testing.images;
    bool there = self->training.has_mnist || (chosen != TEST_MNIST && chosen != TEST_VALIDATION);
    int n = app_ticked(self), gap = ui_px(u, 8);
    n = n < TEST_MOST_MODELS ? n : TEST_MOST_MODELS;
    button images = {.name = "test.images",
                     .label = images_name(self),
                     .icon = ICON_CHEVRON,
                     .tip = texts_get(TEXT_TEST_IMAGES_TIP),
                     .act = {.id = ACTION_TEST_IMAGES}};
    button start = {.name = "test.start",
                    .label = n > 1 ? ui_say(u, FORMAT_TEST_START_N, n) : texts_get(TEXT_TEST_START),
                    .style = BUTTON_MAIN,
                    .tip = texts_get(there ? TEXT_TEST_START_TIP : TEXT_TEST_NO_MNIST),
                    .disabled = !there,
                    .act = {.id = ACTION_TEST_START}};
    int w = ui_button_width(u, &start);
    ui_button(u, (rect){row.x, row.y, row.w - w - gap, row.h}, &images);
    ui_button(u, (rect){row.x + row.w - w, row.y, w, row.h}, &start);
}

void models_page(const app *self, rect area)
{
    ui *u = self->ui;
    const app_comparison *l = &self->comparison;
    const app_testing *t = &self->testing;
    int gap = ui_px(u, 8), high = ui_px(u, 36);
    rect rows = {area.x, area.y, area.w, area.h - high - gap};
    rect foot = {area.x, area.y + area.h - high, area.w, high};
    if (l->n_rows > 0)
        draw_rows(self, rows);
    else
        ui_label(u, rows, texts_get(l->survey ? TEXT_MODELS_LOOKING : TEXT_MODELS_NONE), ui_font(u, 15, FONT_REGULAR),
                 u->colours->muted, ALIGN_CENTRE);
    if (t->job && !t->done)
        draw_progress(self, foot);
    else
        draw_start(self, foot);
}

/* ---- side by side ------------------------------------------------------------------------------------------------ */

/* A model that reads the drawing. */
typedef struct reading_model {
    const char *name;
    const answer *answer;         /* NULL: it is being opened */
    const char (*label)[NN_NAME]; /* of its classes; NULL where there is none that answers */
    bool in_use;
} reading_model;

/* The one in use, and those that are ticked beside it. */
static int list_readings(const app *self, reading_model *all, int most)
{
    const app_comparison *l = &self->comparison;
    const nn_model *used = app_model(self);
    int n = 0;
    all[n++] = (reading_model){app_reader_name(self), &app_read(self)->answer, used ? used->label : NULL, true};
    for (int i = 0; i < l->n_rows && n < most; i++) {
        const comparison_row *row = &l->row[i];
        if (row->ticked && !app_uses(self, &row->entry))
            all[n++] = (reading_model){row->entry.name, row->reader ? &row->answer : NULL,
                                       row->reader ? recogniser_model(row->reader)->label : NULL, false};
    }
    return n;
}

static bool disagrees(const app *self, const reading_model *m)
{
    const answer *used = &app_read(self)->answer;
    return !m->in_use && m->answer && m->answer->digit >= 0 && used->digit >= 0 &&
           strcmp(m->answer->text, used->text) != 0;
}

/* Class, bar, share: of the most likely where there are many. */
static void draw_bars(ui *u, rect r, const answer *a, const char (*label)[NN_NAME], int rows)
{
    int top[NN_MAX_CLASSES], n = a->classes <= rows ? a->classes : metrics_top(a->probability, a->classes, top, rows);
    font f = panel_small_font(u);
    int label_w = 0, share_w = text_width(u->text, f, panel_percent(u, 1)), gap = ui_px(u, 4);
    for (int i = 0; i < a->classes; i++)
        label_w = panel_column(u, label_w, label[i], f, r.w / 3);
    for (int i = 0; i < n; i++) {
        int k = n < a->classes ? top[i] : i, y = r.y + r.h * i / rows, high = r.h / rows;
        colour c = k == a->digit ? u->colours->accent : u->colours->bar;
        rect bar = {r.x + label_w, y + high / 4, r.w - label_w - share_w - gap, high / 2};
        ui_label(u, (rect){r.x, y, label_w, high}, label[k], f, u->colours->text, ALIGN_LEFT);
        draw_rect(u->list, bar, 2 * u->scale, u->colours->track);
        bar.w = (int)fmaxf((float)bar.w * a->probability[k], 1);
        draw_rect(u->list, bar, 2 * u->scale, c);
        ui_label(u, (rect){r.x + r.w - share_w, y, share_w, high}, panel_percent(u, a->probability[k]), f,
                 k == a->digit ? u->colours->text : u->colours->muted, ALIGN_RIGHT);
    }
}

enum { READING_TOP = 74, BAR_ROWS = 10 /* of a column; units of the layout */ };

static const char *describe_reading(const app *self, const reading_model *m)
{
    if (!m->answer)
        return texts_get(TEXT_COMPARE_OPENING);
    return texts_get(m->in_use               ? TEXT_COMPARE_IN_USE
                     : disagrees(self, m)    ? TEXT_COMPARE_DISAGREES
                     : m->answer->digit >= 0 ? TEXT_COMPARE_AGREES
                                             : TEXT_COMPARE_NOTHING);
}

/* Name, answer, whether it is that of the model in use; below, the bars. Another answer has another frame. */
static void draw_reading(const app *self, rect r, const reading_model *m)
{
    ui *u = self->ui;
    char text[ANSWER_CLASS], name[UI_NAME];
    bool differs = disagrees(self, m);
    colour edge = differs ? u->colours->warning : m->in_use ? u->colours->accent : u->colours->edge;
    rect in = rect_inset(r, ui_px(u, 8));
    snprintf(name, sizeof name, "reads.%s", m->name);
    ui_area(u, r, name, ELEMENT_SHOWN);
    ui_explain(u, ui_say(u, FORMAT_COMPARE_SAYS, m->name, describe_reading(self, m)));
    draw_rect(u->list, r, 9 * u->scale, u->colours->surface);
    draw_outline(u->list, r, 9 * u->scale, fmaxf((differs || m->in_use ? 2 : 1) * u->scale, 1), edge);
    ui_label(u, (rect){in.x, in.y, in.w, ui_px(u, 18)}, m->name, ui_font(u, 14, FONT_BOLD), u->colours->text,
             ALIGN_LEFT);
    int line = ui_px(u, 18), high = ui_px(u, 38), y = in.y + line;
    font f = ui_font(u, 28, FONT_BOLD), small = panel_small_font(u);
    if (m->answer && m->answer->digit >= 0) {
        answer_class(text, sizeof text, m->answer);
        ui_label(u, (rect){in.x, y, in.w / 2, high}, text, panel_fit(self, text, f, in.w / 2),
                 differs ? u->colours->warning : u->colours->accent, ALIGN_LEFT);
        ui_label(u, (rect){in.x + in.w / 2, y, in.w - in.w / 2, high}, panel_percent(u, m->answer->confidence),
                 ui_font(u, 14, FONT_REGULAR), u->colours->text, ALIGN_RIGHT);
    }
    ui_label(u, (rect){in.x, y + high, in.w, line}, describe_reading(self, m), small,
             differs ? u->colours->warning : u->colours->muted, ALIGN_LEFT);
    int top = ui_px(u, READING_TOP);
    if (m->answer && m->answer->digit >= 0)
        draw_bars(u, (rect){in.x, in.y + top, in.w, in.h - top}, m->answer, m->label, BAR_ROWS);
}

/* As many columns as have room, then the next ones below. */
static void draw_readings(const app *self, rect area)
{
    enum { MOST = 33, NARROWEST = 132, LEAST_ROW = 16, MOST_ROW = 26 };
    ui *u = self->ui;
    reading_model all[MOST];
    int n = list_readings(self, all, MOST), gap = ui_px(u, 8), bar = ui_px(u, 8), room = area.w - bar;
    int columns = (room + gap) / (ui_px(u, NARROWEST) + gap);
    columns = columns < 1 ? 1 : columns > n ? n : columns;
    int rows = (n + columns - 1) / columns, top = ui_px(u, READING_TOP) + 2 * ui_px(u, 8);
    int each = ((area.h + gap) / rows - gap - top) / BAR_ROWS, least = ui_px(u, LEAST_ROW), most = ui_px(u, MOST_ROW);
    int high = top + BAR_ROWS * (each < least ? least : each > most ? most : each);
    rect clip = ui_scroll_begin(u, area, rows * (high + gap) - gap);
    for (int i = 0; i < n; i++) {
        int x = i % columns * (room + gap) / columns, end = (i % columns + 1) * (room + gap) / columns - gap;
        draw_reading(self, (rect){area.x + x, area.y - u->scroll + i / columns * (high + gap), end - x, high}, &all[i]);
    }
    ui_scroll_end(u, clip);
}

/* Those that are ticked read together already, or will in a moment. */
static bool are_together(const app *self)
{
    const app_comparison *l = &self->comparison;
    bool same = self->reader.load ? self->reader.wanted_together : self->reader.together && !self->reader.guest;
    for (int i = 0; i < l->n_rows; i++)
        same = same && l->row[i].together == (l->row[i].reader != NULL);
    return same;
}

void beside_page(const app *self, rect area)
{
    ui *u = self->ui;
    const app_comparison *l = &self->comparison;
    int gap = ui_px(u, 8), high = ui_px(u, 36), ready = 0;
    draw_readings(self, (rect){area.x, area.y, area.w, area.h - high - gap});
    for (int i = 0; i < l->n_rows; i++)
        ready += l->row[i].reader != NULL;
    const char *label = ready > 1 ? ui_say(u, FORMAT_COMPARE_TOGETHER_N, ready) : texts_get(TEXT_COMPARE_TOGETHER);
    button together = {.name = "together",
                       .label = label,
                       .disabled = ready < 2 || are_together(self),
                       .act = {.id = ACTION_TOGETHER}};
    together.tip = texts_get(TEXT_COMPARE_TOGETHER_TIP);
    ui_button(u, (rect){area.x, area.y + area.h - high, area.w, high}, &together);
}
