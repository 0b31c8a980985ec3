/* model_jobs.c - opening a model, and trying all of them out, each in a thread of its own. */
#include "model_jobs.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- trying out -------------------------------------------------------------------------------------------------- */

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* A 3 in one stroke. */
static void draw_digit(digit *page)
{
    ink_point curve[] = {{180, 150, NAN, 1}, {250, 90, NAN, 1},  {350, 90, NAN, 1},  {400, 170, NAN, 1},
                         {360, 260, NAN, 1}, {270, 290, NAN, 1}, {380, 320, NAN, 1}, {420, 410, NAN, 1},
                         {370, 500, NAN, 1}, {260, 520, NAN, 1}, {170, 460, NAN, 1}};
    const int count = sizeof curve / sizeof curve[0];
    ink_entry stroke = {.kind = INK_PEN, .width = INK_DEFAULT_BRUSH, .count = count};
    ink three = {.point = curve, .n_points = count, .entry = &stroke, .n_entries = 1, .done = 1};
    digit_from_ink(page, &three, &digit_defaults);
}

/* Has it read a digit: the median time in microseconds, NAN when its numbers overflow. */
static double try_out(recogniser *reader, digit *page)
{
    enum { TRIES = 5 };
    double us[TRIES];
    answer a;
    draw_digit(page);
    recogniser_read(reader, page, &a); /* fills the caches */
    for (int i = 0; i < TRIES; i++) {
        recogniser_read(reader, page, &a);
        us[i] = a.infer_us;
    }
    qsort(us, TRIES, sizeof us[0], by_size);
    return a.overflow ? NAN : us[TRIES / 2];
}

/* ---- opening ----------------------------------------------------------------------------------------------------- */

struct model_load {
    job *job;
    paths where;
    int count;
    char (*value)[PATHS_MAX];
    digit page;
    recogniser *reader; /* the result; NULL: err */
    nn_error err;
};

static void open_all(void *ctx, job *thread)
{
    model_load *self = ctx;
    nn_model *models[RECOGNISER_MAX_MODELS];
    int n = 0;
    for (int i = 0; i < self->count; i++)
        if (job_is_stopped(thread) ||
            !models_open_all(models, RECOGNISER_MAX_MODELS, &n, &self->where, self->value[i], &self->err)) {
            while (n > 0)
                nn_model_free(models[--n]);
            return;
        }
    if (!recogniser_new_ensemble(&self->reader, models, n, &self->err))
        return;
    if (isnan(try_out(self->reader, &self->page))) {
        recogniser_free(self->reader);
        self->reader = NULL;
        nn_fail(&self->err, NN_FORMAT, 0, "%.100s: its answers are no numbers", self->value[0]);
    }
}

bool model_load_new(model_load **out, const paths *where, const char *const *values, int count, const job_host *host,
                    nn_error *err)
{
    model_load *self = *out = nn_alloc(1, sizeof *self);
    if (self)
        self->value = nn_alloc((size_t)count, sizeof *self->value);
    if (!self || !self->value) {
        nn_fail(err, NN_NOMEM, 0, "out of memory");
        goto fail;
    }
    self->where = *where;
    self->count = count;
    for (int i = 0; i < count; i++) {
        size_t length = strlen(values[i]);
        if (length >= PATHS_MAX) {
            nn_fail(err, NN_LIMIT, 0, "the path is too long");
            goto fail;
        }
        memcpy(self->value[i], values[i], length + 1);
    }
    if (job_start(&self->job, open_all, self, host, err))
        return true;
fail:
    model_load_free(self);
    *out = NULL;
    return false;
}

bool model_load_is_done(const model_load *self)
{
    return job_has_ended(self->job);
}

recogniser *model_load_take(model_load *self, nn_error *err)
{
    job_wait(self->job);
    job_end(self->job);
    recogniser *reader = self->reader;
    if (!reader)
        *err = self->err;
    nn_free(self->value);
    nn_free(self);
    return reader;
}

void model_load_free(model_load *self)
{
    nn_error err;
    if (!self)
        return;
    if (self->job)
        job_stop(self->job);
    recogniser_free(model_load_take(self, &err));
}

/* ---- surveying --------------------------------------------------------------------------------------------------- */

struct model_survey {
    job *job;
    paths where;
    digit page;
    model_entry *list;
    int count;
    bool ok;
    nn_error err;
};

static double time_of(model_survey *self, const model_entry *entry)
{
    nn_model *model;
    recogniser *reader;
    nn_error err;
    const char *value = *entry->path ? entry->path : entry->name;
    if (!models_open(&model, &self->where, value, &err) || !recogniser_new(&reader, model, &err))
        return NAN;
    double us = try_out(reader, &self->page);
    recogniser_free(reader);
    return us;
}

static void survey(void *ctx, job *thread)
{
    model_survey *self = ctx;
    self->ok = models_list(&self->list, &self->count, &self->where, &self->err);
    for (int i = 0; i < self->count && !job_is_stopped(thread); i++)
        self->list[i].infer_us = time_of(self, &self->list[i]);
}

bool model_survey_new(model_survey **out, const paths *where, const job_host *host, nn_error *err)
{
    model_survey *self = *out = nn_alloc(1, sizeof *self);
    if (!self)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    self->where = *where;
    if (job_start(&self->job, survey, self, host, err))
        return true;
    nn_free(self);
    *out = NULL;
    return false;
}

bool model_survey_is_done(const model_survey *self)
{
    return job_has_ended(self->job);
}

bool model_survey_take(model_survey *self, model_entry **list, int *count, nn_error *err)
{
    job_wait(self->job);
    job_end(self->job);
    bool ok = self->ok;
    *list = self->list;
    *count = self->count;
    if (!ok)
        *err = self->err;
    nn_free(self);
    return ok;
}

void model_survey_free(model_survey *self)
{
    model_entry *list;
    int count;
    nn_error err;
    if (!self)
        return;
    job_stop(self->job);
    if (model_survey_take(self, &list, &count, &err))
        nn_free(list);
}
