/* replay.c - a file of steps, an application and a surface in memory. */
#include "replay.h"
#include "app/core/platform.h"
#include "nn/alloc.h"
#include "nn/file.h"
#include "record.h"
#include <stdio.h>
#include <string.h>

enum { MAX_BYTES = 1 << 29 /* of a recording */ };

typedef struct player {
    const char *text;
    size_t len, next; /* where the next line begins */
    int line;         /* the one that was read last, from 1 */
    app *state;
    surface pixels;
    bool painted; /* by the last draw */
    record_step first;
    replay_result *result;
    trace *trace;
    double now;
} player;

/* ---- steps ------------------------------------------------------------------------------------------------------- */

/* The step of the next line. False at the end, with err->code NN_OK, or at a bad line. */
static bool next_step(player *self, record_step *step, nn_error *err)
{
    char where[32];
    err->code = NN_OK;
    if (self->next == self->len)
        return false;
    const char *line = self->text + self->next, *end = memchr(line, '\n', self->len - self->next);
    self->line++;
    if (!end)
        nn_fail(err, NN_FORMAT, 0, "the recording is cut off here");
    else if (record_parse(step, line, (size_t)(end - line), err)) {
        self->next += (size_t)(end - line) + 1;
        return true;
    }
    snprintf(where, sizeof where, "line %d", self->line);
    return nn_fail_in(err, where);
}

/* The next step if it is one of the application's questions. */
static bool next_answer(player *self, record_step *step, record_kind kind)
{
    nn_error err;
    size_t next = self->next;
    int line = self->line;
    if (next_step(self, step, &err)) {
        if (step->kind == kind)
            return true;
        record_free(step);
    }
    self->next = next; /* whoever reads on finds the same, also what is wrong with it */
    self->line = line;
    return false;
}

/* A recording that does not answer is of another run, for instance with a training in it: this run's own value. */
static double told(void *ctx, const char *what, double value)
{
    player *self = ctx;
    record_step step;
    size_t next = self->next;
    int line = self->line;
    if (!next_answer(self, &step, RECORD_TOLD))
        return value;
    bool fits = strcmp(step.text, what) == 0;
    if (fits)
        value = step.value;
    else
        self->next = next, self->line = line;
    record_free(&step);
    return value;
}

static char *paste(void *ctx)
{
    player *self = ctx;
    record_step step;
    if (!next_answer(self, &step, RECORD_PASTE))
        return NULL;
    char *text = step.text ? nn_strdup(step.text) : NULL;
    record_free(&step);
    return text;
}

/* ---- the application --------------------------------------------------------------------------------------------- */

static bool keep_settings(const paths *where, const char *text, nn_error *err)
{
    char path[PATHS_MAX];
    if (!text || !paths_join(path, where->settings, "settings") || platform_exists(path))
        return true;
    return nn_file_mkdirs(where->settings, err) && nn_file_save(path, text, strlen(text), NN_CONSISTENT, err);
}

static bool set_size(player *self, int w, int h, nn_error *err)
{
    size_t count = (size_t)w * (size_t)h;
    nn_free(self->pixels.pixels);
    self->pixels = (surface){nn_alloc(count ? count : 1, sizeof(uint32_t)), w, h, w};
    return self->pixels.pixels || nn_fail(err, NN_NOMEM, 0, "out of memory");
}

static bool begin(player *self, const app_options *options, nn_error *err)
{
    paths where;
    if (!next_step(self, &self->first, err))
        return err->code != NN_OK ? false : nn_fail(err, NN_FORMAT, 0, "the recording is empty");
    if (self->first.kind != RECORD_BEGIN)
        return nn_fail(err, NN_FORMAT, 0, "line 1: not the beginning of a recording");
    app_options how = self->first.begin;
    how.state_dir = options->state_dir;
    how.played = true;
    app_host host = {.ctx = self, .paste = paste, .told = told};
    paths_find(&where, how.state_dir);
    return keep_settings(&where, self->first.settings, err) && set_size(self, how.w, how.h, err) &&
           app_new(&self->state, &how, &host, err);
}

static void draw(player *self)
{
    rect changes[DRAW_MAX_CHANGES];
    trace_frame frame = {self->now, 0, -1};
    self->painted = app_draw(self->state, &self->pixels, changes) > 0;
    if (self->painted)
        trace_write(self->trace, &frame, self->state);
    self->result->frames += self->painted;
}

static void differs(player *self)
{
    self->result->different++;
    if (!self->result->first_different)
        self->result->first_different = self->line;
}

/* A frame that was painted in one of the two runs alone counts as well. */
static void compare(player *self, uint64_t recorded)
{
    replay_result *r = self->result;
    r->last = record_hash(&self->pixels);
    if (!self->painted || r->last != recorded)
        differs(self);
    self->painted = false;
}

static bool play(player *self, const record_step *step, nn_error *err)
{
    if (self->painted && step->kind != RECORD_FRAME && step->kind != RECORD_TOLD)
        differs(self);
    self->painted = self->painted && (step->kind == RECORD_FRAME || step->kind == RECORD_TOLD);
    switch (step->kind) {
    case RECORD_BEGIN: return nn_fail(err, NN_FORMAT, 0, "line %d: a second beginning", self->line);
    case RECORD_EVENT: app_event(self->state, &step->event); break;
    case RECORD_SIZE: self->state->options.scale = (float)step->value; return set_size(self, step->w, step->h, err);
    case RECORD_FORGET: app_forget_pixels(self->state); break;
    case RECORD_TICK:
        self->now = step->value;
        app_tick(self->state, self->now);
        break;
    case RECORD_DRAW: draw(self); break;
    case RECORD_FRAME: compare(self, step->hash); break;
    case RECORD_TOLD: /* a question that this run did not ask */
    case RECORD_PASTE: break;
    }
    return true;
}

bool replay_run(replay_result *result, const char *path, const app_options *options, trace *to, nn_error *err)
{
    unsigned char *text;
    record_step step;
    *result = (replay_result){0};
    player self = {.result = result, .trace = to};
    if (!nn_file_read(path, MAX_BYTES, &text, &self.len, err))
        return false;
    self.text = (const char *)text;
    bool ok = begin(&self, options, err);
    while (ok && next_step(&self, &step, err)) {
        ok = play(&self, &step, err);
        record_free(&step);
    }
    ok = ok && err->code == NN_OK;
    if (self.painted)
        differs(&self);
    app_free(self.state);
    record_free(&self.first);
    nn_free(self.pixels.pixels);
    nn_free(text);
    return ok || nn_fail_in(err, path);
}
