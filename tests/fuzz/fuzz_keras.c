/* fuzz_keras.c - descriptions of Keras's models, beside weights that do not change: what is accepted is a network that can
 * be planned with all of its weights, or is refused as such. (What is wrong with HDF5 itself is libhdf5's to see, which
 * does not withstand that: it runs in a process of its own.) */
#include "app/core/foreign/keras/hdf5_file.h"
#include "app/core/foreign/keras/keras_graph.h"
#include "app/core/foreign/keras/keras_model.h"
#include "fuzz.h"
#include "nn/alloc.h"
#include "tests/support/keras_files.h"
#include <string.h>

const char *const fuzz_words[] = {"\"Dense\"",
                                  "\"Conv2D\"",
                                  "\"Reshape\"",
                                  "\"SeparableConv2D\"",
                                  "\"BatchNormalization\"",
                                  "\"class_name\"",
                                  "\"batch_input_shape\"",
                                  "\"channels_first\"",
                                  "\"same\"",
                                  "\"items\"",
                                  "[[",
                                  "]]",
                                  "{}",
                                  "null",
                                  "-1",
                                  "0",
                                  "1e9",
                                  "4097",
                                  NULL};

/* "': 'Dense'" with quotes instead. */
static void add_text(void (*add)(const void *data, size_t n), const char *text)
{
    char json[4096];
    size_t n = strlen(text);
    FUZZ_REQUIRE(n < sizeof json);
    for (size_t i = 0; i < n; i++)
        json[i] = text[i] == '\'' ? '"' : text[i];
    add(json, n);
}

static const char chain[] =
    "{'class_name': 'Sequential', 'config': {'layers': ["
    "{'class_name': 'Conv2D', 'config': {'name': 'c', 'batch_input_shape': [null, 6, 6, 1], 'filters': 2, "
    "'kernel_size': [3, 3], "
    "'strides': 1, 'dilation_rate': [1, 1], 'padding': 'valid', 'activation': 'relu', 'use_bias': true}},"
    "{'class_name': 'BatchNormalization', 'config': {'name': 'n', 'axis': [3], 'scale': false, 'center': false}},"
    "{'class_name': 'Rescaling', 'config': {'scale': 0.5, 'offset': [1, 2]}},"
    "{'class_name': 'ReLU', 'config': {'max_value': 5}},"
    "{'class_name': 'MaxPooling2D', 'config': {'pool_size': 2, 'strides': [1, 1], 'padding': 'same'}},"
    "{'class_name': 'Reshape', 'config': {'target_shape': [4, -1]}}, {'class_name': 'Permute', 'config': {'dims': [2, "
    "1]}},"
    "{'class_name': 'Flatten', 'config': {'data_format': 'channels_last'}},"
    "{'class_name': 'Dense', 'config': {'name': 'd', 'units': 3, 'activation': {'class_name': 'Softmax', 'config': "
    "{'axis': -1}}}}]}}";

static const char old_chain[] =
    "{'class_name': 'Sequential', 'config': ["
    "{'class_name': 'Convolution2D', 'config': {'name': 'c', 'batch_input_shape': [null, 1, 6, 6], "
    "'nb_filter': 2, 'nb_row': 3, 'nb_col': 3, "
    "'dim_ordering': 'th', 'border_mode': 'same'}},"
    "{'class_name': 'GlobalAveragePooling2D', 'config': {'dim_ordering': 'th'}}, "
    "{'class_name': 'Dropout', 'config': {'p': 0.5}},"
    "{'class_name': 'LeakyReLU', 'config': {'alpha': 0.1}}]}";

static const char graph[] =
    "{'class_name': 'Functional', 'config': {'name': 'm', 'layers': ["
    "{'class_name': 'InputLayer', 'name': 'in', 'config': {'batch_shape': [null, 4, 4, 1]}, 'inbound_nodes': []},"
    "{'class_name': 'ZeroPadding2D', 'name': 'p', 'config': {'padding': [[1, 0], [0, 1]]}, 'inbound_nodes': [[['in', "
    "0, 0, {}]]]},"
    "{'class_name': 'Cropping2D', 'name': 'x', 'config': {'cropping': [[1, 0], [0, 1]]}, 'inbound_nodes': [[['p', 0, "
    "0, {}]]]},"
    "{'class_name': 'Maximum', 'name': 'a', 'config': {}, 'inbound_nodes': [[['in', 0, 0, {}], ['x', 0, 0, {}]]]},"
    "{'class_name': 'Concatenate', 'name': 'c', 'config': {'axis': 1}, 'inbound_nodes': "
    "[{'args': [[{'class_name': '__keras_tensor__', 'config': {'keras_history': ['a', 0, 0]}}, "
    "{'config': {'keras_history': ['in', 0, 0]}}]], 'kwargs': {}}]},"
    "{'class_name': 'Flatten', 'name': 'f', 'config': {}, 'inbound_nodes': [[['c', 0, 0, {}]]]},"
    "{'class_name': 'Dense', 'name': 'd', 'config': {'units': 3, 'activation': 'sigmoid'}, 'inbound_nodes': [[['f', 0, "
    "0, {}]]]}], "
    "'input_layers': [['in', 0, 0]], 'output_layers': [['d', 0, 0]]}}";

void fuzz_seeds(void (*add)(const void *data, size_t n))
{
    add_text(add, chain);
    add_text(add, old_chain);
    add_text(add, graph);
}

static void make_weights(void)
{
    keras_file_begin("2.9.0", "tensorflow");
    keras_file_weight("Conv2D", "c", "kernel", 3, 3, 1, 2);
    keras_file_weight("Conv2D", "c", "bias", 2, 0, 0, 0);
    keras_file_weight("BatchNormalization", "n", "moving_mean", 2, 0, 0, 0);
    keras_file_weight("BatchNormalization", "n", "moving_variance", 2, 0, 0, 0);
    keras_file_weight("Dense", "d", "kernel", 32, 3, 0, 0);
    keras_file_weight("Dense", "d", "bias", 3, 0, 0, 0);
}

static void run(keras_model *model, const json_t *json, keras_layout layout)
{
    static const char *const skip[] = {NULL};
    size_t len;
    nn_error err = {0};
    hdf5_file weights;
    foreign self = {0};
    nn_model *made;
    make_weights();
    const unsigned char *data = keras_file_make(layout, false, &len);
    FUZZ_REQUIRE(hdf5_read(&weights, data, len, skip, &err));
    foreign_net *net = foreign_add(&self, &err);
    bool ok = keras_model_read(model, json, &err) && keras_weights_assign(model, &weights, "", &err) &&
              keras_write(net, model, false, &err) && foreign_model(&made, &self, net, &err);
    if (ok)
        nn_model_free(made);
    else
        FUZZ_REQUIRE(err.code != NN_OK && err.text[0]);
    foreign_free(&self);
    hdf5_free(&weights);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    json_t *json = json_loadb((const char *)data, len, 0, NULL);
    keras_model *model = json ? nn_alloc(1, sizeof *model) : NULL;
    FUZZ_REQUIRE(model || !json);
    for (int version = 1; json && version <= 3; version++) {
        model->version = version;
        run(model, json, version == 3 ? KERAS_3_ZIP : KERAS_2_HDF5);
    }
    nn_free(model);
    json_decref(json);
    return 0;
}
