/* doubts.c - a network reads all images; what it reads otherwise, and surely, is listed. */
#include "doubts.h"
#include "app/core/data/array.h"
#include "app/core/digit/resize.h"
#include "app/core/model/labels.h"
#include "app/core/model/models.h"
#include "findings.h"
#include <stdio.h>
#include <string.h>

/* The class of the data that one of the model's is, -1 where it is none. */
static int class_back(const evaluation *e, int class)
{
    for (int i = 0; i < e->data->classes; i++)
        if (e->class_of[i] == class)
            return i;
    return -1;
}

static bool list(doubts *d, const evaluation *e, nn_error *err)
{
    finding *found = nn_alloc((size_t)e->data->count, sizeof *found);
    if (!found)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    int n = findings_doubted(e, found);
    d->n_wrong = evaluation_errors(e);
    for (int i = 0; i < n; i++) {
        int image = found[i].image, read = class_back(e, evaluation_read(e, image));
        d->n_doubted += read >= 0;
        if (read >= 0 && d->n_listed < DOUBTS_LISTED)
            d->list[d->n_listed++] = (doubt){image, e->data->labels[image], read, found[i].weight};
    }
    nn_free(found);
    return true;
}

/* The same images of another side, nn_free; all else is the data's. */
static bool resize(dataset *resized, const dataset *data, int side, nn_error *err)
{
    float from[DATASET_MAX_SIDE * DATASET_MAX_SIDE], to[DATASET_MAX_SIDE * DATASET_MAX_SIDE];
    size_t pixels = (size_t)(side * side);
    *resized = *data;
    resized->side = side;
    resized->images = nn_alloc((size_t)data->count, pixels);
    for (int i = 0; i < data->count && resized->images; i++) {
        dataset_image(data, i, from);
        resize_image(to, side, from, data->side);
        for (size_t k = 0; k < pixels; k++)
            resized->images[(size_t)i * pixels + k] = (unsigned char)(255 * to[k] + 0.5f);
    }
    return resized->images || nn_fail(err, NN_NOMEM, 0, "out of memory for the images");
}

/* Of images that were resized, fewer than half of which are read as their labels say, it knows nothing. */
static bool ask(doubts *d, const dataset *data, bool resized, nn_model *model, const evaluation *how, nn_error *err)
{
    evaluation e = *how;
    e.data = data;
    e.models = &model;
    e.n_models = 1;
    bool ok = evaluation_run(&e, err);
    d->other_side = ok && resized && e.read && 2 * evaluation_errors(&e) > data->count;
    d->known = ok && !d->other_side;
    ok = ok && (!d->known || !e.read || list(d, &e, err));
    evaluation_free(&e);
    return ok;
}

bool doubts_find(doubts *d, const dataset *data, nn_model *model, const evaluation *how, nn_error *err)
{
    int map[NN_MAX_CLASSES], side = model->plan->input.h;
    *d = (doubts){0};
    if (!nn_same_shape(model->plan->input, (nn_shape){side, side, 1}) || side > DATASET_MAX_SIDE ||
        labels_map(map, data->label, data->classes, (const char(*)[NN_NAME])model->label, model->n_labels) >= 0)
        return true;
    if (side == data->side)
        return ask(d, data, false, model, how, err);
    dataset resized;
    bool ok = resize(&resized, data, side, err) && ask(d, &resized, true, model, how, err);
    nn_free(resized.images);
    return ok;
}

/* ---- beside the window ------------------------------------------------------------------------------------------- */

struct doubts_job {
    job *job;
    dataset data;
    size_t pixels; /* of an image */
    char other[PATHS_MAX];
    int threads;
    paths where;
    job_host host;
    doubts found;
    unsigned char *images; /* (DOUBTS_LISTED, side, side) */
    bool ok;
    nn_error err;
};

static bool goes_on(void *worker)
{
    return job_goes_on(worker);
}

static bool look(doubts_job *self, nn_model *model, job *worker)
{
    evaluation how = {.folder = "the images",
                      .threads = self->threads,
                      .watch = {.goes_on = goes_on, .ctx = worker},
                      .on_thread_start = self->host.on_thread_start};
    return doubts_find(&self->found, &self->data, model, &how, &self->err) && job_wants_more(&self->err);
}

/* With the model of that name or path; NULL: the default. */
static void look_with(doubts_job *self, const char *value, job *worker)
{
    nn_model *model;
    self->ok = models_open(&model, &self->where, value, &self->err);
    if (!self->ok)
        return;
    self->ok = look(self, model, worker);
    nn_model_free(model);
}

/* Of the images only the doubted ones are kept. What cannot be opened as one model knows nothing of them. */
static void work(void *ctx, job *worker)
{
    doubts_job *self = ctx;
    look_with(self, NULL, worker);
    if (self->ok && !self->found.known && *self->other) {
        look_with(self, self->other, worker);
        self->ok = self->ok || self->err.code != NN_NOMEM;
    }
    for (int i = 0; i < self->found.n_listed; i++)
        memcpy(self->images + (size_t)i * self->pixels,
               self->data.images + (size_t)self->found.list[i].image * self->pixels, self->pixels);
    dataset_free(&self->data);
}

static void free_job(void *ctx)
{
    doubts_job *self = ctx;
    dataset_free(&self->data);
    nn_free(self->images);
    nn_free(self);
}

bool doubts_job_new(doubts_job **out, dataset *data, const char *other, int threads, const paths *where,
                    const job_host *host, nn_error *err)
{
    doubts_job *self = *out = nn_alloc(1, sizeof *self);
    if (!self) {
        dataset_free(data);
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the images");
    }
    self->data = *data;
    self->pixels = (size_t)(data->side * data->side);
    snprintf(self->other, sizeof self->other, "%s", other);
    self->threads = threads;
    self->where = *where;
    self->host = *host;
    *data = (dataset){0};
    self->images = nn_alloc(DOUBTS_LISTED, self->pixels);
    if (!self->images)
        nn_fail(err, NN_NOMEM, 0, "out of memory for the images");
    else if (job_start(&self->job, work, self, host, err))
        return true;
    free_job(self);
    *out = NULL;
    return false;
}

void doubts_job_pause(doubts_job *self, bool paused)
{
    job_pause(self->job, paused);
}

bool doubts_job_is_done(const doubts_job *self)
{
    return job_has_ended(self->job);
}

void doubts_job_leave(doubts_job *self)
{
    if (self)
        job_leave(self->job, free_job);
}

const doubts *doubts_job_found(const doubts_job *self, nn_error *err)
{
    job_wait(self->job);
    *err = self->err;
    return self->ok ? &self->found : NULL;
}

const unsigned char *doubts_job_image(const doubts_job *self, int listed)
{
    return self->images + (size_t)listed * self->pixels;
}
