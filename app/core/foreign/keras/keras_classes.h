/* keras_classes.h - classes of layers with one input: settings and weights of Keras to lines and parameters of ours. */
#ifndef KERAS_CLASSES_H
#define KERAS_CLASSES_H

#include "keras_writer.h"

/* Writes the layer, which reads *v; *v becomes what it gives. */
typedef bool keras_class(keras_writer *w, const keras_layer *layer, keras_value *v);

/* ---- keras_window.c ---- */
keras_class keras_write_conv2d, keras_write_depthwise, keras_write_separable, keras_write_dense;
keras_class keras_write_max_pooling, keras_write_average_pooling, keras_write_global_max, keras_write_global_average;

/* ---- keras_shapes.c ---- */
keras_class keras_write_flatten, keras_write_reshape, keras_write_permute, keras_write_zero_padding,
    keras_write_cropping;

/* ---- keras_statistics.c ---- */
keras_class keras_write_batch_normalization, keras_write_normalization, keras_write_rescaling, keras_write_prelu;

#endif
