/* period.h - values of channels that lie from pixel to pixel: what belongs to each channel is repeated until it fills
 * whole vectors, so that a row of any number of channels is read vector by vector. */
#ifndef NN_PERIOD_H
#define NN_PERIOD_H

#include "nn/kernels/kernels.h"
#include <string.h>

/* After so many floats both channels and vectors begin anew. */
static inline int nn_period(int channels)
{
    int floats = NN_LANES;
    while (floats % channels)
        floats += NN_LANES;
    return floats;
}

static inline void nn_repeat(const float *values, int channels, float *repeated)
{
    for (int i = 0, period = nn_period(channels); i < period; i += channels)
        memcpy(repeated + i, values, (size_t)channels * sizeof(float));
}

/* The place of the next vector. */
static inline int nn_next_in_period(int at, int period)
{
    return at + NN_LANES == period ? 0 : at + NN_LANES;
}

static inline int nn_next_channel(int channel, int channels)
{
    return channel + 1 == channels ? 0 : channel + 1;
}

/* How many of the n values from i on are in the next vector. */
static inline int nn_lanes_left(size_t n, size_t i)
{
    return n - i < NN_LANES ? (int)(n - i) : NN_LANES;
}

/* sums[i] += sum of channel i over n values: two vectors at a time, as sums wait for each other. */
static inline void nn_sum_channels(const float *values, size_t n, int channels, float *sums)
{
    int period = nn_period(channels);
    for (int at = 0; at < period; at += NN_LANES) {
        nn_vector even = {0}, odd = {0};
        for (size_t i = (size_t)at; i < n; i += 2 * (size_t)period) {
            even += nn_load_first(values + i, nn_lanes_left(n, i));
            if (i + (size_t)period < n)
                odd += nn_load_first(values + i + period, nn_lanes_left(n, i + (size_t)period));
        }
        for (int lane = 0, channel = at % channels; lane < NN_LANES;
             lane++, channel = nn_next_channel(channel, channels))
            sums[channel] += (even + odd)[lane];
    }
}

#endif
