/* onnx_graph.c - a graph of operators, whatever file it comes from: room for it, its order, settings of a node. */
#include "onnx_graph.h"
#include <string.h>

static bool no_memory(nn_error *err)
{
    return nn_fail(err, NN_NOMEM, 0, "out of memory for the graph");
}

/* ---- room --------------------------------------------------------------------------------------------------------- */

bool onnx_graph_room(onnx_graph *g, size_t nodes, size_t values, size_t inputs, size_t outputs, nn_error *err)
{
    if (nodes > ONNX_MOST_NODES || values > 8 * ONNX_MOST_NODES)
        return nn_fail(err, NN_LIMIT, 0, "%zu operators, at most %d", nodes, ONNX_MOST_NODES);
    g->node = nn_alloc(nodes + 1, sizeof *g->node);
    g->value = nn_alloc(values + 1, sizeof *g->value);
    g->input = nn_alloc(inputs + 1, sizeof *g->input);
    g->output = nn_alloc(outputs + 1, sizeof *g->output);
    return (g->node && g->value && g->input && g->output) || no_memory(err);
}

bool onnx_node_room(onnx_node *node, size_t inputs, size_t outputs, size_t attrs, nn_error *err)
{
    *node = (onnx_node){.input = nn_alloc(inputs + 1, sizeof(int)),
                        .output = nn_alloc(outputs + 1, sizeof(int)),
                        .attr = nn_alloc(attrs + 1, sizeof(onnx_attr))};
    return (node->input && node->output && node->attr) || no_memory(err);
}

static void free_node(onnx_node *node)
{
    for (int i = 0; i < node->n_attrs; i++)
        onnx_tensor_free(&node->attr[i].tensor);
    nn_free(node->attr);
    nn_free(node->input);
    nn_free(node->output);
}

void onnx_graph_free(onnx_graph *g)
{
    for (int i = 0; i < g->n_nodes; i++)
        free_node(&g->node[i]);
    for (int i = 0; i < g->n_values; i++)
        onnx_tensor_free(&g->value[i].constant);
    nn_free(g->node);
    nn_free(g->value);
    nn_free(g->input);
    nn_free(g->output);
    if (g->file)
        g->free_file(g->file);
    *g = (onnx_graph){0};
}

/* ---- order -------------------------------------------------------------------------------------------------------- */

static bool is_ready(const onnx_node *node, const bool *there)
{
    for (int i = 0; i < node->n_inputs; i++)
        if (node->input[i] >= 0 && !there[node->input[i]])
            return false;
    return true;
}

static bool put_in_order(onnx_graph *g, onnx_node *sorted, bool *there, nn_error *err)
{
    bool *done = there + g->n_values;
    for (int v = 0; v < g->n_values; v++)
        there[v] = g->value[v].given;
    int n = 0;
    for (int before = -1; before < n && n < g->n_nodes;) {
        before = n;
        for (int i = 0; i < g->n_nodes; i++) {
            if (done[i] || !is_ready(&g->node[i], there))
                continue;
            done[i] = true;
            for (int k = 0; k < g->node[i].n_outputs; k++)
                if (g->node[i].output[k] >= 0)
                    there[g->node[i].output[k]] = true;
            sorted[n++] = g->node[i];
        }
    }
    if (n < g->n_nodes) {
        int lost = 0;
        while (done[lost])
            lost++;
        return nn_fail(err, NN_FORMAT, 0, "the operator %s reads what no other gives", g->node[lost].type);
    }
    memcpy(g->node, sorted, (size_t)n * sizeof *sorted);
    return true;
}

static bool sort_nodes(onnx_graph *g, nn_error *err)
{
    onnx_node *sorted = nn_alloc((size_t)g->n_nodes + 1, sizeof *sorted);
    bool *there = nn_alloc((size_t)(g->n_values + g->n_nodes) + 1, sizeof *there);
    bool ok = sorted && there ? put_in_order(g, sorted, there, err) : no_memory(err);
    nn_free(sorted);
    nn_free(there);
    return ok;
}

static bool connect(onnx_graph *g, nn_error *err)
{
    for (int i = 0; i < g->n_nodes; i++) {
        for (int k = 0; k < g->node[i].n_inputs; k++)
            if (g->node[i].input[k] >= 0)
                g->value[g->node[i].input[k]].readers++;
        for (int k = 0; k < g->node[i].n_outputs; k++) {
            onnx_value *value = g->node[i].output[k] < 0 ? NULL : &g->value[g->node[i].output[k]];
            if (value && (value->given || value->producer >= 0))
                return nn_fail(err, NN_FORMAT, 0, "two operators give %.60s", value->name);
            if (value)
                value->producer = i;
        }
    }
    for (int i = 0; i < g->n_outputs; i++)
        g->value[g->output[i]].readers++;
    return true;
}

bool onnx_graph_finish(onnx_graph *g, nn_error *err)
{
    return sort_nodes(g, err) && connect(g, err);
}

/* ---- settings ----------------------------------------------------------------------------------------------------- */

const onnx_attr *onnx_attr_of(const onnx_node *node, const char *name)
{
    for (int i = 0; i < node->n_attrs; i++)
        if (strcmp(node->attr[i].name, name) == 0)
            return &node->attr[i];
    return NULL;
}

int64_t onnx_whole(const onnx_node *node, const char *name, int64_t fallback)
{
    const onnx_attr *attr = onnx_attr_of(node, name);
    return attr ? attr->whole : fallback;
}

double onnx_real(const onnx_node *node, const char *name, double fallback)
{
    const onnx_attr *attr = onnx_attr_of(node, name);
    return attr ? (double)attr->real : fallback;
}

bool onnx_word_is(const onnx_node *node, const char *name, const char *word)
{
    const onnx_attr *attr = onnx_attr_of(node, name);
    return attr && attr->len == strlen(word) && memcmp(attr->text, word, attr->len) == 0;
}
