/* onnx.c - a model as an ONNX graph of opset 13: float images (N, channels, height, width) to probabilities (N, classes).
 * https://onnx.ai/onnx/repo-docs/IR.html; the numbers of the fields are those of onnx.proto. */
#include "export.h"
#include "layout.h"
#include "nn/op.h"
#include "wire.h"
#include <float.h>
#include <stdio.h>
#include <string.h>

enum { IR_VERSION = 7, OPSET = 13 };
enum { MODEL_IR = 1, MODEL_PRODUCER = 2, MODEL_GRAPH = 7, MODEL_OPSET = 8, MODEL_METADATA = 14 };
enum { OPSET_VERSION = 2, ENTRY_KEY = 1, ENTRY_VALUE = 2 };
enum { GRAPH_NODE = 1, GRAPH_NAME = 2, GRAPH_INITIALIZER = 5, GRAPH_INPUT = 11, GRAPH_OUTPUT = 12 };
enum { NODE_INPUT = 1, NODE_OUTPUT = 2, NODE_NAME = 3, NODE_OP = 4, NODE_ATTRIBUTE = 5 };
enum { ATTRIBUTE_NAME = 1, ATTRIBUTE_F = 2, ATTRIBUTE_I = 3, ATTRIBUTE_INTS = 8, ATTRIBUTE_TYPE = 20 };
enum { TYPE_FLOAT = 1, TYPE_INT = 2, TYPE_INTS = 7 }; /* of attributes */
enum { TENSOR_DIMS = 1, TENSOR_TYPE = 2, TENSOR_INT64 = 7, TENSOR_NAME = 8, TENSOR_RAW = 9 };
enum { ELEMENT_FLOAT = 1, ELEMENT_INT64 = 7 }; /* of tensors */
enum { VALUE_NAME = 1, VALUE_TYPE = 2, TYPE_TENSOR = 1, ELEMENT_TYPE = 1, ELEMENT_SHAPE = 2, SHAPE_DIM = 1 };
enum { DIM_VALUE = 1, DIM_NAME = 2 };

enum { NAME = 2 * NN_NAME };

typedef struct onnx {
    const nn_model *model;
    export_rows rows;
    const char *image;              /* what holds the image once it is as the network wants it */
    char value[NN_MAX_NODES][NAME]; /* what holds the output of each node */
    char input[2][NAME];            /* inputs of the node at hand that had to be turned into rows or maps */
    buffer graph, attributes;       /* attributes: of the node that comes next */
    bool failed;                    /* out of memory for a kernel */
} onnx;

/* ---- the parts of a graph ---------------------------------------------------------------------------------------- */

static void attribute_end(onnx *o, buffer *attribute, const char *name, int type)
{
    wire_text(attribute, ATTRIBUTE_NAME, name);
    wire_number(attribute, ATTRIBUTE_TYPE, (uint64_t)type);
    wire_message(&o->attributes, NODE_ATTRIBUTE, attribute);
}

static void attribute_float(onnx *o, const char *name, double value)
{
    buffer attribute = {0};
    wire_float(&attribute, ATTRIBUTE_F, (float)value);
    attribute_end(o, &attribute, name, TYPE_FLOAT);
}

static void attribute_int(onnx *o, const char *name, int value)
{
    buffer attribute = {0};
    wire_number(&attribute, ATTRIBUTE_I, (uint64_t)(int64_t)value);
    attribute_end(o, &attribute, name, TYPE_INT);
}

static void attribute_ints(onnx *o, const char *name, const int *values, int count)
{
    buffer attribute = {0};
    for (int i = 0; i < count; i++)
        wire_number(&attribute, ATTRIBUTE_INTS, (uint64_t)(int64_t)values[i]);
    attribute_end(o, &attribute, name, TYPE_INTS);
}

/* With the attributes that came before; inputs that are NULL are none. */
static void node_add(onnx *o, const char *op, const char *output, const char *const inputs[5])
{
    buffer node = {0};
    for (int i = 0; i < 5 && inputs[i]; i++)
        wire_text(&node, NODE_INPUT, inputs[i]);
    wire_text(&node, NODE_OUTPUT, output);
    wire_text(&node, NODE_NAME, output);
    wire_text(&node, NODE_OP, op);
    if (o->attributes.data)
        buffer_add_bytes(&node, o->attributes.data, o->attributes.len);
    node.failed = node.failed || o->attributes.failed;
    buffer_free(&o->attributes);
    wire_message(&o->graph, GRAPH_NODE, &node);
}

static void constant(onnx *o, const char *name, const int *dims, int rank, const float *values, size_t count)
{
    buffer tensor = {0};
    for (int i = 0; i < rank; i++)
        wire_number(&tensor, TENSOR_DIMS, (uint64_t)dims[i]);
    wire_number(&tensor, TENSOR_TYPE, ELEMENT_FLOAT);
    wire_text(&tensor, TENSOR_NAME, name);
    wire_floats(&tensor, TENSOR_RAW, values, count);
    wire_message(&o->graph, GRAPH_INITIALIZER, &tensor);
}

/* op(from, value) by a scalar, called NAME; its constant, NAME.value. */
static void by_scalar(onnx *o, const char *op, const char *name, const char *from, float value)
{
    char constant_name[NAME + 8];
    snprintf(constant_name, sizeof constant_name, "%s.value", name);
    constant(o, constant_name, NULL, 0, &value, 1);
    node_add(o, op, name, (const char *const[5]){from, constant_name});
}

static void shape_constant(onnx *o, const char *name, const int *dims, int rank)
{
    buffer tensor = {0};
    wire_number(&tensor, TENSOR_DIMS, (uint64_t)rank);
    wire_number(&tensor, TENSOR_TYPE, ELEMENT_INT64);
    for (int i = 0; i < rank; i++)
        wire_number(&tensor, TENSOR_INT64, (uint64_t)(int64_t)dims[i]);
    wire_text(&tensor, TENSOR_NAME, name);
    wire_message(&o->graph, GRAPH_INITIALIZER, &tensor);
}

/* What holds input k of a node, as a row or as maps, whichever the node is to read. */
static const char *input_of(onnx *o, const nn_node *node, int k, bool row)
{
    int from = node->input[k];
    const char *value = from < 0 ? o->image : o->value[from];
    char *name = o->input[k], shape[NAME + 8];
    if ((from >= 0 && o->rows.gives[from]) == row)
        return value;
    snprintf(name, NAME, "%s.input%d", node->name, k);
    if (row) {
        node_add(o, "Flatten", name, (const char *const[5]){value});
        return name;
    }
    snprintf(shape, sizeof shape, "%s.shape", name);
    shape_constant(o, shape, (const int[]){0, -1, 1, 1}, 4);
    node_add(o, "Reshape", name, (const char *const[5]){value, shape});
    return name;
}

/* A parameter of the node with these dimensions, in PyTorch's layout, as NODE.PARAMETER. */
static void parameter(onnx *o, const nn_node *node, int k, const int *dims, int rank)
{
    const nn_param *param = &o->model->plan->param[node->param[k]];
    float *values = export_channels_first(o->model, param, (nn_shape){1, 1, 1});
    o->failed = o->failed || !values;
    if (values)
        constant(o, param->name, dims, rank, values, param->count);
    nn_free(values);
}

static const char *parameter_name(const onnx *o, const nn_node *node, int k)
{
    return o->model->plan->param[node->param[k]].name;
}

/* One value a channel: (C) beside rows, (C, 1, 1) beside maps. */
static void channel_parameter(onnx *o, const nn_node *node, int k)
{
    bool row = o->rows.gives[node - o->model->plan->node];
    parameter(o, node, k, (const int[]){o->model->plan->param[node->param[k]].dim[0], 1, 1}, row ? 1 : 3);
}

/* ---- the kinds of layers: from inputs x to a value of the node's name -------------------------------------------- */

static void window_attributes(onnx *o, const nn_node *node)
{
    nn_window w = node->op->window(node);
    int pads[4];
    export_padding(node, pads);
    attribute_ints(o, "kernel_shape", (const int[]){w.kh, w.kw}, 2);
    attribute_ints(o, "strides", (const int[]){w.stride, w.stride}, 2);
    attribute_ints(o, "pads", pads, 4);
}

static void conv(onnx *o, const nn_node *node, const char *const x[2])
{
    const nn_param *kernel = &o->model->plan->param[node->param[0]];
    nn_window w = node->op->window(node);
    window_attributes(o, node);
    attribute_ints(o, "dilations", (const int[]){w.dilation_h, w.dilation_w}, 2);
    attribute_int(o, "group", (int)nn_node_setting(node, "groups"));
    parameter(o, node, 0, (const int[]){node->out.c, kernel->dim[2], w.kh, w.kw}, 4);
    parameter(o, node, 1, (const int[]){node->out.c}, 1);
    node_add(o, "Conv", node->name,
             (const char *const[5]){x[0], parameter_name(o, node, 0), parameter_name(o, node, 1)});
}

static void maxpool(onnx *o, const nn_node *node, const char *const x[2])
{
    window_attributes(o, node);
    node_add(o, "MaxPool", node->name, (const char *const[5]){x[0]});
}

static void avgpool(onnx *o, const nn_node *node, const char *const x[2])
{
    window_attributes(o, node);
    attribute_int(o, "count_include_pad", (int)nn_node_setting(node, "count_padding"));
    node_add(o, "AveragePool", node->name, (const char *const[5]){x[0]});
}

static void dense(onnx *o, const nn_node *node, const char *const x[2])
{
    attribute_int(o, "transB", 1);
    parameter(o, node, 0, (const int[]){node->out.c, node->in.c}, 2);
    parameter(o, node, 1, (const int[]){node->out.c}, 1);
    node_add(o, "Gemm", node->name,
             (const char *const[5]){x[0], parameter_name(o, node, 0), parameter_name(o, node, 1)});
}

/* Our rows have the channels last. */
static void flatten(onnx *o, const nn_node *node, const char *const x[2])
{
    char turned[NAME];
    snprintf(turned, sizeof turned, "%s.turned", node->name);
    attribute_ints(o, "perm", (const int[]){0, 2, 3, 1}, 4);
    node_add(o, "Transpose", turned, (const char *const[5]){x[0]});
    node_add(o, "Flatten", node->name, (const char *const[5]){turned});
}

static void batchnorm(onnx *o, const nn_node *node, const char *const x[2])
{
    const char *inputs[5] = {x[0]};
    for (int k = 0; k < 4; k++) {
        parameter(o, node, k, (const int[]){node->in.c}, 1);
        inputs[k + 1] = parameter_name(o, node, k);
    }
    attribute_float(o, "epsilon", nn_node_setting(node, "epsilon"));
    node_add(o, "BatchNormalization", node->name, inputs);
}

static void scale(onnx *o, const nn_node *node, const char *const x[2])
{
    char product[NAME];
    snprintf(product, sizeof product, "%s.product", node->name);
    channel_parameter(o, node, 0);
    channel_parameter(o, node, 1);
    node_add(o, "Mul", product, (const char *const[5]){x[0], parameter_name(o, node, 0)});
    node_add(o, "Add", node->name, (const char *const[5]){product, parameter_name(o, node, 1)});
}

static void prelu(onnx *o, const nn_node *node, const char *const x[2])
{
    channel_parameter(o, node, 0);
    node_add(o, "PRelu", node->name, (const char *const[5]){x[0], parameter_name(o, node, 0)});
}

static void relu6(onnx *o, const nn_node *node, const char *const x[2])
{
    char least[NAME], most[NAME];
    snprintf(least, sizeof least, "%s.least", node->name);
    snprintf(most, sizeof most, "%s.most", node->name);
    constant(o, least, NULL, 0, (const float[]){0.0f}, 1);
    constant(o, most, NULL, 0, (const float[]){6.0f}, 1);
    node_add(o, "Clip", node->name, (const char *const[5]){x[0], least, most});
}

static void alpha(onnx *o, const nn_node *node, const char *op, const char *const x[2])
{
    attribute_float(o, "alpha", node->attr[0]);
    node_add(o, op, node->name, (const char *const[5]){x[0]});
}

static void leakyrelu(onnx *o, const nn_node *node, const char *const x[2])
{
    alpha(o, node, "LeakyRelu", x);
}

static void elu(onnx *o, const nn_node *node, const char *const x[2])
{
    alpha(o, node, "Elu", x);
}

static void hardsigmoid(onnx *o, const nn_node *node, const char *const x[2])
{
    attribute_float(o, "beta", 0.5);
    alpha(o, node, "HardSigmoid", x);
}

/* x times a gate that comes from x. */
static void gated(onnx *o, const nn_node *node, const char *op, const char *const x[2])
{
    char gate[NAME];
    snprintf(gate, sizeof gate, "%s.gate", node->name);
    node_add(o, op, gate, (const char *const[5]){x[0]});
    node_add(o, "Mul", node->name, (const char *const[5]){x[0], gate});
}

static void silu(onnx *o, const nn_node *node, const char *const x[2])
{
    gated(o, node, "Sigmoid", x);
}

static void hardswish(onnx *o, const nn_node *node, const char *const x[2])
{
    attribute_float(o, "alpha", 1.0 / 6.0);
    attribute_float(o, "beta", 0.5);
    gated(o, node, "HardSigmoid", x);
}

/* 0.5 x + 0.5 x erf(x / sqrt(2)) */
static void gelu(onnx *o, const nn_node *node, const char *const x[2])
{
    char half[NAME], part[NAME], error[NAME], other[NAME];
    snprintf(half, sizeof half, "%s.half", node->name);
    snprintf(part, sizeof part, "%s.part", node->name);
    snprintf(error, sizeof error, "%s.erf", node->name);
    snprintf(other, sizeof other, "%s.other", node->name);
    by_scalar(o, "Mul", half, x[0], 0.5f);
    by_scalar(o, "Mul", part, x[0], 0.70710678f);
    node_add(o, "Erf", error, (const char *const[5]){part});
    node_add(o, "Mul", other, (const char *const[5]){half, error});
    node_add(o, "Add", node->name, (const char *const[5]){half, other});
}

static void softmax(onnx *o, const nn_node *node, const char *const x[2])
{
    char cooled[NAME];
    bool last = node == &o->model->plan->node[o->model->plan->n_nodes - 1];
    const char *logits = x[0];
    if (last && o->model->temperature != 1.0f) {
        snprintf(cooled, sizeof cooled, "%s.input", node->name);
        by_scalar(o, "Div", cooled, logits, o->model->temperature);
        logits = cooled;
    }
    attribute_int(o, "axis", 1);
    node_add(o, "Softmax", node->name, (const char *const[5]){logits});
}

static void logarithm(onnx *o, const nn_node *node, const char *const x[2])
{
    char bounded[NAME];
    snprintf(bounded, sizeof bounded, "%s.bounded", node->name);
    by_scalar(o, "Max", bounded, x[0], FLT_MIN);
    node_add(o, "Log", node->name, (const char *const[5]){bounded});
}

/* Whole numbers that an operator has as an input: NODE.WORD, whose name `name` takes. */
static const char *numbers(onnx *o, const nn_node *node, const char *word, const int *values, int n, char name[NAME])
{
    snprintf(name, NAME, "%s.%s", node->name, word);
    shape_constant(o, name, values, n);
    return name;
}

static void pad(onnx *o, const nn_node *node, const char *const x[2])
{
    char name[NAME];
    nn_window w = node->op->window(node);
    const int pads[] = {0, 0, w.top, w.left, 0, 0, node->out.h - node->in.h - w.top, node->out.w - node->in.w - w.left};
    node_add(o, "Pad", node->name, (const char *const[5]){x[0], numbers(o, node, "pads", pads, 8, name)});
}

static void crop(onnx *o, const nn_node *node, const char *const x[2])
{
    char starts[NAME], ends[NAME], axes[NAME];
    nn_window w = node->op->window(node);
    const int first[] = {(int)nn_node_setting(node, "first"), -w.top, -w.left};
    const int end[] = {first[0] + node->out.c, first[1] + node->out.h, first[2] + node->out.w};
    node_add(o, "Slice", node->name,
             (const char *const[5]){x[0], numbers(o, node, "starts", first, 3, starts),
                                    numbers(o, node, "ends", end, 3, ends),
                                    numbers(o, node, "axes", (const int[]){1, 2, 3}, 3, axes)});
}

/* Our axes are 1 height, 2 width, 3 channels; ONNX has the channels at 1. */
static void permute(onnx *o, const nn_node *node, const char *const x[2])
{
    static const int there[] = {0, 2, 3, 1};
    attribute_ints(o, "perm",
                   (const int[]){0, there[(int)node->attr[2]], there[(int)node->attr[0]], there[(int)node->attr[1]]},
                   4);
    node_add(o, "Transpose", node->name, (const char *const[5]){x[0]});
}

/* Values keep our order, channels last, in which they lie otherwise. */
static void reshape(onnx *o, const nn_node *node, const char *const x[2])
{
    char turned[NAME], shaped[NAME], shape[NAME];
    const int sizes[] = {0, node->out.h, node->out.w, node->out.c};
    snprintf(turned, sizeof turned, "%s.turned", node->name);
    snprintf(shaped, sizeof shaped, "%s.shaped", node->name);
    attribute_ints(o, "perm", (const int[]){0, 2, 3, 1}, 4);
    node_add(o, "Transpose", turned, (const char *const[5]){x[0]});
    node_add(o, "Reshape", shaped, (const char *const[5]){turned, numbers(o, node, "shape", sizes, 4, shape)});
    attribute_ints(o, "perm", (const int[]){0, 3, 1, 2}, 4);
    node_add(o, "Transpose", node->name, (const char *const[5]){shaped});
}

static void concat(onnx *o, const nn_node *node, const char *const x[2])
{
    attribute_int(o, "axis", 1);
    node_add(o, "Concat", node->name, (const char *const[5]){x[0], x[1]});
}

static const struct kind {
    const char *name;
    void (*write)(onnx *o, const nn_node *node, const char *const x[2]);
    const char *op; /* where `write` is NULL: the one operator, without settings, that does the same; NULL: nothing */
} kinds[] = {
    {"conv", conv, NULL},     {"maxpool", maxpool, NULL},     {"avgpool", avgpool, NULL},
    {"dense", dense, NULL},   {"flatten", flatten, NULL},     {"batchnorm", batchnorm, NULL},
    {"scale", scale, NULL},   {"dropout", NULL, NULL},        {"relu", NULL, "Relu"},
    {"relu6", relu6, NULL},   {"leakyrelu", leakyrelu, NULL}, {"elu", elu, NULL},
    {"selu", NULL, "Selu"},   {"prelu", prelu, NULL},         {"sigmoid", NULL, "Sigmoid"},
    {"tanh", NULL, "Tanh"},   {"softplus", NULL, "Softplus"}, {"hardsigmoid", hardsigmoid, NULL},
    {"silu", silu, NULL},     {"hardswish", hardswish, NULL}, {"gelu", gelu, NULL},
    {"log", logarithm, NULL}, {"softmax", softmax, NULL},     {"pad", pad, NULL},
    {"crop", crop, NULL},     {"permute", permute, NULL},     {"reshape", reshape, NULL},
    {"add", NULL, "Add"},     {"mul", NULL, "Mul"},           {"concat", concat, NULL},
    {NULL, NULL, NULL},
};

/* ---- the whole --------------------------------------------------------------------------------------------------- */

static bool write_node(onnx *o, int i, nn_error *err)
{
    const nn_node *node = &o->model->plan->node[i];
    const char *x[2] = {NULL, NULL};
    const struct kind *kind = kinds;
    while (kind->name && strcmp(kind->name, node->op->name) != 0)
        kind++;
    if (!kind->name)
        return export_refuse(node, "ONNX", err);
    for (int k = 0; k < node->op->inputs; k++)
        x[k] = input_of(o, node, k, o->rows.reads[i]);
    snprintf(o->value[i], NAME, "%s", kind->write || kind->op ? node->name : x[0]);
    if (kind->write)
        kind->write(o, node, x);
    else if (kind->op)
        node_add(o, kind->op, node->name, (const char *const[5]){x[0], x[1]});
    return true;
}

/* A tensor of floats whose first dimension is the number of images. */
static void value_info(onnx *o, int field, const char *name, const int *dims, int rank)
{
    buffer value = {0}, type = {0}, tensor = {0}, shape = {0};
    for (int i = 0; i <= rank; i++) {
        buffer dim = {0};
        if (i == 0)
            wire_text(&dim, DIM_NAME, "N");
        else
            wire_number(&dim, DIM_VALUE, (uint64_t)dims[i - 1]);
        wire_message(&shape, SHAPE_DIM, &dim);
    }
    wire_number(&tensor, ELEMENT_TYPE, ELEMENT_FLOAT);
    wire_message(&tensor, ELEMENT_SHAPE, &shape);
    wire_message(&type, TYPE_TENSOR, &tensor);
    wire_text(&value, VALUE_NAME, name);
    wire_message(&value, VALUE_TYPE, &type);
    wire_message(&o->graph, field, &value);
}

/* What nn_convention_apply does. */
static void write_input(onnx *o)
{
    const nn_convention *convention = &o->model->convention;
    nn_shape in = o->model->plan->input;
    const char *at = "input";
    value_info(o, GRAPH_INPUT, at, (const int[]){in.c, in.h, in.w}, 3);
    if (convention->binary) {
        by_scalar(o, "Greater", "input.above", at, 0.5f);
        attribute_int(o, "to", ELEMENT_FLOAT);
        node_add(o, "Cast", "input.binary", (const char *const[5]){"input.above"});
        at = "input.binary";
    }
    if (convention->mean != 0.0f) {
        by_scalar(o, "Sub", "input.centred", at, convention->mean);
        at = "input.centred";
    }
    if (convention->std != 1.0f) {
        by_scalar(o, "Div", "input.scaled", at, convention->std);
        at = "input.scaled";
    }
    if (convention->transposed) {
        attribute_ints(o, "perm", (const int[]){0, 1, 3, 2}, 4);
        node_add(o, "Transpose", "input.turned", (const char *const[5]){at});
        at = "input.turned";
    }
    o->image = at;
}

static bool write_graph(onnx *o, nn_error *err)
{
    const nn_plan *plan = o->model->plan;
    export_find_rows(plan, &o->rows);
    wire_text(&o->graph, GRAPH_NAME, "digitscope");
    write_input(o);
    for (int i = 0; i < plan->n_nodes; i++)
        if (!write_node(o, i, err))
            return false;
    value_info(o, GRAPH_OUTPUT, plan->node[plan->n_nodes - 1].name, &plan->classes, 1);
    return true;
}

static void write_metadata(buffer *out, const char *key, const char *value)
{
    buffer entry = {0};
    wire_text(&entry, ENTRY_KEY, key);
    wire_text(&entry, ENTRY_VALUE, value);
    wire_message(out, MODEL_METADATA, &entry);
}

bool export_onnx(buffer *out, const nn_model *model, nn_error *err)
{
    onnx *o = nn_alloc(1, sizeof *o);
    char *labels = export_labels(model), unsure[32];
    bool ok = o && labels ? true : nn_fail(err, NN_NOMEM, 0, "out of memory");
    if (ok) {
        buffer opset = {0};
        o->model = model;
        ok = write_graph(o, err);
        wire_number(out, MODEL_IR, IR_VERSION);
        wire_text(out, MODEL_PRODUCER, "digitscope");
        wire_number(&opset, OPSET_VERSION, OPSET);
        wire_message(out, MODEL_OPSET, &opset);
        snprintf(unsure, sizeof unsure, "%.9g", (double)model->unsure_threshold);
        write_metadata(out, "labels", labels);
        write_metadata(out, "unsure_threshold", unsure);
        out->failed = out->failed || o->failed;
        wire_message(out, MODEL_GRAPH, &o->graph);
    }
    if (o) {
        buffer_free(&o->graph);
        buffer_free(&o->attributes);
    }
    nn_free(labels);
    nn_free(o);
    return ok;
}
