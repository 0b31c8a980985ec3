/* shape.c - products that cannot overflow, windows that fit. */
#include "shape.h"
#include <stdint.h>

bool nn_size_mul(size_t a, size_t b, size_t *out)
{
    if (a != 0 && b > SIZE_MAX / a)
        return false;
    *out = a * b;
    return true;
}

/* Outputs along one side of `in` pixels, and the padding before it. */
static int slide(int in, int k, int stride, nn_padding padding, int *before)
{
    *before = 0;
    if (padding == NN_VALID)
        return in < k ? 0 : (in - k) / stride + 1;
    int out = (in + stride - 1) / stride;
    int total = (out - 1) * stride + k - in;
    if (total > 0)
        *before = total / 2;
    return out;
}

bool nn_window_plan(nn_window *window, nn_shape in, int kh, int kw, int stride, nn_padding padding)
{
    *window = (nn_window){.kh = kh, .kw = kw, .stride = stride};
    window->out_h = slide(in.h, kh, stride, padding, &window->top);
    window->out_w = slide(in.w, kw, stride, padding, &window->left);
    return window->out_h > 0 && window->out_w > 0;
}
