/* tflite.h - models of TensorFlow Lite, now LiteRT: what Keras and TensorFlow are converted to for small devices. */
#ifndef TFLITE_H
#define TFLITE_H

#include "app/core/foreign/foreign.h"

/* Reads the content of a file. Weights in whole numbers become the real ones that they stand for. */
bool tflite_read(foreign *out, const char *path, const unsigned char *data, size_t len, nn_error *err);

#endif
