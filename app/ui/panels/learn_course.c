/* learn_course.c - the course of a training: for how long and how fast it shall learn, and then how it goes. */
#include "app/texts/texts.h"
#include "panel.h"
#include <math.h>
#include <stdio.h>

enum {
    LINE = 18,
    ROW = 26,
    GAP = 6,
    BAR = 18,
    CHART = 76,
    WORDS = 52,
    BACK = 26,
    RESULTS = 44,
    LEGEND = 22,
    BUTTON = 32,
    MATRIX = 240,
    BESIDE = 200
};

/* All rows have the same column of labels. */
static int labels_width(ui *u, int most)
{
    static const text_id all[] = {TEXT_TRAIN_EPOCHS, TEXT_TRAIN_RATE};
    int w = 0;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        w = panel_column(u, w, texts_get(all[i]), ui_font(u, 15, FONT_REGULAR), most);
    return w;
}

static void label_row(ui *u, rect *row, const char *text)
{
    int w = labels_width(u, row->w);
    ui_label(u, (rect){row->x, row->y, w - ui_px(u, 8), row->h}, text, ui_font(u, 15, FONT_REGULAR), u->colours->muted,
             ALIGN_LEFT);
    row->x += w;
    row->w -= w;
}

/* In a narrow column, or where one of the names has no room beside it, its name and value stand above it. */
static bool is_narrow(ui *u, int w)
{
    return w < ui_px(u, 230) || labels_width(u, w) > w * 2 / 5;
}

static int slider_height(ui *u, int w)
{
    return is_narrow(u, w) ? ui_px(u, LINE + ROW) : ui_px(u, ROW);
}

/* A slider with its value in words at the right. */
static void slider_row(const app *self, rect row, const char *text, const char *value, const slider *s)
{
    ui *u = self->ui;
    bool narrow = is_narrow(u, row.w);
    int w = ui_px(u, 52);
    rect line = {row.x, row.y, row.w, narrow ? ui_px(u, LINE) : row.h}, groove = row;
    if (narrow) {
        font f = panel_fit(self, text, ui_font(u, 14, FONT_REGULAR), row.w - w);
        ui_label(u, (rect){row.x, row.y, row.w - w, line.h}, text, f, u->colours->muted, ALIGN_LEFT);
        groove.y += line.h, groove.h -= line.h;
    } else {
        label_row(u, &groove, text);
        groove.w -= w;
    }
    ui_slider(u, groove, s);
    ui_label(u, (rect){row.x + row.w - w, line.y, w, line.h}, value, ui_font(u, 15, FONT_BOLD), u->colours->text,
             ALIGN_RIGHT);
}

/* Off the top of what is left. */
static rect take_slider(ui *u, rect *left)
{
    return panel_take_row(u, left, is_narrow(u, left->w) ? LINE + ROW : ROW, GAP);
}

static void rate_row(const app *self, rect row)
{
    const char *text = ui_say(self->ui, FORMAT_NUMBER_SHORT, pow(10, (double)self->settings.train_rate));
    slider rate = {.name = "train.rate",
                   .tip = texts_get(TEXT_TRAIN_RATE_TIP),
                   .act = {.id = ACTION_TRAIN_RATE},
                   .value = 10 * (self->settings.train_rate - TRAIN_RATE_MIN),
                   .max = 10 * (TRAIN_RATE_MAX - TRAIN_RATE_MIN),
                   .step = 1};
    slider_row(self, row, texts_get(TEXT_TRAIN_RATE), text, &rate);
}

static void epochs_row(const app *self, rect row)
{
    int epochs = self->settings.train_epochs;
    char text[16];
    snprintf(text, sizeof text, "%d", epochs);
    slider passes = {.name = "train.epochs",
                     .tip = texts_get(TEXT_TRAIN_EPOCHS_TIP),
                     .act = {.id = ACTION_TRAIN_EPOCHS},
                     .value = (float)epochs,
                     .min = 1,
                     .max = 50,
                     .step = 1};
    slider_row(self, row, texts_get(TEXT_TRAIN_EPOCHS), text, &passes);
}

static const char *say_time(ui *u, double seconds)
{
    return seconds < 100 ? ui_say(u, FORMAT_TRAIN_SECONDS_LEFT, ceil(seconds))
                         : ui_say(u, FORMAT_TRAIN_MINUTES_LEFT, ceil(seconds / 60));
}

/* ---- before it begins -------------------------------------------------------------------------------------------- */

/* How long it would take here, as soon as that is measured. */
static const char *form_words(const app *self)
{
    ui *u = self->ui;
    double seconds = self->learn.epoch_seconds * self->settings.train_epochs;
    if (*self->training.problem)
        return self->training.problem;
    if (seconds <= 0)
        return texts_get(TEXT_LEARN_MEASURING);
    return seconds < 100 ? ui_say(u, FORMAT_LEARN_TAKES_SECONDS, ceil(seconds))
                         : ui_say(u, FORMAT_LEARN_TAKES_MINUTES, ceil(seconds / 60));
}

static int form_least(const app *self, int w)
{
    ui *u = self->ui;
    int past = *self->learn.past ? ui_px(u, BUTTON + GAP) : 0;
    return 2 * (slider_height(u, w) + ui_px(u, GAP)) + panel_paragraph_height(u, w, form_words(self)) + past + 2;
}

/* The model in use was kept with its history. */
static void draw_past(const app *self, rect row)
{
    ui *u = self->ui;
    button past = {.name = "train.recall",
                   .label = ui_say(u, FORMAT_LEARN_RECALL, self->learn.past_of),
                   .tip = texts_get(TEXT_LEARN_RECALL_TIP),
                   .style = BUTTON_SMALL,
                   .act = {.id = ACTION_TRAIN_RECALL}};
    int w = ui_button_width(u, &past);
    ui_button(u, (rect){row.x, row.y, w < row.w ? w : row.w, row.h}, &past);
}

static void draw_form(const app *self, rect left)
{
    ui *u = self->ui;
    epochs_row(self, take_slider(u, &left));
    rate_row(self, take_slider(u, &left));
    panel_paragraph(u, &left, form_words(self), *self->training.problem ? u->colours->warning : u->colours->muted);
    if (*self->learn.past)
        draw_past(self, panel_take_row(u, &left, BUTTON, GAP));
}

/* ---- how it goes ------------------------------------------------------------------------------------------------- */

/* What is looked back at. */
static const char *describe_moment(const app *self, const train_news *news)
{
    const app_training *t = &self->training;
    int step = train_job_moment_step(t->job, t->back);
    if (step == 0)
        return texts_get(TEXT_LEARN_THEN_FIRST);
    return ui_say(self->ui, FORMAT_LEARN_THEN, (step - 1) % news->steps + 1, (step - 1) / news->steps + 1);
}

/* What a single batch has shown, where one can look at each. */
static const char *describe_batch(ui *u, const train_news *news)
{
    return ui_say(u, FORMAT_LEARN_BATCH, news->step, news->steps, news->epoch, news->batch_right, news->batch,
                  news->batch_loss);
}

static const char *describe_progress(const app *self, const train_news *news)
{
    ui *u = self->ui;
    const app_training *t = &self->training;
    int epochs = train_job_request(t->job)->epochs;
    if (t->saving)
        return texts_get(TEXT_TRAIN_SAVING);
    if (t->back >= 0)
        return describe_moment(self, news);
    if (t->stopping)
        return texts_get(TEXT_TRAIN_STOPPING);
    if (news->phase == TRAIN_PREPARING)
        return texts_get(TEXT_TRAIN_READING);
    if (news->phase != TRAIN_RUNNING)
        return ui_say(u, FORMAT_TRAIN_BEST, 100 * news->best_accuracy, news->best_epoch);
    if ((t->paused || t->slow) && news->batch > 0)
        return describe_batch(u, news);
    if (t->paused)
        return ui_say(u, FORMAT_TRAIN_PAUSED, news->epoch, epochs);
    if (news->step == news->steps)
        return ui_say(u, FORMAT_TRAIN_VALIDATING, news->epoch, epochs);
    return ui_say(u, FORMAT_TRAIN_RUNNING, news->epoch, epochs, news->images_per_second,
                  say_time(u, news->seconds_left));
}

/* Words and a bar below them. */
static void draw_bar(ui *u, rect *left, const char *text, float done)
{
    panel_paragraph(u, left, text, u->colours->text);
    rect bar = panel_take_row(u, left, 8, 10);
    ui_area(u, bar, "train.progress", ELEMENT_SHOWN);
    ui_explain(u, texts_get(TEXT_TRAIN_PROGRESS_TIP));
    float radius = 0.5f * (float)bar.h;
    draw_rect(u->list, bar, radius, u->colours->track);
    shape_box filled = {(float)bar.x, (float)bar.y, (float)bar.w * fminf(done, 1), (float)bar.h, radius, 0};
    if (filled.w >= filled.h)
        draw_box(u->list, &filled, u->colours->accent);
}

static void draw_progress(const app *self, rect *left, const train_news *news)
{
    const char *text = describe_progress(self, news);
    float steps = (float)(news->steps * train_job_request(self->training.job)->epochs);
    float done = news->steps ? (float)((news->epoch - 1) * news->steps + news->step) / steps : 0;
    draw_bar(self->ui, left, text, done);
}

/* ---- what came out ----------------------------------------------------------------------------------------------- */

/* One number, and on what it was found. */
static void draw_result(const app *self, rect row, const char *name, const char *on, const char *number)
{
    ui *u = self->ui;
    font bold = ui_font(u, 14, FONT_BOLD);
    int w = text_width(u->text, bold, number) + ui_px(u, 4), most = row.w / 2;
    w = w < most ? w : most;
    ui_area(u, row, name, ELEMENT_SHOWN);
    ui_explain(u, texts_get(TEXT_LEARN_RESULT_TIP));
    ui_label(u, (rect){row.x, row.y, row.w - w, row.h}, on, ui_font(u, 13, FONT_REGULAR), u->colours->muted,
             ALIGN_LEFT);
    ui_label(u, (rect){row.x + row.w - w, row.y, w, row.h}, number, bold, u->colours->text, ALIGN_RIGHT);
}

static const char *say_images(const app *self)
{
    static const text_id names[TRAIN_CHOICES] = {[TRAIN_SYNTHETIC] = TEXT_LEARN_ON_MADE_UP,
                                                 [TRAIN_MNIST] = TEXT_LEARN_ON_MNIST,
                                                 [TRAIN_KEPT] = TEXT_LEARN_ON_KEPT,
                                                 [TRAIN_PATH] = TEXT_LEARN_ON_OTHERS};
    return texts_get(names[train_job_request(self->training.job)->data]);
}

/* Images like those that were learned from are one thing, people's digits another. */
static void draw_results(const app *self, rect area, const train_news *news)
{
    ui *u = self->ui;
    rect first = {area.x, area.y, area.w, area.h / 2}, second = {area.x, area.y + area.h / 2, area.w, area.h / 2};
    bool tested = !isnan(news->test_accuracy);
    if (news->best_epoch == 0)
        return;
    draw_result(self, first, "learn.result", say_images(self),
                ui_say(u, FORMAT_NUMBER_PERCENT, 100 * news->best_accuracy));
    draw_result(self, second, "learn.tested", texts_get(TEXT_LEARN_ON_PEOPLE),
                tested ? ui_say(u, FORMAT_NUMBER_PERCENT, 100 * news->test_accuracy)
                       : texts_get(TEXT_LEARN_NEVER_TESTED));
}

static int below_height(const app *self, int w)
{
    bool over = train_job_news(self->training.job)->phase >= TRAIN_ENDED;
    return over ? ui_px(self->ui, RESULTS) : slider_height(self->ui, w);
}

/* With two lines of words, whatever they say: the columns shall not come and go with them. */
static int training_least(const app *self, int w)
{
    return ui_px(self->ui, WORDS + BAR + 2 * CHART + 8 + BACK + LEGEND + GAP) + below_height(self, w) + 2;
}

/* The rate, or what came out. */
static void draw_below(const app *self, rect row)
{
    const train_news *news = train_job_news(self->training.job);
    if (news->phase < TRAIN_ENDED)
        rate_row(self, row);
    else
        draw_results(self, row, news);
}

/* The matrix stands beside the curves unless it is in sight elsewhere. */
static void draw_curves(const app *self, rect area, bool with_matrix)
{
    int gap = ui_px(self->ui, 2 * GAP), wide = with_matrix ? area.w / 3 : 0;
    if (wide > 0) {
        rect matrix = {area.x + area.w - wide, area.y, wide, area.h};
        matrix.y += learn_matrix(self, matrix);
        panel_row_label(self->ui, (rect){matrix.x, matrix.y, wide, ui_px(self->ui, LEGEND)}, learn_matrix_words(self),
                        panel_small_font(self->ui), self->ui->colours->muted);
        area.w -= wide + gap;
    }
    learn_curves(self, area);
}

static void draw_training(const app *self, rect left, bool alone)
{
    ui *u = self->ui;
    draw_progress(self, &left, train_job_news(self->training.job));
    int row = below_height(self, left.w);
    rect curves = {left.x, left.y, left.w, left.h - row - ui_px(u, GAP)};
    draw_curves(self, curves, alone && app_shown_moment(self) >= 0);
    draw_below(self, (rect){left.x, left.y + left.h - row, left.w, row});
}

static int matrix_height(const app *self, int w)
{
    return panel_paragraph_height(self->ui, w, learn_matrix_words(self)) + ui_px(self->ui, MATRIX);
}

static void draw_matrix(const app *self, rect left)
{
    panel_paragraph(self->ui, &left, learn_matrix_words(self), self->ui->colours->muted);
    learn_matrix(self, left);
}

/* All that is in sight are the curves and the way back in time; the rest is below. */
void learn_course_folded(const app *self, rect left)
{
    ui *u = self->ui;
    int rim = ui_px(u, 4), bar = ui_px(u, 8), legend = ui_px(u, LEGEND), gap = ui_px(u, GAP);
    draw_progress(self, &left, train_job_news(self->training.job));
    rect view = {left.x - rim, left.y - rim, left.w + 2 * rim, left.h + 2 * rim};
    int w = left.w - bar, row = below_height(self, w), curves = left.h + legend;
    bool any = app_shown_moment(self) >= 0, beside = any && left.h >= ui_px(u, BESIDE);
    int matrix = any && !beside ? matrix_height(self, w) : 0;
    rect clip = ui_scroll_begin(u, view, curves + gap + row + gap + matrix + 2 * rim);
    draw_curves(self, (rect){left.x, left.y - u->scroll, w, curves}, beside);
    draw_below(self, (rect){left.x, left.y - u->scroll + curves + gap, w, row});
    if (matrix > 0)
        draw_matrix(self, (rect){left.x, left.y - u->scroll + curves + gap + row + gap, w, matrix});
    ui_scroll_end(u, clip);
}

/* ---- fetching ---------------------------------------------------------------------------------------------------- */

static const char *describe_fetching(const app *self)
{
    ui *u = self->ui;
    const fetch_news *news = fetch_job_news(self->training.fetch);
    double done = 1e-6 * (double)news->done, total = 1e-6 * (double)news->total;
    if (self->training.stopping)
        return texts_get(TEXT_TRAIN_STOPPING);
    if (news->seconds_left > 0)
        return ui_say(u, FORMAT_TRAIN_FETCHED_LEFT, done, total, say_time(u, news->seconds_left));
    return ui_say(u, FORMAT_TRAIN_FETCHED, done, total);
}

static int fetching_least(const app *self, int w)
{
    return panel_paragraph_height(self->ui, w, describe_fetching(self)) + ui_px(self->ui, BAR);
}

static void draw_fetching(const app *self, rect left)
{
    const fetch_news *news = fetch_job_news(self->training.fetch);
    draw_bar(self->ui, &left, describe_fetching(self), (float)news->done / (float)news->total);
}

/* ---- the column -------------------------------------------------------------------------------------------------- */

int learn_course_least(const app *self, int w)
{
    const app_training *t = &self->training;
    return t->job ? training_least(self, w) : t->fetch ? fetching_least(self, w) : form_least(self, w);
}

static void draw_column(const app *self, rect area, bool alone)
{
    const app_training *t = &self->training;
    if (t->job)
        draw_training(self, area, alone);
    else
        (t->fetch ? draw_fetching : draw_form)(self, area);
}

void learn_course(const app *self, rect area)
{
    draw_column(self, area, false);
}

void learn_course_page(const app *self, rect area)
{
    draw_column(self, area, true);
}
