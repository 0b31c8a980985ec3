/* keras_activation.c - names of activations and what they are here. */
#include "keras_activation.h"
#include <math.h>
#include <string.h>

/* In our grammar, several joined by "; "; what Keras 3 changed stands first, for it alone. */
static const struct {
    const char *name;
    int since; /* Keras */
    const char *line;
} activations[] = {
    {"linear", 1, ""},
    {"identity", 1, ""},
    {"relu", 1, "relu"},
    {"relu6", 1, "relu6"},
    {"leaky_relu", 1, "leakyrelu 0.2"},
    {"elu", 1, "elu 1"},
    {"selu", 1, "selu"},
    {"sigmoid", 1, "sigmoid"},
    {"hard_sigmoid", 3, "hardsigmoid 0.166666667"},
    {"hard_sigmoid", 1, "hardsigmoid 0.2"},
    {"tanh", 1, "tanh"},
    {"softplus", 1, "softplus"},
    {"swish", 1, "silu"},
    {"silu", 1, "silu"},
    {"hard_swish", 1, "hardswish"},
    {"hard_silu", 1, "hardswish"},
    {"softmax", 1, "softmax"},
    {"softmax_v2", 1, "softmax"}, /* TensorFlow's own function */
    {"log_softmax", 1, "softmax; log"},
    {"log_softmax_v2", 1, "softmax; log"},
    {"gelu", 1, "gelu"},
};

static bool write_line(keras_writer *w, keras_value *v, const char *line, size_t len)
{
    if (strncmp(line, "softmax", 7) == 0 && !keras_features(w, v))
        return false;
    if (!keras_line(w, v, v->shape, "%.*s", (int)len, line))
        return false;
    bool bounded =
        strncmp(line, "sigmoid", 7) == 0 || strncmp(line, "softmax", 7) == 0 || strncmp(line, "hardsigmoid", 11) == 0;
    v->range = bounded                        ? FOREIGN_PROBABILITIES
               : strncmp(line, "log", 3) == 0 ? FOREIGN_LOG_PROBABILITIES
                                              : FOREIGN_LOGITS;
    return true;
}

static bool write_lines(keras_writer *w, keras_value *v, const char *lines)
{
    while (*lines) {
        size_t len = strcspn(lines, ";");
        if (!write_line(w, v, lines, len))
            return false;
        lines += len + (lines[len] ? 2 : 0);
    }
    return true;
}

/* x tanh(softplus(x)) */
static bool mish(keras_writer *w, keras_value *v)
{
    keras_value x = *v;
    return write_lines(w, v, "softplus; tanh") && keras_line(w, v, v->shape, "mul %s", x.node);
}

static bool activate_by_name(keras_writer *w, keras_value *v, const char *name)
{
    for (size_t i = 0; i < sizeof activations / sizeof *activations; i++)
        if (strcmp(activations[i].name, name) == 0 && activations[i].since <= w->model->version)
            return write_lines(w, v, activations[i].line);
    if (strcmp(name, "mish") == 0)
        return mish(w, v);
    return nn_fail(w->err, NN_FORMAT, 0, "the activation '%.40s' is not read", name);
}

/* {"class_name": "function", "config": "relu"}, or a layer within the layer: {"class_name": "LeakyReLU", ...}. */
static bool activate_by_object(keras_writer *w, keras_value *v, const json_t *object)
{
    const char *kind = json_string_value(json_object_get(object, "class_name"));
    const json_t *config = json_object_get(object, "config");
    bool known = false;
    if (json_is_string(config))
        return activate_by_name(w, v, json_string_value(config));
    keras_layer layer = {.kind = kind ? kind : "?", .name = w->layer->name, .config = config};
    const keras_layer *outer = w->layer;
    w->layer = &layer;
    bool ok = strcmp(layer.kind, "Activation") == 0
                  ? keras_activate(w, v, json_object_get(config, "activation"))
                  : keras_activation_layer(w, &layer, v, &known) &&
                        (known || nn_fail(w->err, NN_FORMAT, 0, "the activation '%.40s' is not read", layer.kind));
    w->layer = outer;
    return ok;
}

bool keras_activate(keras_writer *w, keras_value *v, const json_t *activation)
{
    if (!activation || json_is_null(activation))
        return true;
    if (json_is_string(activation))
        return activate_by_name(w, v, json_string_value(activation));
    return activate_by_object(w, v, activation);
}

/* ---- layers ---------------------------------------------------------------------------------------------------------- */

static bool with_setting(keras_writer *w, keras_value *v, const char *kind, double value)
{
    return keras_line(w, v, v->shape, "%s %s", kind, keras_print(value).text);
}

static bool leaky(keras_writer *w, keras_value *v, double slope)
{
    return slope == 0.0 ? write_lines(w, v, "relu") : with_setting(w, v, "leakyrelu", slope);
}

static bool times(keras_writer *w, keras_value *v, double factor)
{
    float gain = (float)factor, bias = 0.0f;
    return keras_scale(w, v, &gain, &bias, 1);
}

/* min(max(0, x), most) is relu6 with other units. */
static bool bounded_relu(keras_writer *w, keras_value *v, double most)
{
    if (most == 6.0)
        return write_lines(w, v, "relu6");
    return times(w, v, 6.0 / most) && write_lines(w, v, "relu6") && times(w, v, most / 6.0);
}

static bool relu(keras_writer *w, const keras_layer *layer, keras_value *v)
{
    const json_t *most = keras_get(layer, "max_value", NULL);
    double slope = keras_number(layer, "negative_slope", "alpha", 0),
           bound = keras_number(layer, "max_value", NULL, -1);
    if (keras_number(layer, "threshold", NULL, 0) != 0)
        return keras_odd(w, "threshold");
    if (!most || json_is_null(most))
        return leaky(w, v, slope);
    if (slope != 0.0 || bound <= 0.0)
        return keras_odd(w, "max_value");
    return bounded_relu(w, v, bound);
}

static bool softmax(keras_writer *w, const keras_layer *layer, keras_value *v)
{
    const json_t *axis = keras_get(layer, "axis", NULL);
    double number = json_is_number(axis) ? json_number_value(axis) : -1;
    if (number != -1 && number != v->rank)
        return keras_odd(w, "axis");
    return write_lines(w, v, "softmax");
}

bool keras_activation_layer(keras_writer *w, const keras_layer *layer, keras_value *v, bool *known)
{
    *known = true;
    if (strcmp(layer->kind, "ReLU") == 0)
        return relu(w, layer, v);
    if (strcmp(layer->kind, "LeakyReLU") == 0)
        return leaky(w, v, keras_number(layer, "negative_slope", "alpha", 0.3));
    if (strcmp(layer->kind, "ELU") == 0)
        return with_setting(w, v, "elu", keras_number(layer, "alpha", NULL, 1));
    if (strcmp(layer->kind, "Softmax") == 0)
        return softmax(w, layer, v);
    *known = false;
    return true;
}
