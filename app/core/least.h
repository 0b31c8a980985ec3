/* least.h - the lesser and the greater of two numbers. C's fminf is a call in GCC, for the sake of numbers that are
 * none; where these are used there are none. */
#ifndef LEAST_H
#define LEAST_H

static inline float least(float a, float b)
{
    return a < b ? a : b;
}

static inline float most(float a, float b)
{
    return a > b ? a : b;
}

#endif
