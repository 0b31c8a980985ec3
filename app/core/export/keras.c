/* keras.c - a model as a functional network of Keras 3, channels last as ours: images (N, height, width, channels) to
 * probabilities (N, classes). Dropout, which does nothing while reading, is left out. */
#include "export.h"
#include "keras_file.h"
#include "layout.h"
#include "nn/json.h"
#include "nn/op.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MAX_LAYERS = 3 * NN_MAX_NODES };

typedef struct layer {
    const char *class;
    char name[2 * NN_NAME];
    int input[2]; /* layers, -1: none */
    nn_shape shape;
    bool row;
    keras_weights weights;
    int depth; /* how many layers lie between it and the end, on the longest way */
    int visit; /* when a walk from the end comes here first */
    json_t *json;
} layer;

typedef struct keras {
    const nn_model *model;
    export_rows rows;
    int value[NN_MAX_NODES]; /* the layer that gives what node i gives */
    int image;               /* and the one that gives the image as the network wants it */
    int n, visits;
    layer layer[MAX_LAYERS];
    int order[MAX_LAYERS]; /* in which Keras has them */
    float *zeros, *ones;   /* for a batch norm without statistics: as many as the widest layer has channels */
    bool failed;
} keras;

/* ---- layers -------------------------------------------------------------------------------------------------------- */

static json_t *shape_json(const layer *l)
{
    return l->row ? json_pack("[n, i]", l->shape.c) : json_pack("[n, i, i, i]", l->shape.h, l->shape.w, l->shape.c);
}

/* What a layer gives, as an argument of another. */
static json_t *tensor_json(const layer *l)
{
    return json_pack("{s:s, s:{s:o, s:s, s:[s, i, i]}}", "class_name", "__keras_tensor__", "config", "shape",
                     shape_json(l), "dtype", "float32", "keras_history", l->name, 0, 0);
}

static json_t *inbound_json(const keras *k, const layer *l)
{
    if (l->input[0] < 0)
        return json_array();
    json_t *a = tensor_json(&k->layer[l->input[0]]);
    if (l->input[1] < 0)
        return json_pack("[{s:[o], s:{}}]", "args", a, "kwargs");
    return json_pack("[{s:[[o, o]], s:{}}]", "args", a, tensor_json(&k->layer[l->input[1]]), "kwargs");
}

/* Takes `config` over; its name is added. Returns the layer's index. */
static int add(keras *k, const char *class, const char *name, json_t *config, const int *input, nn_shape shape,
               bool row)
{
    if (k->n == MAX_LAYERS) {
        json_decref(config);
        k->failed = true;
        return 0;
    }
    layer *l = &k->layer[k->n];
    *l = (layer){.class = class, .input = {input[0], input[1]}, .shape = shape, .row = row, .depth = -1, .visit = -1};
    snprintf(l->name, sizeof l->name, "%s", name);
    k->failed = json_object_set_new(config, "name", json_string(l->name)) != 0 || k->failed;
    l->json = json_pack("{s:s, s:s, s:o, s:n, s:s, s:o}", "module", "keras.layers", "class_name", class, "config",
                        config, "registered_name", "name", l->name, "inbound_nodes", inbound_json(k, l));
    k->failed = !l->json || k->failed;
    return k->n++;
}

/* A layer behind one other that keeps its shape. */
static int add_behind(keras *k, const char *class, const char *name, json_t *config, int from)
{
    return add(k, class, name, config, (const int[]){from, -1}, k->layer[from].shape, k->layer[from].row);
}

static int add_rescaling(keras *k, const char *name, int from, double scale, double offset)
{
    return add_behind(k, "Rescaling", name, json_pack("{s:f, s:f}", "scale", scale, "offset", offset), from);
}

static void add_array(keras *k, int at, const float *values, int rank, const int *dim)
{
    keras_weights *w = &k->layer[at].weights;
    keras_array *a = &w->array[w->n++];
    *a = (keras_array){.values = values, .rank = rank};
    memcpy(a->dim, dim, (size_t)rank * sizeof *dim);
}

/* A parameter as it lies: Keras has our layout. */
static void add_param(keras *k, int at, const nn_node *node, int i)
{
    const nn_param *param = &k->model->plan->param[node->param[i]];
    add_array(k, at, k->model->weights + param->offset, param->rank, param->dim);
}

/* Input i of a node as a row or as maps, whichever the node is to read. */
static int input_of(keras *k, const nn_node *node, int i, bool row)
{
    int from = node->input[i] < 0 ? k->image : k->value[node->input[i]];
    nn_shape shape = k->layer[from].shape;
    char name[2 * NN_NAME];
    if (k->layer[from].row == row)
        return from;
    snprintf(name, sizeof name, "%s.input%d", node->name, i);
    if (row)
        return add(k, "Flatten", name, json_pack("{s:s}", "data_format", "channels_last"), (const int[]){from, -1},
                   (nn_shape){1, 1, shape.h * shape.w * shape.c}, true);
    return add(k, "Reshape", name, json_pack("{s:[i, i, i]}", "target_shape", 1, 1, shape.c), (const int[]){from, -1},
               (nn_shape){1, 1, shape.c}, false);
}

/* ---- the kinds of layers: from inputs x to a layer of the node's name ------------------------------------------------ */

static bool is_padded(const nn_node *node)
{
    return nn_node_setting(node, "padding") >= 0;
}

/* Zeros around the image, where the padding is no word that Keras knows. */
static int add_padding(keras *k, const nn_node *node, int from)
{
    int p[4];
    char name[2 * NN_NAME];
    nn_shape in = k->layer[from].shape;
    export_padding(node, p);
    snprintf(name, sizeof name, "%s.padding", node->name);
    in.h += p[NN_TOP] + p[NN_BOTTOM];
    in.w += p[NN_LEFT] + p[NN_RIGHT];
    return add(k, "ZeroPadding2D", name,
               json_pack("{s:[[i, i], [i, i]], s:s}", "padding", p[NN_TOP], p[NN_BOTTOM], p[NN_LEFT], p[NN_RIGHT],
                         "data_format", "channels_last"),
               (const int[]){from, -1}, in, false);
}

static const char *padding_word(const nn_node *node)
{
    return nn_node_setting(node, "padding") == NN_SAME ? "same" : "valid";
}

static bool conv(keras *k, const nn_node *node, const int *x, nn_error *err)
{
    nn_window w = node->op->window(node);
    int from = is_padded(node) ? add_padding(k, node, x[0]) : x[0];
    if (w.stride > 1 && (w.dilation_h > 1 || w.dilation_w > 1))
        return nn_fail(err, NN_USAGE, 0, "%s has steps and a dilation, which Keras cannot do together", node->name);
    json_t *config =
        json_pack("{s:i, s:[i, i], s:[i, i], s:s, s:s, s:[i, i], s:i}", "filters", node->out.c, "kernel_size", w.kh,
                  w.kw, "strides", w.stride, w.stride, "padding", padding_word(node), "data_format", "channels_last",
                  "dilation_rate", w.dilation_h, w.dilation_w, "groups", (int)nn_node_setting(node, "groups"));
    int at = add(k, "Conv2D", node->name, config, (const int[]){from, -1}, node->out, false);
    add_param(k, at, node, 0);
    add_param(k, at, node, 1);
    return true;
}

static bool pool(keras *k, const nn_node *node, const char *class, int from)
{
    nn_window w = node->op->window(node);
    json_t *config = json_pack("{s:[i, i], s:[i, i], s:s, s:s}", "pool_size", w.kh, w.kw, "strides", w.stride, w.stride,
                               "padding", padding_word(node), "data_format", "channels_last");
    add(k, class, node->name, config, (const int[]){from, -1}, node->out, false);
    return true;
}

static bool fail_padding(const nn_node *node, nn_error *err)
{
    return nn_fail(err, NN_USAGE, 0, "%s has a padding that Keras has no pooling for", node->name);
}

/* Explicit padding would count as zeros there. */
static bool pads_nothing(const nn_node *node)
{
    int p[4];
    export_padding(node, p);
    return !is_padded(node) || p[0] + p[1] + p[2] + p[3] == 0;
}

static bool maxpool(keras *k, const nn_node *node, const int *x, nn_error *err)
{
    return pads_nothing(node) ? pool(k, node, "MaxPooling2D", x[0]) : fail_padding(node, err);
}

static bool avgpool(keras *k, const nn_node *node, const int *x, nn_error *err)
{
    bool counts = nn_node_setting(node, "count_padding") > 0.0;
    if (counts ? nn_node_setting(node, "padding") == NN_SAME : !pads_nothing(node))
        return fail_padding(node, err);
    return pool(k, node, "AveragePooling2D", counts && is_padded(node) ? add_padding(k, node, x[0]) : x[0]);
}

static bool dense(keras *k, const nn_node *node, const int *x, nn_error *err)
{
    (void)err;
    int at =
        add(k, "Dense", node->name, json_pack("{s:i}", "units", node->out.c), (const int[]){x[0], -1}, node->out, true);
    add_param(k, at, node, 0);
    add_param(k, at, node, 1);
    return true;
}

static bool flatten(keras *k, const nn_node *node, const int *x, nn_error *err)
{
    (void)err;
    add(k, "Flatten", node->name, json_pack("{s:s}", "data_format", "channels_last"), (const int[]){x[0], -1},
        node->out, true);
    return true;
}

static int add_norm(keras *k, const nn_node *node, int from, double epsilon)
{
    int at = add_behind(k, "BatchNormalization", node->name, json_pack("{s:f}", "epsilon", epsilon), from);
    add_param(k, at, node, 0);
    add_param(k, at, node, 1);
    return at;
}

static bool batchnorm(keras *k, const nn_node *node, const int *x, nn_error *err)
{
    (void)err;
    int at = add_norm(k, node, x[0], nn_node_setting(node, "epsilon"));
    add_param(k, at, node, 2);
    add_param(k, at, node, 3);
    return true;
}

/* A batch norm of mean 0 and variance 1. */
static bool scale(keras *k, const nn_node *node, const int *x, nn_error *err)
{
    (void)err;
    int at = add_norm(k, node, x[0], 0.0);
    add_array(k, at, k->zeros, 1, &node->in.c);
    add_array(k, at, k->ones, 1, &node->in.c);
    return true;
}

static bool prelu(keras *k, const nn_node *node, const int *x, nn_error *err)
{
    bool row = k->layer[x[0]].row;
    json_t *config = row ? json_pack("{s:n}", "shared_axes") : json_pack("{s:[i, i]}", "shared_axes", 1, 2);
    int at = add_behind(k, "PReLU", node->name, config, x[0]);
    const nn_param *param = &k->model->plan->param[node->param[0]];
    (void)err;
    add_array(k, at, k->model->weights + param->offset, row ? 1 : 3,
              row ? &node->in.c : (const int[]){1, 1, node->in.c});
    return true;
}

static bool leakyrelu(keras *k, const nn_node *node, const int *x, nn_error *err)
{
    (void)err;
    add_behind(k, "LeakyReLU", node->name, json_pack("{s:f}", "negative_slope", node->attr[0]), x[0]);
    return true;
}

static bool elu(keras *k, const nn_node *node, const int *x, nn_error *err)
{
    (void)err;
    add_behind(k, "ELU", node->name, json_pack("{s:f}", "alpha", node->attr[0]), x[0]);
    return true;
}

static void add_activation(keras *k, const nn_node *node, const char *activation, int from)
{
    add_behind(k, "Activation", node->name, json_pack("{s:s}", "activation", activation), from);
}

/* Keras's has the slope 1/6. */
static bool hardsigmoid(keras *k, const nn_node *node, const int *x, nn_error *err)
{
    char name[2 * NN_NAME];
    (void)err;
    snprintf(name, sizeof name, "%s.slope", node->name);
    add_activation(k, node, "hard_sigmoid", add_rescaling(k, name, x[0], 6.0 * node->attr[0], 0.0));
    return true;
}

/* Of how many softmaxes layer i is the sum; 0: of none alone. */
static int probabilities_in(const nn_plan *plan, int i)
{
    const nn_node *node = &plan->node[i < 0 ? 0 : i];
    if (i < 0 || strcmp(node->op->name, "softmax") == 0)
        return i >= 0;
    int a = node->op->kind == NN_SUM ? probabilities_in(plan, node->input[0]) : 0;
    int b = a > 0 ? probabilities_in(plan, node->input[1]) : 0;
    return b > 0 ? a + b : 0;
}

/* softmax(log(p)) = p / sum(p): the last softmax behind the logarithm of a sum of n probabilities, which Keras has not,
 * is their mean. */
static bool is_mean(const nn_model *model, const nn_node *log)
{
    const nn_plan *plan = model->plan;
    return log == &plan->node[plan->n_nodes - 2] && strcmp(log->op->name, "log") == 0 && model->temperature == 1.0f &&
           plan->node[plan->n_nodes - 1].input[0] == plan->n_nodes - 2 && probabilities_in(plan, log->input[0]) > 0;
}

static bool logarithm(keras *k, const nn_node *node, const int *x, nn_error *err)
{
    if (!is_mean(k->model, node))
        return export_refuse(node, "Keras", err);
    add_rescaling(k, node->name, x[0], 1.0 / probabilities_in(k->model->plan, node->input[0]), 0.0);
    return true;
}

static bool softmax(keras *k, const nn_node *node, const int *x, nn_error *err)
{
    char name[2 * NN_NAME];
    if (node->input[0] >= 0 && is_mean(k->model, &k->model->plan->node[node->input[0]]))
        return true;
    bool cooled = node == &k->model->plan->node[k->model->plan->n_nodes - 1] && k->model->temperature != 1.0f;
    (void)err;
    snprintf(name, sizeof name, "%s.temperature", node->name);
    add_activation(k, node, "softmax",
                   cooled ? add_rescaling(k, name, x[0], 1.0 / (double)k->model->temperature, 0.0) : x[0]);
    return true;
}

static bool pad(keras *k, const nn_node *node, const int *x, nn_error *err)
{
    nn_window w = node->op->window(node);
    (void)err;
    add(k, "ZeroPadding2D", node->name,
        json_pack("{s:[[i, i], [i, i]], s:s}", "padding", w.top, node->out.h - node->in.h - w.top, w.left,
                  node->out.w - node->in.w - w.left, "data_format", "channels_last"),
        (const int[]){x[0], -1}, node->out, false);
    return true;
}

static bool crop(keras *k, const nn_node *node, const int *x, nn_error *err)
{
    nn_window w = node->op->window(node);
    if (node->out.c != node->in.c)
        return export_refuse(node, "Keras", err);
    add(k, "Cropping2D", node->name,
        json_pack("{s:[[i, i], [i, i]], s:s}", "cropping", -w.top, node->in.h - node->out.h + w.top, -w.left,
                  node->in.w - node->out.w + w.left, "data_format", "channels_last"),
        (const int[]){x[0], -1}, node->out, false);
    return true;
}

static bool permute(keras *k, const nn_node *node, const int *x, nn_error *err)
{
    (void)err;
    add(k, "Permute", node->name,
        json_pack("{s:[i, i, i]}", "dims", (int)node->attr[0], (int)node->attr[1], (int)node->attr[2]),
        (const int[]){x[0], -1}, node->out, false);
    return true;
}

static bool reshape(keras *k, const nn_node *node, const int *x, nn_error *err)
{
    (void)err;
    add(k, "Reshape", node->name, json_pack("{s:[i, i, i]}", "target_shape", node->out.h, node->out.w, node->out.c),
        (const int[]){x[0], -1}, node->out, false);
    return true;
}

static bool merge(keras *k, const nn_node *node, const char *class, json_t *config, const int *x)
{
    add(k, class, node->name, config, x, node->out, k->layer[x[0]].row);
    return true;
}

static bool sum(keras *k, const nn_node *node, const int *x, nn_error *err)
{
    (void)err;
    return merge(k, node, "Add", json_object(), x);
}

static bool mul(keras *k, const nn_node *node, const int *x, nn_error *err)
{
    (void)err;
    return merge(k, node, "Multiply", json_object(), x);
}

static bool concat(keras *k, const nn_node *node, const int *x, nn_error *err)
{
    (void)err;
    return merge(k, node, "Concatenate", json_pack("{s:i}", "axis", -1), x);
}

static const struct kind {
    const char *name;
    bool (*write)(keras *k, const nn_node *node, const int *x, nn_error *err);
    const char *activation; /* where `write` is NULL: what Keras calls it; NULL: the layer is left out */
} kinds[] = {
    {"conv", conv, NULL},
    {"maxpool", maxpool, NULL},
    {"avgpool", avgpool, NULL},
    {"dense", dense, NULL},
    {"flatten", flatten, NULL},
    {"batchnorm", batchnorm, NULL},
    {"scale", scale, NULL},
    {"dropout", NULL, NULL},
    {"relu", NULL, "relu"},
    {"relu6", NULL, "relu6"},
    {"leakyrelu", leakyrelu, NULL},
    {"elu", elu, NULL},
    {"selu", NULL, "selu"},
    {"prelu", prelu, NULL},
    {"sigmoid", NULL, "sigmoid"},
    {"tanh", NULL, "tanh"},
    {"softplus", NULL, "softplus"},
    {"hardsigmoid", hardsigmoid, NULL},
    {"silu", NULL, "silu"},
    {"hardswish", NULL, "hard_silu"},
    {"gelu", NULL, "gelu"},
    {"log", logarithm, NULL},
    {"softmax", softmax, NULL},
    {"pad", pad, NULL},
    {"crop", crop, NULL},
    {"permute", permute, NULL},
    {"reshape", reshape, NULL},
    {"add", sum, NULL},
    {"mul", mul, NULL},
    {"concat", concat, NULL},
    {NULL, NULL, NULL},
};

static bool add_node(keras *k, int i, nn_error *err)
{
    const nn_node *node = &k->model->plan->node[i];
    int x[2] = {-1, -1};
    const struct kind *kind = kinds;
    while (kind->name && strcmp(kind->name, node->op->name) != 0)
        kind++;
    if (!kind->name)
        return export_refuse(node, "Keras", err);
    for (int j = 0; j < node->op->inputs; j++)
        x[j] = input_of(k, node, j, k->rows.reads[i]);
    if (kind->write && !kind->write(k, node, x, err))
        return false;
    if (kind->activation)
        add_activation(k, node, kind->activation, x[0]);
    k->value[i] = kind->write || kind->activation ? k->n - 1 : x[0];
    return true;
}

/* What nn_convention_apply does. What is above a half becomes more than 1 by a factor of 2^100, and then 1. */
static void add_image(keras *k)
{
    const nn_convention *c = &k->model->convention;
    nn_shape in = k->model->plan->input;
    json_t *shape = json_pack("{s:[n, i, i, i], s:s}", "batch_shape", in.h, in.w, in.c, "dtype", "float32");
    k->image = add(k, "InputLayer", "input", shape, (const int[]){-1, -1}, in, false);
    if (c->binary) {
        k->image = add_rescaling(k, "input.above", k->image, 0x1p100, -0x1p99);
        k->image = add_behind(k, "ReLU", "input.binary", json_pack("{s:f}", "max_value", 1.0), k->image);
    }
    if (c->mean != 0.0f || c->std != 1.0f)
        k->image = add_rescaling(k, "input.scaled", k->image, 1.0 / (double)c->std, -(double)c->mean / (double)c->std);
    if (c->transposed)
        k->image = add_behind(k, "Permute", "input.turned", json_pack("{s:[i, i, i]}", "dims", 2, 1, 3), k->image);
}

/* ---- the order of layers --------------------------------------------------------------------------------------------- */

/* Weights have no names but the class of their layer and its number among those, in the order in which Keras itself brings
 * layers: the longest way to the end first, then as a walk from the end meets them. */
static void walk(keras *k, int at)
{
    layer *l = &k->layer[at];
    if (l->visit >= 0)
        return;
    l->visit = k->visits++;
    for (int i = 0; i < 2; i++)
        if (l->input[i] >= 0)
            walk(k, l->input[i]);
}

static void find_depths(keras *k)
{
    k->layer[k->n - 1].depth = 0;
    for (int at = k->n - 1; at >= 0; at--)
        for (int i = 0; i < 2; i++) {
            int from = k->layer[at].input[i];
            if (from >= 0 && k->layer[from].depth < k->layer[at].depth + 1)
                k->layer[from].depth = k->layer[at].depth + 1;
        }
}

static bool comes_before(const layer *a, const layer *b)
{
    return a->depth != b->depth ? a->depth > b->depth : a->visit < b->visit;
}

/* "BatchNormalization" -> "batch_normalization", "Conv2D" -> "conv2d", "PReLU" -> "p_re_lu" */
static void class_in_words(const char *class, char words[NN_NAME])
{
    static const char *const known[][2] = {
        {"Conv2D", "conv2d"}, {"Dense", "dense"}, {"BatchNormalization", "batch_normalization"}, {"PReLU", "p_re_lu"}};
    snprintf(words, NN_NAME, "%s", class);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(class, known[i][0]) == 0)
            snprintf(words, NN_NAME, "%s", known[i][1]);
}

static void find_order(keras *k)
{
    walk(k, k->n - 1);
    find_depths(k);
    for (int i = 0; i < k->n; i++) {
        int at = i;
        for (; at > 0 && comes_before(&k->layer[i], &k->layer[k->order[at - 1]]); at--)
            k->order[at] = k->order[at - 1];
        k->order[at] = i;
    }
}

static void name_groups(keras *k)
{
    for (int i = 0; i < k->n; i++) {
        layer *l = &k->layer[k->order[i]];
        int before = 0;
        char words[NN_NAME];
        for (int j = 0; j < i; j++)
            before += strcmp(k->layer[k->order[j]].class, l->class) == 0;
        class_in_words(l->class, words);
        if (before > 0)
            snprintf(l->weights.group, NN_NAME, "%.32s_%d", words, before);
        else
            snprintf(l->weights.group, NN_NAME, "%s", words);
    }
}

/* ---- the whole ------------------------------------------------------------------------------------------------------- */

/* The network as JSON; takes the layers' over. */
static char *config_text(keras *k)
{
    json_t *layers = json_array();
    for (int i = 0; i < k->n; i++) {
        layer *l = &k->layer[k->order[i]];
        k->failed = json_array_append_new(layers, l->json) != 0 || k->failed;
        l->json = NULL;
    }
    const char *end = k->layer[k->n - 1].name;
    json_t *all = json_pack("{s:s, s:s, s:{s:s, s:b, s:o, s:[[s, i, i]], s:[[s, i, i]]}, s:s, s:n}", "module",
                            "keras.src.models.functional", "class_name", "Functional", "config", "name", "digitscope",
                            "trainable", 1, "layers", layers, "input_layers", "input", 0, 0, "output_layers", end, 0, 0,
                            "registered_name", "Functional", "compile_config");
    char *text = k->failed ? NULL : nn_json_text(all, JSON_COMPACT | JSON_REAL_PRECISION(17));
    json_decref(all);
    return text;
}

/* With what stands in no layer, for whoever imports it; NULL when out of memory. */
static char *metadata_text(const nn_model *model)
{
    char *labels = export_labels(model), unsure[32];
    snprintf(unsure, sizeof unsure, "%.9g", (double)model->unsure_threshold);
    json_t *all = labels ? json_pack("{s:s, s:{s:s, s:s}}", "keras_version", "3.0.0", "digitscope", "unsure_threshold",
                                     unsure, "labels", labels)
                         : NULL;
    char *text = nn_json_text(all, JSON_COMPACT);
    json_decref(all);
    nn_free(labels);
    return text;
}

static bool write_file(keras *k, buffer *out, nn_error *err)
{
    keras_weights *weights = nn_alloc((size_t)k->n, sizeof *weights);
    char *config, *metadata = metadata_text(k->model);
    find_order(k);
    name_groups(k);
    config = config_text(k);
    for (int i = 0; weights && i < k->n; i++)
        weights[i] = k->layer[i].weights;
    bool ok = weights && config && metadata ? keras_file(out, metadata, config, weights, k->n, err)
                                            : nn_fail(err, NN_NOMEM, 0, "out of memory for the file");
    nn_free(config);
    nn_free(metadata);
    nn_free(weights);
    return ok;
}

static bool make_constants(keras *k)
{
    const nn_plan *plan = k->model->plan;
    size_t widest = 1;
    for (int i = 0; i < plan->n_nodes; i++)
        widest = (size_t)plan->node[i].out.c > widest ? (size_t)plan->node[i].out.c : widest;
    k->zeros = nn_alloc(widest, sizeof *k->zeros);
    k->ones = nn_alloc(widest, sizeof *k->ones);
    for (size_t i = 0; k->ones && i < widest; i++)
        k->ones[i] = 1.0f;
    return k->zeros && k->ones;
}

bool export_keras(buffer *out, const nn_model *model, nn_error *err)
{
    keras *k = nn_alloc(1, sizeof *k);
    if (!k)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    k->model = model;
    bool ok = make_constants(k) ? true : nn_fail(err, NN_NOMEM, 0, "out of memory");
    export_find_rows(model->plan, &k->rows);
    if (ok)
        add_image(k);
    for (int i = 0; ok && i < model->plan->n_nodes; i++)
        ok = add_node(k, i, err);
    ok = ok && write_file(k, out, err);
    for (int i = 0; i < k->n; i++)
        json_decref(k->layer[i].json);
    nn_free(k->zeros);
    nn_free(k->ones);
    nn_free(k);
    return ok;
}
