/* keras_model.c - from Keras's JSON to a list of layers. */
#include "keras_model.h"
#include "nn/nn.h"
#include <math.h>
#include <string.h>

enum { MAX_DEPTH = 8 };

/* Names of older versions, and short ones. */
static const char *const aliases[][2] = {
    {"Convolution2D", "Conv2D"},
    {"AtrousConvolution2D", "Conv2D"},
    {"AtrousConv2D", "Conv2D"},
    {"SeparableConvolution2D", "SeparableConv2D"},
    {"DepthwiseConvolution2D", "DepthwiseConv2D"},
    {"MaxPool2D", "MaxPooling2D"},
    {"AvgPool2D", "AveragePooling2D"},
    {"GlobalAvgPool2D", "GlobalAveragePooling2D"},
    {"GlobalMaxPool2D", "GlobalMaxPooling2D"},
    {"BatchNormalizationV1", "BatchNormalization"},
    {"BatchNormalizationV2", "BatchNormalization"},
    {"SyncBatchNormalization", "BatchNormalization"},
    {"TrueDivide", "Divide"},
};

static const char *name_of_today(const char *kind)
{
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++)
        if (strcmp(aliases[i][0], kind) == 0)
            return aliases[i][1];
    return kind;
}

const json_t *keras_list(const json_t *value)
{
    const json_t *items = json_object_get(value, "items");
    return json_is_array(items) ? items : value;
}

bool keras_numbers(const json_t *value, int n, int out[])
{
    value = keras_list(value);
    for (int i = 0; i < n; i++) {
        const json_t *item = json_is_array(value) ? json_array_get(value, (size_t)i) : value;
        double number = json_is_number(item) ? json_number_value(item) : -1;
        if (number < 0 || number > NN_MAX_DIM || number != floor(number))
            return false;
        out[i] = (int)number;
    }
    return !json_is_array(value) || json_array_size(value) == (size_t)n;
}

const json_t *keras_get(const keras_layer *layer, const char *name, const char *old_name)
{
    const json_t *value = json_object_get(layer->config, name);
    return value || !old_name ? value : json_object_get(layer->config, old_name);
}

double keras_number(const keras_layer *layer, const char *name, const char *old_name, double otherwise)
{
    const json_t *value = keras_get(layer, name, old_name), *inner = json_object_get(value, "config");
    if (json_is_object(inner)) /* {"class_name": "__numpy__", "config": {"value": 0.3}} */
        value = json_object_get(inner, "value");
    return json_is_number(value) ? json_number_value(value) : otherwise;
}

bool keras_flag(const keras_layer *layer, const char *name, const char *old_name, bool otherwise)
{
    const json_t *value = keras_get(layer, name, old_name);
    return json_is_boolean(value) ? json_is_true(value) : otherwise;
}

const char *keras_word(const keras_layer *layer, const char *name, const char *old_name, const char *otherwise)
{
    const json_t *value = keras_get(layer, name, old_name);
    return json_is_string(value) ? json_string_value(value) : otherwise;
}

/* "th" and "tf" are Keras 1's words, after the programs behind it. */
bool keras_channels_first(const keras_layer *layer)
{
    const char *format = keras_word(layer, "data_format", "dim_ordering", "");
    return strcmp(format, "channels_first") == 0 || strcmp(format, "th") == 0;
}

static bool add_layer(keras_model *model, const json_t *json, int parent, int depth, nn_error *err);

/* Keras 1 wrote the layers of a chain as the configuration itself. */
static bool add_children(keras_model *model, int of, const json_t *layers, int depth, nn_error *err)
{
    size_t i;
    json_t *child;
    if (depth > MAX_DEPTH)
        return nn_fail(err, NN_LIMIT, 0, "models within models, more than %d deep", MAX_DEPTH);
    json_array_foreach(layers, i, child) if (!add_layer(model, child, of, depth, err)) return false;
    return true;
}

static bool add_layer(keras_model *model, const json_t *json, int parent, int depth, nn_error *err)
{
    const char *kind = json_string_value(json_object_get(json, "class_name"));
    const json_t *config = json_object_get(json, "config");
    if (!kind || !(json_is_object(config) || json_is_array(config)))
        return nn_fail(err, NN_FORMAT, 0, "its description of a layer has no class or no settings");
    if (model->n == KERAS_MOST_LAYERS)
        return nn_fail(err, NN_LIMIT, 0, "more than %d layers", KERAS_MOST_LAYERS);
    int here = model->n++;
    const json_t *layers = json_is_array(config) ? config : json_object_get(config, "layers");
    const char *name = json_string_value(json_object_get(json, "name"));
    name = name ? name : json_string_value(json_object_get(config, "name"));
    model->layer[here] = (keras_layer){.kind = name_of_today(kind),
                                       .name = name ? name : kind,
                                       .config = config,
                                       .inbound = json_object_get(json, "inbound_nodes"),
                                       .build = json_object_get(json, "build_config"),
                                       .parent = parent,
                                       .is_model = json_is_array(layers) && strcmp(kind, "Merge") != 0,
                                       .is_graph = json_object_get(config, "output_layers") != NULL};
    return !model->layer[here].is_model || add_children(model, here, layers, depth + 1, err);
}

bool keras_model_read(keras_model *model, const json_t *json, nn_error *err)
{
    model->n = 0;
    if (!add_layer(model, json, -1, 0, err))
        return false;
    const keras_layer *top = &model->layer[0];
    return top->is_model || nn_fail(err, NN_FORMAT, 0,
                                    "the class '%.60s' is a program of its own, which does not come with the file: in "
                                    "Python, export it to ONNX, or save a Sequential or functional model",
                                    top->kind);
}
