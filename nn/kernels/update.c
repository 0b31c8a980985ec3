/* update.c - the loops over all weights at the end of a step. */
#include "kernels.h"
#include <math.h>

void nn_adam(const nn_adam_step *s, float *restrict w, float *restrict m, float *restrict v, const float *restrict g,
             size_t n)
{
    for (size_t i = 0; i < n; i++) {
        m[i] = s->beta1 * m[i] + (1.0f - s->beta1) * g[i];
        v[i] = s->beta2 * v[i] + (1.0f - s->beta2) * g[i] * g[i];
        w[i] -= s->decay * w[i] + s->rate * m[i] / (sqrtf(v[i]) * s->correct + s->epsilon);
    }
}

void nn_momentum(float lr, float mu, float *restrict w, float *restrict m, const float *restrict g, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        m[i] = mu * m[i] + g[i];
        w[i] -= lr * (g[i] + mu * m[i]);
    }
}

void nn_follow(float *restrict average, const float *restrict w, float pace, size_t n)
{
    for (size_t i = 0; i < n; i++)
        average[i] += pace * (w[i] - average[i]);
}

void nn_accumulate(float *restrict sum, const float *restrict more, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sum[i] += more[i];
}
