/* isa.h - all that distinguishes the variants of nn/layers and nn/kernels: the suffix of their names, the width of a
 * vector, how many of them there are, and a few moves for which compilers lack words. Each has a form for any
 * processor. */
#ifndef NN_ISA_H
#define NN_ISA_H

#include <math.h>
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

/* Values in registers and in arrays, where no line of the cache ends within one; and as they lie anywhere in memory. */
typedef float nn_vector __attribute__((vector_size(NN_VECTOR_BYTES)));
typedef int32_t nn_mask __attribute__((vector_size(NN_VECTOR_BYTES)));
typedef int32_t nn_ints __attribute__((vector_size(NN_VECTOR_BYTES)));
typedef int16_t nn_shorts __attribute__((vector_size(NN_VECTOR_BYTES)));
typedef int16_t nn_half_shorts __attribute__((vector_size(NN_VECTOR_BYTES / 2)));
typedef nn_vector nn_vector_at __attribute__((aligned(4), may_alias));
typedef nn_ints nn_ints_at __attribute__((aligned(4), may_alias));
typedef nn_shorts nn_shorts_at __attribute__((aligned(2), may_alias));
typedef nn_half_shorts nn_half_shorts_at __attribute__((aligned(2), may_alias));

/* Of a product's tile, two vectors wide: its sums leave registers for both factors (32, 16 or 16 registers). And a macro for
 * each of the tiles of fewer rows: below NN_ROWS, and below twice as many. */
/* clang-format off */
#define NN_BELOW_4(X, vectors)  X(1, vectors) X(2, vectors) X(3, vectors)
#define NN_BELOW_6(X, vectors)  NN_BELOW_4(X, vectors) X(4, vectors) X(5, vectors)
#define NN_BELOW_8(X, vectors)  NN_BELOW_6(X, vectors) X(6, vectors) X(7, vectors)
#define NN_BELOW_12(X, vectors) NN_BELOW_8(X, vectors) X(8, vectors) X(9, vectors) X(10, vectors) X(11, vectors)
#define NN_BELOW_16(X, vectors) NN_BELOW_12(X, vectors) X(12, vectors) X(13, vectors) X(14, vectors) X(15, vectors)
/* clang-format on */
#if NN_VECTOR_BYTES == 64 || (NN_VECTOR_BYTES == 32 && defined(__AVX512VL__))
#define NN_ROWS             8
#define NN_BELOW_ROWS       NN_BELOW_8
#define NN_BELOW_TWICE_ROWS NN_BELOW_16
#elif NN_VECTOR_BYTES == 32
#define NN_ROWS             6
#define NN_BELOW_ROWS       NN_BELOW_6
#define NN_BELOW_TWICE_ROWS NN_BELOW_12
#else
#define NN_ROWS             4
#define NN_BELOW_ROWS       NN_BELOW_4
#define NN_BELOW_TWICE_ROWS NN_BELOW_8
#endif

enum { NN_LANES = NN_VECTOR_BYTES / 4, NN_SHORTS = NN_VECTOR_BYTES / 2 };

static inline nn_vector nn_load(const float *from)
{
    return *(const nn_vector_at *)(const void *)from;
}

static inline void nn_store(float *to, nn_vector value)
{
    *(nn_vector_at *)(void *)to = value;
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

/* ---- bfloat16: the upper half of a float. A pair of them is an int, whose lower half is the even one. ------------ */

#if NN_VECTOR_BYTES == 64 && defined(__AVX512BF16__)
#define NN_MULTIPLIES_PAIRS 1 /* else what follows is by floats, right but slower than these alone */
#else
#define NN_MULTIPLIES_PAIRS 0
#endif
#ifndef NN_MULTIPLIES_TILES /* of pairs: the build says so, as compilers have different names for it */
#define NN_MULTIPLIES_TILES 0
#endif

/* Rounded to the nearest, ties to even; NaN stays. */
static inline int32_t nn_round_pair(float even, float odd)
{
    uint32_t bits[2];
    __builtin_memcpy(&bits[0], &even, sizeof even);
    __builtin_memcpy(&bits[1], &odd, sizeof odd);
    bits[0] = isnan(even) ? bits[0] | 1u << 22 : bits[0] + 0x7fff + (bits[0] >> 16 & 1);
    bits[1] = isnan(odd) ? bits[1] | 1u << 22 : bits[1] + 0x7fff + (bits[1] >> 16 & 1);
    return (int32_t)(bits[0] >> 16 | (bits[1] & 0xffff0000));
}

/* Lane i: the pair even[i], odd[i]. */
static inline nn_ints nn_round_pairs(nn_vector even, nn_vector odd)
{
#if NN_MULTIPLIES_PAIRS
    static const nn_shorts turns = {0, 16, 1, 17, 2,  18, 3,  19, 4,  20, 5,  21, 6,  22, 7,  23,
                                    8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31};
    return (nn_ints)_mm512_permutexvar_epi16((__m512i)turns, (__m512i)_mm512_cvtne2ps_pbh((__m512)odd, (__m512)even));
#else
    nn_ints pairs;
    for (int i = 0; i < NN_LANES; i++)
        pairs[i] = nn_round_pair(even[i], odd[i]);
    return pairs;
#endif
}

/* Lane i: the pair of floats 2 i and 2 i + 1 of both vectors, first the one and then the other. */
static inline nn_ints nn_round_neighbours(nn_vector one, nn_vector other)
{
#if NN_MULTIPLIES_PAIRS
    return (nn_ints)_mm512_cvtne2ps_pbh((__m512)other, (__m512)one);
#else
    nn_ints pairs;
    for (int i = 0; i < NN_LANES; i++)
        pairs[i] = i < NN_LANES / 2 ? nn_round_pair(one[2 * i], one[2 * i + 1])
                                    : nn_round_pair(other[2 * i - NN_LANES], other[2 * i - NN_LANES + 1]);
    return pairs;
#endif
}

/* The pairs of a vector's neighbours, LANES / 2 of them. */
static inline void nn_store_rounded(int32_t *to, nn_vector value)
{
#if NN_MULTIPLIES_PAIRS
    _mm256_storeu_si256((__m256i *)to, (__m256i)_mm512_cvtneps_pbh((__m512)value));
#else
    for (int i = 0; i < NN_LANES / 2; i++)
        to[i] = nn_round_pair(value[2 * i], value[2 * i + 1]);
#endif
}

/* sum + a b, of both numbers of the pairs that lie in a lane. By name, as GCC's own word for it copies each sum. */
static inline nn_vector nn_add_dots(nn_vector sum, nn_ints a, nn_ints b)
{
#if NN_MULTIPLIES_PAIRS
    __asm__("vdpbf16ps %2, %1, %0" : "+v"(sum) : "v"(b), "v"(a));
    return sum;
#else
    const nn_ints upper = (nn_ints){0} + (int32_t)0xffff0000;
    return sum + (nn_vector)(a << 16) * (nn_vector)(b << 16) + (nn_vector)(a & upper) * (nn_vector)(b & upper);
#endif
}

#endif
