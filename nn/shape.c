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
static int slide(int in, int span, int stride, double padding_before, double padding_after, int *before)
{
    if (padding_before == NN_SAME) {
        int out = (in + stride - 1) / stride, total = (out - 1) * stride + span - in;
        *before = total > 0 ? total / 2 : 0;
        return out;
    }
    bool valid = padding_before == NN_VALID;
    *before = valid ? 0 : (int)padding_before;
    int padded = in + *before + (valid ? 0 : (int)padding_after);
    return padded < span ? 0 : (padded - span) / stride + 1;
}

void nn_window_slide(nn_window *w, nn_shape in, const double padding[NN_SIDES])
{
    w->out_h = slide(in.h, nn_span_h(w), w->stride, padding[NN_TOP], padding[NN_BOTTOM], &w->top);
    w->out_w = slide(in.w, nn_span_w(w), w->stride, padding[NN_LEFT], padding[NN_RIGHT], &w->left);
}

bool nn_window_check(const nn_window *w, nn_shape in, const double padding[NN_SIDES], nn_error *err)
{
    int high = nn_span_h(w), wide = nn_span_w(w);
    for (int side = 0; side < NN_SIDES; side++)
        if (padding[side] >= (side == NN_TOP || side == NN_BOTTOM ? high : wide))
            return nn_fail(err, NN_FORMAT, 0, "padding of %d would hold a whole window of %dx%d", (int)padding[side],
                           high, wide);
    if (w->out_h == 0 || w->out_w == 0)
        return nn_fail(err, NN_FORMAT, 0, "a window of %dx%d does not fit into %dx%d", high, wide, in.h, in.w);
    return true;
}
