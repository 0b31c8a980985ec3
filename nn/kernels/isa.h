/* isa.h - what distinguishes the variants of nn/layers and nn/kernels: the suffix of their names and the width of a vector. */
#ifndef NN_ISA_H
#define NN_ISA_H

#include <stdint.h>

#define NN_JOIN2(name, isa) name##_##isa
#define NN_JOIN(name, isa)  NN_JOIN2(name, isa)
#define NN_VARIANT(name)    NN_JOIN(name, NN_ISA)

/* Before a loop of few, constant rounds over an array of vectors: without it GCC keeps the array in memory. Clang does not, and
 * would spill with it. */
#ifdef __clang__
#define NN_UNROLL
#else
#define NN_UNROLL _Pragma("GCC unroll 16")
#endif

typedef float nn_vector __attribute__((vector_size(NN_VECTOR_BYTES), aligned(4), may_alias));
typedef int32_t nn_mask __attribute__((vector_size(NN_VECTOR_BYTES)));

enum { NN_LANES = NN_VECTOR_BYTES / 4 };

static inline nn_vector nn_load(const float *from)
{
    return *(const nn_vector *)(const void *)from;
}

static inline void nn_store(float *to, nn_vector value)
{
    *(nn_vector *)(void *)to = value;
}

/* The larger of both; NaN in value stays. */
static inline nn_vector nn_at_least(nn_vector value, nn_vector least)
{
    nn_mask below = (nn_mask)(value < least);
    return (nn_vector)(((nn_mask)least & below) | ((nn_mask)value & ~below));
}

#endif
