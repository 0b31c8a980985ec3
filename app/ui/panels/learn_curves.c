/* learn_curves.c - how a training goes as two curves from its beginning: the loss, and the share that is right. */
#include "app/texts/texts.h"
#include "app/ui/kit/curves.h"
#include "panel.h"
#include <math.h>

typedef struct lines {
    curve_point thin[TRAIN_CURVE], thick[TRAIN_MAX_EPOCHS + 1];
    float lowest, highest;
} lines;

static float value_of(const train_point *p, bool accuracy)
{
    return accuracy ? p->accuracy : p->loss;
}

static void add_point(lines *l, curve_point *to, const train_point *p, bool accuracy)
{
    float value = value_of(p, accuracy);
    *to = (curve_point){p->epochs, value};
    l->highest = fmaxf(l->highest, value);
    l->lowest = fminf(l->lowest, value);
}

static void fill_lines(lines *l, const train_news *news, bool accuracy)
{
    l->lowest = INFINITY;
    l->highest = 0;
    for (int i = 0; i < news->n_trained; i++)
        add_point(l, &l->thin[i], &news->trained[i], accuracy);
    for (int i = 0; i < news->n_validated; i++)
        add_point(l, &l->thick[i], &news->validated[i], accuracy);
}

/* The axis grows with the training, by halves of all of it, so that the first batches can be seen as well. */
static float axis_of(const train_news *news, int epochs)
{
    float axis = (float)epochs, done = news->epoch > 0 ? (float)(news->epoch - 1) : 0;
    if (news->steps > 0)
        done += (float)news->step / (float)news->steps;
    while (news->steps > 0 && axis / 2 >= done && axis / 2 * (float)news->steps >= 8)
        axis /= 2;
    return axis;
}

/* Whole powers of ten around the loss, which begins near 2.3 for ten classes. */
static void set_decades(curves *c, const lines *l)
{
    const float least = 1e-4f, most = 1e3f;
    float low = fmaxf(fminf(l->lowest, 0.1f), least), high = fminf(fmaxf(l->highest, 1), most);
    c->low = powf(10, floorf(log10f(low) + 1e-3f));
    c->high = powf(10, ceilf(log10f(high) - 1e-3f));
    c->decades = true;
}

/* What was validated last or, where one looks back, what the network of that moment reads of some images that are set
 * aside; false where there is nothing yet. */
static bool find_numbers(const app *self, double *loss, double *accuracy)
{
    confusion c;
    const app_training *t = &self->training;
    const train_news *news = train_job_news(t->job);
    if (t->back >= 0) {
        *loss = train_job_moment_check(t->job, t->back, &c);
        *accuracy = (double)confusion_correct(&c) / confusion_total(&c);
        return true;
    }
    if (news->n_validated == 0)
        return false;
    *loss = (double)news->validated[news->n_validated - 1].loss;
    *accuracy = (double)news->validated[news->n_validated - 1].accuracy;
    return true;
}

static const char *title_of(const app *self, bool of_accuracy)
{
    ui *u = self->ui;
    double loss, accuracy;
    if (!find_numbers(self, &loss, &accuracy))
        return texts_get(of_accuracy ? TEXT_TRAIN_RIGHT : TEXT_TRAIN_LOSS);
    return of_accuracy ? ui_say(u, FORMAT_TRAIN_RIGHT_AT, 100 * accuracy) : ui_say(u, FORMAT_TRAIN_LOSS_AT, loss);
}

/* The moment that is looked back at, in epochs; negative: none is. */
static float moment_at(const app *self)
{
    const app_training *t = &self->training;
    const train_news *news = train_job_news(t->job);
    if (t->back < 0 || news->steps == 0)
        return -1;
    return (float)train_job_moment_step(t->job, t->back) / (float)news->steps;
}

static void draw_chart(const app *self, rect area, bool accuracy)
{
    ui *u = self->ui;
    const train_news *news = train_job_news(self->training.job);
    lines both;
    fill_lines(&both, news, accuracy);
    float axis = axis_of(news, train_job_request(self->training.job)->epochs);
    bool batches = axis < 1;
    curves c = {.title = title_of(self, accuracy),
                .x_title = texts_get(batches ? TEXT_LEARN_BATCHES_AXIS : TEXT_LEARN_EPOCHS_AXIS),
                .x_end = batches ? ui_say(u, FORMAT_NUMBER_WHOLE, (int)lroundf(axis * (float)news->steps))
                                 : ui_say(u, FORMAT_NUMBER_SHORT, (double)axis),
                .percent = accuracy,
                .max_x = axis,
                .mark = moment_at(self),
                .high = 1,
                .thin = both.thin,
                .thick = both.thick,
                .n_thin = news->n_trained,
                .n_thick = news->n_validated};
    if (!accuracy)
        set_decades(&c, &both);
    ui_area(u, area, accuracy ? "train.accuracy" : "train.loss", ELEMENT_SHOWN);
    ui_explain(u, texts_get(accuracy ? TEXT_TRAIN_RIGHT_TIP : TEXT_TRAIN_LOSS_TIP));
    curves_draw(u, area, &c);
}

static void draw_key(ui *u, rect r, int dash, float thickness, colour c, bool dotted)
{
    float y = (float)r.y + 0.5f * (float)r.h, width = fmaxf(thickness * u->scale, 1), dot = 2.2f * width;
    float x = (float)r.x, middle = x + 0.5f * ((float)dash - dot);
    draw_line(u->list, &(shape_line){x, y, width, x + (float)dash, y, width}, c);
    if (dotted)
        draw_box(u->list, &(shape_box){middle, y - 0.5f * dot, dot, dot, 0.5f * dot, 0}, c);
}

/* What the two lines are; smaller where both have no room. */
static void draw_legend(const app *self, rect row)
{
    ui *u = self->ui;
    const char *const words[] = {texts_get(TEXT_TRAIN_TRAINING), texts_get(TEXT_TRAIN_VALIDATION)};
    font f = panel_small_font(u);
    int dash = ui_px(u, 14), gap = ui_px(u, 3), space = ui_px(u, 6), room = row.w - 2 * (dash + gap) - space;
    int both = text_width(u->text, f, words[0]) + text_width(u->text, f, words[1]) + 2;
    if (both > room && room > 0)
        f.px = f.px * room / both;
    for (int i = 0; i < 2; i++) {
        int w = text_width(u->text, f, words[i]) + 1;
        draw_key(u, row, dash, i == 0 ? 1.4f : 2.6f, i == 0 ? u->colours->bar : u->colours->accent, i == 1);
        ui_label(u, (rect){row.x + dash + gap, row.y, w, row.h}, words[i], f, u->colours->muted, ALIGN_LEFT);
        row.x += dash + gap + w + space;
    }
}

/* Back in time: the last place is now. */
static void draw_moments(const app *self, rect row)
{
    const app_training *t = &self->training;
    const train_news *news = train_job_news(t->job);
    slider back = {.name = "train.back",
                   .tip = texts_get(TEXT_LEARN_BACK_TIP),
                   .act = {.id = ACTION_TRAIN_BACK},
                   .value = (float)(t->back < 0 ? news->moments : t->back),
                   .max = (float)news->moments,
                   .step = 1};
    if (news->moments > 0)
        ui_slider(self->ui, row, &back);
}

/* Side by side where there is room, else one below the other. */
void learn_curves(const app *self, rect area)
{
    ui *u = self->ui;
    int legend = ui_px(u, 18), gap = ui_px(u, 8), back = ui_px(u, 26), axis = curves_axis(u);
    draw_legend(self, (rect){area.x, area.y + area.h - legend, area.w, legend});
    area.h -= legend + back + ui_px(u, 4);
    draw_moments(self, (rect){area.x + axis, area.y + area.h, area.w - axis, back});
    rect loss = area, right = area;
    if (area.w * 2 >= area.h * 3) {
        loss.w = right.w = (area.w - gap) / 2;
        right.x += loss.w + gap;
    } else {
        loss.h = right.h = (area.h - gap) / 2;
        right.y += loss.h + gap;
    }
    draw_chart(self, right, true);
    draw_chart(self, loss, false);
}
