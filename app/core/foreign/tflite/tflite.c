/* tflite.c - from the bytes of a file to a graph: tensors become values, constants are read, operators are said in
 * ONNX's words. Fields have the numbers of TensorFlow's schema (tensorflow/lite/schema/schema.fbs). */
#include "tflite.h"
#include "app/core/foreign/onnx/onnx_lower.h"
#include "app/core/foreign/untrained.h"
#include "tflite_graph.h"
#include <stdio.h>
#include <string.h>

enum { OPSET = 13 }; /* of ONNX: the words that are used mean the same since */

/* Fields of tables. */
enum { MODEL_CODES = 1, MODEL_GRAPHS = 2, MODEL_BUFFERS = 4 };
enum { CODE_OLD = 0, CODE_CUSTOM = 1, CODE_NUMBER = 3 };
enum { GRAPH_TENSORS = 0, GRAPH_INPUTS = 1, GRAPH_OUTPUTS = 2, GRAPH_OPERATORS = 3 };
enum { TENSOR_SHAPE = 0, TENSOR_TYPE = 1, TENSOR_BUFFER = 2, TENSOR_NAME = 3, TENSOR_STEPS = 4, TENSOR_SPARSE = 6 };
enum { STEPS_SCALE = 2, STEPS_ZERO = 3, STEPS_AXIS = 6 };
enum { OPERATOR_CODE = 0, OPERATOR_INPUTS = 1, OPERATOR_OUTPUTS = 2, OPERATOR_OPTIONS = 4 };
enum { BUFFER_DATA = 0 };

enum { TYPE_UINT8 = 3, TYPE_INT16 = 7, TYPE_INT8 = 9 };
static const onnx_type types[] = {ONNX_FLOAT,   ONNX_FLOAT16, ONNX_INT32,   ONNX_UINT8,   ONNX_INT64,
                                  ONNX_NO_TYPE, ONNX_BOOL,    ONNX_INT16,   ONNX_NO_TYPE, ONNX_INT8,
                                  ONNX_DOUBLE,  ONNX_NO_TYPE, ONNX_UINT64,  ONNX_NO_TYPE, ONNX_NO_TYPE,
                                  ONNX_UINT32,  ONNX_UINT16,  ONNX_NO_TYPE, ONNX_BFLOAT16};

static bool fail(tflite_graph *t)
{
    t->failed = true;
    return false;
}

static bool fail_damaged(tflite_graph *t)
{
    nn_fail(t->err, NN_FORMAT, 0, "the file is cut off or damaged");
    return fail(t);
}

/* ---- tensors ------------------------------------------------------------------------------------------------------ */

/* Of a tensor; what is computed has none. */
static flat_list bytes_of(tflite_graph *t, flat_table tensor)
{
    size_t at = (size_t)(uint32_t)flat_whole(tensor, TENSOR_BUFFER, 4, 0);
    if (at < t->buffer.count)
        return flat_elements(flat_table_at(t->buffer, at), BUFFER_DATA, 1);
    t->file.damaged = true;
    return (flat_list){0};
}

static bool computes_real_values(tflite_graph *t)
{
    bool real = true;
    for (size_t i = 0; i < t->tensor.count; i++) {
        flat_table tensor = flat_table_at(t->tensor, i);
        int64_t type = flat_whole(tensor, TENSOR_TYPE, 1, 0);
        real =
            real && (bytes_of(t, tensor).count > 0 || (type != TYPE_UINT8 && type != TYPE_INT16 && type != TYPE_INT8));
    }
    return real;
}

/* Before TensorFlow 2, weights of 8 bits with a sign were said to have none where the values they meet are real. */
static void give_sign(onnx_tensor *x)
{
    for (size_t i = 0; i < x->count; i++)
        x->value[i] -= x->value[i] > 127 ? 256 : 0;
}

/* q becomes scale (q - zero), with a scale for all or for each place along an axis. */
static bool make_real(tflite_graph *t, flat_table steps, onnx_tensor *x)
{
    flat_list scale = flat_elements(steps, STEPS_SCALE, 4), zero = flat_elements(steps, STEPS_ZERO, 8);
    int64_t axis = flat_whole(steps, STEPS_AXIS, 4, 0);
    size_t inner = 1;
    if (scale.count == 0 || onnx_type_is_real(x->type))
        return true;
    if (scale.count > 1 && (axis < 0 || axis >= x->rank || (size_t)x->dim[axis] != scale.count))
        return nn_fail(t->err, NN_FORMAT, 0, "steps of whole numbers that do not fit their tensor");
    for (int64_t i = axis + 1; scale.count > 1 && i < x->rank; i++)
        inner *= (size_t)x->dim[i];
    if (x->type == ONNX_UINT8 && t->real_values && (zero.count == 0 || flat_whole_at(zero, 0) == 0))
        give_sign(x);
    for (size_t i = 0; i < x->count; i++) {
        size_t k = scale.count > 1 ? i / inner % scale.count : 0;
        double from = k < zero.count ? (double)flat_whole_at(zero, k) : 0;
        x->value[i] = (x->value[i] - from) * (double)flat_real_at(scale, k);
    }
    t->whole_weights = t->whole_weights || x->type == ONNX_INT8 || x->type == ONNX_UINT8;
    x->type = ONNX_FLOAT;
    return true;
}

static bool make_constant(tflite_graph *t, flat_table from, onnx_tensor *x)
{
    flat_list shape = flat_elements(from, TENSOR_SHAPE, 4);
    int64_t type = flat_whole(from, TENSOR_TYPE, 1, 0);
    bool known = type >= 0 && (size_t)type < sizeof types / sizeof *types && types[type] != ONNX_NO_TYPE;
    int dim[ONNX_RANK];
    if (!known)
        return nn_fail(t->err, NN_FORMAT, 0, "values of a type that is not read (number %d)", (int)type);
    if (flat_inner(from, TENSOR_SPARSE).at)
        return nn_fail(t->err, NN_FORMAT, 0, "weights of which only those that are not zero are kept are not read");
    if (shape.count > ONNX_RANK)
        return nn_fail(t->err, NN_LIMIT, 0, "a tensor of %zu axes, at most %d", shape.count, ONNX_RANK);
    for (size_t i = 0; i < shape.count; i++)
        dim[i] = (int)flat_whole_at(shape, i);
    if (!onnx_tensor_new(x, types[type], (int)shape.count, dim, t->err))
        return false;
    t->values += x->count;
    return t->values <= ONNX_MOST_VALUES ||
           nn_fail(t->err, NN_LIMIT, 0, "a tensor of more than %d values", ONNX_MOST_VALUES);
}

/* A text of the file for people: what cannot be printed becomes '?'. */
static void copy_text(flat_list text, char out[ONNX_WORDS])
{
    size_t n = text.count < ONNX_WORDS - 1 ? text.count : ONNX_WORDS - 1;
    for (size_t i = 0; i < n; i++) {
        int64_t byte = flat_whole_at(text, i);
        out[i] = byte > ' ' && byte < 127 ? (char)byte : '?';
    }
    out[n] = '\0';
}

/* One whose buffer is empty is computed. */
static bool read_tensor(tflite_graph *t, size_t i)
{
    char name[ONNX_WORDS];
    flat_table from = flat_table_at(t->tensor, i);
    onnx_value *value = &t->g->value[t->g->n_values++];
    *value = (onnx_value){.name = "a tensor", .producer = -1};
    flat_list bytes = bytes_of(t, from);
    copy_text(flat_elements(from, TENSOR_NAME, 1), name);
    if (bytes.count == 0)
        return true;
    value->given = true;
    onnx_tensor *x = &value->constant;
    if (!make_constant(t, from, x))
        return nn_fail_in(t->err, name) || fail(t);
    if (bytes.count != x->count * onnx_type_bytes(x->type))
        return nn_fail(t->err, NN_FORMAT, 0, "%.60s has not as many values as its shape says", name) || fail(t);
    onnx_tensor_decode(x, t->file.data + bytes.at);
    return make_real(t, flat_inner(from, TENSOR_STEPS), x) || fail(t);
}

/* ---- operators ---------------------------------------------------------------------------------------------------- */

/* Its index as that of a value; false where there is no such tensor. */
static bool read_index(const tflite_graph *t, flat_list list, size_t i, int *index)
{
    int64_t at = flat_whole_at(list, i);
    *index = (int)at;
    return at >= -1 && at < (int64_t)t->tensor.count;
}

static bool read_call(tflite_graph *t, flat_table from, tflite_call *call)
{
    flat_list in = flat_elements(from, OPERATOR_INPUTS, 4), out = flat_elements(from, OPERATOR_OUTPUTS, 4);
    *call = (tflite_call){.options = flat_inner(from, OPERATOR_OPTIONS), .n = (int)in.count, .result = -1};
    if (in.count > TFLITE_INPUTS)
        return nn_fail(t->err, NN_LIMIT, 0, "an operator with %zu inputs, at most %d", in.count, TFLITE_INPUTS) ||
               fail(t);
    for (size_t i = 0; i < in.count; i++)
        if (!read_index(t, in, i, &call->input[i]))
            return fail_damaged(t);
    return (out.count > 0 && read_index(t, out, 0, &call->result) && call->result >= 0) || fail_damaged(t);
}

/* Numbers above 127 stand in a field of their own. */
static bool read_operator(tflite_graph *t, flat_table from)
{
    tflite_call call;
    size_t index = (size_t)(uint32_t)flat_whole(from, OPERATOR_CODE, 4, 0);
    if (!read_call(t, from, &call))
        return false;
    if (index >= t->code.count)
        return fail_damaged(t);
    flat_table code = flat_table_at(t->code, index);
    int64_t old = flat_whole(code, CODE_OLD, 1, 0), number = flat_whole(code, CODE_NUMBER, 4, 0);
    copy_text(flat_elements(code, CODE_CUSTOM, 1), call.name);
    tflite_say_call(t, (int)(number > old ? number : old), &call);
    return !t->failed;
}

/* ---- the whole ---------------------------------------------------------------------------------------------------- */

static bool read_inputs(tflite_graph *t, flat_list inputs)
{
    for (size_t i = 0; i < inputs.count; i++) {
        onnx_input *in = &t->g->input[t->g->n_inputs];
        int64_t size[ONNX_RANK];
        if (!read_index(t, inputs, i, &in->value) || in->value < 0)
            return fail_damaged(t);
        if (tflite_constant(t, in->value))
            continue;
        t->g->value[in->value].given = true;
        in->type = ONNX_FLOAT;
        in->rank = tflite_sizes(t, in->value, size);
        for (int k = 0; k < in->rank; k++)
            in->dim[k] = size[k] > 0 && size[k] <= NN_MAX_FLOATS ? (int)size[k] : -1;
        t->g->n_inputs++;
    }
    return true;
}

static bool read_outputs(tflite_graph *t, flat_list outputs)
{
    for (size_t i = 0; i < outputs.count; i++)
        if (!read_index(t, outputs, i, &t->g->output[t->g->n_outputs++]) || flat_whole_at(outputs, i) < 0)
            return fail_damaged(t);
    return true;
}

static bool make_room(tflite_graph *t, flat_list operators, flat_list inputs, flat_list outputs)
{
    size_t nodes = TFLITE_NODES * operators.count;
    if (!onnx_graph_room(t->g, nodes, t->tensor.count + 2 * nodes, inputs.count, outputs.count, t->err))
        return fail(t);
    t->g->file = t->wholes = nn_alloc(TFLITE_WHOLES * operators.count + 1, sizeof *t->wholes);
    t->g->free_file = nn_free;
    return t->wholes || nn_fail(t->err, NN_NOMEM, 0, "out of memory for the graph") || fail(t);
}

/* The first graph of the file: others are what operators like IF run. */
static bool read_graph(tflite_graph *t)
{
    flat_table model = flat_root(&t->file);
    flat_list graphs = flat_elements(model, MODEL_GRAPHS, 4);
    if (graphs.count == 0)
        return fail_damaged(t);
    flat_table graph = flat_table_at(graphs, 0);
    flat_list operators = flat_elements(graph, GRAPH_OPERATORS, 4), inputs = flat_elements(graph, GRAPH_INPUTS, 4),
              outputs = flat_elements(graph, GRAPH_OUTPUTS, 4);
    t->tensor = flat_elements(graph, GRAPH_TENSORS, 4);
    t->buffer = flat_elements(model, MODEL_BUFFERS, 4);
    t->code = flat_elements(model, MODEL_CODES, 4);
    if (!make_room(t, operators, inputs, outputs))
        return false;
    t->real_values = computes_real_values(t);
    for (size_t i = 0; i < t->tensor.count; i++)
        if (!read_tensor(t, i))
            return false;
    for (size_t i = 0; i < operators.count; i++)
        if (!read_operator(t, flat_table_at(operators, i)))
            return false;
    if (!read_inputs(t, inputs) || !read_outputs(t, outputs))
        return false;
    return t->file.damaged ? fail_damaged(t) : onnx_graph_finish(t->g, t->err);
}

bool tflite_read(foreign *out, const char *path, const unsigned char *data, size_t len, nn_error *err)
{
    onnx_graph g = {.opset = OPSET};
    tflite_graph t = {.file = {data, len, false}, .g = &g, .err = err};
    (void)path;
    *out = (foreign){0};
    bool ok = read_graph(&t);
    if (!ok && t.file.damaged) /* what is wrong with it otherwise follows from that */
        fail_damaged(&t);
    ok = ok && onnx_lower_graph(out, &g, err);
    if (ok) {
        snprintf(out->format, sizeof out->format, "TensorFlow Lite%s", t.whole_weights ? ", 8-bit weights" : "");
        out->never_trained = is_untrained(&out->net[0]);
    }
    onnx_graph_free(&g);
    return ok;
}
