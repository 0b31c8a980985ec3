/* idx.h - the file format of MNIST: a big-endian header (magic, sizes), then numbers, bytes as a rule. */
#ifndef IDX_H
#define IDX_H

#include "array.h"
#include "dataset.h"
#include "nn/stream.h"

/* Reads the header, then exactly the numbers that it promises; the file must have no more, and must be long enough to
 * have so many. a->values is the caller's to nn_free. With header_only it stops there. */
bool idx_read(array *a, nn_stream *stream, bool header_only, nn_error *err);

/* Writes images and labels as the training part of a folder of data (data_source.h), which is made if it is not there;
 * with a file of names where they are no digits. What is there under these names is replaced. */
bool idx_save(const dataset *data, const char *folder, nn_error *err);

#endif
