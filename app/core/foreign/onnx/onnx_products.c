/* onnx_products.c - operators that sum: matrix products, normalisation, softmax, means. */
#include "onnx_call.h"
#include <string.h>

/* ---- matrix products ---------------------------------------------------------------------------------------------- */

/* A matrix within a tensor: value (i, j) lies at i * row + j * column. */
typedef struct matrix {
    const double *value;
    int rows, columns;
    size_t row, column;
} matrix;

static matrix matrix_of(const onnx_tensor *t, bool transposed)
{
    int rows = t->dim[0], columns = t->dim[1];
    return transposed ? (matrix){t->value, columns, rows, 1, (size_t)columns}
                      : (matrix){t->value, rows, columns, (size_t)columns, 1};
}

static void multiply(const matrix *a, const matrix *b, double *y)
{
    for (int i = 0; i < a->rows; i++)
        for (int j = 0; j < b->columns; j++) {
            double sum = 0;
            for (int k = 0; k < a->columns; k++)
                sum += a->value[(size_t)i * a->row + (size_t)k * a->column] *
                       b->value[(size_t)k * b->row + (size_t)j * b->column];
            *y++ = sum;
        }
}

/* y = alpha A B + beta C, where C may be repeated over rows and columns. */
bool onnx_gemm(onnx_call *c)
{
    const onnx_tensor *x, *weights = onnx_in(c, 1), *bias = onnx_in(c, 2);
    if (!onnx_first(c, &x))
        return false;
    if (!weights || x->rank != 2 || weights->rank != 2)
        return nn_fail(c->err, NN_FORMAT, 0, "%s: shapes that do not fit", c->node->type);
    matrix a = matrix_of(x, onnx_whole(c->node, "transA", 0) != 0),
           b = matrix_of(weights, onnx_whole(c->node, "transB", 0) != 0);
    int rows = bias && bias->rank > 1 ? bias->dim[bias->rank - 2] : 1;
    int columns = bias && bias->rank > 0 ? bias->dim[bias->rank - 1] : 1;
    if (a.columns != b.rows || (rows != 1 && rows != a.rows) || (columns != 1 && columns != b.columns) ||
        (bias && bias->count != (size_t)rows * (size_t)columns))
        return nn_fail(c->err, NN_FORMAT, 0, "%s: shapes that do not fit", c->node->type);
    if (!onnx_out(c, 0, x->type, 2, (int[]){a.rows, b.columns}) || !onnx_spend(c, (double)c->out[0].count * a.columns))
        return false;
    double alpha = onnx_real(c->node, "alpha", 1), beta = onnx_real(c->node, "beta", 1), *y = c->out[0].value;
    multiply(&a, &b, y);
    for (int i = 0; i < a.rows; i++)
        for (int j = 0; j < b.columns; j++, y++)
            *y = alpha * *y + (bias ? beta * bias->value[(rows > 1 ? i : 0) * columns + (columns > 1 ? j : 0)] : 0);
    return true;
}

/* With an axis of 1 where a vector is no matrix. */
static onnx_tensor at_least_matrix(const onnx_tensor *t, bool row)
{
    onnx_tensor m = *t;
    if (t->rank == 1) {
        m.rank = 2;
        m.dim[0] = row ? 1 : t->dim[0];
        m.dim[1] = row ? t->dim[0] : 1;
    }
    return m;
}

/* Which of t's matrices belongs to matrix number i of the result. */
static size_t matrix_index(const onnx_tensor *t, size_t i, int rank, const int *dim)
{
    size_t at = 0, step = 1;
    for (int k = rank - 3; k >= 0; k--) {
        size_t place = i % (size_t)dim[k];
        i /= (size_t)dim[k];
        int axis = k - rank + t->rank;
        if (axis >= 0) {
            at += t->dim[axis] > 1 ? place * step : 0;
            step *= (size_t)t->dim[axis];
        }
    }
    return at;
}

/* The axes before the last two may be repeated. */
static bool stack_sizes(const onnx_tensor *a, const onnx_tensor *b, int rank, int *dim)
{
    for (int k = 0; k < rank - 2; k++) {
        int i = k - rank + a->rank, j = k - rank + b->rank, x = i >= 0 ? a->dim[i] : 1, y = j >= 0 ? b->dim[j] : 1;
        if (x != y && x != 1 && y != 1)
            return false;
        dim[k] = x == 1 ? y : x;
    }
    return true;
}

bool onnx_matmul(onnx_call *c)
{
    const onnx_tensor *x, *y = onnx_in(c, 1);
    int dim[ONNX_RANK];
    if (!onnx_first(c, &x))
        return false;
    if (!y || x->rank < 1 || y->rank < 1)
        return nn_fail(c->err, NN_FORMAT, 0, "%s: shapes that do not fit", c->node->type);
    onnx_tensor a = at_least_matrix(x, true), b = at_least_matrix(y, false);
    int rank = a.rank > b.rank ? a.rank : b.rank, rows = a.dim[a.rank - 2], columns = b.dim[b.rank - 1];
    int sum = a.dim[a.rank - 1];
    if (sum != b.dim[b.rank - 2] || !stack_sizes(&a, &b, rank, dim))
        return nn_fail(c->err, NN_FORMAT, 0, "%s: shapes that do not fit", c->node->type);
    int n = rank - 2;
    if (x->rank > 1)
        dim[n++] = rows;
    if (y->rank > 1)
        dim[n++] = columns;
    if (!onnx_out(c, 0, x->type, n, dim) || !onnx_spend(c, (double)c->out[0].count * sum))
        return false;
    size_t each = (size_t)rows * (size_t)columns, stack = each ? c->out[0].count / each : 0;
    for (size_t i = 0; i < stack; i++) {
        matrix m = {a.value + matrix_index(&a, i, rank, dim) * (size_t)rows * (size_t)sum, rows, sum, (size_t)sum, 1};
        matrix w = {b.value + matrix_index(&b, i, rank, dim) * (size_t)sum * (size_t)columns, sum, columns,
                    (size_t)columns, 1};
        multiply(&m, &w, c->out[0].value + i * each);
    }
    return true;
}

/* ---- normalisation ------------------------------------------------------------------------------------------------ */

/* Channel k's mean and variance over all images, as in training. */
static void measure(const onnx_tensor *x, size_t k, size_t inner, double *mean, double *variance)
{
    size_t channels = (size_t)x->dim[1], n = x->count / channels;
    double sum = 0, squares = 0;
    for (size_t i = 0; i < x->count; i++)
        sum += i / inner % channels == k ? x->value[i] : 0;
    *mean = sum / (double)n;
    for (size_t i = 0; i < x->count; i++)
        squares += i / inner % channels == k ? pow(x->value[i] - *mean, 2) : 0;
    *variance = squares / (double)n;
}

/* In training: statistics of the batch, and the running ones follow them. */
static bool normalize_batch(onnx_call *c, const onnx_tensor *const in[5], size_t inner, onnx_tensor used[2])
{
    double keep = onnx_real(c->node, "momentum", 0.9);
    for (size_t k = 0; k < (size_t)in[0]->dim[1]; k++)
        measure(in[0], k, inner, &used[0].value[k], &used[1].value[k]);
    for (int i = 1; i < c->n_out && i < 3; i++) {
        if (!onnx_out(c, i, in[2 + i]->type, 1, (int[]){in[0]->dim[1]}))
            return false;
        for (size_t k = 0; k < used[0].count; k++)
            c->out[i].value[k] = in[2 + i]->value[k] * keep + used[i - 1].value[k] * (1 - keep);
    }
    return true;
}

static bool normalize(onnx_call *c, const onnx_tensor *const in[5], onnx_tensor used[2])
{
    const onnx_tensor *x = in[0];
    size_t channels = (size_t)x->dim[1], inner = 1;
    for (int i = 2; i < x->rank; i++)
        inner *= (size_t)x->dim[i];
    if (onnx_whole(c->node, "training_mode", 0) && !normalize_batch(c, in, inner, used))
        return false;
    double epsilon = onnx_real(c->node, "epsilon", 1e-5);
    for (size_t i = 0; i < x->count; i++) {
        size_t k = i / inner % channels;
        c->out[0].value[i] =
            (x->value[i] - used[0].value[k]) / sqrt(used[1].value[k] + epsilon) * in[1]->value[k] + in[2]->value[k];
    }
    return true;
}

bool onnx_batch_normalization(onnx_call *c)
{
    const onnx_tensor *in[5];
    for (int i = 0; i < 5; i++) {
        in[i] = onnx_in(c, i);
        if (!in[i] || in[0]->rank < 2 || in[0]->count == 0 || (i > 0 && in[i]->count != (size_t)in[0]->dim[1]))
            return nn_fail(c->err, NN_FORMAT, 0, "%s: shapes that do not fit", c->node->type);
    }
    onnx_tensor used[2] = {0}; /* mean, variance */
    bool ok = onnx_tensor_copy(&used[0], in[3], c->err) && onnx_tensor_copy(&used[1], in[4], c->err) &&
              onnx_out(c, 0, in[0]->type, in[0]->rank, in[0]->dim) && normalize(c, in, used);
    onnx_tensor_free(&used[0]);
    onnx_tensor_free(&used[1]);
    return ok;
}

/* ---- softmax: (outer, n, inner) ------------------------------------------------------------------------------------ */

static void softmax_row(const double *x, double *y, size_t n, size_t step, bool logs)
{
    double top = -(double)INFINITY, sum = 0;
    for (size_t i = 0; i < n; i++)
        top = fmax(top, x[i * step]);
    for (size_t i = 0; i < n; i++)
        sum += exp(x[i * step] - top);
    for (size_t i = 0; i < n; i++)
        y[i * step] = logs ? x[i * step] - top - log(sum) : exp(x[i * step] - top) / sum;
}

/* Before opset 13 the axis and all behind it were one. */
static bool soften(onnx_call *c, bool logs)
{
    const onnx_tensor *x;
    int axis;
    if (!onnx_first(c, &x) ||
        !onnx_axis(c, (double)onnx_whole(c->node, "axis", c->opset < 13 ? 1 : -1), x->rank, c->opset < 13, &axis) ||
        !onnx_out(c, 0, x->type, x->rank, x->dim))
        return false;
    size_t n = 1, inner = 1;
    for (int i = axis; i < x->rank; i++)
        *(i == axis || c->opset < 13 ? &n : &inner) *= (size_t)x->dim[i];
    for (size_t row = 0; n > 0 && row < x->count / n; row++) {
        size_t at = row / inner * n * inner + row % inner;
        softmax_row(x->value + at, c->out[0].value + at, n, inner, logs);
    }
    return true;
}

bool onnx_softmax(onnx_call *c)
{
    return soften(c, false);
}

bool onnx_log_softmax(onnx_call *c)
{
    return soften(c, true);
}

/* ---- sums along axes ---------------------------------------------------------------------------------------------- */

static bool find_reduced(onnx_call *c, const onnx_tensor *x, bool reduced[ONNX_RANK])
{
    double axis[2 * ONNX_RANK];
    int n;
    if (!onnx_numbers(c, "axes", 1, axis, &n))
        return false;
    bool none = n <= 0, all = none && !onnx_whole(c->node, "noop_with_empty_axes", 0);
    for (int i = 0; i < x->rank; i++)
        reduced[i] = all;
    return none || onnx_mark_axes(c, axis, n, x->rank, reduced);
}

static bool reduce(onnx_call *c, bool mean)
{
    const onnx_tensor *x;
    bool reduced[ONNX_RANK];
    int dim[ONNX_RANK], rank = 0, index[ONNX_RANK] = {0};
    size_t step[ONNX_RANK] = {0}, inner = 1;
    if (!onnx_first(c, &x) || !find_reduced(c, x, reduced))
        return false;
    for (int i = 0; i < x->rank; i++)
        if (!reduced[i] || onnx_whole(c->node, "keepdims", 1))
            dim[rank++] = reduced[i] ? 1 : x->dim[i];
    for (int i = x->rank - 1; i >= 0; i--) {
        step[i] = reduced[i] ? 0 : inner;
        inner *= reduced[i] ? 1 : (size_t)x->dim[i];
    }
    if (!onnx_out(c, 0, x->type, rank, dim))
        return false;
    double share = mean ? (double)c->out[0].count / (double)x->count : 1;
    for (size_t i = 0; i < x->count; i++, onnx_next(x->rank, x->dim, index)) {
        size_t at = 0;
        for (int k = 0; k < x->rank; k++)
            at += step[k] * (size_t)index[k];
        c->out[0].value[at] += x->value[i] * share;
    }
    return true;
}

bool onnx_reduce_mean(onnx_call *c)
{
    return reduce(c, true);
}

bool onnx_reduce_sum(onnx_call *c)
{
    return reduce(c, false);
}
