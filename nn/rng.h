/* rng.h - counter-based random numbers: a value is a pure function of (key, counter), so no state is saved, shared or
 * ordered, and results do not depend on the number of threads. Mixing: SplitMix64's finaliser (Steele et al. 2014). */
#ifndef NN_RNG_H
#define NN_RNG_H

#include <math.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

static inline uint64_t nn_mix(uint64_t x)
{
    x ^= x >> 30;
    x *= 0xbf58476d1ce4e5b9u;
    x ^= x >> 27;
    x *= 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

/* A key made from two: (seed, epoch), (that, image)... */
static inline uint64_t nn_key(uint64_t a, uint64_t b)
{
    return nn_mix(a + 0x9e3779b97f4a7c15u * (b + 1));
}

static inline uint64_t nn_bits(uint64_t key, uint64_t counter)
{
    return nn_key(key, counter);
}

/* Uniform in [0, 1), a multiple of 2^-24. */
static inline float nn_uniform(uint64_t key, uint64_t counter)
{
    return (float)(nn_bits(key, counter) >> 40) * 0x1p-24f;
}

/* Uniform in [-1, 1). */
static inline float nn_signed(uint64_t key, uint64_t counter)
{
    return 2.0f * nn_uniform(key, counter) - 1.0f;
}

/* Standard normal, by Box and Muller; uses the counters 2 * counter and 2 * counter + 1 of the key. */
static inline float nn_normal(uint64_t key, uint64_t counter)
{
    float u = 1.0f - nn_uniform(key, 2 * counter);
    float angle = 6.28318531f * nn_uniform(key, 2 * counter + 1);
    return sqrtf(-2.0f * logf(u)) * cosf(angle);
}

/* Puts 0..n-1 into order in a random order (Fisher and Yates). */
static inline void nn_shuffle(int *order, int n, uint64_t key)
{
    for (int i = 0; i < n; i++)
        order[i] = i;
    for (int i = n - 1; i > 0; i--) {
        int j = (int)(nn_bits(key, (uint64_t)i) % (uint64_t)(i + 1)), moved = order[i];
        order[i] = order[j];
        order[j] = moved;
    }
}

#ifdef __cplusplus
}
#endif

#endif
