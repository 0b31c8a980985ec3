/* safetensors.h - the container of model files and checkpoints, read strictly. Internal to nn.
 *
 * Bytes: header length (8, little endian), JSON header padded with spaces to a multiple of 8, float buffer. Header:
 * an object of "__metadata__" (strings) and per tensor {"dtype":"F32","shape":[...],"data_offsets":[begin,end]}; "F16" in
 * histories alone. The tensors must be exactly those expected, in the order of their names, contiguous from 0 to the end of the file. */
#ifndef NN_SAFETENSORS_H
#define NN_SAFETENSORS_H

#include "nn.h"
#include <jansson.h>

typedef struct nn_tensor {
    const char *name;
    int rank, dim[4];
    bool half;        /* of 16 bits each (half.h): F16, and not F32 */
    const void *data; /* for writing: floats or halves */
} nn_tensor;

/* metadata: an object of strings, borrowed; NULL means out of memory. *data is the caller's to nn_free. NN_USAGE where a
 * value is not finite, as such a file could not be read. */
bool nn_safetensors_write(const json_t *metadata, const nn_tensor *tensors, int count, unsigned char **data,
                          size_t *len, nn_error *err);

/* Reads the header alone; *header is the caller's to json_decref. */
bool nn_safetensors_open(const unsigned char *data, size_t len, json_t **header, nn_error *err);

/* Checks that the file holds exactly these tensors (given in the order of their names) with finite values. *values
 * points to the buffer in data, where they lie one after the other; copy it with nn_floats_copy. */
bool nn_safetensors_check(const unsigned char *data, size_t len, const json_t *header, const nn_tensor *tensors,
                          int count, const unsigned char **values, nn_error *err);

/* Copies floats from a file's bytes to memory or the other way, changing the byte order where the machine's is not
 * little endian. */
void nn_floats_copy(void *to, const void *from, size_t count);
void nn_halves_copy(void *to, const void *from, size_t count); /* of halves */

/* An entry of __metadata__, NULL if there is none. */
const char *nn_metadata_text(const json_t *header, const char *key);

/* Says that an entry is missing or wrong; false. */
bool nn_metadata_wrong(nn_error *err, const char *key);

#endif
