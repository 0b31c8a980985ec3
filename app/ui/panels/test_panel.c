/* test_panel.c - "Test": which page of it is shown, and what a test found: who was taken for whom, how well each class is
 * read, how far the confidence can be believed. */
#include "app/texts/texts.h"
#include "panel.h"
#include "words.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    GAP = 8,         /* units of the layout */
    LEAST_CELL = 22, /* wide, and where its cells would be narrower, a matrix gives way to a list */
    LEAST_HIGH = 15,
    MOST_CELL = 44,
    MISTAKES = 40
};

/* Takes a row of height h, in pixels, off the top of what is left. */
static rect take(rect *left, int h, int gap)
{
    rect row = {left->x, left->y, left->w, h};
    left->y += h + gap;
    left->h -= h + gap;
    return row;
}

/* A paragraph off the top; only measured where it is not drawn. */
static void take_words(ui *u, rect *left, const char *text, font f, colour c, bool draw)
{
    int h = ui_paragraph(u, *left, text, f, c, draw);
    take(left, h, ui_px(u, 4));
}

/* Buttons from the left, in as many rows as they need. */
static void flow_buttons(ui *u, rect *left, const button *buttons, int count, bool draw)
{
    int gap = ui_px(u, 6), high = ui_px(u, 32), x = 0;
    rect row = take(left, high, gap);
    for (int i = 0; i < count; i++) {
        int w = ui_button_width(u, &buttons[i]);
        w = w < left->w ? w : left->w;
        if (x > 0 && x + w > left->w) {
            row = take(left, high, gap);
            x = 0;
        }
        if (draw)
            ui_button(u, (rect){row.x + x, row.y, w, row.h}, &buttons[i]);
        x += w + gap;
    }
}

static const char *name_of(const app *self, int model)
{
    return test_job_request(self->testing.job)->name[model];
}

/* ---- which model ------------------------------------------------------------------------------------------------- */

static const char *describe_errors(ui *u, const evaluation *e)
{
    int errors = evaluation_errors(e);
    return ui_say(u, FORMAT_NUMBER_PERCENT_FINE, 100 - 100.0 * errors / e->data->count);
}

static void draw_models(const app *self, rect *left, bool draw)
{
    ui *u = self->ui;
    button buttons[TEST_MOST_MODELS];
    char names[TEST_MOST_MODELS][UI_NAME];
    int n = test_job_request(self->testing.job)->n_models, count = 0;
    for (int i = 0; i < n; i++) {
        const evaluation *e = app_test_result(self, i);
        if (!e)
            continue;
        snprintf(names[i], UI_NAME, "test.model.%s", name_of(self, i));
        buttons[count++] = (button){.name = names[i],
                                    .label = ui_say(u, FORMAT_TEST_MODEL, name_of(self, i), describe_errors(u, e)),
                                    .tip = texts_get(TEXT_TEST_MODEL_TIP),
                                    .on = i == self->testing.model,
                                    .act = {.id = ACTION_TEST_MODEL, .index = i}};
    }
    u->group = 8;
    if (count > 1)
        flow_buttons(u, left, buttons, count, draw);
    u->group = 6;
}

/* ---- in one sentence, and when only sure answers count ----------------------------------------------------------- */

static void draw_sum(const app *self, rect *left, bool draw)
{
    ui *u = self->ui;
    const evaluation *e = app_tested(self);
    int n = e->data->count, errors = evaluation_errors(e);
    const char *words =
        ui_say(u, FORMAT_TEST_SUM, name_of(self, self->testing.model), describe_errors(u, e), n, errors);
    take_words(u, left, words, ui_font(u, 14, FONT_BOLD), u->colours->text, draw);
}

/* "99.9 %" with as many digits as it takes. */
static const char *say_sure(ui *u, float sure)
{
    return sure > 0.99f ? ui_say(u, FORMAT_NUMBER_PERCENT_FINE, 100 * (double)sure)
                        : ui_say(u, FORMAT_NUMBER_PERCENT_WHOLE, 100 * (double)sure);
}

static void draw_sure(const app *self, rect *left, bool draw)
{
    ui *u = self->ui;
    const app_testing *t = &self->testing;
    font f = ui_font(u, 14, FONT_REGULAR);
    rect row = take(left, ui_px(u, 30), 0);
    int gap = ui_px(u, GAP), number = ui_px(u, 60),
        label = panel_column(u, 0, texts_get(TEXT_TEST_SURE), f, row.w * 2 / 5);
    slider s = {.name = "test.sure",
                .tip = texts_get(TEXT_TEST_SURE_TIP),
                .act = {.id = ACTION_TEST_SURE},
                .value = t->nines,
                .max = 4,
                .step = 0.1f};
    if (draw) {
        panel_row_label(u, (rect){row.x, row.y, label, row.h}, texts_get(TEXT_TEST_SURE), f, u->colours->text);
        ui_slider(u, (rect){row.x + label + gap, row.y, row.w - label - gap - number, row.h}, &s);
        ui_label(u, (rect){row.x + row.w - number, row.y, number, row.h}, say_sure(u, app_test_sure(self)),
                 ui_font(u, 14, FONT_BOLD), u->colours->text, ALIGN_RIGHT);
    }
    int n = app_tested(self)->data->count, answered = t->sure.answered;
    double wrong = answered > 0 ? 100.0 * t->sure.wrong / answered : 0;
    const char *words = ui_say(u, FORMAT_TEST_WITHHELD, 100.0 * (n - answered) / n, wrong, t->sure.wrong, answered);
    take_words(u, left, words, panel_small_font(u), u->colours->muted, draw);
}

/* ---- who was taken for whom -------------------------------------------------------------------------------------- */

typedef struct matrix {
    const confusion *c;
    const nn_model *model;
    rect cells;      /* all of them */
    int greatest;    /* mistake */
    int label, head; /* room for labels at the left and on top */
} matrix;

static int cell_width(const ui *u, int room, int classes)
{
    int most = ui_px(u, MOST_CELL), w = room / classes;
    return w < most ? w : most;
}

static matrix place_matrix(const app *self, rect area)
{
    ui *u = self->ui;
    mistake worst[1] = {{0}};
    matrix m = {.c = &self->testing.counted, .model = app_tested(self)->models[0], .head = ui_px(u, 18)};
    for (int i = 0; i < m.c->classes; i++)
        m.label = panel_column(u, m.label, m.model->label[i], panel_small_font(u), ui_px(u, 60));
    confusion_worst(m.c, worst, 1);
    m.greatest = worst[0].n;
    int w = cell_width(u, area.w - m.label, m.c->classes), h = (area.h - m.head) / m.c->classes;
    int least = ui_px(u, LEAST_HIGH);
    h = h < least ? least : h > w ? w : h;
    m.cells = (rect){area.x + m.label, area.y + m.head, w * m.c->classes, h * m.c->classes};
    return m;
}

static void draw_cell(const app *self, const matrix *m, int truth, int read)
{
    ui *u = self->ui;
    int n = m->c->n[truth][read], w = m->cells.w / m->c->classes, h = m->cells.h / m->c->classes;
    rect r = {m->cells.x + read * w, m->cells.y + truth * h, w - 1, h - 1};
    char name[UI_NAME], text[16];
    snprintf(name, sizeof name, "cell.%d.%d", truth, read);
    snprintf(text, sizeof text, "%d", n);
    ui_area(u, r, name, ELEMENT_BUTTON);
    ui_act(u, (action){.id = ACTION_TEST_CELL, .index = truth * NN_MAX_CLASSES + read}, n > 0);
    ui_explain(u, ui_say(u, FORMAT_TEST_CELL_TIP, m->model->label[truth], m->model->label[read], n));
    draw_rect(u->list, r, 3 * u->scale, u->colours->surface);
    if (n == 0)
        return;
    colour fill = truth == read ? u->colours->accent : u->colours->warning;
    float strength = truth == read ? 0.06f + 0.2f * (float)confusion_class(m->c, truth).recall
                                   : 0.15f + (PANEL_TINT - 0.15f) * sqrtf((float)n / (float)m->greatest);
    draw_rect(u->list, r, 3 * u->scale, (fill & 0xffffff) | (unsigned)(255 * strength) << 24);
    ui_label(u, r, text, panel_small_font(u), u->colours->text, ALIGN_CENTRE);
    if (strcmp(u->hover, name) == 0)
        draw_outline(u->list, r, 3 * u->scale, fmaxf(u->scale, 1), u->colours->outline);
}

static void draw_matrix(const app *self, const matrix *m)
{
    ui *u = self->ui;
    int classes = m->c->classes, w = m->cells.w / classes, h = m->cells.h / classes;
    for (int i = 0; i < classes; i++) {
        rect row = {m->cells.x - m->label, m->cells.y + i * h, m->label - ui_px(u, 6), h};
        rect column = {m->cells.x + i * w, m->cells.y - m->head, w, m->head};
        ui_label(u, row, m->model->label[i], panel_small_font(u), u->colours->muted, ALIGN_RIGHT);
        ui_label(u, column, m->model->label[i], panel_small_font(u), u->colours->muted, ALIGN_CENTRE);
    }
    u->group = 9;
    u->tiled = true;
    for (int i = 0; i < classes * classes; i++)
        draw_cell(self, m, i / classes, i % classes);
    u->tiled = false;
    u->group = 6;
    const element *focused = u->focus_shown ? ui_find(u, u->focus) : NULL;
    if (focused && focused->group == 9)
        ui_focus_ring(u, focused->r, 3 * u->scale); /* over the cells that were drawn after it */
}

/* Where there are many classes: the most frequent mistakes. */
static void draw_mistakes(const app *self, rect *left, bool draw)
{
    ui *u = self->ui;
    const nn_model *model = app_tested(self)->models[0];
    mistake worst[MISTAKES];
    int n = confusion_worst(&self->testing.counted, worst, MISTAKES), high = ui_px(u, 34);
    u->group = 9;
    for (int i = 0; i < n; i++) {
        rect row = take(left, high, 0);
        char name[UI_NAME];
        snprintf(name, sizeof name, "cell.%d.%d", worst[i].truth, worst[i].predicted);
        button b = {.name = name,
                    .style = BUTTON_ITEM,
                    .label =
                        ui_say(u, FORMAT_TEST_MISTAKE, model->label[worst[i].truth], model->label[worst[i].predicted]),
                    .detail = ui_say(u, FORMAT_NUMBER_WHOLE, worst[i].n),
                    .tip = texts_get(TEXT_TEST_MISTAKE_TIP),
                    .act = {.id = ACTION_TEST_CELL, .index = worst[i].truth * NN_MAX_CLASSES + worst[i].predicted}};
        if (draw)
            ui_button(u, row, &b);
    }
    u->group = 6;
}

/* ---- other lists ------------------------------------------------------------------------------------------------- */

static button list_button(const char *name, const char *label, text_id tip, test_list list, int other, bool any)
{
    return (button){.name = name,
                    .label = label,
                    .tip = texts_get(tip),
                    .disabled = !any,
                    .act = {.id = ACTION_TEST_LIST, .index = (int)list + TEST_LISTS * other}};
}

static void draw_lists(const app *self, rect *left, bool draw)
{
    ui *u = self->ui;
    const app_testing *t = &self->testing;
    button b[2 * TEST_MOST_MODELS + 2];
    char names[2 * TEST_MOST_MODELS][UI_NAME];
    int count = 0, n_names = 0;
    b[count++] =
        list_button("test.hardest", texts_get(TEXT_TEST_HARDEST), TEXT_TEST_HARDEST_TIP, TEST_HARDEST, 0, true);
    b[count++] = list_button("test.doubted", ui_say(u, FORMAT_TEST_DOUBTED, t->n_doubted), TEXT_TEST_DOUBTED_TIP,
                             TEST_DOUBTED, 0, t->n_doubted > 0);
    for (int i = 0; i < test_job_request(t->job)->n_models; i++)
        for (int only = 1; only >= 0 && i != t->model && app_test_result(self, i); only--) {
            char *name = names[n_names++];
            const char *right = name_of(self, only ? t->model : i), *wrong = name_of(self, only ? i : t->model);
            snprintf(name, UI_NAME, "test.only.%d.%d", i, only);
            b[count++] =
                list_button(name, ui_say(u, FORMAT_TEST_ONLY, right, wrong, t->n_only[i][only]), TEXT_TEST_ONLY_TIP,
                            only ? TEST_ONLY_THIS : TEST_ONLY_OTHER, i, t->n_only[i][only] > 0);
        }
    u->group = 10;
    flow_buttons(u, left, b, count, draw);
    u->group = 6;
}

static void draw_axes_words(ui *u, rect row, bool draw)
{
    const char *words = texts_get(TEXT_TEST_ROWS);
    if (!draw)
        return;
    ui_area(u, row, "test.axes", ELEMENT_SHOWN);
    ui_explain(u, words);
    ui_label(u, row, words, panel_small_font(u), u->colours->muted, ALIGN_LEFT);
}

/* The matrix comes first, so that a small window shows all of it, and takes what the rest leaves of `high`, but not less than it needs. */
static void draw_mistakes_page(const app *self, rect *left, int high, bool draw)
{
    ui *u = self->ui;
    int classes = self->testing.counted.classes, top = left->y;
    draw_models(self, left, draw);
    draw_sum(self, left, draw);
    rect below = {left->x, 0, left->w, 0};
    draw_sure(self, &below, false);
    draw_lists(self, &below, false);
    draw_axes_words(u, take(left, ui_px(u, 16), ui_px(u, 2)), draw);
    if (cell_width(u, left->w - ui_px(u, 60), classes) >= ui_px(u, LEAST_CELL)) {
        int room = high - (left->y - top) - below.y - ui_px(u, GAP);
        matrix m = place_matrix(self, (rect){left->x, left->y, left->w, room});
        if (draw)
            draw_matrix(self, &m);
        take(left, m.head + m.cells.h, ui_px(u, GAP));
    } else {
        draw_mistakes(self, left, draw);
    }
    draw_sure(self, left, draw);
    draw_lists(self, left, draw);
}

/* ---- classes and confidence -------------------------------------------------------------------------------------- */

/* Columns: class, precision, recall, F1, images. All numbers are of one size. */
static void draw_class_row(const app *self, rect row, const char *const text[5], font f, colour c)
{
    ui *u = self->ui;
    int first = row.w * 2 / 10, each = (row.w - first) / 4;
    f = panel_fit(self, ui_say(u, FORMAT_NUMBER_PERCENT_FINE, 100.0), f, each - ui_px(u, 4));
    ui_label(u, (rect){row.x, row.y, first, row.h}, text[0], f, c, ALIGN_LEFT);
    for (int i = 1; i < 5; i++)
        ui_label(u, (rect){row.x + first + (i - 1) * each, row.y, each - ui_px(u, 4), row.h}, text[i], f, c,
                 ALIGN_RIGHT);
}

static void draw_classes(const app *self, rect *left, bool draw)
{
    ui *u = self->ui;
    const evaluation *e = app_tested(self);
    int high = ui_px(u, 22);
    const char *const head[5] = {texts_get(TEXT_TEST_CLASS), texts_get(TEXT_TEST_PRECISION),
                                 texts_get(TEXT_TEST_RECALL), texts_get(TEXT_TEST_F1), texts_get(TEXT_TEST_ITEMS)};
    rect r = take(left, high, 0);
    if (draw) {
        ui_area(u, r, "test.columns", ELEMENT_SHOWN);
        ui_explain(u, texts_get(TEXT_TEST_COLUMNS_TIP));
        draw_class_row(self, r, head, panel_small_font(u), u->colours->muted);
    }
    for (int k = 0; k < e->confusion.classes; k++) {
        class_score s = confusion_class(&e->confusion, k);
        r = take(left, high, 0);
        const char *const row[5] = {e->models[0]->label[k], ui_say(u, FORMAT_NUMBER_PERCENT_FINE, 100 * s.precision),
                                    ui_say(u, FORMAT_NUMBER_PERCENT_FINE, 100 * s.recall),
                                    ui_say(u, FORMAT_NUMBER_PERCENT_FINE, 100 * s.f1),
                                    ui_say(u, FORMAT_NUMBER_WHOLE, s.support)};
        if (draw)
            draw_class_row(self, r, row, ui_font(u, 14, FONT_REGULAR), u->colours->text);
    }
    take(left, 0, ui_px(u, GAP));
}

/* A bar for each bin that has answers, as high as they are right; a line at their mean confidence. */
static void draw_reliability(const app *self, rect *left, bool draw)
{
    ui *u = self->ui;
    const calibration *c = &app_tested(self)->calibration;
    const char *words = ui_say(u, FORMAT_TEST_ECE, 100 * calibration_error(c));
    take_words(u, left, words, ui_font(u, 14, FONT_BOLD), u->colours->text, draw);
    take_words(u, left, texts_get(TEXT_TEST_RELIABILITY), panel_small_font(u), u->colours->muted, draw);
    int line = (int)fmaxf(u->scale, 1), labels = ui_px(u, 40), foot = ui_px(u, 18);
    rect area = take(left, ui_px(u, 150), ui_px(u, GAP));
    rect plot = {area.x + labels, area.y + foot / 2, area.w - labels - ui_px(u, 20), area.h - 2 * foot};
    if (!draw)
        return;
    ui_area(u, area, "test.reliability", ELEMENT_SHOWN);
    ui_explain(u, texts_get(TEXT_TEST_RELIABILITY_TIP));
    for (int i = 0; i <= 2; i++) {
        const char *share = ui_say(u, FORMAT_NUMBER_PERCENT_WHOLE, 50.0 * i);
        int y = plot.y + plot.h - plot.h * i / 2, x = plot.x + plot.w * i / 2;
        draw_rect(u->list, (rect){plot.x, y, plot.w, line}, 0, u->colours->edge);
        ui_label(u, (rect){area.x, y - foot / 2, labels - ui_px(u, 6), foot}, share, panel_small_font(u),
                 u->colours->muted, ALIGN_RIGHT);
        ui_label(u, (rect){x - labels / 2, plot.y + plot.h + foot / 2, labels, foot}, share, panel_small_font(u),
                 u->colours->muted, ALIGN_CENTRE);
    }
    for (int i = 0; i < CALIBRATION_BINS; i++) {
        reliability r = calibration_bin(c, i);
        int x = plot.x + plot.w * i / CALIBRATION_BINS, end = plot.x + plot.w * (i + 1) / CALIBRATION_BINS;
        int high = (int)lround(r.accuracy * plot.h), at = plot.y + plot.h - (int)lround(r.confidence * plot.h);
        if (r.count == 0)
            continue;
        draw_rect(u->list, (rect){x + 1, plot.y + plot.h - high, end - x - 2, high}, 0, u->colours->bar);
        draw_rect(u->list, (rect){x, at - line, end - x, 2 * line}, 0, u->colours->focus);
    }
}

static void draw_report(const app *self, rect *left, bool draw)
{
    button report = {.name = "test.report",
                     .label = texts_get(TEXT_TEST_REPORT),
                     .tip = texts_get(TEXT_TEST_REPORT_TIP),
                     .disabled = self->testing.saving,
                     .act = {.id = ACTION_TEST_REPORT}};
    flow_buttons(self->ui, left, &report, 1, draw);
}

static void draw_classes_page(const app *self, rect *left, bool draw)
{
    ui *u = self->ui;
    const evaluation *e = app_tested(self);
    draw_models(self, left, draw);
    draw_sum(self, left, draw);
    take_words(u, left, ui_say(u, FORMAT_TEST_LOSS, e->loss), panel_small_font(u), u->colours->muted, draw);
    draw_report(self, left, draw);
    draw_classes(self, left, draw);
    draw_reliability(self, left, draw);
}

static void draw_page(const app *self, rect *left, int high, bool draw)
{
    if (self->testing.page == TEST_CLASSES)
        draw_classes_page(self, left, draw);
    else
        draw_mistakes_page(self, left, high, draw);
}

void test_results_page(const app *self, rect area)
{
    ui *u = self->ui;
    int rim = ui_px(u, 4);
    rect measured = {0, 0, area.w - ui_px(u, 10), 0};
    draw_page(self, &measured, area.h - 2 * rim, false);
    rect clip = ui_scroll_begin(u, area, measured.y + 2 * rim);
    rect left = {area.x + rim / 2, area.y + rim - u->scroll, measured.w, 0};
    draw_page(self, &left, area.h - 2 * rim, true);
    ui_scroll_end(u, clip);
}

/* ---- the view ---------------------------------------------------------------------------------------------------- */

/* What the page is for, as long as there is nothing to read. */
static const char *says_first(const app *self, test_page page)
{
    int ticked = app_ticked(self);
    switch (page) {
    case TEST_BESIDE: return texts_get(ticked > 0 ? TEXT_COMPARE_DRAW : TEXT_COMPARE_DRAW_TICK);
    case TEST_MISTAKES: return texts_get(TEXT_TEST_LOOK);
    case TEST_CLASSES: return texts_get(TEXT_TEST_LOOK_CLASSES);
    case TEST_LIST: return texts_get(TEXT_TEST_LOOK_LIST);
    case TEST_MODELS:
    case TEST_PAGES: break;
    }
    return ticked > 0 ? ui_say(self->ui, FORMAT_COMPARE_TICKED, ticked) : texts_get(TEXT_COMPARE_TICK);
}

static const char *says(const app *self, test_page page)
{
    ui *u = self->ui;
    int image = app_test_shows(self);
    const evaluation *e = app_tested(self);
    if (app_read(self)->answer.digit < 0)
        return says_first(self, page);
    const char *words = ui_say(u, FORMAT_COMPARE_SAYS, app_reader_name(self),
                               words_answer(u, &app_read(self)->answer, app_model(self)->label));
    if (!e || image < 0)
        return words;
    return ui_say(u, FORMAT_TEST_TRUTH, words_name(u, e->models[0]->label[evaluation_truth(e, image)]), words);
}

/* What reads now, at the top, since the pages below are longer than many windows; returns its height. */
static int draw_head(const app *self, rect r, test_page page)
{
    ui *u = self->ui;
    const char *words = says(self, page);
    font f = ui_font(u, 15, FONT_BOLD);
    r.h = ui_paragraph(u, r, words, f, 0, false);
    ui_area(u, r, "answer", ELEMENT_SHOWN);
    ui_explain(u, texts_get(TEXT_ANSWER_TIP));
    ui_paragraph(u, r, words, f, u->colours->text, true);
    return r.h;
}

static void draw_pages(const app *self, rect row)
{
    static const struct {
        test_page page;
        const char *name;
        text_id label, tip;
    } pages[] = {{TEST_MODELS, "test.page.models", TEXT_TEST_MODELS, TEXT_TEST_MODELS_TIP},
                 {TEST_BESIDE, "test.page.beside", TEXT_TEST_BESIDE, TEXT_TEST_BESIDE_TIP},
                 {TEST_MISTAKES, "test.page.mistakes", TEXT_TEST_MISTAKES, TEXT_TEST_MISTAKES_TIP},
                 {TEST_CLASSES, "test.page.classes", TEXT_TEST_CLASSES, TEXT_TEST_CLASSES_TIP}};
    enum { COUNT = sizeof pages / sizeof pages[0] };
    ui *u = self->ui;
    button tabs[COUNT];
    int spare = row.w;
    u->group = 7;
    for (int i = 0; i < COUNT; i++) {
        tabs[i] = (button){.name = pages[i].name,
                           .label = texts_get(pages[i].label),
                           .tip = texts_get(pages[i].tip),
                           .style = BUTTON_TAB,
                           .on = self->testing.page == pages[i].page ||
                                 (self->testing.page == TEST_LIST && pages[i].page == TEST_MISTAKES),
                           .disabled = pages[i].page >= TEST_MISTAKES && !app_tested(self),
                           .act = {.id = ACTION_TEST_PAGE, .index = (int)pages[i].page}};
        spare -= ui_button_width(u, &tabs[i]);
    }
    int most = ui_px(u, 12), each = spare / COUNT < most ? spare / COUNT : most;
    for (int i = 0; i < COUNT; i++) {
        int w = ui_button_width(u, &tabs[i]) + each;
        ui_button(u, (rect){row.x, row.y, w, row.h}, &tabs[i]);
        row.x += w;
    }
    u->group = 6;
}

void test_view(const app *self, rect area)
{
    ui *u = self->ui;
    int gap = ui_px(u, GAP);
    test_page page = self->testing.page;
    if (page >= TEST_MISTAKES && !app_tested(self))
        page = TEST_MODELS;
    take(&area, draw_head(self, area, page), gap / 2);
    draw_pages(self, take(&area, ui_px(u, 32), gap));
    switch (page) {
    case TEST_BESIDE: beside_page(self, area); break;
    case TEST_MISTAKES:
    case TEST_CLASSES: test_results_page(self, area); break;
    case TEST_LIST: test_list_page(self, area); break;
    case TEST_MODELS:
    case TEST_PAGES: models_page(self, area); break;
    }
}
