/* trace.c - one JSON object a line, flushed at once, so that a reader beside the program never sees half a line. */
#include "trace.h"
#include "app/core/buffer.h"
#include "app/core/console/terminal.h"
#include "app/core/platform.h"
#include "nn/json.h"
#include "nn/log.h"
#include "nn/thread.h"
#include <jansson.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static const double nap_ms = 10;

struct trace {
    nn_log *file; /* NULL once it could not be written */
    long frame;
    char *layout; /* the last one written; of jansson's allocator */
    pthread_t thread;
    bool has_thread;
    atomic_bool stop;
    _Atomic double nap_began; /* ms */
    _Atomic double overslept; /* ms, the most since the frame began */
};

/* ---- the control thread ------------------------------------------------------------------------------------------ */

static void *sleep_and_compare(void *arg)
{
    trace *self = arg;
    while (!atomic_load(&self->stop)) {
        double began = platform_now_ms();
        atomic_store(&self->nap_began, began);
        platform_sleep_ms(nap_ms);
        double late = platform_now_ms() - began - nap_ms;
        if (late > atomic_load(&self->overslept))
            atomic_store(&self->overslept, late);
    }
    return NULL;
}

void trace_frame_begins(trace *self)
{
    if (self)
        atomic_store(&self->overslept, 0);
}

/* The worst sleep that ended in this frame, or the one that should have. */
static double stall(trace *self)
{
    double ended = atomic_load(&self->overslept), open = platform_now_ms() - atomic_load(&self->nap_began) - nap_ms;
    double worst = ended > open ? ended : open;
    return worst > 0 ? worst : 0;
}

/* ---- life -------------------------------------------------------------------------------------------------------- */

bool trace_open(trace **out, const char *path, nn_error *err)
{
    *out = NULL;
    if (!path)
        return true;
    trace *self = nn_alloc(1, sizeof *self);
    if (!self)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    if (!nn_log_create(&self->file, path, err)) {
        nn_free(self);
        return false;
    }
    atomic_store(&self->nap_began, platform_now_ms());
    self->has_thread = nn_thread_start(&self->thread, sleep_and_compare, self);
    *out = self;
    return true;
}

void trace_close(trace *self)
{
    if (!self)
        return;
    atomic_store(&self->stop, true);
    if (self->has_thread)
        pthread_join(self->thread, NULL);
    nn_log_close(self->file);
    free(self->layout);
    nn_free(self);
}

/* ---- lines ------------------------------------------------------------------------------------------------------- */

static json_t *round_ms(double ms)
{
    return json_real((double)(long long)(ms * 1000 + 0.5) / 1000);
}

/* A full disk ends the trace, with one line on stderr. */
static void write_line(trace *self, const char *text)
{
    nn_error err;
    buffer line = {0};
    if (!self->file)
        return;
    buffer_add(&line, text);
    buffer_add(&line, "\n");
    bool ok = line.failed ? nn_fail(&err, NN_NOMEM, 0, "out of memory")
                          : nn_log_append(self->file, line.data, line.len, &err);
    buffer_free(&line);
    if (ok)
        return;
    terminal_complain("digitscope: the trace ends here: %s\n", err.text);
    nn_log_close(self->file);
    self->file = NULL;
}

static void write_layout(trace *self, const app *state)
{
    json_t *all = json_object();
    for (int i = 0; i < state->ui->n_elements; i++) {
        const element *e = &state->ui->element[i];
        rect r = e->visible;
        if (!rect_is_empty(r))
            json_object_set_new(all, e->name, json_pack("[i,i,i,i]", r.x, r.y, r.w, r.h));
    }
    json_t *line = json_pack("{s:o}", "layout", all);
    char *text = line ? json_dumps(line, JSON_COMPACT) : NULL;
    json_decref(line);
    if (!text)
        return;
    if (!self->layout || strcmp(self->layout, text) != 0)
        write_line(self, text);
    free(self->layout);
    self->layout = text;
}

/* The training, while it goes on. */
static json_t *job_of(const app *state)
{
    const app_training *t = &state->training;
    const train_news *news = t->job ? train_job_news(t->job) : NULL;
    if (!news || news->phase != TRAIN_RUNNING || t->stopping)
        return json_null();
    return json_pack("{s:i,s:i,s:o,s:f,s:f,s:b}", "epoch", news->epoch, "step", news->step, "val_accuracy",
                     nn_json_number(news->val_accuracy), "images_per_second", news->images_per_second, "lr",
                     (double)news->lr, "paused", t->paused);
}

/* What of an answer is another for a number: the probabilities stay those of the digit looked at. */
static json_t *number_of(const number_answer *n)
{
    return json_pack("{s:n, s:s, s:f, s:b}", "digit", "text", n->text, "confidence", (double)n->probability, "unsure",
                     n->unsure);
}

void trace_write(trace *self, const trace_frame *frame, const app *state)
{
    if (!self)
        return;
    write_layout(self, state);
    const answer *a = &app_read(state)->answer;
    json_t *line = answer_json(a, true);
    if (line && app_number(state))
        json_object_update_new(line, number_of(app_number(state)));
    json_t *more =
        json_pack("{s:I,s:o,s:o,s:o,s:o,s:o,s:s,s:o}", "frame", (json_int_t)self->frame++, "t_ms",
                  round_ms(frame->t_ms), "frame_ms", round_ms(frame->frame_ms), "input_to_present_ms",
                  frame->input_ms < 0 ? json_null() : round_ms(frame->input_ms), "infer_us", json_real(a->infer_us),
                  "stall_ms", round_ms(stall(self)), "focus", state->ui->focus, "job", job_of(state));
    if (line && json_object_update_new(line, more) != 0) {
        json_decref(line);
        line = NULL;
    }
    char *text = line ? json_dumps(line, JSON_COMPACT | JSON_REAL_PRECISION(7)) : NULL;
    if (text)
        write_line(self, text);
    free(text);
    json_decref(line);
}
