/* convention.c - from an image in [0, 1] with ink = 1 to what a network was taught to read. */
#include "op.h"

bool nn_same_convention(const nn_convention *a, const nn_convention *b)
{
    return a->mean == b->mean && a->std == b->std && a->binary == b->binary && a->transposed == b->transposed;
}

bool nn_convention_fits(const nn_convention *self, nn_shape in)
{
    return fabsf(self->mean) <= 1e3f && fabsf(self->std) >= 1e-6f && fabsf(self->std) <= 1e3f &&
           (!self->transposed || in.h == in.w);
}

/* In place; what is no square stays as it is. */
static void transpose(float *image, nn_shape in)
{
    for (int y = 0; in.h == in.w && y < in.h; y++)
        for (int x = 0; x < y; x++)
            for (int c = 0; c < in.c; c++) {
                float *a = image + (y * in.w + x) * in.c + c, *b = image + (x * in.w + y) * in.c + c, v = *a;
                *a = *b;
                *b = v;
            }
}

void nn_convention_apply(const nn_convention *self, nn_shape in, const float *images, int n, float *to)
{
    size_t count = nn_shape_count(in), all = (size_t)n * count;
    float scale = 1.0f / self->std, mean = self->mean;
    if (self->binary)
        for (size_t i = 0; i < all; i++)
            to[i] = ((images[i] > 0.5f ? 1.0f : 0.0f) - mean) * scale;
    else
        for (size_t i = 0; i < all; i++)
            to[i] = (images[i] - mean) * scale;
    for (int i = 0; self->transposed && i < n; i++)
        transpose(to + (size_t)i * count, in);
}

void nn_convention_return(const nn_convention *self, nn_shape in, int n, float *gradient)
{
    size_t count = nn_shape_count(in), all = (size_t)n * count;
    for (size_t i = 0; i < all; i++)
        gradient[i] /= self->std;
    for (int i = 0; self->transposed && i < n; i++)
        transpose(gradient + (size_t)i * count, in);
}
