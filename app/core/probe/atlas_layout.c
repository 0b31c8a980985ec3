/* atlas_layout.c - from many dimensions to two. */
#include "atlas.h"
#include "nn/rng.h"
#include <string.h>

/* ---- principal components ---------------------------------------------------------------------------------------- */

enum { POWER_ROUNDS = 60 };

static double dot_product(const float *a, const float *b, int count)
{
    double sum = 0;
    for (int i = 0; i < count; i++)
        sum += (double)a[i] * (double)b[i];
    return sum;
}

static void scale_to_one(float *v, int count)
{
    double length = sqrt(dot_product(v, v, count));
    for (int i = 0; i < count; i++)
        v[i] = length > 0 ? (float)((double)v[i] / length) : 0;
}

/* along = (rows - mean) axis; axis becomes (rows - mean)^T along, without what lies along `other` (NULL: none). */
static void power_step(const float *rows, int n, int dims, const float *mean, float *axis, const float *other,
                       float *along)
{
    double shift = dot_product(mean, axis, dims), sum = 0;
    for (int i = 0; i < n; i++) {
        along[i] = (float)(dot_product(rows + (ptrdiff_t)i * dims, axis, dims) - shift);
        sum += (double)along[i];
    }
    memset(axis, 0, (size_t)dims * sizeof *axis);
    for (int i = 0; i < n; i++)
        for (int k = 0; k < dims; k++)
            axis[k] += along[i] * rows[(ptrdiff_t)i * dims + k];
    for (int k = 0; k < dims; k++)
        axis[k] -= (float)sum * mean[k];
    double common = other ? dot_product(axis, other, dims) : 0;
    for (int k = 0; k < dims && other; k++)
        axis[k] -= (float)common * other[k];
    scale_to_one(axis, dims);
}

void atlas_project(const float *rows, int n, int dims, float (*to)[2], float *room)
{
    float *mean = room, *first = room + dims, *second = first + dims, *along = second + dims;
    memset(mean, 0, (size_t)dims * sizeof *mean);
    for (int i = 0; i < n; i++)
        for (int k = 0; k < dims; k++)
            mean[k] += rows[(ptrdiff_t)i * dims + k] / (float)n;
    for (int axis = 0; axis < 2; axis++) {
        float *v = axis ? second : first;
        for (int k = 0; k < dims; k++)
            v[k] = nn_normal(1 + (uint64_t)axis, (uint64_t)k);
        for (int round = 0; round < POWER_ROUNDS; round++)
            power_step(rows, n, dims, mean, v, axis ? first : NULL, along);
        double shift = dot_product(mean, v, dims);
        for (int i = 0; i < n; i++)
            to[i][axis] = (float)(dot_product(rows + (ptrdiff_t)i * dims, v, dims) - shift);
    }
}

/* ---- neighbours -------------------------------------------------------------------------------------------------- */

/* Into the list of one row, which has `count`; returns how many it has then. */
static int insert(int *list, float *distance, int count, int which, float d)
{
    int at = count;
    while (at > 0 && distance[at - 1] > d)
        at--;
    if (at == ATLAS_NEIGHBOURS)
        return count;
    count = count < ATLAS_NEIGHBOURS ? count + 1 : count;
    memmove(list + at + 1, list + at, (size_t)(count - 1 - at) * sizeof *list);
    memmove(distance + at + 1, distance + at, (size_t)(count - 1 - at) * sizeof *distance);
    list[at] = which;
    distance[at] = d;
    return count;
}

void atlas_neighbours(const float *rows, int n, int dims, int *list, float *distance)
{
    for (int i = 0; i < n; i++) {
        int count = 0;
        const float *a = rows + (ptrdiff_t)i * dims;
        for (int j = 0; j < n; j++) {
            const float *b = rows + (ptrdiff_t)j * dims;
            float sum = 0;
            for (int k = 0; k < dims; k++)
                sum += (a[k] - b[k]) * (a[k] - b[k]);
            if (j != i)
                count = insert(list + i * ATLAS_NEIGHBOURS, distance + i * ATLAS_NEIGHBOURS, count, j, sqrtf(sum));
        }
    }
}

/* ---- UMAP -------------------------------------------------------------------------------------------------------- */

enum { SETTLE_ROUNDS = 150, REPELLED = 5 /* others for each neighbour */, HALVINGS = 24 };

static const float curve_a = 1.577f, curve_b = 0.895f; /* of 1 / (1 + a d^2b), for a least distance of 0.1 */
static const float spread = 10;                        /* of the places at the start */
static const float most_step = 4;

/* The width of a row's neighbourhood: the weights exp(-(d - least) / width) of its neighbours sum to log2 of their
 * number. */
static float width_of(const float *distance)
{
    float low = 0, high = 1e6f, wanted = log2f(ATLAS_NEIGHBOURS);
    for (int i = 0; i < HALVINGS * 2; i++) {
        float sum = 0, middle = low > 0 ? sqrtf(low * high) : 0.5f * high;
        for (int k = 0; k < ATLAS_NEIGHBOURS; k++)
            sum += expf(-(distance[k] - distance[0]) / middle);
        *(sum > wanted ? &high : &low) = middle;
    }
    return high;
}

static float within(float v)
{
    return fminf(fmaxf(v, -most_step), most_step);
}

/* Both come together. */
static void attract(float a[2], float b[2], float rate)
{
    float x = a[0] - b[0], y = a[1] - b[1], d2 = x * x + y * y;
    if (d2 <= 0)
        return;
    float p = powf(d2, curve_b), pull = -2 * curve_a * curve_b * p / d2 / (1 + curve_a * p);
    a[0] += rate * within(pull * x), a[1] += rate * within(pull * y);
    b[0] -= rate * within(pull * x), b[1] -= rate * within(pull * y);
}

/* The first one leaves the other. */
static void repel(float a[2], const float b[2], float rate)
{
    float x = a[0] - b[0], y = a[1] - b[1], d2 = x * x + y * y;
    float push = 2 * curve_b / ((0.001f + d2) * (1 + curve_a * powf(d2, curve_b)));
    a[0] += rate * within(push * x), a[1] += rate * within(push * y);
}

/* The same chances every time. */
static void settle_round(float (*place)[2], int n, const int *list, const float *distance, const float *width,
                         int round)
{
    float rate = 1 - (float)round / SETTLE_ROUNDS;
    for (int i = 0; i < n; i++) {
        uint64_t key = nn_key((uint64_t)round, (uint64_t)i);
        for (int k = 0; k < ATLAS_NEIGHBOURS; k++) {
            const float *d = distance + i * ATLAS_NEIGHBOURS;
            if (nn_uniform(key, (uint64_t)k) > expf(-(d[k] - d[0]) / width[i]))
                continue;
            attract(place[i], place[list[i * ATLAS_NEIGHBOURS + k]], rate);
            for (int r = 0; r < REPELLED; r++) {
                int other = (int)(nn_bits(key, (uint64_t)(ATLAS_NEIGHBOURS + k * REPELLED + r)) % (uint64_t)n);
                if (other != i)
                    repel(place[i], place[other], rate);
            }
        }
    }
}

void atlas_settle(float (*place)[2], int n, const int *list, const float *distance, float *width)
{
    float most = 1e-6f;
    for (int i = 0; i < n; i++) {
        most = fmaxf(most, fmaxf(fabsf(place[i][0]), fabsf(place[i][1])));
        width[i] = width_of(distance + i * ATLAS_NEIGHBOURS);
    }
    for (int i = 0; i < n; i++)
        for (int axis = 0; axis < 2; axis++)
            place[i][axis] = place[i][axis] * spread / most + 1e-3f * nn_normal((uint64_t)axis, (uint64_t)i);
    for (int round = 0; round < SETTLE_ROUNDS; round++)
        settle_round(place, n, list, distance, width, round);
}

/* ---- room for each ----------------------------------------------------------------------------------------------- */

enum { SEPARATE_ROUNDS = 80 };

/* Both make half of the way that is missing. */
static void part(float a[2], float b[2], float least)
{
    float x = a[0] - b[0], y = a[1] - b[1], d2 = x * x + y * y;
    if (d2 >= least * least || d2 <= 0)
        return;
    float d = sqrtf(d2), share = 0.25f * (least - d) / d;
    a[0] += share * x, a[1] += share * y;
    b[0] -= share * x, b[1] -= share * y;
}

void atlas_separate(float (*place)[2], int n, float least)
{
    for (int round = 0; round < SEPARATE_ROUNDS; round++)
        for (int i = 0; i < n; i++)
            for (int j = 0; j < i; j++)
                part(place[i], place[j], least);
}
