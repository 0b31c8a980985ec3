#include "pass.h"
#include "gemm.h"
#include "shape.h"
#include <string.h>

/* Hands out pieces of one block, each aligned to 64 bytes; with block NULL it only measures. */
typedef struct arena {
    float *block;
    size_t used; /* floats */
    bool overflow;
} arena;

static float *take(arena *a, size_t count, size_t times)
{
    size_t floats;
    if (!nn_size_mul(count, times, &floats) || floats > SIZE_MAX / 8 - a->used) {
        a->overflow = true;
        return NULL;
    }
    float *piece = a->block ? a->block + a->used : NULL;
    a->used += (floats + 15) / 16 * 16;
    return floats ? piece : NULL;
}

static void lay_out_node(nn_pass *pass, arena *a, int i, bool training)
{
    const nn_node *node = &pass->plan->node[i];
    size_t count = nn_shape_count(node->out), capacity = (size_t)pass->capacity;
    bool last = i == pass->plan->n_nodes - 1;
    pass->value[i] = node->in_place ? pass->value[node->input[0]] : take(a, count, capacity);
    if (training && !last)
        pass->gradient[i] = node->in_place ? pass->gradient[node->input[0]] : take(a, count, capacity);
    if (training)
        pass->shared[i] = (double *)(void *)take(a, 2 * node->shared, (size_t)pass->threads);
}

static void lay_out(nn_pass *pass, arena *a, bool training)
{
    const nn_plan *plan = pass->plan;
    size_t spare = 0;
    pass->scratch_floats = 1; /* so that there is a block to point into */
    pass->input = take(a, nn_shape_count(plan->input), (size_t)pass->capacity);
    for (int i = 0; i < plan->n_nodes; i++) {
        const nn_node *node = &plan->node[i];
        lay_out_node(pass, a, i, training);
        if (node->readers > 1 && nn_shape_count(node->out) > spare)
            spare = nn_shape_count(node->out);
        if (node->scratch > pass->scratch_floats)
            pass->scratch_floats = node->scratch;
    }
    pass->scratch_floats = (pass->scratch_floats + 15) / 16 * 16;
    pass->scratch = take(a, pass->scratch_floats, (size_t)pass->threads);
    pass->spare = training ? take(a, spare, (size_t)pass->capacity) : NULL;
}

bool nn_pass_new(nn_pass **out, const nn_plan *plan, int capacity, int threads, bool training, nn_error *err)
{
    *out = NULL;
    nn_gemm_warm();
    nn_pass *pass = nn_alloc(1, sizeof *pass);
    if (!pass)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the network's work");
    pass->plan = plan;
    pass->capacity = capacity;
    pass->threads = threads;
    arena measure = {0};
    lay_out(pass, &measure, training);
    arena real = {.block = measure.overflow ? NULL : nn_alloc(measure.used, sizeof(float))};
    if (!real.block) {
        nn_free(pass);
        return nn_fail(err, NN_NOMEM, 0, "out of memory: the network's work needs %.0f MB",
                       (double)measure.used * 4e-6);
    }
    pass->block = real.block;
    lay_out(pass, &real, training);
    *out = pass;
    return true;
}

void nn_pass_free(nn_pass *pass)
{
    if (!pass)
        return;
    nn_free(pass->block);
    nn_free(pass);
}

static float *node_value(const nn_pass *pass, int node, int image)
{
    if (node < 0)
        return pass->input + (size_t)image * nn_shape_count(pass->plan->input);
    return pass->value[node] + (size_t)image * nn_shape_count(pass->plan->node[node].out);
}

static float *node_gradient(const nn_pass *pass, int node, int image)
{
    if (node < 0)
        return NULL;
    return pass->gradient[node] + (size_t)image * nn_shape_count(pass->plan->node[node].out);
}

static nn_slice slice(const nn_run *run, int thread, int begin, int end, float *gradients, int i)
{
    const nn_pass *pass = run->pass;
    const nn_node *node = &pass->plan->node[i];
    return (nn_slice){
        .node = node,
        .plan = pass->plan,
        .images = end - begin,
        .batch = run->batch,
        .first = begin,
        .thread = thread,
        .threads = pass->threads,
        .training = run->training,
        .key = run->key,
        .weights = run->weights,
        .gradients = gradients,
        .x = node_value(pass, node->input[0], begin),
        .x2 = node->op->inputs > 1 ? node_value(pass, node->input[1], begin) : NULL,
        .y = node_value(pass, i, begin),
        .scratch = pass->scratch + (size_t)thread * pass->scratch_floats,
        .shared = pass->shared[i],
    };
}

static void meet(const nn_run *run)
{
    if (run->pool)
        nn_pool_barrier(run->pool);
}

void nn_pass_forward(const nn_run *run, int thread, int begin, int end, float *gradients)
{
    for (int i = 0; i < run->pass->plan->n_nodes; i++) {
        nn_slice s = slice(run, thread, begin, end, gradients, i);
        if (run->training && s.node->op->forward_partial) {
            s.node->op->forward_partial(&s);
            meet(run);
        }
        s.node->op->forward(&s);
    }
}

/* Where node i writes the gradient of its input j: into that node's gradient if i is the first of its readers to come by
 * (backward meets the last reader first), else into the spare block, from where it is added. */
static float *gradient_target(const nn_run *run, int i, int j, int begin)
{
    const nn_plan *plan = run->pass->plan;
    const nn_node *node = &plan->node[i];
    int input = node->input[j];
    if (j >= node->op->inputs || input < 0)
        return NULL;
    bool first = plan->node[input].last_reader == i && !(j == 1 && node->input[0] == input);
    return first ? node_gradient(run->pass, input, begin)
                 : run->pass->spare + (size_t)begin * nn_shape_count(plan->node[input].out);
}

static void collect(const nn_run *run, int i, int j, const float *written, int begin, int end)
{
    int input = run->pass->plan->node[i].input[j];
    float *gradient = written ? node_gradient(run->pass, input, begin) : NULL;
    if (!written || written == gradient)
        return;
    size_t n = (size_t)(end - begin) * nn_shape_count(run->pass->plan->node[input].out);
    for (size_t k = 0; k < n; k++)
        gradient[k] += written[k];
}

void nn_pass_backward(const nn_run *run, int thread, int begin, int end, float *gradients)
{
    for (int i = run->pass->plan->n_nodes - 2; i >= 0; i--) {
        nn_slice s = slice(run, thread, begin, end, gradients, i);
        s.dy = node_gradient(run->pass, i, begin);
        if (s.node->op->backward_partial) {
            s.node->op->backward_partial(&s);
            meet(run);
        }
        s.dx = gradient_target(run, i, 0, begin);
        s.dx2 = gradient_target(run, i, 1, begin);
        s.node->op->backward(&s);
        collect(run, i, 0, s.dx, begin, end);
        collect(run, i, 1, s.dx2, begin, end);
    }
}
