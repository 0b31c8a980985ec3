/* onnx_window.c - settings of convolution and pooling to sizes, and those operators on tensors. */
#include "onnx_window.h"
#include <string.h>

/* One number for each axis of space, from the setting's place `from` on. */
static bool sizes(const onnx_node *node, const char *name, int n, size_t from, int least, int out[ONNX_SPACE],
                  nn_error *err)
{
    const onnx_attr *attr = onnx_attr_of(node, name);
    for (int i = 0; attr && attr->n_wholes && i < n; i++) {
        int64_t size = from + (size_t)i < attr->n_wholes ? attr->wholes[from + (size_t)i] : -1;
        if (size < least || size > NN_MAX_DIM)
            return nn_fail(err, NN_FORMAT, 0, "%s: %s of a size that is not read", node->type, name);
        out[i] = (int)size;
    }
    return true;
}

static void pad_as_input(onnx_window *w, int i, int span, bool odd_in_front)
{
    int out = (w->in[i] + w->stride[i] - 1) / w->stride[i], total = (out - 1) * w->stride[i] + span - w->in[i];
    total = total > 0 ? total : 0;
    w->front[i] = odd_in_front ? total - total / 2 : total / 2;
    w->behind[i] = total - w->front[i];
}

/* Outputs along an axis, and padding where words say how much. */
static bool slide(onnx_window *w, int i, const onnx_node *node, nn_error *err)
{
    int span = (w->kernel[i] - 1) * w->dilation[i] + 1;
    bool lower = onnx_word_is(node, "auto_pad", "SAME_LOWER");
    if (lower || onnx_word_is(node, "auto_pad", "SAME_UPPER"))
        pad_as_input(w, i, span, lower);
    else if (onnx_word_is(node, "auto_pad", "VALID"))
        w->front[i] = w->behind[i] = 0;
    w->said[i] = w->behind[i];
    int room = w->in[i] + w->front[i] + w->behind[i] - span;
    if (room < 0)
        return nn_fail(err, NN_FORMAT, 0, "%s: a window that is larger than its image", node->type);
    w->out[i] = room / w->stride[i] + 1;
    if (onnx_whole(node, "ceil_mode", 0) && room % w->stride[i] > 0 &&
        w->out[i] * w->stride[i] < w->in[i] + w->front[i]) { /* no window begins behind the image */
        w->behind[i] += w->stride[i] - room % w->stride[i];
        w->out[i]++;
    }
    return true;
}

bool onnx_window_read(onnx_window *w, const onnx_node *node, int rank, const int *dim, const int *kernel, nn_error *err)
{
    *w = (onnx_window){.n = rank - 2};
    if (w->n < 1 || w->n > ONNX_SPACE)
        return nn_fail(err, NN_FORMAT, 0, "%s over %d axes", node->type, rank);
    for (int i = 0; i < w->n; i++) {
        w->in[i] = dim[i + 2];
        w->kernel[i] = kernel ? kernel[i] : 0;
        w->stride[i] = w->dilation[i] = 1;
    }
    if (!sizes(node, "kernel_shape", w->n, 0, 1, w->kernel, err) ||
        !sizes(node, "strides", w->n, 0, 1, w->stride, err) ||
        !sizes(node, "dilations", w->n, 0, 1, w->dilation, err) || !sizes(node, "pads", w->n, 0, 0, w->front, err) ||
        !sizes(node, "pads", w->n, (size_t)w->n, 0, w->behind, err))
        return false;
    for (int i = 0; i < w->n; i++) {
        if (w->kernel[i] < 1 || w->kernel[i] > NN_MAX_DIM || w->in[i] < 1)
            return nn_fail(err, NN_FORMAT, 0, "%s: a window without a size", node->type);
        if (!slide(w, i, node, err))
            return false;
    }
    return true;
}

/* ---- on tensors --------------------------------------------------------------------------------------------------- */

static size_t product(const int *size, int n)
{
    size_t all = 1;
    for (int i = 0; i < n; i++)
        all *= (size_t)size[i];
    return all;
}

/* Where tap `tap` of the window at `place` lies in its image, -1: outside. *counts: it is within the padding at least. */
static ptrdiff_t tap_at(const onnx_window *w, const int *place, const int *tap, bool *counts)
{
    ptrdiff_t at = 0;
    bool in = true;
    *counts = true;
    for (int i = 0; i < w->n; i++) {
        int x = place[i] * w->stride[i] - w->front[i] + tap[i] * w->dilation[i];
        in = in && x >= 0 && x < w->in[i];
        *counts = *counts && x < w->in[i] + w->said[i];
        at = at * w->in[i] + x;
    }
    return in ? at : -1;
}

/* (images, channels) and the window's outputs. */
static bool make_output(onnx_call *c, const onnx_window *w, const onnx_tensor *x, int channels)
{
    int dim[ONNX_RANK] = {x->dim[0], channels};
    memcpy(dim + 2, w->out, (size_t)w->n * sizeof *dim);
    return onnx_out(c, 0, x->type, x->rank, dim) &&
           onnx_spend(c, (double)c->out[0].count * (double)product(w->kernel, w->n));
}

typedef struct pooled {
    double sum, most;
    int inside, counted;
} pooled;

static pooled pool_window(const onnx_window *w, const double *image, const int *place)
{
    pooled p = {.most = -(double)INFINITY};
    int tap[ONNX_SPACE] = {0};
    for (size_t t = product(w->kernel, w->n); t > 0; t--, onnx_next(w->n, w->kernel, tap)) {
        bool counts;
        ptrdiff_t at = tap_at(w, place, tap, &counts);
        p.counted += counts;
        if (at < 0)
            continue;
        p.inside++;
        p.sum += image[at];
        p.most = fmax(p.most, image[at]);
    }
    return p;
}

static bool pool(onnx_call *c, const onnx_window *w, double (*result)(const pooled *p, bool padding), bool padding)
{
    const onnx_tensor *x = onnx_in(c, 0);
    if (!make_output(c, w, x, x->dim[1]))
        return false;
    size_t outs = product(w->out, w->n), ins = product(w->in, w->n);
    int place[ONNX_SPACE] = {0};
    for (size_t i = 0; i < c->out[0].count; i++, onnx_next(w->n, w->out, place)) {
        pooled p = pool_window(w, x->value + i / outs * ins, place);
        c->out[0].value[i] = result(&p, padding);
    }
    return true;
}

static double greatest(const pooled *p, bool padding)
{
    (void)padding;
    return p->most;
}

static double mean(const pooled *p, bool padding)
{
    return p->sum / (padding ? p->counted : p->inside);
}

bool onnx_max_pool(onnx_call *c)
{
    const onnx_tensor *x;
    onnx_window w;
    if (c->n_out > 1)
        return nn_fail(c->err, NN_FORMAT, 0, "MaxPool: where maxima lie is not read");
    return onnx_first(c, &x) && onnx_window_read(&w, c->node, x->rank, x->dim, NULL, c->err) &&
           pool(c, &w, greatest, false);
}

bool onnx_average_pool(onnx_call *c)
{
    const onnx_tensor *x;
    onnx_window w;
    return onnx_first(c, &x) && onnx_window_read(&w, c->node, x->rank, x->dim, NULL, c->err) &&
           pool(c, &w, mean, onnx_whole(c->node, "count_include_pad", 0) != 0);
}

static bool pool_all(onnx_call *c, double (*result)(const pooled *p, bool padding))
{
    const onnx_tensor *x;
    onnx_window w;
    if (!onnx_first(c, &x) || !onnx_window_read(&w, c->node, x->rank, x->dim, x->dim + 2, c->err))
        return false;
    return pool(c, &w, result, false);
}

bool onnx_global_max_pool(onnx_call *c)
{
    return pool_all(c, greatest);
}

bool onnx_global_average_pool(onnx_call *c)
{
    return pool_all(c, mean);
}

/* One output: channel o of the window at `place`. kernel (inputs of a group, taps) */
static double convolve(const onnx_window *w, const double *image, const double *kernel, int inputs, const int *place)
{
    size_t taps = product(w->kernel, w->n), pixels = product(w->in, w->n);
    int tap[ONNX_SPACE] = {0};
    double sum = 0;
    for (size_t t = 0; t < taps; t++, onnx_next(w->n, w->kernel, tap)) {
        bool counts;
        ptrdiff_t at = tap_at(w, place, tap, &counts);
        for (int i = 0; at >= 0 && i < inputs; i++)
            sum += image[(size_t)i * pixels + (size_t)at] * kernel[(size_t)i * taps + t];
    }
    return sum;
}

bool onnx_conv(onnx_call *c)
{
    const onnx_tensor *x, *kernel = onnx_in(c, 1), *bias = onnx_in(c, 2);
    onnx_window w;
    int groups = (int)onnx_whole(c->node, "group", 1);
    if (!onnx_first(c, &x))
        return false;
    if (!kernel || kernel->rank != x->rank || groups < 1 || x->rank < 3 || kernel->dim[0] % groups ||
        kernel->dim[1] * groups != x->dim[1] || (bias && bias->count != (size_t)kernel->dim[0]))
        return nn_fail(c->err, NN_FORMAT, 0, "%s: shapes that do not fit", c->node->type);
    if (!onnx_window_read(&w, c->node, x->rank, x->dim, kernel->dim + 2, c->err))
        return false;
    if (memcmp(w.kernel, kernel->dim + 2, (size_t)w.n * sizeof *w.kernel) != 0)
        return nn_fail(c->err, NN_FORMAT, 0, "%s: shapes that do not fit", c->node->type);
    int filters = kernel->dim[0], inputs = kernel->dim[1], place[ONNX_SPACE] = {0};
    if (!make_output(c, &w, x, filters) || !onnx_spend(c, (double)c->out[0].count * (double)kernel->count / filters))
        return false;
    size_t outs = product(w.out, w.n), pixels = product(w.in, w.n), each = kernel->count / (size_t)filters;
    for (size_t i = 0; i < c->out[0].count; i++, onnx_next(w.n, w.out, place)) {
        size_t o = i / outs % (size_t)filters, image = i / outs / (size_t)filters;
        size_t channel = o / (size_t)(filters / groups) * (size_t)inputs;
        const double *from = x->value + (image * (size_t)x->dim[1] + channel) * pixels;
        c->out[0].value[i] = convolve(&w, from, kernel->value + o * each, inputs, place) + (bias ? bias->value[o] : 0);
    }
    return true;
}
