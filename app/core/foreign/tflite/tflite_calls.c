/* tflite_calls.c - every operator of TensorFlow Lite that is read, in ONNX's words: pictures are turned to channels first
 * before a layer and back behind it, which moves nothing when they are lowered. */
#include "tflite_graph.h"
#include <math.h>
#include <stdio.h>

/* ---- what operators have in common -------------------------------------------------------------------------------- */

static int say_one(tflite_graph *t, const char *type, int result, int x)
{
    return tflite_say(t, type, result, 1, (const int[]){x});
}

static int say_two(tflite_graph *t, const char *type, int result, int x, int y)
{
    return tflite_say(t, type, result, 2, (const int[]){x, y});
}

static int input(const tflite_call *call, int i)
{
    return i < call->n ? call->input[i] : -1;
}

/* So that it is refused where an answer needs it. */
static void say_name(tflite_graph *t, const tflite_call *call)
{
    tflite_say(t, call->name, call->result, call->n, call->input);
}

static int turn(tflite_graph *t, int x, int64_t a, int64_t b, int64_t c, int64_t d)
{
    int y = say_one(t, "Transpose", -1, x);
    tflite_set_list(t, "perm", 4, (const int64_t[]){a, b, c, d});
    return y;
}

static int channels_first(tflite_graph *t, int x)
{
    return turn(t, x, 0, 3, 1, 2);
}

static int channels_last(tflite_graph *t, int x)
{
    return turn(t, x, 0, 2, 3, 1);
}

static void clip(tflite_graph *t, int result, int x, float least, float most)
{
    say_one(t, "Clip", result, x);
    tflite_set_real(t, "min", least);
    tflite_set_real(t, "max", most);
}

/* The activation that an operator ends with makes its result. */
static void activate(tflite_graph *t, const tflite_call *call, int field, int x)
{
    enum { NONE, RELU, RELU_N1_TO_1, RELU6, TANH };
    switch (flat_whole(call->options, field, 1, NONE)) {
    case NONE: say_one(t, "Identity", call->result, x); break;
    case RELU: say_one(t, "Relu", call->result, x); break;
    case RELU_N1_TO_1: clip(t, call->result, x, -1, 1); break;
    case RELU6: clip(t, call->result, x, 0, 6); break;
    case TANH: say_one(t, "Tanh", call->result, x); break;
    default: say_one(t, "SIGN_BIT", call->result, x); break;
    }
}

/* In the shape that the file gives the result. */
static void say_reshape(tflite_graph *t, const tflite_call *call, int x)
{
    int64_t size[ONNX_RANK];
    int n = tflite_sizes(t, call->result, size);
    if (n > 0)
        say_two(t, "Reshape", call->result, x, tflite_wholes(t, (size_t)n, size));
    else
        say_name(t, call);
}

/* ---- windows ------------------------------------------------------------------------------------------------------ */

/* padding is the first field of all of them, and steps the next two. */
static void set_window(tflite_graph *t, const tflite_call *call)
{
    int64_t step_w = flat_whole(call->options, 1, 4, 0), step_h = flat_whole(call->options, 2, 4, 0);
    tflite_set_word(t, "auto_pad", flat_whole(call->options, 0, 1, 0) ? "VALID" : "SAME_UPPER");
    tflite_set_list(t, "strides", 2, (const int64_t[]){step_h, step_w});
}

/* kernel: (filters, inputs of a group, rows, columns) */
static void convolve(tflite_graph *t, const tflite_call *call, int kernel, int64_t groups, int dilation, int activation)
{
    const int in[] = {channels_first(t, input(call, 0)), kernel, input(call, 2)};
    int y = tflite_say(t, "Conv", -1, 3, in);
    int64_t wide = flat_whole(call->options, dilation, 4, 1), high = flat_whole(call->options, dilation + 1, 4, 1);
    set_window(t, call);
    tflite_set_list(t, "dilations", 2, (const int64_t[]){high, wide});
    tflite_set_whole(t, "group", groups);
    activate(t, call, activation, channels_last(t, y));
}

static void say_conv(tflite_graph *t, const tflite_call *call)
{
    int64_t picture[ONNX_RANK], kernel[ONNX_RANK], groups = 1;
    if (tflite_sizes(t, input(call, 0), picture) == 4 && tflite_sizes(t, input(call, 1), kernel) == 4 && kernel[3] > 0)
        groups = picture[3] / kernel[3];
    convolve(t, call, turn(t, input(call, 1), 0, 3, 1, 2), groups, 4, 3);
}

/* Each channel has filters of its own. */
static void say_depthwise_conv(tflite_graph *t, const tflite_call *call)
{
    int64_t kernel[ONNX_RANK], each = flat_whole(call->options, 3, 4, 0), picture[ONNX_RANK], groups = 0;
    if (tflite_sizes(t, input(call, 0), picture) == 4)
        groups = picture[3];
    else if (tflite_sizes(t, input(call, 1), kernel) == 4 && each > 0)
        groups = kernel[3] / each;
    convolve(t, call, turn(t, input(call, 1), 3, 0, 1, 2), groups, 5, 4);
}

static void say_pool(tflite_graph *t, const tflite_call *call)
{
    int64_t wide = flat_whole(call->options, 3, 4, 0), high = flat_whole(call->options, 4, 4, 0);
    int y = say_one(t, call->type, -1, channels_first(t, input(call, 0)));
    set_window(t, call);
    tflite_set_list(t, "kernel_shape", 2, (const int64_t[]){high, wide});
    activate(t, call, 5, channels_last(t, y));
}

/* ---- dense layers, and whole axes --------------------------------------------------------------------------------- */

/* weights: (units, inputs) */
static void say_dense(tflite_graph *t, const tflite_call *call)
{
    enum { ACTIVATION, SHUFFLED, KEEPS_AXES };
    int64_t size[ONNX_RANK] = {0};
    int x = input(call, 0), weights = input(call, 1), bias = input(call, 2), y;
    if (tflite_sizes(t, weights, size) != 2 || flat_whole(call->options, SHUFFLED, 1, 0)) {
        say_name(t, call);
        return;
    }
    if (flat_whole(call->options, KEEPS_AXES, 1, 0)) {
        int turned = say_one(t, "Transpose", -1, weights);
        tflite_set_list(t, "perm", 2, (const int64_t[]){1, 0});
        y = say_two(t, "MatMul", -1, x, turned);
        y = bias >= 0 ? say_two(t, "Add", -1, y, bias) : y;
    } else {
        x = say_two(t, "Reshape", -1, x, tflite_wholes(t, 2, (const int64_t[]){-1, size[1]}));
        y = tflite_say(t, "Gemm", -1, 3, (const int[]){x, weights, bias});
        tflite_set_whole(t, "transB", 1);
    }
    activate(t, call, ACTIVATION, y);
}

static void say_mean(tflite_graph *t, const tflite_call *call)
{
    say_two(t, call->type, call->result, input(call, 0), input(call, 1));
    tflite_set_whole(t, "keepdims", flat_whole(call->options, 0, 1, 0));
}

/* Of rows and columns: what Keras's global pooling becomes. */
static void say_greatest(tflite_graph *t, const tflite_call *call)
{
    const onnx_tensor *axes = tflite_constant(t, input(call, 1));
    if (axes && axes->count == 2 && fmin(axes->value[0], axes->value[1]) == 1 && axes->value[0] + axes->value[1] == 3)
        say_reshape(t, call, say_one(t, "GlobalMaxPool", -1, channels_first(t, input(call, 0))));
    else
        say_name(t, call);
}

/* The last axis, divided by a temperature. */
static void say_softmax(tflite_graph *t, const tflite_call *call)
{
    float beta = call->options.at ? flat_real(call->options, 0, 0) : 1;
    int x = input(call, 0);
    if (beta != 1)
        x = say_two(t, "Mul", -1, x, tflite_real(t, (double)beta));
    say_one(t, "Softmax", call->result, x);
    tflite_set_whole(t, "axis", -1);
}

/* ---- value by value ----------------------------------------------------------------------------------------------- */

static void say_unary(tflite_graph *t, const tflite_call *call)
{
    say_one(t, call->type, call->result, input(call, 0));
}

static void say_binary(tflite_graph *t, const tflite_call *call)
{
    say_two(t, call->type, call->result, input(call, 0), input(call, 1));
}

static void say_arithmetic(tflite_graph *t, const tflite_call *call)
{
    activate(t, call, 0, say_two(t, call->type, -1, input(call, 0), input(call, 1)));
}

static void say_relu6(tflite_graph *t, const tflite_call *call)
{
    clip(t, call->result, input(call, 0), 0, 6);
}

static void say_relu_n1_to_1(tflite_graph *t, const tflite_call *call)
{
    clip(t, call->result, input(call, 0), -1, 1);
}

static void say_relu_0_to_1(tflite_graph *t, const tflite_call *call)
{
    clip(t, call->result, input(call, 0), 0, 1);
}

static void say_gelu(tflite_graph *t, const tflite_call *call)
{
    say_one(t, "Gelu", call->result, input(call, 0));
    tflite_set_word(t, "approximate", flat_whole(call->options, 0, 1, 0) ? "tanh" : "none");
}

static void say_leaky_relu(tflite_graph *t, const tflite_call *call)
{
    say_one(t, "LeakyRelu", call->result, input(call, 0));
    tflite_set_real(t, "alpha", flat_real(call->options, 0, 0));
}

/* ---- what moves values -------------------------------------------------------------------------------------------- */

static void say_shape(tflite_graph *t, const tflite_call *call)
{
    say_reshape(t, call, input(call, 0));
}

static void say_transpose(tflite_graph *t, const tflite_call *call)
{
    const onnx_tensor *order = tflite_constant(t, input(call, 1));
    int64_t axis[ONNX_RANK];
    if (!order || order->count > ONNX_RANK) {
        say_name(t, call);
        return;
    }
    for (size_t i = 0; i < order->count; i++)
        axis[i] = (int64_t)order->value[i];
    say_one(t, "Transpose", call->result, input(call, 0));
    tflite_set_list(t, "perm", order->count, axis);
}

/* Before and behind, axis by axis, become those before each axis and then those behind. */
static void say_pad(tflite_graph *t, const tflite_call *call)
{
    const onnx_tensor *sizes = tflite_constant(t, input(call, 1));
    int64_t pads[2 * ONNX_RANK];
    size_t rank = sizes ? sizes->count / 2 : 0;
    if (!sizes || rank > ONNX_RANK || sizes->count != 2 * rank) {
        say_name(t, call);
        return;
    }
    for (size_t i = 0; i < 2 * rank; i++)
        pads[i % 2 * rank + i / 2] = (int64_t)sizes->value[i];
    tflite_say(t, "Pad", call->result, 3, (const int[]){input(call, 0), -1, input(call, 2)});
    tflite_set_list(t, "pads", 2 * rank, pads);
}

static void say_concatenation(tflite_graph *t, const tflite_call *call)
{
    int y = tflite_say(t, "Concat", -1, call->n, call->input);
    tflite_set_whole(t, "axis", flat_whole(call->options, 0, 4, 0));
    activate(t, call, 1, y);
}

/* ---- all of them -------------------------------------------------------------------------------------------------- */

/* By their numbers in the file. */
typedef struct known_call {
    int number;
    const char *name;
    void (*say)(tflite_graph *t, const tflite_call *call);
    const char *type; /* what ONNX calls it, where one word does */
} known_call;

static const known_call known[] = {
    {0, "ADD", say_arithmetic, "Add"},
    {1, "AVERAGE_POOL_2D", say_pool, "AveragePool"},
    {2, "CONCATENATION", say_concatenation, NULL},
    {3, "CONV_2D", say_conv, NULL},
    {4, "DEPTHWISE_CONV_2D", say_depthwise_conv, NULL},
    {6, "DEQUANTIZE", say_unary, "Identity"},
    {9, "FULLY_CONNECTED", say_dense, NULL},
    {14, "LOGISTIC", say_unary, "Sigmoid"},
    {17, "MAX_POOL_2D", say_pool, "MaxPool"},
    {18, "MUL", say_arithmetic, "Mul"},
    {19, "RELU", say_unary, "Relu"},
    {20, "RELU_N1_TO_1", say_relu_n1_to_1, NULL},
    {21, "RELU6", say_relu6, NULL},
    {22, "RESHAPE", say_shape, NULL},
    {25, "SOFTMAX", say_softmax, NULL},
    {28, "TANH", say_unary, "Tanh"},
    {34, "PAD", say_pad, NULL},
    {39, "TRANSPOSE", say_transpose, NULL},
    {40, "MEAN", say_mean, "ReduceMean"},
    {41, "SUB", say_arithmetic, "Sub"},
    {42, "DIV", say_arithmetic, "Div"},
    {43, "SQUEEZE", say_shape, NULL},
    {47, "EXP", say_unary, "Exp"},
    {50, "LOG_SOFTMAX", say_unary, "LogSoftmax"},
    {53, "CAST", say_unary, "Identity"},
    {54, "PRELU", say_binary, "PRelu"},
    {55, "MAXIMUM", say_binary, "Max"},
    {56, "ARG_MAX", say_unary, "ArgMax"},
    {57, "MINIMUM", say_binary, "Min"},
    {59, "NEG", say_unary, "Neg"},
    {60, "PADV2", say_pad, NULL},
    {70, "EXPAND_DIMS", say_shape, NULL},
    {73, "LOG", say_unary, "Log"},
    {74, "SUM", say_mean, "ReduceSum"},
    {75, "SQRT", say_unary, "Sqrt"},
    {82, "REDUCE_MAX", say_greatest, NULL},
    {98, "LEAKY_RELU", say_leaky_relu, NULL},
    {111, "ELU", say_unary, "Elu"},
    {114, "QUANTIZE", say_unary, "Identity"},
    {117, "HARD_SWISH", say_unary, "HardSwish"},
    {150, "GELU", say_gelu, NULL},
    {152, "RELU_0_TO_1", say_relu_0_to_1, NULL},
};

/* Those that are not read, but refused by their name; what is newer, by its number. */

/* clang-format off */
static const char *const others[] = {
    [5] = "DEPTH_TO_SPACE", [7] = "EMBEDDING_LOOKUP", [8] = "FLOOR", [10] = "HASHTABLE_LOOKUP",
    [11] = "L2_NORMALIZATION", [12] = "L2_POOL_2D", [13] = "LOCAL_RESPONSE_NORMALIZATION", [15] = "LSH_PROJECTION",
    [16] = "LSTM", [23] = "RESIZE_BILINEAR", [24] = "RNN", [26] = "SPACE_TO_DEPTH", [27] = "SVDF",
    [29] = "CONCAT_EMBEDDINGS", [30] = "SKIP_GRAM", [31] = "CALL", [32] = "CUSTOM", [33] = "EMBEDDING_LOOKUP_SPARSE",
    [35] = "UNIDIRECTIONAL_SEQUENCE_RNN", [36] = "GATHER", [37] = "BATCH_TO_SPACE_ND", [38] = "SPACE_TO_BATCH_ND",
    [44] = "UNIDIRECTIONAL_SEQUENCE_LSTM", [45] = "STRIDED_SLICE", [46] = "BIDIRECTIONAL_SEQUENCE_RNN",
    [48] = "TOPK_V2", [49] = "SPLIT", [51] = "DELEGATE", [52] = "BIDIRECTIONAL_SEQUENCE_LSTM", [58] = "LESS",
    [61] = "GREATER", [62] = "GREATER_EQUAL", [63] = "LESS_EQUAL", [64] = "SELECT", [65] = "SLICE", [66] = "SIN",
    [67] = "TRANSPOSE_CONV", [68] = "SPARSE_TO_DENSE", [69] = "TILE", [71] = "EQUAL", [72] = "NOT_EQUAL",
    [76] = "RSQRT", [77] = "SHAPE", [78] = "POW", [79] = "ARG_MIN", [80] = "FAKE_QUANT", [81] = "REDUCE_PROD",
    [83] = "PACK", [84] = "LOGICAL_OR", [85] = "ONE_HOT", [86] = "LOGICAL_AND", [87] = "LOGICAL_NOT", [88] = "UNPACK",
    [89] = "REDUCE_MIN", [90] = "FLOOR_DIV", [91] = "REDUCE_ANY", [92] = "SQUARE", [93] = "ZEROS_LIKE", [94] = "FILL",
    [95] = "FLOOR_MOD", [96] = "RANGE", [97] = "RESIZE_NEAREST_NEIGHBOR", [99] = "SQUARED_DIFFERENCE",
    [100] = "MIRROR_PAD", [101] = "ABS", [102] = "SPLIT_V", [103] = "UNIQUE", [104] = "CEIL", [105] = "REVERSE_V2",
    [106] = "ADD_N", [107] = "GATHER_ND", [108] = "COS", [109] = "WHERE", [110] = "RANK", [112] = "REVERSE_SEQUENCE",
    [113] = "MATRIX_DIAG", [115] = "MATRIX_SET_DIAG", [116] = "ROUND", [118] = "IF", [119] = "WHILE",
    [120] = "NON_MAX_SUPPRESSION_V4", [121] = "NON_MAX_SUPPRESSION_V5", [122] = "SCATTER_ND", [123] = "SELECT_V2",
    [124] = "DENSIFY", [125] = "SEGMENT_SUM", [126] = "BATCH_MATMUL",
};
/* clang-format on */

static const known_call *find(int number)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].number == number)
            return &known[i];
    return NULL;
}

void tflite_say_call(tflite_graph *t, int number, tflite_call *call)
{
    const known_call *is = find(number);
    bool named = number >= 0 && (size_t)number < sizeof others / sizeof *others && others[number];
    if (is) {
        snprintf(call->name, sizeof call->name, "%s", is->name);
        call->type = is->type;
        is->say(t, call);
        return;
    }
    if (!call->name[0] && named)
        snprintf(call->name, sizeof call->name, "%s", others[number]);
    else if (!call->name[0])
        snprintf(call->name, sizeof call->name, "number %d", number);
    say_name(t, call);
}
