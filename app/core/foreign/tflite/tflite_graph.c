/* tflite_graph.c - nodes and constants are added, tensors looked up. */
#include "tflite_graph.h"
#include <stdio.h>
#include <string.h>

enum { TENSOR_SHAPE = 0 }; /* the field of its table */

int tflite_sizes(tflite_graph *t, int tensor, int64_t size[ONNX_RANK])
{
    flat_list shape = {0};
    if (tensor >= 0 && (size_t)tensor < t->tensor.count)
        shape = flat_elements(flat_table_at(t->tensor, (size_t)tensor), TENSOR_SHAPE, 4);
    if (shape.count > ONNX_RANK)
        return 0;
    for (size_t i = 0; i < shape.count; i++)
        size[i] = flat_whole_at(shape, i) < 0 ? -1 : flat_whole_at(shape, i);
    return (int)shape.count;
}

const onnx_tensor *tflite_constant(const tflite_graph *t, int tensor)
{
    return tensor >= 0 && t->g->value[tensor].constant.value ? &t->g->value[tensor].constant : NULL;
}

/* ---- what is said ------------------------------------------------------------------------------------------------- */

static int new_value(tflite_graph *t)
{
    t->g->value[t->g->n_values] = (onnx_value){.name = "a result", .producer = -1};
    return t->g->n_values++;
}

int tflite_say(tflite_graph *t, const char *type, int result, int n, const int *input)
{
    if (t->failed)
        return -1;
    onnx_node *node = &t->g->node[t->g->n_nodes++];
    if (!onnx_node_room(node, (size_t)n, 1, TFLITE_SETTINGS, t->err)) {
        t->failed = true;
        return -1;
    }
    snprintf(node->type, sizeof node->type, "%s", type);
    memcpy(node->input, input, (size_t)n * sizeof *input);
    node->n_inputs = n;
    node->output[0] = result < 0 ? new_value(t) : result;
    node->n_outputs = 1;
    return node->output[0];
}

static void set(tflite_graph *t, onnx_attr setting)
{
    onnx_node *node = t->failed ? NULL : &t->g->node[t->g->n_nodes - 1];
    if (node)
        node->attr[node->n_attrs++] = setting;
}

void tflite_set_list(tflite_graph *t, const char *name, size_t n, const int64_t *wholes)
{
    int64_t *list = t->wholes + t->n_wholes;
    if (t->failed)
        return;
    memcpy(list, wholes, n * sizeof *list);
    t->n_wholes += n;
    set(t, (onnx_attr){.name = name, .wholes = list, .n_wholes = n});
}

void tflite_set_whole(tflite_graph *t, const char *name, int64_t whole)
{
    set(t, (onnx_attr){.name = name, .whole = whole});
}

void tflite_set_real(tflite_graph *t, const char *name, float real)
{
    set(t, (onnx_attr){.name = name, .real = real});
}

void tflite_set_word(tflite_graph *t, const char *name, const char *word)
{
    set(t, (onnx_attr){.name = name, .text = word, .len = strlen(word)});
}

static int new_constant(tflite_graph *t, onnx_type type, int rank, size_t n)
{
    int v = t->failed ? -1 : new_value(t), count = (int)n;
    if (v < 0)
        return -1;
    t->g->value[v].given = true;
    if (onnx_tensor_new(&t->g->value[v].constant, type, rank, &count, t->err))
        return v;
    t->failed = true;
    return -1;
}

int tflite_wholes(tflite_graph *t, size_t n, const int64_t *wholes)
{
    int v = new_constant(t, ONNX_INT64, 1, n);
    for (size_t i = 0; v >= 0 && i < n; i++)
        t->g->value[v].constant.value[i] = (double)wholes[i];
    return v;
}

int tflite_real(tflite_graph *t, double real)
{
    int v = new_constant(t, ONNX_FLOAT, 0, 0);
    if (v >= 0)
        t->g->value[v].constant.value[0] = real;
    return v;
}
