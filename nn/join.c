/* join.c - the text of the joined architecture, and every part's weights in their new places. */
#include "join.h"
#include "plan_text.h"
#include <stdio.h>
#include <string.h>

/* The node whose outputs are the logits. */
static int logits(const nn_plan *plan)
{
    return plan->node[plan->n_nodes - 1].input[0];
}

static bool is_sum(const nn_node *node)
{
    return node->op->kind == NN_SUM;
}

/* ---- what can be joined ---------------------------------------------------------------------------------------- */

/* Whether dividing weights can divide the output of node i: a dense layer, a convolution, or a sum of such. */
static bool can_divide(const nn_plan *plan, int i)
{
    const nn_node *node = i < 0 ? NULL : &plan->node[i];
    if (!node || node->readers != 1)
        return false;
    if (is_sum(node))
        return can_divide(plan, node->input[0]) && can_divide(plan, node->input[1]);
    return node->op->kind == NN_LINEAR && !nn_shares_weights(plan, i);
}

static bool check(const nn_model *const *part, int n, nn_error *err)
{
    if (n < 2 || n > NN_MAX_JOINED)
        return nn_fail(err, NN_USAGE, 0, "%d networks cannot be joined, only 2 to %d", n, NN_MAX_JOINED);
    for (int i = 0; i < n; i++) {
        const nn_model *a = part[0], *b = part[i];
        if (!nn_same_shape(a->plan->input, b->plan->input) || !nn_same_convention(&a->convention, &b->convention))
            return nn_fail(err, NN_USAGE, 0, "network %d reads other images than the first", i + 1);
        if (!nn_same_labels(a->label, a->n_labels, b->label, b->n_labels))
            return nn_fail(err, NN_USAGE, 0, "network %d has other classes than the first", i + 1);
        if (!can_divide(b->plan, logits(b->plan)))
            return nn_fail(err, NN_USAGE, 0, "network %d: neither dense layers nor convolutions give its answers",
                           i + 1);
    }
    return true;
}

/* ---- the architecture ------------------------------------------------------------------------------------------ */

/* The text so far. Layers have no names of their own in it, so the grammar counts them: conv1, conv2, ... */
typedef struct writer {
    const nn_model *const *part;
    bool probabilities; /* are summed, and not logits */
    char *text;
    size_t room, used;
} writer;

/* How many layers of a part are joined: all but its softmax, where logits are summed. */
static int layers_of(const nn_model *part, bool probabilities)
{
    return part->plan->n_nodes - !probabilities;
}

/* How many layers of a kind stand before the layer at i of part k: in the parts before it, each but the first with a
 * sum behind it, and in its own. */
static int count_before(const writer *w, const nn_op *op, int k, int i)
{
    int count = k > 1 && op->kind == NN_SUM ? k - 1 : 0;
    for (int part = 0; part <= k; part++) {
        const nn_plan *plan = w->part[part]->plan;
        for (int at = 0; at < (part < k ? layers_of(w->part[part], w->probabilities) : i); at++)
            count += nn_same_op(plan->node[at].op, op);
    }
    return count;
}

static const char *new_name(const writer *w, char name[NN_NAME], int k, int i)
{
    if (i < 0)
        return "input";
    const nn_op *op = w->part[k]->plan->node[i].op;
    snprintf(name, NN_NAME, "%s%d", op->name, count_before(w, op, k, i) + 1);
    return name;
}

static void write_layer(writer *w, int k, int i)
{
    const nn_node *node = &w->part[k]->plan->node[i];
    char layer[NN_LINE], second[NN_NAME], weights[NN_NAME], from[NN_NAME];
    nn_node_print(layer, sizeof layer, node, node->attr[0]);
    bool chained = i == 0 ? k == 0 : node->input[0] == i - 1;
    nn_line line = {.layer = layer,
                    .second = node->op->inputs == 2 ? new_name(w, second, k, node->input[1]) : NULL,
                    .weights = node->weights_of >= 0 ? new_name(w, weights, k, node->weights_of) : NULL,
                    .from = chained ? NULL : new_name(w, from, k, node->input[0])};
    w->used += nn_line_print(w->text + w->used, w->room - w->used, &line);
}

static const nn_op *find_sum(void)
{
    int i = 0;
    while (nn_op_at(i)->kind != NN_SUM)
        i++;
    return nn_op_at(i);
}

/* The layer of a part that is summed. */
static int summed(const writer *w, int k)
{
    const nn_plan *plan = w->part[k]->plan;
    return w->probabilities ? plan->n_nodes - 1 : logits(plan);
}

/* The sum of all parts so far, behind the layers of part k >= 1, the last of which gives its own. */
static void write_sum(writer *w, int k)
{
    const nn_op *sum = find_sum();
    char before[NN_NAME];
    if (k == 1)
        new_name(w, before, 0, summed(w, 0));
    else
        snprintf(before, sizeof before, "%s%d", sum->name, count_before(w, sum, k, 0));
    w->used += (size_t)snprintf(w->text + w->used, w->room - w->used, "%s %s\n", sum->name, before);
}

static bool plan_joined(nn_plan **joined, const nn_model *const *part, int n, bool probabilities, nn_error *err)
{
    nn_shape in = part[0]->plan->input;
    writer w = {.part = part, .probabilities = probabilities, .room = 2 * NN_LINE};
    for (int k = 0; k < n; k++)
        w.room += (size_t)(part[k]->plan->n_nodes + 1) * NN_LINE;
    w.text = nn_alloc(w.room, 1);
    if (!w.text)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the architecture");
    w.used = (size_t)snprintf(w.text, w.room, "input %d %d %d\n", in.h, in.w, in.c);
    for (int k = 0; k < n; k++) {
        for (int i = 0; i < layers_of(part[k], probabilities); i++)
            write_layer(&w, k, i);
        if (k > 0)
            write_sum(&w, k);
    }
    w.used += (size_t)snprintf(w.text + w.used, w.room - w.used, "%ssoftmax\n", probabilities ? "log\n" : "");
    bool ok = nn_plan_parse(joined, w.text, w.used, err);
    nn_free(w.text);
    return ok || nn_fail_in(err, "the joined network");
}

/* ---- the weights ----------------------------------------------------------------------------------------------- */

/* Of the activations: they are of use where all parts have them. */
static bool have_scales(const nn_model *const *part, int n)
{
    bool all = true;
    for (int k = 0; k < n; k++)
        all = all && nn_model_has_scales(part[k]);
    return all;
}

/* The part's layers stand in the joined plan one after the other, the first at `at`. */
static void copy_part(nn_model *to, int at, const nn_model *from, bool scales)
{
    for (int i = 0; i < from->plan->n_nodes - 1; i++) { /* a softmax has none */
        to->scale[at + i] = scales ? from->scale[i] : 0.0f;
        const nn_node *node = &from->plan->node[i], *twin = &to->plan->node[at + i];
        for (int p = 0; p < node->n_params; p++) {
            const nn_param *old = &from->plan->param[node->param[p]], *new = &to->plan->param[twin->param[p]];
            memcpy(to->weights + new->offset, from->weights + old->offset, old->count * sizeof(float));
        }
    }
}

/* Divides what node i gives. */
static void divide(nn_model *model, int i, float by)
{
    const nn_node *node = &model->plan->node[i];
    for (int p = 0; p < node->n_params; p++) {
        const nn_param *param = &model->plan->param[node->param[p]];
        for (size_t k = 0; k < param->count; k++)
            model->weights[param->offset + k] /= by;
    }
    for (int k = 0; k < 2 && is_sum(node); k++)
        divide(model, node->input[k], by);
}

static bool join(nn_model **out, const nn_model *const *part, int n, bool probabilities, nn_error *err)
{
    nn_plan *plan;
    *out = NULL;
    if (!check(part, n, err) || !plan_joined(&plan, part, n, probabilities, err) || !nn_model_blank(out, plan, err))
        return false;
    (*out)->convention = part[0]->convention;
    memcpy((*out)->label, part[0]->label, sizeof part[0]->label);
    (*out)->unsure_threshold = 0.0f;
    for (int k = 0, at = 0; k < n; at += layers_of(part[k], probabilities) + (k > 0), k++) {
        copy_part(*out, at, part[k], have_scales(part, n));
        divide(*out, at + logits(part[k]->plan), (probabilities ? 1.0f : (float)n) * part[k]->temperature);
        (*out)->unsure_threshold += part[k]->unsure_threshold / (float)n;
    }
    return true;
}

bool nn_join(nn_model **out, const nn_model *const *part, int n, nn_error *err)
{
    return join(out, part, n, false, err);
}

bool nn_join_probabilities(nn_model **out, const nn_model *const *part, int n, nn_error *err)
{
    return join(out, part, n, true, err);
}
