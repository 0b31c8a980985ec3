/* onnx_call.c - what operators have in common. */
#include "onnx_call.h"
#include <string.h>

bool onnx_spend(onnx_call *c, double steps)
{
    *c->work -= steps;
    return *c->work >= 0 || nn_fail(c->err, NN_LIMIT, 0, "%s: more work than a digit is worth", c->node->type);
}

bool onnx_out(onnx_call *c, int i, onnx_type type, int rank, const int *dim)
{
    onnx_tensor_free(&c->out[i]);
    return onnx_tensor_new(&c->out[i], type, rank, dim, c->err) && onnx_spend(c, (double)c->out[i].count);
}

const onnx_tensor *onnx_in(const onnx_call *c, int i)
{
    return i < c->n_in ? c->in[i] : NULL;
}

bool onnx_first(const onnx_call *c, const onnx_tensor **x)
{
    *x = onnx_in(c, 0);
    return *x || nn_fail(c->err, NN_FORMAT, 0, "%s without an input", c->node->type);
}

bool onnx_axis(onnx_call *c, double axis, int rank, bool behind, int *out)
{
    double at = axis < 0 ? axis + rank : axis;
    if (!(at >= 0 && at < rank + behind))
        return nn_fail(c->err, NN_FORMAT, 0, "%s: axis %g of %d", c->node->type, axis, rank);
    *out = (int)at;
    return true;
}

bool onnx_mark_axis(onnx_call *c, double axis, int rank, bool marked[ONNX_RANK], int *out)
{
    if (!onnx_axis(c, axis, rank, false, out))
        return false;
    if (marked[*out])
        return nn_fail(c->err, NN_FORMAT, 0, "%s: axis %d is named twice", c->node->type, *out);
    return marked[*out] = true;
}

bool onnx_mark_axes(onnx_call *c, const double *axis, int n, int rank, bool marked[ONNX_RANK])
{
    memset(marked, 0, ONNX_RANK * sizeof *marked);
    for (int i = 0; i < n; i++) {
        int at;
        if (!onnx_mark_axis(c, axis[i], rank, marked, &at))
            return false;
    }
    return true;
}

bool onnx_numbers(onnx_call *c, const char *name, int input, double *number, int *n)
{
    const onnx_attr *attr = onnx_attr_of(c->node, name);
    const onnx_tensor *given = onnx_in(c, input);
    size_t count = attr ? attr->n_wholes : given ? given->count : 0;
    *n = attr || given ? (int)count : -1;
    if (count > 2 * ONNX_RANK)
        return nn_fail(c->err, NN_LIMIT, 0, "%s: %zu numbers for %s", c->node->type, count, name);
    for (size_t i = 0; i < count; i++)
        number[i] = attr ? (double)attr->wholes[i] : given->value[i];
    return true;
}

void onnx_next(int rank, const int *dim, int *index)
{
    for (int i = rank - 1; i >= 0; i--) {
        if (++index[i] < dim[i])
            return;
        index[i] = 0;
    }
}
