/* onnx_tensor.h - tensors as ONNX has them: any rank, values row by row.
 *
 * All values are double, whatever their type: those of every type that is read fit into one (whole numbers up to 2^53),
 * so operators are written once. After each operator its results are rounded to their type. */
#ifndef ONNX_TENSOR_H
#define ONNX_TENSOR_H

#include "nn/nn.h"

enum { ONNX_RANK = 8, ONNX_MOST_VALUES = 1 << 25 };

/* Numbers as in the files. */
typedef enum onnx_type {
    ONNX_NO_TYPE = 0,
    ONNX_FLOAT = 1,
    ONNX_UINT8 = 2,
    ONNX_INT8 = 3,
    ONNX_UINT16 = 4,
    ONNX_INT16 = 5,
    ONNX_INT32 = 6,
    ONNX_INT64 = 7,
    ONNX_BOOL = 9,
    ONNX_FLOAT16 = 10,
    ONNX_DOUBLE = 11,
    ONNX_UINT32 = 12,
    ONNX_UINT64 = 13,
    ONNX_BFLOAT16 = 16
} onnx_type;

/* Starts as {0}. */
typedef struct onnx_tensor {
    onnx_type type;
    int rank, dim[ONNX_RANK];
    size_t count;
    double *value; /* nn_alloc; NULL: there is none */
} onnx_tensor;

/* Bytes of a value in a file; 0 where the type is not read: text, complex numbers, 4 and 8 bits. */
size_t onnx_type_bytes(onnx_type type);
bool onnx_type_is_real(onnx_type type);
void onnx_type_range(onnx_type type, double *least, double *most); /* of whole numbers */

/* Room for such a tensor, zero; sizes are checked. */
bool onnx_tensor_new(onnx_tensor *t, onnx_type type, int rank, const int *dim, nn_error *err);
void onnx_tensor_free(onnx_tensor *t);
bool onnx_tensor_copy(onnx_tensor *t, const onnx_tensor *from, nn_error *err);

/* From the bytes of a file, little endian: t->count of them. */
void onnx_tensor_decode(onnx_tensor *t, const unsigned char *bytes);

/* A value of the type as its bits, which hold it alone: float16 and bfloat16 come as whole numbers in typed fields. */
double onnx_value_of_bits(onnx_type type, uint64_t bits);

/* All values as their type can have them. */
void onnx_tensor_round(onnx_tensor *t);

/* From value to value along each axis; 0 for axes of size 1, so that they may be broadcast. */
void onnx_strides(const onnx_tensor *t, size_t stride[ONNX_RANK]);

#endif
