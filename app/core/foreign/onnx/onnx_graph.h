/* onnx_graph.h - operators as ONNX names them, each behind those whose results it reads: from an ONNX file, or from
 * one that can be said in its words. */
#ifndef ONNX_GRAPH_H
#define ONNX_GRAPH_H

#include "onnx_tensor.h"

enum { ONNX_MOST_NODES = 4096, ONNX_WORDS = 64 };

/* Text lies in the file's memory, which the graph owns. */
typedef struct onnx_attr {
    const char *name, *text; /* text: of len bytes, no zero behind them */
    size_t len;
    float real;
    int64_t whole;
    const int64_t *wholes;
    const float *reals;
    size_t n_wholes, n_reals;
    onnx_tensor tensor;
} onnx_attr;

typedef struct onnx_node {
    char type[ONNX_WORDS]; /* "Conv"; with its domain where that is not ONNX's own: "com.microsoft.FusedConv" */
    int n_inputs, n_outputs, n_attrs;
    int *input, *output; /* indices of values; -1: left out */
    onnx_attr *attr;
} onnx_node;

typedef struct onnx_value {
    const char *name;
    onnx_tensor constant; /* value != NULL: known from the file, or since its operator was evaluated */
    int readers;          /* operators and outputs of the graph that read it */
    int producer;         /* index of its node, -1: input or constant */
    bool given;           /* an input of the graph, or a constant */
} onnx_value;

/* An input of the graph that is no constant. */
typedef struct onnx_input {
    int value;
    onnx_type type;
    int rank, dim[ONNX_RANK]; /* -1: any; rank -1: not said */
} onnx_input;

typedef struct onnx_graph {
    void *file; /* what the texts above lie in; NULL: nothing that is to be freed */
    void (*free_file)(void *file);
    char producer[ONNX_WORDS];
    const char *unsure_threshold, *labels; /* from the metadata of Digitscope's own exports; NULL: there is none */
    int opset;
    int n_nodes, n_values, n_inputs, n_outputs;
    onnx_node *node;
    onnx_value *value;
    onnx_input *input;
    int *output;
} onnx_graph;

/* For those who read files: room for so many, of which the first n_nodes, n_values ... are there; and for what a node
 * has. onnx_graph_free frees them, however far it came. */
bool onnx_graph_room(onnx_graph *g, size_t nodes, size_t values, size_t inputs, size_t outputs, nn_error *err);
bool onnx_node_room(onnx_node *node, size_t inputs, size_t outputs, size_t attrs, nn_error *err);

/* Puts each operator behind those whose results it reads, and notes who gives and who reads a value. */
bool onnx_graph_finish(onnx_graph *g, nn_error *err);
void onnx_graph_free(onnx_graph *g);

/* Settings of a node by name, and what they are where the file leaves them out. */
const onnx_attr *onnx_attr_of(const onnx_node *node, const char *name);
int64_t onnx_whole(const onnx_node *node, const char *name, int64_t fallback);
double onnx_real(const onnx_node *node, const char *name, double fallback);
bool onnx_word_is(const onnx_node *node, const char *name, const char *word);

#endif
