/* layout.c - rows and maps, padding, kernels with their channels first. */
#include "layout.h"
#include "nn/json.h"
#include "nn/labels.h"
#include "nn/op.h"
#include <string.h>

void export_find_rows(const nn_plan *plan, export_rows *rows)
{
    bool *gives = rows->gives;
    for (int i = 0; i < plan->n_nodes; i++) {
        const nn_node *node = &plan->node[i];
        bool maps = node->op->window || node->op->kind == NN_REARRANGING;
        bool flattens = !maps && node->op->place == NN_VIEW, makes = !maps && node->op->kind == NN_LINEAR;
        gives[i] = !maps;
        for (int k = 0; k < node->op->inputs && !flattens && !makes; k++)
            gives[i] = gives[i] && node->input[k] >= 0 && gives[node->input[k]];
        gives[i] = gives[i] || i == plan->n_nodes - 1;
        rows->reads[i] = gives[i] && !flattens;
    }
}

static int behind(int in, int out, int span, int stride, int before)
{
    int need = (out - 1) * stride + span - in - before;
    return need > 0 ? need : 0;
}

void export_padding(const nn_node *node, int padding[4])
{
    nn_window w = node->op->window(node);
    padding[NN_TOP] = w.top;
    padding[NN_LEFT] = w.left;
    padding[NN_BOTTOM] = behind(node->in.h, w.out_h, nn_span_h(&w), w.stride, w.top);
    padding[NN_RIGHT] = behind(node->in.w, w.out_w, nn_span_w(&w), w.stride, w.left);
}

/* Where in our row the value lies that is number i when the maps are flattened channels first. */
static size_t ours(nn_shape from, size_t i)
{
    size_t pixels = (size_t)from.h * (size_t)from.w;
    return i % pixels * (size_t)from.c + i / pixels;
}

/* A kernel (h, w, in, out), or (in, out) with its inputs in the order of the other program. */
static void turn(const nn_param *param, nn_shape from, const float *values, float *to)
{
    size_t outs = (size_t)param->dim[param->rank - 1], ins = (size_t)param->dim[param->rank - 2];
    size_t taps = param->count / (ins * outs);
    bool row = param->rank == 2;
    for (size_t o = 0; o < outs; o++)
        for (size_t i = 0; i < ins; i++)
            for (size_t tap = 0; tap < taps; tap++)
                *to++ = values[(tap * ins + (row ? ours(from, i) : i)) * outs + o];
}

float *export_channels_first(const nn_model *model, const nn_param *param, nn_shape from)
{
    const float *values = model->weights + param->offset;
    float *to = nn_alloc(param->count, sizeof *to);
    if (to && param->rank > 1)
        turn(param, from, values, to);
    for (size_t i = 0; to && param->rank == 1 && i < param->count; i++)
        to[i] = values[ours(from, i)];
    return to;
}

char *export_labels(const nn_model *model)
{
    json_t *labels = nn_json_labels(model->label, model->n_labels);
    char *text = nn_json_text(labels, JSON_COMPACT);
    json_decref(labels);
    return text;
}

bool export_refuse(const nn_node *node, const char *format, nn_error *err)
{
    return nn_fail(err, NN_USAGE, 0, "%s, a layer of kind %s, cannot be said in %s", node->name, node->op->name,
                   format);
}
