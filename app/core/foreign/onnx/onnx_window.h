/* onnx_window.h - the geometry of convolution and pooling as ONNX writes it down, for 1 to 3 axes. */
#ifndef ONNX_WINDOW_H
#define ONNX_WINDOW_H

#include "onnx_call.h"

enum { ONNX_SPACE = 3 };

typedef struct onnx_window {
    int n; /* axes that the window slides along: all of x but the first two */
    int in[ONNX_SPACE], kernel[ONNX_SPACE], stride[ONNX_SPACE], dilation[ONNX_SPACE], out[ONNX_SPACE];
    int front[ONNX_SPACE], behind[ONNX_SPACE]; /* padding; behind: also what ceil_mode asks for */
    int said[ONNX_SPACE];                      /* of behind, what the file says: this counts in means with padding */
} onnx_window;

/* For an image of these sizes (images, channels, space ...); kernel: where the file has no kernel_shape, or NULL. */
bool onnx_window_read(onnx_window *w, const onnx_node *node, int rank, const int *dim, const int *kernel,
                      nn_error *err);

#endif
