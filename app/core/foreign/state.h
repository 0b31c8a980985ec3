/* state.h - the tensors of a file of weights by name, in the order of the file: what state dictionaries of PyTorch and
 * safetensors have in common. */
#ifndef STATE_H
#define STATE_H

#include "nn/nn.h"

enum { STATE_RANK = 4, STATE_NAME = 160, STATE_MAX = 4096 /* tensors */ };

typedef enum state_type {
    STATE_F16,
    STATE_BF16,
    STATE_F32,
    STATE_F64,
    STATE_WHOLE /* and whatever is no float */
} state_type;

typedef struct state_tensor {
    char name[STATE_NAME];  /* "features.0.weight" */
    int rank;               /* may exceed STATE_RANK; then values is NULL */
    size_t dim[STATE_RANK]; /* 0 behind the last */
    size_t count;
    float *values; /* row by row; NULL where they are no floats */
} state_tensor;

/* Starts as {0}. */
typedef struct state_dict {
    int n, room;
    state_tensor *tensor;
    size_t floats; /* of all tensors */
} state_dict;

/* A further tensor, its values zero or, where they are no floats, missing. NULL where there are too many or one is too
 * large. */
state_tensor *state_add(state_dict *self, const char *name, state_type type, int rank, const size_t *dim,
                        nn_error *err);
void state_free(state_dict *self);

/* Brings the tensors into the order of their names, numbers in these by value: for files that do not keep the order in
 * which layers were defined. */
void state_sort(state_dict *self);

/* Bytes of one value, and a value of a file's bytes, little endian, widened. */
size_t state_type_size(state_type type);
float state_value(state_type type, const unsigned char *bytes);

#endif
