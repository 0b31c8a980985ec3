/* prune.c - which channels stay, the architecture that is left, and its weights.
 *
 * A walk along the chain knows at every layer which channels of its input are left. Layers with weights take the
 * matching rows of them; convolutions and dense layers then choose anew, all others hand the choice on. */
#include "prune.h"
#include "op.h"
#include "plan_text.h"
#include "symmetry.h"
#include <stdio.h>
#include <string.h>

/* The channels that are left, in their old order. */
typedef struct channels {
    int n, *index;
} channels;

static bool has_filters(const nn_node *node)
{
    return node->op->kind == NN_LINEAR;
}

static int last_with_filters(const nn_plan *plan)
{
    int i = plan->n_nodes - 1;
    while (i >= 0 && !has_filters(&plan->node[i]))
        i--;
    return i;
}

static bool check(const nn_plan *plan, nn_error *err)
{
    for (int i = 0; i < plan->n_nodes; i++) {
        const nn_node *node = &plan->node[i];
        if (node->op->inputs != 1 || node->input[0] != i - 1)
            return nn_fail(err, NN_USAGE, 0,
                           "layer %s cannot be pruned: only chains can, in which each layer reads the one "
                           "before it",
                           node->name);
        if (nn_node_setting(node, "groups") > 1.0)
            return nn_fail(err, NN_USAGE, 0, "layer %s cannot be pruned: its filters are in groups", node->name);
        if (nn_symmetry_of(node).order > 1 || nn_shares_weights(plan, i))
            return nn_fail(err, NN_USAGE, 0, "layer %s cannot be pruned: it shares weights", node->name);
        if (node->op->kind == NN_REARRANGING)
            return nn_fail(err, NN_USAGE, 0, "layer %s cannot be pruned: it moves values between channels", node->name);
    }
    return true;
}

/* ---- the architecture ------------------------------------------------------------------------------------------ */

/* Of the layer at i, whose filters are counted in its first setting. */
static int kept_filters(const nn_plan *plan, int i, double keep)
{
    const nn_node *node = &plan->node[i];
    int all = node->out.c, kept = (int)ceil(keep * all - 1e-9);
    return i == last_with_filters(plan) ? all : kept < 1 ? 1 : kept;
}

static size_t print_layer(char *line, size_t room, const nn_plan *plan, int i, int filters)
{
    const nn_node *node = &plan->node[i];
    char usual[NN_NAME], layer[NN_LINE];
    nn_node_default_name(usual, plan, i);
    nn_node_print(layer, sizeof layer, node, has_filters(node) ? filters : node->attr[0]);
    return nn_line_print(line, room,
                         &(nn_line){.name = strcmp(usual, node->name) != 0 ? node->name : NULL, .layer = layer});
}

static bool plan_smaller(nn_plan **smaller, const nn_plan *plan, double keep, nn_error *err)
{
    size_t room = (size_t)(plan->n_nodes + 1) * NN_LINE;
    char *text = nn_alloc(room, 1);
    if (!text)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the architecture");
    size_t used = (size_t)snprintf(text, room, "input %d %d %d\n", plan->input.h, plan->input.w, plan->input.c);
    for (int i = 0; i < plan->n_nodes; i++)
        used += print_layer(text + used, room - used, plan, i, kept_filters(plan, i, keep));
    bool ok = nn_plan_parse(smaller, text, used, err);
    nn_free(text);
    return ok;
}

/* ---- the choice ------------------------------------------------------------------------------------------------ */

/* Of filter `c` of the layer at i. */
static float importance(const nn_model *model, int i, int c)
{
    const nn_plan *plan = model->plan;
    const nn_node *node = &plan->node[i];
    if (i + 1 < plan->n_nodes && node[1].op->kind == NN_NORM)
        return fabsf(model->weights[plan->param[node[1].param[0]].offset + (size_t)c]);
    const nn_param *kernel = &plan->param[node->param[0]];
    float sum = 0.0f;
    for (size_t k = (size_t)c; k < kernel->count; k += (size_t)node->out.c)
        sum += fabsf(model->weights[kernel->offset + k]);
    return sum;
}

/* The n most important filters, of equals the first. `score` is room for all. */
static void choose(channels *out, const nn_model *model, int i, int n, float *score)
{
    int all = model->plan->node[i].out.c;
    for (int c = 0; c < all; c++)
        score[c] = importance(model, i, c);
    out->n = 0;
    for (int c = 0; c < all; c++) {
        int better = 0;
        for (int k = 0; k < all; k++)
            better += score[k] > score[c] || (score[k] == score[c] && k < c);
        if (better < n)
            out->index[out->n++] = c;
    }
}

/* Channels vary fastest: value (pixel, channel) becomes pixel * c + channel. From the back, as the list grows in
 * place. */
static void flatten(channels *list, nn_shape in)
{
    int n = list->n;
    list->n = in.h * in.w * n;
    for (int pixel = in.h * in.w - 1; pixel >= 0; pixel--)
        for (int k = n - 1; k >= 0; k--)
            list->index[pixel * n + k] = pixel * in.c + list->index[k];
}

/* ---- the weights ----------------------------------------------------------------------------------------------- */

/* W (outer, inputs, outputs), of which some inputs and outputs are left. */
static void copy_kernel(float *to, const float *from, const nn_param *old, const channels *in, const channels *out)
{
    int inputs = old->dim[old->rank - 2], outputs = old->dim[old->rank - 1];
    size_t outer = old->count / ((size_t)inputs * (size_t)outputs);
    for (size_t o = 0; o < outer; o++)
        for (int i = 0; i < in->n; i++)
            for (int k = 0; k < out->n; k++)
                *to++ = from[(o * (size_t)inputs + (size_t)in->index[i]) * (size_t)outputs + (size_t)out->index[k]];
}

static void copy_layer(nn_model *to, const nn_model *from, int i, const channels *in, const channels *out)
{
    const nn_node *node = &from->plan->node[i], *smaller = &to->plan->node[i];
    for (int p = 0; p < node->n_params; p++) {
        const nn_param *old = &from->plan->param[node->param[p]], *new = &to->plan->param[smaller->param[p]];
        float *target = to->weights + new->offset;
        const float *source = from->weights + old->offset;
        if (old->rank > 1)
            copy_kernel(target, source, old, in, out);
        for (int k = 0; old->rank == 1 && k < out->n; k++)
            target[k] = source[out->index[k]];
    }
}

static size_t most_channels(const nn_plan *plan)
{
    size_t most = (size_t)plan->input.c;
    for (int i = 0; i < plan->n_nodes; i++)
        most = (size_t)plan->node[i].out.c > most ? (size_t)plan->node[i].out.c : most;
    return most;
}

static bool copy_weights(nn_model *to, const nn_model *from, nn_error *err)
{
    size_t room = most_channels(from->plan);
    channels in = {.n = from->plan->input.c, .index = nn_alloc(room, sizeof(int))};
    channels out = {.index = nn_alloc(room, sizeof(int))};
    float *score = nn_alloc(room, sizeof *score);
    bool ok = in.index && out.index && score;
    for (int c = 0; ok && c < in.n; c++)
        in.index[c] = c;
    for (int i = 0; ok && i < from->plan->n_nodes; i++) {
        const nn_node *node = &from->plan->node[i];
        if (has_filters(node)) {
            choose(&out, from, i, to->plan->node[i].out.c, score);
            copy_layer(to, from, i, &in, &out);
            channels moved = in;
            in = out;
            out = moved;
        } else if (node->op->place == NN_VIEW) {
            flatten(&in, node->in);
        } else {
            copy_layer(to, from, i, &in, &in);
        }
    }
    nn_free(score);
    nn_free(out.index);
    nn_free(in.index);
    return ok || nn_fail(err, NN_NOMEM, 0, "out of memory for the choice of channels");
}

bool nn_prune(nn_model **out, const nn_model *model, double keep, nn_error *err)
{
    nn_plan *plan;
    *out = NULL;
    if (!(keep > 0.0 && keep <= 1.0))
        return nn_fail(err, NN_USAGE, 0, "the share to keep must be above 0 and at most 1");
    if (!check(model->plan, err) || !plan_smaller(&plan, model->plan, keep, err) || !nn_model_blank(out, plan, err))
        return false;
    (*out)->convention = model->convention;
    nn_model_answer_as(*out, model);
    if (copy_weights(*out, model, err))
        return true;
    nn_model_free(*out);
    *out = NULL;
    return false;
}
