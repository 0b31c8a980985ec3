/* keras_layers.h - what each class of layer of Keras is in our architecture. */
#ifndef KERAS_LAYERS_H
#define KERAS_LAYERS_H

#include "keras_writer.h"

/* Writes the layer with n >= 1 inputs; *out may be the first of them. Classes that are not known are refused by name. */
bool keras_apply(keras_writer *w, const keras_layer *layer, const keras_value *in, int n, keras_value *out);

#endif
