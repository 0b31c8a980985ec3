/* sum.c - finds the window that a value looks through, and adds up what is in it. */
#include "sum.h"
#include "nn/op.h"
#include "nn/symmetry.h"
#include <math.h>
#include <string.h>

static const nn_param *param_of(const sum *s, const inspect *net, int i)
{
    return &net->plan->param[s->node->param[i]];
}

/* The first of a layer's nodes, where that is a sum. Its others change values one by one. */
static const nn_node *linear_of(const inspect *net, const inspect_layer *layer)
{
    int i = layer->node;
    while (i >= 0 && strcmp(net->plan->node[i].name, layer->name) != 0)
        i = net->plan->node[i].input[0];
    const nn_node *node = i >= 0 ? &net->plan->node[i] : NULL;
    return node && node->op->kind == NN_LINEAR ? node : NULL;
}

/* The node whose output lies, as maps, where node i reads its input; -1: the image. */
static int maps_behind(const nn_plan *plan, int i)
{
    int input = plan->node[i].input[0];
    while (input >= 0 && plan->node[input].op->place == NN_VIEW)
        input = plan->node[input].input[0];
    return input;
}

static void lay_window(sum *s, const inspect *net, int x, int y)
{
    const nn_node *node = s->node;
    int behind = maps_behind(net->plan, (int)(node - net->plan->node));
    s->dilation_h = s->dilation_w = 1;
    if (node->op->window) {
        nn_window w = node->op->window(node);
        s->in = node->in;
        s->kh = w.kh, s->kw = w.kw;
        s->top = y * w.stride - w.top, s->left = x * w.stride - w.left;
        s->dilation_h = w.dilation_h, s->dilation_w = w.dilation_w;
    } else {
        s->in = behind < 0 ? net->plan->input : net->plan->node[behind].out;
        s->kh = s->in.h, s->kw = s->in.w;
    }
    /* Of a convolution in groups, an output reads its own group's channels. */
    const nn_param *kernel = param_of(s, net, 0);
    s->channels = kernel->rank == 4 ? kernel->dim[2] : s->in.c;
    s->first = s->channel / (node->out.c / (s->in.c / s->channels)) * s->channels;
}

float sum_input(const sum *s, const inspect *net, int channel, int row, int column)
{
    int behind = maps_behind(net->plan, (int)(s->node - net->plan->node));
    int y = s->top + row * s->dilation_h, x = s->left + column * s->dilation_w;
    const float *values = behind < 0 ? net->read : nn_work_output(net->whole, behind);
    return y < 0 || x < 0 || y >= s->in.h || x >= s->in.w ? 0 : values[(y * s->in.w + x) * s->in.c + channel];
}

size_t sum_weight(const sum *s, const inspect *net, int channel, int row, int column)
{
    size_t tap = (size_t)(row * s->kw + column) * (size_t)s->channels + (size_t)(channel - s->first);
    nn_symmetry symmetry = nn_symmetry_of(s->node);
    return param_of(s, net, 0)->offset +
           nn_symmetry_stored(&symmetry, tap * (size_t)s->node->out.c + (size_t)s->channel);
}

static float add_up(const sum *s, const inspect *net, const nn_model *model, int channel)
{
    float value = 0;
    for (int i = 0; i < s->kh * s->kw; i++)
        value += sum_input(s, net, channel, i / s->kw, i % s->kw) *
                 model->weights[sum_weight(s, net, channel, i / s->kw, i % s->kw)];
    return value;
}

/* Into its place among the largest. */
static void insert(sum *s, sum_term term)
{
    int at = s->n_terms;
    while (at > 0 && fabsf(s->term[at - 1].value) < fabsf(term.value))
        at--;
    if (at == SUM_TERMS)
        return;
    s->n_terms += s->n_terms < SUM_TERMS;
    memmove(s->term + at + 1, s->term + at, (size_t)(s->n_terms - 1 - at) * sizeof *s->term);
    s->term[at] = term;
}

bool sum_of(sum *s, const inspect *net, const nn_model *model, int layer, int channel, int x, int y)
{
    *s = (sum){.node = linear_of(net, &net->layer[layer]), .channel = channel};
    if (!s->node || net->reads == 0)
        return false;
    lay_window(s, net, x, y);
    nn_symmetry symmetry = nn_symmetry_of(s->node);
    size_t bias = (size_t)nn_symmetry_stored_channel(&symmetry, channel);
    s->total = s->bias = model->weights[param_of(s, net, 1)->offset + bias];
    for (int i = s->first; i < s->first + s->channels; i++) {
        sum_term term = {i, add_up(s, net, model, i)};
        s->total += term.value;
        insert(s, term);
    }
    return true;
}
