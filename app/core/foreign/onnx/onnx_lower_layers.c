/* onnx_lower_layers.c - convolution, pooling, means, dense layers and normalisation as layers. */
#include "nn/shape.h"
#include "onnx_call.h"
#include "onnx_lower.h"
#include "onnx_window.h"
#include <stdio.h>
#include <string.h>

/* ---- windows ------------------------------------------------------------------------------------------------------ */

/* Rows and columns of it: a signal is a picture of one row. Our layers make the same step along both: of what they give,
 * every every_h-th row and every_w-th column is taken. */
typedef struct flat_window {
    int kh, kw, stride, pad[NN_SIDES], dilation_h, dilation_w, out_h, out_w;
    int every_h, every_w, all_h, all_w; /* of so many */
} flat_window;

/* The greatest step of which both are multiples. */
static int common_step(int a, int b)
{
    while (b) {
        int rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* Outputs along an axis with that step. */
static int count_outputs(const onnx_window *w, int i, int step)
{
    int span = (w->kernel[i] - 1) * w->dilation[i] + 1;
    return (w->in[i] + w->front[i] + w->behind[i] - span) / step + 1;
}

static bool read_window(onnx_lowering *l, const onnx_node *node, const onnx_live *y, const int *kernel, flat_window *f)
{
    onnx_window w;
    if (!onnx_window_read(&w, node, y->rank, y->dim, kernel, l->err))
        return false;
    if (w.n > 2)
        return nn_fail(l->err, NN_FORMAT, 0, "%s over three axes is no layer for pictures", node->type);
    int r = w.n - 1; /* columns; rows are 0, if there are any */
    bool rows = w.n == 2;
    *f = (flat_window){rows ? w.kernel[0] : 1,
                       w.kernel[r],
                       w.stride[r],
                       {rows ? w.front[0] : 0, w.front[r], rows ? w.behind[0] : 0, w.behind[r]},
                       rows ? w.dilation[0] : 1,
                       w.dilation[r],
                       rows ? w.out[0] : 1,
                       w.out[r],
                       1,
                       1,
                       rows ? w.out[0] : 1,
                       w.out[r]};
    if (f->out_w == 1) /* then it makes no step along columns */
        f->stride = rows ? w.stride[0] : f->stride;
    else if (rows && f->out_h > 1 && w.stride[0] != w.stride[1]) {
        f->stride = common_step(w.stride[0], w.stride[1]);
        f->every_h = w.stride[0] / f->stride;
        f->every_w = w.stride[1] / f->stride;
        f->all_h = count_outputs(&w, 0, f->stride);
        f->all_w = count_outputs(&w, 1, f->stride);
    }
    return true;
}

/* Layers take padding that holds no whole window; more is a layer of its own. */
static void pad_before(onnx_lowering *l, onnx_live *y, flat_window *f)
{
    int span_h = (f->kh - 1) * f->dilation_h + 1, span_w = (f->kw - 1) * f->dilation_w + 1, *p = f->pad;
    if (p[NN_TOP] < span_h && p[NN_BOTTOM] < span_h && p[NN_LEFT] < span_w && p[NN_RIGHT] < span_w)
        return;
    nn_shape s = {y->shape.h + p[NN_TOP] + p[NN_BOTTOM], y->shape.w + p[NN_LEFT] + p[NN_RIGHT], y->shape.c};
    onnx_layer(l, y, s, "pad", "%d,%d,%d,%d", p[NN_TOP], p[NN_LEFT], p[NN_BOTTOM], p[NN_RIGHT]);
    memset(p, 0, NN_SIDES * sizeof *p);
}

/* Side by side every so many rows are one long row, of which the first part is taken; columns likewise. */
static void thin_out(onnx_lowering *l, onnx_live *y, const flat_window *f)
{
    nn_shape s = y->shape, whole = {f->out_h * f->every_h, f->out_w * f->every_w, s.c};
    if (!nn_same_shape(s, whole))
        onnx_layer(l, y, whole, "pad", "0,0,%d,%d", whole.h - s.h, whole.w - s.w);
    if (f->every_h > 1) {
        int row = whole.w * s.c;
        onnx_see_as(l, y, (nn_shape){f->out_h, 1, f->every_h * row});
        onnx_layer(l, y, (nn_shape){f->out_h, 1, row}, "crop", "0,0,0,0 first=0 channels=%d", row);
        onnx_see_as(l, y, (nn_shape){f->out_h, whole.w, s.c});
    }
    if (f->every_w > 1) {
        onnx_see_as(l, y, (nn_shape){f->out_h, f->out_w, f->every_w * s.c});
        onnx_layer(l, y, (nn_shape){f->out_h, f->out_w, s.c}, "crop", "0,0,0,0 first=0 channels=%d", s.c);
    }
}

/* " stride=2 padding=1" and so on, as far as it is not what the layer does by itself. */
static void window_words(char *out, size_t room, const flat_window *f, int usual_stride)
{
    size_t n = 0;
    out[0] = '\0';
    if (f->kw != f->kh)
        n += (size_t)snprintf(out + n, room - n, " width=%d", f->kw);
    if (f->stride != usual_stride)
        n += (size_t)snprintf(out + n, room - n, " stride=%d", f->stride);
    if (f->dilation_h != 1 || f->dilation_w != 1)
        n += (size_t)snprintf(out + n, room - n, " dilation=%d,%d", f->dilation_h, f->dilation_w);
    const int *p = f->pad;
    if (p[0] == p[1] && p[0] == p[2] && p[0] == p[3])
        snprintf(out + n, room - n, p[0] ? " padding=%d" : " padding=valid", p[0]);
    else
        snprintf(out + n, room - n, " padding=%d,%d,%d,%d", p[NN_TOP], p[NN_LEFT], p[NN_BOTTOM], p[NN_RIGHT]);
}

/* (filters, inputs, rows, columns) -> (rows, columns, inputs, filters) */
static void turn_kernel(const onnx_tensor *from, float *to)
{
    size_t filters = (size_t)from->dim[0], inputs = (size_t)from->dim[1], taps = from->count / (filters * inputs);
    for (size_t o = 0; o < filters; o++)
        for (size_t i = 0; i < inputs; i++)
            for (size_t t = 0; t < taps; t++)
                to[(t * inputs + i) * filters + o] = (float)from->value[(o * inputs + i) * taps + t];
}

/* The tensors of a convolution or dense layer: kernel and bias, which are the last two. */
static bool linear_tensors(onnx_lowering *l, size_t count, size_t units, float **kernel, float **bias)
{
    *kernel = onnx_parameter(l, "kernel", count);
    *bias = *kernel ? onnx_parameter(l, "bias", units) : NULL;
    snprintf(l->linear, sizeof l->linear, "%s", l->last);
    return *bias != NULL;
}

static bool convolve(onnx_lowering *l, const onnx_node *node, onnx_live *y)
{
    const onnx_tensor *kernel = onnx_constant_input(l, node, 1), *bias = onnx_constant_input(l, node, 2);
    int groups = (int)onnx_whole(node, "group", 1), dim[ONNX_RANK];
    char words[120];
    flat_window f;
    float *to, *shift;
    if (!kernel || (node->n_inputs > 2 && node->input[2] >= 0 && !bias))
        return nn_fail(l->err, NN_FORMAT, 0, "Conv: its weights are no constants");
    if (y->rank < 3 || kernel->rank != y->rank || groups < 1 || kernel->dim[1] * groups != y->dim[1] ||
        kernel->count == 0 || (bias && bias->count != (size_t)kernel->dim[0]))
        return nn_fail(l->err, NN_FORMAT, 0, "%s: shapes that do not fit", node->type);
    if (!onnx_arrange(l, y, onnx_picture(y->rank)) || !read_window(l, node, y, kernel->dim + 2, &f))
        return false;
    pad_before(l, y, &f);
    window_words(words, sizeof words, &f, 1);
    int filters = kernel->dim[0];
    if (groups > 1)
        snprintf(words + strlen(words), sizeof words - strlen(words), " groups=%d", groups);
    onnx_layer(l, y, (nn_shape){f.all_h, f.all_w, filters}, "conv", "%d %d%s", filters, f.kh, words);
    if (!linear_tensors(l, kernel->count, (size_t)filters, &to, &shift))
        return false;
    turn_kernel(kernel, to);
    for (int i = 0; bias && i < filters; i++)
        shift[i] = (float)bias->value[i];
    thin_out(l, y, &f);
    memcpy(dim, (int[]){1, filters, y->rank == 4 ? f.out_h : f.out_w, f.out_w}, 4 * sizeof *dim);
    return onnx_become(l, y, y->rank, dim, onnx_picture(y->rank));
}

bool onnx_lower_conv(onnx_lowering *l, const onnx_node *node)
{
    onnx_live y;
    bool ok = onnx_begin(l, node, &y) && convolve(l, node, &y);
    return onnx_finish(l, node, &y, ok);
}

static bool pool(onnx_lowering *l, const onnx_node *node, onnx_live *y, const char *kind)
{
    int channels = y->rank > 2 ? y->dim[1] : 0, dim[ONNX_RANK];
    char words[120];
    flat_window f;
    if (node->n_outputs > 1 && node->output[1] >= 0)
        return nn_fail(l->err, NN_FORMAT, 0, "MaxPool: where maxima lie is not read");
    if (channels == 0 || !onnx_arrange(l, y, onnx_picture(y->rank)) || !read_window(l, node, y, NULL, &f))
        return channels > 0 ? false : nn_fail(l->err, NN_FORMAT, 0, "%s of what is no picture", node->type);
    if (f.dilation_h != 1 || f.dilation_w != 1)
        return nn_fail(l->err, NN_FORMAT, 0, "%s with dilation is not read", node->type);
    window_words(words, sizeof words, &f, f.kh);
    bool counts = onnx_whole(node, "count_include_pad", 0) && strstr(words, "padding=valid") == NULL;
    onnx_layer(l, y, (nn_shape){f.all_h, f.all_w, channels}, kind, "%d%s%s", f.kh, words,
               counts ? " count_padding=1" : "");
    thin_out(l, y, &f);
    memcpy(dim, (int[]){1, channels, y->rank == 4 ? f.out_h : f.out_w, f.out_w}, 4 * sizeof *dim);
    return onnx_become(l, y, y->rank, dim, onnx_picture(y->rank));
}

bool onnx_lower_max_pool(onnx_lowering *l, const onnx_node *node)
{
    onnx_live y;
    bool ok = onnx_begin(l, node, &y) && pool(l, node, &y, "maxpool");
    return onnx_finish(l, node, &y, ok);
}

bool onnx_lower_average_pool(onnx_lowering *l, const onnx_node *node)
{
    onnx_live y;
    bool ok = onnx_begin(l, node, &y) && pool(l, node, &y, "avgpool");
    return onnx_finish(l, node, &y, ok);
}

/* ---- over whole axes ---------------------------------------------------------------------------------------------- */

/* One axis goes, of three: it becomes columns, the last of the others but one rows. */
static bool row_roles(const onnx_live *y, const bool gone[ONNX_RANK], onnx_roles *roles)
{
    bool kept[ONNX_RANK];
    for (int i = 0; i < y->rank; i++)
        kept[i] = !gone[i];
    if (!onnx_roles_without(y, kept, roles))
        return false;
    *roles = (onnx_roles){{roles->axis[0], roles->axis[2], roles->axis[1]}};
    return true;
}

static void pool_all(onnx_lowering *l, onnx_live *y, const char *kind, bool rows)
{
    nn_shape s = y->shape;
    if (rows && s.w > 1)
        onnx_layer(l, y, (nn_shape){s.h, 1, s.c}, kind, "1 width=%d", s.w);
    else if (!rows && (s.h > 1 || s.w > 1))
        onnx_layer(l, y, (nn_shape){1, 1, s.c}, kind, "all");
}

static bool reduce(onnx_lowering *l, const onnx_node *node, onnx_live *y, const bool gone[ONNX_RANK], bool keeps,
                   const char *kind)
{
    onnx_roles roles, left = {{-1, -1, -1}};
    int dim[ONNX_RANK], rank = 0;
    bool rows = !onnx_roles_without(y, gone, &roles);
    if (rows && !row_roles(y, gone, &roles))
        return nn_fail(l->err, NN_FORMAT, 0, "%s over axes that are no picture", node->type);
    if (!onnx_arrange(l, y, roles))
        return false;
    pool_all(l, y, kind, rows);
    for (int i = 0; i < y->rank; i++) {
        if (gone[i] && !keeps)
            continue;
        for (int k = 0; k < 3; k++)
            left.axis[k] = roles.axis[k] == i && !gone[i] ? rank : left.axis[k];
        dim[rank++] = gone[i] ? 1 : y->dim[i];
    }
    return onnx_become(l, y, rank, dim, left);
}

static bool reduce_space(onnx_lowering *l, const onnx_node *node, const char *kind)
{
    onnx_live y;
    bool ok = onnx_begin(l, node, &y);
    const bool gone[ONNX_RANK] = {false, false, true, true, true, true, true, true};
    ok = ok && reduce(l, node, &y, gone, true, kind);
    return onnx_finish(l, node, &y, ok);
}

bool onnx_lower_global_max_pool(onnx_lowering *l, const onnx_node *node)
{
    return reduce_space(l, node, "maxpool");
}

bool onnx_lower_global_average_pool(onnx_lowering *l, const onnx_node *node)
{
    return reduce_space(l, node, "avgpool");
}

static bool find_reduced(onnx_lowering *l, const onnx_node *node, int rank, bool gone[ONNX_RANK])
{
    const onnx_attr *attr = onnx_attr_of(node, "axes");
    const onnx_tensor *input = onnx_constant_input(l, node, 1);
    size_t n = attr ? attr->n_wholes : input ? input->count : 0;
    onnx_call call = {.node = node, .err = l->err};
    memset(gone, n == 0 && !onnx_whole(node, "noop_with_empty_axes", 0), ONNX_RANK * sizeof *gone);
    for (size_t i = 0; i < n; i++) {
        int axis;
        if (!onnx_mark_axis(&call, attr ? (double)attr->wholes[i] : input->value[i], rank, gone, &axis))
            return false;
    }
    return true;
}

static bool lower_reduce(onnx_lowering *l, const onnx_node *node, bool sums)
{
    onnx_live y;
    bool gone[ONNX_RANK], ok = onnx_begin(l, node, &y) && find_reduced(l, node, y.rank, gone);
    size_t before = y.count;
    ok = ok && reduce(l, node, &y, gone, onnx_whole(node, "keepdims", 1) != 0, "avgpool");
    ok = ok && onnx_scale_by(l, &y, sums ? (double)before / (double)y.count : 1, 0);
    return onnx_finish(l, node, &y, ok);
}

bool onnx_lower_reduce_mean(onnx_lowering *l, const onnx_node *node)
{
    return lower_reduce(l, node, false);
}

bool onnx_lower_reduce_sum(onnx_lowering *l, const onnx_node *node)
{
    return lower_reduce(l, node, true);
}

/* ---- matrices ------------------------------------------------------------------------------------------------------ */

/* Weights (inputs, units) within a constant. */
typedef struct weights {
    const double *value;
    size_t inputs, units, input_step, unit_step;
    double factor;
} weights;

/* All of y is one vector: rows of the kernel go where its values lie. */
static bool dense(onnx_lowering *l, onnx_live *y, const weights *w)
{
    size_t values = (size_t)y->shape.h * (size_t)y->shape.w * (size_t)y->shape.c;
    float *kernel, *bias;
    if (y->count != w->inputs)
        return nn_fail(l->err, NN_FORMAT, 0, "a matrix of %zu rows for %zu values", w->inputs, y->count);
    onnx_see_as(l, y, (nn_shape){1, 1, (int)values});
    onnx_layer(l, y, (nn_shape){1, 1, (int)w->units}, "dense", "%zu", w->units);
    if (!linear_tensors(l, values * w->units, w->units, &kernel, &bias))
        return false;
    for (size_t i = 0; i < w->inputs; i++)
        for (size_t o = 0; o < w->units; o++)
            kernel[(size_t)y->at[i] * w->units + o] +=
                (float)(w->factor * w->value[i * w->input_step + o * w->unit_step]);
    return true;
}

/* The last axis becomes channels, and the matrix a convolution of single pixels. */
static bool dense_at_pixels(onnx_lowering *l, onnx_live *y, const weights *w)
{
    bool all_but_last[ONNX_RANK];
    float *kernel, *bias;
    onnx_roles roles;
    for (int i = 0; i < y->rank; i++)
        all_but_last[i] = i < y->rank - 1;
    if (!onnx_roles_without(y, all_but_last, &roles))
        return nn_fail(l->err, NN_FORMAT, 0, "%s over axes that are no picture", "MatMul");
    roles.axis[2] = y->rank - 1;
    if (!onnx_arrange(l, y, roles))
        return false;
    onnx_layer(l, y, (nn_shape){y->shape.h, y->shape.w, (int)w->units}, "conv", "%zu 1", w->units);
    if (!linear_tensors(l, w->inputs * w->units, w->units, &kernel, &bias))
        return false;
    for (size_t i = 0; i < w->inputs * w->units; i++)
        kernel[i] = (float)(w->factor * w->value[i / w->units * w->input_step + i % w->units * w->unit_step]);
    int dim[ONNX_RANK];
    memcpy(dim, y->dim, sizeof dim);
    dim[y->rank - 1] = (int)w->units;
    return onnx_become(l, y, y->rank, dim, roles);
}

static bool multiply(onnx_lowering *l, onnx_live *y, const weights *w)
{
    int rank = y->rank, dim[ONNX_RANK];
    if (rank < 1 || (size_t)y->dim[rank - 1] != w->inputs || w->units < 1 || w->units > NN_MAX_DIM)
        return nn_fail(l->err, NN_FORMAT, 0, "a matrix of %zu rows and %zu columns does not fit", w->inputs, w->units);
    if (y->count != w->inputs)
        return dense_at_pixels(l, y, w);
    if (!dense(l, y, w))
        return false;
    memcpy(dim, y->dim, sizeof dim);
    dim[rank - 1] = (int)w->units;
    return onnx_become(l, y, rank, dim, (onnx_roles){{-1, -1, rank - 1}});
}

static bool matrix(onnx_lowering *l, const onnx_node *node, bool transposed, double factor, weights *w)
{
    const onnx_tensor *t = onnx_constant_input(l, node, 1);
    if (!t || t->rank != 2)
        return nn_fail(l->err, NN_FORMAT, 0, "%s: its weights are no constant matrix", node->type);
    size_t rows = (size_t)t->dim[0], columns = (size_t)t->dim[1];
    *w = transposed ? (weights){t->value, columns, rows, 1, columns, factor}
                    : (weights){t->value, rows, columns, columns, 1, factor};
    return true;
}

bool onnx_lower_matmul(onnx_lowering *l, const onnx_node *node)
{
    onnx_live y;
    weights w;
    bool ok = onnx_begin(l, node, &y) && matrix(l, node, false, 1, &w) && multiply(l, &y, &w);
    return onnx_finish(l, node, &y, ok);
}

static bool add_bias(onnx_lowering *l, const onnx_node *node, onnx_live *y)
{
    onnx_tensor scaled = {0};
    const onnx_tensor *bias = onnx_constant_input(l, node, 2);
    if (node->n_inputs < 3 || node->input[2] < 0)
        return true;
    if (!bias)
        return nn_fail(l->err, NN_FORMAT, 0, "Gemm: its bias is no constant");
    bool ok = onnx_tensor_copy(&scaled, bias, l->err);
    for (size_t i = 0; ok && i < scaled.count; i++)
        scaled.value[i] *= onnx_real(node, "beta", 1);
    ok = ok && onnx_scale(l, y, NULL, &scaled);
    onnx_tensor_free(&scaled);
    return ok;
}

bool onnx_lower_gemm(onnx_lowering *l, const onnx_node *node)
{
    onnx_live y;
    weights w;
    if (onnx_whole(node, "transA", 0))
        return nn_fail(l->err, NN_FORMAT, 0, "Gemm of a transposed image is not read");
    bool ok = onnx_begin(l, node, &y) &&
              matrix(l, node, onnx_whole(node, "transB", 0) != 0, onnx_real(node, "alpha", 1), &w) &&
              multiply(l, &y, &w) && add_bias(l, node, &y);
    return onnx_finish(l, node, &y, ok);
}

/* ---- normalisation ------------------------------------------------------------------------------------------------ */

static bool write_norm(onnx_lowering *l, onnx_live *y, double epsilon, float *const values[ONNX_SPREAD])
{
    static const char *const names[] = {"gain", "bias", "mean", "variance"};
    onnx_layer(l, y, y->shape, "batchnorm", "epsilon=%.9f", fmax(epsilon, 1e-8));
    for (int k = 0; k < ONNX_SPREAD; k++) {
        float *to = onnx_parameter(l, names[k], (size_t)y->shape.c);
        if (!to)
            return false;
        memcpy(to, values[k], (size_t)y->shape.c * sizeof *to);
    }
    return true;
}

/* Constants of channels, as tensors that are repeated over the axes behind. */
static bool normalize(onnx_lowering *l, const onnx_node *node, onnx_live *y)
{
    onnx_tensor by_channel[ONNX_SPREAD];
    const onnx_tensor *pointer[ONNX_SPREAD];
    float *values[ONNX_SPREAD];
    for (int k = 0; k < ONNX_SPREAD; k++) {
        const onnx_tensor *t = onnx_constant_input(l, node, k + 1);
        if (!t || y->rank < 2 || t->count != (size_t)y->dim[1])
            return nn_fail(l->err, NN_FORMAT, 0, "BatchNormalization: its statistics do not fit, or are no constants");
        by_channel[k] = *t;
        by_channel[k].rank = y->rank - 1;
        for (int i = 0; i < y->rank - 1; i++)
            by_channel[k].dim[i] = i == 0 ? y->dim[1] : 1;
        pointer[k] = &by_channel[k];
    }
    if (!onnx_spread(l, y, ONNX_SPREAD, pointer, (const double[]){1, 0, 0, 1}, values))
        return false;
    bool ok = write_norm(l, y, onnx_real(node, "epsilon", 1e-5), values);
    for (int k = 0; k < ONNX_SPREAD; k++)
        nn_free(values[k]);
    return ok;
}

bool onnx_lower_batch_normalization(onnx_lowering *l, const onnx_node *node)
{
    onnx_live y;
    if (onnx_whole(node, "training_mode", 0))
        return nn_fail(l->err, NN_FORMAT, 0, "BatchNormalization: this network is still in training");
    bool ok = onnx_begin(l, node, &y) && normalize(l, node, &y);
    return onnx_finish(l, node, &y, ok);
}

/* The axis becomes channels. Before opset 13 all behind it belonged to it. */
static bool soften(onnx_lowering *l, const onnx_node *node, onnx_live *y, bool logs)
{
    bool rest[ONNX_RANK];
    onnx_roles roles;
    bool old = l->graph->opset < 13;
    double axis = (double)onnx_whole(node, "axis", old ? 1 : -1);
    axis += axis < 0 ? y->rank : 0;
    for (int i = 0; i < y->rank; i++)
        rest[i] = old ? i < axis : i != axis;
    if (!(axis >= 0 && axis < y->rank) || !onnx_roles_without(y, rest, &roles))
        return nn_fail(l->err, NN_FORMAT, 0, "%s over axes that are no channels", node->type);
    if (!onnx_arrange(l, y, roles))
        return false;
    onnx_layer(l, y, y->shape, "softmax", "%s", "");
    if (logs)
        onnx_layer(l, y, y->shape, "log", "%s", "");
    return true;
}

bool onnx_lower_softmax(onnx_lowering *l, const onnx_node *node)
{
    onnx_live y;
    bool ok = onnx_begin(l, node, &y) && soften(l, node, &y, false);
    return onnx_finish(l, node, &y, ok);
}

bool onnx_lower_log_softmax(onnx_lowering *l, const onnx_node *node)
{
    onnx_live y;
    bool ok = onnx_begin(l, node, &y) && soften(l, node, &y, true);
    return onnx_finish(l, node, &y, ok);
}
