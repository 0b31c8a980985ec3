/* quantize.c - the scales of the activations: how large the inputs of each layer become for typical images. */
#include "kernel.h"
#include "op.h"
#include <math.h>
#include <string.h>

enum { BATCH = 20 };

static float largest(const float *values, size_t count)
{
    float most = 0.0f;
    for (size_t i = 0; i < count; i++)
        most = fmaxf(most, fabsf(values[i]));
    return most;
}

/* Of the image as the network reads it. */
static float largest_pixel(const nn_convention *c)
{
    return fmaxf(fabsf(0.0f - c->mean), fabsf(1.0f - c->mean)) / fabsf(c->std);
}

/* Raises each of the sizes to that of the inputs of its node in the last nn_predict of n images. */
static void watch(const nn_model *model, const nn_work *work, int n, float *sizes)
{
    for (int i = 0; i < model->plan->n_nodes; i++) {
        const nn_node *node = &model->plan->node[i];
        if (!node->op->quantizes)
            continue;
        size_t count = (size_t)n * nn_shape_count(node->in);
        float size = node->input[0] < 0 ? largest_pixel(&model->convention)
                                        : largest(nn_work_output(work, node->input[0]), count);
        sizes[i] = fmaxf(sizes[i], size);
    }
}

bool nn_model_calibrate(nn_model *model, const float *images, int n, nn_error *err)
{
    const nn_plan *plan = model->plan;
    float probabilities[BATCH * NN_MAX_CLASSES], sizes[NN_MAX_NODES] = {0};
    nn_work *work;
    if (n < 1)
        return nn_fail(err, NN_USAGE, 0, "no images to measure activations with");
    if (!nn_work_new(&work, plan, BATCH, NN_ACTIVATIONS, err))
        return false;
    for (int first = 0; first < n; first += BATCH) {
        int count = n - first < BATCH ? n - first : BATCH;
        nn_predict(work, model, images + (size_t)first * nn_shape_count(plan->input), count, probabilities);
        watch(model, work, count, sizes);
    }
    nn_work_free(work);
    for (int i = 0; i < plan->n_nodes; i++) {
        float scale = fminf(fmaxf(sizes[i] / NN_QUANTUM, NN_MIN_SCALE), NN_MAX_SCALE);
        model->scale[i] = plan->node[i].op->quantizes ? scale : 0.0f;
    }
    nn_model_changed(model);
    return true;
}
