/* training_scorer.c - the images shared out among the threads, in batches. They are summed in parts, as many whatever
 * the threads, so that these do not matter. */
#include "training_scorer.h"
#include <math.h>
#include <string.h>

enum { BATCH = 32, PARTS = NN_MAX_THREADS };

struct training_scorer {
    const training_config *config;
    const nn_plan *plan;
    int side;
    nn_pool *pool;
    nn_work *work[NN_MAX_THREADS];
    float *batch; /* (threads, BATCH, side, side) */

    /* the run in progress */
    const nn_model *model;
    const dataset *images;
    bool stoppable;
    float *probabilities;
    double loss[PARTS];
    int correct[PARTS];
};

bool training_scorer_new(training_scorer **out, const nn_plan *plan, int side, const training_config *config,
                         nn_error *err)
{
    int threads = config->train.threads;
    training_scorer *self = *out = nn_alloc(1, sizeof *self);
    if (!self)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the training");
    *self = (training_scorer){.config = config, .plan = plan, .side = side};
    self->batch = nn_alloc((size_t)(threads * BATCH) * (size_t)(side * side), sizeof *self->batch);
    if (!self->batch)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the training");
    return nn_works_new(self->work, threads, plan, BATCH, NN_ANSWERS, err) &&
           nn_pool_new(&self->pool, threads, config->train.on_thread_start, err);
}

void training_scorer_free(training_scorer *self)
{
    if (!self)
        return;
    nn_pool_free(self->pool);
    nn_works_free(self->work, NN_MAX_THREADS);
    nn_free(self->batch);
    nn_free(self);
}

static void score_batch(training_scorer *self, int thread, int part, int begin, int end)
{
    const dataset *from = self->images;
    int classes = self->plan->classes;
    size_t pixels = (size_t)(self->side * self->side);
    float *batch = self->batch + (size_t)(thread * BATCH) * pixels, p[BATCH * NN_MAX_CLASSES];
    for (int i = begin; i < end; i++)
        dataset_image(from, i, batch + (size_t)(i - begin) * pixels);
    nn_predict(self->work[thread], self->model, batch, end - begin, p);
    for (int i = begin; i < end; i++) {
        const float *row = p + (i - begin) * classes;
        int label = from->labels[i];
        self->correct[part] += nn_argmax(row, classes) == label;
        self->loss[part] -= log(fmax((double)row[label], 1e-30));
    }
    size_t answers = (size_t)((end - begin) * classes);
    if (nn_first_not_finite(p, answers) < answers)
        self->loss[part] = (double)NAN;
    if (self->probabilities)
        memcpy(self->probabilities + (size_t)begin * (size_t)classes, p, answers * sizeof *p);
}

static bool is_stopped(const training_scorer *self)
{
    return self->stoppable && self->config->stopped && self->config->stopped(self->config->ctx);
}

static void score_part(training_scorer *self, int thread, int part)
{
    int begin, end;
    self->loss[part] = 0.0;
    self->correct[part] = 0;
    nn_share(self->images->count, PARTS, part, &begin, &end);
    for (int i = begin; i < end && !is_stopped(self); i += BATCH)
        score_batch(self, thread, part, i, i + BATCH < end ? i + BATCH : end);
}

static void score_share(void *ctx, int thread)
{
    training_scorer *self = ctx;
    int begin, end;
    nn_pool_share(self->pool, thread, PARTS, &begin, &end);
    for (int part = begin; part < end; part++)
        score_part(self, thread, part);
}

double training_scorer_run(training_scorer *self, const nn_model *model, const dataset *images, float *probabilities,
                           bool stoppable, double *loss)
{
    int correct = 0;
    self->model = model;
    self->images = images;
    self->stoppable = stoppable;
    self->probabilities = probabilities;
    *loss = 0.0;
    nn_pool_run(self->pool, score_share, self);
    if (is_stopped(self))
        return -1.0;
    for (int i = 0; i < PARTS; i++) {
        correct += self->correct[i];
        *loss += self->loss[i] / images->count;
    }
    return (double)correct / images->count;
}
