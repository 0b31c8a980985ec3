/* onnx_lower_moves.c - operators that move values, put tensors side by side or borders around them. */
#include "nn/shape.h"
#include "onnx_call.h"
#include "onnx_lower.h"
#include <string.h>

/* ---- what moves values: the operator is evaluated on the table --------------------------------------------------- */

enum { ARGUMENTS = 5 };

/* The table as a tensor, and the constants behind it. Counts of images in a new shape become 1. */
static bool arguments(onnx_lowering *l, const onnx_node *node, const onnx_live *x, onnx_tensor in[ARGUMENTS],
                      const onnx_tensor *pointer[ARGUMENTS])
{
    if (node->n_inputs > ARGUMENTS)
        return nn_fail(l->err, NN_FORMAT, 0, "%s with %d inputs", node->type, node->n_inputs);
    if (!onnx_tensor_new(&in[0], ONNX_INT64, x->rank, x->dim, l->err))
        return false;
    for (size_t i = 0; i < x->count; i++)
        in[0].value[i] = x->at[i];
    pointer[0] = &in[0];
    for (int i = 1; i < node->n_inputs; i++) {
        const onnx_tensor *constant = onnx_constant_input(l, node, i);
        if (node->input[i] >= 0 && !constant)
            return nn_fail(l->err, NN_FORMAT, 0, "%s: how it moves values depends on the image", node->type);
        if (constant && !onnx_tensor_copy(&in[i], constant, l->err))
            return false;
        pointer[i] = constant ? &in[i] : NULL;
    }
    return true;
}

/* A shape that names as many images as the file was made for holds one of them. */
static void forget_batch(const onnx_lowering *l, size_t count, onnx_tensor *size)
{
    double all = 1;
    bool open = false;
    for (size_t i = 0; i < size->count; i++) {
        open = open || size->value[i] <= 0;
        all *= size->value[i];
    }
    if (l->batch > 1 && size->count > 0 && size->value[0] == l->batch && (open || all == (double)count * l->batch))
        size->value[0] = 1;
}

static bool result(onnx_lowering *l, const onnx_node *node, int i, const onnx_live *x, const onnx_tensor *out)
{
    onnx_live y = *x;
    if (node->output[i] < 0)
        return true;
    if (out->count == 0)
        return nn_fail(l->err, NN_FORMAT, 0, "%s leaves nothing", node->type);
    y.rank = out->rank;
    y.count = out->count;
    memcpy(y.dim, out->dim, sizeof y.dim);
    y.at = nn_alloc(out->count + 1, sizeof *y.at);
    if (!y.at)
        return nn_fail(l->err, NN_NOMEM, 0, "out of memory for the network");
    for (size_t k = 0; k < out->count; k++)
        y.at[k] = (int)out->value[k];
    y.shared = x->shared || l->graph->value[node->output[i]].readers > 1;
    l->live[node->output[i]] = y;
    return true;
}

static bool move(onnx_lowering *l, const onnx_node *node, bool (*evaluate)(onnx_call *c), bool is_shape)
{
    onnx_tensor in[ARGUMENTS] = {0}, out[NN_MAX_CLASSES] = {0};
    const onnx_tensor *pointer[ARGUMENTS];
    const onnx_live *x = onnx_live_input(l, node, 0);
    bool ok = x && arguments(l, node, x, in, pointer);
    onnx_call call = {.node = node,
                      .opset = l->graph->opset,
                      .n_in = node->n_inputs,
                      .n_out = node->n_outputs,
                      .in = pointer,
                      .out = out,
                      .work = l->work,
                      .err = l->err};
    if (ok && is_shape && node->n_inputs > 1 && pointer[1])
        forget_batch(l, x->count, &in[1]);
    if (ok && node->n_outputs > NN_MAX_CLASSES)
        ok = nn_fail(l->err, NN_LIMIT, 0, "%s into %d parts", node->type, node->n_outputs);
    ok = ok && evaluate(&call);
    for (int i = 0; ok && i < node->n_outputs; i++)
        ok = result(l, node, i, x, &out[i]);
    for (int i = 0; i < ARGUMENTS; i++)
        onnx_tensor_free(&in[i]);
    for (int i = 0; i < NN_MAX_CLASSES; i++)
        onnx_tensor_free(&out[i]);
    return ok;
}

/* clang-format off */
bool onnx_lower_reshape(onnx_lowering *l, const onnx_node *node) { return move(l, node, onnx_reshape, true); }
bool onnx_lower_flatten(onnx_lowering *l, const onnx_node *node) { return move(l, node, onnx_flatten, false); }
bool onnx_lower_transpose(onnx_lowering *l, const onnx_node *node) { return move(l, node, onnx_transpose, false); }
bool onnx_lower_squeeze(onnx_lowering *l, const onnx_node *node) { return move(l, node, onnx_squeeze, false); }
bool onnx_lower_unsqueeze(onnx_lowering *l, const onnx_node *node) { return move(l, node, onnx_unsqueeze, false); }
bool onnx_lower_slice(onnx_lowering *l, const onnx_node *node) { return move(l, node, onnx_slice, false); }
bool onnx_lower_split(onnx_lowering *l, const onnx_node *node) { return move(l, node, onnx_split, false); }
bool onnx_lower_gather(onnx_lowering *l, const onnx_node *node) { return move(l, node, onnx_gather, false); }
/* clang-format on */

/* ---- borders, and tensors side by side --------------------------------------------------------------------------- */

/* What is put in front of and behind each axis. */
static bool pad_sizes(onnx_lowering *l, const onnx_node *node, int rank, int front[ONNX_RANK], int behind[ONNX_RANK])
{
    const onnx_attr *attr = onnx_attr_of(node, "pads") ? onnx_attr_of(node, "pads") : onnx_attr_of(node, "paddings");
    const onnx_tensor *pads = onnx_constant_input(l, node, 1), *value = onnx_constant_input(l, node, 2),
                      *axes = onnx_constant_input(l, node, 3);
    size_t n = attr ? attr->n_wholes : pads ? pads->count : 0, named = axes ? axes->count : (size_t)rank;
    const onnx_attr *mode = onnx_attr_of(node, "mode");
    onnx_call call = {.node = node, .err = l->err};
    bool marked[ONNX_RANK] = {false};
    if ((mode && !onnx_word_is(node, "mode", "constant")) || onnx_real(node, "value", 0) != 0 ||
        (value && value->count && value->value[0] != 0))
        return nn_fail(l->err, NN_FORMAT, 0, "Pad with anything but zeros is not read");
    if (n != 2 * named)
        return nn_fail(l->err, NN_FORMAT, 0, "Pad: sizes that do not fit");
    for (size_t i = 0; i < named; i++) {
        int axis;
        double before = attr ? (double)attr->wholes[i] : pads->value[i];
        double after = attr ? (double)attr->wholes[named + i] : pads->value[named + i];
        if (!onnx_mark_axis(&call, axes ? axes->value[i] : (double)i, rank, marked, &axis))
            return false;
        if (!(before >= 0 && after >= 0 && before + after <= NN_MAX_TAPS))
            return nn_fail(l->err, NN_FORMAT, 0, "Pad: sizes that are not read");
        front[axis] = (int)before;
        behind[axis] = (int)after;
    }
    return true;
}

static bool pad(onnx_lowering *l, const onnx_node *node, onnx_live *y)
{
    int front[ONNX_RANK] = {0}, behind[ONNX_RANK] = {0}, dim[ONNX_RANK];
    bool padded[ONNX_RANK];
    onnx_roles roles;
    if (!pad_sizes(l, node, y->rank, front, behind))
        return false;
    for (int i = 0; i < y->rank; i++) {
        padded[i] = front[i] + behind[i] > 0;
        dim[i] = y->dim[i] + front[i] + behind[i];
    }
    roles = onnx_picture(y->rank);
    if (y->rank == 4 && padded[1] && !padded[3])
        roles = (onnx_roles){{1, 2, 3}};
    for (int i = 0; i < y->rank; i++)
        if (padded[i] && i != roles.axis[0] && i != roles.axis[1])
            return nn_fail(l->err, NN_FORMAT, 0, "Pad: only rows and columns can get more");
    if (!onnx_arrange(l, y, roles))
        return false;
    int h = roles.axis[0], w = roles.axis[1];
    nn_shape s = {h < 0 ? 1 : dim[h], w < 0 ? 1 : dim[w], y->shape.c};
    if (!nn_same_shape(s, y->shape))
        onnx_layer(l, y, s, "pad", "%d,%d,%d,%d", h < 0 ? 0 : front[h], w < 0 ? 0 : front[w], h < 0 ? 0 : behind[h],
                   w < 0 ? 0 : behind[w]);
    return onnx_become(l, y, y->rank, dim, roles);
}

bool onnx_lower_pad(onnx_lowering *l, const onnx_node *node)
{
    onnx_live y;
    bool ok = onnx_begin(l, node, &y) && pad(l, node, &y);
    return onnx_finish(l, node, &y, ok);
}

/* Which axes are rows, columns and, the one along which they are joined, channels. */
static bool concat_roles(const onnx_live *y, int axis, onnx_roles *roles)
{
    bool rest[ONNX_RANK];
    for (int i = 0; i < y->rank; i++)
        rest[i] = i != axis;
    bool ok = onnx_roles_without(y, rest, roles);
    roles->axis[2] = axis;
    return ok;
}

static bool append(onnx_lowering *l, const onnx_node *node, int i, onnx_live *y, int axis)
{
    const onnx_live *x = onnx_live_input(l, node, i);
    onnx_live next = {0};
    onnx_roles roles;
    int dim[ONNX_RANK];
    bool ok = x && onnx_live_copy(l, &next, x);
    if (ok && (next.rank != y->rank || !concat_roles(&next, axis, &roles)))
        ok = nn_fail(l->err, NN_FORMAT, 0, "Concat of tensors that are no pictures");
    ok = ok && onnx_arrange(l, &next, roles);
    if (ok) { /* `concat NAME` has the channels of what it reads first */
        memcpy(dim, y->dim, sizeof dim);
        dim[axis] += next.dim[axis];
        onnx_layer(l, y, (nn_shape){y->shape.h, y->shape.w, y->shape.c + next.shape.c}, "concat", "%s", next.layer);
        ok = onnx_become(l, y, y->rank, dim, roles);
    }
    onnx_live_free(&next);
    return ok;
}

bool onnx_lower_concat(onnx_lowering *l, const onnx_node *node)
{
    onnx_live y;
    onnx_roles roles;
    bool ok = onnx_begin(l, node, &y);
    double axis = (double)onnx_whole(node, "axis", l->graph->opset < 4 ? 1 : 0);
    axis += axis < 0 && ok ? y.rank : 0;
    if (ok && (!(axis >= 0 && axis < y.rank) || !concat_roles(&y, (int)axis, &roles)))
        ok = nn_fail(l->err, NN_FORMAT, 0, "Concat of tensors that are no pictures");
    ok = ok && onnx_arrange(l, &y, roles);
    for (int i = 1; ok && i < node->n_inputs; i++)
        ok = append(l, node, i, &y, (int)axis);
    return onnx_finish(l, node, &y, ok);
}
