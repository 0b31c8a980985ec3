/* wire.h - Protocol Buffers as bytes: the few kinds of fields that ONNX files are made of.
 * https://protobuf.dev/programming-guides/encoding */
#ifndef EXPORT_WIRE_H
#define EXPORT_WIRE_H

#include "app/core/buffer.h"
#include <stdint.h>

void wire_number(buffer *b, int field, uint64_t value);
void wire_float(buffer *b, int field, float value);
void wire_text(buffer *b, int field, const char *text);
void wire_floats(buffer *b, int field, const float *values, size_t count); /* as one field of bytes, little endian */

/* A message within another: filled first, then put into its place and emptied. */
void wire_message(buffer *b, int field, buffer *message);

#endif
