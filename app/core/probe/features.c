/* features.c - which node's output they are, and reading it. */
#include "features.h"
#include "nn/op.h"
#include <string.h>

/* What the dense layer that makes the logits reads; else the logits. */
static int feature_node(const nn_plan *plan)
{
    int logits = plan->node[plan->n_nodes - 1].input[0];
    const nn_node *last = &plan->node[logits];
    bool dense = last->op->kind == NN_LINEAR && plan->param[last->param[0]].rank == 2;
    return dense && last->input[0] >= 0 && last->in.c <= FEATURES_MAX ? last->input[0] : logits;
}

bool features_new(features **out, const nn_model *model, nn_error *err)
{
    features *self = *out = nn_alloc(1, sizeof *self);
    if (!self)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    if (!nn_plan_copy(&self->plan, model->plan, err) ||
        !nn_work_new(&self->work, self->plan, FEATURES_BATCH, NN_ACTIVATIONS, err)) {
        features_free(self);
        *out = NULL;
        return false;
    }
    self->node = feature_node(self->plan);
    self->count = (int)nn_shape_count(self->plan->node[self->node].out);
    return true;
}

void features_free(features *self)
{
    if (!self)
        return;
    nn_work_free(self->work);
    nn_plan_free(self->plan);
    nn_free(self);
}

bool features_fits(const features *self, const nn_model *model)
{
    return nn_same_plan(self->plan, model->plan);
}

void features_read(features *self, const nn_model *model, const float *images, int n, float *out)
{
    float probability[FEATURES_BATCH * NN_MAX_CLASSES];
    nn_predict(self->work, model, model_input(self->room, self->plan, images, n), n, probability);
    memcpy(out, nn_work_output(self->work, self->node), (size_t)(n * self->count) * sizeof *out);
}
