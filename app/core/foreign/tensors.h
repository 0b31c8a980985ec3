/* tensors.h - safetensors that Digitscope did not write. */
#ifndef TENSORS_H
#define TENSORS_H

#include "foreign.h"

/* Candidates for a file of weights, or the one network that its metadata names, as exports of ours do. A data set and the
 * state of a training are refused. `out` is to be foreign_freed also on failure. */
bool tensors_read(foreign *out, const char *path, const unsigned char *data, size_t len, nn_error *err);

#endif
