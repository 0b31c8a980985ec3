/* keras.h - Keras models: HDF5 (.h5, Keras 1 to 3) and zip (.keras), by what is in the file, whatever its name. */
#ifndef KERAS_H
#define KERAS_H

#include "app/core/foreign/foreign.h"

/* Reads the model that `data` holds; `path` is where it came from. Where it holds weights only, the architecture is that of
 * out->architecture, of a .json beside it, or what names and shapes tell. */
bool keras_read(foreign *out, const char *path, const unsigned char *data, size_t len, nn_error *err);

#endif
