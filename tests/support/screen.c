/* screen.c - the application without a window, for tests. */
#include "screen.h"
#include "app/core/platform.h"
#include "app/ui/frame.h"
#include "app/ui/reader.h"
#include "nets.h"
#include "temp.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    FINGER = 5, /* any number but the mouse's, which is 0 */
    WAITS_MS = 120000
};

static const char net[] = "input 28 28 1\nflatten\ndense 10\nsoftmax\n";

static void take_text(void *ctx, const char *text)
{
    screen *s = ctx;
    nn_free(s->clipboard);
    s->clipboard = nn_strdup(text);
}

static char *give_text(void *ctx)
{
    const screen *s = ctx;
    return s->clipboard ? nn_strdup(s->clipboard) : NULL;
}

static void count_fullscreen(void *ctx)
{
    ((screen *)ctx)->fullscreen++;
}

static void set_pixels(screen *s, int w, int h)
{
    recorder_size(s->record, w, h, 1);
    free(s->pixels.pixels);
    size_t count = (size_t)w * (size_t)h;
    s->pixels = (surface){calloc(count ? count : 1, sizeof(uint32_t)), w, h, w};
    assert_non_null(s->pixels.pixels);
}

void screen_open(screen *s, int w, int h)
{
    screen_open_recorded(s, w, h, NULL);
}

void screen_open_recorded(screen *s, int w, int h, const char *recording)
{
    nn_error err;
    const char *path = temp_path("model.safetensors");
    nn_model *model = net_model(net, 7);
    assert_true(nn_model_save(model, path, &err));
    nn_model_free(model);
    *s = (screen){.now = 1000};
    app_options options = {.state_dir = temp_path("state"), .model = path, .w = w, .h = h, .scale = 1};
    app_host host = {.ctx = s, .copy = take_text, .paste = give_text, .fullscreen = count_fullscreen};
    assert_true(recorder_open(&s->record, recording, &err));
    recorder_wrap(s->record, &host);
    if (!app_new(&s->app, &options, &host, &err))
        fail_msg("%s", err.text);
    recorder_begin(s->record, s->app);
    set_pixels(s, w, h);
    screen_wait(s);
}

void screen_close(screen *s)
{
    app_free(s->app);
    recorder_close(s->record);
    free(s->pixels.pixels);
    nn_free(s->clipboard);
}

void screen_kill(screen *s)
{
    ink_cancel(&s->app->drawing); /* app_free would finish the stroke */
    screen_close(s);
}

static double tick(screen *s)
{
    s->now += 16;
    recorder_tick(s->record, s->now);
    return app_tick(s->app, s->now);
}

int screen_frame(screen *s)
{
    rect changes[DRAW_MAX_CHANGES];
    tick(s);
    recorder_draw(s->record);
    int count = app_draw(s->app, &s->pixels, changes);
    if (count > 0)
        recorder_frame(s->record, &s->pixels);
    return count;
}

static bool is_opening(const app *self)
{
    bool busy = self->reader.load || self->opening || self->choosing.job || self->comparison.survey ||
                self->training.counting || self->placing.job || self->learn.looking ||
                (self->learn.cost && !self->learn.done) ||
                (app_looks_for_doubts(self) && self->settings.view == VIEW_TRAIN && !self->training.job);
    for (int i = 0; i < self->comparison.n_rows; i++)
        busy = busy || self->comparison.row[i].load;
    return busy;
}

void screen_wait(screen *s)
{
    do
        screen_step(s);
    while (is_opening(s->app));
}

void screen_await(screen *s, const char *name)
{
    for (double until = platform_now_ms() + WAITS_MS; !screen_has(s, name); screen_step(s))
        if (platform_now_ms() > until)
            fail_msg("%s never came", name);
}

void screen_step(screen *s)
{
    platform_sleep_ms(1);
    screen_frame(s);
}

void screen_needs_pictures(void)
{
#ifndef DIGITSCOPE_IMAGE
    skip();
#endif
}

const comparison_row *screen_row(const screen *s, const char *name)
{
    for (int i = 0; i < s->app->comparison.n_rows; i++)
        if (strcmp(s->app->comparison.row[i].entry.name, name) == 0)
            return &s->app->comparison.row[i];
    fail_msg("no row %s", name);
    return NULL;
}

bool screen_says(const screen *s, const char *words)
{
    for (int i = 0; i < s->app->n_notices; i++)
        if (strstr(s->app->notice[i].text, words))
            return true;
    return false;
}

bool screen_shows(const screen *s, const char *words)
{
    const ui *u = s->app->ui;
    for (size_t at = 0; at < u->said_used; at += strlen(u->said + at) + 1)
        if (strstr(u->said + at, words))
            return true;
    return false;
}

void screen_use(screen *s, const char *value)
{
    reader_use_one(s->app, value);
    screen_wait(s);
}

void screen_settle(screen *s)
{
    for (int i = 0; i < 2000 && tick(s) == 0; i++)
        ;
    screen_frame(s);
}

static void send(screen *s, event e)
{
    e.t = s->now += 2;
    recorder_event(s->record, &e);
    app_event(s->app, &e);
}

void screen_pointer(screen *s, event_kind kind, float x, float y, int which)
{
    send(s, (event){.kind = kind,
                    .x = x,
                    .y = y,
                    .button = which,
                    .pointer = s->hand == HAND_FINGER ? FINGER : 0,
                    .pressure = s->hand == HAND_PEN ? 0.4f : 1});
}

void screen_key(screen *s, int key, int mods)
{
    send(s, (event){.kind = EVENT_KEY_DOWN, .key = key, .mods = mods});
    send(s, (event){.kind = EVENT_KEY_UP, .key = key, .mods = mods});
}

void screen_type(screen *s, const char *text)
{
    send(s, (event){.kind = EVENT_TEXT, .text = text});
}

void screen_event(screen *s, event_kind kind)
{
    send(s, (event){.kind = kind});
}

void screen_resize(screen *s, int w, int h)
{
    send(s, (event){.kind = EVENT_RESIZE, .x = (float)w, .y = (float)h});
    set_pixels(s, w, h);
    screen_frame(s);
}

bool screen_has(screen *s, const char *name)
{
    app_build(s->app);
    return ui_find(s->app->ui, name) != NULL;
}

rect screen_find(screen *s, const char *name)
{
    app_build(s->app);
    const element *e = ui_find(s->app->ui, name);
    if (!e)
        fail_msg("there is no element %s", name);
    return e->visible;
}

int screen_lines(screen *s, const char *name)
{
    rect r = screen_find(s, name);
    const ui *u = s->app->ui;
    int n = 0;
    for (int i = 0; i < u->n_lines; i++)
        n += !rect_is_empty(rect_intersect(u->line[i].visible, r));
    return n;
}

void screen_click(screen *s, const char *name)
{
    rect r = screen_find(s, name);
    float x = (float)r.x + 0.5f * (float)r.w, y = (float)r.y + 0.5f * (float)r.h;
    if (s->hand != HAND_FINGER)
        screen_pointer(s, EVENT_POINTER_MOVE, x, y, 0);
    screen_pointer(s, EVENT_POINTER_DOWN, x, y, POINTER_LEFT);
    screen_pointer(s, EVENT_POINTER_UP, x, y, POINTER_LEFT);
    screen_frame(s);
}

static void drag(screen *s, float x0, float y0, float x1, float y1)
{
    enum { STEPS = 8 };
    screen_pointer(s, EVENT_POINTER_DOWN, x0, y0, POINTER_LEFT);
    for (int i = 1; i <= STEPS; i++) {
        float t = (float)i / STEPS;
        screen_pointer(s, EVENT_POINTER_MOVE, x0 + t * (x1 - x0), y0 + t * (y1 - y0), 0);
        screen_frame(s);
    }
    screen_pointer(s, EVENT_POINTER_UP, x1, y1, POINTER_LEFT);
    screen_frame(s);
}

void screen_drag(screen *s, const char *name, float x0, float y0, float x1, float y1)
{
    rect r = screen_find(s, name);
    float x = (float)r.x, y = (float)r.y, w = (float)r.w, h = (float)r.h;
    drag(s, x + x0 * w, y + y0 * h, x + x1 * w, y + y1 * h);
}

static bool is_in_sight(screen *s, const char *name)
{
    app_build(s->app);
    const element *e = ui_find(s->app->ui, name);
    return e && e->visible.h == e->r.h;
}

void screen_scroll_to(screen *s, const char *name)
{
    for (int i = 0; i < 200 && !is_in_sight(s, name); i++) {
        rect list = s->app->ui->scroll_area;
        float x = (float)list.x + 0.3f * (float)list.w, y = (float)list.y, h = (float)list.h;
        if (s->hand == HAND_MOUSE)
            send(s, (event){.kind = EVENT_WHEEL, .x = x, .y = -1});
        else
            drag(s, x, y + 0.8f * h, x, y + 0.6f * h);
        screen_frame(s);
    }
    if (!is_in_sight(s, name))
        fail_msg("%s does not come into sight", name);
}

void screen_stroke(screen *s, float x0, float y0, float x1, float y1, int steps, int which)
{
    rect c = screen_find(s, "canvas");
    float unit = (float)c.w / INK_CANVAS;
    for (int i = 0; i <= steps; i++) {
        float t = steps ? (float)i / (float)steps : 0;
        float x = (float)c.x + (x0 + t * (x1 - x0)) * unit, y = (float)c.y + (y0 + t * (y1 - y0)) * unit;
        if (i == 0)
            screen_pointer(s, EVENT_POINTER_DOWN, x, y, which);
        else
            screen_pointer(s, EVENT_POINTER_MOVE, x, y, 0);
        if (i == steps)
            screen_pointer(s, EVENT_POINTER_UP, x, y, which);
    }
    screen_frame(s);
}

uint64_t screen_hash(const screen *s)
{
    uint64_t hash = 14695981039346656037u;
    for (int i = 0; i < s->pixels.w * s->pixels.h; i++)
        hash = (hash ^ s->pixels.pixels[i]) * 1099511628211u;
    return hash;
}
