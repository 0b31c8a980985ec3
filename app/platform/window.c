/* window.c - the SDL window: its life, its place, and the loop that waits for events. */
#include "window.h"
#include "app/core/console/args.h"
#include "app/core/console/terminal.h"
#include "app/core/platform.h"
#include "app/ui/record.h"
#include "app/ui/remember.h"
#include "app/ui/replay.h"
#include "app/ui/trace.h"
#include "nn/file.h"
#include "presenter.h"
#include "scale.h"
#include "signals.h"
#include "tablet.h"
#include "translate.h"
#include "window_args.h"
#include <SDL.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct window {
    SDL_Window *handle;
    presenter screen;
    tablet *pens;
    SDL_Cursor *cursors[CURSOR_NONE];
    cursor cursor_shown;
    bool exposed; /* the screen lost what was presented */
    float scale;  /* asked for, or the desktop's */
    app *state;
    trace *trace;
    recorder *record;
    double started; /* ms, platform clock */
    double polled;  /* end of the last look at the events */
    double presented;
    char *dropped;      /* so far, of what is dropped together: a line each; NULL: nothing */
    double input_since; /* of the oldest input in this frame; negative: none */
} window;

static const double gather_ms = 4;

/* ---- what the application asks of the window system -------------------------------------------------------------- */

static void copy_text(void *ctx, const char *text)
{
    (void)ctx;
    SDL_SetClipboardText(text);
}

static char *paste_text(void *ctx)
{
    (void)ctx;
    char *theirs = SDL_GetClipboardText(), *ours = theirs ? nn_strdup(theirs) : NULL;
    SDL_free(theirs);
    return ours;
}

static void toggle_fullscreen(void *ctx)
{
    window *self = ctx;
    bool full = SDL_GetWindowFlags(self->handle) & SDL_WINDOW_FULLSCREEN_DESKTOP;
    SDL_SetWindowFullscreen(self->handle, full ? 0 : SDL_WINDOW_FULLSCREEN_DESKTOP);
}

/* Any thread: an event that says nothing but "look again". */
static void wake_up(void *ctx)
{
    (void)ctx;
    SDL_PushEvent(&(SDL_Event){.type = SDL_USEREVENT});
}

static void attract(void *ctx)
{
    const window *self = ctx;
    if (!(SDL_GetWindowFlags(self->handle) & SDL_WINDOW_INPUT_FOCUS))
        SDL_FlashWindow(self->handle, SDL_FLASH_UNTIL_FOCUSED);
}

/* ---- opening ----------------------------------------------------------------------------------------------------- */

/* Without a display SDL would take a driver that shows nothing; only a person who asks for one by name gets it. */
static void refuse_invisible_drivers(void)
{
    char list[256] = "";
    for (int i = 0; i < SDL_GetNumVideoDrivers(); i++) {
        const char *name = SDL_GetVideoDriver(i);
        bool visible = strcmp(name, "offscreen") != 0 && strcmp(name, "dummy") != 0 && strcmp(name, "evdev") != 0;
        if (visible)
            snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s", *list ? "," : "", name);
    }
    SDL_SetHint(SDL_HINT_VIDEODRIVER, list); /* the environment's own wish goes first */
}

static bool start_sdl(nn_error *err)
{
    refuse_invisible_drivers();
    platform_start_no_bus();
    SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1"); /* signals.h */
    SDL_SetHint(SDL_HINT_FRAMEBUFFER_ACCELERATION, "0");
    SDL_SetHint(SDL_HINT_VIDEO_ALLOW_SCREENSAVER, "1");
    SDL_SetHint(SDL_HINT_VIDEO_X11_NET_WM_BYPASS_COMPOSITOR, "0");
    SDL_SetHint(SDL_HINT_TOUCH_MOUSE_EVENTS, "0");
    SDL_SetHint(SDL_HINT_MOUSE_FOCUS_CLICKTHROUGH, "1");
    if (SDL_Init(SDL_INIT_VIDEO) != 0)
        return nn_fail(err, NN_IO, 0, "no display (is DISPLAY or WAYLAND_DISPLAY set?): %s", SDL_GetError());
    SDL_StopTextInput();
    return true;
}

/* Whether the middle of the remembered window is on a screen that is still there, and which part of that is usable. */
static bool remembered_screen(const settings *s, SDL_Rect *usable)
{
    SDL_Point middle = {s->window_x + s->window_w / 2, s->window_y + s->window_h / 2};
    for (int i = 0; s->window_x != -1 && i < SDL_GetNumVideoDisplays(); i++)
        if (SDL_GetDisplayUsableBounds(i, usable) == 0 && SDL_PointInRect(&middle, usable))
            return true;
    return false;
}

/* The size asked for, as it is; else the remembered one and its place, as far as there is room on a screen. */
static void choose_place(const app *state, int *x, int *y, int *w, int *h)
{
    const settings *s = &state->settings;
    SDL_Rect screen;
    bool asked = state->options.w > 0, placed = !asked && remembered_screen(s, &screen);
    *w = asked ? state->options.w : s->window_w;
    *h = asked ? state->options.h : s->window_h;
    *x = *y = (int)SDL_WINDOWPOS_UNDEFINED;
    if (asked || (!placed && SDL_GetDisplayUsableBounds(0, &screen) != 0))
        return;
    *w = SDL_min(*w, screen.w);
    *h = SDL_min(*h, screen.h);
    if (!placed)
        return;
    *x = SDL_min(SDL_max(s->window_x, screen.x), screen.x + screen.w - *w);
    *y = SDL_min(SDL_max(s->window_y, screen.y), screen.y + screen.h - *h);
}

/* The program's own drawing: a curve on a round card. */
static void set_icon(SDL_Window *handle)
{
    enum { SIDE = 64 };
    static uint32_t pixels[SIDE * SIDE];
    const float curve[][2] = {{20, 20}, {27, 15}, {36, 15}, {43, 21}, {42, 28}, {33, 31},
                              {43, 35}, {45, 43}, {37, 50}, {27, 50}, {19, 45}};
    surface target = {pixels, SIDE, SIDE, SIDE};
    rect all = {0, 0, SIDE, SIDE};
    raster_box(&target, all, &(shape_box){0, 0, SIDE, SIDE, 14, 0}, theme_light.accent);
    for (size_t i = 1; i < sizeof curve / sizeof curve[0]; i++)
        raster_line(&target, all, &(shape_line){curve[i - 1][0], curve[i - 1][1], 6, curve[i][0], curve[i][1], 6},
                    0xffffffff);
    SDL_Surface *card = SDL_CreateRGBSurfaceWithFormatFrom(pixels, SIDE, SIDE, 32, SIDE * 4, SDL_PIXELFORMAT_ARGB8888);
    if (card)
        SDL_SetWindowIcon(handle, card);
    SDL_FreeSurface(card);
}

static bool open_window(window *self, nn_error *err)
{
    int x, y, w, h;
    choose_place(self->state, &x, &y, &w, &h);
    Uint32 flags = SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI;
    if (self->state->settings.maximised && self->state->options.w == 0)
        flags |= SDL_WINDOW_MAXIMIZED;
    self->handle = SDL_CreateWindow("Digitscope", x, y, w, h, flags);
    if (!self->handle)
        return nn_fail(err, NN_IO, 0, "no window can be opened: %s", SDL_GetError());
    self->screen.window = self->handle;
    SDL_SetWindowMinimumSize(self->handle, SDL_min(w, WINDOW_MIN_W), SDL_min(h, WINDOW_MIN_H));
    set_icon(self->handle);
    self->cursors[CURSOR_ARROW] = SDL_CreateSystemCursor(SDL_SYSTEM_CURSOR_ARROW);
    self->cursors[CURSOR_HAND] = SDL_CreateSystemCursor(SDL_SYSTEM_CURSOR_HAND);
    self->cursors[CURSOR_TEXT] = SDL_CreateSystemCursor(SDL_SYSTEM_CURSOR_IBEAM);
    return true;
}

/* ---- the loop ---------------------------------------------------------------------------------------------------- */

static void show_cursor(window *self)
{
    cursor wanted = app_cursor(self->state);
    if (wanted == self->cursor_shown)
        return;
    self->cursor_shown = wanted;
    SDL_ShowCursor(wanted != CURSOR_NONE);
    if (wanted != CURSOR_NONE)
        SDL_SetCursor(self->cursors[wanted]);
}

/* Input methods appear only where text can go. */
static void follow_focus(const window *self)
{
    const element *focused = ui_find(self->state->ui, self->state->ui->focus);
    bool wanted = focused && focused->kind == ELEMENT_FIELD;
    if (wanted && !SDL_IsTextInputActive())
        SDL_StartTextInput();
    if (!wanted && SDL_IsTextInputActive())
        SDL_StopTextInput();
}

static void remember_place(window *self)
{
    settings *s = &self->state->settings;
    Uint32 flags = SDL_GetWindowFlags(self->handle);
    s->maximised = flags & SDL_WINDOW_MAXIMIZED;
    if (flags & (SDL_WINDOW_MAXIMIZED | SDL_WINDOW_FULLSCREEN_DESKTOP | SDL_WINDOW_MINIMIZED))
        return;
    SDL_GetWindowSize(self->handle, &s->window_w, &s->window_h);
    int top = 0, left = 0;
    SDL_GetWindowPosition(self->handle, &s->window_x, &s->window_y);
    /* Window managers place the frame, SDL tells where the inside is. */
    if (SDL_GetWindowBordersSize(self->handle, &top, &left, NULL, NULL) == 0) {
        s->window_x -= left;
        s->window_y -= top;
    }
}

static void window_event(window *self, const SDL_WindowEvent *e)
{
    switch (e->event) {
    case SDL_WINDOWEVENT_SIZE_CHANGED: self->screen.pixels = NULL; break;
    case SDL_WINDOWEVENT_EXPOSED:
    case SDL_WINDOWEVENT_RESTORED: self->exposed = true; break;
    default: break;
    }
    if (e->event == SDL_WINDOWEVENT_MOVED || e->event == SDL_WINDOWEVENT_SIZE_CHANGED)
        remember_place(self);
}

static void take_event(window *self, const event *e)
{
    recorder_event(self->record, e);
    app_event(self->state, e);
}

static void gather_drop(window *self, const char *line)
{
    const char *before = self->dropped ? self->dropped : "";
    size_t size = strlen(before) + strlen(line) + 2;
    char *all = nn_alloc(size, 1);
    if (!all)
        return;
    snprintf(all, size, "%s%s%s", before, *before ? "\n" : "", line);
    nn_free(self->dropped);
    self->dropped = all;
}

static void end_drop(window *self)
{
    if (self->dropped)
        take_event(self, &(event){.kind = EVENT_DROP, .t = platform_now_ms(), .text = self->dropped});
    nn_free(self->dropped);
    self->dropped = NULL;
}

static void handle_event(window *self, const SDL_Event *e)
{
    event translated;
    if (e->type == SDL_DROPFILE || e->type == SDL_DROPTEXT)
        gather_drop(self, e->drop.file);
    if (e->type == SDL_DROPCOMPLETE)
        end_drop(self);
    if (e->type == SDL_WINDOWEVENT)
        window_event(self, &e->window);
    if (e->type == SDL_RENDER_TARGETS_RESET || e->type == SDL_RENDER_DEVICE_RESET)
        self->screen.pixels = NULL;
    if (translate_event(&translated, e, self->handle, platform_now_ms())) {
        bool is_input = translated.kind <= EVENT_TEXT && translated.kind != EVENT_POINTER_LEAVE;
        if (is_input && self->input_since < 0)
            self->input_since = self->polled;
        take_event(self, &translated);
    }
    translate_done(e);
}

/* How long a frame is on the screen. */
static double frame_interval(const window *self)
{
    SDL_DisplayMode mode;
    bool known = SDL_GetWindowDisplayMode(self->handle, &mode) == 0 && mode.refresh_rate > 0;
    return 1000.0 / (known ? mode.refresh_rate : 60);
}

/* Waits for an event, at most until app_tick wants to be called again. Samples that come right after a frame gather for
 * a moment, so that a fast mouse does not make a frame of each. */
static bool wait_event(window *self, SDL_Event *e, double delay)
{
    double since = platform_now_ms() - self->presented;
    if (since < gather_ms)
        SDL_Delay((Uint32)ceil(gather_ms - since));
    if (SDL_PollEvent(e))
        return true;
    if (delay == 0)
        delay = fmax(frame_interval(self) - gather_ms, 1);
    bool got = delay < 0 ? SDL_WaitEvent(e) : SDL_WaitEventTimeout(e, (int)ceil(delay));
    self->polled = platform_now_ms(); /* it slept: what came, came now */
    return got;
}

static void tell_size(window *self)
{
    int w = 0;
    surface s = presenter_surface(&self->screen);
    SDL_GetWindowSize(self->handle, &w, NULL);
    /* Where a window's unit is several pixels, the layout's is as well. */
    self->state->options.scale = self->scale * (w > 0 ? (float)s.w / (float)w : 1);
    event resized = {.kind = EVENT_RESIZE, .x = (float)s.w, .y = (float)s.h};
    recorder_size(self->record, s.w, s.h, self->state->options.scale);
    take_event(self, &resized);
}

static void forget_pixels(window *self)
{
    recorder_forget(self->record);
    app_forget_pixels(self->state);
}

static bool paint(window *self, double began)
{
    rect changes[DRAW_MAX_CHANGES];
    if (!self->screen.pixels) {
        if (!presenter_prepare(&self->screen))
            return false;
        forget_pixels(self);
        tell_size(self);
    }
    if (self->exposed)
        forget_pixels(self);
    self->exposed = false;
    surface target = presenter_surface(&self->screen);
    recorder_draw(self->record);
    int count = app_draw(self->state, &target, changes);
    if (count == 0)
        return true;
    recorder_frame(self->record, &target);
    presenter_show(&self->screen, changes, count);
    self->presented = platform_now_ms();
    trace_frame frame = {self->presented - self->started, self->presented - began,
                         self->input_since < 0 ? -1 : self->presented - self->input_since};
    trace_write(self->trace, &frame, self->state);
    return true;
}

#ifdef DIGITSCOPE_ASSERT_READS
/* A frame that waits for a disk is late, for ever if the disk is a network's: workers read, and say when they have. */
static void refuse_read(const char *path)
{
    terminal_complain("digitscope: the window's thread reads %s\n", path);
    abort();
}
#else
static void (*const refuse_read)(const char *path) = NULL;
#endif

static bool loop(window *self, nn_error *err)
{
    nn_file_watch_thread(refuse_read);
    double delay = 0;
    self->input_since = -1;
    self->polled = platform_now_ms();
    while (!self->state->quit) {
        SDL_Event e;
        bool first = self->presented <= 0, got = first ? SDL_PollEvent(&e) : wait_event(self, &e, delay);
        double began = platform_now_ms();
        trace_frame_begins(self->trace);
        for (; got; got = SDL_PollEvent(&e))
            handle_event(self, &e);
        if (signals_came())
            take_event(self, &(event){.kind = EVENT_TERMINATE, .t = began});
        self->polled = platform_now_ms();
        recorder_tick(self->record, self->polled);
        delay = app_tick(self->state, self->polled);
        if (!paint(self, began))
            return nn_fail(err, NN_IO, 0, "the window cannot be painted: %s", SDL_GetError());
        if (!self->screen.pixels)
            delay = 0; /* the window's surface was lost: try again soon */
        self->input_since = -1;
        show_cursor(self);
        follow_focus(self);
    }
    return true;
}

/* ---- all together ------------------------------------------------------------------------------------------------ */

static void close_all(window *self)
{
    nn_file_watch_thread(NULL);
    nn_error err;
    if (self->state && self->state->quit && !remember_end(self->state, &err))
        terminal_complain("digitscope: settings are not kept: %s\n", err.text);
    trace_close(self->trace);
    app_free(self->state);
    recorder_close(self->record);
    nn_free(self->dropped);
    for (int i = 0; i < CURSOR_NONE; i++)
        if (self->cursors[i])
            SDL_FreeCursor(self->cursors[i]);
    presenter_free(&self->screen);
    tablet_close(self->pens);
    if (self->handle)
        SDL_DestroyWindow(self->handle);
    SDL_Quit();
}

/* A session again, without a window; the exit status says whether its pixels were the same. */
static int replay(const window_args *args)
{
    trace *to = NULL;
    replay_result result;
    nn_error err;
    bool ok = trace_open(&to, args->trace, &err) && replay_run(&result, args->replay, &args->app, to, &err);
    trace_close(to);
    if (!ok) {
        terminal_complain("digitscope: %s\n", err.text);
        return EXIT_ERROR;
    }
    terminal_print("%ld frames, %ld of other pixels than recorded\n", result.frames, result.different);
    if (result.different > 0)
        terminal_complain("digitscope: %s: line %d: the first frame of other pixels\n", args->replay,
                          result.first_different);
    return terminal_flush() && result.different == 0 ? EXIT_OK : EXIT_ERROR;
}

int window_run(int argc, char **argv, const likeness *meant)
{
    window self = {.started = platform_now_ms(), .cursor_shown = CURSOR_ARROW, .exposed = true};
    window_args args;
    nn_error err;
    int status = window_args_parse(&args, argc, argv, meant);
    if (status >= 0)
        return status;

    if (args.replay)
        return replay(&args);
    signals_catch(wake_up, NULL);
    app_host host = {&self, copy_text, paste_text, toggle_fullscreen, wake_up, attract, NULL};
    bool ok =
        trace_open(&self.trace, args.trace, &err) && recorder_open(&self.record, args.record, &err) && start_sdl(&err);
    recorder_wrap(self.record, &host);
    self.pens = ok ? tablet_open() : NULL;
    if (ok)
        self.scale = args.scale > 0 ? (float)args.scale : desktop_scale();
    ok = ok && app_new(&self.state, &args.app, &host, &err);
    if (ok)
        recorder_begin(self.record, self.state);
    ok = ok && open_window(&self, &err) && loop(&self, &err);
    if (!ok)
        terminal_complain("digitscope: %s\n", err.text);
    close_all(&self);
    return ok ? EXIT_OK : EXIT_ERROR;
}
