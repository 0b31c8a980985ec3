/* weight_history.c - the moments, and the weights of each. */
#include "weight_history.h"
#include "nn/half.h"
#include "nn/safetensors.h"

/* The step that is kept after this one. */
static int next_step(int step, double ratio, int last)
{
    double next = ceil(step * ratio);
    if (next < step + 1)
        next = step + 1;
    return next < last ? (int)next : last;
}

/* Moments from 0 to the last step. */
static int count_moments(double ratio, int last)
{
    int count = 1;
    for (int step = 0; step < last; step = next_step(step, ratio, last))
        count++;
    return count;
}

/* The least with which all moments have room. */
static double find_ratio(int most, int last)
{
    double low = 1, high = last + 1.0;
    for (int i = 0; i < 60; i++) {
        double middle = 0.5 * (low + high);
        if (count_moments(middle, last) <= most)
            high = middle;
        else
            low = middle;
    }
    return high;
}

bool weight_history_new(weight_history *self, size_t floats, int steps, nn_error *err)
{
    size_t room = WEIGHT_HISTORY_BYTES / (floats * sizeof *self->weights);
    *self = (weight_history){.floats = floats, .last = steps > 0 ? steps : 1};
    self->most = room < 3 ? 3 : room < WEIGHT_MOMENTS ? (int)room : WEIGHT_MOMENTS;
    self->ratio = find_ratio(self->most, self->last);
    self->weights = nn_alloc((size_t)self->most * floats, sizeof *self->weights);
    return self->weights || nn_fail(err, NN_NOMEM, 0, "out of memory for the weights");
}

bool weight_history_restore(weight_history *self, size_t floats, int count, const unsigned char *halves, nn_error *err)
{
    self->floats = floats;
    self->most = count;
    self->weights = nn_alloc((size_t)count * floats, sizeof *self->weights);
    if (!self->weights)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the weights");
    nn_halves_copy(self->weights, halves, (size_t)count * floats);
    self->count = count;
    return true;
}

void weight_history_free(weight_history *self)
{
    nn_free(self->weights);
    *self = (weight_history){0};
}

bool weight_history_add(weight_history *self, int step, const float *weights)
{
    int n = self->count;
    bool wanted = n == 0 || step >= next_step(self->step[n - 1], self->ratio, self->last);
    if (!wanted || n == self->most)
        return false;
    uint16_t *to = self->weights + (size_t)n * self->floats;
    for (size_t i = 0; i < self->floats; i++) {
        to[i] = nn_half_from(weights[i]);
        if (!nn_half_is_finite(to[i]))
            return false;
    }
    self->step[n] = step;
    self->count = n + 1;
    return true;
}

void weight_history_get(const weight_history *self, int i, float *weights)
{
    const uint16_t *from = self->weights + (size_t)i * self->floats;
    for (size_t k = 0; k < self->floats; k++)
        weights[k] = nn_half_to(from[k]);
}
