/* keras_activation.h - activations by their names in Keras, and the layers that are nothing else. */
#ifndef KERAS_ACTIVATION_H
#define KERAS_ACTIVATION_H

#include "keras_writer.h"

/* The activation of a setting: a name, an object of a class, or none. */
bool keras_activate(keras_writer *w, keras_value *v, const json_t *activation);

/* A layer that is an activation: *known says whether it is one. */
bool keras_activation_layer(keras_writer *w, const keras_layer *layer, keras_value *v, bool *known);

#endif
