/* work.c - inference: images in, probabilities out. */
#include "pass.h"
#include <math.h>
#include <pthread.h>
#include <string.h>

struct nn_work {
    nn_pass *pass;
    nn_work *first; /* whose prepared weights it reads; its own, unless it shares */
    pthread_mutex_t mutex;
    uint64_t version; /* of the weights that were prepared; 0: none yet */
};

static bool new_work(nn_work **out, const nn_plan *plan, int max_batch, nn_mode mode, nn_work *first, nn_error *err)
{
    *out = NULL;
    if (max_batch < 1)
        return nn_fail(err, NN_USAGE, 0, "batches of %d images, must be at least 1", max_batch);
    nn_work *work = nn_alloc(1, sizeof *work);
    if (!work)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the network's work");
    if (!nn_pass_new(&work->pass, plan, max_batch, 1, 1, mode, first ? first->pass : NULL, err)) {
        nn_free(work);
        return false;
    }
    work->first = first ? first : work;
    pthread_mutex_init(&work->mutex, NULL);
    *out = work;
    return true;
}

bool nn_work_new(nn_work **work, const nn_plan *plan, int max_batch, nn_purpose purpose, nn_error *err)
{
    static const nn_mode modes[] = {[NN_ANSWERS] = NN_FOR_ANSWERS,
                                    [NN_QUANTIZED_ANSWERS] = NN_FOR_QUANTIZED_ANSWERS,
                                    [NN_ACTIVATIONS] = NN_FOR_ACTIVATIONS,
                                    [NN_GRADIENTS] = NN_FOR_GRADIENTS};
    return new_work(work, plan, max_batch, modes[purpose], NULL, err);
}

bool nn_work_share(nn_work **work, nn_work *first, nn_error *err)
{
    const nn_pass *pass = first->pass;
    return new_work(work, pass->plan, pass->capacity, pass->walk.mode, first->first, err);
}

void nn_work_free(nn_work *work)
{
    if (!work)
        return;
    nn_pass_free(work->pass);
    pthread_mutex_destroy(&work->mutex);
    nn_free(work);
}

bool nn_works_new(nn_work **works, int n, const nn_plan *plan, int max_batch, nn_purpose purpose, nn_error *err)
{
    if (n < 1)
        return nn_fail(err, NN_USAGE, 0, "works for %d threads, must be at least 1", n);
    for (int i = 0; i < n; i++)
        works[i] = NULL;
    bool ok = nn_work_new(&works[0], plan, max_batch, purpose, err);
    for (int i = 1; ok && i < n; i++)
        ok = nn_work_share(&works[i], works[0], err);
    if (!ok)
        nn_works_free(works, n);
    return ok;
}

void nn_works_free(nn_work **works, int n)
{
    for (int i = n - 1; i >= 0; i--) {
        nn_work_free(works[i]);
        works[i] = NULL;
    }
}

/* The thread that comes first prepares the weights, the others wait for it. */
static void prepare_once(nn_work *first, const nn_run *run, uint64_t version)
{
    pthread_mutex_lock(&first->mutex);
    if (first->version != version)
        nn_pass_prepare(run, 0);
    first->version = version;
    pthread_mutex_unlock(&first->mutex);
}

static nn_run run_of(const nn_work *work, const nn_model *model, int n)
{
    return (nn_run){.pass = work->pass,
                    .batch = n,
                    .weights = model->weights,
                    .scale = work->pass->walk.mode == NN_FOR_QUANTIZED_ANSWERS ? model->scale : NULL,
                    .silent = model->silent,
                    .n_silent = model->n_silent};
}

void nn_predict(nn_work *work, const nn_model *model, const float *images, int n, float *probabilities)
{
    nn_pass *pass = work->pass;
    const nn_plan *plan = pass->plan;
    nn_convention_apply(&model->convention, plan->input, images, n, pass->input);
    nn_run run = run_of(work, model, n);
    nn_part part = {.end = n};
    prepare_once(work->first, &run, model->version);
    nn_pass_forward(&run, &part, 1);

    const float *logits = nn_work_logits(work);
    for (int i = 0; i < n; i++, logits += plan->classes, probabilities += plan->classes) {
        float top = logits[0], sum = 0.0f;
        for (int c = 1; c < plan->classes; c++)
            top = fmaxf(top, logits[c]);
        for (int c = 0; c < plan->classes; c++)
            sum += probabilities[c] = expf((logits[c] - top) / model->temperature);
        for (int c = 0; c < plan->classes; c++)
            probabilities[c] /= sum;
    }
}

const float *nn_work_output(const nn_work *work, int node)
{
    return nn_pass_value(work->pass, node, 0);
}

const float *nn_work_logits(const nn_work *work)
{
    return nn_pass_value(work->pass, nn_logits_node(work->pass->plan), 0);
}

void nn_image_gradient(nn_work *work, const nn_model *model, const float *weight, int n, float *gradient)
{
    nn_pass *pass = work->pass;
    const nn_plan *plan = pass->plan;
    size_t count = (size_t)n * nn_shape_count(plan->input);
    nn_run run = run_of(work, model, n);
    nn_part part = {.end = n};
    memcpy(nn_pass_gradient(pass, nn_logits_node(plan), 0), weight, (size_t)(n * plan->classes) * sizeof *weight);
    memset(pass->input_gradient, 0, count * sizeof *pass->input_gradient);
    nn_pass_backward(&run, &part, 1);
    memcpy(gradient, pass->input_gradient, count * sizeof *gradient);
    nn_convention_return(&model->convention, plan->input, n, gradient);
}
