/* work.c - inference: images in, probabilities out. */
#include "pass.h"
#include <math.h>
#include <string.h>

struct nn_work {
    nn_pass *pass;
    uint64_t version; /* of the weights that the pass was prepared for; 0: none yet */
};

bool nn_work_new(nn_work **out, const nn_plan *plan, int max_batch, nn_purpose purpose, nn_error *err)
{
    *out = NULL;
    nn_work *work = nn_alloc(1, sizeof *work);
    if (!work)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the network's work");
    static const nn_mode modes[] = {[NN_ANSWERS] = NN_FOR_ANSWERS,
                                    [NN_QUANTIZED_ANSWERS] = NN_FOR_QUANTIZED_ANSWERS,
                                    [NN_ACTIVATIONS] = NN_FOR_ACTIVATIONS};
    if (!nn_pass_new(&work->pass, plan, max_batch, 1, modes[purpose], err)) {
        nn_free(work);
        return false;
    }
    *out = work;
    return true;
}

void nn_work_free(nn_work *work)
{
    if (!work)
        return;
    nn_pass_free(work->pass);
    nn_free(work);
}

void nn_predict(nn_work *work, const nn_model *model, const float *images, int n, float *probabilities)
{
    nn_pass *pass = work->pass;
    const nn_plan *plan = pass->plan;
    size_t count = (size_t)n * nn_shape_count(plan->input);
    float scale = 1.0f / model->convention.std, mean = model->convention.mean;
    for (size_t i = 0; i < count; i++)
        pass->input[i] = (images[i] - mean) * scale;
    nn_run run = {.pass = pass,
                  .batch = n,
                  .weights = model->weights,
                  .scale = pass->walk.mode == NN_FOR_QUANTIZED_ANSWERS ? model->scale : NULL};
    nn_part part = {.end = n};
    if (work->version != model->version)
        nn_pass_prepare(&run, 0);
    work->version = model->version;
    nn_pass_forward(&run, &part);

    const float *logits = nn_pass_value(pass, nn_logits_node(plan), 0);
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
