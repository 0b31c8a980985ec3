/* fold.c - which layers stay, the architecture that is left, and its weights. */
#include "fold.h"
#include "op.h"
#include "plan_text.h"
#include "symmetry.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Whether node i goes: filters that share a kernel must share its gain, too, and no other layer may have the kernel. */
static bool is_folded(const nn_plan *plan, int i)
{
    const nn_node *node = &plan->node[i], *before = node->input[0] < 0 ? NULL : &plan->node[node->input[0]];
    return node->op->kind == NN_NORM && before && before->op->kind == NN_LINEAR && before->readers == 1 &&
           nn_symmetry_of(node).order == nn_symmetry_of(before).order && !nn_shares_weights(plan, node->input[0]);
}

/* ---- the architecture ------------------------------------------------------------------------------------------ */

/* The node that gives what node i gave. */
static int giver(const nn_plan *plan, int i)
{
    return i >= 0 && is_folded(plan, i) ? plan->node[i].input[0] : i;
}

static const char *name_of(const nn_plan *plan, int i)
{
    return i < 0 ? "input" : plan->node[giver(plan, i)].name;
}

static void print_scale(char *layer, size_t room, const nn_node *norm)
{
    int order = nn_symmetry_of(norm).order;
    if (order == 1)
        snprintf(layer, room, "scale");
    else
        snprintf(layer, room, "scale symmetry=%d", order);
}

/* Whether a node is a scale in the folded network: those are counted anew, so their names are written. */
static bool becomes_scale(const nn_node *node)
{
    return node->op->kind == NN_NORM || node->op->kind == NN_SCALE;
}

/* `before` is the node whose line was the last. */
static size_t print_layer(char *line, size_t room, const nn_plan *plan, int i, int before)
{
    const nn_node *node = &plan->node[i];
    char usual[NN_NAME], layer[NN_LINE];
    nn_node_default_name(usual, plan, i);
    if (node->op->kind == NN_NORM)
        print_scale(layer, sizeof layer, node);
    else
        nn_node_print(layer, sizeof layer, node, node->attr[0]);
    bool named = becomes_scale(node) || strcmp(usual, node->name) != 0;
    return nn_line_print(
        line, room,
        &(nn_line){.name = named ? node->name : NULL,
                   .layer = layer,
                   .second = node->op->inputs == 2 ? name_of(plan, node->input[1]) : NULL,
                   .weights = node->weights_of >= 0 ? name_of(plan, node->weights_of) : NULL,
                   .from = giver(plan, node->input[0]) != before ? name_of(plan, node->input[0]) : NULL});
}

static bool plan_folded(nn_plan **folded, const nn_plan *plan, nn_error *err)
{
    size_t room = (size_t)(plan->n_nodes + 1) * NN_LINE;
    char *text = nn_alloc(room, 1);
    if (!text)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the architecture");
    size_t used = (size_t)snprintf(text, room, "input %d %d %d\n", plan->input.h, plan->input.w, plan->input.c);
    for (int i = 0, before = -1; i < plan->n_nodes; i++)
        if (!is_folded(plan, i)) {
            used += print_layer(text + used, room - used, plan, i, before);
            before = i;
        }
    bool ok = nn_plan_parse(folded, text, used, err);
    nn_free(text);
    return ok || nn_fail_in(err, "the network without batch normalisation");
}

/* ---- the weights ----------------------------------------------------------------------------------------------- */

static float *values(const nn_model *model, const nn_node *node, int i)
{
    return model->weights + model->plan->param[node->param[i]].offset;
}

static void copy_layer(nn_model *to, const nn_node *twin, const nn_model *from, const nn_node *node)
{
    for (int i = 0; i < node->n_params; i++)
        memcpy(values(to, twin, i), values(from, node, i), from->plan->param[node->param[i]].count * sizeof(float));
}

static int channels_of(const nn_node *norm)
{
    return norm->in.c / nn_symmetry_of(norm).order;
}

/* gain / sqrt(variance + epsilon): what a batchnorm multiplies a channel by. */
static double factor_of(const nn_model *model, const nn_node *norm, int channel)
{
    double spread = sqrt((double)values(model, norm, NN_NORM_VARIANCE)[channel] + nn_node_setting(norm, "epsilon"));
    return (double)values(model, norm, NN_NORM_GAIN)[channel] / spread;
}

/* gain (x W + b - mean) r + bias = x (W gain r) + ((b - mean) gain r + bias), r = 1 / sqrt(variance + epsilon) */
static void fold_norm(nn_model *to, const nn_node *twin, const nn_model *from, const nn_node *norm)
{
    int c = channels_of(norm);
    size_t count = to->plan->param[twin->param[NN_LINEAR_KERNEL]].count;
    float *kernel = values(to, twin, NN_LINEAR_KERNEL), *bias = values(to, twin, NN_LINEAR_BIAS);
    for (int i = 0; i < c; i++) {
        double factor = factor_of(from, norm, i);
        bias[i] = (float)((double)(bias[i] - values(from, norm, NN_NORM_MEAN)[i]) * factor +
                          (double)values(from, norm, NN_NORM_BIAS)[i]);
        for (size_t k = (size_t)i; k < count; k += (size_t)c)
            kernel[k] = (float)((double)kernel[k] * factor);
    }
}

void nn_fold_scale(const nn_model *model, const nn_node *norm, float *gain, float *bias)
{
    for (int i = 0; i < channels_of(norm); i++) {
        gain[i] = (float)factor_of(model, norm, i);
        bias[i] = values(model, norm, NN_NORM_BIAS)[i] - values(model, norm, NN_NORM_MEAN)[i] * gain[i];
    }
}

/* Nodes stand in the same order in both; a batchnorm that goes stands behind the layer that it reads. */
static void copy_weights(nn_model *to, const nn_model *from)
{
    int place[NN_MAX_NODES], next = 0;
    for (int i = 0; i < from->plan->n_nodes; i++) {
        const nn_node *node = &from->plan->node[i];
        if (is_folded(from->plan, i)) {
            fold_norm(to, &to->plan->node[place[node->input[0]]], from, node);
            continue;
        }
        place[i] = next++;
        const nn_node *twin = &to->plan->node[place[i]];
        if (node->op->kind == NN_NORM)
            nn_fold_scale(from, node, values(to, twin, NN_NORM_GAIN), values(to, twin, NN_NORM_BIAS));
        else
            copy_layer(to, twin, from, node);
        to->scale[place[i]] = from->scale[i];
    }
}

bool nn_fold(nn_model **out, const nn_model *model, nn_error *err)
{
    nn_plan *plan;
    *out = NULL;
    if (!plan_folded(&plan, model->plan, err) || !nn_model_blank(out, plan, err))
        return false;
    (*out)->convention = model->convention;
    nn_model_answer_as(*out, model);
    copy_weights(*out, model);
    nn_model_changed(*out);
    return true;
}
