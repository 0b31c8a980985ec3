/* app.c - the application's life, its events, its frame. */
#include "app.h"
#include "app/core/digit/picture.h"
#include "app/core/terminal.h"
#include "app/ui/panels/panel.h"
#include "inside.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const double ease_ms = 55;     /* in this time a bar goes 63 % of its way */
static const double remark_ms = 5000; /* how long a remark stays */

static void add_message(app *self, double until, const char *format, va_list args)
{
    app_message m = {.until = until};
    vsnprintf(m.text, sizeof m.text, format, args);
    for (int i = 0; i < self->n_notices; i++)
        if (strcmp(self->notice[i].text, m.text) == 0)
            return;
    if (self->n_notices == APP_NOTICES)
        return;
    self->notice[self->n_notices++] = m;
    self->built = false;
}

void app_notice(app *self, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_message(self, INFINITY, format, args);
    va_end(args);
}

void app_remark(app *self, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_message(self, self->now + remark_ms, format, args);
    va_end(args);
}

/* ---- life -------------------------------------------------------------------------------------------------------- */

static void load_settings(app *self)
{
    nn_error err;
    int warnings = 0;
    settings_defaults(&self->settings);
    if (!settings_load(&self->settings, &self->paths, &warnings, &err))
        app_notice(self, "Settings: %s", err.text);
    else if (warnings > 0)
        app_notice(self, "Settings: %d %s not understood and left out", warnings,
                   warnings == 1 ? "line was" : "lines were");
    theme_choice choice = self->options.theme != THEME_SYSTEM ? self->options.theme : self->settings.theme;
    self->ui.colours = choice == THEME_DARK ? &theme_dark : &theme_light;
}

static void report(app *self, const nn_error *err)
{
    terminal_complain("digitscope: %s\n", err->text);
    app_notice(self, "%s", err->text);
}

/* The model asked for, else the one remembered, else the default. */
static void load_model(app *self)
{
    nn_error err;
    const char *wanted[] = {self->options.model, self->settings.model, NULL};
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0] && !self->reader; i++) {
        bool last = i + 1 == sizeof wanted / sizeof wanted[0];
        if (!last && (!wanted[i] || !*wanted[i]))
            continue;
        if (!app_use_model(self, wanted[i], &err))
            report(self, &err);
    }
}

static void open_journal(app *self)
{
    nn_error err;
    if (journal_open(&self->journal, &self->paths, &self->recovered, &err)) {
        self->offer = !ink_is_empty(&self->recovered);
        if (!recent_open(&self->recent, &self->paths, &err))
            app_notice(self, "Earlier drawings are not being kept: %s", err.text);
        return;
    }
    self->journal = NULL;
    if (err.code == NN_USAGE)
        app_notice(self, "Digitscope is open twice: this window's drawing will not be kept");
    else
        app_notice(self, "The drawing will not be kept: %s", err.text);
}

static void open_first_file(app *self)
{
    nn_error err;
    const char *path = self->options.open;
    if (!path)
        return;
    bool is_name = !models_is_path(path);
    if (is_name ? !app_use_model(self, path, &err) : !app_open_first(self, path, &err))
        report(self, &err);
}

bool app_new(app **out, const app_options *options, const app_host *host, nn_error *err)
{
    app *self = *out = nn_alloc(1, sizeof *self);
    if (!self)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    self->options = *options;
    self->host = *host;
    self->w = options->w;
    self->h = options->h;
    self->answer = (answer){.digit = -1, .text = ""};
    self->pen.x = self->pen.y = 0.5f * INK_CANVAS;
    self->how = digit_defaults;
    self->pen.hovered = -INFINITY;
    self->reread = true;
    ink_init(&self->drawing);
    ink_init(&self->recovered);
    recent_init(&self->recent);
    paper_init(&self->paper);
    ui_set_focus(&self->ui, "canvas");
    paths_find(&self->paths, options->state_dir);
    load_settings(self);
    if (!text_new(&self->ui.text, err) || !draw_new(&self->ui.list, err)) {
        app_free(self);
        *out = NULL;
        return false;
    }
    load_model(self);
    open_journal(self);
    train_init(self);
    open_first_file(self);
    return true;
}

void app_free(app *self)
{
    if (!self)
        return;
    pen_lift(self);
    train_free(self);
    lineup_free(self);
    journal_close(self->journal);
    inside_free(self->inside);
    recogniser_free(self->reader);
    settings_free(&self->settings);
    ink_free(&self->drawing);
    ink_free(&self->recovered);
    recent_free(&self->recent);
    paper_free(&self->paper);
    nn_free(self->picture.luma);
    nn_free(self->picture.shown);
    nn_free(self->models);
    draw_free(self->ui.list);
    text_free(self->ui.text);
    nn_free(self);
}

/* ---- events ------------------------------------------------------------------------------------------------------ */

/* Over a menu or dialog only those actions answer their keys that have to do with it. */
static bool key_is_for_popup(const app *self, action_id id)
{
    const element *focused = ui_find(&self->ui, self->ui.focus);
    if (id == ACTION_PASTE)
        return focused && focused->kind == ELEMENT_FIELD;
    return id >= ACTION_THEME;
}

static void shortcut(app *self, const event *e)
{
    action_id id = action_for_key(e->key, e->mods);
    if (self->popup != POPUP_NONE && !key_is_for_popup(self, id))
        return;
    if (id != ACTION_NONE) {
        app_do(self, (action){.id = id});
        self->ui.focus_shown |= self->popup != POPUP_NONE;
    } else if (e->key == KEY_ESCAPE && self->n_notices > 0) {
        app_do(self, (action){.id = ACTION_DISMISS});
    } else if (e->key == KEY_ESCAPE) {
        app_do(self, (action){.id = ACTION_LAYER, .index = -1});
    }
}

/* Widgets first, except for a pointer that is drawing; then the canvas; then shortcuts. */
static void input(app *self, const event *e)
{
    action act = {.id = ACTION_NONE};
    bool drawing = self->drawing.drawing && !self->pen.by_keys && self->pen.pointer == e->pointer;
    if (drawing && pen_event(self, e))
        return;
    if (ui_event(&self->ui, e, &act)) {
        if (act.id != ACTION_NONE)
            app_do(self, act);
    } else if (self->popup != POPUP_NONE || !pen_event(self, e)) {
        if (e->kind == EVENT_KEY_DOWN)
            shortcut(self, e);
    }
    if (self->pen.by_keys && strcmp(self->ui.focus, "canvas") != 0)
        pen_lift(self);
}

static void resize(app *self, int w, int h)
{
    self->w = w > 0 ? w : 0;
    self->h = h > 0 ? h : 0;
}

static void drop(app *self, const char *text)
{
    nn_error err;
    if (self->popup != POPUP_NONE)
        app_show(self, POPUP_NONE);
    if (!app_open_text(self, text, &err))
        app_notice(self, "%s", err.text);
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
    case EVENT_DROP: drop(self, e->text); break;
    case EVENT_FOCUS_LOST:
        pen_lift(self);
        self->pen.held = 0;
        input(self, e);
        break;
    case EVENT_POINTER_DOWN:
    case EVENT_POINTER_MOVE:
        self->ui.pointer_x = e->x;
        self->ui.pointer_y = e->y;
        input(self, e);
        break;
    case EVENT_POINTER_UP:
        input(self, e);
        if (e->pointer != 0)
            self->ui.hover[0] = '\0'; /* a finger that is lifted points at nothing */
        break;
    default: input(self, e); break;
    }
    self->built = false;
}

/* ---- time -------------------------------------------------------------------------------------------------------- */

bool app_shows_picture(const app *self)
{
    return self->picture.luma && self->picture.at == self->drawing.done;
}

static void read_drawing(app *self)
{
    nn_error err;
    if (!self->reread && self->read_version == self->drawing.version)
        return;
    self->read_version = self->drawing.version;
    self->reread = false;
    self->reads++;
    self->built = false;
    const app_picture *p = &self->picture;
    if (!app_shows_picture(self))
        digit_from_ink(&self->digit, &self->drawing, &self->how);
    else if (!picture_read(&self->digit, p->luma, p->w, p->h, &self->how, &err))
        app_notice(self, "%s", err.text);
    for (int i = 0; i < DIGIT_PIXELS; i++)
        self->input28[i] = (unsigned char)(255 * self->digit.image[i] + 0.5f);
    if (self->reader)
        recogniser_read(self->reader, &self->digit, &self->answer);
}

/* True while a bar is on its way. */
static bool ease_bars(app *self, double ms)
{
    float share = (float)(1 - exp(-fmin(ms, 34) / ease_ms));
    bool moving = false;
    for (int i = 0; i < NN_MAX_CLASSES; i++) {
        float target = i < self->answer.classes ? self->answer.probability[i] : 0, left = target - self->shown[i];
        if (left == 0)
            continue;
        bool arrived = fabsf(left) < 0.002f;
        self->shown[i] = arrived ? target : self->shown[i] + share * left;
        if (!arrived)
            moving = true;
        self->built = false;
    }
    return moving;
}

/* How long the message in the strip still stays: negative when it does until it is dismissed. */
static double age_message(app *self)
{
    if (self->n_notices > 0 && self->notice[0].until <= self->now)
        app_do(self, (action){.id = ACTION_DISMISS});
    return self->n_notices > 0 && isfinite(self->notice[0].until) ? self->notice[0].until - self->now : -1;
}

/* The sooner of two waits, where a negative one is none. */
static double sooner(double a, double b)
{
    return a >= 0 && b >= 0 ? fmin(a, b) : fmax(a, b);
}

double app_tick(app *self, double now)
{
    double before = self->now, tip_before = ui_waiting(&self->ui, before), end = drawing_ends(self);
    self->now = now;
    train_tick(self);
    lineup_tick(self);
    read_drawing(self);
    bool bars_move = ease_bars(self, now - before), inside_moves = inside_tick(self);
    double tip = ui_waiting(&self->ui, now), message = age_message(self);
    if ((tip_before >= 0 && tip < 0) || (before < end && now >= end))
        self->built = false;
    if (bars_move || inside_moves)
        return 0;
    return sooner(sooner(tip, message), now < end && isfinite(end) ? end - now : -1);
}

/* ---- frame ------------------------------------------------------------------------------------------------------- */

/* The screen's scale and the user's zoom; grows gently with the window, so that it can be read from the back of a
 * room, and never so far that a small window cannot hold the toolbar. */
static float layout_scale(const app *self)
{
    float screen = self->options.scale > 0 ? self->options.scale : 1, w = (float)self->w, h = (float)self->h;
    float fit = fminf(w / (1200 * screen), h / (760 * screen));
    float scale = screen * self->settings.zoom * (fit > 1 ? sqrtf(fit) : 1);
    return fmaxf(fminf(scale, fminf(w / 620, h / 440)), 0.5f);
}

/* The canvas is as large a square as leaves room for the view, beside it or, in a tall window, below it. */
static void build_middle(app *self, rect area, int gap)
{
    ui *u = &self->ui;
    bool beside = area.w * 4 >= area.h * 5;
    int view_min = ui_px(u, beside ? (float)views_min_width(self) : 290);
    int side = beside ? area.w - gap - view_min : area.h - gap - view_min;
    if (side > (beside ? area.h : area.w))
        side = beside ? area.h : area.w;
    if (side < 0)
        side = 0;
    rect canvas = {area.x, area.y, side, side}, panel = area;
    if (beside) {
        int room = area.w - side - gap, spare = room > side && side > view_min ? room - side : 0;
        canvas.x += spare / 2;
        panel = (rect){canvas.x + side + gap, area.y, room - spare, side * 10 > area.h * 9 ? side : area.h};
    } else {
        canvas.x += (area.w - side) / 2;
        panel.y += side + gap;
        panel.h -= side + gap;
    }
    canvas_panel(self, canvas);
    views_panel(self, panel);
}

/* A wide window has room for the drawings before this one, at the left. It is kept free from the start, so that nothing
 * moves when the first one comes. */
static void build_strip(app *self, rect *middle, int gap)
{
    ui *u = &self->ui;
    int w = ui_px(u, 60);
    if (middle->w < ui_px(u, 1000) || middle->w * 2 < middle->h * 3)
        return;
    recent_panel(self, (rect){middle->x, middle->y, w, middle->h});
    middle->x += w + gap;
    middle->w -= w + gap;
}

static void build_popup(app *self, rect window)
{
    switch (self->popup) {
    case POPUP_NONE: break;
    case POPUP_MENU: menu_popup(self, window); break;
    case POPUP_MODELS: models_popup(self, window); break;
    case POPUP_HELP: explain_popup(self, window); break;
    case POPUP_KEYS:
    case POPUP_ABOUT: text_dialog(self, window); break;
    case POPUP_OPEN:
    case POPUP_SAVE: path_dialog(self, window); break;
    case POPUP_RECENT: recent_popup(self, window); break;
    case POPUP_SETTINGS: settings_dialog(self, window); break;
    case POPUP_KEEP: keep_dialog(self, window); break;
    case POPUP_NETS: nets_popup(self, window); break;
    case POPUP_DATA: data_popup(self, window); break;
    case POPUP_FOLDER:
    case POPUP_NAME: train_dialog(self, window); break;
    case POPUP_LEAVE: leave_dialog(self, window); break;
    }
}

void app_build(app *self)
{
    if (self->built)
        return;
    ui *u = &self->ui;
    rect window = {0, 0, self->w, self->h};
    u->scale = layout_scale(self);
    draw_begin(u->list, self->w, self->h);
    ui_begin(u);
    draw_rect(u->list, window, 0, u->colours->background);

    int gap = ui_px(u, self->w > ui_px(u, 900) ? 24 : 12), bar = ui_px(u, 44), status = ui_px(u, 40);
    int inner_w = self->w - 2 * gap, top = gap / 2 + bar + gap / 2, bottom = self->h - status - gap / 2;
    toolbar_panel(self, (rect){gap, gap / 2, inner_w, bar});
    rect middle = {gap, top, inner_w, bottom - top - gap / 4};
    build_strip(self, &middle, gap);
    build_middle(self, middle, gap);
    status_panel(self, (rect){gap, bottom, inner_w, status});
    build_popup(self, window);
    ui_tooltip(u, window, self->now);
    ui_end(u);
    if (self->popup == POPUP_NONE && !ui_find(u, u->focus))
        ui_set_focus(u, "canvas");
    self->built = true;
}

int app_draw(app *self, const surface *target, rect changes[DRAW_MAX_CHANGES])
{
    read_drawing(self);
    app_build(self);
    int count = draw_changes(self->ui.list, changes);
    draw_render(self->ui.list, self->ui.text, target, changes, count);
    return count;
}

void app_forget_pixels(app *self)
{
    draw_forget(self->ui.list);
    self->built = false;
}

cursor app_cursor(const app *self)
{
    const element *over = ui_find(&self->ui, self->ui.hover);
    if (self->drawing.drawing && !self->pen.by_keys)
        return CURSOR_NONE;
    if (!over)
        return CURSOR_ARROW;
    switch (over->kind) {
    case ELEMENT_CANVAS: return CURSOR_NONE;
    case ELEMENT_FIELD: return CURSOR_TEXT;
    case ELEMENT_BUTTON:
    case ELEMENT_SLIDER: return CURSOR_HAND;
    default: return CURSOR_ARROW;
    }
}
