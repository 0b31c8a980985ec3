/* half.h - floats of 16 bits (IEEE 754 binary16), for storing: 11 significant bits, up to 65504. */
#ifndef NN_HALF_H
#define NN_HALF_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Rounds to the nearest, ties to even; what is too large becomes infinite, what is too small 0. */
static inline uint16_t nn_half_from(float value)
{
    uint32_t bits, least;
    memcpy(&bits, &value, sizeof bits);
    uint32_t sign = bits >> 16 & 0x8000u, size = bits & 0x7fffffffu;
    if (size > 0x7f800000u)
        return (uint16_t)(sign | 0x7e00u); /* no number */
    if (size >= 0x47800000u)
        return (uint16_t)(sign | 0x7c00u); /* 65536 and more */
    if (size < 0x38800000u) {              /* below 2^-14: a multiple of 2^-24, which is the last bit of this sum */
        float sum = fabsf(value) + 0.5f;
        memcpy(&least, &sum, sizeof least);
        return (uint16_t)(sign | (least - 0x3f000000u));
    }
    size += 0xfffu + (size >> 13 & 1u);
    return (uint16_t)(sign | ((size - 0x38000000u) >> 13));
}

static inline float nn_half_to(uint16_t half)
{
    uint32_t bits, sign = (uint32_t)(half & 0x8000u) << 16, size = half & 0x7fffu;
    float value;
    if (size < 0x400u) {
        value = (float)size * 0x1p-24f;
        return sign ? -value : value;
    }
    bits = size < 0x7c00u ? sign | ((size << 13) + 0x38000000u) : sign | 0x7f800000u | size << 13;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline bool nn_half_is_finite(uint16_t half)
{
    return (half & 0x7c00u) != 0x7c00u;
}

#endif
