/* onnx_lower.c - tables of values, layers as lines, constants spread over values. */
#include "onnx_lower.h"
#include "onnx_call.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- tables ------------------------------------------------------------------------------------------------------- */

static bool no_memory(onnx_lowering *l)
{
    return nn_fail(l->err, NN_NOMEM, 0, "out of memory for the network");
}

onnx_roles onnx_picture(int rank)
{
    return rank == 4   ? (onnx_roles){{2, 3, 1}}
           : rank == 3 ? (onnx_roles){{-1, 2, 1}}
                       : (onnx_roles){{-1, -1, rank - 1}};
}

void onnx_live_free(onnx_live *x)
{
    nn_free(x->at);
    *x = (onnx_live){0};
}

bool onnx_live_copy(onnx_lowering *l, onnx_live *y, const onnx_live *x)
{
    *y = *x;
    y->at = nn_alloc(x->count + 1, sizeof *y->at);
    if (!y->at)
        return no_memory(l);
    memcpy(y->at, x->at, x->count * sizeof *y->at);
    return true;
}

static int size_of(const int *dim, int axis)
{
    return axis < 0 ? 1 : dim[axis];
}

static nn_shape shape_for(const int *dim, onnx_roles roles)
{
    return (nn_shape){size_of(dim, roles.axis[0]), size_of(dim, roles.axis[1]), size_of(dim, roles.axis[2])};
}

/* Where value i of the tensor belongs, as the roles say. */
static void fill_table(int *at, size_t count, int rank, const int *dim, onnx_roles roles)
{
    nn_shape s = shape_for(dim, roles);
    const int step[3] = {s.w * s.c, s.c, 1};
    int index[ONNX_RANK] = {0};
    for (size_t i = 0; i < count; i++, onnx_next(rank, dim, index)) {
        at[i] = 0;
        for (int k = 0; k < 3; k++)
            at[i] += roles.axis[k] < 0 ? 0 : index[roles.axis[k]] * step[k];
    }
}

bool onnx_live_new(onnx_lowering *l, onnx_live *y, const char *layer, int rank, const int *dim, onnx_roles roles)
{
    *y = (onnx_live){.shape = shape_for(dim, roles), .rank = rank, .count = 1};
    snprintf(y->layer, sizeof y->layer, "%s", layer);
    for (int i = 0; i < rank; i++) {
        y->dim[i] = dim[i];
        if (dim[i] < 1 || y->count > NN_MAX_FLOATS / (size_t)dim[i])
            return nn_fail(l->err, NN_LIMIT, 0, "a layer of more values than are read");
        y->count *= (size_t)dim[i];
    }
    y->at = nn_alloc(y->count + 1, sizeof *y->at);
    if (!y->at)
        return no_memory(l);
    fill_table(y->at, y->count, rank, dim, roles);
    return true;
}

bool onnx_become(onnx_lowering *l, onnx_live *y, int rank, const int *dim, onnx_roles roles)
{
    onnx_live next;
    bool ok = onnx_live_new(l, &next, y->layer, rank, dim, roles);
    onnx_live_free(y);
    *y = next;
    return ok;
}

bool onnx_roles_without(const onnx_live *y, const bool gone[ONNX_RANK], onnx_roles *roles)
{
    int places = 0;
    *roles = (onnx_roles){{-1, -1, -1}};
    for (int i = 0; i < y->rank; i++) {
        if (y->dim[i] == 1)
            continue;
        int *role = gone[i] ? &roles->axis[places] : &roles->axis[2];
        if ((gone[i] && places == 2) || (!gone[i] && roles->axis[2] >= 0))
            return false;
        *role = i;
        places += gone[i];
    }
    return true;
}

const onnx_live *onnx_live_input(onnx_lowering *l, const onnx_node *node, int i)
{
    const onnx_live *x = i < node->n_inputs && node->input[i] >= 0 ? &l->live[node->input[i]] : NULL;
    if (x && x->layer[0])
        return x;
    nn_fail(l->err, NN_FORMAT, 0, "%s: an input that does not come from the image", node->type);
    return NULL;
}

const onnx_tensor *onnx_constant_input(const onnx_lowering *l, const onnx_node *node, int i)
{
    int v = i < node->n_inputs ? node->input[i] : -1;
    return v >= 0 && l->graph->value[v].constant.value ? &l->graph->value[v].constant : NULL;
}

bool onnx_give(onnx_lowering *l, const onnx_node *node, onnx_live *y)
{
    y->shared = y->shared || l->graph->value[node->output[0]].readers > 1;
    l->live[node->output[0]] = *y;
    return true;
}

bool onnx_begin(onnx_lowering *l, const onnx_node *node, onnx_live *y)
{
    const onnx_live *x = onnx_live_input(l, node, 0);
    *y = (onnx_live){0};
    return x && onnx_live_copy(l, y, x);
}

bool onnx_finish(onnx_lowering *l, const onnx_node *node, onnx_live *y, bool ok)
{
    if (ok)
        return onnx_give(l, node, y);
    onnx_live_free(y);
    return false;
}

/* ---- layers ------------------------------------------------------------------------------------------------------- */

static int count_kind(onnx_lowering *l, const char *kind)
{
    int i = 0;
    while (i < l->n_kinds && strcmp(l->kind[i].name, kind) != 0)
        i++;
    if (i == l->n_kinds && l->n_kinds < NN_MAX_NODES)
        l->kind[l->n_kinds++] = (onnx_kind){kind, 0};
    return ++l->kind[i].n;
}

void onnx_layer(onnx_lowering *l, onnx_live *y, nn_shape shape, const char *kind, const char *format, ...)
{
    char words[160], from[NN_NAME + 8] = "";
    va_list args;
    va_start(args, format);
    vsnprintf(words, sizeof words, format, args);
    va_end(args);
    if (strcmp(y->layer, l->last) != 0)
        snprintf(from, sizeof from, " from=%s", y->layer);
    foreign_line(l->net, "%s%s%s%s", kind, words[0] ? " " : "", words, from);
    snprintf(y->layer, sizeof y->layer, "%s%d", kind, count_kind(l, kind));
    snprintf(l->last, sizeof l->last, "%s", y->layer);
    y->shape = shape;
    y->shared = false;
}

void onnx_see_as(onnx_lowering *l, onnx_live *y, nn_shape shape)
{
    if (nn_same_shape(y->shape, shape))
        return;
    if (shape.h == 1 && shape.w == 1)
        onnx_layer(l, y, shape, "flatten", "%s", "");
    else
        onnx_layer(l, y, shape, "reshape", "%d %d %d", shape.h, shape.w, shape.c);
}

float *onnx_parameter(onnx_lowering *l, const char *name, size_t count)
{
    char full[NN_NAME];
    snprintf(full, sizeof full, "%.30s.%s", l->last, name);
    if (count > NN_MAX_FLOATS) {
        nn_fail(l->err, NN_LIMIT, 0, "more than %d weights", NN_MAX_FLOATS);
        return NULL;
    }
    return foreign_tensor_new(l->net, full, count, l->err);
}

/* ---- values where they must be ------------------------------------------------------------------------------------ */

static int total(nn_shape s)
{
    return s.h * s.w * s.c;
}

static bool is_in_order(const int *from, size_t count, nn_shape s)
{
    for (size_t i = 0; i < count; i++)
        if (from[i] != (int)i)
            return false;
    return count == (size_t)total(s);
}

/* Rows, columns and channels from one value to another. */
typedef struct box {
    int least[3], most[3];
} box;

static void place_in(nn_shape s, int at, int place[3])
{
    place[0] = at / (s.w * s.c);
    place[1] = at / s.c % s.w;
    place[2] = at % s.c;
}

static box box_of(const onnx_live *y)
{
    box b;
    place_in(y->shape, y->at[0], b.least);
    place_in(y->shape, y->at[0], b.most);
    for (size_t i = 1; i < y->count; i++) {
        int place[3];
        place_in(y->shape, y->at[i], place);
        for (int k = 0; k < 3; k++) {
            b.least[k] = place[k] < b.least[k] ? place[k] : b.least[k];
            b.most[k] = place[k] > b.most[k] ? place[k] : b.most[k];
        }
    }
    return b;
}

/* Where the tensor holds a part of what the layer gives, and that is a box, it is cut out. */
static bool crop(onnx_lowering *l, onnx_live *y)
{
    nn_shape in = y->shape;
    if (y->count == (size_t)total(in))
        return true;
    box b = box_of(y);
    nn_shape out = {b.most[0] - b.least[0] + 1, b.most[1] - b.least[1] + 1, b.most[2] - b.least[2] + 1};
    if (y->count != (size_t)total(out))
        return false;
    for (size_t i = 0; i < y->count; i++) {
        int place[3];
        place_in(in, y->at[i], place);
        y->at[i] = ((place[0] - b.least[0]) * out.w + place[1] - b.least[1]) * out.c + place[2] - b.least[2];
    }
    char channels[64] = "";
    if (out.c < in.c)
        snprintf(channels, sizeof channels, " first=%d channels=%d", b.least[2], out.c);
    onnx_layer(l, y, out, "crop", "%d,%d,%d,%d%s", b.least[0], b.least[1], in.h - 1 - b.most[0], in.w - 1 - b.most[1],
               channels);
    return true;
}

/* An axis of the values as they are wanted: so many, so far apart in what there is. */
typedef struct factor {
    int size, step;
} factor;

enum { FACTORS = 3 };

/* The axes, the last one first; false where there are more than FACTORS, or none. `from` becomes shorter. */
static bool factorize(int *from, size_t count, factor f[FACTORS], int *n)
{
    for (*n = 0; count > 1; (*n)++) {
        int step = from[1] - from[0], size = 1;
        while ((size_t)size < count && from[size] == from[0] + size * step)
            size++;
        if (*n == FACTORS || count % (size_t)size || size < 2)
            return false;
        for (size_t i = 0; i < count; i++)
            if (from[i] != from[i / (size_t)size * (size_t)size] + (int)(i % (size_t)size) * step)
                return false;
        count /= (size_t)size;
        for (size_t i = 0; i < count; i++)
            from[i] = from[i * (size_t)size];
        f[*n] = (factor){size, step};
    }
    return from[0] == 0;
}

/* The axes as they lie in what there is: rank[i] is the place of axis i, counted from the last. */
static bool place_axes(const factor f[FACTORS], int n, int place[FACTORS], int sizes[FACTORS])
{
    int step = 1;
    for (int k = 0; k < n; k++, step *= sizes[k - 1]) {
        int at = 0;
        while (at < n && f[at].step != step)
            at++;
        if (at == n)
            return false;
        place[at] = k;
        sizes[k] = f[at].size;
    }
    return true;
}

static bool permute(onnx_lowering *l, onnx_live *y, int *from, size_t count)
{
    factor f[FACTORS];
    int n, place[FACTORS] = {0, 1, 2}, sizes[FACTORS] = {1, 1, 1};
    if (count != (size_t)total(y->shape) || !factorize(from, count, f, &n) || !place_axes(f, n, place, sizes))
        return false;
    onnx_see_as(l, y, (nn_shape){sizes[2], sizes[1], sizes[0]});
    const int size[FACTORS] = {sizes[place[0]], sizes[place[1]], sizes[place[2]]};
    onnx_layer(l, y, (nn_shape){size[2], size[1], size[0]}, "permute", "%d %d %d", 3 - place[2], 3 - place[1],
               3 - place[0]);
    return true;
}

static bool roles_fit(const onnx_live *y, onnx_roles roles)
{
    size_t count = 1;
    for (int k = 0; k < 3; k++)
        count *= (size_t)size_of(y->dim, roles.axis[k]);
    return count == y->count;
}

bool onnx_arrange(onnx_lowering *l, onnx_live *y, onnx_roles roles)
{
    if (!roles_fit(y, roles))
        return nn_fail(l->err, NN_FORMAT, 0, "a tensor with more axes than layers have, or several images at once");
    nn_shape to = shape_for(y->dim, roles);
    int *wanted = nn_alloc(2 * y->count + 1, sizeof *wanted), *from = wanted + y->count;
    if (!wanted)
        return no_memory(l);
    fill_table(wanted, y->count, y->rank, y->dim, roles);
    bool ok = crop(l, y);
    for (size_t i = 0; i < y->count; i++)
        from[wanted[i]] = y->at[i];
    ok = ok && (is_in_order(from, y->count, y->shape) || permute(l, y, from, y->count));
    memcpy(y->at, wanted, y->count * sizeof *y->at);
    nn_free(wanted);
    if (!ok)
        return nn_fail(l->err, NN_FORMAT, 0, "values in an order that our layers cannot make");
    onnx_see_as(l, y, to);
    return true;
}

/* ---- constants ---------------------------------------------------------------------------------------------------- */

/* Over the values of y, repeated along axes as ONNX does. */
static bool spread_one(onnx_lowering *l, const onnx_live *y, const onnx_tensor *t, float *values)
{
    size_t step[ONNX_RANK] = {0}, own[ONNX_RANK];
    int index[ONNX_RANK] = {0}, front = y->rank - t->rank, lost = front < 0 ? -front : 0;
    onnx_strides(t, own);
    for (int i = 0; i < t->rank; i++) {
        bool fits = i < lost ? t->dim[i] == 1 : t->dim[i] == 1 || t->dim[i] == y->dim[front + i];
        if (!fits)
            return nn_fail(l->err, NN_FORMAT, 0, "a constant whose shape does not fit");
        if (i >= lost)
            step[front + i] = own[i];
    }
    for (size_t i = 0; i < y->count; i++, onnx_next(y->rank, y->dim, index)) {
        size_t at = 0;
        for (int k = 0; k < y->rank; k++)
            at += step[k] * (size_t)index[k];
        values[y->at[i]] = (float)t->value[at];
    }
    return true;
}

static bool agree(const float *values, int count, int channels)
{
    for (int i = channels; i < count; i++)
        if (values[i] != values[i - channels])
            return false;
    return true;
}

bool onnx_spread(onnx_lowering *l, onnx_live *y, int n, const onnx_tensor *const *constant, const double *usual,
                 float *values[ONNX_SPREAD])
{
    int count = total(y->shape);
    bool ok = true, by_channel = true;
    for (int k = 0; k < n; k++)
        values[k] = NULL;
    for (int k = 0; ok && k < n; k++) {
        values[k] = nn_alloc((size_t)count, sizeof(float));
        ok = values[k] || no_memory(l);
        for (int i = 0; ok && i < count; i++)
            values[k][i] = (float)usual[k];
        ok = ok && (!constant[k] || spread_one(l, y, constant[k], values[k]));
        by_channel = by_channel && ok && agree(values[k], count, y->shape.c);
    }
    if (ok && !by_channel)
        onnx_see_as(l, y, (nn_shape){1, 1, count});
    for (int k = 0; !ok && k < n; k++) {
        nn_free(values[k]);
        values[k] = NULL;
    }
    return ok;
}

/* Into the layer before, if nobody else reads it. */
static bool join_linear(onnx_lowering *l, const onnx_live *y, const float *gain, const float *bias)
{
    if (y->shared || strcmp(y->layer, l->linear) != 0 || strcmp(l->last, l->linear) != 0)
        return false;
    const foreign_tensor *kernel = &l->net->tensor[l->net->n_tensors - 2], *shift = kernel + 1;
    size_t units = shift->count;
    for (size_t i = 0; i < kernel->count; i++)
        kernel->values[i] *= gain[i % units];
    for (size_t i = 0; i < units; i++)
        shift->values[i] = shift->values[i] * gain[i] + bias[i];
    return true;
}

static bool write_scale(onnx_lowering *l, onnx_live *y, const float *gain, const float *bias)
{
    size_t n = (size_t)y->shape.c * sizeof *gain;
    onnx_layer(l, y, y->shape, "scale", "%s", "");
    float *g = onnx_parameter(l, "gain", (size_t)y->shape.c),
          *b = g ? onnx_parameter(l, "bias", (size_t)y->shape.c) : g;
    if (!b)
        return false;
    memcpy(g, gain, n);
    memcpy(b, bias, n);
    return true;
}

bool onnx_scale(onnx_lowering *l, onnx_live *y, const onnx_tensor *gain, const onnx_tensor *bias)
{
    float *values[ONNX_SPREAD];
    if (!onnx_spread(l, y, 2, (const onnx_tensor *const[]){gain, bias}, (const double[]){1, 0}, values))
        return false;
    bool ok = join_linear(l, y, values[0], values[1]) || write_scale(l, y, values[0], values[1]);
    nn_free(values[0]);
    nn_free(values[1]);
    return ok;
}

bool onnx_scale_by(onnx_lowering *l, onnx_live *y, double gain, double bias)
{
    onnx_tensor g = {.type = ONNX_FLOAT, .count = 1, .value = &gain},
                b = {.type = ONNX_FLOAT, .count = 1, .value = &bias};
    return (gain == 1 && bias == 0) || onnx_scale(l, y, &g, &b);
}
