/* learn_foot.c - what can be asked of a training: to begin, how fast it shall go, to end, to be kept. */
#include "app/texts/texts.h"
#include "panel.h"

enum { ROW = 36, GAP = 6 };

static bool is_to_be_decided(const app_training *t)
{
    const train_news *news = t->job ? train_job_news(t->job) : NULL;
    return news && !t->past && news->phase >= TRAIN_ENDED && news->best_epoch > 0;
}

/* Whether there is a choice of how fast it goes. */
static bool has_pace(const app *self)
{
    const app_training *t = &self->training;
    return t->job ? !t->past && !is_to_be_decided(t) : !t->fetch && !app_lacks_images(self);
}

/* As many buttons as there ever are. */
typedef struct row {
    button of[6];
    int count;
} row;

static void add(row *r, button b)
{
    r->of[r->count++] = b;
}

static void add_pace(const app *self, row *r)
{
    const app_training *t = &self->training;
    add(r, (button){.name = "train.batch",
                    .label = texts_get(TEXT_LEARN_ONE_BATCH),
                    .tip = texts_get(TEXT_LEARN_ONE_BATCH_TIP),
                    .style = BUTTON_SMALL,
                    .disabled = t->stopping,
                    .act = {.id = ACTION_TRAIN_BATCH}});
    add(r, (button){.name = "train.slow",
                    .label = texts_get(TEXT_LEARN_SLOW),
                    .tip = texts_get(TEXT_LEARN_SLOW_TIP),
                    .style = BUTTON_SMALL,
                    .on = t->slow,
                    .disabled = t->stopping,
                    .act = {.id = ACTION_TRAIN_SLOW, .index = 1}});
    add(r, (button){.name = "train.full",
                    .label = texts_get(TEXT_LEARN_FULL),
                    .tip = texts_get(TEXT_LEARN_FULL_TIP),
                    .style = BUTTON_SMALL,
                    .on = !t->slow,
                    .disabled = t->stopping,
                    .act = {.id = ACTION_TRAIN_SLOW, .index = 0}});
}

static void add_start(const app *self, row *r)
{
    if (app_lacks_images(self))
        add(r, (button){.name = "train.fetch",
                        .label = texts_get(TEXT_TRAIN_FETCH),
                        .tip = texts_get(TEXT_TRAIN_FETCH_TIP),
                        .style = BUTTON_MAIN,
                        .act = {.id = ACTION_TRAIN_FETCH}});
    else
        add(r, (button){.name = "train.start",
                        .label = texts_get(TEXT_TRAIN_START),
                        .tip = texts_get(TEXT_TRAIN_START_TIP),
                        .style = BUTTON_MAIN,
                        .act = {.id = ACTION_TRAIN_START}});
}

static void add_cancel(const app *self, row *r)
{
    const app_training *t = &self->training;
    add(r, (button){.name = "train.cancel",
                    .label = texts_get(TEXT_BUTTON_CANCEL),
                    .tip = texts_get(t->job ? TEXT_TRAIN_CANCEL_TIP : TEXT_TRAIN_FETCH_CANCEL_TIP),
                    .style = BUTTON_SMALL,
                    .disabled = t->stopping,
                    .act = {.id = ACTION_TRAIN_CANCEL}});
}

static void add_watch(const app *self, row *r, text_id tip)
{
    add(r, (button){.name = "train.watch",
                    .label = texts_get(TEXT_TRAIN_WATCH),
                    .tip = texts_get(tip),
                    .style = BUTTON_SMALL,
                    .on = app_watches_training(self),
                    .disabled = !self->training.reader,
                    .act = {.id = ACTION_TRAIN_WATCH}});
}

static void add_controls(const app *self, row *r)
{
    const app_training *t = &self->training;
    add(r, (button){.name = "train.pause",
                    .label = texts_get(t->paused ? TEXT_TRAIN_GO_ON : TEXT_TRAIN_PAUSE),
                    .tip = texts_get(TEXT_TRAIN_PAUSE_TIP),
                    .style = BUTTON_SMALL,
                    .disabled = t->stopping || train_job_news(t->job)->phase != TRAIN_RUNNING,
                    .act = {.id = ACTION_TRAIN_PAUSE}});
    add_cancel(self, r);
    add_watch(self, r, TEXT_TRAIN_WATCH_TIP);
}

/* What is kept: under which name, and whether with its past. */
static void add_name(const app *self, row *r)
{
    const app_training *t = &self->training;
    add(r, (button){.name = "train.name",
                    .label = t->name,
                    .detail = texts_get(TEXT_TRAIN_CHANGE),
                    .tip = texts_get(TEXT_TRAIN_NAME_TIP),
                    .disabled = t->saving,
                    .act = {.id = ACTION_TRAIN_RENAME}});
    add(r, (button){.name = "train.history",
                    .label = texts_get(TEXT_LEARN_HISTORY),
                    .tip = texts_get(TEXT_LEARN_HISTORY_TIP),
                    .style = BUTTON_SMALL,
                    .on = self->settings.train_history,
                    .disabled = t->saving,
                    .act = {.id = ACTION_TRAIN_HISTORY}});
}

/* Of a past one nothing is to be decided. */
static void add_close(const app *self, row *r)
{
    add(r, (button){.name = "train.close",
                    .label = texts_get(TEXT_LEARN_CLOSE),
                    .tip = texts_get(TEXT_LEARN_CLOSE_TIP),
                    .style = BUTTON_MAIN,
                    .act = {.id = ACTION_TRAIN_DISCARD}});
    add_watch(self, r, TEXT_LEARN_WATCH_PAST_TIP);
}

static void add_decision(const app *self, row *r)
{
    const app_training *t = &self->training;
    add(r, (button){.name = "train.keep",
                    .label = texts_get(TEXT_TRAIN_KEEP),
                    .tip = texts_get(TEXT_TRAIN_KEEP_TIP),
                    .style = BUTTON_MAIN,
                    .disabled = t->saving,
                    .act = {.id = ACTION_TRAIN_KEEP}});
    add(r, (button){.name = "train.discard",
                    .label = texts_get(TEXT_TRAIN_DISCARD),
                    .tip = texts_get(TEXT_TRAIN_DISCARD_TIP),
                    .style = BUTTON_SMALL,
                    .disabled = t->saving,
                    .act = {.id = ACTION_TRAIN_DISCARD}});
    add_watch(self, r, TEXT_TRAIN_WATCH_NEW_TIP);
}

/* ---- together ---------------------------------------------------------------------------------------------------- */

/* What belongs together, in two groups of which the first may be empty: the first is at the left, or below. */
static void make_rows(const app *self, row *first, row *second)
{
    const app_training *t = &self->training;
    *first = *second = (row){.count = 0};
    if (is_to_be_decided(t)) {
        add_name(self, first);
        add_decision(self, second);
        return;
    }
    if (t->past) {
        add_close(self, second);
        return;
    }
    if (has_pace(self))
        add_pace(self, first);
    if (t->job)
        add_controls(self, second);
    else if (t->fetch)
        add_cancel(self, second);
    else
        add_start(self, second);
}

static int width_of(ui *u, const row *r)
{
    int w = r->count > 0 ? (r->count - 1) * ui_px(u, 8) : 0;
    for (int i = 0; i < r->count; i++)
        w += ui_button_width(u, &r->of[i]);
    return w;
}

/* Both groups side by side, with some room between them. */
static bool are_beside(ui *u, const row *first, const row *second, int w)
{
    return first->count == 0 || width_of(u, first) + width_of(u, second) + ui_px(u, 24) <= w;
}

int learn_foot_height(const app *self, int w)
{
    ui *u = self->ui;
    row first, second;
    make_rows(self, &first, &second);
    return are_beside(u, &first, &second, w) ? ui_px(u, ROW) : 2 * ui_px(u, ROW) + ui_px(u, GAP);
}

void learn_foot(const app *self, rect area)
{
    ui *u = self->ui;
    row first, second;
    make_rows(self, &first, &second);
    rect top = {area.x, area.y, area.w, ui_px(u, ROW)}, last = top;
    bool beside = first.count > 0 && are_beside(u, &first, &second, area.w);
    int w = width_of(u, &second), apart = beside ? width_of(u, &first) + ui_px(u, 24) : 0;
    int easy = second.count * ui_px(u, 8), spare = area.w - w - apart; /* labels keep off the edges of their buttons */
    w += easy < spare ? easy : spare > 0 ? spare : 0;
    last.y = area.y + area.h - last.h;
    if (beside)
        last.w = area.w - w - ui_px(u, 24);
    if (first.count > 0 && w < area.w) { /* at the right in both cases */
        top.x = area.x + area.w - w;
        top.w = w;
    }
    panel_button_row(u, last, first.of, first.count); /* stays where it is when more buttons come */
    panel_button_row(u, top, second.of, second.count);
}
