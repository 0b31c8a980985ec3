/* weights.c - fresh weights, and the check that they are finite. */
#include "nn.h"
#include "rng.h"
#include <math.h>

/* Kernels are normal with variance 2 / fan_in (He et al. 2015); the rest starts as its role says. */
static void init_param(const nn_param *param, float *values, uint64_t key)
{
    float deviation = sqrtf(2.0f / (float)param->fan_in);
    static const float start[] = {
        [NN_BIAS] = 0.0f, [NN_GAIN] = 1.0f, [NN_SLOPE] = 0.25f, [NN_MEAN] = 0.0f, [NN_VARIANCE] = 1.0f};
    for (size_t i = 0; i < param->count; i++)
        values[i] = param->role == NN_KERNEL ? deviation * nn_normal(key, i) : start[param->role];
}

float *nn_weights_new(const nn_plan *plan, uint64_t seed)
{
    float *weights = nn_alloc(plan->floats, sizeof *weights);
    if (!weights)
        return NULL;
    for (int i = 0; i < plan->n_params; i++)
        init_param(&plan->param[i], weights + plan->param[i].offset, nn_key(seed, (uint64_t)i));
    return weights;
}

size_t nn_first_not_finite(const float *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!isfinite(values[i]))
            return i;
    return count;
}
