/* pass.c - the memory of a batch, and the walks over it forward and backward. */
#include "pass.h"
#include "hostile.h"
#include "kernel.h"
#include "shape.h"
#include <string.h>

/* Hands out pieces of one block, each aligned to 64 bytes; with block NULL it only measures. */
typedef struct arena {
    float *block;
    size_t used; /* floats */
    bool overflow;
    bool closing; /* the pieces are not handed out but given back */
} arena;

static float *take(arena *a, size_t count, size_t times)
{
    size_t floats;
    if (!nn_size_mul(count, times, &floats) || floats > SIZE_MAX / 8 - a->used) {
        a->overflow = true;
        return NULL;
    }
    float *piece = a->block ? a->block + a->used : NULL;
    size_t room = nn_lines(floats) + NN_FENCE / sizeof(float), behind = (room - floats) * sizeof(float);
    if (piece && a->closing)
        nn_fence_check(piece + floats, behind);
    else if (piece)
        nn_fence_set(piece + floats, behind);
    a->used += room;
    return floats ? piece : NULL;
}

static bool is_training(const nn_pass *pass)
{
    return pass->walk.mode == NN_FOR_TRAINING;
}

/* Whether node i writes the gradient of its input j where it belongs: it is the first of that node's readers to come by,
 * as backward comes to the last one first. */
static bool writes_in_place(const nn_plan *plan, int i, int j)
{
    const nn_node *node = &plan->node[i];
    return plan->node[node->input[j]].last_reader == i && !(j == 1 && node->input[0] == node->input[1]);
}

static bool wants_image_gradient(const nn_pass *pass)
{
    return pass->walk.mode == NN_FOR_GRADIENTS;
}

/* Whether the gradient of node i's input j is of use to anything. */
static bool wants_gradient(const nn_pass *pass, int i, int j)
{
    const nn_node *node = &pass->plan->node[i];
    if (j >= node->op->inputs)
        return false;
    return node->input[j] < 0 ? wants_image_gradient(pass) : pass->walk.flows[node->input[j]];
}

/* The floats in the spare block for the gradient of node i's input j, which is added to what others have written. */
static size_t spare_of(const nn_pass *pass, int i, int j)
{
    const nn_node *node = &pass->plan->node[i];
    if (!wants_gradient(pass, i, j) || (node->input[j] >= 0 && writes_in_place(pass->plan, i, j)))
        return 0;
    return nn_lines((size_t)pass->walk.share * nn_shape_count(j == 0 ? node->in : node->in2));
}

/* What the nodes need besides their activations. */
static void lay_out_nodes(nn_pass *pass, arena *a)
{
    const nn_plan *plan = pass->plan;
    bool training = is_training(pass), back = nn_goes_back(pass->walk.mode);
    pass->memory_floats = 0;
    pass->spare_floats = 0;
    pass->scratch_floats = 1; /* so that there is a block to point into */
    for (int i = 0; i < plan->n_nodes; i++) {
        const nn_node *node = &plan->node[i];
        size_t spare = back ? spare_of(pass, i, 0) + spare_of(pass, i, 1) : 0;
        if (spare > pass->spare_floats)
            pass->spare_floats = spare;
        if (node->scratch > pass->scratch_floats)
            pass->scratch_floats = node->scratch;
        if (training)
            pass->shared[i] = (double *)(void *)take(a, 2 * node->shared, (size_t)pass->parts);
        pass->memory_at[i] = pass->memory_floats;
        pass->memory_floats += training ? nn_lines(node->memory) : 0;
    }
    for (int i = 0; i < pass->walk.n_steps; i++) {
        const nn_step *step = &pass->walk.step[i];
        const nn_node *node = &plan->node[step->node];
        size_t prepared = (step->norm ? node->folded : node->prepared) - (back ? 0 : node->backward);
        bool larger = pass->walk.mode == NN_FOR_QUANTIZED_ANSWERS && node->quantized > prepared;
        if (!pass->beside)
            pass->prepared[step->node] = take(a, larger ? node->quantized : prepared, 1);
    }
    pass->scratch_floats = nn_lines(pass->scratch_floats);
}

static void lay_out(nn_pass *pass, arena *a)
{
    size_t parts = (size_t)pass->parts, threads = (size_t)pass->threads;
    lay_out_nodes(pass, a);
    pass->input = take(a, nn_shape_count(pass->plan->input), (size_t)pass->capacity);
    if (wants_image_gradient(pass))
        pass->input_gradient = take(a, nn_shape_count(pass->plan->input), (size_t)pass->capacity);
    pass->value = take(a, pass->walk.value_floats, parts);
    pass->gradient = take(a, pass->walk.gradient_floats, parts);
    pass->spare = take(a, pass->spare_floats, threads);
    pass->scratch = take(a, pass->scratch_floats, threads);
    pass->memory = take(a, pass->memory_floats, parts);
}

bool nn_pass_new(nn_pass **out, const nn_plan *plan, int capacity, int parts, int threads, nn_mode mode,
                 const nn_pass *beside, nn_error *err)
{
    *out = NULL;
    nn_kernels_here()->warm();
    nn_pass *pass = nn_alloc(1, sizeof *pass);
    if (!pass)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the network's work");
    pass->plan = plan;
    pass->capacity = capacity;
    pass->parts = parts;
    pass->threads = threads;
    pass->beside = beside != NULL;
    if (beside)
        memcpy(pass->prepared, beside->prepared, sizeof pass->prepared);
    arena measure = {.overflow = !nn_walk_make(&pass->walk, plan, mode, (capacity + parts - 1) / parts)};
    lay_out(pass, &measure);
    arena real = {.block = measure.overflow ? NULL : nn_alloc(measure.used, sizeof(float))};
    if (!real.block) {
        nn_free(pass);
        return nn_fail(err, NN_NOMEM, 0, "out of memory: the network's work needs %.0f MB",
                       (double)measure.used * 4e-6);
    }
    pass->block = real.block;
    nn_spoil(real.block, measure.used * sizeof(float));
    lay_out(pass, &real);
    *out = pass;
    return true;
}

void nn_pass_free(nn_pass *pass)
{
    if (!pass)
        return;
    if (NN_FENCE)
        lay_out(pass, &(arena){.block = pass->block, .closing = true});
    nn_free(pass->block);
    nn_free(pass);
}

/* ---- what a layer sees ---- */

float *nn_pass_value(const nn_pass *pass, int node, int part)
{
    return pass->value + (size_t)part * pass->walk.value_floats + pass->walk.value[node].offset;
}

float *nn_pass_gradient(const nn_pass *pass, int node, int part)
{
    return pass->gradient + (size_t)part * pass->walk.gradient_floats + pass->walk.gradient[node].offset;
}

/* Images [begin, end) of a part, on their way forward, or back in segment `back`. */
typedef struct group {
    const nn_run *run;
    const nn_part *part;
    int begin, end;
    int back; /* -1: forward */
} group;

/* Where a group's images begin in a node's memory. */
static size_t at_group(const group *g, const nn_location *location, const nn_node *node)
{
    return location->local ? 0 : (size_t)(g->begin - g->part->begin) * nn_shape_count(node->out);
}

static float *value_of(const group *g, int node)
{
    const nn_pass *pass = g->run->pass;
    if (node < 0 || pass->walk.value[node].image)
        return pass->input + (size_t)g->begin * nn_shape_count(pass->plan->input);
    const nn_location *recomputed = &pass->walk.recomputed[node];
    if (g->back >= 0 && recomputed->local)
        return pass->gradient + (size_t)g->part->index * pass->walk.gradient_floats + recomputed->offset;
    return nn_pass_value(pass, node, g->part->index) + at_group(g, &pass->walk.value[node], &pass->plan->node[node]);
}

static float *gradient_of(const group *g, int node)
{
    const nn_pass *pass = g->run->pass;
    if (node < 0)
        return pass->input_gradient + (size_t)g->begin * nn_shape_count(pass->plan->input);
    return nn_pass_gradient(pass, node, g->part->index) +
           at_group(g, &pass->walk.gradient[node], &pass->plan->node[node]);
}

static nn_slice slice(const group *g, int i)
{
    const nn_pass *pass = g->run->pass;
    const nn_node *node = &pass->plan->node[i];
    size_t part = (size_t)g->part->index;
    return (nn_slice){
        .node = node,
        .plan = pass->plan,
        .images = g->end - g->begin,
        .batch = g->run->batch,
        .first = g->begin,
        .part = g->part->index,
        .parts = pass->parts,
        .training = is_training(pass),
        .differentiates = nn_goes_back(pass->walk.mode),
        .scale = g->run->scale ? g->run->scale[i] : 0.0f,
        .bfloat16 = g->run->bfloat16,
        .key = g->run->key,
        .weights = g->run->weights,
        .prepared = pass->prepared[i],
        .gradients = g->part->gradients,
        .memory = pass->memory ? pass->memory + part * pass->memory_floats + pass->memory_at[i] : NULL,
        .x = value_of(g, node->input[0]),
        .x2 = node->op->inputs > 1 ? value_of(g, node->input[1]) : NULL,
        .y = value_of(g, i),
        .scratch = pass->scratch + (size_t)g->part->thread * pass->scratch_floats,
        .shared = pass->shared[i],
    };
}

/* The same for a whole step. */
static nn_slice step_slice(const group *g, const nn_step *step)
{
    nn_slice s = slice(g, step->node);
    s.relu = step->relu;
    s.norm = step->norm;
    s.y = value_of(g, step->output);
    return s;
}

/* Piece i of a block, in which nothing that is needed is left. */
static void spoil(float *block, size_t floats, int i)
{
    if (block)
        nn_spoil(block + (size_t)i * floats, floats * sizeof(float));
}

/* Before a step: the part's sums and memory are zero. */
static void clear_sums(const nn_pass *pass, const nn_part *part)
{
    size_t index = (size_t)part->index;
    spoil(pass->value, pass->walk.value_floats, part->index);
    spoil(pass->gradient, pass->walk.gradient_floats, part->index);
    spoil(pass->spare, pass->spare_floats, part->thread);
    spoil(pass->scratch, pass->scratch_floats, part->thread);
    for (int i = 0; i < pass->plan->n_nodes; i++) {
        size_t sums = pass->plan->node[i].shared;
        if (pass->shared[i])
            memset(pass->shared[i] + index * sums, 0, sums * sizeof(double));
    }
    if (pass->memory)
        memset(pass->memory + index * pass->memory_floats, 0, pass->memory_floats * sizeof(float));
}

static void barrier(const nn_run *run)
{
    if (run->pool)
        nn_pool_barrier(run->pool);
}

/* The next group of a part; false after the last. An empty part has none. */
static bool next_group(group *g, int size)
{
    g->begin = g->end;
    g->end = g->part->end - g->begin < size ? g->part->end : g->begin + size;
    return g->begin < g->end;
}

static group no_group(const nn_run *run, const nn_part *part, int back)
{
    return (group){run, part, part->begin, part->begin, back};
}

/* ---- forward ---- */

void nn_pass_prepare(const nn_run *run, int thread)
{
    const nn_walk *walk = &run->pass->walk;
    nn_part part = {.index = thread, .thread = thread};
    group g = no_group(run, &part, -1);
    for (int i = thread; i < walk->n_steps; i += run->pass->threads) {
        nn_slice s = step_slice(&g, &walk->step[i]);
        if (s.node->op->prepare)
            s.node->op->prepare(&s);
    }
    barrier(run);
}

/* Of the group's values (images, out) of a node, or of their gradient: the channels that are taken for 0. */
static void silence(const group *g, int node, float *values)
{
    const nn_run *run = g->run;
    nn_shape out = run->pass->plan->node[node].out;
    size_t count = (size_t)(g->end - g->begin) * nn_shape_count(out);
    for (int k = 0; k < run->n_silent; k++)
        for (size_t i = (size_t)run->silent[k].channel; run->silent[k].node == node && i < count; i += (size_t)out.c)
            values[i] = 0;
}

static void compute(const group *g, const nn_step *step)
{
    nn_slice s = step_slice(g, step);
    s.node->op->forward(&s);
    silence(g, step->output, s.y);
}

/* What was not kept for this segment, forward or back. */
static void recompute(const group *g, int segment)
{
    const nn_walk *walk = &g->run->pass->walk;
    for (int i = 0; i < walk->n_steps; i++) {
        const nn_step *step = &walk->step[i];
        const nn_span *again = g->back < 0 ? &step->again_forward : &step->again_backward;
        if (again->first <= segment && segment <= again->last)
            compute(g, step);
    }
}

/* The first node of a segment behind a barrier sums over this group. */
static void sum_forward(const group *g, const nn_segment *segment)
{
    nn_slice s = step_slice(g, &g->run->pass->walk.step[segment->first]);
    s.node->op->forward_partial(&s);
}

static void forward_segment(const nn_run *run, const nn_part *part, int index)
{
    const nn_walk *walk = &run->pass->walk;
    const nn_segment *segment = &walk->forward[index], *next = index + 1 < walk->n_forward ? segment + 1 : NULL;
    group g = no_group(run, part, -1);
    while (next_group(&g, segment->group)) {
        recompute(&g, index);
        for (int i = segment->first; i < segment->end; i++)
            compute(&g, &walk->step[i]);
        if (next && next->barrier)
            sum_forward(&g, next);
    }
}

/* Once all threads have summed: what the first node of the segment makes of the sums. */
static void combine_forward(const nn_run *run, const nn_part *part, const nn_segment *segment)
{
    group g = no_group(run, part, -1);
    nn_slice s = step_slice(&g, &run->pass->walk.step[segment->first]);
    s.node->op->forward_combine(&s);
}

void nn_pass_forward(const nn_run *run, const nn_part *part, int n)
{
    const nn_walk *walk = &run->pass->walk;
    for (int p = 0; p < n; p++) {
        group all = {run, &part[p], part[p].begin, part[p].end, -1};
        clear_sums(run->pass, &part[p]);
        if (walk->forward[0].barrier) /* before the first segment */
            sum_forward(&all, &walk->forward[0]);
    }
    for (int i = 0; i < walk->n_forward; i++) {
        if (walk->forward[i].barrier)
            barrier(run);
        for (int p = 0; p < n; p++) {
            if (walk->forward[i].barrier)
                combine_forward(run, &part[p], &walk->forward[i]);
            forward_segment(run, &part[p], i);
        }
    }
}

/* ---- backward ---- */

/* Where node i writes the gradient of its input j: where it belongs, or into the spare block, from where it is added. */
static float *gradient_target(const group *g, int i, int j)
{
    const nn_pass *pass = g->run->pass;
    int input = pass->plan->node[i].input[j];
    if (!wants_gradient(pass, i, j))
        return NULL;
    if (input >= 0 && writes_in_place(pass->plan, i, j))
        return gradient_of(g, input);
    return pass->spare + (size_t)g->part->thread * pass->spare_floats + (j == 1 ? spare_of(pass, i, 0) : 0);
}

static void collect(const group *g, int i, int j, const float *written)
{
    const nn_node *node = &g->run->pass->plan->node[i];
    float *gradient = written ? gradient_of(g, node->input[j]) : NULL;
    if (written && written != gradient)
        nn_kernels_here()->accumulate(gradient, written,
                                      (size_t)(g->end - g->begin) * nn_shape_count(j == 0 ? node->in : node->in2));
}

static nn_slice backward_slice(const group *g, int i)
{
    nn_slice s = slice(g, i);
    s.dy = gradient_of(g, i);
    s.dx = gradient_target(g, i, 0);
    s.dx2 = gradient_target(g, i, 1);
    return s;
}

/* The first node of a segment behind a barrier sums over this group. */
static void sum_backward(const group *g, const nn_segment *segment)
{
    nn_slice s = backward_slice(g, segment->first);
    s.node->op->backward_partial(&s);
}

static void backward_segment(const nn_run *run, const nn_part *part, int index)
{
    const nn_walk *walk = &run->pass->walk;
    const nn_segment *segment = &walk->backward[index];
    const nn_segment *next = index + 1 < walk->n_backward ? segment + 1 : NULL;
    group g = no_group(run, part, index);
    while (next_group(&g, segment->group)) {
        recompute(&g, index);
        for (int i = segment->first; i > segment->end; i--) {
            if (!walk->flows[i])
                continue;
            nn_slice s = backward_slice(&g, i);
            silence(&g, i, gradient_of(&g, i));
            s.node->op->backward(&s);
            collect(&g, i, 0, s.dx);
            collect(&g, i, 1, s.dx2);
        }
        if (next && next->barrier)
            sum_backward(&g, next);
    }
    for (int i = segment->first; i > segment->end; i--) {
        nn_slice s = slice(&g, i);
        if (s.node->op->backward_end)
            s.node->op->backward_end(&s);
    }
}

static void combine_backward(const nn_run *run, const nn_part *part, int index)
{
    group g = no_group(run, part, index);
    nn_slice s = slice(&g, run->pass->walk.backward[index].first);
    s.node->op->backward_combine(&s);
}

void nn_pass_backward(const nn_run *run, const nn_part *part, int n)
{
    const nn_walk *walk = &run->pass->walk;
    for (int p = 0; p < n && walk->n_backward > 0 && walk->backward[0].barrier; p++) { /* before the first segment */
        group all = {run, &part[p], part[p].begin, part[p].end, 0};
        sum_backward(&all, &walk->backward[0]);
    }
    for (int i = 0; i < walk->n_backward; i++) {
        if (walk->backward[i].barrier)
            barrier(run);
        for (int p = 0; p < n; p++) {
            if (walk->backward[i].barrier)
                combine_backward(run, &part[p], i);
            backward_segment(run, &part[p], i);
        }
    }
}
