/* keras_layers.c - which class of layers of Keras is written by what. */
#include "keras_layers.h"
#include "keras_activation.h"
#include "keras_classes.h"
#include "keras_merge.h"
#include <string.h>

static bool dropout(keras_writer *w, const keras_layer *layer, keras_value *v)
{
    double rate = keras_number(layer, "rate", "p", 0);
    return rate <= 0 || rate > 0.95 || keras_line(w, v, v->shape, "dropout %s", keras_print(rate).text);
}

static bool same_values(keras_writer *w, const keras_layer *layer, keras_value *v)
{
    (void)w, (void)layer, (void)v;
    return true;
}

static bool activation(keras_writer *w, const keras_layer *layer, keras_value *v)
{
    return keras_activate(w, v, keras_get(layer, "activation", NULL));
}

/* By the names that Keras gives them. */
static const struct {
    const char *kind;
    keras_class *write;
} classes[] = {
    {"Conv2D", keras_write_conv2d},
    {"DepthwiseConv2D", keras_write_depthwise},
    {"SeparableConv2D", keras_write_separable},
    {"Dense", keras_write_dense},
    {"MaxPooling2D", keras_write_max_pooling},
    {"AveragePooling2D", keras_write_average_pooling},
    {"GlobalMaxPooling2D", keras_write_global_max},
    {"GlobalAveragePooling2D", keras_write_global_average},
    {"Flatten", keras_write_flatten},
    {"Reshape", keras_write_reshape},
    {"Permute", keras_write_permute},
    {"ZeroPadding2D", keras_write_zero_padding},
    {"Cropping2D", keras_write_cropping},
    {"BatchNormalization", keras_write_batch_normalization},
    {"Normalization", keras_write_normalization},
    {"Rescaling", keras_write_rescaling},
    {"PReLU", keras_write_prelu},
    {"Activation", activation},
    {"Dropout", dropout},
    {"InputLayer", same_values},
    {"Identity", same_values},
    {"SpatialDropout1D", same_values},
    {"SpatialDropout2D", same_values},
    {"AlphaDropout", same_values},
    {"GaussianDropout", same_values},
    {"GaussianNoise", same_values},
    {"ActivityRegularization", same_values},
    {"RandomFlip", same_values},
    {"RandomRotation", same_values},
    {"RandomZoom", same_values},
    {"RandomTranslation", same_values},
    {"RandomContrast", same_values},
    {"RandomBrightness", same_values},
    {"RandomHeight", same_values},
    {"RandomWidth", same_values},
    {"RandomShear", same_values},
    {"RandomErasing", same_values},
};

/* Puts the layer's name before what is wrong with it. */
static bool in_layer(const keras_layer *layer, nn_error *err)
{
    char why[sizeof err->text];
    memcpy(why, err->text, sizeof why);
    return err->code != NN_NOMEM &&
           nn_fail(err, err->code, 0, "the layer '%.60s' (%.40s): %.200s", layer->name, layer->kind, why);
}

bool keras_apply(keras_writer *w, const keras_layer *layer, const keras_value *in, int n, keras_value *out)
{
    const keras_layer *outer = w->layer;
    w->layer = layer;
    *out = in[0];
    bool known = false, ok = true;
    for (size_t i = 0; i < sizeof classes / sizeof *classes && !known; i++)
        if (strcmp(classes[i].kind, layer->kind) == 0) {
            known = true;
            ok = n == 1 ? classes[i].write(w, layer, out)
                        : nn_fail(w->err, NN_FORMAT, 0, "it has %d inputs, must have one", n);
        }
    if (!known)
        ok = keras_merge(w, layer, in, n, out, &known);
    if (ok && !known)
        ok = keras_activation_layer(w, layer, out, &known);
    if (ok && !known)
        ok = strcmp(layer->kind, "Lambda") == 0
                 ? nn_fail(w->err, NN_FORMAT, 0, "it is Python code, which is not run; export the model to ONNX")
                 : nn_fail(w->err, NN_FORMAT, 0, "this kind of layer is not read");
    w->layer = outer;
    return ok || in_layer(layer, w->err);
}
