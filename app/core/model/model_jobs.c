/* model_jobs.c - opening a model, and trying all of them out, each in a thread of its own. */
#include "model_jobs.h"
#include <math.h>
#include <stdio.h>
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

static void free_load(void *ctx)
{
    model_load *self = ctx;
    recogniser_free(self->reader);
    nn_free(self->value);
    nn_free(self);
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
    if (self)
        free_load(self);
    *out = NULL;
    return false;
}

bool model_load_is_done(const model_load *self)
{
    return job_has_ended(self->job);
}

recogniser *model_load_take(model_load *self, nn_error *err)
{
    job_finish(self->job);
    recogniser *reader = self->reader;
    if (!reader)
        *err = self->err;
    nn_free(self->value);
    nn_free(self);
    return reader;
}

void model_load_leave(model_load *self)
{
    if (self)
        job_leave(self->job, free_load);
}

/* ---- surveying --------------------------------------------------------------------------------------------------- */

struct model_survey {
    job *job;
    paths where;
    char loose[PATHS_MAX]; /* a file that is listed too; "": none */
    digit page;
    model_entry *list;
    int count;
    bool ok;
    nn_error err;
};

/* Opens it once, for all there is to know. False when it cannot be read. */
static bool try_entry(model_survey *self, model_entry *entry, nn_error *err)
{
    nn_model *models[MODELS_MAX_MEMBERS];
    recogniser *reader;
    nn_error cannot_read;
    int count = 0;
    if (!models_open_all(models, MODELS_MAX_MEMBERS, &count, &self->where, models_value(entry), err))
        return false;
    models_describe(entry, models, count);
    if (!recogniser_new_ensemble(&reader, models, count, &cannot_read))
        return true; /* it may be a model of something else */
    entry->infer_us = try_out(reader, &self->page);
    recogniser_free(reader);
    return true;
}

/* Behind the others, unless it is one of them. */
static bool add_loose(model_survey *self)
{
    for (int i = 0; i < self->count; i++)
        if (strcmp(self->list[i].path, self->loose) == 0)
            return true;
    model_entry *grown = nn_realloc(self->list, (size_t)self->count, (size_t)self->count + 1, sizeof *grown);
    if (!grown)
        return nn_fail(&self->err, NN_NOMEM, 0, "out of memory");
    self->list = grown;
    model_entry *entry = &grown[self->count++];
    *entry = (model_entry){.loose = true};
    strcpy(entry->path, self->loose);
    models_short_name(entry->name, self->loose);
    return true;
}

static void survey(void *ctx, job *thread)
{
    model_survey *self = ctx;
    self->ok =
        models_list_names(&self->list, &self->count, &self->where, &self->err) && (!*self->loose || add_loose(self));
    int all = self->ok ? self->count : 0;
    self->count = 0;
    for (int i = 0; i < all && !job_is_stopped(thread); i++) {
        nn_error err;
        model_entry entry = self->list[i];
        if (try_entry(self, &entry, &err))
            self->list[self->count++] = entry;
    }
}

static void free_survey(void *ctx)
{
    model_survey *self = ctx;
    nn_free(self->list);
    nn_free(self);
}

bool model_survey_new(model_survey **out, const paths *where, const char *loose, const job_host *host, nn_error *err)
{
    model_survey *self = *out = nn_alloc(1, sizeof *self);
    if (!self)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    self->where = *where;
    snprintf(self->loose, sizeof self->loose, "%s", loose);
    if (job_start(&self->job, survey, self, host, err))
        return true;
    free_survey(self);
    *out = NULL;
    return false;
}

bool model_survey_is_done(const model_survey *self)
{
    return job_has_ended(self->job);
}

bool model_survey_take(model_survey *self, model_entry **list, int *count, nn_error *err)
{
    job_finish(self->job);
    bool ok = self->ok;
    *list = self->list;
    *count = self->count;
    if (!ok) {
        *err = self->err;
        nn_free(self->list);
    }
    nn_free(self);
    return ok;
}

void model_survey_leave(model_survey *self)
{
    if (self)
        job_leave(self->job, free_survey);
}
