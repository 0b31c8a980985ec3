/* cut.c - where to cut, the head's architecture and weights, and the way back. */
#include "cut.h"
#include "fold.h"
#include "op.h"
#include "plan_text.h"
#include "symmetry.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

static bool reads_the_one_before(const nn_plan *plan, int i)
{
    return plan->node[i].op->inputs == 1 && plan->node[i].input[0] == i - 1;
}

/* What a head learns is its own: no layer before it has the same weights. */
static bool can_be_cut(const nn_plan *plan, int i)
{
    return reads_the_one_before(plan, i) && nn_symmetry_of(&plan->node[i]).order == 1 && !nn_shares_weights(plan, i);
}

int nn_cut_place(const nn_plan *plan, int layers)
{
    int first = plan->n_nodes, found = 0;
    for (int i = plan->n_nodes - 1; i >= 0 && can_be_cut(plan, i) && found < layers; i--)
        if (plan->node[i].op->kind == NN_LINEAR) {
            first = i;
            found++;
        }
    int at = found > 0 ? first - 1 : plan->n_nodes - 2;
    while (at >= 0 && plan->node[at].op->place == NN_VIEW && reads_the_one_before(plan, at)) /* as the head's image */
        at--;
    return at;
}

/* ---- the architecture ------------------------------------------------------------------------------------------- */

static size_t print_layer(char *line, size_t room, const nn_node *node)
{
    char layer[NN_LINE] = "scale";
    if (node->op->kind != NN_NORM)
        nn_node_print(layer, sizeof layer, node, node->attr[0]);
    return nn_line_print(line, room, &(nn_line){.layer = layer});
}

static bool plan_head(nn_plan **head, const nn_plan *plan, int at, nn_error *err)
{
    nn_shape in = at < 0 ? plan->input : plan->node[at].out;
    size_t room = (size_t)(plan->n_nodes - at + 1) * NN_LINE;
    char *text = nn_alloc(room, 1);
    if (!text)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the architecture");
    size_t used = (size_t)snprintf(text, room, "input %d %d %d\n", in.h, in.w, in.c);
    for (int i = at + 1; i < plan->n_nodes; i++)
        used += print_layer(text + used, room - used, &plan->node[i]);
    bool ok = nn_plan_parse(head, text, used, err);
    nn_free(text);
    return ok || nn_fail_in(err, "the last layers");
}

/* ---- the weights ------------------------------------------------------------------------------------------------- */

static float *values(const nn_plan *plan, float *weights, const nn_node *node, int i)
{
    return weights + plan->param[node->param[i]].offset;
}

/* By how much a batchnorm's gain and a scale's differ: sqrt(variance + epsilon). */
static float spread(const nn_node *norm, const float *variance, int channel)
{
    return sqrtf(variance[channel] + (float)nn_node_setting(norm, "epsilon"));
}

static void unfold_norm(nn_model *model, const nn_node *norm, const float *gain, const float *bias)
{
    const float *mean = values(model->plan, model->weights, norm, NN_NORM_MEAN);
    const float *variance = values(model->plan, model->weights, norm, NN_NORM_VARIANCE);
    for (int c = 0; c < norm->in.c; c++) {
        values(model->plan, model->weights, norm, NN_NORM_GAIN)[c] = gain[c] * spread(norm, variance, c);
        values(model->plan, model->weights, norm, NN_NORM_BIAS)[c] = bias[c] + mean[c] * gain[c];
    }
}

bool nn_cut_head(nn_model **out, const nn_model *model, int at, nn_error *err)
{
    nn_plan *plan;
    *out = NULL;
    if (at == model->plan->n_nodes - 2)
        return nn_fail(err, NN_USAGE, 0, "the last layers cannot learn alone: they are a sum, or share weights");
    if (!plan_head(&plan, model->plan, at, err) || !nn_model_blank(out, plan, err))
        return false;
    nn_model *head = *out;
    for (int i = at + 1; i < model->plan->n_nodes; i++) {
        const nn_node *node = &model->plan->node[i], *twin = &plan->node[i - at - 1];
        if (node->op->kind == NN_NORM) {
            nn_fold_scale(model, node, values(plan, head->weights, twin, NN_NORM_GAIN),
                          values(plan, head->weights, twin, NN_NORM_BIAS));
            continue;
        }
        for (int p = 0; p < node->n_params; p++)
            memcpy(values(plan, head->weights, twin, p), values(model->plan, model->weights, node, p),
                   plan->param[twin->param[p]].count * sizeof(float));
    }
    if (at < 0)
        head->convention = model->convention;
    nn_model_answer_as(head, model);
    return true;
}

void nn_cut_put_back(nn_model *model, int at, const nn_plan *head, const float *weights)
{
    for (int i = at + 1; i < model->plan->n_nodes; i++) {
        const nn_node *node = &model->plan->node[i], *twin = &head->node[i - at - 1];
        const float *first = twin->n_params > 0 ? weights + head->param[twin->param[0]].offset : NULL;
        if (node->op->kind == NN_NORM) {
            unfold_norm(model, node, first, weights + head->param[twin->param[NN_NORM_BIAS]].offset);
            continue;
        }
        for (int p = 0; p < node->n_params; p++)
            memcpy(values(model->plan, model->weights, node, p), weights + head->param[twin->param[p]].offset,
                   head->param[twin->param[p]].count * sizeof(float));
    }
    nn_model_changed(model);
}
