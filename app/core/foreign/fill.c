/* fill.c - kernels turned to (h, w, in, out) and (in, out), rows that come channels first put into our order. */
#include "fill.h"
#include "nn/op.h"
#include <string.h>

typedef struct filling {
    const chain *layers;
    foreign_net *net;
    const nn_plan *plan;
    nn_shape from[NN_MAX_NODES]; /* the maps that a node's row was flattened out of, channels first; h = w = 1: none */
    bool used[CHAIN_LAYERS];
    int last; /* the convolution or dense layer before; -1: none yet */
    nn_error *err;
} filling;

static const chain_kind kind_of_role[] = {
    [NN_BIAS] = CHAIN_NORM,   [NN_GAIN] = CHAIN_NORM,     [NN_MEAN] = CHAIN_NORM,
    [NN_SLOPE] = CHAIN_SLOPE, [NN_VARIANCE] = CHAIN_NORM, [NN_KERNEL] = CHAIN_CONV,
};

static chain_kind kind_of(const nn_param *first)
{
    return first->role == NN_KERNEL && first->rank == 2 ? CHAIN_DENSE : kind_of_role[first->role];
}

static int layer_named(const chain *c, chain_kind kind, const char *name)
{
    for (int i = 0; i < c->n; i++)
        if (c->layer[i].kind == kind && strcmp(c->layer[i].name, name) == 0)
            return i;
    return -1;
}

/* The next one of a kind, in the order of use where it has one; a slope for all layers is used again. */
static int next_unused(const filling *f, chain_kind kind)
{
    const chain *c = f->layers;
    const int *order = kind == CHAIN_CONV ? c->conv : kind == CHAIN_DENSE ? c->dense : NULL;
    int n = kind == CHAIN_CONV ? c->n_convs : kind == CHAIN_DENSE ? c->n_dense : c->n, last = -1;
    for (int k = 0; k < n; k++) {
        int i = order ? order[k] : k;
        if (c->layer[i].kind == kind && !f->used[i])
            return i;
        last = c->layer[i].kind == kind && c->layer[i].out == 1 ? i : last;
    }
    return kind == CHAIN_SLOPE ? last : -1;
}

/* The layer of the file for a node of this kind, -1 where there is none left. */
static int layer_for(filling *f, const nn_node *node, chain_kind kind)
{
    int i = layer_named(f->layers, kind, node->name);
    if (i < 0 && f->last >= 0 && kind == CHAIN_NORM)
        i = f->layers->layer[f->last].norm;
    if (i < 0 && f->last >= 0 && kind == CHAIN_SLOPE)
        i = f->layers->layer[f->last].slope;
    if (i < 0)
        i = next_unused(f, kind);
    if (i >= 0)
        f->used[i] = true;
    if (kind == CHAIN_CONV || kind == CHAIN_DENSE)
        f->last = i;
    return i;
}

/* Which of the file's rows our row r is: there all places of a channel come first. */
static size_t theirs(nn_shape from, size_t r)
{
    size_t c = (size_t)from.c, pixels = (size_t)from.h * (size_t)from.w;
    return r % c * pixels + r / c;
}

static void fill_kernel(const filling *f, const chain_layer *layer, const nn_param *param, nn_shape from, float *to)
{
    size_t kh = (size_t)layer->kh, kw = (size_t)layer->kw, outs = (size_t)layer->out;
    size_t ins = param->count / (kh * kw * outs);
    for (size_t tap = 0; tap < kh * kw; tap++)
        for (size_t i = 0; i < ins; i++)
            for (size_t o = 0; o < outs; o++)
                *to++ = chain_weight(f->layers, layer, o, param->rank == 2 ? theirs(from, i) : i, tap / kw, tap % kw);
}

static void fill_row(const state_tensor *tensor, float otherwise, nn_shape from, size_t count, float *to)
{
    for (size_t i = 0; i < count; i++)
        to[i] = tensor ? tensor->values[tensor->count == 1 ? 0 : theirs(from, i)] : otherwise;
}

/* Whether the node's parameter has the file's shape. */
static bool fits(const chain_layer *layer, const nn_param *param)
{
    if (param->role != NN_KERNEL)
        return (int)param->count == layer->out || (layer->kind == CHAIN_SLOPE && layer->out == 1);
    if (param->rank == 2)
        return param->dim[0] == layer->in && param->dim[1] == layer->out;
    return param->dim[0] == layer->kh && param->dim[1] == layer->kw && param->dim[2] == layer->in &&
           param->dim[3] == layer->out;
}

static bool fill_param(filling *f, const chain_layer *layer, const nn_param *param, nn_shape from)
{
    nn_shape plain = {1, 1, 1};
    bool by_output = layer->kind == CHAIN_CONV || layer->kind == CHAIN_DENSE; /* biases, not by input */
    if (!fits(layer, param))
        return nn_fail(f->err, NN_FORMAT, 0, "%.80s has other sizes than %s of the architecture", layer->name,
                       param->name);
    float *to = foreign_tensor_new(f->net, param->name, param->count, f->err);
    if (!to)
        return false;
    switch (param->role) {
    case NN_KERNEL: fill_kernel(f, layer, param, from, to); break;
    case NN_BIAS: fill_row(layer->bias, 0.0f, by_output ? plain : from, param->count, to); break;
    case NN_GAIN:
    case NN_SLOPE: fill_row(layer->weight, 1.0f, from, param->count, to); break;
    case NN_MEAN: fill_row(layer->mean, 0.0f, from, param->count, to); break;
    case NN_VARIANCE: fill_row(layer->variance, 1.0f, from, param->count, to); break;
    }
    return true;
}

/* What comes out of flatten in the file's order, and of what keeps that. */
static void find_from(filling *f, int i)
{
    const nn_node *node = &f->plan->node[i];
    nn_shape in = node->input[0] < 0 ? (nn_shape){1, 1, 1} : f->from[node->input[0]];
    bool keeps = in.h * in.w > 1 && node->out.c == node->in.c && node->op->kind != NN_LINEAR;
    f->from[i] = keeps ? in : (nn_shape){1, 1, 1};
    if (node->op->place == NN_VIEW && node->op->kind != NN_REARRANGING && !f->layers->last)
        f->from[i] = in.h * in.w > 1 ? in : node->in;
}

/* Whether the parameters that a node was given last are those of the node whose weights it shares. */
static bool check_shared(const filling *f, const nn_node *node, const char *name)
{
    const foreign_tensor *given = &f->net->tensor[f->net->n_tensors - node->n_params], *owners = f->net->tensor;
    for (int k = 0; k < node->n_params; k++, given++, owners = f->net->tensor) {
        while (strcmp(owners->name, given->name) != 0)
            owners++;
        if (memcmp(owners->values, given->values, given->count * sizeof *given->values) != 0)
            return nn_fail(f->err, NN_FORMAT, 0, "%.80s has weights of its own, the architecture gives it those of %s",
                           name, f->plan->node[node->weights_of].name);
    }
    return true;
}

static bool fill_node(filling *f, int i)
{
    const nn_node *node = &f->plan->node[i];
    nn_shape from = node->input[0] < 0 ? (nn_shape){1, 1, 1} : f->from[node->input[0]];
    find_from(f, i);
    if (node->n_params == 0)
        return true;
    int at = layer_for(f, node, kind_of(&f->plan->param[node->param[0]]));
    if (at < 0)
        return nn_fail(f->err, NN_FORMAT, 0, "the weights of %s are missing", node->name);
    for (int k = 0; k < node->n_params; k++)
        if (!fill_param(f, &f->layers->layer[at], &f->plan->param[node->param[k]], from))
            return false;
    return node->weights_of < 0 || check_shared(f, node, f->layers->layer[at].name);
}

/* Whether the architecture has a place for all of the file. */
static bool all_used(const filling *f)
{
    for (int i = 0; i < f->layers->n; i++)
        if (!f->used[i])
            return nn_fail(f->err, NN_FORMAT, 0, "the architecture has no layer for %.80s", f->layers->layer[i].name);
    return true;
}

bool fill_net(foreign_net *net, const chain *layers, nn_error *err)
{
    nn_plan *plan;
    if (net->text.failed)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the architecture");
    if (!nn_plan_parse(&plan, net->text.data, net->text.len, err))
        return false;
    filling f = {.layers = layers, .net = net, .plan = plan, .last = -1, .err = err};
    bool ok = true;
    for (int i = 0; ok && i < plan->n_nodes; i++)
        ok = fill_node(&f, i);
    ok = ok && all_used(&f);
    nn_plan_free(plan);
    return ok;
}
