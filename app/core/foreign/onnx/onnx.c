/* onnx.c - a file to a network: constants are folded, the operators that an answer needs become layers, one after the
 * other. */
#include "onnx.h"
#include "app/core/foreign/untrained.h"
#include "onnx_file.h"
#include "onnx_fused.h"
#include "onnx_lower.h"
#include "onnx_ops.h"
#include "onnx_run.h"
#include <stdio.h>
#include <string.h>

/* ---- which operators -------------------------------------------------------------------------------------------- */

static void mark_producer(const onnx_graph *g, int value, bool *needed)
{
    if (value >= 0 && g->value[value].producer >= 0)
        needed[g->value[value].producer] = true;
}

/* Marks the nodes behind a value, itself included. Producers stand before those who read them. */
static void mark(const onnx_graph *g, int value, bool *needed)
{
    mark_producer(g, value, needed);
    for (int i = g->n_nodes - 1; i >= 0; i--) {
        const onnx_node *node = &g->node[i];
        int x;
        if (!needed[i])
            continue;
        if (onnx_fused(g, node, &x))
            mark_producer(g, x, needed);
        else
            for (int k = 0; k < node->n_inputs; k++)
                mark_producer(g, node->input[k], needed);
    }
}

static bool check_operators(const onnx_graph *g, const bool *needed, nn_error *err)
{
    char names[200] = "";
    int n = 0;
    for (int i = 0; i < g->n_nodes; i++) {
        const char *name = g->node[i].type;
        if (!needed[i] || onnx_op_find(name, NULL) || strstr(names, name) || strlen(names) + strlen(name) > 190)
            continue;
        snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s", n++ ? ", " : "", name);
    }
    return n == 0 ||
           nn_fail(err, NN_FORMAT, 0, n == 1 ? "the operator %s is not read" : "the operators %s are not read", names);
}

static bool is(const onnx_node *node, const char *type)
{
    return node && strcmp(node->type, type) == 0;
}

/* What gives logits: in front of a softmax at the end, or of what only picks or renames its answers. */
static int find_logits(const onnx_graph *g, int value, foreign_output *output)
{
    static const char *const passing[] = {"ArgMax",  "Cast",    "Exp",       "Flatten",          "Identity",
                                          "Reshape", "Squeeze", "Unsqueeze", "ai.onnx.ml.ZipMap"};
    bool exponential = false;
    *output = FOREIGN_LOGITS;
    for (;;) {
        const onnx_node *node = g->value[value].producer >= 0 ? &g->node[g->value[value].producer] : NULL;
        if (is(node, "Softmax") || is(node, "LogSoftmax"))
            return node->input[0];
        if (is(node, "Sigmoid"))
            *output = FOREIGN_PROBABILITIES;
        bool passes = false;
        for (size_t i = 0; i < sizeof passing / sizeof *passing; i++)
            passes = passes || is(node, passing[i]);
        if (!passes || node->n_inputs < 1 || node->input[0] < 0)
            return exponential ? -1 : value;
        exponential = exponential || is(node, "Exp");
        value = node->input[0];
    }
}

/* ---- the image --------------------------------------------------------------------------------------------------- */

/* Sizes of one image out of those that the file names, which may leave some open. */
static bool fix_sizes(onnx_lowering *l, const onnx_input *in, int dim[ONNX_RANK], int channels)
{
    if (in->rank < 1 || in->rank > 4)
        return nn_fail(l->err, NN_FORMAT, 0, "its input has %d axes: no picture", in->rank);
    bool colours = in->rank == 3 && in->dim[0] == in->dim[1] && in->dim[2] > 0 && in->dim[2] <= 3;
    bool images =
        in->rank == 2 ? in->dim[0] != in->dim[1] : in->rank == 4 || (in->rank == 3 && in->dim[0] != 3 && !colours);
    l->batch = images && in->dim[0] > 1 ? in->dim[0] : 1;
    for (int i = 0; i < in->rank; i++) {
        int usual = in->rank == 2 ? 784 : in->rank == 4 && i == 1 ? channels : 28;
        dim[i] = images && i == 0 ? 1 : in->dim[i] > 0 ? in->dim[i] : usual;
    }
    if (in->rank == 4 && in->dim[1] < 0 && in->dim[3] > 0 && in->dim[3] <= 3)
        dim[1] = 28;
    return true;
}

/* Which axes are rows, columns and channels of a picture: those of size 1 say nothing. */
static bool picture_roles(const int *dim, int rank, onnx_roles *roles)
{
    int axis[ONNX_RANK], n = 0;
    for (int i = 0; i < rank; i++)
        if (dim[i] != 1)
            axis[n++] = i;
    *roles = n == 0                                              ? (onnx_roles){{-1, -1, rank - 1}}
             : n == 1                                            ? (onnx_roles){{-1, -1, axis[0]}}
             : n == 2                                            ? (onnx_roles){{axis[0], axis[1], -1}}
             : n == 3 && (dim[axis[0]] <= 4 || dim[axis[2]] > 4) ? (onnx_roles){{axis[1], axis[2], axis[0]}}
                                                                 : (onnx_roles){{axis[0], axis[1], axis[2]}};
    return n <= 3;
}

/* A vector of a square number of values is a square picture. */
static nn_shape picture_shape(nn_shape s)
{
    int side = (int)lround(sqrt(s.c));
    return s.h == 1 && s.w == 1 && s.c > 4 && side * side == s.c ? (nn_shape){side, side, 1} : s;
}

/* Channels that the first convolution reads: what an input that leaves its sizes open may have. */
static int first_channels(const onnx_graph *g, const bool *needed)
{
    for (int i = 0; i < g->n_nodes; i++)
        if (needed[i] && is(&g->node[i], "Conv") && g->node[i].n_inputs > 1 && g->node[i].input[1] >= 0) {
            const onnx_tensor *kernel = &g->value[g->node[i].input[1]].constant;
            return kernel->value && kernel->rank == 4 ? kernel->dim[1] : 1;
        }
    return 1;
}

static bool is_read(const onnx_graph *g, const bool *needed, int value)
{
    for (int i = 0; i < g->n_nodes; i++)
        for (int k = 0; needed[i] && k < g->node[i].n_inputs; k++)
            if (g->node[i].input[k] == value)
                return true;
    return false;
}

static bool begin_image(onnx_lowering *l, const bool *needed)
{
    const onnx_graph *g = l->graph;
    const onnx_input *image = NULL;
    int dim[ONNX_RANK], read = 0;
    for (int i = 0; i < g->n_inputs; i++)
        if (is_read(g, needed, g->input[i].value)) {
            image = image ? image : &g->input[i];
            read++;
        }
    if (read != 1)
        return nn_fail(l->err, NN_FORMAT, 0, "it asks for %d inputs, not one picture", read);
    onnx_roles roles;
    if (!fix_sizes(l, image, dim, first_channels(g, needed)))
        return false;
    if (!picture_roles(dim, image->rank, &roles))
        return nn_fail(l->err, NN_FORMAT, 0, "its input is no picture: it has too many axes");
    onnx_live *x = &l->live[image->value];
    if (!onnx_live_new(l, x, "input", image->rank, dim, roles))
        return false;
    x->shape = picture_shape(x->shape);
    x->shared = true;
    snprintf(l->last, sizeof l->last, "input");
    foreign_line(l->net, "input %d %d %d", x->shape.h, x->shape.w, x->shape.c);
    return true;
}

/* ---- the way ------------------------------------------------------------------------------------------------------ */

/* Sizes are known, even where values are not. */
static bool fold_shape(onnx_lowering *l, onnx_graph *g, const onnx_node *node)
{
    const onnx_live *x = onnx_live_input(l, node, 0);
    onnx_tensor sizes = {0};
    if (!x)
        return false;
    sizes.rank = x->rank;
    memcpy(sizes.dim, x->dim, sizeof sizes.dim);
    return onnx_evaluate(node, g->opset, (const onnx_tensor *const[]){&sizes}, &g->value[node->output[0]].constant,
                         l->work, l->err);
}

static bool lower_node(onnx_lowering *l, onnx_graph *g, const onnx_node *node)
{
    int x;
    const char *fused = onnx_fused(g, node, &x);
    const onnx_op *op = onnx_op_find(node->type, l->err);
    if (!op || node->n_outputs < 1 || node->output[0] < 0)
        return op ? nn_fail(l->err, NN_FORMAT, 0, "%s without a result", node->type) : false;
    if (g->value[node->output[0]].constant.value) /* for an output before */
        return true;
    if (onnx_can_fold(g, node))
        return onnx_fold(g, node, l->work, l->err);
    if (fused)
        return onnx_lower_fused(l, node, &l->live[x], fused);
    if (is(node, "Shape"))
        return fold_shape(l, g, node);
    if (!op->lower)
        return nn_fail(l->err, NN_FORMAT, 0, "%s of what depends on the image is not read", node->type);
    return op->lower(l, node);
}

/* Of more answers than there can be classes the first ten are taken for the digits; the check set tells whether they are. */
static void take_digits(onnx_lowering *l, onnx_live *y, int axis)
{
    enum { DIGITS = 10, MOST = 256 };
    if (y->dim[axis] <= NN_MAX_CLASSES || y->dim[axis] > MOST)
        return;
    snprintf(l->net->guessed, sizeof l->net->guessed, "the first ten of its %d answers are the digits", y->dim[axis]);
    y->dim[axis] = DIGITS;
    y->count = DIGITS;
}

/* The answers as one row. */
static bool end(onnx_lowering *l, int value, foreign_output output)
{
    onnx_live *y = &l->live[value];
    int axis = -1, n = 0;
    for (int i = 0; i < y->rank; i++)
        if (y->dim[i] > 1) {
            axis = i;
            n++;
        }
    if (!y->layer[0] || n != 1)
        return nn_fail(l->err, NN_FORMAT, 0, "its answer is no row of numbers, one for each class");
    take_digits(l, y, axis);
    if (!onnx_arrange(l, y, (onnx_roles){{-1, -1, axis}}))
        return false;
    l->net->output = output;
    if (output == FOREIGN_PROBABILITIES)
        onnx_layer(l, y, y->shape, "log", "%s", "");
    onnx_layer(l, y, y->shape, "softmax", "%s", "");
    return true;
}

static bool lower_nodes(onnx_lowering *l, onnx_graph *g, int value)
{
    foreign_output output;
    int logits = find_logits(g, value, &output);
    bool *needed = nn_alloc((size_t)g->n_nodes + 1, sizeof *needed);
    if (!needed)
        return nn_fail(l->err, NN_NOMEM, 0, "out of memory for the network");
    mark(g, logits < 0 ? value : logits, needed);
    bool ok = check_operators(g, needed, l->err);
    if (ok && logits < 0)
        ok = nn_fail(l->err, NN_FORMAT, 0, "%s of what depends on the image is not read", "Exp");
    ok = ok && begin_image(l, needed);
    for (int i = 0; ok && i < g->n_nodes; i++)
        ok = !needed[i] || lower_node(l, g, &g->node[i]);
    nn_free(needed);
    return ok && end(l, logits, output);
}

static bool lower(foreign *out, onnx_graph *g, int value, nn_error *err)
{
    double work = ONNX_WORK;
    onnx_lowering *l = nn_alloc(1, sizeof *l);
    onnx_live *live = nn_alloc((size_t)g->n_values + 1, sizeof *live);
    foreign_net *net = foreign_add(out, err);
    bool ok = l && live && net;
    if (ok) {
        *l = (onnx_lowering){.graph = g, .net = net, .live = live, .batch = 1, .work = &work, .err = err};
        ok = lower_nodes(l, g, value);
    } else {
        nn_fail(err, NN_NOMEM, 0, "out of memory for the network");
    }
    for (int i = 0; live && i < g->n_values; i++)
        onnx_live_free(&live[i]);
    nn_free(live);
    nn_free(l);
    return ok;
}

bool onnx_lower_graph(foreign *out, onnx_graph *g, nn_error *err)
{
    nn_error later;
    if (g->n_outputs < 1)
        return nn_fail(err, NN_FORMAT, 0, "it has no output");
    for (int i = 0; i < g->n_outputs; i++) {
        if (lower(out, g, g->output[i], i == 0 ? err : &later))
            return true;
        foreign_free(out);
    }
    return false;
}

/* The version of the format comes first (field 1, a small number), then text or messages. */
bool onnx_is(const unsigned char *data, size_t len)
{
    return len > 8 && data[0] == 0x08 && data[1] >= 1 && data[1] < 32 && (data[2] & 7) == 2;
}

bool onnx_read(foreign *out, const char *path, const unsigned char *data, size_t len, nn_error *err)
{
    onnx_graph g;
    *out = (foreign){0};
    if (!onnx_graph_read(&g, path, data, len, err))
        return false;
    bool ok = onnx_lower_graph(out, &g, err);
    if (ok) {
        snprintf(out->format, sizeof out->format, "ONNX, opset %d%s%.60s", g.opset, g.producer[0] ? ", from " : "",
                 g.producer);
        out->never_trained = is_untrained(&out->net[0]);
        foreign_tell(out, &(foreign_words_told){.unsure_threshold = g.unsure_threshold, .labels = g.labels});
    }
    onnx_graph_free(&g);
    return ok;
}
