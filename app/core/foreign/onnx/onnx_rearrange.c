/* onnx_rearrange.c - operators that move values, and change none. */
#include "onnx_call.h"
#include <limits.h>
#include <string.h>

/* ---- other shapes of the same values ------------------------------------------------------------------------------ */

/* The first input under other sizes. */
static bool see_as(onnx_call *c, int rank, const int *dim)
{
    const onnx_tensor *x = onnx_in(c, 0);
    if (!onnx_out(c, 0, x->type, rank, dim))
        return false;
    if (c->out[0].count != x->count)
        return nn_fail(c->err, NN_FORMAT, 0, "%s: a shape of another number of values", c->node->type);
    memcpy(c->out[0].value, x->value, x->count * sizeof *x->value);
    return true;
}

/* 0 is as before, -1 whatever is left. */
bool onnx_reshape(onnx_call *c)
{
    const onnx_tensor *x;
    double size[2 * ONNX_RANK];
    int n, dim[ONNX_RANK], open = -1;
    size_t known = 1;
    if (!onnx_first(c, &x) || !onnx_numbers(c, "shape", 1, size, &n))
        return false;
    if (n < 0 || n > ONNX_RANK)
        return nn_fail(c->err, NN_FORMAT, 0, "Reshape to %d axes", n);
    for (int i = 0; i < n; i++) {
        bool keeps = size[i] == 0 && i < x->rank && !onnx_whole(c->node, "allowzero", 0);
        dim[i] = keeps ? x->dim[i] : size[i] >= 0 && size[i] <= ONNX_MOST_VALUES ? (int)size[i] : 1;
        open = size[i] == -1 ? i : open;
        if (size[i] < -1 || size[i] > ONNX_MOST_VALUES || known > ONNX_MOST_VALUES)
            return nn_fail(c->err, NN_FORMAT, 0, "Reshape to an axis of %g values", size[i]);
        known *= (size_t)dim[i];
    }
    if (open >= 0 && known > 0)
        dim[open] = (int)(x->count / known);
    return see_as(c, n, dim);
}

bool onnx_flatten(onnx_call *c)
{
    const onnx_tensor *x;
    int axis, dim[2] = {1, 1};
    if (!onnx_first(c, &x) || !onnx_axis(c, (double)onnx_whole(c->node, "axis", 1), x->rank, true, &axis))
        return false;
    for (int i = 0; i < x->rank; i++)
        dim[i >= axis] *= x->dim[i];
    return see_as(c, 2, dim);
}

bool onnx_squeeze(onnx_call *c)
{
    const onnx_tensor *x;
    double axis[2 * ONNX_RANK];
    int n, rank = 0, dim[ONNX_RANK];
    bool gone[ONNX_RANK];
    if (!onnx_first(c, &x) || !onnx_numbers(c, "axes", 1, axis, &n) || !onnx_mark_axes(c, axis, n, x->rank, gone))
        return false;
    for (int i = 0; i < x->rank; i++)
        if (!(n < 0 ? x->dim[i] == 1 : gone[i]))
            dim[rank++] = x->dim[i];
    return see_as(c, rank, dim);
}

bool onnx_unsqueeze(onnx_call *c)
{
    const onnx_tensor *x;
    double axis[2 * ONNX_RANK];
    int n, next = 0, dim[ONNX_RANK];
    bool is_new[ONNX_RANK];
    if (!onnx_first(c, &x) || !onnx_numbers(c, "axes", 1, axis, &n))
        return false;
    int rank = x->rank + (n > 0 ? n : 0);
    if (rank > ONNX_RANK)
        return nn_fail(c->err, NN_LIMIT, 0, "Unsqueeze to %d axes", rank);
    if (!onnx_mark_axes(c, axis, n, rank, is_new))
        return false;
    for (int i = 0; i < rank; i++)
        dim[i] = is_new[i] || next == x->rank ? 1 : x->dim[next++];
    return see_as(c, rank, dim);
}

bool onnx_shape(onnx_call *c)
{
    const onnx_tensor *x;
    if (!onnx_first(c, &x))
        return false;
    double first = (double)onnx_whole(c->node, "start", 0), end = (double)onnx_whole(c->node, "end", x->rank);
    int from = (int)fmin(fmax(first < 0 ? first + x->rank : first, 0), x->rank);
    int to = (int)fmin(fmax(end < 0 ? end + x->rank : end, from), x->rank);
    if (!onnx_out(c, 0, ONNX_INT64, 1, (int[]){to - from}))
        return false;
    for (int i = from; i < to; i++)
        c->out[0].value[i - from] = x->dim[i];
    return true;
}

/* ---- constants ---------------------------------------------------------------------------------------------------- */

static bool give_list(onnx_call *c, onnx_type type, bool is_list, size_t n, const float *reals, const int64_t *wholes)
{
    if (n > ONNX_MOST_VALUES || !onnx_out(c, 0, type, is_list, (int[]){(int)n}))
        return false;
    for (size_t i = 0; i < n; i++)
        c->out[0].value[i] = reals ? (double)reals[i] : (double)wholes[i];
    return true;
}

bool onnx_constant(onnx_call *c)
{
    const onnx_attr *tensor = onnx_attr_of(c->node, "value"), *real = onnx_attr_of(c->node, "value_float"),
                    *whole = onnx_attr_of(c->node, "value_int"), *reals = onnx_attr_of(c->node, "value_floats"),
                    *wholes = onnx_attr_of(c->node, "value_ints");
    if (tensor && tensor->tensor.value)
        return onnx_tensor_copy(&c->out[0], &tensor->tensor, c->err);
    if (real)
        return give_list(c, ONNX_FLOAT, false, 1, &real->real, NULL);
    if (whole)
        return give_list(c, ONNX_INT64, false, 1, NULL, &whole->whole);
    if (reals)
        return give_list(c, ONNX_FLOAT, true, reals->n_reals, reals->reals, NULL);
    if (wholes)
        return give_list(c, ONNX_INT64, true, wholes->n_wholes, NULL, wholes->wholes);
    return nn_fail(c->err, NN_FORMAT, 0, "Constant of a kind that is not read");
}

bool onnx_constant_of_shape(onnx_call *c)
{
    const onnx_attr *value = onnx_attr_of(c->node, "value");
    const onnx_tensor *of = value && value->tensor.count == 1 ? &value->tensor : NULL;
    double size[2 * ONNX_RANK];
    int n, dim[ONNX_RANK];
    if (!onnx_numbers(c, "shape", 0, size, &n))
        return false;
    if (n > ONNX_RANK)
        return nn_fail(c->err, NN_LIMIT, 0, "a tensor of %d axes, at most %d", n, ONNX_RANK);
    for (int i = 0; i < n; i++)
        dim[i] = size[i] >= 0 && size[i] <= ONNX_MOST_VALUES ? (int)size[i] : -1;
    if (!onnx_out(c, 0, of ? of->type : ONNX_FLOAT, n > 0 ? n : 0, dim))
        return false;
    for (size_t i = 0; i < c->out[0].count; i++)
        c->out[0].value[i] = of ? of->value[0] : 0;
    return true;
}

/* ---- parts, and other orders: value (i, j, ..) of the result lies at base + i * step[0] + j * step[1] .. ---------- */

static void pick(const onnx_tensor *x, onnx_tensor *out, ptrdiff_t base, const ptrdiff_t *step)
{
    int index[ONNX_RANK] = {0};
    for (size_t i = 0; i < out->count; i++, onnx_next(out->rank, out->dim, index)) {
        ptrdiff_t at = base;
        for (int k = 0; k < out->rank; k++)
            at += step[k] * index[k];
        out->value[i] = x->value[at];
    }
}

static void steps_of(const onnx_tensor *x, ptrdiff_t step[ONNX_RANK])
{
    ptrdiff_t inner = 1;
    for (int i = x->rank - 1; i >= 0; i--) {
        step[i] = inner;
        inner *= x->dim[i];
    }
}

bool onnx_transpose(onnx_call *c)
{
    const onnx_tensor *x;
    double order[2 * ONNX_RANK];
    int n, dim[ONNX_RANK];
    bool marked[ONNX_RANK] = {false};
    ptrdiff_t from[ONNX_RANK], step[ONNX_RANK];
    if (!onnx_first(c, &x) || !onnx_numbers(c, "perm", INT_MAX, order, &n))
        return false;
    if (n >= 0 && n != x->rank)
        return nn_fail(c->err, NN_FORMAT, 0, "Transpose: an order that does not name each axis");
    steps_of(x, from);
    for (int i = 0; i < x->rank; i++) {
        int axis = x->rank - 1 - i;
        if (n >= 0 && !onnx_mark_axis(c, order[i], x->rank, marked, &axis))
            return false;
        dim[i] = x->dim[axis];
        step[i] = from[axis];
    }
    if (!onnx_out(c, 0, x->type, x->rank, dim))
        return false;
    pick(x, &c->out[0], 0, step);
    return true;
}

/* One axis of a slice: where it begins, and how many values it has. */
static int slice_axis(int size, double first, double end, double step, ptrdiff_t *begin)
{
    first = first < 0 ? first + size : first;
    end = end < 0 ? end + size : end;
    first = fmin(fmax(first, 0), step < 0 ? size - 1 : size);
    end = fmin(fmax(end, step < 0 ? -1 : 0), size);
    double n = ceil((end - first) / step);
    *begin = (ptrdiff_t)first;
    return n > 0 ? (int)n : 0;
}

bool onnx_slice(onnx_call *c)
{
    const onnx_tensor *x;
    double first[2 * ONNX_RANK], end[2 * ONNX_RANK], axes[2 * ONNX_RANK], steps[2 * ONNX_RANK];
    int n, n_end, n_axes, n_steps, dim[ONNX_RANK];
    bool marked[ONNX_RANK] = {false};
    ptrdiff_t step[ONNX_RANK], base = 0;
    if (!onnx_first(c, &x) || !onnx_numbers(c, "starts", 1, first, &n) || !onnx_numbers(c, "ends", 2, end, &n_end) ||
        !onnx_numbers(c, "axes", 3, axes, &n_axes) || !onnx_numbers(c, "steps", 4, steps, &n_steps))
        return false;
    if (n < 0 || n_end != n || (n_axes >= 0 && n_axes != n) || (n_steps >= 0 && n_steps != n))
        return nn_fail(c->err, NN_FORMAT, 0, "Slice: lists of different lengths");
    steps_of(x, step);
    memcpy(dim, x->dim, sizeof dim);
    for (int i = 0; i < n; i++) {
        int axis;
        double by = n_steps >= 0 ? steps[i] : 1;
        ptrdiff_t begin;
        if (!onnx_mark_axis(c, n_axes >= 0 ? axes[i] : i, x->rank, marked, &axis))
            return false;
        if (by == 0 || fabs(by) > INT_MAX)
            return nn_fail(c->err, NN_FORMAT, 0, "Slice by steps of %g", by);
        dim[axis] = slice_axis(x->dim[axis], first[i], end[i], by, &begin);
        base += begin * step[axis];
        step[axis] *= (ptrdiff_t)by;
    }
    if (!onnx_out(c, 0, x->type, x->rank, dim))
        return false;
    pick(x, &c->out[0], base, step);
    return true;
}

bool onnx_split(onnx_call *c)
{
    const onnx_tensor *x;
    double size[2 * ONNX_RANK];
    int n, axis, dim[ONNX_RANK], first = 0;
    ptrdiff_t step[ONNX_RANK];
    if (!onnx_first(c, &x) || !onnx_numbers(c, "split", 1, size, &n) ||
        !onnx_axis(c, (double)onnx_whole(c->node, "axis", 0), x->rank, false, &axis))
        return false;
    int part = (x->dim[axis] + c->n_out - 1) / c->n_out;
    steps_of(x, step);
    memcpy(dim, x->dim, sizeof dim);
    for (int i = 0; i < c->n_out; i++, first += dim[axis]) {
        int left = x->dim[axis] - first;
        dim[axis] = n < 0 ? (left < part ? left : part) : i < n && size[i] >= 0 && size[i] <= left ? (int)size[i] : -1;
        if (dim[axis] < 0)
            return nn_fail(c->err, NN_FORMAT, 0, "Split: parts that are no whole");
        if (!onnx_out(c, i, x->type, x->rank, dim))
            return false;
        pick(x, &c->out[i], first * step[axis], step);
    }
    return true;
}

/* ---- along an axis: (outer, along, inner) ------------------------------------------------------------------------- */

static size_t product(const int *dim, int from, int to)
{
    size_t all = 1;
    for (int i = from; i < to; i++)
        all *= (size_t)dim[i];
    return all;
}

bool onnx_concat(onnx_call *c)
{
    const onnx_tensor *x;
    int axis, dim[ONNX_RANK], along = 0;
    if (!onnx_first(c, &x) ||
        !onnx_axis(c, (double)onnx_whole(c->node, "axis", c->opset < 4 ? 1 : 0), x->rank, false, &axis))
        return false;
    memcpy(dim, x->dim, sizeof dim);
    for (int i = 0; i < c->n_in; i++) {
        const onnx_tensor *part = onnx_in(c, i);
        for (int k = 0; k < x->rank; k++)
            if (!part || part->rank != x->rank || (k != axis && part->dim[k] != x->dim[k]))
                return nn_fail(c->err, NN_FORMAT, 0, "%s: shapes that do not fit", c->node->type);
        along += part->dim[axis];
    }
    dim[axis] = along;
    if (!onnx_out(c, 0, x->type, x->rank, dim))
        return false;
    size_t outer = product(dim, 0, axis), inner = product(dim, axis + 1, x->rank);
    double *to = c->out[0].value;
    for (size_t o = 0; o < outer; o++)
        for (int i = 0; i < c->n_in; i++) {
            size_t run = (size_t)c->in[i]->dim[axis] * inner;
            memcpy(to, c->in[i]->value + o * run, run * sizeof *to);
            to += run;
        }
    return true;
}

bool onnx_gather(onnx_call *c)
{
    const onnx_tensor *x, *which = onnx_in(c, 1);
    int axis, rank = 0, dim[3 * ONNX_RANK];
    if (!onnx_first(c, &x) || !onnx_axis(c, (double)onnx_whole(c->node, "axis", 0), x->rank, false, &axis))
        return false;
    if (!which)
        return nn_fail(c->err, NN_FORMAT, 0, "Gather without indices");
    for (int i = 0; i < axis; i++)
        dim[rank++] = x->dim[i];
    for (int i = 0; i < which->rank; i++)
        dim[rank++] = which->dim[i];
    for (int i = axis + 1; i < x->rank; i++)
        dim[rank++] = x->dim[i];
    if (!onnx_out(c, 0, x->type, rank, dim))
        return false;
    size_t outer = product(x->dim, 0, axis), inner = product(x->dim, axis + 1, x->rank);
    double *to = c->out[0].value;
    for (size_t o = 0; o < outer; o++)
        for (size_t i = 0; i < which->count; i++, to += inner) {
            int at;
            if (!onnx_axis(c, which->value[i], x->dim[axis], false, &at))
                return false;
            memcpy(to, x->value + (o * (size_t)x->dim[axis] + (size_t)at) * inner, inner * sizeof *to);
        }
    return true;
}

/* ---- borders ------------------------------------------------------------------------------------------------------ */

typedef enum border { ZEROS, EDGE, REFLECT } border;

/* Place i of an axis of n values in front of which `front` were put, or -1: the constant. */
static int inside(int i, int front, int n, border mode)
{
    int at = i - front;
    if (at >= 0 && at < n)
        return at;
    if (mode == ZEROS)
        return -1;
    if (mode == EDGE)
        return at < 0 ? 0 : n - 1;
    return at < 0 ? -at : 2 * (n - 1) - at;
}

static void pad_into(const onnx_tensor *x, onnx_tensor *out, const int *front, border mode, double value)
{
    int index[ONNX_RANK] = {0};
    ptrdiff_t step[ONNX_RANK];
    steps_of(x, step);
    for (size_t i = 0; i < out->count; i++, onnx_next(out->rank, out->dim, index)) {
        ptrdiff_t at = 0;
        bool in = true;
        for (int k = 0; in && k < x->rank; k++) {
            int place = inside(index[k], front[k], x->dim[k], mode);
            in = place >= 0 && place < x->dim[k];
            at += in ? place * step[k] : 0;
        }
        out->value[i] = in ? x->value[at] : value;
    }
}

/* Sizes in front of and behind the axes that are named, or all. */
static bool pad_sizes(onnx_call *c, const onnx_tensor *x, int front[ONNX_RANK], int dim[ONNX_RANK])
{
    double pads[2 * ONNX_RANK], axes[2 * ONNX_RANK];
    bool marked[ONNX_RANK] = {false};
    int n, n_axes;
    if (!onnx_numbers(c, onnx_attr_of(c->node, "paddings") ? "paddings" : "pads", 1, pads, &n) ||
        !onnx_numbers(c, "axes", 3, axes, &n_axes))
        return false;
    int named = n_axes >= 0 ? n_axes : x->rank;
    memset(front, 0, ONNX_RANK * sizeof *front);
    memcpy(dim, x->dim, ONNX_RANK * sizeof *dim);
    for (int i = 0; i < named; i++) {
        int axis;
        if (n != 2 * named || fabs(pads[i]) > NN_MAX_DIM || fabs(pads[named + i]) > NN_MAX_DIM)
            return nn_fail(c->err, NN_FORMAT, 0, "Pad: sizes that do not fit");
        if (!onnx_mark_axis(c, n_axes >= 0 ? axes[i] : i, x->rank, marked, &axis))
            return false;
        front[axis] = (int)pads[i];
        dim[axis] = x->dim[axis] + (int)pads[i] + (int)pads[named + i];
    }
    return true;
}

bool onnx_pad(onnx_call *c)
{
    const onnx_tensor *x, *value = onnx_in(c, 2);
    int front[ONNX_RANK], dim[ONNX_RANK];
    border mode = onnx_word_is(c->node, "mode", "edge")      ? EDGE
                  : onnx_word_is(c->node, "mode", "reflect") ? REFLECT
                                                             : ZEROS;
    if (onnx_word_is(c->node, "mode", "wrap"))
        return nn_fail(c->err, NN_FORMAT, 0, "Pad that wraps around is not read");
    if (!onnx_first(c, &x) || !pad_sizes(c, x, front, dim) || !onnx_out(c, 0, x->type, x->rank, dim))
        return false;
    pad_into(x, &c->out[0], front, mode, value && value->count ? value->value[0] : onnx_real(c->node, "value", 0));
    return true;
}
