/* onnx_tensor.c - types of values, and how they lie in files. */
#include "onnx_tensor.h"
#include "nn/half.h"
#include <string.h>

static const struct {
    size_t bytes;
    bool real;
    double least, most;
} types[] = {
    [ONNX_FLOAT] = {4, true, 0, 0},
    [ONNX_UINT8] = {1, false, 0, 0xff},
    [ONNX_INT8] = {1, false, -0x80, 0x7f},
    [ONNX_UINT16] = {2, false, 0, 0xffff},
    [ONNX_INT16] = {2, false, -0x8000, 0x7fff},
    [ONNX_INT32] = {4, false, -0x1p31, 0x1p31 - 1},
    [ONNX_INT64] = {8, false, -0x1p63, 0x1p63},
    [ONNX_BOOL] = {1, false, 0, 1},
    [ONNX_FLOAT16] = {2, true, 0, 0},
    [ONNX_DOUBLE] = {8, true, 0, 0},
    [ONNX_UINT32] = {4, false, 0, 0x1p32 - 1},
    [ONNX_UINT64] = {8, false, 0, 0x1p64},
    [ONNX_BFLOAT16] = {2, true, 0, 0},
};

size_t onnx_type_bytes(onnx_type type)
{
    return (size_t)type < sizeof types / sizeof *types ? types[type].bytes : 0;
}

bool onnx_type_is_real(onnx_type type)
{
    return types[type].real;
}

void onnx_type_range(onnx_type type, double *least, double *most)
{
    *least = types[type].least;
    *most = types[type].most;
}

bool onnx_tensor_new(onnx_tensor *t, onnx_type type, int rank, const int *dim, nn_error *err)
{
    *t = (onnx_tensor){.type = type, .rank = rank, .count = 1};
    if (onnx_type_bytes(type) == 0)
        return nn_fail(err, NN_FORMAT, 0, "values of a type that is not read (number %d)", (int)type);
    if (rank < 0 || rank > ONNX_RANK)
        return nn_fail(err, NN_LIMIT, 0, "a tensor of %d axes, at most %d", rank, ONNX_RANK);
    for (int i = 0; i < rank; i++) {
        if (dim[i] < 0 || (dim[i] > 0 && t->count > ONNX_MOST_VALUES / (size_t)dim[i]))
            return nn_fail(err, NN_LIMIT, 0, "a tensor of more than %d values", ONNX_MOST_VALUES);
        t->dim[i] = dim[i];
        t->count *= (size_t)dim[i];
    }
    t->value = nn_alloc(t->count + 1, sizeof *t->value); /* not NULL where there are no values */
    return t->value || nn_fail(err, NN_NOMEM, 0, "out of memory for a tensor");
}

void onnx_tensor_free(onnx_tensor *t)
{
    nn_free(t->value);
    *t = (onnx_tensor){0};
}

bool onnx_tensor_copy(onnx_tensor *t, const onnx_tensor *from, nn_error *err)
{
    if (!onnx_tensor_new(t, from->type, from->rank, from->dim, err))
        return false;
    memcpy(t->value, from->value, from->count * sizeof *t->value);
    return true;
}

/* ---- values ------------------------------------------------------------------------------------------------------- */

static double value_of_float(uint64_t bits)
{
    uint32_t word = (uint32_t)bits;
    float value;
    memcpy(&value, &word, sizeof value);
    return (double)value;
}

double onnx_value_of_bits(onnx_type type, uint64_t bits)
{
    double value;
    switch (type) {
    case ONNX_FLOAT: return value_of_float(bits);
    case ONNX_BFLOAT16: return value_of_float(bits << 16);
    case ONNX_FLOAT16: return (double)nn_half_to((uint16_t)bits);
    case ONNX_DOUBLE: memcpy(&value, &bits, sizeof value); return value;
    case ONNX_INT8: return (int8_t)bits;
    case ONNX_INT16: return (int16_t)bits;
    case ONNX_INT32: return (int32_t)bits;
    case ONNX_INT64: return (double)(int64_t)bits;
    default: return (double)bits;
    }
}

void onnx_tensor_decode(onnx_tensor *t, const unsigned char *bytes)
{
    size_t size = onnx_type_bytes(t->type);
    for (size_t i = 0; i < t->count; i++, bytes += size) {
        uint64_t bits = 0;
        for (size_t k = 0; k < size; k++)
            bits |= (uint64_t)bytes[k] << 8 * k;
        t->value[i] = onnx_value_of_bits(t->type, bits);
    }
}

/* The nearest value of `digits` binary digits whose last one counts at least 2^least. Halves go to the even one. */
static double nearest(double x, int digits, int least)
{
    int exponent;
    frexp(x, &exponent);
    int last = exponent - digits > least ? exponent - digits : least;
    return ldexp(rint(ldexp(x, -last)), last);
}

/* Whole numbers lose what is behind the point, and wrap around. */
static double wrapped(double x, double least, double most)
{
    double whole = trunc(x), span = most - least + 1;
    return whole < least || whole > most ? whole - span * floor((whole - least) / span) : whole;
}

static double rounded(onnx_type type, double x)
{
    if (!isfinite(x))
        return x;
    switch (type) {
    case ONNX_FLOAT: return (double)(float)x;
    case ONNX_DOUBLE: return x;
    case ONNX_FLOAT16: return fabs(x) >= 65520 ? copysign((double)INFINITY, x) : nearest(x, 11, -24);
    case ONNX_BFLOAT16: return nearest(x, 8, -133);
    case ONNX_BOOL: return x != 0;
    case ONNX_INT64:
    case ONNX_UINT64: return trunc(x);
    default: return wrapped(x, types[type].least, types[type].most);
    }
}

void onnx_tensor_round(onnx_tensor *t)
{
    for (size_t i = 0; i < t->count; i++)
        t->value[i] = rounded(t->type, t->value[i]);
}

void onnx_strides(const onnx_tensor *t, size_t stride[ONNX_RANK])
{
    size_t step = 1;
    for (int i = t->rank - 1; i >= 0; i--) {
        stride[i] = t->dim[i] == 1 ? 0 : step;
        step *= (size_t)t->dim[i];
    }
}
