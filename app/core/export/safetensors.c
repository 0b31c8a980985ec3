/* safetensors.c - the weights as PyTorch names and lays them out: conv1.weight (out, in, h, w), dense1.weight (out, in),
 * batchnorm1.running_mean ... What reads a flattened row reads it channels first, as PyTorch's flatten gives it. */
#include "nn/safetensors.h"
#include "export.h"
#include "layout.h"
#include "nn/json.h"
#include "nn/op.h"
#include <stdio.h>
#include <string.h>

typedef struct tensors {
    const nn_model *model;
    nn_shape from[NN_MAX_NODES]; /* the maps that a node's row was flattened out of; h = w = 1: its order is ours */
    int count;
    nn_tensor tensor[NN_MAX_PARAMS];
    char name[NN_MAX_PARAMS][NN_NAME + 16];
    float *values[NN_MAX_PARAMS];
} tensors;

/* ---- the order of rows --------------------------------------------------------------------------------------------- */

static bool is_plain(nn_shape from)
{
    return from.h * from.w == 1;
}

static nn_shape from_of(const tensors *t, int node)
{
    return node < 0 ? (nn_shape){1, 1, t->model->plan->input.c} : t->from[node];
}

/* Whether a node gives the same values, only in another order, when its input comes so. */
static bool follows(const tensors *t, const nn_node *node)
{
    bool same = node->op->inputs == 1 || nn_same_shape(from_of(t, node->input[0]), from_of(t, node->input[1]));
    return same && node->out.c == node->in.c && !node->op->window;
}

static bool find_from(tensors *t, int i, nn_error *err)
{
    const nn_plan *plan = t->model->plan;
    const nn_node *node = &plan->node[i];
    bool plain =
        is_plain(from_of(t, node->input[0])) && (node->op->inputs == 1 || is_plain(from_of(t, node->input[1])));
    t->from[i] = (nn_shape){1, 1, node->out.c};
    if (plain && node->op->place == NN_VIEW && node->op->kind != NN_REARRANGING)
        t->from[i] = node->in;
    if (plain || (node->op->kind == NN_LINEAR && !node->op->window))
        return true;
    t->from[i] = from_of(t, node->input[0]);
    if (i == plan->n_nodes - 1 || !follows(t, node))
        return nn_fail(err, NN_USAGE, 0, "%s reads a flattened row, which PyTorch has in another order", node->name);
    return true;
}

/* ---- tensors ------------------------------------------------------------------------------------------------------- */

static const char *const words[] = {
    [NN_KERNEL] = "weight", [NN_BIAS] = "bias",         [NN_GAIN] = "weight",
    [NN_SLOPE] = "weight",  [NN_MEAN] = "running_mean", [NN_VARIANCE] = "running_var",
};

/* (h, w, in, out) is (out, in, h, w) there, (in, out) is (out, in). */
static void turn_dimensions(nn_tensor *tensor, const nn_param *param)
{
    static const int order[5][4] = {[1] = {0}, [2] = {1, 0}, [4] = {3, 2, 0, 1}};
    tensor->rank = param->rank;
    for (int i = 0; i < param->rank; i++)
        tensor->dim[i] = param->dim[order[param->rank][i]];
}

static bool add_node(tensors *t, int i, nn_error *err)
{
    const nn_plan *plan = t->model->plan;
    const nn_node *node = &plan->node[i];
    if (!find_from(t, i, err))
        return false;
    for (int k = 0; k < node->n_params; k++, t->count++) {
        const nn_param *param = &plan->param[node->param[k]];
        bool by_input = node->op->kind != NN_LINEAR || param->role == NN_KERNEL; /* not by output, as a bias is */
        nn_shape from = by_input ? from_of(t, node->input[0]) : (nn_shape){1, 1, 1};
        float *values = export_channels_first(t->model, param, from);
        if (!values)
            return nn_fail(err, NN_NOMEM, 0, "out of memory for the weights");
        snprintf(t->name[t->count], sizeof t->name[0], "%s.%s", node->name, words[param->role]);
        t->values[t->count] = values;
        t->tensor[t->count] = (nn_tensor){.name = t->name[t->count], .data = values};
        turn_dimensions(&t->tensor[t->count], param);
    }
    return true;
}

/* What the tensors alone do not say; NULL when out of memory. */
static json_t *metadata(const nn_model *model)
{
    const nn_convention *c = &model->convention;
    char *labels = export_labels(model), mean[32], std[32], temperature[32], unsure[32];
    snprintf(mean, sizeof mean, "%.9g", (double)c->mean);
    snprintf(std, sizeof std, "%.9g", (double)c->std);
    snprintf(temperature, sizeof temperature, "%.9g", (double)model->temperature);
    snprintf(unsure, sizeof unsure, "%.9g", (double)model->unsure_threshold);
    json_t *all =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "format", "pt", "architecture", model->plan->text,
                  "mean", mean, "std", std, "binary", c->binary ? "1" : "0", "transposed", c->transposed ? "1" : "0",
                  "temperature", temperature, "unsure_threshold", unsure, "labels", labels ? labels : "");
    if (!labels) {
        json_decref(all);
        all = NULL;
    }
    nn_free(labels);
    return all;
}

static bool write_file(buffer *out, const tensors *t, nn_error *err)
{
    unsigned char *data;
    size_t len;
    json_t *facts = metadata(t->model);
    bool ok = nn_safetensors_write(facts, t->tensor, t->count, &data, &len, err);
    json_decref(facts);
    if (ok)
        buffer_add_bytes(out, (const char *)data, len);
    nn_free(data);
    return ok;
}

bool export_safetensors(buffer *out, const nn_model *model, nn_error *err)
{
    tensors *t = nn_alloc(1, sizeof *t);
    if (!t)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    t->model = model;
    bool ok = true;
    for (int i = 0; ok && i < model->plan->n_nodes; i++)
        ok = add_node(t, i, err);
    ok = ok && write_file(out, t, err);
    for (int i = 0; i < t->count; i++)
        nn_free(t->values[i]);
    nn_free(t);
    return ok;
}
