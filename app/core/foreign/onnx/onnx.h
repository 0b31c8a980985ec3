/* onnx.h - models in ONNX, the format that PyTorch, Keras and others export to. */
#ifndef ONNX_H
#define ONNX_H

#include "app/core/foreign/foreign.h"

/* Whether a file looks like ONNX; cheap. */
bool onnx_is(const unsigned char *data, size_t len);

/* Reads the content of a file. path: where it is, for weights that lie in a second file beside it. */
bool onnx_read(foreign *out, const char *path, const unsigned char *data, size_t len, nn_error *err);

#endif
