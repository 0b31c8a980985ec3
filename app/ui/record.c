/* record.c - the steps of a session to JSON and back, and the file they are written to. */
#include "record.h"
#include "app/core/console/terminal.h"
#include "app/texts/texts.h"
#include "nn/alloc.h"
#include "nn/json.h"
#include "nn/log.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- printing ---------------------------------------------------------------------------------------------------- */

static const char *const event_names[] = {
    [EVENT_POINTER_DOWN] = "down",   [EVENT_POINTER_MOVE] = "move", [EVENT_POINTER_UP] = "up",
    [EVENT_POINTER_LEAVE] = "leave", [EVENT_WHEEL] = "wheel",       [EVENT_KEY_DOWN] = "key_down",
    [EVENT_KEY_UP] = "key_up",       [EVENT_TEXT] = "text",         [EVENT_RESIZE] = "resize",
    [EVENT_FOCUS_LOST] = "unfocus",  [EVENT_DROP] = "drop",         [EVENT_QUIT] = "quit",
    [EVENT_TERMINATE] = "terminate"};
enum { EVENT_KINDS = sizeof event_names / sizeof event_names[0] };

static const char *const theme_names[] = {"system", "light", "dark"};

static void set_number(json_t *object, const char *key, double value)
{
    if (value != 0)
        json_object_set_new(object, key, json_real(value));
}

static void set_whole(json_t *object, const char *key, long long value)
{
    if (value != 0)
        json_object_set_new(object, key, json_integer(value));
}

static void set_text(json_t *object, const char *key, const char *text)
{
    if (text)
        json_object_set_new(object, key, nn_json_string(text));
}

static json_t *print_begin(const record_step *step)
{
    const app_options *o = &step->begin;
    json_t *object = json_pack("{s:i, s:[i,i], s:f, s:s}", "recording", (int)RECORD_FORMAT, "window", o->w, o->h,
                               "scale", (double)o->scale, "theme", theme_names[o->theme]);
    set_text(object, "version", DIGITSCOPE_VERSION);
    set_text(object, "language", o->language);
    set_text(object, "model", o->model);
    set_text(object, "open", o->open);
    set_text(object, "data", o->data);
    set_text(object, "mirror", o->mirror);
    set_text(object, "settings", step->settings);
    return object;
}

static json_t *print_event(const event *e)
{
    json_t *object = json_pack("{s:s, s:f}", "event", event_names[e->kind], "t", e->t);
    set_number(object, "x", (double)e->x);
    set_number(object, "y", (double)e->y);
    set_whole(object, "pointer", e->pointer);
    set_whole(object, "button", e->button);
    set_number(object, "pressure", (double)e->pressure);
    if (e->eraser)
        json_object_set_new(object, "eraser", json_true());
    set_whole(object, "key", e->key);
    set_whole(object, "mods", e->mods);
    set_text(object, "text", e->text);
    return object;
}

static json_t *print_step(const record_step *step)
{
    char hash[20];
    snprintf(hash, sizeof hash, "%016llx", (unsigned long long)step->hash);
    switch (step->kind) {
    case RECORD_BEGIN: return print_begin(step);
    case RECORD_EVENT: return print_event(&step->event);
    case RECORD_SIZE: return json_pack("{s:[i,i], s:f}", "size", step->w, step->h, "scale", step->value);
    case RECORD_FORGET: return json_pack("{s:b}", "forget", 1);
    case RECORD_TICK: return json_pack("{s:f}", "tick", step->value);
    case RECORD_DRAW: return json_pack("{s:b}", "draw", 1);
    case RECORD_TOLD: return json_pack("{s:s, s:o}", "told", step->text, "value", nn_json_number(step->value));
    case RECORD_PASTE: return json_pack("{s:o}", "paste", step->text ? nn_json_string(step->text) : json_null());
    case RECORD_FRAME: return json_pack("{s:s}", "frame", hash);
    }
    return NULL;
}

bool record_print(const record_step *step, char **text, size_t *len, nn_error *err)
{
    json_t *object = print_step(step);
    char *line = nn_json_text(object, JSON_COMPACT | JSON_REAL_PRECISION(17));
    json_decref(object);
    size_t n = line ? strlen(line) : 0;
    *text = line ? nn_realloc(line, n + 1, n + 2, 1) : NULL;
    if (!*text) {
        nn_free(line);
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    }
    (*text)[n] = '\n';
    *len = n + 1;
    return true;
}

uint64_t record_hash(const surface *s)
{
    uint64_t hash = 14695981039346656037u;
    for (int y = 0; y < s->h; y++)
        for (int x = 0; x < s->w; x++)
            hash = (hash ^ (s->pixels[(ptrdiff_t)y * s->stride + x] & 0xffffff)) * 1099511628211u;
    return hash;
}

/* ---- parsing ----------------------------------------------------------------------------------------------------- */

/* What is read from a line, and how many of its keys; `wrong` is the first that is not as it should be. */
typedef struct reader {
    const json_t *object;
    size_t keys;
    const char *wrong;
} reader;

static const json_t *take(reader *r, const char *key)
{
    const json_t *value = json_object_get(r->object, key);
    r->keys += value != NULL;
    return value;
}

static void check(reader *r, const char *key, bool ok)
{
    if (!ok && !r->wrong)
        r->wrong = key;
}

/* Missing: 0. */
static double take_number(reader *r, const char *key, double low, double high)
{
    const json_t *value = take(r, key);
    double number = json_number_value(value);
    check(r, key, !value || (json_is_number(value) && number >= low && number <= high));
    return number;
}

static long long take_whole(reader *r, const char *key, long long low, long long high)
{
    const json_t *value = take(r, key);
    long long number = json_integer_value(value);
    check(r, key, !value || (json_is_integer(value) && number >= low && number <= high));
    return number;
}

/* Missing: NULL. */
static const char *take_text(reader *r, const char *key)
{
    const json_t *value = take(r, key);
    check(r, key, !value || json_is_string(value));
    return json_string_value(value);
}

/* Missing: false; a line never says false. */
static bool take_flag(reader *r, const char *key)
{
    const json_t *value = take(r, key);
    check(r, key, !value || json_is_true(value));
    return value != NULL;
}

/* Missing or null: NULL. */
static const char *take_text_or_null(reader *r, const char *key)
{
    const json_t *value = take(r, key);
    check(r, key, !value || json_is_string(value) || json_is_null(value));
    return json_string_value(value);
}

/* Which of the names. */
static int take_name(reader *r, const char *key, const char *const *names, int count)
{
    const char *name = take_text(r, key);
    int i = 0;
    while (i < count && (!name || strcmp(name, names[i]) != 0))
        i++;
    check(r, key, i < count);
    return i < count ? i : 0;
}

static void take_size(reader *r, const char *key, int *w, int *h)
{
    const json_t *size = take(r, key);
    long long side[2];
    bool ok = json_array_size(size) == 2;
    for (size_t i = 0; i < 2; i++) {
        const json_t *value = json_array_get(size, i);
        side[i] = json_integer_value(value);
        ok = ok && json_is_integer(value) && side[i] >= 0 && side[i] <= RECORD_MAX_SIDE;
    }
    check(r, key, ok);
    *w = ok ? (int)side[0] : 0;
    *h = ok ? (int)side[1] : 0;
}

static const double any_time = 1e15; /* ms */

static void parse_begin(record_step *step, reader *r)
{
    app_options *o = &step->begin;
    step->kind = RECORD_BEGIN;
    check(r, "recording", take_whole(r, "recording", 0, 1 << 20) == RECORD_FORMAT);
    take_text(r, "version");
    take_size(r, "window", &o->w, &o->h);
    o->scale = (float)take_number(r, "scale", 0, 16);
    o->theme = (theme_choice)take_name(r, "theme", theme_names, 3);
    o->language = take_text(r, "language");
    o->model = take_text(r, "model");
    o->open = take_text(r, "open");
    o->data = take_text(r, "data");
    o->mirror = take_text(r, "mirror");
    step->settings = take_text(r, "settings");
}

static void parse_event(record_step *step, reader *r)
{
    const double far = 1e9; /* pixels */
    event *e = &step->event;
    step->kind = RECORD_EVENT;
    e->kind = (event_kind)take_name(r, "event", event_names, EVENT_KINDS);
    e->t = take_number(r, "t", -any_time, any_time);
    e->x = (float)take_number(r, "x", -far, far);
    e->y = (float)take_number(r, "y", -far, far);
    e->pointer = take_whole(r, "pointer", INT64_MIN, INT64_MAX);
    e->button = (int)take_whole(r, "button", 0, POINTER_RIGHT);
    e->pressure = (float)take_number(r, "pressure", 0, 1);
    e->eraser = take_flag(r, "eraser");
    e->key = (int)take_whole(r, "key", 0, 1 << 16);
    e->mods = (int)take_whole(r, "mods", 0, MOD_SHIFT | MOD_CTRL);
    e->text = take_text(r, "text");
    check(r, "text", e->text || (e->kind != EVENT_TEXT && e->kind != EVENT_DROP));
    bool size = e->kind == EVENT_RESIZE;
    check(r, "x", !size || (e->x >= 0 && e->x <= RECORD_MAX_SIDE && e->y >= 0 && e->y <= RECORD_MAX_SIDE));
}

static void parse_told(record_step *step, reader *r)
{
    step->kind = RECORD_TOLD;
    step->text = take_text(r, "told");
    bool none = json_is_null(json_object_get(r->object, "value"));
    step->value = none ? NAN : take_number(r, "value", -any_time, any_time);
    r->keys += none;
    check(r, "told", step->text);
}

static void parse_frame(record_step *step, reader *r)
{
    const char *hash = take_text(r, "frame");
    size_t digits = hash ? strspn(hash, "0123456789abcdef") : 0;
    step->kind = RECORD_FRAME;
    check(r, "frame", digits == 16 && hash[16] == '\0');
    for (size_t i = 0; i < digits && i < 16; i++)
        step->hash = step->hash << 4 | (uint64_t)(hash[i] <= '9' ? hash[i] - '0' : hash[i] - 'a' + 10);
}

static bool has(const reader *r, const char *key)
{
    return json_object_get(r->object, key) != NULL;
}

static void parse_step(record_step *step, reader *r)
{
    if (has(r, "recording")) {
        parse_begin(step, r);
    } else if (has(r, "event")) {
        parse_event(step, r);
    } else if (has(r, "size")) {
        step->kind = RECORD_SIZE;
        take_size(r, "size", &step->w, &step->h);
        step->value = take_number(r, "scale", 0, 16);
    } else if (has(r, "forget")) {
        step->kind = RECORD_FORGET;
        check(r, "forget", take_flag(r, "forget"));
    } else if (has(r, "tick")) {
        step->kind = RECORD_TICK;
        step->value = take_number(r, "tick", -any_time, any_time);
    } else if (has(r, "draw")) {
        step->kind = RECORD_DRAW;
        check(r, "draw", take_flag(r, "draw"));
    } else if (has(r, "told")) {
        parse_told(step, r);
    } else if (has(r, "paste")) {
        step->kind = RECORD_PASTE;
        step->text = take_text_or_null(r, "paste");
    } else if (has(r, "frame")) {
        parse_frame(step, r);
    } else {
        r->wrong = "kind of step";
    }
}

bool record_parse(record_step *step, const char *line, size_t len, nn_error *err)
{
    json_error_t why;
    *step = (record_step){.line = json_loadb(line, len, JSON_REJECT_DUPLICATES, &why)};
    if (!step->line) {
        size_t position = why.position > 0 ? (size_t)why.position : 0;
        return nn_fail(err, NN_FORMAT, position < len ? position : len, "%s", why.text);
    }
    reader r = {.object = step->line};
    parse_step(step, &r);
    if (!r.wrong && r.keys != json_object_size(step->line))
        r.wrong = "some key is unknown here:";
    if (!r.wrong)
        return true;
    record_free(step);
    return nn_fail(err, NN_FORMAT, 0, "not a step of a session (\"%s\")", r.wrong);
}

void record_free(record_step *step)
{
    json_decref(step->line);
    *step = (record_step){.line = NULL};
}

/* ---- recording --------------------------------------------------------------------------------------------------- */

struct recorder {
    nn_log *file; /* NULL: it could not be written any more */
    app_host host;
};

bool recorder_open(recorder **out, const char *path, nn_error *err)
{
    *out = NULL;
    if (!path)
        return true;
    recorder *self = nn_alloc(1, sizeof *self);
    if (!self)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    if (nn_log_create(&self->file, path, err)) {
        *out = self;
        return true;
    }
    recorder_close(self);
    return false;
}

void recorder_close(recorder *self)
{
    if (!self)
        return;
    nn_log_close(self->file);
    nn_free(self);
}

/* A full disk ends the recording, with one line on stderr. */
static void write_step(recorder *self, const record_step *step)
{
    nn_error err;
    char *text = NULL;
    size_t len;
    if (!self || !self->file)
        return;
    if (!record_print(step, &text, &len, &err) || !nn_log_append(self->file, text, len, &err)) {
        terminal_complain("digitscope: the recording ends here: %s\n", err.text);
        nn_log_close(self->file);
        self->file = NULL;
    }
    nn_free(text);
}

static void copy(void *ctx, const char *text)
{
    recorder *self = ctx;
    if (self->host.copy)
        self->host.copy(self->host.ctx, text);
}

static char *paste(void *ctx)
{
    recorder *self = ctx;
    char *text = self->host.paste ? self->host.paste(self->host.ctx) : NULL;
    write_step(self, &(record_step){.kind = RECORD_PASTE, .text = text});
    return text;
}

static void fullscreen(void *ctx)
{
    recorder *self = ctx;
    if (self->host.fullscreen)
        self->host.fullscreen(self->host.ctx);
}

static void wake(void *ctx)
{
    recorder *self = ctx;
    if (self->host.wake)
        self->host.wake(self->host.ctx);
}

static void attract(void *ctx)
{
    recorder *self = ctx;
    if (self->host.attract)
        self->host.attract(self->host.ctx);
}

static double told(void *ctx, const char *what, double value)
{
    recorder *self = ctx;
    write_step(self, &(record_step){.kind = RECORD_TOLD, .text = what, .value = value});
    return value;
}

void recorder_wrap(recorder *self, app_host *host)
{
    if (!self)
        return;
    self->host = *host;
    *host = (app_host){self, copy, paste, fullscreen, wake, attract, told};
}

void recorder_begin(recorder *self, const app *state)
{
    nn_error err;
    char *text = NULL;
    size_t len;
    record_step step = {.kind = RECORD_BEGIN, .begin = state->options};
    step.begin.language = texts_language();
    if (self && settings_print(&state->settings, &text, &len, &err)) {
        step.settings = text;
        write_step(self, &step);
    }
    nn_free(text);
}

void recorder_event(recorder *self, const event *e)
{
    write_step(self, &(record_step){.kind = RECORD_EVENT, .event = *e});
}

void recorder_size(recorder *self, int w, int h, float scale)
{
    write_step(self, &(record_step){.kind = RECORD_SIZE, .w = w, .h = h, .value = (double)scale});
}

void recorder_forget(recorder *self)
{
    write_step(self, &(record_step){.kind = RECORD_FORGET});
}

void recorder_tick(recorder *self, double now)
{
    write_step(self, &(record_step){.kind = RECORD_TICK, .value = now});
}

void recorder_draw(recorder *self)
{
    write_step(self, &(record_step){.kind = RECORD_DRAW});
}

void recorder_frame(recorder *self, const surface *pixels)
{
    if (self)
        write_step(self, &(record_step){.kind = RECORD_FRAME, .hash = record_hash(pixels)});
}
