/* keras_file.h - the file of Keras 3 around a network: a zip of its layers as JSON and its weights as HDF5. */
#ifndef EXPORT_KERAS_FILE_H
#define EXPORT_KERAS_FILE_H

#include "app/core/buffer.h"
#include "nn/nn.h"

/* The weights of a layer, in the order in which its class makes them: "layers/conv2d/vars/0" ... */
typedef struct keras_array {
    const float *values;
    int rank, dim[4];
} keras_array;

typedef struct keras_weights {
    char group[NN_NAME]; /* "conv2d_1" */
    int n;
    keras_array array[4];
} keras_weights;

/* False where this program was built without the libraries, or out of memory. */
bool keras_file(buffer *out, const char *metadata, const char *config, const keras_weights *layers, int n,
                nn_error *err);

#endif
