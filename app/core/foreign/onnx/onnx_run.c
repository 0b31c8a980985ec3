/* onnx_run.c - one node after the other. */
#include "onnx_run.h"
#include "onnx_ops.h"

bool onnx_evaluate(const onnx_node *node, int opset, const onnx_tensor *const *in, onnx_tensor *out, double *work,
                   nn_error *err)
{
    const onnx_op *op = onnx_op_find(node->type, err);
    onnx_call call = {.node = node,
                      .opset = opset,
                      .n_in = node->n_inputs,
                      .n_out = node->n_outputs > 1 ? node->n_outputs : 1,
                      .in = in,
                      .out = out,
                      .work = work,
                      .err = err};
    if (!op || !onnx_spend(&call, 1) || !op->evaluate(&call))
        return false;
    for (int i = 0; i < call.n_out; i++)
        if (out[i].value)
            onnx_tensor_round(&out[i]);
    return true;
}

bool onnx_can_fold(const onnx_graph *g, const onnx_node *node)
{
    for (int i = 0; i < node->n_inputs; i++)
        if (node->input[i] >= 0 && !g->value[node->input[i]].constant.value)
            return false;
    return true;
}

/* Results that somebody asks for become constants, the others go. */
static void keep(onnx_graph *g, const onnx_node *node, onnx_tensor *out, bool ok)
{
    for (int i = 0; i < node->n_outputs; i++) {
        if (ok && node->output[i] >= 0)
            g->value[node->output[i]].constant = out[i];
        else
            onnx_tensor_free(&out[i]);
    }
}

bool onnx_fold(onnx_graph *g, const onnx_node *node, double *work, nn_error *err)
{
    const onnx_tensor **in = nn_alloc((size_t)node->n_inputs + 1, sizeof *in);
    onnx_tensor *out = nn_alloc((size_t)node->n_outputs + 1, sizeof *out);
    bool ok = in && out;
    if (!ok)
        nn_fail(err, NN_NOMEM, 0, "out of memory for constants");
    for (int i = 0; ok && i < node->n_inputs; i++)
        in[i] = node->input[i] >= 0 ? &g->value[node->input[i]].constant : NULL;
    ok = ok && onnx_evaluate(node, g->opset, in, out, work, err);
    if (out)
        keep(g, node, out, ok);
    nn_free(out);
    nn_free(in);
    return ok;
}
