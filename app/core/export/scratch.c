/* scratch.c - lifetimes first, then the lowest place that is free all the time. */
#include "scratch.h"
#include "nn/op.h"

enum { VALUES = NN_MAX_NODES + 1, IMAGE = 0 };

/* Values that lie over each other are one block, named by the first of them. */
typedef struct blocks {
    int of[VALUES];   /* the block of each value */
    int last[VALUES]; /* of each block: the value that is computed from it last */
    size_t size[VALUES];
} blocks;

/* Whether node i may overwrite its input, or just is it. */
static bool lies_over(const blocks *b, const nn_plan *plan, int i)
{
    const nn_node *node = &plan->node[i];
    int from = node->input[0];
    bool passes = node->op->place == NN_VIEW || node->op->kind == NN_DROPOUT;
    if (from < 0)
        return passes;
    return plan->node[from].readers == 1 && (passes || (node->op->place == NN_IN_PLACE && b->of[from + 1] != IMAGE));
}

static void find_blocks(blocks *b, const nn_plan *plan)
{
    *b = (blocks){.size = {nn_shape_count(plan->input)}};
    for (int i = 0; i < plan->n_nodes; i++) {
        const nn_node *node = &plan->node[i];
        b->of[i + 1] = lies_over(b, plan, i) ? b->of[node->input[0] + 1] : i + 1;
        b->size[i + 1] = nn_shape_count(node->out);
        for (int k = 0; k < node->op->inputs; k++)
            b->last[b->of[node->input[k] + 1]] = i + 1;
    }
}

/* The end of a block that is in the way of one at `at` while value v is computed, or 0. */
static size_t in_the_way(const blocks *b, const scratch_place *place, int v, size_t at)
{
    for (int other = 0; other < v; other++) {
        bool needed = b->of[other] == other && !place[other].outside && b->last[other] >= v;
        size_t begin = place[other].at, end = begin + b->size[other];
        if (needed && begin < at + b->size[v] && at < end)
            return end;
    }
    return 0;
}

size_t scratch_plan(const nn_plan *plan, bool copied, scratch_place place[NN_MAX_NODES + 1])
{
    blocks b;
    size_t floats = 0, end;
    find_blocks(&b, plan);
    for (int v = 0; v <= plan->n_nodes; v++) {
        if (b.of[v] != v) {
            place[v] = place[b.of[v]];
            continue;
        }
        place[v] = (scratch_place){.outside = v == plan->n_nodes || (v == IMAGE && !copied)};
        while (!place[v].outside && (end = in_the_way(&b, place, v, place[v].at)) > 0)
            place[v].at = end;
        end = place[v].at + b.size[v];
        floats = !place[v].outside && end > floats ? end : floats;
    }
    return floats;
}
