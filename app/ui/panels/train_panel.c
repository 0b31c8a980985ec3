/* train_panel.c - the view in which a network learns: what to train, how it goes, whether to keep it. */
#include "app/texts/texts.h"
#include "app/ui/kit/curves.h"
#include "panel.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Takes a row of height h off the top of what is left. */
static rect take_row(const ui *u, rect *left, float h, float gap)
{
    rect row = {left->x, left->y, left->w, ui_px(u, h)};
    int taken = row.h + ui_px(u, gap);
    left->y += taken;
    left->h -= taken;
    return row;
}

/* All rows have the same column of labels. */
static void label_row(ui *u, rect *row, const char *text)
{
    static const text_id all[] = {TEXT_TRAIN_NETWORK, TEXT_TRAIN_IMAGES, TEXT_TRAIN_EPOCHS,
                                  TEXT_TRAIN_RATE,    TEXT_TRAIN_VARY,   TEXT_TRAIN_NAME};
    font f = ui_font(u, 15, FONT_REGULAR);
    int w = 0;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        w = panel_column(u, w, texts_get(all[i]), f, row->w * 2 / 5);
    panel_row_label(u, (rect){row->x, row->y, w - ui_px(u, 8), row->h}, text, f, u->colours->muted);
    row->x += w;
    row->w -= w;
}

/* A slider with its value in words at the right. */
static void slider_row(ui *u, rect row, const char *text, const char *value, const slider *s)
{
    label_row(u, &row, text);
    int w = ui_px(u, 66);
    ui_slider(u, (rect){row.x, row.y, row.w - w, row.h}, s);
    ui_label(u, (rect){row.x + row.w - w, row.y, w, row.h}, value, ui_font(u, 15, FONT_BOLD), u->colours->text,
             ALIGN_RIGHT);
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
    slider_row(self->ui, row, texts_get(TEXT_TRAIN_RATE), text, &rate);
}

/* Buttons side by side from the left, all as high as the row; closer where there is little room. */
static void button_row(ui *u, rect row, const button *buttons, int count)
{
    int gap = ui_px(u, 8), spare = row.w - (count - 1) * gap;
    for (int i = 0; i < count; i++)
        spare -= ui_button_width(u, &buttons[i]);
    int each = spare / count < gap ? spare / count : gap;
    for (int i = 0; i < count; i++) {
        int w = ui_button_width(u, &buttons[i]) + each;
        ui_button(u, (rect){row.x, row.y, w, row.h}, &buttons[i]);
        row.x += w + gap;
    }
}

/* With what stays free below it. */
static int paragraph_height(ui *u, int w, const char *text)
{
    return ui_paragraph(u, (rect){0, 0, w, 0}, text, ui_font(u, 14, FONT_REGULAR), 0, false) + ui_px(u, 10);
}

static void paragraph(ui *u, rect *left, const char *text, colour c)
{
    int h = paragraph_height(u, left->w, text);
    ui_paragraph(u, *left, text, ui_font(u, 14, FONT_REGULAR), c, true);
    left->y += h;
    left->h -= h;
}

/* ---- the form ---------------------------------------------------------------------------------------------------- */

/* What the images are called, and what is to be known of them; NULL for nothing. */
static const char *describe_data(const app *self, const char **detail)
{
    const app_training *t = &self->training;
    const char *slash = strrchr(t->path, '/');
    *detail = NULL;
    switch (self->settings.train_data) {
    case TRAIN_SYNTHETIC:
    case TRAIN_CHOICES: break;
    case TRAIN_MNIST:
        *detail = t->has_mnist ? NULL : texts_get(TEXT_TRAIN_NOT_FETCHED);
        return texts_get(TEXT_TRAIN_MNIST);
    case TRAIN_KEPT: *detail = ui_say(self->ui, FORMAT_NUMBER_WHOLE, t->n_kept); return texts_get(TEXT_TRAIN_KEPT);
    case TRAIN_PATH: return slash && slash[1] ? slash + 1 : t->path;
    }
    return texts_get(TEXT_TRAIN_MADE_UP);
}

static void choice_row(ui *u, rect row, const char *text, const button *b)
{
    label_row(u, &row, text);
    ui_button(u, row, b);
}

static void net_row(const app *self, rect row)
{
    button net = {.name = "train.net",
                  .label = app_train_net(self),
                  .icon = ICON_CHEVRON,
                  .tip = texts_get(TEXT_TRAIN_NETWORK_TIP),
                  .act = {.id = ACTION_TRAIN_NETS}};
    choice_row(self->ui, row, texts_get(TEXT_TRAIN_NETWORK), &net);
}

static void data_row(const app *self, rect row)
{
    const char *detail, *data = describe_data(self, &detail);
    button images = {.name = "train.data",
                     .label = data,
                     .detail = detail,
                     .icon = ICON_CHEVRON,
                     .tip = texts_get(TEXT_TRAIN_IMAGES_TIP),
                     .act = {.id = ACTION_TRAIN_DATA}};
    choice_row(self->ui, row, texts_get(TEXT_TRAIN_IMAGES), &images);
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
    slider_row(self->ui, row, texts_get(TEXT_TRAIN_EPOCHS), text, &passes);
}

static void augment_row(const app *self, rect row)
{
    bool on = self->settings.train_augment;
    button vary = {.name = "train.augment",
                   .label = texts_get(on ? TEXT_BUTTON_ON : TEXT_BUTTON_OFF),
                   .on = on,
                   .tip = texts_get(TEXT_TRAIN_VARY_TIP),
                   .act = {.id = ACTION_TRAIN_AUGMENT}};
    label_row(self->ui, &row, texts_get(TEXT_TRAIN_VARY));
    button_row(self->ui, row, &vary, 1);
}

static void start_row(const app *self, rect row)
{
    const button fetch = {.name = "train.fetch",
                          .label = texts_get(TEXT_TRAIN_FETCH),
                          .style = BUTTON_MAIN,
                          .tip = texts_get(TEXT_TRAIN_FETCH_TIP),
                          .act = {.id = ACTION_TRAIN_FETCH}};
    const button start = {.name = "train.start",
                          .label = texts_get(TEXT_TRAIN_START),
                          .style = BUTTON_MAIN,
                          .tip = texts_get(TEXT_TRAIN_START_TIP),
                          .act = {.id = ACTION_TRAIN_START}};
    bool missing = self->settings.train_data == TRAIN_MNIST && !self->training.has_mnist;
    button_row(self->ui, row, missing ? &fetch : &start, 1);
}

static const char *form_words(const app *self)
{
    return ui_say(self->ui, FORMAT_TRAIN_ASIDE, self->paths.models);
}

enum { CHOICE = 38, SLIDER = 30, SWITCH = 34, CHOICES = 2 * (CHOICE + 8) + 2 * (SLIDER + 6) + SWITCH + 12 };

static void draw_choices(const app *self, rect left)
{
    ui *u = self->ui;
    net_row(self, take_row(u, &left, CHOICE, 8));
    data_row(self, take_row(u, &left, CHOICE, 8));
    epochs_row(self, take_row(u, &left, SLIDER, 6));
    rate_row(self, take_row(u, &left, SLIDER, 6));
    augment_row(self, take_row(u, &left, SWITCH, 12));
    if (*self->training.problem)
        paragraph(u, &left, self->training.problem, u->colours->warning);
    paragraph(u, &left, form_words(self), u->colours->muted);
}

static int choices_height(const app *self, int w)
{
    ui *u = self->ui;
    int words = paragraph_height(u, w, form_words(self));
    if (*self->training.problem)
        words += paragraph_height(u, w, self->training.problem);
    return ui_px(u, CHOICES) + words + ui_px(u, 2); /* rows are rounded one by one */
}

/* In a low window the choices scroll, above the button that begins. */
static void draw_form(const app *self, rect area)
{
    ui *u = self->ui;
    int rim = ui_px(u, 4), bar = ui_px(u, 8); /* a rim for the focus ring */
    int start = ui_px(u, 40), gap = ui_px(u, 12), y = area.y + area.h - start, high = choices_height(self, area.w);
    start_row(self, (rect){area.x, area.y + high + gap < y ? area.y + high + gap : y, area.w, start});
    area.h -= start + gap;
    if (high <= area.h) {
        draw_choices(self, area);
        return;
    }
    area.w -= bar;
    high = choices_height(self, area.w);
    rect view = {area.x - rim, area.y - rim, area.w + bar + 2 * rim, area.h + 2 * rim};
    rect clip = ui_scroll_begin(u, view, high + 2 * rim);
    draw_choices(self, (rect){area.x, area.y - u->scroll, area.w, high});
    ui_scroll_end(u, clip);
}

/* ---- how it goes ------------------------------------------------------------------------------------------------- */

static const char *say_time(ui *u, double seconds)
{
    return seconds < 100 ? ui_say(u, FORMAT_TRAIN_SECONDS_LEFT, ceil(seconds))
                         : ui_say(u, FORMAT_TRAIN_MINUTES_LEFT, ceil(seconds / 60));
}

static const char *describe_progress(const app *self, const train_news *news)
{
    ui *u = self->ui;
    const app_training *t = &self->training;
    int epochs = train_job_request(t->job)->epochs;
    if (t->saving)
        return texts_get(TEXT_TRAIN_SAVING);
    if (t->stopping)
        return texts_get(TEXT_TRAIN_STOPPING);
    if (news->phase == TRAIN_PREPARING)
        return texts_get(TEXT_TRAIN_READING);
    if (news->phase != TRAIN_RUNNING)
        return ui_say(u, FORMAT_TRAIN_BEST, 100 * news->best_accuracy, news->best_epoch);
    if (t->paused)
        return ui_say(u, FORMAT_TRAIN_PAUSED, news->epoch, epochs);
    if (news->step == news->steps)
        return ui_say(u, FORMAT_TRAIN_VALIDATING, news->epoch, epochs);
    return ui_say(u, FORMAT_TRAIN_RUNNING, news->epoch, epochs, news->images_per_second,
                  say_time(u, news->seconds_left));
}

/* A line of words and a bar below it. */
static void draw_bar(ui *u, rect *left, const char *text, float done)
{
    rect line = take_row(u, left, 24, 4), bar = take_row(u, left, 8, 10);
    panel_row_label(u, line, text, ui_font(u, 15, FONT_BOLD), u->colours->text);
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

typedef struct lines {
    curve_point thin[TRAIN_CURVE], thick[TRAIN_MAX_EPOCHS];
    float lowest, highest; /* after the first quarter of the thin line, and of all of the thick one */
} lines;

static float value_of(const train_point *p, bool accuracy)
{
    return accuracy ? p->accuracy : p->loss;
}

static void fill_lines(lines *out, const train_news *news, bool accuracy)
{
    out->lowest = INFINITY;
    out->highest = 0;
    for (int i = 0; i < news->n_trained; i++) {
        float value = value_of(&news->trained[i], accuracy);
        out->thin[i] = (curve_point){news->trained[i].epochs, value};
        if (4 * i < news->n_trained)
            continue;
        out->highest = fmaxf(out->highest, value);
        out->lowest = fminf(out->lowest, value);
    }
    for (int i = 0; i < news->n_validated; i++) {
        float value = value_of(&news->validated[i], accuracy);
        out->thick[i] = (curve_point){news->validated[i].epochs, value};
        out->highest = fmaxf(out->highest, value);
        out->lowest = fminf(out->lowest, value);
    }
}

/* Where the axis of accuracy begins, so that the last percents can be told apart. */
static float accuracy_floor(float lowest)
{
    const float floors[] = {0.9f, 0.8f, 0.5f};
    for (size_t i = 0; i < sizeof floors / sizeof floors[0]; i++)
        if (lowest >= floors[i])
            return floors[i];
    return 0;
}

/* The next of 0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1, 2 ... */
static float round_up(float value)
{
    const float steps[] = {1, 2, 3, 4, 6, 8, 10};
    float power = powf(10, floorf(log10f(fmaxf(value, 1e-3f))));
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        if (value <= steps[i] * power)
            return steps[i] * power;
    return 10 * power;
}

static void draw_chart(const app *self, rect area, const train_news *news, bool accuracy)
{
    ui *u = self->ui;
    lines both;
    fill_lines(&both, news, accuracy);
    const train_point *last = news->n_validated ? &news->validated[news->n_validated - 1] : NULL;
    const char *title = texts_get(accuracy ? TEXT_TRAIN_RIGHT : TEXT_TRAIN_LOSS);
    if (last)
        title = accuracy ? ui_say(u, FORMAT_TRAIN_RIGHT_AT, (double)(100 * last->accuracy))
                         : ui_say(u, FORMAT_TRAIN_LOSS_AT, (double)last->loss);
    curves c = {.title = title,
                .percent = accuracy,
                .max_x = (float)train_job_request(self->training.job)->epochs,
                .low = accuracy ? accuracy_floor(both.lowest) : 0,
                .high = accuracy ? 1 : round_up(both.highest > 0 ? both.highest : 2.5f),
                .thin = both.thin,
                .thick = both.thick,
                .n_thin = news->n_trained,
                .n_thick = news->n_validated};
    ui_area(u, area, accuracy ? "train.accuracy" : "train.loss", ELEMENT_SHOWN);
    ui_explain(u, texts_get(accuracy ? TEXT_TRAIN_RIGHT_TIP : TEXT_TRAIN_LOSS_TIP));
    curves_draw(u, area, &c);
}

static void draw_legend(ui *u, rect row)
{
    font f = ui_font(u, 13, FONT_REGULAR);
    const struct {
        const char *text;
        float width;
        colour c;
    } keys[] = {{texts_get(TEXT_TRAIN_TRAINING), 1.4f, u->colours->bar},
                {texts_get(TEXT_TRAIN_VALIDATION), 2.6f, u->colours->accent}};
    for (int i = 0; i < 2; i++) {
        float y = (float)row.y + 0.5f * (float)row.h, width = fmaxf(keys[i].width * u->scale, 1);
        int dash = ui_px(u, 22), gap = ui_px(u, 6), w = text_width(u->text, f, keys[i].text);
        float x = (float)row.x, dot = 2.2f * width;
        draw_line(u->list, &(shape_line){x, y, width, x + (float)dash, y, width}, keys[i].c);
        if (i == 1)
            draw_box(u->list, &(shape_box){x + 0.5f * ((float)dash - dot), y - 0.5f * dot, dot, dot, 0.5f * dot, 0},
                     keys[i].c);
        ui_label(u, (rect){row.x + dash + gap, row.y, w, row.h}, keys[i].text, f, u->colours->muted, ALIGN_LEFT);
        row.x += dash + gap + w + ui_px(u, 16);
    }
}

/* Side by side where there is room, else one below the other. */
static void draw_charts(const app *self, rect area, const train_news *news)
{
    ui *u = self->ui;
    int legend = ui_px(u, 18), gap = ui_px(u, 14);
    draw_legend(u, (rect){area.x, area.y + area.h - legend, area.w, legend});
    area.h -= legend + ui_px(u, 4);
    rect loss = area, right = area;
    if (area.w * 2 >= area.h * 3) {
        loss.w = right.w = (area.w - gap) / 2;
        right.x += loss.w + gap;
    } else {
        loss.h = right.h = (area.h - gap) / 2;
        right.y += loss.h + gap;
    }
    draw_chart(self, loss, news, false);
    draw_chart(self, right, news, true);
}

static void draw_controls(const app *self, rect row)
{
    const app_training *t = &self->training;
    bool running = train_job_news(t->job)->phase == TRAIN_RUNNING;
    const button buttons[] = {
        {.name = "train.pause",
         .label = texts_get(t->paused ? TEXT_TRAIN_GO_ON : TEXT_TRAIN_PAUSE),
         .tip = texts_get(TEXT_TRAIN_PAUSE_TIP),
         .disabled = t->stopping || !running,
         .act = {.id = ACTION_TRAIN_PAUSE}},
        {.name = "train.cancel",
         .label = texts_get(TEXT_BUTTON_CANCEL),
         .tip = texts_get(TEXT_TRAIN_CANCEL_TIP),
         .disabled = t->stopping,
         .act = {.id = ACTION_TRAIN_CANCEL}},
        {.name = "train.watch",
         .label = texts_get(TEXT_TRAIN_WATCH),
         .on = app_watches_training(self),
         .tip = texts_get(TEXT_TRAIN_WATCH_TIP),
         .disabled = !t->reader,
         .act = {.id = ACTION_TRAIN_WATCH}},
    };
    button_row(self->ui, row, buttons, 3);
}

static void draw_decision(const app *self, rect name_row, rect row)
{
    ui *u = self->ui;
    const app_training *t = &self->training;
    const button name = {.name = "train.name",
                         .label = t->name,
                         .detail = texts_get(TEXT_TRAIN_CHANGE),
                         .tip = texts_get(TEXT_TRAIN_NAME_TIP),
                         .disabled = t->saving,
                         .act = {.id = ACTION_TRAIN_RENAME}};
    const button buttons[] = {
        {.name = "train.keep",
         .label = texts_get(TEXT_TRAIN_KEEP),
         .style = BUTTON_MAIN,
         .tip = texts_get(TEXT_TRAIN_KEEP_TIP),
         .disabled = t->saving,
         .act = {.id = ACTION_TRAIN_KEEP}},
        {.name = "train.discard",
         .label = texts_get(TEXT_TRAIN_DISCARD),
         .tip = texts_get(TEXT_TRAIN_DISCARD_TIP),
         .disabled = t->saving,
         .act = {.id = ACTION_TRAIN_DISCARD}},
        {.name = "train.watch",
         .label = texts_get(TEXT_TRAIN_WATCH),
         .on = app_watches_training(self),
         .tip = texts_get(TEXT_TRAIN_WATCH_NEW_TIP),
         .disabled = !t->reader,
         .act = {.id = ACTION_TRAIN_WATCH}},
    };
    choice_row(u, name_row, texts_get(TEXT_TRAIN_NAME), &name);
    button_row(u, row, buttons, 3);
}

static void draw_training(const app *self, rect left)
{
    ui *u = self->ui;
    const train_news *news = train_job_news(self->training.job);
    draw_progress(self, &left, news);
    bool decide = news->phase >= TRAIN_ENDED && news->best_epoch > 0;
    int row = ui_px(u, 36), gap = ui_px(u, 8), below = 2 * row + 2 * gap;
    rect charts = {left.x, left.y, left.w, left.h - below};
    rect first = {left.x, left.y + charts.h + gap, left.w, row}, second = first;
    second.y += row + gap;
    if (charts.h > 0)
        draw_charts(self, charts, news);
    if (decide) {
        draw_decision(self, first, second);
        return;
    }
    rate_row(self, first);
    draw_controls(self, second);
}

/* ---- fetching ---------------------------------------------------------------------------------------------------- */

static void draw_fetching(const app *self, rect left)
{
    ui *u = self->ui;
    const app_training *t = &self->training;
    const fetch_news *news = fetch_job_news(t->fetch);
    double done = 1e-6 * (double)news->done, total = 1e-6 * (double)news->total;
    const char *text = texts_get(TEXT_TRAIN_STOPPING);
    if (!t->stopping && news->seconds_left > 0)
        text = ui_say(u, FORMAT_TRAIN_FETCHED_LEFT, done, total, say_time(u, news->seconds_left));
    else if (!t->stopping)
        text = ui_say(u, FORMAT_TRAIN_FETCHED, done, total);
    draw_bar(u, &left, text, (float)news->done / (float)news->total);
    button cancel = {.name = "train.cancel",
                     .label = texts_get(TEXT_BUTTON_CANCEL),
                     .tip = texts_get(TEXT_TRAIN_FETCH_CANCEL_TIP),
                     .disabled = t->stopping,
                     .act = {.id = ACTION_TRAIN_CANCEL}};
    button_row(u, take_row(u, &left, 38, 12), &cancel, 1);
    paragraph(u, &left, texts_get(TEXT_TRAIN_MNIST_WORDS), u->colours->muted);
}

/* ---- together ---------------------------------------------------------------------------------------------------- */

void train_view(const app *self, rect area)
{
    ui *u = self->ui;
    int space = ui_px(u, 14), least = ui_px(u, 72), compact = area.h / 5 > least ? area.h / 5 : least;
    rect top = {area.x, area.y, area.w, area.h - compact - space};
    compact_panel(self, (rect){area.x, area.y + area.h - compact, area.w, compact});
    u->group = 6;
    const app_training *t = &self->training;
    (t->job ? draw_training : t->fetch ? draw_fetching : draw_form)(self, top);
}
