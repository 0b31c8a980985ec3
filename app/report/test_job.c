/* test_job.c - the worker: images, models, an evaluation for each. */
#include "test_job.h"
#include "app/core/clock.h"
#include "app/core/data/data_source.h"
#include "app/core/data/kept.h"
#include "app/core/data/samples.h"
#include "app/core/data/split.h"
#include "app/core/mailbox.h"
#include "app/core/model/models.h"
#include "app/core/training/data_open.h"
#include "page.h"
#include <math.h>
#include <stdio.h>

/* A model of the request, with what it answered. */
typedef struct subject {
    nn_model *models[MODELS_MAX_MEMBERS];
    const char *names[MODELS_MAX_MEMBERS]; /* all what the model of the request is called */
    evaluation evaluation;                 /* without probabilities: there is no result */
    nn_error problem;
} subject;

struct test_job {
    test_request request;
    paths where;
    job_host host;
    job *job;
    dataset data;
    kept drawings; /* that the data were made of, one for each image; or none */
    subject subject[TEST_MOST_MODELS];
    test_news news[MAILBOX_SLOTS];
    mailbox box;

    /* The worker's own. */
    job *worker;
    long before, all; /* images that models before this one have read; that all will */
    double began;
    double told;

    int reported; /* model */
    char folder[PATHS_MAX];
    bool saved;
    nn_error problem; /* with saving */
};

static const double tell_seconds = 0.08;

/* ---- the worker -------------------------------------------------------------------------------------------------- */

static bool goes_on(void *ctx)
{
    const test_job *self = ctx;
    return !job_is_stopped(self->worker);
}

static void tell(void *ctx, long done, long all)
{
    test_job *self = ctx;
    double now = clock_seconds();
    (void)all;
    done += self->before;
    if (now - self->told < tell_seconds)
        return;
    self->told = now;
    self->news[self->box.writing] =
        (test_news){.done = done,
                    .all = self->all,
                    .seconds_left = done > 0 ? (now - self->began) * (double)(self->all - done) / (double)done : 0};
    mailbox_publish(&self->box);
    job_tell(self->worker);
}

static bool open_images(test_job *self, nn_error *err)
{
    const test_request *r = &self->request;
    data_request request = {.path = r->images == TEST_PATH ? r->path : NULL};
    if (r->images == TEST_KEPT)
        return samples_load(&self->data, r->path, err);
    if (r->images == TEST_VALIDATION)
        return data_open(&self->data, &request, DATASET_TRAIN, &self->where, NULL, err) &&
               dataset_keep_validation(&self->data, 1, err);
    return data_open(&self->data, &request, DATASET_TEST, &self->where, NULL, err);
}

/* Of strokes the drawings are kept as well, unless something was done to the images. */
static void open_drawings(test_job *self)
{
    nn_error ignored;
    data_source source = {.kind = SOURCE_STROKES};
    bool own = self->request.images == TEST_PATH;
    snprintf(source.images, sizeof source.images, "%s", self->request.path);
    if ((self->request.images != TEST_KEPT && !own) ||
        (own && (!data_source_find(&source, self->request.path, NULL, DATASET_TEST, &ignored) ||
                 source.kind != SOURCE_STROKES || *self->data.note)))
        return;
    if (kept_load(&self->drawings, source.images, &ignored) && self->drawings.count != self->data.count)
        kept_free(&self->drawings);
}

static const char *folder_of(const test_job *self)
{
    bool own = self->request.images == TEST_KEPT || self->request.images == TEST_PATH;
    return own ? self->request.path : self->where.mnist;
}

static bool open_subject(test_job *self, int i)
{
    subject *s = &self->subject[i];
    evaluation *e = &s->evaluation;
    for (int k = 0; k < MODELS_MAX_MEMBERS; k++)
        s->names[k] = self->request.name[i];
    *e = (evaluation){.data = &self->data,
                      .folder = folder_of(self),
                      .models = s->models,
                      .names = s->names,
                      .threads = self->request.threads,
                      .watch = {goes_on, tell, self},
                      .on_thread_start = self->host.on_thread_start};
    return models_open_all(s->models, MODELS_MAX_MEMBERS, &e->n_models, &self->where, self->request.model[i],
                           &s->problem) &&
           evaluation_check(e, &s->problem);
}

static void test_subject(test_job *self, int i)
{
    evaluation *e = &self->subject[i].evaluation;
    if (!evaluation_run(e, &self->subject[i].problem) || !goes_on(self))
        evaluation_free(e);
    self->before += (long)e->n_models * self->data.count;
}

static void work_test(void *ctx, job *worker)
{
    test_job *self = ctx;
    nn_error problem;
    bool fits[TEST_MOST_MODELS];
    self->worker = worker;
    if (!open_images(self, &problem)) {
        for (int i = 0; i < self->request.n_models; i++)
            self->subject[i].problem = problem;
        return;
    }
    for (int i = 0; i < self->request.n_models; i++) {
        fits[i] = open_subject(self, i);
        self->all += fits[i] ? (long)self->subject[i].evaluation.n_models * self->data.count : 0;
    }
    open_drawings(self);
    self->began = clock_seconds();
    for (int i = 0; i < self->request.n_models; i++)
        if (fits[i])
            test_subject(self, i);
}

static void work_save(void *ctx, job *worker)
{
    test_job *self = ctx;
    (void)worker;
    page_source page = {.evaluation = &self->subject[self->reported].evaluation,
                        .name = self->request.name[self->reported],
                        .part = self->request.images == TEST_VALIDATION ? "validation" : "test",
                        .folder = folder_of(self),
                        .training_seconds = (double)NAN};
    self->saved = page_write(&page, self->folder, &self->problem);
}

/* ---- the owner --------------------------------------------------------------------------------------------------- */

bool test_job_new(test_job **out, const test_request *request, const paths *where, const job_host *host, nn_error *err)
{
    test_job *self = *out = nn_alloc(1, sizeof *self);
    if (!self)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the test");
    self->request = *request;
    self->where = *where;
    self->host = *host;
    mailbox_init(&self->box);
    for (int i = 0; i < request->n_models; i++)
        nn_fail(&self->subject[i].problem, NN_USAGE, 0, "the test was stopped");
    if (job_start(&self->job, work_test, self, host, err))
        return true;
    nn_free(self);
    *out = NULL;
    return false;
}

const test_request *test_job_request(const test_job *self)
{
    return &self->request;
}

void test_job_stop(test_job *self)
{
    job_stop(self->job);
}

static void free_all(void *ctx)
{
    test_job *self = ctx;
    for (int i = 0; i < self->request.n_models; i++) {
        evaluation_free(&self->subject[i].evaluation);
        for (int k = 0; k < self->subject[i].evaluation.n_models; k++)
            nn_model_free(self->subject[i].models[k]);
    }
    dataset_free(&self->data);
    kept_free(&self->drawings);
    nn_free(self);
}

void test_job_leave(test_job *self)
{
    if (self)
        job_leave(self->job, free_all);
}

const test_news *test_job_look(test_job *self)
{
    mailbox_take(&self->box);
    return &self->news[self->box.reading];
}

bool test_job_is_done(const test_job *self)
{
    return job_has_ended(self->job);
}

const evaluation *test_job_result(const test_job *self, int model, const nn_error **problem)
{
    const subject *s = &self->subject[model];
    *problem = s->evaluation.probabilities ? NULL : &s->problem;
    return s->evaluation.probabilities ? &s->evaluation : NULL;
}

const ink *test_job_drawing(const test_job *self, int image)
{
    return image >= 0 && image < self->drawings.count ? &self->drawings.drawing[image].ink : NULL;
}

bool test_job_save(test_job *self, int model, const char *folder, nn_error *err)
{
    job *before = self->job;
    self->reported = model;
    snprintf(self->folder, sizeof self->folder, "%s", folder);
    self->saved = false;
    nn_fail(&self->problem, NN_USAGE, 0, "the test was stopped");
    if (!job_start(&self->job, work_save, self, &self->host, err)) {
        self->job = before;
        return false;
    }
    job_end(before);
    return true;
}

bool test_job_saved(const test_job *self, const char **folder, nn_error *err)
{
    *folder = self->folder;
    *err = self->problem;
    return self->saved;
}
