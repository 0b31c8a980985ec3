/* isa.h - all that distinguishes the variants of nn/layers and nn/kernels: the suffix of their names, the width of a
 * vector, how many of them there are, and three moves for which compilers lack words. Each has a form for any
 * processor. */
#ifndef NN_ISA_H
#define NN_ISA_H

#include <stddef.h>
#include <stdint.h>
#if defined(__SSE2__)
#include <immintrin.h>
#endif

#define NN_JOIN2(name, isa) name##_##isa
#define NN_JOIN(name, isa)  NN_JOIN2(name, isa)
#define NN_VARIANT(name)    NN_JOIN(name, NN_ISA)

/* Before a loop of few, constant rounds over an array of vectors: without it GCC keeps the array in memory. Clang
 * does not, and would spill with it. */
#ifdef __clang__
#define NN_UNROLL
#else
#define NN_UNROLL _Pragma("GCC unroll 16")
#endif

typedef float nn_vector __attribute__((vector_size(NN_VECTOR_BYTES), aligned(4), may_alias));
typedef int32_t nn_mask __attribute__((vector_size(NN_VECTOR_BYTES)));

typedef int32_t nn_ints __attribute__((vector_size(NN_VECTOR_BYTES), aligned(4), may_alias));
typedef int16_t nn_shorts __attribute__((vector_size(NN_VECTOR_BYTES), aligned(2), may_alias));
typedef int16_t nn_half_shorts __attribute__((vector_size(NN_VECTOR_BYTES / 2), aligned(2), may_alias));

/* Of a product's tile, two vectors wide: its sums leave registers for both factors (32, 16 or 16 registers). */
#if NN_VECTOR_BYTES == 64 || (NN_VECTOR_BYTES == 32 && defined(__AVX512VL__))
#define NN_ROWS 8
#elif NN_VECTOR_BYTES == 32
#define NN_ROWS 6
#else
#define NN_ROWS 4
#endif

enum { NN_LANES = NN_VECTOR_BYTES / 4, NN_SHORTS = NN_VECTOR_BYTES / 2 };

static inline nn_vector nn_load(const float *from)
{
    return *(const nn_vector *)(const void *)from;
}

static inline void nn_store(float *to, nn_vector value)
{
    *(nn_vector *)(void *)to = value;
}

/* The first n floats and zeros: what lies beyond is not read. */
static inline nn_vector nn_load_first(const float *from, int n)
{
    if (n >= NN_LANES)
        return nn_load(from);
#if NN_VECTOR_BYTES == 64 && defined(__AVX512F__)
    return (nn_vector)_mm512_maskz_loadu_ps((__mmask16)((1u << n) - 1), from);
#elif NN_VECTOR_BYTES == 32 && defined(__AVX512VL__)
    return (nn_vector)_mm256_maskz_loadu_ps((__mmask8)((1u << n) - 1), from);
#elif NN_VECTOR_BYTES == 32 && defined(__AVX__)
    static const int32_t mask[2 * NN_LANES] = {-1, -1, -1, -1, -1, -1, -1, -1};
    return (nn_vector)_mm256_maskload_ps(from, _mm256_loadu_si256((const __m256i *)(mask + NN_LANES - n)));
#else
    float first[NN_LANES] = {0};
    for (int i = 0; i < n; i++)
        first[i] = from[i];
    return nn_load(first);
#endif
}

/* The first n lanes: what lies beyond is not touched. In halves, as masked stores are slow on some processors. */
static inline void nn_store_first(float *to, nn_vector value, int n)
{
    float lanes[NN_LANES];
    if (n >= NN_LANES) {
        nn_store(to, value);
        return;
    }
    nn_store(lanes, value);
    const float *from = lanes;
    for (int half = NN_LANES / 2; half > 0; half /= 2)
        if (n & half) {
            __builtin_memcpy(to, from, (size_t)half * sizeof(float));
            to += half;
            from += half;
        }
}

/* The larger of both; NaN in value stays. */
static inline nn_vector nn_at_least(nn_vector value, nn_vector least)
{
    nn_mask below = (nn_mask)(value < least);
    return (nn_vector)(((nn_mask)least & below) | ((nn_mask)value & ~below));
}

/* sum + a b, of the two pairs of shorts that lie over each int. */
static inline nn_ints nn_add_pairs(nn_ints sum, nn_shorts a, nn_shorts b)
{
#if NN_VECTOR_BYTES == 64 && defined(__AVX512VNNI__)
    return (nn_ints)_mm512_dpwssd_epi32((__m512i)sum, (__m512i)a, (__m512i)b);
#elif NN_VECTOR_BYTES == 64 && defined(__AVX512BW__)
    return sum + (nn_ints)_mm512_madd_epi16((__m512i)a, (__m512i)b);
#elif NN_VECTOR_BYTES == 32 && defined(__AVX2__)
    return sum + (nn_ints)_mm256_madd_epi16((__m256i)a, (__m256i)b);
#elif NN_VECTOR_BYTES == 16 && defined(__SSE2__)
    return sum + (nn_ints)_mm_madd_epi16((__m128i)a, (__m128i)b);
#else
    nn_ints both_a = (nn_ints)a, both_b = (nn_ints)b;
    return sum + (both_a << 16 >> 16) * (both_b << 16 >> 16) + (both_a >> 16) * (both_b >> 16);
#endif
}

#endif
