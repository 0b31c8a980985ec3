/* export.h - a model as a file for other programs.
 *
 *     nn_model --> ONNX (opset 13) | Keras 3 | safetensors as PyTorch names things | a C header
 *
 * All of them read images with ink = 1 in 0..1, of the size that the network reads, and give probabilities: the
 * convention and the temperature stand in the network itself. Only safetensors, which hold no network, say both in their
 * metadata. Each kind of layer has a row in the table of each writer; what has none is refused by its name. */
#ifndef EXPORT_H
#define EXPORT_H

#include "app/core/buffer.h"
#include "nn/nn.h"

typedef enum export_format { EXPORT_ONNX, EXPORT_KERAS, EXPORT_SAFETENSORS, EXPORT_C, EXPORT_FORMATS } export_format;
#define EXPORT_WORDS "onnx|keras|safetensors|c"

/* What a file is by the ending of its name: .onnx, .keras, .safetensors, .h; EXPORT_FORMATS for any other. */
export_format export_format_of(const char *path);

/* Gives a path the ending of a format, in place of that of another one; where that does not fit, it stays. */
void export_rename(char *path, size_t size, export_format format);

/* The bytes of the file; *out starts as {0} and is the caller's to buffer_free, also on failure. */
bool export_model(buffer *out, const nn_model *model, export_format format, nn_error *err);

/* The model as a file of `bytes`. One of our own models is not replaced: it holds what an export does not, how the network
 * was trained and what it is unsure of. */
bool export_save(const char *path, const nn_model *model, export_format format, size_t *bytes, nn_error *err);

/* One for each format. */
bool export_onnx(buffer *out, const nn_model *model, nn_error *err);
bool export_keras(buffer *out, const nn_model *model, nn_error *err);
bool export_safetensors(buffer *out, const nn_model *model, nn_error *err);
bool export_c(buffer *out, const nn_model *model, nn_error *err);

#endif
