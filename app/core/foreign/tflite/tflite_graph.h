/* tflite_graph.h - a graph of TensorFlow Lite while it is said in ONNX's words (onnx_graph.h), to be lowered like those:
 * its tensors are the first values, with channels last, and each operator becomes a few nodes. */
#ifndef TFLITE_GRAPH_H
#define TFLITE_GRAPH_H

#include "app/core/foreign/onnx/onnx_graph.h"
#include "flatbuffer.h"

/* Of an operator; and room for what it becomes. */
enum { TFLITE_INPUTS = 64, TFLITE_NODES = 6, TFLITE_WHOLES = 4 * ONNX_RANK, TFLITE_SETTINGS = 6 };

typedef struct tflite_graph {
    flatbuffer file;
    flat_list tensor, buffer, code;
    onnx_graph *g;
    int64_t *wholes; /* lists of numbers in settings, which the graph owns */
    size_t n_wholes;
    size_t values;      /* of all constants so far */
    bool whole_weights; /* some stood for real ones */
    bool real_values;   /* what is computed are real numbers, whatever the weights are */
    bool failed;        /* err says why; whatever is said then is ignored */
    nn_error *err;
} tflite_graph;

/* One operator of the file. */
typedef struct tflite_call {
    char name[ONNX_WORDS]; /* "CONV_2D"; of an operator that is not TensorFlow's own, what its maker calls it */
    const char *type;      /* what ONNX calls it, where one word does */
    flat_table options;
    int n, input[TFLITE_INPUTS]; /* tensors; -1: left out */
    int result;
} tflite_call;

/* Says what an operator does, or, where it is none that is read, its name, so that it is refused if it is needed. */
void tflite_say_call(tflite_graph *t, int number, tflite_call *call);

/* A node with the last result's value, or a new one for -1, which is returned. */
int tflite_say(tflite_graph *t, const char *type, int result, int n, const int *input);

/* Settings of the node that was said last. */
void tflite_set_list(tflite_graph *t, const char *name, size_t n, const int64_t *wholes);
void tflite_set_whole(tflite_graph *t, const char *name, int64_t whole);
void tflite_set_real(tflite_graph *t, const char *name, float real);
void tflite_set_word(tflite_graph *t, const char *name, const char *word);

/* A new constant: a list of whole numbers, or a single real one. */
int tflite_wholes(tflite_graph *t, size_t n, const int64_t *wholes);
int tflite_real(tflite_graph *t, double real);

/* Sizes of a tensor as the file has them, -1 where that is a negative number; returns how many, 0: it does not say. */
int tflite_sizes(tflite_graph *t, int tensor, int64_t size[ONNX_RANK]);

/* Its values, if it is a constant; NULL otherwise. */
const onnx_tensor *tflite_constant(const tflite_graph *t, int tensor);

#endif
