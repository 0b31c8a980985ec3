/* winograd.h - Winograd's transforms of one dimension, for those of floats and of whole numbers. */
#ifndef NN_WINOGRAD_H
#define NN_WINOGRAD_H

#include "kernels.h"

/* B^T times a column of vectors. Sums of whole numbers of up to b stay within 10 b. */
#define NN_INPUT_COLUMN(name, vector)                                                                        \
    static inline void name(const vector *d, vector *t, int step)                                            \
    {                                                                                                        \
        vector even = d[4] - 4 * d[2], odd = d[3] - 4 * d[1], half = d[4] - d[2], twice = 2 * (d[3] - d[1]); \
        t[0] = 4 * (d[0] - d[2]) + half;                                                                     \
        t[step] = even + odd;                                                                                \
        t[2 * step] = even - odd;                                                                            \
        t[3 * step] = half + twice;                                                                          \
        t[4 * step] = half - twice;                                                                          \
        t[5 * step] = 4 * (d[1] - d[3]) + (d[5] - d[3]);                                                     \
    }

/* A^T times a column of vectors. */
static inline void output_column(const nn_vector *m, nn_vector *y, int step)
{
    nn_vector s = m[1] + m[2], d = m[1] - m[2], s2 = m[3] + m[4], d2 = m[3] - m[4];
    y[0] = m[0] + s + s2;
    y[step] = d + 2.0f * d2;
    y[2 * step] = s + 4.0f * s2;
    y[3 * step] = d + 8.0f * d2 + m[5];
}

#endif
