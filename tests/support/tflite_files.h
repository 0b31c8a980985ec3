/* tflite_files.h - a network as a file of TensorFlow Lite. */
#ifndef TFLITE_FILES_H
#define TFLITE_FILES_H

#include "app/core/buffer.h"
#include "nn/nn.h"

/* Of a network "input H W 1, conv N 3, relu, maxpool 2, flatten, dense K, softmax": what TensorFlow makes of it. whole:
 * the weights of the dense layer are in 8 bits, which changes them a little. */
void tflite_file(buffer *out, const nn_model *model, bool whole);

#endif
