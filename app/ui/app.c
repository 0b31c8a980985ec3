/* app.c - the application's life, its events, its frame. */
#include "app.h"
#include "actions.h"
#include "app/texts/texts.h"
#include "breaking.h"
#include "choosing.h"
#include "comparison.h"
#include "dialogs.h"
#include "digits.h"
#include "drawing.h"
#include "exporting.h"
#include "files.h"
#include "frame.h"
#include "inside.h"
#include "language.h"
#include "learn.h"
#include "net_editor.h"
#include "notice.h"
#include "numbers.h"
#include "open.h"
#include "own_models.h"
#include "pen.h"
#include "placing.h"
#include "popups.h"
#include "reader.h"
#include "reading.h"
#include "remember.h"
#include "sharing.h"
#include "teaching.h"
#include "testing.h"
#include "touching.h"
#include "train.h"
#include <math.h>
#include <string.h>

/* ---- life -------------------------------------------------------------------------------------------------------- */

static void load_settings(app *self)
{
    nn_error err;
    int warnings = 0;
    settings_defaults(&self->settings);
    language_begin(self); /* what is wrong with the settings is told in the environment's */
    if (!settings_load(&self->settings, &self->paths, &warnings, &err))
        app_notice(self, FORMAT_NOTICE_SETTINGS, err.text);
    else if (warnings > 0)
        app_notice(self, PLURAL_NOTICE_SETTINGS_LINES(warnings), warnings);
    language_begin(self);
    theme_choice choice = self->options.theme != THEME_SYSTEM ? self->options.theme : self->settings.theme;
    self->ui->colours = choice == THEME_DARK ? &theme_dark : &theme_light;
}

static void open_journal(app *self)
{
    nn_error err;
    if (journal_open(&self->journal, &self->paths, &self->recovered, &err)) {
        journal_watch(self->journal, self->host.wake, self->host.ctx);
        self->offer = !ink_is_empty(&self->recovered);
        drawing_find_picture(self);
        own_models_begin(self);
        if (!recent_open(&self->recent, &self->paths, &err))
            app_notice(self, FORMAT_NOTICE_EARLIER_NOT_KEPT, err.text);
        return;
    }
    self->journal = NULL;
    self->second = err.code == NN_USAGE;
    if (self->second)
        app_notice(self, FORMAT_NOTICE_OPEN_TWICE);
    else
        app_notice(self, FORMAT_NOTICE_NOT_KEPT, err.text);
}

bool app_new(app **out, const app_options *options, const app_host *host, nn_error *err)
{
    app *self = *out = nn_alloc(1, sizeof *self);
    if (!self)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    self->ui = nn_alloc(1, sizeof *self->ui);
    if (!self->ui) {
        nn_free(self);
        *out = NULL;
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    }
    self->options = *options;
    self->host = *host;
    self->w = options->w;
    self->h = options->h;
    self->reading.answer = answer_none();
    self->pen.x = self->pen.y = 0.5f * INK_CANVAS;
    self->how = digit_defaults;
    self->pen.hovered = -INFINITY;
    self->reader.revision = 1; /* nothing has been read yet */
    ink_init(&self->drawing);
    ink_init(&self->recovered);
    recent_init(&self->recent);
    recent_init(&self->forgotten);
    paper_init(&self->paper);
    ui_set_focus(self->ui, "canvas");
    paths_find(&self->paths, options->state_dir);
    load_settings(self);
    if (!text_new(&self->ui->text, err) || !draw_new(&self->ui->list, err)) {
        app_free(self);
        *out = NULL;
        return false;
    }
    language_set_fonts(self);
    reader_start(self);
    open_journal(self);
    files_init(self);
    train_init(self);
    testing_init(self);
    remember_begin(self);
    if (self->options.open)
        open_first(self, self->options.open);
    return true;
}

void app_free(app *self)
{
    if (!self)
        return;
    drawing_lift(self);
    teaching_free(self);
    own_models_free(self);
    net_editor_forget(self);
    learn_free(self);
    digits_free(self);
    train_free(self);
    files_free(self);
    sharing_free(self);
    comparison_free(self);
    testing_free(self);
    journal_close(self->journal);
    inside_free(self->inside);
    breaking_free(self->breaking);
    placing_free(self);
    touching_free(self);
    numbers_free(self);
    reader_free(self);
    if (self->manual)
        manual_free(self->manual);
    nn_free(self->manual);
    remember_free(self);
    settings_free(&self->settings);
    ink_free(&self->drawing);
    ink_free(&self->recovered);
    recent_free(&self->recent);
    recent_free(&self->forgotten);
    paper_free(&self->paper);
    drawing_drop_pictures(self, 0);
    file_job_leave(self->opening);
    choosing_call_off(self);
    exporting_free(self);
    job_await_left();
    draw_free(self->ui->list);
    text_free(self->ui->text);
    nn_free(self->ui);
    nn_free(self);
}

/* ---- events ------------------------------------------------------------------------------------------------------ */

/* Over a menu or dialog only those actions answer their keys that have to do with it. */
static bool key_works(const app *self, int id)
{
    const element *focused = ui_find(self->ui, self->ui->focus);
    if (self->popup == POPUP_NONE || id == ACTION_NONE)
        return self->popup == POPUP_NONE;
    action_over over = action_about(id)->over;
    return over == OVER_ANYWHERE || (over == OVER_FIELD && focused && focused->kind == ELEMENT_FIELD);
}

static void shortcut(app *self, const event *e)
{
    int id = action_for_key(e->key, e->mods);
    if (digits_key(self, e->key, e->mods) || !key_works(self, id))
        return;
    if (id != ACTION_NONE) {
        app_do(self, (action){.id = id});
        self->ui->focus_shown |= self->popup != POPUP_NONE;
    } else if (e->mods == 0 && teaching_answer(self, e->key)) {
        return;
    } else if (e->key == KEY_ESCAPE && app_said(self)) {
        app_do(self, (action){.id = ACTION_DISMISS});
    } else if (e->key == KEY_ESCAPE) {
        app_do(self, self->settings.view == VIEW_MODELS ? (action){.id = ACTION_TEST_BACK}
                                                        : (action){.id = ACTION_LAYER, .index = -1});
    }
}

/* Widgets first, except for a pointer that is drawing; then the canvas; then shortcuts. */
static void input(app *self, const event *e)
{
    action act = {.id = ACTION_NONE};
    if (pen_is_drawing(self, e) && pen_event(self, e))
        return;
    if (ui_event(self->ui, e, &act)) {
        if (act.id != ACTION_NONE)
            app_do(self, act);
    } else if (self->popup != POPUP_NONE || !pen_event(self, e)) {
        if (e->kind == EVENT_KEY_DOWN)
            shortcut(self, e);
    }
    if (self->pen.by_keys && strcmp(self->ui->focus, "canvas") != 0)
        drawing_lift(self);
}

static void resize(app *self, int w, int h)
{
    self->w = w > 0 ? w : 0;
    self->h = h > 0 ? h : 0;
}

/* Nobody can be asked: what would be lost is kept first. */
static void leave(app *self)
{
    drawing_lift(self);
    if (self->popup != POPUP_NONE)
        app_show(self, POPUP_NONE);
    train_keep_and_leave(self);
}

static void drop(app *self, const char *text)
{
    nn_error err;
    while (self->popup != POPUP_NONE)
        app_do(self, (action){.id = ACTION_CLOSE});
    if (!app_open_text(self, text, &err))
        app_failed_error(self, ACTION_OPEN, &err);
}

void app_event(app *self, const event *e)
{
    self->heard = e->t;
    /* What is clicked or typed goes to what the events before it made of the window. */
    if (e->kind == EVENT_POINTER_DOWN || e->kind == EVENT_KEY_DOWN || e->kind == EVENT_TEXT)
        app_build(self);
    switch (e->kind) {
    case EVENT_RESIZE: resize(self, (int)e->x, (int)e->y); break;
    case EVENT_QUIT: app_do(self, (action){.id = ACTION_QUIT}); break;
    case EVENT_TERMINATE: leave(self); break;
    case EVENT_DROP: drop(self, e->text); break;
    case EVENT_FOCUS_LOST:
        drawing_lift(self);
        self->pen.held = 0;
        input(self, e);
        break;
    case EVENT_POINTER_DOWN:
    case EVENT_POINTER_MOVE:
        self->ui->pointer_x = e->x;
        self->ui->pointer_y = e->y;
        input(self, e);
        break;
    case EVENT_POINTER_UP:
        input(self, e);
        if (e->pointer != 0)
            self->ui->hover[0] = '\0'; /* a finger that is lifted points at nothing */
        break;
    default: input(self, e); break;
    }
}

/* ---- time -------------------------------------------------------------------------------------------------------- */

/* The sooner of two waits, where a negative one is none. */
static double sooner(double a, double b)
{
    return a >= 0 && b >= 0 ? fmin(a, b) : fmax(a, b);
}

double app_tick(app *self, double now)
{
    double before = self->now, end = app_drawing_ends(self);
    self->now = now;
    double tap = pen_tick(self);
    train_tick(self);
    learn_tick(self);
    net_editor_tick(self);
    own_models_tick(self);
    drawing_tick(self);
    open_tick(self);
    choosing_tick(self);
    exporting_tick(self);
    files_tick(self);
    sharing_tick(self);
    reader_tick(self);
    touching_follow(self);
    reading_follow(self);
    teaching_tick(self);
    digits_tick(self);
    comparison_tick(self);
    testing_tick(self);
    dialogs_tick(self);
    placing_tick(self);
    bool bars_move = reading_ease(self, now - before), view_moves = inside_tick(self) || breaking_tick(self);
    double tip = ui_waiting(self->ui, now), message = app_age_messages(self, now - before),
           remembering = remember_tick(self);
    if (bars_move || view_moves || self->numbers.found.partial || reading_label_earlier(self))
        return 0;
    return sooner(sooner(sooner(sooner(tip, message), tap), remembering), now < end && isfinite(end) ? end - now : -1);
}

/* ---- frame ------------------------------------------------------------------------------------------------------- */

int app_draw(app *self, const surface *target, rect changes[DRAW_MAX_CHANGES])
{
    reading_follow(self);
    app_build(self);
    int count = draw_changes(self->ui->list, changes);
    draw_render(self->ui->list, self->ui->text, target, changes, count);
    return count;
}

void app_forget_pixels(app *self)
{
    draw_forget(self->ui->list);
}

cursor app_cursor(const app *self)
{
    const element *over = ui_find(self->ui, self->ui->hover);
    if (self->drawing.drawing && !self->pen.by_keys)
        return CURSOR_NONE;
    if (!over)
        return CURSOR_ARROW;
    switch (over->kind) {
    case ELEMENT_CANVAS: return CURSOR_NONE;
    case ELEMENT_FIELD: return CURSOR_TEXT;
    case ELEMENT_BUTTON:
    case ELEMENT_GRID:
    case ELEMENT_SLIDER: return CURSOR_HAND;
    default: return CURSOR_ARROW;
    }
}
