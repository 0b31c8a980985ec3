/* keras_merge.h - layers of Keras that have several inputs. */
#ifndef KERAS_MERGE_H
#define KERAS_MERGE_H

#include "keras_writer.h"

/* *known says whether the layer is one of them. */
bool keras_merge(keras_writer *w, const keras_layer *layer, const keras_value *in, int n, keras_value *out,
                 bool *known);

#endif
