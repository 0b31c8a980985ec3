/* onnx_file.h - an ONNX file as a graph. */
#ifndef ONNX_FILE_H
#define ONNX_FILE_H

#include "onnx_graph.h"

enum { ONNX_MOST_BYTES = 256 << 20 };

/* path: where the file is, for weights in files beside it. */
bool onnx_graph_read(onnx_graph *g, const char *path, const unsigned char *data, size_t len, nn_error *err);

/* One TensorProto by itself, as ONNX's own tests keep their values. */
bool onnx_tensor_read(onnx_tensor *t, const unsigned char *data, size_t len, nn_error *err);

#endif
